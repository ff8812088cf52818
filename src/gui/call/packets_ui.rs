//! The packets on a link: how many bytes each stream has over time, and a list with what is clear and what is encrypted.

use eframe::egui::text::LayoutJob;
use eframe::egui::{
    Align2, Color32, FontId, Label, Rect, RichText, ScrollArea, Sense, Stroke, TextFormat, Ui, pos2, vec2,
};

use super::signs::packet_colour;
use super::title_ui::title_ui;
use crate::call::{
    CallSource, Direction, Link, MediaKind, PlannedCall, RecordedPacket, Recording, StreamId, key_labels,
};
use crate::gui::model::call_view::{CallView, Command as View};
use crate::gui::model::command::Command;
use crate::gui::widgets::theme;
use crate::text::numbers::thousands;
use crate::wire::rtp::Packet;

/// Bytes of a payload that are shown in the list.
const SHOWN_BYTES: usize = 16;

/// The step of the chart, in nanoseconds.
const STEP_NANOS: u64 = 100_000_000;

/// Height of a stream in the chart, in points, and the most streams in it.
const CHART_ROW: f32 = 17.0;
const MOST_CHARTED: usize = 4;

/// Width of the names in the chart, in points.
const NAMES: f32 = 92.0;

/// Draws the packets on the link of a party: those from it, then those to it, at the moment that is shown.
pub(super) fn packets_ui(
    ui: &mut Ui,
    source: &CallSource,
    (party, secs): (usize, f64),
    (view, is_playing): (CallView, bool),
    commands: &mut Vec<Command>,
) {
    let call = source.call();
    let name = call.settings.name(party);
    let Some(recording) = source.known_recording() else {
        title_ui(ui, &format!("{name}'s link"), commands);
        ui.label("The packets of all parties are made …");
        return;
    };
    let links = [Link::up(party), Link::down(party)];
    let [up, down] = links.map(|link| recording.on(link).len() as u64);
    title_ui(
        ui,
        &format!("{name}'s link: {} packets to the media server, {} from it", thousands(up), thousands(down)),
        commands,
    );
    chart_ui(ui, call, (&recording, links), secs);
    ui.horizontal(|ui| {
        let palette = theme::palette(ui);
        ui.label(RichText::new("RTP header, clear").size(11.5).color(palette.text));
        ui.label(RichText::new("payload, encrypted").size(11.5).color(palette.weak));
        ui.label(RichText::new("  time · stream · number · bytes").size(11.5).color(palette.weak));
    });
    list_ui(ui, call, (&recording, party), (secs, view, is_playing), commands);
}

/// Draws the list of the packets of both directions by time. While the call plays, it follows; paused, it can be scrolled.
fn list_ui(
    ui: &mut Ui,
    call: &PlannedCall,
    (recording, party): (&Recording, usize),
    (secs, view, is_playing): (f64, CallView, bool),
    commands: &mut Vec<Command>,
) {
    let chosen = view.packet.and_then(|at| recording.of_party(party, at));
    if let Some((link, packet)) = chosen {
        details_ui(ui, call, link, packet);
    }
    let height = 17.0;
    ui.spacing_mut().item_spacing.y = 0.0;
    let now = super::travel::nanos(secs);
    // The packets of both directions that came before.
    let before_now = [Link::up(party), Link::down(party)].map(|link| recording.count_before(link, now));
    let first: usize = before_now.into_iter().sum();
    let moment_id = ui.scope_id().with("moment of the list");
    let before: Option<u64> = ui.data(|data| data.get_temp(moment_id));
    let mut area = ScrollArea::vertical().id_salt("packets").auto_shrink([false, false]);
    if is_playing || before != Some(now) {
        #[expect(clippy::cast_precision_loss, reason = "a list on screen")]
        let offset = first as f32 * height;
        area = area.vertical_scroll_offset(offset);
        ui.data_mut(|data| data.insert_temp(moment_id, now));
    }
    area.show_rows(ui, height, recording.count_of_party(party), |ui, rows| {
        for at in rows {
            let Some((link, packet)) = recording.of_party(party, at) else { continue };
            let is_chosen = view.packet == Some(at);
            let text = row_text(ui, call, (link, packet), is_chosen);
            let response = ui.add(Label::new(text).extend().sense(Sense::click()));
            if response.clicked() {
                commands.push(Command::Call(View::ShowPacket(at)));
            }
        }
    });
}

/// `4.033 ↑ alice video 65012 1184 B`, the header, the first bytes of the payload.
fn row_text(
    ui: &Ui,
    call: &PlannedCall,
    (link, packet): (Link, &RecordedPacket),
    is_chosen: bool,
) -> LayoutJob {
    let palette = theme::palette(ui);
    let arrow = if link.direction == Direction::Up { "↑" } else { "↓" };
    let stream = stream_name(call, packet.stream);
    let number = Packet::parse(&packet.first).map_or(0, |packet| packet.sequence());
    let secs = packet.time as f64 / 1e9;
    let mut job = LayoutJob::default();
    let mut add = |text: String, colour: Color32, is_mono: bool| {
        let font = if is_mono { FontId::monospace(11.0) } else { FontId::proportional(11.5) };
        job.append(&text, 0.0, TextFormat::simple(font, colour));
    };
    let text = if is_chosen { palette.accent } else { palette.text };
    add(format!("{secs:>7.3} {arrow} "), palette.weak, true);
    add(format!("{stream:<12} "), packet_colour(packet.stream.kind), true);
    add(format!("{number:>5} {:>5}  ", packet.size), text, true);
    let (header, payload) = split(&packet.first);
    add(hex::encode(header), text, true);
    add(format!(" {}…", hex::encode(&payload[..payload.len().min(SHOWN_BYTES)])), palette.weak, true);
    job
}

