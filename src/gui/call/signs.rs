//! Signs of a diagram: keys and an eye.

use eframe::egui::{Color32, Painter, Pos2, Shape, Stroke, pos2, vec2};

use crate::call::{KeyScope, MediaKind};
use crate::gui::widgets::theme::{self, Palette};

/// The colour of a key.
pub(super) fn key_colour(palette: &Palette, scope: KeyScope) -> Color32 {
    match scope {
        // It opens everything.
        KeyScope::Meeting => palette.accent,
        KeyScope::Hop => palette.edge,
        KeyScope::EndToEnd => theme::colour(2),
    }
}

/// The name of a key.
pub(super) const fn key_name(scope: KeyScope) -> &'static str {
    match scope {
        KeyScope::Meeting => "key of the meeting",
        KeyScope::Hop => "keys of links",
        KeyScope::EndToEnd => "keys from end to end",
    }
}

/// The colour of packets.
pub(super) const fn packet_colour(kind: MediaKind) -> Color32 {
    match kind {
        MediaKind::Video => theme::colour(1),
        MediaKind::Audio => theme::colour(3),
    }
}

/// Paints a key of this width.
pub(super) fn paint_key(painter: &Painter, centre: Pos2, width: f32, colour: Color32) {
    let stroke = Stroke::new((width / 8.0).max(1.4), colour);
    let radius = width * 0.22;
    let bow = centre - vec2(width * 0.28, 0.0);
    painter.circle_stroke(bow, radius, stroke);
    let tip = centre + vec2(width * 0.5, 0.0);
    painter.line_segment([bow + vec2(radius, 0.0), tip], stroke);
    for back in [0.0, 0.18] {
        let at = tip - vec2(width * back + stroke.width / 2.0, 0.0);
        painter.line_segment([at, at + vec2(0.0, width * 0.2)], stroke);
    }
}

/// Paints an eye of this width.
pub(super) fn paint_eye(painter: &Painter, centre: Pos2, width: f32, colour: Color32) {
    let stroke = Stroke::new((width / 11.0).max(1.2), colour);
    let lid = |side: f32| -> Vec<Pos2> {
        (0..=12u8)
            .map(|step| {
                let x = f32::from(step) / 12.0 - 0.5;
                let y = side * 0.3 * (1.0 - 4.0 * x * x);
                pos2(centre.x + x * width, centre.y + y * width)
            })
            .collect()
    };
    painter.add(Shape::line(lid(-1.0), stroke));
    painter.add(Shape::line(lid(1.0), stroke));
    painter.circle_filled(centre, width * 0.14, colour);
}
