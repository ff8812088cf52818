//! Paints the network of a call at a moment: links with packets, keys on their way, and stations.

use std::sync::Arc;

use eframe::egui::{
    Align2, CornerRadius, FontId, Painter, Pos2, Rect, Response, Role, Sense, Shape, Stroke, Ui, Vec2,
    WidgetInfo, pos2, vec2,
};

use super::moment::CallMoment;
use super::network_layout::NetworkLayout;
use super::signs::{self, key_colour, packet_colour};
use super::station_ui::StationText;
use super::travel;
use crate::call::{KeyScope, KeyTransfer, Link, MediaKind, Recording, Station};
use crate::gui::model::call_view::{Command as View, Details};
use crate::gui::model::command::Command;
use crate::gui::widgets::{icons, theme};
use crate::media::rtp::CallMedia;

/// Height of the legend, in points.
const LEGEND: f32 = 18.0;

/// The distance of each direction from the middle of a link, in points.
const ASIDE: f32 = 4.5;

/// Where along a link its button is: that of the first party's link leaves room for the listener.
const BUTTON_ALONG: [f32; 2] = [0.74, 0.34];

/// From this length of a link there is room for both directions in its button, in points.
const LONG: f32 = 240.0;

/// How far from a link a click is one on it, in points.
const NEAR: f32 = 12.0;

/// How far the ways of keys from end to end bend, as a share of the height.
const BEND: f32 = 0.42;

/// A call at a moment, and where its stations stand.
pub(super) struct Diagram<'a> {
    moment: CallMoment<'a>,
    layout: NetworkLayout,
    recording: Option<Arc<Recording>>,
    area: Rect,
    moves: bool,
}

impl<'a> Diagram<'a> {
    /// A call at a moment, in an area of the window. Without `moves`, dots and keys stay in their places.
    pub(super) fn of(
        area: Rect,
        moment: CallMoment<'a>,
        recording: Option<Arc<Recording>>,
        moves: bool,
    ) -> Self {
        let layout = NetworkLayout::of(area.with_max_y(area.bottom() - LEGEND), &moment.call.settings);
        Self { moment, layout, recording, area, moves }
    }

    /// Paints the diagram and takes clicks on its parts; `ground` is what lies behind them.
    pub(super) fn diagram_ui(&self, ui: &mut Ui, ground: &Response, commands: &mut Vec<Command>) {
        let painter = ui.painter().with_clip_rect(self.area.expand(4.0));
        self.paint_key_ways(ui, &painter);
        for party in self.linked() {
            self.paint_link(ui, &painter, party);
        }
        self.paint_listener(ui, &painter);
        self.paint_keys(ui, &painter);
        self.stations_ui(ui, commands);
        for party in self.linked() {
            self.link_button_ui(ui, party, commands);
        }
        self.paint_legend(ui, &painter);
        self.click_ground(ground, commands);
    }

    /// The parties whose links are drawn.
    fn linked(&self) -> impl Iterator<Item = usize> {
        (0..self.moment.call.settings.parties.len()).filter(|&party| self.layout.has(Station::Party(party)))
    }

    /// The faint ways by which keys of the meeting travel.
    fn paint_key_ways(&self, ui: &Ui, painter: &Painter) {
        let stroke = Stroke::new(1.0, theme::palette(ui).line);
        for transfer in self.moment.transfers.iter().filter(|transfer| transfer.scope == KeyScope::Meeting) {
            painter.extend(Shape::dashed_line(
                &self.layout.way(transfer.from, transfer.to),
                stroke,
                4.0,
                4.0,
            ));
        }
    }

    /// A link with its packets: those from the party on one side, those to it on the other.
    fn paint_link(&self, ui: &Ui, painter: &Painter, party: usize) {
        let palette = theme::palette(ui);
        let ends = self.layout.link(party);
        let is_chosen = self.moment.details == Some(Details::Link(party));
        let colour = if is_chosen { palette.accent } else { palette.line };
        let aside = aside(ends);
        for side in [-1.0, 1.0] {
            let line = ends.map(|end| end + aside * side);
            if self.moment.is_present(party) {
                painter.line_segment(line, Stroke::new(if is_chosen { 2.0 } else { 1.2 }, colour));
            } else {
                painter.extend(Shape::dotted_line(&line, colour, 6.0, 0.8));
            }
        }
        let Some(recording) = &self.recording else { return };
        for (link, side) in [(Link::up(party), -1.0), (Link::down(party), 1.0)] {
            for dot in travel::dots(recording, link, self.moment.secs, self.moves) {
                let along = if side < 0.0 { dot.along } else { 1.0 - dot.along };
                let at = between(ends, along) + aside * side;
                painter.circle_filled(at, radius(dot.bytes), packet_colour(dot.kind));
            }
        }
    }

