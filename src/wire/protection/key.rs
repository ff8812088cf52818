//! Keys: how they are derived from key material, and which a stream needs.

use std::fmt;

use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{Protection, ProtectionError};
use crate::wire::srtp::MasterKey;

/// The most bytes that one key is derived with (RFC 5869, section 2.3).
pub const MOST_KEY_BYTES: usize = 255 * 32;

/// The bytes of a key. `Debug` never prints them.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(Zeroizing<Vec<u8>>);

impl Key {
    /// A key with these bytes.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Self {
        Self(Zeroizing::new(bytes.to_vec()))
    }

    /// Its bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({} bytes)", self.0.len())
    }
}

/// The purpose that a key is derived for. `Display` is the info of HKDF.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyLabel<'a> {
    /// The key of the whole meeting.
    Meeting,
    /// From a party to the media server.
    HopUp(&'a str),
    /// From the media server to a party.
    HopDown(&'a str),
    /// A party's video, end to end.
    SframeVideo(&'a str),
    /// A party's audio, end to end.
    SframeAudio(&'a str),
}

impl KeyLabel<'_> {
    /// The label of the key that replaces this one when a party leaves.
    #[must_use]
    pub fn renewed(self) -> String {
        format!("{self}/1")
    }
}

impl fmt::Display for KeyLabel<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Meeting => write!(f, "meeting"),
            Self::HopUp(name) => write!(f, "hop/{name}/up"),
            Self::HopDown(name) => write!(f, "hop/{name}/down"),
            Self::SframeVideo(name) => write!(f, "sframe/{name}/video"),
            Self::SframeAudio(name) => write!(f, "sframe/{name}/audio"),
        }
    }
}

/// The key of a length in bytes that HKDF-SHA256 derives from key material, without salt, with `label` as info
/// (RFC 5869). A shorter key of the same label is the start of a longer one.
///
/// # Errors
/// [`ProtectionError::DerivedLength`] above [`MOST_KEY_BYTES`].
pub fn derive_key(material: &[u8], label: &str, bytes: usize) -> Result<Key, ProtectionError> {
    if bytes > MOST_KEY_BYTES {
        return Err(ProtectionError::DerivedLength(bytes));
    }
    let mut key = Zeroizing::new(vec![0; bytes]);
    let derived = Hkdf::<Sha256>::new(None, material).expand(label.as_bytes(), &mut key);
    derived.map_err(|_| ProtectionError::DerivedLength(bytes))?;
    Ok(Key(key))
}

/// All that protects or opens the packets of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StreamKey {
    /// `one-key-ecb`: the meeting key, 16 or 32 bytes.
    OneKeyEcb(Key),
    /// `per-stream-gcm`: the meeting key, 32 bytes.
    PerStreamGcm(Key),
    /// `srtp` or `srtp-gcm`, or SRTP with another suite.
    Srtp(MasterKey),
    /// `sframe`.
    Sframe {
        /// The key of the SRTP around it.
        hop: MasterKey,
        /// The base key of the sender's `SFrame` key.
        base_key: Key,
        /// Its key ID.
        key_id: u64,
    },
}

impl StreamKey {
    /// The key of a protection from its bytes; for SRTP the master key, then the master salt.
    ///
    /// # Errors
    /// [`ProtectionError::KeyLength`], [`ProtectionError::MasterKey`], or [`ProtectionError::TwoKeys`] for `sframe`.
    pub fn from_bytes(protection: Protection, bytes: &[u8]) -> Result<Self, ProtectionError> {
        if let (Some(suite), Protection::Srtp | Protection::SrtpGcm) = (protection.srtp_suite(), protection) {
            return Ok(Self::Srtp(MasterKey::from_joined(suite, bytes)?));
        }
        let key = match protection {
            Protection::OneKeyEcb => Self::OneKeyEcb(Key::new(bytes)),
            Protection::PerStreamGcm => Self::PerStreamGcm(Key::new(bytes)),
            _ => return Err(ProtectionError::TwoKeys),
        };
        key.check()?;
        Ok(key)
    }

    /// The protection. Suites other than those of the call are one of the two SRTP protections too.
    #[must_use]
    pub const fn protection(&self) -> Protection {
        match self {
            Self::OneKeyEcb(_) => Protection::OneKeyEcb,
            Self::PerStreamGcm(_) => Protection::PerStreamGcm,
            Self::Srtp(master) if master.suite().is_aead() => Protection::SrtpGcm,
            Self::Srtp(_) => Protection::Srtp,
            Self::Sframe { .. } => Protection::Sframe,
        }
    }

    /// Checks the length of a modelled protection's key.
    pub(super) fn check(&self) -> Result<(), ProtectionError> {
        let (needed, given, fits) = match self {
            Self::OneKeyEcb(key) => ("16 or 32", key, matches!(key.bytes().len(), 16 | 32)),
            Self::PerStreamGcm(key) => ("32", key, key.bytes().len() == 32),
            Self::Srtp(_) | Self::Sframe { .. } => return Ok(()),
        };
        let error =
            ProtectionError::KeyLength { protection: self.protection(), needed, given: given.bytes().len() };
        if fits { Ok(()) } else { Err(error) }
    }
}
