//! Slice segments.

use super::lists::reference_set;
use super::{Parameters, header};
use crate::made::{Bits, Dice};

/// Slice segment `n` of a picture.
pub(super) fn slice(dice: &mut Dice, parameters: &Parameters, unit_type: u8, n: u32) -> Vec<u8> {
    let mut bits = Bits::default();
    bits.flag(n == 0);
    if (16..=23).contains(&unit_type) {
        bits.flag(dice.flag());
    }
    bits.unsigned(0);
    let mut is_dependent = false;
    if n > 0 {
        if parameters.has_dependent {
            is_dependent = dice.flag();
            bits.flag(is_dependent);
        }
        let blocks = parameters.columns * parameters.rows;
        bits.put(blocks.next_power_of_two().ilog2(), n);
    }
    if !is_dependent {
        independent(dice, &mut bits, parameters, unit_type);
    }
    if let Some(most) = parameters.entry_points {
        let points = dice.upto(most);
        bits.unsigned(points);
        if points > 0 {
            let length = 1 + dice.upto(31);
            bits.unsigned(length - 1);
            (0..points).for_each(|_| bits.put(length, dice.upto(1)));
        }
    }
    if parameters.has_extension {
        let bytes = dice.upto(6);
        bits.unsigned(bytes);
        (0..bytes).for_each(|_| bits.put(8, dice.upto(3)));
    }
    let samples: Vec<u8> =
        (0..=dice.upto(30)).map(|_| u8::try_from(dice.upto(255)).expect("a byte")).collect();
    bits.unit(&header(unit_type), &[&samples[..], &[0x80]].concat())
}

fn independent(dice: &mut Dice, bits: &mut Bits, parameters: &Parameters, unit_type: u8) {
    bits.put(parameters.extra_bits, 0);
    let is_idr = matches!(unit_type, 19 | 20);
    // These bits follow the type of the slice, which depends on the number of references.
    let (mut references, mut predicts_motion, mut sets) = (0, false, Bits::default());
    if !is_idr {
        sets.put(parameters.order_bits, dice.upto(15));
        references += short_term(dice, &mut sets, parameters);
        if let Some(stated) = &parameters.long_term {
            references += long_term(dice, &mut sets, stated, parameters.order_bits);
        }
        if parameters.predicts_motion {
            predicts_motion = dice.flag();
            sets.flag(predicts_motion);
        }
    }
    let is_key = (16..=23).contains(&unit_type);
    let slice_type = if references == 0 || is_key { 2 } else { dice.upto(2) };
    bits.unsigned(slice_type);
    if parameters.states_output {
        bits.flag(dice.flag());
    }
    if parameters.has_planes {
        bits.put(2, dice.upto(2));
    }
    bits.0.extend(sets.0);
    let mut has_offsets = false;
    if parameters.has_offsets {
        for _ in 0..if parameters.is_grey { 1 } else { 2 } {
            let is_set = dice.flag();
            has_offsets |= is_set;
            bits.flag(is_set);
        }
    }
    if slice_type != 2 {
        prediction(dice, bits, parameters, slice_type, references, predicts_motion);
    }
    bits.signed(dice.signed(10));
    if parameters.states_chroma {
        bits.signed(dice.signed(2));
        bits.signed(dice.signed(2));
    }
    if parameters.has_chroma_lists {
        bits.flag(dice.flag());
    }
    let mut is_without_deblocking = parameters.is_without_deblocking;
    if parameters.overrides {
        let is_other = dice.flag();
        bits.flag(is_other);
        if is_other {
            is_without_deblocking = dice.flag();
            bits.flag(is_without_deblocking);
            if !is_without_deblocking {
                bits.signed(dice.signed(6));
                bits.signed(dice.signed(6));
            }
        }
    }
    if parameters.filters_across && (has_offsets || !is_without_deblocking) {
        bits.flag(dice.flag());
    }
}

