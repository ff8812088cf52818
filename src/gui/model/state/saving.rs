//! Saving and copying: the form, and what is reported of it.

use std::path::PathBuf;

use super::State;
use crate::gui::model::effect::Effect;
use crate::gui::model::lessons;
use crate::gui::model::lessons::folder::LessonFolder;
use crate::gui::model::playback::loop_range::LoopRange;
use crate::gui::model::save::{Command, KeyConsent, SaveForm, Target, What, is_folder, typed_path};
use crate::media::Source;
use crate::play::Status;
use crate::scene::SceneFile;
use crate::units::FrameIndex;

impl State {
    /// Carries out a command.
    pub(super) fn save(&mut self, command: Command, status: &Status) -> Vec<Effect> {
        match command {
            Command::Open(what) => return self.ask_where(what, status),
            Command::Copy(what) => return vec![Effect::SaveFigure(what, Target::Clipboard)],
            Command::Copied => self.notices.confirmation = Some("The picture is on the clipboard.".into()),
            Command::Close | Command::ClipStarted => self.saving.form = None,
            Command::CancelClip => return vec![Effect::CancelClip],
            Command::CopyText(text) => {
                self.notices.confirmation = Some("Copied to the clipboard.".into());
                return vec![Effect::CopyText(text)];
            }
            Command::CopyCommandLine(line) => return self.copy_command_line(line, status),
            Command::ClipCancelled => self.notices.confirmation = Some("No clip was saved.".into()),
            Command::ClipSaved(path) => {
                self.saving.folder = path.parent().map(PathBuf::from);
                self.notices.confirmation = Some(format!("Saved {}", path.display()));
            }
            Command::Done(path) => return self.take_saved(path),
            Command::Failed(problem) if self.saving.form.is_none() => self.notices.error = Some(problem),
            Command::Shown
            | Command::Path(_)
            | Command::Browse
            | Command::Submit
            | Command::SubmitWithKey
            | Command::Exists
            | Command::Failed(_) => {
                return self.saving.form.as_mut().map_or_else(Vec::new, |form| form.take(command));
            }
        }
        Vec::new()
    }

    /// Opens the form, for the current frame.
    fn ask_where(&mut self, what: What, status: &Status) -> Vec<Effect> {
        let frame = status.shown.map(|(frame, _)| frame);
        let usual = match what {
            What::Lesson(_) => self.lessons.folder.folder.clone().or_else(LessonFolder::usual_folder),
            What::Sheet | What::Panel(_) | What::Clip | What::Scene | What::Drawing => {
                self.saving.folder.clone()
            }
        };
        let folder = usual.or_else(std::env::home_dir).unwrap_or_default();
        let path = folder.join(self.suggested_name(what, frame.unwrap_or_default())).display().to_string();
        let frames = self.playback.range.frames();
        let scene = Box::new(SceneFile { frame, frames, ..SceneFile::of(self.scene.clone()) });
        self.saving.forms_opened += 1;
        self.saving.form = Some(SaveForm {
            what,
            path,
            problem: None,
            replace: false,
            is_fresh: true,
            is_busy: false,
            number: self.saving.forms_opened,
            key: if scene.holds_secret_key() { KeyConsent::Needed } else { KeyConsent::NotNeeded },
            scene,
            range: self.playback.range,
        });
        match what {
            What::Sheet | What::Panel(_) => vec![Effect::KeepFrame],
            What::Clip | What::Scene | What::Drawing | What::Lesson(_) => Vec::new(),
        }
    }

    /// Closes the form: the file is saved.
    fn take_saved(&mut self, path: PathBuf) -> Vec<Effect> {
        let folder = path.parent().map(PathBuf::from);
        self.notices.confirmation = Some(format!("Saved {}", path.display()));
        let Some(form) = self.saving.form.take() else { return Vec::new() };
        if let (What::Drawing, Source::Canvas(drawing)) = (form.what, form.scene.scene.source) {
            self.canvas.saved = Some((drawing, path));
        }
        if let (What::Lesson(_), Some(folder)) = (form.what, &folder) {
            // The saved lesson is a template: show it in the list.
            return vec![Effect::ReadLessons(folder.clone())];
        }
        self.saving.folder = folder;
        Vec::new()
    }

