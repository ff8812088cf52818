//! A sheet is the same whatever was rendered before it.

use std::num::NonZeroU32;

use afterimage::leak::Leakage;
use afterimage::picture::layout::Layout;
use afterimage::picture::{Picture, Shape};
use afterimage::render::{Analysis, Parts, PreparedSet, Recent, Renderer, Sheet};
use afterimage::runtime::pool::Pool;
use afterimage::scene::Scene;

use super::{ALL_KINDS, SHAPES, assert_same, mixed, rendered, scene};
use crate::frames::{self, new_renderer, render_with};

#[test]
fn a_sheet_is_the_same_whatever_was_rendered_before() {
    for layout in Layout::ALL.into_iter().chain(Layout::TILED) {
        let scene = scene(layout, &ALL_KINDS);
        for shape in SHAPES {
            let video = |video, n| mixed(layout, shape, video, n);
            let frames: Vec<_> = (0..5).map(|n| video(1, n)).collect();
            let reached = |n: usize| &frames[n.saturating_sub(1)..=n];
            let expected: Vec<_> = (0..5).map(|n| rendered(&scene, reached(n))).collect();
            // In order, backwards, in jumps and repeated; then after frames of another video with the same numbers, as
            // when another source is opened.
            for order in [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 4, 1, 3, 0], [3, 3, 2, 2, 3]] {
                let mut renderer = new_renderer(&scene);
                for n in order {
                    let when = format!("in {layout} of {shape:?}, frame {n} of {order:?}");
                    assert_same(
                        &render_with(&mut renderer, &scene, reached(n), Parts::PICTURES),
                        &expected[n],
                        &when,
                    );
                }
                for n in order {
                    let other = video(2, n.saturating_sub(1) as u64);
                    render_with(&mut renderer, &scene, &[other], Parts::NUMBERS);
                    let when = format!("in {layout} of {shape:?}, after another video");
                    assert_same(
                        &render_with(&mut renderer, &scene, reached(n), Parts::PICTURES),
                        &expected[n],
                        &when,
                    );
                }
            }
        }
    }
}

#[test]
fn a_sheet_is_the_same_if_the_next_frame_is_analyzed_while_it_is_painted() {
    let remembering = ["aes-128-ecb:motion", "aes-128-ecb:outline", "aes-128-ctr+reused-nonce:difference"];
    let scene = Scene {
        memory: NonZeroU32::new(3).expect("not 0"),
        ..scene(Layout::RGBA32, &[&ALL_KINDS[..], &remembering].concat())
    };
    let needed = scene.frames_needed();
    for shape in SHAPES {
        let frames: Vec<_> = (0..6).map(|n| mixed(Layout::RGBA32, shape, 1, n / 2)).collect();
        let frames = (0..)
            .zip(&frames)
            .map(|(n, frame)| frames::frame(Layout::RGBA32, shape, n, frame.bytes.to_vec()));
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
fn a_sheet_is_the_same_in_used_buffers() {
    let pool = Pool::default();
    let dirty: Vec<_> = (0..20).map(|_| pool.take(63 * 35 * 4 + 16)).collect();
    for mut buffer in dirty {
        buffer.fill(0xee);
    }
    for layout in Layout::ALL.into_iter().chain(Layout::TILED) {
        let scene = scene(layout, &ALL_KINDS);
        let frames = [mixed(layout, Shape::new(63, 35), 1, 0)];
        let mut renderer = Renderer::new(&scene, &pool).expect("a key that is long enough");
        for _ in 0..3 {
            let sheet = render_with(&mut renderer, &scene, &frames, Parts::PICTURES);
            assert_same(&sheet, &rendered(&scene, &frames), &format!("in {layout} in used buffers"));
        }
    }
}

#[test]
fn numbers_are_the_same_with_and_without_pictures_and_pictures_have_those_of_captions() {
    let scene = scene(Layout::YUV420P, &ALL_KINDS);
    let frames = [0, 1].map(|n| mixed(Layout::YUV420P, Shape::new(63, 35), 1, n));
    let mut renderer = new_renderer(&scene);
    let all = render_with(&mut renderer, &scene, &frames, Parts { pictures: true, ..Parts::NUMBERS });
    let numbers = render_with(&mut renderer, &scene, &frames, Parts::NUMBERS);
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
    let counts = render_with(&mut renderer, &scene, &frames, Parts::COUNTS);
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
