//! The shared slides: three of them, four seconds each.
//!
//! Big type and big areas, since one AES block is four pixels wide: a letter
//! has to be several blocks wide to be read in the ciphertext.

use crate::drawing::{Drawing, Type};
use crate::motion::Moment;
use crate::palette::{
    CORAL, INK, PAPER, PAPER_LINE, SKIN, TEAL, TEXT, TEXT_QUIET, VIOLET, WALL, WHITE, YELLOW,
};

/// Width and height of a slide.
pub const SIZE: [f64; 2] = [800.0, 544.0];
/// Frames that each slide stays: a multiple of the keyframe distance, so that
/// a change of slide falls on a keyframe.
const FRAMES_PER_SLIDE: u32 = 120;
const LEFT: f64 = 56.0;
const RIGHT: f64 = 744.0;
const FIRST_ROW_Y: f64 = 286.0;
const ROW_PITCH: f64 = 84.0;
/// Set wide, so that a whole block of paper fits between two letters.
const TITLE: Type = Type::bold(80.0, TEXT).tracked(4.0);
/// The row being talked about.
const HIGHLIGHT: &str = "#f8e7bd";

/// "Ciphertexts", as the colours of their four pixels.
const CIPHERTEXTS: [[&str; 4]; 3] =
    [[VIOLET, YELLOW, INK, TEAL], [YELLOW, INK, CORAL, VIOLET], [TEAL, VIOLET, YELLOW, CORAL]];

/// Draws the slide of this moment at the origin.
pub fn draw(d: &mut Drawing, moment: Moment) {
    let [width, height] = SIZE;
    d.rect([0.0, 0.0, width, height], 0.0, PAPER);
    let number = moment.frame / FRAMES_PER_SLIDE;
    let local = Moment { frame: moment.frame % FRAMES_PER_SLIDE };
    for dot in 0..3 {
        let fill = if dot == number { CORAL } else { PAPER_LINE };
        d.circle([704.0 + 20.0 * f64::from(dot), 36.0], 6.0, fill);
    }
    match number {
        0 => same_block(d, local),
        1 => frequency(d, local),
        _ => fresh_number(d, local),
    }
    pointer(d, moment);
}

/// ECB in one picture: equal blocks go in, equal blocks come out.
fn same_block(d: &mut Drawing, local: Moment) {
    title(d, ["Same block in,", "same block out"]);
    let row = local.rise(36, 8) + local.rise(76, 8);
    d.rect([32.0, 248.0 + 84.0 * row, 736.0, 76.0], 16.0, HIGHLIGHT);

    // Blocks of the speaker's own picture.
    let rows = [("wall", WALL), ("face", SKIN), ("wall", WALL)];
    for (index, (name, colour)) in rows.into_iter().enumerate() {
        let y = FIRST_ROW_Y + ROW_PITCH * [0.0, 1.0, 2.0][index];
        d.text([LEFT, y + 19.0], Type::bold(60.0, TEXT).tracked(4.0), name);
        pixels([232.0, y - 24.0, 128.0, 48.0], d, [colour; 4]);
        arrow(d, [376.0, y], 36.0);
        arrow(d, [560.0, y], 36.0);
        // The third block is the first one again, and so is its ciphertext.
        pixels([616.0, y - 24.0, 128.0, 48.0], d, CIPHERTEXTS[index % 2]);
    }
    d.rect([424.0, 240.0, 128.0, 260.0], 16.0, TEXT);
    d.text([488.0, 368.0], Type::bold(48.0, WHITE).centred(), "AES");
    key(d, [486.0, 412.0]);
}

/// Frequency analysis: counting what repeats.
fn frequency(d: &mut Drawing, local: Moment) {
    /// Letters in English text, per cent (Lewand, "Cryptological Mathematics", 2000).
    const LETTERS: [(&str, f64); 8] =
        [("E", 12.7), ("T", 9.1), ("A", 8.2), ("O", 7.5), ("I", 7.0), ("N", 6.7), ("S", 6.3), ("H", 6.1)];
    const PIXELS_PER_CENT: f64 = 16.0;
    const FLOOR_Y: f64 = 448.0;

    d.text([LEFT - 4.0, 128.0], TITLE, "Count repeats");
    d.text([LEFT, 178.0], Type::bold(32.0, TEXT_QUIET), "Letters in English text, per cent");
    let mut x = LEFT;
    for (index, (letter, percent)) in (0..).zip(LETTERS) {
        let height = percent * PIXELS_PER_CENT * local.rise(4 + 4 * index, 20);
        let fill = if index == 0 { CORAL } else { TEAL };
        d.rect([x, FLOOR_Y - height, 64.0, height], 0.0, fill);
        if local.frame >= 24 + 4 * index {
            let value = format!("{percent:.1}");
            let style = Type::bold(28.0, TEXT).centred();
            d.text([x + 32.0, FLOOR_Y - height - 10.0], style, &value);
        }
        let style = Type::bold(48.0, TEXT).centred();
        d.text([x + 32.0, FLOOR_Y + 52.0], style, letter);
        x += 88.0;
    }
    d.rect([LEFT - 8.0, FLOOR_Y, 696.0, 4.0], 0.0, TEXT);
}

