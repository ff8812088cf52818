//! What the window has to say, and closing it.

use super::State;
use crate::gui::model::notices::Command;
use crate::play::Status;

impl State {
    /// The error that has not been dismissed yet.
    #[must_use]
    pub fn error<'a>(&'a self, status: &'a Status) -> Option<&'a str> {
        let dismissed = self.notices.dismissed.as_deref();
        let unread = status.error.as_deref().filter(|error| dismissed != Some(*error));
        self.notices.error.as_deref().or(unread)
    }

    pub(super) fn apply_notices(&mut self, command: Command, status: &Status) {
        match command {
            Command::Report(what) => self.notices.error = Some(what),
            Command::Dismiss => self.dismiss(status),
            Command::ClearConfirmation => self.notices.confirmation = None,
        }
    }

    /// Closes the notice that is shown: an error of the window, a confirmation, or an error of the session.
    pub(super) fn dismiss(&mut self, status: &Status) {
        if self.notices.error.take().is_some() {
            // The text that caused the error goes with it.
            self.opening.typed = self.scene.source.to_string();
        } else if self.notices.confirmation.take().is_none() {
            self.notices.dismissed.clone_from(&status.error);
        }
    }
}
