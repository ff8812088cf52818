//! HEVC (ITU-T H.265, 7.3): tiles, long-term references, derived sets of references, dependent slice segments, lists in
//! another order, extensions.

mod lists;
mod slice;

use super::{Bits, Dice};
use crate::random::SplitMix;
use lists::{Set, reference_set, scaling_lists, stated_long_term, stated_scaling_lists};
use slice::slice;

/// The most temporal layers besides the first. A sequence has as many as its video parameter set states: FFmpeg 5.1
/// refuses fewer, FFmpeg 7.1 refuses more.
const MOST_LAYERS: u32 = 2;

/// The values on which slice headers depend.
#[expect(clippy::struct_excessive_bools, reason = "independent flags of the standard")]
struct Parameters {
    has_planes: bool,
    is_grey: bool,
    order_bits: u32,
    columns: u32,
    rows: u32,
    log2_block: u32,
    has_offsets: bool,
    /// The sets of short-term references.
    sets: Vec<Set>,
    long_term: Option<Vec<bool>>,
    predicts_motion: bool,
    has_dependent: bool,
    states_output: bool,
    extra_bits: u32,
    states_cabac_init: bool,
    references: [u32; 2],
    states_chroma: bool,
    weighs: [bool; 2],
    /// The most entry points of a slice; `None` if headers state none.
    entry_points: Option<u32>,
    filters_across: bool,
    overrides: bool,
    is_without_deblocking: bool,
    modifies_lists: bool,
    has_extension: bool,
    has_chroma_lists: bool,
}

/// A stream of this many pictures. Each has its own parameter sets and one to three slice segments.
pub fn stream(seed: u64, pictures: usize) -> Vec<u8> {
    let mut dice = Dice(SplitMix(seed));
    let mut all = Vec::new();
    for n in 0..pictures {
        // A delimiter.
        let mut bits = Bits::default();
        bits.put(3, 2);
        all.extend(bits.unit(&header(35), &[]));
        let layers = dice.upto(MOST_LAYERS);
        all.extend(video_parameters(layers));
        let (sequence, mut parameters) = sequence_parameters(&mut dice, layers);
        all.extend(sequence);
        all.extend(picture_parameters(&mut dice, &mut parameters));
        let unit_type = if n == 0 { 19 } else { [0, 1, 9, 16, 19, 20, 21][dice.upto(6) as usize] };
        for n in 0..=dice.upto(2) {
            all.extend(slice(&mut dice, &parameters, unit_type, n));
        }
    }
    all
}

/// The header of a unit of this type.
fn header(unit_type: u8) -> [u8; 2] {
    [unit_type << 1, 1]
}

fn profile(bits: &mut Bits, profile: u32) {
    bits.put(8, profile);
    bits.put(32, 0x6000_0000);
    bits.put(32, 0);
    bits.put(16, 0);
    bits.put(8, 93);
}

fn video_parameters(layers: u32) -> Vec<u8> {
    let mut bits = Bits::default();
    bits.put(4, 0);
    bits.put(2, 3);
    bits.put(6, 0);
    bits.put(3, layers);
    bits.flag(true);
    bits.put(16, 0xFFFF);
    profile(&mut bits, 1);
    // The other temporal layers have no statement: two flags for each, and padding.
    bits.put(if layers > 0 { 16 } else { 0 }, 0);
    bits.flag(false);
    bits.unsigned(15);
    bits.unsigned(0);
    bits.unsigned(0);
    bits.put(6, 0);
    bits.unsigned(0);
    bits.flag(false);
    bits.flag(false);
    bits.unit(&header(32), &[])
}

fn sequence_parameters(dice: &mut Dice, layers: u32) -> (Vec<u8>, Parameters) {
    let chroma_format = dice.upto(3);
    let has_planes = chroma_format == 3 && dice.flag();
    let log2_block = 4 + dice.upto(2);
    let (width, height) = (8 * (24 + dice.upto(20)), 8 * (16 + dice.upto(20)));
    let mut bits = Bits::default();
    bits.put(4, 0);
    state_layers(dice, &mut bits, layers);
    bits.unsigned(0);
    bits.unsigned(chroma_format);
    if chroma_format == 3 {
        bits.flag(has_planes);
    }
    bits.unsigned(width);
    bits.unsigned(height);
    let is_cropped = dice.flag();
    bits.flag(is_cropped);
    (0..if is_cropped { 4 } else { 0 }).for_each(|_| bits.unsigned(dice.upto(1)));
    bits.unsigned(0);
    bits.unsigned(0);
    let order_bits = 4 + dice.upto(12);
    bits.unsigned(order_bits - 4);
    let is_each_stated = dice.flag();
    bits.flag(is_each_stated);
    for _ in 0..if is_each_stated { layers + 1 } else { 1 } {
        bits.unsigned(15);
        bits.unsigned(0);
        bits.unsigned(0);
    }
    bits.unsigned(0);
    bits.unsigned(log2_block - 3);
    bits.unsigned(0);
    bits.unsigned(2);
    bits.unsigned(1);
    bits.unsigned(1);
    stated_scaling_lists(dice, &mut bits);
    bits.flag(dice.flag());
    let has_offsets = dice.flag();
    bits.flag(has_offsets);
    let has_samples = dice.flag();
    bits.flag(has_samples);
    if has_samples {
        bits.put(8, 0x77);
        bits.unsigned(0);
        bits.unsigned(1);
        bits.flag(dice.flag());
    }
    let mut sets = Vec::new();
    let count = dice.upto(5);
    bits.unsigned(count);
    for _ in 0..count {
        let set = reference_set(dice, &mut bits, &sets, false);
        sets.push(set);
    }
    let long_term = stated_long_term(dice, &mut bits, order_bits);
    let predicts_motion = dice.flag();
    bits.flag(predicts_motion);
    bits.flag(dice.flag());
    bits.flag(false);
    bits.flag(false);
    let block = 1 << log2_block;
    let parameters = Parameters {
        has_planes,
        is_grey: chroma_format == 0 || has_planes,
        order_bits,
        columns: width.div_ceil(block),
        rows: height.div_ceil(block),
        log2_block,
        has_offsets,
        sets,
        long_term,
        predicts_motion,
        has_dependent: dice.flag(),
        states_output: dice.flag(),
        extra_bits: dice.upto(2),
        states_cabac_init: dice.flag(),
        references: [1 + dice.upto(4), 1 + dice.upto(4)],
        states_chroma: dice.flag(),
        weighs: [dice.flag(), dice.flag()],
        entry_points: None,
        filters_across: dice.flag(),
        overrides: false,
        is_without_deblocking: false,
        modifies_lists: dice.flag(),
        has_extension: dice.flag(),
        has_chroma_lists: false,
    };
    (bits.unit(&header(33), &[]), parameters)
}

