//! Opening another source: it is tried first on a thread of its own, and the current source stays until the new one
//! opens.
//!
//! ```text
//! Typed, File, LastScene         ──▶ Effect::Open ──▶ tried ──opens──▶ ShowSource, ShowSceneFile, ShowScene
//! Undo, Redo, lessons, to a file ──▶      │             │              editing::Return, lessons::Show, …
//!                                                       └─────not────▶ Refuse
//! ```
//!
//! Generated sources always open and are not tried.

use std::path::{Path, PathBuf};

use super::State;
use super::editing::with_target;
use crate::call::{CallSource, PlannedCall};
use crate::gui::model::captured::CaptureChange;
use crate::gui::model::command::Command as AnyCommand;
use crate::gui::model::editing::history::Edit;
use crate::gui::model::effect::{Effect, Opening, session};
use crate::gui::model::opening::{Command, typed_source};
use crate::gui::model::panels::viewport::ViewPos;
use crate::gui::model::playback::Steps;
use crate::gui::model::playback::loop_range::{self, LoopRange};
use crate::media::capture::CapturedStream;
use crate::media::{NoContentKey, Source};
use crate::payload::Target;
use crate::play::{self, Status};
use crate::scene::{Panel, Scene, SceneFile};

/// The most files in the menu "Recent".
const MOST_RECENT: usize = 10;

impl State {
    pub(super) fn apply_opening(&mut self, command: Command, status: &Status) -> Vec<Effect> {
        match command {
            Command::Typed(text) => match typed_source(&text, std::env::home_dir().as_deref()) {
                Ok(source) => return self.open(source),
                Err(error) => self.notices.error = Some(error),
            },
            Command::File(path) => return self.open(Source::File(path)),
            Command::LastScene => {
                let last = self.opening.last_scene.clone();
                return last.map_or_else(Vec::new, |scene| self.ask_for(Opening::Scene(scene)));
            }
            Command::ShowDialog => return vec![Effect::ShowDialog(self.folder_to_open())],
            Command::FocusField => return vec![Effect::FocusSource],
            Command::ShowSource(source) => return self.show_pictures(source),
            Command::ShowSound(source) => return self.show_sound(source),
            Command::TrySound => return self.try_sound(),
            Command::ShowLocked(source) => return self.show_locked(source),
            Command::StartLocked => {
                let is_shown = self.scene.shows_own() || !self.scene.target.is_pixels();
                return if is_shown { Vec::new() } else { self.show_locked(self.scene.source.clone()) };
            }
            Command::SetContentKey => return self.set_content_key(),
            Command::ChangeCall(call) => return self.open_call(*call),
            Command::ChangeCapture(change) => return self.change_capture(change),
            Command::ShowScene(scene) => {
                self.opening.is_pending = false;
                self.leave_own();
                return self.show_opened(*scene, status);
            }
            Command::ShowSceneFile(file, path) => return self.open_scene(*file, path),
            Command::Refuse(why) => self.refuse(why),
            Command::Remember(path) => self.remember(path),
        }
        Vec::new()
    }

    /// Shows a scene. Another design of the same call goes on at the same frame: protection and keys do not change what is
    /// encoded.
    fn show_opened(&mut self, scene: Scene, status: &Status) -> Vec<Effect> {
        let call = |scene: &Scene| CallSource::of(&scene.source).map(|source| source.call().clone());
        let goes_on = call(&self.scene).zip(call(&scene)).is_some_and(|(now, next)| next.encodes_as(&now));
        if !goes_on {
            self.playback.range = LoopRange::default();
        }
        let mut effects = self.use_scene(scene);
        let shown = status.shown.filter(|_| goes_on && !effects.is_empty());
        effects.extend(shown.map(|(frame, _)| Effect::Session(play::Command::Seek(frame))));
        effects
    }

    /// True if the source is a call.
    #[must_use]
    pub fn shows_call(&self) -> bool {
        CallSource::of(&self.scene.source).is_some() && !self.call_view.is_hidden
    }

    /// Asks for a call to be opened, with panels of its observers unless other panels were chosen for the call that is open.
    fn open_call(&mut self, call: PlannedCall) -> Vec<Effect> {
        let now = CallSource::of(&self.scene.source).map(|source| Panel::of_call(source.call().media));
        let has_own = now.as_ref().is_some_and(|usual| *usual != self.scene.panels);
        let panels = if has_own { self.scene.panels.clone() } else { Panel::of_call(call.media) };
        let (source, target) = (CallSource::source(call), Target::Packets);
        let scene = Scene { source, target, panels, stream: None, encode: None, ..self.scene.clone() };
        self.ask_for(Opening::Scene(Box::new(scene)))
    }

