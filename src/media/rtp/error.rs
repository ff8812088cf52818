//! Why a source cannot be sent as RTP, or packets cannot be opened.

use super::super::error::MediaError;
use super::super::limits::TooLarge;

/// Why a source cannot be sent as RTP, or packets cannot be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RtpError {
    /// The source cannot be read, or the caller asked to stop.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// The linked FFmpeg lacks an encoder.
    #[error(
        "the FFmpeg on this machine has no encoder {0}; choose other media, or install an FFmpeg that has it"
    )]
    NoEncoder(&'static str),
    /// The encoder refuses the pictures or samples.
    #[error("{encoder} does not encode this source ({reason}): {name}")]
    Encoder {
        /// FFmpeg's name of the encoder.
        encoder: &'static str,
        /// The source.
        name: String,
        /// FFmpeg's error.
        reason: String,
    },
    /// The muxer of RTP or of the container in memory failed.
    #[error("packets cannot be written ({reason}): {name}")]
    Mux {
        /// The source.
        name: String,
        /// FFmpeg's error.
        reason: String,
    },
    /// A parameter of the stream outside its range.
    #[error("{what} is {value}; it must be {range}")]
    Parameter {
        /// The parameter.
        what: &'static str,
        /// Its value.
        value: String,
        /// The values that are allowed.
        range: &'static str,
    },
    /// The packets are too many to be kept.
    #[error(
        "the packets have more than {most_mib} MiB, which is the most that is kept; take a shorter part: {name}"
    )]
    TooManyBytes {
        /// The source or stream.
        name: String,
        /// The bound in MiB.
        most_mib: usize,
    },
    /// A description that does not state how to read the stream.
    #[error(
        "the SDP does not describe this stream ({0}); give one with an m= line and an a=rtpmap line for it"
    )]
    Description(String),
    /// No packet was given.
    #[error("there are no RTP packets with payload type {payload_type}: {name}")]
    NoPackets {
        /// The stream.
        name: String,
        /// The payload type in the description.
        payload_type: u8,
    },
    /// No frame can be decoded from the packets.
    #[error(
        "nothing can be decoded from these packets ({reason}); they may be encrypted, begin after the last key picture, or \
         be of another codec than the SDP says: {name}"
    )]
    Undecodable {
        /// The stream.
        name: String,
        /// FFmpeg's error.
        reason: String,
    },
    /// A picture larger than the limits.
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
}
