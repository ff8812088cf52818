//! The renderer: a sheet depends only on its frames, its numbers are those of simple counting, and both sides of the claim
//! hold: outlines survive ECB, and nothing survives a fresh nonce.
#![expect(clippy::cast_possible_truncation, reason = "made-up bytes may have any value")]

mod claims;
mod counting;
#[path = "../common/frames.rs"]
mod frames;
#[path = "../common/random.rs"]
mod random;
mod same_sheet;
#[path = "../common/sheets.rs"]
mod sheets;

use std::sync::Arc;

use afterimage::media::Source;
use afterimage::picture::layout::Layout;
use afterimage::picture::{Frame, Shape, opaque};
use afterimage::render::{Parts, RenderedPanel, Sheet};
use afterimage::scene::Scene;

use frames::{frame, pixels};
use random::XorShift;

/// Shapes whose pixels fill whole blocks, broken blocks or less than a block.
const SHAPES: [Shape; 5] =
    [Shape::new(1, 1), Shape::new(5, 3), Shape::new(63, 35), Shape::new(64, 48), Shape::new(7, 129)];

fn scene(layout: Layout, panels: &[&str]) -> Scene {
    Scene { layout, panels: sheets::panels(panels), ..Scene::of(Source::Demo) }
}

/// A picture in `rgba32` with the pixels that a function gives.
fn painted(shape: Shape, n: u64, pixel: impl Fn(u32, u32) -> [u8; 4]) -> Arc<Frame> {
    let rows = (0..shape.height).flat_map(|y| (0..shape.width).map(move |x| (x, y)));
    frame(Layout::RGBA32, shape, n, rows.flat_map(|(x, y)| pixel(x, y)).collect())
}

/// Bytes with many repeats, some noise and, in `rgba32`, all degrees of transparency.
fn mixed(layout: Layout, shape: Shape, video: u64, n: u64) -> Arc<Frame> {
    let mut random = XorShift::of(video << 32 | n);
    let bytes = (0..layout.frame_bytes(shape)).map(|i| {
        let noise = random.next() as u8;
        if i / 400 % 3 == 0 { noise } else { (i / 160) as u8 ^ video as u8 }
    });
    frame(layout, shape, n, bytes.collect())
}

fn rgba(panel: &RenderedPanel) -> Vec<[u8; 4]> {
    pixels(panel).iter().copied().map(opaque).collect()
}

fn assert_same(one: &Sheet, other: &Sheet, when: &str) {
    assert_eq!(one.frame.index, other.frame.index);
    assert_eq!(one.panels.len(), other.panels.len());
    for (one, other) in one.panels.iter().zip(&other.panels) {
        assert_eq!((one.panel, one.leakage), (other.panel, other.leakage), "{when}");
        assert!(rgba(one) == rgba(other), "{} differs {when}", one.panel);
    }
}

const ALL_KINDS: [&str; 9] = [
    "plain",
    "aes-128-ecb",
    "aes-128-ecb:repeats",
    "aes-256-ecb+key-per-frame:repeats",
    "aes-128-ctr",
    "aes-192-ctr+reused-nonce:repeats",
    "aes-128-gcm",
    "aes-128-gcm+reused-nonce",
    "aes-256-gcm:repeats",
];

/// The sheet of the last of these frames, by a renderer without history.
fn rendered(scene: &Scene, frames: &[Arc<Frame>]) -> Sheet {
    frames::rendered(scene, frames, Parts::PICTURES)
}
