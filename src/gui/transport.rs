//! The bar at the bottom, below the timeline: playing, and where the video stands in numbers.

use eframe::egui::{Align, ComboBox, FontId, Layout as Flow, Popup, RichText, Ui, vec2};

use super::icons::{Icon, icon_button_ui, play_button_ui};
use super::look::{Look, MULTIPLES, Sight};
use super::state::{Command, SPEEDS, State};
use super::timeline::Scrub;
use super::{caption, theme};
use crate::pipeline::Status;

/// From this width on there is room for the frame's number beside the time.
const ROOMY: f32 = 380.0;

/// A window lower than this needs its height for the pictures.
const LOW: f32 = 560.0;

/// What the bar shows.
#[derive(Clone, Copy)]
pub struct Transport<'a> {
    /// What the window is set to.
    pub state: &'a State,
    /// How things stand.
    pub status: &'a Status,
    /// What is in sight.
    pub sight: Sight,
    /// What takes long enough to be said.
    pub announcement: Option<&'a str>,
}

impl Transport<'_> {
    /// Draws the timeline and the bar below it; in a low window, both in one row.
    pub fn transport_ui(self, ui: &mut Ui, scrub: &mut Scrub, commands: &mut Vec<Command>) {
        let low = ui.ctx().content_rect().height() < LOW;
        if !low {
            commands.extend(scrub.timeline_ui(ui, self.status));
        }
        let row = vec2(ui.available_width(), 38.0);
        ui.allocate_ui_with_layout(row, Flow::left_to_right(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            self.buttons_ui(ui, commands);
            ui.add_space(8.0);
            position_ui(ui, self.status, !low && ui.available_width() >= ROOMY);
            ui.with_layout(Flow::right_to_left(Align::Center), |ui| {
                speed_ui(ui, self.state, commands);
                zoom_ui(ui, self.sight, commands);
                if let Some(text) = self.announcement {
                    ui.label(RichText::new(text).color(theme::palette(ui).weak));
                }
                problems_ui(ui, self.status);
                if low {
                    commands.extend(scrub.timeline_ui(ui, self.status));
                }
            });
        });
    }

    fn buttons_ui(self, ui: &mut Ui, commands: &mut Vec<Command>) {
        if icon_button_ui(ui, Icon::StepBack, "One frame back (←)", false).clicked() {
            commands.push(Command::StepBack);
        }
        if play_button_ui(ui, self.status.playing).clicked() {
            commands.push(Command::TogglePlay);
        }
        if icon_button_ui(ui, Icon::StepForward, "One frame forwards (→)", false).clicked() {
            commands.push(Command::StepForward);
        }
        if icon_button_ui(ui, Icon::Loop, "Loop (L)", self.state.playback.looped).clicked() {
            commands.push(Command::ToggleLoop);
        }
    }
}

fn position_ui(ui: &mut Ui, status: &Status, roomy: bool) {
    let palette = theme::palette(ui);
    let font = FontId::proportional(14.0);
    let (frame, secs) = status.shown.map_or((None, 0.0), |(frame, secs)| (Some(frame), secs));
    let indexed = status.index.as_ref().map(|index| index.duration_secs());
    let stated = status.info.as_ref().and_then(|info| info.duration_secs);
    let time = theme::tabular(ui, &caption::time(secs), &font, palette.text);
    let labels = ui.label(time);
    if status.dropped > 0 {
        let dropped = format!("{} frames came too late and were not shown", caption::grouped(status.dropped));
        labels.on_hover_text(dropped);
    }
    if let Some(duration) = indexed.or(stated) {
        let text = format!("/ {}", caption::time(duration));
        ui.label(theme::tabular(ui, &text, &font, palette.weak));
    }
    if let (Some(frame), true) = (frame, roomy) {
        ui.add_space(10.0);
        let of = status.index.as_ref().map(|index| format!(" of {}", caption::grouped(index.frames())));
        let text = format!("Frame {}{}", caption::grouped(frame.0), of.unwrap_or_default());
        ui.label(theme::tabular(ui, &text, &font, palette.weak)).on_hover_text("Frames are counted from 0");
    }
}

fn speed_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    ComboBox::from_id_salt("speed")
        .selected_text(caption::speed(state.playback.speed))
        .width(64.0)
        .show_ui(ui, |ui| {
            theme::compact_list(ui);
            for speed in SPEEDS {
                let chosen = speed.total_cmp(&state.playback.speed).is_eq();
                if ui.selectable_label(chosen, caption::speed(speed)).clicked() {
                    commands.push(Command::SetSpeed(speed));
                }
            }
        })
        .response
        .accessible_name("Speed")
        .on_hover_text("Speed (+ and -)");
}

fn zoom_ui(ui: &mut Ui, sight: Sight, commands: &mut Vec<Command>) {
    let text = if sight.is_closer() { caption::times(sight.px()) } else { "Whole".into() };
    ComboBox::from_id_salt("zoom")
        .selected_text(text)
        .width(72.0)
        .show_ui(ui, |ui| {
            theme::compact_list(ui);
            if ui.selectable_label(!sight.is_closer(), "Whole").clicked() {
                commands.push(Command::Look(Look::default()));
            }
            for px in MULTIPLES.map(f32::from).into_iter().filter(|&px| px > sight.whole_px) {
                let chosen = sight.is_closer() && sight.px().total_cmp(&px).is_eq();
                if ui.selectable_label(chosen, caption::times(px)).clicked() {
                    commands.push(Command::Look(sight.times(px)));
                }
            }
        })
        .response
        .accessible_name("Zoom")
        .on_hover_text("Pixels of the screen for one of the frame (Z, Shift+Z, wheel)");
}

/// What could not be decoded: how much, and on a click what.
fn problems_ui(ui: &mut Ui, status: &Status) {
    let count = status.problems.len();
    if count == 0 {
        return;
    }
    let text = match count {
        1 => "1 problem while decoding".into(),
        _ => format!("{count} problems while decoding"),
    };
    let response = ui.button(RichText::new(text).color(theme::palette(ui).accent));
    Popup::menu(&response).show(|ui| {
        ui.set_max_width(420.0);
        for problem in &status.problems {
            ui.label(problem);
        }
    });
}
