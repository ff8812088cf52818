//! Saving: the saved frame, the path, and a window that closes only when all files are complete.

use std::path::Path;
use std::process::Command;

use afterimage::gui::model::state::State;
use eframe::egui::{Event, Key, Modifiers, OutputCommand, ViewportCommand, ViewportEvent, ViewportId};
use egui_kittest::kittest::Queryable as _;

use crate::driver::Window;
use crate::fake::FakeOpener;

/// Opens the form for the panels as a picture.
fn ask(window: &mut Window) {
    window.press_with(Modifiers::COMMAND, Key::S);
    window.settle();
    assert!(window.says("Save the panels as a picture"));
}

/// Replaces the suggested path.
fn type_path(window: &mut Window, path: &Path) {
    window.press_with(Modifiers::COMMAND, Key::A);
    window.harness.event(Event::Text(path.display().to_string()));
    window.settle();
}

/// Runs a command line of the program in a folder, as a shell does.
fn run(line: &str, folder: &Path) {
    let program = env!("CARGO_BIN_EXE_afterimage");
    let line = line.replacen("afterimage", &format!("'{program}'"), 1);
    let done = Command::new("sh").args(["-c", &line]).current_dir(folder).output().unwrap();
    assert!(done.status.success(), "{line}: {}", String::from_utf8_lossy(&done.stderr));
}

#[test]
fn while_playing_the_saved_frame_is_the_one_shown_when_the_form_was_opened() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = Window::open_real("demo");
    ask(&mut window);
    let frame = window.app().state().saving.form.as_ref().unwrap().scene.frame.unwrap();
    window.until("later frames", |app| {
        app.displayed().is_some_and(|displayed| displayed.frame.0 >= frame.0 + 5)
    });
    type_path(&mut window, &folder.path().join("saved.png"));
    window.press(Key::Enter);
    window.until("it is saved", |app| app.state().notices.confirmation.is_some());
    let panels = window.app().state().scene.panels.iter().map(|panel| format!(" {panel}"));
    let panels: String = panels.collect();
    run(&format!("afterimage figure demo{panels} --frame {frame} --theme dark -o made.png"), folder.path());
    let read = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
    assert!(read("saved.png") == read("made.png"), "frame {frame}, byte for byte");
}

#[test]
fn the_copied_command_line_makes_the_saved_picture_byte_for_byte_in_both_themes() {
    let folder = tempfile::tempdir().unwrap();
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
        ask(&mut window);
        let saved = folder.path().join(theme).with_extension("png");
        type_path(&mut window, &saved);
        window.press(Key::Enter);
        window.until("it is saved", |app| app.state().saving.form.is_none());
        run(&line, folder.path());
        let made = folder.path().join("figure.png");
        assert!(std::fs::read(&saved).unwrap() == std::fs::read(&made).unwrap(), "{line}");
        std::fs::remove_file(made).unwrap();
    }
    let [dark, light] =
        ["dark.png", "light.png"].map(|name| std::fs::read(folder.path().join(name)).unwrap());
    assert!(dark != light);
}

#[test]
fn enter_saves_and_enter_once_more_replaces() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.png");
    std::fs::write(&path, "here before").unwrap();
    let mut window = Window::holding(1);
    ask(&mut window);
    type_path(&mut window, &path);
    window.press(Key::Enter);
    window.until("it asks", |app| app.state().saving.form.as_ref().is_some_and(|form| form.replace));
    window.settle();
    assert!(window.says("A file with this name exists. Replace it?"));
    assert_eq!(std::fs::read(&path).unwrap(), b"here before");
    window.press(Key::Enter);
    window.until("it is replaced", |app| app.state().saving.form.is_none());
    assert!(image::open(&path).is_ok());
    // The folder is suggested from then on.
    ask(&mut window);
    assert!(
        window.app().state().saving.form.as_ref().unwrap().path.starts_with(folder.path().to_str().unwrap())
    );
}

#[test]
fn the_form_shows_the_full_path() {
    let mut window = Window::holding(1);
    ask(&mut window);
    assert!(!window.says("Full path: "), "what is proposed says so itself");
    type_path(&mut window, Path::new("some/name"));
    let here = std::env::current_dir().unwrap().join("some/name.png");
    assert!(window.says(&format!("Full path: {}", here.display())));
    window.press(Key::Enter);
    window.until("it is told", |app| {
        app.state().saving.form.as_ref().is_some_and(|form| form.problem.is_some())
    });
    window.settle();
    assert!(window.says(&format!("That folder does not exist: {}", here.parent().unwrap().display())));
}

