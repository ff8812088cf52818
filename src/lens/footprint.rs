//! `footprint`: the sizes of slices, each where it lies in the picture.

use std::collections::HashMap;

use super::kind::{Kind, Needs, Suggestions};
use super::{Blank, GROUND, Lens, View, blank};
use crate::leak::Finding;
use crate::payload::{Payload, Slice};
use crate::picture::layout::BLOCK_BYTES;
use crate::picture::{Area, Shape};

pub(super) const KIND: Kind = Kind {
    name: "footprint",
    shows: "sizes of slices where they lie in the picture",
    help: "the bytes per pixel of each slice where it lies in the picture, from clear bytes alone: H.264, ProRes, JPEG with restart \
           markers; ,change=yes shows only slices that differ from the frame before",
    about: "bright slices have many bytes per pixel: an encoder spends bytes on detail, so the sizes of slices draw the picture; no \
            cipher hides this where the boundaries of slices stay clear; it shows detail, neither brightness nor colour",
    default: Lens::Footprint(SliceChoice::All),
    from_menu: Lens::Footprint(SliceChoice::All),
    title_suffix: |lens| match lens {
        Lens::Footprint(SliceChoice::Changed) => " of changed slices".to_owned(),
        _ => String::new(),
    },
    needs: Needs::Messages,
    shows_blocks: false,
    options: Some("change=no|yes"),
    suggestions: Suggestions::Choices,
    with: |_, option, value| match (option, value) {
        ("change", Some("yes")) => Some(Lens::Footprint(SliceChoice::Changed)),
        ("change", Some("no")) => Some(Lens::Footprint(SliceChoice::All)),
        _ => None,
    },
    write_options: |lens, to| match lens {
        Lens::Footprint(SliceChoice::Changed) => to.write_str(",change=yes"),
        _ => Ok(()),
    },
    paint: |lens, view, rgba| {
        let Lens::Footprint(choice) = lens else { return };
        paint_footprint(view, choice, rgba);
    },
    blank: |lens, view, _, is_first| Some(why_blank(lens, view, is_first)),
    finds: |lens, view, leakage| match lens {
        Lens::Footprint(SliceChoice::Changed) => change(view),
        _ if leakage.word == Some(Finding::Footprint) => Ok(Finding::Footprint),
        _ if view.messages.payload.is_locked() => Err(Blank::NotCompared),
        _ => Err(Blank::NoFootprint),
    },
    ..Kind::PLAIN
};

/// Which slices are painted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SliceChoice {
    /// All.
    #[default]
    All,
    /// Those that differ from the frame before: `change=yes`.
    Changed,
}

/// The levels of a slice, from few bytes per pixel to many, as red, green and blue.
const LEVELS: [[f64; 3]; 2] = [[22.0, 26.0, 40.0], [250.0, 247.0, 236.0]];

/// The share of slices that are darker than the darkest level, and of those that are brighter than the brightest.
const OUTLIERS: f64 = 0.01;

/// Slices whose sizes differ less than this, in bytes for each macroblock of 256 pixels, are alike.
const ALIKE_BYTES: f64 = 3.0;

/// Slices whose sizes differ by a smaller factor are alike.
const ALIKE_FACTOR: f64 = 1.25;

/// Pixels of a macroblock of H.264 and `ProRes`.
const MACROBLOCK: f64 = 256.0;

/// The messages of a frame, as they are sent.
#[derive(Clone, Copy, Debug)]
pub struct SentMessages<'a> {
    /// Where the messages and their slices lie in the bytes.
    pub payload: &'a Payload,
    /// All bytes of the frame on the wire.
    pub bytes: &'a [u8],
}

impl<'a> SentMessages<'a> {
    fn slices(self) -> Vec<&'a Slice> {
        self.payload.slices().collect()
    }

    fn data(self, slice: &Slice) -> &'a [u8] {
        &self.bytes[slice.range.clone()]
    }
}

/// The brightness of each size.
struct Scale {
    /// Logarithms of the sizes of the darkest and of the brightest level.
    ends: Option<[f64; 2]>,
}

