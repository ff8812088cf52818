//! The system's file dialog, on a thread of its own.
//!
//! It may take for ever, or come back empty at once where the system has none: the window goes on, and a
//! source can always be typed or dropped instead.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::time::{Duration, Instant};

use super::saving::Step;
use super::state::Command;
use crate::threads::{self, Rank};

/// Nobody closes a dialog as fast as this; it never came up.
const UNSEEN: Duration = Duration::from_millis(400);

/// The dialog, open or not.
#[derive(Debug, Default)]
pub struct Dialog {
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    answer: Receiver<Option<PathBuf>>,
    /// What a file that is chosen is for.
    command: fn(PathBuf) -> Command,
    since: Instant,
}

impl Dialog {
    /// Asks for a file to open; `wake` is called when it has been answered. Returns what to tell the user
    /// instead where that cannot be.
    pub fn show(&mut self, now: Instant, wake: impl Fn() + Send + 'static) -> Option<Command> {
        let ask = || rfd::FileDialog::new().set_title("Open a video, a picture or a scene").pick_file();
        self.ask(Command::OpenFile, ask, now, wake)
    }

    /// Asks for a file to save in, suggesting one; otherwise as [`show`](Self::show).
    pub fn show_save(
        &mut self,
        suggested: PathBuf,
        now: Instant,
        wake: impl Fn() + Send + 'static,
    ) -> Option<Command> {
        let ask = move || {
            let extension = suggested.extension().unwrap_or_default().to_string_lossy();
            let mut dialog = rfd::FileDialog::new().set_title("Save").add_filter(&*extension, &[&*extension]);
            if let Some(name) = suggested.file_name() {
                dialog = dialog.set_file_name(name.to_string_lossy());
            }
            if let Some(folder) = suggested.parent() {
                dialog = dialog.set_directory(folder);
            }
            dialog.save_file()
        };
        self.ask(|path| Command::Save(Step::Path(path.display().to_string())), ask, now, wake)
    }

    /// Asks for a folder of lessons; otherwise as [`show`](Self::show).
    pub fn show_folder(&mut self, now: Instant, wake: impl Fn() + Send + 'static) -> Option<Command> {
        let ask = || rfd::FileDialog::new().set_title("Open a folder of lessons").pick_folder();
        self.ask(|path| Command::OpenLessons(path.display().to_string()), ask, now, wake)
    }

    fn ask(
        &mut self,
        command: fn(PathBuf) -> Command,
        ask: impl FnOnce() -> Option<PathBuf> + Send + 'static,
        now: Instant,
        wake: impl Fn() + Send + 'static,
    ) -> Option<Command> {
        if self.open.is_some() {
            let said = "a file dialog is open already; answer it, or type the path in the field above";
            return Some(Command::Report(said.into()));
        }
        let (answered, answer) = channel();
        let ask = move || {
            // A window that is gone needs no answer.
            let _ = answered.send(ask());
            wake();
        };
        // A dialog that panics gives no answer, and is told as one that the system does not offer.
        match threads::start("file dialog", Rank::Show, ask, |_| {}) {
            Ok(_) => {
                self.open = Some(Open { answer, command, since: now });
                None
            }
            Err(error) => Some(Command::Report(format!("no file dialog can be opened ({error})"))),
        }
    }

    /// What the user answered, if that is news.
    pub fn answer(&mut self, now: Instant) -> Option<Command> {
        let open = self.open.as_ref()?;
        let command = match open.answer.try_recv() {
            Err(TryRecvError::Empty) => return None,
            Ok(Some(path)) => Some((open.command)(path)),
            Ok(None) if now.saturating_duration_since(open.since) > UNSEEN => None,
            Ok(None) | Err(TryRecvError::Disconnected) => {
                let said = "this system offers no file dialog; type the path in the field above, or drop the \
                            file on the window";
                Some(Command::Report(said.into()))
            }
        };
        self.open = None;
        command
    }
}
