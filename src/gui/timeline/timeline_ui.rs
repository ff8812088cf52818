//! The timeline: shows the position in the video and seeks to any other.
//!
//! ```text
//! rows of block occurrences, one per ciphertext      occurrences
//! sizes of messages                                  messages
//! thumbnails                                         thumbnail_strip, thumbnails
//! the track, its keyframes, the looped part          track
//! ```
//!
//! All of it is one widget to click and to drag. Keys: ← and → by a frame, with Shift by a second, Page Up and Page
//! Down by a tenth of the video, Home and End.

use eframe::egui::accesskit::{Action, ActionData};
use eframe::egui::{
    Align2, Area, Color32, CornerRadius, Event, EventFilter, FontId, Frame, Id, Key, Order, Rect, Response,
    RichText, Role, Sense, Stroke, TextWrapMode, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use super::messages;
use super::occurrences::{Occurrences, Painted};
use super::thumbnail_strip;
use super::thumbnails::Thumbnails;
use super::track::{Scale, track};
use crate::gui::model::command::Command;
use crate::gui::model::playback;
use crate::gui::model::playback::loop_range::LoopRange;
use crate::gui::widgets::tabular_text::tabular_ui;
use crate::gui::widgets::theme;
use crate::payload::StreamSizes;
use crate::play::Status;
use crate::text::numbers;

/// Height of the track with its margins, in points.
pub const HEIGHT: f32 = 24.0;

/// The same where thumbnails stand above the track.
const HEIGHT_BELOW_STRIP: f32 = 20.0;

/// What is shown along the timeline.
#[derive(Clone, Copy)]
pub struct Along<'a> {
    /// The looped part of the video.
    pub range: LoopRange,
    /// How often a block occurs in each frame.
    pub occurrences: Occurrences<'a>,
    /// The thumbnails of the video.
    pub thumbnails: &'a Thumbnails,
    /// Height of the sizes of messages, in points; 0 if there are none.
    pub messages: f32,
    /// Height of the strip of thumbnails, in points; 0 if there is no strip.
    pub strip: f32,
    /// Distance from the left edge at which the timeline begins, in points: the same as that of a graph above it.
    pub left: f32,
}

/// Seeking by dragging. The next seek is sent once the frame of the last one is shown: otherwise no frame would be
/// shown while the pointer moves.
#[derive(Debug, Default)]
pub struct Scrub {
    /// The time at which the pointer holds the handle, in seconds.
    held_secs: Option<f64>,
    /// The time of the next seek, not sent yet.
    pending_secs: Option<f64>,
    /// The painted rows of block occurrences.
    occurrences: Painted,
    /// The painted sizes of messages.
    messages: messages::Painted,
}

impl Scrub {
    /// The next seek, where the session is ready for it.
    pub fn due(&mut self, loading: bool) -> Option<Command> {
        if loading {
            return None;
        }
        self.pending_secs.take().map(playback::Command::SeekSecs).map(Command::Playback)
    }

