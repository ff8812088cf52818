//! The units that a packet is made of, with their names.

use std::ops::Range;

use crate::media::codec::nal::{NalStream, Syntax};
use crate::media::codec::obu;

/// How the units of a stream's packets are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnitSyntax {
    /// NAL units of H.264 or HEVC.
    Nal(NalStream),
    /// Open bitstream units of AV1.
    Obu,
}

/// A NAL unit or an OBU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PacketUnit {
    /// Its type in a word or two.
    pub kind: &'static str,
    /// Its bytes within the packet, from its header on.
    pub range: Range<usize>,
}

impl UnitSyntax {
    /// The units of a codec, by FFmpeg's name of it; `None` for a codec without units, and if its extra data is damaged.
    #[must_use]
    pub fn of(codec: &str, extradata: &[u8]) -> Option<Self> {
        match Syntax::of(codec) {
            Some(syntax) => NalStream::read(syntax, extradata).ok().map(Self::Nal),
            None => (codec == "av1").then_some(Self::Obu),
        }
    }

    /// What the units are called, one or several.
    #[must_use]
    pub const fn name(self, is_one: bool) -> &'static str {
        match (self, is_one) {
            (Self::Nal(_), true) => "NAL unit",
            (Self::Nal(_), false) => "NAL units",
            (Self::Obu, true) => "OBU",
            (Self::Obu, false) => "OBUs",
        }
    }

    /// The units of a packet in order, up to the first that is damaged.
    #[must_use]
    pub fn units(self, packet: &[u8]) -> Vec<PacketUnit> {
        match self {
            Self::Nal(stream) => {
                let unit = |range: Range<usize>| {
                    let unit_type = stream.syntax.unit_type(packet[range.start]);
                    PacketUnit { kind: unit_name(stream.syntax, unit_type), range }
                };
                stream.units(packet).map_while(Result::ok).map(unit).collect()
            }
            Self::Obu => {
                let unit = |unit: obu::Obu| PacketUnit { kind: obu_name(unit.obu_type), range: unit.range };
                obu::units(packet).map_while(Result::ok).map(unit).collect()
            }
        }
    }
}

/// The name of a NAL unit type (tables 7-1 of ITU-T H.264 and H.265).
pub(super) const fn unit_name(syntax: Syntax, unit_type: u8) -> &'static str {
    match (syntax, unit_type) {
        (Syntax::H264, 5) | (Syntax::Hevc, 16..=23) => "key slice",
        (Syntax::H264, 2..=4) => "data partition",
        (Syntax::H264, 1) | (Syntax::Hevc, 0..=15) => "slice",
        (Syntax::H264, 6) | (Syntax::Hevc, 39 | 40) => "SEI",
        (Syntax::Hevc, 32) => "VPS",
        (Syntax::H264, 7) | (Syntax::Hevc, 33) => "SPS",
        (Syntax::H264, 8) | (Syntax::Hevc, 34) => "PPS",
        (Syntax::H264, 9) | (Syntax::Hevc, 35) => "delimiter",
        (Syntax::H264, 10 | 11) | (Syntax::Hevc, 36 | 37) => "end",
        (Syntax::H264, 12) | (Syntax::Hevc, 38) => "filler",
        (Syntax::H264, 14) => "prefix",
        (Syntax::H264, 13 | 15) => "SPS extension",
        (Syntax::H264, 19..=21) => "slice extension",
        _ => "NAL unit",
    }
}

/// True for units that hold no part of a picture, by their [`unit_name`] or [`obu_name`].
pub(super) fn holds_no_picture(kind: &str) -> bool {
    let is_slice = kind.contains("slice") || kind == "data partition";
    let is_frame =
        matches!(kind, "frame" | "frame header" | "redundant frame header" | "tile group" | "tile list");
    !is_slice && !is_frame && !matches!(kind, "packet" | "sample" | "interval")
}

/// The name of an OBU type (AV1 specification, 6.2.2).
pub(super) const fn obu_name(obu_type: u8) -> &'static str {
    match obu_type {
        1 => "sequence header",
        2 => "temporal delimiter",
        3 => "frame header",
        4 => "tile group",
        5 => "metadata",
        6 => "frame",
        7 => "redundant frame header",
        8 => "tile list",
        15 => "padding",
        _ => "OBU",
    }
}
