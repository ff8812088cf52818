//! A session under seeks, closings and errors, with made-up films.
//!
//! Nothing here sleeps: a test waits for the session's wake-up or for the time that the session names, and a
//! decoder is held at a gate. Every test has a watchdog.

mod backwards;
mod ending;
mod failing;
#[path = "../common/fake_opener.rs"]
mod fake_opener;
mod fake_window;
mod one_reader;
mod panicking;
mod playing;
mod preparing;
mod scenes;

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

/// Frames that six of fill the queue: 16 MB each.
fn wide_film(frames: u64) -> FakeVideo {
    FakeVideo { shape: Shape::new(2048, 2048), ..FakeVideo::of(frames) }
}

/// Fails unless a sheet is what the pure renderer makes of its frame, those before that it needs, and what
/// its panels know from elsewhere, unless they are still pending.
fn assert_pure(sheet: &Sheet, film: &FakeVideo, scene: &afterimage::scene::Scene) {
    let n = sheet.frame.index.0;
    let mut recent = Recent::default();
    let needed = scene.frames_needed();
    for n in (n + 1).saturating_sub(needed as u64)..=n {
        recent.push(Arc::new(film.frame(scene.layout, n)), needed);
    }
    let mut renderer = Renderer::new(scene, &Pool::default()).expect("a good key");
    let mut prepared = PreparedSet::default();
    for request in PreparationRequest::all(scene, FrameIndex(n)) {
        if sheet.panels.iter().all(|panel| panel.pending != Some(request)) {
            let opener = FakeOpener::of(&[(&scene.source.to_string(), film)]);
            let mut reader = opener.open(&scene.source, scene.layout).expect("a film");
            let mut go_on = |_| ControlFlow::Continue(());
            let mut so_far = |_| ControlFlow::Continue(());
            let pool = Pool::default();
            let known = prepared::prepare(request, scene, &mut *reader, &pool, &mut go_on, &mut so_far);
            prepared.insert(request, Ok(known.expect("it can be prepared")));
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
