//! Chooses a stream of a file, like FFmpeg's stream specifiers.

use std::fmt;
use std::str::FromStr;

use super::info::{StreamInfo, StreamKind};

/// The choice of a stream: the n-th video, the n-th sound, or its number in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StreamChoice {
    /// `v:N`, from 0.
    Video(usize),
    /// `a:N`, from 0.
    Audio(usize),
    /// `N`, from 0.
    Number(usize),
}

impl StreamChoice {
    /// The first video.
    pub const VIDEO: Self = Self::Video(0);
    /// The first sound.
    pub const AUDIO: Self = Self::Audio(0);

    /// The chosen stream among those of a file.
    #[must_use]
    pub fn find(self, streams: &[StreamInfo]) -> Option<&StreamInfo> {
        let of = |kind, n| streams.iter().filter(move |stream| stream.kind == kind).nth(n);
        match self {
            Self::Video(n) => of(StreamKind::Video, n),
            Self::Audio(n) => of(StreamKind::Audio, n),
            Self::Number(n) => streams.get(n),
        }
    }
}

/// What a message of a stream is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MessageUnit {
    /// A packet.
    Packet,
    /// 20 ms of decoded sound.
    Samples,
}

/// The stream that is encrypted. The default for packets is the first video, or the first sound of a file without
/// video; the default for samples is the first sound.
///
/// # Errors
/// The choice, if no stream matches it.
pub fn chosen(
    choice: Option<StreamChoice>,
    unit: MessageUnit,
    streams: &[StreamInfo],
) -> Result<&StreamInfo, StreamChoice> {
    match (choice, first_video(streams)) {
        (None, Some(video)) if unit == MessageUnit::Packet => Ok(video),
        (choice, _) => {
            let choice = choice.unwrap_or(StreamChoice::AUDIO);
            choice.find(streams).ok_or(choice)
        }
    }
}

/// True if a stream is a video. Cover art of a sound file does not count.
#[must_use]
pub fn has_video(streams: &[StreamInfo]) -> bool {
    first_video(streams).is_some()
}

fn first_video(streams: &[StreamInfo]) -> Option<&StreamInfo> {
    streams.iter().find(|stream| stream.kind == StreamKind::Video && !stream.is_cover)
}

impl fmt::Display for StreamChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Video(n) => write!(f, "v:{n}"),
            Self::Audio(n) => write!(f, "a:{n}"),
            Self::Number(n) => write!(f, "{n}"),
        }
    }
}

/// A text that is no choice of a stream.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is not a stream; give v:0 for the first video, a:0 for the first sound, or the number of a stream in the file"
)]
pub struct UnknownStream(String);

impl FromStr for StreamChoice {
    type Err = UnknownStream;

    fn from_str(text: &str) -> Result<Self, UnknownStream> {
        let number = |digits: &str| {
            let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
            is_number.then(|| digits.parse().ok()).flatten().ok_or_else(|| UnknownStream(text.into()))
        };
        match text.split_once(':') {
            Some(("v", n)) => Ok(Self::Video(number(n)?)),
            Some(("a", n)) => Ok(Self::Audio(number(n)?)),
            Some(_) => Err(UnknownStream(text.into())),
            None if matches!(text, "v" | "a") => Ok(if text == "v" { Self::VIDEO } else { Self::AUDIO }),
            None => Ok(Self::Number(number(text)?)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::TimeBase;

    /// Streams of these kinds; those marked are covers.
    fn streams(kinds: &[(StreamKind, bool)]) -> Vec<StreamInfo> {
        let stream = |(index, &(kind, is_cover))| StreamInfo {
            index,
            kind,
            codec: String::new(),
            shape: None,
            orientation: None,
            time_base: TimeBase { numerator: 1, denominator: 1 },
            extradata: Vec::new(),
            is_cover,
            is_encrypted: false,
        };
        kinds.iter().enumerate().map(stream).collect()
    }

    #[test]
    fn streams_are_found_by_kind_or_number() {
        let kinds = [StreamKind::Audio, StreamKind::Video, StreamKind::Other, StreamKind::Audio];
        let streams = streams(&kinds.map(|kind| (kind, false)));
        for (text, index) in
            [("v:0", Some(1)), ("v", Some(1)), ("a:1", Some(3)), ("2", Some(2)), ("v:1", None), ("9", None)]
        {
            let choice: StreamChoice = text.parse().expect(text);
            assert_eq!(choice.find(&streams).map(|stream| stream.index), index, "{text}");
        }
        for wrong in ["", "s:0", "v:", "v:-1", "a:x", "+1"] {
            assert!(wrong.parse::<StreamChoice>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_cover_of_a_sound_file_is_not_its_default() {
        let album = streams(&[(StreamKind::Video, true), (StreamKind::Audio, false)]);
        let film = streams(&[(StreamKind::Audio, false), (StreamKind::Video, false)]);
        let of =
            |choice, unit, streams: &[StreamInfo]| chosen(choice, unit, streams).map(|stream| stream.index);
        assert_eq!(of(None, MessageUnit::Packet, &album), Ok(1));
        assert_eq!(of(Some(StreamChoice::VIDEO), MessageUnit::Packet, &album), Ok(0));
        assert_eq!(of(None, MessageUnit::Packet, &film), Ok(1));
        assert_eq!(of(Some(StreamChoice::AUDIO), MessageUnit::Packet, &film), Ok(0));
        assert_eq!(of(None, MessageUnit::Samples, &film), Ok(0));
        assert_eq!(of(None, MessageUnit::Samples, &film[1..]), Err(StreamChoice::AUDIO));
    }
}
