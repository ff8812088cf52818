//! Encodes the pictures of a source: one thread decodes and filters them, the calling thread encodes them.
//!
//! ```text
//! decode thread: source ──pictures──▶ filters ──queue──▶ calling thread: encoder ──packets──▶ Matroska in memory
//! ```

use std::ops::ControlFlow;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use ffmpeg_next::codec::{Id, encoder as codecs};
use ffmpeg_next::{Codec, Error, Rational, Rescale, frame};

use super::error::EncodingError;
use super::file::EncodedFile;
use super::filters::Filters;
use super::muxer::{Muxer, Shown};
use super::name::Encoding;
use super::options::Options;
use super::pictures::{Pictures, SourcePicture};
use crate::media::decode::Threads;
use crate::media::error::MediaError;
use crate::media::ffi;
use crate::media::ffi::encoder::{self, NotOpened, Setup, VideoEncoder};
use crate::media::frames::Progress;
use crate::media::limits::Limits;
use crate::media::source::Source;

/// How many filtered pictures wait for the encoder.
const QUEUE_PICTURES: usize = 3;

/// A source, encoded.
pub(super) struct Encoded {
    pub(super) file: EncodedFile,
    /// True if a part of the source could not be decoded: with several threads, what FFmpeg shows instead depends on their
    /// number.
    pub(super) is_damaged: bool,
}

/// What the decode thread sends.
enum Message {
    /// The source is open.
    Opened {
        time_base: Rational,
        frame_rate: Rational,
    },
    Picture(Box<Filtered>),
}

/// A picture in a format that the encoder takes.
struct Filtered {
    picture: frame::Video,
    pts: Option<i64>,
    share: f64,
    sample_aspect_ratio: Rational,
    bits_per_raw_sample: i32,
}

/// How often `progress` is called while no picture comes, as in a damaged part.
const ASK_INTERVAL: Duration = Duration::from_millis(100);

/// Finds the encoder.
pub(super) fn find(encoding: Encoding) -> Result<Codec, EncodingError> {
    let name = encoding.encoder();
    let codec = codecs::find_by_name(name).ok_or_else(|| EncodingError::NoEncoder {
        name: name.to_owned(),
        known: encoder::video_encoders().into_iter().map(|(name, _)| name).collect(),
    })?;
    if codec.is_video() { Ok(codec) } else { Err(EncodingError::NotVideo(name.to_owned())) }
}

/// Encodes a source. `most_bytes` bounds the result.
pub(super) fn transcode(
    (source, encoding): (&Source, Encoding),
    (limits, threads): (Limits, Threads),
    most_bytes: usize,
    progress: Progress<'_>,
) -> Result<Encoded, MediaError> {
    ffi::log_quietly();
    let codec = find(encoding)?;
    let options = Options::of(encoding, codec)?;
    let formats = options.formats(codec);
    let name = source.to_string();
    let (sender, receiver) = sync_channel(QUEUE_PICTURES);
    let is_stopped = AtomicBool::new(false);
    thread::scope(|scope| {
        let thread = thread::Builder::new().name("decode for encoder".into());
        // The thread owns the sender, so that the receiver ends with it.
        let decode = || {
            let sender = sender;
            decode(source, &name, (limits, threads), formats, (&sender, &is_stopped))
        };
        let thread = thread
            .spawn_scoped(scope, decode)
            .map_err(|error| refused(&name, encoding, error.to_string()))?;
        let encoded = encode((&name, encoding), (codec, &options), &receiver, most_bytes, progress);
        drop(receiver);
        is_stopped.store(true, Ordering::Relaxed);
        let decoded = thread.join().unwrap_or_else(|panic| resume_unwind(panic));
        match (encoded, decoded) {
            // The encoder has had too few pictures because of it.
            (Err(MediaError::Interrupted), _) => Err(MediaError::Interrupted),
            (_, Err(error)) | (Err(error), _) => Err(error),
            (Ok(file), Ok(is_damaged)) => Ok(Encoded { file, is_damaged }),
        }
    })
}

fn refused(name: &str, encoding: Encoding, reason: String) -> MediaError {
    EncodingError::Refused { name: name.to_owned(), encoding, reason }.into()
}

