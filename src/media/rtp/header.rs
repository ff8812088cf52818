//! The fixed header of an RTP packet (RFC 3550, 5.1), as far as this room rewrites it.

/// Bytes of the fixed header.
pub(super) const HEADER_BYTES: usize = 12;

/// Second bytes of RTCP packets that share a port with RTP (RFC 5761).
const RTCP: std::ops::RangeInclusive<u8> = 192..=223;

/// True for a packet of RTP version 2 with a payload type that is none of RTCP.
pub(super) fn is_rtp(packet: &[u8]) -> bool {
    packet.len() >= HEADER_BYTES && packet[0] >> 6 == 2 && !RTCP.contains(&packet[1])
}

/// True if the marker is set: for pictures, on the last packet of each.
pub(super) fn is_marked(packet: &[u8]) -> bool {
    packet.get(1).is_some_and(|byte| byte & 0x80 != 0)
}

/// The payload, without sources that contributed, header extension and padding; `None` if their lengths are wrong.
pub(super) fn payload(packet: &[u8]) -> Option<&[u8]> {
    let first = *packet.first()?;
    let mut start = HEADER_BYTES + 4 * usize::from(first & 0x0f);
    if first & 0x10 != 0 {
        let words = packet.get(start + 2..start + 4)?;
        start += 4 + 4 * usize::from(u16::from_be_bytes([words[0], words[1]]));
    }
    let padding = if first & 0x20 != 0 { usize::from(*packet.last()?) } else { 0 };
    packet.get(start..packet.len().checked_sub(padding)?)
}

/// The payload type, without the marker; 0 if there is no header.
pub(super) fn payload_type(packet: &[u8]) -> u8 {
    packet.get(1).map_or(0, |byte| byte & 0x7f)
}

/// The sequence number; 0 if there is no header.
pub(super) fn sequence_number(packet: &[u8]) -> u16 {
    packet.get(2..4).map_or(0, |bytes| u16::from_be_bytes([bytes[0], bytes[1]]))
}

/// The timestamp; 0 if there is no header.
pub(super) fn timestamp(packet: &[u8]) -> u32 {
    packet.get(4..8).map_or(0, |bytes| u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
}

/// Replaces the sequence number and the timestamp of a packet that has a header.
pub(super) fn set_place(packet: &mut [u8], sequence_number: u16, timestamp: u32) {
    if let Some(to) = packet.get_mut(2..8) {
        to[..2].copy_from_slice(&sequence_number.to_be_bytes());
        to[2..].copy_from_slice(&timestamp.to_be_bytes());
    }
}

/// Replaces the synchronization source of a packet that has a header.
pub(super) fn set_ssrc(packet: &mut [u8], ssrc: u32) {
    if let Some(to) = packet.get_mut(8..12) {
        to.copy_from_slice(&ssrc.to_be_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_payload_lies_between_extension_and_padding() {
        let mut packet = vec![
            0xb1, 0xe0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 9, 9, 9, 9, 0xbe, 0xde, 0, 1, 8, 8, 8, 8, 1, 2, 3, 0, 2,
        ];
        assert_eq!(payload(&packet), Some(&[1, 2, 3][..]));
        assert!(is_rtp(&packet) && is_marked(&packet));
        assert_eq!((payload_type(&packet), sequence_number(&packet), timestamp(&packet)), (96, 1, 2));
        packet[28] = 255;
        assert_eq!(payload(&packet), None);
        packet.truncate(18);
        assert_eq!(payload(&packet), None);
        assert!(!is_rtp(&[0x80, 200, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3]), "a sender report");
    }
}
