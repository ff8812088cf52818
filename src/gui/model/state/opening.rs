//! Opening another source while one is shown: what is asked for is tried first, on a thread of its own, and what is
//! shown stays unless the other one opens.
//!
//! ```text
//! OpenTyped, OpenFile, OpenLastScene ──▶ Effect::Open ──▶ tried ──opens──▶ Show, OpenScene, UseScene
//! Undo, Redo, Learn, to a file       ──▶      │             │              Return, ShowLesson, BringBack
//!                                                           └────not───▶ Refuse
//! ```
//!
//! What the program makes itself always opens, and is not tried.

use std::path::{Path, PathBuf};

use super::State;
use crate::gui::model::command::Command;
use crate::gui::model::effect::{Effect, session};
use crate::gui::model::history::Edit;
use crate::gui::model::loop_range::{self, LoopRange};
use crate::gui::model::opening::Opening;
use crate::gui::model::playback::Steps;
use crate::gui::model::viewport::Look;
use crate::media::Source;
use crate::play::{self, Status};
use crate::scene::{Scene, SceneFile};

/// How many sources that were opened are remembered.
const MOST_RECENT: usize = 10;

impl State {
    /// Has a source opened that was named.
    pub(super) fn open(&mut self, source: Source) -> Vec<Effect> {
        let opening = match source {
            Source::File(path) if SceneFile::is_name(&path) => Opening::SceneFile(path),
            source => Opening::Source(source, self.scene.layout),
        };
        self.ask_for(opening)
    }

    /// Has something opened; what was asked for before is not waited for any more.
    pub(super) fn ask_for(&mut self, opening: Opening) -> Vec<Effect> {
        self.notice = None;
        self.is_opening = true;
        vec![Effect::Open(opening)]
    }

    /// Carries `command` out, which shows `scene`: at once, or where that is of another file, which may be gone, once
    /// the file is found to open.
    pub(super) fn once_it_opens(&mut self, scene: &Scene, command: Command, status: &Status) -> Vec<Effect> {
        match &scene.source {
            Source::File(_) if scene.source != self.scene.source => {
                self.ask_for(Opening::Then(scene.source.clone(), scene.layout, Box::new(command)))
            }
            _ => self.apply(command, status),
        }
    }

    /// What was asked for does not open: what is shown stays.
    pub(super) fn refuse(&mut self, why: String) {
        self.is_opening = false;
        self.notice = Some(why);
        self.leave_own();
    }

    /// Where the lessons are closed, the scene from before them is not waited for any more.
    pub(super) fn leave_own(&mut self) {
        if !self.view.course.open {
            self.own = None;
        }
    }

    /// Shows a source that opens, from its first frame.
    pub(super) fn show(&mut self, source: Source) -> Vec<Effect> {
        self.is_opening = false;
        self.leave_own();
        if let Source::File(path) = &source {
            self.remember(path.clone());
        }
        self.drafts.source = source.to_string();
        self.view.look = Look::default();
        self.notice = None;
        self.dismissed = None;
        self.playback.owed = Steps::default();
        self.playback.range = LoopRange::default();
        let mut effects = if source == self.scene.source {
            session(play::Command::Reload)
        } else {
            self.edit(Edit::Source, Scene { source, ..self.scene.clone() })
        };
        effects.extend(session(play::Command::Play));
        effects
    }

    /// Shows a scene that was read from a file, at its frame.
    pub(super) fn open_scene(&mut self, file: SceneFile, path: PathBuf) -> Vec<Effect> {
        self.is_opening = false;
        self.leave_own();
        let SceneFile { scene, frame, frames, .. } = file;
        self.playback.range = LoopRange::of(frames.as_ref());
        let mut effects = self.use_scene(scene);
        if self.notice.is_none() {
            self.remember(path);
            self.notice = frames.as_ref().and_then(loop_range::with_gaps);
        }
        if let (Some(frame), false) = (frame, effects.is_empty()) {
            effects.extend([play::Command::Pause, play::Command::Seek(frame)].map(Effect::Session));
        }
        effects
    }

    /// Puts a file first among those that were opened.
    pub(super) fn remember(&mut self, path: PathBuf) {
        // From whichever folder the program is started next.
        let source = Source::File(std::path::absolute(&path).unwrap_or(path));
        self.recent.retain(|known| *known != source);
        self.recent.insert(0, source);
        self.recent.truncate(MOST_RECENT);
    }

    /// The folder in which the dialog begins: that of the file that is shown or was opened last, or else that of the
    /// file that was saved last.
    #[must_use]
    pub(super) fn folder_to_open(&self) -> Option<PathBuf> {
        let opened =
            std::iter::once(&self.scene.source).chain(&self.recent).find_map(|source| match source {
                Source::File(path) => path.parent().filter(|folder| !folder.as_os_str().is_empty()),
                _ => None,
            });
        opened.map(Path::to_owned).or_else(|| self.drafts.folder.clone())
    }

    /// What the window is headed with: the name of what it shows.
    #[must_use]
    pub fn title(&self, status: &Status) -> String {
        let name = match &self.scene.source {
            Source::File(path) => path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned(),
            source => source.to_string(),
        };
        if status.error.is_some() && status.info.is_none() {
            return "Afterimage".into();
        }
        format!("{name} – Afterimage")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gui::model::opening::typed_source;

    #[test]
    fn a_path_may_be_quoted_start_at_home_or_be_an_address() {
        let typed = |text| typed_source(text, Some(Path::new("/h"))).map(|source| source.to_string());
        for (text, source) in [
            ("'a b.mp4'", "a b.mp4"),
            ("\"a b.mp4\" ", "a b.mp4"),
            ("~/a.mp4", "/h/a.mp4"),
            ("demo:still", "demo:still"),
            ("file:///a%20b.mp4\n", "/a b.mp4"),
        ] {
            assert_eq!(typed(text).as_deref(), Ok(source), "{text}");
        }
        assert!(typed("file://server/a.mp4").is_err());
    }

    #[test]
    fn the_dialog_begins_where_one_was() {
        let mut state = State::new(Scene::of(Source::Demo));
        assert_eq!(state.folder_to_open(), None);
        state.drafts.folder = Some("/saved".into());
        assert_eq!(state.folder_to_open(), Some("/saved".into()));
        state.remember("/films/a.mp4".into());
        assert_eq!(state.folder_to_open(), Some("/films".into()));
        state.scene.source = Source::File("/here/b.mp4".into());
        assert_eq!(state.folder_to_open(), Some("/here".into()));
        state.scene.source = Source::File("b.mp4".into());
        assert_eq!(state.folder_to_open(), Some("/films".into()), "a bare name says no folder");
    }

    #[test]
    fn files_are_remembered_once_each_the_latest_first_and_ten_of_them() {
        let mut state = State::new(Scene::of(Source::Demo));
        for number in (0..12).chain([5]) {
            state.remember(format!("/{number}.mp4").into());
        }
        let names: Vec<_> = state.recent.iter().map(ToString::to_string).collect();
        assert_eq!((names.len(), names[0].as_str(), names[1].as_str()), (10, "/5.mp4", "/11.mp4"));
    }
}
