//! The menus of a panel, and the items of menus.

use eframe::egui::containers::menu::SubMenuButton;
use eframe::egui::{
    Align, Atom, Button, FontId, Layout as Flow, Response, RichText, Role, Sense, Ui, Vec2, WidgetInfo, vec2,
};

use crate::crypto::{Habit, Scheme};
use crate::gui::model::command::Command;
use crate::gui::model::panels::comparison::Comparison;
use crate::gui::model::panels::presets::{FrameFormat, MOST_PANELS, Preset};
use crate::gui::model::save::What;
use crate::gui::model::state::State;
use crate::gui::model::{panels, save};
use crate::gui::widgets::icons::{self, Icon};
use crate::gui::widgets::theme;
use crate::lens::Lens;
use crate::media::{Encoding, EncodingChoice, StreamChoice};
use crate::payload::Target;
use crate::play::Status;
use crate::scene::{Panel, PanelTarget, Scene};

/// Width of the list of lenses and of the options beside it, in points.
const LENSES_WIDTH: f32 = 270.0;
const OPTIONS_WIDTH: f32 = 170.0;

/// Least width of a menu, in points.
const WIDTH: f32 = 190.0;

/// The menu of schemes: a submenu for each mode, with the key sizes, used right and misused.
pub fn schemes_ui(ui: &mut Ui, at: usize, panel: Panel, commands: &mut Vec<Command>) {
    theme::compact_list(ui);
    if ui.selectable_label(panel == Panel::Plain, "Original").clicked() && panel != Panel::Plain {
        commands.push(Command::Panels(panels::Command::Set(at, Panel::Plain)));
    }
    ui.separator();
    let chosen = panel.scheme();
    let schemes: Vec<Scheme> = Scheme::all().collect();
    for mode in modes(&schemes) {
        let name = mode[0].mode_title();
        let selected = chosen.is_some_and(|chosen| mode.contains(&chosen));
        let button = Button::new(name).right_text(SubMenuButton::arrow_atom(None)).selected(selected);
        let (response, _) = SubMenuButton::from_button(button).ui(ui, |ui| {
            theme::compact_list(ui);
            ui.set_min_width(WIDTH);
            for (habit, heading) in headings(mode) {
                heading_ui(ui, heading, habit.is_some());
                for &scheme in mode.iter().filter(|scheme| scheme.habit() == habit) {
                    let is_chosen = chosen == Some(scheme);
                    let item = ui.selectable_label(is_chosen, scheme.title());
                    let item = item.on_hover_text(scheme.about());
                    if item.clicked() && !is_chosen {
                        commands.push(Command::Panels(panels::Command::Set(at, panel.with_scheme(scheme))));
                    }
                }
                ui.add_space(4.0);
            }
        });
        response.on_hover_text(mode[0].about());
    }
}

/// The schemes, grouped by mode.
fn modes(schemes: &[Scheme]) -> impl Iterator<Item = &[Scheme]> {
    schemes.chunk_by(|&one, &other| one.mode_title() == other.mode_title())
}

/// The uses of a mode, right and wrong, each with a sentence.
fn headings(mode: &[Scheme]) -> impl Iterator<Item = (Option<Habit>, &'static str)> {
    let habit = mode.iter().find_map(|scheme| scheme.habit());
    let right = match habit {
        Some(Habit::KeyPerFrame) | None => "Equal blocks stay equal, for ever",
        Some(Habit::FixedIv) => "A fresh IV for every frame",
        Some(Habit::ReusedNonce) => "A fresh nonce for every frame",
        Some(Habit::FixedTweak) => "Fresh tweaks for every frame",
    };
    let wrong = habit.map(|habit| match habit {
        Habit::KeyPerFrame => "Half-measure: a key for every frame",
        Habit::FixedIv => "Misused: one IV for all frames",
        Habit::ReusedNonce => "Misused: one nonce for all frames",
        Habit::FixedTweak => "Misused: one set of tweaks for all frames",
    });
    std::iter::once((None, right)).chain(habit.into_iter().map(Some).zip(wrong))
}

/// Draws the heading of a group of items; in the accent colour where it warns.
pub fn heading_ui(ui: &mut Ui, text: &str, warns: bool) {
    let palette = theme::palette(ui);
    let color = if warns { palette.accent } else { palette.weak };
    ui.horizontal(|ui| {
        // A row has this height, but not where the size of the menu is measured first.
        ui.set_min_height(ui.spacing().interact_size.y);
        ui.add_space(8.0);
        ui.label(RichText::new(text).size(12.0).color(color));
    });
}

