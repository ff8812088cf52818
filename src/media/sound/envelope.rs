//! The envelope of a sound: its extremes, 400 times a second, from which a waveform is drawn.

use std::collections::VecDeque;
use std::ops::Range;

use super::{ShownSound, SoundFormat, SoundReader};
use crate::media::error::MediaError;
use crate::media::limits::Limits;
use crate::picture::waveform::Extremes;

/// Bins a second.
pub(super) const BINS_PER_SEC: u32 = 400;

/// The most channels that are drawn.
const MOST_CHANNELS: usize = 8;

/// Upper bound of the extremes that are kept, of all channels: 64 MiB, more than five hours of stereo.
const MOST_EXTREMES: usize = (64 << 20) / size_of::<Extremes>();

/// The extremes of the samples in each bin of 2.5 ms. Sound is decoded only as far as needed. Earlier bins are kept up
/// to a bound; to go back further, the sound is decoded again from its start.
pub(super) struct Envelope {
    /// Opens the sound again.
    again: Box<dyn Fn() -> Result<SoundReader, MediaError> + Send>,
    reader: SoundReader,
    /// Bins from `first` on, all channels of one bin after the other.
    bins: VecDeque<Extremes>,
    first: u64,
    /// Samples decoded so far.
    samples: u64,
    is_at_end: bool,
}

impl Envelope {
    pub(super) fn open(sound: &ShownSound, limits: Limits) -> Result<Self, MediaError> {
        let (source, stream) = (sound.source.clone(), sound.stream.index);
        Self::of(Box::new(move || SoundReader::open(&source, stream, limits)))
    }

    /// The envelope of the sound that `again` opens.
    pub(super) fn of(
        again: Box<dyn Fn() -> Result<SoundReader, MediaError> + Send>,
    ) -> Result<Self, MediaError> {
        let reader = again()?;
        Ok(Self { again, reader, bins: VecDeque::new(), first: 0, samples: 0, is_at_end: false })
    }

    /// Rate and channels of the sound.
    pub(super) const fn format(&self) -> SoundFormat {
        self.reader.format()
    }

    /// When the first sample is sound, in seconds on the file's own clock; `None` if the file does not state it.
    pub(super) const fn start_secs(&self) -> Option<f64> {
        self.reader.start_secs()
    }

    /// How many channels are drawn.
    pub(super) fn channels(&self) -> usize {
        (self.reader.format().channels as usize).min(MOST_CHANNELS)
    }

    /// Reports of what could not be decoded since the last call.
    pub(super) fn take_problems(&mut self) -> Vec<String> {
        self.reader.take_problems()
    }

    /// The extremes of each drawn channel in a range of bins, counted from the first sample; `None` for bins outside
    /// the sound. Fails with [`MediaError::Interrupted`] once `stop` returns true.
    pub(super) fn extremes(
        &mut self,
        bins: Range<i64>,
        stop: &dyn Fn() -> bool,
    ) -> Result<Vec<Vec<Option<Extremes>>>, MediaError> {
        let wanted = u64::try_from(bins.start).unwrap_or(0);
        if wanted < self.first {
            self.reader = (self.again)()?;
            self.bins.clear();
            (self.first, self.samples, self.is_at_end) = (0, 0, false);
        }
        let end = u64::try_from(bins.end).unwrap_or(0);
        while !self.is_at_end && self.complete_bins() < end {
            if stop() {
                return Err(MediaError::Interrupted);
            }
            match self.reader.next_samples()? {
                Some(samples) => self.add(&samples),
                None => self.is_at_end = true,
            }
            self.drop_before(wanted);
        }
        let channels = self.channels();
        let at = |bin: i64, channel: usize| {
            let bin = usize::try_from(u64::try_from(bin).ok()?.checked_sub(self.first)?).ok()?;
            self.bins.get(bin * channels + channel).copied()
        };
        Ok((0..channels).map(|channel| bins.clone().map(|bin| at(bin, channel)).collect()).collect())
    }

    /// The number of bins with all their samples, including dropped bins.
    fn complete_bins(&self) -> u64 {
        bin_of(self.samples, self.reader.format().rate)
    }

    /// Adds interleaved samples.
    fn add(&mut self, samples: &[u8]) {
        let SoundFormat { rate, channels } = self.reader.format();
        let drawn = self.channels();
        for sample in samples.chunks_exact(2 * channels as usize) {
            let bin = bin_of(self.samples, rate);
            self.samples += 1;
            let at = usize::try_from(bin - self.first).unwrap_or(usize::MAX).saturating_mul(drawn);
            let values = sample.as_chunks().0.iter().map(|&bytes| i16::from_le_bytes(bytes)).take(drawn);
            if at < self.bins.len() {
                for (extremes, value) in self.bins.range_mut(at..).zip(values) {
                    extremes.add(value);
                }
            } else {
                // Below 400 samples a second, a sample lasts for several bins.
                while self.bins.len() < at {
                    let before = self.bins.len().saturating_sub(drawn);
                    let last = self.bins.get(before).copied().unwrap_or_default();
                    self.bins.push_back(last);
                }
                self.bins.extend(values.map(Extremes::of));
            }
        }
    }

    /// Drops bins before `wanted` that exceed the bound.
    fn drop_before(&mut self, wanted: u64) {
        let drawn = self.channels().max(1);
        let over = self.bins.len().saturating_sub(MOST_EXTREMES) / drawn;
        let passed = usize::try_from(wanted.saturating_sub(self.first)).unwrap_or(usize::MAX);
        let dropped = over.min(passed);
        self.bins.drain(..dropped * drawn);
        self.first += dropped as u64;
    }
}

/// The bin of a sample.
fn bin_of(sample: u64, rate: u32) -> u64 {
    let bin = u128::from(sample) * u128::from(BINS_PER_SEC) / u128::from(rate.max(1));
    u64::try_from(bin).unwrap_or(u64::MAX)
}
