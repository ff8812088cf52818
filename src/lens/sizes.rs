//! `sizes`: the sizes of messages along time.

use super::kind::{Kind, Needs};
use super::{Blank, GROUND, Lens, View};
use crate::leak::Finding;
use crate::payload::{Category, FrameSizes, StreamSizes};
use crate::picture::drawing::Ink;
use crate::picture::{Anchor, Label, Rectangle, Shape, write_labels};
use crate::units::FrameIndex;

pub(super) const KIND: Kind = Kind {
    name: "sizes",
    shows: "sizes of messages along time",
    help: "sizes of the messages of this frame and of those around it, by kind; marks where messages equal earlier ones",
    about: "the bytes of each frame's messages along time: no mode of operation hides sizes, and they tell keyframes, \
            movement, silence and speech; marks below are messages that equal an earlier one, which tells what repeats",
    default: Lens::Sizes,
    from_menu: Lens::Sizes,
    needs: Needs::Messages,
    shows_blocks: false,
    paint: |_, view, rgba| paint_sizes(view, rgba),
    finds: |_, view, _| match view.sizes {
        Some(around) if around.differ() => Ok(Finding::Sizes),
        _ => Err(Blank::AllAlike),
    },
    ..Kind::PLAIN
};

/// Frames before and after the one shown, at most.
pub const FRAMES_AROUND: u64 = 60;

/// The sizes of the messages around a frame.
#[derive(Clone, Copy, Debug)]
pub struct SizesAround<'a> {
    /// The sizes of the stream, up to [`FRAMES_AROUND`] frames after the frame or to the end.
    pub sizes: &'a StreamSizes,
    /// The frame shown.
    pub frame: FrameIndex,
}

impl SizesAround<'_> {
    /// The sizes of the frame `distance` frames after the one shown; `None` before the first frame and past the end.
    fn at(&self, distance: i64) -> Option<FrameSizes> {
        self.sizes.get(FrameIndex(self.frame.0.checked_add_signed(distance)?))
    }

    fn all(&self, around: i64) -> impl Iterator<Item = FrameSizes> {
        (-around..=around).filter_map(|distance| self.at(distance))
    }

    /// True if the sizes of frames differ.
    fn differ(&self) -> bool {
        let mut sizes = self.all(FRAMES_AROUND.cast_signed()).map(|frame| frame.bytes());
        sizes.next().is_some_and(|first| sizes.any(|size| size != first))
    }
}

/// The colours of [`Category::ALL`], from Okabe and Ito (2008).
const COLOURS: [[u8; 3]; 4] = [[0, 158, 115], [230, 159, 0], [86, 180, 233], [204, 121, 167]];

/// The colour of messages of a category: red, green and blue.
#[must_use]
pub const fn message_colour(category: Category) -> [u8; 3] {
    COLOURS[category as usize]
}

/// The colour of marks for messages that equal an earlier one.
pub const EQUAL_MESSAGE: [u8; 3] = [240, 228, 66];

/// The least height of letters, in pixels.
const LEAST_LETTERS: u32 = 9;

/// The colour of grid lines.
const LINE: [u8; 4] = [38, 44, 60, 255];

/// The colour of the column of the frame shown.
const NOW: [u8; 4] = [48, 54, 74, 255];

const TEXT: Ink = Ink([188, 194, 210]);

/// The share of the colour of the ground in frames after the one shown.
const LATER: f32 = 0.5;

/// Paints the `sizes` lens: a bar for each frame around the one shown, which is in the middle. The height of a bar is the
/// square root of its bytes, so that small frames between keyframes are distinguishable; its scale ends at the next of 1, 2
/// and 5 times a power of ten. Marks below the bars state which share of the frame's messages equals an earlier one.
pub fn paint_sizes(view: &View<'_>, rgba: &mut [u8]) {
    rgba.as_chunks_mut().0.fill(GROUND);
    let Some(sizes) = view.sizes else { return };
    let shape = view.grid.shape();
    let Some(chart) = Chart::of(shape, &sizes) else { return };
    chart.paint(&sizes, rgba.as_chunks_mut().0);
    write_labels(rgba, shape, &chart.labels());
}

/// The places of a chart in a picture, in pixels.
struct Chart {
    shape: Shape,
    /// The height of letters; without text, of the margins.
    letters: u32,
    /// There is room for text.
    has_text: bool,
    /// Left end of the first column.
    left: u32,
    /// The width of a column, with the gap behind its bar.
    column: u32,
    /// Frames before and after the one shown.
    around: i64,
    /// Top and bottom of the bars.
    bars: [u32; 2],
    /// Bytes of a bar of full height.
    most: u64,
    is_sound: bool,
}