    /// Draws the timeline.
    pub fn timeline_ui(
        &mut self,
        ui: &mut Ui,
        status: &Status,
        along: Along<'_>,
        commands: &mut Vec<Command>,
    ) {
        let occurrences = if status.index.is_some() { along.occurrences.height() } else { 0.0 };
        let below = if along.strip > 0.0 { HEIGHT_BELOW_STRIP } else { HEIGHT };
        let messages = if status.index.is_some() { along.messages } else { 0.0 };
        let size = vec2(ui.available_width(), occurrences + messages + along.strip + below);
        let (all, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
        let rect = all.with_min_y(all.bottom() - below).with_min_x(all.left() + along.left);
        let Some(scale) = Scale::new(rect, status) else {
            response.widget_info(|| WidgetInfo::labeled(Role::Slider, false, "Timeline"));
            ui.painter().rect_filled(track(rect), CornerRadius::same(3), theme::palette(ui).line);
            return;
        };
        let shown_secs = status.shown.map_or(0.0, |(_, secs)| secs);
        response.widget_info(|| WidgetInfo::slider(ui.is_enabled(), shown_secs, "Timeline"));
        ui.ctx().accesskit_node_builder(response.id, |node| {
            node.set_min_numeric_value(0.0);
            node.set_max_numeric_value(scale.duration_secs);
            for action in [Action::SetValue, Action::Increment, Action::Decrement] {
                node.add_action(action);
            }
        });
        commands.extend(self.drag(&response, &scale));
        follow_keys(ui, &response, scale.duration_secs, commands);
        let now_secs = self.held_secs.or(self.pending_secs).unwrap_or(shown_secs);
        let within = |top: f32, height: f32| Rect::from_x_y_ranges(scale.track.x_range(), top..=top + height);
        if let Some(index) = &status.index {
            let area = within(all.top(), occurrences);
            self.occurrences.paint(ui, area, along.occurrences, index, |secs| scale.x_at(secs));
            if messages > 0.0 {
                let (area, none) = (within(all.top() + occurrences, messages), StreamSizes::default());
                let sizes = status.sizes.as_ref().unwrap_or(&none);
                self.messages.paint(ui, area, sizes, index, |secs| scale.x_at(secs));
            }
        }
        if along.strip > 0.0 {
            let pictures = within(rect.top() - along.strip, along.strip - 1.0);
            let looped = scale.looped(status, along.range);
            thumbnail_strip::strip_ui(ui, pictures, along.thumbnails, |x| scale.secs_at(x), looped);
        }
        let top = if along.strip + occurrences + messages > 0.0 { all.top() } else { scale.track.top() };
        scale.paint_ui(ui, &response, status, (now_secs, top));
        scale.paint_range(ui, status, along.range);
        let pointer = response.hover_pos().or(response.interact_pointer_pos());
        if along.thumbnails.ask(pointer.map(|pointer| scale.secs_at(pointer.x))) {
            ui.ctx().request_repaint();
        }
        if let Some(pointer) = pointer {
            under_pointer_ui(ui, &scale, (pointer.x, all.top()), status, along);
        }
    }

    /// Seeks to a time once the current seek is done.
    pub fn seek(&mut self, secs: f64) {
        self.pending_secs = Some(secs);
    }

    /// Follows the pointer. The position where a drag ends is sought at once, those before it when the session is
    /// ready.
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
            return secs.or(held).map(playback::Command::SeekSecs).map(Command::Playback);
        }
        None
    }
}

/// Carries out the keys while the timeline has the keyboard focus, and the actions of a screen reader. Home and End
/// are keys of the window.
fn follow_keys(ui: &Ui, response: &Response, duration_secs: f64, commands: &mut Vec<Command>) {
    let requests = |action| ui.input(|input| input.num_accesskit_action_requests(response.id, action));
    let steps = [
        (Action::Increment, Command::Playback(playback::Command::StepForward)),
        (Action::Decrement, Command::Playback(playback::Command::StepBack)),
    ];
    for (action, command) in steps {
        commands.extend(std::iter::repeat_n(command, requests(action)));
    }
    let set = ui.input(|input| {
        let requests = input.accesskit_action_requests(response.id, Action::SetValue);
        let values = requests.filter_map(|request| match request.data {
            Some(ActionData::NumericValue(secs)) => Some(secs),
            _ => None,
        });
        values.last()
    });
    commands.extend(
        set.map(|secs| Command::Playback(playback::Command::SeekSecs(secs.clamp(0.0, duration_secs)))),
    );
    if !response.has_focus() {
        return;
    }
    // Otherwise the arrow keys would move the focus to another widget.
    let filter = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    ui.input(|input| {
        for event in &input.events {
            let Event::Key { key, pressed: true, modifiers, .. } = event else { continue };
            if modifiers.command || modifiers.alt {
                continue;
            }
            commands.extend(match key {
                Key::ArrowRight if modifiers.shift => {
                    Some(Command::Playback(playback::Command::SkipSecs(1.0)))
                }
                Key::ArrowLeft if modifiers.shift => {
                    Some(Command::Playback(playback::Command::SkipSecs(-1.0)))
                }
                Key::ArrowRight => Some(Command::Playback(playback::Command::StepForward)),
                Key::ArrowLeft => Some(Command::Playback(playback::Command::StepBack)),
                Key::PageUp => Some(Command::Playback(playback::Command::SkipSecs(duration_secs / 10.0))),
                Key::PageDown => Some(Command::Playback(playback::Command::SkipSecs(-duration_secs / 10.0))),
                _ => None,
            });
        }
    });
}

