//! `unique`: the blocks that occur once.

use super::kind::Kind;
use super::{Blank, GROUND, INK, Lens, PAPER, View, repeats};

pub(super) const KIND: Kind = Kind {
    name: "unique",
    shows: "blocks that occur once, as ink",
    about: "blocks that occur once within the memory, as ink on paper: a shape here is a leak; solid ink means that no \
            block repeats",
    default: Lens::Unique,
    from_menu: Lens::Unique,
    paint: |_, view, rgba| paint_unique(view, rgba),
    blank: |_, leakage, _| Some(repeats::nothing_stands_out(leakage)),
    finds: |_, leakage| {
        if leakage.repeated == 0 { Err(Blank::NothingRepeats) } else { Ok(repeats::word(leakage)) }
    },
    ..Kind::PLAIN
};

/// Paints the `unique` lens: ink where the value of a block occurs once within the memory, paper elsewhere.
fn paint_unique(view: &View<'_>, rgba: &mut [u8]) {
    let occurrences = view.census.all_occurrences();
    let colour = |block: usize| if occurrences[block] < 2 { INK } else { PAPER };
    view.layout.paint_blocks(view.shape, colour, GROUND, rgba);
}
