//! Keys that step through lessons: those of a keyboard and of presentation remotes.
//!
//! A remote sends Page Down and Page Up; some send the arrows instead. Its other buttons send F5 (start), Esc (end) and
//! B or a full stop (black screen).

use eframe::egui::{Key, Modifiers};

use crate::gui::model::command::Command;
use crate::gui::model::lessons;
use crate::gui::model::lessons::Step;

/// What the keys for lessons depend on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stage {
    /// The lessons are open.
    pub is_open: bool,
    /// A lesson is shown in the presentation view: all keys of a remote are meant for it.
    pub is_presented: bool,
}

/// The command of a key.
#[must_use]
pub fn command(key: Key, modifiers: Modifiers, stage: Stage) -> Option<Command> {
    if !stage.is_open || modifiers.any() {
        return None;
    }
    let step = match key {
        Key::PageDown | Key::Enter => Step::Next,
        Key::PageUp => Step::Back,
        Key::F5 => Step::Present,
        Key::ArrowRight | Key::ArrowDown if stage.is_presented => Step::Next,
        Key::ArrowLeft | Key::ArrowUp if stage.is_presented => Step::Back,
        Key::B | Key::Period if stage.is_presented => Step::Blackout,
        _ => return None,
    };
    Some(Command::Lessons(lessons::Command::Step(step)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remote_steps_through_lessons_and_arrows_do_only_while_presenting() {
        let beside = Stage { is_open: true, is_presented: false };
        let presented = Stage { is_presented: true, ..beside };
        let step = |key, stage| match command(key, Modifiers::NONE, stage) {
            Some(Command::Lessons(lessons::Command::Step(step))) => Some(step),
            _ => None,
        };
        for stage in [beside, presented] {
            assert_eq!(
                [Key::PageDown, Key::PageUp, Key::F5].map(|key| step(key, stage)),
                [Some(Step::Next), Some(Step::Back), Some(Step::Present)]
            );
        }
        assert_eq!([Key::ArrowRight, Key::ArrowLeft, Key::B].map(|key| step(key, beside)), [None; 3]);
        assert_eq!(
            [Key::ArrowRight, Key::ArrowLeft, Key::B].map(|key| step(key, presented)),
            [Some(Step::Next), Some(Step::Back), Some(Step::Blackout)]
        );
        assert_eq!(step(Key::PageDown, Stage::default()), None, "without lessons the keys mean nothing");
        assert_eq!(command(Key::Enter, Modifiers::COMMAND, beside), None);
    }
}