/// The menu of lenses: every lens with what it shows, and the options of the current one.
pub fn lenses_ui(ui: &mut Ui, at: usize, panel: Panel, chosen: Lens, commands: &mut Vec<Command>) {
    theme::compact_list(ui);
    // Lenses and options stand side by side: in one column they would be higher than a window of 800 points.
    ui.horizontal_top(|ui| {
        column_ui(ui, LENSES_WIDTH, |ui| {
            for lens in Lens::ALL.iter().map(|lens| lens.kind().from_menu) {
                let is_chosen = lens.name() == chosen.name();
                let item = item_ui(ui, lens.name(), lens.shows(), is_chosen).on_hover_text(lens.about());
                if item.clicked() && !is_chosen {
                    commands.push(Command::Panels(panels::Command::Set(at, panel.with_lens(lens))));
                }
            }
        });
        if chosen.options().into_iter().flat_map(choices).next().is_some() {
            column_ui(ui, OPTIONS_WIDTH, |ui| options_ui(ui, at, panel, chosen, commands));
        }
    });
}

/// Draws a column of a menu with several columns.
fn column_ui(ui: &mut Ui, width: f32, add_contents: impl FnOnce(&mut Ui)) {
    let flow = Flow::top_down_justified(Align::Min);
    ui.allocate_ui_with_layout(vec2(width, 0.0), flow, add_contents);
}

/// Draws the options of a lens that are chosen from a list.
fn options_ui(ui: &mut Ui, at: usize, panel: Panel, chosen: Lens, commands: &mut Vec<Command>) {
    for (name, values) in chosen.options().into_iter().flat_map(choices) {
        let (title, about) = option_words(name);
        ui.label(RichText::new(title).family(theme::semibold()));
        ui.label(RichText::new(about).size(12.0).color(theme::palette(ui).weak));
        for value in values {
            let Ok(lens) = chosen.with_option(&format!("{name}={value}")) else { continue };
            let item = ui.selectable_label(lens == chosen, value);
            if item.clicked() && lens != chosen {
                commands.push(Command::Panels(panels::Command::Set(at, panel.with_lens(lens))));
            }
        }
        ui.add_space(6.0);
    }
}

/// The name of an option of a lens, and what it does.
fn option_words(name: &str) -> (String, &'static str) {
    let (title, about) = match name {
        "vector" => (
            "Order of tones",
            "Four orders of the blocks are found: three at once as colours, or one alone in grey.",
        ),
        "flip" => ("Negative", "The attack cannot tell dark from light: look at both."),
        "gaps" => ("Gaps", "Blocks whose tone is unknown."),
        "gain" => ("Gain", "The difference is multiplied: a dark one can be seen on a projector."),
        "palette" => ("Palette", "The colours of the ranks, the most frequent first."),
        "change" => ("Changes only", "All slices, or those that differ from the frame before."),
        other => return (sentence(other), ""),
    };
    (title.into(), about)
}

/// The options of a lens that are chosen from a list, parsed from its syntax (`palette=viridis|spectrum`).
fn choices(options: &str) -> impl Iterator<Item = (&str, impl Iterator<Item = &str>)> {
    let options = options.split([' ', ',', '[', ']']).filter_map(|option| option.split_once('='));
    options.filter(|(_, values)| values.contains('|')).map(|(name, values)| (name, values.split('|')))
}

