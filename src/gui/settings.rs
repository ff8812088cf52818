//! What the window remembers from one start to the next.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::model::state::State;
use super::model::timeline::Strip;
use super::model::window::{Flicker, Theme};
use crate::crypto::KeyMaterial;
use crate::scene::{Scene, named_source};

/// The settings that are stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Dark or light.
    pub theme: Theme,
    /// The size of text; 1 is the system's size.
    pub zoom_factor: f32,
    /// How ciphertext is shown while it plays.
    pub flicker: Flicker,
    /// Without animations.
    pub reduced_motion: bool,
    /// The strip of thumbnails.
    pub strip: Strip,
    /// The folder that was saved in last.
    pub folder: Option<PathBuf>,
    /// Sources that were opened, the latest first.
    pub recent: Vec<String>,
    /// The scene that was shown last; `None` where its key is not the demonstration key.
    pub scene: Option<Scene>,
    /// The user knows of the lessons: they are not offered again.
    pub knows_lessons: bool,
    /// The folder of a teacher's own lessons.
    pub lessons: Option<PathBuf>,
    /// Titles of the lessons that are done.
    pub lessons_done: BTreeSet<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::default(),
            zoom_factor: 1.0,
            flicker: Flicker::default(),
            reduced_motion: false,
            strip: Strip::default(),
            folder: None,
            recent: Vec::new(),
            scene: None,
            knows_lessons: false,
            lessons: None,
            lessons_done: BTreeSet::new(),
        }
    }
}

/// True if a scene holds neither a key of the user's own nor a content key.
fn is_public(scene: &Scene) -> bool {
    scene.key == KeyMaterial::default() && !scene.source.holds_key()
}

impl Settings {
    /// The settings of a window.
    #[must_use]
    pub fn of(state: &State, zoom_factor: f32) -> Self {
        Self {
            theme: state.window.theme,
            zoom_factor,
            flicker: state.window.flicker,
            reduced_motion: state.window.reduced_motion,
            strip: state.timeline.strip,
            folder: state.saving.folder.clone(),
            recent: state.opening.recent.iter().map(ToString::to_string).collect(),
            scene: Some(state.own_scene().clone()).filter(is_public),
            knows_lessons: !state.lessons.is_offered,
            lessons: state.lessons.folder.folder.clone(),
            lessons_done: state.lessons.done.clone(),
        }
    }

    /// Applies the settings to a window.
    pub fn apply(&self, state: &mut State) {
        state.window.theme = self.theme;
        state.window.flicker = self.flicker;
        state.window.reduced_motion = self.reduced_motion;
        state.timeline.strip = self.strip;
        state.saving.folder.clone_from(&self.folder);
        state.lessons.done.clone_from(&self.lessons_done);
        state.opening.recent = self.recent.iter().filter_map(|source| named_source(source).ok()).collect();
        state.opening.last_scene = self.scene.clone().map(Box::new);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::Source;

    #[test]
    fn settings_round_trip_and_missing_ones_are_the_default() {
        let mut state = State::new(Scene::of(Source::Demo));
        state.window.theme = Theme::Light;
        state.window.flicker = Flicker::Still;
        state.timeline.strip = Strip::Hidden;
        state.saving.folder = Some("/out".into());
        state.opening.recent = vec![Source::File("a film.mp4".into())];
        state.lessons.done = ["The codebook".to_owned()].into();
        let text = serde_json::to_string(&Settings::of(&state, 1.5)).expect("settings serialize");
        let kept: Settings = serde_json::from_str(&text).expect("they read back");
        let mut other = State::new(Scene::of(Source::Demo));
        kept.apply(&mut other);
        assert_eq!(Settings::of(&other, kept.zoom_factor), Settings::of(&state, 1.5));
        assert_eq!(other.opening.last_scene.as_deref(), Some(&state.scene));
        assert_eq!(serde_json::from_str::<Settings>("{}").expect("defaults"), Settings::default());
    }

    #[test]
    fn the_users_own_key_is_never_stored() {
        let mut state = State::new(Scene::of(Source::Demo));
        state.scene.key = "c0ffee".repeat(11).parse().expect("hex");
        let text = serde_json::to_string(&Settings::of(&state, 1.0)).expect("settings serialize");
        assert!(!text.contains("c0ffee"), "{text}");
    }
}
