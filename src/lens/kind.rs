//! The table of lenses: a row for each, which stands in the lens's own file.
//!
//! Menus, help, lists, shell completions, presets, figures and posters come from this table.

use std::fmt;
use std::num::NonZeroU32;

use super::{Blank, Lens, View};
use crate::leak::{Finding, Leakage};

/// All that is to be said of a lens, and what it does.
pub struct Kind {
    /// The name on the command line and in a scene, without options.
    pub name: &'static str,
    /// What the picture shows, in a few words.
    pub shows: &'static str,
    /// The same with its options, for the help of the command line.
    pub help: &'static str,
    /// A sentence that says what the lens proves and what it cannot.
    pub about: &'static str,
    /// The lens with its default options.
    pub default: Lens,
    /// The lens as a menu gives it.
    pub from_menu: Lens,
    /// What a title adds to the name, such as ` ×8`; empty where nothing has to be known to read the picture.
    pub(super) title_suffix: fn(lens: Lens) -> String,
    /// What stands between the names of a scheme and the lens: `AES-128-ECB as ciphertext`, `AES-128-ECB through
    /// outline`.
    pub joint: &'static str,
    /// What the ciphertext has to be.
    pub needs: Needs,
    /// True where each cell of the picture stands for a block of the frame's own ciphertext.
    pub shows_blocks: bool,
    /// True where figures show the colours of counts beside the name.
    pub has_legend: bool,
    /// The options that the lens takes, as they are written; `None` where it takes none.
    pub options: Option<&'static str>,
    /// What a wrong option may have meant: names of options, or options with their values.
    pub(super) suggestions: Suggestions,
    /// The lens with an option set; `None` where it takes no such option or value.
    pub(super) with: fn(lens: Lens, option: &str, value: Option<&str>) -> Option<Lens>,
    /// Writes the options that are not the defaults, each with a comma before it.
    pub(super) write_options: fn(lens: Lens, to: &mut fmt::Formatter<'_>) -> fmt::Result,
    /// True where the lens looks at how blocks changed from frame to frame, with a memory of so many frames.
    pub(super) follows: fn(memory: NonZeroU32) -> bool,
    /// Paints what the lens shows: 4 bytes a pixel.
    pub(super) paint: fn(lens: Lens, view: &View<'_>, rgba: &mut [u8]),
    /// Why a picture of the lens that is one even field shows nothing, of a frame that has blocks; `None` where the
    /// field is the picture itself, or where the lens was painted without what it needs. The flag is true of frame 0.
    pub(super) blank: fn(view: &View<'_>, leakage: &Leakage, is_first: bool) -> Option<Blank>,
    /// What the picture shows of what the scheme gives away, or why it shows nothing.
    pub(super) finds: fn(view: &View<'_>, leakage: &Leakage) -> Result<Finding, Blank>,
}

/// What a ciphertext has to be so that a lens can show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Any ciphertext: blocks, wherever they come from.
    Blocks,
    /// The bytes of a frame of pixels.
    Pixels,
}

/// What a wrong option is compared with.
#[derive(Clone, Copy)]
pub(super) enum Suggestions {
    /// Every value of every option, as [`Kind::options`] lists them.
    Choices,
    /// Names of options, whose values are numbers.
    Names(&'static [&'static str]),
}

impl Kind {
    /// A lens without options that shows blocks of one frame; what is left out of a row is taken from here.
    pub(super) const PLAIN: Self = Self {
        name: "",
        shows: "",
        help: "",
        about: "",
        default: Lens::Ciphertext,
        from_menu: Lens::Ciphertext,
        title_suffix: |_| String::new(),
        joint: "through",
        needs: Needs::Pixels,
        shows_blocks: true,
        has_legend: false,
        options: None,
        suggestions: Suggestions::Names(&[]),
        with: |_, _, _| None,
        write_options: |_, _| Ok(()),
        follows: |_| false,
        paint: |_, _, _| {},
        blank: |_, _, _| None,
        finds: |_, leakage| leakage.word.ok_or(Blank::Noise),
    };
}
