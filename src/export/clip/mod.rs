//! Clips: the figures of a range of frames, one after the other, as one video.
//!
//! ```text
//! Sheet ──figure::sequence──▶ pixmap ──media::encode──▶ file
//! ```
//!
//! Each picture is the figure of its frame, with the frame's number in its title, and is shown at the time of the frame.
//! A picture larger than 3840 × 2160 gets smaller panels; if these became too small for their captions, the whole
//! picture is reduced. The file states its scene and the command that makes it again.

mod origin;

use std::io::{Seek, Write};

use resvg::tiny_skia::Pixmap;

use super::figure::sequence::Sequence;
use super::figure::{Figure, Template};
use super::page::FigureError;
use crate::media::Kind;
use crate::media::encode::{Container, EncodeError, Encoder, VideoParameters};
use crate::picture::Shape;
use crate::units::{FrameIndex, FrameList};

/// The largest video that common players show, in landscape or portrait.
const LARGEST: Shape = Shape::new(3840, 2160);

/// The duration of a still, which has none of its own.
const STILL_SECS: f64 = 1.0;

/// The frame rate for the encoder's rate control, if the source states none.
const USUAL_RATE: f64 = 30.0;

/// Why a clip cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ClipError {
    /// A figure cannot be drawn.
    #[error(transparent)]
    Figure(#[from] FigureError),
    /// The video cannot be written.
    #[error(transparent)]
    Encode(#[from] EncodeError),
}

/// The properties of a clip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The format of the file.
    pub container: Container,
    /// True if the output can seek, which MP4 needs.
    pub is_seekable: bool,
    /// The frames, as stated in the file; `None` for all frames of the source.
    pub frames: Option<FrameList>,
}

/// A clip that is being written. The file is complete only after [`finish`](Self::finish).
pub struct Clip<W> {
    encoder: Encoder<W>,
    figures: Sequence,
    pixmap: Pixmap,
    /// The frame that follows the last one without a gap, and the time at which the last one ends.
    follows: Option<(FrameIndex, f64)>,
    /// Seconds of the frames that were left out so far.
    left_out_secs: f64,
}

impl<W: Write + Seek + Send + 'static> Clip<W> {
    /// Starts a clip of figures like `first`, which is not added yet.
    ///
    /// # Errors
    /// If the pictures would be too large, there is no encoder, or `out` cannot be written.
    pub fn create(plan: &Plan, first: &Figure<'_>, out: W) -> Result<Self, ClipError> {
        let Plan { container, is_seekable, .. } = *plan;
        let figures = Sequence::new(Template::within(LARGEST, first)?);
        let given = even(figures.size());
        let pixmap = Pixmap::new(given.width, given.height).ok_or(FigureError::TooLarge(given))?;
        let frame_rate = first.info.frame_rate.unwrap_or(USUAL_RATE);
        let video =
            VideoParameters { container, picture_size: given, size: fitting(given), frame_rate, is_seekable };
        let encoder = Encoder::create(video, &origin::about(plan, first), out)?;
        Ok(Self { encoder, figures, pixmap, follows: None, left_out_secs: 0.0 })
    }

    /// Adds the figure of the next frame. Frames that are left out take no time.
    ///
    /// # Errors
    /// If `out` cannot be written, or the encoder fails.
    pub fn add(&mut self, figure: &Figure<'_>) -> Result<(), ClipError> {
        self.figures.draw(figure, &mut self.pixmap)?;
        widen(self.pixmap.data_mut(), self.figures.size());
        let frame = &figure.sheet.frame;
        let is_still = figure.info.kind == Kind::Still;
        let duration_secs = if is_still { STILL_SECS } else { frame.duration_secs };
        if let Some((next, end_secs)) = self.follows
            && frame.index != next
        {
            self.left_out_secs += frame.time_secs - end_secs;
        }
        self.follows = Some((frame.index.next(), frame.time_secs + frame.duration_secs));
        let shown_at_secs = frame.time_secs - self.left_out_secs;
        Ok(self.encoder.add(self.pixmap.data(), shown_at_secs, duration_secs)?)
    }

    /// Writes the end of the file and returns `out`.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub fn finish(self) -> Result<W, ClipError> {
        Ok(self.encoder.finish()?)
    }
}

/// The size with odd sides enlarged by one: in 4:2:0, two columns and two rows share a chroma sample.
const fn even(Shape { width, height }: Shape) -> Shape {
    Shape::new(width.next_multiple_of(2), height.next_multiple_of(2))
}

/// Copies the last column and row of a picture of the size `drawn` to the column and row that [`even`] added.
fn widen(rgba: &mut [u8], drawn: Shape) {
    let (columns, row) = (drawn.columns(), even(drawn).columns() * 4);
    if columns * 4 < row {
        for row in rgba.chunks_exact_mut(row) {
            row.copy_within((columns - 1) * 4..columns * 4, columns * 4);
        }
    }
    let bytes = drawn.rows() * row;
    if bytes < rgba.len() {
        rgba.copy_within(bytes - row..bytes, bytes);
    }
}

/// The largest size within [`LARGEST`] with the same proportions.
fn fitting(shape: Shape) -> Shape {
    let (long, short) = (shape.width.max(shape.height), shape.width.min(shape.height));
    let scale =
        (f64::from(LARGEST.width) / f64::from(long)).min(f64::from(LARGEST.height) / f64::from(short));
    if scale >= 1.0 {
        return shape;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "less than a side")]
    let side = |pixels: u32| ((f64::from(pixels) * scale / 2.0).round() as u32).max(1) * 2;
    Shape::new(side(shape.width), side(shape.height))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_sizes_get_a_copy_of_their_last_row_and_column() {
        assert_eq!(even(Shape::new(3, 1)), Shape::new(4, 2));
        let mut rgba: Vec<u8> = (0..4 * 2 * 4).map(|at| if at < 12 { at } else { 0 }).collect();
        widen(&mut rgba, Shape::new(3, 1));
        let row = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 8, 9, 10, 11];
        assert_eq!(rgba, [row, row].concat());
    }

    #[test]
    fn only_sizes_that_players_do_not_support_are_reduced_in_proportion() {
        for (size, fits) in [
            ((1200, 900), (1200, 900)),
            ((3840, 2160), (3840, 2160)),
            ((2160, 3840), (2160, 3840)),
            ((7680, 4320), (3840, 2160)),
            ((8000, 1000), (3840, 480)),
        ] {
            assert_eq!(fitting(Shape::new(size.0, size.1)), Shape::new(fits.0, fits.1));
        }
    }
}
