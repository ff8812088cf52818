//! The renderer: the same sheet however a frame was reached, and both sides of the claim: what survives ECB,
//! and that nothing survives where a nonce is fresh.
#![expect(clippy::cast_possible_truncation, reason = "made up bytes may be any")]

#[path = "common/frames.rs"]
mod frames;

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::Arc;

use afterimage::leak::{ClassicalMetrics, Finding, Leakage, expected_by_chance, log10_of_pairs};
use afterimage::lens::GROUND;
use afterimage::media::Source;
use afterimage::picture::layout::{BLOCK_BYTES, Layout};
use afterimage::picture::{Frame, Picture, Shape, opaque};
use afterimage::render::{Analysis, Parts, PreparedSet, Recent, RenderedPanel, Renderer, Sheet};
use afterimage::runtime::pool::{Buffer, Pool};
use afterimage::scene::{Panel, Scene};

use frames::frame;

/// Shapes that fill blocks well, badly and not at all.
const SHAPES: [Shape; 5] =
    [Shape::new(1, 1), Shape::new(5, 3), Shape::new(63, 35), Shape::new(64, 48), Shape::new(7, 129)];

fn scene(layout: Layout, panels: &[&str]) -> Scene {
    let panels = panels.iter().map(|panel| panel.parse::<Panel>().expect("a panel")).collect();
    Scene { layout, panels, ..Scene::of(Source::Demo) }
}

/// A picture in `rgba32` whose pixels are told by a function.
fn painted(shape: Shape, n: u64, pixel: impl Fn(u32, u32) -> [u8; 4]) -> Arc<Frame> {
    let rows = (0..shape.height).flat_map(|y| (0..shape.width).map(move |x| (x, y)));
    frame(Layout::RGBA32, shape, n, rows.flat_map(|(x, y)| pixel(x, y)).collect())
}

/// Bytes with much that repeats, some noise and, in `rgba32`, all degrees of transparency.
fn mixed(layout: Layout, shape: Shape, film: u64, n: u64) -> Arc<Frame> {
    let mut state = (film << 32 | n).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let bytes = (0..layout.frame_bytes(shape)).map(|i| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        if i / 400 % 3 == 0 { state as u8 } else { (i / 160) as u8 ^ film as u8 }
    });
    frame(layout, shape, n, bytes.collect())
}

/// The sheet of the last of some frames, by a renderer that has seen nothing else.
fn rendered(scene: &Scene, frames: &[Arc<Frame>]) -> Sheet {
    render_with(&mut new_renderer(scene), frames, Parts::PICTURES)
}

fn new_renderer(scene: &Scene) -> Renderer {
    Renderer::new(scene, &Pool::default()).expect("a good key")
}

fn render_with(renderer: &mut Renderer, frames: &[Arc<Frame>], parts: Parts) -> Sheet {
    let mut recent = Recent::default();
    for frame in frames {
        recent.push(Arc::clone(frame), 2);
    }
    renderer.render(&recent, &PreparedSet::default(), parts).expect("there is a frame")
}

fn rgba(panel: &RenderedPanel) -> Vec<[u8; 4]> {
    panel.picture.as_ref().expect("a picture").pixels().iter().copied().map(opaque).collect()
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

// --- Purity ------------------------------------------------------------------------------------------

#[test]
fn a_sheet_is_the_same_whatever_was_rendered_before() {
    for layout in Layout::ALL.into_iter().chain(Layout::TILED) {
        let scene = scene(layout, &ALL_KINDS);
        for shape in SHAPES {
            let film = |film, n| mixed(layout, shape, film, n);
            let frames: Vec<_> = (0..5).map(|n| film(1, n)).collect();
            let reached = |n: usize| &frames[n.saturating_sub(1)..=n];
            let expected: Vec<_> = (0..5).map(|n| rendered(&scene, reached(n))).collect();
            // In order, backwards, leaping, standing still; and between frames of another film that have
            // the same numbers, as after opening the source again.
            for order in [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 4, 1, 3, 0], [3, 3, 2, 2, 3]] {
                let mut renderer = new_renderer(&scene);
                for n in order {
                    let when = format!("in {layout} of {shape:?}, frame {n} of {order:?}");
                    assert_same(
                        &render_with(&mut renderer, reached(n), Parts::PICTURES),
                        &expected[n],
                        &when,
                    );
                }
                for n in order {
                    let other = film(2, n.saturating_sub(1) as u64);
                    render_with(&mut renderer, &[other], Parts::NUMBERS);
                    let when = format!("in {layout} of {shape:?}, after another film");
                    assert_same(
                        &render_with(&mut renderer, reached(n), Parts::PICTURES),
                        &expected[n],
                        &when,
                    );
                }
            }
        }
    }
}