/// A packet's header and the part of its payload that was kept.
fn split(first: &[u8]) -> (&[u8], &[u8]) {
    match Packet::parse(first) {
        Ok(packet) => (packet.header(), packet.body()),
        Err(_) => (&[], first),
    }
}

fn stream_name(call: &PlannedCall, stream: StreamId) -> String {
    let kind = if stream.kind == MediaKind::Audio { "sound" } else { "video" };
    format!("{} {kind}", call.settings.name(stream.party))
}

/// The fields of a packet's header, and with which keys its payload is encrypted.
fn details_ui(ui: &mut Ui, call: &PlannedCall, link: Link, recorded: &RecordedPacket) {
    let Ok(packet) = Packet::parse(&recorded.first) else { return };
    let ends = link.ends(recorded.stream);
    let marker = if packet.marker() { "marker set" } else { "no marker" };
    let header = format!(
        "UDP {} → {}. RTP: payload type {}, {marker}, sequence number {}, timestamp {}, SSRC {}.",
        ends.0,
        ends.1,
        packet.payload_type(),
        packet.sequence(),
        packet.timestamp(),
        packet.ssrc(),
    );
    let labels = key_labels(&call.settings, call.protection, (link, recorded.stream), recorded.is_renewed);
    let payload = format!(
        "{} bytes after the header, {} with the key {}.",
        recorded.size - packet.header().len(),
        call.protection,
        labels.join(", then "),
    );
    for text in [header, payload] {
        ui.add(Label::new(RichText::new(text).size(12.0)).wrap());
    }
    let (_, body) = split(&recorded.first);
    let bytes = hex::encode(body);
    let text = RichText::new(bytes).font(FontId::monospace(11.0)).color(theme::palette(ui).weak);
    ui.add(Label::new(text).wrap());
}

/// Draws bytes over time of the streams on a link, sound first: who speaks shows in the sizes under every protection.
fn chart_ui(ui: &mut Ui, call: &PlannedCall, (recording, links): (&Recording, [Link; 2]), secs: f64) {
    let mut streams: Vec<(Link, StreamId)> = Vec::new();
    for kind in [MediaKind::Audio, MediaKind::Video] {
        for link in links {
            for party in 0..call.settings.parties.len() {
                let is_own = party == link.party;
                if is_own == (link.direction == Direction::Up) {
                    streams.push((link, StreamId { party, kind }));
                }
            }
        }
    }
    let charted: Vec<(StreamId, Vec<u64>)> = streams
        .into_iter()
        .map(|(link, stream)| (stream, recording.bytes_over_time(link, stream, STEP_NANOS)))
        .filter(|(_, bytes)| !bytes.is_empty())
        .take(MOST_CHARTED)
        .collect();
    let palette = theme::palette(ui);
    #[expect(clippy::cast_precision_loss, reason = "a chart on screen")]
    let height = CHART_ROW * charted.len() as f32;
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    let plot = rect.with_min_x(rect.left() + NAMES);
    let steps = call.settings.duration_secs * 1e9 / STEP_NANOS as f64;
    for (at, (stream, bytes)) in charted.iter().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "a chart on screen")]
        let row = Rect::from_min_size(
            pos2(rect.left(), rect.top() + at as f32 * CHART_ROW),
            vec2(rect.width(), CHART_ROW),
        );
        let name = stream_name(call, *stream);
        let painter = ui.painter();
        painter.text(row.left_center(), Align2::LEFT_CENTER, name, FontId::proportional(11.5), palette.weak);
        let most = bytes.iter().copied().max().unwrap_or(1).max(1);
        #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "a chart on screen")]
        for (step, &bytes) in bytes.iter().enumerate() {
            let width = plot.width() / steps as f32;
            let left = plot.left() + step as f32 * width;
            let high = (CHART_ROW - 3.0) * bytes as f32 / most as f32;
            let bar = Rect::from_min_max(
                pos2(left, row.bottom() - high),
                pos2(left + (width - 0.5).max(0.8), row.bottom()),
            );
            painter.rect_filled(bar, 0.0, packet_colour(stream.kind));
        }
    }
    #[expect(clippy::cast_possible_truncation, reason = "a chart on screen")]
    let x = plot.left() + plot.width() * (secs / call.settings.duration_secs).clamp(0.0, 1.0) as f32;
    ui.painter().vline(x, rect.y_range(), Stroke::new(1.5, palette.text));
}
