//! `codebook`: what follows from frames whose pictures are known.

use super::{GROUND, View};
use crate::leak::Recovery;

/// Paints the `codebook` lens: pixels of which every byte was recovered as they are, all others dark. So are
/// those that belong to no whole block, whatever is known of them.
pub fn paint_recovery(view: &View<'_>, recovery: &Recovery, rgba: &mut [u8]) {
    let View { layout, shape, colour, .. } = *view;
    layout.show(shape, colour, recovery.bytes(), Some(GROUND), rgba);
    if !recovery.is_whole() {
        layout.cover(shape, |byte| recovery.has(byte), GROUND, rgba);
    }
}
