//! A picture on screen: its visible part, and the blocks of its ciphertext.

#![expect(clippy::cast_precision_loss, reason = "pixels of a picture against points on a screen")]

use eframe::egui::epaint::RectShape;
use eframe::egui::{
    Color32, CornerRadius, CursorIcon, Painter, PointerButton, Pos2, Rect, Response, Stroke, Ui, Vec2, pos2,
    vec2,
};

use crate::gui::model::command::Command;
use crate::gui::model::panels;
use crate::gui::model::panels::viewport::{Region, Viewport};
use crate::gui::textures::texture::Texture;
use crate::picture::Shape;
use crate::picture::layout::Layout;

/// From this size of a video pixel, in screen pixels, the blocks are outlined.
pub(super) const BLOCKS_FROM_PX: f32 = 8.0;

/// How far the wheel scrolls to enlarge by a factor of e, in points.
const WHEEL: f32 = 240.0;

/// A picture on screen and its viewport.
#[derive(Clone, Copy, Debug)]
pub struct Pane {
    /// The area on screen.
    pub rect: Rect,
    /// The viewport.
    pub viewport: Viewport,
}

impl Pane {
    /// The position in the picture, in shares of its width and height, that is drawn at `pos`.
    #[must_use]
    pub fn pos_in_picture(self, pos: Pos2) -> [f32; 2] {
        let within = (pos - self.rect.min) / self.rect.size();
        self.viewport.visible().to_picture([within.x, within.y])
    }

    /// The position on screen of a position in the picture, in shares of its width and height.
    #[must_use]
    pub fn pos_of(self, pos_in_picture: [f32; 2]) -> Pos2 {
        let [x, y] = self.viewport.visible().from_picture(pos_in_picture);
        self.rect.min + vec2(x, y) * self.rect.size()
    }

    /// The pixel of a frame that is drawn at `pos`.
    #[must_use]
    pub fn pixel_at(self, pos: Pos2, shape: Shape) -> Option<[u32; 2]> {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within a picture")]
        let pixel = |pos_in_picture: f32, side: u32| {
            (0.0..1.0)
                .contains(&pos_in_picture)
                .then(|| ((pos_in_picture * side as f32) as u32).min(side.saturating_sub(1)))
        };
        let [x, y] = self.pos_in_picture(pos);
        Some([pixel(x, shape.width)?, pixel(y, shape.height)?])
    }

    /// The position on screen of the upper left corner of a pixel.
    #[must_use]
    pub fn pos_of_pixel(self, pixel: [u32; 2], shape: Shape) -> Pos2 {
        self.pos_of(to_picture(pixel, shape))
    }

    /// Draws the visible part of a picture.
    pub fn paint(self, painter: &Painter, texture: Texture, round: CornerRadius) {
        let Texture { id, crop, .. } = texture;
        let pos = |x: u32, y: u32| self.pos_of(to_picture([x, y], crop.whole));
        let held = Rect::from_min_max(pos(crop.x, crop.y), pos(crop.x + crop.width, crop.y + crop.height));
        let drawn = held.intersect(self.rect);
        if !drawn.is_positive() {
            return;
        }
        let within = |pos: Pos2| ((pos - held.min) / held.size()).to_pos2();
        let round = if drawn.expand(0.5).contains_rect(self.rect) { round } else { CornerRadius::ZERO };
        let uv = Rect::from_min_max(within(drawn.min), within(drawn.max));
        painter.add(RectShape::filled(drawn, round, Color32::WHITE).with_texture(id, uv));
    }

    /// Outlines the blocks where they are large enough.
    pub fn paint_blocks(self, painter: &Painter, layout: Layout, shape: Shape) {
        if self.viewport.px() < BLOCKS_FROM_PX || shape.pixels() == 0 {
            return;
        }
        let painter = painter.with_clip_rect(self.rect.intersect(painter.clip_rect()));
        let [columns, rows] = pixels_in(self.viewport.visible(), shape);
        let block = |x: u32, y: u32| layout.block_at(shape, x, y);
        let pos = |x: u32, y: u32| self.pos_of(to_picture([x, y], shape));
        // A dark line with a light line beside it is visible on any background.
        let line = |from: Pos2, to: Pos2| {
            painter.line_segment([from, to], Stroke::new(1.5, Color32::from_black_alpha(130)));
            painter.line_segment([from, to], Stroke::new(0.75, Color32::from_white_alpha(150)));
        };
        for x in columns.start.max(1)..columns.end {
            for run in runs(rows.clone(), |y| block(x - 1, y) != block(x, y)) {
                line(pos(x, run.start), pos(x, run.end));
            }
        }
        for y in rows.start.max(1)..rows.end {
            for run in runs(columns.clone(), |x| block(x, y - 1) != block(x, y)) {
                line(pos(run.start, y), pos(run.end, y));
            }
        }
    }

