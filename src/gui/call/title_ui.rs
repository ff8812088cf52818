//! The title of details, with a button that closes them.

use eframe::egui::{Align, Label, Layout as Flow, RichText, Ui};

use crate::gui::model::call_view;
use crate::gui::model::command::Command;
use crate::gui::widgets::icons::{Icon, icon_button_ui};
use crate::gui::widgets::theme;

/// Draws the title.
pub(super) fn title_ui(ui: &mut Ui, title: &str, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        // The button comes first: a long title must not push it out.
        ui.with_layout(Flow::right_to_left(Align::Center), |ui| {
            if icon_button_ui(ui, Icon::Close, "Close details (Esc)", false).clicked() {
                commands.push(Command::Call(call_view::Command::CloseDetails));
            }
            ui.with_layout(Flow::left_to_right(Align::Center), |ui| {
                let title = RichText::new(title).size(14.0).family(theme::semibold());
                ui.add(Label::new(title).truncate());
            });
        });
    });
}
