//! A cell of a poster: a reduced panel, and the finding of its own lens.

use std::sync::Arc;

use super::LARGEST_PICTURE;
use crate::export::page::{FigureError, pixels};
use crate::export::words;
use crate::leak::Finding;
use crate::lens::Blank;
use crate::picture::{Picture, Shape};
use crate::render::RenderedPanel;
use crate::runtime::pool::Buffer;
use crate::scene::Panel;

/// A panel of a scheme and a lens, reduced.
#[derive(Clone, Debug)]
pub struct Cell {
    pub(super) picture: Picture,
    /// What an eavesdropper learns from the scheme through any lens.
    pub(super) word: Option<Finding>,
    /// The number behind the word, as a sentence.
    pub(super) finding: String,
    pub(super) shows: Shows,
}

/// The text below a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shows {
    /// The lens shows what the word says.
    Finding {
        word: Finding,
        /// The picture is left out, because the receiver has none.
        is_blank: bool,
    },
    /// The lens shows nothing, for the reason in `says`.
    Nothing {
        says: &'static str,
        /// The picture is left out.
        is_blank: bool,
    },
}

impl Cell {
    /// The cell of a panel whose pixels have the aspect ratio `aspect`. The panel must be rendered with what its
    /// picture [shows](crate::render::Parts::shows).
    ///
    /// # Errors
    /// [`FigureError::NoPictures`] if the panel was rendered without a picture.
    pub fn of(panel: &RenderedPanel, aspect: (u32, u32)) -> Result<Self, FigureError> {
        let picture = panel.picture.as_ref().ok_or(FigureError::NoPictures)?;
        let finding = match &panel.refusal {
            Some(_) => "the scheme does not support this frame".to_owned(),
            None => words::finding(&panel.leakage),
        };
        let shows = Shows::of(panel);
        let picture = resized(picture, fitting(picture.shape, aspect));
        Ok(Self { picture, word: panel.leakage.word, finding, shows })
    }
}

impl Shows {
    fn of(panel: &RenderedPanel) -> Self {
        let has_picture = matches!(panel.panel, Panel::Plain)
            || panel.shows.is_some_and(|shows| shows.is_ok_and(|word| word != Finding::Rejected))
            || panel.shows.and_then(Result::err).is_some_and(Blank::has_picture);
        match panel.shows_in_brief() {
            Some(Ok(word)) => Self::Finding { word, is_blank: !has_picture },
            Some(Err(says)) => Self::Nothing { says, is_blank: !has_picture },
            None => Self::Nothing { says: "", is_blank: !has_picture },
        }
    }

    /// True if the picture is left out.
    pub(super) const fn is_blank(self) -> bool {
        match self {
            Self::Finding { is_blank, .. } | Self::Nothing { is_blank, .. } => is_blank,
        }
    }
}

/// The size in a poster of a picture of `shape` with pixels of the aspect ratio `aspect`: enlarged by a whole factor,
/// or reduced.
/// reduced.
fn fitting(shape: Shape, aspect: (u32, u32)) -> Shape {
    let [wide, high] = match aspect {
        (wide, high) if wide > 0 && high > 0 => [f64::from(wide), f64::from(high)],
        _ => [1.0, 1.0],
    };
    let (width, height) =
        (f64::from(shape.width) * (wide / high).max(1.0), f64::from(shape.height) * (high / wide).max(1.0));
    let [most_wide, most_high] = LARGEST_PICTURE.map(f64::from);
    let scale = (most_wide / width).min(most_high / height);
    let scale = if scale > 1.0 { scale.floor() } else { scale };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "at most the largest picture"
    )]
    let side = |side: f64| ((side * scale).round() as u32).max(1);
    Shape::new(side(width), side(height))
}

/// Resizes a picture: averaged if it is reduced, else with rectangles for pixels.
fn resized(picture: &Picture, to: Shape) -> Picture {
    let from = picture.shape;
    let is_smaller = to.width < from.width || to.height < from.height;
    let bytes = pixels::stretched(picture, is_smaller, to).into_owned().into_flattened();
    Picture::new(to, Arc::new(Buffer::from(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_fit_into_their_cells_and_small_ones_are_enlarged_by_whole_pixels() {
        let fit = |width, height, aspect| {
            let Shape { width, height } = fitting(Shape::new(width, height), aspect);
            (width, height)
        };
        assert_eq!(fit(1280, 720, (1, 1)), (360, 203));
        assert_eq!(fit(1080, 1920, (1, 1)), (152, 270));
        assert_eq!(fit(100, 50, (1, 1)), (300, 150));
        assert_eq!(fit(1, 1, (1, 1)), (270, 270));
        assert_eq!(fit(16_384, 1, (1, 1)), (360, 1));
        assert_eq!(fit(720, 576, (16, 15)), (360, 270));
    }

    #[test]
    fn a_reduced_picture_is_averaged() {
        let rgba = [[0, 0, 0, 255], [255, 255, 255, 255]].repeat(8).concat();
        let picture = Picture::new(Shape::new(4, 4), Arc::new(Buffer::from(rgba)));
        let half = resized(&picture, Shape::new(2, 2));
        assert!(half.pixels().iter().all(|pixel| pixel[0].abs_diff(128) < 3));
        let double = resized(&picture, Shape::new(8, 8));
        assert_eq!(double.pixels()[..4], [[0, 0, 0, 255], [0, 0, 0, 255], [255; 4], [255; 4]]);
    }
}
