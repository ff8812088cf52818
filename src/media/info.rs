//! What is known of a source once it is open.

use serde::Serialize;

use super::clock::UNKNOWN_FRAME_SECS;
use crate::picture::Shape;

/// What kind of thing a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A video stream.
    Video,
    /// One picture, whatever file it is in.
    Still,
    /// Made by arithmetic.
    Generated,
    /// The waveform of a sound stream.
    Sound,
}

/// How a decoded picture is mirrored, before it is turned, to give a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mirror {
    /// Left becomes right.
    Horizontally,
    /// Top becomes bottom.
    Vertically,
}

/// What the stream states of its colours, in FFmpeg's names (ITU-T H.273); `None` where it states nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct StatedColour {
    /// `tv` where luma spans 16 to 235, `pc` where it spans 0 to 255.
    pub range: Option<&'static str>,
    /// The weights of red, green and blue, such as `bt709`.
    pub matrix: Option<&'static str>,
    /// The transfer characteristics, such as `smpte2084`.
    pub transfer: Option<&'static str>,
    /// The primaries, such as `bt2020`.
    pub primaries: Option<&'static str>,
}

/// What is known of a source once it is open.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SourceInfo {
    /// The source as it was named.
    pub source: String,
    /// Video, still or generated.
    pub kind: Kind,
    /// Name of the container format, as FFmpeg calls it; the picture format for a still.
    pub container: String,
    /// Name of the codec, as FFmpeg calls it.
    pub codec: String,
    /// Pixel format as decoded, as FFmpeg calls it.
    pub pixel_format: String,
    /// Width of a frame in pixels, rotation applied.
    pub width: u32,
    /// Height of a frame in pixels, rotation applied.
    pub height: u32,
    /// Width of a pixel over its height, as numerator and denominator; 1, 1 where nothing is stated.
    pub sample_aspect_ratio: (u32, u32),
    /// Degrees, clockwise, by which the decoded picture is turned to give a frame: 0, 90, 180 or 270.
    pub rotation_degrees: u32,
    /// How the decoded picture is mirrored before it is turned; `None` where it is not.
    pub mirrored: Option<Mirror>,
    /// What the stream states of its colours.
    pub colour: StatedColour,
    /// Frames a second, on average; `None` where the container does not say and no index does, and for a still.
    pub frame_rate: Option<f64>,
    /// Seconds from frame 0 to the end of the last frame; an estimate until the source is indexed.
    pub duration_secs: Option<f64>,
    /// Number of frames; `None` until the source is indexed.
    pub frames: Option<u64>,
    /// Number of keyframes; `None` until the source is indexed.
    pub keyframes: Option<u64>,
    /// The video stands encrypted in the file and no content key was given: its frames have no pixels.
    #[serde(skip)]
    pub is_locked: bool,
}

impl SourceInfo {
    /// Pictures that FFmpeg does not decode, with square pixels and no stated colours: a single one, until the fields that
    /// say otherwise are changed.
    pub(super) fn of_pictures(
        source: String,
        [container, codec, pixel_format]: [String; 3],
        shape: Shape,
    ) -> Self {
        Self {
            source,
            kind: Kind::Still,
            container,
            codec,
            pixel_format,
            width: shape.width,
            height: shape.height,
            sample_aspect_ratio: (1, 1),
            rotation_degrees: 0,
            mirrored: None,
            colour: StatedColour::default(),
            frame_rate: None,
            duration_secs: Some(UNKNOWN_FRAME_SECS),
            frames: Some(1),
            keyframes: Some(1),
            is_locked: false,
        }
    }

    /// Width and height of a frame.
    #[must_use]
    pub const fn shape(&self) -> Shape {
        Shape::new(self.width, self.height)
    }
}
