//! Converts decoded pictures to the samples of a layout, with the same result as the `ffmpeg` program.
//!
//! Between decoder and output, the program has a chain of filters: rotation for the display matrix, then `format`,
//! before which libavfilter inserts a scaler if one is needed. This module builds the same chain with the same
//! options, so that the bytes are the same; no chain if it would do nothing.

use ffmpeg_next::filter::{self, Graph};
use ffmpeg_next::{Error, color, frame};

use super::display::DisplayMatrix;
use super::ffi::{self, ColourTags, Properties};
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

/// The properties that a chain of filters depends on; if one changes, the chain is built anew.
#[derive(Clone, Debug, PartialEq)]
struct Input {
    shape: Shape,
    format: i32,
    sample_aspect_ratio: (i32, i32),
    /// `None` if this version of the filters reads them from each picture.
    colour_tags: Option<ColourTags>,
    matrix: Option<DisplayMatrix>,
    samples: Samples,
}

/// Converts decoded pictures to samples. Builds its filters anew when the properties of the pictures change.
#[derive(Default)]
pub(super) struct Converter {
    /// The current chain, and the properties that it was built for.
    chain: Option<(Input, Chain)>,
}

/// Filters for pictures of one kind.
struct Chain {
    /// `None` if filters would do nothing.
    graph: Option<Graph>,
    /// True if the filters reject the matrix that the pictures state.
    takes_no_matrix: bool,
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
        let aspect = properties.sample_aspect_ratio;
        let input = Input {
            shape: properties.shape,
            format: properties.format,
            sample_aspect_ratio: (aspect.numerator(), aspect.denominator()),
            colour_tags: ffi::filters_know_colours().then_some(properties.colour_tags),
            matrix: DisplayMatrix::of(&picture).or(matrix),
            samples,
        };
        let chain = match self.chain.take() {
            Some(chain) if chain.0 == input => chain,
            _ => {
                let chain = Chain::of(&input, properties.format_name)?;
                (input, chain)
            }
        };
        let (_, Chain { graph, takes_no_matrix }) = self.chain.insert(chain);
        if let Some(graph) = graph {
            if *takes_no_matrix {
                picture.set_color_space(color::Space::Unspecified);
            }
            let (Some(mut source), Some(mut sink)) = (graph.get("in"), graph.get("out")) else {
                return Err(Error::FilterNotFound);
            };
            source.source().add(&picture)?;
            picture = frame::Video::empty();
            sink.sink().frame(&mut picture)?;
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

impl Chain {
    /// The filters for a picture. Newer versions reject a stated matrix without a name; it then counts as not stated.
    fn of(input: &Input, format_name: &str) -> Result<Self, Error> {
        match (graph(input, format_name), input.colour_tags) {
            (Ok(graph), _) => Ok(Self { graph, takes_no_matrix: false }),
            (Err(_), Some(tags)) if tags != tags.without_matrix() => {
                let input = Input { colour_tags: Some(tags.without_matrix()), ..input.clone() };
                Ok(Self { graph: graph(&input, format_name)?, takes_no_matrix: true })
            }
            (Err(error), _) => Err(error),
        }
    }
}

/// The program's chain of filters; `None` if the picture has the wanted format already.
fn graph(input: &Input, format_name: &str) -> Result<Option<Graph>, Error> {
    let mut filters = input.matrix.map(|matrix| matrix.turn().filters()).unwrap_or_default();
    let wanted = pixel_format(input.samples);
    if filters.is_empty() && format_name == wanted {
        return Ok(None);
    }
    filters.push(format!("format=pix_fmts={wanted}"));

    let find = |name| filter::find(name).ok_or(Error::FilterNotFound);
    let mut graph = Graph::new();
    ffi::set_scale_flags(&mut graph);
    let (num, den) = input.sample_aspect_ratio;
    let tags = input.colour_tags;
    let tags = tags.map(|ColourTags { space, range }| format!(":colorspace={space}:range={range}"));
    let arguments = format!(
        // Any time base will do: the filters do not depend on time.
        "video_size={}x{}:pix_fmt={}:time_base=1/1:pixel_aspect={num}/{}{}",
        input.shape.width,
        input.shape.height,
        input.format,
        den.max(1),
        tags.unwrap_or_default(),
    );
    graph.add(&find("buffer")?, "in", &arguments)?;
    graph.add(&find("buffersink")?, "out", "")?;
    graph.output("in", 0)?.input("out", 0)?.parse(&filters.join(","))?;
    graph.validate()?;
    Ok(Some(graph))
}
