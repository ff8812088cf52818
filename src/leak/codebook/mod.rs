//! Codebook: a known-plaintext attack. From frames with known plaintext it recovers parts of other frames.
//!
//! ```text
//! known frames ──pairs of blocks──▶ Dictionary: ciphertext block → plaintext block ──┐
//!              └─whole frames─────▶ Keystreams: plaintext XOR ciphertext ────────────┴▶ Recovery of a frame
//! ```
//!
//! The attack does not depend on the mode of operation. It uses two facts that hold in every mode:
//!
//! - **Equal blocks of ciphertext have equal blocks of plaintext.** In every mode, the chance that two blocks of
//!   ciphertext are equal for another reason is 2^-128 per pair. This covers ECB; a fixed tweak, under which a value
//!   only repeats at its own place, so that the dictionary need not store places; the common start of two frames under
//!   a fixed initialization vector; and a frame that is sent a second time. The one exception is ciphertext stealing,
//!   where the last whole block before a rest also holds bytes of the rest: that block is looked up together with the
//!   rest, and only in known frames that end with the same bytes.
//! - **A reused keystream cancels out.** Ciphertext XOR plaintext of a known frame is its keystream, if the mode has
//!   one. A decryption with the wrong keystream gives random bytes; the bytes of pictures are not random (see
//!   `keystream_test`).
//!
//! If a test is not conclusive, nothing is recovered, so that all recovered bytes are right.

mod dictionary;
mod keystream;
mod keystream_test;

use std::collections::HashSet;

use rayon::prelude::*;

use dictionary::Dictionary;
use keystream::Keystream;

use super::census::Block;
use crate::picture::layout::BLOCK_BYTES;

/// Upper bound of the last blocks that are kept.
const MOST_LAST_BLOCKS: usize = 1 << 12;

/// Upper bound of the bytes that are kept for keystreams. The first known frame is kept even if it is larger.
const MOST_KEYSTREAM_BYTES: usize = 64 << 20;

/// Blocks that one task looks up.
const BLOCKS_PER_TASK: usize = 1 << 13;

/// Blocks and keystreams learnt from frames with known plaintext.
///
/// Its size does not grow with the number of frames beyond a bound: the blocks of [`MOST_BLOCKS`](Self::MOST_BLOCKS)
/// values, and a few whole frames.
#[derive(Debug, Default)]
pub struct Codebook {
    dictionary: Dictionary,
    keystreams: Vec<Keystream>,
    last_blocks: HashSet<LastBlock>,
}

/// The last whole block of a known frame that ends with a rest under 16 bytes.
#[derive(Debug, PartialEq, Eq, Hash)]
struct LastBlock {
    frame_bytes: usize,
    /// The block and the rest.
    ciphertext: Vec<u8>,
    /// The block alone: a rest may be a single byte, which can be equal by chance.
    plaintext: Block,
}

impl Codebook {
    /// How many different blocks of ciphertext are learnt at most, as many as two frames of 2160p in `rgba32` have;
    /// later ones are left out. They take 180 MB.
    pub const MOST_BLOCKS: usize = 1 << 22;

    /// Learns from the plaintext and the ciphertext of a frame.
    ///
    /// # Panics
    /// If their lengths differ.
    pub fn learn(&mut self, plaintext: &[u8], ciphertext: &[u8]) {
        assert_eq!(plaintext.len(), ciphertext.len(), "a frame and its ciphertext are equally long");
        let by_value = blocks_by_value(ciphertext.len());
        let (cipher, plain) = (ciphertext.as_chunks().0, plaintext.as_chunks().0);
        self.dictionary.add(&cipher[..by_value], &plain[..by_value]);
        if let Some(&plaintext) = plain.get(by_value)
            && self.last_blocks.len() < MOST_LAST_BLOCKS
        {
            let end = ciphertext[by_value * BLOCK_BYTES..].to_vec();
            self.last_blocks.insert(LastBlock { frame_bytes: ciphertext.len(), ciphertext: end, plaintext });
        }
        let kept: usize = self.keystreams.iter().map(Keystream::kept_bytes).sum();
        let is_kept = |keystream: &Keystream| keystream.has_keystream_of(plaintext, ciphertext);
        let has_room = self.keystreams.is_empty() || kept + 2 * ciphertext.len() <= MOST_KEYSTREAM_BYTES;
        if has_room && !self.keystreams.iter().any(is_kept) {
            self.keystreams.push(Keystream::of(plaintext, ciphertext));
        }
    }

