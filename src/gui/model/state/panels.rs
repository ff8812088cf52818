//! Panels: changing, enlarging and comparing them.

use super::State;
use super::editing::{suiting, with_target};
use crate::crypto::Scheme;
use crate::gui::model::editing::history::Edit;
use crate::gui::model::editing::key::usable_key;
use crate::gui::model::effect::{Effect, session};
use crate::gui::model::panels::Command;
use crate::gui::model::panels::comparison::Comparison;
use crate::gui::model::panels::presets::{FrameFormat, MOST_PANELS};
use crate::play::{self, Status};
use crate::scene::{Panel, Scene};

impl State {
    pub(super) fn apply_panels(&mut self, command: Command, status: &Status) -> Vec<Effect> {
        let panels = self.scene.panels.len();
        match command {
            Command::Set(at, panel) => return self.set_panel(at, panel, Edit::Panels),
            Command::Tune(at, number, panel) => return self.set_panel(at, panel, Edit::Lens(at, number)),
            Command::SetTarget(at, of) => {
                if let Some(&panel) = self.scene.panels.get(at) {
                    let panel = panel.with_target(of);
                    let target = self.scene.target_of(panel).target;
                    return self.set_panel(at, suiting(panel, target), Edit::Panels);
                }
            }
            Command::Add => return self.insert_panel(panels, self.next_panel()),
            Command::Duplicate(at) => {
                if let Some(&panel) = self.scene.panels.get(at) {
                    return self.insert_panel(at + 1, panel);
                }
            }
            Command::Remove(at) => return self.remove_panel(at),
            Command::Move(from, to) => return self.move_panel(from, to),
            Command::UsePreset(preset) => {
                let panels = preset.panels(self.scheme_in_view(), FrameFormat::of(&self.scene, status));
                let scene = Scene { panels, ..self.scene.clone() };
                return self.use_scene(with_target(&scene, scene.target));
            }
            Command::Select(at) => self.panel_view.selected = Some(at).filter(|&at| at < panels),
            Command::ToggleEnlarged(at) => {
                let view = &mut self.panel_view;
                let open = view.enlarged == Some(at) || at >= panels;
                view.comparison = None;
                view.enlarged = (!open).then_some(at);
                view.selected = view.enlarged.or(view.selected);
            }
            Command::SetView(view_pos) => self.panel_view.view_pos = view_pos,
            Command::Compare(comparison) => {
                let exist = comparison.panels.iter().all(|&at| at < panels);
                self.panel_view.comparison = exist.then_some(comparison);
            }
            Command::ToggleCompare => {
                let one = self.panel_view.enlarged.unwrap_or(0);
                let two = (panels > 1).then(|| Comparison::of(one, (one + 1) % panels));
                self.panel_view.comparison = if self.panel_view.comparison.is_some() { None } else { two };
            }
            Command::ToggleDifference => {
                let one = self.panel_view.enlarged.unwrap_or(1).min(panels - 1);
                let original = self.scene.panels.iter().position(|&panel| panel == Panel::Plain);
                let other = original.filter(|&at| at != one).unwrap_or((one + 1) % panels);
                let ends = self.panel_view.comparison.is_some_and(|two| two.difference().is_some());
                let two = (panels > 1 && !ends).then(|| Comparison::difference_of(one, other));
                self.panel_view.comparison = two;
            }
            Command::StopPreparing => return session(play::Command::StopPreparing),
            Command::Prepare => return session(play::Command::Prepare),
        }
        Vec::new()
    }

    /// The selected panel: the enlarged one, or the one that was worked on last.
    #[must_use]
    pub fn selected_panel(&self) -> Option<usize> {
        self.panel_view.enlarged.or(self.panel_view.selected).filter(|&at| at < self.scene.panels.len())
    }

