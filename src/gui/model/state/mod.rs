//! What the window is set to, and the commands that change it.
//!
//! [`State::apply`] is pure: it needs no window, no session and no clock, and what is to happen outside
//! comes back as effects.

mod command_line;
pub mod drawing;
mod editing;
mod inspecting;
pub mod lessons;
mod opening;
mod playback;
pub mod saving;
mod tampering;

use std::collections::BTreeSet;

use super::command::Command;
use super::comparison::Comparison;
use super::drawing::Step as Draw;
use super::effect::{Effect, session};
use super::form_state::Drafts;
use super::goto::PlaceDraft;
use super::history::{Edit, History, Way};
use super::inspector::Inspector;
use super::key::{KeyText, typed_key};
use super::lesson_folder::Shelf;
use super::lessons::Own;
use super::loop_range::LoopRange;
use super::opening::{Opening, typed_source};
use super::playback::{Playback, SPEEDS, Steps};
use super::presets::Canvas;
use super::tampering::Tool;
use super::view::{Flicker, Metric, Theme, View};
use crate::media::Source;
use crate::play::Status;
use crate::scene::{Panel, Scene};
use crate::units::FrameIndex;
use lessons::open_lessons;

#[cfg(test)]
mod tests;

/// What is said when the bars go.
const WAY_BACK: &str = "Presentation view: P or Esc brings the bars back.";

/// Everything that a user can set.
#[derive(Clone, Debug)]
pub struct State {
    /// What is shown.
    pub scene: Scene,
    /// What it was before.
    pub history: History,
    /// How it is played.
    pub playback: Playback,
    /// How the window looks.
    pub view: View,
    /// Text being typed.
    pub drafts: Drafts,
    /// What the window itself has to say, in words.
    pub notice: Option<String>,
    /// The session's error that the user has read.
    pub dismissed: Option<String>,
    /// What was done, in words.
    pub said: Option<String>,
    /// Files that were opened, the latest first.
    pub recent: Vec<Source>,
    /// Something was asked for, and whether it opens is not known yet.
    pub is_opening: bool,
    /// The scene of the time before.
    pub last_scene: Option<Box<Scene>>,
    /// A teacher's own lessons.
    pub shelf: Shelf,
    /// Titles of the lessons whose answer was shown.
    pub lessons_done: BTreeSet<String>,
    /// What comes back when the lessons are closed; `None` while no lesson is on screen.
    pub own: Option<Box<Own>>,
}

impl State {
    /// A window on `scene`.
    #[must_use]
    pub fn new(scene: Scene) -> Self {
        let drafts = Drafts {
            source: scene.source.to_string(),
            key: KeyText(scene.key.to_hex()),
            key_problem: None,
            memory: scene.memory.get(),
            place: None,
            save: None,
            forms: 0,
            folder: None,
            lessons: String::new(),
            sketch: None,
            written: String::new(),
            saved_drawing: None,
        };
        let playback =
            Playback { speed: 1.0, looped: true, owed: Steps::default(), range: LoopRange::default() };
        Self {
            scene,
            history: History::default(),
            playback,
            view: View::default(),
            drafts,
            notice: None,
            dismissed: None,
            said: None,
            recent: Vec::new(),
            is_opening: false,
            last_scene: None,
            shelf: Shelf::default(),
            lessons_done: BTreeSet::new(),
            own: None,
        }
    }

    /// What is to be done without anybody asking for it now.
    #[must_use]
    pub fn due(&self, status: &Status) -> Option<Command> {
        if self.playback.owed != Steps::default() && !status.stepping {
            return Some(Command::CatchUp);
        }
        if self.has_news_of_sketch(status) {
            return Some(Command::Draw(Draw::Show));
        }
        if self.drafts.place.as_ref().is_some_and(|draft| draft.is_due(status)) {
            return Some(Command::GoToPlace);
        }
        (self.playback.looped && self.playback.range.is_over(status)).then_some(Command::Repeat)
    }

