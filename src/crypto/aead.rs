//! What the authenticated modes share: a nonce of 96 bits, a tag of 128, no associated data.
//!
//! The nonce of message i is 0 as 4 bytes ‖ i as 8 bytes big-endian (the deterministic construction of
//! SP 800-38D, 8.2.1). `+reused-nonce` takes i = 0 for every message.

use aes_gcm::aead::array::Array;
use aes_gcm::aead::consts::{U12, U16};
use aes_gcm::aead::inout::InOutBuf;
use aes_gcm::aead::{AeadInOut, KeyInit};

use super::{DecryptError, EncryptError, MessageCipher, Parameters};
use crate::runtime::pool::Buffer;
use crate::units::MessageNumber;

/// The cipher of an AEAD scheme. The table of schemes ensures the length of `key`.
pub(super) fn boxed<A>(key: &[u8], reused_nonce: bool) -> Box<dyn MessageCipher>
where
    A: AeadInOut<NonceSize = U12, TagSize = U16> + KeyInit + Send + Sync + 'static,
{
    let cipher = A::new_from_slice(key).expect("the scheme names its key's length");
    Box::new(Aead { cipher, reused_nonce })
}

struct Aead<A> {
    cipher: A,
    reused_nonce: bool,
}

/// The nonce of a message.
pub(super) fn nonce(message: MessageNumber, reused_nonce: bool) -> Array<u8, U12> {
    let mut nonce = Array::default();
    if !reused_nonce {
        nonce[4..].copy_from_slice(&message.0.to_be_bytes());
    }
    nonce
}

impl<A: AeadInOut<NonceSize = U12, TagSize = U16> + Send + Sync> MessageCipher for Aead<A> {
    fn encrypt(
        &self,
        message: MessageNumber,
        plaintext: &[u8],
        ciphertext: &mut Buffer,
    ) -> Result<Parameters, EncryptError> {
        ciphertext.vec_mut().resize(plaintext.len(), 0);
        let nonce = nonce(message, self.reused_nonce);
        let both = InOutBuf::new(plaintext, ciphertext).expect("both have the plaintext's length");
        let tag = self
            .cipher
            .encrypt_inout_detached(&nonce, &[], both)
            .expect("a message is shorter than the 64 GiB and more that one nonce may encrypt");
        Ok(Parameters { nonce: Some(nonce.to_vec()), tag: Some(tag.to_vec()), ..Parameters::default() })
    }

    fn decrypt(
        &self,
        message: MessageNumber,
        ciphertext: &[u8],
        tag: Option<&[u8]>,
    ) -> Result<Vec<u8>, DecryptError> {
        let tag = tag.and_then(|tag| tag.try_into().ok()).ok_or(DecryptError::Tag)?;
        let mut plaintext = ciphertext.to_vec();
        self.cipher
            .decrypt_inout_detached(
                &nonce(message, self.reused_nonce),
                &[],
                plaintext.as_mut_slice().into(),
                &tag,
            )
            .map_err(|_| DecryptError::Tag)?;
        Ok(plaintext)
    }

    fn tag_bytes(&self) -> usize {
        16
    }
}
