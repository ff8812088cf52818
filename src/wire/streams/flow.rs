//! What tells streams apart.

use std::net::{IpAddr, SocketAddr};

use crate::wire::network::UdpDatagram;
use crate::wire::rtp::Packet;

/// Source, destination and SSRC of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Flow {
    /// Where its packets come from.
    pub source: SocketAddr,
    /// Where they go to.
    pub destination: SocketAddr,
    /// Its synchronization source.
    pub ssrc: u32,
}

impl Flow {
    /// The flow of a packet.
    #[inline]
    #[must_use]
    pub fn of(datagram: &UdpDatagram, packet: &Packet) -> Self {
        Self { source: datagram.source, destination: datagram.destination, ssrc: packet.ssrc() }
    }

    /// A hash that costs a few multiplications. An attacker can find flows with equal hashes; tables here have a fixed
    /// size, so that they cost time only.
    #[inline]
    pub(super) fn hash(&self) -> u64 {
        let ports = u64::from(self.source.port()) << 16 | u64::from(self.destination.port());
        let start = mix(ports << 32 | u64::from(self.ssrc), 0x9e37_79b9_7f4a_7c15);
        mix(start ^ address(self.source.ip()), 0xd6e8_feb8_6659_fd93)
            ^ mix(start ^ address(self.destination.ip()).rotate_left(32), 0xa076_1d64_78bd_642f)
    }
}

/// Both halves of a product, folded.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the halves of a product")]
fn mix(value: u64, factor: u64) -> u64 {
    let product = u128::from(value ^ factor.rotate_left(17)) * u128::from(factor);
    product as u64 ^ (product >> 64) as u64
}

#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the halves of an address")]
fn address(address: IpAddr) -> u64 {
    match address {
        IpAddr::V4(address) => address.to_bits().into(),
        IpAddr::V6(address) => {
            let bits = address.to_bits();
            mix((bits >> 64) as u64, 0xe703_7ed1_a0b4_28db) ^ bits as u64
        }
    }
}
