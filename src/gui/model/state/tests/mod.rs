//! Tests of commands on the state, without a window.

mod panels;
mod playback;
mod scene;
mod window;

use std::sync::Arc;

use crate::gui::model::state::*;
use crate::media::{Index, Source};
use crate::units::FrameIndex;

fn state() -> State {
    State::new(scene())
}

/// The demo with fixed panels, independent of the default ones.
fn scene() -> Scene {
    let panels = ["plain", "aes-128-ecb", "aes-128-ecb:repeats", "aes-128-gcm"];
    let panels = panels.map(|panel| panel.parse().expect("a panel")).into();
    Scene { panels, ..Scene::of(Source::Demo) }
}

fn status() -> Status {
    let times = (0..10).map(|n| f64::from(n) / 10.0).collect();
    let index = Index::new(times, 1.0, vec![FrameIndex(0)]);
    Status { index: Some(Arc::new(index)), shown: Some((FrameIndex(4), 0.4)), ..Status::default() }
}

/// The effects of a command as text; for commands of the session, those commands.
fn effects_of(state: &mut State, command: impl Into<Command>, status: &Status) -> Vec<String> {
    let session = |effect| match effect {
        Effect::Session(command) => format!("{command:?}"),
        other => format!("{other:?}"),
    };
    state.apply(command, status).into_iter().map(session).collect()
}

fn panel_names(state: &State) -> Vec<String> {
    state.scene.panels.iter().map(ToString::to_string).collect()
}
