//! Changes of the scene that can be undone.

use super::State;
use crate::gui::model::editing::Command;
use crate::gui::model::editing::history::{Direction, Edit};
use crate::gui::model::editing::key::{KeyText, typed_key, usable_key};
use crate::gui::model::effect::{Effect, session};
use crate::lens::Lens;
use crate::media::{Source, StreamChoice};
use crate::payload::Target;
use crate::play::{self, Status};
use crate::scene::{Panel, PanelTarget, Scene, check_target, default_scheme, lens_suits};

impl State {
    pub(super) fn apply_edit(&mut self, command: Command, status: &Status) -> Vec<Effect> {
        match command {
            Command::SetSource(source) => self.set_source(source, status),
            Command::SetTarget(target) => {
                self.opening.is_target_automatic = false;
                let effects = self.edit(Edit::Layout, with_target(&self.scene, target));
                self.view_panels_that_exist();
                effects
            }
            Command::SetStream(stream) => self.edit(Edit::Layout, Scene { stream, ..self.scene.clone() }),
            Command::SetEncoding(encode) => {
                let scene = Scene { encode, ..self.scene.clone() };
                let has_packets = encode.is_none() || scene.target.is_of_packets();
                let scene = if has_packets { scene } else { with_target(&scene, Target::Packets) };
                let effects = self.edit(Edit::Layout, scene);
                self.view_panels_that_exist();
                effects
            }
            Command::SetLayout(layout) => self.edit(Edit::Layout, Scene { layout, ..self.scene.clone() }),
            Command::SetKey(text) => self.set_key(text),
            Command::SetMemory(memory) => self.edit(Edit::Memory, Scene { memory, ..self.scene.clone() }),
            Command::Undo => self.travel(Direction::Undo, status),
            Command::Redo => self.travel(Direction::Redo, status),
            Command::Return(direction, scene) => self.return_to(direction, &scene),
            Command::Reset => self.use_scene(Scene::of(self.scene.source.clone())),
        }
    }

    /// Takes a key as it is typed, once it is one that all panels can use.
    fn set_key(&mut self, text: KeyText) -> Vec<Effect> {
        let checked = typed_key(&text.0, &self.scene.panels);
        self.scene_form.key = text;
        self.scene_form.key_problem = checked.as_ref().err().map(ToString::to_string);
        let Ok(key) = checked else { return Vec::new() };
        self.edit(Edit::Key, Scene { key, ..self.scene.clone() })
    }

    /// Changes the settings of the open source, and shows the same frame.
    fn set_source(&mut self, source: Source, status: &Status) -> Vec<Effect> {
        let is_resized = match (&self.scene.source, &source) {
            (Source::Pattern(one, _), Source::Pattern(other, _)) => one == other,
            _ => false,
        };
        let edit = if is_resized { Edit::Size } else { Edit::Source };
        self.opening.typed = source.to_string();
        let mut effects = self.edit(edit, Scene { source, ..self.scene.clone() });
        if let (Some((frame, _)), false) = (status.shown, effects.is_empty()) {
            effects.extend(session(play::Command::Seek(frame)));
        }
        effects
    }

    /// Shows another scene, if its key is long enough.
    pub(super) fn use_scene(&mut self, scene: Scene) -> Vec<Effect> {
        if let Err(error) = usable_key(&scene.key, &scene.panels) {
            self.notices.error = Some(error.to_string());
            return Vec::new();
        }
        self.panel_view.enlarged = None;
        self.panel_view.selected = None;
        self.panel_view.comparison = None;
        let effects = self.edit(Edit::Scene, scene);
        self.fill_forms();
        effects
    }

    /// Changes the scene, as a step of undo.
    pub(super) fn edit(&mut self, edit: Edit, mut scene: Scene) -> Vec<Effect> {
        if !scene.source.has_packets() {
            // It has packets once it is encoded.
            for at in 0..scene.panels.len() {
                if scene.target_of(scene.panels[at]).encoding.is_none() {
                    scene.panels[at] = scene.panels[at].with_target(PanelTarget::OF_SCENE);
                }
            }
            if scene.encode.is_none() || !scene.target.is_of_packets() {
                (scene.target, scene.stream) = (Target::Pixels, None);
            }
        }
        if let Err(error) = scene.check_targets() {
            self.notices.error = Some(error.to_string());
            return Vec::new();
        }
        if scene == self.scene {
            return Vec::new();
        }
        let old = std::mem::replace(&mut self.scene, scene);
        self.history.note(edit, old.clone());
        self.show_scene(old)
    }

