//! From sheets to what the window draws: on the render thread, so that the window has nothing to compute.
//!
//! A picture that is shown much smaller than it is, is first averaged over squares of whole pixels: a 4K
//! video in four panels then costs a sixteenth of the upload, and noise becomes the grey that it is from
//! afar and not a shimmer. Of a picture that is enlarged, only the part in sight is brought.

use std::sync::{Arc, Mutex, PoisonError};

use eframe::egui::ColorImage;
use rayon::prelude::*;

use super::amplify::{self, Difference, Pair};
use super::inspect::{self, Inspected};
use super::look::Region;
use crate::frame::{Picture, Shape, opaque};
use crate::leak::Leakage;
use crate::lens::GROUND;
use crate::pipeline::{Request, Sheet};
use crate::scene::Panel;
use crate::units::FrameIndex;

/// Pixels a side that every GPU takes.
const LEAST_TEXTURE_SIDE: usize = 2048;

/// Size of a picture on screen until the window says: a first frame of 4K need not be shown in full.
const USUAL_PX: [u32; 2] = [1280, 720];

/// What is brought on each side of the part in sight, as a share of it.
const MARGIN: f32 = 0.25;

/// Shots that are held at a time: one on screen, one with the painter, two in the queue, one being made.
const SHOTS_ON_THEIR_WAY: usize = 5;

/// One frame as the window draws it.
#[derive(Clone, Debug)]
pub struct Shot {
    /// Its number in the source.
    pub frame: FrameIndex,
    /// Width and height of the frame itself.
    pub shape: Shape,
    /// The panels, in the order of the scene.
    pub panels: Vec<ShotPanel>,
    /// The block that is looked at.
    pub inspected: Option<Arc<Inspected>>,
    /// Its twins are lit up.
    pub lit: bool,
    /// The difference of two panels, where that is shown.
    pub difference: Option<Difference>,
}

impl Shot {
    /// Whole blocks of the frame.
    #[must_use]
    pub fn blocks(&self) -> usize {
        self.panels.iter().map(|panel| usize::try_from(panel.leakage.blocks).unwrap_or(0)).max().unwrap_or(0)
    }
}

/// One panel of a shot.
#[derive(Clone, Debug)]
pub struct ShotPanel {
    /// Which panel this is.
    pub panel: Panel,
    /// What it shows; `None` where it was not on screen.
    pub image: Option<Arc<ColorImage>>,
    /// Which part of the frame the image holds; `None` where there is none.
    pub cut: Option<Cut>,
    /// What it gives away.
    pub leakage: Leakage,
    /// What is still to be prepared before there is something to see.
    pub pending: Option<Request>,
    /// Why there is nothing to see, in words.
    pub note: Option<String>,
}

/// The part of a frame that an image holds, in pixels of the frame, and by how much it is reduced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// First column.
    pub x: u32,
    /// First row.
    pub y: u32,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Pixels of the frame a side that one pixel of the image stands for; at least 1.
    pub factor: u32,
}

impl Cut {
    /// Width and height of the image.
    #[must_use]
    pub fn size(self) -> [usize; 2] {
        [self.width.div_ceil(self.factor) as usize, self.height.div_ceil(self.factor) as usize]
    }

    /// True where this holds all of the other, and no coarser.
    #[must_use]
    pub fn serves(self, wanted: Self) -> bool {
        let holds = |start: u32, length: u32, other_start: u32, other_length: u32| {
            start <= other_start && other_start + other_length <= start + length
        };
        self.factor <= wanted.factor
            && holds(self.x, self.width, wanted.x, wanted.width)
            && holds(self.y, self.height, wanted.y, wanted.height)
    }
}

/// What the window shows of the pictures; it writes, the render thread reads.
#[derive(Debug, Default)]
pub struct Wanted {
    showing: Mutex<Showing>,
}

/// How large the window shows the panels, and which part of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Showing {
    /// Width and height of a panel's picture on screen, in physical pixels.
    pub picture_px: [u32; 2],
    /// The part of the picture that is visible.
    pub visible: Region,
    /// The panels on screen, by their places, one bit each.
    pub panels: u32,
    /// Pixels a side that a texture may have.
    pub texture_side: usize,
    /// The block that is looked at, by its number.
    pub block: Option<usize>,
    /// Its twins are to be lit up.
    pub lit: bool,
    /// The panels whose difference is on screen.
    pub difference: Option<Pair>,
}

