//! The design of a call: what its packets are protected with, who gets keys, who leaves when.

use eframe::egui::{ComboBox, DragValue, RichText, Ui};

use crate::call::{CallSource, EcbKeySize, KeyServer, Leaving, PlannedCall, WaitingRoom};
use crate::gui::model::command::Command;
use crate::gui::model::opening;
use crate::gui::widgets::theme;
use crate::media::rtp::CallMedia;
use crate::wire::protection::Protection;

/// How choices are drawn.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    /// A menu for each, side by side, as many as fit.
    Menus,
    /// All of them under a title, one below the other.
    Lists,
}

/// Draws the settings of a call, and below them what each observer has, with the reason, unless a lesson asks for that.
pub(in crate::gui) fn settings_ui(
    ui: &mut Ui,
    source: &CallSource,
    is_predicting: bool,
    commands: &mut Vec<Command>,
) {
    design_ui(ui, source.call(), Style::Lists, commands);
    if !is_predicting {
        observers_ui(ui, source);
    }
}

/// From these widths of the area, in points, there is room for the menus after media: those of the waiting room, of who leaves,
/// and of keys.
const WIDTHS: [f32; 3] = [560.0, 860.0, 1180.0];

/// Draws the menus of a call, side by side. Those without room are in the settings of the source.
pub(super) fn menus_ui(ui: &mut Ui, source: &CallSource, commands: &mut Vec<Command>) {
    design_ui(ui, source.call(), Style::Menus, commands);
}

fn design_ui(ui: &mut Ui, now: &PlannedCall, style: Style, commands: &mut Vec<Command>) {
    let mut call = now.clone();
    choice_ui(ui, style, "Protection", &mut call.protection, Protection::ALL, |protection, _| {
        let modelled = if protection.is_modelled() { " (modelled)" } else { "" };
        format!("{protection}{modelled}")
    });
    choice_ui(ui, style, "Media", &mut call.media, CallMedia::ALL, |media, _| media.to_string());
    let width = ui.ctx().content_rect().width().min(ui.max_rect().width());
    let has_room = |at: usize| style == Style::Lists || width >= WIDTHS[at];
    if style == Style::Lists || (call.protection == Protection::OneKeyEcb && has_room(2)) {
        let sizes = [EcbKeySize::Bits128, EcbKeySize::Bits256];
        choice_ui(
            ui,
            style,
            "Key of one-key-ecb",
            &mut call.settings.ecb_key_size,
            sizes,
            |size, is_short| match (size, is_short) {
                (EcbKeySize::Bits128, true) => "AES-128".into(),
                (EcbKeySize::Bits256, true) => "AES-256".into(),
                (EcbKeySize::Bits128, false) => "AES-128, as reported".into(),
                (EcbKeySize::Bits256, false) => "AES-256, as advertised".into(),
            },
        );
    }
    if has_room(0) {
        let states = [WaitingRoom::Faulty, WaitingRoom::Fixed];
        choice_ui(
            ui,
            style,
            "The waiting room gets",
            &mut call.settings.waiting_room,
            states,
            |state, is_short| match (state, is_short) {
                (WaitingRoom::Faulty, true) => "Waiting room faulty".into(),
                (WaitingRoom::Fixed, true) => "Waiting room repaired".into(),
                (WaitingRoom::Faulty, false) => "video and keys".into(),
                (WaitingRoom::Fixed, false) => "nothing, since 7 April 2020".into(),
            },
        );
    }
    if has_room(1) {
        leaving_ui(ui, style, &mut call);
    }
    if has_room(2) {
        key_server_ui(ui, style, &mut call.settings.key_server);
    }
    if call != *now {
        commands.push(Command::Open(opening::Command::ChangeCall(Box::new(call))));
    }
}

fn title_ui(ui: &mut Ui, style: Style, title: &str) {
    let size = if style == Style::Menus { 12.5 } else { 14.0 };
    ui.label(RichText::new(title).size(size).color(theme::palette(ui).weak));
}