/// Profile, tier and level of a stream and of its layers besides the first.
fn state_layers(dice: &mut Dice, bits: &mut Bits, layers: u32) {
    bits.put(3, layers);
    bits.flag(true);
    profile(bits, 4);
    let stated: Vec<(bool, bool)> = (0..layers).map(|_| (dice.flag(), dice.flag())).collect();
    for (has_profile, has_level) in &stated {
        bits.flag(*has_profile);
        bits.flag(*has_level);
    }
    if layers > 0 {
        bits.put(2 * (8 - layers), 0);
    }
    for (has_profile, has_level) in stated {
        if has_profile {
            bits.put(8, 4);
            bits.put(32, 0);
            bits.put(32, 0);
            bits.put(16, 0);
        }
        if has_level {
            bits.put(8, 93);
        }
    }
}

fn picture_parameters(dice: &mut Dice, parameters: &mut Parameters) -> Vec<u8> {
    let mut bits = Bits::default();
    bits.unsigned(0);
    bits.unsigned(0);
    bits.flag(parameters.has_dependent);
    bits.flag(parameters.states_output);
    bits.put(3, parameters.extra_bits);
    bits.flag(dice.flag());
    bits.flag(parameters.states_cabac_init);
    bits.unsigned(parameters.references[0] - 1);
    bits.unsigned(parameters.references[1] - 1);
    bits.signed(dice.signed(10));
    bits.flag(dice.flag());
    let skips_transforms = dice.flag();
    bits.flag(skips_transforms);
    let states_depth = dice.flag();
    bits.flag(states_depth);
    if states_depth {
        bits.unsigned(dice.upto(1));
    }
    bits.signed(dice.signed(10));
    bits.signed(dice.signed(10));
    bits.flag(parameters.states_chroma);
    bits.flag(parameters.weighs[0]);
    bits.flag(parameters.weighs[1]);
    bits.flag(dice.flag());
    // Tiles or rows that are decoded in parallel. Both state entry points.
    let kind = dice.upto(2);
    bits.flag(kind == 1);
    bits.flag(kind == 2);
    if kind == 1 {
        let (columns, rows) = (1 + dice.upto(1), dice.upto(1));
        bits.unsigned(columns);
        bits.unsigned(rows);
        let is_uniform = dice.flag();
        bits.flag(is_uniform);
        (0..if is_uniform { 0 } else { columns + rows }).for_each(|_| bits.unsigned(0));
        bits.flag(dice.flag());
        parameters.entry_points = Some((columns + 1) * (rows + 1) - 1);
    } else if kind == 2 {
        parameters.entry_points = Some(parameters.rows - 1);
    }
    bits.flag(parameters.filters_across);
    let states_deblocking = dice.flag();
    bits.flag(states_deblocking);
    if states_deblocking {
        (parameters.overrides, parameters.is_without_deblocking) = (dice.flag(), dice.flag());
        bits.flag(parameters.overrides);
        bits.flag(parameters.is_without_deblocking);
        if !parameters.is_without_deblocking {
            bits.signed(dice.signed(6));
            bits.signed(dice.signed(6));
        }
    }
    let has_lists = dice.flag();
    bits.flag(has_lists);
    if has_lists {
        scaling_lists(dice, &mut bits);
    }
    bits.flag(parameters.modifies_lists);
    bits.unsigned(dice.upto(parameters.log2_block - 2));
    bits.flag(parameters.has_extension);
    let has_ranges = dice.flag();
    bits.flag(has_ranges);
    if has_ranges {
        bits.put(8, 0x80);
        if skips_transforms {
            bits.unsigned(dice.upto(2));
        }
        bits.flag(false);
        parameters.has_chroma_lists = !parameters.is_grey && dice.flag();
        bits.flag(parameters.has_chroma_lists);
        if parameters.has_chroma_lists {
            bits.unsigned(dice.upto(1));
            bits.unsigned(1);
            (0..4).for_each(|_| bits.signed(dice.signed(12)));
        }
        bits.unsigned(0);
        bits.unsigned(0);
    }
    bits.unit(&header(34), &[])
}
