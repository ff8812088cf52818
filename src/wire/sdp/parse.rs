//! Reads a description.

use std::net::IpAddr;
use std::str::FromStr;

use super::{
    CryptoError, Format, MOST_BYTES, MOST_MEDIA, MOST_SOURCES, Media, NamedSource, SdpError, Session,
};

/// The payload types whose formats need no `a=rtpmap` (RFC 3551, section 6): encoding, clock rate, channels.
const STATIC: [(u8, &str, u32, u16); 18] = [
    (0, "PCMU", 8000, 1),
    (3, "GSM", 8000, 1),
    (4, "G723", 8000, 1),
    (5, "DVI4", 8000, 1),
    (6, "DVI4", 16000, 1),
    (8, "PCMA", 8000, 1),
    (9, "G722", 8000, 1),
    (10, "L16", 44100, 2),
    (11, "L16", 44100, 1),
    (12, "QCELP", 8000, 1),
    (13, "CN", 8000, 1),
    (14, "MPA", 90000, 1),
    (18, "G729", 8000, 1),
    (26, "JPEG", 90000, 1),
    (31, "H261", 90000, 1),
    (32, "MPV", 90000, 1),
    (33, "MP2T", 90000, 1),
    (34, "H263", 90000, 1),
];

/// A description in the making.
#[derive(Default)]
struct Parser {
    session: Session,
    /// The address that holds for media without their own.
    address: Option<IpAddr>,
    /// The first `a=crypto` line of the current medium that cannot be used.
    refused: Option<(usize, CryptoError)>,
}

impl FromStr for Session {
    type Err = SdpError;

    fn from_str(text: &str) -> Result<Self, SdpError> {
        if text.len() > MOST_BYTES {
            return Err(SdpError::TooLong(text.len()));
        }
        let mut parser = Parser::default();
        for (line, text) in (1..).zip(text.lines()) {
            let text = text.trim_end();
            if let Some(value) = text.strip_prefix("m=") {
                parser.end_media()?;
                parser.media(line, value)?;
            } else if let Some(value) = text.strip_prefix("c=") {
                parser.connection(line, value)?;
            } else if let Some(value) = text.strip_prefix("a=rtpmap:") {
                parser.rtpmap(line, value)?;
            } else if let Some(value) = text.strip_prefix("a=fmtp:") {
                parser.fmtp(line, value)?;
            } else if let Some(value) = text.strip_prefix("a=ssrc:") {
                parser.source(line, value)?;
            } else if let Some(value) = text.strip_prefix("s=") {
                // A session without a name has a dash.
                Some(value.trim())
                    .filter(|name| *name != "-")
                    .unwrap_or_default()
                    .clone_into(&mut parser.session.name);
            } else if let Some(value) = text.strip_prefix("a=crypto:") {
                parser.crypto(line, value);
            }
        }
        parser.end_media()?;
        if parser.session.media.is_empty() { Err(SdpError::NoMedia) } else { Ok(parser.session) }
    }
}

impl Parser {
    /// `m=video 5004 RTP/AVP 96 97`. A port may have a count after a slash.
    fn media(&mut self, line: usize, value: &str) -> Result<(), SdpError> {
        let what = "an m= line is `m=video PORT RTP/AVP PAYLOAD-TYPE`, with a port up to 65535";
        let error = SdpError::Line { line, what };
        if self.session.media.len() == MOST_MEDIA {
            return Err(SdpError::TooManyMedia { line });
        }
        let mut words = value.split_ascii_whitespace();
        let (Some(kind), Some(port), Some(profile)) = (words.next(), words.next(), words.next()) else {
            return Err(error);
        };
        let port = port.split('/').next().and_then(|port| port.parse().ok()).ok_or(error)?;
        // Media that are no RTP have formats that are no numbers.
        let mut formats: Vec<Format> = Vec::new();
        for payload_type in words.filter_map(|word| word.parse().ok()).filter(|&kind| kind < 128) {
            if formats.iter().all(|format| format.payload_type != payload_type) {
                formats.push(Format::of(payload_type));
            }
        }
        let (kind, profile, address) = (kind.to_owned(), profile.to_owned(), self.address);
        self.session.media.push(Media {
            kind,
            address,
            port,
            profile,
            formats,
            sources: Vec::new(),
            crypto: None,
        });
        Ok(())
    }

    /// `c=IN IP4 192.0.2.1`. An address may have a time to live after a slash; a host's name gives no address.
    fn connection(&mut self, line: usize, value: &str) -> Result<(), SdpError> {
        let address = value.split_ascii_whitespace().nth(2);
        let what = "a c= line is `c=IN IP4 ADDRESS` or `c=IN IP6 ADDRESS`";
        let address = address.ok_or(SdpError::Line { line, what })?;
        let address = address.split('/').next().and_then(|address| address.parse().ok());
        match self.session.media.last_mut() {
            Some(media) => media.address = address,
            None => self.address = address,
        }
        Ok(())
    }

