//! The occurrences of a block along the timeline: one row per ciphertext, with a bar for each frame that holds the
//! block. The height of a bar grows with the count.
//!
//! A film has more frames than the window has columns, so the bars are computed only when the search has new counts.

#![expect(clippy::cast_precision_loss, reason = "rows in a window")]

use eframe::egui::{Color32, Mesh, Rect, Ui, pos2};

use super::block_occurrences::BlockCounts;
use super::kept_mesh::KeptMesh;
use crate::crypto::Scheme;
use crate::gui::model::inspector::Sought;
use crate::gui::widgets::theme;
use crate::media::Index;
use crate::units::FrameIndex;

/// The largest and the smallest height of a row, in points.
const ROW: [f32; 2] = [12.0, 3.0];

/// Space between rows, in points.
const GAP: f32 = 2.0;

/// Space below the last row, in points.
const BELOW: f32 = 4.0;

/// The rows of a timeline.
#[derive(Clone, Copy, Debug)]
pub struct Occurrences<'a> {
    /// The scheme of each row, from the top.
    pub schemes: &'a [Scheme],
    /// The results of the search, where a block is searched.
    pub counts: Option<&'a BlockCounts>,
    /// The most height for all rows, in points.
    pub room: f32,
}

impl Occurrences<'_> {
    /// The height of all rows, in points.
    #[must_use]
    pub fn height(self) -> f32 {
        let rows = self.schemes.len() as f32;
        if self.schemes.is_empty() { 0.0 } else { rows * (self.row() + GAP) - GAP + BELOW }
    }

    fn row(self) -> f32 {
        let share = (self.room + GAP - BELOW) / self.schemes.len().max(1) as f32 - GAP;
        share.floor().clamp(ROW[1], ROW[0])
    }

    /// The occurrences in a frame under each scheme, where they are known, with the scheme's colour.
    pub fn counts(self, frame: FrameIndex) -> impl Iterator<Item = (Scheme, Color32, u32)> {
        let counts = self.counts;
        let at = usize::try_from(frame.0).ok();
        self.schemes.iter().enumerate().filter_map(move |(row, &scheme)| {
            let count = counts?.row(scheme)?.get(at?).copied().flatten()?;
            Some((scheme, theme::colour(row), count))
        })
    }
}

/// The painted rows.
#[derive(Debug, Default)]
pub struct Painted(KeptMesh<Key>);

#[derive(Clone, Copy, Debug, PartialEq)]
struct Key {
    sought: Sought,
    noted: u64,
    frames: u64,
    area: Rect,
    rows: usize,
}

impl Painted {
    /// Draws the rows into `area`; `x_at` gives the position of a time in seconds.
    pub fn paint(
        &mut self,
        ui: &Ui,
        area: Rect,
        occurrences: Occurrences<'_>,
        index: &Index,
        x_at: impl Fn(f64) -> f32,
    ) {
        let palette = theme::palette(ui);
        for row in rows(area, occurrences) {
            ui.painter().rect_filled(row, 2.0, palette.card);
        }
        let Some(counts) = occurrences.counts else { return };
        let key = Key {
            sought: counts.sought,
            noted: counts.noted,
            frames: index.frames(),
            area,
            rows: occurrences.schemes.len(),
        };
        ui.painter().add(self.0.shape(key, || bars(area, occurrences, counts, index, x_at)));
    }
}

fn rows(area: Rect, occurrences: Occurrences<'_>) -> impl Iterator<Item = Rect> {
    let height = occurrences.row();
    (0..occurrences.schemes.len()).map(move |row| {
        let top = area.top() + row as f32 * (height + GAP);
        area.with_min_y(top).with_max_y(top + height)
    })
}

/// The bars of all rows.
fn bars(
    area: Rect,
    occurrences: Occurrences<'_>,
    counts: &BlockCounts,
    index: &Index,
    x_at: impl Fn(f64) -> f32,
) -> Mesh {
    let mut mesh = Mesh::default();
    for (at, (row, &scheme)) in rows(area, occurrences).zip(occurrences.schemes).enumerate() {
        let Some(counts) = counts.row(scheme) else { continue };
        let most = counts.iter().flatten().max().copied().unwrap_or(0);
        for bar in columns(counts, most, index, &x_at) {
            let height = (2.0 + bar.share * (row.height() - 2.0)).min(row.height());
            let rect = Rect::from_min_max(pos2(bar.from, row.bottom() - height), pos2(bar.to, row.bottom()));
            mesh.add_colored_rect(rect, theme::colour(at));
        }
    }
    mesh
}

