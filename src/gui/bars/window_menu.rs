//! The menu of the window: open, view, save, edit, help.

use eframe::egui::{Button, Key, KeyboardShortcut, Modifiers, Ui};

use crate::gui::model::command::Command;
use crate::gui::model::lessons::Step;
use crate::gui::model::save::{Line, What};
use crate::gui::model::state::State;
use crate::gui::model::timeline::Strip;
use crate::gui::model::window::{Flicker, Theme};
use crate::gui::model::{drawing, editing, inspector, lessons, opening, save, timeline, window};
use crate::gui::panels::menus::{heading_ui, item_ui, tick_ui};
use crate::gui::widgets::theme;
use crate::media::{Pattern, Source, pattern};

/// Least width of the menu.
const WIDTH: f32 = 230.0;

/// In a window lower than this, in points, the items have less height, so that the last item is visible.
const LOW: f32 = 560.0;
const LOW_ROW: f32 = 22.0;

/// An item: its name, its keys, whether it can be chosen, and what it does.
type Item = (&'static str, Option<(Modifiers, Key)>, bool, Command);

/// Draws the menu.
pub fn window_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    theme::compact_list(ui);
    if ui.ctx().content_rect().height() < LOW {
        ui.spacing_mut().interact_size.y = LOW_ROW;
        ui.spacing_mut().button_padding.y = 1.0;
    }
    ui.set_min_width(WIDTH);
    sources_ui(ui, state, commands);
    ui.separator();
    let lessons = Button::selectable(state.lessons.view.open, "Lessons").shortcut_text("N");
    if ui.add(lessons).accessible_name("Lessons").clicked() {
        commands.push(Command::Lessons(lessons::Command::Step(Step::Toggle)));
    }
    ui.menu_button("View", |ui| view_ui(ui, state, commands));
    ui.separator();
    items_ui(ui, takes(state), commands);
    ui.separator();
    let (undo, redo) = (state.history.can_undo(), state.history.can_redo());
    let edits = [
        ("Undo", Some((Modifiers::COMMAND, Key::Z)), undo, editing::Command::Undo.into()),
        ("Redo", Some((Modifiers::COMMAND | Modifiers::SHIFT, Key::Z)), redo, editing::Command::Redo.into()),
        ("Reset the scene", None, true, editing::Command::Reset.into()),
    ];
    items_ui(ui, edits, commands);
    ui.separator();
    let program = [
        (
            "Keyboard shortcuts",
            Some((Modifiers::NONE, Key::Questionmark)),
            true,
            window::Command::ToggleHelp.into(),
        ),
        ("About Afterimage", None, true, window::Command::ToggleAbout.into()),
        ("Quit", Some((Modifiers::COMMAND, Key::Q)), true, window::Command::Quit.into()),
    ];
    items_ui(ui, program, commands);
}

/// The menu "View".
fn view_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let mut tick = |ui: &mut Ui, is_on: bool, name: &str, keys: &str, command: Command| {
        if tick_ui(ui, is_on, name, keys).clicked() {
            commands.push(command);
        }
    };
    theme::compact_list(ui);
    ui.set_min_width(WIDTH);
    tick(ui, state.inspector.open, "Blocks", "B", inspector::Command::Toggle.into());
    tick(
        ui,
        state.timeline.graph.is_some(),
        "Numbers along the timeline",
        "M",
        timeline::Command::ToggleGraph.into(),
    );
    let has_strip = state.timeline.strip == Strip::Shown;
    tick(ui, has_strip, "Pictures along the timeline", "V", timeline::Command::ToggleStrip.into());
    tick(ui, state.window.presenting, "Presentation view", "P", window::Command::TogglePresenting.into());
    tick(ui, state.window.fullscreen, "Full screen", "F11", window::Command::ToggleFullscreen.into());
    tick(ui, state.window.reduced_motion, "Reduced motion", "", window::Command::ToggleReducedMotion.into());
    heading_ui(ui, "Theme", false);
    for (theme, name) in [(Theme::Dark, "Dark"), (Theme::Light, "Light")] {
        tick(ui, state.window.theme == theme, name, "", window::Command::SetTheme(theme).into());
    }
    heading_ui(ui, "Ciphertext while it plays", false);
    for flicker in Flicker::ALL {
        tick(
            ui,
            state.window.flicker == flicker,
            flicker.name(),
            "",
            window::Command::SetFlicker(flicker).into(),
        );
    }
}

