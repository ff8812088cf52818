//! Notices over the lower edge of the panels: errors, confirmations, the progress of a clip; and the hint while a
//! file is dragged over the window.

use std::time::{Duration, Instant};

use eframe::egui::{
    Align, Align2, Area, Button, Color32, Context, CornerRadius, FontId, Frame, Id, Label, LayerId,
    Layout as Flow, Order, ProgressBar, Rect, RichText, Sense, Stroke, StrokeKind, Ui, Vec2, vec2,
};

use crate::gui::background::{encode, save_clip::Progress};
use crate::gui::model::command::Command;
use crate::gui::model::lessons::Step;
use crate::gui::model::save;
use crate::gui::model::state::State;
use crate::gui::model::{encoding, lessons, notices};
use crate::gui::widgets::icons::{self, Icon, icon_button_ui};
use crate::gui::widgets::theme;
use crate::play::Status;
use crate::text::numbers;

/// How long a confirmation is shown.
const STAYS: Duration = Duration::from_secs(8);

/// The largest width of a notice, in points: longer lines are hard to read.
const WIDEST: f32 = 760.0;

/// Measures how long a confirmation has been shown.
#[derive(Debug, Default)]
pub struct NoticeTimer {
    text: Option<String>,
    since: Option<Instant>,
}

impl NoticeTimer {
    /// The command that closes the confirmation once it was shown for `STAYS`; until then, requests a repaint at
    /// that time.
    pub fn due(&mut self, ctx: &Context, message: Option<&str>, now: Instant) -> Option<Command> {
        if self.text.as_deref() != message {
            self.text = message.map(str::to_owned);
            self.since = message.map(|_| now);
        }
        let left = STAYS.saturating_sub(now.saturating_duration_since(self.since?));
        if left.is_zero() {
            return Some(Command::Notices(notices::Command::ClearConfirmation));
        }
        ctx.request_repaint_after(left);
        None
    }
}

/// What is under way in the background.
#[derive(Debug, Default)]
pub struct UnderWay {
    /// A clip that is being saved.
    pub clip: Option<Progress>,
    /// A source that is being encoded anew.
    pub encoding: Option<encode::Progress>,
}

/// Draws the notices over the lower edge of the panels, which fill `area`: the progress of work, the confirmation
/// and the error. They cover the panels so that no picture moves because of a notice.
pub fn banners_ui(
    ui: &Ui,
    area: Rect,
    state: &State,
    (status, under_way): (&Status, &UnderWay),
    commands: &mut Vec<Command>,
) {
    let (error, message) = (state.error(status), state.notices.confirmation.as_deref());
    let UnderWay { clip, encoding } = under_way;
    if error.is_none() && message.is_none() && clip.is_none() && encoding.is_none() {
        return;
    }
    let messages = Area::new(Id::unique("messages")).order(Order::Middle).pivot(Align2::CENTER_BOTTOM);
    messages.fixed_pos(area.center_bottom() - vec2(0.0, 16.0)).show(ui.ctx(), |ui| {
        ui.set_width(WIDEST.min(area.width() - 32.0));
        if let Some(clip) = clip {
            commands.extend(progress_ui(ui, clip));
        }
        if let Some(encode::Progress { encoder, share }) = encoding {
            let text = format!("Encoding with {encoder}: {:.0} %", share * 100.0);
            let cancelled = work_ui(ui, &text, *share).then_some(encoding::Command::Cancel);
            commands.extend(cancelled.map(Command::Encoding));
        }
        if let Some(message) = message {
            commands.extend(message_ui(ui, message, false));
        }
        if let Some(error) = error {
            commands.extend(message_ui(ui, &sentence(error), true));
        }
    });
}

/// Draws the progress of a clip, with a button that cancels it.
#[must_use]
fn progress_ui(ui: &mut Ui, progress: &Progress) -> Option<Command> {
    let percent = progress.share() * 100.0;
    let text = match (progress.preparing, progress.of) {
        (Some((what, share)), _) => format!("Saving the clip: preparing {what}, {:.0} %", share * 100.0),
        (None, Some(of)) => {
            let [frames, of] = [progress.frames, of].map(numbers::thousands);
            format!("Saving the clip: {frames} of {of} frames, {percent:.0} %")
        }
        (None, None) => format!("Saving the clip: {} frames", numbers::thousands(progress.frames)),
    };
    #[expect(clippy::cast_possible_truncation, reason = "a share from 0 to 1")]
    let given_up = work_ui(ui, &text, progress.share() as f32);
    given_up.then_some(Command::Save(save::Command::CancelClip))
}

