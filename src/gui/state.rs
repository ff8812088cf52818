//! What the window is set to, and the commands that change it.
//!
//! [`State::apply`] is pure: it needs no window, no session and no clock, and what is to happen outside
//! comes back as [`Effect`]s.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::crypto::{KeyError, KeyMaterial};
use crate::layout::Layout;
use crate::media::Source;
use crate::pipeline::{self, Status};
use crate::scene::{Panel, Scene};
use crate::units::FrameIndex;

/// The playback speeds on offer, in seconds of video a second.
pub const SPEEDS: [f64; 7] = [0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 4.0];

/// Everything that a user can set.
#[derive(Clone, Debug)]
pub struct State {
    /// What is shown.
    pub scene: Scene,
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
}

/// How the video is played.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Playback {
    /// Seconds of video a second; one of [`SPEEDS`].
    pub speed: f64,
    /// Start again after the end.
    pub looped: bool,
}

/// How the window looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// Dark or light.
    pub theme: Theme,
    /// The panel that has the window for itself, by its place in the scene.
    pub enlarged: Option<usize>,
    /// The list of keys is open.
    pub help: bool,
    /// The window fills the screen.
    pub fullscreen: bool,
}

/// The colours of the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Theme {
    /// Light on near-black: pictures stand out on a projector.
    #[default]
    Dark,
    /// Dark on white.
    Light,
}

/// Text being typed, which may not be valid yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drafts {
    /// The source.
    pub source: String,
    /// The key, in hex.
    pub key: KeyText,
    /// Why the key as typed cannot be used, in words.
    pub key_problem: Option<String>,
}

/// A key as it is typed. `Debug` never prints it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct KeyText(pub String);

impl fmt::Debug for KeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyText({} characters)", self.0.chars().count())
    }
}

/// What a user asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Open a source as it was typed: a path, `demo`, `demo:still` or `pattern:NAME`.
    OpenTyped(String),
    /// Open a file that was chosen or dropped.
    OpenFile(PathBuf),
    /// Ask for a file.
    ShowDialog,
    /// Go to the field in which a source is typed.
    TypeSource,
    /// Play, or hold.
    TogglePlay,
    /// Hold, and show the next frame.
    StepForward,
    /// Hold, and show the frame before.
    StepBack,
    /// Go that many seconds forwards, or back if negative.
    SkipSecs(f64),
    /// Show the frame at this time, in seconds.
    SeekSecs(f64),
    /// Show the first frame.
    First,
    /// Show the last frame.
    Last,
    /// Start again after the end, or not.
    ToggleLoop,
    /// Play at this speed.
    SetSpeed(f64),
    /// Play at the next higher speed.
    Faster,
    /// Play at the next lower speed.
    Slower,
    /// Encrypt these bytes.
    SetLayout(Layout),
    /// Take keys from this hex string.
    SetKey(KeyText),
    /// Show something else in a panel.
    SetPanel(usize, Panel),
    /// Give a panel the window for itself, or take that back.
    ToggleEnlarged(usize),
    /// Dark or light.
    ToggleTheme,
    /// Fill the screen, or not.
    ToggleFullscreen,
    /// Open or close the list of keys.
    ToggleHelp,
    /// Close what is open, one thing at a time.
    Escape,
    /// The error has been read.
    DismissError,
    /// Say something went wrong outside the session.
    Report(String),
    /// Close the window.
    Quit,
}

/// What is to happen outside the state.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Tell the session.
    Session(pipeline::Command),
    /// Ask for a file.
    ShowDialog,
    /// Put the cursor where a source is typed.
    TypeSource,
    /// Fill the screen, or not.
    Fullscreen(bool),
    /// Close the window.
    Quit,
}

impl State {
    /// A window on `scene`.
    #[must_use]
    pub fn new(scene: Scene) -> Self {
        let drafts =
            Drafts { source: scene.source.to_string(), key: KeyText(scene.key.to_hex()), key_problem: None };
        let playback = Playback { speed: 1.0, looped: true };
        Self { scene, playback, view: View::default(), drafts, notice: None, dismissed: None }
    }

