//! Pictures that FFmpeg does not support, decoded by the `image` crate.

use std::io::Cursor;
use std::sync::Arc;

use image::ImageReader;

use super::ending;
use super::generated::Generated;
use crate::media::clock::UNKNOWN_FRAME_SECS;
use crate::media::error::MediaError;
use crate::media::index::Index;
use crate::media::info::SourceInfo;
use crate::media::limits::Limits;
use crate::media::origin::Origin;
use crate::picture::Shape;
use crate::picture::layout::Layout;
use crate::runtime::pool::Pool;
use crate::units::FrameIndex;

/// Largest file of a picture in bytes; the whole file is held in memory.
const MOST_FILE_BYTES: u64 = 256 << 20;

/// Bytes in which formats have their magic numbers.
const START_BYTES: u64 = 64;

/// Opens a picture by its content; `None` if `image` does not support it either.
pub(in crate::media) fn open(
    source: String,
    origin: &Origin,
    layout: Layout,
    limits: Limits,
    pool: &Pool,
) -> Result<Option<Generated>, MediaError> {
    let start = origin.read(START_BYTES)?;
    if image::guess_format(&start).is_err() {
        return Ok(None);
    }
    let bytes = origin.read(MOST_FILE_BYTES)?;
    let Ok(mut reader) = ImageReader::new(Cursor::new(&bytes)).with_guessed_format() else {
        return Ok(None);
    };
    let Some(format) = reader.format() else {
        return Ok(None);
    };
    let failed = |error: image::ImageError| MediaError::NotMedia {
        name: origin.name().to_owned(),
        reason: if is_end_missed(&error) || ending::is_cut_off(&bytes) {
            format!("the file ends too early; copy it again from where it came: {error}")
        } else {
            error.to_string()
        },
    };
    // The size is read first, so that the error of a picture larger than the limits names it.
    let (width, height) =
        ImageReader::with_format(Cursor::new(&bytes), format).into_dimensions().map_err(failed)?;
    let shape = Shape::new(width, height);
    limits.check(shape)?;
    reader.limits(decoder_limits(limits));
    let decoded = reader.decode().map_err(failed)?;
    let pixel_format = format!("{:?}", decoded.color()).to_lowercase();
    let rgba = decoded.into_rgba8().into_raw();
    let codec = format.extensions_str().first().copied().unwrap_or("picture").to_owned();
    let info = SourceInfo::of_pictures(source, [codec.clone(), codec, pixel_format], shape);
    Ok(Some(Generated::still(info, Arc::new(index()), rgba, layout, pool)))
}

/// True if a decoder tried to read past the end of the file.
fn is_end_missed(error: &image::ImageError) -> bool {
    matches!(error, image::ImageError::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof)
}

/// The limits of the decoders of `image`.
pub(in crate::media) fn decoder_limits(limits: Limits) -> image::Limits {
    let mut decoder_limits = image::Limits::default();
    decoder_limits.max_image_width = Some(limits.side);
    decoder_limits.max_image_height = Some(limits.side);
    // 16 bytes per pixel is the most that a decoder outputs, and twice that leaves room for its work.
    decoder_limits.max_alloc = Some(limits.pixels.saturating_mul(32));
    decoder_limits
}

/// The index of a single picture.
pub(in crate::media) fn index() -> Index {
    Index::new(vec![0.0], UNKNOWN_FRAME_SECS, vec![FrameIndex(0)])
}
