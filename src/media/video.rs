//! The reader of what FFmpeg decodes.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::convert::Converter;
use super::decode::{Decoding, Picture, Step, Track};
use super::ffi::{self, Properties};
use super::origin::Origin;
use super::{Frames, Index, Kind, Limits, MediaError, SourceInfo, scan};
use crate::frame::Frame;
use crate::layout::Layout;
use crate::pool::Pool;
use crate::units::{FrameIndex, Pts, TimeBase};

/// Seconds of a still as a video, and of a frame of which nothing is known: FFmpeg's 25 frames/s.
pub(super) const UNKNOWN_FRAME_SECS: f64 = 0.04;

/// When frames are shown, from what the stream says of them.
#[derive(Clone, Debug)]
pub(super) struct Clock {
    time_base: TimeBase,
    frame_secs: f64,
    first: Option<Pts>,
    latest_secs: f64,
}

impl Clock {
    pub(super) fn new(track: &Track) -> Self {
        let frame_secs = track.frame_rate.map_or(UNKNOWN_FRAME_SECS, |rate| 1.0 / rate);
        Self { time_base: track.time_base, frame_secs, first: None, latest_secs: 0.0 }
    }

    /// Seconds from frame 0 to a frame. Frames are to come in order, from 0: where timestamps are missing
    /// or fall back, they follow the one before.
    pub(super) fn time_secs(&mut self, index: FrameIndex, properties: &Properties) -> f64 {
        if index == FrameIndex(0) {
            self.first = properties.pts.map(Pts);
            self.latest_secs = 0.0;
            return 0.0;
        }
        let secs = match (self.first, properties.pts) {
            (Some(first), Some(pts)) => self.time_base.secs_between(first, Pts(pts)),
            _ => self.latest_secs + self.frame_secs,
        };
        self.latest_secs = secs.max(self.latest_secs);
        self.latest_secs
    }

    /// Seconds that a frame says it lasts, else the average.
    pub(super) fn duration_secs(&self, properties: &Properties) -> f64 {
        if properties.duration > 0 {
            self.time_base.secs_between(Pts(0), Pts(properties.duration))
        } else {
            self.frame_secs
        }
    }
}

/// Frames of a file or of the bundled demo.
pub(super) struct Video {
    origin: Origin,
    limits: Limits,
    decoding: Decoding,
    clock: Clock,
    converter: Converter,
    layout: Layout,
    pool: Pool,
    info: SourceInfo,
    index: Option<Arc<Index>>,
    /// Decoded pictures that come before those still in the decoder: `next` and those after it.
    held: VecDeque<Picture>,
    next: FrameIndex,
    problems: Vec<String>,
}

impl Video {
    /// Opens the stream and decodes frame 0, without which it is no video.
    pub(super) fn open(
        source: String,
        origin: Origin,
        layout: Layout,
        limits: Limits,
        pool: &Pool,
    ) -> Result<Self, MediaError> {
        let decoding = Decoding::open(&origin, limits)?;
        let track = &decoding.track;
        let info = SourceInfo {
            source,
            kind: Kind::Video,
            container: track.container.clone(),
            codec: track.codec.clone(),
            pixel_format: String::new(),
            width: 0,
            height: 0,
            sample_aspect_ratio: (1, 1),
            rotation_degrees: 0,
            frame_rate: track.frame_rate,
            duration_secs: track.duration_secs,
            frames: None,
            keyframes: None,
        };
        let mut video = Self {
            clock: Clock::new(track),
            origin,
            limits,
            decoding,
            converter: Converter::default(),
            layout,
            pool: pool.clone(),
            info,
            index: None,
            held: VecDeque::new(),
            next: FrameIndex(0),
            problems: Vec::new(),
        };
        video.look_at_frame_0()?;
        Ok(video)
    }

    /// Decodes frame 0 and fills in what it alone says.
    fn look_at_frame_0(&mut self) -> Result<(), MediaError> {
        let Some(picture) = self.decode()? else {
            let reason = self.problems.pop().unwrap_or_else(|| "not one frame can be decoded".to_owned());
            return Err(MediaError::NotMedia { name: self.origin.name().to_owned(), reason });
        };
        let properties = &picture.properties;
        let turn = self.decoding.matrix_of(&picture.picture).map_or(0, |matrix| matrix.quarter_turns());
        self.info.rotation_degrees = turn * 90;
        self.info.pixel_format = properties.format_name.to_owned();
        let (mut shape, aspect) = (properties.shape, properties.sample_aspect_ratio);
        let positive = |number: i32| u32::try_from(number).ok().filter(|&number| number > 0);
        let mut aspect = positive(aspect.numerator()).zip(positive(aspect.denominator())).unwrap_or((1, 1));
        if turn % 2 == 1 {
            shape = crate::frame::Shape::new(shape.height, shape.width);
            aspect = (aspect.1, aspect.0);
        }
        (self.info.width, self.info.height, self.info.sample_aspect_ratio) =
            (shape.width, shape.height, aspect);
        self.held.push_back(picture);
        if self.decoding.track.may_be_still() {
            match self.decode()? {
                Some(second) => self.held.push_back(second),
                None => self.info.kind = Kind::Still,
            }
        }
        Ok(())
    }

