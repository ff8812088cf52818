//! The side panels: the lessons at the left, the inspector at the right. In a narrow window the inspector covers the
//! panels, whose captions would have no room beside it. The lessons cover the panels only in a very narrow window,
//! because a lesson is about the panels beside it.

use eframe::egui::{Area, Frame, Id, Margin, Order, Panel, Pos2, Rect, Stroke, Ui};

use super::lessons_ui;
use crate::gui::inspector::inspector_ui;
use crate::gui::model::command::Command;
use crate::gui::model::state::State;
use crate::gui::textures::display_frame::DisplayFrame;
use crate::gui::timeline::video_scan::Findings;
use crate::gui::widgets::theme;

/// From this width of the window, in points, there is room for two columns of panels beside a side panel.
const ROOMY: f32 = 960.0;

/// From this width of the window, in points, there is room for panels beside a lesson.
const LEAST_FOR_LESSONS: f32 = 560.0;

/// The share of a narrow window's width that a lesson takes.
const NARROW_LESSON: f32 = 0.42;

fn width(ui: &Ui) -> f32 {
    ui.ctx().content_rect().width()
}

/// What the side panels draw.
#[derive(Clone, Copy, Debug)]
pub struct Sides<'a> {
    /// What the window is set to.
    pub state: &'a State,
    /// The frame on screen.
    pub displayed: Option<&'a DisplayFrame>,
    /// The results of the video scan.
    pub findings: Option<&'a Findings>,
}

impl Sides<'_> {
    /// Draws the side panels at the edges of the remaining window.
    pub fn beside_ui(self, ui: &mut Ui, commands: &mut Vec<Command>) {
        let half = ui.available_width() / 2.0;
        if self.state.inspector.open && width(ui) >= ROOMY {
            let room = Panel::right("inspector").frame(frame(ui)).resizable(false).show_separator_line(false);
            room.exact_size(inspector_ui::WIDTH.min(half)).show(ui, |ui| self.inspector_ui(ui, commands));
        }
        let is_hidden = self.state.inspector.open && width(ui) < ROOMY;
        if self.state.lessons.view.open && width(ui) >= LEAST_FOR_LESSONS && !is_hidden {
            let share = if width(ui) < ROOMY { NARROW_LESSON * width(ui) } else { half };
            let room = Panel::left("lessons").frame(frame(ui)).resizable(false).show_separator_line(false);
            room.exact_size(lessons_ui::WIDTH.min(share)).show(ui, |ui| self.lessons_ui(ui, commands));
        }
    }

    /// Draws the side panel that has no room beside the panels over them, in `area`; one at a time.
    pub fn over_ui(self, ui: &Ui, area: Rect, commands: &mut Vec<Command>) {
        let within = |wanted: f32| wanted.min(width(ui) * 0.6).min(area.width());
        if self.state.inspector.open && width(ui) < ROOMY {
            let left = area.right() - within(inspector_ui::WIDTH);
            over_ui(ui, "inspector", area.with_min_x(left), |ui| self.inspector_ui(ui, commands));
        } else if self.state.lessons.view.open && width(ui) < LEAST_FOR_LESSONS {
            let right = area.left() + within(lessons_ui::WIDTH);
            over_ui(ui, "lessons", area.with_max_x(right), |ui| self.lessons_ui(ui, commands));
        }
    }

    fn inspector_ui(self, ui: &mut Ui, commands: &mut Vec<Command>) {
        inspector_ui::inspector_ui(ui, self.state, self.displayed, self.findings, commands);
    }

    fn lessons_ui(self, ui: &mut Ui, commands: &mut Vec<Command>) {
        lessons_ui::lesson_ui(ui, self.state, commands);
    }
}

const MARGIN: Margin = Margin::symmetric(14, 8);

fn frame(ui: &Ui) -> Frame {
    Frame::new().fill(theme::palette(ui).bar).inner_margin(MARGIN)
}

fn over_ui(ui: &Ui, name: &str, rect: Rect, add_contents: impl FnOnce(&mut Ui)) {
    let frame = frame(ui).stroke(Stroke::new(1.0, theme::palette(ui).line)).shadow(ui.visuals().popup_shadow);
    let at: Pos2 = rect.min;
    Area::new(Id::unique(name)).order(Order::Middle).fixed_pos(at).constrain(false).show(ui.ctx(), |ui| {
        frame.show(ui, |ui| {
            let room = rect.size() - MARGIN.sum();
            ui.set_min_size(room);
            ui.set_max_size(room);
            add_contents(ui);
        });
    });
}
