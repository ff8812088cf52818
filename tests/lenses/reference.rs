//! Every lens against a simple implementation of its description, in any order of rendering.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use afterimage::crypto::Scheme;
use afterimage::lens::{GROUND, INK, Lens, PAPER, Palette};
use afterimage::media::Source;
use afterimage::picture::layout::{BLOCK_BYTES, Layout, Samples};
use afterimage::picture::{Colour, Frame, Shape};
use afterimage::runtime::pool::Buffer;
use afterimage::scene::Scene;
use proptest::prelude::*;

use super::*;
use crate::frames::{new_renderer, render_with};

/// The ciphertexts of frames, as long as the frames.
fn encrypted(scheme: &str, frames: &[Arc<Frame>]) -> Vec<Vec<u8>> {
    let scheme: Scheme = scheme.parse().expect("a scheme");
    let cipher = scheme.cipher(&Scene::of(Source::Demo).key).expect("a key that is long enough");
    let encrypt = |frame: &Arc<Frame>| {
        let mut bytes = Buffer::default();
        let _ = cipher
            .encrypt(frame.index.into(), &frame.bytes, &mut bytes)
            .expect("a frame that is long enough");
        bytes[..frame.bytes.len()].to_vec()
    };
    frames.iter().map(encrypt).collect()
}

// --- Simple implementations ----------------------------------------------------------------------------

/// A picture whose pixels have the colours of their blocks; pixels without a block have the colour `rest`.
fn by_block(layout: Layout, shape: Shape, rest: [u8; 4], colour: impl Fn(usize) -> [u8; 4]) -> Pixels {
    let places = (0..shape.height).flat_map(|y| (0..shape.width).map(move |x| (x, y)));
    places.map(|(x, y)| layout.block_at(shape, x, y).map_or(rest, &colour)).collect()
}

fn value(bytes: &[u8], block: usize) -> &[u8] {
    &bytes[block * BLOCK_BYTES..][..BLOCK_BYTES]
}

fn counts<'a>(held: &[&'a [u8]]) -> HashMap<&'a [u8], usize> {
    let mut counts = HashMap::new();
    for block in held.iter().flat_map(|bytes| bytes.chunks_exact(BLOCK_BYTES)) {
        *counts.entry(block).or_default() += 1;
    }
    counts
}

/// In how many consecutive last frames a block has its value of the last frame.
fn alike(held: &[&[u8]], block: usize) -> usize {
    let now = held[held.len() - 1];
    held.iter()
        .rev()
        .take_while(|bytes| bytes.len() == now.len() && value(bytes, block) == value(now, block))
        .count()
}

/// How many consecutive last frames have the size of the last frame.
fn of_one_size(held: &[&[u8]]) -> usize {
    held.iter().rev().take_while(|bytes| bytes.len() == held[held.len() - 1].len()).count()
}

