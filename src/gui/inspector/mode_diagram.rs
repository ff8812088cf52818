//! The diagram of a mode, with the real bytes: from the top down along a line, through the cipher and the XOR.
//!
//! ```text
//!  ●─ counter      0000…            values stand beside the line,
//!  ▼
//! [AES-128 under the key]           operations stand on it,
//!  ●─ keystream    9a41…
//!  ⊕◀ plaintext    1619…            and the XOR operand comes in from the side
//!  └▶ ciphertext   8394…
//! ```

use eframe::egui::{Color32, FontId, Frame, Label, Margin, Pos2, Rect, RichText, Stroke, Ui, pos2, vec2};

use crate::crypto::Stage;
use crate::gui::widgets::theme;

/// Distance of the line from the left edge, and of the values from the left edge, in points.
const LINE: f32 = 8.0;
const BESIDE: i8 = 22;

/// Radius of the XOR sign, in points.
const SIGN: f32 = 6.5;

/// Draws the stages, the first at the top.
pub fn diagram_ui(ui: &mut Ui, stages: &[Stage]) {
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for (at, stage) in stages.iter().enumerate() {
            let is_apart = |at: usize| matches!(stages.get(at), None | Some(Stage::Apart));
            let ends = [at == 0 || is_apart(at - 1), is_apart(at + 1)];
            match stage {
                Stage::Bytes(what, bytes) => {
                    let (all, value) = value_ui(ui, what, bytes);
                    paint_value(ui, all, value, ends);
                }
                Stage::Xor(what, bytes) => {
                    let (all, value) = value_ui(ui, &format!("xor {what}"), bytes);
                    paint_sum(ui, all, value);
                }
                Stage::Through(what) => through_ui(ui, what),
                Stage::Apart => ui.add_space(6.0),
            }
        }
    });
}

/// Draws a name and its bytes; gives the rectangle of both, and that of the bytes.
fn value_ui(ui: &mut Ui, what: &str, bytes: &[u8]) -> (Rect, Rect) {
    let palette = theme::palette(ui);
    let beside = Frame::new().inner_margin(Margin { left: BESIDE, right: 0, top: 1, bottom: 2 });
    let shown = beside.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.label(RichText::new(what).size(12.0).color(palette.weak));
        let background =
            Frame::new().fill(palette.control).corner_radius(4).inner_margin(Margin::symmetric(5, 1));
        background.show(ui, |ui| bytes_ui(ui, bytes, palette.text)).response.rect
    });
    (shown.response.rect, shown.inner)
}

/// Bytes in hex, in groups of four.
pub fn bytes_ui(ui: &mut Ui, bytes: &[u8], color: Color32) {
    let text = bytes.chunks(4).map(hex::encode).collect::<Vec<_>>().join(" ");
    let text = RichText::new(text).font(FontId::monospace(11.0)).color(color);
    ui.add(Label::new(text).selectable(true).wrap());
}

fn stroke(ui: &Ui) -> Stroke {
    Stroke::new(1.5, theme::palette(ui).accent)
}

/// Draws a line from the first position to the second, with an arrow head at the second.
fn paint_arrow(ui: &Ui, from: Pos2, to: Pos2) {
    let along = (to - from).normalized() * 4.5;
    ui.painter().line_segment([from, to], stroke(ui));
    ui.painter()
        .line(vec![to - along + along.rot90() * 0.8, to, to - along - along.rot90() * 0.8], stroke(ui));
}

/// Draws a value beside the line, which starts, ends (`ends`) or continues there.
fn paint_value(ui: &Ui, all: Rect, value: Rect, [starts, ends]: [bool; 2]) {
    let on_line = pos2(all.left() + LINE, value.center().y);
    if !starts {
        ui.painter().line_segment([pos2(on_line.x, all.top()), on_line], stroke(ui));
    }
    if !ends {
        ui.painter().line_segment([on_line, pos2(on_line.x, all.bottom())], stroke(ui));
        ui.painter().circle_filled(on_line, 3.0, theme::palette(ui).accent);
    }
    let beside = pos2(value.left(), on_line.y);
    if ends {
        paint_arrow(ui, on_line, beside);
    } else {
        ui.painter().line_segment([on_line, beside], stroke(ui));
    }
}

/// Draws the XOR sign on the line, and the arrow from its operand.
fn paint_sum(ui: &Ui, all: Rect, value: Rect) {
    let sign = pos2(all.left() + LINE, value.center().y);
    ui.painter().line_segment([pos2(sign.x, all.top()), sign], stroke(ui));
    ui.painter().line_segment([sign, pos2(sign.x, all.bottom())], stroke(ui));
    ui.painter().circle(sign, SIGN, theme::palette(ui).card, stroke(ui));
    for arm in [vec2(SIGN, 0.0), vec2(0.0, SIGN)] {
        ui.painter().line_segment([sign - arm, sign + arm], stroke(ui));
    }
    paint_arrow(ui, pos2(value.left(), sign.y), sign + vec2(SIGN + 0.5, 0.0));
}

/// Draws an operation on the line.
fn through_ui(ui: &mut Ui, what: &str) {
    let accent = theme::palette(ui).accent;
    let on_line = Frame::new().inner_margin(Margin { left: 0, right: 0, top: 9, bottom: 3 });
    let shown = on_line.show(ui, |ui| {
        let block = Frame::new().stroke(Stroke::new(1.0, accent)).corner_radius(5);
        let block = block.inner_margin(Margin::symmetric(8, 3)).show(ui, |ui| {
            ui.label(RichText::new(what).size(12.5).color(accent));
        });
        block.response.rect
    });
    let (all, block) = (shown.response.rect, shown.inner);
    let x = all.left() + LINE;
    paint_arrow(ui, pos2(x, all.top()), pos2(x, block.top()));
    ui.painter().line_segment([pos2(x, block.bottom()), pos2(x, all.bottom())], stroke(ui));
}
