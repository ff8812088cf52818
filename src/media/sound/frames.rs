//! Frames that show the waveform of a sound: the frames of the video in the same file, or one per message.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::clock::MessageClock;
use super::envelope::{BINS_PER_SEC, Envelope};
use super::{MessageUnit, ShownSound, SoundReader};
use crate::media::clock::UNKNOWN_FRAME_SECS;
use crate::media::convert::Converter;
use crate::media::decode::Threads;
use crate::media::error::MediaError;
use crate::media::frames::{Frames, Interrupt};
use crate::media::index::Index;
use crate::media::info::{Kind, SourceInfo};
use crate::media::limits::Limits;
use crate::media::origin::Origin;
use crate::media::pictures::generated;
use crate::media::{self, packet_frames};
use crate::picture::layout::Layout;
use crate::picture::waveform::{self, Waveform};
use crate::picture::{Frame, Picture, Shape};
use crate::runtime::pool::Pool;
use crate::units::FrameIndex;

/// The size of frames without a video.
const SHAPE: Shape = Shape::new(1280, 720);

/// Bins that a waveform shows: 3.2 s.
const WINDOW_BINS: i64 = 1280;

/// Frames that show the waveform of a sound around their own time. The picture does not depend on how a frame was
/// reached.
pub(in crate::media) struct SoundFrames {
    shown: ShownSound,
    limits: Limits,
    info: SourceInfo,
    index: Option<Arc<Index>>,
    /// The times of messages, if each message is a frame.
    clock: Option<MessageClock>,
    sound: Sound,
    layout: Layout,
    next: FrameIndex,
    interrupt: Option<Interrupt>,
    converter: Converter,
    pool: Pool,
}

/// The sound that is drawn.
struct Sound {
    /// `None` if it cannot be decoded.
    envelope: Option<Envelope>,
    /// Seconds from frame 0 to the first sample.
    offset_secs: f64,
    /// Errors from opening it.
    problems: Vec<String>,
}

impl SoundFrames {
    pub(super) fn open(
        shown: ShownSound,
        layout: Layout,
        limits: Limits,
        pool: &Pool,
    ) -> Result<Self, MediaError> {
        let (envelope, problems) = match Envelope::open(&shown, limits) {
            Ok(envelope) => (Some(envelope), Vec::new()),
            // Without a decoder, packets can still be encrypted; the waveform is then empty.
            Err(MediaError::NoSound { stream, reason, .. }) if shown.unit == MessageUnit::Packet => {
                let problem = format!(
                    "the waveform is empty: the sound of stream {stream} cannot be decoded ({reason})"
                );
                (None, vec![problem])
            }
            Err(error) => return Err(error),
        };
        let sound_secs = envelope.as_ref().and_then(Envelope::start_secs);
        let mut clock = None;
        let (start_secs, info) = if shown.has_video {
            let video = media::open_with(&shown.source, layout, limits, pool, Threads::One)?;
            let info = SourceInfo { kind: Kind::Sound, ..video.info().clone() };
            (packet_frames::start_secs(&shown.source, limits)?, info)
        } else {
            let mut messages = MessageClock::open(&shown, limits)?;
            let first = messages.times(0, &|| false)?;
            let info = info_of(&shown, envelope.as_ref(), first);
            (clock.insert(messages).start_secs(), info)
        };
        let offset_secs = sound_secs.zip(start_secs).map_or(0.0, |(sound, start)| sound - start);
        Ok(Self {
            shown,
            limits,
            info,
            index: None,
            clock,
            sound: Sound { envelope, offset_secs, problems },
            layout,
            next: FrameIndex(0),
            interrupt: None,
            converter: Converter::default(),
            pool: pool.clone(),
        })
    }

