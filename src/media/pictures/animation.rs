//! Animated WebP, which FFmpeg from 5.1 to 7.1 does not decode.
//!
//! Each frame of such a file is a picture, which the `image` crate decodes, with a position on the canvas, a duration,
//! and rules for what becomes of the pixels. This module composes them as libwebp does (`anim_decode.c`), on a canvas
//! that is transparent at first. One canvas and one frame are held at a time.

use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::sync::Arc;

use image::{ImageFormat, ImageReader};

use super::generated::Generated;
use super::still;
use crate::media::error::MediaError;
use crate::media::index::Index;
use crate::media::info::{Kind, SourceInfo};
use crate::media::limits::Limits;
use crate::media::origin::{Bytes, Origin};
use crate::picture::Shape;
use crate::picture::layout::Layout;
use crate::runtime::pool::Pool;
use crate::units::FrameIndex;

/// Shorter durations are replaced by [`USUAL_SECS`], as in browsers; the specification of the format leaves this open.
const LEAST_SECS: f64 = 0.011;
const USUAL_SECS: f64 = 0.1;

/// Bytes of the header of a chunk: its name and its size.
const CHUNK_HEADER: u64 = 8;

/// Bytes before a frame's picture.
const PART_HEADER: u64 = 16;

/// Largest frame that is read.
const MOST_PART_BYTES: u64 = 256 << 20;

/// The most frames that are played; their headers are kept in memory.
const MOST_PARTS: usize = 200_000;

/// A frame of the file: a picture and how it is put onto the canvas.
#[derive(Clone, Debug, PartialEq)]
struct Part {
    /// The offset in the file of the chunks of its picture.
    offset_bytes: u64,
    bytes: u64,
    /// Left and top edge on the canvas, in pixels.
    x: usize,
    y: usize,
    shape: Shape,
    lasts_secs: f64,
    /// Its pixels replace those on the canvas, even where they are transparent; otherwise they are blended.
    replaces: bool,
    /// Its rectangle is cleared to transparent after it was shown.
    is_cleared: bool,
}

/// An animated WebP file.
struct Animation {
    name: String,
    file: Box<dyn Bytes>,
    limits: Limits,
    shape: Shape,
    parts: Vec<Part>,
    /// RGBA, of the size `shape`.
    canvas: Vec<u8>,
    /// How many frames were drawn: the canvas shows the last of them.
    drawn: usize,
    /// How many frames were drawn at most: errors of these were reported already.
    reported: usize,
    /// A report of what was left out of the file, until it is returned.
    left_out: Option<String>,
}

/// The content of a file.
struct Contents {
    shape: Shape,
    parts: Vec<Part>,
    /// Why some frames are missing, in words.
    left_out: Option<&'static str>,
}

/// Opens an animated WebP file; `None` if the file is of another kind.
pub(in crate::media) fn open(
    source: &str,
    origin: &Origin,
    layout: Layout,
    limits: Limits,
    pool: &Pool,
) -> Result<Option<Generated>, MediaError> {
    let unreadable = |error: &io::Error| MediaError::NotMedia {
        name: origin.name().to_owned(),
        reason: format!("the WebP file ends too early: {error}"),
    };
    let mut file = origin.bytes();
    let Some(contents) = read(&mut *file).map_err(|error| unreadable(&error))? else {
        return Ok(None);
    };
    let Contents { shape, parts, left_out } = contents;
    limits.check(shape)?;
    let mut times_secs = Vec::with_capacity(parts.len());
    let mut end_secs = 0.0;
    for part in &parts {
        times_secs.push(end_secs);
        end_secs += part.lasts_secs;
    }
    let keys = (0..).zip(&parts).filter(|(n, part)| *n == 0 || part.covers_canvas(shape));
    let keyframes: Vec<FrameIndex> = keys.map(|(n, _)| FrameIndex(n)).collect();
    let frames = parts.len() as u64;
    let info = SourceInfo {
        kind: if frames == 1 { Kind::Still } else { Kind::Video },
        frame_rate: (frames > 1).then_some(frames as f64 / end_secs),
        duration_secs: Some(end_secs),
        frames: Some(frames),
        keyframes: Some(keyframes.len() as u64),
        ..SourceInfo::of_pictures(source.to_owned(), ["webp", "webp", "rgba"].map(str::to_owned), shape)
    };
    let index = Arc::new(Index::new(times_secs, end_secs, keyframes));
    let mut animation = Animation {
        name: origin.name().to_owned(),
        file,
        limits,
        shape,
        canvas: vec![0; shape.pixels() * 4],
        parts,
        drawn: 0,
        reported: 0,
        left_out: left_out.map(|what| format!("{what}: {}", origin.name())),
    };
    // A file whose first frame cannot be decoded is an error.
    let part = animation.parts[0].clone();
    animation
        .decode(&part)
        .map_err(|reason| MediaError::NotMedia { name: origin.name().to_owned(), reason })?;
    let draw = Box::new(move |index: FrameIndex, rgba: &mut [u8], stop: &dyn Fn() -> bool| {
        animation.draw(index, rgba, stop)
    });
    Ok(Some(Generated::new(info, index, draw, layout, pool)))
}

