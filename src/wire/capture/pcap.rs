//! The format of tcpdump (draft-ietf-opsawg-pcap): a header of 24 bytes, then records.

use std::io::Read;

use super::record::{Endian, PacketPlace, Step};
use super::source::Source;
use super::{CaptureError, Format, MOST_PACKET_BYTES, timestamp};

const HEADER_BYTES: usize = 24;
const RECORD_HEADER_BYTES: usize = 16;
/// Records of a patched libpcap of 1999 have eight more bytes.
const MODIFIED_RECORD_HEADER_BYTES: usize = 24;

/// An impossible length this early is a sign of other record headers: patched programs wrote some without another magic
/// number.
const FIRST_RECORDS_BYTES: u64 = 8192;

/// What the first four bytes say.
#[derive(Clone, Copy)]
pub(super) struct Variant {
    endian: Endian,
    is_nanos: bool,
    record_header_bytes: usize,
}

impl Variant {
    /// `None` if the bytes are no magic number of pcap.
    pub(super) fn of(magic: [u8; 4]) -> Option<Self> {
        [Endian::Big, Endian::Little].into_iter().find_map(|endian| {
            let (is_nanos, record_header_bytes) = match endian.u32(&magic, 0) {
                0xa1b2_c3d4 => (false, RECORD_HEADER_BYTES),
                0xa1b2_3c4d => (true, RECORD_HEADER_BYTES),
                0xa1b2_cd34 => (false, MODIFIED_RECORD_HEADER_BYTES),
                _ => return None,
            };
            Some(Self { endian, is_nanos, record_header_bytes })
        })
    }

    /// Reads the file's header. `None` if the file ends within it.
    pub(super) fn header<R: Read>(self, source: &mut Source<R>) -> Result<Option<Header>, CaptureError> {
        if !source.has(HEADER_BYTES)? {
            return Ok(None);
        }
        let header = source.peek(HEADER_BYTES);
        let (major, minor) = (self.endian.u16(header, 4), self.endian.u16(header, 6));
        // The upper bits say how long the frame check sequence is; it lies after what the network layer reads.
        let link_type = self.endian.u32(header, 20) & 0xffff;
        if major != 2 {
            return Err(CaptureError::Version { offset: 4, format: Format::Pcap, major, minor });
        }
        source.take(HEADER_BYTES);
        let link_type = u16::try_from(link_type).unwrap_or_default();
        Ok(Some(Header { variant: self, link_type }))
    }
}

/// What holds for all records.
pub(super) struct Header {
    variant: Variant,
    link_type: u16,
}

impl Header {
    /// The record at the front of the buffer.
    #[inline]
    pub(super) fn step<R: Read>(&self, source: &mut Source<R>) -> Result<Step<PacketPlace>, CaptureError> {
        let Variant { endian, is_nanos, record_header_bytes: start } = self.variant;
        if !source.has(start)? {
            return Ok(if source.has(1)? { Step::Truncated } else { Step::End });
        }
        let header = source.peek(RECORD_HEADER_BYTES);
        let [seconds, fraction, captured, original_bytes] = [0, 4, 8, 12].map(|at| endian.u32(header, at));
        let len = usize::try_from(captured).ok().filter(|&len| len <= MOST_PACKET_BYTES);
        let len = len.ok_or_else(|| too_long(source.offset(), captured.into()))?;
        if !source.has(start + len)? {
            return Ok(Step::Truncated);
        }
        Ok(Step::Packet(PacketPlace {
            link_type: self.link_type,
            time_nanos: Some(timestamp::of_pcap(seconds, fraction, is_nanos)),
            original_bytes,
            start,
            len,
            record: start + len,
        }))
    }
}

#[cold]
fn too_long(offset: u64, claimed: u64) -> CaptureError {
    if offset < FIRST_RECORDS_BYTES {
        CaptureError::Variant { offset, claimed }
    } else {
        CaptureError::TooLong { offset, what: "packet", claimed, most: MOST_PACKET_BYTES }
    }
}