/// Draws a tooltip above the timeline, whose upper edge is `top`, for the time under the pointer: a thumbnail, the
/// time, the frame where it is known, and how often the searched block occurs there.
fn under_pointer_ui(ui: &Ui, scale: &Scale, (x, top): (f32, f32), status: &Status, along: Along<'_>) {
    let x = x.clamp(scale.track.left(), scale.track.right());
    let secs = scale.secs_at(x);
    let frame = status.index.as_ref().map(|index| index.frame_at(secs));
    let thumbnail = along.thumbnails.nearest(secs);
    bubble_ui(ui, "under the pointer", (x, top), |ui| {
        if let Some((thumbnail, image)) = thumbnail.and_then(|it| Some((it, along.thumbnails.image(it)?))) {
            let name = format!("Frame {}", numbers::thousands(thumbnail.frame.0));
            ui.add(image.corner_radius(4)).accessible_name(name);
        }
        place_ui(ui, secs, status);
        let sizes = status.sizes.as_ref().filter(|_| along.messages > 0.0);
        if let Some(sizes) = frame.and_then(|frame| sizes?.get(frame)) {
            ui.label(RichText::new(messages::in_words(sizes)).size(12.5));
        }
        for (scheme, colour, count) in frame.into_iter().flat_map(|at| along.occurrences.counts(at)) {
            let message = format!("{}: the block {}", scheme.title(), numbers::occurs(count));
            dotted_ui(ui, colour, &message);
        }
    });
}

/// Draws a tooltip centred at `x`, its lower edge at `top`.
pub fn bubble_ui(ui: &Ui, name: &str, (x, top): (f32, f32), add_contents: impl FnOnce(&mut Ui)) {
    let palette = theme::palette(ui);
    Area::new(Id::unique(name))
        .order(Order::Tooltip)
        .pivot(Align2::CENTER_BOTTOM)
        .fixed_pos(pos2(x, top - 2.0))
        .constrain_to(ui.ctx().content_rect().shrink(4.0))
        .interactable(false)
        .show(ui.ctx(), |ui| {
            let bubble = Frame::new().fill(palette.bar).stroke(Stroke::new(1.0, palette.line));
            bubble.corner_radius(7).inner_margin(vec2(8.0, 5.0)).show(ui, |ui| {
                ui.style_mut().wrap_mode = Some(TextWrapMode::Extend);
                add_contents(ui);
            });
        });
}

/// A time, and its frame where the index is known.
pub fn place_ui(ui: &mut Ui, secs: f64, status: &Status) {
    let mut text = numbers::position(secs);
    if let Some(index) = &status.index {
        text = format!("{text}  ·  frame {}", numbers::thousands(index.frame_at(secs).0));
    }
    tabular_ui(ui, &text, &FontId::proportional(13.0), theme::palette(ui).text, Sense::hover());
}

/// Draws a line of text after a dot of this colour.
pub fn dotted_ui(ui: &mut Ui, colour: Color32, message: &str) {
    ui.horizontal(|ui| {
        ui.spacing_mut().interact_size.y = 16.0;
        ui.spacing_mut().item_spacing.x = 6.0;
        let (dot, _) = ui.allocate_exact_size(Vec2::splat(8.0), Sense::hover());
        ui.painter().circle_filled(dot.center(), 4.0, colour);
        ui.label(RichText::new(message).size(12.5));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn during_a_seek_only_the_latest_request_is_kept() {
        let mut scrub = Scrub { held_secs: Some(2.0), pending_secs: Some(2.0), ..Scrub::default() };
        assert_eq!(scrub.due(true), None);
        scrub.pending_secs = Some(3.0);
        assert_eq!(scrub.due(false), Some(Command::Playback(playback::Command::SeekSecs(3.0))));
        assert_eq!(scrub.due(false), None);
    }
}
