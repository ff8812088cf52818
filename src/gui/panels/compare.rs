//! Compares two panels: side by side with a movable line between them, one after the other, or their difference.

use std::time::Duration;

use eframe::egui::{
    Button, Color32, ComboBox, CornerRadius, CursorIcon, DragValue, FontId, Id, Rect, RichText, Role, Sense,
    Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

use super::grid::Grid;
use super::letterbox::Letterbox;
use super::panel_textures::PanelTextures;
use super::picture::{Pane, snapped};
use super::{finding, notice_ui, pointer};
use crate::gui::model::command::Command;
use crate::gui::model::panels;
use crate::gui::model::panels::comparison::{CompareMode, Comparison, MOST_GAIN};
use crate::gui::model::state::State;
use crate::gui::widgets::icons::{self, Icon, icon_button_ui};
use crate::gui::widgets::row::{End, row_ui};
use crate::gui::widgets::theme;
use crate::gui::wording;
use crate::play::Status;
use crate::scene::Panel;
use crate::text::numbers;

/// How long each picture is shown while they blink, in seconds: slow enough to be safe for photosensitive users.
const BLINK_SECS: f64 = 0.8;

/// Width of a menu beside its name, in points.
const ROOM_OF_ARROW: f32 = 44.0;

/// Room for the pointer on both sides of the line, in points.
const REACH: f32 = 10.0;

/// Draws two panels of the scene into the rest of the window.
pub fn wipe_ui(
    ui: &mut Ui,
    (state, status): (&State, &Status),
    textures: &mut PanelTextures,
    comparison: Comparison,
    (letterbox, aspect): (Letterbox, f32),
    commands: &mut Vec<Command>,
) {
    let grid = Grid::fit(ui.available_rect_before_wrap(), 1, aspect, ui.pixels_per_point());
    let Some(&card) = grid.cards.first() else { return };
    // The difference view shows neither picture.
    let shown: &[usize] = if comparison.mode == CompareMode::Difference { &[] } else { &comparison.panels };
    let shape = textures.displayed().map(|displayed| displayed.shape);
    textures.lay_out(ui, (letterbox, grid.picture), shown, Some(comparison.panels[0]), state);
    let palette = theme::palette(ui);
    ui.painter().rect_filled(card, CornerRadius::same(10), palette.card);
    let caption = card.with_max_y(card.top() + grid.caption_height).shrink2(vec2(10.0, 3.0));
    ui.scope_builder(UiBuilder::new().max_rect(caption), |ui| {
        caption_ui(ui, state, textures, comparison, commands);
    });
    let panel = grid.picture_in(card);
    let picture_rect = letterbox.picture_rect(panel, shape);
    if picture_rect != panel {
        ui.painter().rect_filled(panel, 0.0, palette.background);
    }
    let rect = snapped(picture_rect, ui.pixels_per_point());
    pictures_ui(ui, rect, (state, status), textures, comparison, commands);
    ui.painter().rect_stroke(
        card,
        CornerRadius::same(10),
        Stroke::new(1.0, palette.line),
        StrokeKind::Outside,
    );
}

fn caption_ui(
    ui: &mut Ui,
    state: &State,
    textures: &PanelTextures,
    comparison: Comparison,
    commands: &mut Vec<Command>,
) {
    let palette = theme::palette(ui);
    row_ui(ui, "comparison", 30.0, |ui, end| match end {
        End::Left => {
            ui.spacing_mut().item_spacing.x = 4.0;
            ui.spacing_mut().icon_width = 11.0;
            ui.visuals_mut().widgets.inactive.weak_bg_fill = Color32::TRANSPARENT;
            let half = (ui.available_width() / 2.0 - 34.0).max(20.0);
            for side in [0, 1] {
                ui.scope(|ui| {
                    ui.set_max_width(half);
                    compared_ui(ui, &state.scene.panels, comparison, side, commands);
                });
                if side == 0 {
                    ui.label(RichText::new("against").color(palette.weak));
                }
            }
        }
        End::Right => modes_ui(ui, textures, comparison, commands),
    });
}

/// Draws the menu from which one of the two panels is chosen.
fn compared_ui(
    ui: &mut Ui,
    panels: &[Panel],
    comparison: Comparison,
    side: usize,
    commands: &mut Vec<Command>,
) {
    let now = comparison.panels[side];
    let room = ui.available_width() - ROOM_OF_ARROW;
    let font = FontId::new(14.0, theme::semibold());
    let wide = |name: &str| ui.painter().layout_no_wrap(name.into(), font.clone(), Color32::WHITE).size().x;
    let mut names = wording::panel_and_lens_names(panels[now], panels);
    let fitting = names.iter().position(|name| wide(name) <= room).unwrap_or(names.len() - 1);
    ComboBox::from_id_salt(("compared", side))
        .selected_text(RichText::new(names.swap_remove(fitting)).family(theme::semibold()))
        .width(0.0)
        .truncate()
        .show_ui(ui, |ui| {
            theme::compact_list(ui);
            for (at, &panel) in panels.iter().enumerate() {
                let label = format!("{}. {}", at + 1, panel.title_with_lens());
                if ui.selectable_label(at == now, label).clicked() && at != now {
                    let other = comparison.panels[1 - side];
                    // Where the other panel is chosen, the two are swapped.
                    let other = if other == at { now } else { other };
                    let panels = if side == 0 { [at, other] } else { [other, at] };
                    commands
                        .push(Command::Panels(panels::Command::Compare(Comparison { panels, ..comparison })));
                }
            }
        })
        .response
        .accessible_name(if side == 0 { "Left or upper panel" } else { "Right or lower panel" });
}

/// Draws the menu of modes.
fn modes_ui(ui: &mut Ui, textures: &PanelTextures, comparison: Comparison, commands: &mut Vec<Command>) {
    let swap = Button::new("Swap").wrap_mode(eframe::egui::TextWrapMode::Extend);
    if ui.add(swap).clicked() {
        let [one, other] = comparison.panels;
        commands.push(Command::Panels(panels::Command::Compare(Comparison {
            panels: [other, one],
            ..comparison
        })));
    }
    if comparison.mode == CompareMode::Difference {
        let found = textures.displayed().and_then(|displayed| displayed.difference.as_ref());
        if let Some(found) = found.filter(|found| Some(found.pair) == comparison.difference()) {
            let message = format!("{} of the pixels differ", numbers::whole_share(found.differing));
            ui.label(RichText::new(message).color(theme::palette(ui).weak));
        }
        let mut gain = comparison.gain;
        let field = DragValue::new(&mut gain).range(1..=MOST_GAIN).speed(0.1).prefix("×");
        let about = "By how much each difference of red, green and blue is multiplied; black is equal";
        if ui.add(field).accessible_name("Amplification").on_hover_text(about).changed() {
            commands.push(Command::Panels(panels::Command::Compare(Comparison { gain, ..comparison })));
        }
    }
    for (mode, name) in CompareMode::ALL {
        if ui.selectable_label(mode == comparison.mode, name).clicked() {
            commands.push(Command::Panels(panels::Command::Compare(Comparison { mode, ..comparison })));
        }
    }
    if icon_button_ui(ui, Icon::Close, "End the comparison (Esc)", false).clicked() {
        commands.push(Command::Panels(panels::Command::ToggleCompare));
    }
}

fn pictures_ui(
    ui: &mut Ui,
    rect: Rect,
    (state, status): (&State, &Status),
    textures: &PanelTextures,
    comparison: Comparison,
    commands: &mut Vec<Command>,
) {
    let palette = theme::palette(ui);
    let pane = Pane { rect, viewport: textures.viewport(state.panel_view.view_pos) };
    let response = ui.interact(rect, Id::unique("compared pictures"), Sense::click_and_drag());
    response.widget_info(|| {
        let [one, other] = comparison.panels.map(|at| state.scene.panels[at].title_with_lens());
        WidgetInfo::labeled(Role::Image, true, format!("Comparison: {one} against {other}"))
    });
    notice_ui::log_place(ui, &response, rect, || "comparison".into());
    pane.follow(ui, &response, false, commands);
    let panel = state.scene.panels[comparison.panels[0]];
    pane.point(ui, &response, (state, panel), textures, false, commands);
    ui.painter().rect_filled(rect, 0.0, palette.background);
    let line = match comparison.mode {
        CompareMode::Vertical => rect.left() + rect.width() * comparison.at,
        CompareMode::Horizontal => rect.top() + rect.height() * comparison.at,
        CompareMode::Blink | CompareMode::Difference => 0.0,
    };
    let clips = match comparison.mode {
        CompareMode::Vertical => [rect.with_max_x(line), rect.with_min_x(line)],
        CompareMode::Horizontal => [rect.with_max_y(line), rect.with_min_y(line)],
        CompareMode::Difference => [Rect::NOTHING; 2],
        CompareMode::Blink => {
            let time = ui.input(|input| input.time);
            let time = if state.window.reduced_motion { 0.0 } else { time };
            if !state.window.reduced_motion {
                let left_secs = BLINK_SECS - time % BLINK_SECS;
                ui.ctx().request_repaint_after(Duration::from_secs_f64(left_secs));
            }
            if time % (2.0 * BLINK_SECS) < BLINK_SECS { [rect, Rect::NOTHING] } else { [Rect::NOTHING, rect] }
        }
    };
    for (at, clip) in comparison.panels.into_iter().zip(clips) {
        if let Some(texture) = textures.picture(at).filter(|_| clip.is_positive()) {
            let painter = ui.painter_at(clip);
            pane.paint(&painter, texture, CornerRadius::ZERO);
            if state.scene.target_of(state.scene.panels[at]).target.is_pixels() {
                pane.paint_blocks(&painter, state.scene.layout, texture.shape);
            }
            pane.paint_bytes(ui, &painter, (state.scene.layout, texture.shape), textures.cells(at));
        }
    }
    if let Some(texture) = comparison.difference().and_then(|pair| textures.difference(pair)) {
        pane.paint(ui.painter(), texture, CornerRadius::ZERO);
        if comparison
            .panels
            .iter()
            .all(|&at| state.scene.target_of(state.scene.panels[at]).target.is_pixels())
        {
            pane.paint_blocks(ui.painter(), state.scene.layout, texture.shape);
        }
    }
    pane.paint_mark(ui, (state.scene.layout, panel), textures);
    pane.paint_slice(ui, (state.inspector, panel), textures);
    notices_ui(ui, rect, (state, status), textures, (comparison, clips));
    pointer::leave(ui, state, std::iter::once(rect), commands);
    if matches!(comparison.mode, CompareMode::Vertical | CompareMode::Horizontal) {
        line_ui(ui, rect, line, comparison, commands);
    }
    if textures.has_map(comparison.panels[0]) {
        let panel = state.scene.panels.get(comparison.panels[0]);
        pane.overview_ui(ui, panel.and_then(|&panel| textures.overview(panel)), commands);
    }
}

/// Draws why a panel shows nothing, in its visible part; for a difference, that there is none.
fn notices_ui(
    ui: &Ui,
    rect: Rect,
    (state, status): (&State, &Status),
    textures: &PanelTextures,
    (comparison, clips): (Comparison, [Rect; 2]),
) {
    let Some(displayed) = textures.displayed() else { return };
    for (at, clip) in comparison.panels.into_iter().zip(clips) {
        let shown = displayed.panels.get(at).filter(|shown| state.scene.panels.get(at) == Some(&shown.panel));
        if let Some(words) =
            shown.filter(|_| clip.is_positive()).and_then(|shown| finding::notice(shown, status))
        {
            notice_ui::notice_ui(ui, clip, &words);
        }
    }
    let pair = comparison.difference();
    if displayed.difference.as_ref().is_some_and(|found| Some(found.pair) == pair && found.differing <= 0.0) {
        notice_ui::notice_ui(ui, rect, "no pixel differs");
    }
}

/// Draws the line between the two, and the handle that moves it.
fn line_ui(ui: &Ui, rect: Rect, line: f32, comparison: Comparison, commands: &mut Vec<Command>) {
    let palette = theme::palette(ui);
    let upright = comparison.mode == CompareMode::Vertical;
    let (from, to, cursor) = if upright {
        (pos2(line, rect.top()), pos2(line, rect.bottom()), CursorIcon::ResizeHorizontal)
    } else {
        (pos2(rect.left(), line), pos2(rect.right(), line), CursorIcon::ResizeVertical)
    };
    let response =
        ui.interact(Rect::from_two_pos(from, to).expand(REACH), Id::unique("wipe"), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::slider(true, f64::from(comparison.at), "Wipe"));
    let mut at = comparison.at;
    if let (true, Some(pointer)) = (response.dragged(), response.interact_pointer_pos()) {
        let within = (pointer - rect.min) / rect.size();
        at = if upright { within.x } else { within.y };
    }
    if response.has_focus() {
        use eframe::egui::Key;
        let (less, more) =
            if upright { (Key::ArrowLeft, Key::ArrowRight) } else { (Key::ArrowUp, Key::ArrowDown) };
        at += ui.input(|input| 0.02 * (input.num_presses(more) as f32 - input.num_presses(less) as f32));
        ui.memory_mut(|memory| {
            let filter = eframe::egui::EventFilter {
                horizontal_arrows: true,
                vertical_arrows: true,
                ..Default::default()
            };
            memory.set_focus_lock_filter(response.id, filter);
        });
    }
    let at = at.clamp(0.0, 1.0);
    if (at - comparison.at).abs() > f32::EPSILON {
        commands.push(Command::Panels(panels::Command::Compare(Comparison { at, ..comparison })));
    }
    if response.hovered() || response.dragged() {
        ui.ctx().set_cursor_icon(cursor);
    }
    let painter = ui.painter_at(rect);
    painter.line_segment([from, to], Stroke::new(4.0, Color32::from_black_alpha(140)));
    painter.line_segment([from, to], Stroke::new(2.0, palette.accent));
    let grip = Rect::from_center_size(from + (to - from) / 2.0, vec2(26.0, 26.0));
    painter.circle_filled(grip.center(), 13.0, palette.accent);
    for side in [-3.5, 3.5] {
        let along = if upright { vec2(0.0, 6.0) } else { vec2(6.0, 0.0) };
        let beside = if upright { vec2(side, 0.0) } else { vec2(0.0, side) };
        let center = grip.center() + beside;
        painter.line_segment([center - along, center + along], Stroke::new(2.0, palette.on_accent));
    }
    icons::focus_ui(ui, &response, grip, 13);
}
