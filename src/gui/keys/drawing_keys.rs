//! The keys of the easel: with Shift, the first letter of a tool.
//!
//! On a canvas nothing plays, so the keys for the speed take the size of the brush.

use eframe::egui::{Key, Modifiers};

use super::Group;
use crate::gui::model::command::Command;
use crate::gui::model::drawing;
use crate::gui::model::drawing::{Easel, Tool};
use crate::picture::drawing::Ink;

/// The keys, for the list.
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

/// What a key does on a canvas, where it does something else there than everywhere; `is_smooth` is how edges
/// are drawn now.
#[must_use]
pub fn command(key: Key, modifiers: Modifiers, easel: Easel, is_smooth: bool) -> Option<Command> {
    if modifiers.command || modifiers.alt {
        return None;
    }
    let take = |easel| Some(Command::Draw(drawing::Command::Take(easel)));
    let tool = |tool| take(Easel { tool, ..easel });
    match key {
        Key::Plus | Key::Equals | Key::CloseBracket => return take(sized(easel, true)),
        Key::Minus | Key::OpenBracket => return take(sized(easel, false)),
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
            let now = Ink::ALL.iter().position(|(ink, _)| *ink == easel.ink).unwrap_or(Ink::ALL.len() - 1);
            take(easel.inked(Ink::ALL[(now + 1) % Ink::ALL.len()].0))
        }
        Key::S => Some(Command::Draw(drawing::Command::Smooth(!is_smooth))),
        _ => None,
    }
}

/// A quarter larger, or smaller.
fn sized(easel: Easel, larger: bool) -> Easel {
    let next = |size: u16| {
        let step = (size / 4).max(1);
        (if larger { size.saturating_add(step) } else { size - step.min(size - 1) }).clamp(1, Easel::LARGEST)
    };
    match easel.tool {
        Tool::Text => Easel { text_size: next(easel.text_size), ..easel },
        _ => Easel { size: next(easel.size), ..easel },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(key: Key, modifiers: Modifiers, easel: Easel) -> Option<Easel> {
        match command(key, modifiers, easel, false)? {
            Command::Draw(drawing::Command::Take(easel)) => Some(easel),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_tool_has_a_key_and_without_shift_letters_mean_what_they_mean_elsewhere() {
        let keys = [Key::B, Key::L, Key::R, Key::O, Key::F, Key::T, Key::E];
        let tools = keys.map(|key| taken(key, Modifiers::SHIFT, Easel::default()).expect("a tool").tool);
        assert_eq!(tools, Tool::ALL);
        assert_eq!(command(Key::B, Modifiers::NONE, Easel::default(), false), None);
        assert_eq!(command(Key::C, Modifiers::COMMAND | Modifiers::SHIFT, Easel::default(), false), None);
    }

    #[test]
    fn colours_go_round_and_sizes_stay_within_what_can_be_set() {
        let mut easel = Easel::default();
        for _ in Ink::ALL {
            easel = taken(Key::C, Modifiers::SHIFT, easel).expect("a colour");
        }
        assert_eq!(easel, Easel::default());
        let after = |key, times: usize| {
            (0..times).fold(Easel::default(), |easel, _| taken(key, Modifiers::NONE, easel).expect("a size"))
        };
        assert!(after(Key::Plus, 1).size > Easel::default().size);
        assert_eq!((after(Key::Plus, 99).size, after(Key::Minus, 99).size), (Easel::LARGEST, 1));
        let letters = Easel { tool: Tool::Text, ..Easel::default() };
        let larger = taken(Key::Plus, Modifiers::NONE, letters).expect("a size");
        assert!(larger.text_size > letters.text_size && larger.size == letters.size);
    }
}
