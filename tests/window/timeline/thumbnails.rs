//! Thumbnails along the timeline.

use eframe::egui::Key;
use egui_kittest::kittest::Queryable as _;

use crate::driver::Window;
use crate::fake_video::fake_video;

#[test]
fn the_strip_of_thumbnails_fills_and_is_hidden_by_key_and_by_menu() {
    let mut window = Window::holding(0);
    // The step is 3.75 of 90 frames.
    window.until("all thumbnails", |app| app.thumbnails() == [24, 24]);
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
    assert!(window.says("Pictures of the video: 24 of 24"), "the thumbnails were kept");
    window.type_source("pattern:bars");
    window.until("the thumbnails of the other source", |app| {
        app.thumbnails() == [24, 24] && app.displayed().is_some()
    });
    let low = Window::open_sized("demo", [640.0, 480.0]);
    assert!(
        !low.says("Pictures of the video") && low.app().thumbnails() == [0, 0],
        "a low window has no room for thumbnails"
    );
}

#[test]
fn the_timeline_shows_a_thumbnail_at_the_pointer() {
    let mut window = Window::open_sized("demo", [640.0, 480.0]);
    window.hold(0);
    assert_eq!(window.app().thumbnails(), [0, 0], "no thumbnail before the pointer is on the timeline");
    let track = window.harness.get_by_label("Timeline").rect();
    window.harness.hover_at(track.center());
    window.until("all thumbnails", |app| app.thumbnails() == [24, 24]);
    window.settle();
    assert!(window.says("0:01.5  ·  frame 45"), "the time and the frame under the pointer");
    assert!(window.has("Frame 45"), "the nearest thumbnail");
}

#[test]
fn thumbnails_move_no_panel_when_they_appear() {
    let video = fake_video();
    video.at_scan.close();
    let mut window = Window::start(&video);
    window.until("a frame", |app| app.displayed().is_some());
    window.settle();
    assert!(window.app().status().index.is_none() && window.app().thumbnails() == [0, 0]);
    let before = window.picture(1);
    video.at_scan.open();
    window.until_all_thumbnails();
    window.settle();
    assert_eq!(window.picture(1), before);
}
