//! Which part of the pictures is in sight, and how large it stands on screen: what the render thread prepares.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use crate::gui::model::panels::comparison::Pair;
use crate::gui::model::panels::viewport::Region;
use crate::picture::Shape;

/// Pixels a side that every GPU takes.
const LEAST_TEXTURE_SIDE: usize = 2048;

/// Size of a picture on screen until the window says: a first frame of 4K need not be shown in full.
const USUAL_PX: [u32; 2] = [1280, 720];

/// What is brought on each side of the part in sight, as a share of it.
pub(super) const MARGIN: f32 = 0.25;

/// A map of the whole picture of a panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Map {
    /// The panel's place in the scene.
    pub at: usize,
    /// Width and height in pixels of the screen.
    pub px: [u32; 2],
}

/// The part of a frame that an image holds, in pixels of the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CropRect {
    /// Width and height that all of the frame would have.
    pub whole: Shape,
    /// First column.
    pub x: u32,
    /// First row.
    pub y: u32,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

impl CropRect {
    /// All of a frame, scaled to this size.
    #[must_use]
    pub const fn all(whole: Shape) -> Self {
        Self { whole, x: 0, y: 0, width: whole.width, height: whole.height }
    }

    /// Width and height of the image.
    #[must_use]
    pub const fn size(self) -> [usize; 2] {
        [self.width as usize, self.height as usize]
    }

    /// The columns and rows of the image.
    #[must_use]
    pub const fn part(self) -> [Range<usize>; 2] {
        let (x, y) = (self.x as usize, self.y as usize);
        [x..x + self.width as usize, y..y + self.height as usize]
    }

    /// True where this holds all of the other, scaled alike.
    #[must_use]
    pub fn serves(self, wanted: Self) -> bool {
        let holds = |start: u32, length: u32, other_start: u32, other_length: u32| {
            start <= other_start && other_start + other_length <= start + length
        };
        self.whole == wanted.whole
            && holds(self.x, self.width, wanted.x, wanted.width)
            && holds(self.y, self.height, wanted.y, wanted.height)
    }
}

/// What the window shows of the pictures; it writes, the render thread reads.
#[derive(Debug, Default)]
pub struct SharedVisibleArea {
    area: Mutex<VisibleArea>,
}

/// How large the window shows the panels, and which part of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VisibleArea {
    /// Width and height of a panel's picture on screen, in physical pixels.
    pub picture_px: [u32; 2],
    /// The part of the picture that is visible.
    pub visible: Region,
    /// The panels on screen, by their places, one bit each.
    pub panels: u32,
    /// Pixels a side that a texture may have.
    pub texture_side: usize,
    /// The block that is looked at, by its number.
    pub block: Option<usize>,
    /// Its twins are to be lit up.
    pub lit: bool,
    /// The panels whose difference is on screen.
    pub difference: Option<Pair>,
    /// The map that is on screen.
    pub map: Option<Map>,
    /// The bytes of blocks fit into their cells.
    pub fits_bytes: bool,
}

impl Default for VisibleArea {
    fn default() -> Self {
        Self {
            picture_px: USUAL_PX,
            visible: Region::WHOLE,
            panels: u32::MAX,
            texture_side: LEAST_TEXTURE_SIDE,
            block: None,
            lit: false,
            difference: None,
            map: None,
            fits_bytes: false,
        }
    }
}

impl SharedVisibleArea {
    /// Says what the window shows from now on.
    pub fn publish(&self, area: VisibleArea) {
        *self.area.lock().unwrap_or_else(PoisonError::into_inner) = area;
    }

    /// What the window shows.
    #[must_use]
    pub fn area(&self) -> VisibleArea {
        *self.area.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl VisibleArea {
    /// The part of a picture of `shape` that the panel at this place needs, in the pixels that it has on screen, or in
    /// its own where it is enlarged; `None` where it is not on screen.
    #[must_use]
    pub fn needs(&self, at: usize, shape: Shape) -> Option<CropRect> {
        self.crop(at, shape, 0.0)
    }

    /// As [`needs`](Self::needs), and around it what comes into sight next when the picture is moved.
    #[must_use]
    pub fn prepares(&self, at: usize, shape: Shape) -> Option<CropRect> {
        self.crop(at, shape, MARGIN)
    }

    /// The part of the difference of two panels that is in sight. The difference fills the window, not the place of a
    /// panel.
    #[must_use]
    pub fn needs_difference(&self, shape: Shape) -> Option<CropRect> {
        self.crop(usize::MAX, shape, 0.0)
    }

    pub(super) fn crop(&self, at: usize, shape: Shape, margin: f32) -> Option<CropRect> {
        if at < 32 && self.panels >> at & 1 == 0 {
            return None;
        }
        let Region([left, top, width, height]) = self.visible;
        let [px_x, px_y] = self.picture_px;
        #[expect(clippy::cast_possible_truncation, reason = "a texture ends far below 2³²")]
        let most = self.texture_side.max(LEAST_TEXTURE_SIDE) as u32;
        let across = Span::of(shape.width, (left, width), px_x, margin).within(most);
        let down = Span::of(shape.height, (top, height), px_y, margin).within(most);
        Some(CropRect {
            whole: Shape::new(across.whole, down.whole),
            x: across.first,
            y: down.first,
            width: across.length,
            height: down.length,
        })
    }
}

/// The columns or the rows of a cut.
#[derive(Clone, Copy)]
struct Span {
    /// As many as all of the frame would have.
    whole: u32,
    first: u32,
    length: u32,
}

impl Span {
    /// Of a side of a frame of which the part from `start` on, `share` long, is shown in `px` pixels of the screen; and
    /// on both sides of that, as far as there is any, `margin` times as much.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "sides of pictures"
    )]
    fn of(side: u32, (start, share): (f32, f32), px: u32, margin: f32) -> Self {
        // What is in sight starts and ends with a pixel of the screen, and so does all of the picture.
        let on_screen = ((px as f32 / share).round() as u32).max(1);
        let start = (start * on_screen as f32).round() as u32;
        let margin = (px as f32 * margin).ceil() as u32;
        let first = start.saturating_sub(margin).min(on_screen);
        let end = (start + px + margin).min(on_screen);
        let is_enlarged = on_screen >= side
            && (on_screen.is_multiple_of(side.max(1)) || on_screen / SQUARES_FROM_PX >= side);
        let exact = Self { whole: on_screen, first, length: end - first };
        if is_enlarged { exact.scaled(side) } else { exact }
    }

    /// The same of another whole.
    fn scaled(self, whole: u32) -> Self {
        let scaled = |at: u32| u64::from(at) * u64::from(whole);
        let number = |at: u64| u32::try_from(at).unwrap_or(u32::MAX);
        let first = number(scaled(self.first) / u64::from(self.whole));
        let end = number(scaled(self.first + self.length).div_ceil(u64::from(self.whole)));
        Self { whole, first, length: end - first }
    }

    /// Scaled down as far as a texture of this side holds it.
    fn within(self, most: u32) -> Self {
        // One may be added by rounding on each side.
        let share = |whole: u32| u64::from(whole) * u64::from(most - 2) / u64::from(self.length.max(1));
        match u32::try_from(share(self.whole)) {
            Ok(whole) if self.length > most => self.scaled(whole.max(1)),
            _ => self,
        }
    }
}

/// From this size of a pixel on screen on, a picture is enlarged by the GPU, to squares some of which are a pixel of the
/// screen wider than others. Below, that would make bands as well, unless it is a whole number.
pub(super) const SQUARES_FROM_PX: u32 = 4;