    /// A file name that says what the picture shows: `afterimage-demo-frame12.png`.
    fn suggested_name(&self, what: What, frame: FrameIndex) -> String {
        if what == What::Drawing {
            return "afterimage-drawing.png".into();
        }
        if let What::Lesson(number) = what {
            return lessons::file(number).map(|file| file.name.to_owned()).unwrap_or_default();
        }
        let source = match self.scene.source.path() {
            Some(path) => path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            None => self.scene.source.to_string(),
        };
        let panel = what.panel().and_then(|at| self.scene.panels.get(at));
        let panel = panel.map_or_else(String::new, |panel| format!("-{panel}"));
        let range = self.playback.range;
        let frames = match (what, range.end) {
            (What::Clip, _) if range == LoopRange::default() => String::new(),
            (What::Clip, Some(end)) => format!("-frames{}-{end}", range.start.unwrap_or_default()),
            (What::Clip, None) => format!("-from{}", range.start.unwrap_or_default()),
            _ => format!("-frame{frame}"),
        };
        let name = format!("afterimage-{source}{frames}{panel}");
        let plain = |c: char| if c.is_alphanumeric() || "-_.+".contains(c) { c } else { '-' };
        name.chars().map(plain).collect::<String>() + "." + what.extension()
    }
}

impl SaveForm {
    fn take(&mut self, command: Command) -> Vec<Effect> {
        match command {
            Command::Shown => self.is_fresh = false,
            Command::Path(path) => {
                self.path = path;
                self.replace = false;
                self.stop_asking();
                self.problem = None;
            }
            Command::Browse => return vec![Effect::ShowSaveDialog(self.file())],
            Command::Submit if self.is_busy => {}
            Command::Submit if is_folder(&self.path) => {
                self.ask_again("add the name of a file to the folder".into());
            }
            Command::Submit
                if self.what == What::Scene && matches!(self.key, KeyConsent::Needed | KeyConsent::Asked) =>
            {
                self.ask_again("the file would contain your own key in plain text".into());
                self.key = KeyConsent::Asked;
            }
            Command::SubmitWithKey if self.key == KeyConsent::Asked => {
                self.key = KeyConsent::Given;
                return self.take(Command::Submit);
            }
            Command::Submit => {
                self.is_busy = true;
                self.problem = None;
                return self.go();
            }
            Command::Exists => {
                self.ask_again("a file with this name exists. Replace it?".into());
                self.replace = true;
            }
            Command::Failed(problem) => self.ask_again(problem),
            _ => {}
        }
        Vec::new()
    }

    fn ask_again(&mut self, problem: String) {
        self.problem = Some(problem);
        (self.replace, self.is_busy, self.is_fresh) = (false, false, true);
        self.stop_asking();
    }

    fn stop_asking(&mut self) {
        if self.key == KeyConsent::Asked {
            self.key = KeyConsent::Needed;
        }
    }

    /// The effect that writes the file.
    fn go(&self) -> Vec<Effect> {
        let (path, replace, scene) = (self.file(), self.replace, self.scene.clone());
        vec![match self.what {
            What::Clip => Effect::SaveClip { scene: Box::new(scene.scene), range: self.range, path, replace },
            What::Scene => Effect::WriteScene { scene, path, replace },
            What::Drawing => match scene.scene.source {
                Source::Canvas(drawing) => Effect::WriteDrawing { drawing, path, replace },
                _ => return Vec::new(),
            },
            What::Lesson(number) => match lessons::file(number) {
                Some(lesson) => Effect::WriteLesson { lesson, path, replace },
                None => return Vec::new(),
            },
            what => Effect::SaveFigure(what, Target::File { path, replace }),
        }]
    }

    /// The full path of the file. The extension is added where the typed one does not fit.
    #[must_use]
    pub fn file(&self) -> PathBuf {
        let typed = typed_path(&self.path, std::env::home_dir().as_deref());
        let path = std::path::absolute(&typed).unwrap_or(typed);
        if self.what.fits(&path) {
            return path;
        }
        let mut path = path.into_os_string();
        path.push(".");
        path.push(self.what.extension());
        path.into()
    }

