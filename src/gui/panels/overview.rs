//! The overview: the whole picture, small, in a corner of one panel, while only a part is visible. A frame on it
//! shows the part and is dragged to move it.

use eframe::egui::{
    Color32, CornerRadius, CursorIcon, Rect, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2,
    vec2,
};

use super::picture::{Pane, snapped, turned};
use crate::gui::model::command::Command;
use crate::gui::model::panels;
use crate::gui::model::panels::viewport::{Region, ViewPos};
use crate::gui::textures::texture::Texture;
use crate::gui::widgets::theme;

/// Width of the overview as a share of the panel's.
const SHARE: f32 = 0.24;

/// Least and largest width of the overview, in points.
const WIDTHS: [f32; 2] = [84.0, 220.0];

/// The largest width and height of the overview, as a share of the panel's.
const MOST: f32 = 0.34;

/// Space between the overview and the edges of its panel, in points.
const MARGIN: f32 = 8.0;

/// Least side of the frame on the overview, in points, so that it can be found.
const LEAST_FRAME: f32 = 6.0;

/// The area of the overview in a picture; `None` where the picture is too small.
#[must_use]
pub fn from_picture(picture: Rect, pixels_per_point: f32) -> Option<Rect> {
    let aspect = picture.width() / picture.height().max(1.0);
    let width = (picture.width() * SHARE).clamp(WIDTHS[0], WIDTHS[1]).min(picture.height() * MOST * aspect);
    let is_small = width < WIDTHS[0] || width > picture.width() * MOST;
    let size = vec2(width, width / aspect);
    let corner = picture.right_top() + vec2(-MARGIN - width, MARGIN);
    (!is_small && size.y >= LEAST_FRAME).then(|| snapped(Rect::from_min_size(corner, size), pixels_per_point))
}

/// The rectangle on the overview of a part of the picture.
fn frame_on(map: Rect, Region([left, top, width, height]): Region) -> Rect {
    let min = map.min + vec2(left, top) * map.size();
    let exact = Rect::from_min_size(min, vec2(width, height) * map.size());
    let frame = Rect::from_center_size(exact.center(), exact.size().max(Vec2::splat(LEAST_FRAME)));
    // Enlarged to its least side, the frame still lies within the overview.
    let inner = map.shrink2(frame.size().min(map.size()) / 2.0);
    Rect::from_center_size(frame.center().clamp(inner.min, inner.max), frame.size().min(map.size()))
}

impl Pane {
    /// Draws the overview over the picture, and moves the visible part where the frame is dragged or the overview is
    /// clicked.
    pub fn overview_ui(self, ui: &Ui, texture: Option<Texture>, commands: &mut Vec<Command>) {
        let Some(map) = from_picture(self.rect, ui.pixels_per_point()).filter(|_| self.viewport.is_closer())
        else {
            return;
        };
        let frame = frame_on(map, self.viewport.visible());
        // Tab skips the overview, because keys move the visible part as well.
        let response = ui.interact(map.expand(2.0), ui.scope_id().with("overview"), Sense::DRAG);
        response.widget_info(|| {
            WidgetInfo::labeled(Role::Image, true, "Overview: drag the frame to move the view")
        });
        if let Some(view_pos) = self.moved_on(map, frame, ui, &response) {
            commands.push(Command::Panels(panels::Command::SetView(view_pos)));
        }
        if response.hovered() || response.dragged() {
            let grabs = response.dragged();
            ui.ctx().set_cursor_icon(if grabs { CursorIcon::Grabbing } else { CursorIcon::Grab });
        }
        let painter = ui.painter_at(self.rect);
        painter.rect_filled(map.expand(2.0), CornerRadius::same(4), Color32::from_black_alpha(190));
        painter.rect_filled(map, CornerRadius::ZERO, theme::palette(ui).background);
        if let Some(texture) = texture {
            let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            painter.image(texture.id, map, uv, Color32::WHITE);
        }
        let dimmed = [
            map.with_max_y(frame.top()),
            map.with_min_y(frame.bottom()),
            Rect::from_x_y_ranges(map.left()..=frame.left(), frame.y_range()),
            Rect::from_x_y_ranges(frame.right()..=map.right(), frame.y_range()),
        ];
        for rect in dimmed.into_iter().filter(Rect::is_positive) {
            painter.rect_filled(rect, CornerRadius::ZERO, Color32::from_black_alpha(95));
        }
        let edge = |rect: Rect, width: f32, color: Color32, kind: StrokeKind| {
            painter.rect_stroke(rect, CornerRadius::ZERO, Stroke::new(width, color), kind);
        };
        edge(map, 1.0, Color32::from_white_alpha(110), StrokeKind::Outside);
        edge(frame, 4.0, Color32::from_black_alpha(190), StrokeKind::Middle);
        edge(frame, 2.0, theme::palette(ui).accent, StrokeKind::Middle);
    }

    /// The position to which the pointer moves the visible part.
    fn moved_on(self, map: Rect, frame: Rect, ui: &Ui, response: &eframe::egui::Response) -> Option<ViewPos> {
        let pos_in_picture = |pos: eframe::egui::Pos2| {
            let within = (pos - map.min) / map.size();
            [within.x, within.y]
        };
        if let (true, Some(pos)) = (response.drag_started(), response.interact_pointer_pos())
            && !frame.contains(pos)
        {
            return Some(self.viewport.centered(pos_in_picture(pos)));
        }
        let by = response.drag_delta() / map.size();
        if response.dragged() && by != Vec2::ZERO {
            let [x, y] = self.viewport.view_pos.center;
            return Some(self.viewport.centered([x + by.x, y + by.y]));
        }
        let turned = turned(ui).filter(|_| response.hovered())?;
        Some(self.viewport.zoomed(turned, self.viewport.view_pos.center))
            .filter(|&view_pos| view_pos != self.viewport.view_pos)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_overview_lies_in_a_corner_where_there_is_room() {
        for (width, height) in
            [(652.0, 367.0), (1500.0, 844.0), (300.0, 400.0), (400.0, 225.0), (900.0, 300.0)]
        {
            let picture = Rect::from_min_size(pos2(30.0, 50.0), vec2(width, height));
            let map = from_picture(picture, 1.0).unwrap_or_else(|| panic!("{width} × {height} has room"));
            assert!(picture.contains_rect(map), "{map}");
            assert!(map.area() < picture.area() / 8.0, "{map} covers little");
            let off = map.width() / map.height() - width / height;
            assert!(off.abs() < 0.1, "{map} has the shape of the picture");
        }
        for (width, height) in [(180.0, 120.0), (240.0, 100.0), (60.0, 900.0)] {
            let picture = Rect::from_min_size(pos2(30.0, 50.0), vec2(width, height));
            assert_eq!(from_picture(picture, 1.0), None, "{width} × {height} is too small");
        }
    }

    #[test]
    fn the_frame_marks_the_visible_part_and_is_never_too_small_or_off_the_overview() {
        let map = Rect::from_min_size(pos2(100.0, 100.0), vec2(160.0, 90.0));
        let quarter = frame_on(map, Region([0.5, 0.5, 0.5, 0.5]));
        assert_eq!(quarter, Rect::from_min_max(map.center(), map.max));
        assert_eq!(frame_on(map, Region::WHOLE), map);
        let corner = frame_on(map, Region([0.999, 0.0, 0.001, 0.001]));
        assert!(map.contains_rect(corner) && corner.size() == Vec2::splat(LEAST_FRAME), "{corner}");
    }
}
