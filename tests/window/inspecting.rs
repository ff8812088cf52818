//! Zooming, comparing two panels, and inspecting blocks.

use afterimage::gui::App;
use afterimage::gui::model::panels::viewport::ViewPos;
use afterimage::gui::textures::visible_area::CropRect;
use eframe::egui::{Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, Pos2, Rect, TouchPhase, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::driver::Window;

fn picture(window: &Window, panel: usize) -> Rect {
    let name = format!("Picture of panel {panel}:");
    window.harness.get_by_label_contains(&name).rect()
}

/// Turns the wheel at a position.
fn wheel(window: &mut Window, at: Pos2, points: f32) {
    window.harness.hover_at(at);
    window.harness.step();
    window.harness.event(Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta: vec2(0.0, points),
        phase: TouchPhase::Move,
        source: MouseWheelSource::Wheel,
        modifiers: Modifiers::NONE,
    });
    // egui smooths the wheel over several frames.
    window.harness.run_steps(30);
}

fn view_pos(window: &Window) -> ViewPos {
    window.app().state().panel_view.view_pos
}

/// True where each panel on screen has the whole frame.
fn holds_all(app: &App) -> bool {
    app.displayed().is_some_and(|displayed| {
        displayed.panels.iter().all(|panel| panel.crop.is_some_and(|crop| crop == CropRect::all(crop.whole)))
    })
}

