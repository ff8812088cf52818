//! The graph along the timeline: its values, its progress, its legend, and seeking by a click.

use afterimage::gui::App;
use eframe::egui::{Key, Pos2, Rect, pos2};
use egui_kittest::kittest::Queryable as _;

use crate::driver::Window;
use crate::fake_video::FRAMES;

/// A window with the complete graph.
fn complete() -> Window {
    let mut window = Window::holding(2);
    window.press(Key::M);
    window.until_graph_is_complete();
    window
}

fn graph(window: &Window) -> Rect {
    window.harness.get_by_label_contains("Graph: Blocks that repeat").rect()
}

/// A position in the curves, at this share of the video.
fn at(window: &Window, share: f32) -> Pos2 {
    let graph = graph(window);
    // The track has room for its handle at both ends.
    let (left, right) = (graph.left() + 8.0, graph.right() - 8.0);
    pos2(left + share * (right - left), graph.top() + 20.0)
}

#[test]
fn the_graph_shows_the_values_at_the_pointer_for_every_ciphertext() {
    let mut window = complete();
    assert!(!window.says("frame 45"));
    let place = at(&window, 0.5);
    window.harness.hover_at(place);
    window.settle();
    assert!(window.says("frame 45"));
    let has_ecb = window.harness.query_all_by_label_contains("AES-128-ECB: ").next().is_some();
    assert!(has_ecb && window.says("AES-128-GCM: 0\u{a0}%"), "a value for each ciphertext");
    window.harness.hover_at(pos2(640.0, 20.0));
    window.settle();
    assert!(!window.says("AES-128-GCM: 0"));
}

#[test]
fn a_click_and_a_drag_on_the_graph_seek() {
    let mut window = complete();
    let place = at(&window, 0.5);
    window.drag(place, place);
    window.until_frame(45);
    let (from, to) = (at(&window, 0.2), at(&window, 0.8));
    window.drag(from, to);
    window.until_frame(72);
}

#[test]
fn the_legend_stands_beside_the_curves_and_in_a_narrow_window_above_them() {
    for (size, is_beside) in [([1280.0, 800.0], true), ([700.0, 600.0], false)] {
        let mut window = Window::open_sized("demo", size);
        window.hold(2);
        window.press(Key::M);
        window.until_graph_is_complete();
        let graph = graph(&window);
        let track = window.harness.get_by_label("Timeline").rect();
        for name in ["AES-128-ECB", "AES-128-GCM"] {
            // Panels and menus name schemes too, farther up.
            let names = window.harness.query_all_by_label(name).map(|label| label.rect());
            let name = names.max_by(|one, other| one.top().total_cmp(&other.top())).expect("a legend");
            assert!(!name.intersects(graph), "{name:?} over {graph:?}");
            let stands_beside = name.right() <= graph.left() && graph.y_range().contains(name.center().y);
            assert_eq!(stands_beside, is_beside, "{name:?} and {graph:?} in {size:?}");
            assert_eq!(name.bottom() <= graph.top(), !is_beside, "{name:?} and {graph:?} in {size:?}");
        }
        assert!(
            graph.bottom() <= track.top() + 1.0,
            "the timeline does not cover the graph: {graph:?}, {track:?}"
        );
        assert!(track.left() <= graph.left() && (track.right() - graph.right()).abs() < 1.0);
    }
}

/// The number of scanned frames.
fn counted(app: &App) -> u64 {
    app.findings().map_or(0, |findings| findings.curves.times_secs.len() as u64)
}

#[test]
fn the_graph_has_a_number_for_every_frame() {
    let mut window = Window::holding(4);
    window.click("Numbers along the timeline (M)");
    window.until("eight frames", |app| counted(app) >= 8);
    window.settle();
    assert!(window.says("Graph: Blocks that repeat"));
    let curves = &window.app().findings().unwrap().curves;
    assert_eq!(curves.ciphertexts.len(), 2, "one curve for ECB, however many panels show it");
    assert!(curves.repeated[0].iter().all(|&share| share > 0.5));
    assert!(curves.repeated[1].iter().all(|&share| share == 0.0));
    window.choose("Number along the timeline", "Blocks unchanged since the last frame");
    assert!(window.says("Graph: Blocks unchanged"));
    window.press(Key::M);
    window.settle();
    assert!(window.app().findings().is_none(), "no scan without a graph");
}

#[test]
fn the_graph_shows_its_progress_and_the_scan_is_stopped_and_continued() {
    let mut window = Window::holding(0);
    window.scan_gate.close_from(45);
    window.press(Key::M);
    window.until("half of the frames", |app| counted(app) == 45);
    window.settle();
    assert!(window.says("Counting: 50 %"));
    window.click("Stop");
    window.scan_gate.open();
    window.until("a stopped scan", |app| app.state().timeline.scan_stopped);
    window.settle();
    assert!(counted(window.app()) < FRAMES, "the scan has stopped");
    window.click("Go on");
    window.until("all frames", |app| counted(app) == FRAMES);
    window.settle();
    assert!(!window.says("Counting") && !window.has("Stop"));
}
