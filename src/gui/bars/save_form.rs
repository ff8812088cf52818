//! The form that asks where to save.

use eframe::egui::{
    Align, Button, FontId, Frame, Id, Key, Layout as Flow, Modal, RichText, TextEdit, Ui, vec2,
};

use super::notice;
use crate::gui::model::command::Command;
use crate::gui::model::playback::loop_range::LoopRange;
use crate::gui::model::save;
use crate::gui::model::save::{KeyConsent, SaveForm, What};
use crate::gui::widgets::theme;
use crate::text::numbers;
use crate::units::FrameIndex;

/// What the file will hold.
fn about(form: &SaveForm) -> String {
    let LoopRange { start, end } = form.range;
    let frame = |frame: FrameIndex| numbers::thousands(frame.0);
    match (form.what, form.key != KeyConsent::NotNeeded) {
        (What::Scene, true) => "The scene as TOML, with your key".into(),
        (What::Scene, false) => "The scene as TOML".into(),
        (What::Sheet | What::Panel(_), _) => "Every pixel, with the captions, as PNG".into(),
        (What::Clip, _) => {
            let part = match (start, end) {
                (None, None) => "The whole video".into(),
                (start, Some(end)) => {
                    format!("The looped part, frames {} to {}", frame(start.unwrap_or_default()), frame(end))
                }
                (Some(start), None) => format!("The looped part, from frame {} on", frame(start)),
            };
            format!("{part}, with the captions: .mp4, .mkv, .webm or .gif")
        }
        (What::Drawing, _) => "Every pixel of the drawing alone, as PNG".into(),
        (What::Lesson(_), _) => "Its text and scene as TOML, a template for a lesson of your own".into(),
    }
}

/// Draws the form.
pub fn save_form_ui(ui: &Ui, form: &SaveForm, commands: &mut Vec<Command>) {
    let palette = theme::palette(ui);
    let modal = Modal::new(Id::unique("save")).frame(Frame::window(ui.style()).inner_margin(20)).show(
        ui.ctx(),
        |ui| {
            ui.set_width(520.0_f32.min(ui.ctx().content_rect().width() - 80.0));
            ui.label(RichText::new(form.what.title()).font(FontId::new(20.0, theme::semibold())));
            ui.label(RichText::new(about(form)).color(palette.weak));
            ui.add_space(4.0);
            let mut path = form.path.clone();
            let field = TextEdit::singleline(&mut path)
                .id(Id::unique("save path"))
                .margin(vec2(10.0, 7.0))
                .desired_width(f32::INFINITY);
            let field = ui.add(field).accessible_name("File");
            if form.is_fresh && !ui.is_sizing_pass() {
                field.request_focus();
                commands.push(Command::Save(save::Command::Shown));
            }
            if field.changed() {
                commands.push(Command::Save(save::Command::Path(path)));
            }
            let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            if let Some(full) = form.full_path() {
                ui.label(RichText::new(format!("Full path: {full}")).color(palette.weak));
            }
            if let Some(problem) = &form.problem {
                let is_question = form.replace || form.key == KeyConsent::Asked;
                let color = if is_question { palette.accent } else { palette.error };
                ui.colored_label(color, notice::sentence(problem));
            }
            ui.add_space(4.0);
            ui.allocate_ui_with_layout(
                vec2(ui.available_width(), 34.0),
                Flow::right_to_left(Align::Center),
                |ui| {
                    // Saving the key needs a click of its own: pressing Enter again is not enough.
                    let (word, step) = match (form.is_busy, form.key == KeyConsent::Asked, form.replace) {
                        (true, ..) => ("Saving…", save::Command::Submit),
                        (false, true, _) => ("Save with the key", save::Command::SubmitWithKey),
                        (false, false, true) => ("Replace", save::Command::Submit),
                        (false, false, false) => ("Save", save::Command::Submit),
                    };
                    let save = Button::new(RichText::new(word).color(palette.on_accent)).fill(palette.accent);
                    if ui.add_enabled(!form.is_busy, save).clicked() {
                        commands.push(Command::Save(step));
                    } else if entered {
                        commands.push(Command::Save(save::Command::Submit));
                    }
                    if ui.button("Cancel").clicked() {
                        commands.push(Command::Save(save::Command::Close));
                    }
                    if ui.button("Browse…").clicked() {
                        commands.push(Command::Save(save::Command::Browse));
                    }
                },
            );
        },
    );
    if modal.should_close() {
        commands.push(Command::Save(save::Command::Close));
    }
}
