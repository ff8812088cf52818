//! The list of keys, over everything else.

use eframe::egui::{
    Align, Color32, CornerRadius, FontId, Frame, Grid, Id, Layout as Flow, Modal, RichText, Role, ScrollArea,
    Stroke, Ui, WidgetInfo,
};

use super::icons::{Icon, icon_button_ui};
use super::keys::{GROUPS, Group};
use super::state::Command;
use super::theme;

/// Narrower windows have the groups one below the other.
const TWO_COLUMNS: f32 = 800.0;

/// Groups in the left column of two: about half of the keys.
const LEFT: usize = 2;

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
            ui.set_width(if window.width() < TWO_COLUMNS {
                380.0_f32.min(window.width() - 80.0)
            } else {
                720.0
            });
            ui.set_max_height(window.height() - 60.0);
            ui.horizontal(|ui| {
                let title = ui.label(RichText::new("Keys").font(FontId::new(20.0, theme::semibold())));
                title.widget_info(|| WidgetInfo::labeled(Role::Heading, true, "Keys"));
                ui.with_layout(Flow::right_to_left(Align::Center), |ui| {
                    closed = icon_button_ui(ui, Icon::Close, "Close (Esc)", false).clicked();
                });
            });
            ui.add_space(8.0);
            ScrollArea::vertical().auto_shrink([false, true]).show(ui, |ui| {
                if window.width() < TWO_COLUMNS {
                    for group in &GROUPS {
                        group_ui(ui, group, palette);
                        ui.add_space(14.0);
                    }
                    return;
                }
                ui.columns_const(|[left, right]| {
                    for (number, group) in GROUPS.iter().enumerate() {
                        let column = if number < LEFT { &mut *left } else { &mut *right };
                        group_ui(column, group, palette);
                        column.add_space(14.0);
                    }
                });
            });
        });
    (closed || modal.backdrop_response.clicked()).then_some(Command::ToggleHelp)
}

fn group_ui(ui: &mut Ui, group: &Group, palette: &theme::Palette) {
    ui.label(RichText::new(group.title).font(FontId::new(13.0, theme::semibold())).color(palette.accent));
    Grid::new(group.title).num_columns(2).min_col_width(88.0).spacing([14.0, 6.0]).show(ui, |ui| {
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
    });
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
