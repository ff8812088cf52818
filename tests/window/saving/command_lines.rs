//! Copied command lines make the files that the window saves.

use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;

use super::{copied, open_clip_form, open_picture_form, set_own_key};
use crate::driver::Window;
use crate::folder::Folder;
use crate::program::run_line;

#[test]
fn the_copied_command_line_makes_the_saved_picture_byte_for_byte_in_both_themes() {
    let folder = Folder::new();
    let mut window = Window::open_real("pattern:bars");
    window.hold(2);
    for theme in ["dark", "light"] {
        if theme == "light" {
            window.press(Key::T);
            window.settle();
        }
        window.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::C);
        let line =
            window.app().state().notices.confirmation.clone().unwrap().replace("On the clipboard: ", "");
        open_picture_form(&mut window);
        let saved = folder.path(theme).with_extension("png");
        window.retype_path(&saved);
        window.press(Key::Enter);
        window.until_form_closes();
        run_line(folder.root(), &line);
        assert!(std::fs::read(&saved).unwrap() == folder.read("figure.png"), "{line}");
        std::fs::remove_file(folder.path("figure.png")).unwrap();
    }
    assert!(folder.read("dark.png") != folder.read("light.png"));
}

#[test]
fn the_copied_command_lines_make_the_saved_files_under_every_setting() {
    let folder = Folder::new();
    let panels = ["plain", "aes-128-ctr+reused-nonce:difference,gain=8", "aes-256-xts:repeats"];
    let mut window = Window::open_real_panels("pattern:moving-box@330x190", &panels);
    window.hold(3);
    set_own_key(&mut window);
    window.choose("Layout", "gray8");
    window.choose("Layout", "Blocks in squares");
    window.choose("Layout", "16 levels");
    window.until_frame(3);
    let line = copied(&mut window, Key::C);
    open_picture_form(&mut window);
    let saved = folder.path("saved.png");
    window.retype_path(&saved);
    window.press(Key::Enter);
    window.until_form_closes();
    run_line(folder.root(), &line);
    assert!(folder.read("saved.png") == folder.read("figure.png"), "{line}");

    window.press(Key::I);
    window.press(Key::ArrowRight);
    window.until_frame(4);
    window.press(Key::O);
    let line = copied(&mut window, Key::E);
    open_clip_form(&mut window);
    window.retype_path(&folder.path("saved.mp4"));
    window.press(Key::Enter);
    window.until("the clip", |app| {
        app.state().notices.confirmation.as_ref().is_some_and(|message| message.contains("saved.mp4"))
    });
    run_line(folder.root(), &line);
    assert!(folder.read("saved.mp4") == folder.read("clip.mp4"), "{line}");
}

#[test]
fn with_a_loop_the_command_line_of_the_clip_is_offered() {
    let mut window = Window::holding(3);
    let notice = |window: &Window| window.app().state().notices.confirmation.clone().unwrap();
    window.press(Key::I);
    window.press_with(Modifiers::SHIFT, Key::ArrowRight);
    window.until_frame(33);
    window.press(Key::O);
    window.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::C);
    assert!(notice(&window).contains("afterimage figure demo") && notice(&window).contains("Ctrl+Shift+E"));
    window.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::E);
    assert!(notice(&window).contains("afterimage clip demo plain aes-128-ecb "), "{}", notice(&window));
    assert!(notice(&window).contains("--frames 3-33 --theme dark -o clip.mp4"));
    window.press(Key::U);
    window.click("Menu");
    window.harness.get_by_label_contains("Copy the command line of the clip").click();
    window.settle();
    assert!(notice(&window).contains("--frames 0-89"), "the whole video, where nothing is looped");
}
