//! Patterns: sources that are computed, the same on every machine.

use crate::picture::Shape;
use crate::units::FrameIndex;

/// The default size of a pattern.
pub const SHAPE: Shape = Shape::new(1280, 720);
/// Frames per second of a pattern.
pub const FRAMES_PER_SEC: u32 = 30;
/// Frames of a pattern: 10 seconds.
pub const FRAMES: u64 = 300;

/// The patterns: 1280 × 720 by default, 30 frames/s, 300 frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pattern {
    /// Eight vertical colour bars.
    Bars,
    /// A black and white checkerboard with squares of 40 pixels.
    Checker,
    /// A smooth ramp from left to right: no flat areas, but no noise either.
    Gradient,
    /// Random bytes, different in every frame: nothing repeats.
    Noise,
    /// A square of one colour that moves over a background of one colour.
    MovingBox,
    /// The frame's number, in digits and in machine-readable squares.
    FrameCounter,
}

impl Pattern {
    /// All patterns.
    pub const ALL: [Self; 6] =
        [Self::Bars, Self::Checker, Self::Gradient, Self::Noise, Self::MovingBox, Self::FrameCounter];

    /// The name after `pattern:`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bars => "bars",
            Self::Checker => "checker",
            Self::Gradient => "gradient",
            Self::Noise => "noise",
            Self::MovingBox => "moving-box",
            Self::FrameCounter => "frame-counter",
        }
    }

    /// What it shows, in a few words, for menus and help.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::Bars => "eight flat colours",
            Self::Checker => "black and white squares",
            Self::Gradient => "a smooth ramp: little is flat",
            Self::Noise => "nothing ever repeats",
            Self::MovingBox => "a flat square that travels",
            Self::FrameCounter => "the number of every frame",
        }
    }
}

/// Columns of the picture of the frame counter; its squares are one column wide.
const COUNTER_COLUMNS: usize = 40;
/// The squares of the frame counter: 32 bits, the most significant first.
const COUNTER_BITS: usize = 32;

/// Draws a frame of `pattern` into `rgba`, which has 4 bytes per pixel of `shape`, rows tightly packed. All lengths
/// are proportional to the width, so that small pictures look like large ones.
pub fn draw(pattern: Pattern, shape: Shape, index: FrameIndex, rgba: &mut [u8]) {
    let (columns, rows) = (shape.columns(), shape.rows());
    if columns == 0 || rows == 0 {
        return;
    }
    match pattern {
        Pattern::Bars => paint(columns, rgba, |x, _| BARS[x * BARS.len() / columns]),
        Pattern::Checker => {
            paint(columns, rgba, |x, y| {
                [if (x * 32 / columns + y * 32 / columns).is_multiple_of(2) { 255 } else { 0 }; 3]
            });
        }
        Pattern::Gradient => paint(columns, rgba, |x, y| {
            let across = share(x, columns);
            [across, share(x + y, columns + rows) / 2 + 48, 255 - across]
        }),
        Pattern::Noise => noise(columns, index, rgba),
        Pattern::MovingBox => moving_box(shape, index, rgba),
        Pattern::FrameCounter => frame_counter(shape, index, rgba),
    }
}

/// Paints every pixel by its column and row.
fn paint(columns: usize, rgba: &mut [u8], colour: impl Fn(usize, usize) -> [u8; 3]) {
    for (y, row) in rgba.chunks_exact_mut(columns * 4).enumerate() {
        for (x, pixel) in row.as_chunks_mut::<4>().0.iter_mut().enumerate() {
            let [r, g, b] = colour(x, y);
            *pixel = [r, g, b, 255];
        }
    }
}

/// White, yellow, cyan, green, magenta, red, blue and black at full strength.
const BARS: [[u8; 3]; 8] = [
    [255, 255, 255],
    [255, 255, 0],
    [0, 255, 255],
    [0, 255, 0],
    [255, 0, 255],
    [255, 0, 0],
    [0, 0, 255],
    [0, 0, 0],
];

/// `part / whole` scaled to a byte.
fn share(part: usize, whole: usize) -> u8 {
    u8::try_from(part * 255 / whole.saturating_sub(1).max(1)).unwrap_or(u8::MAX)
}

