//! The window itself: theme, what is open over it, and Escape, which closes one thing at a time.

use super::State;
use crate::gui::model::call_view;
use crate::gui::model::drawing::Command as Draw;
use crate::gui::model::effect::Effect;
use crate::gui::model::inspector::Inspector;
use crate::gui::model::window::{Command, Flicker, Theme};
use crate::play::Status;

/// The confirmation that is shown when the presentation view hides the bars.
const WAY_BACK: &str = "Presentation view: P or Esc brings the bars back.";

impl State {
    pub(super) fn apply_window(&mut self, command: Command, status: &Status) -> Vec<Effect> {
        let window = &mut self.window;
        match command {
            Command::TogglePresenting => {
                window.presenting = !window.presenting;
                self.notices.confirmation = window.presenting.then(|| WAY_BACK.into());
            }
            Command::SetFlicker(flicker) => self.set_flicker(flicker),
            Command::NextFlicker => {
                let next = match window.flicker {
                    Flicker::Full => Flicker::Slow,
                    Flicker::Slow => Flicker::Still,
                    Flicker::Still => Flicker::Full,
                };
                self.set_flicker(next);
            }
            Command::ToggleReducedMotion => {
                window.reduced_motion = !window.reduced_motion;
                window.flicker = if window.reduced_motion { Flicker::Slow } else { Flicker::Full };
            }
            Command::ToggleTheme => {
                window.theme = match window.theme {
                    Theme::Dark => Theme::Light,
                    Theme::Light => Theme::Dark,
                };
            }
            Command::SetTheme(theme) => window.theme = theme,
            Command::ToggleFullscreen => {
                window.fullscreen = !window.fullscreen;
                return vec![Effect::Fullscreen(window.fullscreen)];
            }
            Command::ToggleHelp => window.help = !window.help,
            Command::ToggleAbout => window.about = !window.about,
            Command::OpenLink(url) => return vec![Effect::OpenLink(url)],
            Command::Escape => return self.escape(status),
            Command::Quit => return vec![Effect::Quit],
        }
        Vec::new()
    }

    fn set_flicker(&mut self, flicker: Flicker) {
        self.window.flicker = flicker;
        let way = flicker.name().to_lowercase();
        self.notices.confirmation = Some(format!("Ciphertext while it plays: {way}."));
    }

    fn escape(&mut self, status: &Status) -> Vec<Effect> {
        if self.lessons.blackout {
            self.lessons.blackout = false;
        } else if self.window.help {
            self.window.help = false;
        } else if self.window.about {
            self.window.about = false;
        } else if self.playback.goto.is_some() {
            self.playback.goto = None;
        } else if self.saving.form.is_some() {
            self.saving.form = None;
        } else if self.window.presenting && self.notices.confirmation.as_deref() == Some(WAY_BACK) {
            // The confirmation says that Esc does it.
            (self.window.presenting, self.notices.confirmation) = (false, None);
        } else if self.error(status).is_some() || self.notices.confirmation.is_some() {
            self.dismiss(status);
        } else if self.canvas.sketch.is_some() {
            return self.draw(Draw::Drop);
        } else if self.panel_view.tamper_tool.mark.take().is_some() {
            // The selected rectangle is dropped.
        } else if self.inspector.pinned.is_some() {
            self.inspector.pinned = None;
        } else if self.inspector.open {
            self.inspector = Inspector::default();
        } else if self.call_view.details.is_some() && self.shows_call() {
            self.call_view.apply(call_view::Command::CloseDetails);
        } else if self.panel_view.comparison.is_some() {
            self.panel_view.comparison = None;
        } else if self.window.presenting {
            self.window.presenting = false;
        } else if self.panel_view.enlarged.is_some() {
            self.panel_view.enlarged = None;
        } else if self.window.fullscreen {
            self.window.fullscreen = false;
            return vec![Effect::Fullscreen(false)];
        }
        Vec::new()
    }
}
