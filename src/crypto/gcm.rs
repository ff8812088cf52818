//! Galois/counter mode (SP 800-38D): counter mode that also authenticates.
//!
//! Nonces are as in [`aead`]. Two messages under one nonce reveal the XOR of their plaintexts and the key of the tag,
//! with which an attacker can forge messages.

use aes::cipher::consts::U12;
use aes::{Aes128, Aes192, Aes256};
use aes_gcm::AesGcm;

use super::block_cipher::{Aes, keyed};
use super::counter::{self, Counter};
use super::stages::bytes;
use super::{DecryptError, EncryptError, Habit, MessageCipher, Mode, Parameters, aead};
use crate::runtime::pool::Buffer;
use crate::units::MessageNumber;

pub(super) const MODE: Mode = Mode {
    title: "GCM",
    schemes: &[("aes-128-gcm", 16), ("aes-192-gcm", 24), ("aes-256-gcm", 32)],
    keys: 1,
    habit: Habit::ReusedNonce,
    codebook: false,
    about: "counter mode with a tag: hides every pattern and rejects what was tampered with",
    about_habit: "the same keystream for every frame: their XOR is that of the originals, and tags can be forged",
    cipher: |key, reused_nonce| match key.len() {
        16 => boxed::<Aes128>(aead::boxed::<AesGcm<Aes128, U12>>(key, reused_nonce), key, reused_nonce),
        24 => boxed::<Aes192>(aead::boxed::<AesGcm<Aes192, U12>>(key, reused_nonce), key, reused_nonce),
        _ => boxed::<Aes256>(aead::boxed::<AesGcm<Aes256, U12>>(key, reused_nonce), key, reused_nonce),
    },
    // SP 800-38D, 7.1: counter 1 after the nonce encrypts the tag, so block 0 uses counter 2.
    stages: |block| {
        let mut counter = block.parameters.nonce.clone().unwrap_or_default();
        counter.extend(block.number().wrapping_add(2).to_be_bytes());
        block.stream(bytes("nonce and counter", &counter))
    },
};

fn boxed<C: Aes>(aead: Box<dyn MessageCipher>, key: &[u8], reused_nonce: bool) -> Box<dyn MessageCipher> {
    Box::new(Gcm { aead, cipher: keyed::<C>(key), reused_nonce })
}

/// The AEAD, and its block cipher alone for ciphertext without a tag: computing the tag takes longer than encrypting.
struct Gcm<C> {
    aead: Box<dyn MessageCipher>,
    cipher: C,
    reused_nonce: bool,
}

impl<C: Aes> MessageCipher for Gcm<C> {
    fn encrypt(
        &self,
        message: MessageNumber,
        plaintext: &[u8],
        ciphertext: &mut Buffer,
    ) -> Result<Parameters, EncryptError> {
        self.aead.encrypt(message, plaintext, ciphertext)
    }

    fn ciphertext(
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
        let nonce = aead::nonce(message, self.reused_nonce);
        // The first block uses counter 2: counter 1 encrypts the tag (SP 800-38D, 7.1).
        let counter = Counter::Last32(nonce.into(), 2);
        counter::apply(&self.cipher, counter, plaintext, ciphertext, each);
        Ok(Parameters { nonce: Some(nonce.to_vec()), ..Parameters::default() })
    }

    fn decrypt(
        &self,
        message: MessageNumber,
        ciphertext: &[u8],
        tag: Option<&[u8]>,
    ) -> Result<Vec<u8>, DecryptError> {
        self.aead.decrypt(message, ciphertext, tag)
    }

    fn tag_bytes(&self) -> usize {
        self.aead.tag_bytes()
    }
}
