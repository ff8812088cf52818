//! The lenses `codebook` and `received` from file to picture: both sides of their claims, with every pixel compared with the
//! original, and the same sheet however a frame was reached.
#![expect(clippy::cast_possible_truncation, reason = "numbers of pixels are small")]

#[path = "common/frames.rs"]
mod frames;
#[path = "common/sheets.rs"]
mod sheets;

use afterimage::crypto::{DecryptError, Rejection, Verdict};
use afterimage::leak::Finding;
use afterimage::lens::GROUND;
use afterimage::media::{MediaError, Source};
use afterimage::picture::Shape;
use afterimage::picture::layout::{BLOCK_BYTES, Layout};
use afterimage::render::{Attack, BatchError, Job, RenderedPanel};
use afterimage::scene::Scene;

use frames::pixels;
use sheets::{from_to, sheet, sheets};

fn scene(source: &str, layout: Layout, panels: &[&str]) -> Scene {
    Scene { panels: sheets::panels(panels), layout, ..Scene::of(source.parse().expect("a source")) }
}

fn share(panel: &RenderedPanel) -> f64 {
    panel.leakage.recovered_share.expect("a share")
}

fn layouts() -> Vec<Layout> {
    [&Layout::ALL[..], &Layout::TILED].concat()
}

// --- The lens `codebook` --------------------------------------------------------------------------------

#[test]
fn a_codebook_panel_shows_pixels_of_the_original_or_a_dark_ground() {
    let panels = [
        "plain",
        "aes-128-ecb:codebook,known=0-2",
        "aes-128-xts+fixed-tweak:codebook,known=0-2",
        "aes-128-ctr+reused-nonce:codebook,known=0-2",
        "chacha20-poly1305+reused-nonce:codebook,known=0-2",
        "aes-256-gcm:codebook,known=0-2",
        "aes-128-ecb+key-per-frame:codebook,known=0-2",
    ];
    for layout in layouts() {
        let sheet = sheet(&scene("pattern:moving-box", layout, &panels), 30);
        let [plain, attacks @ ..] = &sheet.panels[..] else { panic!("panels") };
        for panel in attacks {
            let name = panel.panel.to_string();
            let painted = pixels(panel).iter().zip(pixels(plain));
            assert!(
                painted.clone().all(|(painted, plain)| painted == plain || *painted == GROUND),
                "{name} in {layout}: a wrong pixel"
            );
            let by_keystream = matches!(panel.attack, Some(Attack::Recovered { by_keystream: true, .. }));
            assert_eq!(by_keystream, name.contains("reused-nonce"), "{name} in {layout}");
            let whole = pixels(panel) == pixels(plain);
            let dark = pixels(panel).iter().all(|&pixel| pixel == GROUND);
            match name.as_str() {
                name if name.contains("reused-nonce") => assert!(whole, "{name} in {layout}"),
                name if name.contains("gcm") || name.contains("key-per-frame") => {
                    assert!(dark && share(panel).abs() < f64::EPSILON, "{name} in {layout}");
                }
                _ => assert!(!dark && share(panel) > 0.5, "{name} in {layout}"),
            }
        }
    }
}

#[test]
fn the_recovered_share_is_that_of_blocks_with_a_known_value() {
    let scene =
        scene("demo", Layout::RGBA32, &["plain", "aes-128-ecb:codebook", "aes-128-ecb:codebook,known=10-40"]);
    let [known, shown] = [0, 120].map(|index| sheet(&scene, index).frame);
    let values: std::collections::HashSet<_> = known.bytes.as_chunks::<BLOCK_BYTES>().0.iter().collect();
    let blocks = shown.bytes.as_chunks::<BLOCK_BYTES>().0;
    let expected = blocks.iter().filter(|block| values.contains(block)).count() as f64 / blocks.len() as f64;
    let sheet = sheet(&scene, 120);
    assert!((share(&sheet.panels[1]) - expected).abs() < 1e-9, "{expected}");
    assert!(share(&sheet.panels[2]) > share(&sheet.panels[1]), "more known frames recover more");
    let lit = pixels(&sheet.panels[1])
        .iter()
        .zip(pixels(&sheet.panels[0]))
        .filter(|(painted, _)| **painted != GROUND);
    assert!((lit.count() as f64 / shown.shape.pixels() as f64 - expected).abs() < 0.001);
}

#[test]
fn a_known_frame_is_shown_without_a_finding() {
    let sheet = sheet(&scene("demo", Layout::RGB24, &["plain", "aes-128-gcm:codebook,known=3-5"]), 4);
    assert!(pixels(&sheet.panels[0]) == pixels(&sheet.panels[1]));
    assert_eq!(
        (sheet.panels[1].leakage.recovered_share, sheet.panels[1].attack),
        (None, Some(Attack::Known))
    );
    assert_eq!(sheet.panels[1].leakage.word.map(Finding::name), Some("noise"));
}

// --- The lens `received` --------------------------------------------------------------------------------

