//! The lessons on what an encoder wrote: repeats, sizes, slices.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use afterimage::batch;
use afterimage::leak::Finding;
use afterimage::media::Source;
use afterimage::payload::Target;
use afterimage::render::{Job, Parts, Range};
use afterimage::scene::Scene;
use afterimage::text::numbers::thousands;

use crate::frames::pixels;
use crate::{answer, first_sheet, lesson};

#[test]
fn lesson_17_shows_equal_sizes_under_ecb_and_gcm_and_no_repeats() {
    for sheet in answer(17).1 {
        let [_, repeats, ecb, gcm] = &sheet.panels[..] else { panic!("four panels") };
        assert_eq!(repeats.leakage.word, Some(Finding::Noise));
        assert!(pixels(ecb) == pixels(gcm));
    }
}

#[test]
fn lesson_18_counts_the_blocks_that_repeat_in_the_whole_call() {
    let lesson = lesson(18);
    let scene = Scene { panels: vec![lesson.scene.scene.panels[1]], ..lesson.scene.scene.clone() };
    let (mut counts, mut all, mut repeated_in_frame) = (BTreeMap::<[u8; 16], u64>::new(), 0, 0);
    batch::render(Job { parts: Parts::COUNTS, ..Job::new(&scene, Range::All) }, |sheet, _| {
        let panel = &sheet.panels[0];
        repeated_in_frame += panel.leakage.repeated;
        for block in panel.wire.as_ref().expect("a ciphertext").blocks.as_chunks().0 {
            all += 1;
            *counts.entry(*block).or_default() += 1;
        }
        ControlFlow::Continue(())
    })
    .expect("the demonstration renders");
    let repeated: u64 = counts.values().filter(|&&count| count > 1).sum();
    assert!(lesson.answer.contains(&format!("{repeated} of {} encrypted blocks", thousands(all))));
    assert_eq!(repeated_in_frame, 0);
}

#[test]
fn lesson_19_shows_the_picture_in_the_sizes_of_slices_and_what_padding_costs() {
    let lesson = lesson(19);
    let mut scene = lesson.scene.scene.clone();
    scene.panels.push("aes-128-ecb:footprint".parse().expect("a panel"));
    let sheet = first_sheet(lesson, &scene);
    let [_, gcm, footprint, ecb] = &sheet.panels[..] else { panic!("four panels") };
    assert_eq!(footprint.leakage.word, Some(Finding::Footprint));
    assert!(footprint.leakage.messages.footprint_rho.is_some_and(|rho| rho > 0.6));
    assert!(pixels(footprint) == pixels(ecb));
    let payload = &gcm.wire.as_ref().expect("a ciphertext").payload;
    let sizes: Vec<usize> = payload.slices().map(|slice| slice.range.len()).collect();
    let times = |sizes: &[usize]| {
        let largest = sizes.iter().max().expect("sizes");
        (largest * sizes.len()) as f64 / sizes.iter().sum::<usize>() as f64
    };
    assert_eq!(sizes.len(), 2700);
    assert!(lesson.answer.contains(&format!("{:.1} times as large", times(&sizes))), "{}", times(&sizes));
    let panels = vec![scene.panels[1]];
    let call = Scene { target: Target::Packets, panels, ..Scene::of(Source::Demo) };
    let mut sizes = Vec::new();
    batch::render(Job { parts: Parts::COUNTS, ..Job::new(&call, Range::All) }, |sheet, _| {
        let messages = &sheet.panels[0].wire.as_ref().expect("a ciphertext").payload;
        sizes.extend(messages.messages().iter().map(|message| message.range.len()));
        ControlFlow::Continue(())
    })
    .expect("the demonstration renders");
    assert!(lesson.answer.contains(&format!("{:.0} times as large", times(&sizes))), "{}", times(&sizes));
}
