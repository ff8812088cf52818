//! Reads the records of a capture.

use std::fs::File;
use std::path::Path;

use super::error::CaptureError;
use crate::wire;

/// A reader of a capture from its start.
pub(super) fn reader(path: &Path) -> Result<wire::capture::Reader<File>, CaptureError> {
    let failed = |reason| CaptureError::File { name: path.display().to_string(), reason };
    let opened = File::open(path);
    let file = opened.map_err(|source| failed(wire::capture::CaptureError::Io { offset: 0, source }))?;
    wire::capture::Reader::new(file).map_err(failed)
}
