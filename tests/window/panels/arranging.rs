//! Adding, removing and moving panels, ready-made comparisons, undo.

use afterimage::scene::Panel;
use eframe::egui::{Event, Key, Modifiers, PointerButton, vec2};
use egui_kittest::kittest::Queryable as _;

use crate::driver::Window;

const START: [&str; 4] = ["plain", "aes-128-ecb", "aes-128-ecb:repeats", "aes-128-gcm"];

#[test]
fn a_panel_is_duplicated_moved_and_removed_by_its_menu() {
    let mut window = Window::holding(2);
    window.click("Menu of panel 2");
    window.click("Duplicate");
    window.until_frame(2);
    assert_eq!(
        window.panels(),
        ["plain", "aes-128-ecb", "aes-128-ecb", "aes-128-ecb:repeats", "aes-128-gcm"]
    );
    window.click("Menu of panel 5");
    window.click("Move earlier");
    window.until_frame(2);
    assert_eq!(window.panels()[3..], ["aes-128-gcm", "aes-128-ecb:repeats"]);
    window.click("Menu of panel 1");
    window.click("Remove");
    window.until_frame(2);
    assert_eq!(window.panels().len(), 4);
    for _ in 0..3 {
        window.press_with(Modifiers::COMMAND, Key::Z);
    }
    window.until_frame(2);
    assert_eq!(window.panels(), START);
}

#[test]
fn panels_are_added_by_key_until_there_are_twelve() {
    let mut window = Window::holding(1);
    for _ in 0..9 {
        window.press(Key::A);
    }
    window.until_frame(1);
    assert_eq!(window.panels().len(), 12);
    window.settle();
    assert!(window.says("12 panels already"));
    let pictures = window.harness.query_all_by_label_contains("Picture of panel").count();
    assert_eq!(pictures, 12);
    window.press(Key::Num0);
    window.settle();
    assert!(window.has("Scheme of panel 10") && !window.has("Scheme of panel 1"));
}

#[test]
fn dragging_a_caption_moves_the_panel() {
    let mut window = Window::holding(2);
    let caption = |window: &Window, panel: u32| {
        let name = format!("Caption of panel {panel}: drag it to another place");
        window.harness.get_by_label(&name).rect()
    };
    // Between the menus and the buttons.
    let from = caption(&window, 4).center_bottom() - vec2(0.0, 1.0);
    let to = caption(&window, 1).center();
    window.press_at(from);
    for share in [0.3, 0.7, 1.0] {
        window.move_to(from + (to - from) * share);
    }
    window.harness.drop_at(to);
    window.settle();
    window.until_frame(2);
    assert_eq!(window.panels(), ["aes-128-gcm", "plain", "aes-128-ecb", "aes-128-ecb:repeats"]);
}

#[test]
fn a_double_click_enlarges_a_panel_and_puts_it_back() {
    let mut window = Window::holding(2);
    let twice = |window: &mut Window, panel: usize| {
        let pos = window.picture(panel).center();
        window.move_to(pos);
        // Both clicks in one frame: two frames of a test take longer than a double click may.
        for pressed in [true, false, true, false] {
            let (button, modifiers) = (PointerButton::Primary, Modifiers::NONE);
            window.harness.input_mut().events.push(Event::PointerButton { pos, button, pressed, modifiers });
        }
        window.settle();
    };
    twice(&mut window, 3);
    assert_eq!(window.app().state().panel_view.enlarged, Some(2));
    window.until_frame(2);
    twice(&mut window, 3);
    assert_eq!(window.app().state().panel_view.enlarged, None);
}

#[test]
fn presets_are_chosen_by_name_and_undone() {
    let mut window = Window::holding(2);
    window.choose("Panels", "Safe modes misused");
    window.until_frame(2);
    assert!(window.panels().contains(&"aes-128-ctr+reused-nonce:difference,gain=8".into()));
    window.choose("Panels", "ECB under the microscope");
    window.until_frame(2);
    assert!(window.panels().contains(&"aes-128-ecb:outline".into()));
    window.click("Menu");
    window.click("Reset the scene");
    window.until_frame(2);
    let usual = Panel::defaults().iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(window.panels(), usual);
    window.press_with(Modifiers::COMMAND, Key::Z);
    window.press_with(Modifiers::COMMAND, Key::Z);
    window.until_frame(2);
    assert!(window.panels().contains(&"aes-128-ctr+reused-nonce:difference,gain=8".into()));
    window.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    window.until_frame(2);
    assert!(window.panels().contains(&"aes-128-ecb:outline".into()));
}
