//! What a user does with the window.

use std::path::Path;

use afterimage::scene::Panel;
use image::GrayImage;

use crate::display::Display;
use crate::pictures::{COLUMNS, correlation, mean, reduced, reduced_picture, reference};
use crate::process::App;
use crate::program::stdout;

/// Uses the window by mouse and keyboard and checks the screen after each step: seeking, changing a scheme and undoing it,
/// inspecting a block, comparing two panels, reading a lesson, saving a picture.
pub fn use_window(display: &Display, app: &mut App, panels: &[Panel], folder: &Path) {
    let plain: Panel = "plain".parse().expect("a panel");
    let ecb: Panel = "aes-128-ecb".parse().expect("a panel");
    let later = reference(&[plain, ecb], 100);
    let [original, ciphertext] = [0, 1].map(|at| reduced_picture(&later[at].1));

    // Go to a frame by its number.
    let field = (326, 758, 90, 30);
    display.changing(field, || display.key("g"));
    display.changing(field, || display.type_text("100"));
    display.act(&["key", "Return"]);
    let places = app.places(panels);
    display.wait_for("frame 100", |shot| correlation(&reduced(shot, places[0]), &original) > 0.99);

    // Choose another scheme in the menu of the last panel: the first entry is the original.
    let (x, y, ..) = places[3];
    display.changing(places[3], || display.point((x + 40, y - 38), &["click", "1"]));
    display.point((x + 40, y + 2), &["click", "1"]);
    display.wait_for("the original in the last panel", |shot| {
        correlation(&reduced(shot, places[3]), &original) > 0.99
    });
    display.key("ctrl+z");
    display
        .wait_for("noise in the last panel", |shot| correlation(&reduced(shot, places[3]), &original) < 0.3);

    // Inspect a block of the background of the slide: equal blocks stay bright and all others are dimmed, until the pointer
    // leaves the picture.
    let outside = (640, 4);
    display.point(outside, &[]);
    display.key("b");
    display.wait_for("the inspector next to the panels", |_| app.places(panels)[3].0 != places[3].0);
    let inspected = app.places(panels);
    let (x, y, width, height) = inspected[0];
    let background = (x + width * 3 / 10, y + height * 3 / 10);
    let speaker = (x + width * 8 / 10, y + height / 10, width / 10, height / 3);
    let before = mean(&display.screenshot(), speaker);
    display.point(background, &[]);
    display.wait_for("dimmed blocks", |shot| mean(shot, speaker) < before * 0.6);
    display.point(outside, &[]);
    display.wait_for("blocks that are no longer dimmed", |shot| mean(shot, speaker) > before * 0.9);
    display.key("b");
    display.wait_for("the panels at their old places", |_| app.places(panels)[3].0 == places[3].0);

    // Compare two panels: the original is to the left of the line, its ciphertext to the right.
    display.key("c");
    let place = app.place("comparison");
    let halves = |shot: &GrayImage| {
        let seen = reduced(shot, place);
        let side = |from: usize, to: usize, of: &[f64]| {
            let part = |picture: &[f64]| -> Vec<f64> {
                picture.chunks(COLUMNS as usize).flat_map(|row| row[from..to].to_vec()).collect()
            };
            correlation(&part(&seen), &part(of))
        };
        [side(4, 40, &original), side(56, 92, &ciphertext)]
    };
    display.wait_for("both halves", |shot| halves(shot)[0] > 0.99 && halves(shot)[1] > 0.8);
    let (x, y, width, height) = place;
    let line = (x + width / 2, y + height / 4);
    // One step per screenshot: a window that draws slowly would see pressing and moving as one step.
    let mut step = 0;
    display.wait_for("the moved line", |shot| {
        match step % 3 {
            0 => display.point(line, &["mousedown", "1"]),
            1 => display.point((x + width / 6, line.1), &[]),
            _ => display.act(&["mouseup", "1"]),
        }
        step += 1;
        halves(shot)[0] < 0.9
    });
    display.act(&["mouseup", "1"]);
    display.key("Escape");

    // A lesson sets the scene and the frame.
    let lesson_picture = reduced_picture(&reference(&[plain], 200)[0].1);
    display.key("n");
    display.wait_for("the lessons next to the panels", |_| app.places(panels)[0].0 > 330);
    app.places.clear();
    display.point((120, 118), &["click", "1"]);
    display.wait_for("the panel of the lesson", |shot| {
        correlation(&reduced(shot, app.places(&[plain])[0]), &lesson_picture) > 0.99
    });

    // The saved picture is the one that the command line makes.
    let [saved, made] = ["saved.png", "made.png"].map(|name| folder.join(name).display().to_string());
    let lesson = app.places(&[plain])[0];
    let before = mean(&display.screenshot(), lesson);
    display.key("ctrl+s");
    display.wait_for("the form to save", |shot| mean(shot, lesson) < before * 0.8);
    display.act(&["key", "ctrl+a"]);
    display.changing((400, 340, 480, 110), || display.type_text(&saved));
    display.act(&["key", "Return"]);
    stdout(["figure", "demo", "plain", "--frame", "200", "--theme", "dark", "-o", &made]);
    display.wait_for("the saved picture", |_| Path::new(&saved).exists());
    let [saved, made] = [saved, made].map(|path| image::open(path).expect("a picture"));
    assert!(
        saved.into_rgba8() == made.into_rgba8(),
        "the saved picture differs from that of the command line"
    );
}
