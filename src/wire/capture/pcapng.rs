//! The format of Wireshark (draft-ietf-opsawg-pcapng): blocks, each with its length before and after its body.
//!
//! Read are section headers, interface descriptions, and the three kinds of packet blocks. All others are skipped.

use std::io::Read;

use super::record::{Endian, PacketPlace, Step};
use super::source::Source;
use super::timestamp::Resolution;
use super::{CaptureError, Format, MOST_BLOCK_BYTES, MOST_INTERFACES, MOST_PACKET_BYTES};

/// The type of a section header block, the same in both byte orders.
pub(super) const MAGIC: [u8; 4] = [0x0a, 0x0d, 0x0d, 0x0a];

/// Its byte-order magic.
pub(super) const BYTE_ORDER_MAGIC: u32 = 0x1a2b_3c4d;

pub(super) const INTERFACE_DESCRIPTION: u32 = 1;
pub(super) const ENHANCED_PACKET: u32 = 6;
const OBSOLETE_PACKET: u32 = 2;
const SIMPLE_PACKET: u32 = 3;

/// The options of an interface that are read.
pub(super) const IF_TSRESOL: u16 = 9;
const IF_TSOFFSET: u16 = 14;

/// Bytes of type and length before a body, and of the second length after it.
const BLOCK_START_BYTES: usize = 8;
const BLOCK_END_BYTES: usize = 4;

/// The section that the reader is in.
pub(super) struct Section {
    endian: Endian,
    interfaces: Vec<Interface>,
}

#[derive(Clone, Copy)]
struct Interface {
    link_type: u16,
    snap_bytes: u32,
    resolution: Resolution,
}

impl Default for Section {
    fn default() -> Self {
        Self { endian: Endian::Little, interfaces: Vec::new() }
    }
}

impl Section {
    /// The block at the front of the buffer. All but packets are consumed.
    pub(super) fn step<R: Read>(
        &mut self,
        source: &mut Source<R>,
    ) -> Result<Step<PacketPlace>, CaptureError> {
        if !source.has(BLOCK_START_BYTES)? {
            return Ok(if source.has(1)? { Step::Truncated } else { Step::End });
        }
        if source.array::<4>() == MAGIC {
            return self.start_section(source);
        }
        let (endian, offset) = (self.endian, source.offset());
        let start = source.peek(BLOCK_START_BYTES);
        let (kind, claimed) = (endian.u32(start, 0), endian.u32(start, 4));
        let is_known =
            matches!(kind, INTERFACE_DESCRIPTION | OBSOLETE_PACKET | SIMPLE_PACKET | ENHANCED_PACKET);
        let total = block_bytes(claimed, offset, is_known)?;
        if !is_known {
            return Ok(if source.skip(u64::from(claimed))? { Step::Other } else { Step::Truncated });
        }
        if !source.has(total)? {
            return Ok(Step::Truncated);
        }
        let block = source.peek(total);
        let (body, end) = block[BLOCK_START_BYTES..].split_at(total - BLOCK_START_BYTES - BLOCK_END_BYTES);
        if endian.u32(end, 0) != claimed {
            let what = "the two lengths of a block differ";
            return Err(CaptureError::Contradiction { offset, what });
        }
        let place = match kind {
            INTERFACE_DESCRIPTION => {
                self.describe(body, offset)?;
                source.take(total);
                return Ok(Step::Other);
            }
            ENHANCED_PACKET => self.packet(body, offset, endian.u32(body, 0))?,
            // A number of 16 bits and a count of dropped packets in the place of the interface's number.
            OBSOLETE_PACKET => self.packet(body, offset, endian.u16(body, 0).into())?,
            _ => self.simple_packet(body, offset)?,
        };
        Ok(Step::Packet(PacketPlace { record: total, ..place }))
    }

    /// Reads a section header block: the byte order of all that follows.
    fn start_section<R: Read>(&mut self, source: &mut Source<R>) -> Result<Step<PacketPlace>, CaptureError> {
        const HEADER_BYTES: usize = 28;
        let offset = source.offset();
        if !source.has(16)? {
            return Ok(Step::Truncated);
        }
        let header = source.array::<16>();
        let order =
            [Endian::Big, Endian::Little].into_iter().find(|end| end.u32(&header, 8) == BYTE_ORDER_MAGIC);
        let what = "a section header has no byte-order magic";
        let endian = order.ok_or(CaptureError::Contradiction { offset, what })?;
        let (major, minor) = (endian.u16(&header, 12), endian.u16(&header, 14));
        if major != 1 {
            return Err(CaptureError::Version { offset: offset + 12, format: Format::Pcapng, major, minor });
        }
        let claimed = endian.u32(&header, 4);
        if block_bytes(claimed, offset, false)? < HEADER_BYTES {
            let what = "a section header is shorter than 28 bytes";
            return Err(CaptureError::Contradiction { offset, what });
        }
        *self = Self { endian, interfaces: Vec::new() };
        Ok(if source.skip(claimed.into())? { Step::Other } else { Step::Truncated })
    }

