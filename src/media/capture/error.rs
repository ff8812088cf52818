//! Why a stream of a capture cannot be opened.

use std::path::PathBuf;

use crate::media::rtp::RtpError;
use crate::text::file::TextFileError;
use crate::wire;
use crate::wire::keys::KeysError;
use crate::wire::protection::ProtectionError;
use crate::wire::sdp::SdpError;

/// Why a stream of a capture cannot be opened. No message holds a key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CaptureError {
    /// The file is no capture, or cannot be read.
    #[error("{reason}: {name}")]
    File {
        /// The capture.
        name: String,
        /// What is wrong.
        reason: wire::capture::CaptureError,
    },
    /// No stream was found.
    #[error(
        "there is no RTP stream in this capture ({datagrams} UDP datagrams in {frames} frames); a stream has four packets \
         in sequence or more{damage}: {name}"
    )]
    NoStreams {
        /// The capture.
        name: String,
        /// UDP datagrams.
        datagrams: u64,
        /// Frames.
        frames: u64,
        /// What ended the reading, as a clause after a semicolon; empty if it did not end early.
        damage: String,
    },
    /// There is no stream with this number.
    #[error(
        "there is no stream {choice} in this capture, which has {streams}; afterimage info lists them: {name}"
    )]
    NoStream {
        /// The capture.
        name: String,
        /// The choice.
        choice: String,
        /// Its streams, in words.
        streams: String,
    },
    /// The SDP or keys file cannot be read.
    #[error("cannot read {what} ({reason}): {}", path.display())]
    Unreadable {
        /// What the file is.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: TextFileError,
    },
    /// The SDP cannot be used.
    #[error("{reason}: {}", path.display())]
    Sdp {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: SdpError,
    },
    /// The keys file cannot be used.
    #[error("{reason}: {}", path.display())]
    Keys {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: KeysError,
    },
    /// The keys file has no key for the stream.
    #[error(
        "the keys file has no key for stream {number} (SSRC {ssrc}, {source_address} to {destination}): {}",
        path.display()
    )]
    NoKey {
        /// The keys file.
        path: PathBuf,
        /// The stream.
        number: usize,
        /// Its SSRC.
        ssrc: u32,
        /// Where it comes from.
        source_address: String,
        /// Where it goes to.
        destination: String,
    },
    /// The key does not fit the protection.
    #[error("the key of stream {number} cannot be used: {reason}")]
    Key {
        /// The stream.
        number: usize,
        /// What is wrong.
        reason: ProtectionError,
    },
    /// Packets cannot be decrypted.
    #[error(
        "only {opened} of {packets} packets of stream {number} can be decrypted under {protection}, so the key is \
         another ({reason}){hint}: {name}"
    )]
    WrongKey {
        /// The capture.
        name: String,
        /// The stream.
        number: usize,
        /// The protection.
        protection: String,
        /// Packets that were decrypted.
        opened: u64,
        /// All packets.
        packets: u64,
        /// The first packet's error.
        reason: Box<ProtectionError>,
        /// What else may be wrong, as a clause after a semicolon; empty if nothing is known.
        hint: String,
    },
    /// The codec is not stated.
    #[error(
        "stream {number} has payload type {payload_type}, whose codec {}; give an SDP file that describes it with --sdp: \
         {name}",
        if *has_sdp { "this SDP does not state" } else { "is stated nowhere in the capture" }
    )]
    NoCodec {
        /// The capture.
        name: String,
        /// The stream.
        number: usize,
        /// Its payload type.
        payload_type: u8,
        /// True if an SDP was given.
        has_sdp: bool,
    },
    /// The packets have more bytes than are kept.
    #[error(
        "the packets of stream {number} have more than {most_mib} MiB, which is the most that is kept: {name}"
    )]
    TooManyBytes {
        /// The capture.
        name: String,
        /// The stream.
        number: usize,
        /// The bound.
        most_mib: usize,
    },
    /// The decrypted packets cannot be decoded.
    #[error(transparent)]
    Rtp(#[from] RtpError),
}
