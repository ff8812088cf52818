//! Ready-made comparisons: panels that are worth seeing side by side.

use crate::crypto::Scheme;
use crate::lens::{Flip, Lens, Splice, Tampering};
use crate::media;
use crate::picture::Shape;
use crate::picture::layout::{BLOCK_BYTES, Layout};
use crate::play::Status;
use crate::scene::{Panel, PanelTarget, Scene};

/// The most panels.
pub const MOST_PANELS: usize = 12;

/// A ready-made comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// What the window starts with.
    Start,
    /// The original, ECB, and a secure mode.
    Classic,
    /// ECB through the lenses that find most.
    Microscope,
    /// Secure modes with a fresh nonce for every frame.
    UsedRight,
    /// The same modes with a nonce, IV or tweak used again.
    Misused,
    /// What receivers see of tampered messages.
    Tampered,
    /// What one known picture gives away of the others.
    KnownPictures,
    /// What follows from one known picture by way of neighbours.
    TrueColours,
    /// The same frames raw and as encoders write them.
    RawBesideEncoded,
    /// The sizes of slices, which no cipher hides.
    UnderAnyCipher,
    /// One scheme through every lens.
    EveryLens,
}

/// The format of the frames, on which the panels of a comparison depend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameFormat {
    /// How the bytes stand for pixels.
    pub layout: Layout,
    /// Width and height of the frames.
    pub shape: Shape,
}

impl FrameFormat {
    /// The format of a scene's frames; that of the demo before the source is known.
    #[must_use]
    pub fn of(scene: &Scene, status: &Status) -> Self {
        let shape = status.info.as_ref().map_or(Shape::new(1280, 720), |info| info.shape());
        Self { layout: scene.layout, shape }
    }

    /// Flips the highest bit of a green sample in the middle of the picture: a change that is easy to see.
    fn flipped(self) -> Tampering {
        let Shape { width, height } = self.shape;
        let block = self.layout.block_at(self.shape, width / 2, height / 2);
        let byte = block.map_or(0, |block| block * BLOCK_BYTES + 1);
        Tampering::UNTOUCHED.flipping(Some(Flip { byte, bit: 7 }))
    }

    /// Copies a rectangle at the left of the picture to the right of its middle. Both begin at the edge of a block,
    /// where the picture is wide enough.
    fn copied(self) -> Tampering {
        let Shape { width, height } = self.shape;
        let aligned = |pixels: u32| if width >= 128 { pixels / 16 * 16 } else { pixels };
        let [wide, high] = [aligned(width / 4), height / 4].map(|side| side.max(1));
        let to = [aligned(width / 2), height / 4, wide, high];
        let from = [aligned(width / 8), height / 4];
        Tampering::UNTOUCHED.splicing(Some(Splice { to, from, frame: None }))
    }
}

