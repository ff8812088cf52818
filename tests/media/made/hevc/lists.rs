//! Sets of references and scaling lists.

use crate::made::{Bits, Dice};

/// A set of short-term references: distances of the pictures before and after, nearest first, and whether each is used.
#[derive(Clone, Default)]
pub(super) struct Set {
    before: Vec<(i32, bool)>,
    after: Vec<(i32, bool)>,
}

impl Set {
    pub(super) fn used(&self) -> u32 {
        let used = self.before.iter().chain(&self.after).filter(|it| it.1).count();
        u32::try_from(used).expect("few")
    }
}

/// The long-term references that a slice may name by number, and whether each is used.
pub(super) fn stated_long_term(dice: &mut Dice, bits: &mut Bits, order_bits: u32) -> Option<Vec<bool>> {
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

/// Stated scaling lists, the default ones or none.
pub(super) fn stated_scaling_lists(dice: &mut Dice, bits: &mut Bits) {
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

pub(super) fn scaling_lists(dice: &mut Dice, bits: &mut Bits) {
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

/// A set of references, which may be derived from an earlier one.
pub(super) fn reference_set(dice: &mut Dice, bits: &mut Bits, sets: &[Set], is_in_slice: bool) -> Set {
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
