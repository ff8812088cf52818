//! Lenses: pictures of what an eavesdropper can see, from ciphertext and the results of [`leak`](crate::leak).
//!
//! ```text
//! ciphertext of this frame and the one before ──▶ ciphertext, difference
//! Census                                      ──▶ repeats, colours
//! Outline                                     ──▶ outline
//! ChangeAge                                   ──▶ motion
//! Tones of the shot                           ──▶ tone
//! StreamSizes                                 ──▶ sizes
//! Slices that clear bytes delimit             ──▶ footprint
//! Recovery                                    ──▶ codebook (the eavesdropper knows some frames)
//! Recovery, estimates of the shot             ──▶ tint (the same, and what follows from it)
//! the received frame                          ──▶ received (the attacker tampers with the message)
//! a decoder without the key                   ──▶ player (its picture is made before and is not painted here)
//! ```
//!
//! Every lens is a deterministic function of the ciphertext and of what its eavesdropper knows; no colour is random. A
//! lens is a file with its row of the table ([`Kind`]), and a line in the list below; [`leak`](crate::leak) does the
//! computing.

mod blank;
mod ciphertext;
mod codebook;
mod colours;
mod difference;
mod footprint;
mod kind;
mod motion;
mod outline;
mod player;
mod received;
mod repeats;
mod sizes;
#[cfg(test)]
mod tests;
mod tint;
mod tone;

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::sync::Arc;

pub use blank::Blank;
pub use codebook::paint_recovery;
pub use colours::{Palette, paint_colours};
pub use difference::{Gain, paint_difference};
pub use footprint::{SentMessages, SliceChoice, paint_footprint};
pub use kind::{Kind, Needs};
pub use motion::paint_motion;
pub use outline::{INK, PAPER, paint_outline};
pub use received::{Flip, Splice, Tampering};
pub use repeats::{Scale, paint_repeats};
pub use sizes::{EQUAL_MESSAGE, FRAMES_AROUND, SizesAround, message_colour, paint_sizes};
pub use tint::{TintOptions, paint_tint};
pub use tone::{ToneOptions, paint_tone};

use kind::Suggestions;

use crate::leak::tint::Estimate;
use crate::leak::tone::Tones;
use crate::leak::{Census, ChangeAge, Outline, Recovery};
use crate::payload::Payload;
use crate::picture::{BlockGrid, PixelGrid};
use crate::text::suggest;
use crate::units::FrameRange;

/// Colour of pixels for which a lens has nothing to show: a rest under 16 bytes, blocks that occur once, and a frame
/// without a frame to compare with.
pub const GROUND: [u8; 4] = [10, 12, 20, 255];

