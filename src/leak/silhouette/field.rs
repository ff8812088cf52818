//! A rectangle of a picture of two values: its corners, its bars and its lines.

use std::ops::Range;

/// A shape has at most this share of the corners of speckle.
pub(super) const COHERENT: f64 = 0.5;

/// A field is solid if at least this share of its cells is set.
const SOLID: f64 = 0.9;

/// A field is centred if its two margins differ by at most one in this number of their cells.
const CENTRED: usize = 3;

/// A shape has fewer corners, by at least this number, than speckle with as many cells set: smaller drawings are dots.
pub(super) const FEWEST_CORNERS: f64 = 64.0;

/// A row or column at the margin with a smaller share of its cells set belongs to a bar: bars may contain noise.
const BAR: f64 = 0.25;

/// In a drawing of thin lines, at most this share of the cells is set. Corners do not detect thin lines: slanted lines
/// have half the corners of speckle, and broken lines more.
const LINES: f64 = 0.1;

/// In a drawing of thin lines, on average at least this number of the eight cells around a set cell are set: along a line
/// there are two, and in speckle with the share [`LINES`] less than one.
const NEIGHBOURS_IN_LINES: f64 = 1.5;

/// A rectangle of a picture of two values.
#[derive(Clone)]
pub(super) struct Field<'a> {
    cells: &'a [bool],
    /// Cells of a row of the whole picture.
    width: usize,
    pub rows: Range<usize>,
    pub columns: Range<usize>,
}

/// The corners of a field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Corners {
    pub count: u64,
    /// Corners of which one of the four cells is set.
    pub jutting: u64,
    /// How many corners speckle has on average with as many cells set.
    pub expected: f64,
}

impl Corners {
    pub fn show_a_shape(self) -> bool {
        let count = self.count as f64;
        self.expected - count >= FEWEST_CORNERS && count <= COHERENT * self.expected
    }
}

impl<'a> Field<'a> {
    pub fn of(cells: &'a [bool], width: usize) -> Self {
        let width = width.max(1);
        Self { cells, width, rows: 0..cells.len() / width, columns: 0..width }
    }

    /// The cells of the rows of the field.
    fn lines(&self) -> impl Iterator<Item = &'a [bool]> + use<'a> {
        let (cells, width, columns) = (self.cells, self.width, self.columns.clone());
        self.rows.clone().map(move |row| &cells[row * width..][columns.clone()])
    }

    pub fn cells(&self) -> usize {
        self.rows.len() * self.columns.len()
    }

    /// The share of its cells that are set; 0 for a field without cells.
    pub fn share(&self) -> f64 {
        let cells = self.cells();
        let set: usize = self.lines().map(count_set).sum();
        if cells == 0 { 0.0 } else { set as f64 / cells as f64 }
    }

    /// True for a solid field with margins both across and down within `sheet` that is not centred: a box on a ground.
    /// A picture between bars is centred: its bars are equally wide on opposite sides.
    pub fn is_box_in(&self, sheet: &Self) -> bool {
        let margins =
            |inner: &Range<usize>, outer: &Range<usize>| [inner.start - outer.start, outer.end - inner.end];
        let margins = [margins(&self.columns, &sheet.columns), margins(&self.rows, &sheet.rows)];
        let has_corner = margins.iter().all(|pair| pair.iter().any(|&cells| cells > 0));
        let is_off_centre = |[one, other]: [usize; 2]| one.abs_diff(other) * CENTRED > one + other;
        has_corner && margins.into_iter().any(is_off_centre) && self.share() >= SOLID
    }

    /// The field without bars: first without the rows at its margins in which few cells are set, then without such
    /// columns.
    pub fn within_bars(&self) -> Self {
        let is_bar = |set: usize, of: usize| (set as f64) < BAR * of as f64;
        let rows: Vec<usize> = self.lines().map(count_set).collect();
        let rows = between_bars(&rows, self.rows.start, |&set| is_bar(set, self.columns.len()));
        let mut inside = Self { rows, ..self.clone() };
        let mut columns = vec![0usize; self.columns.len()];
        for line in inside.lines() {
            columns.iter_mut().zip(line).for_each(|(sum, &set)| *sum += usize::from(set));
        }
        inside.columns = between_bars(&columns, self.columns.start, |&set| is_bar(set, inside.rows.len()));
        inside
    }

    /// True if few cells are set, and they form lines.
    pub fn has_lines(&self) -> bool {
        let (mut pairs, mut cells) = (0u64, 0u64);
        for (upper, lower) in self.lines().zip(self.lines().skip(1)) {
            cells += count_set(upper) as u64;
            for at in (0..upper.len()).filter(|&at| upper[at]) {
                let next = at + 1;
                let around =
                    [upper.get(next), lower.get(at), lower.get(next), at.checked_sub(1).map(|at| &lower[at])];
                pairs += around.into_iter().flatten().filter(|&&is_set| is_set).count() as u64;
            }
        }
        let is_enough = cells as f64 >= FEWEST_CORNERS && self.share() <= LINES;
        is_enough && 2.0 * pairs as f64 >= NEIGHBOURS_IN_LINES * cells as f64
    }

    pub fn corners(&self) -> Corners {
        let (mut count, mut three, mut points) = (0u64, 0u64, 0u64);
        for (upper, lower) in self.lines().zip(self.lines().skip(1)) {
            let points_here = upper.len().saturating_sub(1);
            let left = upper[..points_here].iter().zip(&lower[..points_here]);
            let right = upper.iter().zip(lower).skip(1);
            let (mut odd_here, mut three_here) = (0u32, 0u32);
            for ((a, b), (c, d)) in left.zip(right) {
                let set = u8::from(*a) + u8::from(*b) + u8::from(*c) + u8::from(*d);
                odd_here += u32::from(set & 1);
                three_here += u32::from(set == 3);
            }
            count += u64::from(odd_here);
            three += u64::from(three_here);
            points += points_here as u64;
        }
        let even = (1.0 - 2.0 * self.share()).powi(4);
        Corners { count, jutting: count - three, expected: 0.5 * (1.0 - even) * points as f64 }
    }
}

/// How many cells of a line are set.
fn count_set(line: &[bool]) -> usize {
    line.iter().map(|&set| usize::from(set)).sum()
}

/// The range of lines without bars at both ends; lines are numbered from `start`.
fn between_bars<T>(lines: &[T], start: usize, is_bar: impl Fn(&T) -> bool) -> Range<usize> {
    let first = lines.iter().position(|line| !is_bar(line)).unwrap_or(lines.len());
    let end = lines.iter().rposition(|line| !is_bar(line)).map_or(first, |last| last + 1);
    start + first..start + end
}
