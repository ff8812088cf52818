//! `afterimage encrypt --target`: encrypts encoded data or a whole file; and decrypts it again.

use std::fmt;
use std::io::{self, Write};
use std::ops::Range;
use std::str::FromStr;
use std::sync::Arc;

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

use crate::cli::terminal::stop;
use crate::crypto::{KeyMaterial, MessageCipher, Parameters, Scheme};
use crate::media::{Index, Limits, MediaError, Source, StreamChoice};
use crate::payload::{MessageReader, Procedure, Target, file_bytes, header_bytes};
use crate::render::encrypt_messages;
use crate::runtime::pool::{Buffer, Pool};
use crate::units::{FrameIndex, MessageNumber};

/// How many bytes at the start of a file stay clear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClearBytes {
    /// The header before the samples of BMP, PBM, PGM, PPM, PAM and WAV; 0 bytes of other files.
    Auto,
    /// This many bytes.
    Count(usize),
}

impl FromStr for ClearBytes {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "auto" {
            return Ok(Self::Auto);
        }
        let count = text.parse().map(Self::Count);
        count.map_err(|_| format!("{text:?} is not a number of bytes; give one, such as 54, or auto"))
    }
}

impl fmt::Display for ClearBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => f.write_str("auto"),
            Self::Count(count) => count.fmt(f),
        }
    }
}

/// Ciphertext, and the data that describes it.
pub struct Encrypted {
    /// The bytes in order, including tags.
    pub bytes: Vec<u8>,
    /// The same bytes without encryption and tags.
    pub plaintext: Vec<u8>,
    /// The parameters from which another program can make or decrypt the bytes.
    pub report: TargetReport,
}

/// The parameters from which another program can make the same bytes, or decrypt them.
#[derive(Debug, Serialize, Deserialize)]
pub struct TargetReport {
    pub scheme: String,
    pub target: Target,
    /// The number of the stream in the file; `None` for a whole file.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub stream: Option<usize>,
    /// The encoder and its options, if the source was encoded anew.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub encode: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub frame: Option<FrameIndex>,
    pub key: String,
    pub messages: Vec<MessageReport>,
    pub plaintext_bytes: usize,
    pub ciphertext_bytes: usize,
}

/// One message in the output.
#[derive(Debug, Serialize, Deserialize)]
pub struct MessageReport {
    pub number: u64,
    #[serde(rename = "type")]
    pub kind: String,
    /// Its offset in the output.
    pub offset: usize,
    /// Its bytes without a tag, which follows them.
    pub bytes: usize,
    /// Clear runs: offset in the output, and number of bytes, of each.
    pub clear: Vec<[usize; 2]>,
    /// Offsets of runs at which the mode restarts; empty if it continues through the message.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub restarts: Vec<usize>,
    /// True if all bytes were encrypted, including padding, and clear bytes were then written over them.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub overlaid: bool,
    #[serde(flatten)]
    pub parameters: std::collections::BTreeMap<String, String>,
}

fn named(parameters: &Parameters) -> std::collections::BTreeMap<String, String> {
    parameters.named().map(|(name, bytes)| (name.to_owned(), hex::encode(bytes))).collect()
}

