//! The block that is inspected, and the one that is searched in all frames.

use crate::units::FrameIndex;

/// The inspected block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Inspector {
    /// The inspector is open.
    pub open: bool,
    /// The block that the pointer was on last.
    pub hovered: Option<usize>,
    /// The pointer is on a picture.
    pub is_hovering: bool,
    /// The arrow keys have moved to the block, not the pointer.
    pub by_keys: bool,
    /// The pinned block, which stays when the pointer moves.
    pub pinned: Option<usize>,
    /// The frame in which it was pinned: its value in that frame is searched.
    pub pinned_in: FrameIndex,
    /// The block on which the pointer has rested, and its frame.
    pub rested_on: Option<Sought>,
}

impl Inspector {
    /// The inspected block, where the inspector is open.
    #[must_use]
    pub fn block(self) -> Option<usize> {
        self.pinned.or(self.hovered).filter(|_| self.open)
    }

    /// The block that is searched in all frames.
    #[must_use]
    pub fn sought(self) -> Option<Sought> {
        let pinned = self.pinned.map(|block| Sought { frame: self.pinned_in, block });
        pinned.or(self.rested_on).filter(|_| self.open)
    }

    /// True where blocks with the same bytes are highlighted. The details stay readable once the pointer has left the
    /// pictures, but the pictures are shown without highlights.
    #[must_use]
    pub fn lights_up(self) -> bool {
        self.open && (self.pinned.is_some() || self.is_hovering)
    }
}

impl Inspector {
    /// Notes that the pointer is on this block, or that the arrow keys have moved there (`by_keys`). The search for
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

/// A block that is searched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sought {
    /// The frame that has the block.
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
