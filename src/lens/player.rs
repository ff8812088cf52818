//! `player`: the picture that a player makes of a ciphertext.

use super::kind::{Kind, Needs};
use super::{Blank, GROUND, Lens};

pub(super) const KIND: Kind = Kind {
    name: "player",
    shows: "the picture without the key",
    help: "the picture that a player without the key makes of the messages",
    about: "clear bytes as they are and the rest as ciphertext, decoded from the last keyframe with FFmpeg's concealment of \
            damage: clear headers are enough for a picture, which shows what the decoder invents rather than what was sent",
    default: Lens::Player,
    from_menu: Lens::Player,
    needs: Needs::Messages,
    shows_blocks: false,
    // The picture comes from a decoder; without one there is nothing.
    paint: |_, _, rgba| rgba.as_chunks_mut().0.fill(GROUND),
    finds: |_, _, _| Err(Blank::Concealed),
    ..Kind::PLAIN
};
