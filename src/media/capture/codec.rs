//! What is known of the codec of a stream.

use serde::Serialize;

use super::sdp::Sdp;
use crate::media::rtp::{MediaDescription, MediaType, RtpError};
use crate::wire::sdp::Format;
use crate::wire::streams::Stream;

/// The rate of the timestamps of all video formats.
const VIDEO_CLOCK_RATE: u32 = 90_000;

/// Payload types of RFC 3551 that are video: JPEG, nv, H.261, MPEG, MPEG-TS and H.263.
const VIDEO_TYPES: [u8; 6] = [26, 28, 31, 32, 33, 34];

/// What is known of the codec of a stream, and where from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct StreamFormat {
    /// The encoding's name, such as `H264`; `None` if it is not known.
    pub codec: Option<String>,
    /// What states it: `sdp` or `rfc3551`.
    pub codec_from: Option<&'static str>,
    /// `video` or `audio`; `None` if it is not known.
    pub kind: Option<&'static str>,
    /// Ticks of the timestamps in a second.
    pub clock_rate: Option<u32>,
    /// What states the rate: `sdp`, `rfc3551`, or `measured`: timestamps compared with the times of capture.
    pub clock_rate_from: Option<&'static str>,
}

impl StreamFormat {
    /// What an SDP, RFC 3551 and the timestamps state of a stream, in this order. A stream of which nothing else is known
    /// is a video if its timestamps have 90,000 ticks a second.
    pub(super) fn of(stream: &Stream, sdp: Option<&Sdp>) -> Self {
        let stated = |kind, format: &Format, from| Self {
            codec: Some(format.encoding.clone()),
            codec_from: Some(from),
            kind: Some(kind),
            clock_rate: Some(format.clock_rate),
            clock_rate_from: Some(from),
        };
        if let Some((media, format)) = sdp.and_then(|sdp| sdp.of(stream)) {
            let kind = if media.kind == "video" { "video" } else { "audio" };
            return stated(kind, format, "sdp");
        }
        let payload_type = stream.payload_type();
        if let Some(format) = Format::fixed(payload_type) {
            return stated(fixed_kind(payload_type), &format, "rfc3551");
        }
        let clock_rate = stream.measured_clock_rate();
        let kind = |rate| if rate == VIDEO_CLOCK_RATE { "video" } else { "audio" };
        Self {
            codec: None,
            codec_from: None,
            kind: clock_rate.map(kind),
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
}

fn fixed_kind(payload_type: u8) -> &'static str {
    if VIDEO_TYPES.contains(&payload_type) { "video" } else { "audio" }
}

/// How the packets of a stream are read; `None` if neither an SDP nor RFC 3551 states it.
pub(super) fn description(stream: &Stream, sdp: Option<&Sdp>) -> Result<Option<MediaDescription>, RtpError> {
    let kind = |name: &str| if name == "video" { MediaType::Video } else { MediaType::Audio };
    if let Some((media, format)) = sdp.and_then(|sdp| sdp.of(stream)) {
        return MediaDescription::new(kind(&media.kind), format.clone()).map(Some);
    }
    let payload_type = stream.payload_type();
    let fixed = Format::fixed(payload_type);
    // Some of them have no decoder here; the stream is then shown as it was transmitted.
    Ok(fixed.and_then(|format| MediaDescription::new(kind(fixed_kind(payload_type)), format).ok()))
}
