//! The bar at the top: what is shown, which bytes of it are encrypted, and with which key.

use eframe::egui::text::{CCursor, CCursorRange};
use eframe::egui::text_edit::TextEditState;
use eframe::egui::{
    Align, Button, ComboBox, Context, FontId, Frame, Id, Key, Layout as Flow, Popup, PopupCloseBehavior,
    RichText, TextEdit, Ui, vec2,
};

use super::icons::{Icon, icon_button_ui};
use super::state::{Command, State, Theme};
use super::theme;
use crate::layout::Samples;

/// From this width on there is room for words beside the menus.
const ROOMY: f32 = 860.0;

fn source_id() -> Id {
    Id::unique("source field")
}

fn key_id() -> Id {
    Id::unique("key field")
}

/// The key has just been opened and waits for its cursor.
#[derive(Clone, Default)]
struct Fresh;

/// Puts the cursor into the source field and selects what it holds.
pub fn focus_source(ctx: &Context, text: &str) {
    let mut state = TextEditState::load(ctx, source_id()).unwrap_or_default();
    let all = CCursorRange::two(CCursor::new(0), CCursor::new(text.chars().count()));
    state.cursor.set_char_range(Some(all));
    state.store(ctx, source_id());
    ctx.memory_mut(|memory| memory.request_focus(source_id()));
}

/// Draws the bar.
pub fn top_bar_ui(ui: &mut Ui, state: &mut State, commands: &mut Vec<Command>) {
    let roomy = ui.available_width() >= ROOMY;
    ui.horizontal(|ui| {
        if ui.button("Open…").on_hover_text("Choose a video or a picture (Ctrl+O)").clicked() {
            commands.push(Command::ShowDialog);
        }
        ui.with_layout(Flow::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            buttons_ui(ui, state, commands);
            ui.add_space(6.0);
            ui.spacing_mut().item_spacing.x = 8.0;
            key_ui(ui, state, roomy, commands);
            layout_ui(ui, state, roomy, commands);
            source_ui(ui, state, commands);
        });
    });
}

fn buttons_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let (icon, name) = match state.view.theme {
        Theme::Dark => (Icon::Light, "Light theme (T)"),
        Theme::Light => (Icon::Dark, "Dark theme (T)"),
    };
    let buttons = [
        (Icon::Help, "Keys (?)", state.view.help, Command::ToggleHelp),
        (Icon::Fullscreen, "Full screen (F)", state.view.fullscreen, Command::ToggleFullscreen),
        (icon, name, false, Command::ToggleTheme),
    ];
    for (icon, name, selected, command) in buttons {
        if icon_button_ui(ui, icon, name, selected).clicked() {
            commands.push(command);
        }
    }
}

fn source_ui(ui: &mut Ui, state: &mut State, commands: &mut Vec<Command>) {
    let field = TextEdit::singleline(&mut state.drafts.source)
        .id(source_id())
        .hint_text("Path, demo, demo:still or pattern:bars")
        .margin(vec2(10.0, 6.0))
        .desired_width(f32::INFINITY);
    let response = ui.add(field).accessible_name("Source");
    if response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) {
        commands.push(Command::OpenTyped(state.drafts.source.clone()));
    }
    if !response.has_focus() {
        response.on_hover_text("Path of a video or picture, demo, demo:still or pattern:NAME (Ctrl+L)");
    }
}

fn layout_ui(ui: &mut Ui, state: &State, roomy: bool, commands: &mut Vec<Command>) {
    let response = ComboBox::from_id_salt("layout")
        .selected_text(state.scene.layout.name())
        .width(88.0)
        .show_ui(ui, |ui| {
            theme::compact_list(ui);
            for samples in Samples::ALL {
                let layout = state.scene.layout.with_samples(samples);
                let chosen = layout == state.scene.layout;
                let item = ui.selectable_label(chosen, layout.name()).on_hover_text(layout.about());
                if item.clicked() && !chosen {
                    commands.push(Command::SetLayout(layout));
                }
            }
        })
        .response
        .on_hover_text(format!("Which bytes are encrypted: {}", state.scene.layout.about()));
    if roomy {
        let name = ui.label(RichText::new("Layout").color(theme::palette(ui).weak));
        response.labelled_by(name.id);
    } else {
        response.accessible_name("Layout");
    }
}

fn key_ui(ui: &mut Ui, state: &mut State, roomy: bool, commands: &mut Vec<Command>) {
    let leading: String = state.scene.key.to_hex().chars().take(8).collect();
    let text = if roomy { format!("Key {leading}…") } else { "Key".into() };
    let response = ui.add(Button::new(text)).accessible_name("Key");
    let response = response.on_hover_text("The key that every scheme takes its own from");
    if response.clicked() {
        ui.data_mut(|data| data.insert_temp(key_id(), Fresh));
    }
    Popup::from_toggle_button_response(&response)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .frame(Frame::popup(ui.style()).inner_margin(14))
        .show(|ui| key_form_ui(ui, state, commands));
}

fn key_form_ui(ui: &mut Ui, state: &mut State, commands: &mut Vec<Command>) {
    let palette = theme::palette(ui);
    ui.set_width(372.0);
    ui.label(RichText::new("Key").font(FontId::new(15.0, theme::semibold())));
    let mut text = state.drafts.key.clone();
    let field = TextEdit::multiline(&mut text.0)
        .id(key_id())
        .font(FontId::monospace(12.5))
        .hint_text("Hexadecimal digits, two a byte")
        .margin(vec2(10.0, 8.0))
        .desired_rows(4)
        .desired_width(f32::INFINITY);
    let response = ui.add(field).accessible_name("Key in hex");
    // A widget can only have the focus from its first frame on, and the first pass only measures.
    if !ui.is_sizing_pass() && ui.data_mut(|data| data.remove_temp::<Fresh>(key_id())).is_some() {
        response.request_focus();
    }
    if response.changed() {
        commands.push(Command::SetKey(text));
    }
    let (color, said) = if let Some(problem) = &state.drafts.key_problem {
        (palette.error, format!("Not used: {problem}"))
    } else {
        let bytes = state.scene.key.to_hex().len() / 2;
        let said = format!("In use, {bytes} bytes. Each scheme takes as many of the first as it needs.");
        (palette.weak, said)
    };
    ui.colored_label(color, said);
}
