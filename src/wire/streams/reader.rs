//! One stream of a capture.

use std::io::Read;

use super::{Event, Flow, ReorderBuffer};
use crate::wire::capture::{CaptureError, Reader};
use crate::wire::network::Decoder;
use crate::wire::rtp::{self, Packet};

/// Reads a capture and gives the packets of one of its streams in order.
pub struct StreamReader<R> {
    capture: Reader<R>,
    decoder: Decoder,
    flow: Flow,
    order: ReorderBuffer,
    has_ended: bool,
    /// What ended the capture; reported after the packets before it.
    damage: Option<CaptureError>,
}

impl<R: Read> StreamReader<R> {
    /// A reader of the stream `flow`, whose packets are moved by at most `window` packets.
    pub fn new(capture: Reader<R>, flow: Flow, window: usize) -> Self {
        let (decoder, order) = (Decoder::default(), ReorderBuffer::new(window));
        Self { capture, decoder, flow, order, has_ended: false, damage: None }
    }

    /// The next packet or gap; `None` at the end. Packets that a snap length cut count as lost.
    ///
    /// # Errors
    /// [`CaptureError`] where the capture is damaged, after all packets before.
    #[expect(clippy::should_implement_trait, reason = "an event borrows from the reader")]
    pub fn next(&mut self) -> Result<Option<Event<'_>>, CaptureError> {
        let step = loop {
            if let Some(step) = self.order.step(self.has_ended) {
                break step;
            }
            if self.has_ended {
                return self.damage.take().map_or(Ok(None), Err);
            }
            match self.capture.next() {
                Ok(Some(packet)) => {
                    if let Ok(datagram) = self.decoder.decode(packet.link_type, packet.bytes)
                        && !datagram.is_cut
                        && !rtp::is_rtcp(datagram.payload)
                        && let Ok(rtp) = Packet::parse(datagram.payload)
                        && Flow::of(&datagram, &rtp) == self.flow
                    {
                        self.order.push(&rtp, packet.time_nanos);
                    }
                }
                Ok(None) => self.has_ended = true,
                Err(error) => (self.has_ended, self.damage) = (true, Some(error)),
            }
        };
        Ok(Some(self.order.event(step)))
    }

    /// The packet that was returned last; `None` before the first.
    #[must_use]
    pub fn current(&self) -> Option<&[u8]> {
        self.order.current()
    }

    /// The length of the file in bytes if it ends within a record. Known at the end.
    #[must_use]
    pub const fn truncated_at(&self) -> Option<u64> {
        self.capture.truncated_at()
    }

    /// How many packets were not given: duplicates, those that came too late, and those out of range.
    #[must_use]
    pub const fn dropped(&self) -> u64 {
        self.order.dropped()
    }
}
