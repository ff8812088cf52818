//! `one-key-ecb`: AES-ECB with PKCS#7 padding, as `openssl enc -aes-128-ecb` writes it.

use aes::cipher::array::Array;
use aes::cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use aes::{Aes128, Aes256};

use super::ProtectionError;

const BLOCK_BYTES: usize = 16;

/// AES with a key of either size.
pub(super) enum Ecb {
    Aes128(Box<Aes128>),
    Aes256(Box<Aes256>),
}

impl Ecb {
    /// `None` if the key has neither 16 nor 32 bytes.
    pub(super) fn new(key: &[u8]) -> Option<Self> {
        match key.len() {
            16 => Aes128::new_from_slice(key).ok().map(|cipher| Self::Aes128(Box::new(cipher))),
            32 => Aes256::new_from_slice(key).ok().map(|cipher| Self::Aes256(Box::new(cipher))),
            _ => None,
        }
    }

    /// Pads and encrypts the bytes of `packet` from `start` on.
    pub(super) fn encrypt(&self, packet: &mut Vec<u8>, start: usize) {
        let missing = BLOCK_BYTES - (packet.len() - start) % BLOCK_BYTES;
        // At most 16, so that the cast cannot fail.
        packet.resize(packet.len() + missing, u8::try_from(missing).unwrap_or_default());
        let blocks = Array::cast_slice_from_core_mut(packet[start..].as_chunks_mut().0);
        match self {
            Self::Aes128(cipher) => cipher.encrypt_blocks(blocks),
            Self::Aes256(cipher) => cipher.encrypt_blocks(blocks),
        }
    }

    /// Decrypts the bytes of `packet` from `start` on and removes the padding.
    pub(super) fn decrypt(
        &self,
        packet: &mut Vec<u8>,
        start: usize,
        sequence: u16,
    ) -> Result<(), ProtectionError> {
        let length = packet.len() - start;
        if length == 0 || !length.is_multiple_of(BLOCK_BYTES) {
            return Err(ProtectionError::BlockLength(length));
        }
        let blocks = Array::cast_slice_from_core_mut(packet[start..].as_chunks_mut().0);
        match self {
            Self::Aes128(cipher) => cipher.decrypt_blocks(blocks),
            Self::Aes256(cipher) => cipher.decrypt_blocks(blocks),
        }
        let padding = packet.last().copied().unwrap_or_default();
        let end = packet.len() - usize::from(padding).min(length);
        let is_padding = (1..=16).contains(&padding) && packet[end..].iter().all(|&byte| byte == padding);
        if !is_padding {
            return Err(ProtectionError::Padding { sequence });
        }
        packet.truncate(end);
        Ok(())
    }
}
