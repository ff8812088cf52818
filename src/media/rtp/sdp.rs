//! The description of one stream in SDP (RFC 8866): read from any text, and written so that a receiver needs nothing
//! else.
//!
//! Text comes from strangers. Only what describes a codec is kept, and the description that FFmpeg gets is written
//! anew from that: no address, no control line, no key and no codec whose payload is a file by itself.

use std::fmt::Write;

use super::error::RtpError;
use crate::media::ffi::rtp::MOST_SDP_BYTES;

/// The most bytes of a text that is read.
pub const MOST_TEXT_BYTES: usize = 64 << 10;

/// Attributes that describe a codec and begin with a payload type, and those that begin with their value.
const OF_PAYLOAD_TYPE: [&str; 3] = ["rtpmap", "fmtp", "framesize"];
const OF_MEDIA: [&str; 1] = ["framerate"];

/// Encodings that are read, in lower case.
const ENCODINGS: [&str; 30] = [
    "ac3",
    "amr",
    "amr-wb",
    "av1",
    "g722",
    "gsm",
    "h261",
    "h263",
    "h263-1998",
    "h263-2000",
    "h264",
    "h265",
    "ilbc",
    "jpeg",
    "l16",
    "l24",
    "l8",
    "mp4a-latm",
    "mp4v-es",
    "mpa",
    "mpeg4-generic",
    "mpv",
    "opus",
    "pcma",
    "pcmu",
    "raw",
    "speex",
    "theora",
    "vp8",
    "vp9",
];

/// Payload types with a fixed encoding (RFC 3551) that are read without an `a=rtpmap` line.
const STATIC: [u8; 11] = [0, 3, 8, 9, 10, 11, 14, 26, 31, 32, 34];

/// Video or sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaType {
    /// `m=video`.
    Video,
    /// `m=audio`.
    Audio,
}

/// How to read one stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaDescription {
    /// Video or sound.
    pub media: MediaType,
    /// Its payload type, 0 to 127.
    pub payload_type: u8,
    /// `a=` lines, without `a=` and the end of the line.
    attributes: Vec<String>,
}

impl MediaDescription {
    /// Finds the description of the stream with this payload type in SDP text; without one, the first stream of video
    /// or sound. The text may be a whole file or one section of it.
    ///
    /// # Errors
    /// [`RtpError::Description`] if there is none, if its codec is not read, or if the text is longer than
    /// [`MOST_TEXT_BYTES`].
    pub fn parse(text: &str, payload_type: Option<u8>) -> Result<Self, RtpError> {
        let wrong = |reason: String| Err(RtpError::Description(reason));
        if text.len() > MOST_TEXT_BYTES {
            return wrong(format!("it has more than {MOST_TEXT_BYTES} bytes"));
        }
        let mut found: Option<Self> = None;
        for line in text.lines().map(str::trim_end) {
            if let Some(media) = line.strip_prefix("m=") {
                if found.is_some() {
                    break;
                }
                found = Self::of_media_line(media, payload_type);
            } else if let (Some(found), Some(attribute)) = (&mut found, line.strip_prefix("a=")) {
                found.add(attribute);
            }
        }
        match (found, payload_type) {
            (Some(found), _) => found.checked(),
            (None, Some(wanted)) => wrong(format!("no m= line of video or audio has payload type {wanted}")),
            (None, None) => wrong("it has no m= line of video or audio over RTP".into()),
        }
    }

    /// Reads what follows `m=`; `None` if it is of something else.
    fn of_media_line(text: &str, wanted: Option<u8>) -> Option<Self> {
        let mut words = text.split_ascii_whitespace();
        let media = match words.next()? {
            "video" => MediaType::Video,
            "audio" => MediaType::Audio,
            _ => return None,
        };
        let (_port, protocol) = (words.next()?, words.next()?);
        if !protocol.split('/').any(|part| part == "RTP") {
            return None;
        }
        let mut types = words.filter_map(|word| word.parse().ok()).filter(|&number: &u8| number < 128);
        let payload_type = match wanted {
            Some(wanted) => types.find(|&number| number == wanted)?,
            None => types.next()?,
        };
        Some(Self { media, payload_type, attributes: Vec::new() })
    }

