//! Encoding the source anew for the scene: the scene is shown once that is done.
//!
//! ```text
//! a change that needs an encoding ──▶ Effect::Encode ──▶ Made ───▶ the session shows the scene
//!                                           │            Failed ─▶ the scene before, and a notice
//!                                           └─ Cancel ───────────▶ the scene before
//! ```

use super::State;
use crate::gui::model::editing::history::Direction;
use crate::gui::model::effect::Effect;
use crate::gui::model::encoding::{Command, EncodingJob, Pending};
use crate::play;
use crate::scene::Scene;

impl State {
    pub(super) fn apply_encoding(&mut self, command: Command) -> Vec<Effect> {
        match command {
            Command::Start => self.start_pending(),
            Command::Made(job) => self.take_encoding(&job),
            Command::Failed(job, why) => {
                if self.encoding.pending.as_ref().is_some_and(|pending| pending.job == job) {
                    self.return_to_shown();
                    self.notices.error = Some(why);
                }
                Vec::new()
            }
            Command::Cancel => {
                self.return_to_shown();
                vec![Effect::CancelEncoding]
            }
        }
    }

    /// Notes that the window starts with `shown` on screen, until what its scene needs is encoded.
    pub fn start_with(&mut self, shown: Scene) {
        if let Some(job) = self.encoding.job_for(&self.scene) {
            let (shown, then) = (Box::new(shown), Vec::new());
            self.encoding.pending = Some(Pending { job, shown, then, is_started: false });
        }
    }

    fn start_pending(&mut self) -> Vec<Effect> {
        let Some(pending) = &mut self.encoding.pending else { return Vec::new() };
        pending.is_started = true;
        vec![Effect::Encode(pending.job.clone())]
    }

    /// Has the session show the scene, once what it needs is encoded. `before` is the scene that it replaces.
    pub(super) fn show_or_encode(&mut self, before: Scene) -> Vec<Effect> {
        let Some(job) = self.encoding.job_for(&self.scene) else {
            let show = Effect::Session(play::Command::SetScene(self.scene.clone()));
            let is_pending = self.encoding.pending.take().is_some();
            return is_pending.then_some(Effect::CancelEncoding).into_iter().chain([show]).collect();
        };
        // What was pending is not on screen: the scene before it is.
        let shown = self.encoding.pending.take().map_or_else(|| Box::new(before), |pending| pending.shown);
        let then = Vec::new();
        self.encoding.pending = Some(Pending { job: job.clone(), shown, then, is_started: true });
        vec![Effect::Encode(job)]
    }

    /// Keeps what the session is to do with a scene until the scene is shown.
    pub(super) fn deferred(&mut self, effects: Vec<Effect>) -> Vec<Effect> {
        let is_encoding = effects.iter().any(|effect| matches!(effect, Effect::Encode(_)));
        let Some(pending) = self.encoding.pending.as_mut().filter(|_| is_encoding) else { return effects };
        let mut now = Vec::new();
        for effect in effects {
            match effect {
                Effect::Session(command) => pending.then.push(command),
                effect => now.push(effect),
            }
        }
        now
    }

    fn take_encoding(&mut self, job: &EncodingJob) -> Vec<Effect> {
        self.encoding.note_made(job);
        let Some(pending) = self.encoding.pending.take_if(|pending| pending.job == *job) else {
            return Vec::new();
        };
        let show = play::Command::SetScene(self.scene.clone());
        std::iter::once(show).chain(pending.then).map(Effect::Session).collect()
    }

