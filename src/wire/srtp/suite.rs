//! The crypto suites, by their names in session descriptions.

use std::fmt;
use std::str::FromStr;

/// A crypto suite: cipher, authentication and their lengths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Suite {
    /// AES-128 in counter mode, HMAC-SHA1 cut to 80 bits (RFC 3711; RFC 4568, 6.2.1).
    AesCm128HmacSha1_80,
    /// AES-128 in counter mode, HMAC-SHA1 cut to 32 bits (RFC 3711; RFC 4568, 6.2.2).
    AesCm128HmacSha1_32,
    /// AES-256 in counter mode, HMAC-SHA1 cut to 80 bits (RFC 6188).
    AesCm256HmacSha1_80,
    /// AES-256 in counter mode, HMAC-SHA1 cut to 32 bits (RFC 6188).
    AesCm256HmacSha1_32,
    /// AES-128-GCM (RFC 7714).
    AeadAes128Gcm,
    /// AES-256-GCM (RFC 7714).
    AeadAes256Gcm,
}

/// A name that is no known suite.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name:?} is no known SRTP suite; known are {}", Suite::ALL.map(Suite::name).join(", "))]
pub struct UnknownSuite {
    /// The name, at most 64 characters of it.
    pub name: String,
}

impl Suite {
    /// All suites.
    pub const ALL: [Self; 6] = [
        Self::AesCm128HmacSha1_80,
        Self::AesCm128HmacSha1_32,
        Self::AesCm256HmacSha1_80,
        Self::AesCm256HmacSha1_32,
        Self::AeadAes128Gcm,
        Self::AeadAes256Gcm,
    ];

    /// The name in session descriptions (IANA, SDP security descriptions).
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AesCm128HmacSha1_80 => "AES_CM_128_HMAC_SHA1_80",
            Self::AesCm128HmacSha1_32 => "AES_CM_128_HMAC_SHA1_32",
            Self::AesCm256HmacSha1_80 => "AES_256_CM_HMAC_SHA1_80",
            Self::AesCm256HmacSha1_32 => "AES_256_CM_HMAC_SHA1_32",
            Self::AeadAes128Gcm => "AEAD_AES_128_GCM",
            Self::AeadAes256Gcm => "AEAD_AES_256_GCM",
        }
    }

    /// Bytes of the master key, and of the session key.
    #[must_use]
    pub const fn key_bytes(self) -> usize {
        match self {
            Self::AesCm128HmacSha1_80 | Self::AesCm128HmacSha1_32 | Self::AeadAes128Gcm => 16,
            Self::AesCm256HmacSha1_80 | Self::AesCm256HmacSha1_32 | Self::AeadAes256Gcm => 32,
        }
    }

    /// Bytes of the master salt, and of the session salt.
    #[must_use]
    pub const fn salt_bytes(self) -> usize {
        if self.is_aead() { 12 } else { 14 }
    }

    /// Bytes of the tag at the end of each packet.
    #[must_use]
    pub const fn tag_bytes(self) -> usize {
        match self {
            Self::AesCm128HmacSha1_80 | Self::AesCm256HmacSha1_80 => 10,
            Self::AesCm128HmacSha1_32 | Self::AesCm256HmacSha1_32 => 4,
            Self::AeadAes128Gcm | Self::AeadAes256Gcm => 16,
        }
    }

    /// True for GCM, which needs no key of its own for authentication.
    #[must_use]
    pub const fn is_aead(self) -> bool {
        matches!(self, Self::AeadAes128Gcm | Self::AeadAes256Gcm)
    }
}

impl fmt::Display for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Suite {
    type Err = UnknownSuite;

    fn from_str(name: &str) -> Result<Self, UnknownSuite> {
        let found = Self::ALL.into_iter().find(|suite| suite.name().eq_ignore_ascii_case(name));
        found.ok_or_else(|| UnknownSuite { name: name.chars().take(64).collect() })
    }
}
