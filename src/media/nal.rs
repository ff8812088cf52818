//! Whether a packet of NAL units is whole, without decoding it.
//!
//! MP4 and Matroska store H.264 and H.265 as NAL units, each behind its length (ISO/IEC 14496-15). Damage
//! in the middle of such a file leaves timestamps and sizes as they were, since they stand elsewhere; but
//! the lengths no longer lead from unit to unit to the packet's end.

use ffmpeg_next::codec::Id;

/// How the packets of a stream are cut into NAL units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Lengths {
    bytes: usize,
    is_hevc: bool,
}

impl Lengths {
    /// What the stream's extra data says; `None` for other codecs, and where start codes stand between
    /// the units.
    pub(super) fn read(codec: Id, extradata: &[u8]) -> Option<Self> {
        let is_hevc = codec == Id::HEVC;
        // `avcC` and `hvcC` begin with their version, 1; a start code begins with 0.
        let place = match codec {
            Id::H264 => 4,
            Id::HEVC => 21,
            _ => return None,
        };
        (extradata.first() == Some(&1))
            .then(|| extradata.get(place).map(|byte| usize::from(byte & 3) + 1))
            .flatten()
            .map(|bytes| Self { bytes, is_hevc })
    }

    /// True where the lengths lead to the end of the packet and at least one unit holds a slice.
    pub(super) fn is_whole(self, mut packet: &[u8]) -> bool {
        let mut has_slice = false;
        while !packet.is_empty() {
            let Some((length, rest)) = packet.split_at_checked(self.bytes) else {
                return false;
            };
            let length = length.iter().fold(0, |length, &byte| length << 8 | usize::from(byte));
            let Some((unit, rest)) = rest.split_at_checked(length) else {
                return false;
            };
            if let Some(&header) = unit.first() {
                if header & 0x80 != 0 {
                    return false;
                }
                // Slices: types 1 to 5 (H.264, table 7-1), 0 to 31 (H.265, table 7-1).
                has_slice |= if self.is_hevc { header >> 1 < 32 } else { matches!(header & 31, 1..=5) };
            }
            packet = rest;
        }
        has_slice
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packet_is_whole_where_its_lengths_lead_to_its_end() {
        let lengths = Lengths::read(Id::H264, &[1, 0, 0, 0, 0xFF]).expect("lengths of 4 bytes");
        let packet = [0, 0, 0, 2, 6, 9, 0, 0, 0, 3, 0x65, 1, 2];
        assert!(lengths.is_whole(&packet));
        assert!(!lengths.is_whole(&packet[..12]), "cut off");
        assert!(!lengths.is_whole(&packet[..6]), "no slice");
        assert!(!lengths.is_whole(&[]), "nothing");
        let mut damaged = packet;
        damaged[3] = 200;
        assert!(!lengths.is_whole(&damaged));
        assert_eq!(Lengths::read(Id::H264, &[0, 0, 0, 1, 0x67]), None, "start codes");
        assert_eq!(Lengths::read(Id::VP9, &[1; 30]), None);
    }
}
