//! A cell of a poster: a panel made small, and what its own lens shows.

use std::sync::Arc;

use super::LARGEST_PICTURE;
use crate::export::figure::{FigureError, pixels};
use crate::export::words;
use crate::frame::{Picture, Shape};
use crate::layout::Layout;
use crate::leak::{self, Leakage, Word};
use crate::lens::{Lens, STILL};
use crate::pipeline::{Attack, RenderedPanel};
use crate::pool::Buffer;
use crate::scene::Panel;

/// A scheme seen through a lens, made small.
#[derive(Clone, Debug)]
pub struct Cell {
    pub(super) picture: Picture,
    /// What an eavesdropper gets from the scheme, through whichever lens.
    pub(super) word: Option<Word>,
    /// The number behind that.
    pub(super) finding: String,
    pub(super) shows: Shows,
}

/// What the lens of a cell shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shows {
    /// What the word says.
    Word(Word),
    /// No more than what is said here; where it is `blank`, the picture is left out.
    Nothing { says: &'static str, blank: bool },
}

impl Cell {
    /// A panel of a frame in `layout`, whose pixels are `aspect` wide over high, made to fit into a poster.
    ///
    /// # Errors
    /// [`FigureError::NoPictures`] where the panel was rendered without.
    pub fn of(panel: &RenderedPanel, layout: Layout, aspect: (u32, u32)) -> Result<Self, FigureError> {
        let picture = panel.picture.as_ref().ok_or(FigureError::NoPictures)?;
        let finding = match &panel.refusal {
            Some(_) => "the scheme cannot take this frame".to_owned(),
            None => words::finding(&panel.leakage),
        };
        let shows = Shows::of(panel, layout, picture);
        let picture = resized(picture, fitting(picture.shape, aspect));
        Ok(Self { picture, word: panel.leakage.word, finding, shows })
    }
}

impl Shows {
    fn of(panel: &RenderedPanel, layout: Layout, picture: &Picture) -> Self {
        const BLANK: bool = true;
        let Panel::Cipher { lens, .. } = panel.panel else { return Self::nothing("", !BLANK) };
        if panel.refusal.is_some() {
            return Self::nothing("cannot take this frame", BLANK);
        }
        let leakage = &panel.leakage;
        let word = leakage.word;
        // What repeats is seen, whatever else there is to say of the scheme.
        let repeats = || match word {
            Some(word @ (Word::Outlines | Word::Flat)) => word,
            _ => Word::Repeats,
        };
        let blocks = Blocks { layout, picture };
        match lens {
            Lens::Ciphertext => match word {
                Some(Word::Flat) => Self::Word(Word::Flat),
                _ if leakage.repeated_in_frame > 0 && blocks.show_equal_ones() => Self::Word(repeats()),
                _ => Self::nothing("looks like noise", !BLANK),
            },
            Lens::Repeats | Lens::Colours(_) if leakage.repeated > 0 => Self::Word(repeats()),
            Lens::Repeats | Lens::Colours(_) => Self::nothing("no block repeats", BLANK),
            Lens::Outline if word == Some(Word::Outlines) => Self::Word(Word::Outlines),
            Lens::Outline => Self::nothing("draws nothing", BLANK),
            Lens::Tone(_) if leakage.tone_painted > Some(0.0) => Self::Word(repeats()),
            Lens::Tone(_) => Self::nothing("no tone", BLANK),
            Lens::Motion => {
                let says =
                    if leakage.same_as_previous.is_some() { "everything changes" } else { "no frame before" };
                let moves = || blocks.move_where(|pixel| pixel != STILL);
                over_time(leakage, moves).map_or(Self::nothing(says, BLANK), Self::Word)
            }
            Lens::Difference(_) if leakage.same_as_previous.is_none() => {
                Self::nothing("no frame before", BLANK)
            }
            Lens::Difference(_) => {
                let moves = || blocks.move_where(|[red, green, blue, _]| (red, green, blue) != (0, 0, 0));
                let found = match word {
                    Some(Word::KeystreamReuse) => word,
                    _ => over_time(leakage, moves),
                };
                found.map_or(Self::nothing("looks like noise", !BLANK), Self::Word)
            }
            Lens::Codebook(_) => match (word, panel.attack) {
                (Some(Word::Recovered), _) => Self::Word(Word::Recovered),
                (_, Some(Attack::Known)) => Self::nothing("is known", !BLANK),
                _ => Self::nothing("nothing follows", BLANK),
            },
            Lens::Received(_) => match word {
                Some(word) => Self::Word(word),
                None => Self::nothing("arrives as it was sent", !BLANK),
            },
        }
    }

