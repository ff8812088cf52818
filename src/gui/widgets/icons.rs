//! Icons painted as shapes, so that no font is needed, and buttons with icons.

use std::f32::consts::{FRAC_PI_2, PI, TAU};

use eframe::egui::{
    Color32, CornerRadius, Painter, Pos2, Rect, Response, Role, Sense, Shape, Stroke, StrokeKind, Ui, Vec2,
    WidgetInfo, pos2, vec2,
};

use super::theme;

/// An icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// A triangle.
    Play,
    /// Two bars.
    Pause,
    /// A triangle to the left.
    Backwards,
    /// A triangle against a bar, to the right.
    StepForward,
    /// A triangle against a bar, to the left.
    StepBack,
    /// A circular arrow.
    Loop,
    /// A sun.
    Light,
    /// A moon.
    Dark,
    /// Four corners.
    Fullscreen,
    /// A question mark.
    Help,
    /// A cross.
    Close,
    /// Two arrows apart.
    Enlarge,
    /// Two arrows together.
    Reduce,
    /// A triangle with an exclamation mark.
    Warning,
    /// Three bars.
    Menu,
    /// Three dots.
    More,
    /// A drawing pin.
    Pin,
    /// Two sheets.
    Copy,
    /// A square among squares.
    Block,
    /// An open book.
    Lesson,
    /// A curve over an axis.
    Graph,
    /// Two sliders.
    Options,
    /// A tick.
    Done,
    /// A triangle behind a bar: play from the start.
    Restart,
}

/// What a click on the play button does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plays {
    /// It pauses.
    Pauses,
    /// It plays.
    GoesOn,
    /// It plays from the start, because the end is on screen.
    StartsOver,
}

/// Draws a square button with an icon; `name` is its tooltip and its accessible name.
pub fn icon_button_ui(ui: &mut Ui, icon: Icon, name: &str, selected: bool) -> Response {
    sized_button_ui(ui, icon, 30.0, name, selected)
}

/// As [`icon_button_ui`], with sides of `side` points.
pub fn sized_button_ui(ui: &mut Ui, icon: Icon, side: f32, name: &str, selected: bool) -> Response {
    let palette = theme::palette(ui);
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(side), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, ui.is_enabled(), selected, name));
    if ui.is_rect_visible(rect) {
        let lit = response.hovered() || response.has_focus();
        let background = if lit { palette.control_hovered } else { Color32::TRANSPARENT };
        ui.painter().rect_filled(rect, CornerRadius::same(8), background);
        focus_ui(ui, &response, rect, 8);
        let color = match (selected, lit) {
            (true, _) => palette.accent,
            (false, true) => palette.text,
            (false, false) => palette.weak,
        };
        paint(ui.painter(), icon, Rect::from_center_size(rect.center(), Vec2::splat(16.0)), color);
    }
    response.on_hover_text(name)
}

/// Draws the round button that plays and pauses.
pub fn play_button_ui(ui: &mut Ui, does: Plays) -> Response {
    let palette = theme::palette(ui);
    let (icon, name) = match does {
        Plays::Pauses => (Icon::Pause, "Pause"),
        Plays::GoesOn => (Icon::Play, "Play"),
        Plays::StartsOver => (Icon::Restart, "Play from the start"),
    };
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(38.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), name));
    let fill = if response.hovered() { palette.accent.gamma_multiply(0.88) } else { palette.accent };
    ui.painter().circle_filled(rect.center(), 19.0, fill);
    focus_ui(ui, &response, rect, 19);
    paint(ui.painter(), icon, Rect::from_center_size(rect.center(), Vec2::splat(16.0)), palette.on_accent);
    response.on_hover_text(format!("{name} (Space)"))
}

/// Paints a ring around the widget that has the keyboard focus.
pub fn focus_ui(ui: &Ui, response: &Response, rect: Rect, radius: u8) {
    if response.has_focus() {
        let stroke = Stroke::new(2.0, theme::palette(ui).text);
        ui.painter().rect_stroke(rect, CornerRadius::same(radius), stroke, StrokeKind::Inside);
    }
}