#[test]
fn an_open_form_takes_all_keys() {
    let mut window = Window::holding(3);
    ask(&mut window);
    let settings = |window: &Window| {
        let State { scene, panel_view, timeline, inspector, canvas, window, .. } = window.app().state();
        format!("{:?}", (scene, panel_view, timeline, inspector, canvas, window))
    };
    let before = settings(&window);
    let number = window.app().state().saving.form.as_ref().unwrap().number;
    // Also while a button has the focus.
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

/// Requests closing as the system does. Gives the window's commands to the system.
fn close(window: &mut Window) -> Vec<ViewportCommand> {
    let root = ViewportId::ROOT;
    window.harness.input_mut().viewports.get_mut(&root).unwrap().events.push(ViewportEvent::Close);
    window.harness.step();
    let commands = window.harness.output().viewport_output[&root].commands.clone();
    window.harness.input_mut().viewports.get_mut(&root).unwrap().events.clear();
    commands
}

/// A window that saves a clip, paused until its gate is opened.
fn at_the_gate(path: &Path) -> Window {
    let mut window = Window::holding(0);
    window.press(Key::I);
    for frame in 1..=2 {
        window.press(Key::ArrowRight);
        window.until_frame(frame);
    }
    window.press(Key::O);
    window.until_quiet();
    window.doors.close(0);
    window.press_with(Modifiers::COMMAND, Key::E);
    window.settle();
    type_path(&mut window, path);
    window.press(Key::Enter);
    window.until("it is being made", |app| app.state().saving.form.is_none());
    window
}

#[test]
fn closing_the_window_waits_for_a_clip_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.mp4");
    let mut window = at_the_gate(&path);
    assert!(close(&mut window).contains(&ViewportCommand::CancelClose));
    window.settle();
    assert!(window.says("clip.mp4 is being written. The window closes when it is whole."));
    assert!(!window.app().closes() && !path.exists());
    window.doors.open();
    window.until("it closes", afterimage::gui::App::closes);
    assert!(path.metadata().unwrap().len() > 1000);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "and nothing else is there");
    assert!(!close(&mut window).contains(&ViewportCommand::CancelClose));
}

#[test]
fn while_closing_the_user_may_stop_saving_or_keep_the_window() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.mp4");
    let mut window = at_the_gate(&path);
    assert!(close(&mut window).contains(&ViewportCommand::CancelClose));
    window.settle();
    window.click("Keep the window open");
    assert!(!window.says("is being written") && !window.app().closes());
    assert!(close(&mut window).contains(&ViewportCommand::CancelClose));
    window.settle();
    window.click("Stop and close");
    window.until("it closes", afterimage::gui::App::closes);
    window.doors.open();
    window.until("nothing of it is left", |_| std::fs::read_dir(folder.path()).unwrap().count() == 0);
}

#[test]
fn a_window_that_saves_nothing_closes_at_once() {
    let mut window = Window::holding(0);
    assert!(!close(&mut window).contains(&ViewportCommand::CancelClose));
    assert!(window.app().closes());
}

/// Sets a key of the user's own.
const OWN_KEY: &str = "c0ffee112233445566778899aabbccddeeff00112233445566778899aabbccdd\
                       0123456789abcdeffedcba98765432100123456789abcdeffedcba9876543210";

fn set_own_key(window: &mut Window) {
    window.click("Key");
    window.harness.get_by_label("Key in hex").focus();
    window.harness.step();
    window.press_with(Modifiers::COMMAND, Key::A);
    window.harness.event(Event::Text(OWN_KEY.into()));
    window.settle();
    window.press(Key::Escape);
    window.press(Key::Escape);
    window.settle();
    assert_eq!(window.app().state().scene.key.to_hex(), OWN_KEY);
}

/// Presses a key with Ctrl and Shift, and gives the text that is copied.
fn copied(window: &mut Window, key: Key) -> String {
    let modifiers = Modifiers::COMMAND | Modifiers::SHIFT;
    let event = |pressed| Event::Key { key, physical_key: None, pressed, repeat: false, modifiers };
    window.harness.event(event(true));
    window.harness.step();
    let commands = &window.harness.output().platform_output.commands;
    let text = commands.iter().find_map(|command| match command {
        OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    });
    window.harness.event(event(false));
    window.settle();
    text.unwrap()
}

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
        assert!(!window.says(&OWN_KEY[..32]), "the message shows no more than its start");
    }
}