    /// What joins the listener, and a party that has left, to the first party's link.
    fn paint_listener(&self, ui: &Ui, painter: &Painter) {
        let colour = theme::palette(ui).edge;
        let wire = self.layout.wire;
        let [party, server] = self.layout.link(0);
        let tap = pos2(wire.center().x.clamp(party.x, server.x), party.y + ASIDE);
        painter.extend(Shape::dotted_line(&[tap, pos2(tap.x, wire.top())], colour, 4.0, 1.0));
        let leaver = self.moment.call.settings.leaver();
        if !self.moment.is_present(leaver) && self.layout.has(Station::Party(leaver)) {
            // Below everything else.
            let from = self.layout.place(Station::Party(leaver));
            let (left, y) = (wire.right(), wire.bottom() - 6.0);
            let corner = pos2(from.left() - 10.0, y);
            painter.extend(Shape::dotted_line(
                &[from.left_center(), corner, pos2(left, y)],
                colour,
                5.0,
                1.0,
            ));
        }
    }

    /// Keys on their way.
    fn paint_keys(&self, ui: &Ui, painter: &Painter) {
        let palette = theme::palette(ui);
        for transfer in &self.moment.transfers {
            let Some(along) = travel::key_along(transfer, self.moment.secs, self.moves) else { continue };
            let at = self.key_at(transfer, along);
            let colour = key_colour(palette, transfer.scope);
            painter.circle_filled(at, 11.0, palette.bar);
            signs::paint_key(painter, at, 18.0, colour);
        }
    }

    /// Where a key is: keys from end to end pass the media server by.
    fn key_at(&self, transfer: &KeyTransfer, along: f32) -> Pos2 {
        let ends = self.layout.way(transfer.from, transfer.to);
        let straight = between(ends, along);
        if transfer.scope != KeyScope::EndToEnd {
            return straight;
        }
        let bent = self.area.height() * BEND * 4.0 * along * (1.0 - along);
        pos2(straight.x, (straight.y + bent).min(self.area.bottom() - 12.0))
    }

    /// A button on a link with its rate, which shows its packets.
    fn link_button_ui(&self, ui: &mut Ui, party: usize, commands: &mut Vec<Command>) {
        let palette = theme::palette(ui);
        let ends = self.layout.link(party);
        let is_long = (ends[1].x - ends[0].x).abs() > LONG;
        let along = match party {
            _ if !is_long => 0.5,
            0 => BUTTON_ALONG[0],
            _ => BUTTON_ALONG[1],
        };
        let text = self.rate(party, is_long);
        let galley = ui.painter().layout_no_wrap(text.clone(), FontId::proportional(11.5), palette.weak);
        let rect = Rect::from_center_size(between(ends, along), galley.size() + vec2(12.0, 5.0));
        let name = self.moment.call.settings.name(party);
        let response = ui.interact(rect, ui.scope_id().with(("link", party)), Sense::click());
        let is_chosen = self.moment.details == Some(Details::Link(party));
        response.widget_info(|| {
            WidgetInfo::selected(Role::Button, true, is_chosen, format!("Packets on {name}'s link: {text}"))
        });
        let is_lit = response.hovered() || response.has_focus() || is_chosen;
        let fill = if is_lit { palette.control_hovered } else { palette.control };
        ui.painter().rect_filled(rect, CornerRadius::same(7), fill);
        let colour = if is_lit { palette.text } else { palette.weak };
        let pos = rect.center() - galley.size() / 2.0;
        ui.painter().galley_with_override_text_color(pos, galley, colour);
        icons::focus_ui(ui, &response, rect, 7);
        if response.on_hover_text(format!("Show the packets on {name}'s link")).clicked() {
            commands.push(Command::Call(View::Show(Details::Link(party))));
        }
    }

