//! Writes all sound and video of a file as an encrypted MP4 (Common Encryption, ISO/IEC 23001-7), without encoding it
//! anew.
//!
//! ```text
//! Remuxer ──plain MP4 in fragments──▶ Protector ──samples──▶ Cutter ──messages──▶ cipher
//!                                         └──▶ start of the file, fragments
//! ```
//!
//! A message is a sample of the MP4. Messages are numbered within their stream, from n · 2^48 for stream n of the
//! source. Memory does not grow with the length of the film, except for the index: 12 bytes per fragment and track.

use std::fs::File;
use std::io::{self, Seek, Write};

use serde::Serialize;

use crate::crypto::{EncryptError, KeyError, KeyMaterial, Parameters, Scheme};
use crate::media::codec::CodecError;
use crate::media::codec::nal::Syntax;
use crate::media::container::{StreamInfo, StreamKind};
use crate::media::mp4::movie::Track;
use crate::media::mp4::protector::TrackProtection;
use crate::media::mp4::track_encryption::Protection;
use crate::media::mp4::{
    Kind, Mp4Error, ProtectError, Protector, SampleEncryption, SampleProtector, TrackEncryption,
};
use crate::media::{Limits, RemuxError, Remuxer, Source};
use crate::payload::{CutError, Cutter, Message, Stored, Target};
use crate::render::MessageEncryption;
use crate::units::MessageNumber;

/// The key ID that the file states: 15 zeros and a one.
pub const KEY_ID: [u8; 16] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
/// Bytes of the IV of a sample in `cenc`; the block counter takes the other half of a block.
const IV_BYTES: u8 = 8;
/// One block in ten is encrypted.
const PATTERN: (u8, u8) = (1, 9);

