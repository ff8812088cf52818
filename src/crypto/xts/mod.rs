//! XTS (IEEE 1619, SP 800-38E), the mode of disk encryption. Every block has a mask that depends on its place.
//!
//! ```text
//! frame i ─▶ │ unit 0: 4096 bytes │ unit 1 │ … │ unit u − 1: 16 to 4111 bytes │
//!               tweak i × u          + 1               + u − 1
//! ```
//!
//! The last data unit may be shorter than 4096 bytes and ends in ciphertext stealing. A rest of less than one block is
//! added to the unit before; a frame of less than one block is an error. Tweaks are 16 bytes little-endian. With
//! `+fixed-tweak`, the units of every frame are numbered from 0, as on a disk that is overwritten in place: a block
//! that does not change keeps its ciphertext.
//!
//! The crate `xts-mode` is not used: it calls AES for each block, which takes 20 times as long as one call per unit.

mod diagram;

use aes::cipher::array::Array;
use aes::cipher::consts::U16;
use aes::{Aes128, Aes256, Block};

use super::block_cipher::{Aes, keyed};
use super::stages::Around;
use super::{DecryptError, EncryptError, Habit, MessageCipher, Mode, Parameters};
use crate::picture::layout::BLOCK_BYTES;
use crate::runtime::pool::Buffer;
use crate::units::MessageNumber;

pub(super) const MODE: Mode = Mode {
    title: "XTS",
    schemes: &[("aes-128-xts", 32), ("aes-256-xts", 64)],
    keys: 2,
    habit: Habit::FixedTweak,
    codebook: false,
    about: "disk encryption: equal blocks differ by their place, authenticates nothing",
    about_habit: "a disk overwritten in place: what stays where it is stays equal",
    cipher: |key, fixed_tweak| match key.len() {
        32 => Box::new(Xts::<Aes128>::new(key, fixed_tweak)),
        _ => Box::new(Xts::<Aes256>::new(key, fixed_tweak)),
    },
    stages: |block| {
        let first = block.parameters.tweak.as_deref().and_then(|first| first.try_into().ok());
        let first = u128::from_le_bytes(first.unwrap_or_default());
        let Around { plaintext, block: number, .. } = block.around;
        let trace = block.key.and_then(|key| trace(key, first, plaintext, number));
        trace.map_or_else(Vec::new, |trace| diagram::stages(&trace, block))
    },
};

/// Bytes of a data unit, which is a disk sector.
const UNIT_BYTES: usize = 4096;

/// Blocks of the longest data unit: 4096 bytes and a rest of less than a block.
const MOST_BLOCKS: usize = UNIT_BYTES / BLOCK_BYTES + 1;

struct Xts<C> {
    /// Encrypts the data.
    data_cipher: C,
    /// Encrypts the tweaks.
    tweak_cipher: C,
    fixed_tweak: bool,
}

/// Encrypts or decrypts blocks in one call.
type Blocks<C> = fn(&C, &mut [Block]);

impl<C: Aes> Xts<C> {
    fn new(key: &[u8], fixed_tweak: bool) -> Self {
        let (data, tweak) = key.split_at(key.len() / 2);
        Self { data_cipher: keyed(data), tweak_cipher: keyed(tweak), fixed_tweak }
    }

    /// The tweak of the first data unit of a frame of `len` bytes.
    fn first_tweak(&self, message: MessageNumber, len: usize) -> u128 {
        if self.fixed_tweak { 0 } else { u128::from(message.0) * units(len) as u128 }
    }

    /// Encrypts or decrypts the data units of a frame of one block or more. Each unit is copied just before, so that
    /// it is in the cache.
    fn apply(&self, message: MessageNumber, from: &[u8], to: &mut [u8], unit: fn(&Self, u128, &mut [u8])) {
        let (mut from, mut to) = (from, to);
        let first = self.first_tweak(message, from.len());
        let units = units(from.len()) as u128;
        for number in 0..units {
            let len = if number + 1 == units { from.len() } else { UNIT_BYTES };
            let (unit_to, to_behind) = to.split_at_mut(len);
            let (unit_from, from_behind) = from.split_at(len);
            unit_to.copy_from_slice(unit_from);
            unit(self, first + number, unit_to);
            (from, to) = (from_behind, to_behind);
        }
    }