    /// Carries out a command, given how things stand in the session.
    #[must_use]
    pub fn apply(&mut self, command: Command, status: &Status) -> Vec<Effect> {
        use pipeline::Command as Session;
        match command {
            Command::OpenTyped(text) => match typed_source(&text, std::env::home_dir().as_deref()) {
                Ok(source) => return self.open(source),
                Err(error) => self.notice = Some(error),
            },
            Command::OpenFile(path) => return self.open(Source::File(path)),
            Command::ShowDialog => return vec![Effect::ShowDialog],
            Command::TypeSource => return vec![Effect::TypeSource],
            Command::TogglePlay if status.playing => return session(Session::Pause),
            Command::TogglePlay => return session(Session::Play),
            Command::StepForward => return session(Session::StepForward),
            Command::StepBack => return session(Session::StepBack),
            Command::SkipSecs(secs) => {
                if let Some((_, now_secs)) = status.shown {
                    return session(Session::SeekTime((now_secs + secs).max(0.0)));
                }
            }
            Command::SeekSecs(secs) => return session(Session::SeekTime(secs.max(0.0))),
            Command::First => return session(Session::Seek(FrameIndex(0))),
            Command::Last => {
                if let Some(index) = &status.index {
                    return session(Session::Seek(FrameIndex(index.frames()).back(1)));
                }
            }
            Command::ToggleLoop => {
                self.playback.looped = !self.playback.looped;
                return session(Session::SetLooped(self.playback.looped));
            }
            Command::SetSpeed(speed) => return self.set_speed(speed),
            Command::Faster => {
                let faster = SPEEDS.into_iter().find(|&speed| speed > self.playback.speed);
                return faster.map_or_else(Vec::new, |speed| self.set_speed(speed));
            }
            Command::Slower => {
                let slower = SPEEDS.into_iter().rev().find(|&speed| speed < self.playback.speed);
                return slower.map_or_else(Vec::new, |speed| self.set_speed(speed));
            }
            Command::SetLayout(layout) => {
                self.scene.layout = layout;
                return self.show_scene();
            }
            Command::SetKey(text) => {
                let checked = usable_key(&text.0, &self.scene.panels);
                self.drafts.key = text;
                self.drafts.key_problem = checked.as_ref().err().map(ToString::to_string);
                if let Ok(key) = checked {
                    self.scene.key = key;
                    return self.show_scene();
                }
            }
            Command::SetPanel(at, panel) => return self.set_panel(at, panel),
            Command::ToggleEnlarged(at) => {
                let open = self.view.enlarged == Some(at) || at >= self.scene.panels.len();
                self.view.enlarged = (!open).then_some(at);
            }
            Command::ToggleTheme => {
                self.view.theme = match self.view.theme {
                    Theme::Dark => Theme::Light,
                    Theme::Light => Theme::Dark,
                };
            }
            Command::ToggleFullscreen => {
                self.view.fullscreen = !self.view.fullscreen;
                return vec![Effect::Fullscreen(self.view.fullscreen)];
            }
            Command::ToggleHelp => self.view.help = !self.view.help,
            Command::Escape => return self.escape(status),
            Command::DismissError => self.dismiss(status),
            Command::Report(what) => self.notice = Some(what),
            Command::Quit => return vec![Effect::Quit],
        }
        Vec::new()
    }

    /// What went wrong and has not been read yet.
    #[must_use]
    pub fn error<'a>(&'a self, status: &'a Status) -> Option<&'a str> {
        let unread = status.error.as_deref().filter(|error| self.dismissed.as_deref() != Some(*error));
        self.notice.as_deref().or(unread)
    }

    fn open(&mut self, source: Source) -> Vec<Effect> {
        self.drafts.source = source.to_string();
        self.notice = None;
        self.dismissed = None;
        let shown = if source == self.scene.source {
            pipeline::Command::Reload
        } else {
            self.scene.source = source;
            pipeline::Command::SetScene(self.scene.clone())
        };
        vec![Effect::Session(shown), Effect::Session(pipeline::Command::Play)]
    }

    fn set_speed(&mut self, speed: f64) -> Vec<Effect> {
        self.playback.speed = speed;
        session(pipeline::Command::SetSpeed(speed))
    }

    fn set_panel(&mut self, at: usize, panel: Panel) -> Vec<Effect> {
        // A key that is too short for the new scheme would leave the window without a picture.
        match panel.scheme().map(|scheme| scheme.key_hex(&self.scene.key)) {
            Some(Err(error)) => self.notice = Some(error.to_string()),
            _ => {
                if let Some(old) = self.scene.panels.get_mut(at) {
                    *old = panel;
                    return self.show_scene();
                }
            }
        }
        Vec::new()
    }

    fn show_scene(&mut self) -> Vec<Effect> {
        self.notice = None;
        session(pipeline::Command::SetScene(self.scene.clone()))
    }

    fn escape(&mut self, status: &Status) -> Vec<Effect> {
        if self.view.help {
            self.view.help = false;
        } else if self.error(status).is_some() {
            self.dismiss(status);
        } else if self.view.enlarged.is_some() {
            self.view.enlarged = None;
        } else if self.view.fullscreen {
            self.view.fullscreen = false;
            return vec![Effect::Fullscreen(false)];
        }
        Vec::new()
    }

    fn dismiss(&mut self, status: &Status) {
        if self.notice.take().is_none() {
            self.dismissed.clone_from(&status.error);
        }
    }
}

fn session(command: pipeline::Command) -> Vec<Effect> {
    vec![Effect::Session(command)]
}

/// Reads a source as a person types or pastes it: with spaces around, in quotes, from the home folder.
fn typed_source(text: &str, home: Option<&Path>) -> Result<Source, String> {
    let text = text.trim();
    let quoted = |quote| text.strip_prefix(quote).and_then(|text| text.strip_suffix(quote));
    let text = quoted('"').or_else(|| quoted('\'')).unwrap_or(text);
    match (text.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => Ok(Source::File(home.join(rest))),
        _ => text.parse().map_err(|error: crate::media::MediaError| error.to_string()),
    }
}

/// Reads a key and makes sure that every panel can take its own from it.
fn usable_key(text: &str, panels: &[Panel]) -> Result<KeyMaterial, KeyError> {
    let key: KeyMaterial = text.parse()?;
    for scheme in panels.iter().filter_map(|panel| panel.scheme()) {
        scheme.key_hex(&key)?;
    }
    Ok(key)
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
