//! Master keys and salts, whose lengths depend on the suite.

use std::fmt;

use zeroize::Zeroizing;

use super::Suite;
use crate::wire::base64;

/// A master key and its salt. `Debug` never prints them.
#[derive(Clone, PartialEq, Eq)]
pub struct MasterKey {
    suite: Suite,
    /// The key, then the salt.
    joined: Zeroizing<Vec<u8>>,
}

/// A master key that does not fit its suite. The messages never hold the key itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MasterKeyError {
    /// Key and salt together have another length than the suite's.
    #[error("{}; these are {given}{}", lengths(*.suite), others(|suite| joined_bytes(suite) == *.given))]
    Joined {
        /// The suite.
        suite: Suite,
        /// Bytes given.
        given: usize,
    },
    /// The key or the salt has another length than the suite's.
    #[error(
        "{}; these are {key} and {salt}{}",
        lengths(*.suite),
        others(|suite| suite.key_bytes() == *.key && suite.salt_bytes() == *.salt)
    )]
    Separate {
        /// The suite.
        suite: Suite,
        /// Bytes given as key.
        key: usize,
        /// Bytes given as salt.
        salt: usize,
    },
    /// A text that is no base64.
    #[error(
        "the key is no base64; it holds the key and then the salt, as after `inline:` in an a=crypto line"
    )]
    Base64,
}

impl MasterKey {
    /// A key and a salt.
    ///
    /// # Errors
    /// [`MasterKeyError::Separate`] states the suite's lengths.
    pub fn new(suite: Suite, key: &[u8], salt: &[u8]) -> Result<Self, MasterKeyError> {
        if key.len() != suite.key_bytes() || salt.len() != suite.salt_bytes() {
            return Err(MasterKeyError::Separate { suite, key: key.len(), salt: salt.len() });
        }
        Ok(Self { suite, joined: Zeroizing::new([key, salt].concat()) })
    }

    /// A key with its salt after it.
    ///
    /// # Errors
    /// [`MasterKeyError::Joined`] states the suite's lengths.
    pub fn from_joined(suite: Suite, joined: &[u8]) -> Result<Self, MasterKeyError> {
        if joined.len() != Self::joined_bytes(suite) {
            return Err(MasterKeyError::Joined { suite, given: joined.len() });
        }
        Ok(Self { suite, joined: Zeroizing::new(joined.to_vec()) })
    }

    /// A key with its salt after it, in base64 as in `a=crypto` (RFC 4568, section 6.1).
    ///
    /// # Errors
    /// [`MasterKeyError::Base64`], or [`MasterKeyError::Joined`], which states the suite's lengths.
    pub fn from_base64(suite: Suite, text: &str) -> Result<Self, MasterKeyError> {
        Self::from_joined(suite, &base64::decode(text).ok_or(MasterKeyError::Base64)?)
    }

    /// Key and salt in base64, for `a=crypto`.
    #[must_use]
    pub fn to_base64(&self) -> String {
        base64::encode(&self.joined)
    }

    /// The suite.
    #[must_use]
    pub const fn suite(&self) -> Suite {
        self.suite
    }

    /// The key without its salt.
    #[must_use]
    pub fn key(&self) -> &[u8] {
        &self.joined[..self.suite.key_bytes()]
    }

    /// The salt.
    #[must_use]
    pub fn salt(&self) -> &[u8] {
        &self.joined[self.suite.key_bytes()..]
    }

    /// Bytes of a suite's key and salt together.
    #[must_use]
    pub const fn joined_bytes(suite: Suite) -> usize {
        joined_bytes(suite)
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKey({})", self.suite)
    }
}

const fn joined_bytes(suite: Suite) -> usize {
    suite.key_bytes() + suite.salt_bytes()
}

/// The suite's lengths in words.
fn lengths(suite: Suite) -> String {
    let (key, salt) = (suite.key_bytes(), suite.salt_bytes());
    format!("a key of {suite} has {key} bytes and a salt of {salt}, {} together", key + salt)
}

/// The first suite whose lengths would fit.
fn others(fits: impl Fn(Suite) -> bool) -> String {
    let Some(suite) = Suite::ALL.into_iter().find(|&suite| fits(suite)) else { return String::new() };
    format!(": {suite} has {} and {}", suite.key_bytes(), suite.salt_bytes())
}
