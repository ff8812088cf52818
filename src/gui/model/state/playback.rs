//! Playing, stepping and seeking. The session carries it out.

use super::State;
use crate::gui::model::effect::{Effect, session};
use crate::gui::model::playback::goto::{self, GotoForm};
use crate::gui::model::playback::loop_range::LoopRange;
use crate::gui::model::playback::{Command, SPEEDS, Steps};
use crate::media::Kind;
use crate::play::{self, Status};
use crate::units::FrameIndex;

impl State {
    /// True where the source has a single frame: there is nothing to play.
    #[must_use]
    pub fn is_still(&self, status: &Status) -> bool {
        let is_picture = status.info.as_ref().is_some_and(|info| info.kind == Kind::Still);
        let is_single = status.index.as_ref().is_some_and(|index| index.frames() < 2);
        self.drawing().is_some() || is_picture || is_single
    }

    pub(super) fn play(&mut self, command: Command, status: &Status) -> Vec<Effect> {
        use crate::play::Command as Session;
        match command {
            Command::Toggle if status.playing => return session(Session::Pause),
            Command::Toggle => return session(Session::Play),
            Command::Pause => return session(Session::Pause),
            Command::Forwards => return self.shuttle(Session::Play, status),
            Command::Backwards => return self.shuttle(Session::PlayBackwards, status),
            Command::StepForward => return self.step(Steps { frames: 1, secs: 0.0 }, status),
            Command::StepBack => return self.step(Steps { frames: -1, secs: 0.0 }, status),
            Command::CatchUp if !status.stepping => {
                let owed = std::mem::take(&mut self.playback.owed);
                return self.step(owed, status);
            }
            Command::CatchUp => {}
            Command::SkipSecs(secs) => return self.step(Steps { frames: 0, secs }, status),
            Command::SeekSecs(secs) => return self.go(Session::SeekTime(secs.max(0.0))),
            Command::First => return self.go(Session::Seek(FrameIndex(0))),
            Command::Last => {
                if let Some(index) = &status.index {
                    return self.go(Session::Seek(FrameIndex(index.frames()).back(1)));
                }
            }
            Command::StartRange => {
                if let Some((frame, _)) = status.shown {
                    self.playback.range = self.playback.range.starting(frame);
                }
            }
            Command::EndRange => {
                if let Some((frame, _)) = status.shown {
                    self.playback.range = self.playback.range.ending(frame);
                }
            }
            Command::ClearRange => self.playback.range = LoopRange::default(),
            Command::RestartRange => return self.go(Session::Seek(self.playback.range.entry(status))),
            Command::ToggleLoop => {
                self.playback.looped = !self.playback.looped;
                return session(Session::SetLooped(self.playback.looped));
            }
            Command::SetSpeed(speed) => return self.set_speed(speed),
            Command::Faster => return self.faster(self.playback.speed),
            Command::Slower => {
                let slower = SPEEDS.into_iter().rev().find(|&speed| speed < self.playback.speed);
                return slower.map_or_else(Vec::new, |speed| self.set_speed(speed));
            }
        }
        Vec::new()
    }

    /// Carries out a command of the field in which a frame or a time to go to is typed.
    pub(super) fn go_to(&mut self, command: goto::Command, status: &Status) -> Vec<Effect> {
        match command {
            goto::Command::Open(typed) => self.playback.goto = Some(GotoForm::at(typed, status)),
            goto::Command::Type(text) => {
                if let Some(form) = &mut self.playback.goto {
                    form.set(text);
                }
            }
            goto::Command::Go => return self.go_to_place(status),
            goto::Command::Close => self.playback.goto = None,
        }
        Vec::new()
    }

    fn set_speed(&mut self, speed: f64) -> Vec<Effect> {
        self.playback.speed = speed;
        session(play::Command::SetSpeed(speed))
    }

    /// Sets the next speed above `speed`, where there is one.
    fn faster(&mut self, speed: f64) -> Vec<Effect> {
        let faster = SPEEDS.into_iter().find(|&faster| faster > speed);
        faster.map_or_else(Vec::new, |speed| self.set_speed(speed))
    }

    /// Plays in the direction of `play`, at normal speed or the slower one that is set; faster where it plays in that
    /// direction already.
    fn shuttle(&mut self, play: play::Command, status: &Status) -> Vec<Effect> {
        let backwards = matches!(play, play::Command::PlayBackwards);
        if status.playing && status.backwards == backwards {
            // At least twice as fast: 1.5 is skipped.
            return self.faster(1.9 * self.playback.speed);
        }
        let mut effects = Vec::new();
        if self.playback.speed > 1.0 {
            effects = self.set_speed(1.0);
        }
        effects.extend(session(play));
        effects
    }

    /// Steps at once, or once the current step is shown.
    fn step(&mut self, steps: Steps, status: &Status) -> Vec<Effect> {
        use crate::play::Command as Session;
        let Steps { frames, secs } = steps;
        if status.stepping {
            self.playback.owed.frames += frames;
            self.playback.owed.secs += secs;
            return Vec::new();
        }
        match (frames, status.shown) {
            (0, Some((_, now_secs))) if secs != 0.0 => session(Session::SeekTime((now_secs + secs).max(0.0))),
            (0, _) => Vec::new(),
            (1, _) => session(Session::StepForward),
            (-1, _) => session(Session::StepBack),
            (_, Some((shown, _))) => {
                vec![
                    Effect::Session(Session::Pause),
                    Effect::Session(Session::Seek(FrameIndex(shown.0.saturating_add_signed(frames)))),
                ]
            }
            (_, None) => Vec::new(),
        }
    }

    /// Seeks, and drops steps that were requested before.
    fn go(&mut self, there: play::Command) -> Vec<Effect> {
        self.playback.owed = Steps::default();
        session(there)
    }

    /// Goes to the typed position, or says why that is impossible and keeps the field open.
    fn go_to_place(&mut self, status: &Status) -> Vec<Effect> {
        let Some(mut form) = self.playback.goto.take() else { return Vec::new() };
        if let Some(waiting) = form.waiting(status) {
            self.playback.goto = Some(waiting);
            return Vec::new();
        }
        match form.target(status) {
            Ok(target) => target.map_or_else(Vec::new, |target| self.go(target)),
            Err(problem) => {
                (form.problem, form.is_fresh, form.waits) = (Some(problem), true, false);
                self.playback.goto = Some(form);
                Vec::new()
            }
        }
    }
}