/// One colour a pixel from `SplitMix64` (Steele, Lea and Flood, 2014), seeded with the frame and the row.
fn noise(columns: usize, index: FrameIndex, rgba: &mut [u8]) {
    const GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;
    let mixed = |state: u64| {
        let z = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    };
    for (y, row) in rgba.chunks_exact_mut(columns * 4).enumerate() {
        let mut state = mixed(index.0.wrapping_mul(GAMMA) ^ ((y as u64) << 32));
        for pixel in row.as_chunks_mut::<4>().0 {
            state = state.wrapping_add(GAMMA);
            let [r, g, b, ..] = mixed(state).to_le_bytes();
            *pixel = [r, g, b, 255];
        }
    }
}

/// A square that moves back and forth, in 4 seconds across and in 3 seconds down.
fn moving_box(shape: Shape, index: FrameIndex, rgba: &mut [u8]) {
    let side = shape.columns() / 6;
    let frame = usize::try_from(index.0 % 10_000_000).unwrap_or_default();
    let swing = |period: usize, room: usize| {
        let phase = frame % period;
        room * phase.min(period - phase) * 2 / period
    };
    let left = swing(120, shape.columns().saturating_sub(side));
    let top = swing(90, shape.rows().saturating_sub(side));
    paint(shape.columns(), rgba, |x, y| {
        let is_inside = (left..left + side).contains(&x) && (top..top + side).contains(&y);
        if is_inside { [240, 176, 60] } else { [28, 62, 92] }
    });
}

/// Digits in the middle and squares below them, on a dark background.
fn frame_counter(shape: Shape, index: FrameIndex, rgba: &mut [u8]) {
    const GROUND: [u8; 4] = [36, 48, 66, 255];
    const BAND: [u8; 4] = [110, 116, 124, 255];
    const INK: [u8; 4] = [246, 240, 224, 255];
    rgba.as_chunks_mut::<4>().0.fill(GROUND);
    let mut fill = |x: [usize; 2], y: [usize; 2], colour: [u8; 4]| {
        for y in y[0]..y[1].min(shape.rows()) {
            let row = &mut rgba[y * shape.columns() * 4..][..shape.columns() * 4];
            row.as_chunks_mut::<4>().0[x[0]..x[1].min(shape.columns()).max(x[0])].fill(colour);
        }
    };
    // A cell of the digits is as wide as a square of the bits.
    let at = |cells: usize| cells * shape.columns() / COUNTER_COLUMNS;
    let digits = index.0.to_string();
    let digits = format!("{digits:0>3}");
    let cells_wide = digits.len() * 6 - 1;
    let left = COUNTER_COLUMNS.saturating_sub(cells_wide) / 2;
    let top = (shape.rows() * 3 / 7).saturating_sub(at(7) / 2);
    for (place, digit) in digits.bytes().enumerate() {
        for (y, row) in DIGITS[usize::from(digit - b'0')].iter().enumerate() {
            for x in (0..5).filter(|x| row & (0b10000 >> x) != 0) {
                let x = left + place * 6 + x;
                if x < COUNTER_COLUMNS {
                    fill([at(x), at(x + 1)], [top + at(y), top + at(y + 1)], INK);
                }
            }
        }
    }
    let [first, last] = counter_rows(shape);
    let margin = at(1) / 2;
    fill(
        [at(4).saturating_sub(margin), at(36) + margin],
        [first.saturating_sub(margin), last + margin],
        BAND,
    );
    for bit in 0..COUNTER_BITS {
        let level = if index.0 >> (COUNTER_BITS - 1 - bit) & 1 == 1 { 255 } else { 0 };
        fill([at(4 + bit), at(5 + bit)], [first, last], [level, level, level, 255]);
    }
}

/// The first row of the squares, and the row after the last.
fn counter_rows(shape: Shape) -> [usize; 2] {
    let side = shape.columns() / COUNTER_COLUMNS;
    [shape.rows().saturating_sub(3 * side), shape.rows().saturating_sub(2 * side)]
}