#[test]
fn the_users_own_key_is_saved_only_after_confirmation() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("scene.toml");
    let mut window = Window::holding(2);
    let save = |window: &mut Window, path: &Path| {
        window.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::S);
        window.settle();
        type_path(window, path);
        window.press(Key::Enter);
        window.settle();
    };
    set_own_key(&mut window);
    save(&mut window, &path);
    assert!(window.says("The file would contain your own key") && !path.exists());
    window.press(Key::Enter);
    window.settle();
    assert!(window.has("Save with the key") && !path.exists(), "Enter, pressed once more, is no yes");
    window.click("Cancel");
    assert!(!path.exists());
    save(&mut window, &path);
    window.click("Save with the key");
    window.until("it is saved", |app| app.state().saving.form.is_none());
    assert!(std::fs::read_to_string(&path).unwrap().contains(OWN_KEY));
    // The demonstration key needs no confirmation.
    window.click("Key");
    window.click("Demonstration key");
    window.press(Key::Escape);
    window.press(Key::Escape);
    window.settle();
    let known = folder.path().join("known.toml");
    save(&mut window, &known);
    window.until("it is saved", |app| app.state().saving.form.is_none());
    assert!(!std::fs::read_to_string(&known).unwrap().contains("key"));
}

#[test]
fn the_copied_command_lines_make_the_same_under_every_setting() {
    let folder = tempfile::tempdir().unwrap();
    let panels = ["plain", "aes-128-ctr+reused-nonce:difference,gain=8", "aes-256-xts:repeats"];
    let mut window = Window::open_real_panels("pattern:moving-box@330x190", &panels);
    window.hold(3);
    set_own_key(&mut window);
    window.choose("Layout", "gray8");
    window.choose("Layout", "Blocks in squares");
    window.choose("Layout", "16 levels");
    window.until_frame(3);
    let line = copied(&mut window, Key::C);
    ask(&mut window);
    let saved = folder.path().join("saved.png");
    type_path(&mut window, &saved);
    window.press(Key::Enter);
    window.until("it is saved", |app| app.state().saving.form.is_none());
    run(&line, folder.path());
    let read = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
    assert!(read("saved.png") == read("figure.png"), "{line}");

    window.press(Key::I);
    window.press(Key::ArrowRight);
    window.until_frame(4);
    window.press(Key::O);
    let line = copied(&mut window, Key::E);
    window.press_with(Modifiers::COMMAND, Key::E);
    window.settle();
    type_path(&mut window, &folder.path().join("saved.mp4"));
    window.press(Key::Enter);
    window.until("the clip", |app| {
        app.state().notices.confirmation.as_ref().is_some_and(|message| message.contains("saved.mp4"))
    });
    run(&line, folder.path());
    assert!(read("saved.mp4") == read("clip.mp4"), "{line}");
}

#[test]
fn a_window_has_at_most_three_decoders_of_its_source() {
    let folder = tempfile::tempdir().unwrap();
    let opener = FakeOpener::default();
    let readers = opener.readers.clone();
    let panels = ["aes-128-ecb:tone", "aes-128-ecb:codebook,known=3-40", "aes-128-cbc:received,replay=50"];
    let mut window = Window::start_with_panels(opener, &panels);
    window.until("the first frame", |app| app.displayed().is_some() && app.status().index.is_some());
    window.hold(0);
    window.press(Key::I);
    window.press(Key::ArrowRight);
    window.until_frame(1);
    window.press(Key::O);
    // The scan, a clip, thumbnails and preparing all run at once.
    window.press(Key::M);
    window.press_with(Modifiers::COMMAND, Key::E);
    window.settle();
    type_path(&mut window, &folder.path().join("clip.mp4"));
    window.press(Key::Enter);
    window.until("the clip", |app| {
        app.state().notices.confirmation.as_ref().is_some_and(|message| message.contains("clip.mp4"))
    });
    window.until("the numbers", |app| app.findings().is_some_and(|found| found.curves.is_done));
    window
        .until("the thumbnails", |app| app.thumbnails()[0] > 0 && app.thumbnails()[0] == app.thumbnails()[1]);
    assert!((2..=3).contains(&readers.most()), "{}", readers.most());
}
