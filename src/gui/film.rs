//! From sheets to what the window draws: on the render thread, so that the window has nothing to compute.
//!
//! A picture that is shown much smaller than it is, is first averaged over squares of whole pixels: a 4K
//! video in four panels then costs a sixteenth of the upload, and noise becomes the grey that it is from
//! afar and not a shimmer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};

use eframe::egui::ColorImage;
use rayon::prelude::*;

use crate::frame::{Picture, Shape};
use crate::leak::Leakage;
use crate::pipeline::{Request, Sheet};
use crate::scene::Panel;
use crate::units::FrameIndex;

/// Pixels a side that every GPU takes.
const LEAST_TEXTURE_SIDE: u32 = 2048;

/// Size of a picture on screen until the window says: a first frame of 4K need not be shown in full.
const USUAL_PX: [u64; 2] = [1280, 720];

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
}

/// One panel of a shot.
#[derive(Clone, Debug)]
pub struct ShotPanel {
    /// Which panel this is.
    pub panel: Panel,
    /// What it shows; `None` where it was not on screen.
    pub image: Option<Arc<ColorImage>>,
    /// Pixels of the frame a side that one pixel of the image stands for; `None` where there is none.
    pub factor: Option<usize>,
    /// What it gives away.
    pub leakage: Leakage,
    /// What is still to be prepared before there is something to see.
    pub pending: Option<Request>,
    /// Why there is nothing to see, in words.
    pub note: Option<String>,
}

/// How large the window shows the panels; it writes, the render thread reads.
#[derive(Debug)]
pub struct Wanted {
    /// Width and height of a panel's picture on screen, in physical pixels, one in each half.
    picture_px: AtomicU64,
    /// The only panel on screen, by its place; [`Wanted::ALL`] where all are.
    only: AtomicUsize,
    /// Pixels a side that a texture may have.
    texture_side: AtomicU32,
}

impl Default for Wanted {
    fn default() -> Self {
        Self {
            picture_px: AtomicU64::new(USUAL_PX[0] << 32 | USUAL_PX[1]),
            only: AtomicUsize::new(Self::ALL),
            texture_side: AtomicU32::new(LEAST_TEXTURE_SIDE),
        }
    }
}

impl Wanted {
    const ALL: usize = usize::MAX;

    /// Says how large the pictures are on screen, and which is the only one.
    pub fn publish(&self, picture_px: [u32; 2], only: Option<usize>, texture_side: usize) {
        let [width, height] = picture_px.map(u64::from);
        self.picture_px.store(width << 32 | height, Ordering::Relaxed);
        self.only.store(only.unwrap_or(Self::ALL), Ordering::Relaxed);
        let side = u32::try_from(texture_side).unwrap_or(u32::MAX).max(LEAST_TEXTURE_SIDE);
        self.texture_side.store(side, Ordering::Relaxed);
    }

