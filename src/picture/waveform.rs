//! The waveform of a sound as a picture: lowest and highest samples over time, one lane per channel.
//!
//! Full scale fills the height of a lane, for every sound alike. Heights are the square root of the amplitude, so that
//! quiet speech, 30 dB below full scale, still fills a fifth of its lane. Silence is a line.

use std::ops::Range;

use super::drawing::Ink;
use super::{Anchor, Label, Rectangle, Shape, write_labels};

/// The lowest and the highest of some samples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extremes {
    /// The lowest.
    pub low: i16,
    /// The highest; not below the lowest.
    pub high: i16,
}

/// A part of a sound that is to be drawn.
#[derive(Clone, Debug)]
pub struct Waveform<'a> {
    /// The extremes of each channel in each bin of `bins`; `None` where there is no sound.
    pub channels: &'a [Vec<Option<Extremes>>],
    /// The bins that are shown, from the left edge to the right edge; bin 0 is at 0 s. Not empty.
    pub bins: Range<i64>,
    /// The bins that are marked.
    pub marked: Range<i64>,
    /// Bins a second; greater than 0.
    pub bins_per_sec: u32,
}

const GROUND: [u8; 3] = [14, 19, 28];
const AXIS_GROUND: [u8; 3] = [24, 31, 43];
const GRID: [u8; 3] = [30, 40, 55];
const CENTRE: [u8; 3] = [72, 88, 110];
const WAVE: [u8; 3] = [94, 186, 238];
const MARK_GROUND: [u8; 3] = [84, 62, 20];
const MARK_WAVE: [u8; 3] = [255, 201, 92];
const INK: [u8; 3] = [206, 216, 230];

/// The time axis takes 1 / `AXIS_SHARE` of the height.
const AXIS_SHARE: usize = 12;

/// The smallest type size of labels, in pixels.
const SMALLEST_LETTERS: u32 = 6;

/// How many bins on either side a column includes. Without them the columns of a voice would alternate, since a bin is
/// shorter than the period of a voice.
const NEIGHBOURS: usize = 2;

/// Heights of faint lines, as shares of full scale: 20 dB and 40 dB below it.
const GRID_LEVELS: [f32; 2] = [0.1, 0.01];

impl Extremes {
    /// The extremes of one sample.
    #[must_use]
    pub const fn of(value: i16) -> Self {
        Self { low: value, high: value }
    }

    /// Adds a sample.
    pub fn add(&mut self, value: i16) {
        self.low = self.low.min(value);
        self.high = self.high.max(value);
    }

    fn with(self, other: Self) -> Self {
        Self { low: self.low.min(other.low), high: self.high.max(other.high) }
    }

    /// The same, extended to meet the extremes beside it, so that neighbouring columns leave no gap.
    fn reaching(self, beside: Self) -> Self {
        Self { low: self.low.min(beside.high), high: self.high.max(beside.low) }
    }
}

/// Draws a waveform into an RGBA picture of `shape`.
///
/// # Panics
/// If `rgba` does not have 4 bytes per pixel.
pub fn paint(waveform: &Waveform<'_>, shape: Shape, rgba: &mut [u8]) {
    assert_eq!(rgba.len(), shape.pixels() * 4, "4 bytes a pixel");
    let mut canvas = Canvas { columns: shape.columns(), rows: shape.rows(), pixels: rgba.as_chunks_mut().0 };
    let axis_rows = (canvas.rows / AXIS_SHARE).max(1).min(canvas.rows);
    let lanes_rows = canvas.rows - axis_rows;
    canvas.fill(0..canvas.columns, 0..lanes_rows, GROUND);
    canvas.fill(0..canvas.columns, lanes_rows..canvas.rows, AXIS_GROUND);
    draw_axis(&mut canvas, waveform, lanes_rows);
    let labels = axis_labels(&canvas, waveform, lanes_rows);
    let lanes = waveform.channels.len().max(1);
    for lane in 0..lanes {
        let rows = lanes_rows * lane / lanes..lanes_rows * (lane + 1) / lanes;
        let channel = waveform.channels.get(lane).map_or(&[][..], |channel| channel);
        draw_lane(&mut canvas, waveform, channel, rows);
    }
    write_labels(rgba, shape, &labels);
}

