//! Lenses: what an eavesdropper sees. From ciphertext, and what [`leak`](crate::leak) computes of it, to
//! pixels.
//!
//! ```text
//! ciphertext, the one before ──▶ ciphertext, difference
//! Census                     ──▶ repeats, colours
//! Outline                    ──▶ outline
//! Trail                      ──▶ motion
//! Tones of the shot          ──▶ tone
//! ```
//!
//! Every lens is a function of ciphertext alone and deterministic: palettes follow from counts, never from
//! chance. One file a lens; the computing is done in [`leak`](crate::leak).

mod colours;
mod difference;
mod motion;
mod outline;
mod repeats;
mod tone;

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

pub use colours::Palette;
pub use difference::paint_difference;
pub use motion::paint_motion;
pub use outline::{INK, PAPER, paint_outline};
pub use repeats::{Scale, paint_repeats};
pub use tone::{ToneOptions, paint_tone};

pub use colours::paint_colours;

use crate::frame::{Colour, Shape};
use crate::layout::Layout;
use crate::leak::tone::Tones;
use crate::leak::{Census, Outline, Trail};

/// Colour of what no lens shows: the rest of a frame that fills no block, blocks that occur once, and a
/// frame that has nothing to be compared with.
pub const GROUND: [u8; 4] = [10, 12, 20, 255];

/// A picture computed from ciphertext.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lens {
    /// The bytes as pixels of the same layout.
    #[default]
    Ciphertext,
    /// Each block painted by how often its ciphertext occurs.
    Repeats,
    /// The drawing that block equality gives away, as ink on paper.
    Outline,
    /// Each repeated block in a colour of its own.
    Colours(Palette),
    /// Blocks that changed, with trails over the memory.
    Motion,
    /// The exclusive or with the frame before, as pixels of the same layout.
    Difference,
    /// Shading recovered by embedding the graph of blocks that stand side by side.
    Tone(ToneOptions),
}

impl Lens {
    /// All lenses, the default first, each with its default options.
    pub const ALL: [Self; 7] = [
        Self::Ciphertext,
        Self::Repeats,
        Self::Outline,
        Self::Colours(Palette::OkabeIto),
        Self::Motion,
        Self::Difference,
        Self::Tone(ToneOptions::DEFAULT),
    ];

    /// The name on the command line and in a scene, without options.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ciphertext => "ciphertext",
            Self::Repeats => "repeats",
            Self::Outline => "outline",
            Self::Colours(_) => "colours",
            Self::Motion => "motion",
            Self::Difference => "difference",
            Self::Tone(_) => "tone",
        }
    }

    /// What the picture shows, in a few words.
    #[must_use]
    pub const fn shows(self) -> &'static str {
        match self {
            Self::Ciphertext => "the bytes on the wire as pixels",
            Self::Repeats => "blocks by how often they occur",
            Self::Outline => "the drawing that equal blocks give away",
            Self::Colours(_) => "blocks that repeat, a colour for each value",
            Self::Motion => "blocks that changed, the latest brightest",
            Self::Difference => "the XOR with the frame before",
            Self::Tone(_) => "shading, from which blocks stand side by side",
        }
    }

    /// A sentence that says what the lens proves and what it cannot.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::Ciphertext => {
                "the bytes on the wire as pixels: an outline here is a leak; noise here proves nothing"
            }
            Self::Repeats => {
                "blocks painted by how often their ciphertext occurs: an outline here is a leak that the \
                 ciphertext itself may hide from the eye; darkness means that no block repeats"
            }
            Self::Outline => {
                "the drawing that equal and rare blocks give away, as ink on paper: a shape here is a leak; \
                 solid ink is texture, and a blank sheet says only that block equality gives no outline away"
            }
            Self::Colours(_) => {
                "each repeated block in a colour by its rank of frequency, rare ones dark: equal colours of \
                 the first ranks are equal pixels; the colours say nothing of what colour these pixels have"
            }
            Self::Motion => {
                "blocks that changed since the frame before, fading over the memory: a silhouette here is a \
                 leak even where every single frame is noise; an even field means that everything changed, \
                 or that nothing can be told"
            }
            Self::Difference => {
                "this ciphertext XOR the one before: a picture here is the XOR of the originals and proves \
                 a reused keystream, black is what stayed the same; noise proves nothing"
            }
            Self::Tone(_) => {
                "shading recovered from ciphertext alone, by placing blocks that often stand side by side close \
                 together, over a recorded shot: a picture here is a leak, though not which of its tones are \
                 light and what colours they had; gaps are values not met, and a dark panel says only that \
                 nothing repeats"
            }
        }
    }

    /// The options that the lens takes, as they are written; `None` where it takes none.
    #[must_use]
    pub const fn options(self) -> Option<&'static str> {
        match self {
            Self::Colours(_) => Some(Palette::OPTION),
            Self::Tone(_) => Some(ToneOptions::OPTIONS),
            Self::Ciphertext | Self::Repeats | Self::Outline | Self::Motion | Self::Difference => None,
        }
    }

    /// The lens with an option set, such as `palette=viridis`.
    ///
    /// # Errors
    /// [`LensError::Option`] lists what the lens takes.
    pub fn with_option(self, option: &str) -> Result<Self, LensError> {
        let set = match (self, option.split_once('=')) {
            (Self::Colours(_), Some(("palette", name))) => Palette::named(name).map(Self::Colours),
            (Self::Tone(options), Some((name, value))) => options.with(name, value).map(Self::Tone),
            _ => None,
        };
        set.ok_or_else(|| LensError::Option {
            lens: self.name(),
            option: option.into(),
            takes: self.options().map_or("no options", |options| options),
        })
    }

    /// True where the lens looks at how blocks changed from frame to frame.
    #[must_use]
    pub const fn follows(self, memory: NonZeroU32) -> bool {
        match self {
            Self::Motion => true,
            Self::Outline => memory.get() > 1,
            Self::Ciphertext | Self::Repeats | Self::Colours(_) | Self::Difference | Self::Tone(_) => false,
        }
    }

    /// Paints what the lens shows: `rgba` holds 4 bytes a pixel.
    pub fn paint(self, view: &View<'_>, rgba: &mut [u8]) {
        let View { layout, shape, colour, now, .. } = *view;
        match self {
            Self::Ciphertext => paint_ciphertext(layout, shape, colour, now, rgba),
            Self::Repeats => paint_repeats(layout, shape, view.census, rgba),
            Self::Outline => paint_outline(view, rgba),
            Self::Colours(palette) => paint_colours(view, palette, rgba),
            Self::Motion => paint_motion(view, rgba),
            Self::Difference => paint_difference(view, rgba),
            Self::Tone(options) => paint_tone(view, options, rgba),
        }
    }
}

