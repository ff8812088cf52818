//! Text whose digits are all equally wide, so that a running number does not tremble.
//!
//! Inter's own tabular digits are a font feature, which egui does not switch on. And a text that is laid out
//! anew costs what a hundred that are known do: so words and digits are laid out by themselves, once, and a
//! number that runs is only put together.

use std::sync::Arc;

use eframe::egui::{
    Color32, FontId, Galley, Painter, Pos2, Response, Role, Sense, Ui, Vec2, WidgetInfo, vec2,
};

/// Such a text.
#[derive(Clone, Debug)]
pub struct Digits {
    /// Words and digits, and where each begins.
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
            // A digit stands in the middle of its place.
            let from = digits.size.x + (width - galley.size().x) / 2.0;
            digits.size = vec2(digits.size.x + width, digits.size.y.max(galley.size().y));
            digits.pieces.push((from, galley));
        }
        digits
    }

    /// Draws it with its upper left corner here.
    pub fn paint(&self, painter: &Painter, pos: Pos2, color: Color32) {
        for (from, galley) in &self.pieces {
            painter.galley(pos + vec2(*from, 0.0), Arc::clone(galley), color);
        }
    }
}

/// Draws such a text as a label.
pub fn tabular_ui(ui: &mut Ui, text: &str, font: &FontId, color: Color32, sense: Sense) -> Response {
    let digits = Digits::of(ui, text, font);
    let (rect, response) = ui.allocate_exact_size(digits.size, sense);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, ui.is_enabled(), text));
    digits.paint(ui.painter(), rect.min, color);
    response
}

/// The text cut into digits, each by itself, and what stands between them.
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
    fn digits_stand_by_themselves_and_nothing_is_lost() {
        let crop: Vec<&str> = pieces("12,5 × 3 of µ").collect();
        assert_eq!(crop, ["1", "2", ",", "5", " × ", "3", " of µ"]);
        assert_eq!(pieces("").count(), 0);
    }

    #[test]
    fn a_number_is_as_wide_as_any_other_of_as_many_digits() {
        let ctx = eframe::egui::Context::default();
        let output = ctx.run_ui(eframe::egui::RawInput::default(), |ui| {
            let width = |text: &str| Digits::of(ui, text, &FontId::proportional(14.0)).size.x;
            assert!((width("1:11.1") - width("0:48.8")).abs() < 1e-3);
            assert!(width("12 frames") > width("1 frames"));
        });
        output.drop_without_applying_deltas();
    }
}
