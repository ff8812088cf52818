//! The streams of an open capture, its SDP and its keys, in the settings of the source.

use eframe::egui::{DragValue, Key, RichText, ScrollArea, TextEdit, Ui, vec2};

use crate::gui::model::captured::{CaptureChange, CaptureForm, methods};
use crate::gui::model::command::Command;
use crate::gui::model::opening;
use crate::gui::widgets::theme;
use crate::media::capture::{self, CapturedStream, ListedStream};
use crate::text::numbers::thousands;

/// Height of the list of streams, in points, beyond which it scrolls.
const LIST_HEIGHT: f32 = 168.0;

/// Draws the list of streams and the fields.
pub(super) fn capture_ui(
    ui: &mut Ui,
    form: &mut CaptureForm,
    captured: &CapturedStream,
    commands: &mut Vec<Command>,
) {
    form.follow(captured, || capture::open_capture(captured));
    let mut change = |change| commands.push(Command::Open(opening::Command::ChangeCapture(change)));
    ui.colored_label(
        theme::palette(ui).weak,
        if form.streams.len() == 1 { "One stream: from, to, packets" } else { "Streams: from, to, packets" },
    );
    ScrollArea::vertical().max_height(LIST_HEIGHT).auto_shrink([false, true]).show(ui, |ui| {
        theme::compact_list(ui);
        for stream in &form.streams {
            let is_chosen = form.chosen == Some(stream.number);
            let label = ui.selectable_label(is_chosen, RichText::new(title(stream)).monospace().size(12.0));
            let label =
                label.on_hover_text(about(stream)).accessible_name(format!("Stream {}", stream.number));
            if label.clicked() && !is_chosen {
                change(CaptureChange::Stream(stream.number));
            }
        }
    });
    for (text, name, hint, made) in [
        (&mut form.sdp, "SDP file", "SDP file: a path, then Enter, or drop it here", CaptureChange::Sdp),
        (
            &mut form.keys_file,
            "Keys file",
            "Keys file: a path, then Enter, or drop it here",
            CaptureChange::KeysFile,
        ),
    ] {
        if field_ui(ui, text, name, hint, false) {
            change(made);
        }
    }
    if field_ui(
        ui,
        &mut form.key.0,
        "Key of the stream",
        "Key: hex digits, for SRTP with its salt, then Enter",
        true,
    ) {
        change(CaptureChange::Key);
    }
    ui.horizontal_wrapped(|ui| {
        theme::compact_list(ui);
        ui.spacing_mut().item_spacing.x = 2.0;
        for method in methods() {
            ui.selectable_value(&mut form.method, method, RichText::new(method.to_string()).size(12.0))
                .on_hover_text("How the packets are protected with the key");
        }
    });
    let field = DragValue::new(&mut form.first_roc).prefix("Rollover counter ").speed(0.1);
    let _ = ui
        .add(field)
        .on_hover_text("The rollover counter at the first packet of the capture; 0 unless it starts late")
        .accessible_name("Rollover counter");
}

/// Draws a field. True if Enter was pressed in it.
fn field_ui(ui: &mut Ui, text: &mut String, name: &str, hint: &str, is_secret: bool) -> bool {
    let field = TextEdit::singleline(text)
        .password(is_secret)
        .hint_text(hint)
        .margin(vec2(10.0, 6.0))
        .desired_width(f32::INFINITY);
    let response = ui.add(field).accessible_name(name);
    response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter))
}

/// `0  video  192.0.2.10 → 192.0.2.1  1,234`.
fn title(stream: &ListedStream) -> String {
    let ListedStream { number, source, destination, packets, format, .. } = stream;
    let kind = format.kind.unwrap_or("?");
    let (source, destination, packets) = (source.ip(), destination.ip(), thousands(*packets));
    format!("{number:2} {kind:5} {source} → {destination} {packets}")
}

fn about(stream: &ListedStream) -> String {
    let codec = stream.format.codec.as_deref().unwrap_or("codec not stated");
    let lost = if stream.lost > 0 { format!(", {} lost", thousands(stream.lost)) } else { String::new() };
    format!(
        "{codec}; port {} to {}, SSRC {}; {} packets{lost}, {} bytes",
        stream.source.port(),
        stream.destination.port(),
        stream.ssrc,
        thousands(stream.packets),
        thousands(stream.bytes),
    )
}
