//! Silhouettes: whether a picture of two values shows a shape, or only speckle, bars or nothing.
//!
//! The lenses `outline` and `motion` paint a block in one of two ways: ink or paper, changed or not. A word that says
//! that something is seen in such a picture has to look at the picture. It counts *corners*: places where four blocks
//! meet of which one or three are set. Speckle is full of them: where a share p of the blocks is set at random, a share
//! ½(1 − (1−2p)⁴) of all places is a corner. Whatever has a shape, a line, an area or a thing, has few: its blocks
//! stand beside their like.
//!
//! **How the line was drawn**, by looking: 49 pieces of footage (six scenes of the trailer of *Big Buck Bunny*, its
//! meadow, that meadow with noise, small camera pictures with noise of many strengths, dark sensor noise, slides, a
//! screen recording, boxes and bars on grain) in `rgba32` and `gray8`, through the lens `outline`. Every picture in which
//! things were plainly seen had at most 0.42 of the corners of speckle, every one that looked like noise 0.62 or more.
//! Between them, and a little above, things are seen dimly: of a speckled night scene (0.625) two lit windows. What is
//! seen dimly counts as not seen.

use std::ops::Range;

use super::census::blocks;
use super::outline::Outline;
use crate::picture::layout::Places;

/// The share of the corners of speckle up to which there is a shape.
const COHERENT: f64 = 0.5;

/// A field with this share of its cells set is solid, and stands in the middle if its margins differ by at most one in so
/// many cells of both.
const SOLID: f64 = 0.9;
const IN_THE_MIDDLE: usize = 3;

/// Speckle with as many blocks set would have to have so many corners more: a drawing of fewer is a dot.
const FEWEST_CORNERS: f64 = 64.0;

/// A row or column at the margin with a smaller share of its blocks set is (part of) a bar: bars may be dirty.
const BAR: f64 = 0.25;

/// One in so many cells is no bar, at least: an upright film on a wide screen leaves one in three.
const MOST_BARS: usize = 4;

/// The share of cells of a drawing of thin lines that are set, at most, and how many of the eight cells around a set one
/// are set too, on average, at least: along a line two are, in speckle of that share less than one. Slanted lines have
/// half the corners of speckle, and more where they are broken.
const LINES: f64 = 0.1;
const ALONG_LINES: f64 = 1.5;

/// One in so many corners must be one of the changed area that juts into what is still. Still boxes on a changing ground
/// have no such corner; about half of those of any other shape are.
const JUTTING: u64 = 8;

/// True where the lens `outline` draws something: not where its sheet is blank, solid or speckled, and not where it is
/// solid but for bars at the margins.
#[must_use]
pub fn draws(places: &Places, outline: &Outline) -> bool {
    if outline.ink().is_empty() {
        return false;
    }
    let (cells, width) = places.raster(outline.ink());
    has_shape(&cells, width)
}

/// True where a picture of two values, `width` cells a row, has a shape: not where all cells are alike or speckle, nor
/// where all but bars at the margins are set.
#[must_use]
fn has_shape(cells: &[bool], width: usize) -> bool {
    let sheet = Field::of(cells, width);
    let inside = sheet.within_bars();
    // A line from edge to edge across a blank sheet is no picture between bars.
    let is_between_bars =
        inside.share() >= 0.5 && inside.cells() * MOST_BARS >= sheet.cells() && !inside.is_box_in(&sheet);
    let looked_at = if is_between_bars { inside } else { sheet };
    looked_at.corners().show_a_shape() || looked_at.has_lines()
}

/// True where the lens `motion` shows that something moves, from one ciphertext to the next, both of the same length.
///
/// Before a ground that mostly stays as it is, whatever changes is seen to move, unless it is speckle or a bar from edge
/// to edge. Where most changes, shapes are seen of what stays; but bars at the margins and still boxes alone, on a
/// ground of which every block changes, move no more than the noise around them.
#[must_use]
pub fn shows_movement(places: &Places, now: &[u8], before: &[u8]) -> bool {
    let pairs = blocks(now).iter().zip(blocks(before)).take(places.blocks());
    let changed: Vec<bool> = pairs.map(|(now, before)| now != before).collect();
    let (cells, width) = places.raster(&changed);
    has_movement(&cells, width)
}

