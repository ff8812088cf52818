//! A view of the bytes of a packet.

use super::{FIXED_HEADER_BYTES, RtpError, VERSION};

/// An RTP packet: borrowed bytes whose header has been checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    bytes: &'a [u8],
    header_bytes: usize,
}

impl<'a> Packet<'a> {
    /// Checks version, CSRCs and extension. The body may be ciphertext and is not examined.
    ///
    /// # Errors
    /// [`RtpError::TooShort`] or [`RtpError::Version`].
    #[inline]
    pub fn parse(bytes: &'a [u8]) -> Result<Self, RtpError> {
        let too_short = |needed| RtpError::TooShort { needed, given: bytes.len() };
        let fixed = bytes.first_chunk::<FIXED_HEADER_BYTES>().ok_or(too_short(FIXED_HEADER_BYTES))?;
        if fixed[0] >> 6 != VERSION {
            return Err(RtpError::Version(fixed[0] >> 6));
        }
        let mut header_bytes = FIXED_HEADER_BYTES + 4 * usize::from(fixed[0] & 0x0f);
        if fixed[0] & 0x10 != 0 {
            let Some(&[_, _, high, low]) = bytes.get(header_bytes..header_bytes + 4) else {
                return Err(too_short(header_bytes + 4));
            };
            header_bytes += 4 + 4 * usize::from(u16::from_be_bytes([high, low]));
        }
        if bytes.len() < header_bytes {
            return Err(too_short(header_bytes));
        }
        Ok(Self { bytes, header_bytes })
    }

    /// All bytes.
    #[must_use]
    pub const fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The header with CSRCs and extension: what protections leave clear.
    #[must_use]
    pub fn header(&self) -> &'a [u8] {
        &self.bytes[..self.header_bytes]
    }

    /// Everything after the header: payload and padding, which SRTP encrypts together.
    #[must_use]
    pub fn body(&self) -> &'a [u8] {
        &self.bytes[self.header_bytes..]
    }

    /// The body without its padding. Meaningless for an encrypted body.
    ///
    /// # Errors
    /// [`RtpError::Padding`] if the last byte claims no padding, or more than the body has.
    pub fn payload(&self) -> Result<&'a [u8], RtpError> {
        let body = self.body();
        if !self.has_padding() {
            return Ok(body);
        }
        let padding = usize::from(body.last().copied().unwrap_or(0));
        match body.len().checked_sub(padding) {
            Some(payload) if padding > 0 => Ok(&body[..payload]),
            _ => Err(RtpError::Padding { padding, body: body.len() }),
        }
    }

    /// True if the body ends with padding.
    #[must_use]
    pub fn has_padding(&self) -> bool {
        self.bytes[0] & 0x20 != 0
    }

    /// The marker bit; its meaning depends on the payload's format, such as the last packet of a frame.
    #[must_use]
    pub fn marker(&self) -> bool {
        self.bytes[1] & 0x80 != 0
    }

    /// The payload type, 0 to 127.
    #[must_use]
    pub fn payload_type(&self) -> u8 {
        self.bytes[1] & 0x7f
    }

    /// The sequence number, modulo 2^16.
    #[must_use]
    pub fn sequence(&self) -> u16 {
        u16::from_be_bytes([self.bytes[2], self.bytes[3]])
    }

    /// The timestamp in units of the payload's clock, modulo 2^32.
    #[must_use]
    pub fn timestamp(&self) -> u32 {
        self.word(4)
    }

    /// The synchronization source, which names the stream.
    #[must_use]
    pub fn ssrc(&self) -> u32 {
        self.word(8)
    }

    /// The contributing sources, at most 15.
    #[must_use]
    pub fn csrcs(&self) -> impl ExactSizeIterator<Item = u32> + use<'a> {
        let (words, _) = self.bytes[FIXED_HEADER_BYTES..].as_chunks::<4>();
        words[..usize::from(self.bytes[0] & 0x0f)].iter().map(|&word| u32::from_be_bytes(word))
    }

    /// The header extension: its profile's number, and its data without the length.
    #[must_use]
    pub fn extension(&self) -> Option<super::Extension<'a>> {
        if self.bytes[0] & 0x10 == 0 {
            return None;
        }
        let at = FIXED_HEADER_BYTES + 4 * self.csrcs().len();
        let profile = u16::from_be_bytes([self.bytes[at], self.bytes[at + 1]]);
        Some(super::Extension { profile, data: &self.bytes[at + 4..self.header_bytes] })
    }

    fn word(&self, at: usize) -> u32 {
        u32::from_be_bytes([self.bytes[at], self.bytes[at + 1], self.bytes[at + 2], self.bytes[at + 3]])
    }
}
