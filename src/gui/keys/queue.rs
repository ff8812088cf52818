//! Keys that come faster than the window draws.
//!
//! A key may move the keyboard focus: `G` to a field, Enter out of the field. The keys after it are meant for the new
//! focus, which egui sets only while drawing. So keys that arrive in the same frame after such a key are passed on in
//! the next frame, and keys after one that opens a field once the field has the cursor.

use std::collections::VecDeque;

use eframe::egui::{Event, Key, Modifiers};

/// The most frames that keys wait for a cursor: a field that never gets it must not hold them for ever.
const LONGEST_WAIT: u8 = 20;

/// The keys that wait for their frame.
#[derive(Debug, Default)]
pub struct Keyboard {
    waiting: VecDeque<Event>,
    /// The number of frames that keys have waited for a cursor.
    waited: u8,
}

impl Keyboard {
    /// Moves keys that have to wait out of `events`, and keys whose time has come into it. True while keys are
    /// waiting.
    #[must_use]
    pub fn pass(&mut self, events: &mut Vec<Event>, is_cursor_coming: bool) -> bool {
        let new = std::mem::take(events);
        for event in new {
            if is_of_keyboard(&event) { self.waiting.push_back(event) } else { events.push(event) }
        }
        self.waited = if is_cursor_coming { self.waited.saturating_add(1) } else { 0 };
        if is_cursor_coming && self.waited < LONGEST_WAIT {
            return !self.waiting.is_empty();
        }
        while let Some(event) = self.waiting.pop_front() {
            let turns = turns(&event);
            events.push(event);
            if turns {
                // The text of a key event belongs to the key.
                let is_written = |next: &mut Event| matches!(next, Event::Text(_));
                events.extend(self.waiting.pop_front_if(is_written));
                break;
            }
        }
        !self.waiting.is_empty()
    }
}

const fn is_of_keyboard(event: &Event) -> bool {
    matches!(
        event,
        Event::Key { .. } | Event::Text(_) | Event::Paste(_) | Event::Copy | Event::Cut | Event::Ime(_)
    )
}

/// True for a key that may move the keyboard focus. In a field some of these keys only type a letter: then the keys
/// after it come one frame late.
fn turns(event: &Event) -> bool {
    match *event {
        Event::Key { key, pressed: true, repeat: false, modifiers, .. } => is_turn(key, modifiers),
        _ => false,
    }
}

fn is_turn(key: Key, modifiers: Modifiers) -> bool {
    match key {
        Key::Enter | Key::Escape | Key::Tab | Key::Space => true,
        Key::G => !modifiers.command,
        Key::L | Key::S | Key::E | Key::O => modifiers.command,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(key: Key) -> Event {
        Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers: Modifiers::NONE }
    }

    fn text(text: &str) -> Event {
        Event::Text(text.into())
    }

    #[test]
    fn keys_after_one_that_opens_a_field_wait_until_the_field_has_the_cursor() {
        let mut keyboard = Keyboard::default();
        let mut events =
            vec![press(Key::T), press(Key::G), text("g"), press(Key::Num7), text("7"), press(Key::Enter)];
        events.insert(2, Event::PointerGone);
        assert!(keyboard.pass(&mut events, false));
        assert_eq!(events, [Event::PointerGone, press(Key::T), press(Key::G), text("g")]);
        let mut events = vec![press(Key::T)];
        assert!(keyboard.pass(&mut events, true));
        assert!(events.is_empty(), "the field is not there yet");
        assert!(keyboard.pass(&mut events, false));
        assert_eq!(events, [press(Key::Num7), text("7"), press(Key::Enter)]);
        events.clear();
        assert!(!keyboard.pass(&mut events, false));
        assert_eq!(events, [press(Key::T)], "and Enter gives the keyboard back");
    }

    #[test]
    fn a_field_that_never_gets_the_cursor_does_not_hold_the_keys_for_ever() {
        let mut keyboard = Keyboard::default();
        let mut events = vec![press(Key::T)];
        let held = (0..100).take_while(|_| keyboard.pass(&mut events, true)).count();
        assert!((5..50).contains(&held) && events == [press(Key::T)], "{held}");
    }
}