/// The same of a picture in which the cells that changed are set, `width` cells a row.
#[must_use]
fn has_movement(cells: &[bool], width: usize) -> bool {
    let field = Field::of(cells, width);
    if field.share() < 0.5 {
        let corners = field.corners();
        return corners.count > 0
            && (corners.expected < FEWEST_CORNERS || corners.count as f64 <= COHERENT * corners.expected);
    }
    let corners = field.within_bars().corners();
    corners.show_a_shape() && corners.jutting > 0 && corners.jutting * JUTTING >= corners.count
}

/// True where bytes that are shown as pixels, a ciphertext or the XOR of two, look like noise: where few blocks equal the
/// one before or above them, and those stand together in no shape.
#[must_use]
pub fn looks_like_noise(places: &Places, bytes: &[u8]) -> bool {
    let (blocks, back) = (blocks(bytes), places.back_to_above());
    let equals = |at: usize, back: usize| at >= back && blocks[at] == blocks[at - back];
    let alike: Vec<bool> = (0..places.blocks()).map(|at| equals(at, 1) || equals(at, back)).collect();
    let (cells, width) = places.raster(&alike);
    Field::of(&cells, width).share() < 0.5 && !has_shape(&cells, width)
}

/// A rectangle of a picture of two values.
#[derive(Clone)]
struct Field<'a> {
    cells: &'a [bool],
    /// Cells of a row of the whole picture.
    width: usize,
    rows: Range<usize>,
    columns: Range<usize>,
}

/// The corners of a field.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Corners {
    count: u64,
    /// Those of them where one cell of the four is set, and juts into three that are not.
    jutting: u64,
    /// How many speckle would have with as many cells set.
    expected: f64,
}

impl Corners {
    fn show_a_shape(self) -> bool {
        let count = self.count as f64;
        self.expected - count >= FEWEST_CORNERS && count <= COHERENT * self.expected
    }
}

impl<'a> Field<'a> {
    fn of(cells: &'a [bool], width: usize) -> Self {
        let width = width.max(1);
        Self { cells, width, rows: 0..cells.len() / width, columns: 0..width }
    }

    /// The cells of the rows of the field.
    fn lines(&self) -> impl Iterator<Item = &'a [bool]> + use<'a> {
        let (cells, width, columns) = (self.cells, self.width, self.columns.clone());
        self.rows.clone().map(move |row| &cells[row * width..][columns.clone()])
    }

    fn cells(&self) -> usize {
        self.rows.len() * self.columns.len()
    }

    /// The share of its cells that are set; 0 where it has none.
    fn share(&self) -> f64 {
        let cells = self.cells();
        let set: usize = self.lines().map(set).sum();
        if cells == 0 { 0.0 } else { set as f64 / cells as f64 }
    }

    /// True for a solid field that has margins across and down within `sheet`, and stands out of its middle: a box on a
    /// ground. Bars are as wide on both sides, and on four of them where a small picture stands in a large one.
    fn is_box_in(&self, sheet: &Self) -> bool {
        let margins =
            |inner: &Range<usize>, outer: &Range<usize>| [inner.start - outer.start, outer.end - inner.end];
        let margins = [margins(&self.columns, &sheet.columns), margins(&self.rows, &sheet.rows)];
        let has_corner = margins.iter().all(|sides| sides.iter().any(|&cells| cells > 0));
        let is_aside = |[one, other]: [usize; 2]| one.abs_diff(other) * IN_THE_MIDDLE > one + other;
        has_corner && margins.into_iter().any(is_aside) && self.share() >= SOLID
    }

    /// Without the rows, then without the columns, at its margins in which hardly a cell is set.
    fn within_bars(&self) -> Self {
        let is_bar = |set: usize, of: usize| (set as f64) < BAR * of as f64;
        let rows: Vec<usize> = self.lines().map(set).collect();
        let rows = between(&rows, self.rows.start, |&set| is_bar(set, self.columns.len()));
        let mut inside = Self { rows, ..self.clone() };
        let mut columns = vec![0usize; self.columns.len()];
        for line in inside.lines() {
            columns.iter_mut().zip(line).for_each(|(sum, &set)| *sum += usize::from(set));
        }
        inside.columns = between(&columns, self.columns.start, |&set| is_bar(set, inside.rows.len()));
        inside
    }

