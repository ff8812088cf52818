//! Listings and opened streams that are kept, so that nothing is read twice, bounded in number and bytes.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use super::error::CaptureError;
use super::open::{self, Bytes, Opened};
use super::stream::{CaptureKeys, CapturedStream};
use crate::media::MOST_ENCODED_BYTES;
use crate::media::error::MediaError;
use crate::media::origin::Origin;
use crate::wire::capture::Format;
use crate::wire::streams::{Listing, list_streams};

/// The most listings that are kept.
const MOST_LISTINGS: usize = 4;

/// The most opened streams that are kept.
const MOST_OPENED: usize = 8;

/// Length and time of a file.
type Stamp = Option<(u64, Option<SystemTime>)>;

/// What was read of a file, as it was then.
type ByFile<T> = Mutex<Vec<((std::path::PathBuf, Stamp), T)>>;

/// What was opened of a stream, as its files were then.
type ByStream = Mutex<Vec<((CapturedStream, Vec<Stamp>), Arc<Opened>)>>;

static LISTINGS: ByFile<(&'static str, Arc<Listing>)> = Mutex::new(Vec::new());
static OPENED: ByStream = Mutex::new(Vec::new());

/// The most recently used value is the last.
fn find<K: PartialEq, T: Clone>(kept: &mut Vec<(K, T)>, key: &K) -> Option<T> {
    let at = kept.iter().position(|(kept, _)| kept == key)?;
    let found = kept.remove(at);
    let value = found.1.clone();
    kept.push(found);
    Some(value)
}

fn stamp(path: &Path) -> Stamp {
    fs::metadata(path).ok().map(|metadata| (metadata.len(), metadata.modified().ok()))
}

/// The streams of a capture.
pub(super) fn listing(path: &Path) -> Result<Arc<Listing>, MediaError> {
    listed(path).map(|(_, listing)| listing)
}

/// The format of a capture.
pub(super) fn format(path: &Path) -> Result<&'static str, MediaError> {
    listed(path).map(|(format, _)| format)
}

fn listed(path: &Path) -> Result<(&'static str, Arc<Listing>), MediaError> {
    // The messages of a file that is missing, empty or a folder.
    Origin::file(path)?;
    let key = (path.to_owned(), stamp(path));
    let mut kept = LISTINGS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(listed) = find(&mut kept, &key) {
        return Ok(listed);
    }
    let mut reader = open::reader(path)?;
    let format = format_name(reader.format());
    let listing = list_streams(&mut reader, |_| true).map(Arc::new).ok_or(MediaError::Interrupted)?;
    kept.truncate(MOST_LISTINGS - 1);
    kept.push((key, (format, Arc::clone(&listing))));
    Ok((format, listing))
}

/// The name of a format.
pub(super) const fn format_name(format: Format) -> &'static str {
    match format {
        Format::Pcap => "pcap",
        Format::Pcapng => "pcapng",
    }
}

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

impl From<CaptureError> for MediaError {
    fn from(error: CaptureError) -> Self {
        Self::Capture(Box::new(error))
    }
}
