//! Encodes the pictures of a source for a call.

use ffmpeg_next::codec::{Id, encoder as codecs};
use ffmpeg_next::util::error::EAGAIN;
use ffmpeg_next::{Codec, Error, Packet, Rational, frame};

use super::encoded::{EncodedStream, StreamEncoder};
use super::error::RtpError;
use super::fit::Target;
use super::pictures::{CLOCK_RATE, RepeatedPictures, TICK};
use super::stream::{CallMedia, ticks_of};
use crate::media::decode::Threads;
use crate::media::error::MediaError;
use crate::media::ffi;
use crate::media::ffi::encoder::{NotOpened, Setup, VideoEncoder};
use crate::media::frames::Progress;
use crate::media::limits::Limits;
use crate::media::source::Source;

/// Seconds from one key picture to the next.
const SECS_PER_KEY: f64 = 2.0;

/// The quantizer of JPEG pictures: 2 is the best, 31 the worst.
const JPEG_QUANTIZER: f32 = 5.0;

/// H.264 for calls. One thread, so that the bytes do not depend on the machine's cores.
const H264_OPTIONS: [(&str, &str); 7] = [
    ("preset", "veryfast"),
    ("tune", "zerolatency"),
    ("profile", "baseline"),
    ("crf", "23"),
    ("maxrate", "2500000"),
    ("bufsize", "2500000"),
    ("threads", "1"),
];

/// JPEG that RFC 2435 can carry: the usual Huffman tables, and a quantization table for brightness and one for
/// colour.
const MJPEG_OPTIONS: [(&str, &str); 3] =
    [("huffman", "default"), ("force_duplicated_matrix", "1"), ("threads", "1")];

