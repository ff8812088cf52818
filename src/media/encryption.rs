//! How the packets of a file are encrypted that somebody else encrypted: Common Encryption (ISO/IEC 23001-7), schemes
//! `cenc`, `cens`, `cbc1` and `cbcs`.
//!
//! FFmpeg's demuxer reads the tables of plain and of fragmented files and states with each packet how it is encrypted. What
//! it does not state, the size of IVs and constant ones, is read from the sample entries of the movie.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{Read, SeekFrom};

use ffmpeg_next::Stream;
use ffmpeg_next::format::context::Input;
use serde::Serialize;

use super::container::{Packets, StreamKind};
use super::error::MediaError;
use super::frames::Progress;
use super::limits::Limits;
use super::mp4::boxes::Header;
use super::mp4::track_encryption::Protection;
use super::mp4::{Kind, Mp4Box, movie};
use super::origin::Origin;
use super::source::Source;
use super::stream_choice::{MessageUnit, StreamChoice, chosen};

/// The most bytes of a movie box that are read; larger ones leave out what only they state.
const MOST_MOVIE_BYTES: u64 = 64 << 20;
/// The most boxes before the movie box.
const MOST_BOXES: usize = 1 << 16;
/// Bytes of the longest header of a box.
const LONGEST_HEADER_BYTES: u64 = 16;
/// Packets between two reports of progress.
const PACKETS_PER_REPORT: u64 = 256;
/// The most key IDs that are listed of a stream.
const MOST_KEY_IDS: usize = 64;

/// How a packet is encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PacketEncryption {
    /// The scheme: `cenc`, `cens`, `cbc1` or `cbcs`.
    pub scheme: Kind,
    /// How many blocks of the pattern are encrypted, and how many after them are skipped; 0 and 0 without a pattern.
    pub pattern: (u32, u32),
    /// The number of the key: 16 bytes.
    pub key_id: Vec<u8>,
    /// The IV, filled with zeros up to 16 bytes.
    pub iv: Vec<u8>,
    /// Its parts, one after another; none if all of it is protected.
    pub parts: Vec<Part>,
}

/// A part of a packet: clear bytes, then protected ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// How many bytes are clear.
    pub clear: u32,
    /// How many bytes follow that are protected.
    pub protected: u32,
}

/// Which bytes of a protected run are encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// All of them.
    All,
    /// So many whole blocks of 16 bytes, then so many that are skipped, again and again; a rest under 16 bytes stays clear.
    /// The first number is greater than 0.
    Blocks(u32, u32),
    /// None.
    None,
}

impl PacketEncryption {
    /// Which bytes of each protected run are encrypted (ISO/IEC 23001-7, 9.4 to 10.4): with a pattern and with CBC whole
    /// blocks, else all.
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        match (self.pattern, &self.scheme.0) {
            ((0, 0), b"cbc1" | b"cbcs") => Coverage::Blocks(1, 0),
            ((0, 0), _) | (_, b"cenc") => Coverage::All,
            (_, b"cbc1") => Coverage::Blocks(1, 0),
            ((0, _), _) => Coverage::None,
            ((encrypted, skipped), _) => Coverage::Blocks(encrypted, skipped),
        }
    }

    /// The parts of a packet of so many bytes; `None` if they are more bytes than the packet has. One part if all of it is
    /// protected.
    #[must_use]
    pub fn parts_of(&self, bytes: usize) -> Option<Vec<(usize, usize)>> {
        if self.parts.is_empty() {
            return Some(vec![(0, bytes)]);
        }
        let mut left = bytes;
        let part = |part: &Part| {
            let (clear, protected) =
                (usize::try_from(part.clear).ok()?, usize::try_from(part.protected).ok()?);
            left = left.checked_sub(clear)?.checked_sub(protected)?;
            Some((clear, protected))
        };
        self.parts.iter().map(part).collect()
    }

    /// How many bytes of a packet of so many bytes are encrypted; none if its parts do not fit.
    #[must_use]
    pub fn encrypted_bytes(&self, bytes: usize) -> usize {
        let coverage = self.coverage();
        let parts = self.parts_of(bytes).unwrap_or_default();
        parts.into_iter().map(|(_, protected)| coverage.encrypted_bytes(protected)).sum()
    }
}

impl Coverage {
    /// How many bytes of a protected run of so many bytes are encrypted.
    #[must_use]
    pub fn encrypted_bytes(self, protected: usize) -> usize {
        let Self::Blocks(encrypted, skipped) = self else {
            return if self == Self::All { protected } else { 0 };
        };
        let blocks = protected / 16;
        let (encrypted, skipped) = (encrypted as usize, skipped as usize);
        let period = encrypted.saturating_add(skipped).max(1);
        16 * (blocks / period * encrypted + (blocks % period).min(encrypted))
    }
}

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
    /// The numbers of the keys, in hex, each once, in the order of first use.
    pub key_ids: Vec<String>,
    /// The pattern as ENCRYPTED:SKIPPED blocks; `None` without one.
    pub pattern: Option<String>,
    /// Bytes of the IV of each sample, 0 if all have the constant one; `None` if the movie box does not say.
    pub iv_bytes: Option<u8>,
    /// The IV of all samples, in hex; `None` if each has its own.
    pub constant_iv: Option<String>,
    /// How many packets there are.
    pub packets: u64,
    /// How many packets are encrypted, as a whole or in part.
    pub encrypted_packets: u64,
    /// Bytes of all packets.
    pub bytes: u64,
    /// How many of these bytes are clear.
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

