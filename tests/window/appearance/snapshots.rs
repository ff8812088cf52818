//! Snapshots of the window with paused, generated frames.

use afterimage::call::CallSource;
use eframe::egui::{Key, vec2};
use egui_kittest::SnapshotResults;
use egui_kittest::kittest::Queryable as _;

use super::rounding;
use crate::driver::Window;

fn snapshot(window: &mut Window, name: &str) {
    window.until("the pictures along the timeline", |app| app.thumbnails()[0] == app.thumbnails()[1]);
    window.settle();
    // The harness gets only what differs: it then reports the difference or updates the snapshot.
    let known = format!("{}/tests/snapshots/{name}.png", env!("CARGO_MANIFEST_DIR"));
    let is_known = image::open(known).is_ok_and(|known| {
        let drawn = window.harness.render().expect("a picture");
        rounding::is_all_that_differs(&known.into_rgba8(), &drawn)
    });
    if !is_known {
        window.harness.snapshot(name);
    }
}

#[test]
fn the_panels_look_as_before_in_both_themes_and_enlarged() {
    let mut window = Window::holding(12);
    snapshot(&mut window, "held_dark");
    window.press(Key::T);
    snapshot(&mut window, "held_light");
    window.press(Key::T);
    window.press(Key::Num2);
    window.until_frame(12);
    snapshot(&mut window, "enlarged");
}

#[test]
fn a_window_of_640_by_480_looks_as_before() {
    let mut window = Window::open_sized("demo", [640.0, 480.0]);
    window.hold(12);
    snapshot(&mut window, "held_640x480");
    window.press(Key::T);
    snapshot(&mut window, "held_640x480_light");
    window.press(Key::Questionmark);
    snapshot(&mut window, "help_640x480");
}

#[test]
fn six_panels_at_640_by_480_keep_their_names() {
    let panels = [
        "plain",
        "aes-128-ecb:repeats",
        "chacha20-poly1305+reused-nonce:codebook,known=0-2",
        "aes-256-gcm-siv+reused-nonce:received,flip=40.3",
        "aes-192-ctr:difference",
        "aes-128-gcm",
    ];
    let mut window = Window::open_panels("demo", [640.0, 480.0], &panels);
    window.hold(4);
    window.until("all prepared panels", |app| {
        app.displayed().is_some_and(|displayed| displayed.panels.iter().all(|panel| panel.pending.is_none()))
    });
    snapshot(&mut window, "six_640x480");
}

#[test]
fn the_list_of_keys_looks_as_before() {
    let mut window = Window::holding(12);
    window.press(Key::Questionmark);
    snapshot(&mut window, "help");
}

#[test]
fn the_inspector_and_a_lesson_look_as_before() {
    let mut window = Window::holding(12);
    window.press(Key::B);
    window.settle();
    let sky = window.picture(2);
    window.harness.hover_at(sky.left_top() + sky.size() * vec2(0.1, 0.1));
    window.until_block_is_searched();
    snapshot(&mut window, "block");
    window.press(Key::Escape);
    window.press(Key::N);
    window.settle();
    window.click("5. More bits of key change nothing");
    window.click("Show me");
    window.until_frame(60);
    snapshot(&mut window, "lesson");
}

#[test]
fn a_zoomed_comparison_looks_as_before() {
    let mut window = Window::holding(12);
    window.choose("Zoom", "16×");
    window.press(Key::C);
    window.until_frame(12);
    snapshot(&mut window, "compared");
}

#[test]
fn the_bytes_of_blocks_and_the_overview_look_as_before() {
    let mut window = Window::holding(12);
    window.choose("Zoom", "8×");
    window.until("the visible part", |app| !app.is_redrawing());
    snapshot(&mut window, "overview");
    window.choose("Zoom", "32×");
    window.until("the visible part", |app| !app.is_redrawing());
    snapshot(&mut window, "bytes");
    window.press(Key::C);
    window.until("the visible part", |app| !app.is_redrawing());
    snapshot(&mut window, "bytes_compared");
    window.press(Key::Escape);
    window.choose("Layout", "gray8");
    window.until_frame(12);
    window.press(Key::Num3);
    window.until("the visible part", |app| !app.is_redrawing());
    window.press(Key::T);
    snapshot(&mut window, "bytes_gray8_light");
}