/// The bytes of a slice for each macroblock, as a logarithm.
fn size(slice: &Slice) -> f64 {
    (1.0 + MACROBLOCK * slice.bytes_per_coded_pixel().unwrap_or_default()).ln()
}

impl Scale {
    /// The scale of sizes, which has no ends if they are alike.
    fn of(mut sizes: Vec<f64>) -> Self {
        sizes.sort_by(f64::total_cmp);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of the sizes")]
        let cut = (sizes.len() as f64 * OUTLIERS) as usize;
        let ends = sizes.get(cut).zip(sizes.len().checked_sub(1 + cut).and_then(|at| sizes.get(at)));
        let ends = ends.map(|(&darkest, &brightest)| [darkest, brightest]);
        let differ = |&[darkest, brightest]: &[f64; 2]| {
            brightest.exp() - darkest.exp() > ALIKE_BYTES && brightest - darkest > ALIKE_FACTOR.ln()
        };
        Self { ends: ends.filter(differ) }
    }

    fn of_slices(slices: &[&Slice]) -> Self {
        Self::of(slices.iter().map(|slice| size(slice)).collect())
    }

    /// The colour of a size.
    fn colour(&self, size: f64) -> [u8; 4] {
        let level = match self.ends {
            Some([darkest, brightest]) => ((size - darkest) / (brightest - darkest)).clamp(0.0, 1.0),
            None => 0.5,
        };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between the two levels")]
        let channel = |at: usize| (LEVELS[0][at] + (LEVELS[1][at] - LEVELS[0][at]) * level).round() as u8;
        [channel(0), channel(1), channel(2), 255]
    }
}

/// Side of a cell in pixels, in which the sizes of several frames are averaged.
const CELL: usize = 8;

/// The sizes of the slices of several frames, averaged in each cell of the picture: what changes from frame to frame without
/// the picture, such as the share of bytes that an encoder gives a frame, averages out.
struct Averages {
    shape: Shape,
    /// For each cell, row after row, the sum of its sizes and how many there are.
    cells: Vec<(f64, u32)>,
}

impl Averages {
    fn new(shape: Shape) -> Self {
        Self { shape, cells: vec![(0.0, 0); shape.columns().div_ceil(CELL) * shape.rows().div_ceil(CELL)] }
    }

    fn add(&mut self, payload: &Payload) {
        let columns = self.shape.columns().div_ceil(CELL);
        for slice in payload.slices() {
            let size = size(slice);
            for (row, run) in slice.area.runs(self.shape) {
                let cells = run.start / CELL..run.end.div_ceil(CELL);
                for (sum, count) in &mut self.cells[row / CELL * columns..][cells] {
                    (*sum, *count) = (*sum + size, *count + 1);
                }
            }
        }
    }

    /// The averages of the frame and the remembered ones before it.
    fn of(view: &View<'_>) -> Self {
        let mut averages = Self::new(view.grid.shape());
        view.remembered.iter().for_each(|payload| averages.add(payload));
        averages.add(view.messages.payload);
        averages
    }

    /// The average of each cell; `None` where there was no slice.
    fn sizes(&self) -> impl Iterator<Item = Option<f64>> {
        self.cells.iter().map(|&(sum, count)| (count > 0).then(|| sum / f64::from(count)))
    }

    fn paint(&self, pixels: &mut [[u8; 4]]) {
        let scale = Scale::of(self.sizes().flatten().collect());
        let colour = |size: Option<f64>| size.map_or(GROUND, |size| scale.colour(size));
        let colours: Vec<[u8; 4]> = self.sizes().map(colour).collect();
        let columns = self.shape.columns();
        for (row, pixels) in pixels.chunks_exact_mut(columns.max(1)).enumerate() {
            let cells = &colours[row / CELL * columns.div_ceil(CELL)..];
            for (pixels, colour) in pixels.chunks_mut(CELL).zip(cells) {
                pixels.fill(*colour);
            }
        }
    }
}

