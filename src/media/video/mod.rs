//! The reader of what FFmpeg decodes.

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

/// Packets in a row that may give no frame before one is taken to come later.
const ATTEMPTS_AT_SECOND: usize = 16;

/// The number of no frame: before it, after an interruption, comes a seek by key or from the start.
const NOWHERE: FrameIndex = FrameIndex(u64::MAX);

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
    /// True once an index made from packets was seen to be wrong.
    is_doubtful: bool,
    problems: Vec<String>,
    interrupt: Option<Interrupt>,
}

/// Which frame comes next, and how that is known.
struct FramePlace {
    /// Decoded pictures that come before those still in the decoder: `next` and those after it.
    held: VecDeque<Picture>,
    next: FrameIndex,
    /// Every frame from 0 was decoded on the way to `next`, so that its number is beyond doubt.
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
        video.look_at_frame_0()?;
        Ok(video)
    }

    /// Decodes frame 0 and fills in what it alone says.
    fn look_at_frame_0(&mut self) -> Result<(), MediaError> {
        let Some(picture) = self.decode()? else {
            let reason = self.problems.pop().unwrap_or_else(|| "not one frame can be decoded".to_owned());
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
        // The container's word counts for more than the codec's, as for the ffmpeg program.
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
        self.note_what_is_missing()
    }

    /// Looks for a frame after frame 0: a file of one frame is a still, whatever container it is in. Holds
    /// that frame for later; one that does not come after a few attempts is taken to be there.
    fn has_second_frame(&mut self) -> bool {
        for _ in 0..ATTEMPTS_AT_SECOND {
            match self.step() {
                Ok(Step::Picture(second)) => {
                    self.place.held.push_back(second);
                    return true;
                }
                Ok(Step::Broken(_)) => {}
                Ok(Step::End) => return false,
                // Met again where the frame is asked for.
                Err(_) => return true,
            }
        }
        true
    }

    /// True if its packets were decrypted with a content key.
    pub(super) fn is_decrypted(&self) -> bool {
        self.decoding.track.is_protected && self.origin.content_key().is_some()
    }

    /// Notes that a part of a picture is missing, which decoders draw as far as it goes.
    fn note_what_is_missing(&mut self) -> Result<(), MediaError> {
        let name = self.origin.name();
        if self.is_decrypted() && self.decoding.errors() > 0 {
            self.problems = vec![format!(
                "the first frames do not decode without errors: the content key is not that of the file, or the file is \
                 damaged: {name}"
            )];
        }
        if self.is_decrypted() && self.decoding.track.is_decrypted_in_part {
            self.problems.push(format!(
                "FFmpeg decrypts no pattern in full that encrypts several blocks at once, so pictures may be wrong: {name}"
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

    /// The next picture out of the decoder; what is broken is noted and passed over.
    fn decode(&mut self) -> Result<Option<Picture>, MediaError> {
        loop {
            match self.step()? {
                Step::Picture(picture) => return Ok(Some(picture)),
                Step::Broken(_) => {}
                Step::End => return Ok(None),
            }
        }
    }

    /// What comes out of the decoder next; what is broken is noted.
    fn step(&mut self) -> Result<Step, MediaError> {
        loop {
            self.go_on()?;
            let step = self.decoding.next();
            if self.decoding.is_encrypted() {
                return Err(MediaError::Encrypted { name: self.origin.name().to_owned() });
            }
            if self.decoding.is_damaged() && self.decoding.threads == Threads::Many {
                self.start_over_with_one_thread()?;
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

    /// Asks whether what is being decoded is still wanted.
    fn go_on(&self) -> Result<(), MediaError> {
        match &self.interrupt {
            Some(interrupt) if interrupt() => Err(MediaError::Interrupted),
            _ => Ok(()),
        }
    }

    /// Hands on what was done; where it was interrupted, the reader is between frames and only a seek helps.
    fn knowing_its_place<T>(&mut self, done: Result<T, MediaError>) -> Result<T, MediaError> {
        if matches!(done, Err(MediaError::Interrupted)) {
            self.place.held.clear();
            self.place.next = NOWHERE;
        }
        done
    }

    /// Lets go of an index that was made from packets of which not all became frames.
    fn doubt_index(&mut self) {
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
    /// Where it is not the one that the index foretells, the index was made from packets of which not all
    /// became frames, and a better one is made.
    fn picture(&mut self) -> Result<Option<Picture>, MediaError> {
        let picture = match self.place.held.pop_front() {
            Some(picture) => Some(picture),
            None => self.decode()?,
        };
        if let Some(picture) = &picture {
            self.limits.check(picture.properties.shape)?;
        }
        if self.is_foretold(picture.as_ref()) {
            return Ok(picture);
        }
        self.doubt_index();
        if self.place.is_counted {
            return Ok(picture);
        }
        // Arrived at by seeking with numbers that were wrong.
        let wanted = self.place.next;
        self.make_index()?;
        self.rewind()?;
        self.skip_to(wanted)?;
        self.picture()
    }

    /// True where `picture` is what the index expects as the frame `self.place.next`.
    fn is_foretold(&self, picture: Option<&Picture>) -> bool {
        let Some(index) = self.index.as_deref().filter(|index| index.is_from_packets()) else {
            return true;
        };
        let foretold = index.seek_table().and_then(|seek_table| {
            usize::try_from(self.place.next.0).ok().and_then(|next| seek_table.pts.get(next)).copied()
        });
        foretold == picture.and_then(|picture| picture.properties.stated_pts)
    }

    fn make_index(&mut self) -> Result<Arc<Index>, MediaError> {
        if let Some(index) = &self.index {
            return Ok(Arc::clone(index));
        }
        let mut keep_on = |_| match self.go_on() {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        };
        let made = Arc::new(scan::scan(&self.origin, self.limits, self.is_doubtful, &mut keep_on)?);
        self.set_index(Arc::clone(&made));
        Ok(made)
    }

    /// Turns the picture of the frame `self.place.next` into that frame.
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
            // There is nothing more to come, and either holds as much memory as the frame.
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

    /// When the frame `self.place.next` is shown and for how long.
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
        self.knowing_its_place(picture)?.map(|picture| self.frame(picture)).transpose()
    }

    fn seek(&mut self, index: FrameIndex) -> Result<(), MediaError> {
        if index == self.place.next {
            return Ok(());
        }
        let gone = self.go_to(index);
        self.knowing_its_place(gone)
    }

    fn index(&self) -> Option<&Arc<Index>> {
        self.index.as_ref()
    }

    fn set_index(&mut self, index: Arc<Index>) {
        if self.is_doubtful && index.is_from_packets() {
            // Made before it was seen that this does not work here.
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
