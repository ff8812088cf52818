//! Headers that are written or changed.

use super::{FIXED_HEADER_BYTES, RtpError, VERSION};

/// The fields of a header that is written. `Default` is all zeros, without CSRCs and extension.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Header<'a> {
    /// The marker bit.
    pub marker: bool,
    /// The payload type, 0 to 127.
    pub payload_type: u8,
    /// The sequence number.
    pub sequence: u16,
    /// The timestamp in units of the payload's clock.
    pub timestamp: u32,
    /// The synchronization source.
    pub ssrc: u32,
    /// The contributing sources, at most 15.
    pub csrcs: &'a [u32],
    /// The header extension.
    pub extension: Option<Extension<'a>>,
}

/// A header extension (RFC 3550, section 5.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extension<'a> {
    /// The number that says what the data means.
    pub profile: u16,
    /// The data, a multiple of 4 bytes.
    pub data: &'a [u8],
}

impl Header<'_> {
    /// Appends the header to `packet`; the payload is appended after it. No padding is announced.
    ///
    /// # Errors
    /// [`RtpError::PayloadType`], [`RtpError::Csrcs`] or [`RtpError::Extension`]; nothing is appended then.
    pub fn write(&self, packet: &mut Vec<u8>) -> Result<(), RtpError> {
        if self.payload_type > 127 {
            return Err(RtpError::PayloadType(self.payload_type));
        }
        let count = u8::try_from(self.csrcs.len()).ok().filter(|&count| count <= 15);
        let count = count.ok_or(RtpError::Csrcs(self.csrcs.len()))?;
        let extension = self.extension.map(|extension| {
            let data = extension.data;
            let words = u16::try_from(data.len() / 4).ok().filter(|_| data.len().is_multiple_of(4));
            words.map(|words| (extension.profile, words, data)).ok_or(RtpError::Extension(data.len()))
        });
        let extension = extension.transpose()?;
        packet.push(VERSION << 6 | u8::from(extension.is_some()) << 4 | count);
        packet.push(u8::from(self.marker) << 7 | self.payload_type);
        packet.extend(self.sequence.to_be_bytes());
        packet.extend(self.timestamp.to_be_bytes());
        packet.extend(self.ssrc.to_be_bytes());
        packet.extend(self.csrcs.iter().flat_map(|csrc| csrc.to_be_bytes()));
        if let Some((profile, words, data)) = extension {
            packet.extend(profile.to_be_bytes());
            packet.extend(words.to_be_bytes());
            packet.extend(data);
        }
        Ok(())
    }
}

/// Replaces the sequence number and the timestamp of a packet. Bytes too short for a header are left as they are.
pub fn set_place(packet: &mut [u8], sequence: u16, timestamp: u32) {
    if let Some(header) = packet.first_chunk_mut::<FIXED_HEADER_BYTES>() {
        header[2..4].copy_from_slice(&sequence.to_be_bytes());
        header[4..8].copy_from_slice(&timestamp.to_be_bytes());
    }
}

/// Replaces the synchronization source of a packet. Bytes too short for a header are left as they are.
pub fn set_ssrc(packet: &mut [u8], ssrc: u32) {
    if let Some(header) = packet.first_chunk_mut::<FIXED_HEADER_BYTES>() {
        header[8..].copy_from_slice(&ssrc.to_be_bytes());
    }
}