fn verdict(panel: &RenderedPanel) -> Verdict {
    match panel.attack {
        Some(Attack::Received(verdict)) => verdict,
        other => panic!("{}: {other:?}", panel.panel),
    }
}

const TAG: Verdict = Verdict::Rejected(Rejection::Message(DecryptError::Tag));

#[test]
fn an_unchanged_message_has_no_finding() {
    let panels = ["aes-128-ecb:received,untouched", "aes-128-ecb:received,flip=0.0", "aes-128-ecb"];
    let sheet = sheet(&scene("demo", Layout::RGBA32, &panels), 40);
    let words: Vec<_> = sheet.panels.iter().map(|panel| panel.leakage.word.map(Finding::name)).collect();
    assert_eq!(words, [None, Some("garbled"), Some("outlines")]);
    assert_eq!(verdict(&sheet.panels[0]), Verdict::Unchanged);
}

#[test]
fn a_spliced_picture_is_forged_in_every_pixel_under_ecb() {
    let splice = "received,splice=32,8,64,40@640,96@10";
    let panels: Vec<String> = ["ecb", "cbc", "ctr", "gcm", "xts+fixed-tweak"]
        .iter()
        .map(|mode| format!("aes-128-{mode}:{splice}"))
        .chain(["plain".into()])
        .collect();
    let names: Vec<&str> = panels.iter().map(String::as_str).collect();
    for layout in layouts() {
        let scene = scene("demo", layout, &names);
        let [other, sheet] = [10, 120].map(|index| sheet(&scene, index));
        let (plain, other_plain) = (pixels(&sheet.panels[5]), pixels(&other.panels[5]));
        let columns = sheet.frame.shape.columns();
        let expected: Vec<[u8; 4]> = (0..plain.len())
            .map(|pixel| match (pixel % columns, pixel / columns) {
                (x @ 32..96, y @ 8..48) => other_plain[(y + 88) * columns + x + 608],
                _ => plain[pixel],
            })
            .collect();
        // In every layout the edges of the rectangles are edges of blocks.
        assert!(pixels(&sheet.panels[0]) == expected, "{layout}");
        let verdicts: Vec<Verdict> = sheet.panels[..5].iter().map(verdict).collect();
        assert_eq!(
            verdicts,
            [Verdict::Forged, Verdict::Garbled, Verdict::Garbled, TAG, Verdict::Garbled],
            "{layout}"
        );
        let words: Vec<_> =
            sheet.panels[..5].iter().filter_map(|panel| panel.leakage.word).map(Finding::name).collect();
        assert_eq!(words, ["forged", "garbled", "garbled", "rejected", "garbled"], "{layout}");
        let refused = &sheet.panels[3];
        assert!(pixels(refused).iter().all(|&pixel| pixel == GROUND), "a rejected frame is not shown");
        assert_eq!(
            refused.note.as_ref().map(ToString::to_string).as_deref(),
            Some("rejected: the tag does not match")
        );
    }
}

#[test]
fn a_flipped_bit_changes_a_pixel_under_ctr_and_a_block_and_a_pixel_under_cbc() {
    let panels = ["plain", "aes-128-ecb", "aes-128-cbc", "aes-128-ctr", "aes-128-gcm-siv"];
    let panels: Vec<String> = panels
        .iter()
        .map(|name| if *name == "plain" { "plain".into() } else { format!("{name}:received,flip=4801.7") })
        .collect();
    let names: Vec<&str> = panels.iter().map(String::as_str).collect();
    let sheet = sheet(&scene("demo", Layout::RGBA32, &names), 50);
    let changed = |panel: usize| -> Vec<usize> {
        let pairs = pixels(&sheet.panels[panel]).iter().zip(pixels(&sheet.panels[0]));
        pairs.enumerate().filter_map(|(pixel, (now, plain))| (now != plain).then_some(pixel)).collect()
    };
    // Byte 4801 is the green byte of pixel 1200, the first pixel of block 300.
    assert_eq!(changed(1), [1200, 1201, 1202, 1203]);
    assert_eq!(changed(2), [1200, 1201, 1202, 1203, 1204]);
    assert_eq!(changed(3), [1200]);
    let flipped = |panel: usize, pixel: usize| {
        pixels(&sheet.panels[panel])[pixel][1] ^ pixels(&sheet.panels[0])[pixel][1]
    };
    assert_eq!((flipped(2, 1204), flipped(3, 1200)), (0x80, 0x80));
    let verdicts: Vec<Verdict> = sheet.panels[1..].iter().map(verdict).collect();
    assert_eq!(verdicts, [Verdict::Garbled, Verdict::Garbled, Verdict::Forged, TAG]);
}

