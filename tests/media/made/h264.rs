//! H.264 (ITU-T H.264, 7.3): fields, slice groups, switching slices, redundant pictures, long lists of references and of
//! marking operations.

use super::{Bits, Dice};
use crate::random::SplitMix;

/// What slice headers depend on.
#[expect(clippy::struct_excessive_bools, reason = "independent flags of the standard")]
struct Parameters {
    has_planes: bool,
    is_grey: bool,
    frame_number_bits: u32,
    order_type: u32,
    order_bits: u32,
    never_deviates: bool,
    is_progressive: bool,
    map_units: u32,
    is_cabac: bool,
    states_bottom: bool,
    group_type: Option<u32>,
    change_rate: u32,
    references: [u32; 2],
    weighs_p: bool,
    weighted_bipred: u32,
    states_deblocking: bool,
    has_redundant: bool,
}

/// A stream of this many pictures. Each has its own parameter sets and one to three slices.
pub fn stream(seed: u64, pictures: usize) -> Vec<u8> {
    let mut dice = Dice(SplitMix(seed));
    let mut all = Vec::new();
    for _ in 0..pictures {
        all.extend(delimiter());
        let (sequence, picture, parameters) = parameter_sets(&mut dice);
        all.extend(sequence);
        all.extend(picture);
        let is_idr = dice.flag();
        for n in 0..=dice.upto(2) {
            all.extend(slice(&mut dice, &parameters, is_idr, n));
        }
    }
    all
}

fn delimiter() -> Vec<u8> {
    let mut bits = Bits::default();
    bits.put(3, 7);
    bits.unit(&[9], &[])
}

/// A sequence parameter set, a picture parameter set, and their values.
fn parameter_sets(dice: &mut Dice) -> (Vec<u8>, Vec<u8>, Parameters) {
    // The Extended profile has slice groups and switching slices, the others have arithmetic coding.
    let profile = [66, 77, 88, 100, 244][dice.upto(4) as usize];
    let (is_high, is_extended) = (profile >= 100, profile == 88);
    let chroma_format = match profile {
        100 => dice.upto(1),
        244 => dice.upto(3),
        _ => 1,
    };
    let has_planes = chroma_format == 3 && dice.flag();
    let is_progressive = profile == 66 || dice.flag();
    let (width, rows) = (4 + dice.upto(8), 4 + dice.upto(4));
    let parameters = Parameters {
        has_planes,
        is_grey: chroma_format == 0,
        frame_number_bits: 4 + dice.upto(12),
        order_type: dice.upto(2),
        order_bits: 4 + dice.upto(12),
        never_deviates: dice.flag(),
        is_progressive,
        map_units: width * rows,
        is_cabac: !is_extended && profile != 66 && dice.flag(),
        states_bottom: dice.flag(),
        group_type: (is_extended && dice.flag()).then(|| dice.upto(6)),
        change_rate: 1 + dice.upto(width * rows - 1),
        references: [1 + dice.upto(4), 1 + dice.upto(4)],
        weighs_p: dice.flag(),
        weighted_bipred: dice.upto(2),
        states_deblocking: dice.flag(),
        has_redundant: is_extended && dice.flag(),
    };

    let mut bits = Bits::default();
    bits.put(8, profile);
    bits.put(8, 0);
    bits.put(8, 40);
    bits.unsigned(0);
    if is_high {
        bits.unsigned(chroma_format);
        if chroma_format == 3 {
            bits.flag(has_planes);
        }
        bits.unsigned(0);
        bits.unsigned(0);
        bits.flag(false);
        let has_lists = dice.flag();
        bits.flag(has_lists);
        let lists = if chroma_format == 3 { 12 } else { 8 };
        for list in 0..if has_lists { lists } else { 0 } {
            let is_stated = dice.flag();
            bits.flag(is_stated);
            if is_stated {
                scaling_list(dice, &mut bits, if list < 6 { 16 } else { 64 });
            }
        }
    }
    bits.unsigned(parameters.frame_number_bits - 4);
    bits.unsigned(parameters.order_type);
    match parameters.order_type {
        0 => bits.unsigned(parameters.order_bits - 4),
        1 => {
            bits.flag(parameters.never_deviates);
            bits.signed(dice.signed(300));
            bits.signed(dice.signed(300));
            let cycle = dice.upto(5);
            bits.unsigned(cycle);
            (0..cycle).for_each(|_| bits.signed(dice.signed(300)));
        }
        _ => {}
    }
    bits.unsigned(4);
    bits.flag(false);
    bits.unsigned(width - 1);
    bits.unsigned(rows - 1);
    bits.flag(is_progressive);
    if !is_progressive {
        bits.flag(dice.flag());
    }
    bits.flag(true);
    bits.flag(false);
    bits.flag(false);
    let sequence = bits.unit(&[0x67], &[]);
    (sequence, picture_parameters(dice, &parameters), parameters)
}

