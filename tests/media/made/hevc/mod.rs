//! HEVC (ITU-T H.265, 7.3): tiles, long-term references, derived sets of references, dependent slice segments, lists in
//! another order, extensions.

mod slice;

use super::{Bits, Dice};
use slice::slice;

/// Temporal layers beside the first, at most. A sequence has as many as its video parameter set states: FFmpeg 5.1
/// refuses fewer, FFmpeg 7.1 more.
const MOST_LAYERS: u32 = 2;

/// What slice headers depend on.
#[expect(clippy::struct_excessive_bools, reason = "flags of the standard, each for itself")]
struct Parameters {
    has_planes: bool,
    is_grey: bool,
    order_bits: u32,
    columns: u32,
    rows: u32,
    log2_block: u32,
    has_offsets: bool,
    /// Pictures used of each set of short-term references.
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
    /// Most entry points of a slice; `None` where headers state none.
    entry_points: Option<u32>,
    filters_across: bool,
    overrides: bool,
    is_without_deblocking: bool,
    modifies_lists: bool,
    has_extension: bool,
    has_chroma_lists: bool,
}

/// A set of short-term references: distances before and after, nearest first, and which are used.
#[derive(Clone, Default)]
struct Set {
    before: Vec<(i32, bool)>,
    after: Vec<(i32, bool)>,
}

impl Set {
    fn used(&self) -> u32 {
        let used = self.before.iter().chain(&self.after).filter(|it| it.1).count();
        u32::try_from(used).expect("few")
    }
}

/// A stream of so many pictures, each with parameter sets of its own and one to three slice segments.
pub fn stream(seed: u64, pictures: usize) -> Vec<u8> {
    let mut dice = Dice(seed);
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
    // Nothing is stated of the other temporal layers: two flags for each, and padding.
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

/// Profile, tier and level of a stream and of its layers beside the first.
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

/// Long-term references that a slice may name by number: which of them are used.
fn stated_long_term(dice: &mut Dice, bits: &mut Bits, order_bits: u32) -> Option<Vec<bool>> {
    let has_long_term = dice.flag();
    bits.flag(has_long_term);
    if !has_long_term {
        return None;
    }
    let count = dice.upto(3);
    bits.unsigned(count);
    let mut used = Vec::new();
    for _ in 0..count {
        bits.put(order_bits, dice.upto(15));
        used.push(dice.flag());
        bits.flag(used[used.len() - 1]);
    }
    Some(used)
}

/// Scaling lists, those of the standard or none.
fn stated_scaling_lists(dice: &mut Dice, bits: &mut Bits) {
    let has_lists = dice.flag();
    bits.flag(has_lists);
    if has_lists {
        let is_stated = dice.flag();
        bits.flag(is_stated);
        if is_stated {
            scaling_lists(dice, bits);
        }
    }
}

fn scaling_lists(dice: &mut Dice, bits: &mut Bits) {
    for size in 0..4 {
        for matrix in (0..6).step_by(if size == 3 { 3 } else { 1 }) {
            let is_stated = dice.flag();
            bits.flag(is_stated);
            if is_stated {
                let numbers = [16, 64, 65, 65][size];
                (0..numbers).for_each(|_| bits.signed(dice.signed(5)));
            } else {
                let most = if size == 3 { matrix / 3 } else { matrix };
                bits.unsigned(dice.upto(most));
            }
        }
    }
}

/// A set that may be derived from one of those before it.
fn reference_set(dice: &mut Dice, bits: &mut Bits, sets: &[Set], is_in_slice: bool) -> Set {
    let mut set = Set::default();
    let is_derived = !sets.is_empty() && dice.flag();
    if !sets.is_empty() {
        bits.flag(is_derived);
    }
    if !is_derived {
        let counts = [dice.upto(2), dice.upto(2)];
        for count in counts {
            bits.unsigned(count);
        }
        for (count, sign, pictures) in [(counts[0], -1, &mut set.before), (counts[1], 1, &mut set.after)] {
            let mut distance = 0;
            for _ in 0..count {
                let step = dice.upto(3);
                bits.unsigned(step);
                distance += sign * (i32::try_from(step).expect("small") + 1);
                let is_used = dice.flag();
                bits.flag(is_used);
                pictures.push((distance, is_used));
            }
        }
        return set;
    }
    let mut from = sets.len() - 1;
    if is_in_slice {
        let back = dice.upto(u32::try_from(from).expect("few"));
        bits.unsigned(back);
        from -= back as usize;
    }
    let from = &sets[from];
    let is_negative = dice.flag();
    bits.flag(is_negative);
    let distance = dice.upto(3);
    bits.unsigned(distance);
    let distance = i32::try_from(distance).expect("small") + 1;
    let distance = if is_negative { -distance } else { distance };
    for place in from.before.iter().chain(&from.after).map(|it| it.0).chain([0]) {
        let is_used = dice.flag();
        bits.flag(is_used);
        let is_kept = is_used || dice.upto(3) > 0;
        if !is_used {
            bits.flag(is_kept);
        }
        match place + distance {
            _ if !is_kept => {}
            moved if moved < 0 => set.before.push((moved, is_used)),
            moved if moved > 0 => set.after.push((moved, is_used)),
            _ => {}
        }
    }
    set.before.sort_by_key(|it| -it.0);
    set.after.sort_by_key(|it| it.0);
    set
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
    // Tiles, or rows that are decoded side by side: either states entry points.
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
