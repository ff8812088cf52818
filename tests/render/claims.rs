//! Both sides of the claim: what survives ECB, and that nothing survives where a nonce is fresh.

use std::sync::Arc;

use afterimage::leak::{Finding, Leakage};
use afterimage::lens::GROUND;
use afterimage::picture::layout::Layout;
use afterimage::picture::{Frame, Shape};
use afterimage::render::Renderer;
use afterimage::runtime::pool::Pool;

use super::{mixed, painted, rendered, rgba, scene};

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

/// For each block except the last of a row: true if the next block looks different.
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
    assert_eq!(edges(&rgba(&sheet.panels[1])), original, "ECB changes exactly where the art does");
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
fn no_outline_of_flat_art_survives_a_mode_with_a_fresh_nonce() {
    let panels = ["aes-128-ctr:repeats", "aes-256-ctr:repeats", "aes-128-gcm:repeats", "aes-128-gcm"];
    let sheet = rendered(&scene(Layout::RGBA32, &panels), &[art(0, 0), art(1, 0)]);
    for panel in &sheet.panels {
        let Leakage { blocks, distinct, repeated, largest_class, same_as_previous, .. } = panel.leakage;
        assert_eq!((distinct, repeated, largest_class, same_as_previous), (blocks, 0, 1, Some(0)));
    }
    for panel in &sheet.panels[..3] {
        assert!(rgba(panel).iter().all(|&pixel| pixel == GROUND), "{}", panel.panel);
    }
    // Noise: no two neighbouring blocks look the same.
    assert!(edges(&rgba(&sheet.panels[3])).iter().all(|&edge| edge));
}

#[test]
fn unchanged_blocks_are_seen_where_key_and_nonce_stay_the_same() {
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
    // A still picture, and one whose disc moves.
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
fn only_frame_0_has_no_previous_frame() {
    let scene = scene(Layout::RGBA32, &["plain", "aes-128-ecb", "aes-128-gcm"]);
    for panel in rendered(&scene, &[art(0, 0)]).panels {
        assert_eq!(panel.leakage.same_as_previous, None);
    }
    for n in 1..4 {
        for panel in rendered(&scene, &[art(n - 1, 0), art(n, 0)]).panels {
            assert!(panel.leakage.same_as_previous.is_some());
        }
    }
    // A frame is not compared with a frame that it does not follow: a loop, a jump, another layout.
    for before in [art(5, 0), art(1, 0), mixed(Layout::RGB24, ART, 1, 2)] {
        for panel in rendered(&scene, &[before, art(3, 0)]).panels {
            assert_eq!(panel.leakage.same_as_previous, None);
        }
    }
}

#[test]
fn a_key_that_is_too_short_is_refused_before_rendering() {
    let mut scene = scene(Layout::RGBA32, &["aes-128-ecb", "aes-256-gcm"]);
    scene.key = "00".repeat(31).parse().expect("a key");
    let Err(error) = Renderer::new(&scene, &Pool::default()) else { panic!("31 bytes are too few") };
    assert!(error.to_string().contains("32 bytes") && error.to_string().contains("aes-256-gcm"), "{error}");
}