/// The outline. `held` are the ciphertexts that are counted.
fn simple_outline(layout: Layout, shape: Shape, held: &[&[u8]]) -> Pixels {
    let now = held[held.len() - 1];
    let counts = counts(held);
    if counts.values().all(|&count| count == 1) {
        return by_block(layout, shape, PAPER, |_| PAPER);
    }
    let (columns, rows) = (shape.columns(), shape.rows());
    let (phases, aside_pixels, side) = match layout.samples() {
        Samples::Rgba32 => (1, 4, 2),
        Samples::Rgb24 => (3, 16, 0),
        Samples::Gray8 | Samples::Yuv420p => (1, 16, 4),
    };
    // The middle pixels of the blocks that are visible in the picture.
    let middle = |block| {
        let pixels: Vec<usize> = layout.pixels_of_block(shape, block).iter().collect();
        if layout.is_tiled() {
            let (x, y) = (pixels[0] % columns + side / 2, pixels[0] / columns + side / 2);
            return (x.min(columns - 1), y.min(rows - 1));
        }
        let whole = match layout.samples() {
            Samples::Rgba32 => 4,
            Samples::Rgb24 => pixels.len(),
            Samples::Gray8 | Samples::Yuv420p => 16,
        };
        let pixel = (pixels[0] + whole / 2).min(columns * rows - 1);
        (pixel % columns, pixel / columns)
    };
    let blocks = (0..layout.blocks(shape)).filter(|&block| !layout.pixels_of_block(shape, block).is_empty());
    let places: Vec<(usize, usize)> = blocks.map(middle).collect();
    let same = |one, other| value(now, one) == value(now, other);
    let elsewhere: Vec<usize> =
        (0..places.len()).map(|block| counts[value(now, block)] - alike(held, block)).collect();
    let like = |block: usize, x: usize, y: usize| {
        let there = layout.block_at(shape, x as u32, y as u32)?;
        [there, there + 1, there.wrapping_sub(1)]
            .into_iter()
            .find(|&other| other % phases == block % phases && other < places.len())
    };
    let area = places.len() * of_one_size(held) / 100;
    let mut flat = vec![false; places.len()];
    let mut drawn = vec![false; places.len()];
    for (block, &(x, y)) in places.iter().enumerate() {
        let around = if layout.is_tiled() {
            let (left, top) = (x / side * side, y / side * side);
            // The neighbours of the first column and the first row are outside the picture.
            let at = |x: usize, y: usize| layout.block_at(shape, x as u32, y as u32);
            [
                at(left.wrapping_sub(1), top),
                at(left + side, top),
                at(left, top.wrapping_sub(1)),
                at(left, top + side),
            ]
        } else {
            let right = Some(block + phases).filter(|&it| x + aside_pixels < columns && it < places.len());
            let above = if y > 0 { like(block, x, y - 1) } else { None };
            let below = if y + 1 < rows { like(block, x, y + 1) } else { None };
            [(x >= aside_pixels).then(|| block - phases), right, above, below]
        };
        let [left, right, above, below] = around.map(|other| other.filter(|&other| !same(block, other)));
        let rarer = |other: Option<usize>| other.is_some_and(|other| elsewhere[block] <= elsewhere[other]);
        let areas = |other: Option<usize>| {
            other.is_some_and(|other| elsewhere[block] >= area && elsewhere[other] >= area)
        };
        flat[block] = [left, right, above, below].iter().all(Option::is_none);
        drawn[block] =
            rarer(left) || rarer(right) || rarer(above) && rarer(below) || areas(above) || areas(below);
    }
    let met_elsewhere = elsewhere.iter().filter(|&&count| count > 0).count();
    let part = |block: usize, reach: usize, is: &dyn Fn(usize) -> bool| {
        let tile = |block: usize| (places[block].0 / 16, places[block].1 / 4);
        let near = (0..places.len()).filter(|&other| {
            tile(other).0.abs_diff(tile(block).0) <= reach && tile(other).1.abs_diff(tile(block).1) <= reach
        });
        let near: Vec<usize> = near.collect();
        near.iter().filter(|&&other| is(other)).count() as f64 / near.len() as f64
    };
    by_block(layout, shape, PAPER, |block| {
        let singular = |block: usize| elsewhere[block] == 0;
        let ink = if part(block, 4, &|block| flat[block]) >= 1.0 / 16.0 {
            drawn[block]
        } else {
            singular(block) && met_elsewhere * 64 >= places.len() && part(block, 1, &singular) >= 0.6 - 1e-9
        };
        if ink { INK } else { PAPER }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn outlines_are_those_of_the_simple_implementation(
        width in 1u32..150, height in 1u32..50, whole in any::<bool>(), which in 0usize..7,
        memory in 1u32..4, seed in any::<u64>(),
    ) {
        // Half of the sizes fill rows with whole blocks.
        let width = if whole { width.next_multiple_of(16) } else { width };
        let (layout, shape) = (any_layout(which), Shape::new(width, height));
        // Pairs of frames have the same texture, so with a memory their blocks repeat over time.
        let frames: Vec<_> = (0..4).map(|n| drawn(layout, shape, n, seed ^ (n / 2))).collect();
        let ciphertexts = encrypted("aes-128-ecb", &frames);
        let held: Vec<&[u8]> = ciphertexts[4 - memory as usize..].iter().map(Vec::as_slice).collect();
        let sheet = rendered(&scene(layout, memory, &["aes-128-ecb:outline"]), &frames);
        prop_assert!(pixels(&sheet, 0) == simple_outline(layout, shape, &held));
    }

    #[test]
    fn motion_shows_the_time_since_a_block_changed(
        width in 1u32..90, height in 1u32..20, which in 0usize..7, memory in 1u32..6, seed in any::<u64>(),
    ) {
        let (layout, shape) = (any_layout(which), Shape::new(width, height));
        let frames: Vec<_> = (0..6).map(|n| drawn(layout, shape, n, seed ^ (n / 3))).collect();
        let ciphertexts = encrypted("aes-128-ecb", &frames);
        let held: Vec<&[u8]> =
            ciphertexts[6 - memory.max(2) as usize..].iter().map(Vec::as_slice).collect();
        let sheet = rendered(&scene(layout, memory, &["aes-128-ecb:motion"]), &frames);
        // Equal times have equal colours, longer times are darker, and unchanged blocks are darkest.
        let mut colours = BTreeMap::new();
        let brightness = |[r, g, b, _]: [u8; 4]| u32::from(r) * 2 + u32::from(g) * 5 + u32::from(b);
        for (pixel, &colour) in pixels(&sheet, 0).iter().enumerate() {
            let (x, y) = ((pixel % shape.columns()) as u32, (pixel / shape.columns()) as u32);
            let Some(block) = layout.block_at(shape, x, y) else {
                prop_assert_eq!(colour, GROUND);
                continue;
            };
            let ago = alike(&held, block);
            prop_assert_eq!(*colours.entry(ago).or_insert(colour), colour);
        }
        let shades: Vec<u32> = colours.into_values().map(brightness).collect();
        prop_assert!(shades.windows(2).all(|pair| pair[0] > pair[1]), "{:?}", shades);
    }

    #[test]
    fn each_repeated_value_has_its_own_colour(
        width in 1u32..90, height in 1u32..20, which in 0usize..7, memory in 1u32..4, seed in any::<u64>(),
    ) {
        let (layout, shape) = (any_layout(which), Shape::new(width, height));
        let frames: Vec<_> = (0..3).map(|n| drawn(layout, shape, n, seed)).collect();
        let ciphertexts = encrypted("aes-128-ecb", &frames);
        let held: Vec<&[u8]> = ciphertexts[3 - memory as usize..].iter().map(Vec::as_slice).collect();
        let (now, counts) = (held[held.len() - 1], counts(&held));
        let panels = Palette::ALL.map(|palette| format!("aes-128-ecb:{}", Lens::Colours(palette)));
        let sheet = rendered(&scene(layout, memory, &panels.each_ref().map(String::as_str)), &frames);

        // The values of the frame that repeat, the most frequent first, then by value.
        let mut order: Vec<(usize, &[u8])> =
            now.chunks_exact(BLOCK_BYTES).map(|value| (counts[value], value)).filter(|&(count, _)| count > 1).collect();
        order.sort_by_key(|&(count, value)| (std::cmp::Reverse(count), value));
        order.dedup();
        for panel in 0..panels.len() {
            let mut colours = HashMap::new();
            for (pixel, &colour) in pixels(&sheet, panel).iter().enumerate() {
                let (x, y) = ((pixel % shape.columns()) as u32, (pixel / shape.columns()) as u32);
                let Some(block) = layout.block_at(shape, x, y) else {
                    prop_assert_eq!(colour, GROUND);
                    continue;
                };
                let value = value(now, block);
                prop_assert_eq!(colour == GROUND, counts[value] == 1);
                prop_assert_eq!(*colours.entry(value).or_insert(colour), colour, "one colour per value");
            }
            // Values that are visible in the picture: a value that occurs only in chroma is not.
            let seen: Vec<[u8; 4]> =
                order.iter().take(7).filter_map(|(_, value)| colours.get(value).copied()).collect();
            for (at, colour) in seen.iter().enumerate() {
                prop_assert!(!seen[..at].contains(colour), "the first seven values have different colours");
            }
        }
    }

    #[test]
    fn a_difference_is_the_xor_of_ciphertexts(
        width in 1u32..90, height in 1u32..20, which in 0usize..7, seed in any::<u64>(),
    ) {
        let (layout, shape) = (any_layout(which), Shape::new(width, height));
        let frames: Vec<_> = (0..2).map(|n| drawn(layout, shape, n, seed ^ n)).collect();
        let names = ["aes-128-ecb", "aes-128-gcm", "aes-128-ctr+reused-nonce", "aes-128-gcm+reused-nonce"];
        let panels = names.map(|name| format!("{name}:difference"));
        let sheet = rendered(&scene(layout, 1, &panels.each_ref().map(String::as_str)), &frames);
        for (panel, name) in names.iter().enumerate() {
            let mut difference: Vec<u8> = if name.ends_with("reused-nonce") {
                // The XOR removes the keystream and leaves the XOR of the originals.
                frames[0].bytes.iter().zip(frames[1].bytes.iter()).map(|(one, other)| one ^ other).collect()
            } else {
                let bytes = encrypted(name, &frames);
                bytes[0].iter().zip(&bytes[1]).map(|(one, other)| one ^ other).collect()
            };
            if layout.samples() == Samples::Yuv420p {
                let luma = if layout.is_tiled() {
                    shape.columns().div_ceil(4) * shape.rows().div_ceil(4) * BLOCK_BYTES
                } else {
                    shape.pixels()
                };
                difference[luma..].iter_mut().for_each(|chroma| *chroma = chroma.wrapping_add(128));
            }
            let colour = Colour { full_range: true, ..Colour::default() };
            let mut expected = vec![0; shape.pixels() * 4];
            layout.show(shape, colour, &difference, Some(GROUND), &mut expected);
            prop_assert!(pixels(&sheet, panel) == expected.as_chunks().0, "{}", name);
        }
    }

    #[test]
    fn any_order_of_rendering_gives_the_same_sheets(
        order in prop::collection::vec(0usize..10, 1..14),
        memory in 1u32..6, width in 1u32..50, height in 1u32..20, which in 0usize..7,
    ) {
        let layout = any_layout(which);
        // The frames from the sixth on have another size.
        let shape = |n: u64| Shape::new(width, if n > 5 { height + 3 } else { height });
        let frames: Vec<_> = (0..10).map(|n| drawn(layout, shape(n), n, n / 4)).collect();
        let scene = scene(layout, memory, &PANELS);
        let reached = |n: usize| &frames[(n + 1).saturating_sub(scene.frames_needed())..=n];
        let mut renderer = new_renderer(&scene);
        for &n in &order {
            let sheet = render_with(&mut renderer, &scene, reached(n), Parts::PICTURES);
            assert_same(&sheet, &rendered(&scene, reached(n)), &format!("at frame {n} of {order:?}"));
        }
    }

    // Panels share one census where block equality is the same: the original and ECB of any key size.
    #[test]
    fn a_panel_is_the_same_alone_and_among_others(
        memory in 1u32..4, width in 1u32..50, height in 1u32..20, which in 0usize..4, seed in any::<u64>(),
    ) {
        let layout = Layout::ALL[which];
        let frames: Vec<_> =
            (0..3).map(|n| drawn(layout, Shape::new(width, height), n, seed.wrapping_add(n / 2))).collect();
        let more = ["plain", "aes-256-ecb:repeats", "aes-192-ecb:motion", "aes-128-ecb+key-per-frame:motion"];
        let panels = [&more[..], &PANELS].concat();
        let together = rendered(&scene(layout, memory, &panels), &frames);
        for (at, panel) in panels.iter().enumerate() {
            let alone = rendered(&scene(layout, memory, &[panel]), &frames);
            prop_assert_eq!(together.panels[at].leakage, alone.panels[0].leakage, "{}", panel);
            prop_assert!(pixels(&together, at) == pixels(&alone, 0), "{}", panel);
        }
    }
}