/// Encrypts the messages of a frame. `index` is the index of the source, if one was made before.
///
/// # Errors
/// If the source cannot be read, has no such frame or stream, or the target does not suit the stream.
pub fn messages(
    source: &Source,
    (target, stream): (Target, Option<StreamChoice>),
    (frame, index): (FrameIndex, Option<&Arc<Index>>),
    (scheme, key): (Scheme, &KeyMaterial),
) -> anyhow::Result<Encrypted> {
    let limits = Limits::default();
    let mut reader = MessageReader::open(source, stream, target, limits, index, &stop::keep_going)?;
    let stream = reader.stream().index;
    let payload = reader.payload(frame, reader.shape(), &stop::keep_going)?;
    if payload.messages().is_empty() && frame.0 >= reader.frames() {
        return Err(MediaError::NoSuchFrame { index: frame, frames: reader.frames() }.into());
    }
    let cipher = scheme.cipher(key)?;
    let (ciphertext, parameters) = encrypt_messages(&*cipher, &payload, &Pool::default())?;
    let mut bytes = Vec::with_capacity(ciphertext.len());
    let (mut reports, mut at) = (Vec::new(), 0);
    for (message, parameters) in payload.messages().iter().zip(&parameters) {
        // Bytes between messages are clear.
        bytes.extend_from_slice(&ciphertext[at..message.range.start]);
        let offset = bytes.len();
        let place = |at: usize| offset + at - message.range.start;
        let run = |range: &Range<usize>| [place(range.start), range.len()];
        reports.push(MessageReport {
            number: message.number.0,
            kind: message.kind.into(),
            offset,
            bytes: message.range.len(),
            clear: message.clear(cipher.pads()).iter().map(run).collect(),
            restarts: if message.procedure == Procedure::EachPiece {
                message
                    .pieces
                    .iter()
                    .filter_map(|piece| piece.encrypted().next())
                    .map(|it| place(it.start))
                    .collect()
            } else {
                Vec::new()
            },
            overlaid: false,
            parameters: named(parameters),
        });
        bytes.extend_from_slice(&ciphertext[message.range.clone()]);
        bytes.extend_from_slice(parameters.tag.as_deref().unwrap_or_default());
        at = message.range.end;
    }
    bytes.extend_from_slice(&ciphertext[at..]);
    let report = TargetReport {
        scheme: scheme.to_string(),
        target,
        stream: Some(stream),
        encode: None,
        frame: Some(frame),
        key: scheme.key_hex(key)?,
        messages: reports,
        plaintext_bytes: payload.bytes().len(),
        ciphertext_bytes: bytes.len(),
    };
    Ok(Encrypted { bytes, plaintext: payload.bytes().to_vec(), report })
}

/// Encrypts a file as it is, like `openssl enc`, and puts clear bytes back at its start. With `is_body`, only the
/// bytes after them are encrypted.
///
/// # Errors
/// If the file cannot be read or is too large.
pub fn file(
    source: &Source,
    clear: ClearBytes,
    is_body: bool,
    (scheme, key): (Scheme, &KeyMaterial),
) -> anyhow::Result<Encrypted> {
    let plaintext = file_bytes(source)?;
    let clear = match clear {
        ClearBytes::Auto => header_bytes(&plaintext),
        ClearBytes::Count(count) => count.min(plaintext.len()),
    };
    let start = if is_body { clear } else { 0 };
    let cipher = scheme.cipher(key)?;
    let mut ciphertext = Buffer::default();
    let parameters = cipher
        .encrypt(MessageNumber(0), &plaintext[start..], &mut ciphertext)
        .with_context(|| format!("{scheme} does not support this file"))?;
    let mut bytes = [&plaintext[..start], &ciphertext].concat();
    bytes[..clear].copy_from_slice(&plaintext[..clear]);
    let message = MessageReport {
        number: 0,
        kind: "file".into(),
        offset: start,
        bytes: bytes.len() - start,
        clear: if clear > start { vec![[start, clear - start]] } else { Vec::new() },
        restarts: Vec::new(),
        overlaid: true,
        parameters: named(&parameters),
    };
    bytes.extend_from_slice(parameters.tag.as_deref().unwrap_or_default());
    let report = TargetReport {
        scheme: scheme.to_string(),
        target: Target::File,
        stream: None,
        encode: None,
        frame: None,
        key: scheme.key_hex(key)?,
        messages: vec![message],
        plaintext_bytes: plaintext.len(),
        ciphertext_bytes: bytes.len(),
    };
    Ok(Encrypted { bytes, plaintext, report })
}

