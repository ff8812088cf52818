//! What went wrong, in words, inside the window; and the hint while a file is dragged over it.

use eframe::egui::{
    Align, Align2, Button, CornerRadius, FontId, Frame, Id, Label, LayerId, Layout as Flow, Order,
    ProgressBar, Rect, RichText, Stroke, StrokeKind, Ui, Vec2, vec2,
};

use super::icons::{self, Icon, icon_button_ui};
use super::lessons::Step;
use super::reel::Progress;
use super::state::Command;
use super::{caption, saving, theme};

/// Draws the error, if there is one, with a button that takes it away.
#[must_use]
pub fn banner_ui(ui: &mut Ui, error: Option<&str>) -> Option<Command> {
    let error = error?;
    let palette = theme::palette(ui);
    let mut closed = false;
    Frame::new()
        .fill(palette.error_ground)
        .stroke(Stroke::new(1.0, palette.error))
        .corner_radius(10)
        .inner_margin(vec2(12.0, 8.0))
        .show(ui, |ui| {
            ui.horizontal(|ui| {
                let (rect, _) = ui.allocate_exact_size(Vec2::splat(18.0), eframe::egui::Sense::hover());
                icons::paint(ui.painter(), Icon::Warning, rect, palette.error);
                ui.with_layout(Flow::right_to_left(Align::Center), |ui| {
                    closed = icon_button_ui(ui, Icon::Close, "Dismiss (Esc)", false).clicked();
                    ui.with_layout(Flow::left_to_right(Align::Center), |ui| {
                        ui.add(Label::new(sentence(error)).wrap().selectable(true));
                    });
                });
            });
        });
    ui.add_space(4.0);
    closed.then_some(Command::DismissError)
}

/// Draws how far a clip is, if one is being made, with a button that gives it up.
#[must_use]
pub fn progress_ui(ui: &mut Ui, progress: Option<&Progress>) -> Option<Command> {
    let progress = progress?;
    let palette = theme::palette(ui);
    let percent = progress.share() * 100.0;
    let text = match (progress.preparing, progress.of) {
        (Some((what, share)), _) => format!("Saving the clip: preparing {what}, {:.0} %", share * 100.0),
        (None, Some(of)) => {
            let [frames, of] = [progress.frames, of].map(caption::grouped);
            format!("Saving the clip: {frames} of {of} frames, {percent:.0} %")
        }
        (None, None) => format!("Saving the clip: {} frames", caption::grouped(progress.frames)),
    };
    let mut given_up = false;
    let frame = Frame::new().fill(palette.card).stroke(Stroke::new(1.0, palette.line)).corner_radius(10);
    frame.inner_margin(vec2(12.0, 4.0)).show(ui, |ui| {
        ui.allocate_ui_with_layout(
            vec2(ui.available_width(), 30.0),
            Flow::right_to_left(Align::Center),
            |ui| {
                given_up = ui.button("Cancel").clicked();
                ui.with_layout(Flow::left_to_right(Align::Center), |ui| {
                    ui.add(Label::new(text).truncate());
                    #[expect(clippy::cast_possible_truncation, reason = "a share from 0 to 1")]
                    let bar = ProgressBar::new(progress.share() as f32).fill(palette.accent);
                    ui.add(bar.desired_height(6.0).desired_width(ui.available_width().min(240.0)));
                });
            },
        );
    });
    ui.add_space(4.0);
    given_up.then_some(Command::Save(saving::Step::GiveUp))
}

/// Draws what was done, if that is to be said, with a button that takes it away.
#[must_use]
pub fn said_ui(ui: &mut Ui, said: Option<&str>) -> Option<Command> {
    let said = said?;
    let palette = theme::palette(ui);
    let mut closed = false;
    let frame = Frame::new().fill(palette.card).stroke(Stroke::new(1.0, palette.line)).corner_radius(10);
    frame.inner_margin(vec2(12.0, 4.0)).show(ui, |ui| {
        ui.allocate_ui_with_layout(
            vec2(ui.available_width(), 30.0),
            Flow::right_to_left(Align::Center),
            |ui| {
                closed = icon_button_ui(ui, Icon::Close, "Dismiss (Esc)", false).clicked();
                ui.with_layout(Flow::left_to_right(Align::Center), |ui| {
                    ui.add(Label::new(said).truncate().selectable(true));
                });
            },
        );
    });
    ui.add_space(4.0);
    closed.then_some(Command::DismissError)
}

/// Offers the lessons to somebody who has never been here.
#[must_use]
pub fn offer_ui(ui: &mut Ui) -> Option<Command> {
    let palette = theme::palette(ui);
    let mut answer = None;
    let frame = Frame::new().fill(palette.card).stroke(Stroke::new(1.0, palette.accent)).corner_radius(10);
    frame.inner_margin(vec2(12.0, 4.0)).show(ui, |ui| {
        ui.allocate_ui_with_layout(
            vec2(ui.available_width(), 34.0),
            Flow::right_to_left(Align::Center),
            |ui| {
                if ui.button("Not now").clicked() {
                    answer = Some(Command::DeclineLessons);
                }
                let start = Button::new(RichText::new("Start").color(palette.on_accent)).fill(palette.accent);
                if ui.add(start).clicked() {
                    answer = Some(Command::Learn(Step::Open(0)));
                }
                ui.with_layout(Flow::left_to_right(Align::Center), |ui| {
                    let offer = "New here? Short lessons show what survives encryption, and why.";
                    ui.add(Label::new(offer).truncate());
                });
            },
        );
    });
    ui.add_space(4.0);
    answer
}

/// Errors are clauses; alone on a line they start with a capital.
fn sentence(clause: &str) -> String {
    let mut chars = clause.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Draws the hint while a file is held over the window.
pub fn drop_hint_ui(ui: &Ui) {
    if ui.input(|input| input.raw.hovered_files.is_empty()) {
        return;
    }
    let palette = theme::palette(ui);
    let painter = ui.ctx().layer_painter(LayerId::new(Order::Foreground, Id::unique("drop hint")));
    let window = ui.ctx().content_rect();
    painter.rect_filled(window, 0.0, palette.ground.gamma_multiply(0.85));
    let frame = window.shrink(24.0);
    let stroke = Stroke::new(3.0, palette.accent);
    painter.rect_stroke(frame, CornerRadius::same(16), stroke, StrokeKind::Inside);
    let font = FontId::new(28.0, theme::semibold());
    let _: Rect = painter.text(frame.center(), Align2::CENTER_CENTER, "Drop to open", font, palette.text);
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_error_alone_on_a_line_is_a_sentence() {
        assert_eq!(super::sentence("the file is empty"), "The file is empty");
        assert_eq!(super::sentence(""), "");
    }
}
