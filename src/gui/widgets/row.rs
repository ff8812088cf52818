//! A row with two ends: the left end takes the remaining width, the right end is at the right edge.
//!
//! A layout from right to left would look the same, but Tab and screen readers follow the order of drawing, and a row
//! is read from the left.

use eframe::egui::{Align, Layout as Flow, Rect, Ui, UiBuilder, vec2};

/// An end of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It begins at the left edge, and takes the remaining width.
    Left,
    /// It ends at the right edge.
    Right,
}

/// Draws a row of this height, the left end first, by calling `add_contents` for each of them.
///
/// The width of the right end is that of the frame before; where it changed, this frame is drawn again.
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
