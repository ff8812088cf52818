//! `outline`: the drawing that block equality gives away.

use super::View;

/// The colour of lines and of texture.
pub const INK: [u8; 4] = [27, 30, 46, 255];

/// The colour of all that is smooth, and of all of which nothing can be told.
pub const PAPER: [u8; 4] = [246, 242, 232, 255];

/// Paints the `outline` lens: dark ink on light paper. What is ink, and how that was chosen, stands in
/// [`Outline`](crate::leak::Outline).
pub fn paint_outline(view: &View<'_>, rgba: &mut [u8]) {
    let colour = |block| if view.outline.is_ink(block) { INK } else { PAPER };
    view.layout.paint_blocks(view.shape, colour, PAPER, rgba);
}