/// Decodes and filters all pictures, until the receiver has ended. Returns whether a part could not be decoded.
fn decode(
    source: &Source,
    name: &str,
    (limits, threads): (Limits, Threads),
    formats: Vec<String>,
    (sender, is_stopped): (&SyncSender<Message>, &AtomicBool),
) -> Result<bool, MediaError> {
    let mut pictures = Pictures::open(source, limits, threads)?;
    let (time_base, frame_rate) = (pictures.time_base, pictures.frame_rate);
    if sender.send(Message::Opened { time_base, frame_rate }).is_err() {
        return Ok(false);
    }
    let mut filters = Filters::new(time_base, frame_rate, formats, pictures.are_decoded());
    while let Some(SourcePicture { picture, matrix, pts, share }) = pictures.next(name, is_stopped)? {
        let failed = |error| MediaError::Decode { name: name.to_owned(), reason: ffi::reason(error) };
        let picture = filters.filter(picture, matrix).map_err(failed)?;
        let filtered = Filtered {
            picture,
            pts,
            share,
            sample_aspect_ratio: filters.aspect(),
            bits_per_raw_sample: pictures.bits_per_raw_sample(),
        };
        if sender.send(Message::Picture(Box::new(filtered))).is_err() {
            break;
        }
    }
    Ok(pictures.are_damaged())
}

/// Encodes the pictures that arrive.
fn encode(
    (name, encoding): (&str, Encoding),
    (codec, options): (Codec, &Options),
    pictures: &Receiver<Message>,
    most_bytes: usize,
    progress: Progress<'_>,
) -> Result<EncodedFile, MediaError> {
    let failed = |error| refused(name, encoding, ffi::reason(error));
    let (mut source_tick, mut rate) = (Rational(1, 1), Rational(25, 1));
    let mut under_way: Option<UnderWay> = None;
    let mut share = 0.0;
    loop {
        let mut filtered = match pictures.recv_timeout(ASK_INTERVAL) {
            Ok(Message::Opened { time_base, frame_rate }) => {
                (source_tick, rate) = (time_base, rate_of(codec, frame_rate));
                continue;
            }
            Ok(Message::Picture(filtered)) => filtered,
            // No picture comes from a part that cannot be decoded.
            Err(RecvTimeoutError::Timeout) => match progress(share) {
                ControlFlow::Continue(()) => continue,
                ControlFlow::Break(()) => return Err(MediaError::Interrupted),
            },
            Err(RecvTimeoutError::Disconnected) => break,
        };
        share = filtered.share;
        let under_way = match &mut under_way {
            Some(under_way) => under_way,
            none => {
                let opened = open(codec, options, (&filtered, rate));
                let opened = opened.map_err(|error| not_opened((name, encoding), codec, error))?;
                let muxer =
                    Muxer::create(&opened).map_err(|error| refused(name, encoding, error.to_string()))?;
                none.insert(UnderWay { encoder: opened, muxer, source_tick, tick: rate.invert(), next: 0 })
            }
        };
        under_way.send(&mut filtered).map_err(failed)?;
        under_way.write_packets().map_err(failed)?;
        if under_way.muxer.bytes() > most_bytes {
            let (name, most_mib) = (name.to_owned(), most_bytes >> 20);
            return Err(EncodingError::TooLarge { name, encoding, most_mib }.into());
        }
        if let ControlFlow::Break(()) = progress(share) {
            return Err(MediaError::Interrupted);
        }
    }
    let Some(mut under_way) = under_way else {
        let reason = "no frame can be decoded".to_owned();
        return Err(MediaError::NotMedia { name: name.to_owned(), reason });
    };
    under_way.encoder.send(None).map_err(failed)?;
    under_way.write_packets().map_err(failed)?;
    let (frames, packets) = under_way.muxer.frames_and_packets();
    if frames != packets {
        let name = name.to_owned();
        return Err(EncodingError::FramesLeftOut { name, encoding, frames, packets }.into());
    }
    under_way.muxer.finish().map_err(|error| refused(name, encoding, error.to_string()))
}

fn open(
    codec: Codec,
    options: &Options,
    (first, rate): (&Filtered, Rational),
) -> Result<VideoEncoder, NotOpened> {
    let own = options.with_threads(codec.name());
    let setup = Setup {
        picture: &first.picture,
        time_base: rate.invert(),
        frame_rate: rate,
        sample_aspect_ratio: first.sample_aspect_ratio,
        bits_per_raw_sample: first.bits_per_raw_sample,
        quantizer: options.quantizer,
        options: &own,
    };
    VideoEncoder::open(codec, &setup)
}

fn not_opened((name, encoding): (&str, Encoding), codec: Codec, error: NotOpened) -> MediaError {
    match error {
        NotOpened::Option(option) => EncodingError::NoOption {
            encoder: encoding.encoder(),
            option,
            known: encoder::option_names(codec),
        }
        .into(),
        NotOpened::Failed(error) => refused(name, encoding, ffi::reason(error)),
    }
}

