//! The timeline: where the video stands, and the way to anywhere in it.

use eframe::egui::{
    Align2, Color32, CornerRadius, FontId, Id, LayerId, Order, Pos2, Rect, Response, Role, Sense, Shape,
    Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use super::place::LoopRange;
use super::state::Command;
use super::{caption, icons, theme};
use crate::media::Index;
use crate::pipeline::Status;
use crate::units::FrameIndex;

/// Height of the rail in points.
const RAIL: f32 = 6.0;

/// Room at both ends for the handle.
pub const END: f32 = 8.0;

/// Keyframes closer than this on average are not marked, and closer ones are marked once.
const TICK_GAP: f32 = 4.0;

/// Seeking by dragging. The next seek is sent once the last one is shown, so that a picture comes with
/// every one of them even where the pointer never rests.
#[derive(Debug, Default)]
pub struct Scrub {
    /// Where the pointer holds the handle, in seconds.
    held_secs: Option<f64>,
    /// The time asked for and not yet sent.
    pending_secs: Option<f64>,
}

impl Scrub {
    /// The seek whose turn it is.
    pub fn due(&mut self, loading: bool) -> Option<Command> {
        if loading {
            return None;
        }
        self.pending_secs.take().map(Command::SeekSecs)
    }

    /// Draws the timeline.
    #[must_use]
    pub fn timeline_ui(&mut self, ui: &mut Ui, status: &Status, range: LoopRange) -> Option<Command> {
        let size = vec2(ui.available_width(), 24.0);
        let (rect, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
        let Some(scale) = Scale::new(rect, status) else {
            response.widget_info(|| WidgetInfo::labeled(Role::Slider, false, "Timeline"));
            let rail = Rect::from_center_size(rect.center(), vec2(rect.width() - 2.0 * END, RAIL));
            ui.painter().rect_filled(rail, CornerRadius::same(3), theme::palette(ui).line);
            return None;
        };
        let shown_secs = status.shown.map_or(0.0, |(_, secs)| secs);
        response.widget_info(|| WidgetInfo::slider(ui.is_enabled(), shown_secs, "Timeline"));
        let command = self.drag(&response, &scale);
        let now_secs = self.held_secs.or(self.pending_secs).unwrap_or(shown_secs);
        scale.paint_ui(ui, &response, status, now_secs);
        scale.paint_range(ui, status, range);
        command
    }

    /// Follows the pointer. The last place is sought at once, those on the way as the video comes along.
    fn drag(&mut self, response: &Response, scale: &Scale) -> Option<Command> {
        let secs = response.interact_pointer_pos().map(|pos| scale.secs_at(pos.x));
        if response.dragged() || response.is_pointer_button_down_on() {
            if secs.is_some() && secs != self.held_secs {
                self.held_secs = secs;
                self.pending_secs = secs;
                response.ctx.request_repaint();
            }
            return None;
        }
        let held = self.held_secs.take();
        if response.clicked() || response.drag_stopped() {
            self.pending_secs = None;
            return secs.or(held).map(Command::SeekSecs);
        }
        None
    }
}

/// Seconds to points and back.
struct Scale {
    rail: Rect,
    duration_secs: f64,
}

impl Scale {
    /// `None` where the length of the video is not known.
    fn new(rect: Rect, status: &Status) -> Option<Self> {
        let indexed = status.index.as_ref().map(|index| index.duration_secs());
        let stated = status.info.as_ref().and_then(|info| info.duration_secs);
        let duration_secs = indexed.or(stated).filter(|&secs| secs > 0.0)?;
        let rail = Rect::from_center_size(rect.center(), vec2(rect.width() - 2.0 * END, RAIL));
        Some(Self { rail, duration_secs })
    }

    fn secs_at(&self, x: f32) -> f64 {
        let share = ((x - self.rail.left()) / self.rail.width().max(1.0)).clamp(0.0, 1.0);
        f64::from(share) * self.duration_secs
    }

    fn x_at(&self, secs: f64) -> f32 {
        #[expect(clippy::cast_possible_truncation, reason = "a share between 0 and 1")]
        let share = (secs / self.duration_secs).clamp(0.0, 1.0) as f32;
        self.rail.left() + share * self.rail.width()
    }

    fn paint_ui(&self, ui: &Ui, response: &Response, status: &Status, now_secs: f64) {
        let palette = theme::palette(ui);
        let painter = ui.painter();
        let active = response.hovered() || response.dragged();
        let rail = if active { self.rail.expand2(vec2(0.0, 1.0)) } else { self.rail };
        let round = CornerRadius::same(4);
        painter.rect_filled(rail, round, palette.line);
        self.paint_keyframes(ui, status, palette.weak.gamma_multiply(0.7));
        let x = self.x_at(now_secs);
        painter.rect_filled(rail.with_max_x(x), round, palette.accent);
        painter.circle_filled(pos2(x, rail.center().y), if active { 8.0 } else { 6.5 }, palette.accent);
        icons::focus_ui(ui, response, response.rect, 6);
        if let Some(pointer) = response.hover_pos().or(response.interact_pointer_pos()) {
            let x = pointer.x.clamp(rail.left(), rail.right());
            painter.vline(x, rail.y_range(), Stroke::new(1.5, palette.text));
            self.paint_time_ui(ui, x, status);
        }
    }

    /// Brackets around what is looped, and a band between them.
    fn paint_range(&self, ui: &Ui, status: &Status, range: LoopRange) {
        if range == LoopRange::default() {
            return;
        }
        let secs = |frame: FrameIndex| status.index.as_ref().and_then(|index| index.time_secs(frame));
        let at =
            |frame: Option<FrameIndex>, open: f32| frame.and_then(secs).map_or(open, |secs| self.x_at(secs));
        let (left, right) = (at(range.start, self.rail.left()), at(range.end, self.rail.right()));
        let band = Rect::from_x_y_ranges(
            left..=right.max(left + 2.0),
            self.rail.top() - 5.0..=self.rail.top() - 2.0,
        );
        let color = theme::palette(ui).text;
        ui.painter().rect_filled(band, CornerRadius::same(1), color);
        for (x, inward) in [(band.left(), 4.0), (band.right(), -4.0)] {
            let (top, bottom) = (band.top(), self.rail.bottom() + 3.0);
            let bracket =
                vec![pos2(x + inward, top), pos2(x, top), pos2(x, bottom), pos2(x + inward, bottom)];
            ui.painter().line(bracket, Stroke::new(2.0, color));
        }
    }

    /// A tick below the rail for each keyframe: where a decoder can start.
    #[expect(clippy::cast_precision_loss, reason = "a count against a length in points")]
    fn paint_keyframes(&self, ui: &Ui, status: &Status, color: Color32) {
        let Some(index) = &status.index else { return };
        // Where nearly every frame is one, ticks would be one more rail.
        if index.keyframes().len() as f32 * TICK_GAP > self.rail.width() || is_all_keyframes(index) {
            return;
        }
        let (top, bottom) = (self.rail.bottom() + 3.0, self.rail.bottom() + 7.0);
        let mut last = f32::NEG_INFINITY;
        for secs in index.keyframes().iter().filter_map(|&frame| index.time_secs(frame)) {
            let x = self.x_at(secs);
            if x - last >= TICK_GAP {
                ui.painter().vline(x, top..=bottom, Stroke::new(1.0, color));
                last = x;
            }
        }
    }

    /// The time under the pointer, and its frame where that is known, in a bubble above the rail.
    fn paint_time_ui(&self, ui: &Ui, x: f32, status: &Status) {
        let palette = theme::palette(ui);
        let secs = self.secs_at(x);
        let mut text = caption::time(secs);
        if let Some(index) = &status.index {
            text = format!("{text}  ·  frame {}", caption::grouped(index.frame_at(secs).0));
        }
        let layer = LayerId::new(Order::Tooltip, Id::unique("time under the pointer"));
        let painter = ui.ctx().layer_painter(layer);
        let job = theme::tabular(ui, &text, &FontId::proportional(13.0), palette.text);
        let galley = painter.layout_job(job);
        let size = galley.size() + vec2(16.0, 10.0);
        let window = ui.ctx().content_rect();
        let left = (x - size.x / 2.0).clamp(window.left() + 4.0, (window.right() - size.x - 4.0).max(4.0));
        let rect = Rect::from_min_size(pos2(left, self.rail.top() - size.y - 8.0), size);
        painter.rect(
            rect,
            CornerRadius::same(7),
            palette.bar,
            Stroke::new(1.0, palette.line),
            StrokeKind::Inside,
        );
        let at: Pos2 = Align2::CENTER_CENTER.anchor_size(rect.center(), galley.size()).min;
        painter.add(Shape::galley(at, galley, palette.text));
    }
}

fn is_all_keyframes(index: &Index) -> bool {
    index.keyframes().len() as u64 >= index.frames()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rail_maps_points_to_seconds_and_back() {
        let scale =
            Scale { rail: Rect::from_min_size(pos2(8.0, 0.0), vec2(1000.0, RAIL)), duration_secs: 10.0 };
        assert!((scale.secs_at(508.0) - 5.0).abs() < 1e-4);
        assert!((scale.x_at(5.0) - 508.0).abs() < 1e-3);
        assert!((scale.secs_at(-50.0)).abs() < 1e-9 && (scale.secs_at(5000.0) - 10.0).abs() < 1e-9);
    }

    #[test]
    fn while_a_seek_is_under_way_the_next_one_waits_and_the_latest_wins() {
        let mut scrub = Scrub { held_secs: Some(2.0), pending_secs: Some(2.0) };
        assert_eq!(scrub.due(true), None);
        scrub.pending_secs = Some(3.0);
        assert_eq!(scrub.due(false), Some(Command::SeekSecs(3.0)));
        assert_eq!(scrub.due(false), None);
    }
}