/// The size of the canvas, and the complete frames; `None` if the file is no animated WebP.
fn read(file: &mut dyn Bytes) -> io::Result<Option<Contents>> {
    let end = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(0))?;
    let mut start = [0; 30];
    if end < 30 || file.read_exact(&mut start).is_err() {
        return Ok(None);
    }
    let is_animated = start.starts_with(b"RIFF") && &start[8..16] == b"WEBPVP8X" && start[20] & 2 != 0;
    if !is_animated {
        return Ok(None);
    }
    let shape = Shape::new(number(&start[24..27]) + 1, number(&start[27..30]) + 1);
    let mut parts = Vec::new();
    let mut at = 12;
    while at + CHUNK_HEADER <= end && parts.len() < MOST_PARTS {
        let mut header = [0; 24];
        file.seek(SeekFrom::Start(at))?;
        let read = usize::try_from((end - at).min(24)).unwrap_or(0);
        file.read_exact(&mut header[..read])?;
        let size = u64::from(number(&header[4..7])) | u64::from(header[7]) << 24;
        let next = at + CHUNK_HEADER + size.next_multiple_of(2);
        if &header[..4] == b"ANMF" && size > PART_HEADER && at + CHUNK_HEADER + size <= end {
            parts.extend(Part::read(&header[8..], at + CHUNK_HEADER, size, shape));
        }
        at = next;
    }
    let left_out = if parts.len() == MOST_PARTS {
        Some("only the first 200,000 frames are played")
    } else {
        // The header states the size of the rest of the file.
        let stated = u64::from(number(&start[4..7])) | u64::from(start[7]) << 24;
        (end < stated + CHUNK_HEADER).then_some("the file ends too early: frames are missing at the end")
    };
    Ok((!parts.is_empty()).then_some(Contents { shape, parts, left_out }))
}

/// A little-endian number of up to three bytes.
fn number(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |number, &byte| number << 8 | u32::from(byte))
}

impl Part {
    /// Reads the header of a frame; `None` if the frame extends past the canvas.
    fn read(header: &[u8], offset_bytes: u64, size: u64, canvas: Shape) -> Option<Self> {
        let at = |at: usize| number(&header[at..at + 3]);
        let (x, y, shape) = (at(0) * 2, at(3) * 2, Shape::new(at(6) + 1, at(9) + 1));
        if x + shape.width > canvas.width || y + shape.height > canvas.height {
            return None;
        }
        let lasts_secs = f64::from(at(12)) / 1000.0;
        Some(Self {
            offset_bytes: offset_bytes + PART_HEADER,
            bytes: size - PART_HEADER,
            x: x as usize,
            y: y as usize,
            shape,
            lasts_secs: if lasts_secs < LEAST_SECS { USUAL_SECS } else { lasts_secs },
            replaces: header[15] & 2 != 0,
            is_cleared: header[15] & 1 != 0,
        })
    }

    /// True if it covers the whole canvas, so that no earlier frame is needed.
    fn covers_canvas(&self, canvas: Shape) -> bool {
        self.replaces && self.shape == canvas
    }

    /// The byte ranges of its rows on a canvas.
    fn rows(&self, canvas: Shape) -> impl Iterator<Item = std::ops::Range<usize>> + use<> {
        let (stride, start, length) = (canvas.columns() * 4, self.x * 4, self.shape.columns() * 4);
        (self.y..self.y + self.shape.rows()).map(move |y| y * stride + start..y * stride + start + length)
    }
}

impl Animation {
    /// Draws the frame with this number. Returns reports of what could not be decoded.
    fn draw(
        &mut self,
        index: FrameIndex,
        rgba: &mut [u8],
        stop: &dyn Fn() -> bool,
    ) -> Result<Vec<String>, MediaError> {
        let wanted = usize::try_from(index.0).unwrap_or(usize::MAX).min(self.parts.len() - 1);
        let start =
            self.parts[..=wanted].iter().rposition(|part| part.covers_canvas(self.shape)).unwrap_or(0);
        if start > self.drawn || self.drawn > wanted + 1 {
            self.canvas.fill(0);
            self.drawn = start;
        }
        let mut problems: Vec<String> = self.left_out.take().into_iter().collect();
        while self.drawn <= wanted {
            if stop() {
                return Err(MediaError::Interrupted);
            }
            let place = self.drawn;
            if let Some(before) = place.checked_sub(1).map(|before| &self.parts[before])
                && before.is_cleared
            {
                before.rows(self.shape).for_each(|row| self.canvas[row].fill(0));
            }
            let part = self.parts[place].clone();
            match self.decode(&part) {
                Ok(pixels) => self.put(&part, &pixels),
                // As in players, the picture before stays.
                Err(reason) if place >= self.reported => {
                    problems.push(format!("frame {place} could not be decoded: {reason}: {}", self.name));
                }
                Err(_) => {}
            }
            self.drawn += 1;
            self.reported = self.reported.max(self.drawn);
        }
        rgba.copy_from_slice(&self.canvas);
        Ok(problems)
    }

