//! Tampering with the pointer, in panels with the lens "received".
//!
//! ```text
//! click                       flips a bit of the pixel under the pointer, and the same click flips it back
//! drag                        selects a rectangle
//! drag the selected rectangle copies its blocks to the pointer, and keeps the copy where it is dropped
//! ```
//!
//! While a rectangle is dragged, the next position is requested once the last one is on screen. A whole drag is one
//! step of undo.

use eframe::egui::epaint::Shape as Line;
use eframe::egui::{
    Align2, Color32, CursorIcon, FontId, PointerButton, Pos2, Rect, Response, Stroke, StrokeKind, Ui, vec2,
};

use super::picture::Pane;
use crate::gui::model::command::Command;
use crate::gui::model::panels::tampering::{Mark, Tool};
use crate::gui::model::{panels, panels::tampering};
use crate::gui::widgets::theme;
use crate::lens::{Flip, Lens, Splice, Tampering};
use crate::picture::Shape;
use crate::picture::layout::Layout;
use crate::scene::Panel;

/// A panel that is tampered with, and its picture.
#[derive(Clone, Copy)]
pub struct Target {
    /// The place of the panel in the scene.
    pub at: usize,
    panel: Panel,
    /// The current tampering.
    pub tampering: Tampering,
    /// The picture on screen.
    pub pane: Pane,
    /// Which bytes are encrypted.
    pub layout: Layout,
    /// Width and height of the frame.
    pub shape: Shape,
}

/// The pixel of the frame at which the pointer was pressed.
#[derive(Clone, Copy)]
struct Origin([u32; 2]);

/// What a drag does when it ends.
enum Drag {
    /// Selects this rectangle.
    Marking([u32; 4]),
    /// Copies the selected rectangle to this one.
    Copying([u32; 4]),
}

impl Target {
    /// The panel at this place, if it has the lens "received".
    #[must_use]
    pub fn of(at: usize, panel: Panel, pane: Pane, layout: Layout, shape: Shape) -> Option<Self> {
        let Panel::Cipher { lens: Lens::Received(tampering), .. } = panel else { return None };
        (shape.pixels() > 0).then_some(Self { at, panel, tampering, pane, layout, shape })
    }

    fn set(self, tampering: Tampering) -> Command {
        Command::Panels(panels::Command::Set(self.at, self.panel.with_lens(Lens::Received(tampering))))
    }

    /// Carries out the pointer's actions and draws them. `is_shown` states that the current tampering is on screen.
    pub fn tamper_ui(
        self,
        ui: &Ui,
        response: &Response,
        (tool, is_shown): (Tool, bool),
        commands: &mut Vec<Command>,
    ) {
        let marked = tool.mark.filter(|mark| mark.panel == self.at && self.holds(mark.rect));
        let marked = marked.map(|mark| mark.rect);
        let drag = tool.is_active.then(|| self.drag(ui, response, marked)).flatten();
        if let (true, Some(pointer)) = (tool.is_active && response.clicked(), response.interact_pointer_pos())
        {
            commands.extend(self.flipped(pointer, tool.bit));
        }
        let is_over = response.drag_stopped_by(PointerButton::Primary);
        match (&drag, marked) {
            (Some(Drag::Marking(rect)), _) if is_over => {
                let mark = Some(Mark { panel: self.at, rect: *rect });
                commands.push(Command::Tamper(tampering::Command::SetTool(Tool { mark, ..tool })));
            }
            (Some(Drag::Copying(to)), Some(from)) if is_over || is_shown => {
                commands.extend(self.copied(from, *to, is_over));
            }
            _ => {}
        }
        self.paint(ui, marked, drag.as_ref());
        if tool.is_active {
            self.hint_ui(ui, response, tool, marked.is_some(), drag.as_ref());
        }
    }

