//! The cipher suites (RFC 9605, section 4.5).

use std::fmt;
use std::str::FromStr;

/// A cipher suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Suite {
    /// 1: AES-128 in counter mode, HMAC-SHA256 cut to 80 bits.
    Aes128CtrHmacSha256_80 = 1,
    /// 2: AES-128 in counter mode, HMAC-SHA256 cut to 64 bits.
    Aes128CtrHmacSha256_64 = 2,
    /// 3: AES-128 in counter mode, HMAC-SHA256 cut to 32 bits.
    Aes128CtrHmacSha256_32 = 3,
    /// 4: AES-128-GCM, HKDF with SHA-256.
    Aes128GcmSha256 = 4,
    /// 5: AES-256-GCM, HKDF with SHA-512.
    Aes256GcmSha512 = 5,
}

/// A name that is no known suite.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name:?} is no known SFrame suite; known are {}", Suite::ALL.map(Suite::name).join(", "))]
pub struct UnknownSuite {
    /// The name, at most 64 characters of it.
    pub name: String,
}

impl Suite {
    /// All suites, in the order of their numbers.
    pub const ALL: [Self; 5] = [
        Self::Aes128CtrHmacSha256_80,
        Self::Aes128CtrHmacSha256_64,
        Self::Aes128CtrHmacSha256_32,
        Self::Aes128GcmSha256,
        Self::Aes256GcmSha512,
    ];

    /// The number in the registry, which is part of the key derivation.
    #[must_use]
    pub const fn number(self) -> u16 {
        self as u16
    }

    /// The name in the registry.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Aes128CtrHmacSha256_80 => "AES_128_CTR_HMAC_SHA256_80",
            Self::Aes128CtrHmacSha256_64 => "AES_128_CTR_HMAC_SHA256_64",
            Self::Aes128CtrHmacSha256_32 => "AES_128_CTR_HMAC_SHA256_32",
            Self::Aes128GcmSha256 => "AES_128_GCM_SHA256_128",
            Self::Aes256GcmSha512 => "AES_256_GCM_SHA512_128",
        }
    }

    /// Bytes of the tag at the end of each ciphertext.
    #[must_use]
    pub const fn tag_bytes(self) -> usize {
        match self {
            Self::Aes128CtrHmacSha256_80 => 10,
            Self::Aes128CtrHmacSha256_64 => 8,
            Self::Aes128CtrHmacSha256_32 => 4,
            Self::Aes128GcmSha256 | Self::Aes256GcmSha512 => 16,
        }
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
