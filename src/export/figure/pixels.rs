//! Panels onto the page, pixel for pixel.

use std::borrow::Cow;

use image::imageops::{FilterType, resize};
use image::{ImageBuffer, Rgba};
use resvg::tiny_skia::Pixmap;

use crate::frame::{Picture, Shape};

/// Draws a picture in the size of `shape` with its upper left corner at `x`, `y`. Every pixel becomes a
/// rectangle of its colour, unless it `is_smooth` and has to be stretched.
pub fn blit(picture: &Picture, is_smooth: bool, shape: Shape, (x, y): (u32, u32), onto: &mut Pixmap) {
    let stretched = stretched(picture, is_smooth, shape);
    let width = onto.width() as usize;
    // Opaque colours are their own premultiplied ones.
    let rows = onto.data_mut().chunks_exact_mut(width * 4).skip(y as usize);
    for (to, from) in rows.zip(stretched.chunks_exact(shape.columns() * 4)) {
        to[x as usize * 4..][..from.len()].copy_from_slice(from);
    }
}

/// The pixels of a picture in the size of `to`: rectangles, or interpolated where it `is_smooth`.
pub fn stretched(picture: &Picture, is_smooth: bool, to: Shape) -> Cow<'_, [u8]> {
    let (from, rgba) = (picture.shape, &picture.rgba[..]);
    if from == to {
        return Cow::Borrowed(rgba);
    }
    if is_smooth && let Some(image) = ImageBuffer::<Rgba<u8>, _>::from_raw(from.width, from.height, rgba) {
        return Cow::Owned(resize(&image, to.width, to.height, FilterType::Triangle).into_raw());
    }
    let mut pixels = Vec::with_capacity(to.pixels() * 4);
    for y in 0..to.rows() {
        let row = &rgba[y * from.rows() / to.rows() * from.columns() * 4..];
        for x in 0..to.columns() {
            pixels.extend_from_slice(&row[x * from.columns() / to.columns() * 4..][..4]);
        }
    }
    Cow::Owned(pixels)
}
