//! The page about the program.

use eframe::egui::{Align, FontId, Frame, Id, Label, Layout as Flow, Modal, RichText, Role, Ui, WidgetInfo};

use crate::gui::model::command::Command;
use crate::gui::model::window;
use crate::gui::widgets::icons::{Icon, icon_button_ui};
use crate::gui::widgets::theme;
use crate::media;

/// The paragraphs of the page.
const WORDS: [&str; 3] = [
    "Afterimage shows what survives encryption: a video beside its ciphertext under AES-ECB and other modes, and what \
     an eavesdropper who holds only the ciphertext makes of it.",
    "It exists to show mistakes. Its default key and its nonces are known to everybody: protect nothing with it.",
    "Free software under the MIT license or the Apache License 2.0. Videos are decoded by FFmpeg (LGPL or GPL); the \
     typeface is Inter (SIL Open Font License).",
];

/// Draws the page.
#[must_use]
pub fn about_ui(ui: &Ui) -> Option<Command> {
    let palette = theme::palette(ui);
    let mut closed = false;
    let frame = Frame::window(ui.style()).inner_margin(20);
    let modal = Modal::new(Id::unique("about")).frame(frame).show(ui.ctx(), |ui| {
        ui.set_width(440.0_f32.min(ui.ctx().content_rect().width() - 80.0));
        ui.horizontal(|ui| {
            let text = concat!("Afterimage ", env!("CARGO_PKG_VERSION"));
            let title = ui.label(RichText::new(text).font(FontId::new(20.0, theme::semibold())));
            title.widget_info(|| WidgetInfo::labeled(Role::Heading, true, text));
            ui.with_layout(Flow::right_to_left(Align::Center), |ui| {
                closed = icon_button_ui(ui, Icon::Close, "Close (Esc)", false).clicked();
            });
        });
        for (at, words) in WORDS.into_iter().enumerate() {
            ui.add_space(4.0);
            let color = if at == 0 { palette.text } else { palette.weak };
            ui.add(Label::new(RichText::new(words).color(color)).wrap().selectable(true));
        }
        ui.add_space(4.0);
        let versions = RichText::new(media::ffmpeg_versions()).size(12.0).color(palette.weak);
        ui.add(Label::new(versions).wrap().selectable(true));
    });
    (closed || modal.backdrop_response.clicked()).then_some(Command::Window(window::Command::ToggleAbout))
}
