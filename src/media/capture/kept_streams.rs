//! Opened streams that are kept, so that no stream is decrypted twice, bounded in number and bytes.

use std::path::Path;
use std::sync::Arc;

use super::kept::{Stamp, stamp};
use super::listing::OpenCapture;
use super::open::{self, Bytes, Opened};
use super::stream::CapturedStream;
use crate::media::MOST_ENCODED_BYTES;
use crate::media::error::MediaError;
use crate::runtime::recently_used::RecentlyUsed;

/// The most opened streams that are kept.
const MOST_OPENED: usize = 8;

type Key = (CapturedStream, Vec<Stamp>);

/// Opened streams with their captures, by their files as they were then.
static OPENED: RecentlyUsed<Key, (Arc<Opened>, Arc<OpenCapture>)> =
    RecentlyUsed::new(MOST_OPENED, MOST_ENCODED_BYTES);

fn key(captured: &CapturedStream) -> Key {
    let files: [Option<&Path>; 3] =
        [Some(captured.path.as_path()), captured.sdp.as_deref(), captured.keys_file()];
    (captured.clone(), files.into_iter().flatten().map(stamp).collect())
}

/// The opened stream. Another thread that asks for one at the same time waits.
///
/// # Errors
/// [`MediaError`] if the stream cannot be opened.
pub(in crate::media) fn opened(captured: &CapturedStream) -> Result<Arc<Opened>, MediaError> {
    let made = || {
        let (opened, capture) = open::open(captured)?;
        let bytes = opened.bytes.len();
        Ok::<_, MediaError>(((Arc::new(opened), Arc::new(capture)), bytes))
    };
    OPENED.get(&key(captured), made).map(|(opened, _)| opened)
}

/// The capture of an open stream; `None` if the stream is not open. Reads no file but its length and time, and never waits.
#[must_use]
pub fn open_capture(captured: &CapturedStream) -> Option<Arc<OpenCapture>> {
    OPENED.known(&key(captured)).map(|(_, capture)| capture)
}

impl Bytes {
    /// Bytes of the file.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Media(bytes) => bytes.as_ref().len(),
            Self::Transmitted(bytes, _) => bytes.len(),
        }
    }
}