    fn encrypt_unit(&self, tweak: u128, unit: &mut [u8]) {
        let masks = self.masks(tweak);
        let whole = unit.len() / BLOCK_BYTES;
        self.masked(C::encrypt_blocks, &masks[..whole], unit);
        if !unit.len().is_multiple_of(BLOCK_BYTES) {
            self.steal(C::encrypt_blocks, masks[whole], unit);
        }
    }

    fn decrypt_unit(&self, tweak: u128, unit: &mut [u8]) {
        let mut masks = self.masks(tweak);
        let whole = unit.len() / BLOCK_BYTES;
        if unit.len().is_multiple_of(BLOCK_BYTES) {
            self.masked(C::decrypt_blocks, &masks[..whole], unit);
        } else {
            // The last whole block was encrypted last, with the last mask, so it is decrypted first.
            masks.swap(whole - 1, whole);
            self.masked(C::decrypt_blocks, &masks[..whole], unit);
            self.steal(C::decrypt_blocks, masks[whole], unit);
        }
    }

    /// The masks of a unit's blocks: the encrypted tweak, multiplied by the powers of α in GF(2^128).
    fn masks(&self, tweak: u128) -> [u128; MOST_BLOCKS] {
        let mut block = Block::from(tweak.to_le_bytes());
        self.tweak_cipher.encrypt_block(&mut block);
        let mut mask = u128::from_le_bytes(block.0);
        std::array::from_fn(|_| {
            let this = mask;
            // x^128 = x^7 + x^2 + x + 1.
            mask = (mask << 1) ^ (0x87 * (mask >> 127));
            this
        })
    }

    /// Encrypts or decrypts one whole block per mask. Each block is XORed with its mask before and after the cipher.
    fn masked(&self, cipher: Blocks<C>, masks: &[u128], unit: &mut [u8]) {
        let blocks = &mut Array::<u8, U16>::slice_as_chunks_mut(unit).0[..masks.len()];
        add(masks, blocks);
        cipher(&self.data_cipher, blocks);
        add(masks, blocks);
    }

    /// Ciphertext stealing, after the whole blocks were processed: the incomplete block is swapped with the first
    /// bytes of the last whole block, which then passes through the cipher once more.
    fn steal(&self, cipher: Blocks<C>, mask: u128, unit: &mut [u8]) {
        let whole = unit.len() - unit.len() % BLOCK_BYTES;
        let (blocks, rest) = unit.split_at_mut(whole);
        let last = &mut blocks[whole - BLOCK_BYTES..];
        last[..rest.len()].swap_with_slice(rest);
        self.masked(cipher, &[mask], last);
    }
}

/// The steps of one block under XTS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct XtsTrace {
    /// The tweak of its data unit.
    pub tweak: [u8; BLOCK_BYTES],
    /// The mask of the first block of the unit: the tweak, encrypted with the second key.
    pub first_mask: [u8; BLOCK_BYTES],
    /// The place of the block in its unit, from 0: the exponent of α.
    pub place: usize,
    /// The mask of the block.
    pub mask: [u8; BLOCK_BYTES],
    /// The second pass of the block, if its unit ends in an incomplete block and this is the last whole one.
    pub stealing: Option<Stealing>,
}

/// Ciphertext stealing: the last whole block of a unit passes through the cipher twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stealing {
    /// The output of the first pass. Its first bytes are the end of the unit's ciphertext.
    pub first: [u8; BLOCK_BYTES],
    /// Bytes of the incomplete block at the end of the unit, 1 to 15.
    pub rest: usize,
    /// The input of the second pass: the end of the unit's plaintext, then the last bytes of the first output.
    pub input: [u8; BLOCK_BYTES],
    /// The mask of the second pass.
    pub mask: [u8; BLOCK_BYTES],
}

