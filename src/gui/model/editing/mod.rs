//! Changes of the scene, other than those of its panels; undo and redo.

pub(crate) mod history;
pub(crate) mod key;

use std::num::NonZeroU32;

use crate::media::{Encoding, Source, StreamChoice};
use crate::payload::Target;
use crate::picture::layout::Layout;
use crate::scene::Scene;
use history::Direction;
use key::KeyText;

/// What a user types or drags to change the scene, which may not be valid yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SceneForm {
    /// The key, in hex.
    pub key: KeyText,
    /// Why the key as typed cannot be used, in words.
    pub key_problem: Option<String>,
    /// The memory in frames, while its slider is dragged.
    pub memory: u32,
}

/// A change of the scene.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Show the open source with other settings, at the current frame.
    SetSource(Source),
    /// Encrypt the bytes of this layout.
    SetLayout(Layout),
    /// Encrypt this of the source. A panel whose scheme the target does not take gets the target's own.
    SetTarget(Target),
    /// Encrypt this stream of the source; `None` for the first video, or the first sound of a file without video.
    SetStream(Option<StreamChoice>),
    /// Encode the source anew so before its packets are encrypted; `None` for its own packets.
    SetEncoding(Option<Encoding>),
    /// Take keys from this hex string.
    SetKey(KeyText),
    /// Let the eavesdropper remember this many frames, the current one included.
    SetMemory(NonZeroU32),
    /// Undo the last change of the scene.
    Undo,
    /// Make the change again that was undone last.
    Redo,
    /// Undo or redo the change that leads to this scene, whose source has been found to open.
    Return(Direction, Box<Scene>),
    /// Back to the default layout, key, panels and memory.
    Reset,
}
