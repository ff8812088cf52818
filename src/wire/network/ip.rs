//! IPv4 (RFC 791) and IPv6 (RFC 8200).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::fragments::Fragment;
use super::{NoDatagram, chunk, u16_at};

/// The protocol number of UDP.
pub(super) const UDP: u8 = 17;

/// The extension headers of IPv6.
const HOP_BY_HOP: u8 = 0;
const ROUTING: u8 = 43;
const FRAGMENT: u8 = 44;
const AUTHENTICATION: u8 = 51;
const DESTINATION: u8 = 60;
const MOBILITY: u8 = 135;
const HOST_IDENTITY: u8 = 139;
const SHIM6: u8 = 140;

const NOT_COMPLETE: NoDatagram = NoDatagram::Malformed("the headers of an IPv6 packet are longer than it is");

/// An IP packet.
pub(super) struct Packet<'a> {
    pub(super) source: IpAddr,
    pub(super) destination: IpAddr,
    pub(super) protocol: u8,
    /// What follows all headers.
    pub(super) payload: &'a [u8],
    /// True if the packet claims more bytes than there are.
    pub(super) is_cut: bool,
    pub(super) fragment: Option<Fragment>,
}

/// Reads the headers of a packet. Its first four bits say which version it is.
#[inline]
pub(super) fn parse(bytes: &[u8]) -> Result<Packet<'_>, NoDatagram> {
    match bytes.first().map(|first| first >> 4) {
        Some(4) => parse_v4(bytes),
        Some(6) => parse_v6(bytes),
        _ => Err(NoDatagram::NotIp),
    }
}

#[inline]
fn parse_v4(bytes: &[u8]) -> Result<Packet<'_>, NoDatagram> {
    let header: [u8; 20] = chunk(bytes, 0).ok_or(NoDatagram::Cut)?;
    let header_bytes = usize::from(header[0] & 0x0f) * 4;
    let total = usize::from(u16::from_be_bytes([header[2], header[3]]));
    // A card that cuts datagrams into packets by itself is given packets of length 0.
    let total = if total == 0 { bytes.len() } else { total };
    if header_bytes < header.len() || total < header_bytes {
        return Err(NoDatagram::Malformed("the lengths of an IPv4 header contradict each other"));
    }
    let payload = bytes.get(header_bytes..total.min(bytes.len())).ok_or(NoDatagram::Cut)?;
    let place = u16::from_be_bytes([header[6], header[7]]);
    let (has_more, offset) = (place & 0x2000 != 0, usize::from(place & 0x1fff) * 8);
    let address =
        |at: usize| IpAddr::V4(Ipv4Addr::new(header[at], header[at + 1], header[at + 2], header[at + 3]));
    let (source, destination, protocol) = (address(12), address(16), header[9]);
    let id = u16::from_be_bytes([header[4], header[5]]).into();
    let fragment = Fragment { source, destination, protocol, id, offset, has_more };
    let fragment = (has_more || offset > 0).then_some(fragment);
    Ok(Packet { source, destination, protocol, payload, is_cut: total > bytes.len(), fragment })
}

fn parse_v6(bytes: &[u8]) -> Result<Packet<'_>, NoDatagram> {
    const HEADER_BYTES: usize = 40;
    let (Some(length), Some(source), Some(destination)) =
        (u16_at(bytes, 4), chunk::<16>(bytes, 8), chunk::<16>(bytes, 24))
    else {
        return Err(NoDatagram::Cut);
    };
    let (source, destination) = (Ipv6Addr::from(source).into(), Ipv6Addr::from(destination).into());
    // The length is 0 where a card cuts datagrams by itself, and in packets above 65,535 bytes.
    let total = if length == 0 { bytes.len() } else { HEADER_BYTES + usize::from(length) };
    let is_cut = total > bytes.len();
    let not_complete = |reason| if is_cut { NoDatagram::Cut } else { reason };
    let (protocol, rest) =
        skip_extensions(bytes[6], &bytes[HEADER_BYTES..total.min(bytes.len())]).map_err(not_complete)?;
    let whole = Packet { source, destination, protocol, payload: rest, is_cut, fragment: None };
    if protocol != FRAGMENT {
        return Ok(whole);
    }
    let [protocol, _, place @ .., id_0, id_1, id_2, id_3]: [u8; 8] =
        chunk(rest, 0).ok_or_else(|| not_complete(NOT_COMPLETE))?;
    let place = u16::from_be_bytes(place);
    let (has_more, offset) = (place & 1 != 0, usize::from(place & !7));
    let payload = &rest[8..];
    if !has_more && offset == 0 {
        // A fragment that is the whole datagram (RFC 6946).
        let (protocol, payload) = skip_extensions(protocol, payload)?;
        return Ok(Packet { protocol, payload, ..whole });
    }
    let id = u32::from_be_bytes([id_0, id_1, id_2, id_3]);
    let fragment = Some(Fragment { source, destination, protocol, id, offset, has_more });
    Ok(Packet { protocol, payload, fragment, ..whole })
}

/// Skips the extension headers of IPv6 but the fragment header. Returns the next protocol and what follows.
pub(super) fn skip_extensions(mut protocol: u8, mut bytes: &[u8]) -> Result<(u8, &[u8]), NoDatagram> {
    // Each header takes 8 bytes or more, so the loop ends.
    loop {
        let length = |length: u8| match protocol {
            HOP_BY_HOP | ROUTING | DESTINATION | MOBILITY | HOST_IDENTITY | SHIM6 => {
                Some(8 + 8 * usize::from(length))
            }
            AUTHENTICATION => Some(8 + 4 * usize::from(length)),
            _ => None,
        };
        if length(0).is_none() {
            return Ok((protocol, bytes));
        }
        let &[next, count, ..] = bytes else { return Err(NOT_COMPLETE) };
        bytes = length(count).and_then(|length| bytes.get(length..)).ok_or(NOT_COMPLETE)?;
        protocol = next;
    }
}
