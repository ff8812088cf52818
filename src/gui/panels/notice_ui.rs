//! A message over a picture; and the positions of panels in the log, for tests of the real program.

use eframe::egui::text::LayoutJob;
use eframe::egui::{Align, Color32, CornerRadius, FontId, Rect, Response, Ui, vec2};

/// In pictures narrower than this, in points, the text is small.
const ROOM_FOR_LETTERS: f32 = 240.0;

/// Logs the position of a picture in the window, in physical pixels, whenever it changes.
pub fn log_place(ui: &Ui, picture: &Response, rect: Rect, name: impl FnOnce() -> String) {
    let rect_px = rect * ui.pixels_per_point();
    let before =
        ui.data_mut(|data| std::mem::replace(data.get_temp_mut_or(picture.id, Rect::NOTHING), rect_px));
    if before != rect_px {
        let (min, size) = (rect_px.min, rect_px.size());
        tracing::debug!("{} at {},{} {}×{}", name(), min.x, min.y, size.x, size.y);
    }
}

/// Draws why a picture shows nothing, in its middle. Gives the area of the text.
pub(super) fn notice_ui(ui: &Ui, picture: Rect, words: &str) -> Rect {
    // The picture below may be dark, bright or blank: the text has a background of its own, the same in every theme.
    let (color, background) = (Color32::from_gray(225), Color32::from_black_alpha(235));
    let room = (picture.width() - 24.0).max(80.0);
    let font = FontId::proportional(if room < ROOM_FOR_LETTERS { 12.0 } else { 15.0 });
    let line = ui.fonts_mut(|fonts| fonts.row_height(&font));
    let mut job = LayoutJob::simple(capitalised(words), font, color, room);
    job.halign = Align::Center;
    // Text that does not fit is truncated.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few lines")]
    let lines = ((picture.height() - 12.0) / line) as usize;
    job.wrap.max_rows = lines.max(1);
    let galley = ui.fonts_mut(|fonts| fonts.layout_job(job));
    let rect = Rect::from_center_size(picture.center(), galley.size());
    let painter = ui.painter_at(picture);
    painter.rect_filled(rect.expand2(vec2(10.0, 6.0)), CornerRadius::same(8), background);
    painter.galley(rect.center_top(), galley, color);
    rect
}

/// The text with a capital first letter.
fn capitalised(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
