//! The window of a video call: the places of its parts, and its controls.
//!
//! Tiles are placed at multiples of 16 pixels: the macroblocks of H.264 then hold
//! either one flat area or an edge of art, and flat areas decode exactly flat.

use crate::drawing::{Drawing, Type};
use crate::motion::{FRAME_COUNT, Moment};
use crate::palette::{CORAL, GREEN, INK, INK_LABEL, INK_RAISED, MUTED, RED, VIOLET, WHITE, YELLOW};
use crate::{people, slides};

/// Width of a frame in pixels.
pub const WIDTH: u32 = 1280;
/// Height of a frame in pixels.
pub const HEIGHT: u32 = 720;

const TILE_RADIUS: f64 = 16.0;
const SPEAKER: [f64; 4] = [848.0, 64.0, 400.0, 384.0];
const SELF_VIEW: [f64; 4] = [848.0, 464.0, 192.0, 144.0];
const CAMERA_OFF: [f64; 4] = [1056.0, 464.0, 192.0, 144.0];

/// Draws one frame of the call.
pub fn draw(moment: Moment) -> Drawing {
    let mut d = Drawing::new(WIDTH, HEIGHT, "geometricPrecision");
    d.rect([0.0, 0.0, f64::from(WIDTH), f64::from(HEIGHT)], 0.0, INK);
    top_bar(&mut d, moment);

    let [slide_width, slide_height] = slides::SIZE;
    d.tile("slide", [32.0, 64.0, slide_width, slide_height], TILE_RADIUS, |d| {
        slides::draw(d, moment);
    });

    // The ring marks the speaker.
    let [left, top, width, height] = SPEAKER;
    let ring = [left - 4.0, top - 4.0, width + 8.0, height + 8.0];
    d.rect(ring, TILE_RADIUS + 4.0, YELLOW);
    d.tile("speaker", SPEAKER, TILE_RADIUS, |d| {
        people::speaker(d, moment);
        d.at([16.0, 332.0], |d| {
            label(d, 124.0, "Amara");
            level_meter(d, moment);
        });
    });
    d.tile("self", SELF_VIEW, TILE_RADIUS, |d| {
        people::listener(d, moment);
        d.at([8.0, 100.0], |d| label(d, 60.0, "You"));
    });
    d.tile("camera-off", CAMERA_OFF, TILE_RADIUS, |d| {
        d.rect([0.0, 0.0, 192.0, 144.0], 0.0, INK_RAISED);
        d.circle([96.0, 56.0], 36.0, VIOLET);
        d.text([96.0, 68.0], Type::bold(34.0, WHITE).centred(), "JR");
        d.at([8.0, 100.0], |d| label(d, 76.0, "Jonas"));
    });
    bottom_bar(&mut d);
    d
}

fn top_bar(d: &mut Drawing, moment: Moment) {
    // The logo of the call: an object and its afterimage.
    d.circle([44.0, 32.0], 12.0, CORAL);
    d.circle([60.0, 32.0], 12.0, YELLOW);
    d.text([88.0, 41.0], Type::bold(26.0, WHITE), "Cryptography reading group");

    d.rect([976.0, 14.0, 168.0, 36.0], 18.0, INK_RAISED);
    d.line("M995 31V25A6 6 0 0 1 1007 25V31", GREEN, 4.0);
    d.rect([991.0, 30.0, 20.0, 14.0], 3.0, GREEN);
    d.text([1022.0, 39.0], Type::bold(20.0, GREEN), "Encrypted");

    // Each digit has its own place: Inter's digits differ in width, and a clock must not jitter.
    let seconds = 24 * 60 + 7 + moment.seconds();
    let clock = format!("{:02}:{:02}", seconds / 60, seconds % 60);
    let style = Type::bold(26.0, WHITE).centred();
    for (digit, x) in clock.chars().zip([1176.0, 1194.0, 1208.0, 1222.0, 1240.0]) {
        let lift = if digit == ':' { 2.0 } else { 0.0 };
        d.text([x, 41.0 - lift], style, &digit.to_string());
    }
}

/// A name on a dark plate of the given width.
fn label(d: &mut Drawing, width: f64, name: &str) {
    d.rect([0.0, 0.0, width, 36.0], 10.0, INK_LABEL);
    d.text([12.0, 25.0], Type::bold(20.0, WHITE), name);
}

/// Three bars that follow the voice.
fn level_meter(d: &mut Drawing, moment: Moment) {
    for (bar, x) in (0_u32..).zip([88.0, 97.0, 106.0]) {
        let swing = moment.wave(31 + 6 * bar, 0.27 * f64::from(bar));
        let height = 13.0 + 7.0 * swing;
        d.rect([x, 18.0 - height / 2.0, 5.0, height], 2.5, GREEN);
    }
}

fn bottom_bar(d: &mut Drawing) {
    d.text([32.0, 672.0], Type::regular(22.0, MUTED), "Amara is presenting");
    let icons: [fn(&mut Drawing); 4] = [microphone, camera, share, chat];
    let mut x = 480.0;
    for icon in icons {
        d.circle([x, 664.0], 30.0, INK_RAISED);
        d.at([x, 664.0], icon);
        x += 76.0;
    }
    d.rect([x - 30.0, 634.0, 92.0, 60.0], 30.0, RED);
    d.at([x + 16.0, 666.0], |d| {
        d.line("M-19 5C-12 -7 12 -7 19 5", WHITE, 8.0);
        d.line("M-19 5L-16 7M19 5L16 7", WHITE, 9.0);
    });

    d.at([1200.0, 664.0], |d| {
        d.circle([0.0, -8.0], 8.0, MUTED);
        d.path("M-14 14C-14 -2 14 -2 14 14Z", MUTED);
    });
    d.text([1248.0, 672.0], Type::bold(24.0, MUTED).right(), "3");
}

fn microphone(d: &mut Drawing) {
    d.rect([-6.0, -16.0, 12.0, 21.0], 6.0, WHITE);
    d.line("M-11 0A11 11 0 0 0 11 0M0 11V16", WHITE, 4.0);
}

fn camera(d: &mut Drawing) {
    d.rect([-17.0, -11.0, 24.0, 22.0], 5.0, WHITE);
    d.path("M10 -3L18 -9V9L10 3Z", WHITE);
}

fn share(d: &mut Drawing) {
    d.rect([-17.0, -13.0, 34.0, 25.0], 5.0, WHITE);
    d.line("M0 7V-6M-6 -1L0 -7L6 -1", INK_RAISED, 4.0);
}

fn chat(d: &mut Drawing) {
    d.path("M-10 8L-10 17L0 10Z", WHITE);
    d.rect([-16.0, -14.0, 32.0, 25.0], 8.0, WHITE);
}

/// The moments of the film, in order.
pub fn moments() -> impl Iterator<Item = Moment> {
    (0..FRAME_COUNT).map(|frame| Moment { frame })
}
