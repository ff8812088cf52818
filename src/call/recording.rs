//! The packets of a call as a recorder on every link writes them down: their times, their sizes, and their first bytes.

use std::collections::BTreeMap;

use super::Progress;
use super::error::CallError;
use super::network::{Direction, Link, StreamId};
use super::planned::PlannedCall;
use super::sent::SentCall;
use super::traffic::deliver;

/// The most bytes of a packet that are kept.
const MOST_BYTES: usize = 64;

/// A packet on a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedPacket {
    /// Nanoseconds since the start of the call.
    pub time: u64,
    /// The stream.
    pub stream: StreamId,
    /// True if its keys are renewed ones.
    pub is_renewed: bool,
    /// Bytes of the whole packet, with its RTP header.
    pub size: usize,
    /// The first bytes of it, at most 64.
    pub first: Box<[u8]>,
}

/// The packets on every link, by time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recording {
    links: BTreeMap<Link, Vec<RecordedPacket>>,
    /// By party: the packets on both links of it by time, as direction and place on the link.
    both: BTreeMap<usize, Vec<(Direction, usize)>>,
}

impl Recording {
    /// Records the packets of the streams that were sent.
    pub(super) fn of(
        planned: &PlannedCall,
        sent: &SentCall,
        progress: Progress<'_>,
    ) -> Result<Self, CallError> {
        let mut links: BTreeMap<Link, Vec<RecordedPacket>> = BTreeMap::new();
        deliver(&planned.settings, planned.protection, sent, &|_, _| true, &mut |delivery| {
            let packets = links.entry(delivery.link).or_default();
            let size = delivery.protected.len();
            packets.push(RecordedPacket {
                time: delivery.time,
                stream: delivery.stream,
                is_renewed: delivery.is_renewed,
                size,
                first: delivery.protected[..size.min(MOST_BYTES)].into(),
            });
            let is_pause = packets.len().is_multiple_of(1024);
            if is_pause && progress(0.0).is_break() { Err(CallError::Interrupted) } else { Ok(()) }
        })?;
        let mut both: BTreeMap<usize, Vec<(Direction, usize)>> = BTreeMap::new();
        for (link, packets) in &links {
            let places = (0..packets.len()).map(|at| (link.direction, at));
            both.entry(link.party).or_default().extend(places);
        }
        let recording = Self { links, both: BTreeMap::new() };
        for (&party, places) in &mut both {
            places.sort_by_key(|&place| recording.at(party, place).map(|(link, packet)| (packet.time, link)));
        }
        Ok(Self { both, ..recording })
    }

    fn at(&self, party: usize, (direction, at): (Direction, usize)) -> Option<(Link, &RecordedPacket)> {
        let link = Link { direction, party };
        Some((link, self.on(link).get(at)?))
    }

    /// The number of packets on both links of a party.
    #[must_use]
    pub fn count_of_party(&self, party: usize) -> usize {
        self.both.get(&party).map_or(0, Vec::len)
    }

    /// A packet on one of both links of a party, by its place in the order of time.
    #[must_use]
    pub fn of_party(&self, party: usize, at: usize) -> Option<(Link, &RecordedPacket)> {
        self.at(party, *self.both.get(&party)?.get(at)?)
    }

    /// The packets on a link, by time.
    #[must_use]
    pub fn on(&self, link: Link) -> &[RecordedPacket] {
        self.links.get(&link).map_or(&[], Vec::as_slice)
    }

    /// The links that have packets: those up, then those down.
    pub fn links(&self) -> impl Iterator<Item = Link> {
        self.links.keys().copied()
    }

    /// The number of packets on a link before this time, in nanoseconds.
    #[must_use]
    pub fn count_before(&self, link: Link, time: u64) -> usize {
        self.on(link).partition_point(|packet| packet.time < time)
    }

    /// Bytes of a stream's packets on a link, in steps of `step` nanoseconds from the start.
    #[must_use]
    pub fn bytes_over_time(&self, link: Link, stream: StreamId, step: u64) -> Vec<u64> {
        let mut bytes = Vec::new();
        for packet in self.on(link).iter().filter(|packet| packet.stream == stream) {
            let at = usize::try_from(packet.time / step.max(1)).unwrap_or(usize::MAX);
            if at >= bytes.len() {
                bytes.resize(at + 1, 0);
            }
            bytes[at] += packet.size as u64;
        }
        bytes
    }

    /// Bytes in memory.
    pub(super) fn memory(&self) -> usize {
        let count: usize = self.links.values().map(Vec::len).sum();
        count * (size_of::<RecordedPacket>() + MOST_BYTES + size_of::<(Direction, usize)>())
    }
}
