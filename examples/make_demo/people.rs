//! The two people on camera, made of flat shapes that move relative to each other.
//!
//! A head is three layers: the hair behind, the head, and the face, which slides
//! a little further than the head so that the head seems to turn.

use crate::drawing::Drawing;
use crate::motion::Moment;
use crate::palette::{CORAL, INK, SKIN, TEAL, VIOLET, WALL, WHITE, YELLOW};

/// Inside of a mouth.
const MOUTH: &str = "#5a1d2b";
const TONGUE: &str = "#d9596a";
const WOOD: &str = "#b9774a";

/// Mouth shapes, from closed to wide.
#[derive(Clone, Copy, Debug)]
enum Mouth {
    Smile,
    Small,
    Round,
    Wide,
}

/// The mouth of someone explaining something, one shape every three frames.
fn talking(moment: Moment) -> Mouth {
    const SPEECH: &[u8] = b"-owoWooW-oWwoOWo-wOwo--WowoWOow-oOoWwo--";
    let step = usize::try_from(moment.frame / 3).unwrap_or(0) % SPEECH.len();
    match SPEECH[step] {
        b'o' | b'w' => Mouth::Small,
        b'O' => Mouth::Round,
        b'W' => Mouth::Wide,
        _ => Mouth::Smile,
    }
}

/// Draws the speaker and her room into a 400 × 384 tile at the origin.
pub fn speaker(d: &mut Drawing, moment: Moment) {
    study(d);
    // Close to the camera: larger than life, about the middle of the lower edge.
    d.transformed(format_args!("translate(-24 -46) scale(1.12)"), |d| {
        woman(d, moment);
    });
}

/// The speaker herself.
fn woman(d: &mut Drawing, moment: Moment) {
    const SKIN_SHADE: &str = "#7d4526";
    const HAIR: &str = "#2c1a2e";
    const SWEATER: &str = YELLOW;
    const SWEATER_SHADE: &str = "#dd9a22";

    let sway = 9.0 * moment.wave(2, 0.0) + 4.0 * moment.wave(5, 0.2);
    let nod = 3.0 * moment.wave(7, 0.1) + 3.0 * moment.wave(3, 0.4);
    let tilt_degrees = 2.5 * moment.wave(3, 0.3);
    let turn = 6.0 * moment.wave(4, 0.15);
    let breath = 2.0 * moment.wave(4, 0.0);
    let head = format!("translate({sway:.3} {nod:.3}) rotate({tilt_degrees:.3} 200 262)");

    d.transformed(format_args!("{head}"), |d| {
        d.path(
            "M200 56C128 56 98 110 98 176C98 226 92 262 108 280C124 296 276 296 292 280\
             C308 262 302 226 302 176C302 110 272 56 200 56Z",
            HAIR,
        );
    });
    d.at([0.5 * sway, breath], |d| {
        d.rect([168.0, 226.0, 64.0, 84.0], 28.0, SKIN_SHADE);
        d.path("M40 440C40 348 84 322 160 302C172 318 228 318 240 302C316 322 360 348 360 440Z", SWEATER);
        d.line("M160 303C174 324 226 324 240 303", SWEATER_SHADE, 14.0);
    });
    d.transformed(format_args!("{head}"), |d| {
        d.path(
            "M200 92C148 92 128 132 128 176C128 232 160 276 200 276C240 276 272 232 272 176\
             C272 132 252 92 200 92Z",
            SKIN,
        );
        d.at([turn, 0.4 * nod], |d| {
            let open = moment.eyes_open(&[40, 128, 205, 222, 318]);
            eyes(d, [[170.0, 184.0], [230.0, 184.0]], 9.5, open);
            let brow_lift = 6.0 * moment.between(60, 90, 8) + 6.0 * moment.between(250, 290, 8);
            d.at([0.0, -brow_lift], |d| {
                d.line("M154 158Q168 150 184 156M216 156Q232 150 246 158", HAIR, 8.0);
            });
            d.line("M203 188Q213 210 198 213", SKIN_SHADE, 6.0);
            d.at([200.0, 242.0], |d| mouth(d, talking(moment), INK));
        });
        // A side parting: the fringe belongs to the skull, so it does not slide.
        d.path(
            "M224 84C172 66 108 98 114 210C130 196 138 172 142 150C176 144 208 128 226 106\
             C236 128 254 142 264 150C266 180 276 200 286 210C292 124 268 88 224 84Z",
            HAIR,
        );
        for x in [124.0, 276.0] {
            d.circle([x, 236.0], 10.0, YELLOW);
        }
    });

    let lift = moment.between(14, 112, 16) + moment.between(136, 226, 16) + moment.between(250, 352, 16);
    let wave_degrees = 9.0 * moment.wave(14, 0.0) * lift;
    let hand_y = 504.0 - 184.0 * lift + 5.0 * moment.wave(18, 0.3);
    d.transformed(
        format_args!(
            "translate({:.3} {hand_y:.3}) rotate({:.3} 0 120)",
            316.0 + 0.5 * sway,
            4.0 + wave_degrees
        ),
        |d| {
            d.line("M0 16L12 200", SWEATER, 60.0);
            d.rect([-31.0, -14.0, 62.0, 18.0], 8.0, SWEATER_SHADE);
            d.line("M-16 -40L-40 -62", SKIN, 15.0);
            d.path("M-26 -14V-50C-26 -60 26 -60 26 -50V-14Z", SKIN);
            d.line("M-19 -54L-24 -92M-6 -56L-7 -102M7 -56L10 -100M19 -52L26 -86", SKIN, 13.0);
            d.line("M-14 -36Q0 -28 12 -38", SKIN_SHADE, 4.0);
        },
    );
}

