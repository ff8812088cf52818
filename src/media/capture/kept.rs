//! Listings that are kept, so that no capture is listed twice.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use super::error::CaptureError;
use super::records;
use crate::media::error::MediaError;
use crate::media::files::regular;
use crate::wire::capture::Format;
use crate::wire::streams::{Listing, list_streams};

/// The most listings that are kept.
const MOST_LISTINGS: usize = 4;

/// Length and time of a file.
pub(super) type Stamp = Option<(u64, Option<SystemTime>)>;

/// What was read of a file, as it was then.
type ByFile<T> = Mutex<Vec<((std::path::PathBuf, Stamp), T)>>;

static LISTINGS: ByFile<(&'static str, Arc<Listing>)> = Mutex::new(Vec::new());

/// The value that is kept under a key. The most recently used value is the last.
pub(super) fn find<K: PartialEq, T: Clone>(kept: &mut Vec<(K, T)>, key: &K) -> Option<T> {
    let at = kept.iter().position(|(kept, _)| kept == key)?;
    let found = kept.remove(at);
    let value = found.1.clone();
    kept.push(found);
    Some(value)
}

/// Length and time of a file, if it can be read.
pub(super) fn stamp(path: &Path) -> Stamp {
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
    regular::open(path)?;
    let key = (path.to_owned(), stamp(path));
    let mut kept = LISTINGS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(listed) = find(&mut kept, &key) {
        return Ok(listed);
    }
    let mut reader = records::reader(path)?;
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

impl From<CaptureError> for MediaError {
    fn from(error: CaptureError) -> Self {
        Self::Capture(Box::new(error))
    }
}
