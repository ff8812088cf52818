//! What is counted of a stream.

use super::Flow;
use super::tracker::{Observed, Tracker};
use crate::wire::rtp::{Packet, Timestamps};

/// Rates of timestamps that payload formats use.
const USUAL_CLOCK_RATES: [u32; 9] = [8000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 90_000];

/// The fields of a packet that are counted.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sighting {
    pub(super) time_nanos: Option<u64>,
    pub(super) timestamp: u32,
    /// Bytes of the datagram.
    pub(super) bytes: u32,
    pub(super) sequence: u16,
    pub(super) payload_type: u8,
    pub(super) is_cut: bool,
}

impl Sighting {
    #[inline]
    pub(super) fn of(packet: &Packet, time_nanos: Option<u64>, is_cut: bool) -> Self {
        Self {
            time_nanos,
            timestamp: packet.timestamp(),
            bytes: u32::try_from(packet.bytes().len()).unwrap_or(u32::MAX),
            sequence: packet.sequence(),
            payload_type: packet.payload_type(),
            is_cut,
        }
    }
}

/// A stream and what was counted of it.
#[derive(Clone, Debug)]
pub struct Stream {
    /// Source, destination and SSRC.
    pub flow: Flow,
    /// The payload types, and how many packets have each, the most frequent first.
    pub payload_types: Vec<(u8, u64)>,
    /// How much there was, and when.
    pub traffic: Traffic,
    /// What happened to the sequence.
    pub order: OrderCounts,
    /// The number of its first packet among all packets with an RTP header.
    pub(super) first_packet: u64,
    tracker: Tracker,
    timestamps: Timestamps,
    last_cycle: i64,
    /// The lowest and the highest timestamp, extended.
    span: Option<(i64, i64)>,
}

/// How much there was of a stream, and when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// All packets, duplicates too.
    pub packets: u64,
    /// Bytes of all packets, RTP headers included, headers below excluded.
    pub bytes: u64,
    /// Packets that a snap length cut.
    pub cut: u64,
    /// The earliest time of a packet in nanoseconds since 1970, if any has one.
    pub first_nanos: Option<u64>,
    /// The latest time.
    pub last_nanos: Option<u64>,
}

/// What happened to the sequence of a stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OrderCounts {
    /// The first packet's sequence number.
    pub first_sequence: u16,
    /// Packets that are missing between the first and the last.
    pub lost: u64,
    /// Packets that came after one with a higher sequence number.
    pub reordered: u64,
    /// Packets that had come before.
    pub duplicates: u64,
    /// Packets with a sequence number out of range, and none that follows it.
    pub strays: u64,
    /// How often the sequence started anew, at another number. What is missing there is not counted as lost.
    pub restarts: u64,
    /// How often the sequence number wrapped from 65,535 to 0: the rollover counter of SRTP at the end, if it was 0 at
    /// the first packet.
    pub sequence_wraps: u64,
    /// How often the timestamp wrapped.
    pub timestamp_wraps: u64,
}

impl Stream {
    /// A stream after its first packet.
    pub(super) fn new(flow: Flow, first_packet: u64, first: &Sighting) -> Self {
        let (tracker, _) = Tracker::new(first.sequence);
        let mut stream = Self {
            flow,
            payload_types: Vec::new(),
            traffic: Traffic::default(),
            order: OrderCounts { first_sequence: first.sequence, ..OrderCounts::default() },
            first_packet,
            tracker,
            timestamps: Timestamps::default(),
            last_cycle: 0,
            span: None,
        };
        stream.count(first);
        stream
    }

    /// Counts another packet.
    #[inline]
    pub(super) fn observe(&mut self, packet: &Sighting) {
        let cycle = self.tracker.highest() >> 16;
        let order = &mut self.order;
        match self.tracker.observe(packet.sequence) {
            Observed::Ahead { index } => order.sequence_wraps += (index >> 16) - cycle,
            Observed::Late { .. } => order.reordered += 1,
            Observed::Duplicate => order.duplicates += 1,
            Observed::Stray => order.strays += 1,
            Observed::Restarted { .. } => {
                order.restarts += 1;
                order.strays = order.strays.saturating_sub(1);
            }
        }
        order.lost = self.tracker.lost();
        self.count(packet);
    }

    #[inline]
    fn count(&mut self, packet: &Sighting) {
        let traffic = &mut self.traffic;
        traffic.packets += 1;
        traffic.bytes += u64::from(packet.bytes);
        traffic.cut += u64::from(packet.is_cut);
        if let Some(time) = packet.time_nanos {
            traffic.first_nanos = Some(traffic.first_nanos.map_or(time, |first| first.min(time)));
            traffic.last_nanos = Some(traffic.last_nanos.map_or(time, |last| last.max(time)));
        }
        let timestamp = self.timestamps.extend(packet.timestamp);
        let (lowest, highest) = self.span.unwrap_or((timestamp, timestamp));
        self.span = Some((lowest.min(timestamp), highest.max(timestamp)));
        let cycle = timestamp >> 32;
        if cycle > self.last_cycle {
            self.order.timestamp_wraps += 1;
            self.last_cycle = cycle;
        }
        // The first entry in nearly all cases; there are at most 128.
        match self.payload_types.iter_mut().find(|(kind, _)| *kind == packet.payload_type) {
            Some((_, count)) => *count += 1,
            None => self.payload_types.push((packet.payload_type, 1)),
        }
    }

    /// The payload type of most packets.
    #[must_use]
    pub fn payload_type(&self) -> u8 {
        let most = self.payload_types.iter().max_by_key(|(kind, count)| (*count, std::cmp::Reverse(*kind)));
        most.map_or(0, |&(kind, _)| kind)
    }

    /// The rate of the timestamps as far as the times of capture show it: the usual one that is within 3 % of what is
    /// measured. `None` if there is none, under 200 ms, and without times.
    #[must_use]
    pub fn measured_clock_rate(&self) -> Option<u32> {
        const LEAST_SECS: f64 = 0.2;
        const TOLERANCE: f64 = 0.03;
        let (first, last) = self.traffic.first_nanos.zip(self.traffic.last_nanos)?;
        let secs = last.saturating_sub(first) as f64 / 1e9;
        let (lowest, highest) = self.span?;
        let rate = (highest - lowest) as f64 / secs;
        let is_near = |&usual: &u32| (rate / f64::from(usual) - 1.0).abs() < TOLERANCE;
        USUAL_CLOCK_RATES.into_iter().find(is_near).filter(|_| secs >= LEAST_SECS)
    }
}