/// How each encrypted stream of a file is encrypted, by the numbers of the streams; empty for a file of which nothing is, and
/// for a source that is no file. Reads the file once.
///
/// # Errors
/// When the file cannot be read, and [`MediaError::Interrupted`] when `progress` says so.
pub fn encryption_of(
    source: &Source,
    limits: Limits,
    progress: Progress<'_>,
) -> Result<Vec<StreamEncryption>, MediaError> {
    let mut packets = match Packets::open(&source.without_key(), limits) {
        Ok(packets) if packets.streams().iter().any(|stream| stream.is_encrypted) => packets,
        // Pictures that are no container, and sources that are no files.
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

/// True if a stream is encrypted in its file, as its sample entry says; without a `choice` the first video, or the first sound
/// of a file without video.
///
/// # Errors
/// When the source is no file that can be read.
pub fn is_encrypted(
    source: &Source,
    choice: Option<StreamChoice>,
    limits: Limits,
) -> Result<bool, MediaError> {
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

    /// Fills in what the sample entry alone states.
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

/// How the tracks of a file are encrypted, as their sample entries say.
#[derive(Clone, Debug, Default)]
pub(super) struct Protections(Vec<(u32, Protection)>);

impl Protections {
    /// Reads the sample entries of an MP4 file. None are found if the movie box is damaged, too large or not there: the
    /// packets state the rest.
    pub(super) fn of(origin: &Origin, input: &Input) -> Self {
        if !input.format().name().split(',').any(|name| name == "mp4") {
            return Self::default();
        }
        let tracks = movie_box(&mut *origin.bytes()).and_then(|moov| movie::tracks(&moov).ok());
        let tracks = tracks.unwrap_or_default().into_iter();
        Self(tracks.filter_map(|track| Some((track.id, track.protection().ok()??))).collect())
    }

    /// True if a track is encrypted.
    pub(super) fn has_any(&self) -> bool {
        self.0.iter().any(|(_, protection)| protection.track.is_protected)
    }

    /// How the samples of a stream are encrypted; `None` if they are clear.
    pub(super) fn of_stream(&self, stream: &Stream<'_>) -> Option<&Protection> {
        let protection = self.0.iter().find(|(id, _)| i32::try_from(*id) == Ok(stream.id()));
        protection.map(|(_, protection)| protection).filter(|protection| protection.track.is_protected)
    }
}

/// The movie box among the boxes of a file, wherever it stands.
fn movie_box(file: &mut dyn super::origin::Bytes) -> Option<Mp4Box> {
    let end = file.seek(SeekFrom::End(0)).ok()?;
    let mut at = 0;
    for _ in 0..MOST_BOXES {
        file.seek(SeekFrom::Start(at)).ok()?;
        let mut head = Vec::new();
        file.take(LONGEST_HEADER_BYTES).read_to_end(&mut head).ok()?;
        let header = Header::read(&head).ok()??;
        let bytes = header.bytes.unwrap_or(end - at);
        let next = at.checked_add(bytes).filter(|&next| next <= end)?;
        if header.kind == movie::MOOV {
            if bytes > MOST_MOVIE_BYTES {
                return None;
            }
            let mut moov = Vec::new();
            file.seek(SeekFrom::Start(at)).ok()?;
            file.take(bytes).read_to_end(&mut moov).ok()?;
            return Mp4Box::read_all(&moov).ok()?.into_iter().next();
        }
        at = next;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encryption(scheme: [u8; 4], pattern: (u32, u32), parts: &[(u32, u32)]) -> PacketEncryption {
        let part = |&(clear, protected)| Part { clear, protected };
        let parts = parts.iter().map(part).collect();
        PacketEncryption { scheme: Kind(scheme), pattern, key_id: vec![1; 16], iv: vec![2; 16], parts }
    }

    #[test]
    fn ctr_encrypts_rests_and_cbc_and_patterns_whole_blocks() {
        for (scheme, pattern, bytes) in [
            (b"cenc", (0, 0), 100),
            (b"cens", (0, 0), 100),
            (b"cens", (1, 9), 16),
            (b"cens", (2, 1), 64),
            (b"cbc1", (0, 0), 96),
            (b"cbcs", (0, 0), 96),
            (b"cbcs", (1, 9), 16),
            (b"cbcs", (10, 0), 96),
            (b"cbcs", (5, 5), 80),
            (b"cbcs", (0, 10), 0),
        ] {
            let found = encryption(*scheme, pattern, &[]).encrypted_bytes(100);
            assert_eq!(found, bytes, "{} {pattern:?}", scheme.escape_ascii());
        }
    }

    #[test]
    fn patterns_start_anew_in_every_part() {
        let encryption = encryption(*b"cbcs", (1, 1), &[(7, 40), (3, 40), (10, 0)]);
        assert_eq!(encryption.parts_of(100), Some(vec![(7, 40), (3, 40), (10, 0)]));
        assert_eq!(encryption.encrypted_bytes(100), 2 * 16);
    }

    #[test]
    fn parts_past_the_end_of_the_packet_fit_none() {
        let encryption = encryption(*b"cenc", (0, 0), &[(7, 40), (u32::MAX, u32::MAX)]);
        assert_eq!((encryption.parts_of(100), encryption.encrypted_bytes(100)), (None, 0));
    }
}