impl Default for Showing {
    fn default() -> Self {
        Self {
            picture_px: USUAL_PX,
            visible: Region::WHOLE,
            panels: u32::MAX,
            texture_side: LEAST_TEXTURE_SIDE,
            block: None,
            lit: false,
            difference: None,
        }
    }
}

impl Wanted {
    /// Says what the window shows from now on.
    pub fn publish(&self, showing: Showing) {
        *self.showing.lock().unwrap_or_else(PoisonError::into_inner) = showing;
    }

    /// What the window shows.
    #[must_use]
    pub fn showing(&self) -> Showing {
        *self.showing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Showing {
    /// The part of a picture of `shape` that the panel at this place needs, reduced as far as it can be
    /// without falling below its size on screen; `None` where it is not on screen.
    #[must_use]
    pub fn needs(&self, at: usize, shape: Shape) -> Option<Cut> {
        self.cut(at, shape, 0.0)
    }

    /// As [`needs`](Self::needs), and around it what comes into sight next when the picture is moved.
    #[must_use]
    pub fn prepares(&self, at: usize, shape: Shape) -> Option<Cut> {
        self.cut(at, shape, MARGIN)
    }

    /// The part that the difference of two panels needs, which stands in nobody's place.
    #[must_use]
    pub fn needs_difference(&self, shape: Shape) -> Option<Cut> {
        self.cut(usize::MAX, shape, 0.0)
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "sides of pictures"
    )]
    fn cut(&self, at: usize, shape: Shape, margin: f32) -> Option<Cut> {
        if at < 32 && self.panels >> at & 1 == 0 {
            return None;
        }
        let [left, top, width, height] = self.visible.0;
        let reduced = |side: u32, share: f32, px: u32| (side as f32 * share + 0.5) as u32 / px.max(1);
        let [px_x, px_y] = self.picture_px;
        let most = reduced(shape.width, width, px_x).min(reduced(shape.height, height, px_y)).max(1);
        let span = |side: u32, start: f32, share: f32, factor: u32| {
            let first = ((start - share * margin).max(0.0) * side as f32) as u32 / factor * factor;
            let end = ((start + share * (1.0 + margin)).min(1.0) * side as f32).ceil() as u32;
            (first.min(side), end.next_multiple_of(factor).min(side).saturating_sub(first))
        };
        let cut = |factor: u32| {
            let (x, width) = span(shape.width, left, width, factor);
            let (y, height) = span(shape.height, top, height, factor);
            Cut { x, y, width, height, factor }
        };
        // A texture has a largest size, whatever is wanted.
        let whole = cut(most);
        let side = self.texture_side.max(LEAST_TEXTURE_SIDE) as u32;
        let least = whole.width.max(whole.height).div_ceil(side);
        Some(if least > most { cut(least) } else { whole })
    }
}

/// Makes shots of sheets.
#[derive(Debug, Default)]
pub struct Developer {
    wanted: Arc<Wanted>,
    /// Images handed out, to be used again once nobody else holds them.
    shelf: Vec<Arc<ColorImage>>,
}

impl Developer {
    /// Makes pictures as large as `wanted` says.
    #[must_use]
    pub fn new(wanted: Arc<Wanted>) -> Self {
        Self { wanted, shelf: Vec::new() }
    }

