//! `ciphertext`: the bytes on the wire as pixels.

use super::kind::{Kind, Needs};
use super::{Blank, GROUND, Lens, repeats};
use crate::leak::{self, Finding};

pub(super) const KIND: Kind = Kind {
    name: "ciphertext",
    shows: "the bytes on the wire as pixels",
    help: "the bytes on the wire as pixels (default)",
    about: "the bytes on the wire as pixels: an outline here is a leak; noise here proves nothing",
    default: Lens::Ciphertext,
    from_menu: Lens::Ciphertext,
    preposition: "as",
    needs: Needs::Blocks,
    paint: |_, view, rgba| view.grid.show(view.now, GROUND, rgba),
    finds: |_, view, leakage| match leakage.word {
        Some(Finding::Flat) => Ok(Finding::Flat),
        _ if leakage.repeated_in_frame == 0 => Err(Blank::Noise),
        _ if view.grid.pixels().is_some_and(|pixels| leak::looks_like_noise(&pixels.places(), view.now)) => {
            Err(Blank::Noise)
        }
        _ => Ok(repeats::finding(leakage)),
    },
    ..Kind::PLAIN
};