    /// Asks for a source to be opened.
    fn open(&mut self, source: Source) -> Vec<Effect> {
        if let Some(call) = CallSource::of(&source) {
            return self.open_call(call.call().clone());
        }
        // The file that is open keeps its content key.
        let is_open = source.path().is_some() && source.path() == self.scene.source.path();
        let source = if is_open { self.scene.source.clone() } else { source };
        let opening = match (source, &self.scene.source) {
            (Source::File(path), Source::Capture(captured)) if SceneFile::is_name(&path) => {
                Opening::KeysOrScene(captured.clone(), path, self.scene.layout)
            }
            (Source::File(path), Source::Capture(captured)) if is_sdp_name(&path) => {
                let described = CapturedStream { sdp: Some(path), ..captured.clone() };
                Opening::Source(Source::Capture(described), self.scene.layout)
            }
            (Source::File(path), _) if SceneFile::is_name(&path) => Opening::SceneFile(path),
            (source, _) => Opening::Source(source, self.scene.layout),
        };
        self.ask_for(opening)
    }

    /// Asks for something to be opened, in place of what was asked for before.
    pub(super) fn ask_for(&mut self, opening: Opening) -> Vec<Effect> {
        self.notices.error = None;
        self.opening.is_pending = true;
        vec![Effect::Open(opening)]
    }

    /// Carries out `command`, which shows `scene`: at once, or, if its source is another file, once the file is
    /// found to open.
    pub(super) fn once_it_opens(
        &mut self,
        scene: &Scene,
        command: AnyCommand,
        status: &Status,
    ) -> Vec<Effect> {
        match &scene.source {
            Source::File(_) | Source::Keyed(_) | Source::Capture(_) | Source::Simulated(_)
                if scene.source != self.scene.source =>
            {
                self.ask_for(Opening::Then(scene.footage(), scene.layout, Box::new(command)))
            }
            _ => self.apply(command, status),
        }
    }

    /// What was asked for does not open: the current source stays.
    fn refuse(&mut self, why: String) {
        self.opening.is_pending = false;
        self.notices.error = Some(why);
        self.leave_own();
    }

    /// Where the lessons are closed, drops the scene from before them: another one has been opened.
    pub(super) fn leave_own(&mut self) {
        if !self.lessons.view.open {
            self.lessons.own = None;
        }
    }

    /// Tries whether the source has sound alone, if its pixels are to be shown.
    fn try_sound(&self) -> Vec<Effect> {
        let Scene { source, target, layout, .. } = &self.scene;
        match source {
            Source::File(_) | Source::Keyed(_) | Source::Capture(_) if target.is_pixels() => {
                vec![Effect::Open(Opening::Sound(source.clone(), *layout))]
            }
            _ => Vec::new(),
        }
    }

    /// Shows a source that has pictures. A target that was set for a source without them is pixels again.
    fn show_pictures(&mut self, source: Source) -> Vec<Effect> {
        if std::mem::take(&mut self.opening.is_target_automatic) {
            return self.show(source, Target::Pixels);
        }
        self.show(source, self.scene.target)
    }

    /// Shows a source that has sound and no video: a target that takes no sound becomes packets.
    fn show_sound(&mut self, source: Source) -> Vec<Effect> {
        let target = self.scene.target;
        if target.takes_sound() {
            return self.show(source, target);
        }
        let effects = self.show(source, Target::Packets);
        self.opening.is_target_automatic = true;
        self.notices.confirmation =
            Some("This file has no video. Its sound is encrypted: target packets.".into());
        effects
    }

    /// Shows the ciphertext of a source whose video is encrypted.
    fn show_locked(&mut self, source: Source) -> Vec<Effect> {
        let (panels, target) = (Panel::own(), Target::Packets);
        let scene = Scene { source, stream: None, target, panels, ..self.scene.clone() };
        let effects = self.show_scene_of(scene);
        self.opening.is_target_automatic = true;
        let message = if matches!(self.scene.source, Source::Capture(_)) {
            "The packets of this stream are shown as they were transmitted. Drop an SDP or a keys file here, or type the key \
             into the settings of the source."
        } else {
            "This file is encrypted. Its own ciphertext is shown; its content key goes into the settings of the source."
        };
        self.notices.confirmation = Some(message.into());
        effects
    }

    /// Opens the current file again with the typed content key.
    fn set_content_key(&mut self) -> Vec<Effect> {
        let text = self.opening.content_key.0.trim();
        let key = match (text.is_empty(), text.parse()) {
            (true, _) => None,
            (false, Ok(key)) => Some(key),
            (false, Err(error)) => {
                let error: NoContentKey = error;
                self.notices.error = Some(error.to_string());
                return Vec::new();
            }
        };
        let source = self.scene.source.with_key(key);
        self.ask_for(Opening::Source(source, self.scene.layout))
    }

