//! The encoders of each container, and their settings.

use ffmpeg_next::codec::{self, encoder};
use ffmpeg_next::filter::{self, Graph};
use ffmpeg_next::{Dictionary, Error, Rational, color};

use super::container::Container;
use super::video_parameters::VideoParameters;
use crate::media::ffi;
use crate::picture::Shape;

/// An encoder and its settings.
pub(super) struct EncoderSettings {
    /// FFmpeg's name of the encoder.
    pub(super) encoder: &'static str,
    /// FFmpeg's name of the pixel format of its input.
    pixel_format: &'static str,
    /// Its options: fast, with a quality at which noise stays noise.
    options: &'static [(&'static str, &'static str)],
}

const X264: EncoderSettings = EncoderSettings {
    encoder: "libx264",
    pixel_format: "yuv420p",
    options: &[("preset", "veryfast"), ("crf", "18"), ("bf", "0")],
};

const OPENH264: EncoderSettings =
    EncoderSettings { encoder: "libopenh264", pixel_format: "yuv420p", options: &[("b", "20000000")] };

/// A fixed quantizer of 3, in FFmpeg's units.
const MPEG4: EncoderSettings = EncoderSettings {
    encoder: "mpeg4",
    pixel_format: "yuv420p",
    options: &[("flags", "+qscale"), ("global_quality", "354")],
};

/// Version 1 of the format: later versions use slices, for which some versions of FFmpeg reject small pictures.
const FFV1: EncoderSettings =
    EncoderSettings { encoder: "ffv1", pixel_format: "yuv444p", options: &[("level", "1")] };

const VP9: EncoderSettings = EncoderSettings {
    encoder: "libvpx-vp9",
    pixel_format: "yuv420p",
    options: &[("deadline", "realtime"), ("cpu-used", "7"), ("row-mt", "1"), ("crf", "20"), ("b", "0")],
};

const VP8: EncoderSettings = EncoderSettings {
    encoder: "libvpx",
    pixel_format: "yuv420p",
    options: &[("deadline", "realtime"), ("cpu-used", "8"), ("crf", "10"), ("b", "20000000")],
};

const GIF: EncoderSettings = EncoderSettings { encoder: "gif", pixel_format: "pal8", options: &[] };

/// The encoders of a container, best first: the first one that the linked FFmpeg has is used.
pub(super) const fn candidates(container: Container) -> &'static [EncoderSettings] {
    match container {
        Container::Mp4 => &[X264, OPENH264, MPEG4],
        Container::Matroska => &[X264, OPENH264, FFV1, MPEG4],
        Container::WebM => &[VP9, VP8],
        Container::Gif => &[GIF],
    }
}

/// Options for large pictures: shorter lookahead, since the pictures that an encoder buffers would take several
/// hundred megabytes.
fn options_for_large_pictures(
    size: Shape,
    settings: &EncoderSettings,
) -> &'static [(&'static str, &'static str)] {
    match settings.encoder {
        _ if !size.is_large() => &[],
        "libx264" => &[("rc-lookahead", "2"), ("x264-params", "sync-lookahead=0")],
        "libvpx" | "libvpx-vp9" => &[("lag-in-frames", "2")],
        _ => &[],
    }
}

/// Opens an encoder.
pub(super) fn open(
    parameters: VideoParameters,
    settings: &EncoderSettings,
    tick: Rational,
) -> Result<encoder::video::Encoder, Error> {
    let codec = encoder::find_by_name(settings.encoder).ok_or(Error::EncoderNotFound)?;
    let mut context = codec::Context::new_with_codec(codec);
    // Without the encoder's version in the file, which would differ between machines.
    let mut flags = codec::Flags::BITEXACT;
    if matches!(parameters.container, Container::Mp4 | Container::Matroska | Container::WebM) {
        flags |= codec::Flags::GLOBAL_HEADER;
    }
    context.set_flags(flags);
    context.set_time_base(tick);
    context.set_frame_rate(Some(Rational::from(parameters.frame_rate.clamp(1.0, 240.0))));
    let mut video = context.encoder().video()?;
    video.set_width(parameters.size.width);
    video.set_height(parameters.size.height);
    video.set_format(settings.pixel_format.parse().map_err(|_| Error::InvalidData)?);
    video.set_aspect_ratio(Rational::new(1, 1));
    // A keyframe about every two seconds, so that seeking is fast.
    video.set_gop(60);
    if parameters.container != Container::Gif {
        video.set_colorspace(color::Space::BT709);
        video.set_color_range(color::Range::MPEG);
        video.set_color_primaries(color::Primaries::BT709);
        video.set_color_transfer_characteristic(color::TransferCharacteristic::BT709);
    }
    let mut options = Dictionary::new();
    for (name, value) in settings.options.iter().chain(options_for_large_pictures(parameters.size, settings))
    {
        options.set(name, value);
    }
    video.open_with(options)
}

/// The filters that convert RGBA to the encoder's input.
pub(super) fn graph(
    parameters: VideoParameters,
    settings: &EncoderSettings,
    tick: Rational,
) -> Result<Graph, Error> {
    let Shape { width, height } = parameters.size;
    let mut filters = Vec::new();
    if parameters.size != parameters.picture_size {
        filters.push(format!("scale=w={width}:h={height}:flags=area:sws_dither=none"));
    }
    match parameters.container {
        // A palette for each picture: a common palette would need all pictures first.
        Container::Gif => filters.push(
            "split[a][b];[a]palettegen=stats_mode=single[p];[b][p]paletteuse=new=1:dither=none".to_owned(),
        ),
        Container::Mp4 | Container::Matroska | Container::WebM => {
            filters.push("scale=out_color_matrix=bt709:out_range=tv".to_owned());
            filters.push(format!("format=pix_fmts={}", settings.pixel_format));
        }
    }
    filters.push(format!("settb=1/{}", tick.denominator()));
    let find = |name| filter::find(name).ok_or(Error::FilterNotFound);
    let mut graph = Graph::new();
    ffi::set_scale_flags(&mut graph);
    let Shape { width, height } = parameters.picture_size;
    let arguments = format!(
        "video_size={width}x{height}:pix_fmt=rgba:time_base=1/{}:pixel_aspect=1/1",
        tick.denominator()
    );
    graph.add(&find("buffer")?, "in", &arguments)?;
    graph.add(&find("buffersink")?, "out", "")?;
    graph.output("in", 0)?.input("out", 0)?.parse(&filters.join(","))?;
    graph.validate()?;
    Ok(graph)
}
