//! The form that asks for a path: the saved frame, the path, and its keys.

use std::path::Path;

use afterimage::gui::model::state::State;
use eframe::egui::{Event, Key, Modifiers};
use egui_kittest::kittest::Queryable as _;

use super::{open_clip_form, open_picture_form};
use crate::driver::Window;
use crate::fake_opener::FakeOpener;
use crate::fake_video::fake_video;
use crate::folder::Folder;
use crate::program::run_line;

#[test]
fn while_playing_the_saved_frame_is_the_one_shown_when_the_form_was_opened() {
    let folder = Folder::new();
    let mut window = Window::open_real("demo");
    open_picture_form(&mut window);
    let frame = window.app().state().saving.form.as_ref().unwrap().scene.frame.unwrap();
    window.until("later frames", |app| {
        app.displayed().is_some_and(|displayed| displayed.frame.0 >= frame.0 + 5)
    });
    window.retype_path(&folder.path("saved.png"));
    window.press(Key::Enter);
    window.until_confirmed();
    let panels = window.panels().join(" ");
    let line = format!("afterimage figure demo {panels} --frame {frame} --theme dark -o made.png");
    run_line(folder.root(), &line);
    assert!(folder.read("saved.png") == folder.read("made.png"), "frame {frame}, byte for byte");
}

#[test]
fn enter_saves_and_a_second_enter_replaces() {
    let folder = Folder::new();
    let path = folder.path("a.png");
    std::fs::write(&path, "here before").unwrap();
    let mut window = Window::holding(1);
    open_picture_form(&mut window);
    window.retype_path(&path);
    window.press(Key::Enter);
    window.until_form_asks_to_replace();
    window.settle();
    assert!(window.says("A file with this name exists. Replace it?"));
    assert_eq!(std::fs::read(&path).unwrap(), b"here before");
    window.press(Key::Enter);
    window.until_form_closes();
    assert!(image::open(&path).is_ok());
    // The next form suggests the same folder.
    open_picture_form(&mut window);
    assert!(
        window.app().state().saving.form.as_ref().unwrap().path.starts_with(folder.root().to_str().unwrap())
    );
}

#[test]
fn the_form_shows_the_full_path() {
    let mut window = Window::holding(1);
    open_picture_form(&mut window);
    assert!(!window.says("Full path: "), "the proposed path is a full path");
    window.retype_path(Path::new("some/name"));
    let here = std::env::current_dir().unwrap().join("some/name.png");
    assert!(window.says(&format!("Full path: {}", here.display())));
    window.press(Key::Enter);
    window.until_form_reports_a_problem();
    assert!(window.says(&format!("That folder does not exist: {}", here.parent().unwrap().display())));
}

#[test]
fn an_open_form_takes_all_keys() {
    let mut window = Window::holding(3);
    open_picture_form(&mut window);
    let settings = |window: &Window| {
        let State { scene, panel_view, timeline, inspector, canvas, window, .. } = window.app().state();
        format!("{:?}", (scene, panel_view, timeline, inspector, canvas, window))
    };
    let before = settings(&window);
    let number = window.app().state().saving.form.as_ref().unwrap().number;
    // Even while a button has the focus.
    for focus in ["File", "Cancel"] {
        window.harness.get_by_label(focus).focus();
        window.harness.step();
        for (modifiers, key) in [
            (Modifiers::NONE, Key::T),
            (Modifiers::NONE, Key::P),
            (Modifiers::NONE, Key::F11),
            (Modifiers::NONE, Key::Questionmark),
            (Modifiers::COMMAND, Key::O),
            (Modifiers::COMMAND, Key::E),
            (Modifiers::COMMAND, Key::Q),
            (Modifiers::COMMAND | Modifiers::SHIFT, Key::C),
        ] {
            window.press_with(modifiers, key);
        }
        window.harness.event(Event::Copy);
        window.settle();
    }
    assert_eq!(settings(&window), before);
    let state = window.app().state();
    assert!(state.notices.confirmation.is_none() && state.notices.error.is_none());
    assert!(state.saving.form.as_ref().is_some_and(|form| form.number == number), "it is the same form");
    assert!(!window.app().closes());
    window.press(Key::Escape);
    window.settle();
    assert!(window.app().state().saving.form.is_none());
}

#[test]
fn a_window_has_at_most_three_decoders_of_its_source() {
    let folder = Folder::new();
    let opener = FakeOpener::of_built_in(&fake_video());
    let panels = ["aes-128-ecb:tone", "aes-128-ecb:codebook,known=3-40", "aes-128-cbc:received,replay=50"];
    let mut window = Window::start_with_opener(&opener, &panels);
    window.until("the first frame", |app| app.displayed().is_some() && app.status().index.is_some());
    window.hold(0);
    window.press(Key::I);
    window.press(Key::ArrowRight);
    window.until_frame(1);
    window.press(Key::O);
    // The scan, a clip, thumbnails and preparing all run at the same time.
    window.press(Key::M);
    open_clip_form(&mut window);
    window.retype_path(&folder.path("clip.mp4"));
    window.press(Key::Enter);
    window.until("the clip", |app| {
        app.state().notices.confirmation.as_ref().is_some_and(|message| message.contains("clip.mp4"))
    });
    window.until_graph_is_complete();
    window.until_all_thumbnails();
    assert!((2..=3).contains(&opener.most_readers()), "{}", opener.most_readers());
}

#[test]
fn numbers_along_the_timeline_wait_until_the_frames_are_counted() {
    let video = fake_video();
    video.at_scan.close();
    let opener = FakeOpener::of_built_in(&video);
    let mut window = Window::start_with_opener(&opener, &["aes-128-ecb:tone", "aes-128-ecb"]);
    window.until("the first frame", |app| app.displayed().is_some());
    video.at_scan.wait_until_held();
    window.press(Key::M);
    window.settle();
    assert!(window.app().findings().is_none(), "the reader that counts frames is the third");
    video.at_scan.open();
    window.until_graph_is_complete();
    assert!((2..=3).contains(&opener.most_readers()), "{}", opener.most_readers());
}
