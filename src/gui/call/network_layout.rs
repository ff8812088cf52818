//! Where the stations of a call stand in its diagram.

#![expect(clippy::cast_precision_loss, reason = "stations in a window")]

use eframe::egui::{Pos2, Rect, Vec2, pos2, vec2};

use crate::call::{CallSettings, Station};

/// Width and height of a station, in points.
const STATION: Vec2 = vec2(172.0, 42.0);

/// Least space between two stations of a column, in points.
const GAP: f32 = 7.0;

/// The stations of a diagram.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct NetworkLayout {
    stations: Vec<(Station, Rect)>,
    /// The listener on the first party's link.
    pub wire: Rect,
    /// The place of those for whom there is no room, and how many they are.
    pub folded: Option<(Rect, usize)>,
}

impl NetworkLayout {
    /// Lays out the parties of a call in an area: the first party at the left, the servers in the middle, the other
    /// parties and the waiting room at the right.
    pub(super) fn of(area: Rect, settings: &CallSettings) -> Self {
        // Three stations stand one above the other: key server, media server, listener.
        let height = STATION.y.min((area.height() - 2.0 * GAP) / 3.0);
        let size = vec2(STATION.x.min(area.width() * 0.24), height);
        let centred = |x: f32, y: f32| Rect::from_center_size(pos2(x, y), size);
        let left = area.left() + size.x / 2.0;
        let right = area.right() - size.x / 2.0;
        let top = area.top() + size.y / 2.0;
        let bottom = area.bottom() - size.y / 2.0;
        let step = size.y + GAP;
        let y = (area.top() + 0.6 * area.height()).clamp(top + step, (bottom - step).max(top + step));
        let mut stations = vec![
            (Station::Party(0), centred(left, y)),
            (Station::MediaServer, centred(area.center().x, y)),
            (Station::KeyServer, centred(area.center().x, top)),
        ];
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few")]
        let room = ((area.height() + GAP) / (size.y + GAP)) as usize;
        let others: Vec<usize> = (1..settings.parties.len()).collect();
        let shown = shown(&others, settings.leaver(), room.saturating_sub(1));
        let is_folded = shown.len() < others.len();
        let rows = shown.len() + usize::from(is_folded) + 1;
        let row = |at: usize| {
            let share = if rows > 1 { at as f32 / (rows - 1) as f32 } else { 0.5 };
            centred(right, top + share * (bottom - top))
        };
        stations.extend(shown.iter().enumerate().map(|(at, &party)| (Station::Party(party), row(at))));
        stations.push((Station::WaitingRoom, row(rows - 1)));
        let folded = is_folded.then(|| (row(rows - 2), others.len() - shown.len()));
        let wire = centred(area.left() + 0.28 * area.width(), bottom);
        Self { stations, wire, folded }
    }

    /// The stations and where they stand, in order.
    pub(super) fn stations(&self) -> impl Iterator<Item = (Station, Rect)> {
        self.stations.iter().copied()
    }

    /// Where a station stands. Parties without room stand together.
    pub(super) fn place(&self, station: Station) -> Rect {
        let found = self.stations.iter().find(|(other, _)| *other == station);
        let folded = self.folded.map(|(rect, _)| rect);
        found.map(|(_, rect)| *rect).or(folded).unwrap_or(self.wire)
    }

    /// True if a party has a place of its own.
    pub(super) fn has(&self, station: Station) -> bool {
        self.stations.iter().any(|(other, _)| *other == station)
    }

    /// The ends of the link between a party and the media server, the party's first.
    pub(super) fn link(&self, party: usize) -> [Pos2; 2] {
        let (one, server) = (self.place(Station::Party(party)), self.place(Station::MediaServer));
        ends(one, server)
    }

    /// The ends of the straight way between two stations.
    pub(super) fn way(&self, from: Station, to: Station) -> [Pos2; 2] {
        ends(self.place(from), self.place(to))
    }
}

/// The parties that are shown of all, if there is room for `room` of them: the participant and who leaves in any case.
fn shown(others: &[usize], leaver: usize, room: usize) -> Vec<usize> {
    if others.len() <= room.max(1) {
        return others.to_vec();
    }
    // One place is for those that are not shown.
    let mut shown: Vec<usize> = others.iter().copied().take(room.saturating_sub(1).max(1)).collect();
    if !shown.contains(&leaver) && shown.len() > 1 {
        shown.pop();
        shown.push(leaver);
    }
    shown
}

/// The points at the edges of two stations that face each other.
fn ends(one: Rect, other: Rect) -> [Pos2; 2] {
    if (one.center().x - other.center().x).abs() < 1.0 {
        let is_above = one.center().y < other.center().y;
        return if is_above {
            [one.center_bottom(), other.center_top()]
        } else {
            [one.center_top(), other.center_bottom()]
        };
    }
    let is_left = one.center().x < other.center().x;
    if is_left {
        [one.right_center(), other.left_center()]
    } else {
        [one.left_center(), other.right_center()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::Party;
    use crate::media::Source;

    fn call(parties: usize) -> CallSettings {
        let party = |at| Party { name: format!("p{at}"), source: Source::Demo };
        CallSettings { parties: (0..parties).map(party).collect(), ..CallSettings::default() }
    }

    #[test]
    fn stations_overlap_in_no_diagram() {
        for size in [vec2(1240.0, 190.0), vec2(560.0, 170.0), vec2(856.0, 156.0), vec2(900.0, 260.0)] {
            for parties in [2, 3, 4, 7, 16] {
                let area = Rect::from_min_size(pos2(10.0, 20.0), size);
                let layout = NetworkLayout::of(area, &call(parties));
                let mut rects: Vec<Rect> = layout.stations().map(|(_, rect)| rect).collect();
                rects.extend([layout.wire]);
                rects.extend(layout.folded.map(|(rect, _)| rect));
                for (at, one) in rects.iter().enumerate() {
                    assert!(area.expand(0.5).contains_rect(*one), "{size} {parties}: {one:?}");
                    for other in &rects[..at] {
                        assert!(!one.shrink(0.5).intersects(*other), "{size} {parties}: {one:?} {other:?}");
                    }
                }
                assert!(layout.has(Station::Party(1)), "the participant has a place");
                let all = layout.stations.len() - 4 + layout.folded.map_or(0, |(_, count)| count);
                assert_eq!(all, parties - 1);
            }
        }
    }

    #[test]
    fn links_begin_and_end_at_their_stations() {
        let area = Rect::from_min_size(pos2(0.0, 0.0), vec2(1000.0, 200.0));
        let layout = NetworkLayout::of(area, &call(3));
        let [party, server] = layout.link(0);
        assert!(
            party.x < server.x && (party.y - server.y).abs() < 1e-3,
            "the first party stands at the left"
        );
        let [party, server] = layout.link(1);
        assert!(party.x > server.x);
        let [from, to] = layout.way(Station::KeyServer, Station::MediaServer);
        assert!(from.y < to.y && (from.x - to.x).abs() < 1e-3);
    }
}
