//! Encodes the sound of a source for a call.

use ffmpeg_next::Error;
use ffmpeg_next::codec::encoder as codecs;
use ffmpeg_next::util::error::EAGAIN;

use super::encoded::{EncodedStream, StreamEncoder};
use super::error::RtpError;
use super::samples::RepeatedSamples;
use super::stream::{CallMedia, ticks_of};
use super::voice::SAMPLE_RATE;
use crate::media::error::MediaError;
use crate::media::ffi;
use crate::media::ffi::sound_encoder::SoundEncoder;
use crate::media::frames::Progress;
use crate::media::limits::Limits;
use crate::media::source::Source;

/// Opus as calls use it: variable rate, so that silence has small packets, and a packet even then.
const OPUS_OPTIONS: [(&str, &str); 3] = [("application", "voip"), ("vbr", "on"), ("frame_duration", "20")];

/// Bits a second of Opus for each channel, on average.
const OPUS_BITS_PER_CHANNEL: u32 = 20_000;

/// The encoder of a kind of media.
struct SoundSettings {
    encoder: &'static str,
    /// Samples of each channel in a packet: 20 ms of Opus; 10 ms of plain samples, so that they fit in one.
    samples_per_packet: usize,
    is_mono: bool,
}

impl SoundSettings {
    const fn of(media: CallMedia) -> Self {
        match media {
            CallMedia::H264 | CallMedia::Mjpeg => {
                Self { encoder: "libopus", samples_per_packet: 960, is_mono: false }
            }
            CallMedia::Raw => Self { encoder: "pcm_s16be", samples_per_packet: 480, is_mono: true },
        }
    }
}

/// Encodes `duration_secs` of the sound of a source, or of the voice with this number.
pub(super) fn encode(
    (source, voice): (&Source, u64),
    media: CallMedia,
    duration_secs: f64,
    limits: Limits,
    progress: Progress<'_>,
) -> Result<EncodedStream, RtpError> {
    ffi::log_quietly();
    let duration = ticks_of(duration_secs, SAMPLE_RATE)?;
    let SoundSettings { encoder, samples_per_packet, is_mono } = SoundSettings::of(media);
    let codec = codecs::find_by_name(encoder).ok_or(RtpError::NoEncoder(encoder))?;
    let mut samples =
        RepeatedSamples::open((source, voice), (is_mono, duration_secs), limits, &mut *progress)?;
    let name = source.to_string();
    let failed = |error| RtpError::Encoder { encoder, name: name.clone(), reason: ffi::reason(error) };
    let bits = (OPUS_BITS_PER_CHANNEL * samples.channels()).to_string();
    let mut options = vec![("b", bits.as_str()), ("threads", "1")];
    options.extend(OPUS_OPTIONS);
    let opened = SoundEncoder::open(codec, SAMPLE_RATE, samples.channels(), &options).map_err(failed)?;
    let mut stream = EncodedStream::new(StreamEncoder::Sound(opened), SAMPLE_RATE, name.clone());
    let mut at = 0;
    while at < duration {
        let taken = samples.take(samples_per_packet)?;
        encode_samples(&mut stream, Some((&taken, at)), &failed)?;
        at += i64::try_from(samples_per_packet).unwrap_or(1);
        if progress((at as f64 / duration as f64).clamp(0.0, 1.0)).is_break() {
            return Err(MediaError::Interrupted.into());
        }
    }
    encode_samples(&mut stream, None, &failed)?;
    Ok(stream)
}

/// Encodes samples, or what the encoder still holds at the end.
fn encode_samples(
    stream: &mut EncodedStream,
    samples: Option<(&[i16], i64)>,
    failed: &impl Fn(Error) -> RtpError,
) -> Result<(), RtpError> {
    let StreamEncoder::Sound(encoder) = &mut stream.encoder else { return Err(failed(Error::Bug)) };
    encoder.send(samples).map_err(failed)?;
    loop {
        let StreamEncoder::Sound(encoder) = &mut stream.encoder else { return Ok(()) };
        match encoder.receive() {
            Ok(packet) => stream.push(packet)?,
            Err(Error::Eof | Error::Other { errno: EAGAIN }) => return Ok(()),
            Err(error) => return Err(failed(error)),
        }
    }
}
