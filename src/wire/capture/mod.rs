//! Captures: files of recorded packets, pcap and pcapng.
//!
//! ```text
//! Read ─▶ Source: one buffer, refilled ─▶ pcap │ pcapng ─▶ CapturedPacket, borrowed from the buffer
//! ```
//!
//! A [`Reader`] holds one record at a time, at most [`MOST_BLOCK_BYTES`]: the length of a capture does not matter.
//! Lengths in a file are claims. A record that is too long or contradicts itself is an error with its place; a file that
//! stops within a record is a capture that was interrupted, whose packets up to there are read. A snap length is a
//! claim too: nothing is allocated by it.
//!
//! This room knows link types as numbers only; [`network`](super::network) knows what they mean.

mod other;
mod pcap;
mod pcapng;
mod reader;
mod record;
mod source;
#[cfg(test)]
mod tests;
mod timestamp;
mod writer;

pub use other::{MOST_START_BYTES, begins_like_capture, begins_like_compressed};
pub use reader::{CapturedPacket, Format, Reader};
pub use writer::PcapngWriter;

/// The most bytes of one packet, as in Wireshark and libpcap.
pub const MOST_PACKET_BYTES: usize = 1 << 18;

/// The most bytes of one record that is held: a packet with its options.
pub const MOST_BLOCK_BYTES: usize = 2 * MOST_PACKET_BYTES;

/// The most interfaces of one section of a pcapng file.
pub const MOST_INTERFACES: usize = 1 << 12;

/// A file that is no capture, or that contradicts itself. Offsets are in bytes from the start of the file.
#[derive(Debug, thiserror::Error)]
pub enum CaptureError {
    /// The file begins like neither format.
    #[error("this is neither pcap nor pcapng: it begins with {start}")]
    Format {
        /// The first four bytes in hex, or fewer.
        start: String,
    },
    /// A capture in another format.
    #[error(
        "this is a capture in the format of {format}, which is not read; convert it with `editcap -F pcapng`"
    )]
    OtherFormat {
        /// The program that the format is of.
        format: &'static str,
    },
    /// A compressed file.
    #[error("this file is compressed; unpack it first, with `{unpack}`")]
    Compressed {
        /// The program that unpacks it.
        unpack: &'static str,
    },
    /// The first packets of a pcap file have impossible lengths.
    #[error(
        "byte {offset}: a packet claims {claimed} bytes, so the file is damaged here, or it is a variant of pcap that is not \
         read; `editcap -F pcapng` converts those"
    )]
    Variant {
        /// Where the record starts.
        offset: u64,
        /// The length.
        claimed: u64,
    },
    /// A version of the format that is not known.
    #[error(
        "byte {offset}: {format} version {major}.{minor} is not known; convert it with `editcap -F pcapng`"
    )]
    Version {
        /// Where the version is.
        offset: u64,
        /// The format.
        format: Format,
        /// Major version.
        major: u16,
        /// Minor version.
        minor: u16,
    },
    /// A packet or record that is longer than any is.
    #[error(
        "byte {offset}: a {what} claims {claimed} bytes; at most {most} are read, so the file is damaged here"
    )]
    TooLong {
        /// Where the record starts.
        offset: u64,
        /// What claims it.
        what: &'static str,
        /// The length.
        claimed: u64,
        /// The longest one.
        most: usize,
    },
    /// Lengths that contradict each other.
    #[error("byte {offset}: {what}, so the file is damaged here")]
    Contradiction {
        /// Where the record starts.
        offset: u64,
        /// The contradiction.
        what: &'static str,
    },
    /// A packet of an interface that no block describes.
    #[error("byte {offset}: a packet names interface {interface}, but the section describes {known}")]
    Interface {
        /// Where the record starts.
        offset: u64,
        /// The interface's number.
        interface: u32,
        /// How many are described.
        known: usize,
    },
    /// The file cannot be read.
    #[error("byte {offset}: {source}")]
    Io {
        /// How far it was read.
        offset: u64,
        /// The system's error.
        source: std::io::Error,
    },
}