    /// True where few cells are set, and those stand in lines.
    fn has_lines(&self) -> bool {
        let (mut pairs, mut cells) = (0u64, 0u64);
        for (upper, lower) in self.lines().zip(self.lines().skip(1)) {
            cells += set(upper) as u64;
            for at in (0..upper.len()).filter(|&at| upper[at]) {
                let next = at + 1;
                let around =
                    [upper.get(next), lower.get(at), lower.get(next), at.checked_sub(1).map(|at| &lower[at])];
                pairs += around.into_iter().flatten().filter(|&&is_set| is_set).count() as u64;
            }
        }
        let is_enough = cells as f64 >= FEWEST_CORNERS && self.share() <= LINES;
        is_enough && 2.0 * pairs as f64 >= ALONG_LINES * cells as f64
    }

    fn corners(&self) -> Corners {
        let (mut count, mut three, mut places) = (0u64, 0u64, 0u64);
        for (upper, lower) in self.lines().zip(self.lines().skip(1)) {
            let places_here = upper.len().saturating_sub(1);
            let left = upper[..places_here].iter().zip(&lower[..places_here]);
            let right = upper.iter().zip(lower).skip(1);
            let (mut odd_here, mut three_here) = (0u32, 0u32);
            for ((a, b), (c, d)) in left.zip(right) {
                let set = u8::from(*a) + u8::from(*b) + u8::from(*c) + u8::from(*d);
                odd_here += u32::from(set & 1);
                three_here += u32::from(set == 3);
            }
            count += u64::from(odd_here);
            three += u64::from(three_here);
            places += places_here as u64;
        }
        let even = (1.0 - 2.0 * self.share()).powi(4);
        Corners { count, jutting: count - three, expected: 0.5 * (1.0 - even) * places as f64 }
    }
}

/// How many are set.
fn set(line: &[bool]) -> usize {
    line.iter().map(|&set| usize::from(set)).sum()
}

/// Where the lines start and end that are no bars at the margins; lines are numbered from `start` on.
fn between<T>(lines: &[T], start: usize, is_bar: impl Fn(&T) -> bool) -> Range<usize> {
    let first = lines.iter().position(|line| !is_bar(line)).unwrap_or(lines.len());
    let end = lines.iter().rposition(|line| !is_bar(line)).map_or(first, |last| last + 1);
    start + first..start + end
}

#[cfg(test)]
#[expect(clippy::cast_possible_truncation, reason = "pictures are small")]
mod tests {
    use super::*;

    const WIDTH: usize = 60;
    const HEIGHT: usize = 40;

    fn field(is_set: impl Fn(usize, usize) -> bool) -> Vec<bool> {
        (0..WIDTH * HEIGHT).map(|at| is_set(at % WIDTH, at / WIDTH)).collect()
    }