/// Records the steps of a block of a message; `None` if the message has no such block.
pub(super) fn trace(key: &[u8], first_tweak: u128, plaintext: &[u8], block: usize) -> Option<XtsTrace> {
    if block >= plaintext.len() / BLOCK_BYTES {
        return None;
    }
    Some(match key.len() {
        32 => Xts::<Aes128>::new(key, false).trace(first_tweak, plaintext, block),
        _ => Xts::<Aes256>::new(key, false).trace(first_tweak, plaintext, block),
    })
}

impl<C: Aes> Xts<C> {
    fn trace(&self, first_tweak: u128, plaintext: &[u8], block: usize) -> XtsTrace {
        let (number, place) = (block * BLOCK_BYTES / UNIT_BYTES, block % (UNIT_BYTES / BLOCK_BYTES));
        let tweak = first_tweak.wrapping_add(number as u128);
        let masks = self.masks(tweak);
        let start = number * UNIT_BYTES;
        let is_last = number + 1 == units(plaintext.len());
        let unit = &plaintext[start..if is_last { plaintext.len() } else { start + UNIT_BYTES }];
        let (whole, rest) = (unit.len() / BLOCK_BYTES, unit.len() % BLOCK_BYTES);
        let steals = rest > 0 && place + 1 == whole;
        let stealing = steals.then(|| {
            let mut first = [0; BLOCK_BYTES];
            first.copy_from_slice(&unit[place * BLOCK_BYTES..][..BLOCK_BYTES]);
            self.masked(C::encrypt_blocks, &masks[place..whole], &mut first);
            let mut input = first;
            input[..rest].copy_from_slice(&unit[whole * BLOCK_BYTES..]);
            Stealing { first, rest, input, mask: masks[whole].to_le_bytes() }
        });
        let [first_mask, mask] = [masks[0], masks[place]].map(u128::to_le_bytes);
        XtsTrace { tweak: tweak.to_le_bytes(), first_mask, place, mask, stealing }
    }
}

/// The number of data units of a frame of `len` bytes, which is one block or more.
fn units(len: usize) -> usize {
    let (whole, rest) = (len / UNIT_BYTES, len % UNIT_BYTES);
    whole + usize::from(rest >= BLOCK_BYTES)
}

fn add(masks: &[u128], blocks: &mut [Block]) {
    for (mask, block) in masks.iter().zip(blocks) {
        block.0 = (u128::from_le_bytes(block.0) ^ mask).to_le_bytes();
    }
}

impl<C: Aes> MessageCipher for Xts<C> {
    fn encrypt(
        &self,
        message: MessageNumber,
        plaintext: &[u8],
        ciphertext: &mut Buffer,
    ) -> Result<Parameters, EncryptError> {
        if plaintext.len() < BLOCK_BYTES {
            return Err(EncryptError::TooShort { given: plaintext.len() });
        }
        ciphertext.vec_mut().resize(plaintext.len(), 0);
        self.apply(message, plaintext, ciphertext, Self::encrypt_unit);
        let tweak = self.first_tweak(message, plaintext.len());
        Ok(Parameters { tweak: Some(tweak.to_le_bytes().to_vec()), ..Parameters::default() })
    }

    fn decrypt(
        &self,
        message: MessageNumber,
        ciphertext: &[u8],
        _: Option<&[u8]>,
    ) -> Result<Vec<u8>, DecryptError> {
        if ciphertext.len() < BLOCK_BYTES {
            return Err(DecryptError::TooShort(ciphertext.len()));
        }
        let mut plaintext = vec![0; ciphertext.len()];
        self.apply(message, ciphertext, &mut plaintext, Self::decrypt_unit);
        Ok(plaintext)
    }
}
