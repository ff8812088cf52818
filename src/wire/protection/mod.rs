//! The protections of a simulated call: what happens to each RTP packet of a stream before it is sent.
//!
//! | protection | what is encrypted | key |
//! |---|---|---|
//! | `one-key-ecb` | the payload, AES-ECB with PKCS#7 | one for the meeting |
//! | `per-stream-gcm` | the payload, AES-256-GCM, header authenticated | HMAC-SHA256(meeting key, SSRC) |
//! | `srtp`, `srtp-gcm` | payload and padding, RFC 3711 and RFC 7714 | one for each hop |
//! | `sframe` | the payload, RFC 9605 suite 4, then `srtp` around it | one for each sender, and one for each hop |
//!
//! `one-key-ecb` and `per-stream-gcm` are *modelled*: what the vendor's packets looked like was never published. The
//! first follows the report of April 2020, the second the vendor's papers on version 5.0. In both, RTP padding is
//! dropped before encryption, the header stays clear, and there is no other field.
//!
//! This room knows packets and keys, but not which party of a call has which key.

mod ecb;
mod key;
mod per_stream_gcm;
mod stream;
#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;

pub use key::{Key, KeyLabel, MOST_KEY_BYTES, StreamKey, derive_key};
pub use stream::{Receiver, Sender};

use super::cipher::TooLong;
use super::rtp::RtpError;
use super::sframe::{self, SframeError};
use super::srtp::{self, MasterKeyError, SrtpError};

/// How the packets of a stream are protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protection {
    /// AES-128-ECB or AES-256-ECB over each payload, one key for all streams (modelled).
    OneKeyEcb,
    /// AES-256-GCM over each payload, a key for each stream derived from one for the meeting (modelled).
    PerStreamGcm,
    /// SRTP with `AES_CM_128_HMAC_SHA1_80`.
    Srtp,
    /// SRTP with `AEAD_AES_128_GCM`.
    SrtpGcm,
    /// `SFrame` inside of SRTP.
    Sframe,
}

/// A name that is no protection.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name:?} is no protection; there are {}", Protection::ALL.map(Protection::name).join(", "))]
pub struct UnknownProtection {
    /// The name, at most 64 characters of it.
    pub name: String,
}

impl Protection {
    /// All protections, from the weakest.
    pub const ALL: [Self; 5] = [Self::OneKeyEcb, Self::PerStreamGcm, Self::Srtp, Self::SrtpGcm, Self::Sframe];

    /// The suite of `SFrame` that is used.
    pub const SFRAME_SUITE: sframe::Suite = sframe::Suite::Aes128GcmSha256;

    /// The name on the command line and in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OneKeyEcb => "one-key-ecb",
            Self::PerStreamGcm => "per-stream-gcm",
            Self::Srtp => "srtp",
            Self::SrtpGcm => "srtp-gcm",
            Self::Sframe => "sframe",
        }
    }

    /// The suite of its SRTP packets; `None` if they are none.
    #[must_use]
    pub const fn srtp_suite(self) -> Option<srtp::Suite> {
        match self {
            Self::OneKeyEcb | Self::PerStreamGcm => None,
            Self::Srtp | Self::Sframe => Some(srtp::Suite::AesCm128HmacSha1_80),
            Self::SrtpGcm => Some(srtp::Suite::AeadAes128Gcm),
        }
    }

    /// True if it models what was never published.
    #[must_use]
    pub const fn is_modelled(self) -> bool {
        matches!(self, Self::OneKeyEcb | Self::PerStreamGcm)
    }
}

impl fmt::Display for Protection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Protection {
    type Err = UnknownProtection;

    fn from_str(name: &str) -> Result<Self, UnknownProtection> {
        let found = Self::ALL.into_iter().find(|protection| protection.name() == name);
        found.ok_or_else(|| UnknownProtection { name: name.chars().take(64).collect() })
    }
}

/// A key that does not fit, or a packet that cannot be protected or opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProtectionError {
    /// A key of another length.
    #[error("a key of {protection} has {needed} bytes; this one has {given}")]
    KeyLength {
        /// The protection.
        protection: Protection,
        /// Its lengths in words.
        needed: &'static str,
        /// Bytes given.
        given: usize,
    },
    /// One key where two are needed.
    #[error("sframe needs two keys, of the hop and of the sender; give a keys file, which names both")]
    TwoKeys,
    /// More bytes than HKDF derives.
    #[error("HKDF-SHA256 derives at most {MOST_KEY_BYTES} bytes, not {0}")]
    DerivedLength(usize),
    /// A master key that does not fit its suite.
    #[error(transparent)]
    MasterKey(#[from] MasterKeyError),
    /// It is no RTP packet.
    #[error(transparent)]
    Rtp(#[from] RtpError),
    /// SRTP fails.
    #[error(transparent)]
    Srtp(#[from] SrtpError),
    /// `SFrame` fails.
    #[error(transparent)]
    Sframe(#[from] SframeError),
    /// ECB: a payload that is not made of whole blocks.
    #[error("an ECB ciphertext is made of blocks of 16 bytes; this payload has {0} bytes")]
    BlockLength(usize),
    /// ECB: padding that no sender writes.
    #[error("the PKCS#7 padding of packet {sequence} is wrong: its key is another, or it was changed")]
    Padding {
        /// The packet's sequence number.
        sequence: u16,
    },
    /// A payload that is shorter than the tag.
    #[error("a per-stream-gcm payload ends with a tag of 16 bytes; this one has {0} bytes")]
    TooShort(usize),
    /// The tag of a packet does not match.
    #[error(
        "the tag of packet {sequence} does not match with rollover counter {roc}: the packet was changed, or its \
         meeting key or starting rollover counter is another"
    )]
    Tag {
        /// The packet's sequence number.
        sequence: u16,
        /// The estimated rollover counter.
        roc: u32,
    },
    /// More bytes than one nonce encrypts.
    #[error(transparent)]
    TooLong(#[from] TooLong),
}
