//! Finds streams among datagrams.

use hashbrown::HashTable;

use super::candidates::Candidates;
use super::stream::Sighting;
use super::{Flow, Stream};
use crate::wire::network::UdpDatagram;
use crate::wire::rtp::{self, Packet};

/// The most streams of a capture.
pub const MOST_STREAMS: usize = 1 << 14;

/// How many datagrams were what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FinderCounts {
    /// Datagrams of streams.
    pub in_streams: u64,
    /// Datagrams with an RTP header whose flow is no stream (so far).
    pub unconfirmed: u64,
    /// RTCP packets.
    pub rtcp: u64,
    /// Datagrams without an RTP header.
    pub others: u64,
    /// Flows that were forgotten before they could become streams, because of too many others at once.
    pub evicted_flows: u64,
    /// Streams that were not kept, because there were too many.
    pub dropped_streams: u64,
}

/// Finds the RTP streams among datagrams, by the rule of [this room](super).
pub struct StreamFinder {
    /// Numbers of streams, by the hash of their flow.
    table: HashTable<u32>,
    streams: Vec<Stream>,
    candidates: Candidates,
    counts: FinderCounts,
    with_rtp_header: u64,
}

impl Default for StreamFinder {
    fn default() -> Self {
        Self::new()
    }
}

impl StreamFinder {
    /// A finder that has seen nothing. It takes about 5 MB.
    #[must_use]
    pub fn new() -> Self {
        let (table, streams, candidates) = (HashTable::new(), Vec::new(), Candidates::new());
        Self { table, streams, candidates, counts: FinderCounts::default(), with_rtp_header: 0 }
    }

    /// Notes a datagram that was captured at a time in nanoseconds since 1970.
    #[inline]
    pub fn observe(&mut self, datagram: &UdpDatagram, time_nanos: Option<u64>) {
        if rtp::is_rtcp(datagram.payload) {
            self.counts.rtcp += 1;
            return;
        }
        let Ok(packet) = Packet::parse(datagram.payload) else {
            self.counts.others += 1;
            return;
        };
        let flow = Flow::of(datagram, &packet);
        let (hash, sighting) = (flow.hash(), Sighting::of(&packet, time_nanos, datagram.is_cut));
        let number = self.with_rtp_header;
        self.with_rtp_header += 1;
        let of_flow = |&at: &u32| self.streams.get(at as usize).is_some_and(|stream| stream.flow == flow);
        if let Some(&at) = self.table.find(hash, of_flow)
            && let Some(stream) = self.streams.get_mut(at as usize)
        {
            stream.observe(&sighting);
            self.counts.in_streams += 1;
            return;
        }
        if let Some(candidate) = self.candidates.observe(hash, number, &sighting) {
            self.confirm(flow, hash, candidate.first_packet, candidate.sightings());
        }
    }

    /// Makes a candidate a stream.
    #[cold]
    fn confirm(&mut self, flow: Flow, hash: u64, first_packet: u64, sightings: &[Sighting]) {
        let number = u32::try_from(self.streams.len()).ok().filter(|_| self.streams.len() < MOST_STREAMS);
        let (Some(number), Some((first, others))) = (number, sightings.split_first()) else {
            self.counts.dropped_streams += 1;
            return;
        };
        let mut stream = Stream::new(flow, first_packet, first);
        for sighting in others {
            stream.observe(sighting);
        }
        self.counts.in_streams += sightings.len() as u64;
        self.streams.push(stream);
        let streams = &self.streams;
        let hash_of = |&at: &u32| streams.get(at as usize).map_or(0, |stream| stream.flow.hash());
        self.table.insert_unique(hash, number, hash_of);
    }

    /// How many datagrams were what so far.
    #[must_use]
    pub fn counts(&self) -> FinderCounts {
        FinderCounts {
            unconfirmed: self.with_rtp_header - self.counts.in_streams,
            evicted_flows: self.candidates.evicted,
            ..self.counts
        }
    }

    /// The streams, in the order of their first packets.
    #[must_use]
    pub fn into_streams(mut self) -> Vec<Stream> {
        self.streams.sort_by_key(|stream| stream.first_packet);
        for stream in &mut self.streams {
            stream.payload_types.sort_by_key(|&(kind, count)| (std::cmp::Reverse(count), kind));
        }
        self.streams
    }
}
