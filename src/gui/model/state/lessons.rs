//! Going through the lessons: what each step shows, and the user's own scene, which is restored at the end.

use super::State;
use crate::gui::model::effect::{Effect, session};
use crate::gui::model::lessons::folder::LessonFolder;
use crate::gui::model::lessons::{Command, Lesson, LessonView, OwnScene, Step, lessons};
use crate::gui::model::panels::viewport::ViewPos;
use crate::gui::model::playback::Steps;
use crate::gui::model::playback::loop_range::LoopRange;
use crate::gui::model::save::typed_path;
use crate::play::{Command as Session, Status};
use crate::scene::Scene;

impl State {
    /// Carries out a command of the lessons.
    pub(super) fn learn(&mut self, command: Command, status: &Status) -> Vec<Effect> {
        match command {
            Command::Step(step) => return self.step_through_lessons(step, status),
            Command::DeclineOffer => self.lessons.is_offered = false,
            Command::Show(number, answered) => return self.show_lesson(number, answered, status),
            Command::RestoreOwnScene => return self.restore_own_scene(),
            Command::TypeFolder(typed) => self.lessons.typed_folder = typed,
            Command::ReadFolder(typed) => return read_folder(&typed),
            Command::ChooseFolder => return vec![Effect::ShowFolderDialog],
            Command::TakeFolder(found) => self.take_lessons(*found),
        }
        Vec::new()
    }

    /// Goes one step through the lessons.
    fn step_through_lessons(&mut self, step: Step, status: &Status) -> Vec<Effect> {
        let was_dark = std::mem::take(&mut self.lessons.blackout);
        let LessonView { open, lesson, answered } = self.lessons.view;
        match (step, lesson) {
            // Any step ends a black screen, as in slide shows.
            (Step::Blackout, _) => self.lessons.blackout = !was_dark,
            (Step::Next | Step::Back, _) if was_dark => {}
            (Step::Toggle, _) if open => return self.close_lessons(status),
            (Step::Toggle, _) => {
                // The offer is not needed once the lessons were opened.
                self.lessons.is_offered = false;
                self.lessons.view.open = true;
                if let Some(number) = lesson {
                    return self.ask_for_lesson(number, answered, status);
                }
            }
            (Step::Open(number), _) => return self.ask_for_lesson(number, false, status),
            (Step::Next, None) => {
                let is_new =
                    |number: &usize| self.lesson(*number).is_some_and(|lesson| !self.is_done(lesson));
                let first = (0..self.lesson_count()).find(is_new).unwrap_or(0);
                return self.ask_for_lesson(first, false, status);
            }
            (Step::Answer, Some(number)) => return self.ask_for_lesson(number, true, status),
            (Step::Next, Some(number)) if !answered => return self.ask_for_lesson(number, true, status),
            (Step::Next, Some(number)) if number + 1 < self.lesson_count() => {
                return self.ask_for_lesson(number + 1, false, status);
            }
            (Step::Back, Some(number)) if answered => return self.ask_for_lesson(number, false, status),
            (Step::Back, Some(number)) if number > 0 => return self.ask_for_lesson(number - 1, true, status),
            (Step::List | Step::Next | Step::Back, _) => {
                self.lessons.view = LessonView { open: true, ..LessonView::default() };
            }
            (Step::Answer, None) => {}
            (Step::Present, _) => {
                self.window.presenting = true;
                self.window.fullscreen = true;
                return vec![Effect::Fullscreen(true)];
            }
            (Step::Forget, _) => self.lessons.done.clear(),
        }
        Vec::new()
    }

    /// The number of lessons, a teacher's own included.
    #[must_use]
    pub fn lesson_count(&self) -> usize {
        lessons().len() + self.lessons.folder.lessons.len()
    }

    /// True while a lesson waits for a prediction: what would give the answer away is not shown.
    #[must_use]
    pub fn is_predicting(&self) -> bool {
        self.lesson_read().is_some() && !self.lessons.view.answered
    }

    /// The open lesson.
    #[must_use]
    pub fn lesson_read(&self) -> Option<&Lesson> {
        self.lessons.view.lesson.filter(|_| self.lessons.view.open).and_then(|number| self.lesson(number))
    }

    /// True for a lesson whose answer was shown, today or before.
    #[must_use]
    pub fn is_done(&self, lesson: &Lesson) -> bool {
        self.lessons.done.contains(&lesson.title)
    }

