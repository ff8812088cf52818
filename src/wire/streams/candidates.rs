//! Flows that may become streams, in a table of fixed size.

use super::stream::Sighting;

/// Packets in sequence that make a flow a stream.
pub const PACKETS_TO_CONFIRM: u8 = 4;

/// The furthest that one of them is ahead of the one before.
pub const MOST_STEP: u16 = 64;

/// The furthest that a packet can be behind without starting anew.
pub const MOST_BACKSTEP: u16 = 16;

/// The most flows that are candidates at once.
pub const MOST_CANDIDATES: usize = SETS * WAYS;

const SETS: usize = 1 << 12;
const WAYS: usize = 4;

/// Packets that a candidate remembers, to count them once it is a stream. Of more, the first are forgotten.
const MOST_SIGHTINGS: usize = 8;

/// A flow by its hash: two flows have the same one with a probability of 2^-64.
#[derive(Clone, Copy, Default)]
pub(super) struct Candidate {
    hash: u64,
    /// When it was last seen, in packets.
    last_packet: u64,
    /// When it was first seen.
    pub(super) first_packet: u64,
    sightings: [Sighting; MOST_SIGHTINGS],
    /// How many of them there are; 0 in an unused entry.
    len: usize,
    highest: u16,
    payload_type: u8,
    in_sequence: u8,
}

/// The table: each flow has a set by its hash, and each set has four entries.
pub(super) struct Candidates {
    entries: Box<[Candidate]>,
    /// Candidates that made room for others.
    pub(super) evicted: u64,
}

impl Candidates {
    pub(super) fn new() -> Self {
        Self { entries: vec![Candidate::default(); MOST_CANDIDATES].into_boxed_slice(), evicted: 0 }
    }

    /// Notes the `number`th packet. Returns the candidate and frees its entry if this packet makes it a stream.
    pub(super) fn observe(&mut self, hash: u64, number: u64, packet: &Sighting) -> Option<Candidate> {
        // The set and the entries of a stream's table depend on other bits of the hash.
        let set = usize::try_from(hash >> 40).unwrap_or_default() % SETS * WAYS;
        let entries = &mut self.entries[set..set + WAYS];
        let found = entries.iter().position(|entry| entry.len > 0 && entry.hash == hash);
        let at = found.unwrap_or_else(|| {
            let oldest = (0..WAYS).min_by_key(|&at| (entries[at].len > 0, entries[at].last_packet));
            let oldest = oldest.unwrap_or_default();
            self.evicted += u64::from(entries[oldest].len > 0);
            entries[oldest] = Candidate { hash, first_packet: number, ..Candidate::default() };
            oldest
        });
        let entry = &mut entries[at];
        entry.last_packet = number;
        entry.observe(number, packet);
        (entry.in_sequence >= PACKETS_TO_CONFIRM).then(|| std::mem::take(entry))
    }
}

impl Candidate {
    /// The packets that are remembered.
    pub(super) fn sightings(&self) -> &[Sighting] {
        &self.sightings[..self.len]
    }

    fn observe(&mut self, number: u64, packet: &Sighting) {
        let ahead = packet.sequence.wrapping_sub(self.highest);
        let is_near = ahead <= MOST_STEP || ahead.wrapping_neg() <= MOST_BACKSTEP;
        if self.len == 0 || !is_near {
            (self.len, self.in_sequence, self.first_packet) = (0, 0, number);
        }
        if self.len == 0 || (1..=MOST_STEP).contains(&ahead) {
            if packet.payload_type != self.payload_type {
                (self.payload_type, self.in_sequence) = (packet.payload_type, 0);
            }
            self.in_sequence += 1;
            self.highest = packet.sequence;
        }
        if self.len == MOST_SIGHTINGS {
            self.sightings.rotate_left(1);
            self.len -= 1;
        }
        self.sightings[self.len] = *packet;
        self.len += 1;
    }
}