    /// The rates of a link in words, in both directions where there is room.
    fn rate(&self, party: usize, is_roomy: bool) -> String {
        let Some(recording) = &self.recording else { return "packets".into() };
        let [up, down] = [Link::up(party), Link::down(party)]
            .map(|link| travel::bits_per_sec(recording, link, self.moment.secs) / 1e6);
        if is_roomy {
            format!("↑ {up:.1} ↓ {down:.1} Mbit/s")
        } else {
            format!("{:.1} Mbit/s", up + down)
        }
    }

    fn stations_ui(&self, ui: &mut Ui, commands: &mut Vec<Command>) {
        for (station, rect) in self.layout.stations() {
            StationText::of(&self.moment, station).station_ui(ui, (self.moment.details, rect), commands);
        }
        StationText::of_wire(&self.moment).station_ui(ui, (self.moment.details, self.layout.wire), commands);
        if let Some((rect, count)) = self.layout.folded {
            let palette = theme::palette(ui);
            let text = format!("and {count} more");
            let font = FontId::proportional(12.5);
            ui.painter().text(rect.center(), Align2::CENTER_CENTER, text, font, palette.weak);
        }
    }

    /// What dots and keys mean, in the lowest line.
    fn paint_legend(&self, ui: &Ui, painter: &Painter) {
        let palette = theme::palette(ui);
        let font = FontId::proportional(11.5);
        let mut at = pos2(self.area.left(), self.area.bottom() - LEGEND / 2.0 + 2.0);
        let text = |at: &mut Pos2, text: &str| {
            let rect = painter.text(*at, Align2::LEFT_CENTER, text, font.clone(), palette.weak);
            at.x = rect.right() + 14.0;
        };
        for (kind, name) in [(MediaKind::Video, "video"), (MediaKind::Audio, "sound")] {
            painter.circle_filled(at + vec2(5.0, 0.0), 4.0, packet_colour(kind));
            at.x += 14.0;
            text(&mut at, name);
        }
        let mut scopes: Vec<KeyScope> = self.moment.transfers.iter().map(|transfer| transfer.scope).collect();
        scopes.sort_unstable();
        scopes.dedup();
        for scope in scopes {
            signs::paint_key(painter, at + vec2(8.0, 0.0), 15.0, key_colour(palette, scope));
            at.x += 21.0;
            text(&mut at, signs::key_name(scope));
        }
        let dots = "A dot is the packets of 0.2 s: the larger, the more bytes.";
        let first = "Of uncompressed media the first party's packets are shown.";
        for note in
            [Some(dots), (self.moment.call.media == CallMedia::Raw).then_some(first)].into_iter().flatten()
        {
            let width = painter.layout_no_wrap(note.into(), font.clone(), palette.weak).size().x;
            if at.x + width < self.area.right() {
                text(&mut at, note);
            }
        }
    }

    /// A click near a link shows its packets; one on nothing closes the details.
    fn click_ground(&self, ground: &Response, commands: &mut Vec<Command>) {
        let Some(pos) = ground.interact_pointer_pos().filter(|_| ground.clicked()) else { return };
        let distance = |party: &usize| distance(self.layout.link(*party), pos);
        let nearest = self.linked().min_by(|one, other| distance(one).total_cmp(&distance(other)));
        match nearest.filter(|party| distance(party) < NEAR) {
            Some(party) => commands.push(Command::Call(View::Show(Details::Link(party)))),
            None if self.moment.details.is_some() => commands.push(Command::Call(View::CloseDetails)),
            None => {}
        }
    }
}

/// A point between two others.
fn between([from, to]: [Pos2; 2], along: f32) -> Pos2 {
    from + (to - from) * along
}

/// From the middle of a link to one of its directions.
fn aside([from, to]: [Pos2; 2]) -> Vec2 {
    // To the same side, whichever way the link runs.
    let way = if to.x >= from.x { to - from } else { from - to };
    way.normalized().rot90() * -ASIDE
}

/// The radius of a dot of so many bytes, in points: it grows by as much with each doubling.
fn radius(bytes: usize) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "a size on screen")]
    let doublings = (bytes as f32 / 100.0).max(1.0).log2();
    (1.6 + 0.42 * doublings).min(7.0)
}

/// The distance of a point from a straight way.
fn distance([from, to]: [Pos2; 2], pos: Pos2) -> f32 {
    let way = to - from;
    let along = ((pos - from).dot(way) / way.length_sq().max(1.0)).clamp(0.0, 1.0);
    (from + way * along - pos).length()
}
