//! The list of keys, over everything else.

use eframe::egui::{
    Align, Color32, CornerRadius, FontId, Frame, Grid, Id, Layout as Flow, Modal, RichText, Role, ScrollArea,
    Stroke, Ui, WidgetInfo,
};

use crate::gui::keys::{GROUPS, Group, drawing_keys};
use crate::gui::model::command::Command;
use crate::gui::model::window;
use crate::gui::widgets::icons::{Icon, icon_button_ui};
use crate::gui::widgets::theme;

/// Width of a column; a window has as many as fit, up to three.
const COLUMN: f32 = 350.0;

/// Room between the list and the edges of the window.
const AROUND: f32 = 40.0;

/// Draws the list.
#[must_use]
pub fn help_ui(ui: &Ui) -> Option<Command> {
    let palette = theme::palette(ui);
    let window = ui.ctx().content_rect();
    let mut closed = false;
    let modal = Modal::new(Id::unique("keys"))
        .backdrop_color(Color32::from_black_alpha(if ui.visuals().dark_mode { 170 } else { 90 }))
        .frame(Frame::window(ui.style()).inner_margin(20))
        .show(ui.ctx(), |ui| {
            let columns = columns(window.width() - 2.0 * AROUND);
            #[expect(clippy::cast_precision_loss, reason = "three at most")]
            ui.set_width((COLUMN * columns.len() as f32).min(window.width() - 2.0 * AROUND));
            ui.set_max_height(window.height() - 60.0);
            ui.horizontal(|ui| {
                let title =
                    ui.label(RichText::new("Keyboard shortcuts").font(FontId::new(20.0, theme::semibold())));
                title.widget_info(|| WidgetInfo::labeled(Role::Heading, true, "Keyboard shortcuts"));
                ui.with_layout(Flow::right_to_left(Align::Center), |ui| {
                    closed = icon_button_ui(ui, Icon::Close, "Close (Esc)", false).clicked();
                });
            });
            ui.add_space(8.0);
            ScrollArea::vertical().auto_shrink([false, true]).show(ui, |ui| {
                ui.columns(columns.len(), |uis| {
                    for (ui, groups) in uis.iter_mut().zip(&columns) {
                        for group in groups {
                            group_ui(ui, group, palette);
                            ui.add_space(14.0);
                        }
                    }
                });
            });
        });
    (closed || modal.backdrop_response.clicked()).then_some(Command::Window(window::Command::ToggleHelp))
}

/// The groups in columns of about the same height, as many as fit into `room` points.
fn columns(room: f32) -> Vec<Vec<&'static Group>> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "three at most")]
    let count = ((room / COLUMN) as usize).clamp(1, 3);
    let mut columns: Vec<(usize, Vec<&Group>)> = vec![(0, Vec::new()); count];
    for group in GROUPS.iter().chain([&drawing_keys::GROUP]) {
        if let Some((lines, column)) = columns.iter_mut().min_by_key(|(lines, _)| *lines) {
            *lines += group.keys.len() + 2;
            column.push(group);
        }
    }
    columns.into_iter().map(|(_, column)| column).collect()
}

fn group_ui(ui: &mut Ui, group: &Group, palette: &theme::Palette) {
    ui.spacing_mut().interact_size.y = 22.0;
    ui.label(RichText::new(group.title).font(FontId::new(13.0, theme::semibold())).color(palette.accent));
    Grid::new(group.title).num_columns(2).min_col_width(88.0).min_row_height(0.0).spacing([14.0, 4.0]).show(
        ui,
        |ui| {
            for (keys, what) in group.keys {
                ui.horizontal(|ui| {
                    ui.spacing_mut().item_spacing.x = 4.0;
                    for key in *keys {
                        key_ui(ui, key, palette);
                    }
                });
                ui.label(*what);
                ui.end_row();
            }
        },
    );
}

/// A key as a key.
fn key_ui(ui: &mut Ui, key: &str, palette: &theme::Palette) {
    if key == "–" {
        ui.label(RichText::new(key).color(palette.weak));
        return;
    }
    Frame::new()
        .fill(palette.control)
        .stroke(Stroke::new(1.0, palette.line))
        .corner_radius(CornerRadius::same(5))
        .inner_margin(eframe::egui::Margin::symmetric(7, 2))
        .show(ui, |ui| ui.label(RichText::new(key).size(12.5)));
}
