//! The findings of every scheme on every kind of footage: leaks are found, and where there is none, none is found. Also the
//! classical measures of the same ciphertexts.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "made-up bytes may have any value, and pictures are small"
)]

mod classical;
#[path = "../common/excerpt.rs"]
mod excerpt;
mod findings;
mod footage;
#[path = "../common/frames.rs"]
mod frames;
#[path = "../common/random.rs"]
mod random;
mod random_data;
#[path = "../common/sheets.rs"]
mod sheets;

use std::num::NonZeroU32;
use std::sync::Arc;

use afterimage::crypto::{Habit, Scheme};
use afterimage::leak::Finding;
use afterimage::media::Source;
use afterimage::picture::Frame;
use afterimage::picture::layout::Layout;
use afterimage::render::{Parts, Renderer, Sheet};
use afterimage::scene::{Panel, Scene};

use footage::{Footage, Shot, cartoon, grain, slide, slides, still};
use frames::new_renderer;
use sheets::panels;

fn frame(n: u64, Shot(shape, bytes): &Shot) -> Arc<Frame> {
    frames::frame(Layout::RGBA32, *shape, n, bytes.clone())
}

fn sheet(footage: &Footage, panels: Vec<Panel>, parts: Parts) -> Sheet {
    let scene = Scene { panels, ..Scene::of(Source::Demo) };
    let frames: Vec<_> = (7..).zip(footage).map(|(n, shot)| frame(n, shot)).collect();
    frames::rendered(&scene, &frames, parts)
}

/// The expected findings of a scheme on a cartoon, a slide, footage, footage with strong grain, a still and random bytes.
fn expected(scheme: Scheme) -> [Finding; 6] {
    use Finding::{IdenticalFrames, KeystreamReuse, Movement, Noise, Outlines, Prefix};
    let mode = |names: &[&str]| names.iter().any(|name| scheme.base_name().ends_with(name));
    match scheme.habit() {
        None if mode(&["ecb"]) => [Outlines, Outlines, Outlines, Noise, IdenticalFrames, Noise],
        Some(Habit::KeyPerFrame) => [Outlines, Outlines, Outlines, Noise, Noise, Noise],
        Some(_) if mode(&["ofb", "ctr", "-gcm", "poly1305"]) => {
            [KeystreamReuse, KeystreamReuse, KeystreamReuse, KeystreamReuse, IdenticalFrames, Noise]
        }
        Some(Habit::FixedIv) => [Prefix, Prefix, Noise, Noise, IdenticalFrames, Noise],
        Some(Habit::FixedTweak) => [Movement, Movement, Movement, Noise, IdenticalFrames, Noise],
        // GCM-SIV shows only whether two frames are identical.
        Some(_) => [Noise, Noise, Noise, Noise, IdenticalFrames, Noise],
        None => [Noise; 6],
    }
}

#[test]
fn every_scheme_has_its_finding_on_every_kind_of_footage() {
    let footage: [(&str, Footage); 6] = [
        ("cartoon", cartoon()),
        ("slide", slides()),
        ("camera", footage::excerpt()),
        ("camera with strong grain", grain()),
        ("still", still()),
        ("random", footage::random()),
    ];
    let schemes: Vec<Scheme> = Scheme::all().collect();
    let mut wrong = Vec::new();
    for (at, (name, footage)) in footage.iter().enumerate() {
        let sheet = sheet(footage, schemes.iter().copied().map(Panel::of).collect(), Parts::NUMBERS);
        for (panel, &scheme) in sheet.panels.iter().zip(&schemes) {
            let (finding, expected) = (panel.leakage.word, Some(expected(scheme)[at]));
            if finding != expected {
                wrong.push(format!("{scheme} on {name}: {finding:?}, not {expected:?}; {:?}", panel.leakage));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_numbers_are_the_same_however_a_frame_was_reached() {
    let names = ["plain", "aes-128-ecb", "aes-128-ctr+reused-nonce", "aes-128-gcm"];
    let frames: Vec<_> = (0..4).map(|n| frame(7 + n, &slide(200 + 9 * n as usize))).collect();
    for memory in [1, 3] {
        let memory = NonZeroU32::new(memory).expect("a memory holds a frame");
        let scene = Scene { panels: panels(&names), memory, ..Scene::of(Source::Demo) };
        let numbers = |renderer: &mut Renderer, last: usize| {
            let needed = &frames[(last + 1).saturating_sub(scene.frames_needed())..=last];
            let sheet = frames::render_with(renderer, &scene, needed, Parts::CLASSICAL);
            sheet.panels.iter().map(|panel| panel.leakage).collect::<Vec<_>>()
        };
        let expected: Vec<_> = (0..4).map(|last| numbers(&mut new_renderer(&scene), last)).collect();
        let mut renderer = new_renderer(&scene);
        for last in [0, 1, 2, 3, 3, 1, 2, 0, 3] {
            assert_eq!(numbers(&mut renderer, last), expected[last], "frame {last}, memory {memory}");
        }
    }
}
