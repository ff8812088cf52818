//! Frames that FFmpeg does not make: patterns, and pictures that it does not decode.

use std::sync::Arc;

use crate::media::convert::Converter;
use crate::media::error::MediaError;
use crate::media::ffi;
use crate::media::frames::{Frames, Interrupt};
use crate::media::index::Index;
use crate::media::info::{Kind, SourceInfo};
use crate::media::pattern::{self, Pattern};
use crate::media::source::Source;
use crate::picture::layout::{Layout, Samples};
use crate::picture::{Colour, Frame, Shape};
use crate::runtime::pool::{Buffer, Pool};
use crate::units::FrameIndex;

/// Fills the RGBA picture of a frame, and returns reports of what could not be decoded. Fails with
/// [`MediaError::Interrupted`] once the given function returns true.
type Draw =
    Box<dyn FnMut(FrameIndex, &mut [u8], &dyn Fn() -> bool) -> Result<Vec<String>, MediaError> + Send>;

/// A source whose frames are made on demand.
pub(in crate::media) struct Generated {
    info: SourceInfo,
    index: Arc<Index>,
    draw: Draw,
    converter: Converter,
    layout: Layout,
    pool: Pool,
    next: FrameIndex,
    problems: Vec<String>,
    interrupt: Option<Interrupt>,
}

/// The index of a generated source.
pub(in crate::media) fn index() -> Index {
    #[expect(clippy::cast_precision_loss, reason = "a few hundred frames")]
    let time_secs = |frame: u64| frame as f64 / f64::from(pattern::FRAMES_PER_SEC);
    let times = (0..pattern::FRAMES).map(time_secs).collect();
    let keyframes = (0..pattern::FRAMES).map(FrameIndex).collect();
    Index::new(times, time_secs(pattern::FRAMES), keyframes)
}

/// Converts an RGBA picture to the bytes of a layout, with its colour. Returns the reason if it cannot be converted.
pub(in crate::media) fn in_layout(
    mut bytes: Buffer,
    (shape, layout): (Shape, Layout),
    converter: &mut Converter,
    pool: &Pool,
) -> Result<(Colour, Buffer), String> {
    let mut colour = Colour::default();
    if layout.samples() != Samples::Rgba32 {
        let picture = ffi::rgba_picture(shape, &bytes).map_err(ffi::reason)?;
        let properties = ffi::properties(&picture);
        let made = converter.convert(picture, &properties, None, layout.samples(), pool);
        let made = made.map_err(ffi::reason)?;
        (colour, bytes) = (made.colour, made.bytes);
    }
    Ok((colour, layout.arrange(shape, bytes, pool)))
}

impl Generated {
    /// The frames of a pattern of this size.
    pub(in crate::media) fn pattern(pattern: Pattern, shape: Shape, layout: Layout, pool: &Pool) -> Self {
        let index = Arc::new(index());
        let source = Source::Pattern(pattern, shape).to_string();
        let formats = ["pattern", pattern.name(), "rgba"].map(str::to_owned);
        let info = SourceInfo {
            kind: Kind::Generated,
            frame_rate: Some(f64::from(pattern::FRAMES_PER_SEC)),
            duration_secs: Some(index.duration_secs()),
            frames: Some(index.frames()),
            keyframes: Some(index.frames()),
            ..SourceInfo::of_pictures(source, formats, shape)
        };
        let draw = Box::new(move |index, rgba: &mut [u8], _: &dyn Fn() -> bool| {
            pattern::draw(pattern, shape, index, rgba);
            Ok(Vec::new())
        });
        Self::new(info, index, draw, layout, pool)
    }

    /// One picture: 4 bytes per pixel of the shape in `info`.
    pub(in crate::media) fn still(
        info: SourceInfo,
        index: Arc<Index>,
        rgba: Vec<u8>,
        layout: Layout,
        pool: &Pool,
    ) -> Self {
        let draw = Box::new(move |_, to: &mut [u8], _: &dyn Fn() -> bool| {
            to.copy_from_slice(&rgba);
            Ok(Vec::new())
        });
        Self::new(info, index, draw, layout, pool)
    }

    /// Frames made by `draw`, of the shape in `info`.
    pub(in crate::media) fn new(
        info: SourceInfo,
        index: Arc<Index>,
        draw: Draw,
        layout: Layout,
        pool: &Pool,
    ) -> Self {
        let (converter, pool, next) = (Converter::default(), pool.clone(), FrameIndex(0));
        let (problems, interrupt) = (Vec::new(), None);
        Self { info, index, draw, converter, layout, pool, next, problems, interrupt }
    }

    /// The index, which exists from the start.
    pub(in crate::media) fn own_index(&self) -> &Arc<Index> {
        &self.index
    }

    fn shape(&self) -> Shape {
        self.info.shape()
    }
}

impl Frames for Generated {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn set_layout(&mut self, layout: Layout) {
        self.layout = layout;
    }

    fn next_frame(&mut self) -> Result<Option<Frame>, MediaError> {
        let index = self.next;
        let Some(time_secs) = self.index.time_secs(index) else {
            return Ok(None);
        };
        let mut bytes = self.pool.take(self.shape().pixels() * 4);
        let interrupt = self.interrupt.as_ref();
        let stop = || interrupt.is_some_and(|interrupt| interrupt());
        self.problems.append(&mut (self.draw)(index, &mut bytes, &stop)?);
        let arrangement = (self.shape(), self.layout);
        let (colour, bytes) = in_layout(bytes, arrangement, &mut self.converter, &self.pool)
            .map_err(|reason| MediaError::Decode { name: self.info.source.clone(), reason })?;
        self.next = index.next();
        let end_secs = self.index.time_secs(self.next).unwrap_or(self.index.duration_secs());
        Ok(Some(Frame {
            index,
            time_secs,
            duration_secs: end_secs - time_secs,
            shape: self.shape(),
            layout: self.layout,
            colour,
            bytes: Arc::new(bytes),
        }))
    }

    fn seek(&mut self, index: FrameIndex) -> Result<(), MediaError> {
        if index.0 >= self.index.frames() {
            return Err(MediaError::NoSuchFrame { index, frames: self.index.frames() });
        }
        self.next = index;
        Ok(())
    }

    fn index(&self) -> Option<&Arc<Index>> {
        Some(&self.index)
    }

    fn set_index(&mut self, _: Arc<Index>) {
        // The index exists from the start.
    }

    fn take_problems(&mut self) -> Vec<String> {
        std::mem::take(&mut self.problems)
    }

    fn set_interrupt(&mut self, interrupt: Interrupt) {
        self.interrupt = Some(interrupt);
    }
}
