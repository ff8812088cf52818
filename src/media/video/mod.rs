//! Reads the frames of sources that FFmpeg decodes.

mod seek;

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::Arc;

use ffmpeg_next::Rational;

use super::clock::Clock;
use super::convert::Converter;
use super::decode::{Decoding, Picture, Step, Threads};
use super::display::{DisplayMatrix, Turn};
use super::error::MediaError;
use super::ffi::{self, Properties};
use super::frames::{Frames, Interrupt};
use super::index::Index;
use super::info::{Kind, SourceInfo, StatedColour};
use super::limits::Limits;
use super::origin::Origin;
use super::pictures::ending;
use super::scan;
use crate::picture::Frame;
use crate::picture::layout::Layout;
use crate::runtime::pool::Pool;
use crate::units::FrameIndex;

/// How many packets without a picture are tried for a second frame, before it is assumed to exist.
const ATTEMPTS_AT_SECOND_FRAME: usize = 16;

/// The next frame after an interruption, when the decoder's position is unknown: the next seek then uses a key or the
/// start.
const NO_FRAME: FrameIndex = FrameIndex(u64::MAX);

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
    place: FramePlace,
    /// True once an index from counted packets was found to be wrong.
    is_doubtful: bool,
    problems: Vec<String>,
    interrupt: Option<Interrupt>,
}

/// Which frame comes next, and whether its number is certain.
struct FramePlace {
    /// Decoded pictures: `next` and those after it. The decoder's next output follows them.
    held: VecDeque<Picture>,
    next: FrameIndex,
    /// True if every frame from 0 to `next` was decoded, so that its number is certain.
    is_counted: bool,
}