    /// The full path to show below the field, where the typed text is not the full path.
    #[must_use]
    pub fn full_path(&self) -> Option<String> {
        let full = self.file().display().to_string();
        (!is_folder(&self.path) && full != self.path.trim()).then_some(full)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gui::background::write_file::{obstacle, write_scene};
    use crate::gui::model::opening;
    use crate::scene::Scene;
    use std::path::Path;

    fn status() -> Status {
        Status { shown: Some((FrameIndex(12), 0.4)), ..Status::default() }
    }

    #[test]
    fn the_suggested_name_says_what_the_picture_shows() {
        let mut state = State::new(Scene::of("some where/a film.mp4".parse().expect("a source")));
        state.scene.panels[2] = "aes-128-ecb:repeats".parse().expect("a panel");
        state.saving.folder = Some("/out".into());
        let mut suggested = |what| {
            let _ = state.save(Command::Open(what), &status());
            state.saving.form.clone().expect("the form is open").path
        };
        assert_eq!(suggested(What::Sheet), "/out/afterimage-a-film-frame12.png");
        assert_eq!(suggested(What::Panel(2)), "/out/afterimage-a-film-frame12-aes-128-ecb-repeats.png");
    }

    #[test]
    fn a_clip_shows_the_loop_at_the_time_of_the_request_and_keeps_a_video_extension() {
        let mut state = State::new(Scene::of(Source::Demo));
        state.saving.folder = Some("/out".into());
        state.playback.range = LoopRange::default().starting(FrameIndex(3)).ending(FrameIndex(40));
        let _ = state.save(Command::Open(What::Clip), &status());
        assert_eq!(state.saving.form.as_ref().expect("the form").path, "/out/afterimage-demo-frames3-40.mp4");
        state.playback.range = LoopRange::default();
        for (typed, file) in [("/a/b.webm", "/a/b.webm"), ("/a/b.avi", "/a/b.avi.mp4"), ("/a/b", "/a/b.mp4")]
        {
            let _ = state.save(Command::Path(typed.into()), &status());
            let effects = state.save(Command::Submit, &status());
            let [Effect::SaveClip { range, path, replace: false, .. }] = &effects[..] else {
                panic!("{effects:?}");
            };
            let _ = state.save(Command::Failed("not now".into()), &status());
            assert_eq!((range.end, path.as_path()), (Some(FrameIndex(40)), Path::new(file)));
        }
        let _ = state.save(Command::ClipStarted, &status());
        assert!(state.saving.form.is_none());
        let _ = state.save(Command::ClipSaved("/a/b.mp4".into()), &status());
        assert!(state.notices.confirmation.is_some_and(|message| message.contains("/a/b.mp4")));
    }

    #[test]
    fn a_scene_is_saved_and_read_back_and_replaces_no_file_without_confirmation() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.toml");
        let mut state = State::new(Scene::of(Source::DemoStill));
        state.playback.range = LoopRange::default().starting(FrameIndex(3)).ending(FrameIndex(40));
        let _ = state.save(Command::Open(What::Scene), &status());
        let _ = state.save(Command::Path(path.with_extension("").display().to_string()), &status());
        let effects = state.save(Command::Submit, &status());
        let [Effect::WriteScene { scene, path: to, replace: false }] = &effects[..] else {
            panic!("{effects:?}");
        };
        assert_eq!(to, &path);
        assert_eq!(write_scene(scene, path.clone(), false), Command::Done(path.clone()));
        let read = SceneFile::read(&path).expect("it reads back");
        assert_eq!((&read.scene, read.frame), (&state.scene, Some(FrameIndex(12))));
        let mut opened = State::new(Scene::of(Source::Demo));
        let _ = opened.apply(opening::Command::ShowSceneFile(Box::new(read), "/a.toml".into()), &status());
        assert_eq!(opened.playback.range, state.playback.range, "what is looped stays so");
        assert_eq!(write_scene(scene, path.clone(), false), Command::Exists);
        assert_eq!(write_scene(scene, path.clone(), true), Command::Done(path));
        let nowhere = folder.path().join("no/such/a.toml");
        assert!(matches!(write_scene(scene, nowhere, false), Command::Failed(_)));
    }

