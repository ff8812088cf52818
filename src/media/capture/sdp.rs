//! An SDP file: which payload type is which codec, and the key of `a=crypto`.

use std::path::{Path, PathBuf};

use super::error::CaptureError;
use crate::media::rtp::{MediaDescription, RtpError};
use crate::text::file;
use crate::wire::sdp::{Format, MOST_BYTES, Media, Session};
use crate::wire::streams::Stream;

/// A description that was read from a file.
pub(super) struct Sdp {
    text: String,
    session: Session,
}

impl Sdp {
    /// Reads a file.
    pub(super) fn read(path: &Path) -> Result<Self, CaptureError> {
        let text = file::read(path, MOST_BYTES as u64).map_err(|reason| {
            let (what, path) = ("the SDP", PathBuf::from(path));
            CaptureError::Unreadable { what, path, reason }
        })?;
        let session = text.parse().map_err(|reason| CaptureError::Sdp { path: path.into(), reason })?;
        Ok(Self { text: text.to_string(), session })
    }

    /// What it states of a stream: the medium that has its payload type, and its port if several have.
    pub(super) fn of(&self, stream: &Stream) -> Option<(&Media, &Format)> {
        self.place(stream).map(|(_, media, format)| (media, format))
    }

    /// How the packets of a stream are read; `None` if it does not describe the stream.
    pub(super) fn description(&self, stream: &Stream) -> Result<Option<MediaDescription>, RtpError> {
        let Some((place, _, format)) = self.place(stream) else { return Ok(None) };
        let mut sections = self.text.split_inclusive('\n').fold(Vec::new(), |mut sections, line| {
            if line.starts_with("m=") {
                sections.push(String::new());
            }
            if let Some(section) = sections.last_mut() {
                section.push_str(line);
            }
            sections
        });
        let section = if place < sections.len() { sections.swap_remove(place) } else { String::new() };
        MediaDescription::parse(&section, Some(format.payload_type)).map(Some)
    }

    fn place(&self, stream: &Stream) -> Option<(usize, &Media, &Format)> {
        let payload_type = stream.payload_type();
        let fitting = self.session.media.iter().enumerate().filter_map(|(place, media)| {
            let is_named =
                |format: &&Format| format.payload_type == payload_type && !format.encoding.is_empty();
            media.formats.iter().find(is_named).map(|format| (place, media, format))
        });
        let all: Vec<_> = fitting.collect();
        let port = stream.flow.destination.port();
        all.iter().find(|(_, media, _)| media.port == port).or(all.first()).copied()
    }
}
