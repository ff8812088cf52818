//! Equal blocks in the payloads of packets.

use crate::leak::expected_by_chance;
use crate::wire::rtp::Packet;

const BLOCK_BYTES: usize = 16;

/// The share of the whole blocks of all payloads that equal another one, without those that random bytes would have.
pub(super) fn share<'a>(packets: impl Iterator<Item = &'a [u8]>) -> f64 {
    let mut blocks: Vec<u128> = Vec::new();
    for packet in packets {
        let Ok(packet) = Packet::parse(packet) else { continue };
        let (whole, _rest) = packet.body().as_chunks::<BLOCK_BYTES>();
        blocks.extend(whole.iter().map(|&block| u128::from_ne_bytes(block)));
    }
    if blocks.is_empty() {
        return 0.0;
    }
    blocks.sort_unstable();
    let repeated: usize =
        blocks.chunk_by(|one, other| one == other).map(<[u128]>::len).filter(|&equal| equal > 1).sum();
    let count = blocks.len() as u64;
    ((repeated as f64 - expected_by_chance(count)) / count as f64).max(0.0)
}

#[cfg(test)]
mod tests {
    fn packet(payload: &[u8]) -> Vec<u8> {
        [&[0x80, 96, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1], payload].concat()
    }

    #[test]
    fn blocks_are_counted_in_whole_from_the_start_of_each_payload() {
        let same = packet(&[7; 40]);
        let other: Vec<u8> = (0..48).collect();
        let other = packet(&other);
        let share = super::share([&same[..], &other].into_iter());
        assert!((share - 2.0 / 5.0).abs() < 1e-9, "{share}");
        assert!(super::share(std::iter::once(&other[..])) < 1e-9);
        assert!(super::share(std::iter::empty()) < 1e-9);
    }
}
