//! Writes the bytes of blocks into the cells that show them, where the cells are large enough.
//!
//! ```text
//! render thread: visible blocks ──▶ their bytes, and a text colour that is readable on the cell
//! window:        room in a cell  ──▶ one to four lines of text of one size in all panels, or none
//! ```

use eframe::egui::{Color32, FontId, Painter, Rect, Ui, Vec2, vec2};

use super::picture::Pane;
use crate::crypto::Block;
use crate::gui::textures::byte_cells::{Cells, Ink};
use crate::picture::Shape;
use crate::picture::layout::{BLOCK_BYTES, Layout};

/// The smallest readable text, in points.
const LEAST_TEXT: f32 = 8.5;

/// The largest text, in points: larger text is not easier to read.
const MOST_TEXT: f32 = 20.0;

/// Least space between text and the edges of its cell, in points.
const MARGIN: Vec2 = vec2(7.0, 2.5);

/// Height of a line, as a multiple of its font size.
const LINE: f32 = 1.2;

/// The offsets at which text is drawn in black below white text as an edge, in points.
const EDGE: [Vec2; 4] = [vec2(-0.9, -0.9), vec2(0.9, -0.9), vec2(-0.9, 0.9), vec2(0.9, 0.9)];

/// Bytes in a group.
const GROUP_BYTES: usize = 4;

/// The font size and the bytes per line with which bytes fit into cells.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fit {
    /// Font size, in points.
    size: f32,
    /// Bytes on each line.
    line_bytes: usize,
}

impl Fit {
    /// The largest text that fits into cells of this size in points, where a letter is `letter` times as wide as it is
    /// high; `None` where it could not be read.
    fn into(cell: Vec2, letter: f32) -> Option<Self> {
        let room = cell - 2.0 * MARGIN;
        let size = |line_bytes: usize| {
            let letters = 2 * line_bytes + line_bytes / GROUP_BYTES - 1;
            let lines = BLOCK_BYTES / line_bytes;
            (room.x / (letters as f32 * letter)).min(room.y / (lines as f32 * LINE))
        };
        let largest = [16, 8, 4].map(|line_bytes| Self { size: size(line_bytes), line_bytes });
        let largest =
            largest.into_iter().reduce(|best, next| if next.size > best.size { next } else { best })?;
        (largest.size >= LEAST_TEXT).then(|| Self { size: largest.size.min(MOST_TEXT), ..largest })
    }

    fn text(self, bytes: Block) -> String {
        let group = |group: &[u8]| hex::encode(group);
        let line = |line: &[u8]| line.chunks(GROUP_BYTES).map(group).collect::<Vec<_>>().join(" ");
        bytes.chunks(self.line_bytes).map(line).collect::<Vec<_>>().join("\n")
    }
}

impl Pane {
    /// How bytes are written in this picture; `None` where they do not fit.
    pub fn fits_bytes(self, ui: &Ui, layout: Layout, shape: Shape) -> Option<Fit> {
        let pixel = self.pos_of_pixel([1, 1], shape) - self.pos_of_pixel([0, 0], shape);
        let [across, down] = layout.block_pixels();
        let cell = vec2(across as f32 * pixel.x, down as f32 * pixel.y);
        if cell.y < LEAST_TEXT {
            // Asking for the width of letters is expensive: too small a cell needs no answer.
            return None;
        }
        let letter = ui.fonts_mut(|fonts| fonts.glyph_width(&FontId::monospace(100.0), '0')) / 100.0;
        Fit::into(cell, letter)
    }

    /// Writes the bytes of the visible blocks into their cells, where they fit.
    pub fn paint_bytes(
        self,
        ui: &Ui,
        painter: &Painter,
        (layout, shape): (Layout, Shape),
        cells: Option<&Cells>,
    ) {
        let Some(cells) = cells else { return };
        let Some(fit) = self.fits_bytes(ui, layout, shape) else { return };
        let font = FontId::monospace(fit.size);
        let painter = painter.with_clip_rect(self.rect.intersect(painter.clip_rect()));
        for (block, cell) in &cells.cells {
            let Some(rect) = self.rect_of_block(layout, shape, *block) else { continue };
            if !rect.intersects(painter.clip_rect()) {
                continue;
            }
            let color = if cell.ink == Ink::Black { Color32::BLACK } else { Color32::WHITE };
            let galley = painter.layout_no_wrap(fit.text(cell.bytes), font.clone(), color);
            let text = Rect::from_center_size(rect.center(), galley.size());
            // A block that continues in the next row of pixels may have too little room in this one.
            if text.width() > rect.width() || text.height() > rect.height() + 2.0 * MARGIN.y {
                continue;
            }
            if cell.ink == Ink::Edged {
                for by in EDGE {
                    painter.galley_with_override_text_color(text.min + by, galley.clone(), Color32::BLACK);
                }
            }
            painter.galley(text.min, galley, color);
        }
    }

