//! `outline`: the edges of the picture, found from block equality.

use super::kind::Kind;
use super::{Blank, Lens, View, repeats};
use crate::leak::Finding;

pub(super) const KIND: Kind = Kind {
    name: "outline",
    shows: "the drawing that equal blocks give away",
    help: "outlines, from which blocks are equal, as ink on paper",
    about: "the outlines that equal and rare blocks form, as ink on paper: a shape here is a leak; solid ink is \
            texture, and a blank sheet means only that equal blocks form no outline",
    default: Lens::Outline,
    from_menu: Lens::Outline,
    needs_change_age: |memory| memory.get() > 1,
    paint: |_, view, rgba| paint_outline(view, rgba),
    blank: |_, view, leakage, _| {
        Some(match repeats::nothing_stands_out(leakage) {
            _ if view.outline.ink().contains(&true) => Blank::AllAlike,
            Blank::AllAlike => Blank::NoOutline,
            blank => blank,
        })
    },
    finds: |_, _, leakage| match leakage.word {
        Some(Finding::Outlines) => Ok(Finding::Outlines),
        _ if leakage.repeated == 0 => Err(Blank::NothingRepeats),
        _ => Err(Blank::NoOutline),
    },
    ..Kind::PLAIN
};

/// The colour of lines and of texture.
pub const INK: [u8; 4] = [27, 30, 46, 255];

/// The colour of smooth areas, and of blocks for which equality is no evidence.
pub const PAPER: [u8; 4] = [246, 242, 232, 255];

/// Paints the `outline` lens: dark ink on light paper. [`Outline`](crate::leak::Outline) states the rule for ink.
pub fn paint_outline(view: &View<'_>, rgba: &mut [u8]) {
    let colour = |block| if view.outline.is_ink(block) { INK } else { PAPER };
    view.grid.paint_blocks(colour, PAPER, rgba);
}
