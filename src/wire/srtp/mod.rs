//! SRTP: RTP packets whose body is encrypted and whose header is authenticated, hop by hop.
//!
//! ```text
//! master key, master salt ──AES-CM PRF──▶ session key, salt, authentication key
//!                                                   │
//! header (clear) │ body ──────────────▶ header (clear) │ encrypted body │ tag over header, body, rollover counter
//! ```
//!
//! The suites are those of RFC 3711 (AES-CM with HMAC-SHA1), RFC 6188 (the same with AES-256) and RFC 7714 (AES-GCM).
//! The key derivation rate is 0: session keys never change. There is no master key identifier, no SRTCP and no list of
//! replayed packets: a capture is opened, not a live session.
//!
//! The rollover counter is in no packet. A receiver [estimates](super::rtp::ExtendedSequence) it from the sequence
//! numbers, and accepts the estimate only when the packet's tag matches.

mod derivation;
mod master_key;
mod receiver;
mod sender;
mod session;
mod suite;
#[cfg(test)]
mod tests;

pub use master_key::{MasterKey, MasterKeyError};
pub use receiver::Receiver;
pub use sender::Sender;
pub use suite::{Suite, UnknownSuite};

use super::cipher::TooLong;
use super::rtp::RtpError;

/// A packet that cannot be protected or opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SrtpError {
    /// It is no RTP packet.
    #[error(transparent)]
    Rtp(#[from] RtpError),
    /// A body that is shorter than the suite's tag.
    #[error("{suite} ends packets with a tag of {needed} bytes; this one has {given} bytes after its header")]
    TooShort {
        /// The suite.
        suite: Suite,
        /// Bytes of a tag.
        needed: usize,
        /// Bytes after the header.
        given: usize,
    },
    /// The tag of a packet does not match.
    #[error(
        "the tag of packet {sequence} does not match under {suite} with rollover counter {roc}: the packet was \
         changed, or its key, suite or starting rollover counter is another"
    )]
    Tag {
        /// The suite.
        suite: Suite,
        /// The packet's sequence number.
        sequence: u16,
        /// The estimated rollover counter.
        roc: u32,
    },
    /// More bytes than one nonce encrypts.
    #[error(transparent)]
    TooLong(#[from] TooLong),
}
