//! What a call sends, and the numbers of one of its streams.

use std::fmt;

use super::description::MediaDescription;
use super::error::RtpError;
use crate::picture::Shape;

/// How long a stream lasts unless stated otherwise, in seconds.
pub const USUAL_SECS: f64 = 10.0;

/// The most bytes of an RTP packet, header included.
pub const MOST_PACKET_BYTES: usize = 1200;

/// The least: headers of RTP and of every payload format with room for data.
const LEAST_PACKET_BYTES: usize = 256;

/// The codecs of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CallMedia {
    /// H.264 with low latency and Opus: what calls use.
    H264,
    /// Pictures in 4:2:2 of 8 bits (RFC 4175) and samples of 16 bits (RFC 3551), neither compressed.
    Raw,
    /// JPEG pictures (RFC 2435) and Opus.
    Mjpeg,
}

impl CallMedia {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::H264, Self::Raw, Self::Mjpeg];

    /// The name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::H264 => "h264",
            Self::Raw => "raw",
            Self::Mjpeg => "mjpeg",
        }
    }

    /// Pictures a second at most. Pictures of a faster source are left out.
    #[must_use]
    pub const fn most_pictures_per_sec(self) -> u32 {
        match self {
            Self::H264 | Self::Mjpeg => 30,
            Self::Raw => 10,
        }
    }

    /// The largest pictures, for a source that is wider than high; else width and height are exchanged. Larger
    /// pictures are scaled down.
    #[must_use]
    pub const fn most_shape(self) -> Shape {
        match self {
            Self::H264 | Self::Mjpeg => Shape::new(1280, 720),
            Self::Raw => Shape::new(640, 360),
        }
    }
}

impl fmt::Display for CallMedia {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The numbers of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamParameters {
    /// The synchronization source.
    pub ssrc: u32,
    /// The sequence number of the first packet. It wraps after 65,535.
    pub first_sequence_number: u16,
    /// The timestamp of the first packet, in ticks of the stream's clock; not 0, which some receivers take for none.
    /// It wraps.
    pub base_timestamp: u32,
    /// 0 to 127, without 64 to 95, which receivers may take for RTCP.
    pub payload_type: u8,
    /// The most bytes of a packet, header included: 256 to [`MOST_PACKET_BYTES`].
    pub most_packet_bytes: usize,
}

impl StreamParameters {
    /// Checks every number against its range.
    pub(super) fn check(&self) -> Result<(), RtpError> {
        let wrong = |what, value: String, range| Err(RtpError::Parameter { what, value, range });
        if self.base_timestamp == 0 {
            return wrong("the first timestamp", "0".into(), "1 or more");
        }
        if !matches!(self.payload_type, 0..=63 | 96..=127) {
            return wrong("the payload type", self.payload_type.to_string(), "0 to 63 or 96 to 127");
        }
        if !(LEAST_PACKET_BYTES..=MOST_PACKET_BYTES).contains(&self.most_packet_bytes) {
            return wrong("the packet size", self.most_packet_bytes.to_string(), "256 to 1200 bytes");
        }
        Ok(())
    }
}

/// The duration of a stream in ticks of a clock; an error if it is no positive number or longer than a day.
pub(super) fn ticks_of(duration_secs: f64, clock_rate: u32) -> Result<i64, RtpError> {
    const DAY_SECS: f64 = 86_400.0;
    if !(duration_secs > 0.0 && duration_secs <= DAY_SECS) {
        let range = "more than 0 and at most 86400 seconds";
        return Err(RtpError::Parameter { what: "the duration", value: duration_secs.to_string(), range });
    }
    #[expect(clippy::cast_possible_truncation, reason = "at most a day")]
    let ticks = (duration_secs * f64::from(clock_rate)).round() as i64;
    Ok(ticks.max(1))
}

/// An RTP packet, and when it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimedPacket {
    /// Nanoseconds since the start of the stream.
    pub time: u64,
    /// Header and payload.
    pub bytes: Vec<u8>,
}

/// A stream as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentStream {
    /// All packets in order of their sequence numbers, with times that never decrease.
    pub packets: Vec<TimedPacket>,
    /// What a receiver must know.
    pub description: MediaDescription,
    /// Ticks of its timestamps in a second.
    pub clock_rate: u32,
}