    #[test]
    fn a_path_may_start_with_a_tilde_and_the_form_shows_the_full_path() {
        let home = Path::new("/home/ada");
        for (typed, path) in [
            (" ~/a.png ", "/home/ada/a.png"),
            ("~", "/home/ada"),
            ("~ada/a.png", "~ada/a.png"),
            ("/a/~/b.png", "/a/~/b.png"),
            ("a.png", "a.png"),
        ] {
            assert_eq!(typed_path(typed, Some(home)), Path::new(path), "{typed}");
        }
        let mut state = State::new(Scene::of(Source::Demo));
        let _ = state.save(Command::Open(What::Sheet), &status());
        let full = |state: &mut State, typed: &str| {
            let _ = state.save(Command::Path(typed.into()), &status());
            state.saving.form.as_ref().expect("the form").full_path()
        };
        let here = std::env::current_dir().expect("a folder");
        assert_eq!(full(&mut state, "new/a"), Some(here.join("new/a.png").display().to_string()));
        assert_eq!(full(&mut state, "/out/a.png"), None, "it says so itself");
        for typed in ["", "~", "/out/", "/out/.."] {
            assert_eq!(full(&mut state, typed), None, "{typed}");
            assert!(state.save(Command::Submit, &status()).is_empty(), "{typed:?} names no file");
            assert!(state.saving.form.as_ref().is_some_and(|form| form.problem.is_some() && form.is_fresh));
        }
    }

    #[test]
    fn the_saved_frame_is_the_one_shown_when_the_form_was_opened() {
        let mut state = State::new(Scene::of(Source::Demo));
        assert!(matches!(state.save(Command::Open(What::Sheet), &status())[..], [Effect::KeepFrame]));
        let _ = state.save(Command::Open(What::Scene), &status());
        state.scene.panels.pop();
        let later = Status { shown: Some((FrameIndex(40), 1.3)), ..Status::default() };
        let effects = state.save(Command::Submit, &later);
        let [Effect::WriteScene { scene, .. }] = &effects[..] else { panic!("{effects:?}") };
        assert_eq!((scene.frame, scene.scene.panels.len()), (Some(FrameIndex(12)), 4));
    }

    #[test]
    fn a_missing_folder_and_a_path_that_is_no_file_are_reported_before_anything_is_written() {
        let folder = tempfile::tempdir().expect("a folder");
        let failed = |path: &Path| match obstacle(path, true) {
            Some(Command::Failed(why)) => why,
            other => panic!("{other:?}"),
        };
        let missing = folder.path().join("no/such");
        assert_eq!(
            failed(&missing.join("a.png")),
            format!("that folder does not exist: {}", missing.display())
        );
        assert!(failed(folder.path()).contains("this is a folder"));
        let file = folder.path().join("a.png");
        assert_eq!(obstacle(&file, false), None);
        std::fs::write(&file, "here").expect("it is written");
        assert_eq!((obstacle(&file, false), obstacle(&file, true)), (Some(Command::Exists), None));
        #[cfg(unix)]
        assert!(failed(Path::new("/dev/null")).contains("not a regular file"));
    }

    #[test]
    fn an_existing_file_is_replaced_only_after_confirmation() {
        let mut state = State::new(Scene::of(Source::Demo));
        let _ = state.save(Command::Open(What::Sheet), &status());
        let _ = state.save(Command::Path("/out/a".into()), &status());
        let go = |state: &mut State| match &state.save(Command::Submit, &status())[..] {
            [Effect::SaveFigure(What::Sheet, Target::File { path, replace })] => (path.clone(), *replace),
            other => panic!("{other:?}"),
        };
        assert_eq!(go(&mut state), (PathBuf::from("/out/a.png"), false));
        assert!(state.save(Command::Submit, &status()).is_empty(), "it is being written");
        let _ = state.save(Command::Exists, &status());
        assert_eq!(go(&mut state), (PathBuf::from("/out/a.png"), true));
        let _ = state.save(Command::Failed("no room".into()), &status());
        let _ = state.save(Command::Path("/out/b.png".into()), &status());
        assert_eq!(go(&mut state), (PathBuf::from("/out/b.png"), false), "another file, asked for once");
        let _ = state.save(Command::Done("/out/b.png".into()), &status());
        assert!(
            state.saving.form.is_none()
                && state.notices.confirmation.is_some_and(|message| message.contains("/out/b.png"))
        );
        assert_eq!(state.saving.folder, Some(PathBuf::from("/out")));
    }
}