    /// The command for dragging the selected rectangle to a position.
    fn copied(self, from: [u32; 4], to: [u32; 4], is_over: bool) -> Option<Command> {
        let frame = self.tampering.splice().and_then(|splice| splice.frame);
        // At its own position a copy changes nothing.
        let splice = (to != from).then_some(Splice { to, from: [from[0], from[1]], frame });
        let was_moved = self.tampering.splice().is_some_and(|now| now.from == [from[0], from[1]]);
        if splice.is_none() && !was_moved {
            return None;
        }
        let tampering = self.tampering.splicing(splice);
        (is_over || tampering != self.tampering).then_some(Command::Tamper(tampering::Command::Splice {
            at: self.at,
            tampering,
            is_over,
        }))
    }

    /// The command for a click at a position.
    fn flipped(self, pointer: Pos2, bit: u8) -> Option<Command> {
        let [x, y] = self.pane.pixel_at(pointer, self.shape)?;
        let flip = Flip { byte: self.layout.byte_at(self.shape, x, y)?, bit };
        let flip = Some(flip).filter(|_| self.tampering.flip() != Some(flip));
        Some(self.set(self.tampering.flipping(flip)))
    }

    /// What the current drag does when it ends.
    fn drag(self, ui: &Ui, response: &Response, marked: Option<[u32; 4]>) -> Option<Drag> {
        let (pointer, id) =
            (response.hover_pos().or(response.interact_pointer_pos())?, response.id.with("origin"));
        let pixel = self.nearest_pixel(pointer);
        let in_mark = |pixel| marked.is_some_and(|rect| holds_pixel(rect, pixel));
        if response.drag_started_by(PointerButton::Primary) {
            let origin = ui.input(|input| input.pointer.press_origin()).unwrap_or(pointer);
            ui.data_mut(|data| data.insert_temp(id, Origin(self.nearest_pixel(origin))));
        }
        let dragged =
            response.dragged_by(PointerButton::Primary) || response.drag_stopped_by(PointerButton::Primary);
        let cursor = match (in_mark(pixel), dragged) {
            (true, false) => CursorIcon::Grab,
            (true, true) => CursorIcon::Grabbing,
            (false, _) => CursorIcon::Crosshair,
        };
        ui.ctx().set_cursor_icon(cursor);
        let Origin(origin) = ui.data(|data| data.get_temp(id)).filter(|_| dragged)?;
        if let Some([x, y, width, height]) = marked.filter(|_| in_mark(origin)) {
            let moved = |start: u32, from: u32, to: u32, side: u32, most: u32| {
                (start + to).saturating_sub(from).min(most - side)
            };
            let x = moved(x, origin[0], pixel[0], width, self.shape.width);
            let y = moved(y, origin[1], pixel[1], height, self.shape.height);
            return Some(Drag::Copying([x, y, width, height]));
        }
        let span = |from: u32, to: u32| (from.min(to), from.abs_diff(to) + 1);
        let ((x, width), (y, height)) = (span(origin[0], pixel[0]), span(origin[1], pixel[1]));
        Some(Drag::Marking([x, y, width, height]))
    }

    /// The pixel at a position, or the nearest visible one.
    fn nearest_pixel(self, pos: Pos2) -> [u32; 2] {
        let rect = self.pane.rect;
        let within = pos.clamp(rect.min, rect.max - vec2(0.01, 0.01));
        self.pane.pixel_at(within, self.shape).unwrap_or_default()
    }

    fn holds(self, [x, y, width, height]: [u32; 4]) -> bool {
        x.saturating_add(width) <= self.shape.width && y.saturating_add(height) <= self.shape.height
    }

    /// The rectangle on screen of a rectangle of pixels.
    fn rect_of(self, [x, y, width, height]: [u32; 4]) -> Rect {
        let pos = |x: u32, y: u32| self.pane.pos_of_pixel([x, y], self.shape);
        Rect::from_min_max(pos(x, y), pos(x + width, y + height))
    }

