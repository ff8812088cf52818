//! `ciphertext`: the bytes on the wire as pixels.

use super::kind::Kind;
use super::{Blank, GROUND, Lens, repeats};
use crate::leak::{self, Finding};
use crate::picture::layout::{Layout, Places};
use crate::picture::{Colour, Shape};

pub(super) const KIND: Kind = Kind {
    name: "ciphertext",
    shows: "the bytes on the wire as pixels",
    help: "the bytes on the wire as pixels (default)",
    about: "the bytes on the wire as pixels: an outline here is a leak; noise here proves nothing",
    default: Lens::Ciphertext,
    from_menu: Lens::Ciphertext,
    joint: "as",
    paint: |_, view, rgba| paint_ciphertext(view.layout, view.shape, view.colour, view.now, rgba),
    finds: |view, leakage| match leakage.word {
        Some(Finding::Flat) => Ok(Finding::Flat),
        _ if leakage.repeated_in_frame == 0 => Err(Blank::Noise),
        _ if leak::looks_like_noise(&Places::of(view.layout, view.shape), view.now) => Err(Blank::Noise),
        _ => Ok(repeats::word(leakage)),
    },
    ..Kind::PLAIN
};

/// Paints the `ciphertext` lens: `bytes` holds at least [`Layout::frame_bytes`], `rgba` 4 bytes a pixel.
pub fn paint_ciphertext(layout: Layout, shape: Shape, colour: Colour, bytes: &[u8], rgba: &mut [u8]) {
    layout.show(shape, colour, &bytes[..layout.frame_bytes(shape)], Some(GROUND), rgba);
}