/// Defines [`Lens`] and the table of lenses from one list: a lens, its options, and the module with its row.
macro_rules! lenses {
    ($($(#[doc = $about:literal])+ $lens:ident $(($options:ty))? => $file:ident,)+) => {
        /// A picture computed from ciphertext.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Lens {
            $($(#[doc = $about])+ $lens $(($options))?,)+
        }

        impl Lens {
            /// All lenses, the default first, each with its default options.
            pub const ALL: &[Self] = &[$($file::KIND.default),+];

            /// The row of the lens in the table.
            #[must_use]
            pub const fn kind(self) -> &'static Kind {
                match self {
                    $(Self::$lens { .. } => const { &$file::KIND },)+
                }
            }
        }
    };
}

lenses! {
    /// The bytes as pixels of the same layout.
    Ciphertext => ciphertext,
    /// Each block in a colour for how often its value occurs.
    Repeats => repeats,
    /// The edges of the picture, found from block equality, as ink on paper.
    Outline => outline,
    /// Each repeated value in its own colour.
    Colours(Palette) => colours,
    /// Blocks that changed within the memory, the latest brightest.
    Motion => motion,
    /// The XOR with the frame before, as pixels of the same layout.
    Difference(Gain) => difference,
    /// Shading, recovered by embedding the graph of blocks that are neighbours.
    Tone(ToneOptions) => tone,
    /// Pixels that follow from known plaintext: the pictures of these frames.
    Codebook(FrameRange) => codebook,
    /// Pixels that follow from known plaintext, and the estimated colours of other blocks.
    Tint(TintOptions) => tint,
    /// The frame that the receiver gets after the attacker tampered with its message.
    Received(Tampering) => received,
    /// The sizes of messages along time.
    Sizes => sizes,
    /// The sizes of slices, where they lie in the picture.
    Footprint(SliceChoice) => footprint,
    /// The picture that a player without the key makes of the messages.
    Player => player,
}

impl Default for Lens {
    fn default() -> Self {
        Self::ALL[0]
    }
}

impl Lens {
    /// The name on the command line and in a scene, without options.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.kind().name
    }

    /// The name with an option that the reader must know to read the picture: `difference ×8`.
    #[must_use]
    pub fn title(self) -> String {
        self.name().to_owned() + &(self.kind().title_suffix)(self)
    }

    /// The name with all options that are not the defaults, for figures: `difference ×8`, `tone,vector=1`.
    #[must_use]
    pub fn full_title(self) -> String {
        let title = self.title();
        if title == self.name() { self.to_string() } else { title }
    }

    /// What the picture shows, in a few words.
    #[must_use]
    pub const fn shows(self) -> &'static str {
        self.kind().shows
    }

    /// A sentence on what the lens proves and what it does not.
    #[must_use]
    pub const fn about(self) -> &'static str {
        self.kind().about
    }

    /// The syntax of the lens's options; `None` for a lens without options.
    #[must_use]
    pub const fn options(self) -> Option<&'static str> {
        self.kind().options
    }

    /// A suggestion for a wrong option: ` (did you mean OPTION?)`, or an empty string.
    fn suggestion(self, option: &str) -> String {
        let names = match self.kind().suggestions {
            Suggestions::Names(names) => names,
            Suggestions::Choices => {
                let options = self.options().unwrap_or_default().split(", ");
                let choices = options
                    .filter_map(|option| option.split_once('='))
                    .flat_map(|(name, values)| values.split('|').map(move |value| format!("{name}={value}")));
                let choices: Vec<String> = choices.collect();
                return suggest::hint(option, choices.iter().map(String::as_str));
            }
        };
        let (name, value) =
            option.split_once('=').map_or((option, None), |(name, value)| (name, Some(value)));
        match suggest::closest(name, names.iter().copied()).filter(|&near| near != name) {
            Some(near) => match value {
                Some(value) => format!(" (did you mean {near}={value}?)"),
                None => format!(" (did you mean {near}?)"),
            },
            None => String::new(),
        }
    }

    /// The lens with an option set, such as `palette=viridis`.
    ///
    /// # Errors
    /// [`LensError::Option`], which lists the options of the lens.
    pub fn with_option(self, option: &str) -> Result<Self, LensError> {
        let (name, value) =
            option.split_once('=').map_or((option, None), |(name, value)| (name, Some(value)));
        (self.kind().with)(self, name, value).ok_or_else(|| LensError::Option {
            lens: self.name(),
            option: option.into(),
            suggestion: self.suggestion(option),
            takes: self.options().unwrap_or("no options"),
        })
    }

    /// True if the lens uses [`View::change_age`], given a memory of `memory` frames.
    #[must_use]
    pub fn needs_change_age(self, memory: NonZeroU32) -> bool {
        (self.kind().needs_change_age)(memory)
    }

    /// The kind of ciphertext that the lens needs.
    #[must_use]
    pub const fn needs(self) -> Needs {
        self.kind().needs
    }

    /// True if the lens can show a ciphertext with this grid.
    #[must_use]
    pub const fn can_show(self, pixels: Option<PixelGrid>) -> bool {
        self.suits(pixels.is_some())
    }

    /// True if the lens can show pixels, or else messages of another kind.
    #[must_use]
    pub const fn suits(self, is_pixels: bool) -> bool {
        match self.needs() {
            Needs::Blocks => true,
            Needs::Pixels => is_pixels,
            Needs::Messages => !is_pixels,
        }
    }

    /// Paints the picture of the lens; `rgba` has 4 bytes for each pixel.
    ///
    /// # Panics
    /// If the lens [needs](Self::needs) pixels and the view has none.
    pub fn paint(self, view: &View<'_>, rgba: &mut [u8]) {
        (self.kind().paint)(self, view, rgba);
    }
}

