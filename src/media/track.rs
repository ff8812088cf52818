//! The choice of the stream that is decoded, and its properties as stated by the container.

use ffmpeg_next::format::context::Input;
use ffmpeg_next::format::stream::Disposition;
use ffmpeg_next::{Rational, Stream, codec, media};

use super::codec::nal::{Framing, NalStream, Syntax};
use super::display::DisplayMatrix;
use super::encryption::packet::Protections;
use super::error::MediaError;
use super::ffi;
use super::origin::Origin;
use super::pictures::known::Known;
use super::pictures::named;
use crate::units::TimeBase;

/// A stated rate from here on is no frame rate, but the tick rate of a container.
const TICKS_PER_SECOND: f64 = 1000.0;

/// The properties of the decoded stream, as stated by the container.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact that a container states or not")]
pub(super) struct Track {
    pub(super) container: String,
    pub(super) codec: String,
    pub(super) codec_id: codec::Id,
    pub(super) time_base: TimeBase,
    pub(super) matrix: Option<DisplayMatrix>,
    /// How packets are cut into NAL units, if each has its length in front.
    pub(super) nal_lengths: Option<NalStream>,
    /// Width of a pixel over its height as stated by the container; 0 if it is not stated.
    pub(super) sample_aspect_ratio: Rational,
    /// Frames per second on average, if known.
    pub(super) frame_rate: Option<f64>,
    /// Seconds, as stated by the container.
    pub(super) duration_secs: Option<f64>,
    /// Only the first packet counts: the file is a photo, and other pictures in it are extras.
    pub(super) is_photo: bool,
    /// True if the sample entry says that the packets are encrypted.
    pub(super) is_protected: bool,
    /// True if the packets are those of a capture as they were transmitted: FFmpeg takes all of them for key packets.
    pub(super) is_transmitted: bool,
    /// True if FFmpeg does not decrypt all blocks: it leaves the last blocks of a run encrypted if they are fewer than
    /// the pattern encrypts at once.
    pub(super) is_decrypted_in_part: bool,
}

impl Track {
    /// The properties of a stream.
    pub(super) fn of(
        input: &Input,
        stream: &Stream<'_>,
        known: Option<Known>,
        protections: &Protections,
    ) -> Self {
        let protection = protections.of_stream(stream);
        let base = stream.time_base();
        let time_base = TimeBase { numerator: base.numerator(), denominator: base.denominator().max(1) };
        let rate = |rate: Rational| {
            (rate.numerator() > 0 && rate.denominator() > 0)
                .then(|| f64::from(rate.numerator()) / f64::from(rate.denominator()))
        };
        // If a container states no rate, FFmpeg returns its tick rate.
        let is_rate = |rate: &f64| *rate < TICKS_PER_SECOND;
        #[expect(clippy::cast_precision_loss, reason = "durations are below 2^53 ticks")]
        let duration_secs = if stream.duration() > 0 {
            Some(stream.duration() as f64 * f64::from(time_base.numerator) / f64::from(time_base.denominator))
        } else {
            (input.duration() > 0).then(|| input.duration() as f64 / 1e6)
        };
        let codec_id = stream.parameters().id();
        Self {
            is_photo: known.is_some_and(|known| known.is_photo),
            is_protected: protection.is_some(),
            is_transmitted: protections.are_transmitted(),
            is_decrypted_in_part: protection.is_some_and(|protection| protection.track.pattern.0 > 1),
            container: input.format().name().to_owned(),
            codec: codec_id.name().to_owned(),
            codec_id,
            time_base,
            nal_lengths: nal_lengths(codec_id.name(), &ffi::extradata(stream)),
            sample_aspect_ratio: ffi::stated_aspect(stream),
            matrix: DisplayMatrix::of_stream(stream),
            frame_rate: [stream.avg_frame_rate(), stream.rate()].into_iter().filter_map(rate).find(is_rate),
            duration_secs,
        }
    }

    /// True for containers that hold pictures only.
    pub(super) fn holds_pictures(&self) -> bool {
        const PICTURES: [&str; 5] = ["gif", "apng", "ico", "webp", "image2pipe"];
        self.container.ends_with("_pipe")
            || self.container.split(',').any(|name| PICTURES.contains(&name))
            || self.is_photo
    }
}

/// The stream that the program chooses: the largest picture, with priority for a default one, and never the cover art
/// of a sound file.
pub(super) fn choose<'a>(origin: &Origin, input: &'a Input) -> Result<Stream<'a>, MediaError> {
    let score = |stream: &Stream<'_>| {
        let pixels = ffi::shape(stream).map_or(0, |shape| shape.pixels() as u64);
        let default = u64::from(stream.disposition().contains(Disposition::DEFAULT));
        pixels + 100_000_000 * u64::from(ffi::has_packets(stream)) + 5_000_000 * default
    };
    let mut best: Option<Stream<'_>> = None;
    let mut videos = 0;
    for stream in input.streams() {
        let is_cover = stream.disposition().contains(Disposition::ATTACHED_PIC);
        if stream.parameters().medium() == media::Type::Video && !is_cover {
            videos += 1;
            // Among equal streams the first, as in the program.
            if best.as_ref().is_none_or(|best| score(&stream) > score(best)) {
                best = Some(stream);
            }
        }
    }
    // A picture in tiles has one stream per tile; a single tile is not the picture.
    if videos > 1
        && let Some(refused) = named::refusal(origin)
    {
        return Err(refused);
    }
    best.ok_or_else(|| no_video(origin, input))
}

/// The error that lists the streams of a file without video.
fn no_video(origin: &Origin, input: &Input) -> MediaError {
    let mut kinds: Vec<&str> = input
        .streams()
        .map(|stream| match stream.parameters().medium() {
            media::Type::Audio => "sound",
            media::Type::Video => "cover art",
            media::Type::Subtitle => "subtitles",
            _ => "data",
        })
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    let name = origin.name().to_owned();
    if kinds.is_empty() {
        return MediaError::NotMedia { name, reason: "it has no streams".to_owned() };
    }
    MediaError::NoVideo { name, found: kinds.join(" and ") }
}

/// How packets are cut into NAL units. `None` for codecs without NAL units, and for start codes between them, which do
/// not state the end of a unit.
fn nal_lengths(codec: &str, extradata: &[u8]) -> Option<NalStream> {
    let stream = NalStream::read(Syntax::of(codec)?, extradata).ok()?;
    matches!(stream.framing, Framing::Lengths(_)).then_some(stream)
}
