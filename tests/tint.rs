//! The lens `tint` from file to picture: both sides of its claim, and the same sheet however a frame was reached.
#![expect(clippy::cast_possible_wrap, reason = "numbers of blocks are small")]

#[path = "common/excerpt.rs"]
mod excerpt;
#[path = "common/frames.rs"]
mod frames;
#[path = "common/sheets.rs"]
mod sheets;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use afterimage::leak::{Finding, Leakage};
use afterimage::lens::GROUND;
use afterimage::picture::Shape;
use afterimage::picture::layout::Layout;
use afterimage::render::RenderedPanel;
use afterimage::scene::Scene;

use excerpt::EXCERPT;
use frames::pixels;
use sheets::{from_to, sheet, sheets};

/// A shot of an animated film: an animal turns to the camera.
const FILM: &str = "demo:film";

fn scene(source: &str, panels: &[&str]) -> Scene {
    Scene { panels: sheets::panels(panels), ..Scene::of(source.parse().expect("a source")) }
}

fn filled(panel: &RenderedPanel) -> f64 {
    panel.leakage.filled_share.expect("a share")
}

#[test]
fn colours_follow_from_one_known_frame_of_a_film() {
    let panels = [
        "plain",
        "aes-128-ecb:codebook",
        "aes-128-ecb:tint",
        "aes-128-ecb:tint,sure=0.9",
        "aes-128-ecb:tint,sure=0",
    ];
    let sheet = sheet(&scene(FILM, &panels), 40);
    let [plain, codebook, tint, sure, any] = &sheet.panels[..] else { panic!("five panels") };
    let Leakage { recovered_share, filled_share, filled_psnr, filled_r2, word, .. } = tint.leakage;
    assert_eq!(recovered_share, codebook.leakage.recovered_share, "exact where the codebook is");
    assert!((0.14..0.26).contains(&filled_share.expect("a share")), "{filled_share:?}");
    assert!(filled_psnr > Some(36.0) && filled_r2 > Some(0.98), "{filled_psnr:?} dB, R² {filled_r2:?}");
    assert_eq!(word, Some(Finding::Recovered));
    // The confidence tells: what is surer is rarer and better.
    assert!(filled(sure) < filled(tint) && filled(tint) < filled(any));
    assert!(sure.leakage.filled_psnr > tint.leakage.filled_psnr, "{:?}", sure.leakage.filled_psnr);
    assert!(tint.leakage.filled_psnr > any.leakage.filled_psnr, "{:?}", any.leakage.filled_psnr);
    // Exact pixels are those of the original.
    for (seen, (exact, original)) in pixels(tint).iter().zip(pixels(codebook).iter().zip(pixels(plain))) {
        assert!(*exact == GROUND || (seen == exact && exact == original));
    }
}

#[test]
fn the_share_and_the_quality_are_those_of_the_picture() {
    let panels = ["plain", "aes-128-ecb:codebook", "aes-128-ecb:tint"];
    let sheet = sheet(&scene(FILM, &panels), 20);
    let [plain, codebook, tint] = &sheet.panels[..] else { panic!("three panels") };
    let blocks = |panel| pixels(panel).as_chunks::<4>().0;
    let (mut count, mut squares) = (0u32, 0.0);
    for ((seen, exact), original) in blocks(tint).iter().zip(blocks(codebook)).zip(blocks(plain)) {
        if exact.iter().all(|pixel| *pixel == GROUND) && seen.iter().any(|pixel| *pixel != GROUND) {
            count += 1;
            for channel in 0..3 {
                let mean: f64 = original.iter().map(|pixel| f64::from(pixel[channel])).sum::<f64>() / 4.0;
                squares += (mean - f64::from(seen[0][channel])).powi(2) / 3.0;
            }
        }
    }
    let share = f64::from(count) / blocks(plain).len() as f64;
    assert!((share - filled(tint)).abs() < 1e-3, "{share}, {}", filled(tint));
    let psnr = 10.0 * (255.0f64.powi(2) * f64::from(count) / squares).log10();
    let stated = tint.leakage.filled_psnr.expect("some are filled");
    assert!((psnr - stated).abs() < 0.1, "{psnr} dB, {stated} dB");
}

