//! How one stream is read, from session descriptions of strangers.
//!
//! Only the codec is kept, and the description that FFmpeg gets is written anew from that: no address, no control line,
//! no key and no codec whose payload is a file by itself.

use super::error::RtpError;
use crate::media::ffi::rtp::MOST_SDP_BYTES;
use crate::wire::sdp::{Format, Media, Session};

/// Encodings that are read, in lower case: of video, and of sound.
const VIDEO: [&str; 14] = [
    "av1",
    "h261",
    "h263",
    "h263-1998",
    "h263-2000",
    "h264",
    "h265",
    "jpeg",
    "mp4v-es",
    "mpv",
    "raw",
    "theora",
    "vp8",
    "vp9",
];
const SOUND: [&str; 16] = [
    "ac3",
    "amr",
    "amr-wb",
    "g722",
    "gsm",
    "ilbc",
    "l16",
    "l24",
    "l8",
    "mp4a-latm",
    "mpa",
    "mpeg4-generic",
    "opus",
    "pcma",
    "pcmu",
    "speex",
];

/// An encoding of video with a fixed payload type that is not read.
const TRANSPORT_STREAM: &str = "mp2t";

/// Video or sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaType {
    /// `m=video`.
    Video,
    /// `m=audio`.
    Audio,
}

impl MediaType {
    /// The word of an `m=` line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Video => "video",
            Self::Audio => "audio",
        }
    }

    /// That of an encoding, by its name in any case. Names that are not known count as sound.
    #[must_use]
    pub fn of_encoding(name: &str) -> Self {
        let is_video = VIDEO.iter().chain([&TRANSPORT_STREAM]).any(|video| video.eq_ignore_ascii_case(name));
        if is_video { Self::Video } else { Self::Audio }
    }

    /// That of a medium; `None` if it is neither, or not over RTP.
    fn of(media: &Media) -> Option<Self> {
        let known = [Self::Video, Self::Audio].into_iter().find(|kind| kind.name() == media.kind);
        known.filter(|_| media.profile.split('/').any(|part| part == "RTP"))
    }
}

/// How to read one stream. Its codec is one that is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaDescription {
    /// Video or sound.
    pub media: MediaType,
    /// Its payload type and codec.
    pub format: Format,
}

impl MediaDescription {
    /// The description of a stream with a format. Parameters that are no printable ASCII are left out.
    ///
    /// # Errors
    /// [`RtpError::Description`] if its codec is not read, or its parameters are too long.
    pub fn new(media: MediaType, mut format: Format) -> Result<Self, RtpError> {
        let wrong = |reason: String| Err(RtpError::Description(reason));
        let encoding = format.encoding.to_ascii_lowercase();
        if encoding.is_empty() {
            return wrong(format!("it has no a=rtpmap line for payload type {}", format.payload_type));
        }
        if !VIDEO.iter().chain(&SOUND).any(|known| *known == encoding) {
            return wrong(format!("its codec {:?} is not read", format.encoding));
        }
        format.parameters =
            format.parameters.filter(|text| text.bytes().all(|byte| matches!(byte, b' '..=b'~')));
        let description = Self { media, format };
        if description.text().len() > MOST_SDP_BYTES {
            return wrong(format!("its codec parameters have more than {MOST_SDP_BYTES} bytes"));
        }
        Ok(description)
    }

    /// The description of the stream with this payload type in a session; without one, that of its first stream of video
    /// or sound.
    ///
    /// # Errors
    /// [`RtpError::Description`] if there is none, and the errors of [`MediaDescription::new`].
    pub fn find(session: &Session, payload_type: Option<u8>) -> Result<Self, RtpError> {
        let is_wanted = |format: &&Format| payload_type.is_none_or(|wanted| format.payload_type == wanted);
        let found = session.media.iter().find_map(|media| {
            let format = media.formats.iter().find(is_wanted)?;
            Some((MediaType::of(media)?, format))
        });
        match (found, payload_type) {
            (Some((media, format)), _) => Self::new(media, format.clone()),
            (None, Some(wanted)) => {
                Err(RtpError::Description(format!("no m= line of video or audio has payload type {wanted}")))
            }
            (None, None) => Err(RtpError::Description("it has no m= line of video or audio over RTP".into())),
        }
    }

