//! The track of the timeline: the played part, the keyframes, and the looped part.

use eframe::egui::{Color32, CornerRadius, Rect, Response, Stroke, Ui, pos2, vec2};

use crate::gui::model::playback::loop_range::LoopRange;
use crate::gui::widgets::{icons, theme};
use crate::media::Index;
use crate::play::Status;
use crate::units::FrameIndex;

/// Height of the track, in points.
const RAIL: f32 = 6.0;

/// Room at both ends for the handle, in points.
pub const END: f32 = 8.0;

/// Keyframes closer than this on average, in points, are not marked; single ones that are closer are marked once.
const TICK_GAP: f32 = 4.0;

/// The track in the middle of `rect`.
#[must_use]
pub fn track(rect: Rect) -> Rect {
    Rect::from_center_size(rect.center(), vec2(rect.width() - 2.0 * END, RAIL))
}

/// Converts seconds to points and back.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    /// The track on screen.
    pub track: Rect,
    /// The duration of the video, in seconds.
    pub duration_secs: f64,
}

impl Scale {
    /// `None` where the length of the video is not known.
    #[must_use]
    pub fn new(rect: Rect, status: &Status) -> Option<Self> {
        let indexed = status.index.as_ref().map(|index| index.duration_secs());
        let stated = status.info.as_ref().and_then(|info| info.duration_secs);
        let duration_secs = indexed.or(stated).filter(|&secs| secs > 0.0)?;
        Some(Self { track: track(rect), duration_secs })
    }

    /// The time at a position.
    #[must_use]
    pub fn secs_at(&self, x: f32) -> f64 {
        let share = ((x - self.track.left()) / self.track.width().max(1.0)).clamp(0.0, 1.0);
        f64::from(share) * self.duration_secs
    }

    /// The position of a time.
    #[must_use]
    pub fn x_at(&self, secs: f64) -> f32 {
        #[expect(clippy::cast_possible_truncation, reason = "a share between 0 and 1")]
        let share = (secs / self.duration_secs).clamp(0.0, 1.0) as f32;
        self.track.left() + share * self.track.width()
    }

    /// Draws the track and its handle; `top` is the upper end of the vertical line through the rows above it.
    pub fn paint_ui(&self, ui: &Ui, response: &Response, status: &Status, (now_secs, top): (f64, f32)) {
        let palette = theme::palette(ui);
        let painter = ui.painter();
        let active = response.hovered() || response.dragged();
        let track = if active { self.track.expand2(vec2(0.0, 1.0)) } else { self.track };
        let round = CornerRadius::same(4);
        painter.rect_filled(track, round, palette.line);
        self.paint_keyframes(ui, status, palette.weak.gamma_multiply(0.7));
        let x = self.x_at(now_secs);
        painter.rect_filled(track.with_max_x(x), round, palette.accent);
        if top < track.top() - 1.0 {
            // A dark edge: visible on thumbnails of any colour.
            painter.vline(x, top..=track.top(), Stroke::new(4.0, Color32::from_black_alpha(130)));
            painter.vline(x, top..=track.top(), Stroke::new(2.0, palette.accent));
        }
        painter.circle_filled(pos2(x, track.center().y), if active { 8.0 } else { 6.5 }, palette.accent);
        icons::focus_ui(ui, response, response.rect, 6);
        if let Some(pointer) = response.hover_pos().or(response.interact_pointer_pos()) {
            let x = pointer.x.clamp(track.left(), track.right());
            painter.vline(x, top.min(track.top())..=track.bottom(), Stroke::new(1.5, palette.text));
        }
    }

    /// The left and the right end of the looped part.
    #[must_use]
    pub fn looped(&self, status: &Status, range: LoopRange) -> [f32; 2] {
        let secs = |frame: FrameIndex| status.index.as_ref().and_then(|index| index.time_secs(frame));
        let at =
            |frame: Option<FrameIndex>, open: f32| frame.and_then(secs).map_or(open, |secs| self.x_at(secs));
        [at(range.start, self.track.left()), at(range.end, self.track.right())]
    }

    /// Draws brackets around the looped part, and a band between them.
    pub fn paint_range(&self, ui: &Ui, status: &Status, range: LoopRange) {
        if !range.is_set() {
            return;
        }
        let [left, right] = self.looped(status, range);
        let band = Rect::from_x_y_ranges(
            left..=right.max(left + 2.0),
            self.track.top() - 5.0..=self.track.top() - 2.0,
        );
        let color = theme::palette(ui).text;
        ui.painter().rect_filled(band, CornerRadius::same(1), color);
        for (x, inward) in [(band.left(), 4.0), (band.right(), -4.0)] {
            let (top, bottom) = (band.top(), self.track.bottom() + 3.0);
            let bracket =
                vec![pos2(x + inward, top), pos2(x, top), pos2(x, bottom), pos2(x + inward, bottom)];
            ui.painter().line(bracket, Stroke::new(2.0, color));
        }
    }

    /// Draws a tick below the track for each keyframe, where a decoder can start.
    #[expect(clippy::cast_precision_loss, reason = "a count against a length in points")]
    fn paint_keyframes(&self, ui: &Ui, status: &Status, color: Color32) {
        let Some(index) = &status.index else { return };
        // Where nearly every frame is a keyframe, the ticks would look like a second track.
        if index.keyframes().len() as f32 * TICK_GAP > self.track.width() || is_all_keyframes(index) {
            return;
        }
        let (top, bottom) = (self.track.bottom() + 3.0, self.track.bottom() + 7.0);
        let mut last = f32::NEG_INFINITY;
        for secs in index.keyframes().iter().filter_map(|&frame| index.time_secs(frame)) {
            let x = self.x_at(secs);
            if x - last >= TICK_GAP {
                ui.painter().vline(x, top..=bottom, Stroke::new(1.0, color));
                last = x;
            }
        }
    }
}

fn is_all_keyframes(index: &Index) -> bool {
    index.keyframes().len() as u64 >= index.frames()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_track_converts_points_to_seconds_and_back() {
        let scale =
            Scale { track: Rect::from_min_size(pos2(8.0, 0.0), vec2(1000.0, RAIL)), duration_secs: 10.0 };
        assert!((scale.secs_at(508.0) - 5.0).abs() < 1e-4);
        assert!((scale.x_at(5.0) - 508.0).abs() < 1e-3);
        assert!((scale.secs_at(-50.0)).abs() < 1e-9 && (scale.secs_at(5000.0) - 10.0).abs() < 1e-9);
    }
}