    /// True for about one in `of`, the same cells every time.
    fn speckle(x: usize, y: usize, of: u64) -> bool {
        let mut state = (x * 977 + y * 7919 + 1) as u64;
        for _ in 0..3 {
            state = (state ^ (state >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        }
        (state >> 32).is_multiple_of(of)
    }

    fn is_within(x: usize, y: usize, left: usize, top: usize, side: usize) -> bool {
        (left..left + side).contains(&x) && (top..top + side).contains(&y)
    }

    fn corners(cells: &[bool]) -> Corners {
        Field::of(cells, WIDTH).corners()
    }

    #[test]
    fn speckle_has_the_corners_that_its_share_foretells_and_shapes_have_few() {
        for of in [2, 3, 8, 30] {
            let cells = field(|x, y| speckle(x, y, of));
            let Corners { count, expected, .. } = corners(&cells);
            assert!((count as f64 / expected - 1.0).abs() < 0.2, "1 in {of}: {count} of {expected}");
            assert!(!corners(&cells).show_a_shape());
        }
        let box_of = corners(&field(|x, y| is_within(x, y, 20, 10, 12)));
        assert_eq!((box_of.count, box_of.jutting), (4, 4));
        assert!(box_of.show_a_shape());
        let hole = corners(&field(|x, y| !is_within(x, y, 20, 10, 12)));
        assert_eq!((hole.count, hole.jutting), (4, 0), "the corners of a still box are its own");
        let disc = corners(&field(|x, y| x.abs_diff(30).pow(2) + y.abs_diff(20).pow(2) < 100));
        assert!(disc.show_a_shape() && disc.jutting > disc.count / 4);
        assert!(!corners(&field(|_, _| true)).show_a_shape());
        assert!(!corners(&field(|_, _| false)).show_a_shape());
        assert!(!corners(&field(|x, y| is_within(x, y, 9, 9, 2))).show_a_shape(), "a dot");
    }

    #[test]
    fn thin_slanted_lines_are_a_shape_and_thin_speckle_is_none() {
        let slanted = |x: usize, y: usize| x == y || x == y + 20 || x + y == 39;
        assert!(!corners(&field(slanted)).show_a_shape(), "they have half the corners of speckle");
        assert!(has_shape(&field(slanted), WIDTH));
        assert!(has_shape(&field(|x, y| slanted(x, y) && !speckle(x, y, 12)), WIDTH), "broken ones too");
        let crossed =
            |x: usize, y: usize| y == 20 || is_within(x, y, 20, 5, 12) && !is_within(x, y, 21, 6, 10);
        assert!(has_shape(&field(crossed), WIDTH), "a line from edge to edge leaves the rest to be seen");
        for of in [10, 14, 30] {
            assert!(!has_shape(&field(|x, y| speckle(x, y, of)), WIDTH), "1 in {of}");
        }
    }

    #[test]
    fn a_solid_box_on_a_blank_ground_is_a_shape_and_a_picture_between_bars_is_none() {
        let stands = |columns: Range<usize>, rows: Range<usize>| {
            has_shape(&field(|x, y| columns.contains(&x) && rows.contains(&y)), WIDTH)
        };
        assert!(stands(20..32, 10..22), "a small one, wherever it stands");
        assert!(stands(24..36, 14..26) && stands(0..12, 0..12));
        assert!(stands(2..40, 3..28), "a large one that stands aside");
        assert!(stands(10..50, 20..40), "in the middle, at the lower edge");
        // Bars, as wide on both sides, around all that there is.
        assert!(!stands(0..60, 6..34) && !stands(15..45, 0..40) && !stands(8..52, 6..34));
        assert!(!stands(0..60, 0..30), "one bar alone");
        assert!(!stands(0..60, 0..40));
        let grain = |x: usize, y: usize| (2..40).contains(&x) && (3..28).contains(&y) && !speckle(x, y, 3);
        assert!(!has_shape(&field(grain), WIDTH), "speckle between bars, as before");
    }

    #[test]
    fn bytes_look_like_noise_unless_blocks_are_as_those_beside_or_above_them() {
        use crate::picture::Shape;
        use crate::picture::layout::Layout;
        let shape = Shape::new(WIDTH as u32 * 4, HEIGHT as u32);
        let is_noise = |value: &dyn Fn(usize, usize) -> u128| {
            let blocks = (0..WIDTH * HEIGHT).flat_map(|at| value(at % WIDTH, at / WIDTH).to_le_bytes());
            looks_like_noise(&Places::of(Layout::RGBA32, shape), &blocks.collect::<Vec<u8>>())
        };
        let at = |x: usize, y: usize| (y * WIDTH + x) as u128 + 9;
        assert!(!is_noise(&|x, y| if is_within(x, y, 20, 10, 12) { 0 } else { at(x, y) }), "a flat box");
        assert!(
            !is_noise(&|x, y| if is_within(x, y, 20, 10, 12) { at(x, y) } else { 0 }),
            "noise before a flat ground"
        );
        assert!(is_noise(&at), "no block is as another");
        assert!(is_noise(&|x, y| if speckle(x, y, 5) { 0 } else { at(x, y) }), "equal ones here and there");
        assert!(!is_noise(&|_, _| 7), "all are equal");
        assert!(
            !is_noise(&|x, y| u128::from(is_within(x, y, 20, 10, 12))),
            "flat all over, but for the edges"
        );
    }

    #[test]
    fn bars_at_the_margins_are_cut_off_dirty_or_not() {
        let bars = |dirt: u64| {
            field(move |x, y| {
                let is_bar = !(5..HEIGHT - 5).contains(&y) || !(4..WIDTH - 7).contains(&x);
                if is_bar { dirt > 0 && speckle(x, y, dirt) } else { true }
            })
        };
        for dirt in [0, 20] {
            let cells = bars(dirt);
            let inside = Field::of(&cells, WIDTH).within_bars();
            assert_eq!((inside.rows.clone(), inside.columns.clone()), (5..HEIGHT - 5, 4..WIDTH - 7));
            assert!((inside.share() - 1.0).abs() < 1e-9);
        }
        let blank = field(|_, _| false);
        assert_eq!(Field::of(&blank, WIDTH).within_bars().rows.len(), 0);
        assert!(Field::of(&[], 0).corners().expected.abs() < 1e-9);
    }

    /// Whether movement is seen where these blocks change.
    fn moves(is_changed: impl Fn(usize, usize) -> bool) -> bool {
        use crate::picture::Shape;
        use crate::picture::layout::Layout;
        let changed = field(is_changed);
        let before: Vec<u8> = (0..changed.len() as u128).flat_map(u128::to_le_bytes).collect();
        let now = changed
            .iter()
            .zip(0u128..)
            .flat_map(|(&changed, at)| (if changed { at | (1 << 100) } else { at }).to_le_bytes());
        let shape = Shape::new(WIDTH as u32 * 4, HEIGHT as u32);
        shows_movement(&Places::of(Layout::RGBA32, shape), &now.collect::<Vec<u8>>(), &before)
    }

    #[test]
    fn what_changes_before_a_still_ground_moves_unless_it_is_speckle_or_a_bar() {
        assert!(moves(|x, y| is_within(x, y, 20, 10, 12)));
        assert!(moves(|x, y| (x, y) == (7, 7)), "a pointer of one block");
        assert!(moves(|x, y| x.abs_diff(30).pow(2) + y.abs_diff(20).pow(2) < 100));
        assert!(!moves(|x, y| speckle(x, y, 10)), "sensor noise in the dark");
        assert!(!moves(|x, _| (24..38).contains(&x)), "grain between bars");
        assert!(!moves(|_, _| false));
    }

    #[test]
    fn still_boxes_bars_and_dots_on_a_changing_ground_do_not_move() {
        assert!(!moves(|x, y| !is_within(x, y, 40, 4, 10)));
        assert!(!moves(|x, y| !is_within(x, y, 40, 4, 10) && !is_within(x, y, 3, 20, 9)));
        assert!(!moves(|_, y| (4..HEIGHT - 4).contains(&y)), "letterbox");
        assert!(!moves(|x, y| (4..HEIGHT - 4).contains(&y) && (9..WIDTH - 9).contains(&x)));
        assert!(!moves(|_, y| !(30..33).contains(&y)), "a band");
        assert!(!moves(|x, y| !speckle(x, y, 30)), "dots");
        assert!(!moves(|_, _| true));
        let is_still = |x: usize, y: usize| x.abs_diff(30).pow(2) + y.abs_diff(20).pow(2) < 100 || x + y < 25;
        assert!(moves(|x, y| !is_still(x, y)), "shapes of what stays are seen");
    }

    #[test]
    fn a_raster_gives_every_layout_its_blocks() {
        use crate::picture::Shape;
        use crate::picture::layout::Layout;
        for layout in [&Layout::ALL[..], &Layout::TILED].concat() {
            for (width, height) in [(64, 20), (37, 9), (1, 40), (5, 1), (0, 0)] {
                let places = Places::of(layout, Shape::new(width, height));
                let ink: Vec<bool> = (0..places.blocks()).map(|block| block.is_multiple_of(3)).collect();
                let (cells, columns) = places.raster(&ink);
                assert!(columns > 0 && cells.len().is_multiple_of(columns), "{layout} {width} {height}");
                match places.row_blocks() {
                    Some(row) => assert_eq!((columns, &cells[..]), (row, &ink[..])),
                    None => assert!(width == 0 || cells.len() / columns == height as usize),
                }
            }
        }
    }
}