/// The encoder of a kind of media.
pub(super) struct VideoSettings {
    pub(super) encoder: &'static str,
    pub(super) target: Target,
    pub(super) most_per_sec: u32,
    pub(super) options: Vec<(&'static str, String)>,
    pub(super) quantizer: Option<f32>,
}

impl VideoSettings {
    pub(super) fn of(media: CallMedia) -> Self {
        let most_per_sec = media.most_pictures_per_sec();
        let owned = |options: &[(&'static str, &'static str)]| {
            options.iter().map(|&(name, value)| (name, value.to_owned())).collect::<Vec<_>>()
        };
        let target = |multiple, pixel_format| Target { most: media.most_shape(), multiple, pixel_format };
        match media {
            CallMedia::H264 => Self {
                encoder: "libx264",
                target: target(2, "yuv420p"),
                most_per_sec,
                options: owned(&H264_OPTIONS),
                quantizer: None,
            },
            CallMedia::Raw => Self {
                encoder: "rawvideo",
                target: target(2, "uyvy422"),
                most_per_sec,
                options: Vec::new(),
                quantizer: None,
            },
            CallMedia::Mjpeg => Self {
                encoder: "mjpeg",
                target: target(8, "yuvj420p"),
                most_per_sec,
                options: owned(&MJPEG_OPTIONS),
                quantizer: Some(JPEG_QUANTIZER),
            },
        }
    }
}

/// Encodes `duration_secs` of a source.
pub(super) fn encode(
    source: &Source,
    media: CallMedia,
    duration_secs: f64,
    limits: Limits,
    progress: Progress<'_>,
) -> Result<EncodedStream, RtpError> {
    encode_as(source, &VideoSettings::of(media), duration_secs, limits, progress)
}

/// As [`encode`], with any encoder.
pub(super) fn encode_as(
    source: &Source,
    settings: &VideoSettings,
    duration_secs: f64,
    limits: Limits,
    progress: Progress<'_>,
) -> Result<EncodedStream, RtpError> {
    let of = (source, settings, ticks_of(duration_secs, CLOCK_RATE)?);
    match encode_with(of, (limits, Threads::Many), progress)? {
        Some(encoded) => Ok(encoded),
        // What FFmpeg shows in place of a damaged part depends on the number of threads; with one, on the bytes only.
        None => match encode_with(of, (limits, Threads::One), progress)? {
            Some(encoded) => Ok(encoded),
            None => {
                Err(MediaError::NotMedia { name: source.to_string(), reason: "it is damaged".into() }.into())
            }
        },
    }
}

/// Encodes a source; `None` if a part is damaged and there are several threads.
fn encode_with(
    (source, settings, duration): (&Source, &VideoSettings, i64),
    (limits, threads): (Limits, Threads),
    progress: Progress<'_>,
) -> Result<Option<EncodedStream>, RtpError> {
    ffi::log_quietly();
    let encoder = settings.encoder;
    let codec = codecs::find_by_name(encoder).ok_or(RtpError::NoEncoder(encoder))?;
    let mut pictures =
        RepeatedPictures::open(source, (limits, threads), settings.target, settings.most_per_sec)?;
    let name = source.to_string();
    let failed = |reason| RtpError::Encoder { encoder, name: name.clone(), reason };
    let mut encoding: Option<Encoding> = None;
    loop {
        let (mut picture, time) = pictures.next()?;
        if pictures.are_damaged() && threads == Threads::Many {
            return Ok(None);
        }
        if time >= duration {
            break;
        }
        let encoding = match &mut encoding {
            Some(encoding) => encoding,
            none => {
                let opened = open(codec, settings, (&picture, pictures.rate())).map_err(failed)?;
                none.insert(Encoding::new(opened, codec, name.clone()))
            }
        };
        encoding.encode(Some((&mut picture, time))).map_err(|error| error.into_rtp(&failed))?;
        if progress((time as f64 / duration as f64).clamp(0.0, 1.0)).is_break() {
            return Err(MediaError::Interrupted.into());
        }
    }
    let Some(mut encoding) = encoding else {
        let reason = "no frame can be decoded".to_owned();
        return Err(MediaError::NotMedia { name: name.clone(), reason }.into());
    };
    encoding.encode(None).map_err(|error| error.into_rtp(&failed))?;
    Ok(Some(encoding.stream))
}

fn open(
    codec: Codec,
    settings: &VideoSettings,
    (picture, rate): (&frame::Video, Rational),
) -> Result<VideoEncoder, String> {
    let group = format!("{:.0}", (SECS_PER_KEY * f64::from(rate)).max(1.0));
    let mut options = vec![("g", group.as_str())];
    options.extend(settings.options.iter().map(|(name, value)| (*name, value.as_str())));
    let setup = Setup {
        picture,
        time_base: TICK,
        frame_rate: rate,
        sample_aspect_ratio: Rational(0, 1),
        bits_per_raw_sample: 0,
        quantizer: settings.quantizer,
        options: &options,
    };
    VideoEncoder::open(codec, &setup).map_err(|error| match error {
        NotOpened::Option(option) => format!("it has no option {option}"),
        NotOpened::Failed(error) => ffi::reason(error),
    })
}

/// Why a picture is not encoded.
enum Failure {
    Encoder(Error),
    Rtp(RtpError),
}

impl Failure {
    fn into_rtp(self, failed: &impl Fn(String) -> RtpError) -> RtpError {
        match self {
            Self::Encoder(error) => failed(ffi::reason(error)),
            Self::Rtp(error) => error,
        }
    }
}

/// An encoder under way.
struct Encoding {
    /// Put in front of each key picture, so that a receiver can begin there: the parameter sets of H.264 and HEVC.
    before_keys: Vec<u8>,
    stream: EncodedStream,
}

impl Encoding {
    fn new(encoder: VideoEncoder, codec: Codec, name: String) -> Self {
        let has_parameters = matches!(codec.id(), Id::H264 | Id::HEVC);
        let before_keys = if has_parameters { encoder.extradata() } else { Vec::new() };
        let stream = EncodedStream::new(StreamEncoder::Video(encoder), CLOCK_RATE, name);
        Self { before_keys, stream }
    }

    /// Encodes a picture, or what the encoder still holds at the end.
    fn encode(&mut self, picture: Option<(&mut frame::Video, i64)>) -> Result<(), Failure> {
        let StreamEncoder::Video(encoder) = &mut self.stream.encoder else {
            return Err(Failure::Encoder(Error::Bug));
        };
        encoder.send(picture).map_err(Failure::Encoder)?;
        loop {
            let StreamEncoder::Video(encoder) = &mut self.stream.encoder else { return Ok(()) };
            let packet = match encoder.receive() {
                Ok(packet) => packet,
                Err(Error::Eof | Error::Other { errno: EAGAIN }) => return Ok(()),
                Err(error) => return Err(Failure::Encoder(error)),
            };
            self.stream.push(self.with_parameters(packet)).map_err(Failure::Rtp)?;
        }
    }

    /// The packet, after the parameter sets if it is a key picture.
    fn with_parameters(&self, packet: Packet) -> Packet {
        let Some(data) = packet.data().filter(|_| packet.is_key() && !self.before_keys.is_empty()) else {
            return packet;
        };
        let mut whole = Packet::copy(&[&self.before_keys, data].concat());
        whole.set_pts(packet.pts());
        whole.set_dts(packet.dts());
        whole.set_duration(packet.duration());
        whole.set_flags(packet.flags());
        whole
    }
}
