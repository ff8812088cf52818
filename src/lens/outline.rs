//! `outline`: the drawing that block equality gives away.

use super::kind::Kind;
use super::{Blank, Lens, View, repeats};
use crate::leak::Finding;

pub(super) const KIND: Kind = Kind {
    name: "outline",
    shows: "the drawing that equal blocks give away",
    help: "the drawing that equal blocks give away, ink on paper",
    about: "the drawing that equal and rare blocks give away, as ink on paper: a shape here is a leak; solid ink is \
            texture, and a blank sheet says only that block equality gives no outline away",
    default: Lens::Outline,
    from_menu: Lens::Outline,
    follows: |memory| memory.get() > 1,
    paint: |_, view, rgba| paint_outline(view, rgba),
    blank: |view, leakage, _| {
        Some(match repeats::nothing_stands_out(leakage) {
            _ if view.outline.ink().contains(&true) => Blank::AllAlike,
            Blank::AllAlike => Blank::NoOutline,
            blank => blank,
        })
    },
    finds: |_, leakage| match leakage.word {
        Some(Finding::Outlines) => Ok(Finding::Outlines),
        _ if leakage.repeated == 0 => Err(Blank::NothingRepeats),
        _ => Err(Blank::NoOutline),
    },
    ..Kind::PLAIN
};

/// The colour of lines and of texture.
pub const INK: [u8; 4] = [27, 30, 46, 255];

/// The colour of all that is smooth, and of all of which nothing can be told.
pub const PAPER: [u8; 4] = [246, 242, 232, 255];

/// Paints the `outline` lens: dark ink on light paper. What is ink, and how that was chosen, stands in
/// [`Outline`](crate::leak::Outline).
pub fn paint_outline(view: &View<'_>, rgba: &mut [u8]) {
    let colour = |block| if view.outline.is_ink(block) { INK } else { PAPER };
    view.grid.paint_blocks(colour, PAPER, rgba);
}
