//! The graph along the timeline: its scale, the values at the pointer, seeking by a click.

use eframe::egui::{Key, Pos2, Rect, pos2};
use egui_kittest::kittest::Queryable as _;

use crate::driver::Window;

/// A window with the complete graph.
fn counted() -> Window {
    let mut window = Window::holding(2);
    window.press(Key::M);
    window.until("the numbers", |app| app.findings().is_some_and(|found| found.curves.is_done));
    window.settle();
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
    let mut window = counted();
    assert!(!window.says("frame 45"));
    let place = at(&window, 0.5);
    window.harness.hover_at(place);
    window.settle();
    assert!(window.says("frame 45"));
    let told = window.harness.query_all_by_label_contains("AES-128-ECB: ").next().is_some();
    assert!(told && window.says("AES-128-GCM: 0\u{a0}%"), "and a number for each");
    window.harness.hover_at(pos2(640.0, 20.0));
    window.settle();
    assert!(!window.says("AES-128-GCM: 0"));
}

#[test]
fn a_click_and_a_drag_on_the_graph_seek() {
    let mut window = counted();
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
        window.until("the numbers", |app| app.findings().is_some_and(|found| found.curves.is_done));
        window.settle();
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
            "what stands below is not drawn over it: {graph:?}, {track:?}"
        );
        assert!(track.left() <= graph.left() && (track.right() - graph.right()).abs() < 1.0);
    }
}
