//! Text whose digits are equally wide, so that a changing number does not shift.
//!
//! Inter's tabular digits are a font feature, which egui does not support. Laying out a new text costs as much as
//! drawing a hundred cached ones, so words and digits are laid out separately, cached by egui, and a changing number
//! is put together from them.

use std::sync::Arc;

use eframe::egui::{
    Color32, FontId, Galley, Painter, Pos2, Response, Role, Sense, Ui, Vec2, WidgetInfo, vec2,
};

/// A text with tabular digits.
#[derive(Clone, Debug)]
pub struct Digits {
    /// Words and digits, and the offset of each in points.
    pieces: Vec<(f32, Arc<Galley>)>,
    /// Width and height.
    pub size: Vec2,
}

impl Digits {
    /// Lays out a text on one line.
    #[must_use]
    pub fn of(ui: &Ui, text: &str, font: &FontId) -> Self {
        let widest =
            ui.fonts_mut(|fonts| ('0'..='9').map(|digit| fonts.glyph_width(font, digit)).fold(0.0, f32::max));
        let mut digits = Self { pieces: Vec::new(), size: Vec2::ZERO };
        for piece in pieces(text) {
            let galley = ui.painter().layout_no_wrap(piece.into(), font.clone(), Color32::PLACEHOLDER);
            let is_digit = piece.starts_with(|c: char| c.is_ascii_digit());
            let width = if is_digit { widest } else { galley.size().x };
            // Each digit is centred in its cell.
            let from = digits.size.x + (width - galley.size().x) / 2.0;
            digits.size = vec2(digits.size.x + width, digits.size.y.max(galley.size().y));
            digits.pieces.push((from, galley));
        }
        digits
    }

    /// Paints it with its upper left corner at `pos`.
    pub fn paint(&self, painter: &Painter, pos: Pos2, color: Color32) {
        for (from, galley) in &self.pieces {
            painter.galley(pos + vec2(*from, 0.0), Arc::clone(galley), color);
        }
    }
}

/// Draws a text with tabular digits as a label.
pub fn tabular_ui(ui: &mut Ui, text: &str, font: &FontId, color: Color32, sense: Sense) -> Response {
    let digits = Digits::of(ui, text, font);
    let (rect, response) = ui.allocate_exact_size(digits.size, sense);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, ui.is_enabled(), text));
    digits.paint(ui.painter(), rect.min, color);
    response
}

/// Splits the text into single digits and the words between them.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let end = if first.is_ascii_digit() {
            1
        } else {
            rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len())
        };
        let (piece, after) = rest.split_at(end);
        rest = after;
        Some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_split_into_digits_and_words_without_loss() {
        let crop: Vec<&str> = pieces("12,5 × 3 of µ").collect();
        assert_eq!(crop, ["1", "2", ",", "5", " × ", "3", " of µ"]);
        assert_eq!(pieces("").count(), 0);
    }

    #[test]
    fn numbers_with_equally_many_digits_have_the_same_width() {
        let ctx = eframe::egui::Context::default();
        let output = ctx.run_ui(eframe::egui::RawInput::default(), |ui| {
            let width = |text: &str| Digits::of(ui, text, &FontId::proportional(14.0)).size.x;
            assert!((width("1:11.1") - width("0:48.8")).abs() < 1e-3);
            assert!(width("12 frames") > width("1 frames"));
        });
        output.drop_without_applying_deltas();
    }
}
