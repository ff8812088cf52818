//! The panels: which one is enlarged, what part is visible, and their commands.

pub(crate) mod comparison;
pub(crate) mod presets;
pub(crate) mod tampering;
pub mod viewport;

use crate::scene::{Panel, PanelTarget};
use comparison::Comparison;
use presets::Preset;
use tampering::Tool;
use viewport::ViewPos;

/// How the panels of the scene are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PanelView {
    /// The enlarged panel, by its place in the scene: it fills the window.
    pub enlarged: Option<usize>,
    /// The selected panel, by its place in the scene: the one that was worked on last.
    pub selected: Option<usize>,
    /// Two panels that share the window, instead of all or one.
    pub comparison: Option<Comparison>,
    /// The visible part of the pictures.
    pub view_pos: ViewPos,
    /// What the pointer does in panels with the lens "received".
    pub tamper_tool: Tool,
}

/// A number of a lens that a slider sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LensNumber {
    /// The least confidence of the estimates of `tint`.
    Confidence,
    /// The opacity of the estimates of `tint`.
    Opacity,
}

/// What a user asks of the panels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Command {
    /// Show this in a panel.
    Set(usize, Panel),
    /// Show this in a panel, which differs in a number of the lens.
    Tune(usize, LensNumber, Panel),
    /// Encrypt this in a panel.
    SetTarget(usize, PanelTarget),
    /// Add another panel after the last.
    Add,
    /// Add the same panel again, beside itself.
    Duplicate(usize),
    /// Remove a panel; the only one stays.
    Remove(usize),
    /// Move the panel at the first place to the second.
    Move(usize, usize),
    /// Show these panels.
    UsePreset(Preset),
    /// Select this panel: it was clicked on, or its menu was opened.
    Select(usize),
    /// Enlarge a panel to the whole window, or show all panels again.
    ToggleEnlarged(usize),
    /// Show this part of the pictures at this size.
    SetView(ViewPos),
    /// Show these two panels in one place.
    Compare(Comparison),
    /// Show two panels in one place, the enlarged one and the one after it; or all of them again.
    ToggleCompare,
    /// Show by how much two panels differ, the enlarged one or the second and the original; or all of them
    /// again.
    ToggleDifference,
    /// Stop the preparations that panels wait for.
    StopPreparing,
    /// Resume these preparations.
    Prepare,
}