impl Waveform<'_> {
    /// The bins of a column, at least one, and their neighbours.
    fn bins_of(&self, column: usize, columns: usize) -> Range<usize> {
        let bins = usize::try_from(self.bins.end.saturating_sub(self.bins.start)).unwrap_or(0);
        let first = column * bins / columns.max(1);
        let end = ((column + 1) * bins / columns.max(1)).max(first + 1);
        first.saturating_sub(NEIGHBOURS)..(end + NEIGHBOURS).min(bins)
    }

    /// The column of a bin, which may be outside the picture.
    fn column_of(&self, bin: i64, columns: usize) -> i64 {
        let bins = self.bins.end.saturating_sub(self.bins.start).max(1);
        let columns = i64::try_from(columns).unwrap_or(i64::MAX);
        let column = i128::from(bin - self.bins.start) * i128::from(columns) / i128::from(bins);
        i64::try_from(column).unwrap_or(i64::MAX)
    }

    /// The marked columns, at least two.
    fn marked_columns(&self, columns: usize) -> Range<usize> {
        let [first, end] = [self.marked.start, self.marked.end].map(|bin| self.column_of(bin, columns));
        let within = |column: i64| usize::try_from(column).unwrap_or(0).min(columns);
        within(first)..within(end.max(first.saturating_add(2)))
    }
}

/// Draws one channel into its lane.
fn draw_lane(
    canvas: &mut Canvas<'_>,
    waveform: &Waveform<'_>,
    channel: &[Option<Extremes>],
    rows: Range<usize>,
) {
    let columns = canvas.columns;
    let marked = waveform.marked_columns(columns);
    canvas.fill(marked.clone(), rows.clone(), MARK_GROUND);
    // A gap between lanes, so that loud channels stay apart.
    let half = (rows.len() as f32 / 2.0 - 1.0).max(0.0);
    let middle = rows.start as f32 + rows.len() as f32 / 2.0;
    let height = |share: f32| share.signum() * share.abs().sqrt() * half;
    for level in GRID_LEVELS {
        for y in [middle - height(level), middle + height(level)] {
            canvas.row(y, GRID);
        }
    }
    canvas.row(middle, CENTRE);
    // Half the thickness of silence: thicker than the line where there is no sound.
    let silence = (canvas.rows as f32 / 480.0).max(0.5);
    let mut before: Option<Extremes> = None;
    for column in 0..columns {
        let bins = channel.get(waveform.bins_of(column, columns)).unwrap_or_default();
        let Some(own) = bins.iter().flatten().copied().reduce(Extremes::with) else {
            before = None;
            continue;
        };
        let drawn = before.map_or(own, |before| own.reaching(before));
        before = Some(own);
        let y = |value: i16| middle - height(f32::from(value) / 32_768.0);
        let colour = if marked.contains(&column) { MARK_WAVE } else { WAVE };
        let (top, bottom) = (y(drawn.high).min(middle - silence), y(drawn.low).max(middle + silence));
        canvas.bar(column, top.max(rows.start as f32)..bottom.min(rows.end as f32), colour);
    }
}

/// Draws the time axis below the lanes, with a tick every tenth of a second.
fn draw_axis(canvas: &mut Canvas<'_>, waveform: &Waveform<'_>, top: usize) {
    let (columns, rows) = (canvas.columns, canvas.rows - top);
    canvas.fill(waveform.marked_columns(columns), top..top + rows / 3, MARK_WAVE);
    let per_sec = i64::from(waveform.bins_per_sec.max(1));
    let tenths = (waveform.bins.start.max(0) * 10 / per_sec)..=(waveform.bins.end.max(0) * 10 / per_sec);
    for tenth in tenths {
        let Ok(column) = usize::try_from(waveform.column_of(tenth * per_sec / 10, columns)) else { continue };
        let is_second = tenth % 10 == 0;
        let length = if is_second { rows / 3 } else { rows / 6 };
        let width = if is_second { (columns / 640).max(1) } else { 1 };
        canvas.fill(column..column + width, top..top + length, INK);
    }
}

/// Labels at whole seconds; none if the axis is too low for letters.
fn axis_labels(canvas: &Canvas<'_>, waveform: &Waveform<'_>, top: usize) -> Vec<Label> {
    let rows = canvas.rows - top;
    let per_sec = i64::from(waveform.bins_per_sec.max(1));
    let first = waveform.bins.start.max(0) / per_sec;
    let label = |secs: i64| {
        let x = u32::try_from(waveform.column_of(secs * per_sec, canvas.columns)).ok()?;
        let number = |rows: usize| u32::try_from(rows).ok();
        let (y, size) = (number(top + rows * 17 / 20)?, number(rows * 11 / 20)?);
        let text = format!("{}:{:02}", secs / 60, secs % 60);
        let is_inside = x > size && (x + size) as usize <= canvas.columns && size >= SMALLEST_LETTERS;
        is_inside.then_some(Label { x, y, size, ink: Ink(INK), anchor: Anchor::Middle, text })
    };
    (first..=waveform.bins.end.max(0) / per_sec).filter_map(label).collect()
}