    /// The index that was set; else the index of the video, which is made first.
    fn index_or_scan(&mut self) -> Result<Arc<Index>, MediaError> {
        if let Some(index) = &self.index {
            return Ok(Arc::clone(index));
        }
        let Self { shown, limits, interrupt, .. } = self;
        let is_stopped = || interrupt.as_ref().is_some_and(|interrupt| interrupt());
        let index = media::scan(&shown.source, *limits, &mut |_| {
            if is_stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        self.set_index(Arc::clone(&index));
        Ok(index)
    }

    /// Start and end of a frame in seconds from frame 0. After the last frame, the error states the number of frames.
    fn times(&mut self, frame: FrameIndex) -> Result<[f64; 2], MediaError> {
        let Self { clock, index, interrupt, .. } = self;
        let frames = if let (Some(clock), None) = (clock, index) {
            let stop = || interrupt.as_ref().is_some_and(|interrupt| interrupt());
            if let Some(times) = clock.times(frame.0, &stop)? {
                return Ok(times);
            }
            clock.count()
        } else {
            let index = self.index_or_scan()?;
            if let Some(begin) = index.time_secs(frame) {
                let end = index.time_secs(frame.next()).unwrap_or(index.duration_secs());
                return Ok([begin, end.max(begin)]);
            }
            index.frames()
        };
        Err(MediaError::NoSuchFrame { index: frame, frames })
    }

    /// Draws the sound around a frame.
    fn draw(&mut self, [begin, end]: [f64; 2], rgba: &mut [u8]) -> Result<(), MediaError> {
        let Self { sound, interrupt, info, .. } = self;
        let stop = || interrupt.as_ref().is_some_and(|interrupt| interrupt());
        sound.draw([begin, end], info.shape(), rgba, &stop)
    }
}

impl Sound {
    /// Draws the sound around a frame from `begin` to `end`, in seconds from frame 0.
    fn draw(
        &mut self,
        [begin, end]: [f64; 2],
        shape: Shape,
        rgba: &mut [u8],
        stop: &dyn Fn() -> bool,
    ) -> Result<(), MediaError> {
        let begin_bin = bin_at(begin);
        let bins = begin_bin - WINDOW_BINS / 2..begin_bin + WINDOW_BINS / 2;
        let shift = bin_at(self.offset_secs);
        let channels = match &mut self.envelope {
            Some(envelope) => envelope.extremes(bins.start - shift..bins.end - shift, stop)?,
            None => Vec::new(),
        };
        let marked = begin_bin..bin_at(end).max(begin_bin + 1);
        let waveform = Waveform { channels: &channels, bins, marked, bins_per_sec: BINS_PER_SEC };
        waveform::paint(&waveform, shape, rgba);
        Ok(())
    }
}

/// The waveform of the first stream of a file in memory, around a frame from `times[0]` to `times[1]` in seconds.
pub(super) fn waveform_of(
    (name, bytes): (&str, &[u8]),
    times: [f64; 2],
    shape: Shape,
    limits: Limits,
    pool: &Pool,
) -> Result<Picture, MediaError> {
    let (name, bytes) = (name.to_owned(), Arc::<[u8]>::from(bytes));
    let again = move || SoundReader::of(Origin::memory(&name, &bytes), 0, limits);
    let envelope = Some(Envelope::of(Box::new(again))?);
    let mut sound = Sound { envelope, offset_secs: 0.0, problems: Vec::new() };
    let mut rgba = pool.take(shape.pixels() * 4);
    sound.draw(times, shape, &mut rgba, &|| false)?;
    Ok(Picture::new(shape, Arc::new(rgba)))
}

/// The last bin that begins at `secs` or before.
fn bin_at(secs: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "a cast from a float saturates, and times are small")]
    let bin = (secs * f64::from(BINS_PER_SEC) + Index::ROUNDING_SECS).floor() as i64;
    // At most 87 years, so that sums and products do not overflow.
    bin.clamp(-1 << 40, 1 << 40)
}

/// The properties of a file without video; `first` is start and end of its first message.
fn info_of(shown: &ShownSound, envelope: Option<&Envelope>, first: Option<[f64; 2]>) -> SourceInfo {
    let format = envelope.map(|envelope| {
        let format = envelope.format();
        format!("{} Hz, {} channels", format.rate, format.channels)
    });
    let formats = [shown.container.clone(), shown.stream.codec.clone(), format.unwrap_or_default()];
    let message_secs = first.map(|[begin, end]| end - begin).filter(|&secs| secs > 0.0);
    SourceInfo {
        kind: Kind::Sound,
        frame_rate: message_secs.map(f64::recip),
        duration_secs: None,
        frames: None,
        keyframes: None,
        ..SourceInfo::of_pictures(shown.source.to_string(), formats, SHAPE)
    }
}

impl Frames for SoundFrames {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn set_layout(&mut self, layout: Layout) {
        self.layout = layout;
    }

    fn next_frame(&mut self) -> Result<Option<Frame>, MediaError> {
        let index = self.next;
        let [begin, end] = match self.times(index) {
            Err(MediaError::NoSuchFrame { .. }) => return Ok(None),
            times => times?,
        };
        let shape = self.info.shape();
        let mut rgba = self.pool.take(shape.pixels() * 4);
        self.draw([begin, end], &mut rgba)?;
        let Self { converter, layout, pool, info, .. } = self;
        let (colour, bytes) = generated::in_layout(rgba, (shape, *layout), converter, pool)
            .map_err(|reason| MediaError::Decode { name: info.source.clone(), reason })?;
        self.next = index.next();
        let duration_secs = if end > begin { end - begin } else { UNKNOWN_FRAME_SECS };
        Ok(Some(Frame {
            index,
            time_secs: begin,
            duration_secs,
            shape,
            layout: self.layout,
            colour,
            bytes: Arc::new(bytes),
        }))
    }

    fn seek(&mut self, index: FrameIndex) -> Result<(), MediaError> {
        self.times(index)?;
        self.next = index;
        Ok(())
    }

    fn index(&self) -> Option<&Arc<Index>> {
        self.index.as_ref()
    }

    fn set_index(&mut self, index: Arc<Index>) {
        self.info.frames = Some(index.frames());
        self.info.keyframes = Some(index.keyframes().len() as u64);
        self.info.duration_secs = Some(index.duration_secs());
        self.info.frame_rate = index.frame_rate(self.info.frame_rate);
        self.index = Some(index);
    }

    fn take_problems(&mut self) -> Vec<String> {
        let mut problems = std::mem::take(&mut self.sound.problems);
        problems.extend(self.sound.envelope.iter_mut().flat_map(Envelope::take_problems));
        problems
    }

    fn set_interrupt(&mut self, interrupt: Interrupt) {
        self.interrupt = Some(interrupt);
    }
}