    /// The next picture out of the decoder; what is broken is noted and passed over.
    fn decode(&mut self) -> Result<Option<Picture>, MediaError> {
        loop {
            match self.decoding.next() {
                Ok(Step::Picture(picture)) => {
                    self.limits.check(picture.properties.shape)?;
                    return Ok(Some(picture));
                }
                Ok(Step::Broken(reason)) => {
                    let index = self.next.0 + self.held.len() as u64;
                    self.problems.push(format!("frame {index} or near it could not be decoded: {reason}"));
                }
                Ok(Step::End) => return Ok(None),
                Err(error) => return Err(self.failed(error)),
            }
        }
    }

    fn failed(&self, error: ffmpeg_next::Error) -> MediaError {
        MediaError::Decode { name: self.origin.name().to_owned(), reason: ffi::reason(error) }
    }

    /// Starts again at frame 0.
    fn rewind(&mut self) -> Result<(), MediaError> {
        self.decoding = Decoding::open(&self.origin, self.limits)?;
        self.held.clear();
        self.next = FrameIndex(0);
        Ok(())
    }

    /// Turns the picture of the frame `self.next` into that frame.
    fn frame(&mut self, picture: Picture) -> Result<Frame, MediaError> {
        let Picture { picture, properties } = picture;
        let index = self.next;
        let (time_secs, duration_secs) = self.times(&properties);
        let matrix = self.decoding.track.matrix;
        let converted = self
            .converter
            .convert(picture, &properties, matrix, self.layout, &self.pool)
            .map_err(|error| self.failed(error))?;
        self.limits.check(converted.shape)?;
        self.next = index.next();
        Ok(Frame {
            index,
            time_secs,
            duration_secs,
            shape: converted.shape,
            layout: self.layout,
            colour: converted.colour,
            opaque: !properties.has_alpha,
            bytes: Arc::new(converted.bytes),
        })
    }

    /// When the frame `self.next` is shown and for how long.
    fn times(&mut self, properties: &Properties) -> (f64, f64) {
        let index = self.next;
        let by_clock = self.clock.time_secs(index, properties);
        match self.index.as_deref().and_then(|it| it.time_secs(index).map(|secs| (it, secs))) {
            Some((it, time_secs)) => {
                let end_secs = it.time_secs(index.next()).unwrap_or(it.duration_secs());
                (time_secs, end_secs - time_secs)
            }
            None => (by_clock, self.clock.duration_secs(properties)),
        }
    }
}

impl Frames for Video {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn set_layout(&mut self, layout: Layout) {
        self.layout = layout;
    }

    fn next_frame(&mut self) -> Result<Option<Frame>, MediaError> {
        let picture = match self.held.pop_front() {
            Some(picture) => Some(picture),
            None => self.decode()?,
        };
        picture.map(|picture| self.frame(picture)).transpose()
    }

    fn seek(&mut self, index: FrameIndex) -> Result<(), MediaError> {
        if index == self.next {
            return Ok(());
        }
        if self.index.is_none() {
            let made = scan::scan(&self.origin, self.limits, &mut |_| ControlFlow::Continue(()))?;
            self.set_index(Arc::new(made));
        }
        let frames = self.index.as_ref().map_or(0, |index| index.frames());
        if index.0 >= frames {
            return Err(MediaError::NoSuchFrame { index, frames });
        }
        if index < self.next {
            self.rewind()?;
        }
        while self.next < index {
            if self.held.pop_front().is_none() && self.decode()?.is_none() {
                return Err(MediaError::NoSuchFrame { index, frames: self.next.0 });
            }
            self.next = self.next.next();
        }
        Ok(())
    }

    fn index(&self) -> Option<&Arc<Index>> {
        self.index.as_ref()
    }

    fn set_index(&mut self, index: Arc<Index>) {
        self.info.frames = Some(index.frames());
        self.info.keyframes = Some(index.keyframes().len() as u64);
        self.info.duration_secs = Some(index.duration_secs());
        self.index = Some(index);
    }

    fn take_problems(&mut self) -> Vec<String> {
        std::mem::take(&mut self.problems)
    }
}
