//! Counter mode (SP 800-38A, 6.5): a keystream from a counter, added to the bytes.
//!
//! The first counter block of frame i is `i ‖ 0`, both numbers as 8 bytes big-endian, incremented as one
//! 128-bit integer. `+reused-nonce` starts every frame at `0 ‖ 0`: two frames then share their keystream.

use aes::cipher::{InnerIvInit, StreamCipher};
use aes::{Aes128, Aes192, Aes256};

use super::block_cipher::{Aes, keyed};
use super::{DecryptError, EncryptError, FrameCipher, Habit, Mode, ModeKind, Parameters};
use crate::pool::Buffer;
use crate::units::FrameIndex;

pub(super) const MODE: Mode = Mode {
    kind: ModeKind::Ctr,
    schemes: &[("aes-128-ctr", 16), ("aes-192-ctr", 24), ("aes-256-ctr", 32)],
    keys: 1,
    habit: Habit::ReusedNonce,
    codebook: false,
    about: "a keystream from a counter, added to the bytes: hides every pattern, authenticates nothing",
    about_habit: "the same keystream for every frame: their XOR is that of the originals",
    cipher: |key, reused_nonce| match key.len() {
        16 => Box::new(Ctr::<Aes128> { cipher: keyed(key), reused_nonce }),
        24 => Box::new(Ctr::<Aes192> { cipher: keyed(key), reused_nonce }),
        _ => Box::new(Ctr::<Aes256> { cipher: keyed(key), reused_nonce }),
    },
};

struct Ctr<C> {
    cipher: C,
    reused_nonce: bool,
}

impl<C: Aes> Ctr<C> {
    fn counter_block(&self, frame: FrameIndex) -> [u8; 16] {
        let mut block = [0; 16];
        if !self.reused_nonce {
            block[..8].copy_from_slice(&frame.0.to_be_bytes());
        }
        block
    }

    /// Encrypts or decrypts: the keystream is the same.
    fn apply(&self, frame: FrameIndex, from: &[u8], to: &mut [u8]) {
        let core = ::ctr::CtrCore::inner_iv_init(self.cipher.clone(), &self.counter_block(frame).into());
        ::ctr::Ctr128BE::from_core(core).apply_keystream_b2b(from, to);
    }
}

impl<C: Aes> FrameCipher for Ctr<C> {
    fn encrypt(
        &self,
        frame: FrameIndex,
        plaintext: &[u8],
        ciphertext: &mut Buffer,
    ) -> Result<Parameters, EncryptError> {
        ciphertext.vec_mut().resize(plaintext.len(), 0);
        self.apply(frame, plaintext, ciphertext);
        Ok(Parameters { counter_block: Some(self.counter_block(frame).to_vec()), ..Parameters::default() })
    }

    fn decrypt(
        &self,
        frame: FrameIndex,
        ciphertext: &[u8],
        _: Option<&[u8]>,
    ) -> Result<Vec<u8>, DecryptError> {
        let mut plaintext = vec![0; ciphertext.len()];
        self.apply(frame, ciphertext, &mut plaintext);
        Ok(plaintext)
    }
}
