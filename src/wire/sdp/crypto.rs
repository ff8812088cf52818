//! `a=crypto` (RFC 4568): `TAG SUITE inline:KEY[|LIFETIME][|MKI:LENGTH] [PARAMETERS]`.

use std::fmt;
use std::str::FromStr;

use crate::wire::srtp::{MasterKey, MasterKeyError, Suite, UnknownSuite};

/// The value of an `a=crypto` line. `Debug` never prints the key; `Display` writes it, for the line is made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crypto {
    /// The number by which an answer refers to it.
    pub tag: u32,
    /// The suite, key and salt.
    pub master: MasterKey,
}

/// A value that cannot be used. The messages never hold the key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CryptoError {
    /// Another form.
    #[error("an a=crypto line is `a=crypto:1 SUITE inline:KEY`, with the key and salt in base64")]
    Form,
    /// A suite that is not known.
    #[error(transparent)]
    Suite(#[from] UnknownSuite),
    /// A key of another length, or no base64.
    #[error(transparent)]
    Key(#[from] MasterKeyError),
    /// Several keys, told apart by a master key identifier.
    #[error(
        "a master key identifier (MKI) is not supported; give a line with one key and no `|NUMBER:LENGTH` after it"
    )]
    MasterKeyIdentifier,
    /// A session parameter that changes how packets are protected.
    #[error(
        "the session parameter {parameter:?} is not supported; only packets that are encrypted and authenticated are read"
    )]
    Parameter {
        /// The parameter, at most 64 characters of it.
        parameter: String,
    },
}

impl FromStr for Crypto {
    type Err = CryptoError;

    fn from_str(value: &str) -> Result<Self, CryptoError> {
        let mut words = value.split_ascii_whitespace();
        let (Some(tag), Some(suite), Some(key)) = (words.next(), words.next(), words.next()) else {
            return Err(CryptoError::Form);
        };
        let tag = tag.parse().map_err(|_| CryptoError::Form)?;
        let suite: Suite = suite.parse()?;
        let mut fields = key.strip_prefix("inline:").ok_or(CryptoError::Form)?.split('|');
        let key = fields.next().unwrap_or_default();
        // A lifetime is `2^20` or a number of packets; it does not matter for packets that were sent.
        if fields.any(|field| field.contains(':')) || key.contains(';') {
            return Err(CryptoError::MasterKeyIdentifier);
        }
        // These two concern RTCP and the replay window of a live session.
        let is_harmless =
            |word: &str| word == "UNENCRYPTED_SRTCP" || word.starts_with("WSH=") || word == "KDR=0";
        if let Some(other) = words.find(|word| !is_harmless(word)) {
            return Err(CryptoError::Parameter { parameter: other.chars().take(64).collect() });
        }
        Ok(Self { tag, master: MasterKey::from_base64(suite, key)? })
    }
}

impl fmt::Display for Crypto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} inline:{}", self.tag, self.master.suite(), self.master.to_base64())
    }
}