/// The slices that differ from the slice in the same place in the frame before: in their bytes, if a slice of one block or more is the
/// same in both frames, else in their size, since the mode then hides whether bytes are the same. `None` without a frame before.
fn changed<'a>(view: &View<'a>) -> Option<Vec<&'a Slice>> {
    let (now, before) = (view.messages, view.messages_before?);
    let place = |slice: &'a Slice| (slice.area, before.data(slice));
    let before: HashMap<Area, &[u8]> = before.slices().into_iter().map(place).collect();
    let pairs: Vec<_> =
        now.slices().into_iter().map(|slice| (slice, now.data(slice), before.get(&slice.area))).collect();
    let is_same = |(_, data, before): &(&Slice, &[u8], Option<&&[u8]>)| *before == Some(data);
    let shows_equality = pairs.iter().any(|pair| pair.1.len() >= BLOCK_BYTES && is_same(pair));
    let differs = |pair: &(&Slice, &[u8], Option<&&[u8]>)| match pair.2 {
        Some(before) if !shows_equality => before.len() != pair.1.len(),
        _ => !is_same(pair),
    };
    Some(pairs.into_iter().filter(differs).map(|(slice, ..)| slice).collect())
}

/// Paints the `footprint` lens: each slice in its place, the brighter the more bytes it has for each pixel, on a logarithmic scale between
/// the smallest and the largest slices of the frame. With a memory of several frames, their sizes are averaged.
pub fn paint_footprint(view: &View<'_>, choice: SliceChoice, rgba: &mut [u8]) {
    let pixels = rgba.as_chunks_mut().0;
    pixels.fill(GROUND);
    let (shape, slices) = (view.grid.shape(), view.messages.slices());
    if choice == SliceChoice::All && !view.remembered.is_empty() {
        return Averages::of(view).paint(pixels);
    }
    let scale = Scale::of_slices(&slices);
    let painted = match choice {
        SliceChoice::All => slices,
        SliceChoice::Changed => changed(view).unwrap_or_default(),
    };
    for slice in painted {
        let colour = scale.colour(size(slice));
        for (row, columns) in slice.area.runs(shape) {
            pixels[row * shape.columns()..][columns].fill(colour);
        }
    }
}

/// Why a picture has one colour.
fn why_blank(lens: Lens, view: &View<'_>, is_first: bool) -> Blank {
    match (view.messages.payload.slices().count(), lens) {
        (0, _) => Blank::NoSlices,
        (count, Lens::Footprint(SliceChoice::Changed)) => match changed(view) {
            None => blank::no_frame_before(is_first),
            Some(changed) if changed.len() == count => Blank::AllSlicesChanged,
            Some(_) => Blank::NothingChanged,
        },
        (1, _) => Blank::OneSlice,
        _ => Blank::SlicesAlike,
    }
}

/// What the slices that changed show.
fn change(view: &View<'_>) -> Result<Finding, Blank> {
    let is_all = changed(view).is_some_and(|changed| changed.len() == view.messages.payload.slices().count());
    if is_all { Err(Blank::AllSlicesChanged) } else { Ok(Finding::Movement) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::{FieldRows, Orientation};

    fn slice(first: u32, bytes: usize) -> Slice {
        let area = Area {
            unit: [16, 16],
            columns: 4,
            first,
            count: 1,
            is_in_pairs: false,
            rows: FieldRows::All,
            orientation: Orientation::default(),
        };
        Slice { area, range: 0..bytes }
    }

    #[test]
    fn larger_slices_are_brighter_and_slices_alike_have_one_colour() {
        let slices: Vec<Slice> =
            [5, 10, 50, 200].into_iter().zip(0..).map(|(bytes, at)| slice(at, bytes)).collect();
        let scale = Scale::of_slices(&slices.iter().collect::<Vec<_>>());
        let levels: Vec<u8> = slices.iter().map(|slice| scale.colour(size(slice))[0]).collect();
        assert_eq!((levels[0], levels[3]), (22, 250));
        assert!(levels.is_sorted() && levels[1] < levels[2]);
        let alike: Vec<Slice> =
            [30, 31, 32, 30].into_iter().zip(0..).map(|(bytes, at)| slice(at, bytes)).collect();
        let scale = Scale::of_slices(&alike.iter().collect::<Vec<_>>());
        assert!(scale.ends.is_none() && scale.colour(size(&alike[0])) == scale.colour(size(&alike[2])));
        assert!(Scale::of(Vec::new()).ends.is_none());
    }
}