/// Draws the share of work that is done, from 0 to 1, with a button that cancels it. Returns true if it is clicked.
#[must_use]
fn work_ui(ui: &mut Ui, text: &str, share: f32) -> bool {
    let palette = theme::palette(ui);
    let mut given_up = false;
    card(ui, palette.card, palette.line).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.with_layout(Flow::right_to_left(Align::Center), |ui| {
                given_up = ui.button("Cancel").clicked();
                ui.with_layout(Flow::left_to_right(Align::Center), |ui| {
                    ui.add(Label::new(text).truncate());
                    let bar = ProgressBar::new(share).fill(palette.accent);
                    ui.add(bar.desired_height(6.0).desired_width(ui.available_width().min(240.0)));
                });
            });
        });
    });
    given_up
}

fn card(ui: &Ui, fill: Color32, edge: Color32) -> Frame {
    let frame = Frame::new().fill(fill).stroke(Stroke::new(1.0, edge)).corner_radius(10);
    frame.shadow(ui.visuals().popup_shadow).inner_margin(vec2(12.0, 5.0))
}

/// Draws a message with a button that closes it.
#[must_use]
fn message_ui(ui: &mut Ui, text: &str, is_error: bool) -> Option<Command> {
    let palette = theme::palette(ui);
    let (fill, edge) =
        if is_error { (palette.error_ground, palette.error) } else { (palette.card, palette.line) };
    let mut closed = false;
    card(ui, fill, edge).show(ui, |ui| {
        ui.horizontal(|ui| {
            if is_error {
                let (rect, _) = ui.allocate_exact_size(Vec2::splat(18.0), Sense::hover());
                icons::paint(ui.painter(), Icon::Warning, rect, palette.error);
            }
            ui.with_layout(Flow::right_to_left(Align::Center), |ui| {
                closed = icon_button_ui(ui, Icon::Close, "Dismiss (Esc)", false).clicked();
                ui.with_layout(Flow::left_to_right(Align::Center), |ui| {
                    ui.add(Label::new(text).wrap().selectable(true));
                });
            });
        });
    });
    closed.then_some(Command::Notices(notices::Command::Dismiss))
}

/// Draws the offer of the lessons at the first start. It is above the panels, because it stays until the user
/// answers.
#[must_use]
pub fn offer_ui(ui: &mut Ui) -> Option<Command> {
    let palette = theme::palette(ui);
    let mut answer = None;
    card(ui, palette.card, palette.accent).show(ui, |ui| {
        ui.allocate_ui_with_layout(
            vec2(ui.available_width(), 34.0),
            Flow::right_to_left(Align::Center),
            |ui| {
                if ui.button("Not now").clicked() {
                    answer = Some(Command::Lessons(lessons::Command::DeclineOffer));
                }
                let start = Button::new(RichText::new("Start").color(palette.on_accent)).fill(palette.accent);
                if ui.add(start).clicked() {
                    answer = Some(Command::Lessons(lessons::Command::Step(Step::Open(0))));
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

/// Error texts start in lower case; as a notice they start with a capital.
pub(super) fn sentence(clause: &str) -> String {
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
    painter.rect_filled(window, 0.0, palette.background.gamma_multiply(0.85));
    let frame = window.shrink(24.0);
    let stroke = Stroke::new(3.0, palette.accent);
    painter.rect_stroke(frame, CornerRadius::same(16), stroke, StrokeKind::Inside);
    let font = FontId::new(28.0, theme::semibold());
    let _: Rect = painter.text(frame.center(), Align2::CENTER_CENTER, "Drop to open", font, palette.text);
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_error_is_shown_with_a_capital_letter() {
        assert_eq!(super::sentence("the file is empty"), "The file is empty");
        assert_eq!(super::sentence(""), "");
    }
}