    /// Makes a shot of a sheet.
    pub fn develop(&mut self, sheet: Sheet) -> Shot {
        let (shape, layout, showing) = (sheet.frame.shape, sheet.frame.layout, self.wanted.showing());
        let difference = showing.difference.and_then(|pair| {
            let pictures = pair.panels.map(|at| sheet.panels.get(at)?.picture.as_ref());
            let [one, other] = pictures;
            amplify::difference(pair, [one?, other?], showing.cut(usize::MAX, shape, MARGIN)?)
        });
        let inspected = showing.block.and_then(|block| inspect::inspect(&sheet, block));
        let jobs: Vec<_> = sheet
            .panels
            .into_iter()
            .enumerate()
            .map(|(at, rendered)| {
                let cut = showing.prepares(at, shape);
                let image = cut.map(|cut| self.blank(cut.size()));
                (rendered, cut, image)
            })
            .collect();
        let panels: Vec<ShotPanel> = jobs
            .into_par_iter()
            .enumerate()
            .map(|(at, (rendered, cut, mut image))| {
                let note = rendered.why_empty();
                if let (Some(image), Some(cut)) = (&mut image, cut)
                    && let Some(image) = Arc::get_mut(image)
                {
                    match &rendered.picture {
                        Some(picture) => reduce(picture, cut, image.as_raw_mut()),
                        None => image.as_raw_mut().as_chunks_mut().0.fill(GROUND),
                    }
                    let seen = inspected.as_ref().filter(|_| showing.lit);
                    if let Some(found) = seen.and_then(|seen| seen.panels[at].as_ref()) {
                        inspect::light_up(found, layout, shape, cut, image.as_raw_mut());
                    }
                }
                ShotPanel {
                    panel: rendered.panel,
                    image,
                    cut,
                    leakage: rendered.leakage,
                    pending: rendered.pending,
                    note,
                }
            })
            .collect();
        self.keep(&panels);
        let inspected = inspected.map(Arc::new);
        Shot { frame: sheet.frame.index, shape, panels, inspected, lit: showing.lit, difference }
    }

    /// Keeps the images of the few shots that are on their way at a time, those of another size not.
    fn keep(&mut self, panels: &[ShotPanel]) {
        let new: Vec<_> = panels.iter().filter_map(|panel| panel.image.clone()).collect();
        self.shelf.retain(|old| new.iter().any(|new| new.size == old.size));
        self.shelf.splice(0..0, new);
        self.shelf.truncate(panels.len() * SHOTS_ON_THEIR_WAY);
    }