    /// Undoes or redoes a change once the source of that scene is found to open.
    fn travel(&mut self, direction: Direction, status: &Status) -> Vec<Effect> {
        let Some(scene) = self.history.next(direction).cloned() else { return Vec::new() };
        self.once_it_opens(&scene, Command::Return(direction, Box::new(scene.clone())).into(), status)
    }

    /// Undoes or redoes the change that leads to this scene, unless the history has changed meanwhile.
    fn return_to(&mut self, direction: Direction, to: &Scene) -> Vec<Effect> {
        self.opening.is_pending = false;
        if self.history.next(direction) != Some(to) {
            return Vec::new();
        }
        let Some(scene) = self.history.step(direction, &self.scene) else { return Vec::new() };
        let before = std::mem::replace(&mut self.scene, scene);
        self.follow_scene();
        self.show_scene(before)
    }

    /// Makes the view and the forms those of the scene.
    pub(super) fn follow_scene(&mut self) {
        self.view_panels_that_exist();
        self.fill_forms();
    }

    /// Ends the view of single panels that the scene does not have any more.
    fn view_panels_that_exist(&mut self) {
        let panels = self.scene.panels.len();
        self.panel_view.enlarged = self.panel_view.enlarged.filter(|&at| at < panels);
        self.panel_view.selected = self.panel_view.selected.filter(|&at| at < panels);
        self.panel_view.comparison =
            self.panel_view.comparison.filter(|two| two.panels.iter().all(|&at| at < panels));
    }

    fn fill_forms(&mut self) {
        self.opening.typed = self.scene.source.to_string();
        self.scene_form.key = KeyText(self.scene.key.to_hex());
        self.scene_form.key_problem = None;
        self.scene_form.memory = self.scene.memory.get();
    }

    fn show_scene(&mut self, before: Scene) -> Vec<Effect> {
        self.notices.error = None;
        self.notices.confirmation = None;
        self.show_or_encode(before)
    }
}

/// The scene with another target. Panels with a target of their own stay as they are; the others are [made to suit it](suiting), and
/// of panels that become equal the first is kept. The default panels of the one target become those of the other.
pub(super) fn with_target(scene: &Scene, target: Target) -> Scene {
    let takes = |stream: &StreamChoice| target.takes_sound() || !matches!(stream, StreamChoice::Audio(_));
    let scene = &Scene { stream: scene.stream.filter(takes), ..scene.clone() };
    if scene.panels == Panel::shown(scene.target) || scene.panels == Panel::own() {
        return Scene { target, panels: Panel::shown(target), ..scene.clone() };
    }
    let mut panels = Vec::new();
    for &panel in &scene.panels {
        let keeps = panel.own_target().target.is_some();
        let changed = if keeps { panel } else { suiting(panel, target) };
        if changed == panel || !panels.contains(&changed) {
            panels.push(changed);
        }
    }
    Scene { target, panels, ..scene.clone() }
}

/// The panel as it suits a target: with the scheme of the target if the target does not take its own, and with the lens
/// `sizes` for messages of packets, else `repeats`, if its own lens cannot show them.
pub(super) fn suiting(panel: Panel, target: Target) -> Panel {
    let Panel::Cipher { scheme, lens, of } = panel else { return panel };
    let is_taken = check_target(target, scheme).is_ok();
    let scheme =
        if is_taken { scheme } else { default_scheme(target).parse().expect("a scheme of this version") };
    let other_lens = if target.is_of_packets() { Lens::Sizes } else { Lens::Repeats };
    let lens = if lens_suits(target, lens) { lens } else { other_lens };
    Panel::Cipher { scheme, lens, of }
}
