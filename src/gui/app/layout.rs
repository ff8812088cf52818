//! Drawing the window: bars, panels, forms, and what lies over them.

use std::time::Instant;

use eframe::egui::{CentralPanel, Frame, Margin, Panel, Ui};

use super::{App, closing};
use crate::gui::bars::notice;
use crate::gui::bars::side_panel::Sides;
use crate::gui::bars::{about, help, lessons_ui, save_form, top_bar};
use crate::gui::call::call_ui;
use crate::gui::model::command::Command;
use crate::gui::panels::{drawing_ui, panels_ui};
use crate::gui::timeline::transport::Transport;
use crate::gui::widgets::theme;

impl App {
    /// True while the frame on screen has other panels than the scene, and there is no error.
    pub(super) fn is_outdated(&self) -> bool {
        let panels =
            self.textures.displayed().map(|displayed| displayed.panels.iter().map(|panel| panel.panel));
        let is_other = |panels| !Iterator::eq(panels, self.state.scene.panels.iter().copied());
        self.status.error.is_none() && panels.is_some_and(is_other)
    }

    /// Everything around the panels.
    fn bars_ui(&mut self, ui: &mut Ui, now: Instant, commands: &mut Vec<Command>) {
        let palette = theme::palette(ui);
        let bar = Frame::new().fill(palette.bar).inner_margin(Margin::symmetric(12, 8));
        Panel::top("top bar").frame(bar).show_separator_line(false).show(ui, |ui| {
            top_bar::top_bar_ui(ui, &mut self.state, &self.status, commands);
        });
        if self.state.drawing().is_some() {
            let tools = bar.inner_margin(Margin { left: 12, right: 12, top: 0, bottom: 8 });
            Panel::top("drawing bar").frame(tools).show_separator_line(false).show(ui, |ui| {
                drawing_ui::drawing_bar_ui(ui, &self.state, commands);
            });
        }
        let bar = bar.inner_margin(Margin { left: 12, right: 12, top: 4, bottom: 8 });
        Panel::bottom("transport").frame(bar).show_separator_line(false).show(ui, |ui| {
            let announcement = self.timers.announcement(&self.state, &self.status, now);
            let viewport = self.textures.viewport(self.state.panel_view.view_pos);
            let findings = self.timeline.findings();
            let transport = Transport {
                state: &self.state,
                status: &self.status,
                viewport,
                findings: findings.as_deref(),
                thumbnails: &self.timeline.thumbnails,
                announcement,
            };
            transport.transport_ui(ui, &mut self.timeline.scrub, commands);
        });
    }

    fn panels_ui(&mut self, ui: &mut Ui, now: Instant, commands: &mut Vec<Command>) {
        let announcement = self.timers.announcement(&self.state, &self.status, now);
        let background = Frame::new().fill(theme::palette(ui).background).inner_margin(Margin::same(10));
        CentralPanel::no_frame().frame(background).show(ui, |ui| {
            if self.state.lessons.is_offered {
                commands.extend(notice::offer_ui(ui));
            }
            call_ui::call_ui(ui, &self.state, &self.status, commands);
            panels_ui::panels_ui(ui, &self.state, (&self.status, announcement), &mut self.textures, commands);
        });
    }

    pub(super) fn draw_ui(&mut self, ui: &mut Ui, now: Instant) -> Vec<Command> {
        let mut commands = Vec::new();
        let asks = self.state.asks() || self.tasks.closing.is_waiting();
        if !std::mem::replace(&mut self.shell.was_asking, asks) && asks {
            // A tooltip that is open when a form opens would stay above the form. Disabled widgets have no tooltips.
            ui.disable();
        }
        if self.state.lessons.blackout {
            commands.extend(lessons_ui::blackout_ui(ui));
            return commands;
        }
        if !self.state.window.presenting {
            self.bars_ui(ui, now, &mut commands);
        } else if let Some(lesson) = self.state.lesson_read() {
            lessons_ui::strip_ui(ui, lesson, self.state.lessons.view.answered);
        }
        let findings = self.timeline.findings();
        let sides =
            Sides { state: &self.state, displayed: self.textures.displayed(), findings: findings.as_deref() };
        if !self.state.window.presenting {
            sides.beside_ui(ui, &mut commands);
        }
        let area = ui.available_rect_before_wrap();
        self.panels_ui(ui, now, &mut commands);
        if !self.state.window.presenting {
            let sides = Sides {
                state: &self.state,
                displayed: self.textures.displayed(),
                findings: findings.as_deref(),
            };
            sides.over_ui(ui, area, &mut commands);
        }
        let clip = self.tasks.clip.progress();
        let under_way = notice::UnderWay { clip, encoding: self.tasks.encoder.progress() };
        notice::banners_ui(ui, area, &self.state, (&self.status, &under_way), &mut commands);
        if let Some(form) = &self.state.saving.form {
            save_form::save_form_ui(ui, form, &mut commands);
        }
        if self.state.window.help {
            commands.extend(help::help_ui(ui));
        }
        if self.state.window.about {
            commands.extend(about::about_ui(ui));
        }
        if let Some(choice) = closing::closing_ui(ui, &self.tasks.closing) {
            self.tasks.closing.choose(choice);
            ui.ctx().request_repaint();
        }
        if !asks {
            notice::drop_hint_ui(ui);
        }
        commands
    }
}
