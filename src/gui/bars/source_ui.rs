//! The source in the bar at the top: the field where a source is typed, the properties of the open source, and its
//! settings.
//!
//! Files have no settings: every encrypted byte is the file's own. Generated sources have some: the size of a
//! pattern, the edges of a drawing.

use eframe::egui::text::{CCursor, CCursorRange};
use eframe::egui::text_edit::TextEditState;
use eframe::egui::{
    Button, Context, DragValue, FontId, Frame, Grid, Id, Key, Popup, PopupCloseBehavior, RichText,
    ScrollArea, TextEdit, Ui, vec2,
};

use super::capture_ui::capture_ui;
use crate::call::CallSource;
use crate::export::words;
use crate::gui::call::design_ui::settings_ui;
use crate::gui::model::command::Command;
use crate::gui::model::state::State;
use crate::gui::model::{drawing, editing, opening};
use crate::gui::widgets::icons::{Icon, icon_button_ui};
use crate::gui::widgets::theme;
use crate::media::{Pattern, Source, SourceInfo, pattern};
use crate::picture::Shape;
use crate::play::Status;

/// Width of the settings, in points.
const WIDTH: f32 = 344.0;

/// Width of the button that opens the settings, with the gap before it, in points.
const BUTTON: f32 = 38.0;

/// Height of the window that the settings leave free, in points: they scroll if they are higher.
const FORM_MARGIN: f32 = 44.0;

/// Least width, in points, for the field and the button; below, only the field is drawn.
const ROOM_FOR_BUTTON: f32 = 130.0;

/// The sides of a pattern that the window offers, in pixels; the command line takes any.
const SIDES: std::ops::RangeInclusive<u32> = 16..=8192;

fn source_id() -> Id {
    Id::unique("source field")
}

/// Puts the cursor into the source field and selects what it holds.
pub fn focus_source(ctx: &Context, text: &str) {
    let mut state = TextEditState::load(ctx, source_id()).unwrap_or_default();
    let all = CCursorRange::two(CCursor::new(0), CCursor::new(text.chars().count()));
    state.cursor.set_char_range(Some(all));
    state.store(ctx, source_id());
    ctx.memory_mut(|memory| memory.request_focus(source_id()));
}

/// Draws the field and the button into the rest of a row.
pub fn source_ui(ui: &mut Ui, state: &mut State, status: &Status, commands: &mut Vec<Command>) {
    let has_button = ui.available_width() >= ROOM_FOR_BUTTON;
    let button = if has_button { BUTTON } else { 0.0 };
    let field = TextEdit::singleline(&mut state.opening.typed)
        .id(source_id())
        .hint_text("Path, demo, demo:still, pattern:bars or canvas")
        .margin(vec2(10.0, 6.0))
        .desired_width((ui.available_width() - button).max(0.0));
    let response = ui.add(field).accessible_name("Source");
    if response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) {
        commands.push(Command::Open(opening::Command::Typed(state.opening.typed.clone())));
    }
    if !response.has_focus() {
        response.on_hover_ui(|ui| {
            ui.label("Path of a video or picture, demo, demo:still, pattern:NAME or canvas (Ctrl+L)");
            about_ui(ui, status);
        });
    }
    if !has_button {
        return;
    }
    let button = icon_button_ui(ui, Icon::Options, "Source settings", false);
    Popup::from_toggle_button_response(&button)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .frame(Frame::popup(ui.style()).inner_margin(14))
        .show(|ui| {
            let height = (ui.ctx().content_rect().height() - FORM_MARGIN).max(0.0);
            ScrollArea::vertical().max_height(height).show(ui, |ui| form_ui(ui, state, status, commands));
        });
}

/// The properties of the open source.
fn about_ui(ui: &mut Ui, status: &Status) {
    let Some(info) = &status.info else { return };
    let mut info = SourceInfo::clone(info);
    if let Some(index) = &status.index {
        // The counted frames: the file only states an estimate.
        info.frames = Some(index.frames());
        info.keyframes = Some(index.keyframes().len() as u64);
        info.duration_secs = Some(index.duration_secs());
    }
    ui.separator();
    let weak = theme::palette(ui).weak;
    Grid::new("about the source").min_row_height(17.0).spacing(vec2(14.0, 3.0)).show(ui, |ui| {
        // The field shows its name already, and unknown properties are left out.
        let is_told = |(name, value): &(&str, String)| *name != "source" && value != words::NOT_STATED;
        for (name, value) in words::source(&info).into_iter().filter(is_told) {
            ui.label(RichText::new(name).color(weak));
            ui.label(value);
            ui.end_row();
        }
    });
}

