//! What is kept from one start of the window to the next.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::state::{Flicker, State, Theme};

/// How a user likes the window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Dark or light.
    pub theme: Theme,
    /// How large text is, 1 being what the system says.
    pub zoom_factor: f32,
    /// How ciphertext is shown while it plays.
    pub flicker: Flicker,
    /// What need not move, does not.
    pub reduced_motion: bool,
    /// The folder that was saved in last.
    pub folder: Option<PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::default(),
            zoom_factor: 1.0,
            flicker: Flicker::default(),
            reduced_motion: false,
            folder: None,
        }
    }
}

impl Settings {
    /// The settings of a window.
    #[must_use]
    pub fn of(state: &State, zoom_factor: f32) -> Self {
        Self {
            theme: state.view.theme,
            zoom_factor,
            flicker: state.view.flicker,
            reduced_motion: state.view.reduced_motion,
            folder: state.drafts.folder.clone(),
        }
    }

    /// Sets up a window with them.
    pub fn apply(&self, state: &mut State) {
        state.view.theme = self.theme;
        state.view.flicker = self.flicker;
        state.view.reduced_motion = self.reduced_motion;
        state.drafts.folder.clone_from(&self.folder);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::Source;
    use crate::scene::Scene;

    #[test]
    fn what_is_kept_comes_back_and_what_is_not_known_is_the_default() {
        let mut state = State::new(Scene::of(Source::Demo));
        state.view.theme = Theme::Light;
        state.view.flicker = Flicker::Still;
        state.drafts.folder = Some("/out".into());
        let text = serde_json::to_string(&Settings::of(&state, 1.5)).expect("settings serialize");
        let kept: Settings = serde_json::from_str(&text).expect("they read back");
        let mut other = State::new(Scene::of(Source::Demo));
        kept.apply(&mut other);
        assert_eq!(Settings::of(&other, kept.zoom_factor), Settings::of(&state, 1.5));
        assert_eq!(serde_json::from_str::<Settings>("{}").expect("defaults"), Settings::default());
    }
}