fn sentence(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// The menu of actions on a panel.
pub fn panel_ui(ui: &mut Ui, at: usize, scene: &Scene, commands: &mut Vec<Command>) {
    theme::compact_list(ui);
    ui.set_min_width(WIDTH);
    let panels = &scene.panels[..];
    let panel = panels.get(at).filter(|panel| **panel != Panel::Plain);
    if let Some(&panel) = panel {
        ui.menu_button("What is encrypted", |ui| targets_ui(ui, (at, panel), scene, commands));
    }
    ui.add_enabled_ui(panels.len() > 1, |ui| {
        let ways = [
            ("Compare with", Comparison::of as fn(usize, usize) -> Comparison),
            ("Difference from", Comparison::difference_of),
        ];
        for (words, compared) in ways {
            ui.menu_button(words, |ui| {
                theme::compact_list(ui);
                for (other, panel) in panels.iter().enumerate().filter(|(other, _)| *other != at) {
                    if ui.button(format!("{} {panel}", other + 1)).clicked() {
                        commands.push(Command::Panels(panels::Command::Compare(compared(at, other))));
                    }
                }
            });
        }
    });
    let panels = panels.len();
    let items = [
        ("Duplicate", panels < MOST_PANELS, Command::Panels(panels::Command::Duplicate(at))),
        ("Copy as a picture", true, Command::Save(save::Command::Copy(What::Panel(at)))),
        ("Save as a picture…", true, Command::Save(save::Command::Open(What::Panel(at)))),
        ("Move earlier", at > 0, Command::Panels(panels::Command::Move(at, at.saturating_sub(1)))),
        ("Move later", at + 1 < panels, Command::Panels(panels::Command::Move(at, at + 1))),
        ("Remove", panels > 1, Command::Panels(panels::Command::Remove(at))),
    ];
    for (name, enabled, command) in items {
        if ui.add_enabled(enabled, Button::new(name)).clicked() {
            commands.push(command);
        }
    }
}

/// The menu of what one panel encrypts: what the scene does, or a target or stream of its own.
fn targets_ui(ui: &mut Ui, (at, panel): (usize, Panel), scene: &Scene, commands: &mut Vec<Command>) {
    theme::compact_list(ui);
    ui.set_min_width(LENSES_WIDTH);
    let own = panel.own_target();
    let mut offer = |ui: &mut Ui, name: &str, about: &str, of: PanelTarget| {
        if item_ui(ui, name, about, of == own).clicked() && of != own {
            commands.push(Command::Panels(panels::Command::SetTarget(at, of)));
        }
    };
    let of_scene = format!("{}, as the scene states", scene.target_of(Panel::Plain));
    offer(ui, "As in the other panels", &of_scene, PanelTarget::OF_SCENE);
    // A source that is no file has packets once it is encoded.
    let (is_file, is_encoded) = (scene.source.has_packets(), scene.target_of(panel).encoding.is_some());
    let exists = |target: &Target| is_file || target.is_pixels() || (is_encoded && target.is_of_packets());
    for target in Target::ALL.into_iter().filter(exists) {
        offer(ui, target.name(), target.about(), PanelTarget { target: Some(target), ..own });
    }
    if scene.target_of(panel).target.is_of_packets() {
        let set = |stream| Command::Panels(panels::Command::SetTarget(at, PanelTarget { stream, ..own }));
        streams_ui(ui, own.stream, set, commands);
    }
    let is_of_packets = scene.target_of(panel).target.is_of_packets();
    let set = |encoding: Option<Encoding>| {
        let target = if is_of_packets || encoding.is_none() { own.target } else { Some(Target::Packets) };
        Command::Panels(panels::Command::SetTarget(at, PanelTarget { target, encoding, ..own }))
    };
    ui.separator();
    ui.menu_button("Encoded anew", |ui| {
        theme::compact_list(ui);
        ui.set_min_width(LENSES_WIDTH);
        let none = ("As in the other panels", "as the scene states");
        encodings_ui(ui, own.encoding, none, set, commands);
    });
}

/// Draws items that choose how the source is encoded anew: not, as the item with the name and sentence `none` says, or as one of the
/// choices at hand.
pub fn encodings_ui(
    ui: &mut Ui,
    chosen: Option<Encoding>,
    none: (&str, &str),
    set: impl Fn(Option<Encoding>) -> Command,
    commands: &mut Vec<Command>,
) {
    let choices: Vec<(&str, &str, Encoding)> = EncodingChoice::ALL
        .iter()
        .filter_map(|choice| Some((choice.name, choice.about, choice.encoding()?)))
        .collect();
    let mut offer = |ui: &mut Ui, name: &str, about: &str, encoding: Option<Encoding>| {
        if item_ui(ui, name, about, encoding == chosen).clicked() && encoding != chosen {
            commands.push(set(encoding));
        }
    };
    offer(ui, none.0, none.1, None);
    for (name, about, encoding) in &choices {
        offer(ui, name, about, Some(*encoding));
    }
    if let Some(other) = chosen.filter(|chosen| choices.iter().all(|(.., known)| known != chosen)) {
        offer(ui, other.encoder(), &other.to_string(), Some(other));
    }
}

/// Draws items that choose the stream of which packets are encrypted. To choose the one that is chosen takes the choice back.
pub fn streams_ui(
    ui: &mut Ui,
    chosen: Option<StreamChoice>,
    set: impl Fn(Option<StreamChoice>) -> Command,
    commands: &mut Vec<Command>,
) {
    ui.separator();
    heading_ui(ui, "Of which stream", false);
    for (stream, about) in
        [(StreamChoice::VIDEO, "the first video"), (StreamChoice::AUDIO, "the first sound")]
    {
        let is_chosen = chosen == Some(stream);
        if item_ui(ui, &stream.to_string(), about, is_chosen).clicked() {
            commands.push(set(Some(stream).filter(|_| !is_chosen)));
        }
    }
}

/// The menu of ready-made comparisons, and of another panel.
pub fn presets_ui(ui: &mut Ui, state: &State, status: &Status, commands: &mut Vec<Command>) {
    theme::compact_list(ui);
    let canvas = FrameFormat::of(&state.scene, status);
    let scheme = state.scheme_in_view();
    for preset in Preset::ALL {
        let chosen = preset.panels(scheme, canvas) == state.scene.panels;
        if item_ui(ui, preset.name(), &preset.shows(scheme), chosen).clicked() && !chosen {
            commands.push(Command::Panels(panels::Command::UsePreset(preset)));
        }
    }
    ui.separator();
    let room = state.scene.panels.len() < MOST_PANELS;
    let next = state.next_panel().title();
    let name = format!("Add a panel: {next}");
    let add = Button::new(name.as_str()).shortcut_text("A");
    if ui.add_enabled(room, add).accessible_name(name.as_str()).clicked() {
        commands.push(Command::Panels(panels::Command::Add));
    }
}

/// Draws an item that is on or off, with a tick where it is on.
pub fn tick_ui(ui: &mut Ui, is_on: bool, name: &str, keys: &str) -> Response {
    let color = theme::palette(ui).text;
    let tick = Atom::paint(Vec2::splat(11.0), move |ui, place| {
        if is_on {
            icons::paint(ui.painter(), Icon::Done, place.rect, color);
        }
    });
    let button = Button::new((tick, name)).shortcut_text(keys);
    let response = ui.add(button);
    response.widget_info(|| WidgetInfo::selected(Role::Button, ui.is_enabled(), is_on, name));
    response
}

/// Draws an item whose text may take several lines.
pub fn entry_ui(ui: &mut Ui, text: &str) -> Response {
    let button = Button::new(text).wrap().min_size(vec2(ui.available_width(), 32.0)).right_text("");
    ui.add(button).accessible_name(text)
}

/// Draws an item with a name and a line that explains it.
pub fn item_ui(ui: &mut Ui, title: &str, about: &str, chosen: bool) -> Response {
    let palette = theme::palette(ui);
    let lay_out = |text: &str, size: f32, color| {
        ui.painter().layout_no_wrap(text.to_owned(), FontId::proportional(size), color)
    };
    let (title_text, about_text) = (lay_out(title, 14.0, palette.text), lay_out(about, 12.0, palette.weak));
    let width = title_text.size().x.max(about_text.size().x) + 16.0;
    let (rect, response) = ui.allocate_at_least(vec2(width, 40.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, ui.is_enabled(), chosen, title));
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(about));
    let visuals = ui.style().interact_selectable(&response, chosen);
    if chosen || response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, visuals.corner_radius, visuals.weak_bg_fill);
    }
    let left = rect.left_top() + vec2(8.0, 3.0);
    ui.painter().galley(left, title_text, palette.text);
    ui.painter().galley(left + vec2(0.0, 18.0), about_text, palette.weak);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn list_options_of_a_lens_are_parsed_from_its_syntax() {
        let read = |text| choices(text).map(|(name, values)| (name, values.collect())).collect::<Vec<_>>();
        assert_eq!(read("palette=a|b|c"), [("palette", vec!["a", "b", "c"])]);
        assert_eq!(read("flip=BYTE.BIT, palette=a|b"), [("palette", vec!["a", "b"])]);
        let lens: Lens = "colours".parse().expect("a lens");
        for (name, values) in lens.options().into_iter().flat_map(choices) {
            for value in values {
                assert!(lens.with_option(&format!("{name}={value}")).is_ok(), "{name}={value}");
            }
        }
    }

    #[test]
    fn every_use_of_a_mode_has_a_sentence_of_its_own() {
        let schemes: Vec<Scheme> = Scheme::all().collect();
        for mode in modes(&schemes) {
            let told: Vec<_> = headings(mode).collect();
            assert_eq!(told.len(), 2, "{:?}", mode[0]);
            assert!(told[0].0.is_none() && told[1].0.is_some() && told[0].1 != told[1].1);
        }
    }
}
