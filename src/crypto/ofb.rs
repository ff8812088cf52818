//! Output feedback (SP 800-38A, 6.4): a keystream from the cipher's own output, XORed with the bytes.
//!
//! The initialization vector is that of [`iv`]; `+fixed-iv` gives every message the same one: all frames then
//! share one keystream.

use aes::cipher::{InnerIvInit, StreamCipher};
use aes::{Aes128, Aes192, Aes256};

use super::block_cipher::{Aes, iv, keyed};
use super::stages::{bytes, xor};
use super::{DecryptError, EncryptError, Habit, MessageCipher, Mode, Parameters};
use crate::runtime::pool::Buffer;
use crate::units::MessageNumber;

pub(super) const MODE: Mode = Mode {
    title: "OFB",
    schemes: &[("aes-128-ofb", 16), ("aes-192-ofb", 24), ("aes-256-ofb", 32)],
    keys: 1,
    habit: Habit::FixedIv,
    codebook: false,
    about: "a keystream from the cipher's own output: hides every pattern, authenticates nothing",
    about_habit: "the same IV, so the same keystream, for every frame: their XOR is that of the originals",
    cipher: |key, fixed_iv| match key.len() {
        16 => Box::new(Ofb::<Aes128> { cipher: keyed(key), fixed_iv }),
        24 => Box::new(Ofb::<Aes192> { cipher: keyed(key), fixed_iv }),
        _ => Box::new(Ofb::<Aes256> { cipher: keyed(key), fixed_iv }),
    },
    stages: |block| {
        let (what, chained) = block.chained("IV", "keystream before", xor);
        block.stream(bytes(what, &chained))
    },
};

struct Ofb<C> {
    cipher: C,
    fixed_iv: bool,
}

impl<C: Aes> Ofb<C> {
    /// Encrypts or decrypts: both are the XOR with the same keystream. Returns the initialization vector.
    fn apply(&self, message: MessageNumber, from: &[u8], to: &mut [u8]) -> Vec<u8> {
        let iv = iv(&self.cipher, message, self.fixed_iv);
        let core = ::ofb::OfbCore::inner_iv_init(&self.cipher, &iv);
        ::ofb::Ofb::from_core(core).apply_keystream_b2b(from, to);
        iv.to_vec()
    }
}

impl<C: Aes> MessageCipher for Ofb<C> {
    fn encrypt(
        &self,
        message: MessageNumber,
        plaintext: &[u8],
        ciphertext: &mut Buffer,
    ) -> Result<Parameters, EncryptError> {
        ciphertext.vec_mut().resize(plaintext.len(), 0);
        let iv = self.apply(message, plaintext, ciphertext);
        Ok(Parameters { iv: Some(iv), ..Parameters::default() })
    }

    fn decrypt(
        &self,
        message: MessageNumber,
        ciphertext: &[u8],
        _: Option<&[u8]>,
    ) -> Result<Vec<u8>, DecryptError> {
        let mut plaintext = vec![0; ciphertext.len()];
        self.apply(message, ciphertext, &mut plaintext);
        Ok(plaintext)
    }
}