impl Chart {
    /// `None` if the picture is too small for a chart.
    fn of(shape: Shape, sizes: &SizesAround<'_>) -> Option<Self> {
        let letters = (shape.height / 26).max(LEAST_LETTERS);
        let has_text = shape.width >= letters * 38 && shape.height >= letters * 8;
        let letters = if has_text { letters } else { (shape.height / 16).max(1) };
        let columns = (shape.width / 8).clamp(11, 2 * u32::try_from(FRAMES_AROUND).ok()? + 1);
        let around = (columns - 1) / 2;
        let columns = 2 * around + 1;
        let column = shape.width / columns;
        let bars = [if has_text { letters * 7 / 2 } else { letters }, shape.height.checked_sub(letters * 3)?];
        if column == 0 || bars[0] + letters > bars[1] {
            return None;
        }
        let around = i64::from(around);
        let most = sizes.all(around).map(|frame| frame.bytes()).max().unwrap_or_default();
        let is_sound = sizes.all(around).any(|frame| frame.of(Category::Sound) > 0);
        let left = (shape.width - column * columns) / 2;
        Some(Self { shape, letters, has_text, left, column, around, bars, most: round_up(most), is_sound })
    }

    /// The row at which a bar of `bytes` bytes ends.
    fn row(&self, bytes: u64) -> u32 {
        let [top, bottom] = self.bars;
        let share = (bytes as f64 / self.most as f64).sqrt().min(1.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the picture")]
        let height = (share * f64::from(bottom - top)).round() as u32;
        bottom - height
    }

    fn paint(&self, sizes: &SizesAround<'_>, pixels: &mut [[u8; 4]]) {
        let (picture, letters) = (self.shape, self.letters);
        let [top, bottom] = self.bars;
        let thick = (letters / 12).max(1);
        let columns = u32::try_from(2 * self.around + 1).unwrap_or(1);
        let width = self.column * columns;
        let middle = self.left + self.column * (columns / 2);
        let rectangle = |x, y, width, height| Rectangle { x, y, width, height };
        rectangle(middle, top - letters / 2, self.column, bottom + 2 * letters - top)
            .fill(picture, NOW, pixels);
        for bytes in self.lines() {
            rectangle(self.left, self.row(bytes), width, thick).fill(picture, LINE, pixels);
        }
        let bar = (self.column - self.column / 6).max(1).min(self.column - u32::from(self.column > 2));
        for (n, distance) in (0..).zip(-self.around..=self.around) {
            let Some(frame) = sizes.at(distance) else { continue };
            let x = self.left + n * self.column + (self.column - bar) / 2;
            let of_bar = |colour: [u8; 3]| shaded(colour, distance > 0);
            let mut sum = 0;
            for (category, colour) in Category::ALL.into_iter().zip(COLOURS) {
                let below = self.row(sum);
                sum += u64::from(frame.of(category));
                rectangle(x, self.row(sum), bar, below - self.row(sum)).fill(picture, of_bar(colour), pixels);
            }
            if frame.repeated > 0 {
                let share = f64::from(frame.repeated) / f64::from(frame.messages.max(1));
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "within the picture"
                )]
                let height = ((share * f64::from(letters)).round() as u32).max(thick);
                rectangle(x, bottom + letters / 2, bar, height).fill(picture, of_bar(EQUAL_MESSAGE), pixels);
            }
        }
        rectangle(self.left, bottom, width, thick).fill(picture, LINE, pixels);
        for (x, ([r, g, b], _)) in self.legend() {
            rectangle(x, letters * 2 / 3, letters * 2 / 3, letters * 2 / 3).fill(
                picture,
                [r, g, b, 255],
                pixels,
            );
        }
    }

    /// Bytes at which there are lines: the end of the scale, and a quarter of it, which is half as high.
    const fn lines(&self) -> [u64; 2] {
        [self.most, self.most / 4]
    }

    /// The colours with what they stand for, each with the column at which it begins.
    fn legend(&self) -> Vec<(u32, ([u8; 3], &'static str))> {
        if !self.has_text {
            return Vec::new();
        }
        let [headers, key, other, sound] = COLOURS;
        let mut legend = if self.is_sound {
            vec![(sound, "sound")]
        } else {
            vec![(key, "keyframes"), (other, "other frames"), (headers, "headers")]
        };
        legend.push((EQUAL_MESSAGE, "equal an earlier one"));
        let mut x = self.left + self.letters / 2;
        let place = |entry: ([u8; 3], &'static str)| {
            let start = x;
            // A letter is about half as wide as high.
            x += self.letters * (u32::try_from(entry.1.len()).unwrap_or(0) + 5) / 2;
            (start, entry)
        };
        legend.into_iter().map(place).collect()
    }

    fn labels(&self) -> Vec<Label> {
        if !self.has_text {
            return Vec::new();
        }
        let letters = self.letters;
        let label =
            |[x, y]: [u32; 2], anchor, text: String| Label { x, y, size: letters, ink: TEXT, anchor, text };
        let in_legend = |(x, (_, text)): (u32, (_, &str))| {
            label([x + letters, letters * 4 / 3], Anchor::Start, text.to_owned())
        };
        let mut labels: Vec<Label> = self.legend().into_iter().map(in_legend).collect();
        let inset = self.left + letters / 2;
        for bytes in self.lines() {
            let place = [inset, self.row(bytes).saturating_sub(letters / 3)];
            labels.push(label(place, Anchor::Start, in_bytes(bytes)));
        }
        let below = self.bars[1] + letters * 5 / 2;
        labels.push(label([inset, below], Anchor::Start, format!("{} frames before", self.around)));
        labels.push(label([self.shape.width / 2, below], Anchor::Middle, "this frame".into()));
        let right = self.shape.width.saturating_sub(inset);
        labels.push(label([right, below], Anchor::End, format!("{} after", self.around)));
        labels
    }
}

