//! The difference of two panels, amplified: where and by how much their pictures differ, pixel by pixel. Pure,
//! and done on the render thread.

use std::sync::Arc;

use eframe::egui::ColorImage;
use rayon::prelude::*;

use super::film::Cut;
use crate::frame::Picture;

/// The most that a difference is multiplied by.
pub const MOST_GAIN: u8 = 64;

/// Two panels whose difference is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Their places in the scene.
    pub panels: [usize; 2],
    /// By how much each difference is multiplied; at least 1.
    pub gain: u8,
}

/// The difference of two pictures, ready to upload.
#[derive(Clone, Debug)]
pub struct Difference {
    /// Of which panels.
    pub pair: Pair,
    /// The absolute differences of red, green and blue times the gain, 255 at most.
    pub image: Arc<ColorImage>,
    /// The part of the frame that the image holds.
    pub cut: Cut,
    /// The share of all pixels that differ at all.
    pub differing: f64,
}

/// Works out the difference of two pictures of one size; `None` where their sizes differ.
#[must_use]
pub fn difference(pair: Pair, [one, other]: [&Picture; 2], cut: Cut) -> Option<Difference> {
    if one.shape != other.shape || one.shape.pixels() == 0 {
        return None;
    }
    let pixels = |picture: &Picture| picture.shape.pixels().max(1);
    let (ones, others) = (one.pixels(), other.pixels());
    let unlike = ones.par_iter().zip(others).filter(|(one, other)| one[..3] != other[..3]).count();
    let mut image = ColorImage::filled(cut.size(), eframe::egui::Color32::BLACK);
    amplify([one, other], cut, pair.gain, image.as_raw_mut());
    Some(Difference { pair, image: Arc::new(image), cut, differing: unlike as f64 / pixels(one) as f64 })
}

/// Multiplies first and averages squares of the cut's factor a side then: what differs in a single pixel is
/// seen from afar too.
fn amplify([one, other]: [&Picture; 2], cut: Cut, gain: u8, to: &mut [u8]) {
    let factor = cut.factor.max(1) as usize;
    let [columns, rows] = cut.size();
    if columns == 0 || rows == 0 {
        return;
    }
    let (left, width) = (cut.x as usize, cut.width as usize);
    let start = |picture: &Picture, y: usize| (cut.y as usize + y) * picture.shape.columns() + left;
    to.par_chunks_mut(columns * 4).enumerate().for_each(|(y, to)| {
        let mut sums = vec![[0u32; 3]; columns];
        let rows = factor.min(cut.height as usize - y * factor);
        for y in y * factor..y * factor + rows {
            let [ones, others] = [one, other].map(|picture| &picture.pixels()[start(picture, y)..][..width]);
            for (x, (one, other)) in ones.iter().zip(others).enumerate() {
                for (sum, (one, other)) in sums[x / factor].iter_mut().zip(one.iter().zip(other)) {
                    *sum += (u32::from(one.abs_diff(*other)) * u32::from(gain)).min(255);
                }
            }
        }
        for (x, (to, sums)) in to.as_chunks_mut::<4>().0.iter_mut().zip(sums).enumerate() {
            let count = u32::try_from(factor.min(cut.width as usize - x * factor) * rows).unwrap_or(u32::MAX);
            for (to, sum) in to.iter_mut().zip(sums) {
                *to = u8::try_from((sum + count / 2) / count.max(1)).unwrap_or(u8::MAX);
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Shape;
    use crate::pool::Buffer;

    fn picture(width: u32, height: u32, pixel: impl Fn(u32, u32) -> [u8; 3]) -> Picture {
        let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        let rgba: Vec<u8> = places.flat_map(|(x, y)| pixel(x, y).into_iter().chain([255])).collect();
        Picture::new(Shape::new(width, height), Arc::new(Buffer::from(rgba)))
    }

    fn shown(found: &Difference) -> Vec<[u8; 3]> {
        found.image.as_raw().as_chunks::<4>().0.iter().map(|[r, g, b, _]| [*r, *g, *b]).collect()
    }

    const WHOLE: Cut = Cut { x: 0, y: 0, width: 3, height: 2, factor: 1 };

    #[test]
    fn differences_are_multiplied_channel_by_channel_and_end_at_255() {
        let one = picture(3, 2, |x, _| [10, 20, u8::try_from(x).expect("small")]);
        let other = picture(3, 2, |_, y| [7, 20, if y == 0 { 0 } else { 90 }]);
        let pair = Pair { panels: [0, 1], gain: 4 };
        let found = difference(pair, [&one, &other], WHOLE).expect("one size");
        assert_eq!(shown(&found)[..3], [[12, 0, 0], [12, 0, 4], [12, 0, 8]]);
        assert_eq!(shown(&found)[3..], [[12, 0, 255], [12, 0, 255], [12, 0, 255]]);
        assert!((found.differing - 1.0).abs() < 1e-12);
        let same = difference(pair, [&one, &one], WHOLE).expect("one size");
        assert!(shown(&same).iter().all(|pixel| *pixel == [0; 3]) && same.differing == 0.0);
    }

    #[test]
    fn a_single_pixel_that_differs_is_seen_from_afar() {
        let (one, other) =
            (picture(4, 4, |_, _| [0; 3]), picture(4, 4, |x, y| [u8::from(x == 1 && y == 1); 3]));
        let cut = Cut { x: 0, y: 0, width: 4, height: 4, factor: 2 };
        let found = difference(Pair { panels: [0, 1], gain: 64 }, [&one, &other], cut).expect("one size");
        assert_eq!(shown(&found), [[16; 3], [0; 3], [0; 3], [0; 3]]);
        assert!((found.differing - 1.0 / 16.0).abs() < 1e-12);
        let corner = Cut { x: 1, y: 1, width: 3, height: 3, factor: 2 };
        let part = difference(Pair { panels: [0, 1], gain: 64 }, [&one, &other], corner).expect("one size");
        assert_eq!(shown(&part)[0], [16; 3], "the same in a part of it");
        assert!(difference(part.pair, [&one, &picture(3, 3, |_, _| [0; 3])], cut).is_none());
    }
}
