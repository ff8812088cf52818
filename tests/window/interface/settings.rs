//! Layout, key, schemes, lenses, the theme and the list of keys.

use std::collections::BTreeSet;

use afterimage::gui::App;
use afterimage::picture::layout::Layout;
use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::driver::Window;

fn repeated(window: &Window, panel: usize) -> u64 {
    window.app().displayed().unwrap().panels[panel].leakage.repeated
}

#[test]
fn the_layout_changes_the_encrypted_bytes() {
    let mut window = Window::holding(3);
    let blocks = |window: &Window| window.app().displayed().unwrap().panels[0].leakage.blocks;
    let rgba = blocks(&window);
    window.choose("Layout", "gray8");
    window.until("gray frames", |app| {
        app.displayed().is_some_and(|displayed| displayed.panels[0].leakage.blocks * 4 == rgba)
    });
    assert_eq!(window.app().state().scene.layout, Layout::GRAY8);
    window.until_frame(3);
    window.click("Layout");
    let about = |name: &str| window.harness.get_by_label(name).accesskit_node().description();
    assert_eq!(about("yuv420p").as_deref(), Some(Layout::YUV420P.about()), "the menu describes each layout");
}

#[test]
fn the_size_of_a_pattern_is_set_and_undone() {
    let mut window = Window::open_real("pattern:bars");
    window.hold(2);
    let distinct = |window: &Window| window.app().displayed().unwrap().panels[1].leakage.distinct;
    let before = distinct(&window);
    window.click("Source settings");
    assert!(window.says("1280 × 720"), "the settings state the size");
    window.harness.get_by_label("Width of the pattern").set_value_accesskit(1277.0);
    let width = |app: &App| app.displayed().map(|displayed| displayed.shape.width);
    window.until("a pattern of the new width", |app| width(app) == Some(1277));
    window.until_frame(2);
    assert_eq!(window.app().state().scene.source.to_string(), "pattern:bars@1277x720");
    assert!(distinct(&window) > before, "rows no longer fill whole blocks");
    window.click("moving-box");
    window.until_frame(2);
    assert_eq!(window.app().state().scene.source.to_string(), "pattern:moving-box@1277x720");
    window.click("Usual size");
    window.until("the usual size", |app| width(app) == Some(1280));
    window.press(Key::Escape);
    window.settle();
    for before in ["pattern:moving-box@1277x720", "pattern:bars@1277x720", "pattern:bars"] {
        window.press_with(Modifiers::COMMAND, Key::Z);
        window.settle();
        assert_eq!(window.app().state().scene.source.to_string(), before);
    }
}

#[test]
fn the_menu_of_layouts_sets_squares_and_levels() {
    let mut window = Window::holding(1);
    window.choose("Layout", "Blocks in squares");
    window.choose("Layout", "4 levels");
    window.until_frame(1);
    let layout = window.app().state().scene.layout;
    assert!(layout.is_tiled() && layout.posterize().bits() == 2);
    assert_eq!(window.value("Layout"), "rgba32, 4 levels, squares");
    window.choose("Layout", "Blocks along the rows");
    window.choose("Layout", "All levels");
    window.until_frame(1);
    assert_eq!(window.app().state().scene.layout, Layout::RGBA32);
}

#[test]
fn changing_a_scheme_while_paused_changes_the_caption() {
    let mut window = Window::holding(3);
    assert!(repeated(&window, 1) > 0 && window.says("% of the blocks repeat"));
    window.choose_scheme(2, "GCM", "AES-256-GCM");
    window.until_frame(3);
    assert_eq!(repeated(&window, 1), 0);
    assert_eq!(window.app().state().scene.panels[1].to_string(), "aes-256-gcm");
    window.choose_scheme(2, "CTR", "AES-128-CTR, reused nonce");
    window.until_frame(3);
    assert!(window.says("unchanged since the last frame"), "a reused nonce leaks over time");
    window.choose("Scheme of panel 2", "Original");
    window.until_frame(3);
    assert!(!window.has("Lens of panel 2"));
}

#[test]
fn changing_a_lens_while_playing_changes_the_picture() {
    let mut window = Window::open("demo");
    window.choose("Lens of panel 4", "repeats");
    window.until("a frame through the lens", |app| {
        app.displayed()
            .is_some_and(|displayed| displayed.panels[3].panel.to_string() == "aes-128-gcm:repeats")
    });
    assert!(window.app().status().playing);
}

#[test]
fn the_menu_of_schemes_names_misuses_and_the_menu_of_lenses_explains_each() {
    let mut window = Window::holding(0);
    window.click("Scheme of panel 2");
    window.click("GCM");
    assert!(window.has("A fresh nonce for every frame") && window.has("Misused: one nonce for all frames"));
    window.press(Key::Escape);
    window.press(Key::Escape);
    window.settle();
    window.choose("Lens of panel 2", "colours");
    window.until_frame(0);
    window.choose("Lens of panel 2", "viridis");
    window.until_frame(0);
    assert_eq!(window.app().state().scene.panels[1].to_string(), "aes-128-ecb:colours,palette=viridis");
}

#[test]
fn the_slider_sets_the_memory_and_more_blocks_repeat() {
    let mut window = Window::holding(5);
    let repeats = repeated(&window, 1);
    window.click("Memory");
    window.set("Frames remembered", 8.0);
    assert_eq!(window.app().state().scene.memory.get(), 8);
    window.press(Key::Escape);
    window.until_frame(5);
    assert!(repeated(&window, 1) >= repeats);
    window.click("Menu");
    window.harness.get_by_label_contains("Undo").click();
    window.settle();
    assert_eq!(window.app().state().scene.memory.get(), 1);
}