#[test]
fn it_is_better_than_what_anyone_would_try_first() {
    let panels = ["plain", "aes-128-ecb", "aes-128-ecb:codebook", "aes-128-ecb:tint"];
    let sheet = sheet(&scene(FILM, &panels), 40);
    let [plain, ciphertext, codebook, tint] = &sheet.panels[..] else { panic!("four panels") };
    let blocks = |panel| pixels(panel).as_chunks::<4>().0;
    let across = sheet.frame.shape.columns() / 4;
    let luma = |pixel: [f64; 3]| 0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2];
    let mean = |block: &[[u8; 4]; 4]| -> [f64; 3] {
        std::array::from_fn(|at| block.iter().map(|pixel| f64::from(pixel[at])).sum::<f64>() / 4.0)
    };
    let is_known: Vec<bool> =
        blocks(codebook).iter().map(|block| block.iter().any(|pixel| *pixel != GROUND)).collect();
    let is_filled = |at: usize| !is_known[at] && blocks(tint)[at].iter().any(|pixel| *pixel != GROUND);
    // The nearest known block in the picture, nearly: by rings of equal distance along rows and columns.
    let nearest = |at: usize| {
        let (x, y) = ((at % across) as i64, (at / across) as i64);
        (1..200i64).find_map(|ring| {
            let mut best: Option<(i64, usize)> = None;
            for dy in -ring..=ring {
                // A block is four pixels wide and one high: rows are nearer than columns.
                for dx in [-(ring - dy.abs()) / 4, (ring - dy.abs()) / 4] {
                    let (x, y) = (x + dx, y + dy);
                    let is_inside = (0..across as i64).contains(&x) && (0..720).contains(&y);
                    let place = usize::try_from(y * across as i64 + x).ok().filter(|_| is_inside);
                    if let Some(place) = place.filter(|&place| is_known[place]) {
                        let distance = 16 * dx * dx + dy * dy;
                        best = Some(best.map_or((distance, place), |best| best.min((distance, place))));
                    }
                }
            }
            best.map(|(_, place)| place)
        })
    };
    let mut often: HashMap<&[[u8; 4]; 4], u32> = HashMap::new();
    for block in blocks(ciphertext) {
        *often.entry(block).or_default() += 1;
    }
    let most = f64::from(*often.values().max().expect("blocks"));
    let (mut of_tint, mut of_nearest, mut of_frequency, mut count) = (0.0, 0.0, 0.0, 0u32);
    for at in (0..is_known.len()).filter(|&at| is_filled(at)) {
        let original = luma(mean(&blocks(plain)[at]));
        let known = nearest(at).map_or([0.0; 3], |place| mean(&blocks(plain)[place]));
        of_tint += (luma(mean(&blocks(tint)[at])) - original).powi(2);
        of_nearest += (luma(known) - original).powi(2);
        of_frequency +=
            (255.0 * f64::from(often[&blocks(ciphertext)[at]]).ln() / most.ln() - original).powi(2);
        count += 1;
    }
    let decibels = |squares: f64| 10.0 * (255.0f64.powi(2) * f64::from(count) / squares).log10();
    let [tint, nearest, frequency] = [of_tint, of_nearest, of_frequency].map(decibels);
    println!(
        "luma of filled blocks: {tint:.1} dB; nearest known block {nearest:.1} dB; frequency {frequency:.1} dB"
    );
    assert!(tint > nearest + 4.0 && tint > frequency + 15.0, "{tint}, {nearest}, {frequency}");
}

#[test]
fn where_no_block_repeats_it_shows_what_the_codebook_does() {
    let schemes = [
        "aes-128-cbc",
        "aes-128-ctr",
        "aes-128-gcm",
        "aes-128-xts",
        "aes-128-xts+fixed-tweak",
        "aes-128-ctr+reused-nonce",
        "aes-128-ecb+key-per-frame",
    ];
    let panels: Vec<String> = schemes
        .iter()
        .flat_map(|scheme| [format!("{scheme}:codebook"), format!("{scheme}:tint,sure=0")])
        .collect();
    let panels: Vec<&str> = panels.iter().map(String::as_str).collect();
    let sheet = sheet(&scene(FILM, &panels), 30);
    for pair in sheet.panels.chunks(2) {
        let [codebook, tint] = pair else { panic!("pairs") };
        assert_eq!(pixels(tint), pixels(codebook), "{}", tint.panel);
        assert!(filled(tint) < f64::MIN_POSITIVE, "{}", tint.panel);
        assert_eq!(tint.leakage.recovered_share, codebook.leakage.recovered_share);
        let is_dark = tint.leakage.recovered_share <= Some(0.0);
        assert_eq!(
            tint.why_empty().is_some_and(|why| why.contains("nothing follows")),
            is_dark,
            "{}",
            tint.panel
        );
    }
}

/// Twenty frames of the film, then twenty of other footage.
fn two_shots(folder: &Path) -> PathBuf {
    let path = folder.join("cut.mkv");
    let shot = |input: usize| {
        format!("[{input}:v]trim=end_frame=20,settb=1/24,setpts=N,format=yuv420p,setsar=1[shot{input}];")
    };
    let film = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/film.mp4");
    let joined = Command::new("ffmpeg")
        .args(["-v", "error", "-i", film, "-i", EXCERPT, "-filter_complex"])
        .arg(format!("{}{}[shot0][shot1]concat", shot(0), shot(1)))
        .args(["-c:v", "ffv1"])
        .arg(&path)
        .status();
    assert!(joined.expect("ffmpeg is installed by script/bootstrap").success());
    path
}

