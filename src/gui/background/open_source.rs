//! Tries to open a source before it is shown.

use crate::gui::model::command::Command;
use crate::gui::model::effect::Opening;
use crate::gui::model::opening;
use crate::media::{MediaError, Source};
use crate::picture::layout::Layout;
use crate::render::Opener;
use crate::scene::SceneFile;

impl Opening {
    /// Tries to open the source or scene. Gives the command that shows it, or the one that reports why it does not
    /// open. Takes as long as opening the file and decoding its first frame.
    #[must_use]
    pub fn attempt(self, opener: &dyn Opener) -> Command {
        let command = match self {
            Self::Source(source, layout) => attempt(opener, &source, layout)
                .map(|()| Command::Open(opening::Command::ShowSource(source)))
                .map_err(|error| error.to_string()),
            Self::SceneFile(path) => {
                SceneFile::read(&path).map_err(|error| error.to_string()).and_then(|file| {
                    attempt(opener, &file.scene.source, file.scene.layout)
                        .map(|()| Command::Open(opening::Command::ShowSceneFile(Box::new(file), path)))
                        .map_err(|error| error.to_string())
                })
            }
            Self::Scene(scene) => attempt(opener, &scene.source, scene.layout)
                .map(|()| Command::Open(opening::Command::ShowScene(scene)))
                .map_err(|error| error.to_string()),
            Self::Then(source, layout, command) => {
                attempt(opener, &source, layout).map(|()| *command).map_err(|error| error.to_string())
            }
        };
        command.unwrap_or_else(|why| Command::Open(opening::Command::Refuse(why)))
    }
}

/// Opens a source up to its first frame.
fn attempt(opener: &dyn Opener, source: &Source, layout: Layout) -> Result<(), MediaError> {
    // A file without any frame is reported by the session, as every source without a frame.
    opener.open_aside(source, layout)?.next_frame().map(drop)
}
