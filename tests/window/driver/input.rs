//! The pointer, the wheel and the keyboard.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use eframe::App as _;
use eframe::egui::{
    DroppedFile, Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, PointerButton, Pos2, RawInput,
    TouchPhase, vec2,
};
use egui_kittest::kittest::Queryable as _;

use super::Window;

#[derive(Debug)]
struct Dropped(PathBuf);

impl DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("the window must not read it".into())
    }
}

impl Window {
    /// Moves the pointer to a position and presses the button.
    pub fn press_at(&mut self, pos: Pos2) {
        self.harness.hover_at(pos);
        self.harness.step();
        self.harness.drag_at(pos);
        self.harness.step();
    }

    /// Moves the pointer to a position, with the button as it is.
    pub fn move_to(&mut self, pos: Pos2) {
        self.harness.hover_at(pos);
        self.harness.step();
    }

    /// Drags from one position to another; a click where they are equal.
    pub fn drag(&mut self, from: Pos2, to: Pos2) {
        self.press_at(from);
        if from != to {
            self.move_to(to);
        }
        self.harness.drop_at(to);
        self.settle();
    }

    /// Clicks at a position with another button than the first.
    pub fn click_with(&mut self, button: PointerButton, pos: Pos2) {
        self.move_to(pos);
        for pressed in [true, false] {
            let modifiers = Modifiers::NONE;
            self.harness.event(Event::PointerButton { pos, button, pressed, modifiers });
        }
        self.settle();
    }

    /// Turns the wheel at a position.
    pub fn turn_wheel(&mut self, at: Pos2, points: f32) {
        self.move_to(at);
        self.harness.event(Event::MouseWheel {
            unit: MouseWheelUnit::Point,
            delta: vec2(0.0, points),
            phase: TouchPhase::Move,
            source: MouseWheelSource::Wheel,
            modifiers: Modifiers::NONE,
        });
        // egui smooths the wheel over several frames.
        self.harness.run_steps(30);
    }

    /// Presses a key.
    pub fn press(&mut self, key: Key) {
        self.press_with(Modifiers::NONE, key);
    }

    /// Presses a key with others held.
    pub fn press_with(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.harness.step();
    }

    /// Passes these events in one batch, as a window that draws slowly gets them, and draws until all are handled.
    pub fn burst(&mut self, events: Vec<Event>) {
        self.harness.input_mut().events.extend(events);
        let mut quiet = 0;
        while quiet < 4 {
            let mut raw = RawInput {
                events: std::mem::take(&mut self.harness.input_mut().events),
                ..Default::default()
            };
            let ctx = self.harness.ctx.clone();
            self.harness.state_mut().raw_input_hook(&ctx, &mut raw);
            quiet = if raw.events.is_empty() { quiet + 1 } else { 0 };
            self.harness.input_mut().events = raw.events;
            self.harness.step();
        }
    }

    /// Clicks on the widget of this name.
    pub fn click(&mut self, name: &str) {
        self.harness.get_by_label(name).click();
        self.settle();
    }

    /// Scrolls to the widget of this name, which may be out of view, and clicks on it.
    pub fn scroll_and_click(&mut self, name: &str) {
        self.harness.get_by_label(name).scroll_to_me();
        self.settle();
        self.click(name);
    }

    /// Chooses `choice` in the menu of this name.
    pub fn choose(&mut self, menu: &str, choice: &str) {
        self.click(menu);
        // The button of the menu has the current choice as its value, not as its label. A long menu scrolls, and an
        // item that is not visible cannot be clicked.
        self.scroll_and_click(choice);
    }

    /// Chooses a scheme in the menu of panel `panel`, counted from 1, by its mode and its name.
    pub fn choose_scheme(&mut self, panel: usize, mode: &str, scheme: &str) {
        self.click(&format!("Scheme of panel {panel}"));
        self.click(mode);
        self.click(scheme);
    }

    /// Sets a slider or a number field.
    pub fn set(&mut self, name: &str, value: f64) {
        self.harness.get_by_label(name).set_value_accesskit(value);
        self.settle();
    }

    /// Types a text.
    pub fn type_text(&mut self, text: &str) {
        self.harness.event(Event::Text(text.into()));
        self.harness.step();
    }

    /// Replaces the text of the field that has the focus.
    pub fn retype(&mut self, text: &str) {
        self.press_with(Modifiers::COMMAND, Key::A);
        self.type_text(text);
        self.settle();
    }

    /// Gives a field the focus and replaces its text.
    pub fn retype_in(&mut self, field: &str, text: &str) {
        self.harness.get_by_label(field).focus();
        self.harness.step();
        self.retype(text);
    }

    /// Replaces the path in an open form.
    pub fn retype_path(&mut self, path: &Path) {
        self.retype(&path.display().to_string());
    }

    /// Types a source as a user does.
    pub fn type_source(&mut self, source: &str) {
        self.press_with(Modifiers::COMMAND, Key::L);
        self.settle();
        self.type_text(source);
        self.press(Key::Enter);
        self.settle();
    }

    /// Drops a file on the window.
    pub fn drop_file(&mut self, path: &str) {
        self.harness.input_mut().dropped_files.push(Arc::new(Dropped(path.into())));
    }

    /// Draws a few frames, in which menus open and close.
    pub fn settle(&mut self) {
        self.harness.run_steps(4);
    }
}
