//! Changing a message on its way to the receiver.

use super::State;
use crate::gui::model::effect::Effect;
use crate::gui::model::history::Edit;
use crate::lens::{Lens, Tampering};
use crate::scene::Panel;

impl State {
    /// Tampers with what a panel receives, as one goes on dragging; what is dragged in one go is one change.
    pub(super) fn splice(&mut self, at: usize, tampering: Tampering, is_over: bool) -> Vec<Effect> {
        let Some(&Panel::Cipher { scheme, .. }) = self.scene.panels.get(at) else { return Vec::new() };
        let panel = Panel::Cipher { scheme, lens: Lens::Received(tampering) };
        let effects = self.set_panel(at, panel, Edit::Splice);
        if is_over {
            self.history.settle();
        }
        effects
    }
}
