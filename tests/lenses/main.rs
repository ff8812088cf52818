//! Every lens against a simple implementation of its description, and both sides of its claim. With a memory, a sheet is the
//! same however a frame was reached.
#![expect(
    clippy::cast_possible_truncation,
    reason = "made-up bytes may have any value, and pictures are small"
)]

mod bundled;
#[path = "../common/frames.rs"]
mod frames;
#[path = "../common/random.rs"]
mod random;
mod reference;
#[path = "../common/sheets.rs"]
mod sheets;

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::Arc;

use afterimage::lens::{GROUND, INK, PAPER};
use afterimage::media::Source;
use afterimage::picture::layout::Layout;
use afterimage::picture::{Frame, Shape};
use afterimage::render::{Parts, Sheet};
use afterimage::runtime::pool::{Buffer, Pool};
use afterimage::scene::Scene;

use frames::frame;
use random::XorShift;
use sheets::from_to;

type Pixels = Vec<[u8; 4]>;

/// Panels of every lens, under schemes that leak and under one that does not.
const PANELS: [&str; 12] = [
    "aes-128-ecb",
    "aes-128-ecb:repeats",
    "aes-128-ecb:outline",
    "aes-128-ecb:colours",
    "aes-128-ecb:colours,palette=viridis",
    "aes-128-ecb:colours,palette=spectrum",
    "aes-128-ecb:motion",
    "aes-128-ecb:difference",
    "aes-128-gcm:outline",
    "aes-128-gcm:motion",
    "aes-128-ctr+reused-nonce:outline",
    "aes-128-ctr+reused-nonce:difference",
];

fn scene(layout: Layout, memory: u32, panels: &[&str]) -> Scene {
    let memory = NonZeroU32::new(memory).expect("a memory has at least one frame");
    Scene { layout, memory, panels: sheets::panels(panels), ..Scene::of(Source::Demo) }
}

/// A frame of flat areas, some texture and a box that moves with `n`.
fn drawn(layout: Layout, shape: Shape, n: u64, seed: u64) -> Arc<Frame> {
    let mut random = XorShift::of(seed);
    let (columns, rows) = (shape.columns(), shape.rows());
    let in_rows = Layout::of(layout.samples());
    let bytes_per_pixel = in_rows.frame_bytes(Shape::new(16, 16)) / 256;
    let samples = (0..in_rows.frame_bytes(shape)).map(|at| {
        let pixel = at / bytes_per_pixel.max(1);
        let (x, y) = (pixel % columns, pixel / columns % rows.max(1));
        let texture = random.next() as u8;
        match (x * 5 / columns, y * 4 / rows.max(1)) {
            _ if x.abs_diff(n as usize * 3) < 5 && y.abs_diff(9) < 6 => 230,
            (0, 0) => 20,
            (0 | 1, 1 | 2) => texture,
            (2, _) => 140 + texture % 2,
            (3, 2) => (x / 4 * 4) as u8,
            _ => 90,
        }
    });
    let samples = Buffer::from(samples.collect::<Vec<u8>>());
    frame(layout, shape, n, layout.arrange(shape, samples, &Pool::default()).to_vec())
}

/// The layouts with blocks in rows, then those in tiles.
fn any_layout(which: usize) -> Layout {
    [&Layout::ALL[..], &Layout::TILED].concat()[which]
}

/// The sheet of the last of these frames, by a renderer without history.
fn rendered(scene: &Scene, frames: &[Arc<Frame>]) -> Sheet {
    frames::rendered(scene, frames, Parts::PICTURES)
}

fn pixels(sheet: &Sheet, panel: usize) -> &[[u8; 4]] {
    frames::pixels(&sheet.panels[panel])
}

fn assert_same(one: &Sheet, other: &Sheet, when: &str) {
    assert_eq!(one.frame.index, other.frame.index, "{when}");
    for (panel, (left, right)) in one.panels.iter().zip(&other.panels).enumerate() {
        assert_eq!((left.panel, left.leakage), (right.panel, right.leakage), "{when}");
        assert!(pixels(one, panel) == pixels(other, panel), "{} differs {when}", left.panel);
    }
}