/// Why an encrypted MP4 cannot be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EncryptedMp4Error {
    /// The source cannot be read, or cannot be written as MP4.
    #[error(transparent)]
    Remux(#[from] RemuxError),
    /// The key is too short.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A stream does not suit the target.
    #[error("stream {stream}: {reason}: {name}")]
    Stream {
        /// The number of the stream in the source.
        stream: usize,
        /// The reason.
        reason: CutError,
        /// The source.
        name: String,
    },
    /// A part of a sample cannot be parsed, and would stay clear.
    #[error(
        "sample {sample} of stream {stream} cannot be parsed ({reason}), so that slices in it would stay clear; repair the \
         file, or encrypt it with the target packets: {name}"
    )]
    Sample {
        /// The number of the stream in the source.
        stream: usize,
        /// The number of the sample within its stream, from 0.
        sample: u64,
        /// What cannot be parsed.
        reason: CodecError,
        /// The source.
        name: String,
    },
    /// The cipher does not support a sample.
    #[error(transparent)]
    Encrypt(#[from] EncryptError),
    /// The boxes cannot be written.
    #[error("the boxes of the MP4 cannot be written")]
    Mp4(#[from] Mp4Error),
    /// The bytes cannot be written.
    #[error("the encrypted MP4 cannot be written")]
    Write(#[source] io::Error),
    /// The caller asked to stop.
    #[error("interrupted")]
    Interrupted,
}

/// What was written, and how to decrypt it.
#[derive(Debug, Serialize)]
pub struct Report {
    /// The scheme's name in this program.
    pub scheme: String,
    /// `cenc` or `cbcs`.
    pub target: Target,
    /// The content key, in hex.
    pub key: String,
    /// The key ID, in hex.
    pub key_id: String,
    /// The constant IV of `cbcs`, in hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iv: Option<String>,
    /// The streams that were written, in the order of the tracks.
    pub streams: Vec<StreamReport>,
    /// Bytes of the file.
    pub file_bytes: u64,
    /// Reports of damage to the source, in words.
    #[serde(skip)]
    pub problems: Vec<String>,
}

/// A stream that was written.
#[derive(Debug, Serialize)]
pub struct StreamReport {
    /// Its number in the source.
    pub stream: usize,
    /// `video` or `audio`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// FFmpeg's name of its codec.
    pub codec: String,
    /// The number of its first message; the others follow.
    pub first_message: u64,
    /// The number of messages, which are samples.
    pub messages: u64,
    /// Bytes of all samples.
    pub bytes: u64,
    /// Clear bytes of all samples.
    pub clear_bytes: u64,
}

/// Writes all sound and video of `source` to `out` as an encrypted MP4 in fragments. `target` is `cenc` or `cbcs`, and
/// `scheme` must suit it. `spool` is an empty file that holds the fragments until the start of the MP4 is known.
///
/// # Errors
/// [`EncryptedMp4Error`]. Nothing was written to `out`, unless writing to `out` itself failed.
pub fn write(
    source: &Source,
    limits: Limits,
    target: Target,
    (scheme, key): (Scheme, &KeyMaterial),
    spool: File,
    out: &mut dyn Write,
    keep_going: &dyn Fn() -> bool,
) -> Result<Report, EncryptedMp4Error> {
    let mut remuxer = Remuxer::open(source, limits)?;
    let streams = remuxer.streams().to_vec();
    for stream in &streams {
        if let Err(reason @ (CutError::Codec { .. } | CutError::NotOfPackets(_))) =
            Cutter::new(target, stream)
        {
            return Err(EncryptedMp4Error::Stream { stream: stream.index, reason, name: source.to_string() });
        }
    }
    let cipher = scheme.cipher(key)?;
    let constant_iv = match target {
        Target::Cbcs => {
            cipher.encrypt(MessageNumber(0), &[], &mut crate::runtime::pool::Buffer::default())?.iv
        }
        _ => None,
    };
    let samples = Samples {
        name: source.to_string(),
        target,
        encryption: MessageEncryption::new(&*cipher),
        pads: cipher.pads(),
        constant_iv: constant_iv.clone(),
        streams,
        tracks: Vec::new(),
    };
    let mut protector = Protector::new(samples, io::BufWriter::new(spool));
    while let Some(bytes) = remuxer.next_bytes()? {
        if !keep_going() {
            return Err(EncryptedMp4Error::Interrupted);
        }
        protector.add(&bytes)?;
    }
    let (start, fragments, samples) = protector.finish()?;
    let mut spool = fragments.into_inner().map_err(|error| EncryptedMp4Error::Write(error.into_error()))?;
    let copied = spool.rewind().and_then(|()| out.write_all(&start)).and_then(|()| io::copy(&mut spool, out));
    let file_bytes = copied.map_err(EncryptedMp4Error::Write)? + start.len() as u64;
    Ok(Report {
        scheme: scheme.to_string(),
        target,
        key: scheme.key_hex(key)?,
        key_id: hex::encode(KEY_ID),
        iv: constant_iv.map(hex::encode),
        streams: samples.tracks.into_iter().map(|track| track.report).collect(),
        file_bytes,
        problems: remuxer.take_problems(),
    })
}

/// Encrypts the samples of an MP4.
struct Samples<'a> {
    /// The source, for messages.
    name: String,
    target: Target,
    encryption: MessageEncryption<'a>,
    /// True if the mode encrypts whole blocks only.
    pads: bool,
    constant_iv: Option<Vec<u8>>,
    /// The streams of the source, in the order of the tracks.
    streams: Vec<StreamInfo>,
    tracks: Vec<TrackSamples>,
}

/// The samples of a track.
struct TrackSamples {
    cutter: Cutter,
    /// True if entries state which bytes are clear.
    has_subsamples: bool,
    report: StreamReport,
}

impl SampleProtector for Samples<'_> {
    type Error = EncryptedMp4Error;

    fn begin(&mut self, tracks: &[Track]) -> Result<Vec<Option<TrackProtection>>, EncryptedMp4Error> {
        let mut protections = Vec::with_capacity(tracks.len());
        for (track, stream) in tracks.iter().zip(&self.streams) {
            let syntax = Syntax::of(&stream.codec);
            let has_subsamples = syntax.is_some();
            // The framing of samples is that of the MP4, which may differ from the source's.
            let configuration = match syntax {
                Some(Syntax::H264) => track.entry_box(Kind(*b"avcC")).to_vec(),
                Some(Syntax::Hevc) => track.entry_box(Kind(*b"hvcC")).to_vec(),
                None => Vec::new(),
            };
            let info = StreamInfo { extradata: configuration, ..stream.clone() };
            let cutter = Cutter::new(self.target, &info).map_err(|reason| {
                let name = self.name.clone();
                EncryptedMp4Error::Stream { stream: stream.index, reason, name }
            })?;
            let report = StreamReport {
                stream: stream.index,
                kind: if stream.kind == StreamKind::Video { "video" } else { "audio" },
                codec: stream.codec.clone(),
                first_message: cutter.next_message().0,
                messages: 0,
                bytes: 0,
                clear_bytes: 0,
            };
            self.tracks.push(TrackSamples { cutter, has_subsamples, report });
            let is_cbcs = self.target == Target::Cbcs;
            let protection = Protection {
                original_format: track.format,
                scheme: Kind(if is_cbcs { *b"cbcs" } else { *b"cenc" }),
                track: TrackEncryption {
                    pattern: if is_cbcs && has_subsamples { PATTERN } else { (0, 0) },
                    is_protected: true,
                    iv_bytes: if is_cbcs { 0 } else { IV_BYTES },
                    key_id: KEY_ID,
                    constant_iv: self.constant_iv.clone(),
                },
            };
            protections.push(Some(TrackProtection { protection, has_subsamples }));
        }
        Ok(protections)
    }

    fn protect(&mut self, track: usize, sample: &mut [u8]) -> Result<SampleEncryption, EncryptedMp4Error> {
        let Self { name, encryption, tracks, pads, .. } = self;
        let missing = || Mp4Error::Missing(Kind(*b"trak"));
        let TrackSamples { cutter, has_subsamples, report } = tracks.get_mut(track).ok_or_else(missing)?;
        // The category, which depends on keyframes, is not used here.
        let cut = cutter.cut(sample, false, Stored::Plain);
        let (stream, number) = (report.stream, report.messages);
        if let Some(&reason) = cut.problems.first() {
            return Err(EncryptedMp4Error::Sample { stream, sample: number, reason, name: name.clone() });
        }
        let mut entry = SampleEncryption::default();
        for message in &cut.messages {
            let parameters = encryption.encrypt(message, sample)?;
            entry.iv = iv_of_sample(parameters);
            if *has_subsamples {
                push_parts(&mut entry, message)?;
            }
            report.clear_bytes += message.clear(*pads).iter().map(|run| run.len() as u64).sum::<u64>();
        }
        report.messages += 1;
        report.bytes += sample.len() as u64;
        Ok(entry)
    }
}

/// The IV in a sample's entry: the first half of the first counter block. Empty in `cbcs`.
fn iv_of_sample(parameters: Parameters) -> Vec<u8> {
    let mut iv = parameters.counter_block.unwrap_or_default();
    iv.truncate(IV_BYTES.into());
    iv
}

/// The clear and protected runs of a sample, up to its end.
fn push_parts(entry: &mut SampleEncryption, sample: &Message) -> Result<(), Mp4Error> {
    for piece in &sample.pieces {
        entry.push(piece.clear, piece.range.len() - piece.clear)?;
    }
    let end = sample.pieces.last().map_or(sample.range.start, |piece| piece.range.end);
    if end < sample.range.end || entry.subsamples.is_empty() {
        entry.push(sample.range.end - end, 0)?;
    }
    Ok(())
}

impl From<ProtectError<Self>> for EncryptedMp4Error {
    fn from(error: ProtectError<Self>) -> Self {
        match error {
            ProtectError::Mp4(error) => Self::Mp4(error),
            ProtectError::Sample(error) => error,
            ProtectError::Write(error) => Self::Write(error),
        }
    }
}
