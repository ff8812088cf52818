//! `motion`: blocks that changed, with trails over the memory.

use super::kind::Kind;
use super::{Blank, GROUND, Lens, View, blank, difference};

pub(super) const KIND: Kind = Kind {
    name: "motion",
    shows: "blocks that changed, the latest brightest",
    help: "blocks that changed since the frame before",
    about: "blocks that changed since the frame before, fading over the memory: a silhouette here is a leak even where \
            every single frame is noise; an even field means that everything changed, or that nothing can be told",
    default: Lens::Motion,
    from_menu: Lens::Motion,
    follows: |_| true,
    paint: |_, view, rgba| paint_motion(view, rgba),
    blank: |view, leakage, is_first| {
        Some(if view.change_age.known() == 0 {
            blank::no_frame_before(is_first)
        } else {
            blank::no_change(leakage)
        })
    },
    finds: |view, leakage| difference::changes(view, leakage).unwrap_or(Err(Blank::AllChanged)),
    ..Kind::PLAIN
};

/// Where on the scale a block stands that changed just now, and one that last changed at the other end of
/// the memory.
const FRESH: f64 = 0.93;
const OLD: f64 = 0.24;

/// The colour of blocks that stayed as they are.
const STILL: [u8; 4] = [22, 22, 34, 255];

/// Paints the `motion` lens: bright where a block changed from the frame before to this one, darker where it
/// changed earlier within the memory, dark where it did not. Without a frame before, or with one of another
/// size, all is ground. How many frames it takes to fade is a matter of the memory alone, so that the start
/// of a video looks no different.
pub fn paint_motion(view: &View<'_>, rgba: &mut [u8]) {
    if view.change_age.known() == 0 {
        rgba.as_chunks_mut::<4>().0.fill(GROUND);
        return;
    }
    let steps = view.memory.get().saturating_sub(1).clamp(1, 256);
    let colours: Vec<[u8; 4]> = (0..steps)
        .map(|step| {
            let share = FRESH - (FRESH - OLD) * f64::from(step) / f64::from(steps.max(2) - 1);
            let inferno = colorous::INFERNO.eval_continuous(share);
            [inferno.r, inferno.g, inferno.b, 255]
        })
        .collect();
    // A memory longer than there are steps fades in as many steps.
    let changes = view.memory.get().max(2) - 1;
    let frames_a_step = changes.div_ceil(steps);
    let colour = |block| match view.change_age.changed_ago(block) {
        Some(ago) => colours[(ago / frames_a_step) as usize],
        None => STILL,
    };
    view.grid.paint_blocks(colour, GROUND, rgba);
}
