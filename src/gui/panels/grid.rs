//! The grid of panels: as many columns and rows as make the pictures largest.

#![expect(clippy::cast_precision_loss, reason = "panels in a window")]

use eframe::egui::emath::GuiRounding as _;
use eframe::egui::{Rect, Vec2, pos2, vec2};

/// Space between panels, in points.
pub const GAP: f32 = 10.0;

/// Least width of a card, in points, where there is room: narrower ones truncate the names in their menus.
const LEAST_WIDTH: f32 = 290.0;

/// From this width, in points, a caption fits on one line.
const ONE_LINE_WIDTH: f32 = 560.0;

/// Height of a caption of one line and of two, in points.
const CAPTION_HEIGHTS: [f32; 2] = [36.0, 56.0];

/// The panels of a window, all of one size.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    /// One for each panel, caption and picture together.
    pub cards: Vec<Rect>,
    /// Height of the caption, at the top of the card.
    pub caption_height: f32,
    /// Width and height of the picture, below the caption.
    pub picture: Vec2,
}

impl Grid {
    /// Lays out `panels` panels of pictures of `aspect` (width over height) in `area`, on whole pixels of the screen.
    #[must_use]
    pub fn fit(area: Rect, panels: usize, aspect: f32, pixels_per_point: f32) -> Self {
        let [one_line, two_lines] = CAPTION_HEIGHTS.map(|height| Fit::best(area, panels, aspect, height));
        let fit = if one_line.card_width() >= ONE_LINE_WIDTH { one_line } else { two_lines };
        fit.place(area, panels, pixels_per_point)
    }

    /// True where the caption has one line.
    #[must_use]
    pub fn one_line(&self) -> bool {
        self.caption_height <= CAPTION_HEIGHTS[0]
    }

    /// The area of the picture of a card: centred below the caption.
    #[must_use]
    pub fn picture_in(&self, card: Rect) -> Rect {
        let top = card.top() + self.caption_height;
        Rect::from_min_size(pos2(card.center().x - self.picture.x / 2.0, top), self.picture)
    }
}

#[derive(Clone, Copy)]
struct Fit {
    columns: usize,
    rows: usize,
    caption_height: f32,
    picture: Vec2,
    /// The width of a card.
    room: f32,
}

impl Fit {
    fn best(area: Rect, panels: usize, aspect: f32, caption_height: f32) -> Self {
        (1..=panels.max(1))
            .map(|columns| Self::of(area, panels, aspect, caption_height, columns))
            // Of equal sizes, the first: fewer columns leave more room for captions.
            .reduce(|best, fit| if fit.picture.x > best.picture.x + 0.5 { fit } else { best })
            .unwrap_or_else(|| Self::of(area, 1, aspect, caption_height, 1))
    }

    fn of(area: Rect, panels: usize, aspect: f32, caption_height: f32, columns: usize) -> Self {
        let rows = panels.max(1).div_ceil(columns);
        let share = |whole: f32, count: usize| (whole - GAP * (count - 1) as f32) / count as f32;
        let room = vec2(share(area.width(), columns), share(area.height(), rows) - caption_height);
        let width = room.x.min(room.y * aspect).max(1.0);
        Self { columns, rows, caption_height, picture: vec2(width, width / aspect), room: room.x }
    }

    fn card_width(self) -> f32 {
        self.picture.x.max(LEAST_WIDTH.min(self.room))
    }

    /// Centres the cards in the area, also in an incomplete last row.
    fn place(self, area: Rect, panels: usize, pixels_per_point: f32) -> Grid {
        // On whole pixels text and pictures are sharp.
        let floor = |points: f32| (points * pixels_per_point + 1e-3).floor() / pixels_per_point;
        let caption_height = floor(self.caption_height);
        let picture = vec2(floor(self.picture.x), floor(self.picture.y));
        let card = vec2(floor(self.card_width()), caption_height + picture.y);
        let length = |one: f32, count: usize| one * count as f32 + GAP * (count.max(1) - 1) as f32;
        let top = area.center().y - length(card.y, self.rows) / 2.0;
        let cards = (0..panels).map(|panel| {
            let (row, column) = (panel / self.columns, panel % self.columns);
            let in_row = (panels - row * self.columns).min(self.columns);
            let left = area.center().x - length(card.x, in_row) / 2.0;
            let at = vec2(column as f32 * (card.x + GAP), row as f32 * (card.y + GAP));
            Rect::from_min_size((pos2(left, top) + at).round_to_pixels(pixels_per_point), card)
        });
        Grid { cards: cards.collect(), caption_height, picture }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(width: f32, height: f32) -> Rect {
        Rect::from_min_size(pos2(7.0, 40.0), vec2(width, height))
    }

    const WIDE: f32 = 16.0 / 9.0;

    #[test]
    fn four_wide_pictures_stand_two_by_two_and_a_strip_takes_a_row() {
        let columns =
            |grid: &Grid| grid.cards.iter().filter(|card| card.top() < grid.cards[0].bottom()).count();
        assert_eq!(columns(&Grid::fit(area(1580.0, 860.0), 4, WIDE, 1.0)), 2);
        assert_eq!(columns(&Grid::fit(area(1900.0, 300.0), 4, WIDE, 1.0)), 4);
        assert_eq!(columns(&Grid::fit(area(400.0, 1900.0), 4, WIDE, 1.0)), 1);
        assert_eq!(columns(&Grid::fit(area(1580.0, 860.0), 4, 9.0 / 16.0, 1.0)), 4);
    }

    #[test]
    fn cards_never_overlap_and_lie_within_a_window_of_any_size() {
        for ((width, height), pixels_per_point) in
            [(620.0, 360.0), (1260.0, 690.0), (1580.0, 880.0), (3820.0, 2040.0)]
                .into_iter()
                .zip([1.0, 1.25, 1.5, 2.0])
        {
            for panels in 1..=9 {
                for aspect in [WIDE, 4.0 / 3.0, 1.0, 9.0 / 16.0, 2.39] {
                    let area = area(width, height);
                    let grid = Grid::fit(area, panels, aspect, pixels_per_point);
                    assert_eq!(grid.cards.len(), panels);
                    for (i, &card) in grid.cards.iter().enumerate() {
                        let fits = area.expand(1.0).contains_rect(card);
                        assert!(fits, "{panels} of {aspect} in {area}: {card}");
                        assert!(card.expand(0.01).contains_rect(grid.picture_in(card)));
                        let edges =
                            [card.min.to_vec2(), card.size(), grid.picture].map(|at| at * pixels_per_point);
                        let is_whole = edges.iter().all(|at| (*at - at.round()).abs().max_elem() < 0.01);
                        assert!(is_whole, "{card} at {pixels_per_point}");
                        let apart = grid.cards[..i].iter().all(|&other| !other.shrink(0.5).intersects(card));
                        assert!(apart, "{panels} of {aspect} in {area}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_picture_keeps_its_aspect_ratio() {
        let grid = Grid::fit(area(1580.0, 860.0), 4, WIDE, 1.0);
        assert!((grid.picture.x / grid.picture.y - WIDE).abs() < 0.01);
    }

    #[test]
    fn a_grid_without_panels_is_empty() {
        assert!(Grid::fit(area(800.0, 600.0), 0, WIDE, 1.0).cards.is_empty());
    }
}
