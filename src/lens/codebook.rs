//! `codebook`: what follows from frames whose pictures are known.

use super::kind::{Kind, Suggestions};
use super::{Blank, GROUND, Lens, View};
use crate::leak::{Finding, Recovery};
use crate::units::FrameRange;

pub(super) const KIND: Kind = Kind {
    name: "codebook",
    shows: "what known frames give away",
    help: "what known frames give away, in true colour: ,known=A-B says whose pictures are known (default 0-0)",
    about: "the pixels that follow from frames whose pictures are known, in true colour: each is proven, byte for \
            byte; darkness says only that these frames give no more away, and others may",
    default: Lens::Codebook(FrameRange::FIRST),
    from_menu: Lens::Codebook(FrameRange::FIRST),
    shows_blocks: false,
    options: Some("known=A-B (known=0-0 unless told)"),
    suggestions: Suggestions::Names(&["known"]),
    with: |_, option, value| match (option, value) {
        ("known", Some(range)) => range.parse().ok().map(Lens::Codebook),
        _ => None,
    },
    write_options: |lens, to| match lens {
        Lens::Codebook(known) if known != FrameRange::FIRST => write!(to, ",known={known}"),
        _ => Ok(()),
    },
    paint: |_, view, rgba| match view.recovery {
        Some(recovery) => paint_recovery(view, recovery, rgba),
        None => rgba.as_chunks_mut().0.fill(GROUND),
    },
    blank: |view, _, _| {
        view.recovery.is_some_and(|found| found.share() <= 0.0).then_some(Blank::NothingFollows)
    },
    finds: |view, leakage| match leakage.word {
        Some(Finding::Recovered) => Ok(Finding::Recovered),
        _ if view.recovery.is_some_and(Recovery::is_whole) => Err(Blank::Known),
        _ => Err(Blank::NothingFollows),
    },
    ..Kind::PLAIN
};

/// Paints the `codebook` lens: pixels of which every byte was recovered as they are, all others dark. So are
/// those that belong to no whole block, whatever is known of them.
pub fn paint_recovery(view: &View<'_>, recovery: &Recovery, rgba: &mut [u8]) {
    let pixels = view.pixels();
    pixels.show(recovery.bytes(), Some(GROUND), rgba);
    if !recovery.is_whole() {
        pixels.layout.cover(pixels.shape, |byte| recovery.has(byte), GROUND, rgba);
    }
}
