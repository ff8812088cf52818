//! A file as it is, as one message.

use std::sync::Arc;

use super::reader::MessageError;
use super::{Payload, header_bytes};
use crate::media::{self, Source};
use crate::picture::Shape;
use crate::runtime::pool::Buffer;

/// The largest file that is encrypted as it is, in bytes.
pub const MOST_FILE_BYTES: u64 = 256 << 20;

/// The bytes of a source that is a file.
///
/// # Errors
/// [`MessageError`] if the source is no file, cannot be read, or has more than [`MOST_FILE_BYTES`].
pub fn file_bytes(source: &Source) -> Result<Vec<u8>, MessageError> {
    let bytes = media::file_bytes(source, MOST_FILE_BYTES)?;
    bytes.ok_or_else(|| MessageError::FileTooLarge(source.to_string()))
}

/// The file of a source as one message with the number 0, for a carpet of `shape`. The [header](header_bytes) before its
/// samples, if it has one, is put back in front of the ciphertext, so that a viewer opens it.
///
/// # Errors
/// Those of [`file_bytes`].
pub fn file_payload(source: &Source, shape: Shape) -> Result<Payload, MessageError> {
    let bytes = file_bytes(source)?;
    let put_back = header_bytes(&bytes);
    Ok(Payload::of_file(Arc::new(Buffer::from(bytes)), put_back, shape))
}
