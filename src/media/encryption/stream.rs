//! How the streams of a file in Common Encryption are encrypted, summed up over all packets.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::packet::PacketEncryption;
use crate::media::container::Packets;
use crate::media::error::MediaError;
use crate::media::frames::Progress;
use crate::media::limits::Limits;
use crate::media::mp4::Kind;
use crate::media::mp4::track_encryption::Protection;
use crate::media::source::Source;
use crate::media::streams::choice::{MessageUnit, StreamChoice, chosen};
use crate::media::streams::info::StreamKind;

/// Packets between two reports of progress.
const PACKETS_PER_REPORT: u64 = 256;
/// The most key IDs that are listed of a stream.
const MOST_KEY_IDS: usize = 64;

/// How a stream of a file is encrypted, over all its packets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StreamEncryption {
    /// The number of the stream in the file.
    pub stream: usize,
    /// `video`, `audio` or `other`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// FFmpeg's name of the codec.
    pub codec: String,
    /// The scheme: `cenc`, `cens`, `cbc1` or `cbcs`.
    pub scheme: String,
    /// The key IDs in hex, each once, in the order of first use.
    pub key_ids: Vec<String>,
    /// The pattern as ENCRYPTED:SKIPPED blocks, if there is one.
    pub pattern: Option<String>,
    /// Bytes of the IV of each sample, 0 if all use a constant IV; `None` if the movie box does not state it.
    pub iv_bytes: Option<u8>,
    /// The constant IV of all samples, in hex; `None` if each sample has its own.
    pub constant_iv: Option<String>,
    /// The number of packets.
    pub packets: u64,
    /// The number of packets that are encrypted, as a whole or in part.
    pub encrypted_packets: u64,
    /// Bytes of all packets.
    pub bytes: u64,
    /// Clear bytes of all packets.
    pub clear_bytes: u64,
}

impl fmt::Display for StreamEncryption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of stream {} ({}, {})", self.scheme, self.stream, self.kind, self.codec)?;
        let ids = if self.key_ids.len() == 1 { "key ID" } else { "key IDs" };
        write!(f, "; {ids} {}", self.key_ids.join(", "))?;
        if let Some(pattern) = &self.pattern {
            write!(f, "; pattern {pattern}")?;
        }
        match (&self.constant_iv, self.iv_bytes) {
            (Some(iv), _) => write!(f, "; constant IV {iv}")?,
            (None, Some(bytes)) => write!(f, "; an IV of {bytes} bytes a sample")?,
            (None, None) => {}
        }
        let share = 100.0 * self.clear_bytes as f64 / self.bytes.max(1) as f64;
        write!(f, "; {} of {} packets encrypted", self.encrypted_packets, self.packets)?;
        write!(f, "; {share:.1} % of the bytes clear ({} of {})", self.clear_bytes, self.bytes)
    }
}

/// How each encrypted stream of a file is encrypted, in the order of streams. Empty if no stream is encrypted, and for
/// a source that is no file. Reads the file once.
///
/// # Errors
/// If the file cannot be read, and [`MediaError::Interrupted`] if `progress` returns `Break`.
pub fn encryption_of(
    source: &Source,
    limits: Limits,
    progress: Progress<'_>,
) -> Result<Vec<StreamEncryption>, MediaError> {
    let mut packets = match Packets::open(&source.without_key(), limits) {
        Ok(packets) if packets.streams().iter().any(|stream| stream.is_encrypted) => packets,
        // Pictures without a container, and sources that are no files.
        Ok(_) | Err(MediaError::NoPackets(_) | MediaError::NotMedia { .. }) => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut found: BTreeMap<usize, StreamEncryption> = BTreeMap::new();
    let mut count = 0u64;
    while let Some(packet) = packets.next_packet()? {
        let (stream, bytes) = (packet.stream, packet.bytes.len());
        let encryption = packet.encryption.cloned();
        count += 1;
        if count.is_multiple_of(PACKETS_PER_REPORT) && progress(0.0).is_break() {
            return Err(MediaError::Interrupted);
        }
        let Some(info) = packets.streams().get(stream) else { continue };
        if !info.is_encrypted && encryption.is_none() {
            continue;
        }
        let known = found.entry(stream).or_insert_with(|| StreamEncryption {
            stream,
            kind: kind_name(info.kind),
            codec: info.codec.clone(),
            scheme: String::new(),
            key_ids: Vec::new(),
            pattern: None,
            iv_bytes: None,
            constant_iv: None,
            packets: 0,
            encrypted_packets: 0,
            bytes: 0,
            clear_bytes: 0,
        });
        known.add(bytes, encryption.as_ref());
    }
    let mut found: Vec<_> = found.into_values().collect();
    for known in &mut found {
        if let Some(protection) = packets.protection(known.stream) {
            known.complete(protection);
        }
    }
    Ok(found)
}

/// True if a stream is encrypted in its file, as stated by its sample entry. Without a `choice` it is the first video,
/// or the first sound of a file without video. A capture counts as encrypted: its packets can be shown as they were
/// transmitted.
///
/// # Errors
/// If the source is no file, or cannot be read.
pub fn is_encrypted(
    source: &Source,
    choice: Option<StreamChoice>,
    limits: Limits,
) -> Result<bool, MediaError> {
    // The scheme own shows the packets of a capture as they were transmitted, encrypted or not.
    if source.is_of_packets() {
        return Ok(true);
    }
    is_locked(source, choice, limits)
}

/// As [`is_encrypted`], but false for a stream of a capture that was decrypted or is plain.
///
/// # Errors
/// Those of [`is_encrypted`].
pub fn is_locked(source: &Source, choice: Option<StreamChoice>, limits: Limits) -> Result<bool, MediaError> {
    let packets = Packets::open(source, limits)?;
    Ok(chosen(choice, MessageUnit::Packet, packets.streams()).is_ok_and(|stream| stream.is_encrypted))
}

impl StreamEncryption {
    /// Counts a packet.
    fn add(&mut self, bytes: usize, encryption: Option<&PacketEncryption>) {
        self.packets += 1;
        self.bytes += bytes as u64;
        let encrypted = encryption.map_or(0, |encryption| encryption.encrypted_bytes(bytes));
        self.clear_bytes += (bytes - encrypted) as u64;
        let Some(encryption) = encryption else { return };
        self.encrypted_packets += u64::from(encrypted > 0);
        self.state_scheme(encryption.scheme, encryption.pattern);
        let key_id = hex::encode(&encryption.key_id);
        if self.key_ids.len() < MOST_KEY_IDS && !self.key_ids.contains(&key_id) {
            self.key_ids.push(key_id);
        }
    }

    fn state_scheme(&mut self, scheme: Kind, pattern: (u32, u32)) {
        if self.scheme.is_empty() {
            self.scheme = scheme.to_string();
            self.pattern = (pattern != (0, 0)).then(|| format!("{}:{}", pattern.0, pattern.1));
        }
    }

    /// Adds the fields that only the sample entry states.
    fn complete(&mut self, protection: &Protection) {
        let track = &protection.track;
        self.state_scheme(protection.scheme, (track.pattern.0.into(), track.pattern.1.into()));
        if self.key_ids.is_empty() {
            self.key_ids.push(hex::encode(track.key_id));
        }
        self.iv_bytes = Some(track.iv_bytes);
        self.constant_iv = track.constant_iv.as_ref().map(hex::encode);
    }
}

const fn kind_name(kind: StreamKind) -> &'static str {
    match kind {
        StreamKind::Video => "video",
        StreamKind::Audio => "audio",
        StreamKind::Subtitle | StreamKind::Other => "other",
    }
}
