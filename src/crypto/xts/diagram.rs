//! The diagram of XTS (IEEE 1619): a mask for each block, and ciphertext stealing at the end of a data unit.

use super::{Stealing, XtsTrace};
use crate::crypto::stages::{Block, Inspected, Stage, xor};
use crate::picture::layout::BLOCK_BYTES;

/// The stages of a block under XTS: how its mask is computed and applied. In a unit with ciphertext stealing, the last
/// whole block passes through the cipher twice.
pub(super) fn stages(trace: &XtsTrace, block: &Inspected<'_>) -> Vec<Stage> {
    let Inspected { cipher: aes, plain, encrypted: cipher, .. } = block;
    let (plain, cipher) = (*plain, *cipher);
    let bytes = |what: &str, bytes: Block| Stage::Bytes(what.into(), bytes.to_vec());
    let mask = |bytes: Block| Stage::Xor("mask".into(), bytes.to_vec());
    let through = || Stage::Through(format!("{aes} with the first key"));
    let powers = |of: usize| Stage::Through(format!("× α{}", superscript(of)));
    // `into` and `out` are the bytes before and after the cipher; both are masked.
    let masked = |from: Stage, input: Block, by: Block, output: Block, to: Stage| {
        let (into, out) = (bytes("XOR result", xor(input, by)), bytes("result", xor(output, by)));
        [from, mask(by), into, through(), out, mask(by), to]
    };
    let mut stages = vec![
        bytes("tweak of the data unit", trace.tweak),
        Stage::Through(format!("{aes} with the second key")),
        bytes("mask of block 0 of the unit", trace.first_mask),
    ];
    if trace.place > 0 {
        let what = format!("mask of block {} of the unit", trace.place);
        stages.extend([powers(trace.place), bytes(&what, trace.mask)]);
    }
    let (start, end) = (bytes("plaintext", plain), bytes("ciphertext", cipher));
    match trace.stealing {
        None => {
            stages.push(Stage::Apart);
            stages.extend(masked(start, plain, trace.mask, cipher, end));
        }
        Some(Stealing { first, rest, input, mask: second }) => {
            stages.extend([powers(1), bytes("mask of the incomplete block after it", second), Stage::Apart]);
            let what = format!("first result; the ciphertext ends in its first {}", count(rest, "byte"));
            stages.extend(masked(start, plain, trace.mask, first, bytes(&what, first)));
            stages.push(Stage::Apart);
            let left = count(BLOCK_BYTES - rest, "byte");
            let what =
                format!("last {} of the plaintext, last {left} of the first result", count(rest, "byte"));
            stages.extend(masked(bytes(&what, input), input, second, cipher, end));
        }
    }
    stages
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// An exponent in superscript digits; empty for 1.
fn superscript(number: usize) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let digits = number.to_string();
    if number == 1 {
        String::new()
    } else {
        digits.bytes().map(|digit| DIGITS[usize::from(digit - b'0')]).collect()
    }
}