    /// The area in which a block is drawn; for a block that continues in the next row of pixels, the longer part.
    fn rect_of_block(self, layout: Layout, shape: Shape, block: usize) -> Option<Rect> {
        let pixels = layout.pixels_of_block(shape, block);
        let (columns, top) = (shape.columns(), pixels.top());
        if pixels.is_empty() {
            return None;
        }
        let end_of_row = (top.start / columns + 1) * columns;
        let run = if top.end <= end_of_row {
            top
        } else if end_of_row - top.start >= top.end - end_of_row {
            top.start..end_of_row
        } else {
            end_of_row..top.end
        };
        let number = |side: usize| u32::try_from(side).unwrap_or(u32::MAX);
        let corner = |x: usize, y: usize| self.pos_of_pixel([number(x), number(y)], shape);
        let (x, y) = (run.start % columns, run.start / columns);
        Some(Rect::from_min_max(corner(x, y), corner(x + run.len(), y + pixels.height())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gui::textures::byte_cells::stand_for_blocks;

    #[test]
    fn text_is_as_large_as_the_cell_allows_and_left_out_where_it_would_be_unreadable() {
        let fit = |width: f32, height: f32| Fit::into(vec2(width, height), 0.6);
        let lines = |fit: Option<Fit>| fit.map(|fit| BLOCK_BYTES / fit.line_bytes);
        // Strips of four pixels of 64, 32, 24 and 16 points, and squares.
        assert_eq!(lines(fit(256.0, 64.0)), Some(2));
        assert_eq!(lines(fit(128.0, 32.0)), Some(2));
        assert_eq!(fit(96.0, 24.0), None);
        assert_eq!(fit(64.0, 16.0), None);
        assert_eq!(lines(fit(64.0, 64.0)), Some(4));
        assert_eq!(fit(32.0, 32.0), None);
        // Strips of sixteen.
        assert_eq!(lines(fit(256.0, 16.0)), Some(1));
        assert_eq!(fit(128.0, 8.0), None);
        for (width, height) in [(256.0, 64.0), (128.0, 32.0), (64.0, 64.0), (256.0, 16.0)] {
            let fit = fit(width, height).expect("it fits");
            let letters = (2 * fit.line_bytes + fit.line_bytes / 4 - 1) as f32;
            assert!(letters * 0.6 * fit.size <= width && (LEAST_TEXT..=MOST_TEXT).contains(&fit.size));
            assert!((BLOCK_BYTES / fit.line_bytes) as f32 * LINE * fit.size <= height);
        }
        let bytes = std::array::from_fn(|at| u8::try_from(at * 17).expect("at most 255"));
        let two_lines = fit(256.0, 64.0).expect("it fits").text(bytes);
        assert_eq!(two_lines, "00112233 44556677\n8899aabb ccddeeff");
    }

    #[test]
    fn text_is_readable_on_cells_of_any_colour() {
        let on = |greys: &[u8]| {
            let pixels: Vec<[u8; 4]> = greys.iter().map(|&grey| [grey, grey, grey, 255]).collect();
            Ink::on(&pixels)
        };
        assert_eq!(on(&[255, 250, 240, 255]), Ink::Black);
        assert_eq!(on(&[0, 10, 20, 30]), Ink::White);
        assert_eq!(on(&[0, 255, 0, 255]), Ink::Edged, "neither can be read on both");
        for grey in 0..=255 {
            assert_ne!(on(&[grey]), Ink::Edged, "one of the two can be read on one colour");
        }
        assert_eq!(Ink::on(&[[240, 228, 66, 255]]), Ink::Black, "yellow");
        assert_eq!(Ink::on(&[[0, 0, 255, 255]]), Ink::White, "blue");
    }

    #[test]
    fn lenses_whose_cells_are_no_blocks_show_no_bytes() {
        let shown = |panel: &str| stand_for_blocks(panel.parse().expect("a panel"));
        for panel in
            ["plain", "aes-128-ecb", "aes-128-ecb:repeats", "aes-128-ecb:outline", "aes-128-gcm:motion"]
        {
            assert!(shown(panel), "{panel}");
        }
        for panel in
            ["aes-128-ctr:difference", "aes-128-ecb:codebook,known=0-2", "aes-128-ecb:received,untouched"]
        {
            assert!(!shown(panel), "{panel}");
        }
    }
}