/// The speaker's room: shelves with books, a plant that trails, a picture.
fn study(d: &mut Drawing) {
    const LEAF: &str = "#2f8f6b";
    d.rect([0.0, 0.0, 400.0, 384.0], 0.0, WALL);
    let books = [
        ([16.0, 40.0, 16.0, 56.0], CORAL),
        ([32.0, 32.0, 20.0, 64.0], INK),
        ([52.0, 48.0, 12.0, 48.0], YELLOW),
        ([64.0, 36.0, 16.0, 60.0], VIOLET),
        ([16.0, 144.0, 20.0, 56.0], TEAL),
        ([36.0, 152.0, 16.0, 48.0], WHITE),
        ([52.0, 140.0, 12.0, 60.0], CORAL),
    ];
    for (book, fill) in books {
        d.rect(book, 0.0, fill);
    }
    d.rect([0.0, 96.0, 104.0, 12.0], 0.0, WOOD);
    d.rect([0.0, 200.0, 88.0, 12.0], 0.0, WOOD);

    d.rect([300.0, 40.0, 84.0, 108.0], 0.0, WOOD);
    d.rect([308.0, 48.0, 68.0, 92.0], 0.0, "#fbf7ee");
    d.circle([342.0, 84.0], 18.0, CORAL);
    d.path("M308 140V124C326 100 348 104 376 128V140Z", LEAF);
}

/// Draws the watcher's own picture into a 192 × 144 tile at the origin.
pub fn listener(d: &mut Drawing, moment: Moment) {
    d.rect([0.0, 0.0, 192.0, 144.0], 0.0, "#cdc7f5");
    plant(d);
    d.transformed(format_args!("translate(-7 -6) scale(1.08)"), |d| {
        man(d, moment);
    });
}

