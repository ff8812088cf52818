//! Tampering with the pointer: the tool, and the selected rectangle.

use crate::lens::Tampering;

/// The highest bit of a byte: flipping it is the easiest to see.
const HIGHEST_BIT: u8 = 7;

/// What the pointer does in panels with the lens "received".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tool {
    /// The pointer tampers; otherwise it zooms and moves the picture, as everywhere else.
    pub is_active: bool,
    /// The bit that a click flips, from 0 to 7.
    pub bit: u8,
    /// The selected rectangle, which a drag copies.
    pub mark: Option<Mark>,
}

impl Default for Tool {
    fn default() -> Self {
        Self { is_active: true, bit: HIGHEST_BIT, mark: None }
    }
}

/// A rectangle of pixels that is selected in a panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The place of the panel in the scene.
    pub panel: usize,
    /// Column and row of its upper left corner, width and height.
    pub rect: [u32; 4],
}

/// What a user asks of the tampering tool.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Command {
    /// Tamper with what a panel receives, while a rectangle is dragged.
    Splice {
        /// The place of the panel in the scene.
        at: usize,
        /// The tampering.
        tampering: Tampering,
        /// The rectangle was dropped.
        is_over: bool,
    },
    /// What the pointer does in panels with the lens "received".
    SetTool(Tool),
    /// Switch the tool on or off.
    ToggleTool,
}
