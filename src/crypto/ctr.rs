//! Counter mode (SP 800-38A, 6.5): a keystream from a counter, XORed with the bytes.
//!
//! The first counter block of message i is `i ‖ 0`, both numbers as 8 bytes big-endian, incremented as one
//! 128-bit integer. `+reused-nonce` starts every message at `0 ‖ 0`: two messages then share their keystream.

use aes::{Aes128, Aes192, Aes256};

use super::block_cipher::{Aes, keyed};
use super::counter::{self, Counter};
use super::stages::bytes;
use super::{DecryptError, EncryptError, Habit, MessageCipher, Mode, Parameters};
use crate::runtime::pool::Buffer;
use crate::units::MessageNumber;

pub(super) const MODE: Mode = Mode {
    title: "CTR",
    schemes: &[("aes-128-ctr", 16), ("aes-192-ctr", 24), ("aes-256-ctr", 32)],
    keys: 1,
    habit: Habit::ReusedNonce,
    codebook: false,
    about: "a keystream from a counter, XORed with the bytes: hides every pattern, authenticates nothing",
    about_habit: "the same keystream for every frame: their XOR is that of the originals",
    cipher: |key, reused_nonce| match key.len() {
        16 => Box::new(Ctr::<Aes128> { cipher: keyed(key), reused_nonce }),
        24 => Box::new(Ctr::<Aes192> { cipher: keyed(key), reused_nonce }),
        _ => Box::new(Ctr::<Aes256> { cipher: keyed(key), reused_nonce }),
    },
    stages: |block| {
        let first = block.parameters.counter_block.as_deref().and_then(|first| first.try_into().ok());
        let counter = u128::from_be_bytes(first.unwrap_or_default()).wrapping_add(block.around.block as u128);
        block.stream(bytes("counter block", &counter.to_be_bytes()))
    },
};

struct Ctr<C> {
    cipher: C,
    reused_nonce: bool,
}

impl<C: Aes> Ctr<C> {
    /// The first counter block of a message.
    fn first(&self, message: MessageNumber) -> u128 {
        if self.reused_nonce { 0 } else { u128::from(message.0) << 64 }
    }
}

impl<C: Aes> MessageCipher for Ctr<C> {
    fn encrypt(
        &self,
        message: MessageNumber,
        plaintext: &[u8],
        ciphertext: &mut Buffer,
    ) -> Result<Parameters, EncryptError> {
        self.in_pieces(message, plaintext, ciphertext, &|_, _| {})
    }

    fn in_pieces(
        &self,
        message: MessageNumber,
        plaintext: &[u8],
        ciphertext: &mut Buffer,
        each: &(dyn Fn(usize, &[u8]) + Sync),
    ) -> Result<Parameters, EncryptError> {
        ciphertext.vec_mut().resize(plaintext.len(), 0);
        let first = self.first(message);
        counter::apply(&self.cipher, Counter::Whole(first), plaintext, ciphertext, each);
        Ok(Parameters { counter_block: Some(first.to_be_bytes().to_vec()), ..Parameters::default() })
    }

    fn decrypt(
        &self,
        message: MessageNumber,
        ciphertext: &[u8],
        _: Option<&[u8]>,
    ) -> Result<Vec<u8>, DecryptError> {
        let mut plaintext = vec![0; ciphertext.len()];
        // Decryption is the XOR with the same keystream.
        let first = Counter::Whole(self.first(message));
        counter::apply(&self.cipher, first, ciphertext, &mut plaintext, &|_, _| {});
        Ok(plaintext)
    }
}
