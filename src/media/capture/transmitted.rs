//! The packets of a stream as they were transmitted.

use std::collections::BTreeSet;

use super::matroska::{self, Block};
use crate::picture::Shape;
use crate::wire::rtp::{Packet, Timestamps};

/// When the first packet is in the container, in seconds: others can have earlier timestamps.
pub(in crate::media) const START_SECS: f64 = START_NANOS as f64 / 1e9;

const START_NANOS: i64 = 60_000_000_000;

/// The fewest packets from which it is told whether payloads are encrypted.
const LEAST_PAYLOADS: usize = 32;

/// The most different starts of payloads that are compared.
const MOST_STARTS: usize = 4096;

/// Below this sum of squares, first bytes are taken for evenly distributed. Of ciphertext it is 255 on average with a standard
/// deviation of 23; formats of payloads begin with fields of few values, which give thousands.
const MOST_CHI_SQUARE: f64 = 400.0;

/// Payloads with their times.
pub(super) struct Payloads {
    clock_rate: u32,
    timestamps: Timestamps,
    first: Option<i64>,
    blocks: Vec<Block>,
    bytes: Vec<u8>,
    starts: Starts,
}

impl Payloads {
    /// No payloads so far. Timestamps have `clock_rate` ticks a second.
    pub(super) fn new(clock_rate: u32) -> Self {
        let (timestamps, starts) = (Timestamps::default(), Starts::default());
        Self { clock_rate, timestamps, first: None, blocks: Vec::new(), bytes: Vec::new(), starts }
    }

    /// Adds the payload of a packet, with its padding if it has any.
    pub(super) fn add(&mut self, packet: &Packet) {
        let ticks = self.timestamps.extend(packet.timestamp());
        let first = *self.first.get_or_insert(ticks);
        let nanos = i128::from(ticks - first) * 1_000_000_000 / i128::from(self.clock_rate.max(1));
        let nanos = i64::try_from(nanos).unwrap_or(i64::MAX / 2).saturating_add(START_NANOS).max(0);
        let start = self.bytes.len();
        self.bytes.extend_from_slice(packet.body());
        self.blocks.push(Block { nanos, range: start..self.bytes.len() });
        self.starts.add(packet.body());
    }

    /// Bytes of all payloads.
    pub(super) fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// True if there is no packet.
    pub(super) fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// True if the payloads look like ciphertext.
    pub(super) fn look_encrypted(&self) -> bool {
        self.starts.are_even()
    }

    /// A file of the payloads, one packet each. `shape` is the size of the pictures, if it is known.
    pub(super) fn into_file(self, shape: Option<Shape>) -> Vec<u8> {
        matroska::file(&self.blocks, &self.bytes, shape.unwrap_or(matroska::SHAPE))
    }
}

/// The starts of payloads, each once: under ECB with one key, equal starts have equal ciphertexts.
#[derive(Default)]
pub(super) struct Starts(BTreeSet<[u8; 16]>);

impl Starts {
    /// Notes a payload.
    pub(super) fn add(&mut self, payload: &[u8]) {
        if let Some(start) = payload.first_chunk()
            && self.0.len() < MOST_STARTS
        {
            self.0.insert(*start);
        }
    }

    /// True if their first bytes are as evenly distributed as those of ciphertext.
    pub(super) fn are_even(&self) -> bool {
        let mut counts = [0u32; 256];
        for start in &self.0 {
            counts[usize::from(start[0])] += 1;
        }
        let expected = self.0.len() as f64 / 256.0;
        let chi_square: f64 =
            counts.iter().map(|&count| (f64::from(count) - expected).powi(2) / expected).sum();
        self.0.len() >= LEAST_PAYLOADS && chi_square < MOST_CHI_SQUARE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn are_even(payload: impl Fn(u32) -> [u8; 16]) -> bool {
        let mut starts = Starts::default();
        (0..1000).for_each(|number| starts.add(&payload(number)));
        starts.are_even()
    }

    /// Bytes that look random.
    fn mixed(number: u32) -> [u8; 16] {
        let mut state = u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d;
        std::array::from_fn(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state.to_be_bytes()[0]
        })
    }

    #[test]
    fn ciphertext_is_told_from_payloads_that_begin_with_a_header() {
        assert!(are_even(mixed));
        assert!(are_even(|number| mixed(number % 300)), "equal blocks of ECB count once");
        assert!(!are_even(|number| mixed(number % 20)), "too few to tell");
        let with_header = |number: u32| {
            let mut payload = mixed(number);
            payload[0] = [0x7c, 0x5c, 0x41, 0x67][number as usize % 4];
            payload
        };
        assert!(!are_even(with_header));
        let of_rows = |number: u32| {
            let [.., high, low] = number.to_be_bytes();
            [0, 0, 4, 200, high, low, 0, 0, 16, 128, 16, 128, 16, 128, 16, 128]
        };
        assert!(!are_even(of_rows));
    }
}
