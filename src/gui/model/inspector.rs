//! The block that is inspected, and the one that is searched in all frames.

use crate::units::FrameIndex;

/// Which block is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Inspector {
    /// Blocks are looked at.
    pub open: bool,
    /// The block that the pointer was on last.
    pub hovered: Option<usize>,
    /// The pointer is still on a picture.
    pub is_hovering: bool,
    /// It is where the keys have gone, and not the pointer.
    pub by_keys: bool,
    /// The block that stays, wherever the pointer is.
    pub pinned: Option<usize>,
    /// The frame in which it was pinned: as it stands there it is looked for in all others.
    pub pinned_in: FrameIndex,
    /// The block on which the pointer has rested, and its frame.
    pub rested_on: Option<Sought>,
}

impl Inspector {
    /// The block that is looked at.
    #[must_use]
    pub fn block(self) -> Option<usize> {
        self.pinned.or(self.hovered).filter(|_| self.open)
    }

    /// The block that is looked for in all frames.
    #[must_use]
    pub fn sought(self) -> Option<Sought> {
        let pinned = self.pinned.map(|block| Sought { frame: self.pinned_in, block });
        pinned.or(self.rested_on).filter(|_| self.open)
    }

    /// True where its twins are lit up. What is known of a block can still be read, and copied, once the
    /// pointer has left the pictures; but then they are to be seen as they are.
    #[must_use]
    pub fn lights_up(self) -> bool {
        self.open && (self.pinned.is_some() || self.is_hovering)
    }
}

impl Inspector {
    /// Notes that the pointer is on this block, or that the arrow keys have moved there (`walked`). The search for
    /// another block ends.
    pub(super) fn point_at(&mut self, block: usize, by_keys: bool) {
        (self.hovered, self.is_hovering, self.by_keys) = (Some(block), true, by_keys);
        self.rested_on = self.rested_on.filter(|sought| sought.block == block);
    }

    /// Notes that neither the pointer nor the arrow keys are on a picture any more.
    pub(super) fn leave(&mut self) {
        (self.is_hovering, self.by_keys) = (false, false);
    }

    /// Stays with a block as it is in `frame`, or follows the pointer again.
    pub(super) fn pin(&mut self, block: Option<usize>, frame: FrameIndex) {
        (self.pinned, self.pinned_in, self.rested_on) = (block, frame, None);
    }
}

/// A block that is looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sought {
    /// The frame in which it stands.
    pub frame: FrameIndex,
    /// Its number there.
    pub block: usize,
}

/// What a user asks of the inspector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Open or close it.
    Toggle,
    /// The pointer is on this block.
    PointAt(usize),
    /// The arrow keys have moved to this block.
    MoveTo(usize),
    /// The pointer has left the pictures.
    Leave,
    /// The pointer has rested on this block: look for it in all frames.
    Search(Sought),
    /// Stay with this block, or follow the pointer again.
    Pin(Option<usize>),
}