    /// Reads an interface description block.
    fn describe(&mut self, body: &[u8], offset: u64) -> Result<(), CaptureError> {
        let Some((fixed, mut options)) = body.split_first_chunk::<8>() else {
            let what = "an interface description is too short";
            return Err(CaptureError::Contradiction { offset, what });
        };
        if self.interfaces.len() >= MOST_INTERFACES {
            let what = "a section describes more than 4096 interfaces";
            return Err(CaptureError::Contradiction { offset, what });
        }
        let mut resolution = Resolution::MICROSECONDS;
        while let Some((header, rest)) = options.split_first_chunk::<4>() {
            let (code, length) = (self.endian.u16(header, 0), self.endian.u16(header, 2));
            let Some(value) = rest.get(..usize::from(length)).filter(|_| code != 0) else { break };
            resolution = match (code, value) {
                (IF_TSRESOL, &[unit, ..]) => resolution.with_unit(unit),
                (IF_TSOFFSET, &[_, _, _, _, _, _, _, _, ..]) => {
                    resolution.with_offset(self.endian.u64(value, 0).cast_signed())
                }
                _ => resolution,
            };
            options = rest.get(usize::from(length).next_multiple_of(4)..).unwrap_or_default();
        }
        let (link_type, snap_bytes) = (self.endian.u16(fixed, 0), self.endian.u32(fixed, 4));
        self.interfaces.push(Interface { link_type, snap_bytes, resolution });
        Ok(())
    }

    /// The place of the packet in an enhanced packet block, or in an obsolete packet block.
    #[inline]
    fn packet(&self, body: &[u8], offset: u64, interface: u32) -> Result<PacketPlace, CaptureError> {
        const HEADER_BYTES: usize = 20;
        let what = "a packet block is too short";
        let room =
            body.len().checked_sub(HEADER_BYTES).ok_or(CaptureError::Contradiction { offset, what })?;
        let word = |number: usize| self.endian.u32(body, 4 * number);
        let interface = self.interface(interface, offset)?;
        let timestamp = u64::from(word(1)) << 32 | u64::from(word(2));
        let len = packet_bytes(word(3), room, offset)?;
        Ok(PacketPlace {
            link_type: interface.link_type,
            time_nanos: Some(interface.resolution.nanos(timestamp)),
            original_bytes: word(4),
            start: BLOCK_START_BYTES + HEADER_BYTES,
            len,
            record: 0,
        })
    }

    /// The place of the packet in a simple packet block: of the first interface, whose snap length may have cut it.
    fn simple_packet(&self, body: &[u8], offset: u64) -> Result<PacketPlace, CaptureError> {
        const HEADER_BYTES: usize = 4;
        let what = "a packet block is too short";
        let room =
            body.len().checked_sub(HEADER_BYTES).ok_or(CaptureError::Contradiction { offset, what })?;
        let interface = self.interface(0, offset)?;
        let original_bytes = self.endian.u32(body, 0);
        let is_cut = interface.snap_bytes != 0 && interface.snap_bytes < original_bytes;
        let captured = if is_cut { interface.snap_bytes } else { original_bytes };
        Ok(PacketPlace {
            link_type: interface.link_type,
            time_nanos: None,
            original_bytes,
            start: BLOCK_START_BYTES + HEADER_BYTES,
            len: packet_bytes(captured, room, offset)?,
            record: 0,
        })
    }

    fn interface(&self, number: u32, offset: u64) -> Result<Interface, CaptureError> {
        let interface = usize::try_from(number).ok().and_then(|number| self.interfaces.get(number));
        let known = self.interfaces.len();
        interface.copied().ok_or(CaptureError::Interface { offset, interface: number, known })
    }
}

/// The length of a block, if it can be one. A block that is skipped may be long.
fn block_bytes(claimed: u32, offset: u64, is_held: bool) -> Result<usize, CaptureError> {
    let total = usize::try_from(claimed).unwrap_or(usize::MAX);
    if total < BLOCK_START_BYTES + BLOCK_END_BYTES || !total.is_multiple_of(4) {
        let what = "the length of a block is below 12 bytes or no multiple of 4";
        return Err(CaptureError::Contradiction { offset, what });
    }
    if is_held && total > MOST_BLOCK_BYTES {
        let claimed = claimed.into();
        return Err(CaptureError::TooLong { offset, what: "block", claimed, most: MOST_BLOCK_BYTES });
    }
    Ok(total)
}

/// The length of a packet, if its block has room for it.
#[inline]
fn packet_bytes(claimed: u32, room: usize, offset: u64) -> Result<usize, CaptureError> {
    let len = usize::try_from(claimed).unwrap_or(usize::MAX);
    if len > MOST_PACKET_BYTES {
        let claimed = claimed.into();
        return Err(CaptureError::TooLong { offset, what: "packet", claimed, most: MOST_PACKET_BYTES });
    }
    let what = "a packet is longer than its block";
    if len <= room { Ok(len) } else { Err(CaptureError::Contradiction { offset, what }) }
}
