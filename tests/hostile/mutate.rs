//! Changes to bytes that depend only on a number.

use crate::random::SplitMix;

/// Random choices from a seed.
pub struct Random(SplitMix);

impl Random {
    pub const fn of(seed: u64) -> Self {
        Self(SplitMix(seed))
    }

    /// A number below `end`; 0 if there is none.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.0.next() % (end.max(1) as u64)).expect("it is below a usize")
    }

    pub fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    fn byte(&mut self) -> u8 {
        self.0.next().to_le_bytes()[0]
    }
}

/// Sizes, counts and offsets that parsers get wrong.
const NUMBERS: [u32; 9] = [0, 1, 2, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0xffff_ffff];

/// The bytes of a seed with one to six changes. Some changes insert parts of `others`.
pub fn bytes(random: &mut Random, seed: &[u8], others: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=random.below(6) {
        change(random, &mut bytes, others);
    }
    bytes
}

fn change(random: &mut Random, bytes: &mut Vec<u8>, others: &[Vec<u8>]) {
    // Half of all changes hit the first KiB, where headers are.
    let near = if random.below(2) == 0 { bytes.len().min(1024) } else { bytes.len() };
    let at = random.below(near);
    let len = 1 + random.below(64.min(bytes.len().saturating_sub(at)));
    match random.below(9) {
        0 => {
            for _ in 0..=random.below(32) {
                let at = random.below(near);
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << random.below(8);
                }
            }
        }
        1 => bytes.truncate(at),
        2 => overwrite(bytes, at, &random.one_of(&NUMBERS).to_be_bytes()),
        3 => overwrite(bytes, at, &random.one_of(&NUMBERS).to_le_bytes()),
        4 => {
            let fill = *random.one_of(&[0, 0xff, 0x7f, 0x80]);
            overwrite(bytes, at, &vec![fill; len]);
        }
        5 => {
            let noise: Vec<u8> = (0..len).map(|_| random.byte()).collect();
            overwrite(bytes, at, &noise);
        }
        6 => drop(bytes.drain(at.min(bytes.len())..(at + len).min(bytes.len()))),
        7 => {
            let part = chunk(random, &bytes.clone());
            splice(bytes, at, &part);
        }
        _ => {
            let part = chunk(random, random_of(others, at));
            if random.below(2) == 0 { splice(bytes, at, &part) } else { overwrite(bytes, at, &part) }
        }
    }
}

fn random_of(others: &[Vec<u8>], at: usize) -> &[u8] {
    &others[at % others.len()]
}

/// A part of some bytes, up to 4 KiB long.
fn chunk(random: &mut Random, bytes: &[u8]) -> Vec<u8> {
    let from = random.below(bytes.len());
    let len = random.below(4096.min(bytes.len() - from) + 1);
    bytes[from..from + len].to_vec()
}

fn overwrite(bytes: &mut [u8], at: usize, with: &[u8]) {
    for (to, from) in bytes.iter_mut().skip(at).zip(with) {
        *to = *from;
    }
}

fn splice(bytes: &mut Vec<u8>, at: usize, part: &[u8]) {
    let at = at.min(bytes.len());
    bytes.splice(at..at, part.iter().copied());
}
