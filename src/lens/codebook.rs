//! `codebook`: pixels recovered from frames whose pictures are known.

use super::kind::{Kind, Suggestions};
use super::{Blank, GROUND, Lens, View};
use crate::leak::{Finding, Recovery};
use crate::units::FrameRange;

pub(super) const KIND: Kind = Kind {
    name: "codebook",
    shows: "what known frames give away",
    help: "pixels recovered from known frames, in true colour: ,known=A-B are the known frames (default 0-0)",
    about: "the pixels that follow from frames whose pictures are known, in true colour: each is proven, byte for \
            byte; dark pixels do not follow from these frames, but may follow from others",
    default: Lens::Codebook(FrameRange::FIRST),
    from_menu: Lens::Codebook(FrameRange::FIRST),
    shows_blocks: false,
    options: Some("known=A-B (default known=0-0)"),
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
    blank: |_, view, _, _| {
        view.recovery.is_some_and(|recovery| recovery.share() <= 0.0).then_some(Blank::NothingFollows)
    },
    finds: |_, view, leakage| match leakage.word {
        Some(Finding::Recovered) => Ok(Finding::Recovered),
        _ if view.recovery.is_some_and(Recovery::is_whole) => Err(Blank::Known),
        _ => Err(Blank::NothingFollows),
    },
    ..Kind::PLAIN
};

/// Paints the `codebook` lens: pixels of which every byte was recovered in their colours, all other pixels dark, also
/// those outside whole blocks.
pub fn paint_recovery(view: &View<'_>, recovery: &Recovery, rgba: &mut [u8]) {
    rgba.as_chunks_mut().0.fill(GROUND);
    view.pixels().show_known(recovery.bytes(), |byte| recovery.has(byte), rgba);
}
