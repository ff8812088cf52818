//! Converts decoded pictures to the samples of a layout, with the same result as the `ffmpeg` program.
//!
//! Between decoder and output, the program has a chain of filters: rotation for the display matrix, then `format`,
//! before which libavfilter inserts a scaler if one is needed. This module builds the same chain with the same
//! options, so that the bytes are the same; no chain if it would do nothing.

use ffmpeg_next::{Error, frame};

use super::display::DisplayMatrix;
use super::ffi::{self, Properties};
use super::picture_filters::{FilterInput, PictureFilters};
use crate::picture::layout::Samples;
use crate::picture::{Colour, Shape};
use crate::runtime::pool::{Buffer, Pool};

/// FFmpeg's name of the pixel format of these samples.
const fn pixel_format(samples: Samples) -> &'static str {
    match samples {
        Samples::Rgba32 => "rgba",
        Samples::Rgb24 => "rgb24",
        Samples::Gray8 => "gray",
        Samples::Yuv420p => "yuv420p",
    }
}

/// A converted picture: samples in rows, tightly packed.
pub(super) struct Converted {
    pub(super) shape: Shape,
    pub(super) colour: Colour,
    pub(super) bytes: Buffer,
}

/// Converts decoded pictures to samples. Builds its filters anew when the properties of the pictures change.
#[derive(Default)]
pub(super) struct Converter {
    /// The current filters, and what they were built for; no filters if they would do nothing.
    chain: Option<((FilterInput, Samples), Option<PictureFilters>)>,
}

impl Converter {
    /// The bytes of `picture` in `samples`. `matrix` is the stream's; a matrix of the picture itself has priority.
    pub(super) fn convert(
        &mut self,
        mut picture: frame::Video,
        properties: &Properties,
        matrix: Option<DisplayMatrix>,
        samples: Samples,
        pool: &Pool,
    ) -> Result<Converted, Error> {
        let input = (FilterInput::of(properties, DisplayMatrix::of(&picture).or(matrix)), samples);
        let chain = match self.chain.take() {
            Some(chain) if chain.0 == input => chain,
            _ => {
                let filters = filters(&input.0, samples, properties.format_name)?;
                (input, filters)
            }
        };
        if let (_, Some(filters)) = self.chain.insert(chain) {
            picture = filters.filter(picture)?;
        }
        let ffi::Properties { shape, colour, .. } = ffi::properties(&picture);
        let picture = match ffi::Packed::of(picture) {
            Ok(packed) => return Ok(Converted { shape, colour, bytes: Buffer::lent(packed) }),
            Err(picture) => picture,
        };
        let mut bytes = pool.take(ffi::packed_bytes(&picture)?);
        ffi::copy_packed(&picture, &mut bytes)?;
        Ok(Converted { shape, colour, bytes })
    }
}

/// The program's chain of filters; `None` if the picture has the wanted format already.
fn filters(
    input: &FilterInput,
    samples: Samples,
    format_name: &str,
) -> Result<Option<PictureFilters>, Error> {
    let mut filters = input.turning();
    let wanted = pixel_format(samples);
    if filters.is_empty() && format_name == wanted {
        return Ok(None);
    }
    filters.push(format!("format=pix_fmts={wanted}"));
    // Any time base will do: the filters do not depend on time.
    PictureFilters::of(input, "time_base=1/1", &filters).map(Some)
}
