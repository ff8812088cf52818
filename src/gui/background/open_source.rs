//! Tries to open a source before it is shown.

use crate::gui::model::command::Command;
use crate::gui::model::effect::Opening;
use crate::gui::model::opening;
use crate::media::capture::{CaptureKeys, CapturedStream, is_keys_file};
use crate::media::{MediaError, Source};
use crate::payload::Target;
use crate::picture::layout::Layout;
use crate::render::Opener;
use crate::scene::SceneFile;

impl Opening {
    /// Tries to open the source or scene. Gives the command that shows it, or the one that reports why it does not
    /// open; `None` if that was reported before. Takes as long as opening the file and decoding its first frame.
    #[must_use]
    pub fn attempt(self, opener: &dyn Opener) -> Option<Command> {
        let command = match self {
            Self::Source(source, layout) => {
                let source = recognized(source);
                attempt(opener, &source, layout)
                    .map(|is_locked| {
                        let shown = source.clone();
                        Command::Open(if is_locked {
                            opening::Command::ShowLocked(shown)
                        } else {
                            opening::Command::ShowSource(shown)
                        })
                    })
                    .or_else(|error| sound(opener, &source, layout, &error).ok_or_else(|| error.to_string()))
            }
            Self::Sound(source, layout) => {
                let error = attempt(opener, &source, layout).err()?;
                return sound(opener, &source, layout, &error);
            }
            Self::SceneFile(path) => {
                SceneFile::read(&path).map_err(|error| error.to_string()).and_then(|file| {
                    attempt(opener, &file.scene.footage(), file.scene.layout)
                        .map(|_| Command::Open(opening::Command::ShowSceneFile(Box::new(file), path)))
                        .map_err(|error| error.to_string())
                })
            }
            Self::KeysOrScene(captured, path, layout) => {
                if !is_keys_file(&path) {
                    return Self::SceneFile(path).attempt(opener);
                }
                let captured = CapturedStream { keys: Some(CaptureKeys::File(path)), ..captured };
                return Self::Source(Source::Capture(captured), layout).attempt(opener);
            }
            Self::Scene(scene) => attempt(opener, &scene.footage(), scene.layout)
                .map(|_| Command::Open(opening::Command::ShowScene(scene)))
                .map_err(|error| error.to_string()),
            Self::Then(source, layout, command) => {
                attempt(opener, &source, layout).map(|_| *command).map_err(|error| error.to_string())
            }
        };
        Some(command.unwrap_or_else(|why| Command::Open(opening::Command::Refuse(why))))
    }
}

/// A file that is a capture named as one.
fn recognized(source: Source) -> Source {
    match source {
        Source::File(_) => source.recognized(None),
        source => source,
    }
}

/// The command that shows the sound of a source whose video does not open for `error`; `None` if it has none.
fn sound(opener: &dyn Opener, source: &Source, layout: Layout, error: &MediaError) -> Option<Command> {
    if !matches!(error, MediaError::NoVideo { .. }) {
        return None;
    }
    attempt(opener, &Target::Packets.footage(source, None), layout).ok()?;
    Some(Command::Open(opening::Command::ShowSound(source.clone())))
}

/// Opens a source up to its first frame. True if its video is encrypted and there is no content key.
fn attempt(opener: &dyn Opener, source: &Source, layout: Layout) -> Result<bool, MediaError> {
    // A file without any frame is reported by the session, as every source without a frame.
    let mut reader = opener.open_single_threaded(source, layout)?;
    reader.next_frame()?;
    Ok(reader.info().is_locked)
}