    /// An image of this size that nobody else holds; its contents are unspecified.
    fn blank(&mut self, size: [usize; 2]) -> Arc<ColorImage> {
        let free =
            self.shelf.iter_mut().position(|image| image.size == size && Arc::get_mut(image).is_some());
        match free {
            Some(free) => self.shelf.swap_remove(free),
            None => Arc::new(ColorImage::filled(size, eframe::egui::Color32::BLACK)),
        }
    }
}

/// Averages squares of the cut's factor a side into `to`, RGBA; squares over the edge average what there is.
fn reduce(picture: &Picture, cut: Cut, to: &mut [u8]) {
    let factor = cut.factor.max(1) as usize;
    let (left, row_pixels) = (cut.x as usize, cut.width as usize);
    let [to_columns, to_rows] = cut.size();
    if to_columns == 0 || to_rows == 0 {
        return;
    }
    let row =
        |y: usize| &picture.pixels()[(cut.y as usize + y) * picture.shape.columns() + left..][..row_pixels];
    to.par_chunks_mut(to_columns * 4).enumerate().for_each_init(
        || vec![0u32; if factor > 1 { row_pixels * 4 } else { 0 }],
        |sums, (y, to)| {
            let (to, _) = to.as_chunks_mut::<4>();
            if factor == 1 {
                to.iter_mut().zip(row(y)).for_each(|(to, from)| *to = opaque(*from));
                return;
            }
            let rows = factor.min(cut.height as usize - y * factor);
            sums.fill(0);
            for y in y * factor..y * factor + rows {
                for (sum, &byte) in sums.iter_mut().zip(row(y).as_flattened()) {
                    *sum += u32::from(byte);
                }
            }
            for (to, sums) in to.iter_mut().zip(sums.chunks(factor * 4)) {
                let (sums, _) = sums.as_chunks::<4>();
                #[expect(clippy::cast_possible_truncation, reason = "a square has at most 16,384² pixels")]
                let count = (sums.len() * rows) as u32;
                *to = opaque(std::array::from_fn(|channel| {
                    let sum: u32 = sums.iter().map(|pixel| pixel[channel]).sum();
                    #[expect(clippy::cast_possible_truncation, reason = "an average of bytes")]
                    let mean = ((sum + count / 2) / count) as u8;
                    mean
                }));
            }
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pool::Buffer;

    fn picture(width: u32, height: u32, red: impl Fn(u32, u32) -> u8) -> Picture {
        let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        let rgba: Vec<u8> = pixels.flat_map(|(x, y)| [red(x, y), 0, 7, red(x, y)]).collect();
        Picture::new(Shape::new(width, height), Arc::new(Buffer::from(rgba)))
    }

    fn reduced(picture: &Picture, cut: Cut) -> Vec<u8> {
        let [columns, rows] = cut.size();
        let mut to = vec![0; columns * rows * 4];
        reduce(picture, cut, &mut to);
        assert!(to.as_chunks::<4>().0.iter().all(|pixel| pixel[1..] == [0, 7, 255]));
        to.as_chunks::<4>().0.iter().map(|pixel| pixel[0]).collect()
    }

    #[test]
    fn squares_are_averaged_and_those_over_the_edge_by_what_there_is() {
        // 5 × 3 by 2: the last column and row are half squares.
        let picture = picture(5, 3, |x, y| u8::try_from(10 * x + y).expect("small"));
        let whole = Cut { x: 0, y: 0, width: 5, height: 3, factor: 2 };
        // (0 + 10 + 1 + 11) / 4 = 5.5 rounds up; the corner is the pixel itself.
        assert_eq!(reduced(&picture, whole), [6, 26, 41, 7, 27, 42]);
        let right = Cut { x: 2, y: 2, width: 3, height: 1, factor: 2 };
        assert_eq!(reduced(&picture, right), [27, 42], "the same squares in a part of it");
    }

    #[test]
    fn a_part_at_its_own_size_is_copied() {
        let picture = picture(4, 2, |x, y| u8::try_from(x + 10 * y).expect("small"));
        let cut = Cut { x: 1, y: 1, width: 2, height: 1, factor: 1 };
        assert_eq!(reduced(&picture, cut), [11, 12]);
    }

    const UHD: Shape = Shape::new(3840, 2160);

    fn showing(picture_px: [u32; 2], texture_side: usize) -> Showing {
        Showing { picture_px, texture_side, ..Showing::default() }
    }

    #[test]
    fn a_picture_is_reduced_by_as_much_as_still_fills_its_panel() {
        let factor = |showing: Showing| showing.needs(3, UHD).map(|cut| cut.factor);
        assert_eq!(factor(Showing::default()), Some(3), "before the window has a size");
        assert_eq!(factor(showing([800, 450], 8192)), Some(4));
        assert_eq!(factor(showing([1300, 731], 8192)), Some(2));
        assert_eq!(factor(showing([5000, 2800], 8192)), Some(1));
        assert_eq!(factor(showing([5000, 2800], 2048)), Some(2), "a texture has a largest size");
        let second = Showing { panels: 0b10, ..showing([800, 450], 8192) };
        assert_eq!([second.needs(0, UHD).is_some(), second.needs(1, UHD).is_some()], [false, true]);
    }

    #[test]
    fn only_the_part_in_sight_is_brought_with_a_margin_around_it() {
        let visible = Region([0.5, 0.25, 0.25, 0.25]);
        let showing = Showing { visible, ..showing([480, 270], 8192) };
        let needed = Cut { x: 1920, y: 540, width: 960, height: 540, factor: 2 };
        assert_eq!(showing.needs(0, UHD), Some(needed));
        let brought = showing.prepares(0, UHD).expect("it is on screen");
        assert_eq!(brought, Cut { x: 1680, y: 404, width: 1440, height: 812, factor: 2 });
        assert!(brought.serves(needed) && !needed.serves(brought));
        assert!(!Cut { factor: 3, ..brought }.serves(needed), "too coarse");
        // At the edge of the picture the margin ends.
        let corner = Showing { visible: Region([0.75, 0.75, 0.25, 0.25]), ..showing };
        let cut = corner.prepares(0, UHD).expect("it is on screen");
        assert_eq!((cut.x + cut.width, cut.y + cut.height), (3840, 2160));
    }

    #[test]
    fn images_are_used_again_once_nobody_holds_them() {
        let mut developer = Developer::default();
        let image = developer.blank([4, 2]);
        let address = Arc::as_ptr(&image);
        developer.shelf.push(Arc::clone(&image));
        assert_ne!(Arc::as_ptr(&developer.blank([4, 2])), address, "it is still on screen");
        drop(image);
        assert_eq!(Arc::as_ptr(&developer.blank([4, 2])), address);
    }
}