    /// Follows the pointer: the wheel zooms at the pointer, dragging moves the picture. Where the pointer has a tool,
    /// only the other buttons move the picture.
    pub fn follow(self, ui: &Ui, response: &Response, has_tool: bool, commands: &mut Vec<Command>) {
        if let (Some(pointer), Some(factor)) = (response.hover_pos(), turned(ui)) {
            let view_pos = self.viewport.zoomed(factor, self.pos_in_picture(pointer));
            if view_pos != self.viewport.view_pos {
                commands.push(Command::Panels(panels::Command::SetView(view_pos)));
            }
        }
        if !self.viewport.is_closer() {
            return;
        }
        let others = [PointerButton::Secondary, PointerButton::Middle];
        let moves = if has_tool {
            others.into_iter().any(|button| response.dragged_by(button))
        } else {
            response.dragged()
        };
        if moves {
            ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
            let by = response.drag_delta() / self.rect.size();
            if by != vec2(0.0, 0.0) {
                commands.push(Command::Panels(panels::Command::SetView(self.viewport.moved([-by.x, -by.y]))));
            }
        } else if response.hovered() && !has_tool {
            ui.ctx().set_cursor_icon(CursorIcon::Grab);
        }
    }
}

/// The factor of zooming by the wheel or by two fingers, where they moved.
pub fn turned(ui: &Ui) -> Option<f32> {
    let (wheel, pinch) = ui.input(|input| (input.smooth_scroll_delta().y, input.zoom_delta()));
    let factor = (wheel / WHEEL).exp() * pinch;
    ((factor - 1.0).abs() > f32::EPSILON).then_some(factor)
}

/// The position of the upper left corner of a pixel, in shares of the picture.
pub(super) fn to_picture([x, y]: [u32; 2], shape: Shape) -> [f32; 2] {
    [x as f32 / shape.width as f32, y as f32 / shape.height as f32]
}

/// The visible columns and rows.
fn pixels_in(Region([left, top, width, height]): Region, shape: Shape) -> [std::ops::Range<u32>; 2] {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within a picture")]
    let span = |start: f32, share: f32, side: u32| {
        let end = ((start + share) * side as f32).ceil() as u32;
        (start * side as f32) as u32..end.min(side)
    };
    [span(left, width, shape.width), span(top, height, shape.height)]
}

/// The longest runs of numbers for which `holds`.
fn runs(
    over: std::ops::Range<u32>,
    holds: impl Fn(u32) -> bool,
) -> impl Iterator<Item = std::ops::Range<u32>> {
    let mut next = over.start;
    std::iter::from_fn(move || {
        let start = (next..over.end).find(|&number| holds(number))?;
        let end = (start..over.end).find(|&number| !holds(number)).unwrap_or(over.end);
        next = end;
        Some(start..end)
    })
}

/// A rectangle with edges on whole pixels of the screen, so that the picture is not blurred. Its size does not depend
/// on its position.
#[must_use]
pub fn snapped(rect: Rect, pixels_per_point: f32) -> Rect {
    let snap = |x: f32| (x * pixels_per_point).round() / pixels_per_point;
    let [width, height] = pixels_of(rect.size(), pixels_per_point).map(|px| px as f32 / pixels_per_point);
    Rect::from_min_size(pos2(snap(rect.min.x), snap(rect.min.y)), vec2(width, height))
}

/// The size in whole pixels of the screen, at least one, of a picture of this size in points.
#[must_use]
pub fn pixels_of(size: Vec2, pixels_per_point: f32) -> [u32; 2] {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "sizes on a screen")]
    let pixels = |points: f32| (points * pixels_per_point).round().max(1.0) as u32;
    [pixels(size.x), pixels(size.y)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gui::model::panels::viewport::{ViewPos, Zoom};

    #[test]
    fn runs_have_the_largest_length() {
        let found: Vec<_> = runs(2..12, |n| n != 5 && n != 6 && n != 11).collect();
        assert_eq!(found, [2..5, 7..11]);
        assert_eq!(runs(0..3, |_| false).count(), 0);
    }

    #[test]
    fn screen_positions_convert_to_pixels_of_the_frame_and_back() {
        let view_pos = ViewPos { zoom: Zoom::Times(4.0), center: [0.5, 0.5] };
        let rect = Rect::from_min_size(pos2(10.0, 20.0), vec2(320.0, 180.0));
        let pane = Pane { rect, viewport: Viewport { view_pos, fit_px: [320, 180], frame: [320.0, 180.0] } };
        let shape = Shape::new(320, 180);
        assert_eq!(pane.pixel_at(rect.center() + vec2(1.0, 1.0), shape), Some([160, 90]));
        assert_eq!(pane.pixel_at(rect.min + vec2(0.5, 0.5), shape), Some([120, 67]));
        let back = pane.pos_of(pane.pos_in_picture(pos2(50.0, 60.0)));
        assert!((back - pos2(50.0, 60.0)).length() < 0.01);
    }
}