#[test]
fn the_wheel_zooms_all_panels_and_only_the_visible_part_is_uploaded() {
    let mut window = Window::holding(2);
    assert!(holds_all(window.app()));
    let corner = picture(&window, 1).left_top() + vec2(3.0, 3.0);
    wheel(&mut window, corner, 600.0);
    // The frame on screen has that part already; the next frame has no more than the part and its margin.
    window.press(Key::ArrowRight);
    window.until("the part in sight", |app| {
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
    assert_eq!(window.harness.get_by_label("Zoom").accesskit_node().value().as_deref(), Some("3×"));
    let before = view_pos(&window).center;
    window.press_with(Modifiers::ALT, Key::ArrowRight);
    window.settle();
    assert!(view_pos(&window).center[0] > before[0]);
    window.choose("Zoom", "8×");
    window.press(Key::ArrowRight);
    window.until("the part in sight", |app| {
        app.displayed().is_some_and(|displayed| displayed.panels[0].crop.is_some_and(|crop| crop.width < 120))
    });
    window.press_with(Modifiers::SHIFT, Key::Z);
    window.settle();
    assert_eq!(window.harness.get_by_label("Zoom").accesskit_node().value().as_deref(), Some("4×"));
}

#[test]
fn dragging_moves_a_zoomed_picture() {
    let mut window = Window::holding(2);
    window.choose("Zoom", "4×");
    let center = view_pos(&window).center;
    let from = picture(&window, 1).center();
    window.harness.hover_at(from);
    window.harness.step();
    window.harness.drag_at(from);
    window.harness.step();
    window.harness.hover_at(from + vec2(60.0, -30.0));
    window.harness.step();
    window.harness.drop_at(from + vec2(60.0, -30.0));
    window.settle();
    let moved = view_pos(&window).center;
    assert!(moved[0] < center[0] && moved[1] > center[1], "{center:?} {moved:?}");
    window.until_frame(2);
}

#[test]
fn two_panels_are_compared_by_a_movable_line() {
    let mut window = Window::holding(2);
    window.click("Menu of panel 3");
    window.click("Compare with");
    window.click("1 plain");
    assert!(window.says("Comparison: AES-128-ECB through repeats against Original"));
    let comparison = |window: &Window| window.app().state().panel_view.comparison.unwrap();
    assert_eq!(comparison(&window).panels, [2, 0]);
    let line = window.harness.get_by_label("Wipe").rect();
    let from = line.center();
    window.harness.hover_at(from);
    window.harness.step();
    window.harness.drag_at(from);
    window.harness.step();
    window.harness.hover_at(from - vec2(200.0, 0.0));
    window.harness.step();
    window.harness.drop_at(from - vec2(200.0, 0.0));
    window.settle();
    assert!(comparison(&window).at < 0.45);
    window.click("Swap");
    assert_eq!(comparison(&window).panels, [0, 2]);
    window.click("Horizontal");
    window.click("Blink");
    assert!(!window.has("Wipe"));
    window.press(Key::Escape);
    window.settle();
    assert!(window.app().state().panel_view.comparison.is_none());
    window.press(Key::C);
    window.settle();
    assert!(window.says("Comparison: Original against AES-128-ECB as ciphertext"));
    // Another panel is chosen; where it is the other one of the two, they are swapped.
    window.choose("Right or lower panel", "3. AES-128-ECB through repeats");
    assert!(window.says("Comparison: Original against AES-128-ECB through repeats"));
    window.choose("Right or lower panel", "1. Original");
    assert_eq!(comparison(&window).panels, [2, 0]);
    // Only these two are uploaded.
    window.until("the two", |app| app.displayed().is_some());
    window.press(Key::C);
    window.until_frame(2);
}

#[test]
fn the_difference_of_two_panels_is_amplified_and_its_pixels_counted() {
    let mut window = Window::holding(2);
    window.click("Menu of panel 2");
    window.click("Difference from");
    window.click("1 plain");
    let differing =
        |window: &Window| window.app().displayed().unwrap().difference.as_ref().unwrap().differing;
    window.until("the difference", |app| {
        app.displayed().is_some_and(|displayed| displayed.difference.is_some())
    });
    window.settle();
    assert!(window.says("of the pixels differ") && differing(&window) > 0.9);
    window.harness.get_by_label("Amplification").set_value_accesskit(32.0);
    window.until("so much more", |app| {
        app.displayed()
            .is_some_and(|displayed| displayed.difference.as_ref().is_some_and(|found| found.pair.gain == 32))
    });
    assert_eq!(window.harness.unnamed_widgets(), Vec::<String>::new());
    window.press(Key::Escape);
    window.settle();
    // A panel and its duplicate.
    window.choose("Scheme of panel 3", "Original");
    window.until_frame(2);
    window.press(Key::Num3);
    window.settle();
    window.press(Key::D);
    window.until("no difference", |app| {
        app.displayed().is_some_and(|displayed| {
            displayed
                .difference
                .as_ref()
                .is_some_and(|found| found.pair.panels == [2, 0] && found.differing == 0.0)
        })
    });
    window.press(Key::D);
    window.until_frame(2);
    assert!(window.app().state().panel_view.comparison.is_none());
}

#[test]
fn the_inspector_shows_the_block_under_the_pointer_and_equal_blocks_in_every_panel() {
    let mut window = Window::holding(2);
    window.press(Key::B);
    window.settle();
    assert!(window.says("Point at a picture"));
    let sky = |window: &Window| {
        let picture = picture(window, 2);
        picture.left_top() + picture.size() * vec2(0.1, 0.1)
    };
    window.harness.hover_at(sky(&window));
    window.until("the block", |app| app.displayed().is_some_and(|displayed| displayed.inspected.is_some()));
    window.settle();
    let seen = window.app().displayed().unwrap().inspected.clone().unwrap();
    let equal_blocks: Vec<usize> =
        seen.panels.iter().flatten().map(|found| found.equal_blocks.len()).collect();
    assert!(
        equal_blocks[0] > 1000
            && equal_blocks[1] == equal_blocks[0]
            && equal_blocks[2] == equal_blocks[0]
            && equal_blocks[3] == 1,
        "{equal_blocks:?}"
    );
    assert_eq!(seen.plaintext, [70, 110, 160, 255].repeat(4)[..]);
    assert!(window.says("466ea0ff 466ea0ff 466ea0ff 466ea0ff"), "the bytes of the sky");
    assert!(window.says("occurs nowhere else in this frame") && window.says("AES-128 with the key"));

    // Off the pictures the details stay, and the pictures have no highlights.
    assert!(window.app().displayed().unwrap().lit);
    window.harness.hover_at(eframe::egui::pos2(640.0, 20.0));
    window.until("nothing is lit", |app| app.displayed().is_some_and(|displayed| !displayed.lit));
    window.settle();
    assert!(window.says("466ea0ff 466ea0ff 466ea0ff 466ea0ff"));
    window.harness.hover_at(sky(&window));
    window.until("it is lit again", |app| app.displayed().is_some_and(|displayed| displayed.lit));

    // A click pins the block: it stays when the pointer moves.
    let at = sky(&window);
    window.harness.drag_at(at);
    window.harness.step();
    window.harness.drop_at(at);
    window.settle();
    assert_eq!(window.app().state().inspector.pinned, Some(seen.at));
    window.harness.hover_at(picture(&window, 2).center());
    window.settle();
    assert_eq!(window.app().state().inspector.block(), Some(seen.at));
    window.click("Copy the details of the block");
    window.press(Key::Escape);
    window.press(Key::Escape);
    window.press(Key::Escape);
    window.settle();
    assert!(!window.app().state().inspector.open);
    window.until("nothing is lit", |app| {
        app.displayed().is_some_and(|displayed| displayed.inspected.is_none())
    });
}

#[test]
fn while_the_video_plays_equal_blocks_are_those_of_the_frame_on_screen() {
    let mut window = Window::open("demo");
    window.press(Key::B);
    window.settle();
    let picture = picture(&window, 2);
    window.harness.hover_at(picture.left_top() + picture.size() * vec2(0.1, 0.1));
    let lit = |app: &afterimage::gui::App| {
        app.displayed().is_some_and(|displayed| {
            let seen = displayed.inspected.as_ref().filter(|_| displayed.lit);
            seen.is_some_and(|seen| seen.panels.iter().flatten().any(|found| found.equal_blocks.len() > 1000))
        })
    };
    window.until("its twins", lit);
    let first = window.frame();
    window.until("those of another frame", |app| lit(app) && app.displayed().unwrap().frame.0 != first);
    assert!(window.app().status().playing);
}

#[test]
fn a_pinned_block_is_searched_in_all_frames() {
    let mut window = Window::holding(2);
    window.press(Key::B);
    window.settle();
    window.gate.close(45);
    let sky = picture(&window, 2).left_top() + picture(&window, 2).size() * vec2(0.1, 0.1);
    window.harness.hover_at(sky);
    window.until("the block", |app| app.displayed().is_some_and(|displayed| displayed.inspected.is_some()));
    window.harness.drag_at(sky);
    window.harness.step();
    window.harness.drop_at(sky);
    let tally = |app: &App, scheme: &str| {
        let findings = app.findings()?;
        findings.occurrences.as_ref()?.tally(scheme.parse().unwrap())
    };
    let searched = |app: &App| tally(app, "aes-128-ecb").map_or(0, |tally| tally.searched);
    // The search starts at frame 2 and continues with the frames before it.
    window.until("the frames up to the gate", |app| searched(app) == 43);
    window.settle();
    assert!(window.says("Searching: 48 %") && window.says("occurs in 43 of 43 frames, up to"));
    window.gate.open();
    window.until("all frames", |app| searched(app) == 90);
    window.settle();
    assert!(window.says("occurs in 90 of 90 frames, up to"), "the sky is everywhere");
    assert!(window.says("occurs in 1 of 90 frames"), "and under a fresh nonce in its own frame alone");
    assert!(!window.says("Searching"));
    let track = window.harness.get_by_label("Timeline").rect();
    window.harness.hover_at(track.center_bottom() - vec2(0.0, 10.0));
    window.settle();
    assert!(window.says("frame 45") && window.says("AES-128-ECB: the block occurs "));
    assert!(window.says("AES-128-GCM: the block does not occur"), "every ciphertext has a row of its own");
    // After a seek the value in the pinned frame is still searched.
    window.press(Key::ArrowRight);
    window.until_frame(3);
    window.settle();
    assert!(window.says("Searched all frames for this block (frame\u{a0}2)"));
    window.press(Key::Escape);
    window.settle();
    assert!(window.app().findings().is_none(), "nobody asks any more");
}

#[test]
fn the_block_under_a_resting_pointer_is_searched_until_the_pointer_moves() {
    let mut window = Window::holding(2);
    window.press(Key::B);
    window.settle();
    let before = picture(&window, 2);
    let at = |share: f32| before.left_top() + before.size() * vec2(share, 0.1);
    window.harness.hover_at(at(0.1));
    window.until("all frames", |app| {
        app.findings().is_some_and(|found| found.occurrences_share() == Some(1.0))
    });
    window.settle();
    assert!(window.says("occurs in 90 of 90 frames, up to") && window.says("occurs in 1 of 90 frames"));
    assert_eq!(picture(&window, 2), before, "what is under the pointer stays there");
    window.until_quiet();
    // The pointer moves to the timeline.
    let track = window.harness.get_by_label("Timeline").rect();
    window.harness.hover_at(track.center_bottom() - vec2(0.0, 10.0));
    window.settle();
    assert!(window.says("AES-128-ECB: the block occurs "));
    window.harness.hover_at(at(0.2));
    window.settle();
    assert!(window.says("Rest the pointer on a block, or pin it") && window.app().findings().is_none());
    window.press(Key::Space);
    window.until("it plays", |app| app.status().playing);
    window.settle();
    window.harness.hover_at(at(0.1));
    window.until("what is under it now", |app| app.state().inspector.sought().is_some());
    let sought = window.app().state().inspector.sought();
    window.until("it has played on", |app| {
        app.displayed().map(|displayed| displayed.frame) != sought.map(|sought| sought.frame)
    });
    assert_eq!(window.app().state().inspector.sought(), sought, "as it was, not in every frame anew");
}

#[test]
fn keys_move_from_block_to_block_and_pin_one() {
    let mut window = Window::holding(2);
    window.press(Key::B);
    window.settle();
    window.harness.get_by_label_contains("Picture of panel 2:").focus();
    window.harness.step();
    // The middle of 320 × 180 pixels, four of which are a block.
    let middle = (90 * 320 + 160) / 4;
    let seen = |window: &mut Window, block: usize| {
        window.until("the block", |app| {
            app.displayed().is_some_and(|displayed| {
                displayed.inspected.as_ref().is_some_and(|seen| seen.at.block == block)
            })
        });
    };
    seen(&mut window, middle);
    window.press(Key::ArrowRight);
    window.press(Key::ArrowDown);
    seen(&mut window, middle + 1 + 80);
    assert_eq!(window.frame(), 2, "the video stays where it is");
    window.press(Key::Enter);
    window.settle();
    assert_eq!(window.app().state().inspector.pinned.map(|at| at.block), Some(middle + 81));
    window.press(Key::Enter);
    window.press(Key::ArrowLeft);
    seen(&mut window, middle + 80);
}

#[test]
fn a_key_zooms_to_100_percent() {
    let mut window = Window::open_sized("demo", [480.0, 360.0]);
    window.hold(1);
    window.press_with(Modifiers::SHIFT, Key::X);
    window.settle();
    assert_eq!(window.harness.get_by_label("Zoom").accesskit_node().value().as_deref(), Some("1:1"));
    window.press(Key::X);
    window.settle();
    assert_eq!(window.harness.get_by_label("Zoom").accesskit_node().value().as_deref(), Some("Fit"));
}

#[test]
fn keys_move_the_line_of_a_comparison() {
    let mut window = Window::holding(2);
    window.press(Key::C);
    window.settle();
    let at = |window: &Window| window.app().state().panel_view.comparison.unwrap().at;
    window.harness.get_by_label("Wipe").focus();
    window.harness.step();
    for _ in 0..3 {
        window.press(Key::ArrowLeft);
    }
    window.settle();
    assert!((at(&window) - 0.44).abs() < 1e-4, "{}", at(&window));
    assert_eq!(window.frame(), 2, "the video stays where it is");
    window.press(Key::ArrowRight);
    window.settle();
    assert!((at(&window) - 0.46).abs() < 1e-4);
}

#[test]
fn a_paused_window_requests_no_repaint_while_a_block_is_pinned_and_zoomed() {
    let mut window = Window::holding(2);
    window.press(Key::B);
    window.press(Key::Z);
    window.settle();
    window.harness.hover_at(picture(&window, 1).center());
    // The search starts once the pointer has rested.
    window.until("all frames", |app| {
        app.findings().is_some_and(|found| found.occurrences_share() == Some(1.0))
    });
    assert!(window.app().displayed().unwrap().inspected.is_some());
    window.until_quiet();
}

#[test]
fn a_frame_of_another_shape_keeps_its_aspect_ratio_in_every_panel() {
    let folder = tempfile::tempdir().unwrap();
    let parts = ["160x96", "96x160", "640x96"].map(|size| {
        let part = folder.path().join(format!("{size}.h264"));
        let film = format!("testsrc2=size={size}:rate=25:duration=0.08");
        let made = std::process::Command::new("ffmpeg")
            .args(["-v", "error", "-nostdin", "-f", "lavfi", "-i", &film, "-c:v", "libx264"])
            .arg(&part)
            .status()
            .unwrap();
        assert!(made.success());
        std::fs::read(part).unwrap()
    });
    let film = folder.path().join("film.h264");
    std::fs::write(&film, parts.concat()).unwrap();
    let mut window = Window::open_real(&film.display().to_string());
    for (frame, aspect) in [(0, 160.0 / 96.0), (2, 96.0 / 160.0), (4, 640.0 / 96.0)] {
        window.hold(frame);
        window.settle();
        let rects: Vec<Rect> = (1..=4).map(|panel| picture(&window, panel)).collect();
        for rect in &rects {
            // Edges lie on whole pixels.
            let off = rect.width() - rect.height() * aspect;
            assert!(off.abs() <= 1.0 + aspect, "frame {frame} is drawn in {rect}");
            let other = rect.size() - rects[0].size();
            assert!(other.abs().max_elem() <= 1.0, "frame {frame} is drawn in {rects:?}");
        }
    }
}
