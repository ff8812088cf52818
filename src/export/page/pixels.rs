//! Copies panels onto the page, pixel for pixel.

use std::borrow::Cow;

use resvg::tiny_skia::Pixmap;

use crate::picture::{Picture, Shape, averaged, opaque};

/// Copies a picture with `columns` pixels a row to `x`, `y` of a page. `onto` holds the rows of the page from `first`
/// on.
pub fn blit(pixels: &[[u8; 4]], columns: usize, (x, y): (u32, u32), first: u32, onto: &mut Pixmap) {
    let width = onto.width() as usize;
    // Opaque colours are the same in premultiplied form.
    let rows =
        onto.data_mut().as_chunks_mut().0.chunks_exact_mut(width).skip(y.saturating_sub(first) as usize);
    let above = first.saturating_sub(y) as usize;
    for (to, from) in rows.zip(pixels.chunks_exact(columns.max(1)).skip(above)) {
        to[x as usize..].iter_mut().zip(from).for_each(|(to, from)| *to = opaque(*from));
    }
}

/// The pixels of a picture resized to `to`: averages of the area that each covers if `is_smooth`, else nearest pixels.
pub fn stretched(picture: &Picture, is_smooth: bool, to: Shape) -> Cow<'_, [[u8; 4]]> {
    let (from, pixels) = (picture.shape, picture.pixels());
    if from == to {
        return Cow::Borrowed(pixels);
    }
    if is_smooth {
        return Cow::Owned(averaged(pixels, from, to));
    }
    let mut stretched = Vec::with_capacity(to.pixels());
    for y in 0..to.rows() {
        let row = &pixels[y * from.rows() / to.rows() * from.columns()..];
        stretched.extend((0..to.columns()).map(|x| row[x * from.columns() / to.columns()]));
    }
    Cow::Owned(stretched)
}