/// Draws a choice. `name` gives the names of values: short ones for a closed menu.
fn choice_ui<T: Copy + PartialEq>(
    ui: &mut Ui,
    style: Style,
    title: &str,
    chosen: &mut T,
    choices: impl IntoIterator<Item = T>,
    name: impl Fn(T, bool) -> String,
) {
    if style == Style::Menus {
        let now = RichText::new(name(*chosen, true)).size(12.5);
        let menu = ComboBox::from_id_salt(title).selected_text(now).width(0.0);
        let response = menu
            .show_ui(ui, |ui| {
                theme::compact_list(ui);
                for choice in choices {
                    ui.selectable_value(chosen, choice, name(choice, false));
                }
            })
            .response;
        response.on_hover_text(title).accessible_name(title);
        return;
    }
    title_ui(ui, style, title);
    ui.horizontal_wrapped(|ui| {
        theme::compact_list(ui);
        ui.spacing_mut().item_spacing.x = 2.0;
        for choice in choices {
            ui.selectable_value(chosen, choice, RichText::new(name(choice, false)).size(12.5));
        }
    });
}

/// Who leaves, when, and whether keys are renewed then.
fn leaving_ui(ui: &mut Ui, style: Style, call: &mut PlannedCall) {
    let settings = &mut call.settings;
    let (mut leaver, secs, lasts) = (settings.leaver(), settings.leaving_secs(), settings.duration_secs);
    let before = leaver;
    let others: Vec<usize> = (1..settings.parties.len()).collect();
    choice_ui(ui, style, "Who leaves", &mut leaver, others, |party, _| {
        let name = settings.name(party);
        if style == Style::Menus { format!("{name} leaves") } else { name.into() }
    });
    let mut at_secs = settings.leaving.and_then(|leaving| leaving.at_secs);
    let step = (lasts / 100.0).max(0.1);
    if let Some(chosen) = settled_ui(ui, "When this party leaves", secs, |value| {
        DragValue::new(value)
            .range(step..=lasts - step)
            .speed(step)
            .max_decimals(1)
            .prefix("after ")
            .suffix(" s")
    }) {
        at_secs = Some(chosen);
    }
    if leaver != before || at_secs != settings.leaving.and_then(|leaving| leaving.at_secs) {
        settings.leaving = Some(Leaving { party: leaver, at_secs });
    }
    let text = if style == Style::Menus { "New keys then" } else { "New keys when this party leaves" };
    theme::tick_box_ui(ui, &mut settings.is_renewed, text);
}

fn key_server_ui(ui: &mut Ui, style: Style, server: &mut KeyServer) {
    if style == Style::Lists {
        title_ui(ui, style, "Key server (modelled)");
    }
    let [first, last] = KeyServer::NUMBERS;
    let about = if style == Style::Menus {
        format!(", {} (modelled)", server.country())
    } else {
        format!(" of {last}, {}", server.country())
    };
    let chosen = settled_ui(ui, "Number of the key server", f64::from(server.number()), |value| {
        DragValue::new(value)
            .range(first..=last)
            .speed(0.2)
            .max_decimals(0)
            .prefix("Key server ")
            .suffix(about)
    });
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 1 to 73")]
    if let Some(Ok(chosen)) = chosen.map(|chosen| KeyServer::new(chosen.round() as u8)) {
        *server = chosen;
    }
}

/// Draws a field for a number, and gives its value once it is settled: not while it is dragged or typed.
fn settled_ui(
    ui: &mut Ui,
    name: &str,
    now: f64,
    field: impl FnOnce(&mut f64) -> DragValue<'_>,
) -> Option<f64> {
    let id = ui.scope_id().with(name);
    let mut value = ui.data(|data| data.get_temp(id)).unwrap_or(now);
    let response = ui.add(field(&mut value)).on_hover_text(name).accessible_name(name);
    if response.changed() {
        ui.data_mut(|data| data.insert_temp(id, value));
    }
    if response.dragged() || response.has_focus() {
        return None;
    }
    let settled: f64 = ui.data_mut(|data| data.remove_temp(id))?;
    (settled.to_bits() != now.to_bits()).then_some(settled)
}

fn observers_ui(ui: &mut Ui, source: &CallSource) {
    // While it is made there is nothing to say.
    let Some(built) = source.known() else { return };
    ui.separator();
    let text = format!("What each has of {}'s video and sound, by trying", source.call().settings.name(0));
    ui.label(RichText::new(text).family(theme::semibold()));
    for row in built.rows() {
        let observer = row.observer.title();
        ui.label(format!("{observer}: video {}, audio {}", row.video, row.audio));
        ui.colored_label(theme::palette(ui).weak, RichText::new(&row.why).size(12.5));
    }
}