    /// Keeps an attribute that describes the codec.
    fn add(&mut self, attribute: &str) {
        let Some((name, value)) = attribute.split_once(':') else { return };
        let is_own = || {
            let number = value.split_ascii_whitespace().next().and_then(|word| word.parse().ok());
            number == Some(self.payload_type)
        };
        let is_kept = OF_MEDIA.contains(&name) || OF_PAYLOAD_TYPE.contains(&name) && is_own();
        if is_kept && attribute.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            self.attributes.push(attribute.to_owned());
        }
    }

    fn checked(self) -> Result<Self, RtpError> {
        match self.encoding() {
            Some(name) if !ENCODINGS.contains(&name.to_ascii_lowercase().as_str()) => {
                Err(RtpError::Description(format!("its codec {name:?} is not read")))
            }
            None if !STATIC.contains(&self.payload_type) => {
                let number = self.payload_type;
                Err(RtpError::Description(format!("it has no a=rtpmap line for payload type {number}")))
            }
            _ if self.file("", 0).len() > MOST_SDP_BYTES => Err(RtpError::Description(format!(
                "its codec parameters have more than {MOST_SDP_BYTES} bytes"
            ))),
            _ => Ok(self),
        }
    }

    /// The name of its encoding, such as `H264`; `None` for a payload type with a fixed one.
    #[must_use]
    pub fn encoding(&self) -> Option<&str> {
        self.rtpmap()?.split('/').next()
    }

    /// Ticks of its timestamps in a second, if it states them.
    #[must_use]
    pub fn clock_rate(&self) -> Option<u32> {
        self.rtpmap()?.split('/').nth(1)?.trim().parse().ok()
    }

    /// A parameter of the codec, from `a=fmtp`; empty for one without a value. Names are compared without case.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let value = self.attributes.iter().find_map(|attribute| attribute.strip_prefix("fmtp:"))?;
        let (_, parameters) = value.split_once(' ')?;
        parameters.split(';').find_map(|parameter| {
            let (key, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            key.trim().eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }

    /// What follows the payload type in `a=rtpmap`.
    fn rtpmap(&self) -> Option<&str> {
        let value = self.attributes.iter().find_map(|attribute| attribute.strip_prefix("rtpmap:"))?;
        value.split_once(' ').map(|(_, map)| map.trim())
    }

    /// The media section: `m=` and `a=` lines, each with CR and LF.
    #[must_use]
    pub fn section(&self, port: u16) -> String {
        let media = match self.media {
            MediaType::Video => "video",
            MediaType::Audio => "audio",
        };
        let mut text = format!("m={media} {port} RTP/AVP {}\r\n", self.payload_type);
        for attribute in &self.attributes {
            // Writing to a text does not fail.
            let _ = write!(text, "a={attribute}\r\n");
        }
        text
    }

    /// A whole file for this stream on 127.0.0.1, as players open it. `name` must be one line; an empty one becomes a
    /// dash.
    #[must_use]
    pub fn file(&self, name: &str, port: u16) -> String {
        let name: String = name.chars().filter(|letter| !letter.is_control()).collect();
        let name = if name.is_empty() { "-" } else { &name };
        let section = self.section(port);
        format!("v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns={name}\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n{section}")
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
        a=fmtp:97 packetization-mode=1\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AAAA\r\n\
        m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n";

    #[test]
    fn a_stream_is_found_by_its_payload_type_and_only_its_codec_is_kept() {
        let video = MediaDescription::parse(BROWSER, Some(97)).expect("it is described");
        assert_eq!(
            video.section(5004),
            "m=video 5004 RTP/AVP 97\r\na=rtpmap:97 H264/90000\r\na=fmtp:97 packetization-mode=1\r\n"
        );
        assert_eq!((video.encoding(), video.clock_rate()), (Some("H264"), Some(90_000)));
        let first = MediaDescription::parse(BROWSER, None).expect("it is described");
        assert_eq!((first.media, first.payload_type), (MediaType::Audio, 111));
        let again = MediaDescription::parse(&first.file("a\r\nb", 1), None).expect("it is described");
        assert_eq!(again, first);
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
            ("m=video 9 RTP/AVP 33", None, "no a=rtpmap"),
        ] {
            let error = MediaDescription::parse(text, payload_type).expect_err(text).to_string();
            assert!(error.contains(said), "{error}");
        }
        let long =
            format!("m=video 9 RTP/AVP 96\na=rtpmap:96 H264/90000\na=fmtp:96 x={}", "A".repeat(20_000));
        assert!(MediaDescription::parse(&long, None).is_err());
        assert!(MediaDescription::parse(&"x".repeat(MOST_TEXT_BYTES + 1), None).is_err());
    }
}
