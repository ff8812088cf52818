//! The strip of thumbnails above the track.

use eframe::egui::{
    Color32, CornerRadius, Id, Mesh, Rect, Role, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use super::thumbnails::Thumbnails;
use crate::gui::widgets::theme;

/// Draws thumbnails side by side into `rect`, in each slot the one nearest to the time in its middle; a slot whose
/// thumbnail is not ready stays empty. `secs_at` gives the time at a position. All outside of `looped` is dimmed.
pub fn strip_ui(
    ui: &Ui,
    rect: Rect,
    thumbnails: &Thumbnails,
    secs_at: impl Fn(f32) -> f64,
    looped: [f32; 2],
) {
    let palette = theme::palette(ui);
    let response = ui.interact(rect, Id::unique("strip"), Sense::hover());
    response.widget_info(|| {
        let [made, all] = thumbnails.count();
        WidgetInfo::labeled(Role::Image, true, format!("Pictures of the video: {made} of {all}"))
    });
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, CornerRadius::same(4), palette.card);
    if let Some((texture, aspect)) = thumbnails.strip() {
        let mut mesh = Mesh::with_texture(texture);
        for slot in slots(rect, aspect) {
            let uv =
                thumbnails.nearest(secs_at(slot.center().x)).and_then(|thumbnail| thumbnails.uv(thumbnail));
            if let Some(uv) = uv {
                // A slot is slightly narrower than its thumbnail: the sides are cropped, not squeezed.
                let share = (slot.width() / (slot.height() * aspect)).min(1.0);
                let uv = Rect::from_center_size(uv.center(), vec2(uv.width() * share, uv.height()));
                mesh.add_rect_with_uv(slot, uv, Color32::WHITE);
            }
        }
        painter.add(Shape::mesh(mesh));
    }
    let [from, to] = looped;
    let shade = palette.bar.gamma_multiply(0.72);
    for outside in [rect.with_max_x(from), rect.with_min_x(to)] {
        if outside.is_positive() {
            painter.rect_filled(outside, 0.0, shade);
        }
    }
    painter.rect_stroke(rect, CornerRadius::same(4), Stroke::new(1.0, palette.line), StrokeKind::Inside);
}

/// The slots: as many side by side as thumbnails of this aspect ratio fit, rounded up, one point apart.
fn slots(rect: Rect, aspect: f32) -> impl Iterator<Item = Rect> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few dozen")]
    let count = (rect.width() / (rect.height() * aspect).max(1.0)).ceil().max(1.0) as u16;
    let width = rect.width() / f32::from(count);
    (0..count).map(move |slot| {
        let left = rect.left() + f32::from(slot) * width;
        Rect::from_min_max(pos2(left.round(), rect.top()), pos2((left + width).round() - 1.0, rect.bottom()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gui::model::timeline::Strip;

    #[test]
    fn slots_fill_the_strip_and_are_never_wider_than_a_thumbnail() {
        let rect = Rect::from_min_size(pos2(8.0, 3.0), vec2(1264.0, 28.0));
        for aspect in [16.0 / 9.0, 4.0 / 3.0, 2.39, 9.0 / 16.0] {
            let slots: Vec<Rect> = slots(rect, aspect).collect();
            assert!(slots.iter().all(|slot| slot.width() <= 28.0 * aspect && rect.contains_rect(*slot)));
            let covered: f32 = slots.iter().map(|slot| slot.width() + 1.0).sum();
            assert!((covered - rect.width()).abs() < 1.5, "{covered}");
        }
    }

    #[test]
    fn a_low_window_has_no_strip() {
        assert!(Strip::Shown.height(480.0) <= 0.0 && Strip::Hidden.height(1080.0) <= 0.0);
        assert!(Strip::Shown.height(800.0) > 0.0 && Strip::Shown.height(1080.0) > Strip::Shown.height(800.0));
        assert_eq!(Strip::Shown.toggled().toggled(), Strip::Shown);
    }
}
