//! Decoded pictures and sound, as digests to compare.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::Hasher;
use std::ops::Range;

use super::super::Progress;
use super::super::error::CallError;
use super::super::network::MediaKind;
use crate::media::rtp::{MediaDescription, RtpError, receive};
use crate::media::sound::SoundReader;
use crate::media::{self, Limits, MediaError, Source};
use crate::picture::layout::Layout;
use crate::runtime::pool::Pool;
use crate::wire::rtp::Packet;

/// Frames, or pieces of sound, with their times.
#[derive(Debug, Default)]
pub(super) struct Decoded {
    /// Milliseconds since the start of the stream, and the digest of the bytes.
    pieces: Vec<(u64, u64)>,
}

/// Why nothing was decoded.
enum Failure {
    Interrupted,
    Rtp(RtpError),
    Media(MediaError),
}

impl From<RtpError> for Failure {
    fn from(error: RtpError) -> Self {
        match error {
            RtpError::Media(MediaError::Interrupted) => Self::Interrupted,
            error => Self::Rtp(error),
        }
    }
}

impl From<MediaError> for Failure {
    fn from(error: MediaError) -> Self {
        match error {
            MediaError::Interrupted => Self::Interrupted,
            error => Self::Media(error),
        }
    }
}

impl Decoded {
    /// Decodes what the sender sent.
    pub(super) fn own(
        party: &str,
        kind: MediaKind,
        description: &MediaDescription,
        packets: &[(u64, &[u8])],
        progress: Progress<'_>,
    ) -> Result<Self, CallError> {
        Self::decode(kind, description, packets, progress).map_err(|failure| match failure {
            Failure::Interrupted => CallError::Interrupted,
            Failure::Rtp(error) => CallError::of_decoder(party, error),
            Failure::Media(error) => CallError::of_decoder(party, error),
        })
    }

    /// Decodes what an observer opened: nothing, if it is no media.
    pub(super) fn of_observer(
        kind: MediaKind,
        description: &MediaDescription,
        packets: &[(u64, &[u8])],
        progress: Progress<'_>,
    ) -> Result<Self, CallError> {
        match Self::decode(kind, description, packets, progress) {
            Ok(decoded) => Ok(decoded),
            Err(Failure::Interrupted) => Err(CallError::Interrupted),
            Err(Failure::Rtp(error)) => {
                tracing::info!("an observer's packets cannot be decoded: {error}");
                Ok(Self::default())
            }
            Err(Failure::Media(error)) => {
                tracing::info!("an observer's packets cannot be decoded: {error}");
                Ok(Self::default())
            }
        }
    }

    fn decode(
        kind: MediaKind,
        description: &MediaDescription,
        packets: &[(u64, &[u8])],
        progress: Progress<'_>,
    ) -> Result<Self, Failure> {
        let bytes = packets.iter().map(|(_, packet)| packet.to_vec());
        let source = receive("packets of a call", description, bytes, Limits::default())?;
        match kind {
            MediaKind::Video => {
                let first = packets.first().map_or(0, |&(time, _)| time);
                Self::pictures(&source, first as f64 / 1e9, progress)
            }
            MediaKind::Audio => Self::sound(&source, description, packets, progress),
        }
    }

    /// Frames, at their times after `start_secs`.
    fn pictures(source: &Source, start_secs: f64, progress: Progress<'_>) -> Result<Self, Failure> {
        let mut reader = media::open(source, Layout::YUV420P, Limits::default(), &Pool::default())?;
        let mut pieces = Vec::new();
        while let Some(frame) = reader.next_frame()? {
            if progress(0.0).is_break() {
                return Err(Failure::Interrupted);
            }
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a call's length")]
            let millis = ((start_secs + frame.time_secs) * 1e3).round() as u64;
            pieces.push((millis, digest(&frame.bytes)));
        }
        Ok(Self { pieces })
    }

    /// Pieces of sound as long as those of the packets, each at the time of its packet.
    fn sound(
        source: &Source,
        description: &MediaDescription,
        packets: &[(u64, &[u8])],
        progress: Progress<'_>,
    ) -> Result<Self, Failure> {
        let mut reader = SoundReader::open(source, 0, Limits::default())?;
        let channels = reader.format().channels as usize;
        let mut samples = Vec::new();
        while let Some(more) = reader.next_samples()? {
            if progress(0.0).is_break() {
                return Err(Failure::Interrupted);
            }
            samples.extend(more);
        }
        let piece_bytes = samples_per_packet(description, packets) * channels * 2;
        let pieces = samples.chunks_exact(piece_bytes.max(2)).zip(packets);
        Ok(Self { pieces: pieces.map(|(piece, &(time, _))| (time / 1_000_000, digest(piece))).collect() })
    }

    /// How many pieces there are.
    pub(super) const fn count(&self) -> usize {
        self.pieces.len()
    }

    /// For each piece of `own`, whether it is here too, equal and at the same time.
    pub(super) fn which_equal(&self, own: &Self) -> Vec<bool> {
        let here: HashMap<u64, u64> = self.pieces.iter().copied().collect();
        own.pieces.iter().map(|(millis, digest)| here.get(millis) == Some(digest)).collect()
    }

    /// Of the pieces in a part of the call, in nanoseconds, how many are equal by `which_equal`, and how many there are.
    pub(super) fn count_equal(&self, which_equal: &[bool], judged: &Range<u64>) -> (usize, usize) {
        let pieces = self.pieces.iter().zip(which_equal);
        let inside = pieces.filter(|((millis, _), _)| judged.contains(&(millis * 1_000_000)));
        inside.fold((0, 0), |(equal, of), (_, &is_equal)| (equal + usize::from(is_equal), of + 1))
    }
}

/// Samples of each channel in a packet: the step of the timestamps.
fn samples_per_packet(description: &MediaDescription, packets: &[(u64, &[u8])]) -> usize {
    let timestamp = |at: usize| {
        packets.get(at).and_then(|(_, packet)| Packet::parse(packet).ok()).map(|packet| packet.timestamp())
    };
    let steps = (1..packets.len()).filter_map(|at| Some(timestamp(at)?.wrapping_sub(timestamp(at - 1)?)));
    // Where packets are missing the step is a multiple of it.
    let step = steps.filter(|&step| step > 0).min();
    let usual = description.format.clock_rate / 50;
    step.unwrap_or(usual) as usize
}

fn digest(bytes: &[u8]) -> u64 {
    let mut digest = DefaultHasher::new();
    digest.write(bytes);
    digest.finish()
}
