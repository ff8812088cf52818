//! Keystreams of known frames, tried on others.

use std::collections::HashSet;
use std::ops::Range;

use super::keystream_test::KeystreamTest;
use super::{Recovery, blocks_by_value};
use crate::leak::census::Block;
use crate::picture::layout::BLOCK_BYTES;

/// Blocks that a keystream is tried on, spread over the frame.
const SAMPLE: usize = 1 << 12;

/// A known frame, whole. Its keystream is the XOR of both.
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

    /// True where another frame, no longer than this one, has the same keystream.
    pub fn has_keystream_of(&self, plaintext: &[u8], ciphertext: &[u8]) -> bool {
        let this = self.plaintext.iter().zip(&self.ciphertext);
        plaintext.len() <= self.plaintext.len()
            && this.zip(plaintext.iter().zip(ciphertext)).all(|((p, c), (q, d))| p ^ c == q ^ d)
    }

    /// Recovers what its keystream says of a frame of which `recovery` knows what blocks say by themselves.
    ///
    /// That is all of it where the keystream was used for the whole frame again. Cipher feedback with a fixed
    /// initialization vector uses it again up to the first block that differs, this one included.
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
            if test.is_passed_by_likeness() {
                self.decrypt(first..first + 1, ciphertext, recovery);
            }
        }
    }

    /// True where the bytes that the keystream gives are beyond chance, in a sample of the blocks that are
    /// new, of those in `among`: not the first that differs, for which it can be the right one by itself.
    ///
    /// A block is new that no known frame holds, and every value is tried once: whatever the mode, a wrong
    /// keystream then gives bytes that are independent and evenly spread. ECB, whose blocks repeat, would
    /// otherwise look like a keystream.
    fn fits(&self, among: Range<usize>, ciphertext: &[Block], recovery: &Recovery) -> bool {
        let (before, _) = self.ciphertext.as_chunks();
        let among = among.start..among.end.min(before.len());
        let is_new = |block: &usize| !recovery.known[*block] && ciphertext[*block] != before[*block];
        let new: Vec<usize> = among.filter(is_new).collect();
        let mut met = HashSet::new();
        let mut test = KeystreamTest::default();
        for &block in new.iter().step_by(new.len().div_ceil(SAMPLE).max(1)) {
            if met.insert(ciphertext[block]) {
                test.add(ciphertext[block], before[block], self.plaintext_of(block));
            }
        }
        test.is_passed()
    }

    fn plaintext_of(&self, block: usize) -> Block {
        self.plaintext.as_chunks().0[block]
    }

    /// Takes the keystream away from blocks that it covers, or from a rest.
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
