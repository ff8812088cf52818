//! A key of the user in command lines and in scenes.

use std::path::Path;

use eframe::egui::{Key, Modifiers};

use super::{OWN_KEY, copied, set_own_key};
use crate::driver::Window;
use crate::folder::Folder;

#[test]
fn the_users_own_key_is_copied_completely_and_shown_in_part() {
    let mut window = Window::holding(2);
    let _ = copied(&mut window, Key::C);
    assert!(window.says("On the clipboard: afterimage figure demo"));
    set_own_key(&mut window);
    for key in [Key::C, Key::E] {
        let line = copied(&mut window, key);
        assert!(line.contains(&format!("--key {OWN_KEY}")), "{line}");
        assert!(window.says("with your whole key") && window.says("--key c0ff…"));
        assert!(!window.says(&OWN_KEY[..32]), "the notice shows only the start of the key");
    }
}

#[test]
fn the_users_own_key_is_saved_only_after_confirmation() {
    let folder = Folder::new();
    let path = folder.path("scene.toml");
    let mut window = Window::holding(2);
    let save = |window: &mut Window, path: &Path| {
        window.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::S);
        window.settle();
        window.retype_path(path);
        window.press(Key::Enter);
        window.settle();
    };
    set_own_key(&mut window);
    save(&mut window, &path);
    assert!(window.says("The file would contain your own key") && !path.exists());
    window.press(Key::Enter);
    window.settle();
    assert!(window.has("Save with the key") && !path.exists(), "a second Enter confirms nothing");
    window.click("Cancel");
    assert!(!path.exists());
    save(&mut window, &path);
    window.click("Save with the key");
    window.until_form_closes();
    assert!(std::fs::read_to_string(&path).unwrap().contains(OWN_KEY));
    // The demonstration key needs no confirmation.
    window.click("Key");
    window.click("Demonstration key");
    window.press(Key::Escape);
    window.press(Key::Escape);
    window.settle();
    let known = folder.path("known.toml");
    save(&mut window, &known);
    window.until_form_closes();
    assert!(!std::fs::read_to_string(&known).unwrap().contains("key"));
}