impl TargetReport {
    /// Writes the report as lines of text.
    pub fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut line = |name: &str, value: &dyn fmt::Display| writeln!(out, "{name:<18}{value}");
        line("scheme", &self.scheme)?;
        line("target", &self.target)?;
        if let Some(stream) = self.stream {
            line("stream", &stream)?;
        }
        if let Some(encode) = &self.encode {
            line("encode", encode)?;
        }
        if let Some(frame) = self.frame {
            line("frame", &frame)?;
        }
        line("key", &self.key)?;
        for message in &self.messages {
            let clear: usize = message.clear.iter().map(|run| run[1]).sum();
            let MessageReport { number, kind, offset, bytes, .. } = message;
            line(
                "message",
                &format!("{number}: {kind}, {bytes} bytes from {offset}, {clear} of them clear"),
            )?;
            for (name, value) in &message.parameters {
                line(&format!("  {name}"), value)?;
            }
        }
        line("plaintext_bytes", &self.plaintext_bytes)?;
        line("ciphertext_bytes", &self.ciphertext_bytes)
    }

    /// Decrypts the bytes that were written with this report.
    ///
    /// # Errors
    /// If the bytes do not match the report, or a tag or padding does not match.
    pub fn decrypt(&self, ciphertext: &[u8], cipher: &dyn MessageCipher) -> anyhow::Result<Vec<u8>> {
        if ciphertext.len() != self.ciphertext_bytes {
            bail!(
                "the ciphertext has {} bytes, but the parameters are those of {}; give the file that was written with them",
                ciphertext.len(),
                self.ciphertext_bytes
            );
        }
        let mut plaintext = Vec::with_capacity(self.plaintext_bytes);
        let mut at = 0;
        for message in &self.messages {
            let end = message.offset.checked_add(message.bytes).filter(|&end| end <= ciphertext.len());
            let (Some(end), true) = (end, at <= message.offset) else {
                bail!("the parameters name bytes that the ciphertext does not have");
            };
            plaintext.extend_from_slice(&ciphertext[at..message.offset]);
            let tag = ciphertext.get(end..end + cipher.tag_bytes()).unwrap_or_default();
            plaintext.extend(message.decrypt(ciphertext, end, tag, cipher)?);
            at = end + tag.len();
        }
        plaintext.extend_from_slice(&ciphertext[at..]);
        Ok(plaintext)
    }
}

impl MessageReport {
    fn decrypt(
        &self,
        ciphertext: &[u8],
        end: usize,
        tag: &[u8],
        cipher: &dyn MessageCipher,
    ) -> anyhow::Result<Vec<u8>> {
        let number = MessageNumber(self.number);
        let tag = (!tag.is_empty()).then_some(tag);
        let what = || format!("message {} cannot be decrypted", self.number);
        let mut message = ciphertext[self.offset..end].to_vec();
        if self.overlaid {
            let mut plaintext = cipher.decrypt(number, &message, tag).with_context(what)?;
            for &[start, length] in &self.clear {
                let range = start - self.offset..start + length - self.offset;
                let (Some(to), Some(from)) = (plaintext.get_mut(range.clone()), message.get(range)) else {
                    continue;
                };
                to.copy_from_slice(from);
            }
            return Ok(plaintext);
        }
        let mut is_clear = vec![false; message.len()];
        for &[start, length] in &self.clear {
            let range = start.checked_sub(self.offset).map(|start| start..start + length);
            let clear = range.and_then(|range| is_clear.get_mut(range));
            clear.context("the parameters name clear bytes that the message does not have")?.fill(true);
        }
        let mut restarts: Vec<usize> =
            self.restarts.iter().map(|at| at.saturating_sub(self.offset)).collect();
        if restarts.is_empty() {
            restarts.push(0);
        }
        restarts.push(message.len());
        for pair in restarts.windows(2) {
            let places: Vec<usize> =
                (pair[0]..pair[1].min(message.len())).filter(|&at| !is_clear[at]).collect();
            let encrypted: Vec<u8> = places.iter().map(|&at| message[at]).collect();
            // A mode of whole blocks left a rest clear, which is at the end.
            let whole = if cipher.pads() { encrypted.len() / 16 * 16 } else { encrypted.len() };
            let plaintext = cipher.decrypt_unpadded(number, &encrypted[..whole], tag).with_context(what)?;
            places.iter().zip(plaintext).for_each(|(&at, byte)| message[at] = byte);
        }
        Ok(message)
    }
}