#[test]
fn a_typed_key_is_used_at_once_and_a_bad_one_is_explained() {
    let mut window = Window::holding(0);
    let before = window.app().state().scene.key.clone();
    window.click("Key");
    window.retype_in("Key in hex", "00zz");
    assert!(window.says("Not used: the key is not hexadecimal"));
    assert!(window.app().state().scene.key == before, "the old key stays in use");
    window.retype("ffeeddccbbaa99887766554433221100");
    assert!(window.says("In use, 16 bytes"));
    assert!(window.app().state().scene.key != before);
    window.press(Key::Escape);
    window.press(Key::Escape);
    window.settle();
    window.choose_scheme(2, "ECB", "AES-256-ECB");
    assert!(window.says("32 bytes"), "a scheme with a longer key is refused with the length that it needs");
}

#[test]
fn a_random_key_changes_every_ciphertext_and_the_demonstration_key_can_be_restored() {
    let mut window = Window::holding(0);
    let key = |window: &Window| window.app().state().scene.key.to_hex();
    let known = key(&window);
    window.click("Key");
    assert!(window.has("000102030405060708090a0b0c0d0e0f"), "the whole key of AES-128");
    window.click("Random");
    let random = key(&window);
    assert!(random != known && random.len() == 128);
    window.click("Random");
    assert_ne!(key(&window), random);
    window.click("Demonstration key");
    assert_eq!(key(&window), known);
}

#[test]
fn the_theme_changes_by_key_and_by_button() {
    let mut window = Window::holding(0);
    assert!(window.harness.ctx.global_style().visuals.dark_mode);
    window.press(Key::T);
    window.settle();
    assert!(!window.harness.ctx.global_style().visuals.dark_mode);
    window.click("Dark theme (T)");
    assert!(window.harness.ctx.global_style().visuals.dark_mode);
}

#[test]
fn the_list_of_keys_opens_and_closes() {
    let mut window = Window::holding(0);
    window.press(Key::Questionmark);
    window.settle();
    assert!(window.has("One frame forwards") && window.has("Ctrl Q"));
    window.press(Key::Escape);
    window.settle();
    assert!(!window.has("One frame forwards"));
    window.click("Keyboard shortcuts (?)");
    assert!(window.has("One frame forwards"));
    window.click("Close (Esc)");
    assert!(!window.has("One frame forwards"));
}

#[test]
fn the_documentation_has_the_same_keys_as_the_list_with_the_same_words() {
    let mut window = Window::open_sized("demo", [1440.0, 900.0]);
    window.hold(0);
    let labels = |window: &Window| -> BTreeSet<String> {
        let labels = window.harness.query_all_by_role(Role::Label);
        labels.filter_map(|label| label.accesskit_node().value()).collect()
    };
    let elsewhere = labels(&window);
    window.press(Key::Questionmark);
    window.settle();
    let list: BTreeSet<String> = &labels(&window) - &elsewhere;
    // The page writes <kbd>Ctrl</kbd>+<kbd>O</kbd>, the list Ctrl O.
    let page = include_str!("../../../docs/window.md").replace("</kbd>+<kbd>", " ");
    let (_, page) = page.split_once("## All keys").unwrap();
    for text in list.iter().filter(|text| *text != "–") {
        let is_there = [format!("<kbd>{text}</kbd>"), format!("| {text} |"), format!("| {text} (")];
        assert!(is_there.iter().any(|written| page.contains(written)), "docs/window.md lacks {text:?}");
    }
    let keys = page.split("<kbd>").skip(1).filter_map(|rest| rest.split("</kbd>").next());
    let keys: Vec<&str> = keys.filter(|key| *key != "Ctrl Y").collect();
    assert!(keys.len() > 70, "{keys:?}");
    for key in keys {
        assert!(list.contains(key), "docs/window.md has {key:?}, the list of keys does not");
    }
}

#[test]
fn a_panel_is_enlarged_by_key_and_by_button_and_put_back() {
    let mut window = Window::holding(2);
    let pictures = |window: &Window| window.harness.query_all_by_label_contains("Picture of panel").count();
    assert_eq!(pictures(&window), 4);
    window.press(Key::Num2);
    window.settle();
    assert_eq!(pictures(&window), 1);
    assert!(window.has("Scheme of panel 2"));
    window.click("Show all panels (2)");
    assert_eq!(pictures(&window), 4);
    window.click("Enlarge panel 3 (3)");
    assert!(pictures(&window) == 1 && window.has("Lens of panel 3"));
    window.press(Key::Escape);
    window.settle();
    assert_eq!(pictures(&window), 4);
}

#[test]
fn letters_typed_into_a_field_run_no_commands() {
    let mut window = Window::holding(0);
    window.press_with(Modifiers::COMMAND, Key::L);
    window.settle();
    window.press(Key::T);
    window.press(Key::R);
    window.press(Key::L);
    window.press(Key::Space);
    window.settle();
    assert!(window.harness.ctx.global_style().visuals.dark_mode);
    assert!(window.app().state().playback.looped && !window.app().status().playing);
}

#[test]
fn a_key_closes_the_window_which_is_not_drawn_again() {
    let mut window = Window::open("demo");
    assert!(window.has("Timeline"));
    window.press_with(Modifiers::COMMAND, Key::Q);
    assert!(!window.has("Timeline"), "a closed window is not drawn");
    window.until("a paused video", |app| !app.status().playing);
}
