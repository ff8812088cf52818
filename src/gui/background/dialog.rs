//! The system's file dialog, on a thread of its own.
//!
//! The dialog may take for ever, or return at once where the system has none: the window goes on, and a source can
//! always be typed or dropped instead.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::time::{Duration, Instant};

use crate::gui::model::command::Command;
use crate::gui::model::{lessons, notices, opening, save};
use crate::runtime::threads::{self, Priority};

/// A dialog that returns faster than this was never shown.
const UNSEEN: Duration = Duration::from_millis(400);

/// The dialog, open or not.
#[derive(Debug, Default)]
pub struct Dialog {
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    answer: Receiver<Option<PathBuf>>,
    /// The command that takes the chosen file.
    command: fn(PathBuf) -> Command,
    since: Instant,
}

impl Dialog {
    /// Shows the dialog for a file to open, starting in `folder`; `wake` is called when the user has answered.
    /// Returns a command that reports an error where no dialog can be shown.
    pub fn show(
        &mut self,
        folder: Option<PathBuf>,
        now: Instant,
        wake: impl Fn() + Send + 'static,
    ) -> Option<Command> {
        let ask = move || {
            let dialog = rfd::FileDialog::new().set_title("Open a video, a picture or a scene");
            // Some dialogs do not open at all in a folder that does not exist.
            let dialog = match folder.filter(|folder| folder.is_dir()) {
                Some(folder) => dialog.set_directory(folder),
                None => dialog,
            };
            let kinds = file_kinds().into_iter();
            kinds.fold(dialog, |dialog, (name, endings)| dialog.add_filter(name, &endings)).pick_file()
        };
        self.ask(|path| Command::Open(opening::Command::File(path)), ask, now, wake)
    }

    /// Shows the dialog for a file to save, suggesting one; otherwise as [`show`](Self::show).
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
        self.ask(|path| Command::Save(save::Command::Path(path.display().to_string())), ask, now, wake)
    }

    /// Shows the dialog for a folder of lessons; otherwise as [`show`](Self::show).
    pub fn show_folder(&mut self, now: Instant, wake: impl Fn() + Send + 'static) -> Option<Command> {
        let ask = || rfd::FileDialog::new().set_title("Open a folder of lessons").pick_folder();
        self.ask(
            |path| Command::Lessons(lessons::Command::ReadFolder(path.display().to_string())),
            ask,
            now,
            wake,
        )
    }

    fn ask(
        &mut self,
        command: fn(PathBuf) -> Command,
        ask: impl FnOnce() -> Option<PathBuf> + Send + 'static,
        now: Instant,
        wake: impl Fn() + Send + 'static,
    ) -> Option<Command> {
        if self.open.is_some() {
            let message = "a file dialog is open already; answer it, or type the path in the field above";
            return Some(Command::Notices(notices::Command::Report(message.into())));
        }
        let (answered, answer) = channel();
        let ask = move || {
            // A closed window needs no answer.
            let _ = answered.send(ask());
            wake();
        };
        // A dialog that panics gives no answer and is reported as one that the system does not offer.
        match threads::start("file dialog", Priority::Display, ask, |_| {}) {
            Ok(_) => {
                self.open = Some(Open { answer, command, since: now });
                None
            }
            Err(error) => Some(Command::Notices(notices::Command::Report(format!(
                "no file dialog can be opened ({error})"
            )))),
        }
    }

    /// The command for the user's answer, once.
    pub fn answer(&mut self, now: Instant) -> Option<Command> {
        let open = self.open.as_ref()?;
        let command = match open.answer.try_recv() {
            Err(TryRecvError::Empty) => return None,
            Ok(Some(path)) => Some((open.command)(path)),
            Ok(None) if now.saturating_duration_since(open.since) > UNSEEN => None,
            Ok(None) | Err(TryRecvError::Disconnected) => {
                let message = "this system offers no file dialog; type the path in the field above, or drop the \
                            file on the window";
                Some(Command::Notices(notices::Command::Report(message.into())))
            }
        };
        self.open = None;
        command
    }
}

/// The filters of the dialog, the first is preselected: a name and the extensions of the files. One filter shows all
/// files, because files are recognized by content and not by name. Where a system joins all filters into one, there
/// are none, for the same reason.
fn file_kinds() -> Vec<(&'static str, Vec<String>)> {
    if cfg!(target_os = "macos") {
        return Vec::new();
    }
    let videos = "mp4 m4v mov mkv webm avi ts m2ts mts mpg mpeg vob ogv flv wmv 3gp mxf y4m h264 264 hevc h265 265 ivf";
    let pictures = "png jpg jpeg gif webp bmp ppm pgm pbm pnm pam tif tiff tga avif jxl qoi exr hdr dds ico";
    let sounds = "wav mp3 m4a aac flac ogg oga opus aiff aif wma mka ac3 eac3 alac caf au wv";
    // Some dialogs compare extensions by case, and cameras write capitals.
    let endings =
        |of: &str| of.split(' ').flat_map(|one| [one.to_owned(), one.to_uppercase()]).collect::<Vec<_>>();
    let kinds = [("Videos", videos), ("Pictures", pictures), ("Sounds", sounds), ("Scenes", "toml")];
    let kinds = kinds.map(|(name, of)| (name, endings(of)));
    let all = kinds.iter().flat_map(|(_, endings)| endings.clone()).collect();
    let mut offered = vec![("Videos, pictures, sounds and scenes", all)];
    offered.extend(kinds);
    offered.push(("All files", vec!["*".into()]));
    offered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(not(target_os = "macos"))]
    fn the_dialog_filters_media_first_and_all_files_last() {
        let kinds = file_kinds();
        for ending in ["mp4", "MOV", "webp", "JPG", "wav", "toml"] {
            assert!(kinds[0].1.iter().any(|known| known == ending), "{ending}");
        }
        assert!(!kinds[0].1.iter().any(|known| known == "txt"));
        assert_eq!(kinds.last().map(|(_, endings)| endings.join(" ")).as_deref(), Some("*"));
    }
}
