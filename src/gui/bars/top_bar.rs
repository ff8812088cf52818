//! The bar at the top: what is shown, which bytes of it are encrypted, and with which key.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::num::NonZeroU32;

use eframe::egui::{
    Button, ComboBox, FontId, Frame, Id, Label, Popup, PopupCloseBehavior, RichText, Slider, TextEdit, Ui,
    vec2,
};

use super::{source_ui, window_menu};
use crate::crypto::KeyMaterial;
use crate::gui::model::command::Command;
use crate::gui::model::editing::key::KeyText;
use crate::gui::model::lessons::Step;
use crate::gui::model::state::State;
use crate::gui::model::window::Theme;
use crate::gui::model::{editing, inspector, lessons, opening, window};
use crate::gui::panels::menus;
use crate::gui::widgets::icons::{Icon, icon_button_ui};
use crate::gui::widgets::row::{End, row_ui};
use crate::gui::widgets::theme;
use crate::gui::wording;
use crate::payload::Target;
use crate::picture::layout::{Layout, Posterize, Samples};
use crate::play::Status;
use crate::scene::{Panel, Scene};

/// Height of the bar.
const HEIGHT: f32 = 30.0;

/// From this width of the window, in points, there is room for words beside the menus.
const ROOMY: f32 = 980.0;

/// The longest memory that the window offers, in frames; the command line takes as many as fit into memory.
const MOST_REMEMBERED: u32 = 300;

fn key_id() -> Id {
    Id::unique("key field")
}

/// The key's field has just been opened and has no cursor yet.
#[derive(Clone, Default)]
struct Fresh;

/// Draws the bar.
pub fn top_bar_ui(ui: &mut Ui, state: &mut State, status: &Status, commands: &mut Vec<Command>) {
    let roomy = ui.available_width() >= ROOMY;
    ui.spacing_mut().item_spacing.x = 8.0;
    row_ui(ui, "top bar", HEIGHT, |ui, end| match end {
        End::Left => {
            let menu = icon_button_ui(ui, Icon::Menu, "Menu", false);
            Popup::menu(&menu).show(|ui| window_menu::window_ui(ui, state, commands));
            if ui.button("Open…").on_hover_text("Choose a video or a picture (Ctrl+O)").clicked() {
                commands.push(Command::Open(opening::Command::ShowDialog));
            }
            source_ui::source_ui(ui, state, status, commands);
        }
        End::Right => {
            layout_ui(ui, state, roomy, commands);
            key_ui(ui, state, roomy, commands);
            memory_ui(ui, state, status, roomy, commands);
            presets_ui(ui, state, status, commands);
            ui.add_space(2.0);
            ui.spacing_mut().item_spacing.x = 4.0;
            buttons_ui(ui, state, commands);
        }
    });
}

/// The buttons at the right end, from left to right.
fn buttons_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let (icon, name) = match state.window.theme {
        Theme::Dark => (Icon::Light, "Light theme (T)"),
        Theme::Light => (Icon::Dark, "Dark theme (T)"),
    };
    let buttons = [
        (icon, name, false, Command::Window(window::Command::ToggleTheme)),
        (
            Icon::Fullscreen,
            "Full screen (F)",
            state.window.fullscreen,
            Command::Window(window::Command::ToggleFullscreen),
        ),
        (Icon::Block, "Blocks (B)", state.inspector.open, Command::Inspect(inspector::Command::Toggle)),
        (
            Icon::Lesson,
            "Lessons (N)",
            state.lessons.view.open,
            Command::Lessons(lessons::Command::Step(Step::Toggle)),
        ),
        (
            Icon::Help,
            "Keyboard shortcuts (?)",
            state.window.help,
            Command::Window(window::Command::ToggleHelp),
        ),
    ];
    for (icon, name, selected, command) in buttons {
        if icon_button_ui(ui, icon, name, selected).clicked() {
            commands.push(command);
        }
    }
}

fn layout_ui(ui: &mut Ui, state: &State, roomy: bool, commands: &mut Vec<Command>) {
    let title = if state.scene.target.is_pixels() { "Layout" } else { "Target" };
    let name = roomy.then(|| ui.label(RichText::new(title).color(theme::palette(ui).weak)));
    let response = ComboBox::from_id_salt("layout")
        .selected_text(match state.scene.target {
            Target::Pixels => wording::layout_name(state.scene.layout),
            _ => state.scene.target_of(Panel::Plain).to_string(),
        })
        .width(88.0)
        .show_ui(ui, |ui| {
            theme::compact_list(ui);
            targets_ui(ui, state.scene.target, commands);
            if state.scene.source.path().is_some() && state.scene.target.is_of_packets() {
                let set = |stream| Command::Edit(editing::Command::SetStream(stream));
                menus::streams_ui(ui, state.scene.stream, set, commands);
            }
            if state.scene.target.is_pixels() {
                ui.separator();
                layouts_ui(ui, state.scene.layout, commands);
            }
            let set = |encoding| Command::Edit(editing::Command::SetEncoding(encoding));
            let none = ("As the file has it", "its own packets, if packets are encrypted");
            ui.separator();
            menus::heading_ui(ui, "Packets, encoded anew", false);
            menus::encodings_ui(ui, state.scene.encode, none, set, commands);
        })
        .response
        .on_hover_text(match state.scene.target {
            Target::Pixels => format!("Which bytes are encrypted: {}", state.scene.layout.about()),
            target => format!("What is encrypted: {}", target.about()),
        });
    match name {
        Some(name) => response.labelled_by(name.id),
        None => response.accessible_name(title),
    };
}

