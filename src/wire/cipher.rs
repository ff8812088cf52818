//! The ciphers that the protections share: AES in counter mode and AES-GCM, each with keys of 16 or 32 bytes.

use aes::cipher::{InnerIvInit, KeyInit, StreamCipherCore};
use aes::{Aes128, Aes256};
use aes_gcm::aead::AeadInOut;
use aes_gcm::{Aes128Gcm, Aes256Gcm};
use ctr::{CtrCore, flavors};

/// Bytes of a tag of GCM.
pub(super) const GCM_TAG_BYTES: usize = 16;

/// More bytes than one nonce encrypts, which no packet has: GCM has a counter of 32 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a packet is too long to be encrypted under one nonce")]
pub struct TooLong;

/// AES in counter mode.
pub(super) enum CounterMode {
    Aes128(Box<Aes128>),
    Aes256(Box<Aes256>),
}

impl CounterMode {
    /// `None` if the key has neither 16 nor 32 bytes.
    pub(super) fn new(key: &[u8]) -> Option<Self> {
        match key.len() {
            16 => Aes128::new_from_slice(key).ok().map(|cipher| Self::Aes128(Box::new(cipher))),
            32 => Aes256::new_from_slice(key).ok().map(|cipher| Self::Aes256(Box::new(cipher))),
            _ => None,
        }
    }

    /// XORs some bytes with the keystream that starts at this counter block. The whole block is incremented.
    pub(super) fn apply(&self, counter: &[u8; 16], bytes: &mut [u8]) {
        type Core<'a, C> = CtrCore<&'a C, flavors::Ctr128BE>;
        match self {
            Self::Aes128(cipher) => {
                Core::inner_iv_init(&**cipher, counter.into()).apply_keystream_partial(bytes.into());
            }
            Self::Aes256(cipher) => {
                Core::inner_iv_init(&**cipher, counter.into()).apply_keystream_partial(bytes.into());
            }
        }
    }
}

/// AES-GCM with a nonce of 12 bytes and a tag of 16.
pub(super) enum Gcm {
    Aes128(Box<Aes128Gcm>),
    Aes256(Box<Aes256Gcm>),
}

impl Gcm {
    /// `None` if the key has neither 16 nor 32 bytes.
    pub(super) fn new(key: &[u8]) -> Option<Self> {
        match key.len() {
            16 => Aes128Gcm::new_from_slice(key).ok().map(|cipher| Self::Aes128(Box::new(cipher))),
            32 => Aes256Gcm::new_from_slice(key).ok().map(|cipher| Self::Aes256(Box::new(cipher))),
            _ => None,
        }
    }

    /// Encrypts bytes in place and returns their tag.
    pub(super) fn encrypt(
        &self,
        nonce: &[u8; 12],
        associated: &[u8],
        bytes: &mut [u8],
    ) -> Result<[u8; GCM_TAG_BYTES], TooLong> {
        let tag = match self {
            Self::Aes128(cipher) => cipher.encrypt_inout_detached(nonce.into(), associated, bytes.into()),
            Self::Aes256(cipher) => cipher.encrypt_inout_detached(nonce.into(), associated, bytes.into()),
        };
        tag.map(Into::into).map_err(|_| TooLong)
    }

    /// Decrypts bytes in place. False, and the bytes are to be discarded, if the tag does not match.
    #[must_use]
    pub(super) fn decrypt(
        &self,
        nonce: &[u8; 12],
        associated: &[u8],
        bytes: &mut [u8],
        tag: &[u8; GCM_TAG_BYTES],
    ) -> bool {
        let (nonce, tag, bytes) = (nonce.into(), tag.into(), bytes.into());
        match self {
            Self::Aes128(cipher) => cipher.decrypt_inout_detached(nonce, associated, bytes, tag).is_ok(),
            Self::Aes256(cipher) => cipher.decrypt_inout_detached(nonce, associated, bytes, tag).is_ok(),
        }
    }
}
