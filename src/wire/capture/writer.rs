//! Captures that are written: pcapng with one Ethernet interface and nanoseconds.

use std::io::{Error, ErrorKind, Result, Write};

use super::MOST_PACKET_BYTES;
use super::pcapng::{BYTE_ORDER_MAGIC, ENHANCED_PACKET, IF_TSRESOL, INTERFACE_DESCRIPTION, MAGIC};

/// The link type of Ethernet.
const ETHERNET: u16 = 1;

/// Writes a pcapng file, little-endian. The same packets give the same bytes: it writes neither a time of its own nor
/// the names of programs and systems.
pub struct PcapngWriter<W> {
    to: W,
    block: Vec<u8>,
}

impl<W: Write> PcapngWriter<W> {
    /// Writes the section header and the description of the interface.
    ///
    /// # Errors
    /// Those of `to`.
    pub fn new(to: W) -> Result<Self> {
        let mut writer = Self { to, block: Vec::new() };
        let mut section = Vec::new();
        section.extend(BYTE_ORDER_MAGIC.to_le_bytes());
        // Version 1.0.
        section.extend([1, 0, 0, 0]);
        // The length of the section is not stated.
        section.extend(u64::MAX.to_le_bytes());
        writer.write_block(u32::from_le_bytes(MAGIC), &[&section])?;
        let mut interface = Vec::new();
        interface.extend(ETHERNET.to_le_bytes());
        interface.extend([0, 0]);
        #[expect(clippy::cast_possible_truncation, reason = "2^18")]
        interface.extend((MOST_PACKET_BYTES as u32).to_le_bytes());
        interface.extend(IF_TSRESOL.to_le_bytes());
        // One byte, 9 decimal digits, and padding; then the end of the options.
        interface.extend([1, 0, 9, 0, 0, 0, 0, 0, 0, 0]);
        writer.write_block(INTERFACE_DESCRIPTION, &[&interface])?;
        Ok(writer)
    }

    /// Writes an Ethernet frame, at a time in nanoseconds since 1970.
    ///
    /// # Errors
    /// Those of `to`, and [`ErrorKind::InvalidInput`] for a frame above [`MOST_PACKET_BYTES`].
    pub fn write(&mut self, time_nanos: u64, frame: &[u8]) -> Result<()> {
        let length = u32::try_from(frame.len()).ok().filter(|_| frame.len() <= MOST_PACKET_BYTES);
        let length = length.ok_or_else(|| {
            let bytes = frame.len();
            Error::new(ErrorKind::InvalidInput, format!("a frame of {bytes} bytes is longer than any packet"))
        })?;
        let time = time_nanos.to_le_bytes();
        // Interface 0; the upper half of the time comes first.
        let header = [&[0; 4], &time[4..], &time[..4], &length.to_le_bytes(), &length.to_le_bytes()].concat();
        self.write_block(ENHANCED_PACKET, &[&header, frame])
    }

    /// Flushes and returns what was written to.
    ///
    /// # Errors
    /// Those of `to`.
    pub fn finish(mut self) -> Result<W> {
        self.to.flush()?;
        Ok(self.to)
    }

    fn write_block(&mut self, kind: u32, parts: &[&[u8]]) -> Result<()> {
        let body: usize = parts.iter().map(|part| part.len()).sum();
        let total = u32::try_from(12 + body.next_multiple_of(4)).map_err(Error::other)?;
        self.block.clear();
        self.block.extend(kind.to_le_bytes());
        self.block.extend(total.to_le_bytes());
        for part in parts {
            self.block.extend_from_slice(part);
        }
        self.block.resize(8 + body.next_multiple_of(4), 0);
        self.block.extend(total.to_le_bytes());
        self.to.write_all(&self.block)
    }
}
