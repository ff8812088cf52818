//! The session under seeks, errors and panics, and when it is dropped. Its videos are made up.
//!
//! No test sleeps: it waits until the session wakes it, or until the time at which the session wants to be asked again.
//! Gates hold the decoder. Every test fails after a time limit.

mod backwards;
mod ending;
mod failing;
#[path = "../common/fake_opener/mod.rs"]
mod fake_opener;
mod fake_window;
mod one_reader;
mod panicking;
mod playing;
mod preparing;
mod scenes;
#[path = "../common/sheets.rs"]
mod sheets;

use std::ops::ControlFlow;
use std::sync::Arc;

use afterimage::picture::Shape;
use afterimage::play::Command;
use afterimage::render::{
    Opener as _, Parts, PreparationRequest, PreparedSet, Recent, Renderer, Sheet, prepared,
};
use afterimage::runtime::pool::Pool;
use afterimage::units::FrameIndex;

use fake_opener::{FakeOpener, FakeVideo};

fn seek(frame: u64) -> Command {
    Command::Seek(FrameIndex(frame))
}

/// A video of frames of 16 MB. Six of them fill the queue.
fn wide_video(frames: u64) -> FakeVideo {
    FakeVideo { shape: Shape::new(2048, 2048), ..FakeVideo::of(frames) }
}

/// Fails unless a sheet is what a new renderer makes of the same frames. A panel that is prepared already must show what
/// preparing gives; a panel that is still pending must have no picture.
fn assert_pure(sheet: &Sheet, video: &FakeVideo, scene: &afterimage::scene::Scene) {
    let n = sheet.frame.index.0;
    let mut recent = Recent::default();
    let needed = scene.frames_needed();
    for n in (n + 1).saturating_sub(needed as u64)..=n {
        recent.push(Arc::new(video.frame(scene.layout, n)), needed);
    }
    let mut renderer = Renderer::new(scene, &Pool::default()).expect("a key that is long enough");
    let mut prepared = PreparedSet::default();
    for request in PreparationRequest::all(scene, FrameIndex(n)) {
        let has_needed = request.needs().is_none_or(|needed| prepared.whole(needed).is_some());
        if has_needed && sheet.panels.iter().all(|panel| panel.pending != Some(request)) {
            let opener = FakeOpener::of(&[(&scene.source.to_string(), video)]);
            let mut reader = opener.open(&scene.source, scene.layout).expect("a video");
            let mut go_on = |_| ControlFlow::Continue(());
            let mut so_far = |_| ControlFlow::Continue(());
            let pool = Pool::default();
            let result =
                prepared::prepare(request, &prepared, scene, &mut *reader, &pool, &mut go_on, &mut so_far);
            prepared.insert(request, Ok(result.expect("preparing succeeds")));
        }
    }
    let expected = renderer.render(&recent, &prepared, Parts::PICTURES).expect("a frame");
    assert_eq!(sheet.panels.len(), expected.panels.len());
    for (panel, expected) in sheet.panels.iter().zip(&expected.panels) {
        assert_eq!((panel.panel, panel.leakage), (expected.panel, expected.leakage), "frame {n}");
        assert_eq!(panel.picture.is_none(), panel.pending.is_some(), "frame {n}, {}", panel.panel);
        let pixels = |it: &afterimage::render::RenderedPanel| {
            it.picture.as_ref().map(afterimage::picture::Picture::to_rgba)
        };
        assert!(pixels(panel) == pixels(expected), "frame {n}, {}", panel.panel);
    }
}
