//! The menus of the window and of the panels, and the bars.

use afterimage::gui::model::window::Theme;
use eframe::egui::accesskit::Toggled;
use eframe::egui::{Key, PointerButton, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::driver::Window;

/// True if an item has a tick.
fn is_on(window: &Window, name: &str) -> bool {
    window.harness.get_by_label(name).accesskit_node().toggled() == Some(Toggled::True)
}

#[test]
fn a_right_click_on_a_panel_opens_its_menu() {
    let mut window = Window::holding(2);
    let place = window.picture(2).center();
    window.click_with(PointerButton::Primary, place);
    assert!(!window.has("Duplicate"), "a click with the first button opens no menu");
    window.click_with(PointerButton::Secondary, place);
    assert!(window.has("Duplicate") && window.has("Remove"));
    window.click("Duplicate");
    window.until_frame(2);
    assert_eq!(window.app().state().scene.panels[2].to_string(), "aes-128-ecb");
    // So does a right click on the caption.
    let caption = window.harness.get_by_label("Caption of panel 4: drag it to another place").rect();
    let pos = caption.center_bottom() - vec2(0.0, 1.0);
    window.click_with(PointerButton::Secondary, pos);
    window.click("Remove");
    window.until_frame(2);
    assert_eq!(window.panels(), ["plain", "aes-128-ecb", "aes-128-ecb", "aes-128-gcm"]);
}

#[test]
fn the_menu_has_ticks_for_active_items_and_the_theme() {
    let mut window = Window::holding(2);
    let view = |window: &mut Window| {
        window.click("Menu");
        window.click("View");
    };
    view(&mut window);
    assert!(!is_on(&window, "Blocks") && is_on(&window, "Pictures along the timeline"));
    assert!(is_on(&window, "Dark") && !is_on(&window, "Light"));
    assert_eq!(window.harness.unnamed_widgets(), Vec::<String>::new());
    window.click("Light");
    assert_eq!(window.app().state().window.theme, Theme::Light);
    view(&mut window);
    assert!(is_on(&window, "Light") && !is_on(&window, "Dark"));
    window.click("Blocks");
    assert!(window.app().state().inspector.open);
    view(&mut window);
    assert!(is_on(&window, "Blocks"));
    window.click("Full screen");
    assert!(window.app().state().window.fullscreen);
}

#[test]
fn the_menu_opens_the_shortcuts_and_the_page_about_the_program_and_quits() {
    let mut window = Window::holding(2);
    window.click("Menu");
    window.click("Keyboard shortcuts");
    assert!(window.has("One frame forwards"));
    window.press(Key::Escape);
    window.settle();
    window.click("Menu");
    window.click("About Afterimage");
    assert!(window.says("protect nothing with it") && window.says(env!("CARGO_PKG_VERSION")));
    window.press(Key::Escape);
    window.settle();
    assert!(!window.says("protect nothing with it"));
    window.click("Menu");
    window.harness.get_by_label("Quit").click();
    window.harness.run_steps(4);
    assert!(window.app().closes());
}

#[test]
fn the_menu_names_the_panel_that_will_be_added() {
    let mut window = Window::holding(2);
    window.click("Panels");
    window.click("Add a panel: AES-128-CBC");
    window.until_frame(2);
    assert_eq!(window.app().state().scene.panels[4].to_string(), "aes-128-cbc");
    window.click("Panels");
    assert!(window.has("Add a panel: AES-128-CFB"));
}

#[test]
fn the_menu_names_the_scheme_that_is_shown_through_every_lens() {
    let mut window = Window::holding(2);
    let described = |window: &mut Window| {
        window.click("Panels");
        let item = window.harness.get_by_label("One scheme through every lens");
        let description = item.accesskit_node().description().unwrap_or_default();
        window.press(Key::Escape);
        window.settle();
        description
    };
    assert_eq!(described(&mut window), "everything that can be made of AES-128-ECB", "the first ciphertext");
    let place = window.picture(4).center();
    window.click_with(PointerButton::Primary, place);
    assert_eq!(described(&mut window), "everything that can be made of AES-128-GCM");
    // The keyboard focus moves to another panel.
    window.harness.get_by_label_contains("Picture of panel 3").focus();
    window.settle();
    assert_eq!(window.app().state().selected_panel(), Some(2));
    // Opening a menu of a caption selects its panel, even if nothing is chosen.
    window.click("Scheme of panel 4");
    window.press(Key::Escape);
    window.settle();
    assert_eq!(described(&mut window), "everything that can be made of AES-128-GCM");
}

#[test]
fn the_scheme_of_the_clicked_panel_is_shown_through_every_lens() {
    let mut window = Window::holding(2);
    let place = window.picture(4).center();
    window.click_with(PointerButton::Primary, place);
    window.choose("Panels", "One scheme through every lens");
    let panels = window.panels();
    assert!(panels[1..].iter().all(|panel| panel.starts_with("aes-128-gcm")), "{panels:?}");
}

#[test]
fn a_still_and_a_drawing_have_nothing_to_play() {
    let mut window = Window::open_real("demo:still");
    window.settle();
    for name in ["Timeline", "Play", "Pause", "Speed", "One frame forwards (→)"] {
        assert!(!window.has(name), "{name}");
    }
    assert!(window.has("Still picture") && window.has("Zoom"));
    window.type_source("canvas");
    window.until("the canvas", |app| app.state().drawing().is_some() && app.displayed().is_some());
    window.settle();
    assert!(!window.has("Timeline") && window.has("Drawing"));
    window.type_source("pattern:bars");
    window.until("a video", |app| app.state().drawing().is_none() && app.status().index.is_some());
    window.settle();
    assert!(window.has("Timeline") && window.has("Pause") && !window.has("Still picture"));
}

#[test]
fn at_the_last_frame_play_starts_from_the_first() {
    let mut window = Window::holding(2);
    assert!(window.says("Frame 2 / 89") && window.has("Play") && !window.has("Play from the start"));
    window.press(Key::End);
    window.until_frame(89);
    window.settle();
    assert!(window.says("Frame 89 / 89"));
    window.click("Play from the start");
    window.until("the start", |app| {
        app.status().playing && app.displayed().is_some_and(|displayed| displayed.frame.0 < 60)
    });
}

#[test]
fn a_narrow_caption_names_the_misuse_and_leaves_out_the_lens() {
    let panels = [
        "plain",
        "aes-128-gcm+reused-nonce:difference",
        "aes-128-ecb:repeats",
        "aes-192-ctr",
        "aes-128-cbc+fixed-iv:motion",
        "aes-256-gcm-siv+reused-nonce:received",
    ];
    let mut window = Window::open_panels("demo", [640.0, 480.0], &panels);
    window.hold(2);
    assert!(window.value("Scheme of panel 2").starts_with("GCM, reused"));
    assert_eq!(window.value("Scheme of panel 5"), "CBC, fixed IV");
    assert_eq!(window.value("Scheme of panel 6"), "GCM-SIV, reused");
    assert_eq!(window.value("Lens of panel 3"), "repeats", "a mode that is not misused keeps its lens");
    // The menu still has the lens.
    window.choose("Lens of panel 2", "repeats");
    window.until_frame(2);
    assert_eq!(window.app().state().scene.panels[1].to_string(), "aes-128-gcm+reused-nonce:repeats");
}
