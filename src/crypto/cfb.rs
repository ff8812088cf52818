//! Cipher feedback (SP 800-38A, 6.3) of full blocks, also known as CFB128: the ciphertext before a block,
//! encrypted, is XORed with it.
//!
//! The initialization vector is that of [`iv`]; `+fixed-iv` gives every message the same one: the difference of
//! two messages then shows up to the first block in which they differ.

use aes::cipher::common::InnerIvInit;
use aes::{Aes128, Aes192, Aes256};

use super::block_cipher::{Aes, iv, keyed};
use super::stages::bytes;
use super::{DecryptError, EncryptError, Habit, MessageCipher, Mode, Parameters};
use crate::runtime::pool::Buffer;
use crate::units::MessageNumber;

pub(super) const MODE: Mode = Mode {
    title: "CFB",
    schemes: &[("aes-128-cfb", 16), ("aes-192-cfb", 24), ("aes-256-cfb", 32)],
    keys: 1,
    habit: Habit::FixedIv,
    codebook: false,
    about: "a keystream from the ciphertext before: hides every pattern, authenticates nothing",
    about_habit: "the same IV for every frame: equal up to the first block that differs, whose XOR shows too",
    cipher: |key, fixed_iv| match key.len() {
        16 => Box::new(Cfb::<Aes128> { cipher: keyed(key), fixed_iv }),
        24 => Box::new(Cfb::<Aes192> { cipher: keyed(key), fixed_iv }),
        _ => Box::new(Cfb::<Aes256> { cipher: keyed(key), fixed_iv }),
    },
    stages: |block| {
        let (what, chained) = block.chained("IV", "ciphertext before", |_, ciphertext| ciphertext);
        block.stream(bytes(what, &chained))
    },
};

struct Cfb<C> {
    cipher: C,
    fixed_iv: bool,
}

impl<C: Aes> MessageCipher for Cfb<C> {
    fn encrypt(
        &self,
        message: MessageNumber,
        plaintext: &[u8],
        ciphertext: &mut Buffer,
    ) -> Result<Parameters, EncryptError> {
        let iv = iv(&self.cipher, message, self.fixed_iv);
        ciphertext.vec_mut().resize(plaintext.len(), 0);
        cfb_mode::Encryptor::inner_iv_init(&self.cipher, &iv)
            .encrypt_b2b(plaintext, ciphertext)
            .expect("both have the plaintext's length");
        Ok(Parameters { iv: Some(iv.to_vec()), ..Parameters::default() })
    }

    fn decrypt(
        &self,
        message: MessageNumber,
        ciphertext: &[u8],
        _: Option<&[u8]>,
    ) -> Result<Vec<u8>, DecryptError> {
        let iv = iv(&self.cipher, message, self.fixed_iv);
        let mut plaintext = ciphertext.to_vec();
        cfb_mode::Decryptor::inner_iv_init(&self.cipher, &iv).decrypt(&mut plaintext);
        Ok(plaintext)
    }
}
