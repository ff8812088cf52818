//! Frames that are written: Ethernet II, IPv4, UDP.

use std::net::{Ipv4Addr, SocketAddrV4};

/// The most bytes that one UDP datagram over IPv4 carries.
pub const MOST_PAYLOAD_BYTES: usize = 65535 - IP_HEADER_BYTES - UDP_HEADER_BYTES;

const IP_HEADER_BYTES: usize = 20;
const UDP_HEADER_BYTES: usize = 8;
const UDP: u8 = super::ip::UDP;

/// A payload that does not fit into one datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{bytes} bytes do not fit into one UDP datagram; it carries {MOST_PAYLOAD_BYTES}")]
pub struct FrameError {
    /// Bytes of the payload.
    pub bytes: usize,
}

/// Replaces `frame` by an Ethernet frame with one UDP datagram, with right checksums, not fragmented.
///
/// The Ethernet addresses are made of the IP addresses: 02:00 (locally administered), then the four bytes. The time to
/// live is 64.
///
/// # Errors
/// [`FrameError`] for a payload above [`MOST_PAYLOAD_BYTES`].
pub fn write_udp_frame(
    source: SocketAddrV4,
    destination: SocketAddrV4,
    payload: &[u8],
    frame: &mut Vec<u8>,
) -> Result<(), FrameError> {
    let too_long = FrameError { bytes: payload.len() };
    let total = u16::try_from(IP_HEADER_BYTES + UDP_HEADER_BYTES + payload.len()).map_err(|_| too_long)?;
    let udp_length = (total - 20).to_be_bytes();
    let (from, to) = (source.ip().octets(), destination.ip().octets());
    frame.clear();
    frame.extend(ethernet_address(*destination.ip()));
    frame.extend(ethernet_address(*source.ip()));
    frame.extend([0x08, 0x00]);

    let [total_high, total_low] = total.to_be_bytes();
    // Version 4, five words; no identification is needed where fragments are forbidden (0x4000, RFC 6864).
    let mut header = [0x45, 0, total_high, total_low, 0, 0, 0x40, 0, 64, UDP, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    header[12..16].copy_from_slice(&from);
    header[16..].copy_from_slice(&to);
    let sum = checksum(&[&header]);
    header[10..12].copy_from_slice(&sum.to_be_bytes());
    frame.extend(header);

    let ports = [source.port().to_be_bytes(), destination.port().to_be_bytes()].concat();
    let pseudo_header = [&from[..], &to, &[0, UDP], &udp_length].concat();
    // 0 says that there is no checksum; 0xffff is the same number in one's complement.
    let sum = match checksum(&[&pseudo_header, &ports, &udp_length, payload]) {
        0 => 0xffff,
        sum => sum,
    };
    frame.extend(ports);
    frame.extend(udp_length);
    frame.extend(sum.to_be_bytes());
    frame.extend_from_slice(payload);
    Ok(())
}

fn ethernet_address(address: Ipv4Addr) -> [u8; 6] {
    let [a, b, c, d] = address.octets();
    [0x02, 0x00, a, b, c, d]
}

/// The complement of the one's complement sum of words of 16 bits (RFC 1071). All parts but the last have an even
/// length.
pub(super) fn checksum(parts: &[&[u8]]) -> u16 {
    let mut sum = 0u64;
    for part in parts {
        let (words, rest) = part.as_chunks::<2>();
        sum += words.iter().map(|&word| u64::from(u16::from_be_bytes(word))).sum::<u64>();
        sum += rest.first().map_or(0, |&byte| u64::from(byte) << 8);
    }
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    #[expect(clippy::cast_possible_truncation, reason = "the sum was folded to 16 bits")]
    let sum = sum as u16;
    !sum
}
