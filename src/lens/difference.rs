//! `difference`: the exclusive or of two ciphertexts.

use super::{GROUND, View};
use crate::frame::Colour;
use crate::leak;

/// What a chroma sample without colour is.
const GREY: u8 = 128;

/// Paints the `difference` lens: this frame's ciphertext XOR the one before, as pixels of the layout. All is
/// ground where there is no frame before, or one of another size.
///
/// What stayed the same is black: in `yuv420p` half of the range is added to the chroma, which would show
/// no difference as green, and samples are shown over the full range whatever the stream states, since a
/// difference has no footroom.
pub fn paint_difference(view: &View<'_>, rgba: &mut [u8]) {
    let Some(before) = view.before.filter(|before| before.len() == view.now.len()) else {
        rgba.as_chunks_mut::<4>().0.fill(GROUND);
        return;
    };
    let mut difference = vec![0; view.now.len()];
    leak::difference(view.now, before, &mut difference);
    let chroma = view.layout.first_plane_bytes(view.shape);
    difference[chroma..].iter_mut().for_each(|sample| *sample ^= GREY);
    let colour = Colour { full_range: true, ..view.colour };
    view.layout.show(view.shape, colour, &difference, Some(GROUND), rgba);
}
