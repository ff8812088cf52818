//! What both formats share.

use std::fmt;
use std::io::Read;

use super::record::Step;
use super::source::Source;
use super::{CaptureError, other, pcap, pcapng};

/// A format of captures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The format of tcpdump.
    Pcap,
    /// The format of Wireshark.
    Pcapng,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Pcap => "pcap",
            Self::Pcapng => "pcapng",
        })
    }
}

/// A packet as it was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CapturedPacket<'a> {
    /// What kind of header the bytes start with: a number of the registry of link types (1 is Ethernet).
    pub link_type: u16,
    /// Nanoseconds since 1970. `None` if the record has no time (simple packet blocks of pcapng).
    pub time_nanos: Option<u64>,
    /// The bytes that the packet had; more than `bytes` if a snap length cut it.
    pub original_bytes: u32,
    /// The bytes that were recorded.
    pub bytes: &'a [u8],
    /// Where its record starts in the file, in bytes.
    pub offset: u64,
}

/// Reads the packets of a capture one after another.
pub struct Reader<R> {
    source: Source<R>,
    state: State,
    /// The number of the first byte that is missing in a record, if the file ends within one.
    truncated_at: Option<u64>,
}

enum State {
    Pcap(pcap::Header),
    Pcapng(Box<pcapng::Section>),
    /// After an error, or after the end.
    Ended(Format),
}

impl<R: Read> Reader<R> {
    /// Reads the start of a capture; its format is recognized.
    ///
    /// # Errors
    /// [`CaptureError::Format`], [`CaptureError::OtherFormat`], [`CaptureError::Compressed`], [`CaptureError::Version`] or
    /// [`CaptureError::Io`].
    pub fn new(reader: R) -> Result<Self, CaptureError> {
        let mut source = Source::new(reader);
        let has_magic = source.has(4)?;
        let magic = source.array::<4>();
        let (state, is_whole) = if has_magic && magic == pcapng::MAGIC {
            (State::Pcapng(Box::default()), true)
        } else if let Some(variant) = pcap::Variant::of(magic).filter(|_| has_magic) {
            match variant.header(&mut source)? {
                Some(header) => (State::Pcap(header), true),
                None => (State::Ended(Format::Pcap), false),
            }
        } else {
            source.has(other::MOST_START_BYTES)?;
            return Err(other::refused(source.peek(other::MOST_START_BYTES)));
        };
        let mut reader = Self { source, state, truncated_at: None };
        if !is_whole {
            reader.truncate();
        }
        Ok(reader)
    }

    /// The format.
    #[must_use]
    pub fn format(&self) -> Format {
        match &self.state {
            State::Pcap(_) => Format::Pcap,
            State::Pcapng(_) => Format::Pcapng,
            State::Ended(format) => *format,
        }
    }

    /// How many bytes of the file are done.
    #[must_use]
    pub const fn offset(&self) -> u64 {
        self.source.offset()
    }

    /// The length of the file in bytes if it ends within a record: the recording was interrupted. Known when
    /// [`next`](Self::next) has returned `None`.
    #[must_use]
    pub const fn truncated_at(&self) -> Option<u64> {
        self.truncated_at
    }

    /// The next packet; `None` at the end of the file.
    ///
    /// # Errors
    /// All of [`CaptureError`] but those of [`new`](Self::new). After an error there are no more packets.
    #[expect(clippy::should_implement_trait, reason = "a packet borrows from the reader's buffer")]
    pub fn next(&mut self) -> Result<Option<CapturedPacket<'_>>, CaptureError> {
        let place = loop {
            let step = match &mut self.state {
                State::Pcap(header) => header.step(&mut self.source),
                State::Pcapng(section) => section.step(&mut self.source),
                State::Ended(_) => return Ok(None),
            };
            match step {
                Ok(Step::Packet(place)) => break place,
                Ok(Step::Other) => {}
                Ok(Step::End) => {
                    self.state = State::Ended(self.format());
                    return Ok(None);
                }
                Ok(Step::Truncated) => {
                    self.truncate();
                    return Ok(None);
                }
                Err(error) => {
                    self.state = State::Ended(self.format());
                    return Err(error);
                }
            }
        };
        let offset = self.source.offset();
        let record = self.source.take(place.record);
        Ok(Some(CapturedPacket {
            link_type: place.link_type,
            time_nanos: place.time_nanos,
            original_bytes: place.original_bytes,
            bytes: record.get(place.start..place.start + place.len).unwrap_or_default(),
            offset,
        }))
    }

    /// Ends where the file ends within a record.
    fn truncate(&mut self) {
        let rest = self.source.peek(usize::MAX).len() as u64;
        self.truncated_at = Some(self.source.offset() + rest);
        self.state = State::Ended(self.format());
    }
}
