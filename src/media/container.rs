//! Containers, opened.

use ffmpeg_next::format::context::Input;

use super::error::MediaError;
use super::ffi;
use super::limits::Limits;
use super::origin::Origin;
use super::pictures::known::Known;

/// Opens the container and finds its streams.
pub(super) fn open(origin: &Origin, limits: Limits, known: Option<Known>) -> Result<Input, MediaError> {
    let not_media =
        |error| MediaError::NotMedia { name: origin.name().to_owned(), reason: ffi::reason(error) };
    ffi::last_words();
    let opened = ffi::open(origin.io()?, known).map_err(not_media)?;
    for shape in opened.shapes() {
        limits.check(shape)?;
    }
    opened.find_streams(limits.pixels).map_err(not_media)
}
