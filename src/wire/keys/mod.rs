//! Keys of the streams of a capture, as a keys file in TOML lists them.
//!
//! ```toml
//! [[key]]
//! protection = "srtp"               # or the name of an SRTP suite, such as "AEAD_AES_256_GCM"
//! ssrc = 40000
//! source = "192.0.2.10:40000"       # without source and destination: wherever its packets go
//! destination = "192.0.2.1:40000"
//! key = "000102…0f"                 # hex; for SRTP the master key
//! salt = "…"                        # for SRTP; or appended to the key
//! roc = 0                           # the rollover counter at the first packet of the capture
//! codec = "H264/90000"              # optional: the codec, as a=rtpmap states it in an SDP
//! fmtp = "packetization-mode=1"     # optional: its parameters, as a=fmtp states them
//! ```
//!
//! A stream under `sframe` has two entries: one of `sframe` with the sender's base key and `kid`, and one of `srtp` with the
//! key of the hop. Where several keys fit a stream, it uses them one after another, as when keys are renewed in a call;
//! `roc` is then the rollover counter at the first packet under each key.

mod file;
#[cfg(test)]
mod tests;

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

use super::protection::{Key, Protection, ProtectionError, StreamKey};
use super::sdp::Format;
use super::srtp::{MasterKey, Suite};
use super::streams::Flow;

/// The most bytes of a keys file.
pub const MOST_BYTES: usize = 1 << 20;

/// How the packets of a stream are protected, as it is named with a key: a protection, or a suite of SRTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// A protection of the call.
    Protection(Protection),
    /// SRTP with any suite.
    Suite(Suite),
}

/// A name of no method.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{name:?} is no protection; there are {}, and the SRTP suites {}",
    Protection::ALL.map(Protection::name).join(", "),
    Suite::ALL.map(Suite::name).join(", ")
)]
pub struct UnknownMethod {
    /// The name, at most 64 characters of it.
    pub name: String,
}

impl Method {
    /// The suite of its SRTP packets; `None` if they are none.
    #[must_use]
    pub const fn suite(self) -> Option<Suite> {
        match self {
            Self::Protection(protection) => protection.srtp_suite(),
            Self::Suite(suite) => Some(suite),
        }
    }

    /// The key of a stream from its bytes; for SRTP the master key, then the salt.
    ///
    /// # Errors
    /// [`ProtectionError`] states the length that is needed. `sframe` needs two keys.
    pub fn stream_key(self, bytes: &[u8]) -> Result<StreamKey, ProtectionError> {
        match self {
            Self::Protection(protection) => StreamKey::from_bytes(protection, bytes),
            Self::Suite(suite) => Ok(StreamKey::Srtp(MasterKey::from_joined(suite, bytes)?)),
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Protection(protection) => protection.fmt(f),
            Self::Suite(suite) => suite.fmt(f),
        }
    }
}

impl FromStr for Method {
    type Err = UnknownMethod;

    fn from_str(name: &str) -> Result<Self, UnknownMethod> {
        let protection = name.parse().map(Self::Protection).ok();
        let method = protection.or_else(|| name.parse().map(Self::Suite).ok());
        method.ok_or_else(|| UnknownMethod { name: name.chars().take(64).collect() })
    }
}

/// An entry of a keys file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyEntry {
    /// The line of the file at which it starts, from 1.
    pub line: usize,
    /// How the packets are protected.
    pub method: Method,
    /// The stream's synchronization source; `None` for any.
    pub ssrc: Option<u32>,
    /// Where its packets come from; `None` for anywhere.
    pub source: Option<SocketAddr>,
    /// Where its packets go to; `None` for anywhere.
    pub destination: Option<SocketAddr>,
    /// The key, followed by the salt.
    pub key: Key,
    /// The rollover counter at the first packet.
    pub first_roc: u32,
    /// The key ID of `SFrame`.
    pub key_id: u64,
    /// The codec of the stream, if it is stated; the payload type is 0 and means nothing.
    pub format: Option<Format>,
}

/// The entries of a keys file, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeysFile {
    /// The entries.
    pub entries: Vec<KeyEntry>,
}

/// A key of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyOfStream {
    /// The key.
    pub key: StreamKey,
    /// The rollover counter at the first packet under the key.
    pub first_roc: u32,
}

/// A keys file that cannot be used. The messages never hold a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeysError {
    /// A text that is longer than any keys file.
    #[error("the keys file has {0} bytes; at most {MOST_BYTES} are read")]
    TooLong(usize),
    /// A line that is not understood.
    #[error("line {line} of the keys file: {what}")]
    Line {
        /// The line, from 1.
        line: usize,
        /// What is wrong and what would be right.
        what: String,
    },
    /// A key that does not fit its protection.
    #[error("the key at line {line} of the keys file cannot be used: {source}")]
    Key {
        /// The line at which the entry starts.
        line: usize,
        /// What is wrong with it.
        source: ProtectionError,
    },
}

impl KeyEntry {
    /// True if it is of this stream.
    #[must_use]
    pub fn is_of(&self, flow: &Flow) -> bool {
        self.ssrc.is_none_or(|ssrc| ssrc == flow.ssrc)
            && self.source.is_none_or(|source| source == flow.source)
            && self.destination.is_none_or(|destination| destination == flow.destination)
    }

    fn is_sframe(&self) -> bool {
        self.method == Method::Protection(Protection::Sframe)
    }
}

impl KeysFile {
    /// The codec of a stream: that of the first entry of it that states one. The payload type is 0 and means nothing.
    #[must_use]
    pub fn format_of(&self, flow: &Flow) -> Option<&Format> {
        self.entries.iter().filter(|entry| entry.is_of(flow)).find_map(|entry| entry.format.as_ref())
    }

    /// The keys of a stream, in the order in which it uses them; none if no entry is of it.
    ///
    /// # Errors
    /// [`KeysError::Key`] if a key has another length than its protection needs, or one of the two keys of `sframe` is
    /// missing.
    pub fn keys_of(&self, flow: &Flow) -> Result<Vec<KeyOfStream>, KeysError> {
        let of_stream = || self.entries.iter().filter(|entry| entry.is_of(flow));
        let (media, hops): (Vec<_>, Vec<_>) = of_stream().partition(|entry| entry.is_sframe());
        let stream_key = |entry: &KeyEntry| {
            let failed = |source| KeysError::Key { line: entry.line, source };
            entry.method.stream_key(entry.key.bytes()).map_err(failed)
        };
        let Some(&last_media) = media.last() else {
            let key = |entry: &&KeyEntry| {
                let (key, first_roc) = (stream_key(entry)?, entry.first_roc);
                Ok(KeyOfStream { key, first_roc })
            };
            return hops.iter().map(key).collect();
        };
        let lacks_hop = KeysError::Key { line: last_media.line, source: ProtectionError::TwoKeys };
        let last_hop = *hops.last().ok_or(lacks_hop.clone())?;
        let pair = |at: usize| {
            let (hop, media) = (hops.get(at).unwrap_or(&last_hop), media.get(at).unwrap_or(&last_media));
            let StreamKey::Srtp(master) = stream_key(hop)? else { return Err(lacks_hop.clone()) };
            let (base_key, key_id) = (media.key.clone(), media.key_id);
            let key = StreamKey::Sframe { hop: master, base_key, key_id };
            Ok(KeyOfStream { key, first_roc: hop.first_roc })
        };
        (0..hops.len().max(media.len())).map(pair).collect()
    }
}
