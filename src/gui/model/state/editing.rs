//! Changes of the scene that can be taken back.

use super::State;
use crate::crypto::Scheme;
use crate::gui::model::command::Command;
use crate::gui::model::effect::{Effect, session};
use crate::gui::model::history::{Edit, Way};
use crate::gui::model::key::{KeyText, usable_key};
use crate::gui::model::presets::MOST_PANELS;
use crate::lens::Lens;
use crate::media::Source;
use crate::play::{self, Status};
use crate::scene::{Panel, Scene};

impl State {
    /// The panel that one works on: the enlarged one, or the one that was worked on last.
    #[must_use]
    pub fn panel_in_hand(&self) -> Option<usize> {
        self.view.enlarged.or(self.view.in_hand).filter(|&at| at < self.scene.panels.len())
    }

    /// The panel that is added next: the first mode that is not there yet, well used before badly used, with its
    /// shortest key. Where all are there, the last panel again.
    #[must_use]
    pub fn next_panel(&self) -> Panel {
        let panels = &self.scene.panels;
        let is_there = |scheme: Scheme| panels.iter().any(|panel| panel.scheme() == Some(scheme));
        let is_short = |scheme: &Scheme| scheme.is_shortest();
        let can = |scheme: &Scheme| scheme.key_hex(&self.scene.key).is_ok();
        let (well, badly): (Vec<_>, Vec<_>) =
            Scheme::all().filter(is_short).filter(can).partition(|scheme| scheme.habit().is_none());
        let next = well.into_iter().chain(badly).find(|&scheme| !is_there(scheme));
        let next = next.map(|scheme| Panel::Cipher { scheme, lens: Lens::default() });
        next.or(panels.last().copied()).unwrap_or(Panel::Plain)
    }

    /// The scheme that is looked at: that of the panel in hand, or the first one.
    ///
    /// # Panics
    /// Never: there are schemes.
    #[must_use]
    pub fn scheme_in_view(&self) -> Scheme {
        let panels = &self.scene.panels;
        let in_hand = self.panel_in_hand().and_then(|at| panels.get(at));
        let schemes = in_hand.into_iter().chain(panels).filter_map(|panel| panel.scheme());
        schemes.chain(Scheme::all()).next().expect("there are schemes")
    }

    pub(super) fn set_panel(&mut self, at: usize, panel: Panel, edit: Edit) -> Vec<Effect> {
        if let Err(error) = usable_key(&self.scene.key, &[panel]) {
            // A key that is too short for the new scheme would leave the window without a picture.
            self.notice = Some(error.to_string());
            return Vec::new();
        }
        let mut panels = self.scene.panels.clone();
        let Some(old) = panels.get_mut(at) else { return Vec::new() };
        *old = panel;
        self.view.in_hand = Some(at);
        self.edit(edit, Scene { panels, ..self.scene.clone() })
    }

    pub(super) fn insert_panel(&mut self, at: usize, panel: Panel) -> Vec<Effect> {
        let mut panels = self.scene.panels.clone();
        if panels.len() >= MOST_PANELS {
            self.notice = Some(format!("there are {MOST_PANELS} panels already; remove one first"));
            return Vec::new();
        }
        let at = at.min(panels.len());
        panels.insert(at, panel);
        self.view.comparison = None;
        self.view.enlarged = self.view.enlarged.map(|enlarged| enlarged + usize::from(enlarged >= at));
        self.view.in_hand = Some(at);
        self.edit(Edit::Panels, Scene { panels, ..self.scene.clone() })
    }

    pub(super) fn remove_panel(&mut self, at: usize) -> Vec<Effect> {
        let mut panels = self.scene.panels.clone();
        if at >= panels.len() || panels.len() == 1 {
            return Vec::new();
        }
        panels.remove(at);
        self.view.comparison = None;
        let left = self.view.enlarged.filter(|&enlarged| enlarged != at);
        self.view.enlarged = left.map(|enlarged| enlarged - usize::from(enlarged > at));
        let left = self.view.in_hand.filter(|&in_hand| in_hand != at);
        self.view.in_hand = left.map(|in_hand| in_hand - usize::from(in_hand > at));
        self.edit(Edit::Panels, Scene { panels, ..self.scene.clone() })
    }

