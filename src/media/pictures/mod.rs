//! Frames that FFmpeg's decoders do not make: patterns, drawings, and files of pictures that FFmpeg does not know.
//! Also recognizes files of pictures by their bytes before anything is decoded.

pub(super) mod animation;
pub(super) mod canvas;
pub(super) mod ending;
pub(super) mod generated;
pub(super) mod known;
pub(super) mod named;
mod photo;
pub(super) mod still;
mod tga;

use super::error::MediaError;
use super::limits::Limits;
use super::origin::Origin;
use crate::picture::layout::Layout;
use crate::runtime::pool::Pool;
use generated::Generated;

/// Opens the file of a picture by its content; `None` if no decoder here supports it.
///
/// # Errors
/// If it cannot be read, is of a known format that cannot be decoded here, or is larger than `limits`.
pub(super) fn open(
    name: &str,
    origin: &Origin,
    layout: Layout,
    limits: Limits,
    pool: &Pool,
) -> Result<Option<Generated>, MediaError> {
    if let Some(refused) = named::refusal(origin) {
        return Err(refused);
    }
    if let Some(animation) = animation::open(name, origin, layout, limits, pool)? {
        return Ok(Some(animation));
    }
    still::open(name.to_owned(), origin, layout, limits, pool)
}
