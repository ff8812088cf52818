//! What the window is set to, and the commands that change it.
//!
//! [`State::apply`] is pure: it needs no window, no session and no clock, and what is to happen outside
//! comes back as effects. Each room of the window has its commands carried out in a file of its own.

mod command_line;
pub mod drawing;
mod editing;
mod encoding;
mod inspecting;
pub mod lessons;
mod notices;
mod opening;
mod panels;
mod playback;
pub mod saving;
mod tampering;
mod window;

use super::call_view::CallView;
use super::command::Command;
use super::drawing::{CanvasState, Command as Draw};
use super::editing::SceneForm;
use super::editing::history::History;
use super::editing::key::KeyText;
use super::effect::Effect;
use super::encoding::{self as encodings, EncodingState};
use super::inspector::Inspector;
use super::lessons::LessonsState;
use super::notices::Notices;
use super::opening::OpeningState;
use super::panels::PanelView;
use super::playback::{self as playing, Playback, Steps, goto};
use super::save::SavingState;
use super::timeline::TimelineView;
use super::window::WindowState;
use crate::play::Status;
use crate::scene::Scene;

#[cfg(test)]
mod tests;

/// Everything that a user can set: the scene with its history, and one part for each room of the window.
#[derive(Clone, Debug)]
pub struct State {
    /// The scene on screen.
    pub scene: Scene,
    /// Its history, for undo and redo.
    pub history: History,
    /// What is typed to change the scene.
    pub scene_form: SceneForm,
    /// What can be opened again, and what is being opened.
    pub opening: OpeningState,
    /// What is being encoded anew for the scene.
    pub encoding: EncodingState,
    /// How the panels of the scene are shown.
    pub panel_view: PanelView,
    /// What is shown of a call beside its panels.
    pub call_view: CallView,
    /// How the video is played.
    pub playback: Playback,
    /// What is shown along the timeline.
    pub timeline: TimelineView,
    /// Which block is inspected.
    pub inspector: Inspector,
    /// How and what a user draws.
    pub canvas: CanvasState,
    /// Which lesson is read, and which are done.
    pub lessons: LessonsState,
    /// Where files are saved.
    pub saving: SavingState,
    /// Errors and confirmations.
    pub notices: Notices,
    /// How the window itself looks.
    pub window: WindowState,
}

impl State {
    /// A window on `scene`.
    #[must_use]
    pub fn new(scene: Scene) -> Self {
        let key = KeyText(scene.key.to_hex());
        Self {
            scene_form: SceneForm { key, key_problem: None, memory: scene.memory.get() },
            opening: OpeningState { typed: scene.source.to_string(), ..OpeningState::default() },
            scene,
            history: History::default(),
            encoding: EncodingState::default(),
            panel_view: PanelView::default(),
            call_view: CallView::default(),
            playback: Playback::default(),
            timeline: TimelineView::default(),
            inspector: Inspector::default(),
            canvas: CanvasState::default(),
            lessons: LessonsState::default(),
            saving: SavingState::default(),
            notices: Notices::default(),
            window: WindowState::default(),
        }
    }

    /// The command that is due without any input: a step, a seek or a drawing that waited for the session.
    #[must_use]
    pub fn due(&self, status: &Status) -> Option<Command> {
        if self.playback.owed != Steps::default() && !status.stepping {
            return Some(playing::Command::CatchUp.into());
        }
        if self.encoding.pending.as_ref().is_some_and(|pending| !pending.is_started) {
            return Some(encodings::Command::Start.into());
        }
        if self.has_news_of_sketch(status) {
            return Some(Draw::Show.into());
        }
        if self.playback.goto.as_ref().is_some_and(|form| form.is_due(status)) {
            return Some(goto::Command::Go.into());
        }
        let is_over = self.playback.looped && self.playback.range.is_over(status);
        is_over.then_some(playing::Command::RestartRange.into())
    }

    /// Carries out a command, given the session's status.
    #[must_use]
    pub fn apply(&mut self, command: impl Into<Command>, status: &Status) -> Vec<Effect> {
        let effects = self.carry_out(command.into(), status);
        self.deferred(effects)
    }

    fn carry_out(&mut self, command: Command, status: &Status) -> Vec<Effect> {
        match command {
            Command::Open(command) => return self.apply_opening(command, status),
            Command::Edit(command) => return self.apply_edit(command, status),
            Command::Encoding(command) => return self.apply_encoding(command),
            Command::Panels(command) => return self.apply_panels(command, status),
            Command::Tamper(command) => return self.tamper(command),
            Command::Playback(command) => return self.play(command, status),
            Command::Goto(command) => return self.go_to(command, status),
            Command::Call(command) => self.call_view.apply(command),
            Command::Timeline(command) => self.timeline.apply(command),
            Command::Inspect(command) => self.inspect(command, status),
            Command::Draw(command) => return self.draw(command),
            Command::Lessons(command) => return self.learn(command, status),
            Command::Save(command) => return self.save(command, status),
            Command::Notices(command) => self.apply_notices(command, status),
            Command::Window(command) => return self.apply_window(command, status),
        }
        Vec::new()
    }

    /// True while something lies over the whole window and waits for an answer.
    #[must_use]
    pub fn asks(&self) -> bool {
        self.window.help || self.window.about || self.saving.form.is_some()
    }

    /// True while a field that was just opened has not got the cursor yet.
    #[must_use]
    pub fn is_cursor_coming(&self) -> bool {
        self.playback.goto.as_ref().is_some_and(|goto| goto.is_fresh)
            || self.saving.form.as_ref().is_some_and(|form| form.is_fresh)
    }
}
