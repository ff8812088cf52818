//! Listings that are kept, so that no capture is listed twice.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use super::error::CaptureError;
use super::records;
use crate::media::error::MediaError;
use crate::media::files::regular;
use crate::runtime::recently_used::RecentlyUsed;
use crate::wire::capture::Format;
use crate::wire::streams::{Listing, list_streams};

/// The most listings that are kept.
const MOST_LISTINGS: usize = 4;

/// Length and time of a file.
pub(super) type Stamp = Option<(u64, Option<SystemTime>)>;

/// Listings by file, as it was then.
static LISTINGS: RecentlyUsed<(PathBuf, Stamp), (&'static str, Arc<Listing>)> =
    RecentlyUsed::new(MOST_LISTINGS, usize::MAX);

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
    LISTINGS.get(&(path.to_owned(), stamp(path)), || {
        let mut reader = records::reader(path)?;
        let format = format_name(reader.format());
        let listing = list_streams(&mut reader, |_| true).map(Arc::new).ok_or(MediaError::Interrupted)?;
        Ok(((format, listing), 0))
    })
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
