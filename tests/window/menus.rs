//! The menus of the window and of panels, and the bars.

use afterimage::gui::model::window::Theme;
use eframe::egui::accesskit::Toggled;
use eframe::egui::{Event, Key, Modifiers, PointerButton, Pos2, Rect};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::driver::Window;

fn picture(window: &Window, panel: usize) -> Rect {
    window.harness.get_by_label_contains(&format!("Picture of panel {panel}:")).rect()
}

fn click_with(window: &mut Window, button: PointerButton, pos: Pos2) {
    window.harness.hover_at(pos);
    window.harness.step();
    for pressed in [true, false] {
        let modifiers = Modifiers::NONE;
        window.harness.event(Event::PointerButton { pos, button, pressed, modifiers });
    }
    window.settle();
}

/// Whether an item has its tick.
fn is_on(window: &Window, name: &str) -> bool {
    window.harness.get_by_label(name).accesskit_node().toggled() == Some(Toggled::True)
}

#[test]
fn a_right_click_on_a_panel_opens_its_menu() {
    let mut window = Window::holding(2);
    let place = picture(&window, 2).center();
    click_with(&mut window, PointerButton::Primary, place);
    assert!(!window.has("Duplicate"), "a plain click opens none");
    click_with(&mut window, PointerButton::Secondary, place);
    assert!(window.has("Duplicate") && window.has("Remove"));
    window.click("Duplicate");
    window.until_frame(2);
    assert_eq!(window.app().state().scene.panels[2].to_string(), "aes-128-ecb");
    // A right click on its caption does the same.
    let caption = window.harness.get_by_label("Caption of panel 4: drag it to another place").rect();
    let pos = caption.center_bottom() - eframe::egui::vec2(0.0, 1.0);
    click_with(&mut window, PointerButton::Secondary, pos);
    window.click("Remove");
    window.until_frame(2);
    let panels: Vec<_> = window.app().state().scene.panels.iter().map(ToString::to_string).collect();
    assert_eq!(panels, ["plain", "aes-128-ecb", "aes-128-ecb", "aes-128-gcm"]);
}

#[test]
fn the_menu_has_ticks_for_what_is_on_and_the_theme() {
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
    let told = |window: &mut Window| {
        window.click("Panels");
        let item = window.harness.get_by_label("One scheme through every lens");
        let told = item.accesskit_node().description().unwrap_or_default();
        window.press(Key::Escape);
        window.settle();
        told
    };
    assert_eq!(told(&mut window), "everything that can be made of AES-128-ECB", "the first ciphertext");
    let place = picture(&window, 4).center();
    click_with(&mut window, PointerButton::Primary, place);
    assert_eq!(told(&mut window), "everything that can be made of AES-128-GCM");
    // The keyboard focus moves to another panel.
    window.harness.get_by_label_contains("Picture of panel 3").focus();
    window.settle();
    assert_eq!(window.app().state().selected_panel(), Some(2));
    // Opening a menu of a caption selects its panel, even if nothing is chosen.
    window.click("Scheme of panel 4");
    window.press(Key::Escape);
    window.settle();
    assert_eq!(told(&mut window), "everything that can be made of AES-128-GCM");
}

#[test]
fn every_lens_is_shown_of_the_panel_that_was_clicked_on() {
    let mut window = Window::holding(2);
    let place = picture(&window, 4).center();
    click_with(&mut window, PointerButton::Primary, place);
    window.choose("Panels", "One scheme through every lens");
    let panels = &window.app().state().scene.panels;
    assert!(panels[1..].iter().all(|panel| panel.to_string().starts_with("aes-128-gcm")), "{panels:?}");
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
fn the_last_frame_reads_as_the_last_and_playing_starts_again() {
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
fn the_presentation_view_says_how_to_leave_it() {
    let mut window = Window::holding(2);
    window.press(Key::P);
    window.settle();
    for key in [Key::P, Key::Escape] {
        assert!(window.says("P or Esc brings the bars back") && !window.has("Timeline"));
        window.press(key);
        window.settle();
        assert!(!window.says("P or Esc brings the bars back") && window.has("Timeline"), "{key:?}");
        window.press(Key::P);
        window.settle();
    }
}

#[test]
fn thumbnails_move_no_panel_when_they_appear() {
    let opener = crate::fake::FakeOpener::default();
    let scans = opener.scans.clone();
    scans.close(0);
    let mut window = Window::start(opener);
    window.until("a frame", |app| app.displayed().is_some());
    window.settle();
    assert!(window.app().status().index.is_none() && window.app().thumbnails() == [0, 0]);
    let before = picture(&window, 1);
    scans.open();
    window.until("all pictures", |app| app.thumbnails()[0] > 0 && app.thumbnails()[0] == app.thumbnails()[1]);
    window.settle();
    assert_eq!(picture(&window, 1), before);
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
    let value = |window: &Window, name: &str| {
        window.harness.get_by_label(name).accesskit_node().value().unwrap_or_default()
    };
    assert!(value(&window, "Scheme of panel 2").starts_with("GCM, reused"));
    assert_eq!(value(&window, "Scheme of panel 5"), "CBC, fixed IV");
    assert_eq!(value(&window, "Scheme of panel 6"), "GCM-SIV, reused");
    assert_eq!(value(&window, "Lens of panel 3"), "repeats", "what is not misused keeps its lens");
    // The menu still has the lens.
    window.choose("Lens of panel 2", "repeats");
    window.until_frame(2);
    assert_eq!(window.app().state().scene.panels[1].to_string(), "aes-128-gcm+reused-nonce:repeats");
}
