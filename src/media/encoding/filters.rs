//! The filters that the `ffmpeg` program inserts between a decoder and an encoder: rotation for display, then a scaler to
//! a pixel format that the encoder takes, if one is needed.

use ffmpeg_next::filter::{self, Graph};
use ffmpeg_next::util::error::EAGAIN;
use ffmpeg_next::{Codec, Error, Rational, color, format, frame};

use crate::media::display::DisplayMatrix;
use crate::media::ffi::{self, ColourTags, encoder};
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

/// What a chain of filters depends on; if it changes, the chain is built anew.
#[derive(Clone, Debug, PartialEq)]
struct Input {
    shape: Shape,
    format: i32,
    sample_aspect_ratio: (i32, i32),
    colour_tags: Option<ColourTags>,
    matrix: Option<DisplayMatrix>,
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
    chain: Option<(Input, Graph)>,
    takes_no_matrix: bool,
}

impl Filters {
    pub(super) const fn new(
        time_base: Rational,
        frame_rate: Rational,
        formats: Vec<String>,
        are_decoded: bool,
    ) -> Self {
        Self { time_base, frame_rate, formats, are_decoded, size: None, chain: None, takes_no_matrix: false }
    }

    /// Width over height of a pixel after the filters.
    pub(super) fn aspect(&mut self) -> Rational {
        self.chain.as_mut().map_or(Rational(0, 1), |(_, graph)| encoder::filtered_aspect(graph))
    }

    /// Filters one picture.
    pub(super) fn filter(
        &mut self,
        mut picture: frame::Video,
        matrix: Option<DisplayMatrix>,
    ) -> Result<frame::Video, Error> {
        let properties = ffi::properties(&picture);
        let aspect = properties.sample_aspect_ratio;
        let input = Input {
            shape: properties.shape,
            format: properties.format,
            sample_aspect_ratio: (aspect.numerator(), aspect.denominator()),
            colour_tags: ffi::filters_know_colours().then_some(properties.colour_tags),
            matrix,
        };
        if self.chain.as_ref().is_none_or(|(built_for, _)| *built_for != input) {
            let graph = self.graph_for(&input)?;
            self.chain = Some((input, graph));
        }
        let Some((_, graph)) = &mut self.chain else { return Err(Error::FilterNotFound) };
        if self.takes_no_matrix {
            picture.set_color_space(color::Space::Unspecified);
        }
        let (Some(mut source), Some(mut sink)) = (graph.get("in"), graph.get("out")) else {
            return Err(Error::FilterNotFound);
        };
        source.source().add(&picture)?;
        let mut filtered = frame::Video::empty();
        match sink.sink().frame(&mut filtered) {
            Ok(()) => {}
            // None of these filters keeps a picture back.
            Err(Error::Other { errno: EAGAIN }) => return Err(Error::Bug),
            Err(error) => return Err(error),
        }
        let made = ffi::properties(&filtered);
        if self.size.is_none() {
            self.size = Some(made.shape);
            self.formats = vec![made.format_name.to_owned()];
        }
        Ok(filtered)
    }

    /// The filters for pictures of one kind. Newer versions reject a stated matrix without a name; it then counts as not
    /// stated.
    fn graph_for(&mut self, input: &Input) -> Result<Graph, Error> {
        let built = self.graph(input);
        match (built, input.colour_tags) {
            (Err(_), Some(tags)) if tags != tags.without_matrix() => {
                self.takes_no_matrix = true;
                self.graph(&Input { colour_tags: Some(tags.without_matrix()), ..input.clone() })
            }
            (built, _) => {
                self.takes_no_matrix = false;
                built
            }
        }
    }

    fn graph(&self, input: &Input) -> Result<Graph, Error> {
        let mut filters = input.matrix.map(|matrix| matrix.turn().filters()).unwrap_or_default();
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
        let find = |name| filter::find(name).ok_or(Error::FilterNotFound);
        let mut graph = Graph::new();
        ffi::set_scale_flags(&mut graph);
        let (num, den) = input.sample_aspect_ratio;
        let tags = input.colour_tags;
        let tags = tags.map(|ColourTags { space, range }| format!(":colorspace={space}:range={range}"));
        let arguments = format!(
            "video_size={}x{}:pix_fmt={}:time_base={}/{}:pixel_aspect={num}/{}:frame_rate={}/{}{}",
            input.shape.width,
            input.shape.height,
            input.format,
            self.time_base.numerator(),
            self.time_base.denominator(),
            den.max(1),
            self.frame_rate.numerator(),
            self.frame_rate.denominator(),
            tags.unwrap_or_default(),
        );
        graph.add(&find("buffer")?, "in", &arguments)?;
        graph.add(&find("buffersink")?, "out", "")?;
        graph.output("in", 0)?.input("out", 0)?.parse(&filters.join(","))?;
        graph.validate()?;
        Ok(graph)
    }
}