    const fn nothing(says: &'static str, blank: bool) -> Self {
        Self::Nothing { says, blank }
    }

    /// True where the picture is left out.
    pub(super) const fn is_blank(self) -> bool {
        matches!(self, Self::Nothing { blank: true, .. })
    }
}

/// What a comparison with the frame before shows, if anything stayed as it was.
fn over_time(leakage: &Leakage, moves: impl Fn() -> bool) -> Option<Word> {
    let same = leakage.same_as_previous.filter(|&same| same > 0)?;
    Some(match leakage.same_prefix {
        _ if same == leakage.blocks => Word::IdenticalFrames,
        Some(prefix) if prefix == same => Word::Prefix,
        _ if moves() => Word::Movement,
        _ => Word::Repeats,
    })
}

/// A picture by the blocks that it shows.
struct Blocks<'a> {
    layout: Layout,
    picture: &'a Picture,
}

impl Blocks<'_> {
    /// Pixels across and down of a block; in `rgb24` nearly.
    fn size(&self) -> [usize; 2] {
        match (self.layout.is_tiled(), self.layout.name()) {
            (true, "rgba32") => [2, 2],
            (true, _) => [4, 4],
            (false, "rgba32") => [4, 1],
            (false, "rgb24") => [5, 1],
            (false, _) => [16, 1],
        }
    }

    /// Asks of each block, which begins at a pixel; how many are in a row, too.
    fn each(&self, is_set: impl Fn(usize, usize) -> bool) -> (Vec<bool>, usize) {
        let (shape, [across, down]) = (self.picture.shape, self.size());
        let columns = (shape.columns() / across).max(1);
        let rows = (0..shape.rows()).step_by(down);
        let cells = rows.flat_map(|y| (0..columns).map(move |x| (x * across, y))).map(|(x, y)| is_set(x, y));
        (cells.collect(), columns)
    }

    /// A run of pixels as long as a block, cut off at the right edge.
    fn run(&self, x: usize, y: usize) -> &[[u8; 4]] {
        let (columns, [across, _]) = (self.picture.shape.columns(), self.size());
        &self.picture.pixels()[y * columns + x..][..across.min(columns - x)]
    }

    /// True where blocks that equal the one above make a shape.
    fn show_equal_ones(&self) -> bool {
        let [_, down] = self.size();
        let (cells, columns) = self.each(|x, y| y >= down && self.run(x, y) == self.run(x, y - down));
        leak::has_shape(&cells, columns)
    }

    /// True where things are seen to move; `is_changed` is asked of pixels.
    fn move_where(&self, is_changed: impl Fn([u8; 4]) -> bool) -> bool {
        let (cells, columns) = self.each(|x, y| self.run(x, y).iter().any(|&pixel| is_changed(pixel)));
        leak::has_movement(&cells, columns)
    }
}

/// The size at which a picture of `shape`, its pixels `aspect` wide over high, fits into a poster: a whole
/// multiple of it, or less than it.
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

/// A picture in another size: its pixels become rectangles, or are averaged where it becomes smaller.
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
    fn a_picture_that_becomes_smaller_is_averaged() {
        let rgba = [[0, 0, 0, 255], [255, 255, 255, 255]].repeat(8).concat();
        let picture = Picture::new(Shape::new(4, 4), Arc::new(Buffer::from(rgba)));
        let half = resized(&picture, Shape::new(2, 2));
        assert!(half.pixels().iter().all(|pixel| pixel[0].abs_diff(128) < 3));
        let double = resized(&picture, Shape::new(8, 8));
        assert_eq!(double.pixels()[..4], [[0, 0, 0, 255], [0, 0, 0, 255], [255; 4], [255; 4]]);
    }
}
