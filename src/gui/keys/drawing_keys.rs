//! The keys for drawing: with Shift, the first letter of a tool.
//!
//! On a canvas nothing plays, so the keys for the speed take the size of the brush.

use eframe::egui::{Key, Modifiers};

use super::Group;
use crate::gui::model::command::Command;
use crate::gui::model::drawing;
use crate::gui::model::drawing::{DrawingTools, Tool};
use crate::picture::drawing::Ink;

/// The keys, for the list of keyboard shortcuts.
pub static GROUP: Group = Group {
    title: "Drawing",
    keys: &[
        (&["Shift B", "Shift L"], "Brush, line"),
        (&["Shift R", "Shift O"], "Rectangle, ellipse"),
        (&["Shift F", "Shift T"], "Fill, text"),
        (&["Shift E", "Shift C"], "Eraser, the next colour"),
        (&["+", "-"], "Larger, smaller brush or letters"),
        (&["Shift S"], "Smooth edges"),
    ],
};

/// The command of a key on a canvas, where that differs from elsewhere; `is_smooth` states how edges are drawn now.
#[must_use]
pub fn command(key: Key, modifiers: Modifiers, tools: DrawingTools, is_smooth: bool) -> Option<Command> {
    if modifiers.command || modifiers.alt {
        return None;
    }
    let take = |tools| Some(Command::Draw(drawing::Command::Take(tools)));
    let tool = |tool| take(DrawingTools { tool, ..tools });
    match key {
        Key::Plus | Key::Equals | Key::CloseBracket => return take(sized(tools, true)),
        Key::Minus | Key::OpenBracket => return take(sized(tools, false)),
        _ if !modifiers.shift => return None,
        _ => {}
    }
    match key {
        Key::B => tool(Tool::Brush),
        Key::L => tool(Tool::Line),
        Key::R => tool(Tool::Rectangle),
        Key::O => tool(Tool::Ellipse),
        Key::F => tool(Tool::Fill),
        Key::T => tool(Tool::Text),
        Key::E => tool(Tool::Eraser),
        Key::C => {
            let now = Ink::ALL.iter().position(|(ink, _)| *ink == tools.ink).unwrap_or(Ink::ALL.len() - 1);
            take(tools.inked(Ink::ALL[(now + 1) % Ink::ALL.len()].0))
        }
        Key::S => Some(Command::Draw(drawing::Command::Smooth(!is_smooth))),
        _ => None,
    }
}

/// The next size: a quarter larger or smaller.
fn sized(tools: DrawingTools, larger: bool) -> DrawingTools {
    let next = |size: u16| {
        let step = (size / 4).max(1);
        (if larger { size.saturating_add(step) } else { size - step.min(size - 1) })
            .clamp(1, DrawingTools::LARGEST)
    };
    match tools.tool {
        Tool::Text => DrawingTools { text_size: next(tools.text_size), ..tools },
        _ => DrawingTools { size: next(tools.size), ..tools },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(key: Key, modifiers: Modifiers, tools: DrawingTools) -> Option<DrawingTools> {
        match command(key, modifiers, tools, false)? {
            Command::Draw(drawing::Command::Take(tools)) => Some(tools),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_tool_has_a_key_with_shift_and_letters_without_it_are_unchanged() {
        let keys = [Key::B, Key::L, Key::R, Key::O, Key::F, Key::T, Key::E];
        let tools =
            keys.map(|key| taken(key, Modifiers::SHIFT, DrawingTools::default()).expect("a tool").tool);
        assert_eq!(tools, Tool::ALL);
        assert_eq!(command(Key::B, Modifiers::NONE, DrawingTools::default(), false), None);
        assert_eq!(
            command(Key::C, Modifiers::COMMAND | Modifiers::SHIFT, DrawingTools::default(), false),
            None
        );
    }

    #[test]
    fn colours_wrap_around_and_sizes_stay_within_their_bounds() {
        let mut tools = DrawingTools::default();
        for _ in Ink::ALL {
            tools = taken(Key::C, Modifiers::SHIFT, tools).expect("a colour");
        }
        assert_eq!(tools, DrawingTools::default());
        let after = |key, times: usize| {
            (0..times)
                .fold(DrawingTools::default(), |tools, _| taken(key, Modifiers::NONE, tools).expect("a size"))
        };
        assert!(after(Key::Plus, 1).size > DrawingTools::default().size);
        assert_eq!((after(Key::Plus, 99).size, after(Key::Minus, 99).size), (DrawingTools::LARGEST, 1));
        let letters = DrawingTools { tool: Tool::Text, ..DrawingTools::default() };
        let larger = taken(Key::Plus, Modifiers::NONE, letters).expect("a size");
        assert!(larger.text_size > letters.text_size && larger.size == letters.size);
    }
}
