//! Panels onto the page, pixel for pixel.

use std::borrow::Cow;

use image::imageops::{FilterType, resize};
use image::{ImageBuffer, Rgba};
use resvg::tiny_skia::Pixmap;

use crate::frame::{Picture, Shape, opaque};

/// Draws a picture in the size of `shape` with its upper left corner at `x`, `y`. Every pixel becomes a
/// rectangle of its colour, unless it `is_smooth` and has to be stretched.
pub fn blit(picture: &Picture, is_smooth: bool, shape: Shape, (x, y): (u32, u32), onto: &mut Pixmap) {
    let stretched = stretched(picture, is_smooth, shape);
    let width = onto.width() as usize;
    // Opaque colours are their own premultiplied ones.
    let rows = onto.data_mut().as_chunks_mut().0.chunks_exact_mut(width).skip(y as usize);
    for (to, from) in rows.zip(stretched.chunks_exact(shape.columns())) {
        to[x as usize..].iter_mut().zip(from).for_each(|(to, from)| *to = opaque(*from));
    }
}

/// The pixels of a picture in the size of `to`: rectangles, or interpolated where it `is_smooth`.
pub fn stretched(picture: &Picture, is_smooth: bool, to: Shape) -> Cow<'_, [[u8; 4]]> {
    let (from, pixels) = (picture.shape, picture.pixels());
    if from == to {
        return Cow::Borrowed(pixels);
    }
    if is_smooth && let Some(image) = image(picture) {
        let resized = resize(&image, to.width, to.height, FilterType::Triangle);
        return Cow::Owned(resized.pixels().map(|pixel| pixel.0).collect());
    }
    let mut stretched = Vec::with_capacity(to.pixels());
    for y in 0..to.rows() {
        let row = &pixels[y * from.rows() / to.rows() * from.columns()..];
        stretched.extend((0..to.columns()).map(|x| row[x * from.columns() / to.columns()]));
    }
    Cow::Owned(stretched)
}

/// A picture as the image library knows it. Its alpha means nothing: every channel is treated by itself.
pub fn image(picture: &Picture) -> Option<ImageBuffer<Rgba<u8>, &[u8]>> {
    ImageBuffer::from_raw(picture.shape.width, picture.shape.height, picture.pixels().as_flattened())
}
