//! RTP packets (RFC 3550, section 5.1).
//!
//! ```text
//! │V=2│P│X│ CC │M│ PT │ sequence │ timestamp │ SSRC │ CC × CSRC │ extension if X │ payload │ padding if P │
//! └────────────────────────── header ───────────────────────────────────────────┘└───────── body ─────────┘
//! ```
//!
//! In a protected packet the body is ciphertext, the length of the padding too. A [`Packet`] is therefore parsed from
//! its header alone; the padding is examined when the [payload](Packet::payload) is asked for.

mod header;
mod packet;
mod sequence;
#[cfg(test)]
mod tests;

pub use header::{Extension, Header, set_place, set_ssrc};
pub use packet::Packet;
pub use sequence::{ExtendedSequence, Timestamps, nearest_index};

/// The version of RTP in the two highest bits of a packet.
pub const VERSION: u8 = 2;

/// The bytes of a header without CSRCs and without an extension.
pub const FIXED_HEADER_BYTES: usize = 12;

/// True if a packet on a port that RTP and RTCP share is RTCP: its second byte is 192 to 223 (RFC 5761, section 4).
#[must_use]
pub fn is_rtcp(packet: &[u8]) -> bool {
    matches!(packet, [first, 192..=223, ..] if first >> 6 == VERSION)
}

/// Bytes that are no RTP packet, or a header that cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RtpError {
    /// Fewer bytes than the header has.
    #[error("an RTP header of {needed} bytes does not fit into a packet of {given} bytes")]
    TooShort {
        /// Bytes that the header needs, as far as it was read.
        needed: usize,
        /// Bytes of the packet.
        given: usize,
    },
    /// Another version than 2.
    #[error("the packet has version {0}; RTP has version 2")]
    Version(u8),
    /// Padding of no byte, or of more bytes than the body has. In a protected packet the length is ciphertext.
    #[error(
        "the packet claims {padding} bytes of padding in a body of {body} bytes; a protected packet is decrypted first"
    )]
    Padding {
        /// The length that the last byte claims.
        padding: usize,
        /// Bytes after the header.
        body: usize,
    },
    /// A header with a payload type above 127.
    #[error("the payload type {0} does not fit into 7 bits; choose one up to 127")]
    PayloadType(u8),
    /// A header with more than 15 CSRCs.
    #[error("{0} contributing sources do not fit into one header; it takes 15")]
    Csrcs(usize),
    /// An extension whose length is no multiple of 4 bytes, or above 65,535 words.
    #[error("a header extension of {0} bytes cannot be written; its length is a multiple of 4 up to 262140")]
    Extension(usize),
}
