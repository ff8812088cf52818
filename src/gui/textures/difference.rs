//! The amplified difference of two panels: where and by how much their pictures differ, pixel by pixel. Pure; runs on
//! the render thread.

use std::ops::Range;
use std::sync::Arc;

use eframe::egui::ColorImage;
use rayon::prelude::*;

use super::scaling;
use super::visible_area::CropRect;
use crate::gui::model::panels::comparison::Pair;
use crate::picture::{Picture, Rows};

/// The difference of two pictures, ready to upload.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The panels.
    pub pair: Pair,
    /// The absolute differences of red, green and blue times the gain, 255 at most.
    pub image: Arc<ColorImage>,
    /// The part of the frame that the image holds.
    pub crop: CropRect,
    /// The share of pixels that differ, from 0 to 1.
    pub differing: f64,
}

/// Computes the difference of two pictures; `None` where their sizes differ.
#[must_use]
pub fn difference(pair: Pair, [one, other]: [&Picture; 2], crop: CropRect) -> Option<Difference> {
    if one.shape != other.shape || one.shape.pixels() == 0 {
        return None;
    }
    let pixels = |picture: &Picture| picture.shape.pixels().max(1);
    let (ones, others) = (one.pixels(), other.pixels());
    let unlike = ones.par_iter().zip(others).filter(|(one, other)| one[..3] != other[..3]).count();
    let mut image = ColorImage::filled(crop.size(), eframe::egui::Color32::BLACK);
    let amplified = Amplified { pictures: [one, other], gain: pair.gain };
    scaling::scale(&amplified, (one.shape, crop), image.as_raw_mut());
    Some(Difference { pair, image: Arc::new(image), crop, differing: unlike as f64 / pixels(one) as f64 })
}

/// The rows of a difference. The gain is applied before pixels are averaged, so that a single pixel stays visible at
/// a small scale.
struct Amplified<'p> {
    pictures: [&'p Picture; 2],
    gain: u8,
}

impl Rows for Amplified<'_> {
    fn row<'a>(&'a self, y: usize, columns: Range<usize>, room: &'a mut Vec<[u8; 4]>) -> &'a [[u8; 4]] {
        let [ones, others] = self.pictures.map(|picture| {
            let start = y * picture.shape.columns();
            &picture.pixels()[start + columns.start..start + columns.end]
        });
        room.clear();
        room.extend(ones.iter().zip(others).map(|(one, other)| {
            let amplified = |channel: usize| one[channel].abs_diff(other[channel]).saturating_mul(self.gain);
            [amplified(0), amplified(1), amplified(2), u8::MAX]
        }));
        room
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::Shape;
    use crate::runtime::pool::Buffer;

    fn picture(width: u32, height: u32, pixel: impl Fn(u32, u32) -> [u8; 3]) -> Picture {
        let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        let rgba: Vec<u8> = places.flat_map(|(x, y)| pixel(x, y).into_iter().chain([255])).collect();
        Picture::new(Shape::new(width, height), Arc::new(Buffer::from(rgba)))
    }

    fn shown(found: &Difference) -> Vec<[u8; 3]> {
        found.image.as_raw().as_chunks::<4>().0.iter().map(|[r, g, b, _]| [*r, *g, *b]).collect()
    }

    const WHOLE: CropRect = CropRect::all(Shape::new(3, 2));

    #[test]
    fn the_gain_multiplies_each_channel_up_to_255() {
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
    fn a_single_different_pixel_stays_visible_when_scaled_down() {
        let (one, other) =
            (picture(4, 4, |_, _| [0; 3]), picture(4, 4, |x, y| [u8::from(x == 1 && y == 1); 3]));
        let crop = CropRect::all(Shape::new(2, 2));
        let found = difference(Pair { panels: [0, 1], gain: 64 }, [&one, &other], crop).expect("one size");
        assert_eq!(shown(&found), [[16; 3], [0; 3], [0; 3], [0; 3]]);
        assert!((found.differing - 1.0 / 16.0).abs() < 1e-12);
        let side = CropRect { width: 1, ..crop };
        let part = difference(Pair { panels: [0, 1], gain: 64 }, [&one, &other], side).expect("one size");
        assert_eq!(shown(&part), [[16; 3], [0; 3]], "the same in a part of it");
        assert!(difference(part.pair, [&one, &picture(3, 3, |_, _| [0; 3])], crop).is_none());
    }
}
