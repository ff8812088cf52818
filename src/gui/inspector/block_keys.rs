//! Moves from block to block by keys: while a picture has the keyboard focus, the arrows move to the next block, and
//! Enter pins it.

use eframe::egui::{EventFilter, Key, Response, Ui};

use super::message_details::carpet_of;
use crate::gui::model::command::Command;
use crate::gui::model::inspector::{self, BlockOf};
use crate::gui::model::state::State;
use crate::gui::textures::display_frame::DisplayFrame;
use crate::picture::layout::Layout;
use crate::picture::{Carpet, Shape};
use crate::scene::Panel;

/// The keys that lead to another block.
const WAYS: [Key; 4] = [Key::ArrowLeft, Key::ArrowRight, Key::ArrowUp, Key::ArrowDown];

/// Carries out the keys while the inspector is open and this picture has the keyboard focus.
pub fn follow_keys(
    ui: &Ui,
    response: &Response,
    (state, panel): (&State, Panel),
    displayed: &DisplayFrame,
    commands: &mut Vec<Command>,
) {
    let inspector = state.inspector;
    if !inspector.open || !response.has_focus() {
        if response.lost_focus() && inspector.by_keys {
            commands.push(Command::Inspect(inspector::Command::Leave));
        }
        return;
    }
    // Otherwise the arrow keys would move the focus to another widget.
    let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    let (layout, shape) = (state.scene.layout, displayed.shape);
    let Some(shown) = displayed.panel(panel) else { return };
    let carpet = shown.messages.as_deref().and_then(carpet_of);
    let middle = [shape.width / 2, shape.height / 2];
    let first = || match (&shown.messages, carpet) {
        (None, _) => layout.block_at(shape, middle[0], middle[1]),
        (Some(_), carpet) => carpet.map(|carpet| carpet.block_at(middle[0], middle[1]).unwrap_or(0)),
    };
    let hovered = inspector.hovered.filter(|hovered| hovered.of == shown.of);
    let Some(start) = hovered.map(|hovered| hovered.block).or_else(first) else { return };
    let by_keys = ui.input(|input| {
        let pressed = WAYS.into_iter().flat_map(|key| std::iter::repeat_n(key, input.num_presses(key)));
        let steps = pressed.filter(|_| !input.modifiers.any()).collect::<Vec<_>>();
        let next = |block, key| match carpet {
            Some(carpet) => next_cell(carpet, block, key),
            None => next(layout, shape, block, key),
        };
        steps.into_iter().fold(start, |block, key| next(block, key).unwrap_or(block))
    });
    let at = BlockOf { block: by_keys, of: shown.of };
    if by_keys != start || (response.gained_focus() && !inspector.by_keys) {
        commands.push(Command::Inspect(inspector::Command::MoveTo(at)));
    }
    if ui.input(|input| input.key_pressed(Key::Enter)) {
        commands
            .push(Command::Inspect(inspector::Command::Pin(Some(at).filter(|_| inspector.pinned.is_none()))));
    }
}

/// The block of messages beside another: the one before or after it, or the one in the row above or below.
fn next_cell(carpet: &Carpet, block: usize, key: Key) -> Option<usize> {
    let [x, y, _, height] = carpet.cell_of(block)?;
    match key {
        Key::ArrowLeft => block.checked_sub(1),
        Key::ArrowRight => carpet.cell_of(block + 1).map(|_| block + 1),
        Key::ArrowUp => carpet.block_at(x, y.checked_sub(height)?),
        _ => carpet.block_at(x, y + height),
    }
}

/// The block beside another; at the end of a row, the first of the next.
fn next(layout: Layout, shape: Shape, block: usize, key: Key) -> Option<usize> {
    let pixels = layout.pixels_of_block(shape, block);
    let (first, last) = (pixels.iter().next()?, pixels.iter().last()?);
    let columns = shape.columns();
    let pixel = match key {
        Key::ArrowLeft => first.checked_sub(1)?,
        Key::ArrowRight => last + 1,
        Key::ArrowUp => first.checked_sub(columns)?,
        _ => last + columns,
    };
    let number = |side: usize| u32::try_from(side).ok();
    layout.block_at(shape, number(pixel % columns)?, number(pixel / columns)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_move_to_the_neighbouring_block_in_rows_and_in_squares() {
        let shape = Shape::new(16, 8);
        let walk = |layout: Layout, from: usize| WAYS.map(|key| next(layout, shape, from, key));
        // Four blocks of four pixels a row.
        assert_eq!(walk(Layout::RGBA32, 5), [Some(4), Some(6), Some(1), Some(9)]);
        assert_eq!(walk(Layout::RGBA32, 0), [None, Some(1), None, Some(4)]);
        let squares = Layout::RGBA32.in_tiles().expect("there are tiles of rgba32");
        // Eight blocks of two by two pixels a row.
        assert_eq!(walk(squares, 9), [Some(8), Some(10), Some(1), Some(17)]);
        assert_eq!(walk(squares, 31)[1..], [None, Some(23), None]);
    }
}