    /// Marks what was changed and what a drag will change: a single bit is too small to be found.
    fn paint(self, ui: &Ui, marked: Option<[u32; 4]>, drag: Option<&Drag>) {
        let palette = theme::palette(ui);
        let painter = ui.painter_at(self.pane.rect);
        let outline = |rect: Rect, color: Color32| {
            painter.rect_stroke(
                rect,
                0.0,
                Stroke::new(4.0, Color32::from_black_alpha(150)),
                StrokeKind::Middle,
            );
            painter.rect_stroke(rect, 0.0, Stroke::new(2.0, color), StrokeKind::Middle);
        };
        let dashed = |rect: Rect| {
            let corners =
                [rect.left_top(), rect.right_top(), rect.right_bottom(), rect.left_bottom(), rect.left_top()];
            painter.add(Line::line(corners.to_vec(), Stroke::new(2.5, Color32::from_black_alpha(170))));
            painter.extend(Line::dashed_line(&corners, Stroke::new(1.5, Color32::WHITE), 6.0, 4.0));
        };
        if let Some(splice) = self.tampering.splice().filter(|splice| self.holds(splice.to)) {
            outline(self.rect_of(splice.to), palette.accent);
        }
        let flipped = self.tampering.flip().and_then(|flip| self.layout.pixel_of_byte(self.shape, flip.byte));
        if let Some([x, y]) = flipped {
            let pixel = self.rect_of([x, y, 1, 1]);
            let radius = (pixel.width() * 0.9).max(9.0);
            painter.circle_stroke(pixel.center(), radius, Stroke::new(4.0, Color32::from_black_alpha(150)));
            painter.circle_stroke(pixel.center(), radius, Stroke::new(2.0, palette.accent));
        }
        let (under, copied) = match drag {
            Some(Drag::Marking(rect)) => (Some(*rect), None),
            Some(Drag::Copying(to)) => (marked, Some(*to)),
            None => (marked, None),
        };
        if let Some(rect) = under {
            dashed(self.rect_of(rect));
        }
        if let Some(rect) = copied {
            outline(self.rect_of(rect), palette.accent);
        }
    }

    /// Draws a line that says what the pointer does, while it is over the picture or nothing was changed yet.
    fn hint_ui(self, ui: &Ui, response: &Response, tool: Tool, is_marked: bool, drag: Option<&Drag>) {
        let is_new = self.tampering == Tampering::UNTOUCHED;
        if !(is_new || is_marked || response.hovered() || response.dragged()) {
            return;
        }
        let hints: [String; 2] = match (drag, is_marked) {
            (Some(Drag::Marking([_, _, width, height])), _) => {
                [format!("{width} × {height} pixels"), format!("{width} × {height}")]
            }
            (Some(Drag::Copying([x, y, ..])), _) => [format!("Copy to {x}, {y}"), format!("To {x}, {y}")],
            (None, true) => [
                "Drag the marked rectangle to copy it · Esc unmarks it".into(),
                "Drag the mark: copied".into(),
            ],
            (None, false) => [
                format!("Click flips bit {} · Drag marks a rectangle, to be dragged and copied", tool.bit),
                "Click: flip a bit · Drag: mark, then copy".into(),
            ],
        };
        let rect = self.pane.rect;
        let font = FontId::proportional(12.5);
        let lay_out = |text: &String| ui.painter().layout_no_wrap(text.clone(), font.clone(), Color32::WHITE);
        let room = rect.width() - 20.0;
        let [long, short] = hints.each_ref().map(lay_out);
        let galley = if long.size().x <= room { long } else { short };
        if galley.size().x > room || galley.size().y * 4.0 > rect.height() {
            return;
        }
        let strip = Align2::CENTER_BOTTOM
            .anchor_size(rect.center_bottom() - vec2(0.0, 6.0), galley.size() + vec2(14.0, 6.0));
        ui.painter().rect_filled(strip, 6.0, Color32::from_black_alpha(190));
        ui.painter().galley(strip.min + vec2(7.0, 3.0), galley, Color32::WHITE);
    }
}

fn holds_pixel([x, y, width, height]: [u32; 4], pixel: [u32; 2]) -> bool {
    (x..x + width).contains(&pixel[0]) && (y..y + height).contains(&pixel[1])
}
