//! The viewport: how much the pictures are enlarged, and which part is visible; the same in all panels.
//!
//! Positions in a picture are shares of its width and height, so that they are the same in every panel.

/// The largest size of a video pixel, in screen pixels.
const MOST_PX: f32 = 64.0;

/// The zoom steps of the keys and the menu, in screen pixels per video pixel.
pub const MULTIPLES: [u8; 9] = [1, 2, 3, 4, 8, 16, 24, 32, 64];

/// The zoom.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Zoom {
    /// Fit: the whole picture, as large as possible.
    #[default]
    Whole,
    /// Screen pixels per video pixel; never smaller than [`Self::Whole`].
    Times(f32),
}

/// The visible part of the pictures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ViewPos {
    /// The zoom.
    pub zoom: Zoom,
    /// The position in the middle.
    pub center: [f32; 2],
}

impl Default for ViewPos {
    fn default() -> Self {
        Self { zoom: Zoom::Whole, center: [0.5; 2] }
    }
}

/// A part of a picture: left, top, width and height as shares of the whole.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Region(pub [f32; 4]);

impl Region {
    /// All of it.
    pub const WHOLE: Self = Self([0.0, 0.0, 1.0, 1.0]);

    /// Converts a position in the region to one in the picture.
    #[must_use]
    pub fn to_picture(self, [x, y]: [f32; 2]) -> [f32; 2] {
        let [left, top, width, height] = self.0;
        [left + x * width, top + y * height]
    }

    /// Converts a position in the picture to one in the region.
    #[must_use]
    pub fn from_picture(self, [x, y]: [f32; 2]) -> [f32; 2] {
        let [left, top, width, height] = self.0;
        [(x - left) / width, (y - top) / height]
    }
}

/// The visible part, and the size of the whole picture on screen: all that is needed to move and to zoom.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Viewport {
    /// The visible part.
    pub view_pos: ViewPos,
    /// Width and height of the whole picture when it fits, in screen pixels.
    pub fit_px: [u32; 2],
    /// Width and height of the frame at 100 %, in screen pixels: each column of the frame is one pixel wide.
    pub frame: [f32; 2],
}

impl Default for Viewport {
    fn default() -> Self {
        Self { view_pos: ViewPos::default(), fit_px: [1; 2], frame: [1.0; 2] }
    }
}

impl Viewport {
    /// Screen pixels per video pixel when the whole picture fits.
    #[must_use]
    pub fn whole_px(self) -> f32 {
        self.fit_px[0] as f32 / self.frame[0].max(1.0)
    }

    /// Screen pixels per video pixel.
    #[must_use]
    pub fn px(self) -> f32 {
        match self.view_pos.zoom {
            Zoom::Whole => self.whole_px(),
            Zoom::Times(px) => px.clamp(self.whole_px(), MOST_PX.max(self.whole_px())),
        }
    }

    /// The visible part of the picture. Part and whole picture start and end at whole screen pixels, so that each
    /// pixel of the image falls on one screen pixel.
    #[must_use]
    pub fn visible(self) -> Region {
        let [left, top, ..] = self.part().0;
        let part = |axis: usize, start: f32| {
            let pos = self.fit_px[axis] as f32;
            let picture = if self.is_closer() { self.frame[axis] * self.px() } else { pos };
            let picture = picture.round().max(pos);
            [(start * picture).round().min(picture - pos) / picture, pos / picture]
        };
        let ([left, width], [top, height]) = (part(0, left), part(1, top));
        Region([left, top, width, height])
    }

    /// The visible part before rounding.
    fn part(self) -> Region {
        let share = (self.whole_px() / self.px()).clamp(1e-4, 1.0);
        let start = |center: f32| (center - share / 2.0).clamp(0.0, 1.0 - share);
        let [x, y] = self.view_pos.center;
        Region([start(x), start(y), share, share])
    }

    /// True where only a part of the picture is visible.
    #[must_use]
    pub fn is_closer(self) -> bool {
        self.px() > self.whole_px() * 1.001
    }

    /// Enlarged by `factor`, with `pos` fixed on screen.
    #[must_use]
    pub fn zoomed(self, factor: f32, pos: [f32; 2]) -> ViewPos {
        self.at(self.px() * factor, pos)
    }

    /// The next larger zoom step.
    #[must_use]
    pub fn closer(self) -> ViewPos {
        let next = MULTIPLES.into_iter().map(f32::from).find(|&px| px > self.px() * 1.001);
        self.at(next.unwrap_or(MOST_PX), self.view_pos.center)
    }

    /// The next smaller zoom step, or fit.
    #[must_use]
    pub fn farther(self) -> ViewPos {
        let next = MULTIPLES.into_iter().rev().map(f32::from).find(|&px| px < self.px() * 0.999);
        self.at(next.unwrap_or(0.0), self.view_pos.center)
    }

    /// With `px` screen pixels per video pixel.
    #[must_use]
    pub fn times(self, px: f32) -> ViewPos {
        self.at(px, self.view_pos.center)
    }

