//! Many events in one batch, as a window that draws slowly gets them.

use eframe::egui::{Event, Key, Modifiers, PointerButton, pos2};

use crate::driver::Window;
use crate::folder::Folder;

/// The events of pressing a key, which types `text`.
fn press(modifiers: Modifiers, key: Key, text: &str) -> Vec<Event> {
    let event = |pressed| Event::Key { key, physical_key: None, pressed, repeat: false, modifiers };
    let text = (!text.is_empty() && !modifiers.command).then(|| Event::Text(text.into()));
    [event(true)].into_iter().chain(text).chain([event(false)]).collect()
}

/// The events of typing a text; a line break is Enter.
fn typed(text: &str) -> Vec<Event> {
    let events = |letter: char| match letter {
        '\n' => press(Modifiers::NONE, Key::Enter, ""),
        ' ' => press(Modifiers::NONE, Key::Space, " "),
        letter => {
            let key = Key::from_name(&letter.to_ascii_uppercase().to_string());
            let text = letter.to_string();
            key.map_or_else(|| vec![Event::Text(text.clone())], |key| press(Modifiers::NONE, key, &text))
        }
    };
    text.chars().flat_map(events).collect()
}

#[test]
fn a_frame_typed_in_the_same_batch_as_its_key_is_sought() {
    let mut window = Window::holding(0);
    window.burst(typed("g12\n"));
    window.until_frame(12);
    assert_eq!(window.app().state().panel_view.enlarged, None, "digits in a field enlarge no panel");
    assert!(window.app().state().playback.goto.is_none());
    // Afterwards, letters are commands again.
    window.burst(typed("g40\nt"));
    window.until_frame(40);
    window.settle();
    assert!(!window.harness.ctx.global_style().visuals.dark_mode);
    window.burst(typed("g7"));
    assert_eq!(
        window.app().state().playback.goto.as_ref().unwrap().text,
        "7",
        "the key itself types nothing"
    );
}

#[test]
fn a_source_typed_in_the_same_batch_as_its_key_is_opened() {
    let mut window = Window::holding(2);
    let events = [press(Modifiers::COMMAND, Key::L, ""), typed("demo:still\n"), typed("t")];
    window.burst(events.concat());
    window.until("the other source", |app| {
        app.displayed().is_some_and(|displayed| displayed.shape.height == 320)
    });
    window.settle();
    let state = window.app().state();
    assert!(!state.window.help && state.panel_view.comparison.is_none());
    assert!(!state.inspector.open && state.timeline.graph.is_none());
    assert!(!window.harness.ctx.global_style().visuals.dark_mode, "letters after Enter are commands");
}

#[test]
fn a_path_typed_in_the_same_batch_as_its_keys_is_saved() {
    let folder = Folder::new();
    let path = folder.path("sheet.png");
    let mut window = Window::holding(2);
    let all = press(Modifiers::COMMAND, Key::A, "");
    let text = vec![Event::Text(path.display().to_string())];
    window.burst([press(Modifiers::COMMAND, Key::S, ""), all, text, typed("\n")].concat());
    window.until_confirmed();
    assert!(path.is_file());
    assert!(window.app().state().saving.form.is_none());
}

#[test]
fn no_step_is_lost_when_many_come_in_one_frame() {
    let mut window = Window::holding(0);
    let steps = |key, times| (0..times).flat_map(|_| press(Modifiers::NONE, key, "")).collect::<Vec<_>>();
    window.burst([steps(Key::ArrowRight, 40), steps(Key::ArrowLeft, 5)].concat());
    window.until_frame(35);
    window.burst(steps(Key::T, 7));
    window.settle();
    assert!(!window.harness.ctx.global_style().visuals.dark_mode);
}

#[test]
fn many_random_events_leave_a_working_window() {
    let mut window = Window::open("demo");
    let keys: Vec<Key> =
        Key::ALL.iter().copied().filter(|key| !matches!(key, Key::Q | Key::BrowserBack)).collect();
    // Pseudorandom numbers, the same in every run.
    let mut seed = 7u64;
    let mut next = |most: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % most
    };
    for _ in 0..12 {
        let mut events = Vec::new();
        for _ in 0..120 {
            let pos = pos2(next(1280) as f32, next(800) as f32);
            let modifiers = [Modifiers::NONE, Modifiers::NONE, Modifiers::SHIFT, Modifiers::ALT][next(4)];
            match next(6) {
                0 => events.push(Event::PointerMoved(pos)),
                1 => {
                    let button = if next(5) == 0 { PointerButton::Secondary } else { PointerButton::Primary };
                    let click =
                        |pressed| Event::PointerButton { pos, button, pressed, modifiers: Modifiers::NONE };
                    events.extend([Event::PointerMoved(pos), click(true), click(false)]);
                }
                2 => events.push(Event::Text("a1:é".into())),
                _ => events.extend(press(modifiers, keys[next(keys.len())], "")),
            }
        }
        window.burst(events);
    }
    for _ in 0..30 {
        window.press(Key::Escape);
    }
    window.opens_another_source();
    window.until_it_plays();
}
