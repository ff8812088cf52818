//! The inspected block: pointing at it, pinning it, searching it.

use super::State;
use crate::gui::model::inspector::{Command, Inspector};
use crate::play::Status;
use crate::units::FrameIndex;

impl State {
    pub(super) fn inspect(&mut self, command: Command, status: &Status) {
        match command {
            Command::Toggle => {
                self.inspector = Inspector { open: !self.inspector.open, ..Inspector::default() };
            }
            Command::PointAt(block) => self.inspector.point_at(block, false),
            Command::PointAtPixel(panel, pixel) => self.inspector.pixel = Some((panel, pixel)),
            Command::MoveTo(block) => self.inspector.point_at(block, true),
            Command::Leave => self.inspector.leave(),
            Command::Search(sought) => {
                self.inspector.rested_on = Some(sought);
                self.timeline.scan_stopped = false;
            }
            Command::Pin(block) => {
                let frame = status.shown.map_or(FrameIndex(0), |(frame, _)| frame);
                self.inspector.pin(block, frame);
                self.timeline.scan_stopped = false;
            }
        }
    }
}