    /// Moved by shares of the visible part.
    #[must_use]
    pub fn moved(self, [x, y]: [f32; 2]) -> ViewPos {
        self.settled(self.view_pos.zoom, self.part().to_picture([0.5 + x, 0.5 + y]))
    }

    /// With this position in the middle, as far as the edges allow.
    #[must_use]
    pub fn centered(self, pos: [f32; 2]) -> ViewPos {
        self.settled(self.view_pos.zoom, pos)
    }

    fn at(self, px: f32, pos: [f32; 2]) -> ViewPos {
        if px <= self.whole_px() * 1.001 {
            return ViewPos::default();
        }
        let px = px.min(MOST_PX.max(self.whole_px()));
        let [x, y] = self.part().from_picture(pos);
        let share = self.whole_px() / px;
        let center = |pos: f32, on_screen: f32| pos - on_screen * share + share / 2.0;
        self.settled(Zoom::Times(px), [center(pos[0], x), center(pos[1], y)])
    }

    /// With the middle clamped so that nothing past the edges is visible.
    fn settled(self, zoom: Zoom, center: [f32; 2]) -> ViewPos {
        let viewport = Self { view_pos: ViewPos { zoom, center }, ..self };
        ViewPos { zoom, center: viewport.part().to_picture([0.5, 0.5]) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture that fits at half its size.
    fn viewport() -> Viewport {
        Viewport { fit_px: [640, 360], frame: [1280.0, 720.0], ..Viewport::default() }
    }

    fn close(one: [f32; 2], other: [f32; 2]) -> bool {
        one.iter().zip(other).all(|(a, b)| (a - b).abs() < 1e-4)
    }

    #[test]
    fn zooming_keeps_the_position_under_the_pointer() {
        let pos = [0.7, 0.3];
        let mut viewport = viewport();
        for factor in [1.5, 2.0, 3.0, 0.7] {
            let before = viewport.part().from_picture(pos);
            viewport.view_pos = viewport.zoomed(factor, pos);
            assert!(close(viewport.part().from_picture(pos), before), "{viewport:?}");
            let drawn = viewport.visible().from_picture(pos);
            let off = [drawn[0] - before[0], drawn[1] - before[1]];
            assert!(
                off[0].abs() <= 0.51 / 640.0 && off[1].abs() <= 0.51 / 360.0,
                "half a pixel: {viewport:?}"
            );
        }
    }

    #[test]
    fn moving_never_shows_anything_past_the_edges() {
        let mut viewport = viewport();
        viewport.view_pos = viewport.zoomed(8.0, [0.0, 1.0]);
        for way in [[5.0, 5.0], [-9.0, 0.1], [0.0, -9.0]] {
            viewport.view_pos = viewport.moved(way);
            let Region([left, top, width, height]) = viewport.visible();
            assert!(left >= 0.0 && top >= 0.0 && left + width <= 1.0001 && top + height <= 1.0001);
        }
        assert!(close(viewport.view_pos.center, [1.0 / 16.0; 2]), "{viewport:?}");
    }

    #[test]
    fn the_keys_go_through_the_zoom_steps_and_back_to_fit() {
        let mut viewport = viewport();
        let mut seen = Vec::new();
        for _ in 0..10 {
            viewport.view_pos = viewport.closer();
            seen.push(viewport.px());
        }
        assert_eq!(seen, [1.0, 2.0, 3.0, 4.0, 8.0, 16.0, 24.0, 32.0, 64.0, 64.0]);
        for _ in 0..9 {
            viewport.view_pos = viewport.farther();
        }
        assert_eq!(viewport.view_pos, ViewPos::default());
        assert!(!viewport.is_closer());
    }

    #[test]
    fn the_visible_part_starts_and_ends_at_whole_screen_pixels() {
        let whole = |px: f32| (px - px.round()).abs() < 0.01;
        for px in [0.51, 0.77, 1.0, 1.3, 3.0, 21.7, 64.0] {
            let view_pos = ViewPos { zoom: Zoom::Times(px), center: [0.371, 0.642] };
            let viewport = Viewport { view_pos, fit_px: [652, 367], ..viewport() };
            let Region([left, top, width, height]) = viewport.visible();
            let (columns, rows) = (652.0 / width, 367.0 / height);
            assert!(whole(columns) && whole(rows), "{px}: {columns} × {rows}");
            assert!(whole(left * columns) && whole(top * rows), "{px}");
            assert!((columns / 1280.0 - px).abs() < 0.01 && (rows / 720.0 - px).abs() < 0.01, "{px}");
        }
        assert_eq!(Viewport { fit_px: [652, 367], ..viewport() }.visible(), Region::WHOLE);
    }

    #[test]
    fn the_whole_picture_stays_visible_when_the_window_grows() {
        let view_pos = viewport().zoomed(1.5, [0.5; 2]);
        let grown = Viewport { view_pos, fit_px: [2560, 1440], ..viewport() };
        assert_eq!(grown.visible(), Region::WHOLE);
        assert!(!grown.is_closer());
    }
}
