//! What a scene in TOML states of a stream of a capture.

use super::SceneError;
use crate::media::capture::{CaptureKeys, CapturedStream, StreamSecret};
use crate::media::{Source, StreamChoice};
use crate::text::hex_digits;
use crate::wire::keys::Method;
use crate::wire::protection::Key;

/// The fields of a capture. Its stream is a field of every scene.
#[derive(Default)]
pub(super) struct Captured {
    pub(super) sdp: Option<String>,
    pub(super) keys: Option<String>,
    pub(super) protection: Option<Method>,
    pub(super) roc: Option<u32>,
    /// The key of the stream in hex digits.
    pub(super) key: Option<String>,
}

impl Captured {
    /// What is to be stated of a source.
    pub(super) fn of(source: &Source) -> Self {
        let Source::Capture(captured) = source else { return Self::default() };
        let secret = captured.secret();
        Self {
            sdp: captured.sdp.as_ref().map(|path| path.display().to_string()),
            keys: captured.keys_file().map(|path| path.display().to_string()),
            protection: secret.map(|secret| secret.method),
            roc: secret.map(|secret| secret.first_roc).filter(|&roc| roc > 0),
            key: secret.map(|secret| hex::encode(secret.key.bytes())),
        }
    }

    /// True if a field is stated that captures alone have.
    pub(super) const fn is_stated(&self) -> bool {
        self.sdp.is_some() || self.keys.is_some() || self.protection.is_some() || self.roc.is_some()
    }

    /// The capture of a source that is a file.
    pub(super) fn over(
        self,
        source: Source,
        stream: Option<StreamChoice>,
        key: Option<String>,
    ) -> Result<Source, SceneError> {
        let Self { sdp, keys, protection, roc, .. } = self;
        let Source::File(path) = source else {
            let field = [("sdp", sdp.is_some()), ("keys", keys.is_some()), ("protection", true)];
            let stated = field.into_iter().find(|(_, is_stated)| *is_stated);
            return Err(SceneError::NoCapture(stated.map_or("roc", |(name, _)| name)));
        };
        if keys.is_some() && protection.is_some() {
            return Err(SceneError::TwoCaptureKeys);
        }
        let secret = |method, text: String| {
            let bytes = hex_digits::read(&text).map_err(|_| SceneError::StreamKey)?;
            let first_roc = roc.unwrap_or_default();
            Ok::<_, SceneError>(CaptureKeys::Stream(StreamSecret {
                method,
                key: Key::new(&bytes),
                first_roc,
            }))
        };
        let keys = match (keys, protection.zip(key)) {
            (Some(file), _) => Some(CaptureKeys::File(file.into())),
            (None, Some((method, key))) => Some(secret(method, key)?),
            (None, None) => None,
        };
        let sdp = sdp.map(Into::into);
        Ok(Source::Capture(CapturedStream { stream, sdp, keys, ..CapturedStream::of(path) }))
    }
}
