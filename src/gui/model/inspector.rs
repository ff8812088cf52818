//! The block that is inspected, and the one that is searched in all frames.

use crate::payload::TargetStream;
use crate::units::FrameIndex;

/// A block of what a panel encrypts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BlockOf {
    /// Its number.
    pub block: usize,
    /// What the panel encrypts: the same number is another block of another target.
    pub of: TargetStream,
}

/// The inspected block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Inspector {
    /// The inspector is open.
    pub open: bool,
    /// The block that the pointer was on last.
    pub hovered: Option<BlockOf>,
    /// The pointer is on a picture.
    pub is_hovering: bool,
    /// The panel under the pointer, by its place, and the pixel, by its column and row, where slices are marked: also while the inspector is
    /// closed.
    pub pixel: Option<(usize, [u32; 2])>,
    /// The arrow keys have moved to the block, not the pointer.
    pub by_keys: bool,
    /// The pinned block, which stays when the pointer moves.
    pub pinned: Option<BlockOf>,
    /// The frame in which it was pinned: its value in that frame is searched.
    pub pinned_in: FrameIndex,
    /// The block on which the pointer has rested, and its frame.
    pub rested_on: Option<Sought>,
}

impl Inspector {
    /// The inspected block, where the inspector is open.
    #[must_use]
    pub fn block(self) -> Option<BlockOf> {
        self.pinned.or(self.hovered).filter(|_| self.open)
    }

    /// The block that is searched in all frames: one of pixels. Blocks of messages are not searched in other frames.
    #[must_use]
    pub fn sought(self) -> Option<Sought> {
        let pinned = self.pinned.and_then(|pinned| pinned.searched_in(self.pinned_in));
        if self.pinned.is_some() && pinned.is_none() {
            return None;
        }
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
    pub(super) fn point_at(&mut self, at: BlockOf, by_keys: bool) {
        (self.hovered, self.is_hovering, self.by_keys) = (Some(at), true, by_keys);
        self.rested_on = self.rested_on.filter(|sought| at.searched_in(sought.frame) == Some(*sought));
    }

    /// Notes that neither the pointer nor the arrow keys are on a picture any more.
    pub(super) fn leave(&mut self) {
        (self.is_hovering, self.by_keys, self.pixel) = (false, false, None);
    }

    /// Stays with a block as it is in `frame`, or follows the pointer again.
    pub(super) fn pin(&mut self, at: Option<BlockOf>, frame: FrameIndex) {
        (self.pinned, self.pinned_in, self.rested_on) = (at, frame, None);
    }
}

impl BlockOf {
    /// The search for this block as it is in `frame`; `None` for a block of messages.
    #[must_use]
    pub fn searched_in(self, frame: FrameIndex) -> Option<Sought> {
        self.of.target.is_pixels().then_some(Sought { frame, block: self.block })
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
    PointAt(BlockOf),
    /// The pointer is on this panel, by its place, and this pixel, by its column and row; slices are marked there.
    PointAtPixel(usize, [u32; 2]),
    /// The arrow keys have moved to this block.
    MoveTo(BlockOf),
    /// The pointer has left the pictures.
    Leave,
    /// The pointer has rested on this block: look for it in all frames.
    Search(Sought),
    /// Stay with this block, or follow the pointer again.
    Pin(Option<BlockOf>),
}
