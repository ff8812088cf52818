//! Filters for decoded pictures of one kind, as the `ffmpeg` program builds them.

use ffmpeg_next::filter::{self, Graph};
use ffmpeg_next::{Error, color, frame};

use super::display::DisplayMatrix;
use super::ffi::{self, ColourTags, Properties};
use crate::picture::Shape;

/// The properties of pictures that filters depend on; if one changes, the filters are built anew.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct FilterInput {
    shape: Shape,
    format: i32,
    sample_aspect_ratio: (i32, i32),
    /// `None` if this version of the filters reads them from each picture.
    colour_tags: Option<ColourTags>,
    matrix: Option<DisplayMatrix>,
}

impl FilterInput {
    /// The properties of a picture, and its display matrix.
    pub(super) fn of(properties: &Properties, matrix: Option<DisplayMatrix>) -> Self {
        let aspect = properties.sample_aspect_ratio;
        Self {
            shape: properties.shape,
            format: properties.format,
            sample_aspect_ratio: (aspect.numerator(), aspect.denominator()),
            colour_tags: ffi::filters_know_colours().then_some(properties.colour_tags),
            matrix,
        }
    }

    /// The filters that turn the pictures for display, in order.
    pub(super) fn turning(&self) -> Vec<String> {
        self.matrix.map(|matrix| matrix.turn().filters()).unwrap_or_default()
    }
}

/// Filters, and how pictures are given to them.
pub(super) struct PictureFilters {
    graph: Graph,
    /// True if the filters reject the matrix that the pictures state.
    takes_no_matrix: bool,
}

impl PictureFilters {
    /// The filters for pictures of one kind; `timing` states at least their `time_base`. Newer versions reject a stated matrix without a
    /// name; it then counts as not stated.
    pub(super) fn of(input: &FilterInput, timing: &str, filters: &[String]) -> Result<Self, Error> {
        match (graph(input, timing, filters), input.colour_tags) {
            (Ok(graph), _) => Ok(Self { graph, takes_no_matrix: false }),
            (Err(_), Some(tags)) if tags != tags.without_matrix() => {
                let input = FilterInput { colour_tags: Some(tags.without_matrix()), ..input.clone() };
                Ok(Self { graph: graph(&input, timing, filters)?, takes_no_matrix: true })
            }
            (Err(error), _) => Err(error),
        }
    }

    /// The graph, whose input is called `in` and whose output `out`.
    pub(super) const fn graph(&mut self) -> &mut Graph {
        &mut self.graph
    }

    /// Filters one picture. None of the filters may keep a picture back.
    pub(super) fn filter(&mut self, mut picture: frame::Video) -> Result<frame::Video, Error> {
        if self.takes_no_matrix {
            picture.set_color_space(color::Space::Unspecified);
        }
        let (Some(mut source), Some(mut sink)) = (self.graph.get("in"), self.graph.get("out")) else {
            return Err(Error::FilterNotFound);
        };
        source.source().add(&picture)?;
        let mut filtered = frame::Video::empty();
        sink.sink().frame(&mut filtered)?;
        Ok(filtered)
    }
}

fn graph(input: &FilterInput, timing: &str, filters: &[String]) -> Result<Graph, Error> {
    let find = |name| filter::find(name).ok_or(Error::FilterNotFound);
    let mut graph = Graph::new();
    ffi::set_scale_flags(&mut graph);
    let (num, den) = input.sample_aspect_ratio;
    let tags = input.colour_tags;
    let tags = tags.map(|ColourTags { space, range }| format!(":colorspace={space}:range={range}"));
    let arguments = format!(
        "video_size={}x{}:pix_fmt={}:pixel_aspect={num}/{}:{timing}{}",
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
    Ok(graph)
}