    pub(super) fn move_panel(&mut self, from: usize, to: usize) -> Vec<Effect> {
        let mut panels = self.scene.panels.clone();
        if from >= panels.len() || to >= panels.len() || from == to {
            return Vec::new();
        }
        let panel = panels.remove(from);
        panels.insert(to, panel);
        self.view.enlarged = self.view.enlarged.map(|enlarged| moved(enlarged, from, to));
        self.view.in_hand = self.view.in_hand.map(|in_hand| moved(in_hand, from, to));
        self.view.comparison = None;
        self.edit(Edit::Panels, Scene { panels, ..self.scene.clone() })
    }

    /// Sets the source that is open otherwise, and goes on with the frame that is shown.
    pub(super) fn set_source(&mut self, source: Source, status: &Status) -> Vec<Effect> {
        let is_resized = match (&self.scene.source, &source) {
            (Source::Pattern(one, _), Source::Pattern(other, _)) => one == other,
            _ => false,
        };
        let edit = if is_resized { Edit::Size } else { Edit::Source };
        self.drafts.source = source.to_string();
        let mut effects = self.edit(edit, Scene { source, ..self.scene.clone() });
        if let (Some((frame, _)), false) = (status.shown, effects.is_empty()) {
            effects.extend(session(play::Command::Seek(frame)));
        }
        effects
    }

    /// Takes over another scene, if the key is long enough for it.
    pub(super) fn use_scene(&mut self, scene: Scene) -> Vec<Effect> {
        if let Err(error) = usable_key(&scene.key, &scene.panels) {
            self.notice = Some(error.to_string());
            return Vec::new();
        }
        self.view.enlarged = None;
        self.view.in_hand = None;
        self.view.comparison = None;
        let effects = self.edit(Edit::Scene, scene);
        self.write_drafts();
        effects
    }

    /// Changes the scene so that it can be taken back.
    pub(super) fn edit(&mut self, edit: Edit, scene: Scene) -> Vec<Effect> {
        if scene == self.scene {
            return Vec::new();
        }
        let old = std::mem::replace(&mut self.scene, scene);
        self.history.note(edit, old);
        self.show_scene()
    }

    /// Undoes a change, or makes it again, once the scene that it leads to can be shown.
    pub(super) fn travel(&mut self, way: Way, status: &Status) -> Vec<Effect> {
        let Some(scene) = self.history.next(way).cloned() else { return Vec::new() };
        self.once_it_opens(&scene, Command::Return(way, Box::new(scene.clone())), status)
    }

    /// Goes back, or on again, to a scene of the history; nowhere if another one has come next meanwhile.
    pub(super) fn return_to(&mut self, way: Way, to: &Scene) -> Vec<Effect> {
        self.is_opening = false;
        if self.history.next(way) != Some(to) {
            return Vec::new();
        }
        let Some(scene) = self.history.step(way, &self.scene) else { return Vec::new() };
        self.scene = scene;
        let panels = self.scene.panels.len();
        self.view.enlarged = self.view.enlarged.filter(|&at| at < panels);
        self.view.in_hand = self.view.in_hand.filter(|&at| at < panels);
        self.view.comparison = self.view.comparison.filter(|two| two.panels.iter().all(|&at| at < panels));
        self.write_drafts();
        self.show_scene()
    }

    fn write_drafts(&mut self) {
        self.drafts.source = self.scene.source.to_string();
        self.drafts.key = KeyText(self.scene.key.to_hex());
        self.drafts.key_problem = None;
        self.drafts.memory = self.scene.memory.get();
    }

    fn show_scene(&mut self) -> Vec<Effect> {
        self.notice = None;
        self.said = None;
        vec![Effect::Session(play::Command::SetScene(self.scene.clone()))]
    }
}

/// Where the panel at `at` is once that at `from` stands at `to`.
fn moved(at: usize, from: usize, to: usize) -> usize {
    match at {
        _ if at == from => to,
        _ if from < at && at <= to => at - 1,
        _ if to <= at && at < from => at + 1,
        _ => at,
    }
}
