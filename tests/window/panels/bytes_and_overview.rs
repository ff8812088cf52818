//! A zoomed picture: the bytes of blocks in their cells, and the overview of the whole picture.

use std::collections::BTreeSet;

use afterimage::gui::App;
use afterimage::payload::TargetStream;
use eframe::egui::{Key, Pos2, Rect, vec2};
use egui_kittest::kittest::Queryable as _;

use crate::driver::Window;

const OVERVIEW: &str = "Overview: drag the frame to move the view";

/// The bytes that are written into the panels on screen.
fn bytes(app: &App, panel: usize) -> Option<Vec<[u8; 16]>> {
    let displayed = app.displayed()?;
    let cells = displayed.panels[panel].cells.as_ref()?;
    let blocks = displayed.blocks_of(TargetStream::default());
    Some((0..blocks).filter_map(|block| cells.get(block)).map(|cell| cell.bytes).collect())
}

fn zoom(window: &mut Window, choice: &str) {
    window.choose("Zoom", choice);
    window.until("the visible part", |app| !app.is_redrawing());
    window.settle();
}

fn center(window: &Window) -> [f32; 2] {
    window.app().state().panel_view.view_pos.center
}

fn is_near(one: [f32; 2], other: [f32; 2]) -> bool {
    one.iter().zip(other).all(|(one, other)| (one - other).abs() < 0.02)
}

#[test]
fn the_bytes_of_visible_blocks_are_written_where_they_fit() {
    let mut window = Window::holding(2);
    zoom(&mut window, "8×");
    assert_eq!(bytes(window.app(), 0), None, "too small to be read");
    zoom(&mut window, "32×");
    let [plain, ecb, repeats] = [0, 1, 2].map(|panel| bytes(window.app(), panel).unwrap());
    // The middle of the picture: sky and grass.
    let colours: BTreeSet<[u8; 4]> = plain.iter().map(|block| block[..4].try_into().unwrap()).collect();
    assert!(
        plain.len() > 10 && plain.len() < 2000,
        "only the visible blocks and their margin: {}",
        plain.len()
    );
    assert!(plain.iter().all(|block| block.as_chunks::<4>().0.iter().all(|pixel| pixel[3] == 255)));
    assert_eq!(ecb, repeats, "the same ciphertext through two lenses");
    let kinds = |blocks: &[[u8; 16]]| blocks.iter().collect::<BTreeSet<_>>().len();
    assert_eq!(kinds(&plain), kinds(&ecb), "equal blocks have equal ciphertext");
    assert!(ecb != plain && colours.len() > 1);
    zoom(&mut window, "Fit");
    assert!(
        (0..4).all(|panel| bytes(window.app(), panel).is_none()),
        "no bytes where the text would be too small"
    );
}

#[test]
fn cells_that_show_no_block_have_no_bytes() {
    let panels = ["plain", "aes-128-ctr:difference", "aes-128-ecb:received,untouched", "aes-128-ecb:outline"];
    let mut window = Window::open_panels("demo", [1280.0, 800.0], &panels);
    window.hold(2);
    zoom(&mut window, "64×");
    let written = [0, 1, 2, 3].map(|panel| bytes(window.app(), panel).is_some());
    assert_eq!(written, [true, false, false, true]);
}

#[test]
fn clicks_and_drags_in_the_overview_move_the_view() {
    let mut window = Window::holding(2);
    assert!(!window.has(OVERVIEW), "the whole picture is visible");
    zoom(&mut window, "8×");
    let map = window.harness.get_by_label(OVERVIEW).rect();
    let picture = window.picture(1);
    assert!(picture.contains_rect(map));
    let at = |place: [f32; 2]| -> Pos2 { map.min + vec2(place[0], place[1]) * map.size() };
    assert!(is_near(center(&window), [0.5; 2]));
    window.drag(at([0.25, 0.75]), at([0.25, 0.75]));
    assert!(is_near(center(&window), [0.25, 0.75]), "{:?}", center(&window));
    window.drag(at([0.25, 0.75]), at([0.65, 0.35]));
    assert!(is_near(center(&window), [0.65, 0.35]), "{:?}", center(&window));
    // The view stops at the edge of the picture.
    window.drag(at([0.65, 0.35]), at([0.65, 0.35]) + vec2(500.0, 500.0));
    let [x, y] = center(&window);
    assert!(x < 1.0 && y < 1.0 && x > 0.85 && y > 0.85, "{x}, {y}");
    assert_eq!(window.app().state().scene.panels.len(), 4);
    window.press(Key::X);
    window.settle();
    assert!(!window.has(OVERVIEW));
}

#[test]
fn a_comparison_has_an_overview_and_a_small_panel_has_none() {
    let mut window = Window::holding(2);
    zoom(&mut window, "8×");
    for key in [Key::C, Key::D] {
        window.press(key);
        window.settle();
        let map: Rect = window.harness.get_by_label(OVERVIEW).rect();
        window.drag(map.left_top() + vec2(4.0, 4.0), map.left_top() + vec2(4.0, 4.0));
        let [x, y] = center(&window);
        assert!(x < 0.3 && y < 0.3, "{x}, {y}");
        zoom(&mut window, "Fit");
        assert!(!window.has(OVERVIEW));
        zoom(&mut window, "8×");
        assert!(is_near(center(&window), [0.5; 2]));
    }
    let mut small = Window::open_sized("demo", [640.0, 480.0]);
    small.hold(2);
    zoom(&mut small, "8×");
    assert!(!small.has(OVERVIEW), "an overview would cover the panel");
    small.press(Key::Num2);
    small.settle();
    assert!(small.has(OVERVIEW), "the enlarged panel has room");
}
