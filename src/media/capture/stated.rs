//! What is stated of the streams of a capture: which payload type is which codec, by an SDP file or a keys file, and keys.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::error::CaptureError;
use super::stream::{CaptureKeys, CapturedStream, StreamSecret};
use crate::media::rtp::MediaType;
use crate::text::file;
use crate::wire::keys::{self, KeyOfStream, KeysFile};
use crate::wire::protection::StreamKey;
use crate::wire::sdp::{self, Format, Media, Session};
use crate::wire::streams::{Flow, Stream};

/// An SDP and keys, each file read once.
pub(super) struct Stated<'a> {
    sdp: Option<Session>,
    keys: Keys<'a>,
}

enum Keys<'a> {
    None,
    File(&'a Path, KeysFile),
    /// The key of the chosen stream.
    Stream(&'a StreamSecret),
}

/// The codec of a stream, and what states it.
pub(super) struct StatedFormat {
    pub(super) kind: MediaType,
    pub(super) format: Format,
    /// `sdp`, `keys` or `rfc3551`.
    pub(super) from: &'static str,
}

impl<'a> Stated<'a> {
    /// Reads the files that were given with a capture.
    pub(super) fn read(captured: &'a CapturedStream) -> Result<Self, CaptureError> {
        let sdp = captured.sdp.as_deref().map(|path| {
            let text = read("the SDP", path, sdp::MOST_BYTES)?;
            text.parse().map_err(|reason| CaptureError::Sdp { path: path.into(), reason })
        });
        let keys = match &captured.keys {
            None => Keys::None,
            Some(CaptureKeys::Stream(secret)) => Keys::Stream(secret),
            Some(CaptureKeys::File(path)) => {
                let text = read("the keys file", path, keys::MOST_BYTES)?;
                let keys =
                    text.parse().map_err(|reason| CaptureError::Keys { path: path.clone(), reason })?;
                Keys::File(path, keys)
            }
        };
        Ok(Self { sdp: sdp.transpose()?, keys })
    }

    /// True if there is an SDP.
    pub(super) const fn has_sdp(&self) -> bool {
        self.sdp.is_some()
    }

    /// What the SDP states of a stream: the medium that has its payload type. If several have, one with its SSRC, else one
    /// with its port, else the first.
    fn described(&self, stream: &Stream) -> Option<(&Media, &Format)> {
        let is_named =
            |format: &&Format| format.payload_type == stream.payload_type() && !format.encoding.is_empty();
        let media = self.sdp.as_ref().map_or(&[][..], |session| &session.media);
        let fitting = media.iter().filter_map(|media| Some((media, media.formats.iter().find(is_named)?)));
        let port = stream.flow.destination.port();
        fitting.min_by_key(|(media, _)| (!states(media, stream), media.port != port))
    }

    /// True if the SDP states the SSRC of a stream.
    pub(super) fn is_named(&self, stream: &Stream) -> bool {
        self.described(stream).is_some_and(|(media, _)| states(media, stream))
    }

    /// True if the SDP says that the packets of a stream are SRTP.
    pub(super) fn is_srtp(&self, stream: &Stream) -> bool {
        let profile = self.described(stream).map(|(media, _)| media.profile.as_str());
        profile.is_some_and(|profile| profile.split('/').any(|part| part.starts_with("SAVP")))
    }

    /// The codec of a stream, by the SDP, else by the keys file, else by RFC 3551.
    pub(super) fn format(&self, stream: &Stream) -> Option<StatedFormat> {
        let payload_type = stream.payload_type();
        let described = self.described(stream).map(|(media, format)| {
            let kind = if media.kind == "video" { MediaType::Video } else { MediaType::Audio };
            StatedFormat { kind, format: format.clone(), from: "sdp" }
        });
        let of_encoding = |format: Format, from| StatedFormat {
            kind: MediaType::of_encoding(&format.encoding),
            format,
            from,
        };
        let by_keys = || match &self.keys {
            Keys::File(_, keys) => {
                let format = keys.format_of(&stream.flow)?.clone();
                Some(of_encoding(Format { payload_type, ..format }, "keys"))
            }
            Keys::None | Keys::Stream(_) => None,
        };
        let fixed = || Format::fixed(payload_type).map(|format| of_encoding(format, "rfc3551"));
        described.or_else(by_keys).or_else(fixed)
    }

    /// The keys of the stream with a number, one after another; none if none was given.
    pub(super) fn keys_of(&self, stream: &Stream, number: usize) -> Result<Vec<KeyOfStream>, CaptureError> {
        match &self.keys {
            Keys::File(path, keys) => keys
                .keys_of(&stream.flow)
                .map_err(|reason| CaptureError::Keys { path: PathBuf::from(path), reason }),
            Keys::Stream(secret) => {
                let key = secret.method.stream_key(secret.key.bytes());
                let key = key.map_err(|reason| CaptureError::Key { number, reason })?;
                Ok(vec![KeyOfStream { key, first_roc: secret.first_roc }])
            }
            Keys::None => {
                let crypto = self.described(stream).and_then(|(media, _)| media.crypto.as_ref());
                let key = crypto.map(|crypto| StreamKey::Srtp(crypto.master.clone()));
                Ok(key.map(|key| KeyOfStream { key, first_roc: 0 }).into_iter().collect())
            }
        }
    }

    /// The keys of the stream that is opened.
    ///
    /// # Errors
    /// [`CaptureError::NoKey`] if there is a keys file without one, and those of [`Stated::keys_of`].
    pub(super) fn keys_of_chosen(
        &self,
        stream: &Stream,
        number: usize,
    ) -> Result<Vec<KeyOfStream>, CaptureError> {
        let keys = self.keys_of(stream, number)?;
        match &self.keys {
            Keys::File(path, _) if keys.is_empty() => {
                let Flow { source, destination, ssrc } = stream.flow;
                let path = PathBuf::from(path);
                let (source_address, destination) = (source.to_string(), destination.to_string());
                Err(CaptureError::NoKey { path, number, ssrc, source_address, destination })
            }
            _ => Ok(keys),
        }
    }
}

fn states(media: &Media, stream: &Stream) -> bool {
    media.sources.iter().any(|source| source.ssrc == stream.flow.ssrc)
}

fn read(what: &'static str, path: &Path, most: usize) -> Result<Zeroizing<String>, CaptureError> {
    file::read(path, most as u64).map_err(|reason| CaptureError::Unreadable {
        what,
        path: path.to_owned(),
        reason,
    })
}