#[test]
fn a_sheet_is_the_same_where_the_next_frame_is_looked_at_while_it_is_drawn() {
    let remembering = ["aes-128-ecb:motion", "aes-128-ecb:outline", "aes-128-ctr+reused-nonce:difference"];
    let scene = Scene {
        memory: NonZeroU32::new(3).expect("three"),
        ..scene(Layout::RGBA32, &[&ALL_KINDS[..], &remembering].concat())
    };
    let needed = scene.frames_needed();
    for shape in SHAPES {
        let frames: Vec<_> = (0..6).map(|n| mixed(Layout::RGBA32, shape, 1, n / 2)).collect();
        let frames =
            (0..).zip(&frames).map(|(n, frame)| self::frame(Layout::RGBA32, shape, n, frame.bytes.to_vec()));
        let (mut one, mut other) = (new_renderer(&scene), new_renderer(&scene));
        let (mut recent, mut expected) = (Recent::default(), Vec::new());
        let mut analysis: Option<Analysis> = None;
        for frame in frames {
            recent.push(frame, needed);
            expected.push(other.render(&recent, &PreparedSet::default(), Parts::PICTURES).expect("a frame"));
            let Some(last) = analysis.take() else {
                analysis = one.analyze(&recent, Parts::PICTURES);
                continue;
            };
            let (sheet, next) = one.paint_and_analyze(last, &PreparedSet::default(), &recent);
            let n = sheet.frame.index;
            assert_same(&sheet, &expected[n.0 as usize], &format!("in frame {n} of {shape:?}"));
            analysis = next;
        }
        let last = one.paint(analysis.expect("the last frame"), &PreparedSet::default());
        assert_same(&last, &expected[5], "in the last frame");
    }
}

#[test]
fn a_sheet_is_the_same_on_one_thread_and_on_many() {
    let scene = scene(Layout::RGB24, &ALL_KINDS);
    let frames = [0, 1].map(|n| mixed(Layout::RGB24, Shape::new(333, 222), 1, n));
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| rendered(&scene, &frames))
    };
    assert_same(&on(1), &on(5), "on five threads");
}

#[test]
fn a_buffer_that_was_used_before_leaves_no_trace() {
    let pool = Pool::default();
    let dirty: Vec<_> = (0..20).map(|_| pool.take(63 * 35 * 4 + 16)).collect();
    for mut buffer in dirty {
        buffer.fill(0xee);
    }
    for layout in Layout::ALL.into_iter().chain(Layout::TILED) {
        let scene = scene(layout, &ALL_KINDS);
        let frames = [mixed(layout, Shape::new(63, 35), 1, 0)];
        let mut renderer = Renderer::new(&scene, &pool).expect("a good key");
        for _ in 0..3 {
            let sheet = render_with(&mut renderer, &frames, Parts::PICTURES);
            assert_same(&sheet, &rendered(&scene, &frames), &format!("in {layout} in used buffers"));
        }
    }
}

#[test]
fn numbers_alone_are_the_numbers_and_pictures_come_with_those_of_their_captions() {
    let scene = scene(Layout::YUV420P, &ALL_KINDS);
    let frames = [0, 1].map(|n| mixed(Layout::YUV420P, Shape::new(63, 35), 1, n));
    let mut renderer = new_renderer(&scene);
    let all = render_with(&mut renderer, &frames, Parts { pictures: true, ..Parts::NUMBERS });
    let numbers = render_with(&mut renderer, &frames, Parts::NUMBERS);
    for ((all, numbers), pictures) in
        all.panels.iter().zip(numbers.panels).zip(rendered(&scene, &frames).panels)
    {
        assert_eq!((all.panel, all.leakage), (numbers.panel, numbers.leakage));
        assert!(numbers.picture.is_none());
        assert_eq!(all.picture.as_ref().map(Picture::pixels), pictures.picture.as_ref().map(Picture::pixels));
        let of_caption = Leakage {
            left_equal: None,
            above_equal: None,
            outline_precision: None,
            outline_recall: None,
            outline_f1: None,
            outline_f1_by_chance: None,
            ..all.leakage
        };
        assert_eq!(pictures.leakage, of_caption);
    }
    let counts = render_with(&mut renderer, &frames, Parts::COUNTS);
    for (counts, pictures) in counts.panels.iter().zip(rendered(&scene, &frames).panels) {
        let without_word = |leakage| Leakage { word: None, ..leakage };
        assert_eq!(without_word(counts.leakage), without_word(pictures.leakage));
    }
    let ecb = |sheet: &Sheet| {
        let panel = sheet.panels.iter().find(|panel| panel.panel.to_string() == "aes-128-ecb");
        panel.expect("a panel of ECB").leakage
    };
    assert!(ecb(&all).left_equal.is_some() && ecb(&all).outline_f1.is_some());
    assert!(ecb(&all).word.is_some() && ecb(&counts).word.is_none());
}

