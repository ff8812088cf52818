//! Scales pictures to the size of a call, in the pixel format of its encoder.

use ffmpeg_next::{Error, frame};

use crate::media::display::DisplayMatrix;
use crate::media::ffi;
use crate::media::picture_filters::{FilterInput, PictureFilters};
use crate::picture::Shape;

/// What an encoder takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target {
    /// The largest pictures, wider than high.
    pub(super) most: Shape,
    /// Width and height are multiples of this.
    pub(super) multiple: u32,
    /// FFmpeg's name of the pixel format.
    pub(super) pixel_format: &'static str,
}

impl Target {
    /// The size of pictures of a source of this size: its own if it is not larger, without the last columns and rows
    /// that make no whole multiple.
    fn shape(self, source: Shape) -> Shape {
        let Shape { width, height } = source;
        let most = if width >= height { self.most } else { Shape::new(self.most.height, self.most.width) };
        let is_wider = u64::from(width) * u64::from(most.height) >= u64::from(height) * u64::from(most.width);
        let scaled = |side: u32, to: u32, from: u32| {
            u32::try_from(u64::from(side) * u64::from(to) / u64::from(from.max(1))).unwrap_or(to)
        };
        let (width, height) = if width <= most.width && height <= most.height {
            (width, height)
        } else if is_wider {
            (most.width, scaled(height, most.width, width))
        } else {
            (scaled(width, most.height, height), most.height)
        };
        let whole = |side: u32| (side / self.multiple * self.multiple).max(self.multiple);
        Shape::new(whole(width), whole(height))
    }

    /// The filters from pictures of `source`, as they are turned for display, to `shape`.
    fn filters(self, source: Shape, shape: Shape) -> Vec<String> {
        let Shape { width, height } = shape;
        let is_cut = |from: u32, to: u32| from >= to && from - to < self.multiple;
        let mut filters = Vec::new();
        if source != shape {
            filters.push(if is_cut(source.width, width) && is_cut(source.height, height) {
                format!("crop={width}:{height}:0:0")
            } else {
                format!("scale={width}:{height}:flags=bicubic")
            });
        }
        // Pictures are sent whole, and a picture marked as two fields would be described as such.
        filters.push("setfield=prog".to_owned());
        filters.push(format!("format=pix_fmts={}", self.pixel_format));
        filters
    }
}

/// Fits all pictures of a source to the size of its first.
pub(super) struct Fitting {
    target: Target,
    /// The filters' time base, as text.
    timing: String,
    shape: Option<Shape>,
    chain: Option<(FilterInput, PictureFilters)>,
}

impl Fitting {
    /// `time_base` of the source as numerator and denominator; the filters do not depend on it.
    pub(super) fn new(target: Target, time_base: (i32, i32)) -> Self {
        let timing = format!("time_base={}/{}", time_base.0, time_base.1);
        Self { target, timing, shape: None, chain: None }
    }

    /// Fits a picture.
    pub(super) fn fit(
        &mut self,
        picture: frame::Video,
        matrix: Option<DisplayMatrix>,
    ) -> Result<frame::Video, Error> {
        let properties = ffi::properties(&picture);
        let input = FilterInput::of(&properties, matrix);
        if self.chain.as_ref().is_none_or(|(built_for, _)| *built_for != input) {
            let Shape { width, height } = properties.shape;
            let is_turned = matrix.is_some_and(|matrix| matrix.turn().quarter_turns() % 2 == 1);
            let turned = if is_turned { Shape::new(height, width) } else { properties.shape };
            let shape = *self.shape.get_or_insert_with(|| self.target.shape(turned));
            let mut filters = input.turning();
            filters.extend(self.target.filters(turned, shape));
            let filters = PictureFilters::of(&input, &self.timing, &filters)?;
            self.chain = Some((input, filters));
        }
        let Some((_, filters)) = &mut self.chain else { return Err(Error::FilterNotFound) };
        filters.filter(picture)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_keep_their_size_unless_they_are_larger_than_the_target() {
        let target = |multiple| Target { most: Shape::new(1280, 720), multiple, pixel_format: "yuv420p" };
        for (multiple, source, fitted) in [
            (2, (1280, 720), (1280, 720)),
            (2, (1279, 7), (1278, 6)),
            (8, (854, 480), (848, 480)),
            (2, (1920, 1080), (1280, 720)),
            (2, (1080, 1920), (720, 1280)),
            (2, (3000, 100), (1280, 42)),
            (8, (1, 1), (8, 8)),
            (8, (16_384, 1), (1280, 8)),
            (2, (1000, 1000), (720, 720)),
        ] {
            let shape = target(multiple).shape(Shape::new(source.0, source.1));
            assert_eq!((shape.width, shape.height), fitted, "{source:?}");
        }
        let filters = |source: Shape, shape| target(8).filters(source, shape)[0].clone();
        assert_eq!(filters(Shape::new(854, 480), Shape::new(848, 480)), "crop=848:480:0:0");
        assert_eq!(filters(Shape::new(4, 4), Shape::new(8, 8)), "scale=8:8:flags=bicubic");
    }
}
