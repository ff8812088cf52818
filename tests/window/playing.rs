//! Playing, pausing, stepping, seeking, looping, speed.

use afterimage::gui::App;
use eframe::egui::{Event, Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::driver::Window;
use crate::fake::FRAMES;

#[test]
fn an_opened_source_plays_and_the_button_pauses_and_plays_it() {
    let mut window = Window::open("demo");
    window.until("it plays on", |app| app.displayed().is_some_and(|displayed| displayed.frame.0 >= 3));
    window.click("Pause");
    window.until("it holds", |app| !app.status().playing);
    let held = window.frame();
    window.settle();
    assert_eq!(window.frame(), held);
    window.click("Play");
    window.until("it plays on", |app| app.displayed().is_some_and(|displayed| displayed.frame.0 > held));
}

#[test]
fn a_paused_window_requests_no_repaint() {
    let mut window = Window::holding(2);
    window.until_quiet();
}

#[test]
fn one_frame_forwards_and_back_by_key_and_by_button() {
    let mut window = Window::holding(5);
    window.press(Key::ArrowLeft);
    window.until_frame(4);
    window.press(Key::Comma);
    window.until_frame(3);
    window.press(Key::Period);
    window.until_frame(4);
    window.click("One frame forwards (→)");
    window.until_frame(5);
    window.click("One frame back (←)");
    window.until_frame(4);
    assert!(!window.app().status().playing);
}

#[test]
fn holding_an_arrow_down_makes_as_many_steps_as_key_events() {
    let mut window = Window::holding(0);
    window.press(Key::End);
    window.until_frame(FRAMES - 1);
    for _ in 0..40 {
        window.press(Key::ArrowLeft);
    }
    window.until_frame(FRAMES - 41);
    for _ in 0..15 {
        window.press(Key::ArrowRight);
    }
    window.until_frame(FRAMES - 26);
}

#[test]
fn j_plays_backwards_k_pauses_and_l_plays_forwards_and_j_and_l_speed_up_when_repeated() {
    let mut window = Window::holding(0);
    let speed = |window: &Window| window.app().state().playback.speed.to_string();
    window.press(Key::End);
    window.until_frame(FRAMES - 1);
    window.press(Key::J);
    window.until("it plays backwards", |app| {
        app.displayed().is_some_and(|displayed| displayed.frame.0 < FRAMES - 4)
    });
    assert!(window.app().status().playing && window.app().status().backwards);
    assert_eq!(speed_shown(&window), "−1×");
    window.press(Key::J);
    assert_eq!(speed(&window), "2");
    window.press(Key::L);
    assert_eq!(speed(&window), "1", "the other way at the video's own speed");
    let turned = window.frame();
    window.until("it plays forwards", |app| {
        app.displayed().is_some_and(|displayed| displayed.frame.0 > turned + 2)
    });
    window.press(Key::L);
    window.press(Key::L);
    assert_eq!(speed(&window), "4");
    window.press(Key::K);
    window.until("it holds", |app| !app.status().playing && !app.status().loading);
    let held = window.frame();
    window.press(Key::K);
    window.settle();
    assert_eq!((window.frame(), window.app().status().playing), (held, false), "K never plays");
    window.press(Key::End);
    window.until_frame(FRAMES - 1);
    window.press(Key::J);
    window.until("it plays backwards", |app| {
        app.displayed().is_some_and(|displayed| displayed.frame.0 < FRAMES - 1)
    });
    window.press(Key::Space);
    window.until("it holds", |app| !app.status().playing && !app.status().loading);
    window.until_quiet();
}

/// The value of the menu of speeds.
fn speed_shown(window: &Window) -> String {
    window.harness.get_by_label("Speed").accesskit_node().value().unwrap()
}

#[test]
fn a_part_is_looped_backwards_too() {
    let mut window = Window::holding(3);
    window.press(Key::I);
    window.press_with(Modifiers::SHIFT, Key::ArrowRight);
    window.until_frame(33);
    window.press(Key::O);
    window.press(Key::Home);
    window.until_frame(0);
    for _ in 0..5 {
        window.press(Key::ArrowRight);
    }
    window.until_frame(5);
    window.press(Key::J);
    window.until("it starts again at the end", |app| {
        app.displayed().is_some_and(|displayed| (20..=33).contains(&displayed.frame.0))
    });
    assert!(window.app().status().backwards);
}

#[test]
fn keys_skip_seconds_and_go_to_the_start_and_the_end() {
    let mut window = Window::holding(0);
    window.press_with(Modifiers::SHIFT, Key::ArrowRight);
    window.until_frame(30);
    window.press_with(Modifiers::SHIFT, Key::ArrowRight);
    window.until_frame(60);
    window.press_with(Modifiers::SHIFT, Key::ArrowLeft);
    window.until_frame(30);
    window.press(Key::End);
    window.until_frame(FRAMES - 1);
    window.press(Key::Home);
    window.until_frame(0);
}

#[test]
fn a_click_on_the_timeline_seeks_there() {
    let mut window = Window::holding(0);
    window.harness.get_by_label("Timeline").click();
    window.settle();
    // The middle of 90 frames.
    window.until_frame(45);
    assert!(window.says("Frame 45 / 89"));
}

#[test]
fn dragging_the_timeline_seeks_meanwhile_and_ends_where_it_is_released() {
    let mut window = Window::holding(0);
    let track = window.harness.get_by_label("Timeline").rect();
    let at = |share: f32| track.left_center() + eframe::egui::vec2(8.0 + (track.width() - 16.0) * share, 0.0);
    window.harness.hover_at(at(0.1));
    window.harness.step();
    window.harness.drag_at(at(0.1));
    window.harness.step();
    window.harness.hover_at(at(0.5));
    window.until("it follows the pointer", |app| {
        app.displayed().is_some_and(|displayed| displayed.frame.0 == 45)
    });
    window.harness.hover_at(at(0.8));
    window.harness.step();
    window.harness.drop_at(at(0.8));
    window.harness.step();
    window.until_frame(72);
}

#[test]
fn a_frame_or_a_time_can_be_typed_to_go_there() {
    let mut window = Window::holding(2);
    window.press(Key::G);
    window.settle();
    window.harness.event(Event::Text("41".into()));
    window.harness.step();
    window.press(Key::Enter);
    window.until_frame(41);
    window.click("0:01.3");
    window.harness.event(Event::Text("0:02".into()));
    window.harness.step();
    window.press(Key::Enter);
    window.until_frame(60);
    window.press(Key::G);
    window.settle();
    window.harness.event(Event::Text("nowhere".into()));
    window.harness.step();
    window.press(Key::Enter);
    window.settle();
    assert!(window.says("Type a frame, such as 120, or a time"), "it is said why that is no place");
    window.harness.event(Event::Text("90".into()));
    window.harness.step();
    window.settle();
    assert!(!window.says("Type a frame"), "what is typed on is another place");
    window.press(Key::Enter);
    window.settle();
    assert!(window.says("There is no frame 90: the last one is 89"));
    window.press(Key::Escape);
    window.settle();
    assert!(window.says("Frame 60 / 89") && !window.says("There is no frame"), "Esc gives up");
}

#[test]
fn the_unchanged_time_in_the_field_seeks_nowhere() {
    let mut window = Window::holding(1);
    window.click("0:00.0");
    window.press(Key::Enter);
    window.settle();
    assert_eq!(window.frame(), 1, "0:00.0 is frame 1 here, since nobody typed it");
}

#[test]
fn frame_and_time_can_be_typed_in_a_small_window_too() {
    let mut window = Window::open_sized("demo", [640.0, 480.0]);
    window.hold(3);
    for (place, typed, frame) in [("Frame 3", "50", 50), ("0:01.6", "1", 30)] {
        window.click(place);
        window.harness.event(Event::Text(typed.into()));
        window.harness.step();
        window.press(Key::Enter);
        window.until_frame(frame);
    }
}

#[test]
fn a_part_of_the_video_is_looped() {
    let mut window = Window::holding(3);
    window.press(Key::I);
    window.press_with(Modifiers::SHIFT, Key::ArrowRight);
    window.until_frame(33);
    window.press(Key::O);
    window.press(Key::ArrowLeft);
    window.until_frame(32);
    window.press(Key::Space);
    window.until("it starts again", |app| {
        app.displayed().is_some_and(|displayed| (3..20).contains(&displayed.frame.0))
    });
    assert!(window.app().status().playing);
    window.press(Key::U);
    assert_eq!(window.app().state().playback.range.end, None);
}

#[test]
fn the_graph_has_a_number_for_every_frame() {
    let mut window = Window::holding(4);
    window.click("Numbers along the timeline (M)");
    window.until("some frames", |app| counted(app) >= 8);
    window.settle();
    assert!(window.says("Graph: Blocks that repeat"));
    let curves = &window.app().findings().unwrap().curves;
    assert_eq!(curves.ciphertexts.len(), 2, "ECB once, however many panels look at it");
    assert!(curves.repeated[0].iter().all(|&share| share > 0.5));
    assert!(curves.repeated[1].iter().all(|&share| share == 0.0));
    window.choose("Number along the timeline", "Blocks unchanged since the last frame");
    assert!(window.says("Graph: Blocks unchanged"));
    window.press(Key::M);
    window.settle();
    assert!(window.app().findings().is_none(), "nobody wants it any more");
}

/// The number of scanned frames.
fn counted(app: &App) -> u64 {
    app.findings().map_or(0, |findings| findings.curves.times_secs.len() as u64)
}

#[test]
fn the_graph_shows_its_progress_and_the_scan_is_stopped_and_continued() {
    let mut window = Window::holding(0);
    window.gate.close(45);
    window.press(Key::M);
    window.until("half of them", |app| counted(app) == 45);
    window.settle();
    assert!(window.says("Counting: 50 %"));
    window.click("Stop");
    window.gate.open();
    window.until("it can go on", |app| app.state().timeline.scan_stopped);
    window.settle();
    assert!(counted(window.app()) < FRAMES, "what was asked for is not known");
    window.click("Go on");
    window.until("all of them", |app| counted(app) == FRAMES);
    window.settle();
    assert!(!window.says("Counting") && !window.has("Stop"));
}

#[test]
fn the_strip_of_thumbnails_fills_and_is_hidden_by_key_and_by_menu() {
    let mut window = Window::holding(0);
    // The step is 3.75 of 90 frames.
    window.until("the pictures", |app| app.thumbnails() == [24, 24]);
    window.settle();
    assert!(window.says("Pictures of the video: 24 of 24"));
    window.until_quiet();
    window.press(Key::V);
    window.settle();
    assert!(!window.says("Pictures of the video"));
    window.click("Menu");
    window.click("View");
    window.harness.get_by_label_contains("Pictures along the timeline").click();
    window.settle();
    assert!(window.says("Pictures of the video: 24 of 24"), "they are kept");
    window.type_source("pattern:bars");
    window.until("those of another source", |app| app.thumbnails() == [24, 24] && app.displayed().is_some());
    let low = Window::open_sized("demo", [640.0, 480.0]);
    assert!(
        !low.says("Pictures of the video") && low.app().thumbnails() == [0, 0],
        "there is no height for them"
    );
}

#[test]
fn the_timeline_shows_a_thumbnail_at_the_pointer() {
    let mut window = Window::open_sized("demo", [640.0, 480.0]);
    window.hold(0);
    assert_eq!(window.app().thumbnails(), [0, 0], "no thumbnail before the pointer is on the timeline");
    let track = window.harness.get_by_label("Timeline").rect();
    window.harness.hover_at(track.center());
    window.until("the pictures", |app| app.thumbnails() == [24, 24]);
    window.settle();
    assert!(window.says("0:01.5  ·  frame 45"), "the time and the frame under the pointer");
    assert!(window.has("Frame 45"), "the picture nearest to them");
}

#[test]
fn the_button_beside_play_plays_backwards_and_pauses() {
    let mut window = Window::holding(0);
    window.press(Key::End);
    window.until_frame(FRAMES - 1);
    window.click("Play backwards (J)");
    window.until("it plays backwards", |app| {
        app.displayed().is_some_and(|displayed| displayed.frame.0 < FRAMES - 4)
    });
    assert!(window.app().status().backwards);
    window.click("Play backwards (J)");
    window.until("it holds", |app| !app.status().playing && !app.status().loading);
    let held = window.frame();
    window.click("Play");
    window
        .until("it plays forwards", |app| app.displayed().is_some_and(|displayed| displayed.frame.0 > held));
}

#[test]
fn the_timeline_handles_keys_and_actions_of_a_screen_reader() {
    let mut window = Window::holding(0);
    window.harness.get_by_label("Timeline").focus();
    window.harness.step();
    window.press(Key::ArrowRight);
    window.until_frame(1);
    window.press_with(Modifiers::SHIFT, Key::ArrowRight);
    window.until_frame(31);
    // A tenth of ninety frames.
    window.press(Key::PageUp);
    window.until_frame(40);
    window.press(Key::PageDown);
    window.until("back again", |app| app.displayed().is_some_and(|displayed| displayed.frame.0 <= 31));
    window.press(Key::ArrowLeft);
    window.until("one more", |app| app.displayed().is_some_and(|displayed| displayed.frame.0 <= 30));
    window.press(Key::End);
    window.until_frame(FRAMES - 1);
    window.press(Key::Home);
    window.until_frame(0);
    assert!(window.harness.get_by_label("Timeline").is_focused(), "no key took the keyboard elsewhere");
    window.harness.get_by_label("Timeline").set_value_accesskit(2.0);
    window.harness.step();
    window.until_frame(60);
    let timeline = window.harness.get_by_label("Timeline");
    assert_eq!(timeline.accesskit_node().max_numeric_value(), Some(3.0));
}

#[test]
fn without_loop_the_video_stops_at_the_end_and_with_loop_it_starts_again() {
    let mut window = Window::holding(0);
    window.click("Loop (R)");
    assert!(!window.app().state().playback.looped);
    window.press(Key::End);
    window.until_frame(FRAMES - 1);
    window.press(Key::Space);
    window.until("it starts again after the end", |app| {
        app.status().playing && app.displayed().is_some_and(|displayed| displayed.frame.0 < 30)
    });
    window.press(Key::Space);
    window.press(Key::End);
    window.press(Key::ArrowLeft);
    window.until_frame(FRAMES - 2);
    window.press(Key::Space);
    window.until("it holds at the end", |app| {
        !app.status().playing && app.displayed().is_some_and(|displayed| displayed.frame.0 == FRAMES - 1)
    });
    window.press(Key::R);
    assert!(window.app().state().playback.looped);
    window.press(Key::ArrowLeft);
    window.until_frame(FRAMES - 2);
    window.press(Key::Space);
    window.until("it starts again", |app| app.displayed().is_some_and(|displayed| displayed.frame.0 < 30));
    assert!(window.app().status().playing);
}

#[test]
fn the_speed_is_set_by_key_and_by_menu() {
    let mut window = Window::holding(0);
    let speed = |window: &Window| window.app().state().playback.speed.to_string();
    window.press(Key::Plus);
    assert_eq!(speed(&window), "1.5");
    window.press(Key::OpenBracket);
    window.press(Key::Minus);
    assert_eq!(speed(&window), "0.5");
    window.choose("Speed", "4×");
    assert_eq!(speed(&window), "4");
    assert_eq!(speed_shown(&window), "4×");
}