    /// True if the known frames have more than [`MOST_BLOCKS`](Self::MOST_BLOCKS) different blocks, so that some were
    /// left out.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.dictionary.is_full()
    }

    /// About how much memory it takes, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.dictionary.bytes() + self.keystreams.iter().map(Keystream::kept_bytes).sum::<usize>()
    }

    /// Recovers as much of a frame as the dictionary and the keystreams give.
    #[must_use]
    pub fn recover(&self, ciphertext: &[u8]) -> Recovery {
        let mut recovery = self.look_up(ciphertext);
        for keystream in &self.keystreams {
            keystream.recover(ciphertext, &mut recovery);
        }
        recovery
    }

    /// Recovers the blocks of a frame that equal blocks of known frames.
    fn look_up(&self, ciphertext: &[u8]) -> Recovery {
        let mut recovery = Recovery::empty(ciphertext.len());
        let by_value = blocks_by_value(ciphertext.len());
        let (to, _) = recovery.bytes.as_chunks_mut();
        let (to, known) = (&mut to[..by_value], &mut recovery.known[..by_value]);
        let (from, _) = ciphertext.as_chunks();
        to.par_chunks_mut(BLOCKS_PER_TASK)
            .zip(known.par_chunks_mut(BLOCKS_PER_TASK))
            .zip(from[..by_value].par_chunks(BLOCKS_PER_TASK))
            .for_each(|((to, known), from)| self.dictionary.look_up(from, to, known));
        if by_value < recovery.blocks {
            let end = &ciphertext[by_value * BLOCK_BYTES..];
            let is_equal = |last: &&LastBlock| last.frame_bytes == ciphertext.len() && last.ciphertext == end;
            if let Some(last) = self.last_blocks.iter().find(is_equal) {
                recovery.bytes[by_value * BLOCK_BYTES..][..BLOCK_BYTES].copy_from_slice(&last.plaintext);
                recovery.known[by_value] = true;
            }
        }
        recovery
    }
}

/// How many blocks of a frame of `len` bytes are looked up by value alone: all whole blocks, but not the last one
/// before a rest (ciphertext stealing).
const fn blocks_by_value(len: usize) -> usize {
    let rest = len % BLOCK_BYTES;
    (len / BLOCK_BYTES).saturating_sub(if rest > 0 { 1 } else { 0 })
}

/// The recovered parts of a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovery {
    /// As long as the ciphertext; 0 where a byte is unknown.
    bytes: Vec<u8>,
    /// Whether each block was recovered; the last entry may stand for a rest under 16 bytes.
    known: Vec<bool>,
    /// Whole blocks.
    blocks: usize,
    by_keystream: bool,
}

impl Recovery {
    /// The complete recovery of a known frame.
    #[must_use]
    pub fn of_known(frame: &[u8]) -> Self {
        let blocks = frame.len() / BLOCK_BYTES;
        let known = vec![true; frame.len().div_ceil(BLOCK_BYTES)];
        Self { bytes: frame.to_vec(), known, blocks, by_keystream: false }
    }

    fn empty(len: usize) -> Self {
        Self {
            bytes: vec![0; len],
            known: vec![false; len.div_ceil(BLOCK_BYTES)],
            blocks: len / BLOCK_BYTES,
            by_keystream: false,
        }
    }

    /// As many bytes as the ciphertext has: the original byte if [`has`](Self::has) is true for it, else 0.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// True if the byte with this number was recovered.
    #[must_use]
    pub fn has(&self, byte: usize) -> bool {
        self.known.get(byte / BLOCK_BYTES).is_some_and(|&known| known)
    }

    /// True if the whole frame was recovered, including a rest.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.known.iter().all(|&known| known)
    }

    /// Share of the whole blocks that were recovered, from 0 to 1; 0 for a frame without blocks.
    #[must_use]
    pub fn share(&self) -> f64 {
        let recovered = self.known[..self.blocks].iter().filter(|&&known| known).count();
        if self.blocks == 0 { 0.0 } else { recovered as f64 / self.blocks as f64 }
    }

    /// True if this frame has the keystream of a known frame.
    #[must_use]
    pub const fn is_by_keystream(&self) -> bool {
        self.by_keystream
    }
}

#[cfg(test)]
mod tests;
