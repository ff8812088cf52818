//! Headers of links: from a frame to its IP packet.

use super::{NoDatagram, chunk, u16_at};

const IPV4: u16 = 0x0800;
const IPV6: u16 = 0x86dd;

/// The types of VLAN tags: 802.1Q, 802.1ad, and what was used before 802.1ad.
const VLAN: [u16; 3] = [0x8100, 0x88a8, 0x9100];

/// The IP packet in a frame, and perhaps padding after it.
#[inline]
pub(super) fn payload(link_type: u16, frame: &[u8]) -> Result<&[u8], NoDatagram> {
    match link_type {
        // Ethernet II: two addresses, the type.
        1 => of_type(u16_at(frame, 12), frame.get(14..)),
        // Linux cooked, version 1: the type at the end of 16 bytes.
        113 => of_type(u16_at(frame, 14), frame.get(16..)),
        // Linux cooked, version 2: the type at the start of 20 bytes.
        276 => of_type(u16_at(frame, 0), frame.get(20..)),
        // Raw IP.
        12 | 14 | 101 | 228 | 229 => Ok(frame),
        // Loopback: the address family, in the byte order of the machine (0) or of the network (108).
        0 | 108 => {
            let family = chunk(frame, 0).ok_or(NoDatagram::NotIp)?;
            let (big, little) = (u32::from_be_bytes(family), u32::from_le_bytes(family));
            // IPv4 is 2 everywhere; IPv6 is 10 on Linux and 24, 28 or 30 on the systems of BSD.
            let is_ip = |family: u32| matches!(family, 2 | 10 | 24 | 28 | 30);
            if is_ip(big) || is_ip(little) { Ok(&frame[4..]) } else { Err(NoDatagram::NotIp) }
        }
        _ => Err(NoDatagram::LinkType(link_type)),
    }
}

/// What follows a type, if it is IP. VLAN tags are skipped.
#[inline]
fn of_type(mut kind: Option<u16>, mut rest: Option<&[u8]>) -> Result<&[u8], NoDatagram> {
    // Each tag takes 4 bytes of the frame, so the loop ends.
    while let (Some(tag), Some(tagged)) = (kind, rest) {
        if !VLAN.contains(&tag) {
            break;
        }
        (kind, rest) = (u16_at(tagged, 2), tagged.get(4..));
    }
    match (kind, rest) {
        (Some(IPV4 | IPV6), Some(rest)) => Ok(rest),
        _ => Err(NoDatagram::NotIp),
    }
}