    /// Returns to the scene that is on screen.
    fn return_to_shown(&mut self) {
        let Some(pending) = self.encoding.pending.take() else { return };
        if self.history.next(Direction::Undo) == Some(&pending.shown) {
            let _same = self.history.step(Direction::Undo, &self.scene);
        }
        self.scene = *pending.shown;
        self.follow_scene();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gui::model::command::Command as AnyCommand;
    use crate::gui::model::{editing, panels};
    use crate::media::{Encoding, Source};
    use crate::payload::Target;
    use crate::play::Status;
    use crate::scene::PanelTarget;

    fn encoding(text: &str) -> Encoding {
        text.parse().expect("an encoding")
    }

    fn names(effects: &[Effect]) -> Vec<String> {
        let name = |effect: &Effect| match effect {
            Effect::Encode(job) => format!("Encode {:?}", job.encodings),
            Effect::CancelEncoding => "Cancel".to_owned(),
            Effect::Session(play::Command::SetScene(scene)) => format!("Show {}", scene.target),
            Effect::Session(command) => format!("{command:?}"),
            effect => format!("{effect:?}"),
        };
        effects.iter().map(name).collect()
    }

    fn apply(state: &mut State, command: impl Into<AnyCommand>) -> Vec<Effect> {
        state.apply(command, &Status::default())
    }

    fn job(state: &State) -> EncodingJob {
        state.encoding.pending.as_ref().expect("it is being encoded").job.clone()
    }

    #[test]
    fn a_scene_is_shown_once_its_source_is_encoded_and_then_at_once() {
        let mut state = State::new(Scene::of(Source::Demo));
        let set = |text: &str| editing::Command::SetEncoding(Some(encoding(text)));
        let effects = apply(&mut state, set("mpeg4"));
        assert_eq!(names(&effects), [r#"Encode [Encoding("mpeg4")]"#]);
        assert_eq!((state.scene.target, state.scene.encode), (Target::Packets, Some(encoding("mpeg4"))));
        let made = job(&state);
        let effects = apply(&mut state, Command::Made(made));
        assert_eq!(names(&effects), ["Show packets"]);
        assert!(state.encoding.pending.is_none());
        let effects = apply(&mut state, editing::Command::Undo);
        assert_eq!(names(&effects), ["Show pixels"]);
        let effects = apply(&mut state, editing::Command::Redo);
        assert_eq!(names(&effects), ["Show packets"], "it is encoded already");
    }

    #[test]
    fn a_failed_or_cancelled_encoding_leaves_the_scene_that_is_on_screen() {
        for is_cancelled in [false, true] {
            let before = Scene::of(Source::Demo);
            let mut state = State::new(before.clone());
            let of = PanelTarget {
                target: Some(Target::Packets),
                encoding: Some(encoding("mjpeg")),
                ..PanelTarget::OF_SCENE
            };
            let _ = apply(&mut state, panels::Command::SetTarget(1, of));
            let failed = job(&state);
            // Another change meanwhile needs the same encoding.
            let _ = apply(&mut state, panels::Command::Duplicate(1));
            assert_eq!(job(&state), failed);
            if is_cancelled {
                let effects = apply(&mut state, Command::Cancel);
                assert_eq!(names(&effects), ["Cancel"]);
                assert_eq!(state.notices.error, None);
            } else {
                let effects = apply(&mut state, Command::Failed(failed, "no such encoder".into()));
                assert!(effects.is_empty());
                assert_eq!(state.notices.error.as_deref(), Some("no such encoder"));
            }
            assert_eq!(state.scene, before);
            assert!(state.encoding.pending.is_none());
        }
    }

    #[test]
    fn undo_stops_an_encoding_and_late_results_change_nothing() {
        let mut state = State::new(Scene::of(Source::Demo));
        let _ = apply(&mut state, editing::Command::SetEncoding(Some(encoding("mpeg4"))));
        let late = job(&state);
        let effects = apply(&mut state, editing::Command::Undo);
        assert_eq!(names(&effects), ["Cancel", "Show pixels"]);
        let scene = state.scene.clone();
        assert!(apply(&mut state, Command::Failed(late.clone(), "late".into())).is_empty());
        assert!(apply(&mut state, Command::Made(late)).is_empty());
        assert_eq!((state.scene.clone(), state.notices.error.clone()), (scene, None));
    }

    #[test]
    fn what_follows_a_scene_waits_for_it() {
        let mut state = State::new(Scene::of(Source::Demo));
        state.scene.encode = Some(encoding("mpeg4"));
        state.scene.target = Target::Packets;
        let source = Source::DemoStill;
        let effects = apply(&mut state, crate::gui::model::opening::Command::ShowSource(source));
        assert_eq!(names(&effects), [r#"Encode [Encoding("mpeg4")]"#], "Play waits");
        let made = job(&state);
        let effects = apply(&mut state, Command::Made(made));
        assert_eq!(names(&effects), ["Show packets", "Play"]);
    }

    #[test]
    fn the_window_starts_with_the_source_alone() {
        let scene =
            Scene { target: Target::Packets, encode: Some(encoding("mpeg4")), ..Scene::of(Source::Demo) };
        let mut state = State::new(scene.clone());
        let shown = crate::gui::model::encoding::without_encodings(&scene);
        assert!(shown.encodings().is_empty());
        state.start_with(shown);
        let due = state.due(&Status::default()).expect("it is to be encoded");
        assert_eq!(names(&apply(&mut state, due)), [r#"Encode [Encoding("mpeg4")]"#]);
        assert_eq!(state.due(&Status::default()), None, "once");
    }
}