/// Pixels, or what the encoder wrote.
fn targets_ui(ui: &mut Ui, now: Target, commands: &mut Vec<Command>) {
    menus::heading_ui(ui, "What is encrypted", false);
    for target in Target::ALL {
        if menus::item_ui(ui, target.name(), target.about(), target == now).clicked() && target != now {
            commands.push(Command::Edit(editing::Command::SetTarget(target)));
        }
    }
}

/// Samples, their levels, and the shape of a block.
fn layouts_ui(ui: &mut Ui, now: Layout, commands: &mut Vec<Command>) {
    let mut offer = |ui: &mut Ui, layout: Layout, name: &str, about: &str| {
        if menus::item_ui(ui, name, about, layout == now).clicked() && layout != now {
            commands.push(Command::Edit(editing::Command::SetLayout(layout)));
        }
    };
    for samples in Samples::ALL {
        let layout = now.with_samples(samples);
        offer(ui, layout, layout.name(), layout.about());
    }
    ui.separator();
    offer(
        ui,
        Layout::of(now.samples()).posterized(now.posterize()),
        "Blocks along the rows",
        "as pictures lie in memory",
    );
    if let Ok(tiled) = now.in_tiles() {
        offer(ui, tiled, "Blocks in squares", "a block covers a square of pixels, as it might in a codec");
    }
    ui.separator();
    menus::heading_ui(ui, "Levels of each colour channel: fewer make flatter pictures", false);
    for bits in [8, 6, 5, 4, 3, 2, 1] {
        let Ok(posterize) = Posterize::to_bits(bits) else { continue };
        let name = if posterize.is_off() { "All levels".into() } else { format!("{} levels", 1 << bits) };
        let layout = now.posterized(posterize);
        if ui.selectable_label(layout == now, name).clicked() && layout != now {
            commands.push(Command::Edit(editing::Command::SetLayout(layout)));
        }
    }
}

fn key_ui(ui: &mut Ui, state: &mut State, roomy: bool, commands: &mut Vec<Command>) {
    let leading: String = state.scene.key.to_hex().chars().take(8).collect();
    let text = if roomy { format!("Key {leading}…") } else { "Key".into() };
    let response = ui.add(Button::new(text)).accessible_name("Key");
    let response = response.on_hover_text("The key from which every scheme takes its own");
    if response.clicked() {
        ui.data_mut(|data| data.insert_temp(key_id(), Fresh));
    }
    Popup::from_toggle_button_response(&response)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .frame(Frame::popup(ui.style()).inner_margin(14))
        .show(|ui| key_form_ui(ui, state, commands));
}

fn presets_ui(ui: &mut Ui, state: &State, status: &Status, commands: &mut Vec<Command>) {
    let response = ui.button("Panels").on_hover_text("Ready-made comparisons");
    Popup::menu(&response).show(|ui| menus::presets_ui(ui, state, status, commands));
}

fn memory_ui(ui: &mut Ui, state: &mut State, status: &Status, roomy: bool, commands: &mut Vec<Command>) {
    let frames = state.scene.memory.get();
    let text = match (roomy, frames) {
        (true, 1) => "Memory: 1 frame".into(),
        (true, _) => format!("Memory: {frames} frames"),
        (false, _) => format!("×{frames}"),
    };
    let response = ui.add(Button::new(text)).accessible_name("Memory");
    let response = response.on_hover_text("How many frames back the eavesdropper counts equal blocks");
    if response.clicked() {
        state.scene_form.memory = frames;
    }
    Popup::from_toggle_button_response(&response)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .frame(Frame::popup(ui.style()).inner_margin(14))
        .show(|ui| memory_form_ui(ui, state, status, commands));
}

