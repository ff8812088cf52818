//! The visible part of the pictures and its size on screen: the render thread prepares exactly that.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use crate::gui::model::inspector::BlockOf;
use crate::gui::model::panels::comparison::Pair;
use crate::gui::model::panels::viewport::Region;
use crate::picture::Shape;

/// The side of a texture that every GPU supports, in pixels.
const LEAST_TEXTURE_SIDE: usize = 2048;

/// The assumed size of a picture on screen before the first layout, in pixels: a first frame of 4K need not be
/// uploaded at full size.
const USUAL_PX: [u32; 2] = [1280, 720];

/// The margin on each side of the visible part that is uploaded as well, as a share of the part.
pub(super) const MARGIN: f32 = 0.25;

/// The overview of a panel that the window needs.
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
    /// Width and height that the whole frame would have at this scale.
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
    /// The whole frame, scaled to this size.
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

    /// True where this image holds all of the other, at the same scale.
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

/// The visible area, shared: the window writes it, the render thread reads it.
#[derive(Debug, Default)]
pub struct SharedVisibleArea {
    area: Mutex<VisibleArea>,
}

/// The size of the panels on screen, and their visible part.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VisibleArea {
    /// Width and height of a panel's picture on screen, in physical pixels.
    pub picture_px: [u32; 2],
    /// The part of the picture that is visible.
    pub visible: Region,
    /// The panels on screen: bit n for the panel at place n, up to 32.
    pub panels: u32,
    /// The largest side of a texture, in pixels.
    pub texture_side: usize,
    /// The inspected block.
    pub block: Option<BlockOf>,
    /// Highlight the blocks with the same bytes.
    pub lit: bool,
    /// The panels whose difference is on screen.
    pub difference: Option<Pair>,
    /// The overview that is on screen.
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
    /// Sets what the window shows from now on.
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
    /// The part of a picture of `shape` that the panel at this place needs, at the scale of the screen, or at the
    /// frame's own scale where it is enlarged; `None` where the panel is not on screen.
    #[must_use]
    pub fn needs(&self, at: usize, shape: Shape) -> Option<CropRect> {
        self.crop(at, shape, 0.0)
    }

    /// As [`needs`](Self::needs), with a margin that becomes visible when the picture is moved.
    #[must_use]
    pub fn prepares(&self, at: usize, shape: Shape) -> Option<CropRect> {
        self.crop(at, shape, MARGIN)
    }

    /// The visible part of a difference. A difference fills the window and has no place in the scene.
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

/// The columns or the rows of a cropped image.
#[derive(Clone, Copy)]
struct Span {
    /// As many as the whole frame would have.
    whole: u32,
    first: u32,
    length: u32,
}

impl Span {
    /// The span of a frame's side of `side` pixels. The part from `start` on, `share` long, is shown in `px` pixels
    /// of the screen; on both sides of it `margin` times as much is added, as far as the frame goes.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "sides of pictures"
    )]
    fn of(side: u32, (start, share): (f32, f32), px: u32, margin: f32) -> Self {
        // The visible part starts and ends with a whole pixel of the screen, and so does the whole picture.
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

    /// The same span at another scale.
    fn scaled(self, whole: u32) -> Self {
        let scaled = |at: u32| u64::from(at) * u64::from(whole);
        let number = |at: u64| u32::try_from(at).unwrap_or(u32::MAX);
        let first = number(scaled(self.first) / u64::from(self.whole));
        let end = number(scaled(self.first + self.length).div_ceil(u64::from(self.whole)));
        Self { whole, first, length: end - first }
    }

    /// The same span, scaled down until it fits into a texture of this side.
    fn within(self, most: u32) -> Self {
        // Rounding may add one pixel on each side.
        let share = |whole: u32| u64::from(whole) * u64::from(most - 2) / u64::from(self.length.max(1));
        match u32::try_from(share(self.whole)) {
            Ok(whole) if self.length > most => self.scaled(whole.max(1)),
            _ => self,
        }
    }
}

/// From this size of a video pixel, in screen pixels, the GPU enlarges the picture, to squares of which some are a
/// screen pixel wider than others. Below it, such squares would show bands, unless the size is a whole number.
pub(super) const SQUARES_FROM_PX: u32 = 4;
