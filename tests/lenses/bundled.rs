//! The lenses on the bundled video and the bundled picture.

use std::sync::Arc;

use afterimage::lens::INK;
use afterimage::media::{self, Frames, Limits, Source};
use afterimage::picture::Shape;
use afterimage::runtime::pool::Pool;
use afterimage::scene::Scene;

use super::{colours_of, pixels, rendered};
use crate::sheets::{panels, sheet};

/// The blocks of an `rgba32` picture in which a Sobel gradient of its luma reaches 48.
fn edges(shape: Shape, rgba: &[[u8; 4]]) -> Vec<bool> {
    let (columns, rows) = (shape.columns().cast_signed(), shape.rows().cast_signed());
    let luma = |x: isize, y: isize| {
        let [r, g, b, _] = rgba[(y.clamp(0, rows - 1) * columns + x.clamp(0, columns - 1)).cast_unsigned()];
        f32::from(r) * 0.299 + f32::from(g) * 0.587 + f32::from(b) * 0.114
    };
    let gradient = |x: isize, y: isize| {
        let weighted = |dx: isize, dy: isize| {
            luma(x + dx - dy, y + dy - dx) + 2.0 * luma(x + dx, y + dy) + luma(x + dx + dy, y + dy + dx)
        };
        (weighted(1, 0) - weighted(-1, 0)).hypot(weighted(0, 1) - weighted(0, -1))
    };
    let pixels: Vec<bool> = (0..rows)
        .flat_map(|y| (0..columns).map(move |x| (x, y)))
        .map(|(x, y)| gradient(x, y) >= 48.0)
        .collect();
    pixels.chunks(4).map(|pixels| pixels.contains(&true)).collect()
}

/// The F1 score of the outline of a frame against the edges of the original.
fn agreement(source: Source, n: u64) -> f64 {
    let scene = Scene { panels: panels(&["plain", "aes-128-ecb:outline"]), ..Scene::of(source) };
    let sheet = sheet(&scene, n);
    let edges = edges(sheet.frame.shape, pixels(&sheet, 0));
    let ink: Vec<bool> = pixels(&sheet, 1).iter().step_by(4).map(|&pixel| pixel == INK).collect();
    let both = ink.iter().zip(&edges).filter(|&(&ink, &edge)| ink && edge).count();
    let either = ink.iter().chain(&edges).filter(|&&is| is).count();
    2.0 * both as f64 / either as f64
}

#[test]
fn outlines_agree_with_the_edges_of_the_bundled_pictures() {
    // Measured: 0.69 and 0.77. Ink in every block would give 0.29 and 0.09.
    let (call, penguin) = (agreement(Source::Demo, 37), agreement(Source::DemoStill, 0));
    assert!(call > 0.65 && penguin > 0.73, "{call}, {penguin}");
}

#[test]
fn motion_shows_parts_of_the_call_under_ecb_and_every_block_under_gcm() {
    let scene =
        Scene { panels: panels(&["aes-128-ecb:motion", "aes-128-gcm:motion"]), ..Scene::of(Source::Demo) };
    let mut reader = media::open(&scene.source, scene.layout, Limits::default(), &Pool::default())
        .expect("the demo opens");
    let frames: Vec<_> = (0..2)
        .map(|_| Arc::new(Frames::next_frame(&mut *reader).expect("it reads").expect("a frame")))
        .collect();
    let sheet = rendered(&scene, &frames);
    let still = colours_of(pixels(&sheet, 0))[0];
    let share = still.1 as f64 / sheet.frame.shape.pixels() as f64;
    assert!((0.5..0.999).contains(&share), "most of the call does not change: {share}");
    assert_eq!(colours_of(pixels(&sheet, 1)).len(), 1);
}