impl Preset {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Self; 11] = [
        Self::Start,
        Self::Classic,
        Self::Microscope,
        Self::UsedRight,
        Self::Misused,
        Self::Tampered,
        Self::KnownPictures,
        Self::TrueColours,
        Self::RawBesideEncoded,
        Self::UnderAnyCipher,
        Self::EveryLens,
    ];

    /// Its name in the menu.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Start => "First look",
            Self::Classic => "Classic trio",
            Self::Microscope => "ECB under the microscope",
            Self::UsedRight => "Safe modes used right",
            Self::Misused => "Safe modes misused",
            Self::Tampered => "Tampered with on the way",
            Self::KnownPictures => "One known picture",
            Self::TrueColours => "True colours",
            Self::RawBesideEncoded => "Raw beside encoded",
            Self::UnderAnyCipher => "Under any cipher",
            Self::EveryLens => "One scheme through every lens",
        }
    }

    /// What it shows, in a few words; `scheme` is that of "every lens".
    #[must_use]
    pub fn shows(self, scheme: Scheme) -> String {
        let shows = match self {
            Self::EveryLens => {
                return format!("everything that can be made of {}", scheme.title());
            }
            Self::Start => "the original, ECB and the shading in it, GCM",
            Self::Classic => "the original, ECB, GCM",
            Self::Microscope => "what equal blocks give away: repeats, outlines, shading, movement",
            Self::UsedRight => "CBC, CTR, GCM, XTS, ChaCha20: noise in every frame",
            Self::Misused => "a nonce, IV or tweak used again gives away what stays the same",
            Self::Tampered => "what receivers see of changed messages, and which notice it",
            Self::KnownPictures => "what frame 0, if it is known, gives away of the others",
            Self::TrueColours => {
                "what follows from frame 0, exact and estimated; try it on the animated film (demo:film)"
            }
            Self::RawBesideEncoded => {
                "what repeats in pixels, in a screen codec and in a call; slices and sizes"
            }
            Self::UnderAnyCipher => "the sizes of slices draw the picture, and no cipher hides them",
        };
        shows.into()
    }

    /// Its panels; `scheme` is that of "every lens".
    #[must_use]
    pub fn panels(self, scheme: Scheme, format: FrameFormat) -> Vec<Panel> {
        match self {
            Self::Start => Panel::defaults(),
            Self::Classic => named(&["plain", "aes-128-ecb", "aes-128-gcm"]),
            Self::Microscope => named(&[
                "plain",
                "aes-128-ecb",
                "aes-128-ecb:repeats",
                "aes-128-ecb:outline",
                "aes-128-ecb:tone",
                "aes-128-ecb:motion",
            ]),
            Self::UsedRight => named(&[
                "plain",
                "aes-128-cbc",
                "aes-128-ctr",
                "aes-128-gcm",
                "aes-128-xts",
                "chacha20-poly1305",
            ]),
            Self::Misused => named(&[
                "plain",
                "aes-128-cbc+fixed-iv:motion",
                // The brightness of the lessons: a projector shows no darker differences.
                "aes-128-ctr+reused-nonce:difference,gain=8",
                "aes-128-gcm+reused-nonce:difference,gain=8",
                "aes-128-xts+fixed-tweak:motion",
                "chacha20-poly1305+reused-nonce:difference,gain=8",
            ]),
            Self::Tampered => {
                let received = |name: &str, tampering| {
                    let scheme = name.parse().ok()?;
                    Some(Panel::through(scheme, Lens::Received(tampering)))
                };
                let tampered = [
                    ("aes-128-ecb", format.copied()),
                    ("aes-128-ctr", format.flipped()),
                    ("aes-128-cbc", format.flipped()),
                    ("aes-128-gcm", format.flipped()),
                    ("aes-128-gcm+reused-nonce", Tampering::NONE),
                ];
                let panels = tampered.into_iter().filter_map(|(name, tampering)| received(name, tampering));
                std::iter::once(Panel::Plain).chain(panels).collect()
            }
            Self::TrueColours => named(&[
                "plain",
                "aes-128-ecb:codebook,known=0-0",
                "aes-128-ecb:tone",
                "aes-128-ecb:tint,known=0-0",
            ]),
            Self::KnownPictures => named(&[
                "plain",
                "aes-128-ecb",
                "aes-128-ecb:tone",
                "aes-128-ecb:codebook,known=0-0",
                "aes-128-ctr+reused-nonce:codebook,known=0-0",
                "aes-128-gcm:codebook,known=0-0",
            ]),
            Self::RawBesideEncoded => encoded(&[
                ("plain", None),
                ("aes-128-ecb:repeats,target=pixels", None),
                ("aes-128-ecb:repeats,target=packets", Some("screen")),
                ("aes-128-ecb:repeats,target=packets", Some("call")),
                ("aes-128-gcm:footprint,target=slices", Some("production")),
                ("aes-128-gcm:sizes,target=packets", Some("call")),
            ]),
            Self::UnderAnyCipher => encoded(&[
                ("plain", None),
                ("aes-128-gcm,target=slices", Some("production")),
                ("aes-128-gcm:footprint,target=slices", Some("production")),
                ("aes-128-gcm:footprint,change=yes,target=slices", Some("production")),
                // The samples of an encrypted MP4 that this program writes, which is a file to look at with the scheme own.
                ("aes-128-ctr:player,target=cenc", Some(SMALL_SLICES)),
                ("aes-128-ctr:footprint,target=cenc", Some(SMALL_SLICES)),
            ]),
            Self::EveryLens => {
                let lenses = Lens::ALL.iter().filter(|lens| lens.suits(true));
                let lenses = lenses.map(|&lens| Panel::through(scheme, lens));
                std::iter::once(Panel::Plain).chain(lenses).take(MOST_PANELS).collect()
            }
        }
    }
}