/// Reads the number that [`Pattern::FrameCounter`] painted, even after lossy compression and scaling. `rgba` has 4
/// bytes per pixel of `shape`. `None` if a square is neither black nor white.
#[must_use]
pub fn read_counter(rgba: &[u8], shape: Shape) -> Option<u32> {
    let [first, last] = counter_rows(shape);
    let mut number = 0;
    for bit in 0..COUNTER_BITS {
        let from = (4 + bit) * shape.columns() / COUNTER_COLUMNS;
        let to = (5 + bit) * shape.columns() / COUNTER_COLUMNS;
        let (margin_x, margin_y) = ((to - from) / 4, (last - first) / 4);
        let (mut sum, mut count) = (0, 0);
        for y in first + margin_y..last - margin_y {
            for x in from + margin_x..to - margin_x {
                let pixel = rgba.get((y * shape.columns() + x) * 4..)?.first_chunk::<3>()?;
                sum += pixel.iter().map(|&channel| u32::from(channel)).sum::<u32>();
                count += 3;
            }
        }
        number = number << 1
            | match sum.checked_div(count)? {
                0..96 => 0,
                160.. => 1,
                _ => return None,
            };
    }
    Some(number)
}

/// The digits 0 to 9, 5 columns by 7 rows; each row is a byte whose bit 4 is the left column.
const DIGITS: [[u8; 7]; 10] = [
    [0b01110, 0b10001, 0b10011, 0b10101, 0b11001, 0b10001, 0b01110],
    [0b00100, 0b01100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110],
    [0b01110, 0b10001, 0b00001, 0b00010, 0b00100, 0b01000, 0b11111],
    [0b11111, 0b00010, 0b00100, 0b00010, 0b00001, 0b10001, 0b01110],
    [0b00010, 0b00110, 0b01010, 0b10010, 0b11111, 0b00010, 0b00010],
    [0b11111, 0b10000, 0b11110, 0b00001, 0b00001, 0b10001, 0b01110],
    [0b00110, 0b01000, 0b10000, 0b11110, 0b10001, 0b10001, 0b01110],
    [0b11111, 0b00001, 0b00010, 0b00100, 0b01000, 0b01000, 0b01000],
    [0b01110, 0b10001, 0b10001, 0b01110, 0b10001, 0b10001, 0b01110],
    [0b01110, 0b10001, 0b10001, 0b01111, 0b00001, 0b00010, 0b01100],
];

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(pattern: Pattern, shape: Shape, index: u64) -> Vec<u8> {
        let mut rgba = vec![0; shape.pixels() * 4];
        draw(pattern, shape, FrameIndex(index), &mut rgba);
        rgba
    }

    #[test]
    fn the_counter_can_be_read_in_every_size() {
        for shape in [SHAPE, Shape::new(320, 180), Shape::new(162, 90), Shape::new(1920, 1080)] {
            for number in [0, 1, 299, 0x8000_0001, 0xFFFF_FFFF] {
                let rgba = drawn(Pattern::FrameCounter, shape, number);
                assert_eq!(read_counter(&rgba, shape).map(u64::from), Some(number), "{shape:?}");
            }
        }
        assert_eq!(read_counter(&drawn(Pattern::Gradient, SHAPE, 0), SHAPE), None);
        assert_eq!(read_counter(&[], Shape::new(0, 0)), None);
    }

    #[test]
    fn every_pattern_fills_every_picture_with_opaque_pixels() {
        for pattern in Pattern::ALL {
            for shape in [Shape::new(1, 1), Shape::new(7, 3), Shape::new(64, 200)] {
                let rgba = drawn(pattern, shape, 7);
                assert!(rgba.chunks(4).all(|pixel| pixel[3] == 255), "{pattern:?} {shape:?}");
            }
        }
    }

    #[test]
    fn noise_differs_in_every_frame_and_no_block_repeats() {
        let frames = [drawn(Pattern::Noise, SHAPE, 0), drawn(Pattern::Noise, SHAPE, 1)];
        let blocks: std::collections::HashSet<&[u8]> =
            frames.iter().flat_map(|rgba| rgba.chunks(16)).collect();
        assert_eq!(blocks.len(), 2 * SHAPE.pixels() / 4);
    }

    #[test]
    fn the_box_moves_and_stays_inside() {
        let inside = |index| {
            let rgba = drawn(Pattern::MovingBox, SHAPE, index);
            rgba.chunks(4).filter(|pixel| pixel[0] == 240).count()
        };
        assert!((0..FRAMES).step_by(13).all(|index| inside(index) == 213 * 213));
        assert_ne!(drawn(Pattern::MovingBox, SHAPE, 3), drawn(Pattern::MovingBox, SHAPE, 4));
    }
}