/// The menus of sources.
fn sources_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    ui.add_enabled_ui(!state.opening.recent.is_empty() || state.opening.last_scene.is_some(), |ui| {
        ui.menu_button("Recent", |ui| recent_ui(ui, state, commands));
    });
    ui.menu_button("Built in", |ui| {
        theme::compact_list(ui);
        let sources = [
            (Source::Demo, "a video call"),
            (Source::DemoFilm, "an animated film"),
            (Source::DemoStill, "the penguin"),
        ];
        let patterns = Pattern::ALL.map(|of| (Source::Pattern(of, pattern::SHAPE), of.about()));
        for (source, about) in sources.into_iter().chain(patterns) {
            let (name, chosen) = (source.to_string(), source == state.scene.source);
            if item_ui(ui, &name, about, chosen).clicked() {
                commands.push(Command::Open(opening::Command::Typed(name)));
            }
        }
    });
    if ui.button("New call").clicked() {
        commands.push(Command::Open(opening::Command::ChangeCall(Box::default())));
    }
    if ui.button("New drawing").clicked() {
        commands.push(Command::Draw(drawing::Command::New));
    }
}

/// The menu of sources that were opened before.
fn recent_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    theme::compact_list(ui);
    if let Some(scene) = &state.opening.last_scene
        && ui.button(format!("Last time: {}", scene.source)).clicked()
    {
        commands.push(Command::Open(opening::Command::LastScene));
    }
    for source in &state.opening.recent {
        let Source::File(path) = source else { continue };
        if ui.button(path.display().to_string()).clicked() {
            commands.push(Command::Open(opening::Command::File(path.clone())));
        }
    }
}

/// The items that save and copy.
fn takes(state: &State) -> [Item; 6] {
    let (ctrl, shift) = (Modifiers::COMMAND, Modifiers::COMMAND | Modifiers::SHIFT);
    let clip = if state.playback.range.is_set() {
        "Copy the command line of the loop"
    } else {
        "Copy the command line of the clip"
    };
    [
        ("Copy the picture", Some((ctrl, Key::C)), true, save::Command::Copy(What::Sheet).into()),
        ("Save the picture…", Some((ctrl, Key::S)), true, save::Command::Open(What::Sheet).into()),
        ("Save the clip…", Some((ctrl, Key::E)), true, save::Command::Open(What::Clip).into()),
        ("Save the scene…", Some((shift, Key::S)), true, save::Command::Open(What::Scene).into()),
        (
            "Copy the command line",
            Some((shift, Key::C)),
            true,
            save::Command::CopyCommandLine(Line::Figure).into(),
        ),
        (clip, Some((shift, Key::E)), true, save::Command::CopyCommandLine(Line::Clip).into()),
    ]
}

fn items_ui(ui: &mut Ui, items: impl IntoIterator<Item = Item>, commands: &mut Vec<Command>) {
    for (name, keys, enabled, command) in items {
        let mut button = Button::new(name);
        if let Some((modifiers, key)) = keys {
            let keys = match key {
                // The name as it is printed on the key.
                Key::Questionmark => "?".into(),
                key => ui.ctx().format_shortcut(&KeyboardShortcut::new(modifiers, key)),
            };
            button = button.shortcut_text(keys);
        }
        if ui.add_enabled(enabled, button).accessible_name(name).clicked() {
            commands.push(command);
        }
    }
}
