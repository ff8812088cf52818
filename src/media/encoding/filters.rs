//! The filters that the `ffmpeg` program inserts between a decoder and an encoder: rotation for display, then a scaler to
//! a pixel format that the encoder takes, if one is needed.

use ffmpeg_next::util::error::EAGAIN;
use ffmpeg_next::{Codec, Error, Rational, format, frame};

use crate::media::display::DisplayMatrix;
use crate::media::ffi::{self, encoder};
use crate::media::picture_filters::{FilterInput, PictureFilters};
use crate::picture::Shape;

/// Formats of JPEG: the program leaves out those that are valid only in an unofficial way.
const JPEG_FORMATS: [&str; 3] = ["yuvj420p", "yuvj422p", "yuvj444p"];

/// Names of the pixel formats that an encoder takes, as the program allows them; empty if it takes any.
pub(super) fn formats(codec: Codec, is_strict: bool) -> Vec<String> {
    if codec.name() == "mjpeg" && is_strict {
        return JPEG_FORMATS.map(str::to_owned).into();
    }
    let formats = codec.video().ok().and_then(|video| video.formats());
    let names = formats.into_iter().flatten().filter_map(format::Pixel::descriptor);
    names.map(|descriptor| descriptor.name().to_owned()).collect()
}

/// The filters of one encoding.
pub(super) struct Filters {
    /// The tick of the timestamps of pictures.
    time_base: Rational,
    frame_rate: Rational,
    /// Names of the pixel formats that the encoder takes; empty for any.
    formats: Vec<String>,
    /// False for opaque RGBA, whose alpha no encoder is to store.
    are_decoded: bool,
    /// The size of the first filtered picture: later ones are scaled to it.
    size: Option<Shape>,
    chain: Option<(FilterInput, PictureFilters)>,
}

impl Filters {
    pub(super) const fn new(
        time_base: Rational,
        frame_rate: Rational,
        formats: Vec<String>,
        are_decoded: bool,
    ) -> Self {
        Self { time_base, frame_rate, formats, are_decoded, size: None, chain: None }
    }

    /// Width over height of a pixel after the filters.
    pub(super) fn aspect(&mut self) -> Rational {
        self.chain.as_mut().map_or(Rational(0, 1), |(_, filters)| encoder::filtered_aspect(filters.graph()))
    }

    /// Filters one picture.
    pub(super) fn filter(
        &mut self,
        picture: frame::Video,
        matrix: Option<DisplayMatrix>,
    ) -> Result<frame::Video, Error> {
        let input = FilterInput::of(&ffi::properties(&picture), matrix);
        if self.chain.as_ref().is_none_or(|(built_for, _)| *built_for != input) {
            let filters = self.filters_for(&input)?;
            self.chain = Some((input, filters));
        }
        let Some((_, filters)) = &mut self.chain else { return Err(Error::FilterNotFound) };
        // The filters keep no picture back, and an encoder's caller would take this error for "no packet yet".
        let filtered = filters.filter(picture).map_err(|error| match error {
            Error::Other { errno: EAGAIN } => Error::Bug,
            error => error,
        })?;
        let made = ffi::properties(&filtered);
        if self.size.is_none() {
            self.size = Some(made.shape);
            self.formats = vec![made.format_name.to_owned()];
        }
        Ok(filtered)
    }

    /// The filters for pictures of one kind.
    fn filters_for(&self, input: &FilterInput) -> Result<PictureFilters, Error> {
        let mut filters = input.turning();
        if !self.are_decoded {
            filters.push("format=pix_fmts=rgb24".to_owned());
        }
        if let Some(Shape { width, height }) = self.size {
            filters.push(format!("scale={width}:{height}:flags=bicubic"));
        }
        if !self.formats.is_empty() {
            filters.push(format!("format=pix_fmts={}", self.formats.join("|")));
        }
        if filters.is_empty() {
            filters.push("null".to_owned());
        }
        let [base, rate] = [self.time_base, self.frame_rate].map(|it| (it.numerator(), it.denominator()));
        let timing = format!("time_base={}/{}:frame_rate={}/{}", base.0, base.1, rate.0, rate.1);
        PictureFilters::of(input, &timing, &filters)
    }
}
