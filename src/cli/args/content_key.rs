//! What opens a source that is encrypted already: the content key of an MP4 file; codec and key of a stream of a capture.

use std::path::PathBuf;

use clap::Args;

use super::files::Files;
use crate::cli::failure::Failure;
use crate::media::capture::{CaptureKeys, CapturedStream, StreamSecret};
use crate::media::{ContentKey, NoContentKey, Source, StreamChoice};
use crate::text::hex_digits;
use crate::wire::keys::Method;
use crate::wire::protection::Key;

/// The key of a source that is encrypted already, and what a stream of a capture is.
#[derive(Args, Debug)]
pub struct ContentKeyArgs {
    /// The key of a source that is encrypted already: of an MP4 file in Common Encryption (cenc, cens, cbc1, cbcs), 32 hex
    /// digits; of a stream of a capture, with --protection. Panels of the scheme own show the source without it
    #[arg(long, value_name = "HEX")]
    content_key: Option<String>,
    /// The codecs of a capture's streams: an SDP file. A key in it (a=crypto) decrypts SRTP
    #[arg(long, value_name = "FILE")]
    sdp: Option<PathBuf>,
    /// The keys of a capture's streams: a keys file in TOML, such as afterimage call writes
    #[arg(long, value_name = "FILE", conflicts_with_all = ["content_key", "protection"])]
    keys: Option<PathBuf>,
    /// How a stream of a capture is protected: one-key-ecb, per-stream-gcm, srtp, srtp-gcm, or the name of an SRTP suite such
    /// as `AEAD_AES_256_GCM`. Its key is --content-key; without one it is --key, which then is not the key of the schemes. For
    /// SRTP the master key is followed by the salt: 16 + 14 bytes for srtp, 16 + 12 for srtp-gcm
    #[arg(long, value_name = "NAME")]
    protection: Option<Method>,
    /// The rollover counter at the first packet of the capture: how often the sequence number has wrapped before
    /// [default: 0]
    #[arg(long, value_name = "N", requires = "protection")]
    roc: Option<u32>,
}

/// The key of a stream of a capture, for commands that have no key of their own.
#[derive(Args, Debug)]
pub struct StreamKeyArgs {
    /// The key of a stream of a capture, with --protection; the same as --content-key
    #[arg(long, value_name = "HEX", requires = "protection", conflicts_with = "content_key")]
    pub key: Option<String>,
}

impl ContentKeyArgs {
    /// Adds the files that are read to the files of a command.
    #[must_use]
    pub fn read_by(&self, files: Files) -> Files {
        files.reading("the SDP", self.sdp.as_deref()).reading("the keys file", self.keys.as_deref())
    }

    /// True if `--key` is the key of a stream of a capture.
    #[must_use]
    pub const fn takes_key(&self) -> bool {
        self.protection.is_some() && self.content_key.is_none()
    }

    /// The source with the keys of the command line, else with its own ones. A file that is a capture is named as one, with
    /// this choice of its stream. `key` is the value of `--key`.
    ///
    /// # Errors
    /// If a key cannot be parsed, or the source does not take one. Messages never contain the key.
    pub fn over(
        &self,
        source: &Source,
        stream: Option<StreamChoice>,
        key: Option<&str>,
    ) -> Result<Source, Failure> {
        match source.clone().recognized(stream) {
            Source::Capture(captured) => self.over_capture(captured, key).map(Source::Capture),
            source => self.over_file(&source),
        }
    }

    fn over_file(&self, source: &Source) -> Result<Source, Failure> {
        let of_captures = [
            ("--sdp", self.sdp.is_some()),
            ("--keys", self.keys.is_some()),
            ("--protection", self.protection.is_some()),
        ];
        if let Some((option, _)) = of_captures.iter().find(|(_, is_given)| *is_given) {
            let message = format!("only a capture (pcap, pcapng) takes {option}; the source is {source}");
            return Err(Failure::Usage(message));
        }
        let Some(text) = &self.content_key else { return Ok(source.clone()) };
        let key: ContentKey =
            text.parse().map_err(|error: NoContentKey| Failure::Usage(error.to_string()))?;
        if source.path().is_none() {
            return Err(Failure::Usage(format!("only a file takes a --content-key; the source is {source}")));
        }
        Ok(source.with_key(Some(key)))
    }

    fn over_capture(&self, captured: CapturedStream, key: Option<&str>) -> Result<CapturedStream, Failure> {
        let own_method = captured.secret().map(|secret| secret.method);
        let text = self.content_key.as_deref().or(key.filter(|_| self.takes_key()));
        let keys = match (text, self.protection.or(own_method), &self.keys) {
            (Some(text), Some(method), _) => {
                let bytes = hex_digits::read(text).map_err(|_| {
                    Failure::Usage("the key of a stream is written in hex digits, two for each byte".into())
                })?;
                let secret = StreamSecret { method, key: Key::new(&bytes), first_roc: self.roc.unwrap_or(0) };
                Some(CaptureKeys::Stream(secret))
            }
            (Some(_), None, _) => {
                let message =
                    "the key of a stream needs the name of its protection; give --protection, such as srtp";
                return Err(Failure::Usage(message.into()));
            }
            (None, _, _) if self.protection.is_some() => {
                let message = "--protection needs the key of the stream; give it with --content-key or --key, or give \
                               --keys FILE instead";
                return Err(Failure::Usage(message.into()));
            }
            (None, _, Some(file)) => Some(CaptureKeys::File(file.clone())),
            (None, _, None) => captured.keys,
        };
        Ok(CapturedStream { sdp: self.sdp.clone().or(captured.sdp), keys, ..captured })
    }
}