#[test]
fn a_replay_shows_the_other_frame_and_is_unchanged_in_that_frame() {
    let panels = [
        "plain",
        "aes-128-ecb:received,replay=7",
        "aes-128-gcm+reused-nonce:received,replay=7",
        "aes-128-cbc:received,replay=7",
        "aes-128-ctr:received,replay=7",
        "aes-128-gcm:received,replay=7",
    ];
    let scene = scene("demo", Layout::GRAY8, &panels);
    let [seven, sheet] = [7, 120].map(|index| sheet(&scene, index));
    let verdicts: Vec<Verdict> = sheet.panels[1..].iter().map(verdict).collect();
    assert_eq!(verdicts, [Verdict::Forged, Verdict::Forged, Verdict::Garbled, Verdict::Garbled, TAG]);
    for panel in 1..3 {
        assert!(
            pixels(&sheet.panels[panel]) == pixels(&seven.panels[0]),
            "every pixel is that of the other frame"
        );
    }
    assert!(pixels(&sheet.panels[3])[16..] == pixels(&seven.panels[0])[16..], "all blocks except the first");
    assert!(seven.panels[1..].iter().all(|panel| verdict(panel) == Verdict::Unchanged));
}

#[test]
fn a_wrong_key_gives_noise_or_a_rejection() {
    let names = [
        "aes-128-ctr:received,wrong-key",
        "aes-128-ecb:received,wrong-key",
        "aes-128-gcm:received,wrong-key",
    ];
    let sheet = sheet(&scene("demo", Layout::RGBA32, &names), 3);
    assert_eq!(verdict(&sheet.panels[0]), Verdict::Garbled);
    assert!(matches!(verdict(&sheet.panels[1]), Verdict::Rejected(_)), "the padding does not match");
    assert_eq!(verdict(&sheet.panels[2]), TAG);
}

#[test]
fn impossible_tampering_is_explained_in_the_panel() {
    let names = [
        "aes-128-ecb:received,flip=99999999.0",
        "aes-128-ecb:received,splice=0,0,64,64@1250,0",
        "aes-128-ecb",
    ];
    let sheet = sheet(&scene("demo", Layout::RGBA32, &names), 3);
    let notes: Vec<String> = sheet.panels[..2]
        .iter()
        .map(|panel| panel.note.as_ref().map(ToString::to_string).expect("a note"))
        .collect();
    assert!(notes[0].contains("99999999") && notes[1].contains("1280 × 720"), "{notes:?}");
    assert!(sheet.panels[..2].iter().all(|panel| pixels(panel).iter().all(|&pixel| pixel == GROUND)));
    assert!(sheet.panels[2].note.is_none());
}

// --- Both lenses ----------------------------------------------------------------------------------------

#[test]
fn frames_past_the_end_are_an_error_with_their_number() {
    for panel in [
        "aes-128-ecb:codebook,known=0-9999",
        "aes-128-gcm:codebook,known=9998-9999",
        "aes-128-ecb:received,replay=9999",
        "aes-128-ecb:received,splice=0,0,8,8@8,8@9999",
    ] {
        let scene = scene("pattern:moving-box", Layout::GRAY8, &[panel]);
        let error = sheets::run(Job::new(&scene, from_to(5, 5))).expect_err(panel);
        let BatchError::Media(MediaError::NoSuchFrame { index, frames }) = error else {
            panic!("{panel}: {error}")
        };
        assert!(index.0 >= frames && frames > 5, "{panel}: {error}");
    }
}

#[test]
fn a_range_gives_the_same_sheets_as_single_frames() {
    let panels = [
        "aes-128-ecb:codebook,known=2-3",
        "aes-128-ctr+reused-nonce:codebook",
        "aes-128-cbc:received",
        "aes-128-ecb:received,replay=1,splice=0,0,16,16@32,32@4,flip=900.3",
        "aes-128-ofb:received,wrong-key",
    ];
    let scene = scene("pattern:moving-box", Layout::YUV420P, &panels);
    let range = sheets(&scene, from_to(0, 6));
    for index in [0, 2, 6] {
        let (alone, among) = (sheet(&scene, index), &range[index as usize]);
        for (one, other) in alone.panels.iter().zip(&among.panels) {
            assert!(pixels(one) == pixels(other), "{} at {index}", one.panel);
            assert_eq!((one.leakage, one.attack), (other.leakage, other.attack), "{} at {index}", one.panel);
        }
    }
}

#[test]
fn both_lenses_work_on_a_still_picture() {
    let scene = Scene {
        source: Source::DemoStill,
        ..scene(
            "demo",
            Layout::RGBA32,
            &["plain", "aes-128-ecb:codebook", "aes-128-ecb:received,splice=0,0,32,32@64,64"],
        )
    };
    let sheet = sheet(&scene, 0);
    let Shape { width, .. } = sheet.frame.shape;
    assert!(pixels(&sheet.panels[0]) == pixels(&sheet.panels[1]));
    let at = |panel: usize, x: u32, y: u32| pixels(&sheet.panels[panel])[(y * width + x) as usize];
    for (x, y) in [(0, 0), (31, 31), (7, 20)] {
        assert_eq!(at(2, x, y), at(0, x + 64, y + 64));
    }
    assert_eq!(at(2, 32, 32), at(0, 32, 32));
}