    /// The user's own scene, also while a lesson is on screen.
    #[must_use]
    pub fn own_scene(&self) -> &Scene {
        self.lessons.own.as_ref().map_or(&self.scene, |own| &own.scene)
    }

    /// Shows a lesson's question or answer once its source is found to open.
    fn ask_for_lesson(&mut self, number: usize, answered: bool, status: &Status) -> Vec<Effect> {
        let Some(scene) = self.lesson(number).map(|lesson| lesson.shows(answered)) else { return Vec::new() };
        self.once_it_opens(&scene, Command::Show(number, answered).into(), status)
    }

    /// Shows a lesson's question or answer.
    fn show_lesson(&mut self, number: usize, answered: bool, status: &Status) -> Vec<Effect> {
        self.opening.is_pending = false;
        let Some(lesson) = self.lesson(number) else { return Vec::new() };
        let (title, scene) = (lesson.title.clone(), lesson.shows(answered));
        let (start, frames) = (lesson.scene.frame.unwrap_or_default(), lesson.scene.frames.clone());
        let playing = lesson.playing && !self.window.reduced_motion;
        let is_entered = self.lessons.own.is_none()
            || self.lessons.view.lesson != Some(number)
            || self.scene.source != scene.source;
        let own = self.lessons.own.take().unwrap_or_else(|| Box::new(self.now_on_screen(status)));
        let mut effects = self.use_scene(scene.clone());
        if self.scene != scene {
            // Its key is too short; the notice says so.
            self.lessons.own = Some(own).filter(|own| own.scene != self.scene);
            return effects;
        }
        self.lessons.own = Some(own);
        self.lessons.is_offered = false;
        self.lessons.view = LessonView { open: true, lesson: Some(number), answered };
        if answered {
            self.lessons.done.insert(title);
        }
        self.playback.owed = Steps::default();
        if is_entered {
            self.panel_view.view_pos = ViewPos::default();
            self.playback.range = LoopRange::of(frames.as_ref());
            effects.extend(session(Session::Seek(start)));
        }
        effects.extend(session(if playing { Session::Play } else { Session::Pause }));
        effects
    }

    fn now_on_screen(&self, status: &Status) -> OwnScene {
        OwnScene {
            scene: self.scene.clone(),
            frame: status.shown.map(|(frame, _)| frame),
            playing: status.playing,
            backwards: status.backwards,
            range: self.playback.range,
            view_pos: self.panel_view.view_pos,
            enlarged: self.panel_view.enlarged,
            comparison: self.panel_view.comparison,
        }
    }

    /// Closes the lessons and restores what was on screen before the first of them, if it still opens. Otherwise the
    /// scene of the lesson stays.
    fn close_lessons(&mut self, status: &Status) -> Vec<Effect> {
        self.lessons.view.open = false;
        let Some(scene) = self.lessons.own.as_ref().map(|own| own.scene.clone()) else { return Vec::new() };
        self.once_it_opens(&scene, Command::RestoreOwnScene.into(), status)
    }

    /// Restores what was on screen before the first lesson, unless the lessons were opened again meanwhile.
    fn restore_own_scene(&mut self) -> Vec<Effect> {
        self.opening.is_pending = false;
        let Some(own) = self.lessons.own.take_if(|_| !self.lessons.view.open) else { return Vec::new() };
        let OwnScene { scene, frame, playing, backwards, range, view_pos, enlarged, comparison } = *own;
        let mut effects = self.use_scene(scene);
        (self.panel_view.view_pos, self.panel_view.enlarged, self.panel_view.comparison) =
            (view_pos, enlarged, comparison);
        self.playback.range = range;
        self.playback.owed = Steps::default();
        effects.extend(frame.into_iter().flat_map(|frame| session(Session::Seek(frame))));
        effects.extend(session(match (playing, backwards) {
            (true, false) => Session::Play,
            (true, true) => Session::PlayBackwards,
            (false, _) => Session::Pause,
        }));
        self.notices.confirmation =
            Some("Your own scene is restored. Ctrl+Z returns to that of the lesson.".into());
        effects
    }
}

impl State {
    /// The lesson with this number: the built-in ones, then a teacher's own.
    #[must_use]
    pub fn lesson(&self, number: usize) -> Option<&Lesson> {
        let own = || self.lessons.folder.lessons.get(number.checked_sub(lessons().len())?);
        lessons().get(number).or_else(own)
    }

