//! The pointer on a picture: the block below it, and the outline of the inspected block.

use eframe::egui::{Color32, CornerRadius, Rect, Response, Stroke, StrokeKind, Ui, vec2};

use super::panel_textures::PanelTextures;
use super::picture::{BLOCKS_FROM_PX, Pane, to_picture};
use crate::gui::inspector::{block_keys, message_details, slice_details};
use crate::gui::model::command::Command;
use crate::gui::model::inspector::{self, BlockOf, Inspector};
use crate::gui::model::state::State;
use crate::gui::widgets::theme;
use crate::payload::Payload;
use crate::picture::Shape;
use crate::picture::layout::Layout;
use crate::scene::Panel;

/// The smallest side of a cell that is marked by its outline, in points; a smaller one gets a ring.
const SMALLEST_OUTLINE: f32 = 9.0;

impl Pane {
    /// Reports the block under the pointer while the inspector is open. A click pins or unpins it, unless the pointer
    /// has a tool.
    pub fn point(
        self,
        ui: &Ui,
        response: &Response,
        (state, panel): (&State, Panel),
        textures: &PanelTextures,
        has_tool: bool,
        commands: &mut Vec<Command>,
    ) {
        let inspector = state.inspector;
        let Some(displayed) = textures.displayed() else { return };
        block_keys::follow_keys(ui, response, (state, panel), displayed, commands);
        let slice = response.hover_pos().and_then(|pointer| {
            let pixel = self.pixel_at(pointer, displayed.shape)?;
            let slice = slice_details::slice_at(displayed, panel, pixel)?;
            let at = displayed.panels.iter().position(|shown| shown.panel == panel)?;
            if inspector.pixel != Some((at, pixel)) {
                commands.push(Command::Inspect(inspector::Command::PointAtPixel(at, pixel)));
            }
            Some(slice)
        });
        if !inspector.open || (inspector.by_keys && !has_moved(ui)) {
            return;
        }
        let Some(pointer) = response.hover_pos().or(response.interact_pointer_pos()) else { return };
        let (pixel, shown) = (self.pixel_at(pointer, displayed.shape), displayed.panel(panel));
        let block = pixel.zip(shown).and_then(|([x, y], shown)| {
            let block = match &shown.messages {
                None if shown.of.target.is_pixels() => state.scene.layout.block_at(displayed.shape, x, y),
                None => None,
                Some(messages) => {
                    let carpet = message_details::carpet_of(messages);
                    carpet.filter(|_| message_details::shows_cells(panel, messages))?.block_at(x, y)
                }
            };
            Some(BlockOf { block: block?, of: shown.of })
        });
        let of_slice = || slice.and_then(|slice| Some(BlockOf { block: slice.first_block()?, of: slice.of }));
        let block = block.or_else(of_slice);
        if let Some(block) = block
            && (Some(block) != inspector.hovered || !inspector.is_hovering)
        {
            commands.push(Command::Inspect(inspector::Command::PointAt(block)));
        }
        if response.clicked() && !has_tool {
            commands.push(Command::Inspect(inspector::Command::Pin(
                block.filter(|_| inspector.pinned.is_none()),
            )));
        }
    }

    /// Marks the area of the slice under the pointer, in its picture and in the original.
    pub fn paint_slice(self, ui: &Ui, (inspector, panel): (Inspector, Panel), textures: &PanelTextures) {
        let Some((displayed, (_, pixel))) = textures.displayed().zip(inspector.pixel) else { return };
        let Some(slice) = slice_details::slice_at(displayed, panel, pixel) else { return };
        let pos = |x: u32, y: u32| self.pos_of(to_picture([x, y], displayed.shape));
        let (painter, accent) = (ui.painter_at(self.rect), theme::palette(ui).accent);
        for [left, top, width, height] in slice.slice.area.rectangles(displayed.shape) {
            let area = Rect::from_min_max(pos(left, top), pos(left + width, top + height));
            painter.rect_filled(area, CornerRadius::ZERO, accent.gamma_multiply(0.35));
            for (width, color) in [(4.0, Color32::from_black_alpha(170)), (2.0, accent)] {
                painter.rect_stroke(area, CornerRadius::ZERO, Stroke::new(width, color), StrokeKind::Outside);
            }
        }
    }