/// A scaling list, which may end early.
fn scaling_list(dice: &mut Dice, bits: &mut Bits, size: u32) {
    let mut last = 8;
    for n in 0..size {
        let next = if n > 0 && dice.upto(20) == 0 { 0 } else { 1 + dice.upto(100) };
        let next = i32::try_from(next).expect("small");
        bits.signed(next - last);
        if next == 0 {
            break;
        }
        last = next;
    }
}

fn picture_parameters(dice: &mut Dice, parameters: &Parameters) -> Vec<u8> {
    let mut bits = Bits::default();
    bits.unsigned(0);
    bits.unsigned(0);
    bits.flag(parameters.is_cabac);
    bits.flag(parameters.states_bottom);
    match parameters.group_type {
        None => bits.unsigned(0),
        Some(kind) => {
            let groups = if (3..=5).contains(&kind) { 2 } else { 2 + dice.upto(6) };
            bits.unsigned(groups - 1);
            bits.unsigned(kind);
            match kind {
                0 => (0..groups).for_each(|_| bits.unsigned(dice.upto(2))),
                2 => {
                    for n in 0..groups - 1 {
                        bits.unsigned(n);
                        bits.unsigned(n);
                    }
                }
                3..=5 => {
                    bits.flag(dice.flag());
                    bits.unsigned(parameters.change_rate - 1);
                }
                6 => {
                    bits.unsigned(parameters.map_units - 1);
                    let id_bits = groups.next_power_of_two().ilog2();
                    (0..parameters.map_units).for_each(|_| bits.put(id_bits, dice.upto(groups - 1)));
                }
                _ => {}
            }
        }
    }
    bits.unsigned(parameters.references[0] - 1);
    bits.unsigned(parameters.references[1] - 1);
    bits.flag(parameters.weighs_p);
    bits.put(2, parameters.weighted_bipred);
    (0..3).for_each(|_| bits.signed(dice.signed(10)));
    bits.flag(parameters.states_deblocking);
    bits.flag(false);
    bits.flag(parameters.has_redundant);
    bits.unit(&[0x68], &[])
}