/// Paints an icon into `rect`.
#[expect(clippy::too_many_lines, reason = "few lines a sign, and one list of all of them")]
pub fn paint(painter: &Painter, icon: Icon, rect: Rect, color: Color32) {
    let side = rect.width();
    let at = |x: f32, y: f32| rect.min + vec2(x, y) * side;
    let stroke = Stroke::new((side / 9.0).max(1.5), color);
    let polygon = |points: Vec<Pos2>| painter.add(Shape::convex_polygon(points, color, Stroke::NONE));
    let bar = |left: f32, right: f32| {
        let rect = Rect::from_min_max(at(left, 0.08), at(right, 0.92));
        painter.rect_filled(rect, CornerRadius::same(1), color);
    };
    match icon {
        Icon::Play => {
            polygon(vec![at(0.18, 0.04), at(0.96, 0.5), at(0.18, 0.96)]);
        }
        Icon::Backwards => {
            polygon(vec![at(0.82, 0.04), at(0.82, 0.96), at(0.04, 0.5)]);
        }
        Icon::Pause => {
            bar(0.14, 0.38);
            bar(0.62, 0.86);
        }
        Icon::StepForward => {
            polygon(vec![at(0.1, 0.1), at(0.7, 0.5), at(0.1, 0.9)]);
            bar(0.76, 0.92);
        }
        Icon::StepBack => {
            polygon(vec![at(0.9, 0.1), at(0.9, 0.9), at(0.3, 0.5)]);
            bar(0.08, 0.24);
        }
        Icon::Loop => {
            let arc = arc(rect.center(), side * 0.42, -FRAC_PI_2 + 1.1, TAU - 1.15);
            painter.line(arc, stroke);
            polygon(vec![at(0.46, -0.14), at(0.78, 0.08), at(0.46, 0.3)]);
        }
        Icon::Light => {
            painter.circle_filled(rect.center(), side * 0.22, color);
            for ray in 0..8u8 {
                let way = Vec2::angled(f32::from(ray) * TAU / 8.0) * side;
                painter.line_segment([rect.center() + way * 0.36, rect.center() + way * 0.5], stroke);
            }
        }
        Icon::Dark => paint_moon(painter, rect, color),
        Icon::Fullscreen => {
            for corner in 0..4u8 {
                let way = Vec2::angled(FRAC_PI_2 * f32::from(corner) + FRAC_PI_2 / 2.0) * side * 0.6;
                let tip = rect.center() + way;
                let inward = -way.normalized() * side * 0.42;
                let ends = [vec2(inward.x, 0.0), vec2(0.0, inward.y)].map(|along| tip + along);
                painter.line(vec![ends[0], tip, ends[1]], stroke);
            }
        }
        Icon::Help => {
            let top = arc(at(0.5, 0.3), side * 0.24, PI, PI * 1.25);
            let end = top.last().copied().unwrap_or(rect.center());
            painter.line(top, stroke);
            painter.line(vec![end, at(0.5, 0.56), at(0.5, 0.7)], stroke);
            painter.circle_filled(at(0.5, 0.92), side * 0.075, color);
        }
        Icon::Close => {
            painter.line_segment([at(0.18, 0.18), at(0.82, 0.82)], stroke);
            painter.line_segment([at(0.82, 0.18), at(0.18, 0.82)], stroke);
        }
        Icon::Done => {
            painter.line(vec![at(0.08, 0.54), at(0.38, 0.84), at(0.94, 0.18)], stroke);
        }
        Icon::Menu => {
            for y in [0.2, 0.5, 0.8] {
                painter.line_segment([at(0.08, y), at(0.92, y)], stroke);
            }
        }
        Icon::Graph => {
            painter.line(vec![at(0.06, 0.06), at(0.06, 0.94), at(0.96, 0.94)], stroke);
            painter.line(vec![at(0.2, 0.7), at(0.42, 0.36), at(0.62, 0.56), at(0.94, 0.16)], stroke);
        }
        Icon::Options => {
            for (y, knob) in [(0.26, 0.66), (0.74, 0.32)] {
                painter.line_segment([at(0.02, y), at(0.98, y)], stroke);
                painter.circle_filled(at(knob, y), side * 0.17, color);
            }
        }
        Icon::Lesson => {
            for side in [-1.0, 1.0] {
                let x = |out: f32| 0.5 + side * out;
                let page = vec![at(0.5, 0.24), at(x(0.2), 0.12), at(x(0.5), 0.12), at(x(0.5), 0.82)];
                painter.line([page, vec![at(x(0.2), 0.82), at(0.5, 0.94)]].concat(), stroke);
            }
            painter.line_segment([at(0.5, 0.24), at(0.5, 0.94)], stroke);
        }
        Icon::Pin => {
            painter.circle_filled(at(0.5, 0.3), side * 0.24, color);
            painter.line_segment([at(0.5, 0.5), at(0.5, 0.98)], stroke);
        }
        Icon::Copy => {
            for (x, y) in [(0.04, 0.04), (0.34, 0.3)] {
                let sheet = Rect::from_min_max(at(x, y), at(x + 0.58, y + 0.66));
                painter.rect_stroke(sheet, CornerRadius::same(2), stroke, StrokeKind::Inside);
            }
        }
        Icon::Block => {
            for (x, y) in [(0.02, 0.02), (0.54, 0.02), (0.02, 0.54)] {
                let square = Rect::from_min_max(at(x, y), at(x + 0.44, y + 0.44));
                painter.rect_stroke(square, CornerRadius::same(1), stroke, StrokeKind::Inside);
            }
            let square = Rect::from_min_max(at(0.54, 0.54), at(0.98, 0.98));
            painter.rect_filled(square, CornerRadius::same(1), color);
        }
        Icon::Restart => {
            bar(0.04, 0.2);
            polygon(vec![at(0.3, 0.08), at(0.98, 0.5), at(0.3, 0.92)]);
        }
        Icon::More => {
            for x in [0.14, 0.5, 0.86] {
                painter.circle_filled(at(x, 0.5), side * 0.1, color);
            }
        }
        Icon::Enlarge | Icon::Reduce => paint_diagonal(painter, rect, stroke, icon == Icon::Enlarge),
        Icon::Warning => {
            let corners = vec![at(0.5, 0.06), at(0.98, 0.92), at(0.02, 0.92)];
            painter.add(Shape::closed_line(corners, stroke));
            painter.line_segment([at(0.5, 0.38), at(0.5, 0.62)], stroke);
            painter.circle_filled(at(0.5, 0.77), side * 0.06, color);
        }
    }
}

