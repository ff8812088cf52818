//! Cipher block chaining (SP 800-38A, 6.2): each block is combined with the ciphertext before it.
//!
//! PKCS#7 padding. The initialization vector is that of [`iv`]; `+fixed-iv` gives every message the same one:
//! two messages then stay equal up to the first block in which they differ.

use aes::cipher::block_padding::{NoPadding, Pkcs7};
use aes::cipher::common::InnerIvInit;
use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt};
use aes::{Aes128, Aes192, Aes256};

use super::block_cipher::{Aes, iv, keyed};
use super::stages::{added, bytes};
use super::{DecryptError, EncryptError, Habit, MessageCipher, Mode, Parameters};
use crate::picture::layout::BLOCK_BYTES;
use crate::runtime::pool::Buffer;
use crate::units::MessageNumber;

pub(super) const MODE: Mode = Mode {
    title: "CBC",
    schemes: &[("aes-128-cbc", 16), ("aes-192-cbc", 24), ("aes-256-cbc", 32)],
    keys: 1,
    habit: Habit::FixedIv,
    codebook: false,
    about: "each block is XORed with the ciphertext before it: hides every pattern, authenticates nothing",
    about_habit: "the same IV for every frame: frames are equal up to the first block that differs",
    cipher: |key, fixed_iv| match key.len() {
        16 => Box::new(Cbc::<Aes128> { cipher: keyed(key), fixed_iv }),
        24 => Box::new(Cbc::<Aes192> { cipher: keyed(key), fixed_iv }),
        _ => Box::new(Cbc::<Aes256> { cipher: keyed(key), fixed_iv }),
    },
    stages: |block| {
        let (what, chained) = block.chained("IV", "ciphertext before", |_, ciphertext| ciphertext);
        let sum: Vec<u8> = block.plain.iter().zip(&chained).map(|(a, b)| a ^ b).collect();
        vec![block.start(), added(what, &chained), bytes("XOR result", &sum), block.through(), block.end()]
    },
};

struct Cbc<C> {
    cipher: C,
    fixed_iv: bool,
}

impl<C: Aes> MessageCipher for Cbc<C> {
    fn encrypt(
        &self,
        message: MessageNumber,
        plaintext: &[u8],
        ciphertext: &mut Buffer,
    ) -> Result<Parameters, EncryptError> {
        let iv = iv(&self.cipher, message, self.fixed_iv);
        ciphertext.vec_mut().resize((plaintext.len() / BLOCK_BYTES + 1) * BLOCK_BYTES, 0);
        ::cbc::Encryptor::inner_iv_init(&self.cipher, &iv)
            .encrypt_padded_b2b::<Pkcs7>(plaintext, ciphertext)
            .expect("the buffer has room for the padding");
        Ok(Parameters { iv: Some(iv.to_vec()), ..Parameters::default() })
    }

    fn decrypt_unpadded(
        &self,
        message: MessageNumber,
        ciphertext: &[u8],
        _: Option<&[u8]>,
    ) -> Result<Vec<u8>, DecryptError> {
        let iv = iv(&self.cipher, message, self.fixed_iv);
        ::cbc::Decryptor::inner_iv_init(&self.cipher, &iv)
            .decrypt_padded_vec::<NoPadding>(ciphertext)
            .map_err(|_| DecryptError::Length(ciphertext.len()))
    }

    fn pads(&self) -> bool {
        true
    }

    fn decrypt(
        &self,
        message: MessageNumber,
        ciphertext: &[u8],
        _: Option<&[u8]>,
    ) -> Result<Vec<u8>, DecryptError> {
        if ciphertext.is_empty() || !ciphertext.len().is_multiple_of(BLOCK_BYTES) {
            return Err(DecryptError::Length(ciphertext.len()));
        }
        let iv = iv(&self.cipher, message, self.fixed_iv);
        ::cbc::Decryptor::inner_iv_init(&self.cipher, &iv)
            .decrypt_padded_vec::<Pkcs7>(ciphertext)
            .map_err(|_| DecryptError::Padding)
    }
}