    /// The pixels of a frame, in RGBA.
    fn decode(&mut self, part: &Part) -> Result<Vec<u8>, String> {
        let reason = |error: io::Error| error.to_string();
        self.file.seek(SeekFrom::Start(part.offset_bytes)).map_err(reason)?;
        let mut chunks = Vec::new();
        let bytes = part.bytes.min(MOST_PART_BYTES);
        (&mut *self.file).take(bytes).read_to_end(&mut chunks).map_err(reason)?;
        let picture = Cursor::new(wrapped(part.shape, &chunks));
        let mut reader = ImageReader::with_format(picture, ImageFormat::WebP);
        reader.limits(still::decoder_limits(self.limits));
        let decoded = reader.decode().map_err(|error| error.to_string())?.into_rgba8();
        if decoded.dimensions() != (part.shape.width, part.shape.height) {
            return Err("its size differs from the stated one".to_owned());
        }
        Ok(decoded.into_raw())
    }

    /// Puts a frame onto the canvas.
    fn put(&mut self, part: &Part, pixels: &[u8]) {
        for (row, from) in part.rows(self.shape).zip(pixels.chunks_exact(part.shape.columns() * 4)) {
            let to = &mut self.canvas[row];
            if part.replaces {
                to.copy_from_slice(from);
                continue;
            }
            for (to, &from) in to.as_chunks_mut::<4>().0.iter_mut().zip(from.as_chunks::<4>().0) {
                *to = over(from, *to);
            }
        }
    }
}

/// Blends a pixel over another one, with libwebp's arithmetic (`BlendPixelNonPremult`).
fn over(from: [u8; 4], onto: [u8; 4]) -> [u8; 4] {
    let [alpha, below] = [from[3], onto[3]].map(u32::from);
    match alpha {
        0 => return onto,
        255 => return from,
        _ => {}
    }
    let below = (below * (256 - alpha)) >> 8;
    let scale = (1 << 24) / (alpha + below);
    #[expect(clippy::cast_possible_truncation, reason = "a mean of bytes, and a sum of shares of 255")]
    std::array::from_fn(|channel| {
        if channel == 3 {
            return (alpha + below) as u8;
        }
        let sum = u32::from(from[channel]) * alpha + u32::from(onto[channel]) * below;
        ((u64::from(sum) * u64::from(scale)) >> 24) as u8
    })
}

/// The chunks of a frame, wrapped as a WebP file.
fn wrapped(shape: Shape, chunks: &[u8]) -> Vec<u8> {
    let mut body = b"WEBP".to_vec();
    if chunks.starts_with(b"ALPH") {
        // Only an extended header allows several chunks for a picture.
        body.extend(b"VP8X\x0A\0\0\0\x10\0\0\0");
        body.extend_from_slice(&(shape.width - 1).to_le_bytes()[..3]);
        body.extend_from_slice(&(shape.height - 1).to_le_bytes()[..3]);
    }
    body.extend_from_slice(chunks);
    let size = u32::try_from(body.len()).unwrap_or(u32::MAX);
    [&b"RIFF"[..], &size.to_le_bytes(), &body].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pixel_over_another_is_blended_as_libwebp_does() {
        assert_eq!(over([9, 8, 7, 0], [1, 2, 3, 4]), [1, 2, 3, 4]);
        assert_eq!(over([9, 8, 7, 255], [1, 2, 3, 4]), [9, 8, 7, 255]);
        // Over nothing, the colour does not change.
        assert_eq!(over([200, 100, 50, 128], [0, 0, 0, 0]), [200, 100, 50, 128]);
        assert_eq!(over([255, 0, 0, 128], [0, 0, 255, 255])[3], 255);
    }

    #[test]
    fn a_frame_that_extends_past_the_canvas_is_ignored() {
        let header = [1, 0, 0, 0, 0, 0, 3, 0, 0, 3, 0, 0, 5, 0, 0, 2];
        let part = Part::read(&header, 0, 40, Shape::new(6, 4)).expect("it lies on the canvas");
        assert_eq!((part.x, part.y, part.shape), (2, 0, Shape::new(4, 4)));
        assert!(part.replaces && !part.is_cleared && (part.lasts_secs - USUAL_SECS).abs() < 1e-9);
        assert_eq!(Part::read(&header, 0, 40, Shape::new(5, 4)), None);
    }
}
