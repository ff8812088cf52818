//! A rectangle of a picture of two values: its corners, its bars and its lines.

use std::ops::Range;

/// The share of the corners of speckle up to which there is a shape.
pub(super) const COHERENT: f64 = 0.5;

/// A field with this share of its cells set is solid, and stands in the middle if its margins differ by at most one in so
/// many cells of both.
const SOLID: f64 = 0.9;
const IN_THE_MIDDLE: usize = 3;

/// Speckle with as many blocks set would have to have so many corners more: a drawing of fewer is a dot.
pub(super) const FEWEST_CORNERS: f64 = 64.0;

/// A row or column at the margin with a smaller share of its blocks set is (part of) a bar: bars may be dirty.
const BAR: f64 = 0.25;

/// The share of cells of a drawing of thin lines that are set, at most, and how many of the eight cells around a set one
/// are set too, on average, at least: along a line two are, in speckle of that share less than one. Slanted lines have
/// half the corners of speckle, and more where they are broken.
const LINES: f64 = 0.1;
const ALONG_LINES: f64 = 1.5;

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
    /// Those of them where one cell of the four is set, and juts into three that are not.
    pub jutting: u64,
    /// How many speckle would have with as many cells set.
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

    /// The share of its cells that are set; 0 where it has none.
    pub fn share(&self) -> f64 {
        let cells = self.cells();
        let set: usize = self.lines().map(set).sum();
        if cells == 0 { 0.0 } else { set as f64 / cells as f64 }
    }

    /// True for a solid field that has margins across and down within `sheet`, and stands out of its middle: a box on a
    /// ground. Bars are as wide on both sides, and on four of them where a small picture stands in a large one.
    pub fn is_box_in(&self, sheet: &Self) -> bool {
        let margins =
            |inner: &Range<usize>, outer: &Range<usize>| [inner.start - outer.start, outer.end - inner.end];
        let margins = [margins(&self.columns, &sheet.columns), margins(&self.rows, &sheet.rows)];
        let has_corner = margins.iter().all(|sides| sides.iter().any(|&cells| cells > 0));
        let is_aside = |[one, other]: [usize; 2]| one.abs_diff(other) * IN_THE_MIDDLE > one + other;
        has_corner && margins.into_iter().any(is_aside) && self.share() >= SOLID
    }

    /// Without the rows, then without the columns, at its margins in which hardly a cell is set.
    pub fn within_bars(&self) -> Self {
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
    pub fn has_lines(&self) -> bool {
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

    pub fn corners(&self) -> Corners {
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
