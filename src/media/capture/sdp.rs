//! An SDP file: which payload type is which codec, and the key of `a=crypto`.

use std::path::{Path, PathBuf};

use super::error::CaptureError;
use crate::text::file;
use crate::wire::sdp::{Format, MOST_BYTES, Media, Session};
use crate::wire::streams::Stream;

/// A description that was read from a file.
pub(super) struct Sdp(Session);

impl Sdp {
    /// Reads a file.
    pub(super) fn read(path: &Path) -> Result<Self, CaptureError> {
        let text = file::read(path, MOST_BYTES as u64).map_err(|reason| {
            let (what, path) = ("the SDP", PathBuf::from(path));
            CaptureError::Unreadable { what, path, reason }
        })?;
        text.parse().map(Self).map_err(|reason| CaptureError::Sdp { path: path.into(), reason })
    }

    /// What it states of a stream: the medium that has its payload type. If several have, one with its SSRC, else one with
    /// its port, else the first.
    pub(super) fn of(&self, stream: &Stream) -> Option<(&Media, &Format)> {
        let is_named =
            |format: &&Format| format.payload_type == stream.payload_type() && !format.encoding.is_empty();
        let fitting =
            self.0.media.iter().filter_map(|media| Some((media, media.formats.iter().find(is_named)?)));
        let port = stream.flow.destination.port();
        fitting.min_by_key(|(media, _)| (!states(media, stream), media.port != port))
    }

    /// True if it states the SSRC of a stream.
    pub(super) fn names(&self, stream: &Stream) -> bool {
        self.of(stream).is_some_and(|(media, _)| states(media, stream))
    }
}

fn states(media: &Media, stream: &Stream) -> bool {
    media.sources.iter().any(|source| source.ssrc == stream.flow.ssrc)
}
