//! The stream, the SDP and the key of an open capture, as they are chosen and typed.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::editing::key::KeyText;
use crate::media::StreamChoice;
use crate::media::capture::{CaptureKeys, CapturedStream, ListedStream, OpenCapture, StreamSecret};
use crate::text::hex_digits;
use crate::wire::keys::Method;
use crate::wire::protection::{Key, Protection};
use crate::wire::srtp::Suite;

/// What is known and typed of an open capture.
#[derive(Clone, Debug)]
pub struct CaptureForm {
    /// The stream that the rest was read for.
    of: Option<CapturedStream>,
    /// The streams of the capture.
    pub streams: Vec<ListedStream>,
    /// The number of the stream that is open.
    pub chosen: Option<usize>,
    /// The path of an SDP file; empty for none.
    pub sdp: String,
    /// The path of a keys file; empty for none.
    pub keys_file: String,
    /// The key of the stream in hex digits; empty for none.
    pub key: KeyText,
    /// How the packets are protected with the key.
    pub method: Method,
    /// The rollover counter at the first packet.
    pub first_roc: u32,
}

/// What is to change of an open capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaptureChange {
    /// Another stream, by its number.
    Stream(usize),
    /// The SDP as typed.
    Sdp,
    /// The keys file as typed.
    KeysFile,
    /// The key as typed.
    Key,
}

impl Default for CaptureForm {
    fn default() -> Self {
        Self {
            of: None,
            streams: Vec::new(),
            chosen: None,
            sdp: String::new(),
            keys_file: String::new(),
            key: KeyText::default(),
            method: Method::Protection(Protection::OneKeyEcb),
            first_roc: 0,
        }
    }
}

/// How packets may be protected with one key: all that is read but `SFrame`, which takes two keys. A suite of SRTP that is a
/// protection of the call has the protection's name.
pub fn methods() -> impl Iterator<Item = Method> {
    let with_one_key = Protection::ALL.into_iter().filter(|protection| *protection != Protection::Sframe);
    let others = Suite::ALL
        .into_iter()
        .filter(|suite| Protection::ALL.iter().all(|protection| protection.srtp_suite() != Some(*suite)));
    with_one_key.map(Method::Protection).chain(others.map(Method::Suite))
}

impl CaptureForm {
    /// Takes over another capture, or the same with another stream, SDP or key. `open` gives what is known of it, once it is
    /// open.
    pub fn follow(&mut self, captured: &CapturedStream, open: impl FnOnce() -> Option<Arc<OpenCapture>>) {
        if self.of.as_ref() == Some(captured) {
            return;
        }
        let Some(capture) = open() else { return };
        let path = |path: Option<&Path>| path.map(|path| path.display().to_string()).unwrap_or_default();
        *self = Self {
            of: Some(captured.clone()),
            streams: capture.streams.clone(),
            chosen: Some(capture.chosen),
            sdp: path(captured.sdp.as_deref()),
            keys_file: path(captured.keys_file()),
            ..Self::default()
        };
        if let Some(secret) = captured.secret() {
            self.key = KeyText(hex::encode(secret.key.bytes()));
            (self.method, self.first_roc) = (secret.method, secret.first_roc);
        }
    }

    /// The capture with a change.
    ///
    /// # Errors
    /// If the key is no text in hex digits.
    pub(super) fn changed(
        &self,
        captured: &CapturedStream,
        change: CaptureChange,
    ) -> Result<CapturedStream, String> {
        let typed = |text: &str| Some(PathBuf::from(text.trim())).filter(|path| !path.as_os_str().is_empty());
        let mut changed = captured.clone();
        match change {
            CaptureChange::Stream(number) => {
                changed.stream = Some(StreamChoice::Number(number));
                // The key of a meeting is that of all its streams; others are of one stream.
                let is_of_meeting = |secret: &StreamSecret| {
                    matches!(
                        secret.method,
                        Method::Protection(Protection::OneKeyEcb | Protection::PerStreamGcm)
                    )
                };
                if captured.secret().is_some_and(|secret| !is_of_meeting(secret)) {
                    changed.keys = None;
                }
            }
            CaptureChange::Sdp => changed.sdp = typed(&self.sdp),
            CaptureChange::KeysFile => changed.keys = typed(&self.keys_file).map(CaptureKeys::File),
            CaptureChange::Key if self.key.0.trim().is_empty() => changed.keys = None,
            CaptureChange::Key => {
                let bytes = hex_digits::read(&self.key.0).map_err(|_| {
                    "the key of a stream is written in hex digits, two for each byte".to_owned()
                })?;
                let (method, first_roc) = (self.method, self.first_roc);
                changed.keys =
                    Some(CaptureKeys::Stream(StreamSecret { method, key: Key::new(&bytes), first_roc }));
            }
        }
        Ok(changed)
    }
}
