//! Opened streams that are kept, so that no stream is decrypted twice, bounded in number and bytes.

use std::sync::{Arc, Mutex, PoisonError};

use super::kept::{Stamp, find, stamp};
use super::open::{self, Bytes, Opened};
use super::stream::{CaptureKeys, CapturedStream};
use crate::media::MOST_ENCODED_BYTES;
use crate::media::error::MediaError;

/// The most opened streams that are kept.
const MOST_OPENED: usize = 8;

/// What was opened of a stream, as its files were then.
type ByStream = Mutex<Vec<((CapturedStream, Vec<Stamp>), Arc<Opened>)>>;

static OPENED: ByStream = Mutex::new(Vec::new());

/// The opened stream. Another thread that asks for one at the same time waits.
///
/// # Errors
/// [`MediaError`] if the stream cannot be opened.
pub(in crate::media) fn opened(captured: &CapturedStream) -> Result<Arc<Opened>, MediaError> {
    let keys = match &captured.keys {
        Some(CaptureKeys::File(path)) => Some(path.as_path()),
        Some(CaptureKeys::Stream(_)) | None => None,
    };
    let files = [Some(captured.path.as_path()), captured.sdp.as_deref(), keys];
    let key = (captured.clone(), files.into_iter().flatten().map(stamp).collect::<Vec<_>>());
    let mut kept = OPENED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(opened) = find(&mut kept, &key) {
        return Ok(opened);
    }
    let opened = Arc::new(open::open(captured)?);
    kept.push((key, Arc::clone(&opened)));
    let bytes = |kept: &[(_, Arc<Opened>)]| kept.iter().map(|(_, opened)| opened.bytes.len()).sum::<usize>();
    while kept.len() > 1 && (kept.len() > MOST_OPENED || bytes(&kept) > MOST_ENCODED_BYTES) {
        kept.remove(0);
    }
    Ok(opened)
}

impl Bytes {
    /// Bytes of the file.
    fn len(&self) -> usize {
        match self {
            Self::Media(bytes) => bytes.as_ref().len(),
            Self::Transmitted(bytes, _) => bytes.len(),
        }
    }
}
