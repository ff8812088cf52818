//! The finding describes what the picture shows.

use afterimage::leak::Finding;
use afterimage::media::Source;
use afterimage::picture::layout::Layout;
use afterimage::render::Parts;
use afterimage::scene::Scene;

use super::sheet;
use crate::footage::{
    Footage, Shot, before_grain, cartoon, dark, each_pixel, excerpt, in_bars, night, random, slides,
    small_camera, still,
};
use crate::frames;
use crate::sheets::panels;

#[test]
fn the_finding_describes_the_picture() {
    use Finding::{Flat, IdenticalFrames, Movement, Noise, Outlines, Repeats};
    const WHITE: [u8; 4] = [250, 250, 250, 255];
    let is_box = |x: usize, y: usize| (380..440).contains(&x) && (20..50).contains(&y);
    let black = || [(); 2].map(|()| each_pixel(|_| [0, 0, 0, 255]));
    // With the findings of ECB and of XTS with a fixed tweak, which shows only unchanged blocks.
    let is_large_box = |x: usize, y: usize| (20..340).contains(&x) && (30..220).contains(&y);
    let footage: [(&str, Footage, Finding, Finding); 20] = [
        ("black", black(), Flat, IdenticalFrames),
        ("dark sensor noise", dark(0.2), Flat, Repeats),
        ("stronger sensor noise", dark(1.0), Repeats, Repeats),
        ("a person in the dark", night(), Outlines, Movement),
        ("grain", before_grain(|_, _| None), Noise, Noise),
        ("letterboxed grain", in_bars(before_grain(|_, _| None), 34), Repeats, Repeats),
        ("thin bars on grain", in_bars(before_grain(|_, _| None), 3), Repeats, Repeats),
        (
            "pillars beside grain",
            before_grain(|x, _| (x.abs_diff(240) > 80).then_some(WHITE)),
            Repeats,
            Repeats,
        ),
        ("a still box on grain", before_grain(|x, y| is_box(x, y).then_some(WHITE)), Outlines, Repeats),
        // The lens outline shows a solid box on a light ground, and the lens motion one on a dark ground.
        ("a box of grain", before_grain(|x, y| (!is_box(x, y)).then_some(WHITE)), Outlines, Movement),
        (
            "a large box of grain",
            before_grain(|x, y| (!is_large_box(x, y)).then_some(WHITE)),
            Outlines,
            Movement,
        ),
        (
            "grain with bars all around it",
            before_grain(|x, y| (x.abs_diff(240) > 160 || y.abs_diff(135) > 100).then_some(WHITE)),
            Repeats,
            Repeats,
        ),
        ("a small camera", small_camera(), Repeats, Noise),
        ("letterboxed film", in_bars(excerpt(), 34), Outlines, Movement),
        ("letterboxed slides", in_bars(slides(), 10), Outlines, Movement),
        ("slides", slides(), Outlines, Movement),
        ("a screen recording", cartoon(), Outlines, Movement),
        ("film", excerpt(), Outlines, Movement),
        ("a grainy still", still(), IdenticalFrames, IdenticalFrames),
        ("random data", random(), Noise, Noise),
    ];
    let panels = panels(&["aes-128-ecb", "aes-128-xts+fixed-tweak", "aes-128-ctr", "aes-128-gcm"]);
    let mut wrong = Vec::new();
    for (name, footage, ecb, xts) in &footage {
        let sheet = sheet(footage, panels.clone(), Parts::NUMBERS);
        for (panel, expected) in sheet.panels.iter().zip([*ecb, *xts, Noise, Noise]) {
            if panel.leakage.word != Some(expected) {
                wrong.push(format!("{} on {name}: {:?}, not {expected}", panel.panel, panel.leakage.word));
            }
        }
        if *name == "a small camera" {
            let share = sheet.panels[0].leakage.repeated_share;
            assert!(
                (0.03..0.08).contains(&share),
                "as many blocks repeat as in footage with outlines: {share}"
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_finding_is_the_same_in_every_layout() {
    use Finding::{Flat, Outlines, Repeats};
    let is_box = |x: usize, y: usize| (368..448).contains(&x) && (20..60).contains(&y);
    let footage: [(&str, Footage, Finding); 4] = [
        ("a red frame", [(); 2].map(|()| each_pixel(|_| [200, 20, 20, 255])), Flat),
        ("letterboxed grain", in_bars(before_grain(|_, _| None), 36), Repeats),
        ("a still box on grain", before_grain(|x, y| is_box(x, y).then_some([9, 9, 9, 255])), Outlines),
        ("slides", slides(), Outlines),
    ];
    for (name, footage, finding) in &footage {
        for layout in [Layout::RGBA32, Layout::RGB24, Layout::GRAY8] {
            let keep = |at: usize| match layout.name() {
                "rgba32" => true,
                "rgb24" => at % 4 < 3,
                _ => at % 4 == 1,
            };
            let scene = Scene { panels: panels(&["aes-128-ecb"]), layout, ..Scene::of(Source::Demo) };
            let converted = |(n, Shot(shape, rgba)): (u64, &Shot)| {
                let bytes = (0..rgba.len()).filter(|&at| keep(at)).map(|at| rgba[at]).collect();
                frames::frame(layout, *shape, n, bytes)
            };
            let frames: Vec<_> = (7..).zip(footage).map(converted).collect();
            let sheet = frames::rendered(&scene, &frames, Parts::NUMBERS);
            assert_eq!(sheet.panels[0].leakage.word, Some(*finding), "{name} in {layout}");
        }
    }
}
