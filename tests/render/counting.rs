//! The bytes that are shown and counted.

use std::collections::HashMap;
use std::sync::Arc;

use afterimage::leak::{ClassicalMetrics, Leakage, expected_by_chance, log10_of_pairs};
use afterimage::lens::GROUND;
use afterimage::picture::layout::{BLOCK_BYTES, Layout};
use afterimage::picture::{Frame, Shape};
use afterimage::runtime::pool::Buffer;
use afterimage::scene::{Panel, Scene};

use super::{ALL_KINDS, SHAPES, mixed, painted, rendered, rgba, scene};

/// The ciphertext of a frame, without padding; the frame's bytes for `plain`.
fn ciphertext(scene: &Scene, panel: Panel, frame: &Frame) -> Vec<u8> {
    let Some(scheme) = panel.scheme() else { return frame.bytes.to_vec() };
    let mut bytes = Buffer::default();
    let cipher = scheme.cipher(&scene.key).expect("a key that is long enough");
    cipher.encrypt(frame.index.into(), &frame.bytes, &mut bytes).expect("a frame that every mode takes");
    bytes[..frame.bytes.len()].to_vec()
}

#[test]
fn the_numbers_are_those_of_simple_counting() {
    for layout in Layout::ALL.into_iter().chain(Layout::TILED) {
        let scene = scene(layout, &ALL_KINDS);
        for shape in SHAPES {
            let frames = [3, 4].map(|n| mixed(layout, shape, 1, n));
            for panel in rendered(&scene, &frames).panels {
                let [before, now] = [0, 1].map(|i| ciphertext(&scene, panel.panel, &frames[i]));
                let blocks: Vec<_> = now.chunks_exact(BLOCK_BYTES).collect();
                let mut counts = HashMap::new();
                for &block in &blocks {
                    *counts.entry(block).or_insert(0u64) += 1;
                }
                let repeated = blocks.iter().filter(|&block| counts[block] > 1).count() as u64;
                let same = blocks.iter().zip(before.chunks_exact(BLOCK_BYTES)).filter(|(a, b)| *a == b);
                let n = blocks.len() as u64;
                let pairs = counts.values().map(|count| count * (count - 1) / 2).sum();
                let entropy: f64 = counts
                    .values()
                    .map(|&count| count as f64 / n as f64)
                    .map(|share| -share * share.log2())
                    .sum();
                assert!((panel.leakage.block_entropy - entropy).abs() < 1e-9, "{}", panel.panel);
                let prefix = blocks.iter().zip(before.chunks_exact(BLOCK_BYTES)).take_while(|(a, b)| *a == b);
                let changed = blocks.iter().zip(before.chunks_exact(BLOCK_BYTES)).filter(|(a, b)| *a != b);
                let bytes =
                    changed.skip(1).map(|(a, b)| a.iter().zip(b).filter(|(a, b)| a == b).count() as u64);
                let expected = Leakage {
                    blocks: n,
                    distinct: counts.len() as u64,
                    repeated,
                    repeated_share: if n == 0 { 0.0 } else { repeated as f64 / n as f64 },
                    largest_class: counts.values().copied().max().unwrap_or(0),
                    repeated_in_frame: repeated,
                    expected_by_chance: expected_by_chance(n),
                    log10_p: log10_of_pairs(pairs, n),
                    max_block_entropy: (n.max(1) as f64).log2(),
                    same_prefix: Some(prefix.count() as u64),
                    same_bytes_in_changed: panel.panel.scheme().map(|_| bytes.sum()),
                    recovered_share: None,
                    tone_rho: None,
                    classical: ClassicalMetrics::default(),
                    same_as_previous: Some(same.count() as u64),
                    ..panel.leakage
                };
                assert_eq!(panel.leakage, expected, "{} in {layout} of {shape:?}", panel.panel);
            }
        }
    }
}

#[test]
fn the_lens_ciphertext_shows_the_counted_bytes_and_marks_the_rest() {
    for shape in SHAPES {
        let scene = scene(Layout::RGBA32, &["aes-128-ecb", "aes-128-gcm"]);
        let frame = mixed(Layout::RGBA32, shape, 1, 9);
        for panel in rendered(&scene, &[Arc::clone(&frame)]).panels {
            let bytes = ciphertext(&scene, panel.panel, &frame);
            let whole = bytes.len() / BLOCK_BYTES * BLOCK_BYTES / 4;
            for (i, (shown, byte)) in rgba(&panel).iter().zip(bytes.as_chunks::<4>().0).enumerate() {
                let expected = if i < whole { [byte[0], byte[1], byte[2], 255] } else { GROUND };
                assert_eq!(*shown, expected, "pixel {i} of {} in {shape:?}", panel.panel);
            }
        }
    }
}

#[test]
fn every_shown_pixel_is_opaque_and_transparency_is_encrypted() {
    for layout in Layout::ALL.into_iter().chain(Layout::TILED) {
        for shape in SHAPES {
            for panel in rendered(&scene(layout, &ALL_KINDS), &[mixed(layout, shape, 1, 0)]).panels {
                let picture = panel.picture.as_ref().expect("a picture");
                assert_eq!((picture.shape, picture.pixels().len()), (shape, shape.pixels()));
                let rgba = picture.to_rgba();
                assert_eq!(rgba.len(), shape.pixels() * 4);
                assert!(rgba.iter().skip(3).step_by(4).all(|&alpha| alpha == 255), "{layout}");
            }
        }
    }
    // Four pixels per block that differ only in alpha: the picture shows one colour, the cipher encrypts four blocks.
    let glass = painted(Shape::new(16, 1), 0, |x, _| [9, 9, 9, (x / 4) as u8]);
    let sheet = rendered(&scene(Layout::RGBA32, &["plain", "aes-128-ecb"]), &[glass]);
    for panel in &sheet.panels {
        assert_eq!((panel.leakage.distinct, panel.leakage.repeated), (4, 0), "{}", panel.panel);
    }
    assert!(rgba(&sheet.panels[0]).iter().all(|&pixel| pixel == [9, 9, 9, 255]));
}