    /// Marks the inspected block: by a ring if it is too small to be seen, and by its outline otherwise.
    pub fn paint_mark(self, ui: &Ui, (layout, panel): (Layout, Panel), textures: &PanelTextures) {
        let Some(displayed) = textures.displayed() else { return };
        let (Some(seen), Some(shown)) = (&displayed.inspected, displayed.panel(panel)) else { return };
        if seen.at.of != shown.of {
            return;
        }
        if let Some(messages) = &shown.messages {
            if message_details::shows_cells(panel, messages) {
                self.paint_cell(ui, displayed.shape, messages, seen.at.block);
            }
            return;
        }
        if self.viewport.px() >= BLOCKS_FROM_PX {
            return self.paint_outline(ui, layout, displayed.shape, seen.at.block);
        }
        let Some([x, y]) = seen.pixel else { return };
        let at = self.pos_of(to_picture([x, y], displayed.shape))
            + vec2(self.viewport.px(), self.viewport.px()) / ui.pixels_per_point() / 2.0;
        if self.rect.contains(at) {
            let painter = ui.painter_at(self.rect);
            painter.circle_stroke(at, 11.0, Stroke::new(4.0, Color32::from_black_alpha(150)));
            painter.circle_stroke(at, 11.0, Stroke::new(2.0, Color32::WHITE));
        }
    }

    /// Marks the cell of the inspected block of messages.
    fn paint_cell(self, ui: &Ui, shape: Shape, messages: &Payload, block: usize) {
        let carpet = message_details::carpet_of(messages);
        let Some([x, y, width, height]) = carpet.and_then(|carpet| carpet.cell_of(block)) else { return };
        let pos = |x: u32, y: u32| self.pos_of(to_picture([x, y], shape));
        let cell = Rect::from_min_max(pos(x, y), pos(x + width, y + height));
        if !self.rect.intersects(cell) {
            return;
        }
        let painter = ui.painter_at(self.rect);
        if cell.width() < SMALLEST_OUTLINE {
            painter.circle_stroke(cell.center(), 11.0, Stroke::new(4.0, Color32::from_black_alpha(150)));
            painter.circle_stroke(cell.center(), 11.0, Stroke::new(2.0, Color32::WHITE));
            return;
        }
        for (width, color) in [(4.0, Color32::from_black_alpha(170)), (2.0, theme::palette(ui).accent)] {
            painter.rect_stroke(cell, CornerRadius::ZERO, Stroke::new(width, color), StrokeKind::Middle);
        }
    }

    /// Paints the outline of a block.
    fn paint_outline(self, ui: &Ui, layout: Layout, shape: Shape, block: usize) {
        let columns = shape.columns();
        let pixels: Vec<usize> = layout.pixels_of_block(shape, block).iter().collect();
        let pos = |x: usize, y: usize| {
            let number = |side: usize| u32::try_from(side).unwrap_or(u32::MAX);
            self.pos_of(to_picture([number(x), number(y)], shape))
        };
        let painter = ui.painter_at(self.rect);
        let strokes = [(4.0, Color32::from_black_alpha(170)), (2.0, theme::palette(ui).accent)];
        for (width, color) in strokes {
            for &pixel in &pixels {
                let (x, y) = (pixel % columns, pixel / columns);
                let sides = [
                    (x.checked_sub(1).map(|x| (x, y)), pos(x, y), pos(x, y + 1)),
                    (Some((x + 1, y)), pos(x + 1, y), pos(x + 1, y + 1)),
                    (y.checked_sub(1).map(|y| (x, y)), pos(x, y), pos(x + 1, y)),
                    (Some((x, y + 1)), pos(x, y + 1), pos(x + 1, y + 1)),
                ];
                for (beside, from, to) in sides {
                    let is_inner =
                        beside.is_some_and(|(x, y)| x < columns && pixels.contains(&(y * columns + x)));
                    if !is_inner {
                        painter.line_segment([from, to], Stroke::new(width, color));
                    }
                }
            }
        }
    }
}

/// True where the pointer has moved: a resting pointer does not undo a move by keys.
fn has_moved(ui: &Ui) -> bool {
    ui.input(|input| input.pointer.delta() != vec2(0.0, 0.0) || input.pointer.any_pressed())
}

/// Reports, once, that the pointer has left the pictures.
pub fn leave(ui: &Ui, state: &State, pictures: impl Iterator<Item = Rect>, commands: &mut Vec<Command>) {
    let inspector = state.inspector;
    if !(inspector.is_hovering || inspector.pixel.is_some()) || inspector.by_keys {
        return;
    }
    let pointer = ui.input(|input| input.pointer.hover_pos());
    let mut pictures = pictures;
    if !pointer.is_some_and(|pointer| pictures.any(|picture| picture.contains(pointer))) {
        commands.push(Command::Inspect(inspector::Command::Leave));
    }
}