/// The listener himself.
fn man(d: &mut Drawing, moment: Moment) {
    const SKIN_FAIR: &str = "#f3c09a";
    const SKIN_SHADE: &str = "#dc9c74";
    const HAIR: &str = "#a8482a";
    const HOODIE: &str = "#3d63a8";
    const HOODIE_SHADE: &str = "#2d4b85";

    let sway = 3.0 * moment.wave(1, 0.1) + 1.5 * moment.wave(3, 0.3);
    // He nods along when a point is made.
    let nods = moment.between(70, 118, 8) + moment.between(190, 238, 8);
    let nod = 1.0 * moment.wave(3, 0.0) + 3.0 * nods * moment.wave(24, 0.0);

    d.at([0.5 * sway, 0.0], |d| {
        d.rect([80.0, 88.0, 28.0, 36.0], 12.0, SKIN_SHADE);
        d.path("M28 160C28 126 52 118 78 110C84 120 104 120 110 110C136 118 160 126 160 160Z", HOODIE);
        d.line("M76 111C84 124 104 124 112 111", HOODIE_SHADE, 9.0);
        d.line("M84 122V138M104 122V138", WHITE, 3.0);
    });
    d.transformed(format_args!("translate({sway:.3} {nod:.3})"), |d| {
        d.rect([62.0, 26.0, 64.0, 80.0], 32.0, SKIN_FAIR);
        d.at([0.8 * sway, 0.5 * nod], |d| {
            // The beard, with the mouth cut out of it.
            d.path(
                "M62 66C66 78 74 80 94 80C114 80 122 78 126 66V76C126 96 112 110 94 110C76 110 62 96 62 76Z",
                HAIR,
            );
            eyes(d, [[81.0, 63.0], [107.0, 63.0]], 4.0, moment.eyes_open(&[22, 98, 176, 262, 335]));
            d.line("M73 53Q80 49 87 52M101 52Q108 49 115 53", HAIR, 4.0);
            d.line("M95 66Q99 74 93 75", SKIN_SHADE, 3.0);
            d.line("M84 90Q94 98 104 90", WHITE, 5.0);
        });
        d.path("M60 60C54 24 76 12 98 14C124 14 134 34 128 60C124 54 122 46 118 40C100 44 80 42 70 38C66 46 64 52 60 60Z", HAIR);
        d.line("M58 62C50 0 138 0 130 62", INK, 7.0);
        d.rect([50.0, 50.0, 16.0, 32.0], 8.0, CORAL);
        d.rect([122.0, 50.0, 16.0, 32.0], 8.0, CORAL);
    });
}

/// A plant in a pot, at the listener's right.
fn plant(d: &mut Drawing) {
    const LEAF: &str = "#2f8f6b";
    const LEAF_LIGHT: &str = "#4fb389";
    d.path("M168 96C150 84 146 56 152 44C166 54 174 76 168 96Z", LEAF);
    d.path("M168 96C164 70 174 44 188 36C192 58 184 84 168 96Z", LEAF_LIGHT);
    d.path("M168 98C176 84 190 78 204 80C200 94 184 104 168 98Z", LEAF);
    d.path("M148 96H188L184 144H152Z", WOOD);
}

/// Two eyes; `open` runs from 1 to 0, where lids become lines.
fn eyes(d: &mut Drawing, centres: [[f64; 2]; 2], radius: f64, open: f64) {
    for centre in centres {
        d.ellipse(centre, [radius, (1.2 * radius * open).max(0.25 * radius)], INK);
    }
}

/// A mouth about 44 pixels wide at the origin.
fn mouth(d: &mut Drawing, shape: Mouth, line: &str) {
    match shape {
        Mouth::Smile => d.line("M-20 -3Q0 13 20 -3", line, 6.0),
        Mouth::Small => {
            d.path("M-18 -4Q0 -9 18 -4Q12 12 0 12Q-12 12 -18 -4Z", MOUTH);
            d.path("M-13 -4.5Q0 -8 13 -4.5L11 0H-11Z", WHITE);
        }
        Mouth::Round => d.ellipse([0.0, 2.0], [12.0, 13.0], MOUTH),
        Mouth::Wide => {
            d.path("M-24 -6Q0 -11 24 -6Q20 20 0 20Q-20 20 -24 -6Z", MOUTH);
            d.path("M-19 -6.5Q0 -10 19 -6.5L16 1H-16Z", WHITE);
            d.ellipse([0.0, 14.0], [10.0, 5.0], TONGUE);
        }
    }
}