/// Slice `n` of a picture.
fn slice(dice: &mut Dice, parameters: &Parameters, is_idr: bool, n: u32) -> Vec<u8> {
    let is_extended = parameters.group_type.is_some() || parameters.has_redundant;
    let kind = match (is_idr, is_extended) {
        (true, false) => 2,
        (true, true) => [2, 4][dice.upto(1) as usize],
        (false, false) => dice.upto(2),
        (false, true) => dice.upto(4),
    };
    let is_reference = is_idr || dice.flag();
    let mut bits = Bits::default();
    bits.unsigned(n);
    bits.unsigned(kind + 5 * dice.upto(1));
    bits.unsigned(0);
    if parameters.has_planes {
        bits.put(2, dice.upto(2));
    }
    bits.put(parameters.frame_number_bits, 0);
    let mut is_field = false;
    if !parameters.is_progressive {
        is_field = dice.flag();
        bits.flag(is_field);
        if is_field {
            bits.flag(dice.flag());
        }
    }
    if is_idr {
        bits.unsigned(dice.upto(60_000));
    }
    match parameters.order_type {
        0 => {
            let lsb = if dice.flag() { 0 } else { dice.upto(15) };
            bits.put(parameters.order_bits, lsb);
            if parameters.states_bottom && !is_field {
                bits.signed(dice.signed(5));
            }
        }
        1 if !parameters.never_deviates => {
            bits.signed(dice.signed(70_000));
            if parameters.states_bottom && !is_field {
                bits.signed(dice.signed(70_000));
            }
        }
        _ => {}
    }
    if parameters.has_redundant {
        bits.unsigned(dice.upto(1) * dice.upto(100));
    }
    if kind == 1 {
        bits.flag(dice.flag());
    }
    let lists = [1, 2, 0, 1, 0][kind as usize];
    let counts = reference_counts(dice, &mut bits, parameters, is_field, lists);
    for _ in 0..lists {
        modification(dice, &mut bits);
    }
    let is_weighted = match kind {
        0 | 3 => parameters.weighs_p,
        1 => parameters.weighted_bipred == 1,
        _ => false,
    };
    if is_weighted {
        weights(dice, &mut bits, &counts[..lists], !parameters.is_grey && !parameters.has_planes);
    }
    if is_reference {
        marking(dice, &mut bits, is_idr);
    }
    if parameters.is_cabac && lists > 0 {
        bits.unsigned(dice.upto(2));
    }
    bits.signed(dice.signed(10));
    if kind >= 3 {
        if kind == 3 {
            bits.flag(dice.flag());
        }
        bits.signed(dice.signed(10));
    }
    if parameters.states_deblocking {
        let idc = dice.upto(2);
        bits.unsigned(idc);
        if idc != 1 {
            bits.signed(dice.signed(6));
            bits.signed(dice.signed(6));
        }
    }
    if matches!(parameters.group_type, Some(3..=5)) {
        let cycles = parameters.map_units.div_ceil(parameters.change_rate);
        bits.put((cycles + 1).next_power_of_two().ilog2(), dice.upto(cycles));
    }
    if parameters.is_cabac {
        // Ones align the data of arithmetic coding.
        while !bits.0.len().is_multiple_of(8) {
            bits.flag(true);
        }
    }
    let samples: Vec<u8> =
        (0..dice.upto(30)).map(|_| u8::try_from(dice.upto(255)).expect("a byte")).collect();
    let first = u8::from(is_reference) << 5 | if is_idr { 5 } else { 1 };
    bits.unit(&[first], &[&samples[..], &[0x80]].concat())
}

/// The entries of each list of references.
fn reference_counts(
    dice: &mut Dice,
    bits: &mut Bits,
    parameters: &Parameters,
    is_field: bool,
    lists: usize,
) -> [u32; 2] {
    let mut counts = parameters.references;
    if lists > 0 {
        let is_other = dice.flag();
        bits.flag(is_other);
        for count in &mut counts[..if is_other { lists } else { 0 }] {
            *count = 1 + dice.upto(if is_field { 31 } else { 15 });
            bits.unsigned(*count - 1);
        }
    }
    counts
}

fn modification(dice: &mut Dice, bits: &mut Bits) {
    let is_modified = dice.flag();
    bits.flag(is_modified);
    if is_modified {
        for _ in 0..dice.upto(3) {
            bits.unsigned(dice.upto(2));
            bits.unsigned(dice.upto(3));
        }
        bits.unsigned(3);
    }
}

fn weights(dice: &mut Dice, bits: &mut Bits, counts: &[u32], has_chroma: bool) {
    bits.unsigned(dice.upto(7));
    if has_chroma {
        bits.unsigned(dice.upto(7));
    }
    for _ in 0..counts.iter().sum() {
        for numbers in if has_chroma { &[2, 4][..] } else { &[2] } {
            let is_stated = dice.flag();
            bits.flag(is_stated);
            (0..if is_stated { *numbers } else { 0 }).for_each(|_| bits.signed(dice.signed(100)));
        }
    }
}

fn marking(dice: &mut Dice, bits: &mut Bits, is_idr: bool) {
    if is_idr {
        bits.flag(dice.flag());
        return bits.flag(dice.flag());
    }
    let has_operations = dice.flag();
    bits.flag(has_operations);
    if has_operations {
        for _ in 0..dice.upto(5) {
            let operation = [1, 2, 3, 4, 6][dice.upto(4) as usize];
            bits.unsigned(operation);
            bits.unsigned(dice.upto(3));
            if operation == 3 {
                bits.unsigned(dice.upto(3));
            }
        }
        if dice.upto(4) == 0 {
            bits.unsigned(5);
        }
        bits.unsigned(0);
    }
}
