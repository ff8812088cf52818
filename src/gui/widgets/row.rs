//! A row with two ends: one at the left that takes what room there is, and one at the right.
//!
//! A layout from right to left would place the second as well; but Tab and screen readers go through widgets
//! in the order in which they are drawn, and people read a row from the left.

use eframe::egui::{Align, Layout as Flow, Rect, Ui, UiBuilder, vec2};

/// An end of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It begins at the left edge, and has what the other one leaves.
    Left,
    /// It stands against the right edge.
    Right,
}

/// Draws a row of this height, the left end first, by calling `add_contents` for each of them.
///
/// How wide the right end is, is known from the frame before; where it has become another, this one is drawn
/// again.
pub fn row_ui(ui: &mut Ui, name: &str, height: f32, mut add_contents: impl FnMut(&mut Ui, End)) {
    let id = ui.scope_id().with(name);
    let known: f32 = ui.data(|data| data.get_temp(id)).unwrap_or(0.0);
    let gap = if known > 0.0 { ui.spacing().item_spacing.x } else { 0.0 };
    let (_, row) = ui.allocate_space(vec2(ui.available_width(), height));
    let border = (row.right() - known).max(row.left());
    let mut draw = |end: End, rect: Rect| {
        let flow = Flow::left_to_right(Align::Center);
        let mut ui =
            ui.new_child(UiBuilder::new().id_salt((name, end == End::Right)).max_rect(rect).layout(flow));
        add_contents(&mut ui, end);
        ui.min_rect().width()
    };
    draw(End::Left, row.with_max_x((border - gap).max(row.left())));
    let used = draw(End::Right, row.with_min_x(border));
    if (used - known).abs() > 0.5 {
        ui.data_mut(|data| data.insert_temp(id, used));
        ui.ctx().request_discard("the end of a row has another width");
        ui.ctx().request_repaint();
    }
}