    /// Carries out a command, given how things stand in the session.
    #[expect(clippy::too_many_lines, reason = "few lines a command, and one list of all of them")]
    #[must_use]
    pub fn apply(&mut self, command: Command, status: &Status) -> Vec<Effect> {
        use crate::play::Command as Session;
        match command {
            Command::OpenTyped(text) => match typed_source(&text, std::env::home_dir().as_deref()) {
                Ok(source) => return self.open(source),
                Err(error) => self.notice = Some(error),
            },
            Command::OpenFile(path) => return self.open(Source::File(path)),
            Command::Show(source) => return self.show(source),
            Command::Refuse(why) => self.refuse(why),
            Command::Remember(path) => self.remember(path),
            Command::ShowDialog => return vec![Effect::ShowDialog(self.folder_to_open())],
            Command::TypeSource => return vec![Effect::TypeSource],
            Command::TogglePlay if status.playing => return session(Session::Pause),
            Command::TogglePlay => return session(Session::Play),
            Command::Hold => return session(Session::Pause),
            Command::Forwards => return self.shuttle(Session::Play, status),
            Command::Backwards => return self.shuttle(Session::PlayBackwards, status),
            Command::StepForward => return self.step(Steps { frames: 1, secs: 0.0 }, status),
            Command::StepBack => return self.step(Steps { frames: -1, secs: 0.0 }, status),
            Command::SkipSecs(secs) => return self.step(Steps { frames: 0, secs }, status),
            Command::CatchUp if !status.stepping => {
                let owed = std::mem::take(&mut self.playback.owed);
                return self.step(owed, status);
            }
            Command::CatchUp => {}
            Command::TypePlace(typed) => {
                self.drafts.place = Some(PlaceDraft::at(typed, status));
            }
            Command::SetPlace(text) => {
                if let Some(draft) = &mut self.drafts.place {
                    draft.set(text);
                }
            }
            Command::GoToPlace => return self.go_to_place(status),
            Command::LeavePlace => self.drafts.place = None,
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
            Command::ToggleGraph => {
                self.view.survey_stopped = false;
                self.view.graph = if self.view.graph.is_some() { None } else { Some(Metric::default()) };
            }
            Command::SetGraph(metric) => self.view.graph = metric,
            Command::ToggleStrip => self.view.strip = self.view.strip.toggled(),
            Command::Repeat => {
                return self.go(Session::Seek(self.playback.range.entry(status)));
            }
            Command::SeekSecs(secs) => return self.go(Session::SeekTime(secs.max(0.0))),
            Command::First => return self.go(Session::Seek(FrameIndex(0))),
            Command::Last => {
                if let Some(index) = &status.index {
                    return self.go(Session::Seek(FrameIndex(index.frames()).back(1)));
                }
            }
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
            Command::SetSource(source) => return self.set_source(source, status),
            Command::SetLayout(layout) => {
                return self.edit(Edit::Layout, Scene { layout, ..self.scene.clone() });
            }
            Command::SetKey(text) => {
                let checked = typed_key(&text.0, &self.scene.panels);
                self.drafts.key = text;
                self.drafts.key_problem = checked.as_ref().err().map(ToString::to_string);
                if let Ok(key) = checked {
                    return self.edit(Edit::Key, Scene { key, ..self.scene.clone() });
                }
            }
            Command::OpenLastScene => {
                let last = self.last_scene.clone();
                return last.map_or_else(Vec::new, |scene| self.ask_for(Opening::Scene(scene)));
            }
            Command::UseScene(scene) => {
                self.is_opening = false;
                self.leave_own();
                self.playback.range = LoopRange::default();
                return self.use_scene(*scene);
            }
            Command::OpenScene(file, path) => return self.open_scene(*file, path),
            Command::DeclineLessons => self.view.offers_lessons = false,
            Command::SetMemory(memory) => {
                return self.edit(Edit::Memory, Scene { memory, ..self.scene.clone() });
            }
            Command::SetPanel(at, panel) => return self.set_panel(at, panel, Edit::Panels),
            Command::Splice { at, tampering, is_over } => return self.splice(at, tampering, is_over),
            Command::AddPanel => return self.insert_panel(self.scene.panels.len(), self.next_panel()),
            Command::DuplicatePanel(at) => {
                if let Some(&panel) = self.scene.panels.get(at) {
                    return self.insert_panel(at + 1, panel);
                }
            }
            Command::RemovePanel(at) => return self.remove_panel(at),
            Command::MovePanel(from, to) => return self.move_panel(from, to),
            Command::UsePreset(preset) => {
                let panels = preset.panels(self.scheme_in_view(), Canvas::of(&self.scene, status));
                return self.use_scene(Scene { panels, ..self.scene.clone() });
            }
            Command::Undo => return self.travel(Way::Back, status),
            Command::Redo => return self.travel(Way::On, status),
            Command::Return(way, scene) => return self.return_to(way, &scene),
            Command::Reset => return self.use_scene(Scene::of(self.scene.source.clone())),
            Command::TakeInHand(at) => {
                self.view.in_hand = Some(at).filter(|&at| at < self.scene.panels.len());
            }
            Command::ToggleEnlarged(at) => {
                let open = self.view.enlarged == Some(at) || at >= self.scene.panels.len();
                self.view.comparison = None;
                self.view.enlarged = (!open).then_some(at);
                self.view.in_hand = self.view.enlarged.or(self.view.in_hand);
            }
            Command::Look(look) => self.view.look = look,
            Command::Compare(comparison) => {
                let exist = comparison.panels.iter().all(|&at| at < self.scene.panels.len());
                self.view.comparison = exist.then_some(comparison);
            }
            Command::ToggleCompare => {
                let panels = self.scene.panels.len();
                let one = self.view.enlarged.unwrap_or(0);
                let two = (panels > 1).then(|| Comparison::of(one, (one + 1) % panels));
                self.view.comparison = if self.view.comparison.is_some() { None } else { two };
            }
            Command::ToggleDifference => {
                let panels = &self.scene.panels;
                let one = self.view.enlarged.unwrap_or(1).min(panels.len() - 1);
                let original = panels.iter().position(|&panel| panel == Panel::Plain);
                let other = original.filter(|&at| at != one).unwrap_or((one + 1) % panels.len());
                let ends = self.view.comparison.is_some_and(|two| two.difference().is_some());
                let two = (panels.len() > 1 && !ends).then(|| Comparison::difference_of(one, other));
                self.view.comparison = two;
            }
            Command::ToggleInspector => self.toggle_inspector(),
            Command::Draw(step) => return self.draw(step),
            Command::SetTool(tool) => self.view.tamper = tool,
            Command::ToggleTool => {
                let tool = self.view.tamper;
                self.view.tamper = Tool { in_hand: !tool.in_hand, mark: None, ..tool };
                let does = if self.view.tamper.in_hand { "tampers" } else { "looks closer" };
                self.said = Some(format!("In panels of what is received, the pointer {does}."));
            }
            Command::PointAt(block) => self.point_at(block, false),
            Command::Walk(block) => self.point_at(block, true),
            Command::PointAway => self.point_away(),
            Command::Dwell(sought) => self.dwell(sought),
            Command::Pin(block) => self.pin(block, status),
            Command::StopSurvey => self.view.survey_stopped = true,
            Command::GoOnSurveying => self.view.survey_stopped = false,
            Command::CopyText(text) => {
                self.said = Some("It is on the clipboard.".into());
                return vec![Effect::CopyText(text)];
            }
            Command::CopyCommandLine(line) => return self.copy_command_line(line, status),
            Command::Save(step) => return self.save(step, status),
            Command::StopPreparing => return session(Session::StopPreparing),
            Command::Prepare => return session(Session::Prepare),
            Command::Learn(step) => return self.learn(step, status),
            Command::ShowLesson(number, answered) => return self.show_lesson(number, answered, status),
            Command::BringBack => return self.bring_back(),
            Command::OpenLink(url) => return vec![Effect::OpenLink(url)],
            Command::OpenLessons(typed) => return open_lessons(&typed),
            Command::TypeLessons(typed) => self.drafts.lessons = typed,
            Command::ChooseLessons => return vec![Effect::ChooseLessons],
            Command::ShelveLessons(found) => self.take_lessons(*found),
            Command::TogglePresenting => {
                self.view.presenting = !self.view.presenting;
                self.said = self.view.presenting.then(|| WAY_BACK.into());
            }
            Command::SetFlicker(flicker) => self.set_flicker(flicker),
            Command::NextFlicker => {
                let next = match self.view.flicker {
                    Flicker::Full => Flicker::Slow,
                    Flicker::Slow => Flicker::Still,
                    Flicker::Still => Flicker::Full,
                };
                self.set_flicker(next);
            }
            Command::ToggleReducedMotion => {
                self.view.reduced_motion = !self.view.reduced_motion;
                self.view.flicker = if self.view.reduced_motion { Flicker::Slow } else { Flicker::Full };
            }
            Command::ToggleTheme => {
                self.view.theme = match self.view.theme {
                    Theme::Dark => Theme::Light,
                    Theme::Light => Theme::Dark,
                };
            }
            Command::SetTheme(theme) => self.view.theme = theme,
            Command::ToggleFullscreen => {
                self.view.fullscreen = !self.view.fullscreen;
                return vec![Effect::Fullscreen(self.view.fullscreen)];
            }
            Command::ToggleHelp => self.view.help = !self.view.help,
            Command::ToggleAbout => self.view.about = !self.view.about,
            Command::Escape => return self.escape(status),
            Command::DismissError => self.dismiss(status),
            Command::ForgetSaid => self.said = None,
            Command::Report(what) => self.notice = Some(what),
            Command::Quit => return vec![Effect::Quit],
        }
        Vec::new()
    }

