//! `motion`: blocks that changed within the memory.

use super::kind::Kind;
use super::{Blank, GROUND, Lens, View, blank, difference};

pub(super) const KIND: Kind = Kind {
    name: "motion",
    shows: "blocks that changed, the latest brightest",
    help: "blocks that changed since the frame before",
    about: "blocks that changed since the frame before, fading over the memory: a silhouette here is a leak even where \
            every single frame is noise; one colour means that all blocks changed, or that there is no frame to \
            compare with",
    default: Lens::Motion,
    from_menu: Lens::Motion,
    needs_change_age: |_| true,
    paint: |_, view, rgba| paint_motion(view, rgba),
    blank: |_, view, leakage, is_first| {
        Some(if view.change_age.known() == 0 {
            blank::no_frame_before(is_first)
        } else {
            blank::no_change(leakage)
        })
    },
    finds: |_, view, leakage| difference::changes(view, leakage).unwrap_or(Err(Blank::AllChanged)),
    ..Kind::PLAIN
};

/// The position of a block that changed with this frame on the scale of colours, from 0 to 1.
const FRESH: f64 = 0.93;

/// The position of a block whose last change is as old as the memory.
const OLD: f64 = 0.24;

/// The colour of blocks that did not change.
const STILL: [u8; 4] = [22, 22, 34, 255];

/// Paints the `motion` lens: a block that changed with this frame is bright, a block that changed earlier within the
/// memory is darker, and any other block is dark. Without a frame before, or with one of another size, the whole
/// picture is [`GROUND`]. The number of frames over which colours fade depends on the memory alone, not on how many
/// frames it has yet.
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
    // In a longer memory, several frames share a step.
    let changes = view.memory.get().max(2) - 1;
    let frames_per_step = changes.div_ceil(steps);
    let colour = |block| match view.change_age.changed_ago(block) {
        Some(ago) => colours[(ago / frames_per_step) as usize],
        None => STILL,
    };
    view.grid.paint_blocks(colour, GROUND, rgba);
}
