//! Codebook: a known-plaintext attack. From frames with known plaintext it recovers parts of other frames.
//!
//! ```text
//! known frames ──pairs of blocks──▶ Dictionary:    ciphertext block → plaintext block ──┐
//!              └─whole────────────▶ Keystreams: plaintext XOR ciphertext ───────────┴▶ Recovery of a frame
//! ```
//!
//! The attack does not depend on the mode of operation. It uses two facts that hold in every mode:
//!
//! - **Equal blocks of ciphertext are equal blocks of plaintext.** Two blocks of ciphertext that are equal for
//!   any other reason have a chance of 2^-128 a pair, in every mode. This covers ECB; a fixed tweak, where a
//!   value comes back at its own place only, so that nothing is gained by looking up the place as well; the
//!   common start of two frames under a fixed initialization vector; and a frame that was sent before. The one
//!   exception is ciphertext stealing, where the last whole block before a rest holds other bytes than its
//!   own: that block is looked up together with the rest, and only where a known frame ended the same way.
//! - **A reused keystream cancels out.** Ciphertext XOR plaintext of a known frame is its
//!   keystream, if there is one. Whether it fits another frame shows in the bytes that it gives: under a wrong
//!   one every byte is as likely as any other, and pictures are not like that (see `keystream_test`).
//!
//! In doubt nothing is recovered, so that all recovered bytes are right.

mod dictionary;
mod keystream;
mod keystream_test;

use std::collections::HashSet;

use rayon::prelude::*;

use dictionary::Dictionary;
use keystream::Keystream;

use super::census::Block;
use crate::picture::layout::BLOCK_BYTES;

/// Last blocks of known frames that are kept at most.
const MOST_LAST_BLOCKS: usize = 1 << 12;

/// Bytes that are kept for keystreams at most, but for the first known frame, which is kept whatever its size.
const MOST_KEYSTREAM_BYTES: usize = 64 << 20;

/// Blocks that one task looks up.
const BLOCKS_PER_TASK: usize = 1 << 13;

/// What was learnt from frames with known plaintext.
///
/// Its size has a bound, however many frames it learns from: the blocks of [`MOST_BLOCKS`](Self::MOST_BLOCKS)
/// values, and a few frames whole.
#[derive(Debug, Default)]
pub struct Codebook {
    dictionary: Dictionary,
    keystreams: Vec<Keystream>,
    ends: HashSet<LastBlock>,
}

/// The last whole block of a known frame that has a rest after it.
#[derive(Debug, PartialEq, Eq, Hash)]
struct LastBlock {
    frame_bytes: usize,
    /// The block and the rest.
    ciphertext: Vec<u8>,
    /// Of the block alone. A rest may be a single byte, and equal by chance.
    plaintext: Block,
}

impl Codebook {
    /// Different blocks of ciphertext that are learnt at most, the first ones; as many as two frames of 2160p
    /// in `rgba32` have. They take 180 MB.
    pub const MOST_BLOCKS: usize = 1 << 22;

    /// Learns from a frame: its own bytes, and their ciphertext, which is as long.
    ///
    /// # Panics
    /// If one is longer than the other.
    pub fn learn(&mut self, plaintext: &[u8], ciphertext: &[u8]) {
        assert_eq!(plaintext.len(), ciphertext.len(), "a frame and its ciphertext are equally long");
        let by_value = blocks_by_value(ciphertext.len());
        let (cipher, plain) = (ciphertext.as_chunks().0, plaintext.as_chunks().0);
        self.dictionary.add(&cipher[..by_value], &plain[..by_value]);
        if let Some(&plaintext) = plain.get(by_value)
            && self.ends.len() < MOST_LAST_BLOCKS
        {
            let end = ciphertext[by_value * BLOCK_BYTES..].to_vec();
            self.ends.insert(LastBlock { frame_bytes: ciphertext.len(), ciphertext: end, plaintext });
        }
        let kept: usize = self.keystreams.iter().map(Keystream::kept_bytes).sum();
        let is_kept = |keystream: &Keystream| keystream.has_keystream_of(plaintext, ciphertext);
        let has_room = self.keystreams.is_empty() || kept + 2 * ciphertext.len() <= MOST_KEYSTREAM_BYTES;
        if has_room && !self.keystreams.iter().any(is_kept) {
            self.keystreams.push(Keystream::of(plaintext, ciphertext));
        }
    }

    /// True where the known frames have more than [`MOST_BLOCKS`](Self::MOST_BLOCKS) different blocks, so
    /// that some were left out.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.dictionary.is_full()
    }

    /// About how much memory it takes, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.dictionary.bytes() + self.keystreams.iter().map(Keystream::kept_bytes).sum::<usize>()
    }

    /// Recovers what can be recovered of a frame.
    #[must_use]
    pub fn recover(&self, ciphertext: &[u8]) -> Recovery {
        let mut recovery = self.look_up(ciphertext);
        for keystream in &self.keystreams {
            keystream.recover(ciphertext, &mut recovery);
        }
        recovery
    }

    /// Recovers what follows from block equality alone.
    fn look_up(&self, ciphertext: &[u8]) -> Recovery {
        let mut recovery = Recovery::nothing(ciphertext.len());
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
            let is_this =
                |end_of: &&LastBlock| end_of.frame_bytes == ciphertext.len() && end_of.ciphertext == end;
            if let Some(end) = self.ends.iter().find(is_this) {
                recovery.bytes[by_value * BLOCK_BYTES..][..BLOCK_BYTES].copy_from_slice(&end.plaintext);
                recovery.known[by_value] = true;
            }
        }
        recovery
    }
}

/// Whole blocks whose value alone says what they hold, in a frame of `len` bytes: all but the last before a
/// rest.
const fn blocks_by_value(len: usize) -> usize {
    let rest = len % BLOCK_BYTES;
    (len / BLOCK_BYTES).saturating_sub(if rest > 0 { 1 } else { 0 })
}

/// What was recovered of a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovery {
    /// As long as the ciphertext; 0 where nothing is known.
    bytes: Vec<u8>,
    /// Whether each block was recovered; behind them, where there is one, the rest that fills none.
    known: Vec<bool>,
    /// Whole blocks.
    blocks: usize,
    by_keystream: bool,
}

impl Recovery {
    /// The recovery of a known frame, which is complete.
    #[must_use]
    pub fn of_known(frame: &[u8]) -> Self {
        let blocks = frame.len() / BLOCK_BYTES;
        let known = vec![true; frame.len().div_ceil(BLOCK_BYTES)];
        Self { bytes: frame.to_vec(), known, blocks, by_keystream: false }
    }

    fn nothing(len: usize) -> Self {
        Self {
            bytes: vec![0; len],
            known: vec![false; len.div_ceil(BLOCK_BYTES)],
            blocks: len / BLOCK_BYTES,
            by_keystream: false,
        }
    }

    /// As many bytes as the ciphertext has: those of the original where [`has`](Self::has) says so, 0
    /// elsewhere.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// True where the byte with this number was recovered.
    #[must_use]
    pub fn has(&self, byte: usize) -> bool {
        self.known.get(byte / BLOCK_BYTES).is_some_and(|&known| known)
    }

    /// True where all of the frame was recovered, a rest included.
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

    /// True where the keystream of a known frame was used again for this one.
    #[must_use]
    pub const fn is_by_keystream(&self) -> bool {
        self.by_keystream
    }
}

#[cfg(test)]
mod tests;
