//! Notices, tooltips and side panels, which neither move the pictures nor cover a form.

use eframe::App as _;
use eframe::egui::{Key, Modifiers, RawInput, ViewportId, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::driver::Window;

#[test]
fn a_notice_moves_no_picture() {
    let mut window = Window::holding(1);
    let before = window.picture(1);
    window.press(Key::H);
    window.settle();
    assert!(window.says("two a second"));
    assert_eq!(window.picture(1), before);
    window.type_source("/no/such/film.mp4");
    window.until_error();
    assert!(window.says("/no/such/film.mp4"));
    assert_eq!(window.picture(1), before);
}

#[test]
fn a_tooltip_does_not_stay_over_a_dialog() {
    let mut window = Window::holding(1);
    let lens = window.harness.get_by_label("Lens of panel 2").rect().center();
    window.harness.hover_at(lens);
    // A tooltip appears after a moment.
    window.harness.run_steps(60);
    assert!(window.says("noise here proves nothing"));
    window.press_with(Modifiers::COMMAND, Key::S);
    window.settle();
    assert!(window.says("Save the panels as a picture") && !window.says("noise here proves nothing"));
    window.press(Key::Escape);
    window.harness.hover_at(lens + vec2(1.0, 1.0));
    window.harness.run_steps(60);
    assert!(window.says("noise here proves nothing"), "the tooltip appears again");
}

#[test]
fn in_a_narrow_window_a_lesson_leaves_all_panels_visible_and_the_inspector_covers_them() {
    let mut window = Window::open_sized("demo", [640.0, 480.0]);
    window.hold(1);
    let before = window.picture(4);
    window.press(Key::N);
    window.settle();
    let lessons = window.harness.get_by_label("Close the lessons (N)").rect();
    for panel in 1..=4 {
        let picture = window.picture(panel);
        assert!(picture.left() > lessons.right() && picture.right() < 640.0 && picture.width() > 120.0);
    }
    window.press(Key::B);
    window.settle();
    assert!(window.has("Close the inspector (B)") && !window.has("Close the lessons (N)"));
    assert_eq!(window.picture(4), before);
    window.click("Close the inspector (B)");
    window.click("Close the lessons (N)");
    assert!(!window.app().state().lessons.view.open);
}

#[test]
fn in_a_very_narrow_window_the_lessons_cover_the_panels() {
    let mut window = Window::open_sized("demo", [480.0, 480.0]);
    window.hold(1);
    let before = window.picture(4);
    window.press(Key::N);
    window.settle();
    assert!(window.has("Close the lessons (N)"));
    assert_eq!(window.picture(4), before);
}

#[test]
fn the_graph_has_room_in_a_low_window() {
    let mut window = Window::open_sized("demo", [640.0, 480.0]);
    window.hold(1);
    window.press(Key::M);
    window.until_graph_is_complete();
    let graph = window.harness.get_by_label_contains("Graph: Blocks that repeat").rect();
    let timeline = window.harness.get_by_label("Timeline").rect();
    // The labels of the curves are to the left of them.
    assert!(graph.width() > 560.0 && (graph.right() - timeline.right()).abs() < 1.0);
    assert!(graph.left() - timeline.left() < 40.0, "the legend is above the graph");
}

#[test]
fn a_paused_window_requests_no_later_repaint_either() {
    let mut window = Window::holding(2);
    window.until_quiet();
    let root = &window.harness.output().viewport_output[&ViewportId::ROOT];
    assert_eq!(root.repaint_delay, std::time::Duration::MAX, "no later repaint is requested either");
}

#[test]
fn a_key_is_handled_once_even_if_the_window_is_not_drawn_after_it() {
    let mut window = Window::holding(2);
    window.press(Key::Space);
    assert!(window.app().status().playing);
    // `logic` may run without a frame being drawn; egui then still holds the input of the last frame.
    let ctx = window.harness.ctx.clone();
    let mut frame = eframe::Frame::_new_kittest();
    let _ = ctx.run_logic(&RawInput::default(), |ctx| window.harness.state_mut().logic(ctx, &mut frame));
    assert!(window.app().status().playing);
}

#[test]
fn every_control_is_reached_by_tab() {
    let mut window = Window::holding(1);
    let mut reached: Vec<String> = Vec::new();
    for _ in 0..70 {
        window.press(Key::Tab);
        window.harness.step();
        let focused = window.harness.query_all_by(|node| node.is_focused() && node.label().is_some());
        reached.extend(focused.filter_map(|node| node.accesskit_node().label()));
    }
    // In reading order.
    let mut last = 0;
    for name in [
        "Menu",
        "Open…",
        "Source",
        "Layout",
        "Key",
        "Memory",
        "Panels",
        "Light theme (T)",
        "Full screen (F)",
        "Blocks (B)",
        "Lessons (N)",
        "Keyboard shortcuts (?)",
        "Timeline",
        "One frame back (←)",
        "Play backwards (J)",
        "Play",
        "One frame forwards (→)",
        "Loop (R)",
        "Numbers along the timeline (M)",
        "Zoom",
        "Speed",
        "Scheme of panel 2",
        "Lens of panel 2",
        "Menu of panel 2",
        "Enlarge panel 2 (2)",
        "Picture of panel 2",
    ] {
        let at = reached.iter().position(|reached| {
            reached.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
        });
        let at = at.unwrap_or_else(|| panic!("{name} is not among {reached:?}"));
        assert!(at >= last, "{name} comes too early: {reached:?}");
        last = at;
    }
}

#[test]
fn the_properties_of_the_source_are_shown_beside_its_name() {
    let mut window = Window::holding(1);
    let at = window.harness.get_by_label("Source").rect().center();
    window.harness.hover_at(at);
    // A tooltip appears after a moment.
    window.harness.run_steps(60);
    for property in ["pixel format", "320 × 180 pixels", "keyframes"] {
        assert!(window.says(property), "{property}");
    }
}