impl Video {
    /// Opens the stream and decodes frame 0, without which it is no video.
    pub(super) fn open(
        source: String,
        origin: Origin,
        layout: Layout,
        (limits, threads): (Limits, Threads),
        pool: &Pool,
    ) -> Result<Self, MediaError> {
        let decoding = Decoding::open(&origin, limits, threads)?;
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
            mirrored: None,
            colour: StatedColour::default(),
            frame_rate: track.frame_rate,
            duration_secs: track.duration_secs,
            frames: None,
            keyframes: None,
            is_locked: false,
        };
        let mut video = Self {
            clock: Clock::new(track.time_base, track.frame_rate),
            origin,
            limits,
            decoding,
            converter: Converter::default(),
            layout,
            pool: pool.clone(),
            info,
            index: None,
            place: FramePlace { held: VecDeque::new(), next: FrameIndex(0), is_counted: true },
            is_doubtful: false,
            problems: Vec::new(),
            interrupt: None,
        };
        video.decode_frame_0()?;
        video.problems.extend_from_slice(video.origin.problems());
        Ok(video)
    }

    /// Decodes frame 0 and fills in the properties that depend on it.
    fn decode_frame_0(&mut self) -> Result<(), MediaError> {
        let Some(picture) = self.decode()? else {
            let reason = self.problems.pop().unwrap_or_else(|| "no frame can be decoded".to_owned());
            let name = self.origin.name().to_owned();
            return Err(if self.is_decrypted() {
                MediaError::WrongKey { name, reason }
            } else {
                MediaError::NotMedia { name, reason }
            });
        };
        let properties = &picture.properties;
        self.limits.check(properties.shape)?;
        self.clock.time_secs(FrameIndex(0), properties);
        let turn = self.decoding.matrix_of(&picture.picture).map_or(Turn::Upright, DisplayMatrix::turn);
        self.info.rotation_degrees = turn.quarter_turns() * 90;
        self.info.mirrored = turn.mirror();
        self.info.colour = ffi::stated_colour(&picture.picture);
        properties.format_name.clone_into(&mut self.info.pixel_format);
        let mut shape = properties.shape;
        let positive = |number: i32| u32::try_from(number).ok().filter(|&number| number > 0);
        let stated = |aspect: Rational| positive(aspect.numerator()).zip(positive(aspect.denominator()));
        // The container's aspect ratio has priority over the codec's, as in the ffmpeg program.
        let aspect = stated(self.decoding.track.sample_aspect_ratio);
        let mut aspect = aspect.or(stated(properties.sample_aspect_ratio)).unwrap_or((1, 1));
        if turn.quarter_turns() % 2 == 1 {
            shape = crate::picture::Shape::new(shape.height, shape.width);
            aspect = (aspect.1, aspect.0);
        }
        (self.info.width, self.info.height, self.info.sample_aspect_ratio) =
            (shape.width, shape.height, aspect);
        self.place.held.push_back(picture);
        if !self.has_second_frame() {
            (self.info.kind, self.info.frame_rate) = (Kind::Still, None);
        }
        self.report_missing_parts()
    }

    /// Decodes the frame after frame 0, and keeps it for later: a file of one frame is a still, whatever its
    /// container. If no picture comes after a few attempts, a second frame is assumed to exist.
    fn has_second_frame(&mut self) -> bool {
        for _ in 0..ATTEMPTS_AT_SECOND_FRAME {
            match self.step() {
                Ok(Step::Picture(second)) => {
                    self.place.held.push_back(second);
                    return true;
                }
                Ok(Step::Broken(_)) => {}
                Ok(Step::End) => return false,
                // The same error occurs again when the frame is read.
                Err(_) => return true,
            }
        }
        true
    }

    /// True if its packets were decrypted with a content key.
    pub(super) fn is_decrypted(&self) -> bool {
        self.decoding.track.is_protected && self.origin.content_key().is_some()
    }

    /// Reports that a part of the first picture is missing: decoders paint as much as there is.
    fn report_missing_parts(&mut self) -> Result<(), MediaError> {
        let name = self.origin.name();
        if self.is_decrypted() && self.decoding.errors() > 0 {
            self.problems = vec![format!(
                "the first frames decode with errors: the content key is wrong, or the file is damaged: {name}"
            )];
        }
        if self.is_decrypted() && self.decoding.track.is_decrypted_in_part {
            self.problems.push(format!(
                "FFmpeg does not fully decrypt a pattern of several encrypted blocks, so pictures may be wrong: {name}"
            ));
        }
        if self.decoding.track.holds_pictures() && ending::is_file_cut_off(&self.origin)? {
            self.problems =
                vec![format!("the file ends too early: a part of the picture is missing: {name}")];
        } else if self.info.kind == Kind::Still && self.decoding.is_damaged() && self.problems.is_empty() {
            self.problems.push(format!("a part of the picture could not be decoded: {name}"));
        }
        Ok(())
    }

    /// The next picture of the decoder. Errors are reported and skipped.
    fn decode(&mut self) -> Result<Option<Picture>, MediaError> {
        loop {
            match self.step()? {
                Step::Picture(picture) => return Ok(Some(picture)),
                Step::Broken(_) => {}
                Step::End => return Ok(None),
            }
        }
    }

    /// The next output of the decoder. Errors are reported.
    fn step(&mut self) -> Result<Step, MediaError> {
        loop {
            self.check_interrupt()?;
            let step = self.decoding.next();
            if self.decoding.is_encrypted() {
                return Err(MediaError::Encrypted { name: self.origin.name().to_owned() });
            }
            if self.decoding.is_damaged() && self.decoding.threads == Threads::Many {
                self.restart_with_one_thread()?;
                continue;
            }
            let step = step.map_err(|error| self.failed(error))?;
            if let Step::Broken(reason) = &step {
                let index = self.place.next.0 + self.place.held.len() as u64;
                self.problems.push(format!("frame {index} or near it could not be decoded: {reason}"));
            }
            return Ok(step);
        }
    }

    /// Fails if the frame that is being decoded is no longer wanted.
    fn check_interrupt(&self) -> Result<(), MediaError> {
        match &self.interrupt {
            Some(interrupt) if interrupt() => Err(MediaError::Interrupted),
            _ => Ok(()),
        }
    }

    /// Passes a result on. After an interruption, the decoder's position is unknown, so that only a seek can continue.
    fn forget_position_if_interrupted<T>(&mut self, done: Result<T, MediaError>) -> Result<T, MediaError> {
        if matches!(done, Err(MediaError::Interrupted)) {
            self.place.held.clear();
            self.place.next = NO_FRAME;
        }
        done
    }

    /// Drops an index that was made from packets, since not all of them became frames.
    fn drop_counted_index(&mut self) {
        self.is_doubtful = true;
        if self.index.as_ref().is_some_and(|index| index.is_from_packets()) {
            (self.index, self.info.frames, self.info.keyframes) = (None, None, None);
        }
    }

    fn failed(&self, error: ffmpeg_next::Error) -> MediaError {
        MediaError::Decode { name: self.origin.name().to_owned(), reason: ffi::reason(error) }
    }

    /// The picture of the frame `self.place.next`, or `None` after the last.
    ///
    /// If the picture differs from the index, the index was made from packets of which not all became frames. It is
    /// then dropped, and made anew by decoding if needed.
    fn picture(&mut self) -> Result<Option<Picture>, MediaError> {
        let picture = match self.place.held.pop_front() {
            Some(picture) => Some(picture),
            None => self.decode()?,
        };
        if let Some(picture) = &picture {
            self.limits.check(picture.properties.shape)?;
        }
        if self.is_expected(picture.as_ref()) {
            return Ok(picture);
        }
        self.drop_counted_index();
        if self.place.is_counted {
            return Ok(picture);
        }
        // The position was reached by a seek with the wrong index.
        let wanted = self.place.next;
        self.make_index()?;
        self.rewind()?;
        self.skip_to(wanted)?;
        self.picture()
    }

    /// True if `picture` is the frame `self.place.next` according to the index.
    fn is_expected(&self, picture: Option<&Picture>) -> bool {
        let Some(index) = self.index.as_deref().filter(|index| index.is_from_packets()) else {
            return true;
        };
        let expected = index.seek_table().and_then(|seek_table| {
            usize::try_from(self.place.next.0).ok().and_then(|next| seek_table.pts.get(next)).copied()
        });
        expected == picture.and_then(|picture| picture.properties.stated_pts)
    }

    fn make_index(&mut self) -> Result<Arc<Index>, MediaError> {
        if let Some(index) = &self.index {
            return Ok(Arc::clone(index));
        }
        let mut keep_on = |_| match self.check_interrupt() {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        };
        let made = Arc::new(scan::scan(&self.origin, self.limits, self.is_doubtful, &mut keep_on)?);
        self.set_index(Arc::clone(&made));
        Ok(made)
    }

    /// Converts the picture of the frame `self.place.next` to a frame.
    fn frame(&mut self, picture: Picture) -> Result<Frame, MediaError> {
        let Picture { picture, properties } = picture;
        let index = self.place.next;
        let (time_secs, duration_secs) = self.times(&properties);
        let matrix = self.decoding.track.matrix;
        let converted = self
            .converter
            .convert(picture, &properties, matrix, self.layout.samples(), &self.pool)
            .map_err(|error| self.failed(error))?;
        if self.info.kind == Kind::Still {
            // No frame follows, and each of the two holds as much memory as the frame.
            self.decoding.close();
            self.converter = Converter::default();
        }
        self.limits.check(converted.shape)?;
        let bytes = self.layout.arrange(converted.shape, converted.bytes, &self.pool);
        self.place.next = index.next();
        Ok(Frame {
            index,
            time_secs,
            duration_secs,
            shape: converted.shape,
            layout: self.layout,
            colour: converted.colour,
            bytes: Arc::new(bytes),
        })
    }

    /// Time and duration of the frame `self.place.next`, in seconds.
    fn times(&mut self, properties: &Properties) -> (f64, f64) {
        let index = self.place.next;
        let by_clock = self.clock.time_secs(index, properties);
        match self.index.as_deref().and_then(|it| it.time_secs(index).map(|secs| (it, secs))) {
            Some((it, time_secs)) => {
                let end_secs = it.time_secs(index.next()).unwrap_or(it.duration_secs());
                (time_secs, end_secs - time_secs)
            }
            None => (by_clock, self.clock.duration_secs(properties.duration)),
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
        let picture = self.picture();
        self.forget_position_if_interrupted(picture)?.map(|picture| self.frame(picture)).transpose()
    }

    fn seek(&mut self, index: FrameIndex) -> Result<(), MediaError> {
        if index == self.place.next {
            return Ok(());
        }
        let gone = self.go_to(index);
        self.forget_position_if_interrupted(gone)
    }

    fn index(&self) -> Option<&Arc<Index>> {
        self.index.as_ref()
    }

    fn set_index(&mut self, index: Arc<Index>) {
        if self.is_doubtful && index.is_from_packets() {
            // The index was made before packets were found to be unreliable.
            return;
        }
        if index.frames() == 1 {
            (self.info.kind, self.info.frame_rate) = (Kind::Still, None);
        }
        self.info.frames = Some(index.frames());
        self.info.keyframes = Some(index.keyframes().len() as u64);
        self.info.duration_secs = Some(index.duration_secs());
        self.info.frame_rate = index.frame_rate(self.info.frame_rate);
        self.index = Some(index);
    }

    fn take_problems(&mut self) -> Vec<String> {
        std::mem::take(&mut self.problems)
    }

    fn set_interrupt(&mut self, interrupt: Interrupt) {
        self.interrupt = Some(interrupt);
    }
}