    /// Opens the current capture again with a change.
    fn change_capture(&mut self, change: CaptureChange) -> Vec<Effect> {
        let Source::Capture(captured) = &self.scene.source else { return Vec::new() };
        match self.opening.capture.changed(captured, change) {
            Ok(changed) => self.ask_for(Opening::Source(Source::Capture(changed), self.scene.layout)),
            Err(error) => {
                self.notices.error = Some(error);
                Vec::new()
            }
        }
    }

    /// Shows a source that opens, from its first frame. A stream that was chosen is kept with its target.
    fn show(&mut self, source: Source, target: Target) -> Vec<Effect> {
        let stream = self.scene.stream.filter(|_| target == self.scene.target);
        let scene = Scene { source, stream, ..self.scene.clone() };
        self.show_scene_of(with_target(&scene, target))
    }

    /// Shows a scene of a source that opens, from its first frame.
    fn show_scene_of(&mut self, scene: Scene) -> Vec<Effect> {
        self.opening.is_pending = false;
        self.leave_own();
        if let Some(path) = scene.source.path() {
            self.remember(path.to_owned());
        }
        self.opening.typed = scene.source.to_string();
        self.panel_view.view_pos = ViewPos::default();
        self.notices.error = None;
        self.notices.dismissed = None;
        self.playback.owed = Steps::default();
        self.playback.range = LoopRange::default();
        let is_reloaded = scene.source == self.scene.source && scene.target == self.scene.target;
        let mut effects = if is_reloaded && (self.scene.shows_own() || !scene.shows_own()) {
            session(play::Command::Reload)
        } else {
            self.edit(Edit::Source, scene)
        };
        effects.extend(session(play::Command::Play));
        effects
    }

    /// Shows a scene that was read from a file, at its frame.
    fn open_scene(&mut self, file: SceneFile, path: PathBuf) -> Vec<Effect> {
        self.opening.is_pending = false;
        self.leave_own();
        let SceneFile { scene, frame, frames, .. } = file;
        self.playback.range = LoopRange::of(frames.as_ref());
        let mut effects = self.use_scene(scene);
        if self.notices.error.is_none() {
            self.remember(path);
            self.notices.error = frames.as_ref().and_then(loop_range::with_gaps);
        }
        if let (Some(frame), false) = (frame, effects.is_empty()) {
            effects.extend([play::Command::Pause, play::Command::Seek(frame)].map(Effect::Session));
        }
        effects
    }

    /// Puts a file first among those that were opened.
    fn remember(&mut self, path: PathBuf) {
        // Absolute: the next start may be in another folder.
        let source = Source::File(std::path::absolute(&path).unwrap_or(path));
        self.opening.recent.retain(|known| *known != source);
        self.opening.recent.insert(0, source);
        self.opening.recent.truncate(MOST_RECENT);
    }

    /// The folder in which the dialog starts: that of the current file, of the file opened last, or of the file saved
    /// last.
    #[must_use]
    fn folder_to_open(&self) -> Option<PathBuf> {
        let opened = std::iter::once(&self.scene.source)
            .chain(&self.opening.recent)
            .find_map(|source| source.path()?.parent().filter(|folder| !folder.as_os_str().is_empty()));
        opened.map(Path::to_owned).or_else(|| self.saving.folder.clone())
    }

    /// The title of the window: the name of the source.
    #[must_use]
    pub fn title(&self, status: &Status) -> String {
        let source = &self.scene.source;
        let name = match source.path() {
            Some(path) => path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned(),
            None => source.to_string(),
        };
        if status.error.is_some() && status.info.is_none() {
            return "Afterimage".into();
        }
        format!("{name} – Afterimage")
    }
}

/// True for the name of an SDP file.
fn is_sdp_name(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("sdp"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gui::model::opening::typed_source;

    #[test]
    fn a_path_may_be_quoted_start_with_a_tilde_or_be_a_file_url() {
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
    fn the_dialog_starts_in_the_last_folder() {
        let mut state = State::new(Scene::of(Source::Demo));
        assert_eq!(state.folder_to_open(), None);
        state.saving.folder = Some("/saved".into());
        assert_eq!(state.folder_to_open(), Some("/saved".into()));
        state.remember("/films/a.mp4".into());
        assert_eq!(state.folder_to_open(), Some("/films".into()));
        state.scene.source = Source::File("/here/b.mp4".into());
        assert_eq!(state.folder_to_open(), Some("/here".into()));
        state.scene.source = Source::File("b.mp4".into());
        assert_eq!(state.folder_to_open(), Some("/films".into()), "a bare name says no folder");
    }

    #[test]
    fn the_last_ten_files_are_remembered_once_each_the_latest_first() {
        let mut state = State::new(Scene::of(Source::Demo));
        for number in (0..12).chain([5]) {
            state.remember(format!("/{number}.mp4").into());
        }
        let names: Vec<_> = state.opening.recent.iter().map(ToString::to_string).collect();
        assert_eq!((names.len(), names[0].as_str(), names[1].as_str()), (10, "/5.mp4", "/11.mp4"));
    }
}
