//! What an observer sees and holds, and why its panel shows what it shows.

use eframe::egui::{RichText, ScrollArea, Ui};

use super::title_ui::title_ui;
use crate::call::{CallSource, Observer, how_keys_came, notes_on_observer, packets_seen};
use crate::gui::model::command::Command;
use crate::gui::widgets::theme;

/// The most labels of keys that are listed.
const MOST_KEYS: usize = 8;

/// Draws the details of an observer.
pub(super) fn observer_ui(ui: &mut Ui, source: &CallSource, observer: Observer, commands: &mut Vec<Command>) {
    let call = source.call();
    let (settings, protection) = (&call.settings, call.protection);
    let title = match observer {
        Observer::Participant => format!("{}: {}", observer.title(), settings.name(1)),
        Observer::Former => format!("{}: {}", observer.title(), settings.name(settings.leaver())),
        _ => observer.title().into(),
    };
    title_ui(ui, &title, commands);
    ScrollArea::vertical().id_salt("observer").auto_shrink([false, false]).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        let built = source.known();
        let row = built.as_ref().and_then(|built| built.row(observer));
        entry_ui(ui, "Sees", &packets_seen(settings, protection, observer));
        let keys = row.map_or("…".into(), |row| match &row.keys[..] {
            [] => "No key.".into(),
            keys if keys.len() > MOST_KEYS => {
                format!("{} and {} more", keys[..MOST_KEYS].join(", "), keys.len() - MOST_KEYS)
            }
            keys => keys.join(", "),
        });
        entry_ui(ui, "Keys", &keys);
        entry_ui(ui, "How", &how_keys_came(settings, protection, observer));
        if let Some(row) = row {
            entry_ui(ui, "Has", &format!("Video: {}. Sound: {}.", row.video, row.audio));
            entry_ui(ui, "Why", &row.why);
        }
        for note in notes_on_observer(settings, protection, observer) {
            ui.label(RichText::new(note).size(12.0).color(theme::palette(ui).weak));
        }
    });
}

/// A name and what belongs to it.
fn entry_ui(ui: &mut Ui, name: &str, text: &str) {
    ui.horizontal_top(|ui| {
        ui.scope(|ui| {
            ui.set_width(44.0);
            ui.label(RichText::new(name).size(13.0).color(theme::palette(ui).weak));
        });
        ui.add(eframe::egui::Label::new(RichText::new(text).size(13.0)).wrap());
    });
}