/// Counter mode, which does not repeat.
fn fresh_number(d: &mut Drawing, local: Moment) {
    title(d, ["A fresh number", "for every block"]);
    for (index, ciphertext) in (0..).zip(CIPHERTEXTS) {
        let y = FIRST_ROW_Y + ROW_PITCH * f64::from(index);
        pixels([LEFT, y - 32.0, 160.0, 64.0], d, [SKIN; 4]);
        plus(d, [256.0, y]);
        d.rect([296.0, y - 32.0, 192.0, 64.0], 16.0, TEXT);
        let name = format!("AES({})", index + 1);
        d.text([392.0, y + 15.0], Type::bold(44.0, WHITE).centred(), &name);
        let start = 10 + 20 * index;
        if local.frame >= start {
            arrow(d, [508.0, y], 56.0 * local.rise(start, 10).max(0.3));
        }
        if local.frame >= start + 10 {
            pixels([RIGHT - 160.0, y - 32.0, 160.0, 64.0], d, ciphertext);
        }
    }
}

/// A title of two lines.
fn title(d: &mut Drawing, lines: [&str; 2]) {
    d.text([LEFT - 4.0, 128.0], TITLE, lines[0]);
    d.text([LEFT - 4.0, 210.0], TITLE, lines[1]);
}

/// One block: four pixels side by side in `[x, y, width, height]`.
fn pixels([x, y, width, height]: [f64; 4], d: &mut Drawing, colours: [&str; 4]) {
    let pixel_width = width / 4.0;
    let mut left = x;
    for colour in colours {
        d.rect([left, y, pixel_width, height], 0.0, colour);
        left += pixel_width;
    }
    // Hairlines of paper keep four equal pixels four.
    for cut in 1..4 {
        let cut_x = x + pixel_width * f64::from(cut);
        d.rect([cut_x - 1.0, y, 2.0, height], 0.0, PAPER);
    }
}

/// An arrow to the right that starts at a point.
fn arrow(d: &mut Drawing, [x, y]: [f64; 2], length: f64) {
    let tip = x + length;
    d.line(
        &format!(
            "M{x} {y}H{tip}M{back} {top}L{tip} {y}L{back} {bottom}",
            back = tip - 10.0,
            top = y - 10.0,
            bottom = y + 10.0
        ),
        TEXT,
        5.0,
    );
}

/// The exclusive or of two blocks, as textbooks draw it.
fn plus(d: &mut Drawing, [x, y]: [f64; 2]) {
    d.circle([x, y], 24.0, YELLOW);
    d.line(&format!("M{} {y}H{}M{x} {}V{}", x - 11.0, x + 11.0, y - 11.0, y + 11.0), TEXT, 5.0);
}

/// A key, lying on its side.
fn key(d: &mut Drawing, [x, y]: [f64; 2]) {
    d.at([x, y], |d| {
        d.line("M-4 0H28M18 2V12M28 2V12", YELLOW, 6.0);
        d.circle([-16.0, 0.0], 14.0, YELLOW);
        d.circle([-16.0, 0.0], 6.0, TEXT);
    });
}

/// The presenter's mouse pointer, which travels between the things talked about.
fn pointer(d: &mut Drawing, moment: Moment) {
    /// Frame of arrival, and where.
    const STOPS: [(u32, [f64; 2]); 10] = [
        (0, [200.0, 296.0]),
        (44, [400.0, 376.0]),
        (84, [708.0, 462.0]),
        (132, [160.0, 250.0]),
        (170, [104.0, 330.0]),
        (215, [640.0, 350.0]),
        (262, [250.0, 290.0]),
        (292, [700.0, 380.0]),
        (325, [700.0, 462.0]),
        (359, [200.0, 296.0]),
    ];
    const TRAVEL_FRAMES: u32 = 18;

    let [mut x, mut y] = STOPS[0].1;
    for (arrival, [next_x, next_y]) in STOPS.into_iter().skip(1) {
        let part = moment.rise(arrival - TRAVEL_FRAMES, TRAVEL_FRAMES);
        x += (next_x - x) * part;
        y += (next_y - y) * part;
    }
    d.at([x, y], |d| {
        let outline = "M0 0V38L9 30L15 44L23 41L17 27H29Z";
        d.line(outline, WHITE, 6.0);
        d.path(outline, INK);
    });
}