/// A bar: its left and right end in points, and its height from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Bar {
    from: f32,
    to: f32,
    share: f32,
}

/// The bars, on whole points. Of frames that share a point, the one with the most occurrences counts.
fn columns(counts: &[Option<u32>], most: u32, index: &Index, x_at: impl Fn(f64) -> f32) -> Vec<Bar> {
    let mut bars: Vec<Bar> = Vec::new();
    for (frame, count) in (0..).map(FrameIndex).zip(counts) {
        let (Some(count), Some(secs)) = (count.filter(|&count| count > 0), index.time_secs(frame)) else {
            continue;
        };
        let end_secs = index.time_secs(frame.next()).unwrap_or(index.duration_secs());
        let from = x_at(secs).floor();
        let to = x_at(end_secs).floor().max(from + 1.0);
        #[expect(clippy::cast_possible_truncation, reason = "a share from 0 to 1")]
        let share = (f64::from(count).ln_1p() / f64::from(most.max(1)).ln_1p()) as f32;
        match bars.last_mut() {
            Some(last) if from < last.to => last.share = last.share.max(share),
            _ => bars.push(Bar { from, to, share }),
        }
    }
    // Neighbours of equal height are joined.
    bars.dedup_by(|bar, last| {
        let goes_on = bar.from <= last.to && last.share.total_cmp(&bar.share).is_eq();
        last.to = if goes_on { bar.to } else { last.to };
        goes_on
    });
    bars
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A scale of this many points per second.
    #[expect(clippy::cast_possible_truncation, reason = "small numbers")]
    fn at(points: f32) -> impl Fn(f64) -> f32 {
        move |secs| secs as f32 * points
    }

    fn index(frames: u32) -> Index {
        Index::new((0..frames).map(f64::from).collect(), f64::from(frames), vec![FrameIndex(0)])
    }

    fn scheme(name: &str) -> Scheme {
        name.parse().expect("a scheme")
    }

    #[test]
    fn a_bar_spans_its_frame_and_equal_neighbours_are_joined() {
        let counts = [Some(7), Some(7), Some(0), None, Some(1)];
        let bars = columns(&counts, 7, &index(10), at(5.0));
        let of = |bar: &Bar| (bar.from, bar.to, bar.share > 0.99);
        assert_eq!(bars.iter().map(of).collect::<Vec<_>>(), [(0.0, 10.0, true), (20.0, 25.0, false)]);
    }

    #[test]
    fn of_many_frames_in_one_column_the_highest_count_is_drawn() {
        let mut counts = vec![Some(1); 1000];
        counts[505] = Some(100);
        let bars = columns(&counts, 100, &index(1000), at(0.01));
        assert_eq!(bars.len(), 3, "{bars:?}");
        assert!((bars[1].share - 1.0).abs() < 1e-6 && bars[1].to - bars[1].from <= 1.0);
    }

    #[test]
    fn twelve_rows_leave_room_for_the_panels() {
        let schemes: Vec<Scheme> = Scheme::all().take(12).collect();
        let height =
            |count: usize, room| Occurrences { schemes: &schemes[..count], counts: None, room }.height();
        assert!(height(12, 40.0) <= 64.0 && height(1, 40.0) <= 16.0 && height(0, 40.0) <= 0.0);
        assert!(height(3, 13.0) < height(3, 40.0));
    }

    #[test]
    fn the_counts_of_a_frame_are_given_for_every_scheme() {
        let schemes = [scheme("aes-128-ecb"), scheme("aes-128-gcm")];
        let mut counts = BlockCounts::of(Sought::default(), schemes.to_vec());
        counts.note(4, &[9, 0]);
        let occurrences = Occurrences { schemes: &schemes, counts: Some(&counts), room: 40.0 };
        let counts =
            |frame| occurrences.counts(FrameIndex(frame)).map(|(_, _, count)| count).collect::<Vec<_>>();
        assert_eq!((counts(4), counts(3)), (vec![9, 0], vec![]));
    }
}
