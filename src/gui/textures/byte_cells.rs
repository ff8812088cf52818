//! The bytes of visible blocks, to be written into the cells that show them.

use super::visible_area::CropRect;
use crate::crypto::Block;
use crate::picture::Shape;
use crate::picture::layout::{BLOCK_BYTES, Layout};
use crate::render::RenderedPanel;
use crate::scene::Panel;

/// From this luminance black text has more contrast than white text; at it both have the same, by WCAG 2.
const LIGHT_FROM: f32 = 0.179;

/// Least contrast of text with each pixel behind it: the minimum of WCAG 2 (AA).
const LEAST_CONTRAST: f32 = 4.5;

/// The visible blocks of a panel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cells {
    /// Sorted by the number of the block.
    pub(crate) cells: Vec<(usize, Cell)>,
}

/// What is written in the cell of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The bytes that the cell represents.
    pub bytes: Block,
    /// The colour of the text.
    pub ink: Ink,
}

/// The colour of text that is readable on its cell without hiding the cell's own colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// Black: the cell is light.
    Black,
    /// White: the cell is dark.
    White,
    /// White with a black edge: the cell is neither.
    Edged,
}

impl Ink {
    /// The colour for text on these pixels.
    pub(crate) fn on(pixels: &[[u8; 4]]) -> Self {
        let contrasts = |ink: f32| {
            pixels.iter().map(|&pixel| luma(pixel)).all(|luma| {
                let (light, dark) = (luma.max(ink) + 0.05, luma.min(ink) + 0.05);
                light / dark >= LEAST_CONTRAST
            })
        };
        let is_light = pixels.first().is_some_and(|&pixel| luma(pixel) >= LIGHT_FROM);
        match is_light {
            true if contrasts(0.0) => Self::Black,
            false if contrasts(1.0) => Self::White,
            _ => Self::Edged,
        }
    }
}

/// Relative luminance of a colour in sRGB, from 0 to 1, by WCAG 2.
fn luma([red, green, blue, _]: [u8; 4]) -> f32 {
    let linear = |level: u8| eframe::egui::ecolor::linear_f32_from_gamma_u8(level);
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

/// True where each cell of a panel's picture shows one block of its frame. A difference shows two blocks per cell; a
/// recovered or received picture is no ciphertext.
#[must_use]
pub const fn stand_for_blocks(panel: Panel) -> bool {
    match panel {
        Panel::Plain => true,
        Panel::Cipher { lens, .. } => lens.kind().shows_blocks,
    }
}

impl Cells {
    /// The blocks of a panel in a cropped image of the frame's own scale; `None` where its cells show no blocks.
    #[must_use]
    pub fn of(
        rendered: &RenderedPanel,
        (layout, shape): (Layout, Shape),
        crop: CropRect,
        rgba: &[u8],
    ) -> Option<Self> {
        let is_there = stand_for_blocks(rendered.panel)
            && !rendered.is_of_messages()
            && rendered.picture.is_some()
            && crop.whole == shape;
        let wire = rendered.wire.as_ref().filter(|_| is_there)?;
        let (blocks, _) = wire.bytes.as_chunks::<BLOCK_BYTES>();
        let (pixels, _) = rgba.as_chunks::<4>();
        let [columns, rows] = crop.part();
        let block_at = |x: u32, y: u32| layout.block_at(shape, x, y);
        let mut seen: Vec<usize> = (crop.y..crop.y + crop.height)
            .flat_map(|y| (crop.x..crop.x + crop.width).filter_map(move |x| block_at(x, y)))
            .collect();
        seen.sort_unstable();
        seen.dedup();
        let ink = |block: usize| {
            let shown = layout.pixels_of_block(shape, block).iter().filter_map(|pixel| {
                let (x, y) = (pixel % shape.columns(), pixel / shape.columns());
                let is_shown = columns.contains(&x) && rows.contains(&y);
                is_shown.then(|| (y - rows.start) * columns.len() + x - columns.start)
            });
            let shown: Vec<_> = shown.filter_map(|at| pixels.get(at).copied()).collect();
            Ink::on(&shown)
        };
        let cell = |block: usize| Some((block, Cell { bytes: *blocks.get(block)?, ink: ink(block) }));
        Some(Self { cells: seen.into_iter().filter_map(cell).collect() })
    }

    /// The cell of this block, where it is visible.
    #[must_use]
    pub fn get(&self, block: usize) -> Option<Cell> {
        let at = self.cells.binary_search_by_key(&block, |(block, _)| *block).ok()?;
        Some(self.cells[at].1)
    }
}
