//! Targets: the part of a source that is encrypted.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::media::{ChosenStream, Encoding, MessageUnit, Source, StreamChoice};
use crate::text::suggest;

/// The part of a source that is encrypted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Target {
    /// The decoded pixels of each frame.
    #[default]
    Pixels,
    /// The file as it is.
    File,
    /// Each packet of a stream.
    Packets,
    /// Each NAL unit or OBU without its header.
    Nal,
    /// The data of each slice.
    Slices,
    /// Samples in Common Encryption, scheme `cenc`.
    Cenc,
    /// Samples in Common Encryption, scheme `cbcs`.
    Cbcs,
    /// Decoded sound, 20 ms at a time.
    Samples,
}

impl Target {
    /// All targets, the default first.
    pub const ALL: [Self; 8] = [
        Self::Pixels,
        Self::File,
        Self::Packets,
        Self::Nal,
        Self::Slices,
        Self::Cenc,
        Self::Cbcs,
        Self::Samples,
    ];

    /// The name on the command line and in a scene.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pixels => "pixels",
            Self::File => "file",
            Self::Packets => "packets",
            Self::Nal => "nal",
            Self::Slices => "slices",
            Self::Cenc => "cenc",
            Self::Cbcs => "cbcs",
            Self::Samples => "samples",
        }
    }

    /// A line for menus and help on what is encrypted.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::Pixels => "the decoded pixels of each frame",
            Self::File => "the file as it is, headers included",
            Self::Packets => "each packet as the encoder wrote it",
            Self::Nal => "each NAL unit (H.264, HEVC) or OBU (AV1); its header stays clear",
            Self::Slices => "the data of each slice (H.264, ProRes, JPEG); all headers stay clear",
            Self::Cenc => "Common Encryption with AES-CTR, as in encrypted MP4; slice headers stay clear",
            Self::Cbcs => {
                "Common Encryption with AES-CBC, one block in ten under a constant IV; slice headers stay clear"
            }
            Self::Samples => "decoded sound, 20 ms a message",
        }
    }

    /// What is encrypted, as it follows the name of a scheme and `of`: `packets`, `the file`.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Pixels => "pixels",
            Self::File => "the file",
            Self::Packets => "packets",
            Self::Nal => "NAL units",
            Self::Slices => "slices",
            Self::Cenc => "cenc samples",
            Self::Cbcs => "cbcs samples",
            Self::Samples => "decoded sound",
        }
    }

    /// True for the default, which scene files leave out.
    #[must_use]
    pub fn is_pixels(&self) -> bool {
        *self == Self::Pixels
    }

    /// True if its messages are made from the packets of a stream.
    #[must_use]
    pub const fn is_of_packets(self) -> bool {
        matches!(self, Self::Packets | Self::Nal | Self::Slices | Self::Cenc | Self::Cbcs)
    }
}

impl Target {
    /// What a message of a stream is made of.
    #[must_use]
    pub const fn unit(self) -> MessageUnit {
        if matches!(self, Self::Samples) { MessageUnit::Samples } else { MessageUnit::Packet }
    }

    /// True if sound can be encrypted, so that a file without video is a source.
    #[must_use]
    pub const fn takes_sound(self) -> bool {
        matches!(self, Self::File | Self::Packets | Self::Cenc | Self::Cbcs | Self::Samples)
    }

    /// The source of the frames that are shown: if the sound of a file is encrypted, its waveform.
    #[must_use]
    pub fn footage(self, source: &Source, stream: Option<StreamChoice>) -> Source {
        match source {
            Source::File(_) | Source::Keyed(_)
                if self.takes_sound() && !matches!(stream, Some(StreamChoice::Video(_))) =>
            {
                let (file, unit) = (Box::new(source.clone()), self.unit());
                Source::Stream(ChosenStream { file, choice: stream, unit })
            }
            // The stream is chosen when the capture is opened.
            Source::Capture(_) if self.takes_sound() => {
                let (file, unit) = (Box::new(source.clone()), self.unit());
                Source::Stream(ChosenStream { file, choice: None, unit })
            }
            source => source.clone(),
        }
    }
}

/// A target, and the stream that its messages are made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct TargetStream {
    /// What is encrypted.
    pub target: Target,
    /// The stream; `None` for the one that [`chosen`](crate::media::chosen) finds, and for pixels and files.
    pub stream: Option<StreamChoice>,
    /// How the source is encoded anew before; `None` for the packets of the source itself, and for targets that are not
    /// made of packets.
    pub encoding: Option<Encoding>,
}

impl TargetStream {
    /// A target with a stream, which is left out where the target is not made of one.
    #[must_use]
    pub fn of(target: Target, stream: Option<StreamChoice>) -> Self {
        let is_of_stream = !matches!(target, Target::Pixels | Target::File);
        Self { target, stream: stream.filter(|_| is_of_stream), encoding: None }
    }

    /// The same target of a source that is encoded anew before. Left out where the target is not made of packets.
    #[must_use]
    pub fn encoded(self, encoding: Option<Encoding>) -> Self {
        Self { encoding: encoding.filter(|_| self.target.is_of_packets()), ..self }
    }
}

impl fmt::Display for TargetStream {
    /// `packets`, `packets of a:0`, or `packets, encoded anew with mpeg4`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.stream {
            Some(stream) => write!(f, "{} of {stream}", self.target)?,
            None => self.target.fmt(f)?,
        }
        self.encoding.map_or(Ok(()), |encoding| write!(f, ", encoded anew with {}", encoding.encoder()))
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A name of no target.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no target {0:?}{suggestion}; choose one of {names}",
    suggestion = suggest::hint(.0, Target::ALL.iter().map(|target| target.name())),
    names = Target::ALL.map(Target::name).join(", ")
)]
pub struct UnknownTarget(pub String);

impl FromStr for Target {
    type Err = UnknownTarget;

    fn from_str(name: &str) -> Result<Self, UnknownTarget> {
        Self::ALL.into_iter().find(|target| target.name() == name).ok_or_else(|| UnknownTarget(name.into()))
    }
}

impl Serialize for Target {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Target {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_parsed_from_their_names() {
        for target in Target::ALL {
            assert_eq!(target.to_string().parse(), Ok(target));
        }
        let error = "packet".parse::<Target>().expect_err("no such target").to_string();
        assert!(error.contains("did you mean packets?") && error.contains("cbcs"), "{error}");
    }
}
