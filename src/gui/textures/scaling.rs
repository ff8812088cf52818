//! Scales pictures to the pixels that they have on screen.

use rayon::prelude::*;

use super::visible_area::CropRect;
use crate::picture::{Rows, Shape, average_part, opaque};

/// Scales and crops the rows of a picture of `shape` to RGBA.
pub(super) fn scale(rows: &impl Rows, (shape, crop): (Shape, CropRect), to: &mut [u8]) {
    let (pixels, _) = to.as_chunks_mut::<4>();
    let [columns, rows_of_cut] = crop.part();
    if crop.whole == shape {
        let copied = pixels.par_chunks_mut(columns.len().max(1)).zip(rows_of_cut);
        copied.for_each_init(Vec::new, |room, (to, y)| {
            let row = rows.row(y, columns.clone(), room);
            to.iter_mut().zip(row).for_each(|(to, from)| *to = opaque(*from));
        });
        return;
    }
    average_part(rows, (shape, crop.whole), [columns, rows_of_cut], pixels);
    pixels.par_iter_mut().for_each(|pixel| *pixel = opaque(*pixel));
}
