//! The type of a row in the table of lenses. Each row is in the lens's own file.
//!
//! Menus, help, lists, shell completions, presets, figures and posters are made from this table.

use std::fmt;
use std::num::NonZeroU32;

use super::{Blank, Lens, View};
use crate::leak::{Finding, Leakage};

/// A row of the table: texts, properties and functions of a lens.
pub struct Kind {
    /// The name on the command line and in a scene, without options.
    pub name: &'static str,
    /// What the picture shows, in a few words.
    pub shows: &'static str,
    /// What the picture shows and the options of the lens, for the help of the command line.
    pub help: &'static str,
    /// A sentence on what the lens proves and what it does not.
    pub about: &'static str,
    /// The lens with its default options.
    pub default: Lens,
    /// The lens that a menu offers.
    pub from_menu: Lens,
    /// The part of a title after the name, such as ` ×8`, if the reader must know it to read the picture; else empty.
    pub(super) title_suffix: fn(lens: Lens) -> String,
    /// The preposition between the names of a scheme and the lens: `AES-128-ECB as ciphertext`, `AES-128-ECB through
    /// outline`.
    pub preposition: &'static str,
    /// The kind of ciphertext that the lens needs.
    pub needs: Needs,
    /// True if each cell of the picture represents a block of the frame's own ciphertext.
    pub shows_blocks: bool,
    /// True if figures show a legend for the colours of counts.
    pub has_legend: bool,
    /// The syntax of the lens's options; `None` for a lens without options.
    pub options: Option<&'static str>,
    /// What a wrong option is compared with, to suggest a right one.
    pub(super) suggestions: Suggestions,
    /// The lens with an option set; `None` if it has no such option or value.
    pub(super) with: fn(lens: Lens, option: &str, value: Option<&str>) -> Option<Lens>,
    /// Writes the options that are not the defaults, each after a comma.
    pub(super) write_options: fn(lens: Lens, to: &mut fmt::Formatter<'_>) -> fmt::Result,
    /// True if the lens uses the age of changes, given the number of frames of the memory.
    pub(super) needs_change_age: fn(memory: NonZeroU32) -> bool,
    /// Paints the picture of the lens, 4 bytes for each pixel.
    pub(super) paint: fn(lens: Lens, view: &View<'_>, rgba: &mut [u8]),
    /// The reason why the picture of a frame with blocks has one colour; see [`Lens::blank`].
    pub(super) blank: fn(lens: Lens, view: &View<'_>, leakage: &Leakage, is_first: bool) -> Option<Blank>,
    /// The leak that the picture shows, or the reason why it shows none.
    pub(super) finds: fn(lens: Lens, view: &View<'_>, leakage: &Leakage) -> Result<Finding, Blank>,
}

/// The kind of ciphertext that a lens can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Any ciphertext, as blocks.
    Blocks,
    /// The bytes of a frame of pixels.
    Pixels,
    /// Messages that are no pixels.
    Messages,
}

/// What a wrong option is compared with.
#[derive(Clone, Copy)]
pub(super) enum Suggestions {
    /// Every option with every value, from [`Kind::options`].
    Choices,
    /// The names of options, whose values are numbers.
    Names(&'static [&'static str]),
}

impl Kind {
    /// The defaults of a row: a lens without options that shows blocks of one frame.
    pub(super) const PLAIN: Self = Self {
        name: "",
        shows: "",
        help: "",
        about: "",
        default: Lens::Ciphertext,
        from_menu: Lens::Ciphertext,
        title_suffix: |_| String::new(),
        preposition: "through",
        needs: Needs::Pixels,
        shows_blocks: true,
        has_legend: false,
        options: None,
        suggestions: Suggestions::Names(&[]),
        with: |_, _, _| None,
        write_options: |_, _| Ok(()),
        needs_change_age: |_| false,
        paint: |_, _, _| {},
        blank: |_, _, _, _| None,
        finds: |_, _, leakage| leakage.word.ok_or(Blank::Noise),
    };
}