    /// The panel that is added next: the first mode that no panel has yet, used right before misused, with its
    /// shortest key. If all modes are shown, a copy of the last panel.
    #[must_use]
    pub fn next_panel(&self) -> Panel {
        let panels = &self.scene.panels;
        let is_there = |scheme: Scheme| panels.iter().any(|panel| panel.scheme() == Some(scheme));
        let is_short = |scheme: &Scheme| scheme.is_shortest();
        let can = |scheme: &Scheme| scheme.key_hex(&self.scene.key).is_ok();
        let (well, badly): (Vec<_>, Vec<_>) =
            Scheme::all().filter(is_short).filter(can).partition(|scheme| scheme.habit().is_none());
        let next = well.into_iter().chain(badly).find(|&scheme| !is_there(scheme));
        let next = next.map(Panel::of);
        next.or(panels.last().copied()).unwrap_or(Panel::Plain)
    }

    /// The scheme of the selected panel, or the first scheme.
    ///
    /// # Panics
    /// Never: there are schemes.
    #[must_use]
    pub fn scheme_in_view(&self) -> Scheme {
        let panels = &self.scene.panels;
        let selected = self.selected_panel().and_then(|at| panels.get(at));
        let schemes = selected.into_iter().chain(panels).filter_map(|panel| panel.scheme());
        schemes.chain(Scheme::all()).next().expect("there are schemes")
    }

    pub(super) fn set_panel(&mut self, at: usize, panel: Panel, edit: Edit) -> Vec<Effect> {
        if let Err(error) = usable_key(&self.scene.key, &[panel]) {
            // A key that is too short for the new scheme would leave the window without a picture.
            self.notices.error = Some(error.to_string());
            return Vec::new();
        }
        let mut panels = self.scene.panels.clone();
        let Some(old) = panels.get_mut(at) else { return Vec::new() };
        *old = panel;
        self.panel_view.selected = Some(at);
        self.edit(edit, Scene { panels, ..self.scene.clone() })
    }

    fn insert_panel(&mut self, at: usize, panel: Panel) -> Vec<Effect> {
        let mut panels = self.scene.panels.clone();
        if panels.len() >= MOST_PANELS {
            self.notices.error = Some(format!("there are {MOST_PANELS} panels already; remove one first"));
            return Vec::new();
        }
        let at = at.min(panels.len());
        panels.insert(at, panel);
        self.panel_view.comparison = None;
        self.panel_view.enlarged =
            self.panel_view.enlarged.map(|enlarged| enlarged + usize::from(enlarged >= at));
        self.panel_view.selected = Some(at);
        self.edit(Edit::Panels, Scene { panels, ..self.scene.clone() })
    }

    fn remove_panel(&mut self, at: usize) -> Vec<Effect> {
        let mut panels = self.scene.panels.clone();
        if at >= panels.len() || panels.len() == 1 {
            return Vec::new();
        }
        panels.remove(at);
        self.panel_view.comparison = None;
        let left = self.panel_view.enlarged.filter(|&enlarged| enlarged != at);
        self.panel_view.enlarged = left.map(|enlarged| enlarged - usize::from(enlarged > at));
        let left = self.panel_view.selected.filter(|&selected| selected != at);
        self.panel_view.selected = left.map(|selected| selected - usize::from(selected > at));
        self.edit(Edit::Panels, Scene { panels, ..self.scene.clone() })
    }

    fn move_panel(&mut self, from: usize, to: usize) -> Vec<Effect> {
        let mut panels = self.scene.panels.clone();
        if from >= panels.len() || to >= panels.len() || from == to {
            return Vec::new();
        }
        let panel = panels.remove(from);
        panels.insert(to, panel);
        self.panel_view.enlarged = self.panel_view.enlarged.map(|enlarged| moved(enlarged, from, to));
        self.panel_view.selected = self.panel_view.selected.map(|selected| moved(selected, from, to));
        self.panel_view.comparison = None;
        self.edit(Edit::Panels, Scene { panels, ..self.scene.clone() })
    }
}

/// The place of the panel at `at` after the panel at `from` is moved to `to`.
fn moved(at: usize, from: usize, to: usize) -> usize {
    match at {
        _ if at == from => to,
        _ if from < at && at <= to => at - 1,
        _ if to <= at && at < from => at + 1,
        _ => at,
    }
}