// --- The bytes shown and counted ---------------------------------------------------------------------

/// The ciphertext of a frame, without padding; the frame's bytes for `plain`.
fn ciphertext(scene: &Scene, panel: Panel, frame: &Frame) -> Vec<u8> {
    let Some(scheme) = panel.scheme() else { return frame.bytes.to_vec() };
    let mut bytes = Buffer::default();
    let cipher = scheme.cipher(&scene.key).expect("a good key");
    cipher.encrypt(frame.index.into(), &frame.bytes, &mut bytes).expect("a frame that every mode takes");
    bytes[..frame.bytes.len()].to_vec()
}

#[test]
fn the_numbers_are_those_of_plain_counting() {
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
fn the_ciphertext_lens_shows_the_bytes_that_are_counted_and_marks_the_rest() {
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
fn every_pixel_shown_is_opaque_and_transparency_is_encrypted_all_the_same() {
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
    // Four pixels a block, alike but for their alpha: the eye sees one colour, the cipher four blocks.
    let glass = painted(Shape::new(16, 1), 0, |x, _| [9, 9, 9, (x / 4) as u8]);
    let sheet = rendered(&scene(Layout::RGBA32, &["plain", "aes-128-ecb"]), &[glass]);
    for panel in &sheet.panels {
        assert_eq!((panel.leakage.distinct, panel.leakage.repeated), (4, 0), "{}", panel.panel);
    }
    assert!(rgba(&sheet.panels[0]).iter().all(|&pixel| pixel == [9, 9, 9, 255]));
}

// --- Both sides of the claim -------------------------------------------------------------------------

const ART: Shape = Shape::new(256, 192);

/// Flat art: a disc and a bar on a ground, in three colours.
fn art(n: u64, shift: u32) -> Arc<Frame> {
    painted(ART, n, |x, y| {
        let (dx, dy) = (i64::from(x) - i64::from(90 + shift), i64::from(y) - 80);
        match () {
            () if dx * dx + dy * dy < 60 * 60 => [250, 200, 30, 255],
            () if (20..236).contains(&x) && (150..170).contains(&y) => [200, 40, 60, 255],
            () => [30, 60, 120, 255],
        }
    })
}

/// Of each block but the last of a row, whether the one to its right looks otherwise.
fn edges(pixels: &[[u8; 4]]) -> Vec<bool> {
    let blocks = |row: &[[u8; 4]]| row.chunks(4).map(<[_]>::to_vec).collect::<Vec<_>>();
    let rows = pixels.chunks(ART.columns()).map(blocks);
    rows.flat_map(|row| row.windows(2).map(|pair| pair[0] != pair[1]).collect::<Vec<_>>()).collect()
}

#[test]
fn the_outlines_of_flat_art_survive_ecb_in_both_lenses() {
    let panels = ["plain", "aes-128-ecb", "aes-128-ecb:repeats", "aes-256-ecb+key-per-frame:repeats"];
    let sheet = rendered(&scene(Layout::RGBA32, &panels), &[art(0, 0)]);
    let original = edges(&rgba(&sheet.panels[0]));
    assert!(original.iter().filter(|&&edge| edge).count() > 300, "the art has outlines");
    assert_eq!(edges(&rgba(&sheet.panels[1])), original, "ECB's bytes change exactly where the art does");
    for panel in &sheet.panels[1..] {
        assert!(panel.leakage.repeated_share > 0.9, "{}: {:?}", panel.panel, panel.leakage);
        let word = Some(Finding::Outlines);
        assert_eq!(panel.leakage, Leakage { word, ..sheet.panels[0].leakage }, "{}", panel.panel);
    }
    for panel in &sheet.panels[2..] {
        let seen = edges(&rgba(panel));
        let false_edges = seen.iter().zip(&original).filter(|&(&seen, &edge)| seen && !edge).count();
        let found = seen.iter().zip(&original).filter(|&(&seen, &edge)| seen && edge).count();
        let edges = original.iter().filter(|&&edge| edge).count();
        assert_eq!(false_edges, 0, "{}: equal blocks have equal colours", panel.panel);
        assert!(found * 100 >= edges * 95, "{}: {found} of {edges}", panel.panel);
    }
}

#[test]
fn nothing_of_flat_art_survives_a_mode_with_a_fresh_nonce() {
    let panels = ["aes-128-ctr:repeats", "aes-256-ctr:repeats", "aes-128-gcm:repeats", "aes-128-gcm"];
    let sheet = rendered(&scene(Layout::RGBA32, &panels), &[art(0, 0), art(1, 0)]);
    for panel in &sheet.panels {
        let Leakage { blocks, distinct, repeated, largest_class, same_as_previous, .. } = panel.leakage;
        assert_eq!((distinct, repeated, largest_class, same_as_previous), (blocks, 0, 1, Some(0)));
    }
    for panel in &sheet.panels[..3] {
        assert!(rgba(panel).iter().all(|&pixel| pixel == GROUND), "{}", panel.panel);
    }
    // Noise: no two blocks side by side look the same.
    assert!(edges(&rgba(&sheet.panels[3])).iter().all(|&edge| edge));
}

#[test]
fn what_stands_still_is_seen_where_key_and_nonce_stay() {
    let panels = [
        ("plain", true),
        ("aes-128-ecb", true),
        ("aes-256-ecb", true),
        ("aes-128-ecb+key-per-frame", false),
        ("aes-128-ctr", false),
        ("aes-128-ctr+reused-nonce", true),
        ("aes-128-gcm", false),
        ("aes-128-gcm+reused-nonce", true),
    ];
    let scene = scene(Layout::RGBA32, &panels.map(|(panel, _)| panel));
    let blocks = Layout::RGBA32.blocks(ART) as u64;
    // A picture that stands still, and one whose disc moves on.
    let moved = art(8, 4);
    let pairs = art(7, 0).bytes.as_chunks::<16>().0.to_vec();
    let kept = pairs.iter().zip(moved.bytes.as_chunks::<16>().0).filter(|(a, b)| a == b).count() as u64;
    assert!(kept > blocks / 2 && kept < blocks);
    for (next, expected) in [(art(8, 0), blocks), (moved, kept)] {
        for (panel, (name, seen)) in rendered(&scene, &[art(7, 0), next]).panels.iter().zip(panels) {
            assert_eq!(panel.leakage.same_as_previous, Some(if seen { expected } else { 0 }), "{name}");
        }
    }
}

#[test]
fn only_frame_0_has_no_frame_before_it() {
    let scene = scene(Layout::RGBA32, &["plain", "aes-128-ecb", "aes-128-gcm"]);
    for panel in rendered(&scene, &[art(0, 0)]).panels {
        assert_eq!(panel.leakage.same_as_previous, None);
    }
    for n in 1..4 {
        for panel in rendered(&scene, &[art(n - 1, 0), art(n, 0)]).panels {
            assert!(panel.leakage.same_as_previous.is_some());
        }
    }
    // What does not follow the frame before is not compared with it: a loop, a leap, another layout.
    for before in [art(5, 0), art(1, 0), mixed(Layout::RGB24, ART, 1, 2)] {
        for panel in rendered(&scene, &[before, art(3, 0)]).panels {
            assert_eq!(panel.leakage.same_as_previous, None);
        }
    }
}

#[test]
fn a_key_that_is_too_short_is_refused_before_anything_is_rendered() {
    let mut scene = scene(Layout::RGBA32, &["aes-128-ecb", "aes-256-gcm"]);
    scene.key = "00".repeat(31).parse().expect("a key");
    let Err(error) = Renderer::new(&scene, &Pool::default()) else { panic!("31 bytes are too few") };
    assert!(error.to_string().contains("32 bytes") && error.to_string().contains("aes-256-gcm"), "{error}");
}
