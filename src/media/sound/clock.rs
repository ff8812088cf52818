//! When each message of a file without video begins.

use super::pieces::{PIECES_PER_SEC, SoundPieces};
use super::{Heard, MessageUnit, SoundReader};
use crate::media::container::Packets;
use crate::media::error::MediaError;
use crate::media::frames::Progress;
use crate::media::index::Index;
use crate::media::limits::Limits;
use crate::units::{FrameIndex, Pts, TimeBase};

/// Messages between two reports of progress.
const MESSAGES_PER_REPORT: usize = 256;

/// Finds the times of messages in order, as far as they are asked for.
pub(super) struct MessageClock {
    messages: Messages,
    /// Seconds from the first message to each message found so far, ascending.
    times_secs: Vec<f64>,
    /// When the last message found so far ends.
    end_secs: f64,
    /// When the first message begins, in seconds of the file's own timestamps; `None` if the file does not say.
    start_secs: Option<f64>,
    is_at_end: bool,
}

/// The messages that are counted.
enum Messages {
    Packets { packets: Packets, stream: usize, time_base: TimeBase },
    Samples(SoundPieces),
}

impl MessageClock {
    pub(super) fn open(heard: &Heard, limits: Limits) -> Result<Self, MediaError> {
        let stream = heard.stream.index;
        let (messages, start_secs) = match heard.unit {
            MessageUnit::Packet => {
                let packets = Packets::open(&heard.source, limits)?;
                (Messages::Packets { packets, stream, time_base: heard.stream.time_base }, None)
            }
            MessageUnit::Samples => {
                let pieces = SoundPieces::new(SoundReader::open(&heard.source, stream, limits)?)?;
                let start_secs = pieces.start_secs();
                (Messages::Samples(pieces), start_secs)
            }
        };
        Ok(Self { messages, times_secs: Vec::new(), end_secs: 0.0, start_secs, is_at_end: false })
    }

    /// When the first message begins, in seconds of the file's own timestamps; known once a message was found.
    pub(super) const fn start_secs(&self) -> Option<f64> {
        self.start_secs
    }

    /// Begin and end of a message in seconds after the first; `None` past the last. Stops with
    /// [`MediaError::Interrupted`] once `stop` is true.
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

    /// How many messages were found so far: all of them, once [`times`](Self::times) has returned `None`.
    pub(super) fn count(&self) -> u64 {
        self.times_secs.len() as u64
    }

    /// Reads to the end.
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

    /// Finds one more message, or the end.
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
        // Where timestamps go back, messages follow each other at the same time.
        let begin = begin.max(last_secs.unwrap_or(0.0));
        self.times_secs.push(begin);
        self.end_secs = self.end_secs.max(begin + length);
        Ok(())
    }
}