/// The picture that is painted.
struct Canvas<'a> {
    columns: usize,
    rows: usize,
    pixels: &'a mut [[u8; 4]],
}

impl Canvas<'_> {
    fn fill(&mut self, columns: Range<usize>, rows: Range<usize>, [red, green, blue]: [u8; 3]) {
        let number = |side: usize| u32::try_from(side).unwrap_or(u32::MAX);
        let (width, height) = (number(columns.len()), number(rows.len()));
        let rectangle = Rectangle { x: number(columns.start), y: number(rows.start), width, height };
        let shape = Shape::new(number(self.columns), number(self.rows));
        rectangle.fill(shape, [red, green, blue, 255], self.pixels);
    }

    /// A line over the whole width, one pixel thick, except in marked columns.
    fn row(&mut self, y: f32, [red, green, blue]: [u8; 3]) {
        let row = whole(y);
        let [r, g, b] = MARK_GROUND;
        if row < self.rows {
            let row = &mut self.pixels[row * self.columns..][..self.columns];
            row.iter_mut()
                .filter(|pixel| **pixel != [r, g, b, 255])
                .for_each(|pixel| *pixel = [red, green, blue, 255]);
        }
    }

    /// A bar in one column, between two heights; a row that it covers in part is blended in proportion.
    fn bar(&mut self, column: usize, y: Range<f32>, colour: [u8; 3]) {
        for row in whole(y.start)..whole(y.end.ceil()).min(self.rows) {
            let (top, bottom) = (row as f32, row as f32 + 1.0);
            let covered = (y.end.min(bottom) - y.start.max(top)).clamp(0.0, 1.0);
            let pixel = &mut self.pixels[row * self.columns + column];
            for (under, over) in pixel.iter_mut().zip(colour) {
                *under = rounded(f32::from(*under) + (f32::from(over) - f32::from(*under)) * covered);
            }
        }
    }
}

/// The integer at or below a height; 0 below 0.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast from a float saturates")]
fn whole(y: f32) -> usize {
    y.max(0.0) as usize
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast from a float saturates")]
fn rounded(level: f32) -> u8 {
    level.round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rows of a column that have the colour of the wave.
    fn wave_rows(rgba: &[u8], shape: Shape, column: usize) -> usize {
        let pixels = rgba.as_chunks::<4>().0;
        let [r, g, b] = WAVE;
        (0..shape.rows()).filter(|row| pixels[row * shape.columns() + column] == [r, g, b, 255]).count()
    }

    fn painted(channels: &[Vec<Option<Extremes>>], shape: Shape) -> Vec<u8> {
        let mut rgba = vec![0; shape.pixels() * 4];
        let waveform = Waveform { channels, bins: -40..40, marked: 0..2, bins_per_sec: 400 };
        paint(&waveform, shape, &mut rgba);
        rgba
    }

    #[test]
    fn louder_sound_is_higher_and_silence_is_a_line() {
        let shape = Shape::new(80, 240);
        let heights = [0, 1000, 8000, i16::MAX].map(|level| {
            let channel = vec![Some(Extremes { low: -level, high: level }); 80];
            wave_rows(&painted(&[channel], shape), shape, 5)
        });
        assert!(heights[0] <= 1, "{heights:?}");
        assert!(heights.is_sorted_by(|one, other| one + 10 < *other), "{heights:?}");
        assert!(heights[3] >= 215, "full scale fills the lane: {heights:?}");
    }

    #[test]
    fn where_there_is_no_sound_nothing_is_drawn_and_each_channel_has_its_lane() {
        let shape = Shape::new(80, 240);
        let loud = Some(Extremes { low: -30_000, high: 30_000 });
        let left: Vec<_> = (0..80).map(|bin| loud.filter(|_| bin < 40)).collect();
        let right: Vec<_> = (0..80).map(|bin| loud.filter(|_| bin >= 20)).collect();
        let rgba = painted(&[left, right], shape);
        let rows = [5, 30, 60].map(|column| wave_rows(&rgba, shape, column));
        assert!(rows[0] > 90 && rows[1] > 180 && rows[2] > 90 && rows[2] < 110, "{rows:?}");
    }

    #[test]
    fn pictures_of_any_size_are_drawn_and_opaque() {
        for (width, height) in [(1, 1), (3, 2), (7, 13), (1920, 16), (2000, 5)] {
            let shape = Shape::new(width, height);
            let rgba = painted(&[vec![Some(Extremes::of(900)); 80], vec![None; 3]], shape);
            assert!(rgba.as_chunks::<4>().0.iter().all(|pixel| pixel[3] == 255), "{width}x{height}");
        }
    }
}
