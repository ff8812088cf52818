//! Session descriptions (RFC 8866): which payload types a stream uses, and the keys of `a=crypto` (RFC 4568).
//!
//! Only the lines that say how a stream is received are read: `s=`, `c=`, `m=`, `a=rtpmap`, `a=fmtp`,
//! `a=ssrc` and `a=crypto`. All others are skipped. What is written is a whole description. A text has at most [`MOST_BYTES`] and [`MOST_MEDIA`] media.

mod crypto;
mod parse;
#[cfg(test)]
mod tests;
mod write;

use std::net::IpAddr;

pub use crypto::{Crypto, CryptoError};

/// The most bytes of a description that is read.
pub const MOST_BYTES: usize = 1 << 16;

/// The most media of a description.
pub const MOST_MEDIA: usize = 64;

/// The most synchronization sources of a medium that are kept.
const MOST_SOURCES: usize = 64;

/// A description of a session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Session {
    /// Its name; empty if it has none.
    pub name: String,
    /// Its media, in order.
    pub media: Vec<Media>,
}

/// One medium: an `m=` line and what belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Media {
    /// `video`, `audio` or another word.
    pub kind: String,
    /// The address of its `c=` line, or of the session's.
    pub address: Option<IpAddr>,
    /// The port.
    pub port: u16,
    /// The profile, such as `RTP/AVP`, or `RTP/SAVP` for SRTP.
    pub profile: String,
    /// The formats of its payload types, in the order of preference.
    pub formats: Vec<Format>,
    /// The synchronization sources of its packets, if it states any (RFC 5576).
    pub sources: Vec<NamedSource>,
    /// The first usable key of its `a=crypto` lines.
    pub crypto: Option<Crypto>,
}

/// A synchronization source, as `a=ssrc` lines describe it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedSource {
    /// The number in its packets.
    pub ssrc: u32,
    /// The canonical name of the sender.
    pub cname: Option<String>,
}

/// The format of a payload type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Format {
    /// The payload type, 0 to 127.
    pub payload_type: u8,
    /// The encoding's name, such as `H264`. Empty if the description does not name a dynamic payload type.
    pub encoding: String,
    /// Ticks of the timestamp in a second.
    pub clock_rate: u32,
    /// Channels of sound; 1 for all others.
    pub channels: u16,
    /// The parameters of `a=fmtp`, without the payload type.
    pub parameters: Option<String>,
}

impl Session {
    /// The medium and format of a payload type; those of the first medium that has it.
    #[must_use]
    pub fn format(&self, payload_type: u8) -> Option<(&Media, &Format)> {
        self.media.iter().find_map(|media| {
            let format = media.formats.iter().find(|format| format.payload_type == payload_type)?;
            Some((media, format))
        })
    }
}

/// A text that is no description that can be used. Lines are counted from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SdpError {
    /// A text that is longer than any description.
    #[error("the session description has {0} bytes; at most {MOST_BYTES} are read")]
    TooLong(usize),
    /// No `m=` line.
    #[error("the text holds no m= line, so it describes no stream; give an SDP file")]
    NoMedia,
    /// More media than are read.
    #[error("line {line}: more than {MOST_MEDIA} media; split the description")]
    TooManyMedia {
        /// The line.
        line: usize,
    },
    /// A line that is not formed as it should be.
    #[error("line {line}: {what}")]
    Line {
        /// The line.
        line: usize,
        /// What is expected.
        what: &'static str,
    },
    /// A key that cannot be used, and no other that can.
    #[error("line {line}: {source}")]
    Crypto {
        /// The line.
        line: usize,
        /// What is wrong with it.
        source: CryptoError,
    },
}