/// H.264 in slices of four macroblocks.
const SMALL_SLICES: &str = "libx264,preset=veryfast,x264-params=slice-max-mbs=4";

/// Parses panels, each with the name of an encoding, or an encoder with its options; those for which the linked FFmpeg has no encoder are
/// left out.
fn encoded(panels: &[(&str, Option<&str>)]) -> Vec<Panel> {
    let panel = |&(name, encoding): &(&str, Option<&str>)| {
        let panel = name.parse::<Panel>().ok()?;
        let Some(encoding) = encoding else { return Some(panel) };
        let encoding = media::named_encoding(encoding).ok()?;
        Some(panel.with_target(PanelTarget { encoding: Some(encoding), ..panel.own_target() }))
    };
    panels.iter().filter_map(panel).collect()
}

/// Parses panels; unknown ones are left out.
fn named(names: &[&str]) -> Vec<Panel> {
    names.iter().filter_map(|name| name.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CANVAS: FrameFormat = FrameFormat { layout: Layout::RGBA32, shape: Shape::new(1280, 720) };

    #[test]
    fn every_preset_has_known_panels_and_not_too_many() {
        let scheme: Scheme = "aes-256-ctr".parse().expect("a scheme");
        for (preset, count) in Preset::ALL.into_iter().zip([4, 3, 6, 6, 6, 6, 6, 4, 6, 6, 11]) {
            let panels = preset.panels(scheme, CANVAS);
            assert_eq!(panels.len(), count.min(MOST_PANELS), "{preset:?}");
            assert_eq!(panels[0], Panel::Plain, "{preset:?} starts with what is hidden");
            for panel in panels {
                assert_eq!(panel.to_string().parse::<Panel>().ok(), Some(panel), "{preset:?}");
            }
        }
        let every = Preset::EveryLens.panels(scheme, CANVAS);
        assert!(every[1..].iter().all(|panel| panel.scheme() == Some(scheme)));
    }

    #[test]
    fn presets_of_safe_modes_have_no_misuse_and_presets_of_misused_modes_have_one() {
        let scheme: Scheme = "aes-128-ecb".parse().expect("a scheme");
        let habits = |preset: Preset| -> Vec<bool> {
            let schemes = preset.panels(scheme, CANVAS).into_iter().filter_map(Panel::scheme);
            schemes.map(|scheme| scheme.habit().is_some()).collect()
        };
        assert_eq!(habits(Preset::UsedRight), [false; 5]);
        assert_eq!(habits(Preset::Misused), [true; 5]);
    }

    #[test]
    fn the_tampering_of_a_preset_lies_within_frames_of_every_size_and_layout() {
        for layout in [Layout::RGBA32, Layout::RGB24, Layout::GRAY8, Layout::YUV420P] {
            for shape in [[1280, 720], [460, 134], [63, 35], [16, 16], [3, 5], [1, 1]] {
                let shape = Shape::new(shape[0], shape[1]);
                let format = FrameFormat { layout, shape };
                let flip = format.flipped().flip().expect("a bit is flipped");
                assert!(flip.byte < layout.frame_bytes(shape), "{layout} {shape:?}: {flip:?}");
                let Splice { to: [x, y, width, height], from: [from_x, from_y], .. } =
                    format.copied().splice().expect("a piece is copied");
                for (start, length, side) in [
                    (x, width, shape.width),
                    (from_x, width, shape.width),
                    (y, height, shape.height),
                    (from_y, height, shape.height),
                ] {
                    assert!(length > 0 && start + length <= side, "{layout} {shape:?}");
                }
            }
        }
        let centre = CANVAS.flipped().flip().map(|flip| (flip.byte, flip.bit));
        assert_eq!(centre, Some((360 * 1280 * 4 + 640 * 4 + 1, 7)));
    }
}
