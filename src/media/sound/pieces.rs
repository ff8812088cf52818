//! Decoded sound in pieces of 20 ms.

use super::{SoundFormat, SoundReader};
use crate::media::error::MediaError;

/// Pieces per second.
pub const PIECES_PER_SEC: u32 = 50;

/// Upper bound of samples per second: no format has more, and it bounds the bytes of a piece.
const MOST_RATE: u32 = 6_144_000;

/// Bytes of a sample of one channel.
const SAMPLE_BYTES: usize = 2;

/// Reads decoded sound in pieces of 20 ms: piece k has the samples from ⌊k·rate/50⌋ up to, but not including,
/// ⌊(k+1)·rate/50⌋ of all channels. The last piece may be shorter.
pub struct SoundPieces {
    reader: SoundReader,
    /// Decoded bytes; those from `start` on were not returned yet.
    bytes: Vec<u8>,
    start: usize,
    /// The number of the next piece.
    next: u64,
    is_at_end: bool,
}

impl SoundPieces {
    /// The pieces of a sound, from its start.
    ///
    /// # Errors
    /// If it has fewer than 50 samples a second, so that pieces would be empty, or more than 6,144,000.
    pub fn new(reader: SoundReader) -> Result<Self, MediaError> {
        let rate = reader.format().rate;
        if !(PIECES_PER_SEC..=MOST_RATE).contains(&rate) {
            let supported = format!("{PIECES_PER_SEC} to {MOST_RATE} are supported");
            return Err(reader.refused(format!("it has {rate} samples a second; {supported}")));
        }
        Ok(Self { reader, bytes: Vec::new(), start: 0, next: 0, is_at_end: false })
    }

    /// Rate and channels of the samples.
    #[must_use]
    pub const fn format(&self) -> SoundFormat {
        self.reader.format()
    }

    /// When the first sample is sound, in seconds on the file's own clock; `None` if the file does not state it.
    #[must_use]
    pub const fn start_secs(&self) -> Option<f64> {
        self.reader.start_secs()
    }

    /// How many pieces were returned, which is the number of the next one.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.next
    }

    /// The next piece, interleaved `s16le`; `None` after the last.
    ///
    /// # Errors
    /// If the file cannot be read any more.
    pub fn next_piece(&mut self) -> Result<Option<&[u8]>, MediaError> {
        let SoundFormat { rate, channels } = self.reader.format();
        let sample_bytes = SAMPLE_BYTES * channels as usize;
        let samples = first_sample(self.next + 1, rate) - first_sample(self.next, rate);
        let wanted = usize::try_from(samples).unwrap_or(usize::MAX).saturating_mul(sample_bytes);
        while !self.is_at_end && self.bytes.len() - self.start < wanted {
            self.bytes.drain(..self.start);
            self.start = 0;
            match self.reader.next_samples()? {
                Some(more) => self.bytes.extend_from_slice(&more),
                None => self.is_at_end = true,
            }
        }
        let range = self.start..self.bytes.len().min(self.start.saturating_add(wanted));
        if range.is_empty() {
            return Ok(None);
        }
        (self.start, self.next) = (range.end, self.next + 1);
        Ok(Some(&self.bytes[range]))
    }

    /// Reports of damage since the last call, in words.
    pub fn take_problems(&mut self) -> Vec<String> {
        self.reader.take_problems()
    }
}

/// The number of the first sample of a piece.
pub(super) fn first_sample(piece: u64, rate: u32) -> u64 {
    let sample = u128::from(piece) * u128::from(rate) / u128::from(PIECES_PER_SEC);
    u64::try_from(sample).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_begins_at_the_whole_sample_at_or_before_its_time() {
        let first = |rate| [0, 1, 2, 3, 50].map(|piece| first_sample(piece, rate));
        assert_eq!(first(48_000), [0, 960, 1920, 2880, 48_000]);
        assert_eq!(first(44_100), [0, 882, 1764, 2646, 44_100]);
        assert_eq!(first(11_025), [0, 220, 441, 661, 11_025]);
    }
}
