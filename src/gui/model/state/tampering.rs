//! Tampering with a message on its way to the receiver.

use super::State;
use crate::gui::model::editing::history::Edit;
use crate::gui::model::effect::Effect;
use crate::gui::model::panels::tampering::{Command, Tool};
use crate::lens::{Lens, Tampering};
use crate::scene::Panel;

impl State {
    pub(super) fn tamper(&mut self, command: Command) -> Vec<Effect> {
        match command {
            Command::Splice { at, tampering, is_over } => return self.splice(at, tampering, is_over),
            Command::SetTool(tool) => self.panel_view.tamper_tool = tool,
            Command::ToggleTool => {
                let tool = self.panel_view.tamper_tool;
                let is_active = !tool.is_active;
                self.panel_view.tamper_tool = Tool { is_active, mark: None, ..tool };
                let does = if is_active { "tampers" } else { "zooms" };
                self.notices.confirmation =
                    Some(format!("In panels with the lens received, the pointer {does}."));
            }
        }
        Vec::new()
    }

    /// Tampers with what a panel receives, while a rectangle is dragged; a whole drag is one step of undo.
    fn splice(&mut self, at: usize, tampering: Tampering, is_over: bool) -> Vec<Effect> {
        let Some(panel) = self.scene.panels.get(at).filter(|panel| **panel != Panel::Plain) else {
            return Vec::new();
        };
        let panel = panel.with_lens(Lens::Received(tampering));
        let effects = self.set_panel(at, panel, Edit::Splice);
        if is_over {
            self.history.settle();
        }
        effects
    }
}
