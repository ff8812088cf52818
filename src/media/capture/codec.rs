//! What is known of the codec of a stream.

use serde::Serialize;

use super::stated::{Stated, StatedFormat};
use crate::media::rtp::{MediaDescription, MediaType, RtpError};
use crate::wire::streams::Stream;

/// The rate of the timestamps of all video formats.
const VIDEO_CLOCK_RATE: u32 = 90_000;

/// What is known of the codec of a stream, and where from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct StreamFormat {
    /// The encoding's name, such as `H264`; `None` if it is not known.
    pub codec: Option<String>,
    /// What states it: `sdp`, `keys` or `rfc3551`.
    pub codec_from: Option<&'static str>,
    /// `video` or `audio`; `None` if it is not known.
    pub kind: Option<&'static str>,
    /// Ticks of the timestamps in a second.
    pub clock_rate: Option<u32>,
    /// What states the rate: `sdp`, `keys`, `rfc3551`, or `measured`: timestamps compared with the times of capture.
    pub clock_rate_from: Option<&'static str>,
}

impl StreamFormat {
    /// What an SDP, a keys file, RFC 3551 and the timestamps state of a stream, in this order. A stream of which nothing else
    /// is known is a video if its timestamps have 90,000 ticks a second.
    pub(super) fn of(stream: &Stream, stated: &Stated<'_>) -> Self {
        if let Some(StatedFormat { kind, format, from }) = stated.format(stream) {
            return Self {
                codec: Some(format.encoding),
                codec_from: Some(from),
                kind: Some(kind.name()),
                clock_rate: Some(format.clock_rate),
                clock_rate_from: Some(from),
            };
        }
        let clock_rate = stream.measured_clock_rate();
        let kind = |rate| if rate == VIDEO_CLOCK_RATE { MediaType::Video } else { MediaType::Audio };
        Self {
            codec: None,
            codec_from: None,
            kind: clock_rate.map(kind).map(MediaType::name),
            clock_rate,
            clock_rate_from: clock_rate.map(|_| "measured"),
        }
    }

    /// True if it is known to be video.
    pub(super) fn is_video(&self) -> bool {
        self.kind == Some("video")
    }

    /// True if it is known to be sound.
    pub(super) fn is_audio(&self) -> bool {
        self.kind == Some("audio")
    }

    /// True if an SDP or a keys file states it.
    pub(super) fn is_described(&self) -> bool {
        matches!(self.codec_from, Some("sdp" | "keys"))
    }
}

/// How the packets of a stream are read; `None` if neither an SDP nor a keys file nor RFC 3551 states it.
pub(super) fn description(
    stream: &Stream,
    stated: &Stated<'_>,
) -> Result<Option<MediaDescription>, RtpError> {
    let Some(StatedFormat { kind, format, from }) = stated.format(stream) else { return Ok(None) };
    match MediaDescription::new(kind, format) {
        // Some of RFC 3551 have no decoder here; the stream is then shown as it was transmitted.
        Err(_) if from == "rfc3551" => Ok(None),
        described => described.map(Some),
    }
}
