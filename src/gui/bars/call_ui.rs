//! What a call is made of, and what its observers have, in the settings of the source.

use eframe::egui::{RichText, Ui};

use crate::call::{CallSource, EcbKeySize, PlannedCall, WaitingRoom};
use crate::gui::model::command::Command;
use crate::gui::model::opening;
use crate::gui::widgets::theme;
use crate::media::rtp::CallMedia;
use crate::wire::protection::Protection;

/// Draws the settings of a call, and below them what each observer has, with the reason.
pub(super) fn call_ui(ui: &mut Ui, source: &CallSource, commands: &mut Vec<Command>) {
    let now = source.call();
    let mut call = now.clone();
    choice_ui(ui, "Protection", &mut call.protection, Protection::ALL, |protection| {
        let modelled = if protection.is_modelled() { " (modelled)" } else { "" };
        format!("{protection}{modelled}")
    });
    choice_ui(ui, "Media", &mut call.media, CallMedia::ALL, |media| media.to_string());
    let sizes = [EcbKeySize::Bits128, EcbKeySize::Bits256];
    choice_ui(ui, "Key of one-key-ecb", &mut call.settings.ecb_key_size, sizes, |size| match size {
        EcbKeySize::Bits128 => "AES-128, as reported".into(),
        EcbKeySize::Bits256 => "AES-256, as advertised".into(),
    });
    let states = [WaitingRoom::Faulty, WaitingRoom::Fixed];
    choice_ui(ui, "The waiting room gets", &mut call.settings.waiting_room, states, |state| match state {
        WaitingRoom::Faulty => "video and keys".into(),
        WaitingRoom::Fixed => "nothing, since 7 April 2020".into(),
    });
    let leaves = now.settings.name(now.settings.last());
    theme::tick_box_ui(ui, &mut call.settings.is_renewed, &format!("New keys when {leaves} leaves, halfway"));
    if call != *now {
        commands.push(Command::Open(opening::Command::ChangeCall(Box::new(call))));
    }
    observers_ui(ui, source, now);
}

fn choice_ui<T: Copy + PartialEq>(
    ui: &mut Ui,
    title: &str,
    chosen: &mut T,
    choices: impl IntoIterator<Item = T>,
    name: impl Fn(T) -> String,
) {
    ui.colored_label(theme::palette(ui).weak, title);
    ui.horizontal_wrapped(|ui| {
        theme::compact_list(ui);
        ui.spacing_mut().item_spacing.x = 2.0;
        for choice in choices {
            ui.selectable_value(chosen, choice, RichText::new(name(choice)).size(12.5));
        }
    });
}

fn observers_ui(ui: &mut Ui, source: &CallSource, call: &PlannedCall) {
    // While it is made there is nothing to say.
    let Some(built) = source.known() else { return };
    ui.separator();
    let text = format!("What each has of {}'s video and sound, by trying", call.settings.name(0));
    ui.label(RichText::new(text).family(theme::semibold()));
    for row in built.rows() {
        let observer = row.observer.title();
        ui.label(format!("{observer}: video {}, audio {}", row.video, row.audio));
        ui.colored_label(theme::palette(ui).weak, RichText::new(&row.why).size(12.5));
    }
}
