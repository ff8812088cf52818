//! The messages of the stream along the timeline: a bar for each frame, as high as the square root of its bytes, in the
//! colours of the lens `sizes`, with a mark above frames in which messages equal earlier ones.
//!
//! A film has more frames than the window has columns, so the bars are computed only when more frames are known.

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "bytes against rows in a window"
)]

use eframe::egui::{Color32, Id, Mesh, Rect, Role, Sense, Ui, WidgetInfo, pos2};

use super::kept_mesh::KeptMesh;
use crate::export::words;
use crate::gui::widgets::theme;
use crate::lens::{EQUAL_MESSAGE, message_colour};
use crate::media::Index;
use crate::payload::{Category, FrameSizes, StreamSizes};
use crate::units::FrameIndex;

/// Height of the row with the space below it, in points.
pub const HEIGHT: f32 = 30.0;

/// Space below the row, in points.
const BELOW: f32 = 3.0;

/// Height of the marks above the bars, in points.
const MARK: f32 = 3.0;

/// The painted bars.
#[derive(Debug, Default)]
pub struct Painted(KeptMesh<Key>);

#[derive(Clone, Copy, Debug, PartialEq)]
struct Key {
    /// Frames whose sizes are known, and their identity: another stream has another first chunk.
    known: usize,
    stream: usize,
    frames: u64,
    area: Rect,
}

impl Painted {
    /// Draws the row into `area`; `x_at` gives the position of a time in seconds.
    pub fn paint(
        &mut self,
        ui: &Ui,
        area: Rect,
        sizes: &StreamSizes,
        index: &Index,
        x_at: impl Fn(f64) -> f32,
    ) {
        let area = area.with_max_y(area.bottom() - BELOW);
        let response = ui.interact(area, Id::unique("message sizes"), Sense::hover());
        response.widget_info(|| {
            let name = format!("Sizes of messages: {} of {} frames", sizes.frames(), index.frames());
            WidgetInfo::labeled(Role::Image, true, name)
        });
        ui.painter().rect_filled(area, 2.0, theme::palette(ui).card);
        let key = Key { known: sizes.frames(), stream: sizes.identity(), frames: index.frames(), area };
        ui.painter().add(self.0.shape(key, || mesh(area, &columns(sizes, index, x_at))));
    }
}

/// A column of the row: its left and right end in points, and the frame in it with the most bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Column {
    from: f32,
    to: f32,
    frame: FrameSizes,
}

/// The columns, on whole points. Of frames that share a point, the one with the most bytes is drawn, and a mark if any of
/// them has one.
fn columns(sizes: &StreamSizes, index: &Index, x_at: impl Fn(f64) -> f32) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    for frame in (0..index.frames()).map(FrameIndex) {
        let (Some(own), Some(secs)) = (sizes.get(frame), index.time_secs(frame)) else { break };
        let end_secs = index.time_secs(frame.next()).unwrap_or(index.duration_secs());
        let from = x_at(secs).floor();
        let to = x_at(end_secs).floor().max(from + 1.0);
        match columns.last_mut() {
            Some(last) if from < last.to => {
                let repeated = last.frame.repeated.max(own.repeated);
                if own.bytes() > last.frame.bytes() {
                    last.frame = own;
                }
                last.frame.repeated = repeated;
            }
            _ => columns.push(Column { from, to, frame: own }),
        }
    }
    columns
}

fn mesh(area: Rect, columns: &[Column]) -> Mesh {
    let mut mesh = Mesh::default();
    let most = columns.iter().map(|column| column.frame.bytes()).max().unwrap_or(0).max(1);
    let room = area.height() - MARK - 2.0;
    let y_at = |bytes: u64| area.bottom() - (bytes as f64 / most as f64).sqrt() as f32 * room;
    let opaque = |[r, g, b]: [u8; 3]| Color32::from_rgb(r, g, b);
    for Column { from, to, frame } in columns {
        let mut sum = 0;
        for category in Category::ALL {
            let below = y_at(sum);
            sum += u64::from(frame.of(category));
            let bar = Rect::from_min_max(pos2(*from, y_at(sum)), pos2(*to, below));
            if bar.height() > 0.0 {
                mesh.add_colored_rect(bar, opaque(message_colour(category)));
            }
        }
        if frame.repeated > 0 {
            let mark = Rect::from_min_max(pos2(*from, area.top()), pos2(*to, area.top() + MARK));
            mesh.add_colored_rect(mark, opaque(EQUAL_MESSAGE));
        }
    }
    mesh
}

/// What is known of the messages of a frame, in a line.
#[must_use]
pub fn in_words(frame: FrameSizes) -> String {
    words::sizes_of(u64::from(frame.messages), frame.bytes(), u64::from(frame.repeated))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(frames: u32) -> Index {
        Index::new((0..frames).map(f64::from).collect(), f64::from(frames), vec![FrameIndex(0)])
    }

    fn sizes(all: &[(usize, bool)]) -> StreamSizes {
        let mut sizes = StreamSizes::default();
        for &(bytes, is_repeated) in all {
            let mut frame = FrameSizes::default();
            frame.add(Category::Other, bytes, is_repeated);
            sizes.push(frame);
        }
        sizes
    }

    #[test]
    fn of_frames_that_share_a_column_the_largest_is_drawn_and_a_mark_of_any() {
        let known = sizes(&[(100, true), (400, false), (200, false), (0, false), (50, false)]);
        let columns = columns(&known, &index(9), |secs| secs as f32 / 2.0);
        let found: Vec<_> =
            columns.iter().map(|column| (column.from, column.frame.bytes(), column.frame.repeated)).collect();
        assert_eq!(
            found,
            [(0.0, 400, 1), (1.0, 200, 0), (2.0, 50, 0)],
            "frames that are not known have none"
        );
    }

    #[test]
    fn the_largest_frame_fills_the_row_and_one_of_a_quarter_half_of_it() {
        let area = Rect::from_min_max(pos2(0.0, 0.0), pos2(100.0, 25.0));
        let mesh =
            mesh(area, &columns(&sizes(&[(400, false), (100, true)]), &index(2), |secs| secs as f32 * 9.0));
        let top =
            |bar: usize| mesh.vertices[bar * 4..][..4].iter().map(|vertex| vertex.pos.y).fold(99.0, f32::min);
        assert_eq!((top(0), top(1), top(2)), (5.0, 15.0, 0.0), "the last one is the mark");
        assert_eq!(mesh.vertices.len(), 12);
    }

    #[test]
    fn counts_are_told_in_words() {
        let mut frame = FrameSizes::default();
        frame.add(Category::Key, 1234, false);
        assert_eq!(in_words(frame), "1 message of 1,234 bytes");
        frame.add(Category::Key, 1, true);
        assert_eq!(in_words(frame), "2 messages, 1,235 bytes in all; 1 equals an earlier one");
    }
}