/// Frames per second as the program gives them to an encoder: the nearest rate that it takes.
fn rate_of(codec: Codec, rate: Rational) -> Rational {
    let off = |other: &Rational| (f64::from(*other) - f64::from(rate)).abs();
    let supported = codec.video().ok().and_then(|video| video.rates());
    let rate = supported
        .and_then(|rates| rates.min_by(|one, other| off(one).total_cmp(&off(other))))
        .unwrap_or(rate);
    if codec.id() == Id::MPEG4 {
        // The format has 16 bits for it.
        return rate.reduce_with_limit(65_535).unwrap_or_else(|inexact| inexact);
    }
    rate
}

/// An encoder and its muxer.
struct UnderWay {
    encoder: VideoEncoder,
    muxer: Muxer,
    source_tick: Rational,
    /// The encoder's tick: the inverse of the frame rate.
    tick: Rational,
    /// The encoder's timestamp after that of the last picture.
    next: i64,
}

impl UnderWay {
    fn send(&mut self, filtered: &mut Filtered) -> Result<(), Error> {
        let mut pts =
            filtered.pts.map_or(self.next, |pts| in_encoder_ticks(pts, self.source_tick, self.tick));
        let mut sent = self.encoder.send(Some((&mut filtered.picture, pts)));
        if sent.is_err() && pts < self.next {
            // Two pictures within one tick, which this encoder refuses: the second gets the tick after it.
            ffi::take_last_message();
            pts = self.next;
            sent = self.encoder.send(Some((&mut filtered.picture, pts)));
        }
        sent?;
        self.next = pts + 1;
        let secs = filtered.pts.map(|pts| super::pictures::seconds(pts, self.source_tick));
        let tick_secs = super::pictures::seconds(1, self.tick);
        self.muxer.expect(pts, Shown { secs, lasts_secs: tick_secs });
        Ok(())
    }

    /// Writes the packets that the encoder has finished.
    fn write_packets(&mut self) -> Result<(), Error> {
        loop {
            match self.encoder.receive() {
                Ok(packet) => self.muxer.write(packet)?,
                Err(Error::Eof | Error::Other { errno: ffmpeg_next::util::error::EAGAIN }) => return Ok(()),
                Err(error) => return Err(error),
            }
        }
    }
}

/// A timestamp in ticks of the encoder, rounded as the program does without a constant frame rate: it computes with up to
/// 16 more bits, and avoids the middle between two ticks.
fn in_encoder_ticks(pts: i64, from: Rational, to: Rational) -> i64 {
    let denominator = to.denominator().max(1);
    let extra_bits = (29 - i32::try_from(denominator.ilog2()).unwrap_or(0)).clamp(0, 16);
    let fine = Rational(to.numerator(), denominator << extra_bits);
    let exact = pts.rescale(from, fine) as f64 / f64::from(1 << extra_bits);
    #[expect(clippy::cast_possible_truncation, reason = "saturates")]
    let rounded =
        (exact + exact.signum() * f64::from(exact != 0.0) / f64::from(1 << 17)).round_ties_even() as i64;
    rounded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoding_with_too_many_bytes_is_refused_before_it_is_complete() {
        let source: Source = "pattern:noise@64x48".parse().expect("a source");
        let encoding = "mjpeg,q=2".parse().expect("an encoding");
        let pictures = std::cell::Cell::new(0);
        let mut count = |_| {
            pictures.set(pictures.get() + 1);
            ControlFlow::Continue(())
        };
        let limits = (Limits::default(), Threads::One);
        let error = transcode((&source, encoding), limits, 20_000, &mut count).err().map(|it| it.to_string());
        assert!(error.is_some_and(|error| error.contains("shorten the video")));
        assert!(pictures.get() < 20, "{} pictures", pictures.get());
        let made = transcode((&source, encoding), limits, 10_000_000, &mut count).expect("it fits");
        assert!(made.file.bytes.len() > 20_000 && !made.is_damaged);
        assert_eq!((made.file.packet_frames.len(), made.file.index.frames()), (300, 300));
    }

    #[test]
    fn timestamps_are_rounded_to_the_nearest_tick_of_the_encoder() {
        let ticks = |pts| in_encoder_ticks(pts, Rational(1, 1000), Rational(1, 25));
        assert_eq!([0, 40, 80, 59, 60, 61, -40, -61].map(ticks), [0, 1, 2, 1, 2, 2, -1, -2]);
        assert_eq!(in_encoder_ticks(3003, Rational(1, 90_000), Rational(1001, 30_000)), 1);
        assert_eq!(in_encoder_ticks(7, Rational(1, 10), Rational(1, 1_000_000_007)), 700_000_005);
    }
}
