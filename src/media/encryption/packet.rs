//! How each packet of a file in Common Encryption is encrypted, as stated by the tables of the file.
//!
//! FFmpeg's demuxer reads the tables of files with and without fragments. It does not report constant IVs and the size
//! of IVs; these are read from the sample entries in the movie box.

use std::io::{Read, SeekFrom};

use ffmpeg_next::Stream;
use ffmpeg_next::format::context::Input;

use crate::media::mp4::boxes::Header;
use crate::media::mp4::track_encryption::{Protection, TrackEncryption};
use crate::media::mp4::{Kind, Mp4Box, movie};
use crate::media::origin::{Bytes, Origin};

/// The most bytes of a movie box that are read; fields that only a larger one states are unknown.
const MOST_MOVIE_BYTES: u64 = 64 << 20;
/// The most boxes that are skipped before the movie box.
const MOST_BOXES: usize = 1 << 16;
/// Bytes of the longest box header.
const LONGEST_HEADER_BYTES: u64 = 16;

/// How a packet is encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PacketEncryption {
    /// The scheme: `cenc`, `cens`, `cbc1` or `cbcs`.
    pub scheme: Kind,
    /// How many blocks of the pattern are encrypted, and how many after them are skipped; 0 and 0 without a pattern.
    pub pattern: (u32, u32),
    /// The number of the key: 16 bytes.
    pub key_id: Vec<u8>,
    /// The IV, extended with zeros to 16 bytes.
    pub iv: Vec<u8>,
    /// Its parts in order; empty if the whole packet is protected.
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
    /// All bytes.
    All,
    /// Repeats: `encrypted` whole blocks of 16 bytes are encrypted, then `skipped` blocks are not; a rest under 16
    /// bytes is clear. `encrypted` is greater than 0.
    Blocks(u32, u32),
    /// No bytes.
    None,
}

impl PacketEncryption {
    /// That of a packet of a capture as it was transmitted: all bytes.
    pub(in crate::media) const fn transmitted() -> Self {
        Self { scheme: RTP, pattern: (0, 0), key_id: Vec::new(), iv: Vec::new(), parts: Vec::new() }
    }

    /// Which bytes of each protected run are encrypted (ISO/IEC 23001-7, 9.4 to 10.4): whole blocks with a pattern and
    /// with CBC, else all.
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

    /// Clear and protected bytes of each part of a packet of `bytes` bytes. One part if the whole packet is protected;
    /// `None` if the parts are longer than the packet.
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

    /// How many bytes of a packet of `bytes` bytes are encrypted; 0 if its parts are longer than the packet.
    #[must_use]
    pub fn encrypted_bytes(&self, bytes: usize) -> usize {
        let coverage = self.coverage();
        let parts = self.parts_of(bytes).unwrap_or_default();
        parts.into_iter().map(|(_, protected)| coverage.encrypted_bytes(protected)).sum()
    }
}

impl Coverage {
    /// How many bytes of a protected run of `protected` bytes are encrypted.
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

/// How the tracks of a file are encrypted, as stated by their sample entries.
#[derive(Clone, Debug, Default)]
pub(in crate::media) struct Protections {
    /// By the numbers of the tracks.
    tracks: Vec<(u32, Protection)>,
    /// That of all streams of a capture whose packets are as they were transmitted.
    transmitted: Option<Protection>,
}

/// The scheme of packets that were transmitted by RTP: all bytes count as encrypted.
const RTP: Kind = Kind(*b"rtp ");

impl Protections {
    /// Reads the sample entries of an MP4 file. Finds none if the movie box is damaged, too large or missing; packets
    /// state the most important fields too.
    pub(in crate::media) fn of(origin: &Origin, input: &Input) -> Self {
        if origin.transmitted().is_some() {
            let (pattern, key_id) = ((0, 0), [0; 16]);
            let track =
                TrackEncryption { pattern, is_protected: true, iv_bytes: 0, key_id, constant_iv: None };
            let transmitted = Protection { original_format: RTP, scheme: RTP, track };
            return Self { tracks: Vec::new(), transmitted: Some(transmitted) };
        }
        if !input.format().name().split(',').any(|name| name == "mp4") {
            return Self::default();
        }
        let tracks = movie_box(&mut *origin.bytes()).and_then(|moov| movie::tracks(&moov).ok());
        let tracks = tracks.unwrap_or_default().into_iter();
        let tracks = tracks.filter_map(|track| Some((track.id, track.protection().ok()??))).collect();
        Self { tracks, transmitted: None }
    }

    /// True if the packets are those of a capture as they were transmitted.
    pub(in crate::media) const fn are_transmitted(&self) -> bool {
        self.transmitted.is_some()
    }

    /// True if a track is encrypted.
    pub(in crate::media) fn has_any(&self) -> bool {
        self.transmitted.is_some() || self.tracks.iter().any(|(_, protection)| protection.track.is_protected)
    }

    /// How the samples of a stream are encrypted; `None` if they are clear.
    pub(in crate::media) fn of_stream(&self, stream: &Stream<'_>) -> Option<&Protection> {
        if self.transmitted.is_some() {
            return self.transmitted.as_ref();
        }
        let protection = self.tracks.iter().find(|(id, _)| i32::try_from(*id) == Ok(stream.id()));
        protection.map(|(_, protection)| protection).filter(|protection| protection.track.is_protected)
    }
}

/// The movie box of a file, wherever it is.
fn movie_box(file: &mut dyn Bytes) -> Option<Mp4Box> {
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
    fn patterns_restart_in_every_part() {
        let encryption = encryption(*b"cbcs", (1, 1), &[(7, 40), (3, 40), (10, 0)]);
        assert_eq!(encryption.parts_of(100), Some(vec![(7, 40), (3, 40), (10, 0)]));
        assert_eq!(encryption.encrypted_bytes(100), 2 * 16);
    }

    #[test]
    fn parts_longer_than_the_packet_are_rejected() {
        let encryption = encryption(*b"cenc", (0, 0), &[(7, 40), (u32::MAX, u32::MAX)]);
        assert_eq!((encryption.parts_of(100), encryption.encrypted_bytes(100)), (None, 0));
    }
}