/// The number of bits that an index below `count` needs.
fn bits_for(count: usize) -> u32 {
    count.next_power_of_two().ilog2()
}

/// The short-term references. Returns how many are used.
fn short_term(dice: &mut Dice, bits: &mut Bits, parameters: &Parameters) -> u32 {
    let sets = &parameters.sets;
    let is_stated = !sets.is_empty() && dice.flag();
    bits.flag(is_stated);
    if !is_stated {
        return reference_set(dice, bits, sets, true).used();
    }
    let index = dice.upto(u32::try_from(sets.len() - 1).expect("few"));
    bits.put(bits_for(sets.len()), index);
    sets[index as usize].used()
}

/// The long-term references. Returns how many are used.
fn long_term(dice: &mut Dice, bits: &mut Bits, stated: &[bool], order_bits: u32) -> u32 {
    let from_sequence =
        if stated.is_empty() { 0 } else { dice.upto(2).min(u32::try_from(stated.len()).expect("few")) };
    if !stated.is_empty() {
        bits.unsigned(from_sequence);
    }
    let own = dice.upto(2);
    bits.unsigned(own);
    let mut used = 0;
    for n in 0..from_sequence + own {
        let is_used = if n < from_sequence {
            let index = dice.upto(u32::try_from(stated.len() - 1).expect("few"));
            bits.put(bits_for(stated.len()), index);
            stated[index as usize]
        } else {
            bits.put(order_bits, dice.upto(15));
            let is_used = dice.flag();
            bits.flag(is_used);
            is_used
        };
        used += u32::from(is_used);
        let is_far = dice.flag();
        bits.flag(is_far);
        if is_far {
            bits.unsigned(dice.upto(3));
        }
    }
    used
}

fn prediction(
    dice: &mut Dice,
    bits: &mut Bits,
    parameters: &Parameters,
    slice_type: u32,
    references: u32,
    predicts_motion: bool,
) {
    let lists = if slice_type == 0 { 2 } else { 1 };
    let mut counts = parameters.references;
    let is_other = dice.flag();
    bits.flag(is_other);
    for count in &mut counts[..if is_other { lists } else { 0 }] {
        *count = 1 + dice.upto(14);
        bits.unsigned(*count - 1);
    }
    if parameters.modifies_lists && references > 1 {
        for count in &counts[..lists] {
            let is_modified = dice.flag();
            bits.flag(is_modified);
            let length = bits_for(references as usize);
            (0..if is_modified { *count } else { 0 })
                .for_each(|_| bits.put(length, dice.upto(references - 1)));
        }
    }
    if slice_type == 0 {
        bits.flag(dice.flag());
    }
    if parameters.states_cabac_init {
        bits.flag(dice.flag());
    }
    if predicts_motion {
        let is_first_list = slice_type == 1 || dice.flag();
        if slice_type == 0 {
            bits.flag(is_first_list);
        }
        let count = counts[usize::from(!is_first_list)];
        if count > 1 {
            bits.unsigned(dice.upto(count - 1));
        }
    }
    if parameters.weighs[usize::from(slice_type == 0)] {
        weights(dice, bits, &counts[..lists], !parameters.is_grey);
    }
    bits.unsigned(dice.upto(4));
}

fn weights(dice: &mut Dice, bits: &mut Bits, counts: &[u32], has_chroma: bool) {
    bits.unsigned(3);
    if has_chroma {
        bits.signed(dice.signed(3));
    }
    for &count in counts {
        let luma: Vec<bool> = (0..count).map(|_| dice.flag()).collect();
        bits.0.extend(&luma);
        let chroma: Vec<bool> = (0..count).map(|_| has_chroma && dice.flag()).collect();
        if has_chroma {
            bits.0.extend(&chroma);
        }
        for (luma, chroma) in luma.into_iter().zip(chroma) {
            let numbers = if luma { 2 } else { 0 } + if chroma { 4 } else { 0 };
            (0..numbers).for_each(|_| bits.signed(dice.signed(100)));
        }
    }
}
