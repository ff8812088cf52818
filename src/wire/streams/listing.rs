//! The streams of a whole capture.

use std::io::Read;

use super::{FinderCounts, Stream, StreamFinder};
use crate::wire::capture::{CaptureError, Reader};
use crate::wire::network::{Counts, Decoder};

/// Packets between two questions whether to go on.
const PACKETS_PER_QUESTION: u64 = 4096;

/// The streams of a capture, and what else it holds.
#[derive(Debug)]
pub struct Listing {
    /// The streams, in the order of their first packets.
    pub streams: Vec<Stream>,
    /// How many datagrams were what.
    pub datagrams: FinderCounts,
    /// How many frames were what.
    pub frames: Counts,
    /// The length of the file in bytes, if it ends within a record.
    pub truncated_at: Option<u64>,
    /// What ended the reading before the end of the file. All that was read before is listed.
    pub damage: Option<CaptureError>,
}

/// Reads a capture to its end and lists its streams. Every few thousand packets it asks `keep_going`, with the bytes that
/// are done, whether to go on, and returns `None` if not. Memory has a bound that does not depend on the capture.
pub fn list_streams<R: Read>(
    capture: &mut Reader<R>,
    mut keep_going: impl FnMut(u64) -> bool,
) -> Option<Listing> {
    let (mut decoder, mut finder) = (Decoder::default(), StreamFinder::new());
    let mut packets = 0u64;
    let damage = loop {
        packets += 1;
        if packets.is_multiple_of(PACKETS_PER_QUESTION) && !keep_going(capture.offset()) {
            return None;
        }
        match capture.next() {
            Ok(Some(packet)) => {
                if let Ok(datagram) = decoder.decode(packet.link_type, packet.bytes) {
                    finder.observe(&datagram, packet.time_nanos);
                }
            }
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
    };
    Some(Listing {
        datagrams: finder.counts(),
        streams: finder.into_streams(),
        frames: decoder.counts(),
        truncated_at: capture.truncated_at(),
        damage,
    })
}
