//! `SFrame`: payloads encrypted end to end, so that servers forward them without reading them (RFC 9605).
//!
//! ```text
//! base key, key ID ──HKDF──▶ key, salt
//! counter ──────────────────────┐
//! header (key ID, counter) │ ciphertext │ tag
//! ```
//!
//! The header is in each ciphertext and is authenticated together with metadata that both sides know. There is no state
//! but the sender's counter: a ciphertext can be decrypted alone.

mod header;
mod key;
mod suite;
#[cfg(test)]
mod tests;

pub use header::Header;
pub use key::{Key, Sender};
pub use suite::{Suite, UnknownSuite};

use super::cipher::TooLong;

/// A ciphertext that cannot be made or opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SframeError {
    /// Fewer bytes than header and tag have.
    #[error("an SFrame ciphertext has {needed} bytes or more, this one {given}")]
    TooShort {
        /// Bytes of the header, as far as it was read, and the tag.
        needed: usize,
        /// Bytes given.
        given: usize,
    },
    /// A ciphertext under a key with another ID.
    #[error("the ciphertext names key ID {given}, and this is key ID {known}; give that stream's key")]
    KeyId {
        /// The ID in the ciphertext's header.
        given: u64,
        /// The ID of the key here.
        known: u64,
    },
    /// The tag does not match.
    #[error(
        "the tag of SFrame counter {counter} does not match: the payload was changed, or its key is another"
    )]
    Tag {
        /// The counter in the ciphertext's header.
        counter: u64,
    },
    /// The counter has reached its last value: a new key is needed.
    #[error("all 2^64 counters of this key are used; start with a new key")]
    CounterUsedUp,
    /// More bytes than one nonce encrypts.
    #[error(transparent)]
    TooLong(#[from] TooLong),
}
