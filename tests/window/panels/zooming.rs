//! Zoom: by wheel and by key, moving the visible part, and frames of another shape.

use afterimage::gui::App;
use afterimage::gui::model::panels::viewport::ViewPos;
use afterimage::gui::textures::visible_area::CropRect;
use eframe::egui::{Key, Modifiers, Rect, vec2};

use crate::driver::Window;
use crate::folder::Folder;

fn view_pos(window: &Window) -> ViewPos {
    window.app().state().panel_view.view_pos
}

/// True if every panel on screen has the whole frame.
fn holds_all(app: &App) -> bool {
    app.displayed().is_some_and(|displayed| {
        displayed.panels.iter().all(|panel| panel.crop.is_some_and(|crop| crop == CropRect::all(crop.whole)))
    })
}

#[test]
fn the_wheel_zooms_all_panels_and_only_the_visible_part_is_uploaded() {
    let mut window = Window::holding(2);
    assert!(holds_all(window.app()));
    let corner = window.picture(1).left_top() + vec2(3.0, 3.0);
    window.turn_wheel(corner, 600.0);
    // The frame on screen is uploaded whole. The next frame is uploaded only up to the margin of the visible part.
    window.press(Key::ArrowRight);
    window.until("the visible part", |app| {
        app.displayed().is_some_and(|displayed| {
            displayed
                .panels
                .iter()
                .all(|panel| panel.crop.is_some_and(|crop| crop.width < 200 && crop.x == 0 && crop.y == 0))
        })
    });
    window.press(Key::X);
    window.until("the whole picture", holds_all);
    assert_eq!(view_pos(&window), ViewPos::default());
}

#[test]
fn keys_zoom_in_steps_and_move_the_picture() {
    let mut window = Window::holding(2);
    window.press(Key::Z);
    window.press(Key::Z);
    window.settle();
    assert_eq!(window.value("Zoom"), "3×");
    let before = view_pos(&window).center;
    window.press_with(Modifiers::ALT, Key::ArrowRight);
    window.settle();
    assert!(view_pos(&window).center[0] > before[0]);
    window.choose("Zoom", "8×");
    window.press(Key::ArrowRight);
    window.until("the visible part", |app| {
        app.displayed().is_some_and(|displayed| displayed.panels[0].crop.is_some_and(|crop| crop.width < 120))
    });
    window.press_with(Modifiers::SHIFT, Key::Z);
    window.settle();
    assert_eq!(window.value("Zoom"), "4×");
}

#[test]
fn dragging_moves_a_zoomed_picture() {
    let mut window = Window::holding(2);
    window.choose("Zoom", "4×");
    let center = view_pos(&window).center;
    let from = window.picture(1).center();
    window.drag(from, from + vec2(60.0, -30.0));
    let moved = view_pos(&window).center;
    assert!(moved[0] < center[0] && moved[1] > center[1], "{center:?} {moved:?}");
    window.until_frame(2);
}

#[test]
fn a_key_zooms_to_100_percent() {
    let mut window = Window::open_sized("demo", [480.0, 360.0]);
    window.hold(1);
    window.press_with(Modifiers::SHIFT, Key::X);
    window.settle();
    assert_eq!(window.value("Zoom"), "1:1");
    window.press(Key::X);
    window.settle();
    assert_eq!(window.value("Zoom"), "Fit");
}

#[test]
fn a_frame_of_another_shape_keeps_its_aspect_ratio_in_every_panel() {
    let folder = Folder::new();
    let parts = ["160x96", "96x160", "640x96"].map(|size| {
        let name = format!("{size}.h264");
        let film = format!("testsrc2=size={size}:rate=25:duration=0.08");
        folder.ffmpeg(&name, &["-f", "lavfi", "-i", &film, "-c:v", "libx264"]);
        folder.read(&name)
    });
    let mut window = Window::open_real(&folder.write("film.h264", parts.concat()));
    for (frame, aspect) in [(0, 160.0 / 96.0), (2, 96.0 / 160.0), (4, 640.0 / 96.0)] {
        window.hold(frame);
        window.settle();
        let rects: Vec<Rect> = (1..=4).map(|panel| window.picture(panel)).collect();
        for rect in &rects {
            // Edges lie on whole pixels.
            let off = rect.width() - rect.height() * aspect;
            assert!(off.abs() <= 1.0 + aspect, "frame {frame} is drawn in {rect}");
            let other = rect.size() - rects[0].size();
            assert!(other.abs().max_elem() <= 1.0, "frame {frame} is drawn in {rects:?}");
        }
    }
}

#[test]
fn keys_zoom_in_and_back_to_fit() {
    let mut window = Window::holding(1);
    window.press(Key::Num2);
    window.press(Key::Z);
    window.settle();
    assert_ne!(window.value("Zoom"), "Fit");
    window.press(Key::X);
    window.settle();
    assert_eq!(window.value("Zoom"), "Fit");
}