fn memory_form_ui(ui: &mut Ui, state: &mut State, status: &Status, commands: &mut Vec<Command>) {
    ui.set_width(340.0);
    ui.label(RichText::new("Memory").font(FontId::new(15.0, theme::semibold())));
    ui.spacing_mut().slider_width = 230.0;
    let most = most_remembered(&state.scene, status);
    let slider = Slider::new(&mut state.scene_form.memory, 1..=most).logarithmic(true);
    let response = ui.add(slider).accessible_name("Frames remembered");
    // Each change decodes and counts frames again: only once the slider is released.
    if (response.changed() && !response.dragged()) || response.drag_stopped() {
        commands.extend(
            NonZeroU32::new(state.scene_form.memory).map(editing::Command::SetMemory).map(Command::Edit),
        );
    }
    let message = "Lenses and numbers that count, count in this frame and those before it: a block repeats where \
                any frame remembered has it too.";
    ui.colored_label(theme::palette(ui).weak, message);
}

/// The longest memory that the window offers, in frames: no more than fit, where their size is known.
fn most_remembered(scene: &Scene, status: &Status) -> u32 {
    let fit = status.info.as_ref().map_or(MOST_REMEMBERED, |info| scene.most_memory(info.shape()).get());
    fit.min(MOST_REMEMBERED)
}

fn key_form_ui(ui: &mut Ui, state: &mut State, commands: &mut Vec<Command>) {
    let palette = theme::palette(ui);
    ui.set_width(372.0);
    ui.label(RichText::new("Key").font(FontId::new(15.0, theme::semibold())));
    let mut text = state.scene_form.key.clone();
    let field = TextEdit::multiline(&mut text.0)
        .id(key_id())
        .font(FontId::monospace(12.5))
        .hint_text("Hexadecimal digits, two per byte")
        .margin(vec2(10.0, 8.0))
        .desired_rows(4)
        .desired_width(f32::INFINITY);
    let response = ui.add(field).accessible_name("Key in hex");
    // A widget can only have the focus from its first frame on, and the first pass only measures.
    if !ui.is_sizing_pass() && ui.data_mut(|data| data.remove_temp::<Fresh>(key_id())).is_some() {
        response.request_focus();
    }
    if response.changed() {
        commands.push(Command::Edit(editing::Command::SetKey(text)));
    }
    let (color, message) = if let Some(problem) = &state.scene_form.key_problem {
        (palette.error, format!("Not used: {problem}"))
    } else {
        let bytes = state.scene.key.to_hex().len() / 2;
        let message =
            format!("In use, {bytes} bytes. Each scheme uses as many of the first bytes as it needs.");
        (palette.weak, message)
    };
    ui.colored_label(color, message);
    ui.horizontal(|ui| {
        if ui.button("Random").on_hover_text("64 bytes from this machine").clicked() {
            commands.push(Command::Edit(editing::Command::SetKey(KeyText(random_hex()))));
        }
        let usual = KeyMaterial::default();
        if ui.add_enabled(state.scene.key != usual, Button::new("Demonstration key")).clicked() {
            commands.push(Command::Edit(editing::Command::SetKey(KeyText(usual.to_hex()))));
        }
    });
    let mut listed: Vec<&str> = Vec::new();
    for scheme in state.scene.panels.iter().filter_map(|panel| panel.scheme()) {
        let name = scheme.base_name();
        let Ok(key) = scheme.key_hex(&state.scene.key) else { continue };
        if listed.contains(&name) {
            continue;
        }
        listed.push(name);
        ui.label(RichText::new(name).size(12.0).color(palette.weak));
        let key = RichText::new(key).font(FontId::monospace(11.5));
        ui.add(Label::new(key).wrap().selectable(true));
    }
}

/// 64 bytes from the random seeds of the standard library's hash tables. Good enough to show that the key does not
/// matter, but not for a secret.
fn random_hex() -> String {
    let bytes = (0..8).flat_map(|_| RandomState::new().build_hasher().finish().to_be_bytes());
    hex::encode(bytes.collect::<Vec<u8>>())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::media::{Kind, Source, SourceInfo};

    #[test]
    fn the_slider_offers_no_longer_memory_than_fits() {
        let scene = Scene::of(Source::Demo);
        let of = |width, height| {
            let info = SourceInfo {
                source: "film".into(),
                kind: Kind::Video,
                container: String::new(),
                codec: String::new(),
                pixel_format: String::new(),
                width,
                height,
                sample_aspect_ratio: (1, 1),
                rotation_degrees: 0,
                mirrored: None,
                colour: crate::media::StatedColour::default(),
                frame_rate: None,
                duration_secs: None,
                frames: None,
                keyframes: None,
                is_locked: false,
            };
            most_remembered(&scene, &Status { info: Some(Arc::new(info)), ..Status::default() })
        };
        assert_eq!(most_remembered(&scene, &Status::default()), MOST_REMEMBERED, "before a size is known");
        assert_eq!(of(320, 180), MOST_REMEMBERED);
        assert!((2..MOST_REMEMBERED).contains(&of(1280, 720)));
        assert_eq!(of(8000, 8000), 1);
    }
}
