//! Records of both formats: the numbers in them, and the packets.

/// Byte order of the numbers in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Endian {
    Big,
    Little,
}

impl Endian {
    /// The number at a place; 0 past the end, which callers rule out by checking lengths.
    #[inline]
    pub(super) fn u16(self, bytes: &[u8], at: usize) -> u16 {
        let bytes = chunk(bytes, at);
        if self == Self::Big { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) }
    }

    /// The number at a place; 0 past the end.
    #[inline]
    pub(super) fn u32(self, bytes: &[u8], at: usize) -> u32 {
        let bytes = chunk(bytes, at);
        if self == Self::Big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
    }

    /// The number at a place; 0 past the end.
    #[inline]
    pub(super) fn u64(self, bytes: &[u8], at: usize) -> u64 {
        let bytes = chunk(bytes, at);
        if self == Self::Big { u64::from_be_bytes(bytes) } else { u64::from_le_bytes(bytes) }
    }
}

#[inline]
fn chunk<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes.get(at..).and_then(|bytes| bytes.first_chunk()).copied().unwrap_or([0; N])
}

/// One step through a file.
pub(super) enum Step<T> {
    /// A packet.
    Packet(T),
    /// A record that is no packet.
    Other,
    /// The end of the file.
    End,
    /// The end of the file within a record.
    Truncated,
}

/// Where a packet is in the record at the front of the buffer.
pub(super) struct PacketPlace {
    pub(super) link_type: u16,
    pub(super) time_nanos: Option<u64>,
    pub(super) original_bytes: u32,
    /// Bytes before it in the record.
    pub(super) start: usize,
    /// Its bytes.
    pub(super) len: usize,
    /// Bytes of the whole record.
    pub(super) record: usize,
}