/// A red square on white, 8 pixels further to the right in each frame, on whole blocks.
fn square(n: u64) -> Arc<Frame> {
    let shape = Shape::new(160, 90);
    let pixel = |x: usize, y: usize| {
        let inside = (40 + 8 * n as usize..80 + 8 * n as usize).contains(&x) && (20..60).contains(&y);
        if inside { [200, 30, 40, 255] } else { [255; 4] }
    };
    let pixels = (0..shape.pixels()).flat_map(|at| pixel(at % shape.columns(), at / shape.columns()));
    frame(Layout::RGBA32, shape, n, pixels.collect())
}

/// Colours of a picture, the most frequent first.
fn colours_of(pixels: &[[u8; 4]]) -> Vec<([u8; 4], usize)> {
    let mut counts = BTreeMap::new();
    for &pixel in pixels {
        *counts.entry(pixel).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
    counts
}

#[test]
fn under_ecb_every_lens_finds_the_square() {
    let frames: Vec<_> = (0..4).map(square).collect();
    let lenses = ["outline", "colours", "motion", "difference"];
    let sheet = rendered(
        &scene(
            Layout::RGBA32,
            1,
            &lenses.map(|lens| format!("aes-128-ecb:{lens}")).each_ref().map(String::as_str),
        ),
        &frames,
    );
    let at = |panel: usize, x: usize, y: usize| pixels(&sheet, panel)[y * 160 + x];
    // The square is in columns 64 to 103 and rows 20 to 59.
    for (x, y) in [(64, 40), (103, 40), (80, 20), (80, 59), (80, 19), (80, 60)] {
        assert_eq!(at(0, x, y), INK, "the edge of the square at {x}, {y}");
    }
    for (x, y) in [(80, 40), (20, 40), (140, 80), (80, 10)] {
        assert_eq!(at(0, x, y), PAPER, "no edge at {x}, {y}");
    }
    assert_eq!(colours_of(pixels(&sheet, 1)).len(), 2);
    assert_ne!(at(1, 80, 40), at(1, 20, 40));
    // The square uncovered columns 56 to 63 and covered columns 96 to 103.
    for (panel, still) in [(2, at(2, 0, 0)), (3, [0, 0, 0, 255])] {
        for (x, changed) in
            [(54, false), (57, true), (63, true), (66, false), (94, false), (97, true), (105, false)]
        {
            assert_eq!(at(panel, x, 40) != still, changed, "at {x}");
            assert_eq!(at(panel, x, 10), still);
        }
    }
}

#[test]
fn motion_shows_changes_as_old_as_the_memory() {
    let frames: Vec<_> = (0..6).map(square).collect();
    let sheet = rendered(&scene(Layout::RGBA32, 4, &["aes-128-ecb:motion"]), &frames);
    let at = |x: usize| pixels(&sheet, 0)[40 * 160 + x];
    // The last three changes uncovered the columns from 72, from 64 and from 56. The change before is no longer remembered.
    let colours = [at(74), at(66), at(58)];
    assert!(colours[0] != colours[1] && colours[1] != colours[2] && colours[0] != colours[2]);
    assert_eq!(at(50), at(4));
    assert!(colours.iter().all(|&colour| colour != at(4)));
}

#[test]
fn under_a_fresh_nonce_every_lens_is_empty() {
    let frames: Vec<_> = (0..4).map(square).collect();
    for scheme in ["aes-128-gcm", "aes-128-ctr"] {
        for memory in [1, 3] {
            let panels = ["outline", "colours", "motion"].map(|lens| format!("{scheme}:{lens}"));
            let sheet =
                rendered(&scene(Layout::RGBA32, memory, &panels.each_ref().map(String::as_str)), &frames);
            assert_eq!(colours_of(pixels(&sheet, 0)), [(PAPER, 160 * 90)], "a blank sheet");
            assert_eq!(colours_of(pixels(&sheet, 1)), [(GROUND, 160 * 90)]);
            let motion = colours_of(pixels(&sheet, 2));
            assert!(motion.len() == 1 && motion[0].0 != GROUND, "every block changed: {motion:?}");
        }
    }
}

#[test]
fn unchanged_blocks_draw_no_outline_under_a_reused_nonce() {
    // Blocks repeat over time, but only at their own place.
    let frames: Vec<_> = (0..5).map(square).collect();
    let sheet = rendered(&scene(Layout::RGBA32, 5, &["aes-128-ctr+reused-nonce:outline"]), &frames);
    assert_eq!(colours_of(pixels(&sheet, 0)), [(PAPER, 160 * 90)]);
}

#[test]
fn frame_0_has_no_previous_frame_to_compare_with() {
    let panels = ["aes-128-ecb:motion", "aes-128-ctr+reused-nonce:difference"];
    for memory in [1, 4] {
        let scene = scene(Layout::RGBA32, memory, &panels);
        let first = rendered(&scene, &[square(0)]);
        // A frame of another size than the previous one has none to compare with either.
        let shape = Shape::new(90, 160);
        let turned = frame(Layout::RGBA32, shape, 1, square(1).bytes.to_vec());
        for sheet in [first, rendered(&scene, &[square(0), turned])] {
            for panel in 0..panels.len() {
                assert_eq!(colours_of(pixels(&sheet, panel)), [(GROUND, 160 * 90)]);
            }
        }
    }
}

#[test]
fn blocks_are_counted_over_the_remembered_frames() {
    // 16 different blocks; frames 0 and 2 are the same.
    let shape = Shape::new(16, 4);
    let unlike = |n: u64, from: u8| {
        frame(Layout::RGBA32, shape, n, (0..=255).map(|i: u8| (i / 16 + from) ^ 0x5a).collect())
    };
    let frames = [unlike(0, 0), unlike(1, 100), unlike(2, 0)];
    for (memory, repeated) in [(1, 0), (2, 0), (3, 16), (9, 16)] {
        let scene = scene(Layout::RGBA32, memory, &["plain", "aes-128-ecb", "aes-128-gcm"]);
        let sheet = rendered(&scene, &frames);
        let leakage = sheet.panels.iter().map(|panel| panel.leakage.repeated).collect::<Vec<_>>();
        assert_eq!(leakage, [repeated, repeated, 0], "memory {memory}");
        let blocks = f64::from(memory.min(3) * 16);
        let expected = blocks * (blocks - 1.0) / 2f64.powi(128);
        assert!((sheet.panels[1].leakage.expected_by_chance / expected - 1.0).abs() < 1e-9);
    }
}

#[test]
fn a_range_in_the_middle_gives_the_same_sheets_as_the_whole() {
    let source: Source = "pattern:moving-box".parse().expect("a source");
    for memory in [3, 5] {
        let scene = Scene { source: source.clone(), ..scene(Layout::GRAY8, memory, &PANELS) };
        let whole = sheets::sheets(&scene, from_to(0, 8));
        for (first, last) in [(1, 2), (6, 8)] {
            let part = sheets::sheets(&scene, from_to(first, last));
            assert_eq!(part.len() as u64, last - first + 1);
            for (one, other) in part.iter().zip(&whole[first as usize..]) {
                assert_same(one, other, &format!("with a memory of {memory}"));
            }
        }
    }
}

#[test]
fn the_gain_multiplies_a_difference_and_black_stays_black() {
    let (layout, shape) = (Layout::RGBA32, Shape::new(32, 8));
    let frames: Vec<_> = (0..2).map(|n| drawn(layout, shape, n, n)).collect();
    let name = "aes-128-ctr+reused-nonce:difference";
    let panels = [name.to_owned(), format!("{name},gain=8"), format!("{name},gain=1")];
    let sheet = rendered(&scene(layout, 1, &panels.each_ref().map(String::as_str)), &frames);
    let [once, times_eight, once_again] =
        [0, 1, 2].map(|at| sheet.panels[at].picture.clone().expect("pictures"));
    assert_eq!(once.pixels(), once_again.pixels());
    let mut seen = [false; 2];
    for (one, eight) in once.pixels().iter().zip(times_eight.pixels()) {
        for channel in 0..3 {
            assert_eq!(eight[channel], one[channel].saturating_mul(8));
            seen[usize::from(one[channel] > 0)] = true;
        }
    }
    assert_eq!(seen, [true; 2], "the difference has zeros and other values");
}