    /// `a=rtpmap:96 H264/90000` or `a=rtpmap:97 opus/48000/2`.
    fn rtpmap(&mut self, line: usize, value: &str) -> Result<(), SdpError> {
        let what =
            "an a=rtpmap line is `a=rtpmap:PAYLOAD-TYPE ENCODING/CLOCK-RATE`, with a clock rate above 0";
        let error = SdpError::Line { line, what };
        let (payload_type, map) = value.split_once(' ').ok_or(error.clone())?;
        let payload_type = payload_type.parse().map_err(|_| error.clone())?;
        let mapped = Format::of_map(payload_type, map).ok_or(error)?;
        if let Some(format) = self.format(payload_type) {
            *format = Format { parameters: format.parameters.take(), ..mapped };
        }
        Ok(())
    }

    /// `a=fmtp:96 packetization-mode=1`.
    fn fmtp(&mut self, line: usize, value: &str) -> Result<(), SdpError> {
        let what = "an a=fmtp line is `a=fmtp:PAYLOAD-TYPE PARAMETERS`";
        let (payload_type, parameters) = value.split_once(' ').ok_or(SdpError::Line { line, what })?;
        let payload_type = payload_type.parse().map_err(|_| SdpError::Line { line, what })?;
        if let Some(format) = self.format(payload_type) {
            format.parameters = Some(parameters.trim().to_owned());
        }
        Ok(())
    }

    /// `a=ssrc:40000 cname:alice`. Each line has one attribute of a source.
    fn source(&mut self, line: usize, value: &str) -> Result<(), SdpError> {
        let what = "an a=ssrc line is `a=ssrc:NUMBER ATTRIBUTE`";
        let (ssrc, attribute) = value.split_once(' ').unwrap_or((value, ""));
        let ssrc = ssrc.parse().map_err(|_| SdpError::Line { line, what })?;
        let Some(media) = self.session.media.last_mut() else { return Ok(()) };
        let known = media.sources.iter().position(|source| source.ssrc == ssrc);
        if known.is_none() && media.sources.len() < MOST_SOURCES {
            media.sources.push(NamedSource { ssrc, cname: None });
        }
        let source = media.sources.iter_mut().find(|source| source.ssrc == ssrc);
        if let (Some(source), Some(name)) = (source, attribute.trim().strip_prefix("cname:")) {
            source.cname = Some(name.to_owned());
        }
        Ok(())
    }

    /// Keeps the first key of a medium that can be used.
    fn crypto(&mut self, line: usize, value: &str) {
        let Some(media) = self.session.media.last_mut().filter(|media| media.crypto.is_none()) else {
            return;
        };
        match value.parse() {
            Ok(crypto) => media.crypto = Some(crypto),
            Err(error) => self.refused = self.refused.take().or(Some((line, error))),
        }
    }

    /// Refuses a medium with keys none of which can be used.
    fn end_media(&mut self) -> Result<(), SdpError> {
        let refused = self.refused.take();
        let has_key = self.session.media.last().is_some_and(|media| media.crypto.is_some());
        match refused {
            Some((line, source)) if !has_key => Err(SdpError::Crypto { line, source }),
            _ => Ok(()),
        }
    }

    fn format(&mut self, payload_type: u8) -> Option<&mut Format> {
        let media = self.session.media.last_mut()?;
        media.formats.iter_mut().find(|format| format.payload_type == payload_type)
    }
}

impl Format {
    /// The format that `a=rtpmap` states after the payload type: `H264/90000` or `opus/48000/2`. `None` for another form.
    #[must_use]
    pub fn of_map(payload_type: u8, map: &str) -> Option<Self> {
        let mut parts = map.trim().split('/');
        let encoding = parts.next().filter(|encoding| !encoding.is_empty())?.to_owned();
        let clock_rate = parts.next().and_then(|rate| rate.parse().ok()).filter(|&rate| rate > 0)?;
        let channels = parts.next().and_then(|channels| channels.parse().ok()).unwrap_or(1);
        Some(Self { payload_type, encoding, clock_rate, channels, parameters: None })
    }

    /// What follows the payload type in `a=rtpmap`: `H264/90000`, `opus/48000/2`.
    #[must_use]
    pub fn map(&self) -> String {
        let channels = if self.channels > 1 { format!("/{}", self.channels) } else { String::new() };
        format!("{}/{}{channels}", self.encoding, self.clock_rate)
    }

    /// The format of a payload type that RFC 3551 fixes; `None` for a dynamic one.
    #[must_use]
    pub fn fixed(payload_type: u8) -> Option<Self> {
        Some(Self::of(payload_type)).filter(|format| !format.encoding.is_empty())
    }

    /// The format of a payload type that has no `a=rtpmap` (yet).
    fn of(payload_type: u8) -> Self {
        let known = STATIC.iter().find(|(kind, ..)| *kind == payload_type);
        let (_, encoding, clock_rate, channels) = known.copied().unwrap_or((payload_type, "", 90000, 1));
        Self { payload_type, encoding: encoding.to_owned(), clock_rate, channels, parameters: None }
    }
}