/// The colour of a bar.
fn shaded(colour: [u8; 3], is_later: bool) -> [u8; 4] {
    let share = if is_later { LATER } else { 0.0 };
    let [r, g, b] = std::array::from_fn(|at| {
        let mixed = f32::from(colour[at]) * (1.0 - share) + f32::from(GROUND[at]) * share;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between two bytes")]
        let byte = mixed.round() as u8;
        byte
    });
    [r, g, b, 255]
}

/// The next of 1, 2 and 5 times a power of ten, from 100 on.
fn round_up(bytes: u64) -> u64 {
    let steps = (2..19).flat_map(|power| [1, 2, 5].map(|digit| digit * 10u64.pow(power)));
    steps.into_iter().find(|&step| step >= bytes).unwrap_or(u64::MAX)
}

/// A number of bytes, as `500 kB`.
fn in_bytes(bytes: u64) -> String {
    match bytes {
        1_000_000.. => format!("{} MB", bytes as f64 / 1e6),
        1000.. => format!("{} kB", bytes as f64 / 1e3),
        _ => format!("{bytes} B"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_end_at_round_numbers() {
        let rounded = [0, 100, 101, 499, 501, 1000, 4_999_999].map(round_up);
        assert_eq!(rounded, [100, 100, 200, 500, 1000, 1000, 5_000_000]);
        assert_eq!(in_bytes(250), "250 B");
        assert_eq!([12_500, 5_000_000].map(in_bytes), ["12.5 kB", "5 MB"]);
    }

    #[test]
    fn bars_are_as_high_as_the_root_of_their_bytes() {
        let mut sizes = StreamSizes::default();
        for bytes in [4000, 250, 1000, 0, 0] {
            let mut frame = FrameSizes::default();
            frame.add(Category::Other, bytes, bytes == 250);
            sizes.push(frame);
        }
        let (shape, around) = (Shape::new(640, 360), SizesAround { sizes: &sizes, frame: FrameIndex(2) });
        let chart = Chart::of(shape, &around).expect("a chart");
        assert_eq!(chart.most, 5000);
        let mut rgba = vec![0; shape.pixels() * 4];
        rgba.as_chunks_mut().0.fill(GROUND);
        chart.paint(&around, rgba.as_chunks_mut().0);
        let pixels = rgba.as_chunks::<4>().0;
        let (column, middle) = (chart.column as usize, shape.columns() / 2);
        let heights = [-2i64, -1, 0].map(|distance| {
            let x =
                middle.checked_add_signed(isize::try_from(distance).expect("small") * column.cast_signed());
            let x = x.expect("within the picture");
            let blue = shaded(COLOURS[2], false);
            let is_blue = |y: &usize| pixels[y * shape.columns() + x] == blue;
            (chart.letters as usize * 2..shape.rows()).filter(is_blue).count()
        });
        let full = f64::from(chart.bars[1] - chart.bars[0]);
        for (height, bytes) in heights.into_iter().zip([4000.0, 250.0, 1000.0]) {
            let expected = (bytes / 5000.0f64).sqrt() * full;
            assert!((height as f64 - expected).abs() <= 2.0, "{height}: {expected}");
        }
        let marks = pixels.iter().filter(|pixel| **pixel == shaded(EQUAL_MESSAGE, false)).count();
        assert!(marks > chart.column as usize, "one message equals an earlier one");
        assert!(around.differ());
    }

    #[test]
    fn a_small_picture_has_a_chart_without_text_and_a_tiny_one_has_none() {
        let (sizes, frame) = (StreamSizes::default(), FrameIndex(0));
        let chart =
            |width, height| Chart::of(Shape::new(width, height), &SizesAround { sizes: &sizes, frame });
        for (width, height) in [(1, 1), (300, 4), (8, 300)] {
            assert!(chart(width, height).is_none(), "{width} × {height}");
        }
        for (width, height) in [(96, 64), (300, 20), (64, 80)] {
            let chart = chart(width, height).expect("a chart");
            assert!(chart.labels().is_empty() && chart.legend().is_empty(), "{width} × {height}");
        }
        assert!(!chart(640, 360).expect("a chart").labels().is_empty());
    }
}
