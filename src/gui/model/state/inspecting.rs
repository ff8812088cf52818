//! Which block is inspected, pinned or searched.

use super::State;
use crate::gui::model::inspector::{Inspector, Sought};
use crate::play::Status;
use crate::units::FrameIndex;

impl State {
    /// Opens the inspector, or closes it.
    pub(super) fn toggle_inspector(&mut self) {
        let open = !self.view.inspector.open;
        self.view.inspector = Inspector { open, ..Inspector::default() };
    }

    /// The pointer is on this block, or the keys have gone there. What was looked for under it is looked for no
    /// longer.
    pub(super) fn point_at(&mut self, block: usize, walked: bool) {
        let inspector = &mut self.view.inspector;
        (inspector.pointed, inspector.pointing, inspector.walked) = (Some(block), true, walked);
        inspector.dwelt = inspector.dwelt.filter(|sought| sought.block == block);
    }

    /// Neither is on a picture any more.
    pub(super) fn point_away(&mut self) {
        (self.view.inspector.pointing, self.view.inspector.walked) = (false, false);
    }

    /// The pointer has rested on a block.
    pub(super) fn dwell(&mut self, sought: Sought) {
        self.view.inspector.dwelt = Some(sought);
        self.view.survey_stopped = false;
    }

    /// Stays with a block, or follows the pointer again.
    pub(super) fn pin(&mut self, block: Option<usize>, status: &Status) {
        let inspector = &mut self.view.inspector;
        inspector.pinned = block;
        inspector.pinned_in = status.shown.map_or(FrameIndex(0), |(frame, _)| frame);
        inspector.dwelt = None;
        self.view.survey_stopped = false;
    }
}