#[test]
fn across_a_cut_hardly_anything_follows() {
    let folder = tempfile::tempdir().expect("a folder");
    let film = two_shots(folder.path());
    let panels =
        ["aes-128-ecb:tint,known=0-0", "aes-128-ecb:tint,known=0-19", "aes-128-ecb:tint,known=20-39"];
    let scene = scene(film.to_str().expect("a path in UTF-8"), &panels);
    for (layout, frame) in [(Layout::RGBA32, 10), (Layout::RGBA32, 30), (Layout::YUV420P, 30)] {
        let sheet = sheet(&Scene { layout, ..scene.clone() }, frame);
        let of_first = filled(&sheet.panels[0]);
        assert!(if frame < 20 { of_first > 0.1 } else { of_first < 0.05 }, "{of_first} at {frame}");
        for panel in sheet.panels.iter().filter(|panel| panel.leakage.filled_share.is_some()) {
            let is_own_shot = panel.panel.to_string().contains("known=20") == (frame >= 20);
            assert!(is_own_shot || filled(panel) < 0.05, "{} at {frame}: {}", panel.panel, filled(panel));
        }
    }
}

#[test]
fn in_drawings_and_noise_hardly_anything_follows() {
    let noise = sheet(&scene("pattern:noise", &["aes-128-ecb:tint,sure=0"]), 20);
    assert!(filled(&noise.panels[0]) < f64::MIN_POSITIVE && noise.panels[0].why_empty().is_some());
    for layout in [&Layout::ALL[..], &Layout::TILED].concat() {
        let scene = Scene { layout, ..scene("demo", &["aes-128-ecb:tint"]) };
        for frame in [45, 90, 200, 330] {
            let leakage = sheet(&scene, frame).panels[0].leakage;
            let (share, psnr) = (leakage.filled_share.expect("a share"), leakage.filled_psnr);
            println!("{layout} at {frame}: {share:.3} at {psnr:?} dB");
            assert!(share < 0.05, "{layout} at {frame}: {share}");
        }
    }
}

#[test]
fn a_known_frame_and_a_still_are_shown_as_they_are() {
    let film = sheet(&scene(FILM, &["plain", "aes-128-ecb:tint,known=5-9"]), 7);
    let still = sheet(&scene("demo:still", &["plain", "aes-128-ecb:tint"]), 0);
    for sheet in [film, still] {
        let [plain, tint] = &sheet.panels[..] else { panic!("two panels") };
        assert_eq!(pixels(plain), pixels(tint));
        assert_eq!((tint.leakage.recovered_share, tint.leakage.filled_share), (None, None));
    }
}

#[test]
fn every_layout_is_filled_with_colours_like_those_of_the_original() {
    for layout in [&Layout::ALL[..], &Layout::TILED].concat() {
        let scene = Scene { layout, ..scene(FILM, &["plain", "aes-128-ecb:codebook", "aes-128-ecb:tint"]) };
        let sheet = sheet(&scene, 12);
        let [plain, codebook, tint] = &sheet.panels[..] else { panic!("three panels") };
        for (seen, (exact, original)) in pixels(tint).iter().zip(pixels(codebook).iter().zip(pixels(plain))) {
            assert!(*exact == GROUND || (seen == exact && exact == original), "{layout}");
        }
        let psnr = tint.leakage.filled_psnr;
        assert!(filled(tint) > 0.01 && psnr > Some(26.0), "{layout}: {} at {psnr:?} dB", filled(tint));
        println!(
            "{layout}: exact {:?}, filled {} at {psnr:?} dB",
            tint.leakage.recovered_share,
            filled(tint)
        );
    }
}

#[test]
fn a_frame_is_the_same_however_it_is_reached_and_colours_stay_put() {
    let scene = scene(FILM, &["aes-128-ecb:tint"]);
    let all = sheets(&scene, from_to(28, 40));
    let alone = sheet(&scene, 40);
    assert_eq!(pixels(&all[12].panels[0]), pixels(&alone.panels[0]));
    // Where the ciphertext stays the same from frame to frame, so does the colour.
    let wire = |at: usize| all[at].panels[0].wire.as_ref().expect("on the wire").blocks.as_chunks::<16>().0;
    let blocks = |at: usize| pixels(&all[at].panels[0]).as_chunks::<4>().0;
    let (mut changed, mut count) = (0, 0.0);
    for (at, sheet) in all.iter().enumerate().take(12) {
        let same = (0..wire(at).len()).filter(|&block| wire(at)[block] == wire(at + 1)[block]);
        // A gap is filled from its neighbours, which may be others.
        changed += same.filter(|&block| blocks(at)[block] != blocks(at + 1)[block]).count();
        count += filled(&sheet.panels[0]) * wire(at).len() as f64;
    }
    let share = changed as f64 / count;
    println!("{share:.4} of the filled blocks change their colour under the same ciphertext");
    assert!(share < 0.03, "{share} of the filled blocks change their colour under the same ciphertext");
    assert_eq!(all[0].frame.shape, Shape::new(1280, 720));
}