    /// By how much a picture of `shape` may be reduced for the panel at this place without falling below
    /// its size on screen; `None` where it is not on screen.
    #[must_use]
    pub fn factor(&self, at: usize, shape: Shape) -> Option<usize> {
        let only = self.only.load(Ordering::Relaxed);
        if only != Self::ALL && only != at {
            return None;
        }
        let wanted = self.picture_px.load(Ordering::Relaxed);
        #[expect(clippy::cast_possible_truncation, reason = "one half each")]
        let (width, height) = ((wanted >> 32) as u32, wanted as u32);
        let most = (shape.width / width.max(1)).min(shape.height / height.max(1)).max(1);
        // A texture has a largest size, whatever is wanted.
        let side = self.texture_side.load(Ordering::Relaxed);
        let least = shape.width.max(shape.height).div_ceil(side).max(1);
        Some(most.max(least) as usize)
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
        let shape = sheet.frame.shape;
        let jobs: Vec<_> = sheet
            .panels
            .into_iter()
            .enumerate()
            .map(|(at, rendered)| {
                let factor = self.wanted.factor(at, shape);
                let image = factor.filter(|_| rendered.picture.is_some()).map(|factor| {
                    let size = [shape.columns().div_ceil(factor), shape.rows().div_ceil(factor)];
                    self.blank(size)
                });
                (rendered, factor, image)
            })
            .collect();
        let panels: Vec<ShotPanel> = jobs
            .into_par_iter()
            .map(|(rendered, factor, mut image)| {
                if let (Some(image), Some(picture), Some(factor)) = (&mut image, &rendered.picture, factor)
                    && let Some(image) = Arc::get_mut(image)
                {
                    reduce(picture, factor, image.as_raw_mut());
                }
                ShotPanel {
                    panel: rendered.panel,
                    image,
                    factor,
                    leakage: rendered.leakage,
                    pending: rendered.pending,
                    note: rendered.note.map(|note| note.to_string()),
                }
            })
            .collect();
        self.keep(&panels);
        Shot { frame: sheet.frame.index, shape, panels }
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

/// Averages squares of `factor` × `factor` pixels into `to`; squares over the edge average what there is.
fn reduce(picture: &Picture, factor: usize, to: &mut [u8]) {
    if factor <= 1 {
        to.copy_from_slice(&picture.rgba);
        return;
    }
    let columns = picture.shape.columns();
    let row_bytes = columns * 4;
    let to_row_bytes = columns.div_ceil(factor) * 4;
    to.par_chunks_mut(to_row_bytes).zip(picture.rgba.par_chunks(row_bytes * factor)).for_each_init(
        || vec![0u32; row_bytes],
        |sums, (to, from)| {
            let rows = from.len() / row_bytes;
            sums.fill(0);
            for row in from.chunks_exact(row_bytes) {
                for (sum, &byte) in sums.iter_mut().zip(row) {
                    *sum += u32::from(byte);
                }
            }
            let (to, _) = to.as_chunks_mut::<4>();
            for (to, sums) in to.iter_mut().zip(sums.chunks(factor * 4)) {
                let (sums, _) = sums.as_chunks::<4>();
                #[expect(clippy::cast_possible_truncation, reason = "a square has at most 16,384² pixels")]
                let count = (sums.len() * rows) as u32;
                for (channel, to) in to.iter_mut().enumerate() {
                    let sum: u32 = sums.iter().map(|pixel| pixel[channel]).sum();
                    #[expect(clippy::cast_possible_truncation, reason = "an average of bytes")]
                    let mean = ((sum + count / 2) / count) as u8;
                    *to = mean;
                }
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
        let rgba: Vec<u8> = pixels.flat_map(|(x, y)| [red(x, y), 0, 7, 255]).collect();
        Picture { shape: Shape::new(width, height), rgba: Arc::new(Buffer::from(rgba)) }
    }

    #[test]
    fn squares_are_averaged_and_those_over_the_edge_by_what_there_is() {
        // 5 × 3 by 2: the last column and row are half squares.
        let picture = picture(5, 3, |x, y| u8::try_from(10 * x + y).expect("small"));
        let mut to = vec![0; 3 * 2 * 4];
        reduce(&picture, 2, &mut to);
        let red: Vec<u8> = to.as_chunks::<4>().0.iter().map(|pixel| pixel[0]).collect();
        // (0 + 10 + 1 + 11) / 4 = 5.5 rounds up; the corner is the pixel itself.
        assert_eq!(red, [6, 26, 41, 7, 27, 42]);
        assert!(to.as_chunks::<4>().0.iter().all(|pixel| pixel[1..] == [0, 7, 255]));
    }

    #[test]
    fn a_picture_at_its_own_size_is_copied() {
        let picture = picture(4, 2, |x, _| u8::try_from(x).expect("small"));
        let mut to = vec![0; 4 * 2 * 4];
        reduce(&picture, 1, &mut to);
        assert_eq!(to, picture.rgba[..]);
    }

    #[test]
    fn a_picture_is_reduced_by_as_much_as_still_fills_its_panel() {
        let wanted = Wanted::default();
        let uhd = Shape::new(3840, 2160);
        assert_eq!(wanted.factor(0, uhd), Some(3), "before the window has a size");
        wanted.publish([800, 450], None, 8192);
        assert_eq!(wanted.factor(3, uhd), Some(4));
        wanted.publish([1300, 731], None, 8192);
        assert_eq!(wanted.factor(3, uhd), Some(2));
        wanted.publish([5000, 2800], None, 8192);
        assert_eq!(wanted.factor(3, uhd), Some(1));
        wanted.publish([5000, 2800], None, 2048);
        assert_eq!(wanted.factor(3, uhd), Some(2), "a texture has a largest size");
        wanted.publish([800, 450], Some(1), 8192);
        assert_eq!((wanted.factor(0, uhd), wanted.factor(1, uhd)), (None, Some(4)));
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