/// A disc with another disc cut out of it, painted as strips because the shape is not convex.
fn paint_moon(painter: &Painter, rect: Rect, color: Color32) {
    let (center, radius) = (rect.center(), rect.width() * 0.44);
    let crop = center + vec2(radius * 0.55, -radius * 0.35);
    let step = 0.5;
    let mut y = -radius;
    while y <= radius {
        let half = (radius * radius - y * y).max(0.0).sqrt();
        let from_cut = center.y + y - crop.y;
        let hole = (radius * radius * 0.8 - from_cut * from_cut).max(0.0).sqrt();
        let right = if hole > 0.0 { (crop.x - hole).min(center.x + half) } else { center.x + half };
        let left = center.x - half;
        if right > left {
            let strip = Rect::from_min_max(pos2(left, center.y + y), pos2(right, center.y + y + step));
            painter.rect_filled(strip, 0.0, color);
        }
        y += step;
    }
}

fn paint_diagonal(painter: &Painter, rect: Rect, stroke: Stroke, apart: bool) {
    for way in [vec2(1.0, -1.0), vec2(-1.0, 1.0)] {
        let reach = |part: f32| rect.center() + way * rect.width() * part;
        let (near, far) = (reach(0.12), reach(0.42));
        let (tip, back) = if apart { (far, -way) } else { (near, way) };
        let arm = rect.width() * 0.26;
        painter.line_segment([near, far], stroke);
        painter.line(vec![tip + vec2(back.x * arm, 0.0), tip, tip + vec2(0.0, back.y * arm)], stroke);
    }
}

/// Points on an arc that starts at `from` radians and runs clockwise over `over` radians.
fn arc(center: Pos2, radius: f32, from: f32, over: f32) -> Vec<Pos2> {
    (0..=24u8).map(|i| center + Vec2::angled(from + over * f32::from(i) / 24.0) * radius).collect()
}