#[test]
fn a_drawing_and_the_lens_received_look_as_before() {
    let mut window = Window::holding(12);
    window.choose("Lens of panel 2", "received");
    window.click("Options of panel 2");
    window.click("Copy a rectangle");
    window.click("Flip a bit");
    window.until_frame(12);
    snapshot(&mut window, "received");
    window.press(Key::Escape);
    window.settle();
    window.click("Menu");
    window.click("New drawing");
    window.click("Type a shape…");
    for words in [
        "rectangle #56b4e9 0,0 1279,420",
        "rectangle #009e73 0,421 1279,719",
        "ellipse #f0e442 880,60 1100,280",
        "text #000000 180 90,330 ECB?",
        "brush #d55e00 60 160,600 420,520 700,640 1100,540",
    ] {
        window.harness.get_by_label("Marks in words").focus();
        window.harness.step();
        window.type_text(words);
        window.settle();
        window.press(Key::Enter);
        window.settle();
    }
    window.press(Key::Escape);
    window.until("the last mark", |app| {
        app.displayed().is_some_and(|displayed| displayed.panels[1].leakage.distinct > 50)
    });
    window.until_frame(0);
    snapshot(&mut window, "canvas");
}

#[test]
fn everything_on_screen_has_a_name() {
    let mut window = Window::holding(3);
    let check = |window: &mut Window, state: &str| {
        window.settle();
        assert_eq!(window.harness.unnamed_widgets(), Vec::<String>::new(), "{state}");
    };
    check(&mut window, "panels");
    for (key, state) in [
        (Key::M, "the graph"),
        (Key::B, "the inspector"),
        (Key::N, "the lessons"),
        (Key::C, "a comparison"),
        (Key::G, "a place to go to"),
    ] {
        window.press(key);
        check(&mut window, state);
    }
    window.press(Key::Escape);
    window.press(Key::Questionmark);
    check(&mut window, "the list of keys");
}

#[test]
fn a_reported_error_looks_as_before() {
    let mut window = Window::holding(12);
    window.type_source("/no/such/film.mp4");
    window.until_error();
    snapshot(&mut window, "error");
}

#[test]
fn the_graph_with_the_pointer_on_it_looks_as_before() {
    let mut window = Window::holding(12);
    window.press(Key::M);
    window.until_graph_is_complete();
    let graph = window.harness.get_by_label_contains("Graph: ").rect();
    window.harness.hover_at(graph.left_top() + vec2(graph.width() * 0.7, 20.0));
    window.settle();
    snapshot(&mut window, "graph");
}

#[test]
fn the_masks_and_the_ciphertext_stealing_of_xts_look_as_before() {
    // 318 × 181 pixels of gray8: the last data unit ends in 6 bytes that are no whole block.
    let mut window = Window::open_real_panels("pattern:moving-box@318x181", &["plain", "aes-128-xts"]);
    window.hold(2);
    window.choose("Layout", "gray8");
    window.until_frame(2);
    window.press(Key::B);
    window.settle();
    let picture = window.picture(2);
    window.harness.hover_at(picture.right_bottom() - vec2(14.0, 0.5));
    window.until_block_is_searched();
    window.settle();
    assert!(
        window.says("of the first result"),
        "the inspector explains ciphertext stealing for the last whole block"
    );
    snapshot(&mut window, "xts");
}

#[test]
fn the_menu_of_the_window_looks_as_before() {
    let mut window = Window::open_sized("demo", [640.0, 480.0]);
    window.hold(12);
    window.click("Menu");
    window.click("View");
    snapshot(&mut window, "menu_640x480");
}

#[test]
fn the_diagram_of_a_call_looks_as_before_in_both_themes_and_two_sizes() {
    let mut results = SnapshotResults::new();
    for (size, name) in [([1280.0, 800.0], "call"), ([900.0, 640.0], "call_900x640")] {
        // Uncompressed media: the same packets with every version of an encoder.
        let mut window = Window::open_call("call:media=raw,seconds=2,renew", size);
        window.until("its packets", |app| {
            CallSource::of(&app.state().scene.source).is_some_and(|call| call.known_recording().is_some())
        });
        // Renewed keys are on their way, and a party has left.
        window.hold(15);
        snapshot(&mut window, &format!("{name}_dark"));
        window.press(Key::T);
        snapshot(&mut window, &format!("{name}_light"));
        results.extend(window.harness.take_snapshot_results());
    }
}
