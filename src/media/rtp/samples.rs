//! The samples of a source at the rate of a call, from the start again after the last.

use super::voice::{SAMPLE_RATE, Voice};
use crate::media::container::Packets;
use crate::media::error::MediaError;
use crate::media::frames::Progress;
use crate::media::limits::Limits;
use crate::media::sound::SoundReader;
use crate::media::source::Source;
use crate::media::streams::choice::{StreamChoice, has_video};
use crate::picture::layout::Layout;
use crate::runtime::pool::Pool;

/// Samples at 48 kHz, channels interleaved, without end.
pub(super) enum RepeatedSamples {
    Sound(Box<RepeatedSound>),
    Voice(Box<Voice>),
}

impl RepeatedSamples {
    /// The first sound of a source, or the voice. `is_mono` forces one channel.
    pub(super) fn open(
        (source, voice): (&Source, u64),
        (is_mono, duration_secs): (bool, f64),
        limits: Limits,
        progress: Progress<'_>,
    ) -> Result<Self, MediaError> {
        let voice = || Ok(Self::Voice(Box::new(Voice::new(voice))));
        if !source.has_packets() {
            return voice();
        }
        let file = match source {
            Source::Stream(stream) => stream.file(),
            source => source.clone(),
        };
        let packets = match Packets::open(&file, limits) {
            Ok(packets) => packets,
            // A picture that FFmpeg does not know; if it is nothing at all, the video says so.
            Err(MediaError::NotMedia { .. }) => return voice(),
            Err(error) => return Err(error),
        };
        let Some(stream) = StreamChoice::AUDIO.find(packets.streams()).map(|stream| stream.index) else {
            return voice();
        };
        let period =
            if has_video(packets.streams()) { period(&file, duration_secs, limits, progress)? } else { None };
        drop(packets);
        let is_mono = is_mono || SoundReader::open(&file, stream, limits)?.format().channels == 1;
        let sound = RepeatedSound::open(file, stream, (if is_mono { 1 } else { 2 }, period), limits)?;
        Ok(Self::Sound(Box::new(sound)))
    }

    /// One or two.
    pub(super) fn channels(&self) -> u32 {
        match self {
            Self::Sound(sound) => sound.channels,
            Self::Voice(_) => 1,
        }
    }

    /// The next `count` samples of each channel.
    pub(super) fn take(&mut self, count: usize) -> Result<Vec<i16>, MediaError> {
        match self {
            Self::Sound(sound) => sound.take(count),
            Self::Voice(voice) => Ok(voice.take(count)),
        }
    }
}

/// How long the video of a source lasts, in samples; `None` if it is longer than the stream, so that it does not
/// repeat, and if it is one picture.
fn period(
    source: &Source,
    duration_secs: f64,
    limits: Limits,
    progress: Progress<'_>,
) -> Result<Option<u64>, MediaError> {
    // The container's own statement may be off, and is not enough to repeat by.
    const MARGIN_SECS: f64 = 1.0;
    let opened = crate::media::open_single_threaded(source, Layout::default(), limits, &Pool::default());
    let stated = match opened {
        Ok(frames) => frames.info().duration_secs,
        Err(MediaError::NotMedia { .. } | MediaError::NoVideo { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    if stated.is_some_and(|secs| secs > duration_secs + MARGIN_SECS) {
        return Ok(None);
    }
    let index = crate::media::scan(source, limits, progress)?;
    if index.frames() < 2 {
        // A picture that the sound goes with: the sound repeats by itself.
        return Ok(None);
    }
    let secs = index.duration_secs();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative; saturates")]
    let samples = (secs * f64::from(SAMPLE_RATE)).round().max(0.0) as u64;
    Ok((samples > 0).then_some(samples))
}

/// A decoded sound that repeats.
pub(super) struct RepeatedSound {
    source: Source,
    stream: usize,
    limits: Limits,
    channels: u32,
    /// Samples of a round, after which the sound is cut off, or up to which it is silent.
    period: Option<u64>,
    reader: SoundReader,
    /// Samples of each channel in this round so far, including those that wait.
    passed: u64,
    /// Decoded samples that were not returned yet, from `start` on.
    waiting: Vec<i16>,
    start: usize,
}

impl RepeatedSound {
    fn open(
        source: Source,
        stream: usize,
        (channels, period): (u32, Option<u64>),
        limits: Limits,
    ) -> Result<Self, MediaError> {
        let reader = SoundReader::open_as(&source, stream, limits, (SAMPLE_RATE, channels))?;
        Ok(Self {
            source,
            stream,
            limits,
            channels,
            period,
            reader,
            passed: 0,
            waiting: Vec::new(),
            start: 0,
        })
    }

    fn take(&mut self, count: usize) -> Result<Vec<i16>, MediaError> {
        let wanted = count * self.channels as usize;
        self.waiting.drain(..self.start);
        while self.waiting.len() < wanted {
            self.decode()?;
        }
        self.start = wanted;
        Ok(self.waiting[..wanted].to_vec())
    }

    /// Decodes more samples, or begins the next round.
    fn decode(&mut self) -> Result<(), MediaError> {
        let channels = self.channels as usize;
        let left = self.period.map_or(u64::MAX, |period| period.saturating_sub(self.passed));
        let decoded = if left == 0 { None } else { self.reader.next_samples()? };
        if let Some(bytes) = decoded {
            let samples = bytes.as_chunks().0.iter().map(|&bytes| i16::from_le_bytes(bytes));
            let most = usize::try_from(left).unwrap_or(usize::MAX).saturating_mul(channels);
            let before = self.waiting.len();
            self.waiting.extend(samples.take(most));
            self.passed += ((self.waiting.len() - before) / channels) as u64;
            return Ok(());
        }
        if self.passed == 0 {
            let reason = "it is empty".to_owned();
            return Err(MediaError::NoSound { name: self.source.to_string(), stream: self.stream, reason });
        }
        let silence = if self.period.is_some() { left } else { 0 };
        // In pieces: a film may have a moment of sound only.
        let silence = silence.min(u64::from(SAMPLE_RATE));
        if silence > 0 {
            let samples = usize::try_from(silence).unwrap_or(0) * channels;
            self.waiting.resize(self.waiting.len() + samples, 0);
            self.passed += silence;
            return Ok(());
        }
        self.reader =
            SoundReader::open_as(&self.source, self.stream, self.limits, (SAMPLE_RATE, self.channels))?;
        self.passed = 0;
        Ok(())
    }
}
