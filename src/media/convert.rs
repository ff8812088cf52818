//! From decoded pictures to the samples of a layout, as the `ffmpeg` program makes them.
//!
//! The program puts a chain of filters between decoder and output: turns for the display matrix, then
//! `format`, before which libavfilter sets a scaler where one is needed. Here stands the same chain with
//! the same options, so that the bytes are the same too; where it would do nothing there is none.

use ffmpeg_next::filter::{self, Graph};
use ffmpeg_next::{Error, frame};

use super::ffi::{self, Properties};
use crate::frame::{Colour, Shape};
use crate::layout::Samples;
use crate::pool::{Buffer, Pool};

/// FFmpeg's name of the pixel format that has these samples.
const fn pixel_format(samples: Samples) -> &'static str {
    match samples {
        Samples::Rgba32 => "rgba",
        Samples::Rgb24 => "rgb24",
        Samples::Gray8 => "gray",
        Samples::Yuv420p => "yuv420p",
    }
}

/// The display matrix of a stream or a picture: 9 numbers in fixed point, row by row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct DisplayMatrix([i32; 9]);

impl DisplayMatrix {
    /// Reads the side data that FFmpeg attaches; `None` where it is too short.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let (numbers, _) = bytes.as_chunks::<4>();
        let mut matrix = [0; 9];
        for (to, from) in matrix.iter_mut().zip(numbers.get(..9)?) {
            *to = i32::from_ne_bytes(*from);
        }
        Some(Self(matrix))
    }

    /// The matrix that a picture brings with it.
    pub(super) fn of(picture: &frame::Video) -> Option<Self> {
        picture.side_data(frame::side_data::Type::DisplayMatrix).and_then(|data| Self::read(data.data()))
    }

    /// Quarter turns, clockwise, from 0 to 3; 0 for turns by other angles.
    pub(super) fn quarter_turns(self) -> u32 {
        [90.0, 180.0, 270.0]
            .iter()
            .zip(1..)
            .find(|(it, _)| (self.degrees() - **it).abs() < 1.0)
            .map_or(0, |it| it.1)
    }

    /// Degrees, clockwise, by which the picture is to be turned, from 0 to just under 360; as the program
    /// takes them from the matrix (`av_display_rotation_get` in libavutil).
    pub(super) fn degrees(self) -> f64 {
        let number = |i: usize| f64::from(self.0[i]) / 65536.0;
        let scale = [number(0).hypot(number(3)), number(1).hypot(number(4))];
        if scale.contains(&0.0) {
            return 0.0;
        }
        let counterclockwise = (number(1) / scale[1]).atan2(number(0) / scale[0]).to_degrees();
        // A hair below a full turn is no turn.
        let theta = counterclockwise.round();
        theta - 360.0 * (theta / 360.0 + 0.9 / 360.0).floor()
    }

    /// The filters of `ffmpeg`'s autorotation.
    fn filters(self) -> Vec<String> {
        let theta = self.degrees();
        let near = |degrees: f64| (theta - degrees).abs() < 1.0;
        let names: &[&str] = if near(90.0) {
            if self.0[3] > 0 { &["transpose=cclock_flip"] } else { &["transpose=clock"] }
        } else if near(180.0) {
            match (self.0[0] < 0, self.0[4] < 0) {
                (true, true) => &["hflip", "vflip"],
                (true, false) => &["hflip"],
                (false, true) => &["vflip"],
                (false, false) => &[],
            }
        } else if near(270.0) {
            if self.0[3] < 0 { &["transpose=clock_flip"] } else { &["transpose=cclock"] }
        } else if theta.abs() > 1.0 {
            return vec![format!("rotate={theta:.6}*PI/180")];
        } else if self.0[4] < 0 {
            &["vflip"]
        } else {
            &[]
        };
        names.iter().map(ToString::to_string).collect()
    }
}

/// A picture in samples in rows.
pub(super) struct Converted {
    pub(super) shape: Shape,
    pub(super) colour: Colour,
    pub(super) bytes: Buffer,
}

/// What the chain of filters was made for; another of these needs another chain.
#[derive(Clone, Debug, PartialEq)]
struct Input {
    shape: Shape,
    format: i32,
    sample_aspect_ratio: (i32, i32),
    matrix: Option<DisplayMatrix>,
    samples: Samples,
}

/// Turns decoded pictures into the samples of layouts. Remakes its filters when the pictures change.
#[derive(Default)]
pub(super) struct Converter {
    /// The chain, and what it was made for; without a graph where it would do nothing.
    chain: Option<(Input, Option<Graph>)>,
}

impl Converter {
    /// The bytes of `picture` in `samples`. `matrix` is the stream's; one of the picture's own goes first.
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
            matrix: DisplayMatrix::of(&picture).or(matrix),
            samples,
        };
        let chain = match self.chain.take() {
            Some(chain) if chain.0 == input => chain,
            _ => {
                let graph = graph(&input, properties.format_name)?;
                (input, graph)
            }
        };
        let (_, graph) = self.chain.insert(chain);
        if let Some(graph) = graph {
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

/// The program's chain of filters; `None` where the picture is what is wanted already.
fn graph(input: &Input, format_name: &str) -> Result<Option<Graph>, Error> {
    let mut filters = input.matrix.map(DisplayMatrix::filters).unwrap_or_default();
    let wanted = pixel_format(input.samples);
    if filters.is_empty() && format_name == wanted {
        return Ok(None);
    }
    filters.push(format!("format=pix_fmts={wanted}"));

    let find = |name| filter::find(name).ok_or(Error::FilterNotFound);
    let mut graph = Graph::new();
    ffi::set_scale_flags(&mut graph);
    let (num, den) = input.sample_aspect_ratio;
    let arguments = format!(
        // Time plays no part between decoder and output.
        "video_size={}x{}:pix_fmt={}:time_base=1/1:pixel_aspect={num}/{}",
        input.shape.width,
        input.shape.height,
        input.format,
        den.max(1),
    );
    graph.add(&find("buffer")?, "in", &arguments)?;
    graph.add(&find("buffersink")?, "out", "")?;
    graph.output("in", 0)?.input("out", 0)?.parse(&filters.join(","))?;
    graph.validate()?;
    Ok(Some(graph))
}