    /// Takes the lessons of a folder.
    fn take_lessons(&mut self, found: LessonFolder) {
        self.lessons.typed_folder =
            found.folder.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
        if self.lessons.view.lesson.is_some_and(|number| number >= lessons().len())
            && self.lessons.folder != found
        {
            // The number may now mean another lesson.
            self.lessons.view.lesson = None;
        }
        self.lessons.folder = found;
    }
}

/// Reads the folder that was typed.
fn read_folder(typed: &str) -> Vec<Effect> {
    let path = typed_path(typed, std::env::home_dir().as_deref());
    if path.as_os_str().is_empty() { Vec::new() } else { vec![Effect::ReadLessons(path)] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gui::model::editing;
    use crate::gui::model::editing::key::KeyText;
    use crate::gui::model::effect::Opening;
    use crate::gui::model::encoding;
    use crate::gui::model::window;
    use crate::gui::settings::Settings;
    use crate::media::Source;
    use crate::picture::layout::Layout;
    use crate::units::FrameIndex;

    /// A scene that no lesson has.
    fn own() -> Scene {
        let panels = ["aes-256-ofb", "plain"].map(|panel| panel.parse().expect("a panel")).into();
        Scene { panels, layout: Layout::YUV420P, ..Scene::of(Source::DemoStill) }
    }

    fn at(frame: u64, playing: bool) -> Status {
        Status { shown: Some((FrameIndex(frame), 0.1)), playing, ..Status::default() }
    }

    fn learn(state: &mut State, step: Step, status: &Status) -> Vec<String> {
        let told = |effect| match effect {
            Effect::Session(Session::SetScene(scene)) => format!("SetScene({})", scene.source),
            Effect::Session(command) => format!("{command:?}"),
            other => format!("{other:?}"),
        };
        let mut effects = state.apply(Command::Step(step), status);
        // The source of the lesson opens at once.
        if let [Effect::Open(Opening::Then(_, _, command))] = &effects[..] {
            effects = state.apply((**command).clone(), status);
        }
        // What the lesson needs is encoded at once.
        if let [Effect::Encode(job)] = &effects[..] {
            effects = state.apply(encoding::Command::Made(job.clone()), status);
        }
        effects.into_iter().map(told).collect()
    }

    #[test]
    fn every_lesson_plays_or_pauses_as_its_file_states() {
        for playing in [false, true] {
            for (number, lesson) in lessons().iter().enumerate() {
                let mut state = State::new(own());
                let told = learn(&mut state, Step::Open(number), &at(3, playing));
                let plays = if lesson.playing { "Play" } else { "Pause" };
                let start = format!("Seek({:?})", lesson.scene.frame.unwrap_or_default());
                let source = format!("SetScene({})", lesson.asking().source);
                assert_eq!(told, [source, start.clone(), plays.to_owned()], "{}", lesson.title);
                assert_eq!(state.scene, lesson.asking());
                // The answer is about the frame on screen, wherever that is by now.
                let told = learn(&mut state, Step::Answer, &at(9, !playing));
                let source = format!("SetScene({})", lesson.scene.scene.source);
                // Another source starts where the lesson does.
                let seeks = (lesson.before_source.is_some()).then(|| start.clone());
                let expected: Vec<String> =
                    std::iter::once(source).chain(seeks).chain([plays.to_owned()]).collect();
                assert_eq!(told, expected, "{}", lesson.title);
                assert_eq!(state.scene, lesson.scene.scene);
            }
        }
    }

    #[test]
    fn with_reduced_motion_no_lesson_plays() {
        for number in 0..lessons().len() {
            let mut state = State::new(own());
            state.window.reduced_motion = true;
            let told = learn(&mut state, Step::Open(number), &at(0, false));
            assert_eq!(told.last().map(String::as_str), Some("Pause"));
        }
    }

    #[test]
    fn closing_the_lessons_restores_scene_frame_zoom_and_loop() {
        for (playing, plays) in [(true, "Play"), (false, "Pause")] {
            let mut state = State::new(own());
            let view_pos = ViewPos { center: [0.25, 0.5], ..ViewPos::default() };
            (state.panel_view.view_pos, state.panel_view.enlarged) = (view_pos, Some(1));
            state.playback.range = LoopRange::default().starting(FrameIndex(5));
            let before = state.playback.range;
            learn(&mut state, Step::Open(6), &at(41, playing));
            assert_eq!(
                (state.panel_view.view_pos, state.panel_view.enlarged),
                (ViewPos::default(), None),
                "a lesson is seen whole"
            );
            learn(&mut state, Step::Next, &at(99, true));
            learn(&mut state, Step::Next, &at(120, true));
            let kept = Settings::of(&state, 1.0);
            assert_eq!(kept.scene, Some(own()), "what is remembered is the user's own");
            let told = learn(&mut state, Step::Toggle, &at(300, true));
            assert_eq!(
                told,
                ["SetScene(demo:still)".to_owned(), format!("Seek({:?})", FrameIndex(41)), plays.to_owned()]
            );
            assert_eq!(
                (&state.scene, state.panel_view.view_pos, state.panel_view.enlarged),
                (&own(), view_pos, Some(1))
            );
            assert_eq!((state.playback.range, state.lessons.own.is_some()), (before, false));
            // Once more: the lesson is where it was, and the user's own scene comes back again.
            learn(&mut state, Step::Toggle, &at(41, playing));
            assert_eq!(state.scene, lessons()[7].asking());
            learn(&mut state, Step::Toggle, &at(60, true));
            assert_eq!(state.scene, own());
        }
    }

    #[test]
    fn closing_the_lessons_without_opening_one_changes_nothing() {
        let mut state = State::new(own());
        assert!(learn(&mut state, Step::Toggle, &at(3, true)).is_empty());
        assert!(learn(&mut state, Step::Toggle, &at(3, true)).is_empty());
        assert!(!state.lessons.view.open && state.scene == own());
    }

    #[test]
    fn steps_go_through_all_lessons_and_back_and_mark_answered_ones_as_done() {
        let mut state = State::new(own());
        learn(&mut state, Step::Toggle, &at(0, true));
        for (number, lesson) in lessons().iter().enumerate() {
            learn(&mut state, Step::Next, &at(0, true));
            assert_eq!((state.lessons.view.lesson, state.lessons.view.answered), (Some(number), false));
            assert!(!state.is_done(lesson), "{} is not done before its answer", lesson.title);
            learn(&mut state, Step::Next, &at(0, true));
            assert_eq!((state.lessons.view.answered, &state.scene), (true, &lesson.scene.scene));
            assert!(state.is_done(lesson));
        }
        learn(&mut state, Step::Next, &at(0, true));
        assert_eq!((state.lessons.view.open, state.lessons.view.lesson), (true, None), "the list");
        learn(&mut state, Step::Open(1), &at(0, true));
        learn(&mut state, Step::Back, &at(0, true));
        let LessonView { lesson, answered, .. } = state.lessons.view;
        assert_eq!((lesson, answered), (Some(0), true), "one step back is the answer before");
        learn(&mut state, Step::Back, &at(0, true));
        learn(&mut state, Step::Back, &at(0, true));
        assert_eq!(state.lessons.view.lesson, None);
        learn(&mut state, Step::Forget, &at(0, true));
        state.lessons.done.insert(lessons()[0].title.clone());
        learn(&mut state, Step::Next, &at(0, true));
        assert_eq!(state.lessons.view.lesson, Some(1), "the first that is not done");
    }

    #[test]
    fn any_step_ends_a_black_screen_and_does_nothing_else() {
        let mut state = State::new(own());
        learn(&mut state, Step::Open(0), &at(0, true));
        learn(&mut state, Step::Blackout, &at(0, true));
        assert!(state.lessons.blackout);
        learn(&mut state, Step::Next, &at(0, true));
        assert!(!state.lessons.blackout && !state.lessons.view.answered);
        learn(&mut state, Step::Blackout, &at(0, true));
        let _ = state.apply(window::Command::Escape, &at(0, true));
        assert!(!state.lessons.blackout && state.lessons.view.open);
    }

    #[test]
    fn a_lesson_uses_its_own_key_where_the_users_key_is_too_short() {
        let mut state = State::new(own());
        let _ = state.apply(
            editing::Command::SetKey(KeyText("00112233445566778899aabbccddeeff".into())),
            &at(0, true),
        );
        let mine = state.scene.clone();
        // AES-256 needs more.
        learn(&mut state, Step::Open(4), &at(0, true));
        learn(&mut state, Step::Answer, &at(0, true));
        assert_eq!(state.scene, lessons()[4].scene.scene);
        learn(&mut state, Step::Toggle, &at(0, true));
        assert_eq!(state.scene, mine);
    }
}