/// The data of one frame that lenses paint.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The places of the frame's blocks in the picture. A lens that [needs](Lens::needs) pixels gets a grid of pixels.
    pub grid: &'a BlockGrid,
    /// The whole encrypted blocks of the frame, in order; a frame of pixels also has its rest under 16 bytes.
    pub now: &'a [u8],
    /// The same bytes of the frame before; `None` if there is no such frame, or it cannot be compared.
    pub before: Option<&'a [u8]>,
    /// Which blocks are equal, and how often they occur in the memory.
    pub census: &'a Census,
    /// How long ago each block changed, for lenses that [need](Lens::needs_change_age) it.
    pub change_age: &'a ChangeAge,
    /// The outline from block equality.
    pub outline: &'a Outline,
    /// The part of the frame that follows from known frames, for [`Lens::Codebook`] and [`Lens::Tint`].
    pub recovery: Option<&'a Recovery>,
    /// The estimated colours of blocks that do not follow, for [`Lens::Tint`]; empty if the shot has none.
    pub estimates: &'a [Option<Estimate>],
    /// The received frame, for [`Lens::Received`]; `None` if the receiver rejected it.
    pub received: Option<&'a [u8]>,
    /// How many frames the eavesdropper remembers.
    pub memory: NonZeroU32,
    /// The tones of the blocks, for [`Lens::Tone`]; empty if the shot is not prepared.
    pub tones: &'a [Option<Tones>],
    /// The sizes of messages, for [`Lens::Sizes`]; `None` until they are prepared.
    pub sizes: Option<SizesAround<'a>>,
    /// The messages of the frame, for [`Lens::Footprint`].
    pub messages: SentMessages<'a>,
    /// The messages of the frame before; `None` if there is no such frame, or it has pixels.
    pub messages_before: Option<SentMessages<'a>>,
    /// The messages of the remembered frames before this one, the oldest first; none if they are pixels.
    pub remembered: &'a [Arc<Payload>],
}

impl View<'_> {
    /// The grid of pixels.
    ///
    /// # Panics
    /// If the grid is not one of pixels; a lens that calls this has [`Needs::Pixels`].
    pub(crate) const fn pixels(&self) -> PixelGrid {
        self.grid.pixels().expect("a lens that needs pixels is given pixels")
    }
}

impl fmt::Display for Lens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == self.kind().default {
            return f.pad(self.name());
        }
        f.write_str(self.name())?;
        (self.kind().write_options)(*self, f)
    }
}

impl FromStr for Lens {
    type Err = LensError;

    /// Reads `LENS[,option=value]…`.
    fn from_str(text: &str) -> Result<Self, LensError> {
        let mut parts = options(text);
        let name = parts.next().unwrap_or_default();
        let lens = Self::ALL
            .iter()
            .copied()
            .find(|lens| lens.name() == name)
            .ok_or_else(|| LensError::Unknown(name.into()))?;
        parts.try_fold(lens, Self::with_option)
    }
}

/// The name and the options of `NAME[,option[=value]]…`. A comma before a digit does not start an option, so that the
/// value of an option may be several numbers.
pub(crate) fn options(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let whole = rest.take()?;
        let digit = |at: usize| whole[at + 1..].starts_with(|first: char| first.is_ascii_digit());
        let end = whole.match_indices(',').map(|(at, _)| at).find(|&at| !digit(at));
        rest = end.map(|at| &whole[at + 1..]);
        Some(&whole[..end.unwrap_or(whole.len())])
    })
}

/// A lens that cannot be parsed.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum LensError {
    /// An unknown name.
    #[error(
        "there is no lens {0:?}{suggestion}; choose one of {names}",
        suggestion = suggest::hint(.0, Lens::ALL.iter().map(|lens| lens.name())),
        names = Lens::ALL.iter().map(|lens| lens.name()).collect::<Vec<_>>().join(", ")
    )]
    Unknown(String),
    /// An option or a value that the lens does not take.
    #[error("the lens {lens} takes {takes}, but is given {option:?}{suggestion}")]
    Option {
        /// The name of the lens.
        lens: &'static str,
        /// The wrong option.
        option: String,
        /// A suggestion in parentheses, or an empty string.
        suggestion: String,
        /// The options that the lens takes.
        takes: &'static str,
    },
}

/// Base-2 logarithm, linear between powers of two: within 0.09 of the exact value, monotonic, and the same on every
/// machine.
fn log2(count: u32) -> f32 {
    let whole = count.ilog2();
    whole as f32 + (count as f32 / (1u64 << whole) as f32 - 1.0)
}
