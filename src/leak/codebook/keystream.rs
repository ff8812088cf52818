//! Keystreams of known frames, tried on other frames.

use std::collections::HashSet;
use std::ops::Range;

use super::keystream_test::KeystreamTest;
use super::{Recovery, blocks_by_value};
use crate::leak::census::Block;
use crate::picture::layout::BLOCK_BYTES;

/// Upper bound of the blocks on which a keystream is tried, spread over the frame.
const SAMPLE: usize = 1 << 12;

/// A whole known frame. Its keystream is plaintext XOR ciphertext.
#[derive(Debug)]
pub(super) struct Keystream {
    plaintext: Vec<u8>,
    ciphertext: Vec<u8>,
}

impl Keystream {
    pub fn of(plaintext: &[u8], ciphertext: &[u8]) -> Self {
        Self { plaintext: plaintext.to_vec(), ciphertext: ciphertext.to_vec() }
    }

    /// Bytes that it keeps.
    pub const fn kept_bytes(&self) -> usize {
        self.plaintext.len() + self.ciphertext.len()
    }

    /// True if another frame, at most as long as this one, has the same keystream.
    pub fn has_keystream_of(&self, plaintext: &[u8], ciphertext: &[u8]) -> bool {
        let this = self.plaintext.iter().zip(&self.ciphertext);
        plaintext.len() <= self.plaintext.len()
            && this.zip(plaintext.iter().zip(ciphertext)).all(|((p, c), (q, d))| p ^ c == q ^ d)
    }

    /// Recovers a frame with this keystream, after `recovery` got the blocks that the dictionary has.
    ///
    /// That is the whole frame if the keystream was reused for all of it. Cipher feedback with a fixed initialization
    /// vector reuses it up to and including the first block that differs.
    pub fn recover(&self, ciphertext: &[u8], recovery: &mut Recovery) {
        let (now, before) = (ciphertext.as_chunks().0, self.ciphertext.as_chunks().0);
        let differs = |(now, before): (&Block, &Block)| now != before;
        let Some(first) = now.iter().zip(before).position(differs) else { return };
        let after = first + 1..blocks_by_value(ciphertext.len());
        if self.fits(after, now, recovery) {
            let whole = self.ciphertext.len() >= ciphertext.len();
            let blocks = if whole { recovery.known.len() } else { before.len() };
            self.decrypt(0..blocks, ciphertext, recovery);
            recovery.by_keystream = true;
        } else if !recovery.known[first] {
            let mut test = KeystreamTest::default();
            test.add(now[first], before[first], self.plaintext_of(first));
            if test.is_passed_by_agreement() {
                self.decrypt(first..first + 1, ciphertext, recovery);
            }
        }
    }

    /// True if the keystream passes the test on a sample of the new blocks in `range`. The caller leaves out the first
    /// block that differs, which may have this keystream although the others do not.
    ///
    /// A block is new if no known frame has it, and each value is tried once: then a wrong keystream gives independent,
    /// uniformly distributed bytes in every mode. Without these conditions the repeated blocks of ECB would pass as a
    /// keystream.
    fn fits(&self, range: Range<usize>, ciphertext: &[Block], recovery: &Recovery) -> bool {
        let (before, _) = self.ciphertext.as_chunks();
        let range = range.start..range.end.min(before.len());
        let is_new = |block: &usize| !recovery.known[*block] && ciphertext[*block] != before[*block];
        let new: Vec<usize> = range.filter(is_new).collect();
        let mut tried = HashSet::new();
        let mut test = KeystreamTest::default();
        for &block in new.iter().step_by(new.len().div_ceil(SAMPLE).max(1)) {
            if tried.insert(ciphertext[block]) {
                test.add(ciphertext[block], before[block], self.plaintext_of(block));
            }
        }
        test.is_passed()
    }

    fn plaintext_of(&self, block: usize) -> Block {
        self.plaintext.as_chunks().0[block]
    }

    /// Decrypts blocks that the keystream covers; the last of them may be a rest under 16 bytes.
    fn decrypt(&self, blocks: Range<usize>, ciphertext: &[u8], recovery: &mut Recovery) {
        let bytes = blocks.start * BLOCK_BYTES..(blocks.end * BLOCK_BYTES).min(ciphertext.len());
        let keystream = self.plaintext[bytes.clone()].iter().zip(&self.ciphertext[bytes.clone()]);
        let now = &ciphertext[bytes.clone()];
        for ((to, now), (plain, cipher)) in recovery.bytes[bytes].iter_mut().zip(now).zip(keystream) {
            *to = now ^ plain ^ cipher;
        }
        recovery.known[blocks].fill(true);
    }
}
