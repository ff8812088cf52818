//! The timeline: where the video stands, and the way to anywhere in it.

use eframe::egui::{
    Align2, Area, Color32, CornerRadius, FontId, Frame, Id, Image, Order, Rect, Response, Role, Sense,
    Stroke, TextWrapMode, Ui, WidgetInfo, pos2, vec2,
};

use super::place::LoopRange;
use super::state::Command;
use super::thumbs::Thumbs;
use super::{caption, icons, theme};
use crate::media::Index;
use crate::pipeline::Status;
use crate::units::FrameIndex;

/// Height of the rail in points.
const RAIL: f32 = 6.0;

/// Room at both ends for the handle.
pub const END: f32 = 8.0;

/// Height of the rail and all around it.
const HEIGHT: f32 = 24.0;

/// Height of the bars above it that tell how often a block occurs.
const BARS: f32 = 13.0;

/// Keyframes closer than this on average are not marked, and closer ones are marked once.
const TICK_GAP: f32 = 4.0;

/// What is shown along the timeline.
#[derive(Clone, Copy)]
pub struct Along<'a> {
    /// The part that is looped.
    pub range: LoopRange,
    /// How often a block occurs in each frame, where one is looked for.
    pub twins: Option<&'a [Option<u32>]>,
    /// Small pictures of the video.
    pub thumbs: &'a Thumbs,
}

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
    pub fn timeline_ui(&mut self, ui: &mut Ui, status: &Status, along: Along<'_>) -> Option<Command> {
        let size = vec2(ui.available_width(), if along.twins.is_some() { HEIGHT + BARS } else { HEIGHT });
        let (rect, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
        let rect = rect.with_min_y(rect.bottom() - HEIGHT);
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
        if let Some(twins) = along.twins {
            scale.paint_twins(ui, status, twins);
        }
        scale.paint_ui(ui, &response, status, now_secs);
        scale.paint_range(ui, status, along.range);
        if let Some(pointer) = response.hover_pos().or(response.interact_pointer_pos()) {
            scale.bubble_ui(ui, pointer.x, status, along);
        }
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

    /// A bar above the rail for each frame in which the block occurs, the taller the more often.
    fn paint_twins(&self, ui: &Ui, status: &Status, twins: &[Option<u32>]) {
        let Some(index) = &status.index else { return };
        let most = twins.iter().flatten().max().copied().unwrap_or(0);
        if most == 0 {
            return;
        }
        // As wide as a frame, where that is more than a hair.
        #[expect(clippy::cast_precision_loss, reason = "a count against a length in points")]
        let width = (self.rail.width() / index.frames().max(1) as f32).clamp(1.0, 6.0);
        let bottom = self.rail.top() - 6.0;
        let mut last = (f32::NEG_INFINITY, 0.0_f32);
        for (frame, count) in (0..).zip(twins) {
            let (Some(count), Some(secs)) =
                (count.filter(|&count| count > 0), index.time_secs(FrameIndex(frame)))
            else {
                continue;
            };
            #[expect(clippy::cast_possible_truncation, reason = "a share from 0 to 1")]
            let share = (f64::from(count).ln_1p() / f64::from(most).ln_1p()) as f32;
            let height = 2.0 + share * (BARS - 2.0);
            let x = self.x_at(secs);
            // Of frames that share a column the one with the most is drawn.
            if x - last.0 < 0.5 && height <= last.1 {
                continue;
            }
            last = (x, height);
            let bar = Rect::from_min_max(pos2(x, bottom - height), pos2(x + width + 0.5, bottom));
            ui.painter().rect_filled(bar, CornerRadius::ZERO, theme::palette(ui).accent);
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

    /// What is under the pointer, in a bubble above the rail: a small picture, the time, its frame where that
    /// is known, and how often the block occurs there that is looked for.
    fn bubble_ui(&self, ui: &Ui, x: f32, status: &Status, along: Along<'_>) {
        let palette = theme::palette(ui);
        let x = x.clamp(self.rail.left(), self.rail.right());
        let secs = self.secs_at(x);
        let mut text = caption::time(secs);
        if let Some(index) = &status.index {
            let frame = index.frame_at(secs);
            text = format!("{text}  ·  frame {}", caption::grouped(frame.0));
            if let Some(count) = count_at(along.twins, frame) {
                text = format!("{text}  ·  the block {}", caption::occurs(count));
            }
        }
        let text = theme::tabular(ui, &text, &FontId::proportional(13.0), palette.text);
        if along.thumbs.ask(secs) {
            ui.ctx().request_repaint();
        }
        let thumb = along.thumbs.nearest(secs);
        let lift = if along.twins.is_some() { BARS } else { 0.0 };
        Area::new(Id::unique("under the pointer"))
            .order(Order::Tooltip)
            .pivot(Align2::CENTER_BOTTOM)
            .fixed_pos(pos2(x, self.rail.top() - 8.0 - lift))
            .constrain_to(ui.ctx().content_rect().shrink(4.0))
            .interactable(false)
            .show(ui.ctx(), |ui| {
                let frame = Frame::new().fill(palette.bar).stroke(Stroke::new(1.0, palette.line));
                frame.corner_radius(7).inner_margin(vec2(8.0, 5.0)).show(ui, |ui| {
                    ui.style_mut().wrap_mode = Some(TextWrapMode::Extend);
                    if let Some(thumb) = thumb {
                        let name = format!("Frame {}", caption::grouped(thumb.frame.0));
                        ui.add(Image::from_texture(&thumb.texture).corner_radius(4)).accessible_name(name);
                    }
                    ui.label(text);
                });
            });
    }
}

/// How often the block occurs in a frame, where that is known.
fn count_at(twins: Option<&[Option<u32>]>, frame: FrameIndex) -> Option<u32> {
    usize::try_from(frame.0).ok().and_then(|at| twins?.get(at).copied().flatten())
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
