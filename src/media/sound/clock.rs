//! The times of the messages of a file without video.

use super::pieces::{PIECES_PER_SEC, SoundPieces};
use super::{MessageUnit, ShownSound, SoundReader};
use crate::media::container::Packets;
use crate::media::error::MediaError;
use crate::media::frames::Progress;
use crate::media::index::Index;
use crate::media::limits::Limits;
use crate::units::{FrameIndex, Pts, TimeBase};

/// Messages between two reports of progress.
const MESSAGES_PER_REPORT: usize = 256;

/// Finds the times of messages, in order and only as far as needed.
pub(super) struct MessageClock {
    messages: Messages,
    /// Seconds from the first message to each message found so far, ascending.
    times_secs: Vec<f64>,
    /// The end of the last message found so far, in seconds from the first message.
    end_secs: f64,
    /// The start of the first message, in seconds on the file's own clock; `None` if the file does not state it.
    start_secs: Option<f64>,
    is_at_end: bool,
}

/// The messages to be counted.
enum Messages {
    Packets { packets: Packets, stream: usize, time_base: TimeBase },
    Samples(SoundPieces),
}

impl MessageClock {
    pub(super) fn open(sound: &ShownSound, limits: Limits) -> Result<Self, MediaError> {
        let stream = sound.stream.index;
        let (messages, start_secs) = match sound.unit {
            MessageUnit::Packet => {
                let packets = Packets::open(&sound.source, limits)?;
                (Messages::Packets { packets, stream, time_base: sound.stream.time_base }, None)
            }
            MessageUnit::Samples => {
                let pieces = SoundPieces::new(SoundReader::open(&sound.source, stream, limits)?)?;
                let start_secs = pieces.start_secs();
                (Messages::Samples(pieces), start_secs)
            }
        };
        Ok(Self { messages, times_secs: Vec::new(), end_secs: 0.0, start_secs, is_at_end: false })
    }

    /// The start of the first message, in seconds on the file's own clock; known once a message was found.
    pub(super) const fn start_secs(&self) -> Option<f64> {
        self.start_secs
    }

    /// Start and end of a message in seconds from the first one; `None` after the last. Fails with
    /// [`MediaError::Interrupted`] once `stop` returns true.
    pub(super) fn times(
        &mut self,
        message: u64,
        stop: &dyn Fn() -> bool,
    ) -> Result<Option<[f64; 2]>, MediaError> {
        let Ok(at) = usize::try_from(message) else { return Ok(None) };
        while self.times_secs.len() < at.saturating_add(2) && !self.is_at_end {
            if self.times_secs.len().is_multiple_of(MESSAGES_PER_REPORT) && stop() {
                return Err(MediaError::Interrupted);
            }
            self.advance()?;
        }
        let begin = self.times_secs.get(at).copied();
        let end = self.times_secs.get(at.saturating_add(1)).copied().unwrap_or(self.end_secs);
        Ok(begin.map(|begin| [begin, end.max(begin)]))
    }

    /// The number of messages found so far: all of them, once [`times`](Self::times) has returned `None`.
    pub(super) fn count(&self) -> u64 {
        self.times_secs.len() as u64
    }

    /// The index of all messages. Reads to the end.
    pub(super) fn index(mut self, progress: Progress<'_>) -> Result<Index, MediaError> {
        while !self.is_at_end {
            if self.times_secs.len().is_multiple_of(MESSAGES_PER_REPORT) && progress(0.0).is_break() {
                return Err(MediaError::Interrupted);
            }
            self.advance()?;
        }
        let keyframes = (0..self.count()).map(FrameIndex).collect();
        Ok(Index::new(self.times_secs, self.end_secs, keyframes))
    }

    /// Finds the next message, or the end.
    fn advance(&mut self) -> Result<(), MediaError> {
        let last_secs = self.times_secs.last().copied();
        let found = match &mut self.messages {
            Messages::Packets { packets, stream, time_base } => {
                packets.next_packet_of(*stream)?.map(|packet| {
                    let secs = packet.pts.map(|pts| time_base.secs_between(Pts(0), Pts(pts)));
                    if last_secs.is_none() {
                        self.start_secs = secs;
                    }
                    let secs = secs.zip(self.start_secs).map(|(secs, start)| secs - start);
                    let begin = secs.unwrap_or(self.end_secs);
                    [begin, time_base.secs_between(Pts(0), Pts(packet.duration)).max(0.0)]
                })
            }
            Messages::Samples(pieces) => {
                let piece_secs = 1.0 / f64::from(PIECES_PER_SEC);
                let begin = pieces.count() as f64 / f64::from(PIECES_PER_SEC);
                let format = pieces.format();
                pieces.next_piece()?.map(|piece| {
                    let samples = piece.len() as f64 / f64::from(2 * format.channels);
                    [begin, (samples / f64::from(format.rate)).min(piece_secs)]
                })
            }
        };
        let Some([begin, length]) = found else {
            self.is_at_end = true;
            return Ok(());
        };
        // If timestamps go back, the message starts at the same time as the one before.
        let begin = begin.max(last_secs.unwrap_or(0.0));
        self.times_secs.push(begin);
        self.end_secs = self.end_secs.max(begin + length);
        Ok(())
    }
}
