//! Propagating cipher block chaining (Kerberos 4): each block is XORed with the plaintext and the ciphertext before it.
//!
//! PKCS#7 padding. The initialization vector is that of [`iv`]; `+fixed-iv` gives every frame the same one.

use aes::{Aes128, Aes192, Aes256, Block};

use super::block_cipher::{Aes, iv, keyed};
use super::stages::{added, bytes, xor};
use super::{DecryptError, EncryptError, FrameCipher, Habit, Mode, Parameters};
use crate::picture::layout::BLOCK_BYTES;
use crate::runtime::pool::Buffer;
use crate::units::FrameIndex;

pub(super) const MODE: Mode = Mode {
    title: "PCBC",
    schemes: &[("aes-128-pcbc", 16), ("aes-192-pcbc", 24), ("aes-256-pcbc", 32)],
    keys: 1,
    habit: Habit::FixedIv,
    codebook: false,
    about: "each block is XORed with the plaintext and the ciphertext before it: hides every pattern",
    about_habit: "the same IV for every frame: frames are equal up to the first block that differs",
    cipher: |key, fixed_iv| match key.len() {
        16 => Box::new(Pcbc::<Aes128> { cipher: keyed(key), fixed_iv }),
        24 => Box::new(Pcbc::<Aes192> { cipher: keyed(key), fixed_iv }),
        _ => Box::new(Pcbc::<Aes256> { cipher: keyed(key), fixed_iv }),
    },
    stages: |block| {
        let (what, chained) = block.chained("IV", "plaintext ⊕ ciphertext before", xor);
        let sum: Vec<u8> = block.plain.iter().zip(&chained).map(|(a, b)| a ^ b).collect();
        vec![block.start(), added(what, &chained), bytes("XOR result", &sum), block.through(), block.end()]
    },
};

struct Pcbc<C> {
    cipher: C,
    fixed_iv: bool,
}

impl<C: Aes> FrameCipher for Pcbc<C> {
    fn encrypt(
        &self,
        frame: FrameIndex,
        plaintext: &[u8],
        ciphertext: &mut Buffer,
    ) -> Result<Parameters, EncryptError> {
        let iv = iv(&self.cipher, frame, self.fixed_iv);
        let padded = (plaintext.len() / BLOCK_BYTES + 1) * BLOCK_BYTES;
        let padding = u8::try_from(padded - plaintext.len()).expect("a block at most");
        let ciphertext = ciphertext.vec_mut();
        ciphertext.clear();
        ciphertext.extend_from_slice(plaintext);
        ciphertext.resize(padded, padding);
        let mut chained = iv;
        for bytes in ciphertext.as_chunks_mut::<BLOCK_BYTES>().0 {
            let plain = *bytes;
            let mut block = Block::from(xor(plain, chained.into()));
            self.cipher.encrypt_block(&mut block);
            *bytes = block.into();
            chained = xor(plain, *bytes).into();
        }
        Ok(Parameters { iv: Some(iv.to_vec()), ..Parameters::default() })
    }

    fn decrypt(
        &self,
        frame: FrameIndex,
        ciphertext: &[u8],
        _: Option<&[u8]>,
    ) -> Result<Vec<u8>, DecryptError> {
        let (blocks, rest) = ciphertext.as_chunks::<BLOCK_BYTES>();
        if blocks.is_empty() || !rest.is_empty() {
            return Err(DecryptError::Length(ciphertext.len()));
        }
        let mut chained = iv(&self.cipher, frame, self.fixed_iv);
        let mut plaintext = Vec::with_capacity(ciphertext.len());
        for bytes in blocks {
            let mut block = Block::from(*bytes);
            self.cipher.decrypt_block(&mut block);
            let plain = xor(block.into(), chained.into());
            plaintext.extend(plain);
            chained = xor(plain, *bytes).into();
        }
        let padding = usize::from(*plaintext.last().expect("there is a block"));
        let start = plaintext.len().checked_sub(padding).filter(|_| (1..=BLOCK_BYTES).contains(&padding));
        let start =
            start.filter(|&start| plaintext[start..].iter().all(|&byte| usize::from(byte) == padding));
        plaintext.truncate(start.ok_or(DecryptError::Padding)?);
        Ok(plaintext)
    }
}
