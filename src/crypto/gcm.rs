//! Galois/counter mode (SP 800-38D): counter mode that also authenticates.
//!
//! The 96-bit nonce of frame i is 0 as 4 bytes ‖ i as 8 bytes big-endian (the deterministic construction of
//! section 8.2.1), without associated data. `+reused-nonce` takes i = 0 for every frame.

use aes::cipher::consts::U12;
use aes::{Aes128, Aes192, Aes256};
use aes_gcm::aead::inout::InOutBuf;
use aes_gcm::{AeadInOut, AesGcm, KeyInit, Nonce};

use super::{DecryptError, FrameCipher, Habit, Mode, Parameters};
use crate::pool::Buffer;
use crate::units::FrameIndex;

pub(super) const MODE: Mode = Mode {
    schemes: &[("aes-128-gcm", 16), ("aes-192-gcm", 24), ("aes-256-gcm", 32)],
    habit: Habit::ReusedNonce,
    about: "counter mode with a tag: hides every pattern and refuses what was tampered with",
    cipher: |key, reused_nonce| match key.len() {
        16 => boxed::<AesGcm<Aes128, U12>>(key, reused_nonce),
        24 => boxed::<AesGcm<Aes192, U12>>(key, reused_nonce),
        _ => boxed::<AesGcm<Aes256, U12>>(key, reused_nonce),
    },
};

fn boxed<A>(key: &[u8], reused_nonce: bool) -> Box<dyn FrameCipher>
where
    A: AeadInOut<NonceSize = U12> + KeyInit + Send + Sync + 'static,
{
    let cipher = A::new_from_slice(key).expect("the scheme names its key's length");
    Box::new(Gcm { cipher, reused_nonce })
}

struct Gcm<A> {
    cipher: A,
    reused_nonce: bool,
}

impl<A> Gcm<A> {
    fn nonce(&self, frame: FrameIndex) -> Nonce<U12> {
        let mut nonce = Nonce::default();
        if !self.reused_nonce {
            nonce[4..].copy_from_slice(&frame.0.to_be_bytes());
        }
        nonce
    }
}

impl<A: AeadInOut<NonceSize = U12> + Send + Sync> FrameCipher for Gcm<A> {
    fn encrypt(&self, frame: FrameIndex, plaintext: &[u8], ciphertext: &mut Buffer) -> Parameters {
        ciphertext.vec_mut().resize(plaintext.len(), 0);
        let nonce = self.nonce(frame);
        let both = InOutBuf::new(plaintext, ciphertext).expect("both have the plaintext's length");
        let tag = self
            .cipher
            .encrypt_inout_detached(&nonce, &[], both)
            .expect("a frame is shorter than the 64 GiB that one nonce may encrypt");
        Parameters { nonce: Some(nonce.to_vec()), tag: Some(tag.to_vec()), ..Parameters::default() }
    }

    fn decrypt(
        &self,
        frame: FrameIndex,
        ciphertext: &[u8],
        tag: Option<&[u8]>,
    ) -> Result<Vec<u8>, DecryptError> {
        let tag = tag.and_then(|tag| tag.try_into().ok()).ok_or(DecryptError::Tag)?;
        let mut plaintext = ciphertext.to_vec();
        self.cipher
            .decrypt_inout_detached(&self.nonce(frame), &[], plaintext.as_mut_slice().into(), &tag)
            .map_err(|_| DecryptError::Tag)?;
        Ok(plaintext)
    }

    fn tag_bytes(&self) -> usize {
        16
    }
}
