//! The bar at the bottom, below the timeline: playing, and where the video stands in numbers.

use eframe::egui::{Align, ComboBox, FontId, Layout as Flow, Popup, RichText, Ui};

use super::icons::{Icon, icon_button_ui, play_button_ui};
use super::state::{Command, SPEEDS, State};
use super::{caption, theme};
use crate::pipeline::Status;

/// From this width on there is room for the frame's number beside the time.
const ROOMY: f32 = 560.0;

/// Draws the bar.
pub fn transport_ui(
    ui: &mut Ui,
    state: &State,
    status: &Status,
    announcement: Option<&str>,
    commands: &mut Vec<Command>,
) {
    let roomy = ui.available_width() >= ROOMY;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        if icon_button_ui(ui, Icon::StepBack, "One frame back (←)", false).clicked() {
            commands.push(Command::StepBack);
        }
        if play_button_ui(ui, status.playing).clicked() {
            commands.push(Command::TogglePlay);
        }
        if icon_button_ui(ui, Icon::StepForward, "One frame forwards (→)", false).clicked() {
            commands.push(Command::StepForward);
        }
        if icon_button_ui(ui, Icon::Loop, "Loop (L)", state.playback.looped).clicked() {
            commands.push(Command::ToggleLoop);
        }
        ui.add_space(8.0);
        position_ui(ui, status, roomy);
        ui.with_layout(Flow::right_to_left(Align::Center), |ui| {
            speed_ui(ui, state, commands);
            if let Some(text) = announcement {
                ui.label(RichText::new(text).color(theme::palette(ui).weak));
            }
            problems_ui(ui, status);
        });
    });
}

fn position_ui(ui: &mut Ui, status: &Status, roomy: bool) {
    let palette = theme::palette(ui);
    let font = FontId::proportional(14.0);
    let (frame, secs) = status.shown.map_or((None, 0.0), |(frame, secs)| (Some(frame), secs));
    let indexed = status.index.as_ref().map(|index| index.duration_secs());
    let stated = status.info.as_ref().and_then(|info| info.duration_secs);
    let time = theme::tabular(ui, &caption::time(secs), font.clone(), palette.text);
    let labels = ui.label(time);
    if status.dropped > 0 {
        let dropped = format!("{} frames came too late and were not shown", caption::grouped(status.dropped));
        labels.on_hover_text(dropped);
    }
    if let Some(duration) = indexed.or(stated) {
        let text = format!("/ {}", caption::time(duration));
        ui.label(theme::tabular(ui, &text, font.clone(), palette.weak));
    }
    if let (Some(frame), true) = (frame, roomy) {
        ui.add_space(10.0);
        let of = status.index.as_ref().map(|index| format!(" of {}", caption::grouped(index.frames())));
        let text = format!("Frame {}{}", caption::grouped(frame.0), of.unwrap_or_default());
        ui.label(theme::tabular(ui, &text, font, palette.weak)).on_hover_text("Frames are counted from 0");
    }
}

fn speed_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    ComboBox::from_id_salt("speed")
        .selected_text(caption::speed(state.playback.speed))
        .width(64.0)
        .show_ui(ui, |ui| {
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