    /// As [`MediaDescription::find`], from the text of a session description.
    ///
    /// # Errors
    /// [`RtpError::Description`] if it cannot be read, and the errors of [`MediaDescription::find`].
    pub fn parse(text: &str, payload_type: Option<u8>) -> Result<Self, RtpError> {
        let session: Session = text.parse().map_err(|error| RtpError::Description(format!("{error}")))?;
        Self::find(&session, payload_type)
    }

    /// True if its encoding has this name, such as `H264`, in any case.
    #[must_use]
    pub fn is_encoding(&self, name: &str) -> bool {
        self.format.encoding.eq_ignore_ascii_case(name)
    }

    /// A parameter of the codec, from `a=fmtp`; empty for one without a value. Names are compared without case.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.format.parameters.as_deref()?.split(';').find_map(|parameter| {
            let (key, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            key.trim().eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }

    /// The stream as a medium of a session: plain, on this machine.
    #[must_use]
    pub fn to_media(&self, port: u16) -> Media {
        Media {
            kind: self.media.name().into(),
            address: None,
            port,
            profile: "RTP/AVP".into(),
            formats: vec![self.format.clone()],
            sources: Vec::new(),
            crypto: None,
        }
    }

    /// A whole session description for FFmpeg, which is given the packets.
    pub(super) fn text(&self) -> String {
        Session { name: String::new(), media: vec![self.to_media(0)] }.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As a browser describes a call, shortened.
    const BROWSER: &str = "v=0\r\no=- 1 2 IN IP4 203.0.113.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n\
        m=audio 9 UDP/TLS/RTP/SAVPF 111 0\r\nc=IN IP4 203.0.113.1\r\na=control:rtsp://203.0.113.1/audio\r\n\
        a=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\na=rtpmap:0 PCMU/8000\r\n\
        m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\na=rtpmap:96 VP8/90000\r\na=rtpmap:97 H264/90000\r\n\
        a=fmtp:97 packetization-mode=1\r\n\
        a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0e\r\n\
        a=ssrc:7 cname:alice\r\n\
        m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n";

    #[test]
    fn a_stream_is_found_by_its_payload_type_and_only_its_codec_is_kept() {
        let video = MediaDescription::parse(BROWSER, Some(97)).expect("it is described");
        assert_eq!(
            video.text(),
            "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=video 0 RTP/AVP 97\r\n\
            c=IN IP4 127.0.0.1\r\na=rtpmap:97 H264/90000\r\na=fmtp:97 packetization-mode=1\r\n"
        );
        assert!(video.is_encoding("h264"));
        let first = MediaDescription::parse(BROWSER, None).expect("it is described");
        assert_eq!((first.media, first.format.payload_type), (MediaType::Audio, 111));
        assert_eq!(MediaDescription::parse(&first.text(), None).expect("it is described"), first);
    }

    #[test]
    fn what_does_not_describe_a_known_codec_is_refused() {
        for (text, payload_type, said) in [
            ("", None, "no m= line"),
            ("m=application 9 RTP/AVP 96", None, "no m= line"),
            ("m=video 9 udp 96", None, "no m= line"),
            (BROWSER, Some(98), "payload type 98"),
            ("m=video 9 RTP/AVP 96", None, "no a=rtpmap"),
            ("m=video 9 RTP/AVP 96\na=rtpmap:96 X-QT/90000", None, "X-QT"),
            ("m=video 9 RTP/AVP 33", None, "MP2T"),
            ("m=video x", None, "line 1"),
        ] {
            let error = MediaDescription::parse(text, payload_type).expect_err(text).to_string();
            assert!(error.contains(said), "{error}");
        }
        let long =
            format!("m=video 9 RTP/AVP 96\na=rtpmap:96 H264/90000\na=fmtp:96 x={}", "A".repeat(20_000));
        assert!(MediaDescription::parse(&long, None).is_err());
    }
}
