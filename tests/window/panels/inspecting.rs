//! The inspector: the block under the pointer, pinned blocks, and the search for them.

use afterimage::gui::App;
use eframe::egui::{Key, vec2};
use egui_kittest::kittest::Queryable as _;

use crate::driver::Window;
use crate::folder::Folder;

#[test]
fn the_inspector_shows_the_block_under_the_pointer_and_equal_blocks_in_every_panel() {
    let mut window = Window::holding(2);
    window.press(Key::B);
    window.settle();
    assert!(window.says("Point at a picture"));
    let sky = |window: &Window| {
        let picture = window.picture(2);
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

    // Outside the pictures, the details stay and the highlights go.
    assert!(window.app().displayed().unwrap().lit);
    window.harness.hover_at(eframe::egui::pos2(640.0, 20.0));
    window
        .until("pictures without highlights", |app| app.displayed().is_some_and(|displayed| !displayed.lit));
    window.settle();
    assert!(window.says("466ea0ff 466ea0ff 466ea0ff 466ea0ff"));
    window.harness.hover_at(sky(&window));
    window.until("highlighted blocks", |app| app.displayed().is_some_and(|displayed| displayed.lit));

    // A click pins the block. It stays when the pointer moves.
    let at = sky(&window);
    window.drag(at, at);
    assert_eq!(window.app().state().inspector.pinned, Some(seen.at));
    window.harness.hover_at(window.picture(2).center());
    window.settle();
    assert_eq!(window.app().state().inspector.block(), Some(seen.at));
    window.click("Copy the details of the block");
    window.press(Key::Escape);
    window.press(Key::Escape);
    window.press(Key::Escape);
    window.settle();
    assert!(!window.app().state().inspector.open);
    window.until("pictures without highlights", |app| {
        app.displayed().is_some_and(|displayed| displayed.inspected.is_none())
    });
}

#[test]
fn while_the_video_plays_equal_blocks_are_those_of_the_frame_on_screen() {
    let mut window = Window::open("demo");
    window.press(Key::B);
    window.settle();
    let picture = window.picture(2);
    window.harness.hover_at(picture.left_top() + picture.size() * vec2(0.1, 0.1));
    let lit = |app: &App| {
        app.displayed().is_some_and(|displayed| {
            let seen = displayed.inspected.as_ref().filter(|_| displayed.lit);
            seen.is_some_and(|seen| seen.panels.iter().flatten().any(|found| found.equal_blocks.len() > 1000))
        })
    };
    window.until("the equal blocks", lit);
    let first = window.frame();
    window.until("the equal blocks of another frame", |app| {
        lit(app) && app.displayed().unwrap().frame.0 != first
    });
    assert!(window.app().status().playing);
}

#[test]
fn a_pinned_block_is_searched_in_all_frames() {
    let mut window = Window::holding(2);
    window.press(Key::B);
    window.settle();
    window.scan_gate.close_from(45);
    let sky = window.picture(2).left_top() + window.picture(2).size() * vec2(0.1, 0.1);
    window.harness.hover_at(sky);
    window.until("the block", |app| app.displayed().is_some_and(|displayed| displayed.inspected.is_some()));
    window.drag(sky, sky);
    let tally = |app: &App, scheme: &str| {
        let findings = app.findings()?;
        findings.occurrences.as_ref()?.tally(scheme.parse().unwrap())
    };
    let searched = |app: &App| tally(app, "aes-128-ecb").map_or(0, |tally| tally.searched);
    // The search starts at frame 2 and continues with the frames before it.
    window.until("the frames up to the gate", |app| searched(app) == 43);
    window.settle();
    assert!(window.says("Searching: 48 %") && window.says("occurs in 43 of 43 frames, up to"));
    window.scan_gate.open();
    window.until("all frames", |app| searched(app) == 90);
    window.settle();
    assert!(window.says("occurs in 90 of 90 frames, up to"), "the sky is in every frame");
    assert!(window.says("occurs in 1 of 90 frames"), "under a fresh nonce, only in its own frame");
    assert!(!window.says("Searching"));
    let track = window.harness.get_by_label("Timeline").rect();
    window.harness.hover_at(track.center_bottom() - vec2(0.0, 10.0));
    window.settle();
    assert!(window.says("frame 45") && window.says("AES-128-ECB: the block occurs "));
    assert!(window.says("AES-128-GCM: the block does not occur"), "one row per ciphertext");
    // After a seek, the search is still for the value in the pinned frame.
    window.press(Key::ArrowRight);
    window.until_frame(3);
    window.settle();
    assert!(window.says("Searched all frames for this block (frame\u{a0}2)"));
    window.press(Key::Escape);
    window.settle();
    assert!(window.app().findings().is_none(), "no search without a pinned block");
}

#[test]
fn the_block_under_a_resting_pointer_is_searched_until_the_pointer_moves() {
    let mut window = Window::holding(2);
    window.press(Key::B);
    window.settle();
    let before = window.picture(2);
    let at = |share: f32| before.left_top() + before.size() * vec2(share, 0.1);
    window.harness.hover_at(at(0.1));
    window.until_block_is_searched();
    window.settle();
    assert!(window.says("occurs in 90 of 90 frames, up to") && window.says("occurs in 1 of 90 frames"));
    assert_eq!(window.picture(2), before, "the pictures do not move");
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
    window.until("a playing video", |app| app.status().playing);
    window.settle();
    window.harness.hover_at(at(0.1));
    window.until("the block under the pointer", |app| app.state().inspector.sought().is_some());
    let sought = window.app().state().inspector.sought();
    window.until("another frame", |app| {
        app.displayed().map(|displayed| displayed.frame) != sought.map(|sought| sought.frame)
    });
    assert_eq!(
        window.app().state().inspector.sought(),
        sought,
        "the search continues for the same block and frame"
    );
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
    assert_eq!(window.frame(), 2, "the video stays at its frame");
    window.press(Key::Enter);
    window.settle();
    assert_eq!(window.app().state().inspector.pinned.map(|at| at.block), Some(middle + 81));
    window.press(Key::Enter);
    window.press(Key::ArrowLeft);
    seen(&mut window, middle + 80);
}

#[test]
fn a_paused_window_requests_no_repaint_while_a_block_is_pinned_and_zoomed() {
    let mut window = Window::holding(2);
    window.press(Key::B);
    window.press(Key::Z);
    window.settle();
    window.harness.hover_at(window.picture(1).center());
    // The search starts once the pointer has rested.
    window.until_block_is_searched();
    assert!(window.app().displayed().unwrap().inspected.is_some());
    window.until_quiet();
}

#[test]
fn the_slice_under_the_pointer_is_described_and_marked_in_the_original_and_back() {
    let folder = Folder::new();
    let source = ["-f", "lavfi", "-i", "testsrc2=s=320x192:r=10", "-frames:v", "2"];
    let path =
        folder.ffmpeg("film.mov", &[&source[..], &["-c:v", "prores_ks", "-mbs_per_slice", "2"]].concat());
    let panels = ["plain", "aes-128-gcm:footprint,target=slices", "aes-128-ecb"];
    let mut window = Window::open_real_panels(&path, &panels);
    window.hold(0);
    window.settle();
    let at = |window: &Window, panel: usize, x: f32, y: f32| {
        let picture = window.picture(panel);
        picture.left_top() + picture.size() * vec2(x, y)
    };
    // The inspector is closed. Slice 4 of the first row of ten, then one of the last row.
    let place = at(&window, 2, 0.35, 0.02);
    window.harness.hover_at(place);
    window.settle();
    let slice = |window: &Window| window.app().state().inspector.pixel.map(|(_, [x, y])| [x / 32, y / 16]);
    assert_eq!(slice(&window), Some([3, 0]));
    let marked = pixels_near(&mut window, 1, [0.35, 0.04]);
    let place = at(&window, 1, 0.95, 0.95);
    window.harness.hover_at(place);
    window.settle();
    assert_eq!(
        window.app().state().inspector.pixel.map(|(_, [x, y])| [x / 32, y / 16]),
        Some([9, 11]),
        "in the original too"
    );
    assert_ne!(marked, pixels_near(&mut window, 1, [0.35, 0.04]), "the mark has moved");
    window.press(Key::B);
    window.settle();
    let place = at(&window, 2, 0.35, 0.02);
    window.harness.hover_at(place);
    window.until("the slice", |app| {
        let inspector = app.state().inspector;
        let inspected = app.displayed().and_then(|displayed| displayed.inspected.as_ref());
        let is_first_row = inspector.pixel.is_some_and(|(_, [_, y])| y < 16);
        is_first_row && inspected.is_some_and(|inspected| Some(inspected.at) == inspector.hovered)
    });
    window.settle();
    assert!(window.says("Slice 4 of 120") && window.says("512 pixels from pixel 96, 0"));
    assert!(window.says("(slice)"), "its first block is inspected");
    window.harness.hover_at(eframe::egui::pos2(640.0, 20.0));
    window.settle();
    assert_eq!(window.app().state().inspector.pixel, None);
    let place = at(&window, 3, 0.35, 0.02);
    window.harness.hover_at(place);
    window.settle();
    assert_eq!(window.app().state().inspector.pixel, None, "this panel encrypts pixels");
}

/// The colours of the window around a place in the picture of a panel, given as shares of its sides.
fn pixels_near(window: &mut Window, panel: usize, [x, y]: [f32; 2]) -> Vec<[u8; 4]> {
    let picture = window.picture(panel);
    let at = picture.left_top() + picture.size() * vec2(x, y);
    let image = window.harness.render().expect("a picture of the window");
    let scale = window.harness.ctx.pixels_per_point();
    let around = (-6..=6).map(|step| [at.x * scale + step as f32, at.y * scale]);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the window")]
    around.map(|[x, y]| image.get_pixel(x as u32, y as u32).0).collect()
}