/// What there is to look at in one frame.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// How the bytes stand for pixels.
    pub layout: Layout,
    /// The size of the picture.
    pub shape: Shape,
    /// How `yuv420p` is shown.
    pub colour: Colour,
    /// The ciphertext of the frame, as long as the frame's own bytes.
    pub now: &'a [u8],
    /// That of the frame before; `None` where there is none.
    pub before: Option<&'a [u8]>,
    /// Which of its blocks are equal, and how often they occur in the memory.
    pub census: &'a Census,
    /// How its blocks changed, for lenses that [follow](Lens::follows) it.
    pub trail: &'a Trail,
    /// The drawing that block equality gives away.
    pub outline: &'a Outline,
    /// How many frames the eavesdropper remembers.
    pub memory: NonZeroU32,
    /// The tones of its blocks, for the lens that shows them; empty where nothing is known.
    pub tones: &'a [Option<Tones>],
}

impl fmt::Display for Lens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Colours(palette) if *palette != Palette::default() => {
                write!(f, "{},palette={}", self.name(), palette.name())
            }
            Self::Tone(options) if *options != ToneOptions::default() => {
                write!(f, "{}{options}", self.name())
            }
            _ => f.pad(self.name()),
        }
    }
}

impl FromStr for Lens {
    type Err = LensError;

    /// Reads `LENS[,option=value]…`.
    fn from_str(text: &str) -> Result<Self, LensError> {
        let mut parts = text.split(',');
        let name = parts.next().unwrap_or_default();
        let lens = Self::ALL
            .into_iter()
            .find(|lens| lens.name() == name)
            .ok_or_else(|| LensError::Unknown(name.into()))?;
        parts.try_fold(lens, Self::with_option)
    }
}

/// A lens that cannot be had.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum LensError {
    /// A name that nobody knows.
    #[error("there is no lens {0:?}; choose one of {names}", names = Lens::ALL.map(Lens::name).join(", "))]
    Unknown(String),
    /// An option, or a value of one, that the lens does not take.
    #[error("the lens {lens} takes {takes}, but is given {option:?}")]
    Option {
        /// The lens.
        lens: &'static str,
        /// What it is given.
        option: String,
        /// What it takes.
        takes: &'static str,
    },
}

/// Paints the `ciphertext` lens: `bytes` holds at least [`Layout::frame_bytes`], `rgba` 4 bytes a pixel.
pub fn paint_ciphertext(layout: Layout, shape: Shape, colour: Colour, bytes: &[u8], rgba: &mut [u8]) {
    layout.show(shape, colour, &bytes[..layout.frame_bytes(shape)], Some(GROUND), rgba);
}

/// Base-2 logarithm, linear between powers of two: within 0.09 of the true one, monotonic, and the same on
/// every machine.
fn log2(count: u32) -> f32 {
    let whole = count.ilog2();
    whole as f32 + (count as f32 / (1u64 << whole) as f32 - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lens_reads_back_with_its_options() {
        for lens in Lens::ALL {
            assert_eq!(lens.to_string(), lens.name(), "the defaults need no options");
            assert_eq!(lens.name().parse(), Ok(lens));
        }
        for palette in Palette::ALL {
            let lens = Lens::Colours(palette);
            assert_eq!(lens.to_string().parse(), Ok(lens));
            assert_eq!(format!("colours,palette={}", palette.name()).parse(), Ok(lens));
        }
    }

    #[test]
    fn a_wrong_lens_or_option_is_answered_with_what_there_is() {
        let said = |text: &str| text.parse::<Lens>().expect_err("no such lens").to_string();
        assert!(Lens::ALL.iter().all(|lens| said("xray").contains(lens.name())));
        assert!(said("outline,palette=viridis").contains("outline takes no options"));
        for wrong in ["colours,palette=sepia", "colours,palette", "colours,", "colours,hue=3"] {
            assert!(Palette::ALL.iter().all(|palette| said(wrong).contains(palette.name())), "{wrong}");
        }
    }
}