/// The settings and the properties of the open source.
fn form_ui(ui: &mut Ui, state: &mut State, status: &Status, commands: &mut Vec<Command>) {
    ui.set_width(WIDTH);
    ui.label(RichText::new("Source").font(FontId::new(15.0, theme::semibold())));
    let mut is_encrypted = false;
    let message = match &state.scene.source {
        &Source::Pattern(pattern, shape) => {
            pattern_ui(ui, pattern, shape, commands);
            "Widths that are no multiple of what a block covers shift every row against the one above."
        }
        Source::Canvas(drawing) => {
            let mut is_smooth = drawing.is_smooth;
            if theme::tick_box_ui(ui, &mut is_smooth, "Smooth edges of marks").changed() {
                commands.push(Command::Draw(drawing::Command::Smooth(is_smooth)));
            }
            "Blended edges have colours of their own, and fewer blocks are equal."
        }
        source @ (Source::Demo
        | Source::DemoFilm
        | Source::DemoStill
        | Source::DemoBitmap
        | Source::File(_)
        | Source::Keyed(_)
        | Source::Capture(_)
        | Source::Simulated(_)
        | Source::Stream(_)
        | Source::Encoded(_)
        | Source::Received(_)) => {
            let call = CallSource::of(source);
            if let Some(call) = call {
                settings_ui(ui, call, state.is_predicting(), commands);
                ui.separator();
            }
            let again = ui.button("Reload").on_hover_text("Reads the file again, if it has changed");
            if again.clicked() {
                commands.push(Command::Open(opening::Command::Typed(source.to_string())));
            }
            let is_locked = status.info.as_ref().is_some_and(|info| info.is_locked);
            if let Source::Capture(captured) = source {
                capture_ui(ui, &mut state.opening.capture, captured, commands);
            }
            if call.is_some() {
                "A call is made by arithmetic: no packet is sent. What was never published of the service of 2020 is modelled."
            } else if matches!(source, Source::Capture(_)) && is_locked {
                "The packets of this stream are shown as they were transmitted: the scheme own. With its codec and its key it is \
                 decrypted and plays."
            } else if matches!(source, Source::Capture(_)) {
                "This is a stream of a capture. The scheme own shows its packets as they were transmitted."
            } else if is_locked || source.content_key().is_some() {
                is_encrypted = true;
                "This file is encrypted. The scheme own shows its ciphertext; with its content key it opens like any other."
            } else {
                "Its decoded pixels are encrypted. The layout says which bytes of them."
            }
        }
    };
    if is_encrypted {
        content_key_ui(ui, &mut state.opening.content_key.0, commands);
    }
    ui.colored_label(theme::palette(ui).weak, message);
    about_ui(ui, status);
}

/// The field for the content key of an encrypted file. Enter opens the file with it.
fn content_key_ui(ui: &mut Ui, text: &mut String, commands: &mut Vec<Command>) {
    let field = TextEdit::singleline(text)
        .password(true)
        .hint_text("Content key: 32 hex digits, then Enter")
        .margin(vec2(10.0, 6.0))
        .desired_width(f32::INFINITY);
    let response = ui.add(field).accessible_name("Content key");
    if response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) {
        commands.push(Command::Open(opening::Command::SetContentKey));
    }
}

fn pattern_ui(ui: &mut Ui, now: Pattern, shape: Shape, commands: &mut Vec<Command>) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        for pattern in Pattern::ALL {
            let label = ui.selectable_label(pattern == now, pattern.name()).on_hover_text(pattern.about());
            if label.clicked() {
                commands.push(Command::Edit(editing::Command::SetSource(Source::Pattern(pattern, shape))));
            }
        }
    });
    let Shape { mut width, mut height } = shape;
    ui.horizontal(|ui| {
        for (side, name) in [(&mut width, "Width"), (&mut height, "Height")] {
            let field = DragValue::new(side).range(SIDES).speed(1.0).prefix(format!("{name} "));
            let _ = ui.add(field).accessible_name(format!("{name} of the pattern"));
        }
        if ui.add_enabled(shape != pattern::SHAPE, Button::new("Usual size")).clicked() {
            Shape { width, height } = pattern::SHAPE;
        }
    });
    if shape != Shape::new(width, height) {
        commands.push(Command::Edit(editing::Command::SetSource(Source::Pattern(
            now,
            Shape::new(width, height),
        ))));
    }
}