    /// True while something lies over the whole window and waits for an answer.
    #[must_use]
    pub fn asks(&self) -> bool {
        self.view.help || self.view.about || self.drafts.save.is_some()
    }

    /// What went wrong and has not been read yet.
    #[must_use]
    pub fn error<'a>(&'a self, status: &'a Status) -> Option<&'a str> {
        let unread = status.error.as_deref().filter(|error| self.dismissed.as_deref() != Some(*error));
        self.notice.as_deref().or(unread)
    }

    fn set_flicker(&mut self, flicker: Flicker) {
        self.view.flicker = flicker;
        self.said = Some(format!("Ciphertext while it plays: {}.", flicker.name().to_lowercase()));
    }

    fn escape(&mut self, status: &Status) -> Vec<Effect> {
        if self.view.blackout {
            self.view.blackout = false;
        } else if self.view.help {
            self.view.help = false;
        } else if self.view.about {
            self.view.about = false;
        } else if self.drafts.place.is_some() {
            self.drafts.place = None;
        } else if self.drafts.save.is_some() {
            self.drafts.save = None;
        } else if self.view.presenting && self.said.as_deref() == Some(WAY_BACK) {
            // It does what it is just said to do.
            (self.view.presenting, self.said) = (false, None);
        } else if self.error(status).is_some() || self.said.is_some() {
            self.dismiss(status);
        } else if self.drafts.sketch.is_some() {
            return self.draw(Draw::Drop);
        } else if self.view.tamper.mark.take().is_some() {
            // What was marked is let go.
        } else if self.view.inspector.pinned.is_some() {
            self.view.inspector.pinned = None;
        } else if self.view.inspector.open {
            self.view.inspector = Inspector::default();
        } else if self.view.comparison.is_some() {
            self.view.comparison = None;
        } else if self.view.presenting {
            self.view.presenting = false;
        } else if self.view.enlarged.is_some() {
            self.view.enlarged = None;
        } else if self.view.fullscreen {
            self.view.fullscreen = false;
            return vec![Effect::Fullscreen(false)];
        }
        Vec::new()
    }

    fn dismiss(&mut self, status: &Status) {
        if self.notice.take().is_some() {
            // What was typed in vain goes with what was said of it.
            self.drafts.source = self.scene.source.to_string();
        } else if self.said.take().is_none() {
            self.dismissed.clone_from(&status.error);
        }
    }
}
