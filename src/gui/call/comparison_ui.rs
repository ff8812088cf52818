//! Who sees what under every protection, with uncompressed and with compressed video side by side.

use eframe::egui::{
    Align2, CornerRadius, FontId, Rect, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use super::title_ui::title_ui;
use crate::call::{COMPARED_MEDIA, CallSource, Observer, PlannedCall, Row};
use crate::gui::model::command::Command;
use crate::gui::model::opening;
use crate::gui::widgets::{icons, theme};
use crate::wire::protection::Protection;

/// Width of the names of observers, in points.
const NAMES: f32 = 150.0;

/// Height of the two lines with names of protections and media, in points.
const HEAD: f32 = 36.0;

/// Draws the table. A click on a cell changes the call to its protection and media.
pub(super) fn comparison_ui(ui: &mut Ui, source: &CallSource, commands: &mut Vec<Command>) {
    let call = source.call();
    let title = format!("What each has of {}'s video, found by trying", call.settings.name(0));
    title_ui(ui, &title, commands);
    let Some(rows) = source.known_comparison() else {
        ui.label("Every protection is tried with raw video and with H.264 …");
        return;
    };
    let area = ui.available_rect_before_wrap();
    let count = Protection::ALL.len();
    #[expect(clippy::cast_precision_loss, reason = "five protections, six observers")]
    let (width, height) = (
        (area.width() - NAMES) / count as f32,
        ((area.height() - HEAD) / Observer::ALL.len() as f32).min(30.0),
    );
    let table = Table { area, width, height };
    table.paint_names(ui, call);
    for row in rows.iter() {
        let Some(rect) = table.cell(row) else { continue };
        cell_ui(ui, (call, row), rect, commands);
    }
    ui.allocate_rect(area, Sense::hover());
}

struct Table {
    area: Rect,
    /// Width of a protection.
    width: f32,
    /// Height of an observer.
    height: f32,
}

#[expect(clippy::cast_precision_loss, reason = "five protections, six observers")]
impl Table {
    fn left(&self, protection: usize) -> f32 {
        self.area.left() + NAMES + protection as f32 * self.width
    }

    fn top(&self, observer: usize) -> f32 {
        self.area.top() + HEAD + observer as f32 * self.height
    }

    fn cell(&self, row: &Row) -> Option<Rect> {
        let protection = Protection::ALL.iter().position(|other| *other == row.protection)?;
        let media = COMPARED_MEDIA.iter().position(|other| *other == row.media)?;
        let observer = Observer::ALL.iter().position(|other| *other == row.observer)?;
        let width = self.width / COMPARED_MEDIA.len() as f32;
        let corner = pos2(self.left(protection) + media as f32 * width, self.top(observer));
        Some(Rect::from_min_size(corner, vec2(width, self.height)).shrink2(vec2(3.0, 2.0)))
    }

    fn paint_names(&self, ui: &Ui, call: &PlannedCall) {
        let (palette, painter) = (theme::palette(ui), ui.painter());
        for (at, protection) in Protection::ALL.into_iter().enumerate() {
            let is_now = protection == call.protection;
            let rect = Rect::from_min_size(pos2(self.left(at), self.area.top()), Vec2::new(self.width, HEAD));
            if is_now {
                let column = rect.with_max_y(self.top(Observer::ALL.len()));
                painter.rect_filled(column.shrink2(vec2(1.0, 0.0)), CornerRadius::same(8), palette.card);
            }
            let colour = if is_now { palette.accent } else { palette.text };
            let font = FontId::new(13.0, theme::semibold());
            let centre = pos2(rect.center().x, rect.top() + 10.0);
            painter.text(centre, Align2::CENTER_CENTER, protection.name(), font, colour);
            for (at, media) in COMPARED_MEDIA.into_iter().enumerate() {
                let share = (at as f32 + 0.5) / COMPARED_MEDIA.len() as f32;
                let centre = pos2(rect.left() + share * rect.width(), rect.top() + 27.0);
                let name = media.to_string();
                painter.text(centre, Align2::CENTER_CENTER, name, FontId::proportional(11.5), palette.weak);
            }
        }
        for (at, observer) in Observer::ALL.into_iter().enumerate() {
            let left = pos2(self.area.left(), self.top(at) + self.height / 2.0);
            let font = FontId::proportional(13.0);
            painter.text(left, Align2::LEFT_CENTER, observer.title(), font, palette.text);
        }
    }
}

fn cell_ui(ui: &Ui, (call, row): (&PlannedCall, &Row), rect: Rect, commands: &mut Vec<Command>) {
    let palette = theme::palette(ui);
    let place = (row.protection.name(), row.media.name(), row.observer);
    let response = ui.interact(rect, ui.scope_id().with(("cell", place)), Sense::click());
    let is_now = row.protection == call.protection && row.media == call.media;
    response.widget_info(|| {
        let name = format!("{}, {}, {}: {}", row.protection, row.media, row.observer.title(), row.video);
        WidgetInfo::selected(Role::Button, true, is_now, name)
    });
    let word = row.video.name();
    let leaks = matches!(word, "picture" | "outlines");
    let fill = match (leaks, response.hovered()) {
        (true, false) => palette.accent,
        (true, true) => palette.accent.gamma_multiply(0.85),
        (false, true) => palette.control_hovered,
        (false, false) => palette.control,
    };
    ui.painter().rect_filled(rect, CornerRadius::same(6), fill);
    if is_now {
        let stroke = Stroke::new(1.5, palette.text);
        ui.painter().rect_stroke(rect, CornerRadius::same(6), stroke, StrokeKind::Inside);
    }
    let (family, colour) = if leaks {
        (theme::semibold(), palette.on_accent)
    } else {
        (FontId::proportional(1.0).family, palette.weak)
    };
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, word, FontId::new(12.0, family), colour);
    icons::focus_ui(ui, &response, rect, 6);
    let about = format!("{} Sound: {}.", row.why, row.audio);
    if response.on_hover_text(about).clicked() && !is_now {
        let call = PlannedCall { protection: row.protection, media: row.media, ..call.clone() };
        commands.push(Command::Open(opening::Command::ChangeCall(Box::new(call))));
    }
}
