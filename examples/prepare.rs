//! Prepares the lens `tone` for every frame of a file, window by window as the app does, and prints how long it takes:
//! `cargo run --release --example prepare -- FILE`.
//!
//! Prints one line of JSON: the number of frames, the seconds of video, the seconds that preparing and decoding took, and the
//! seconds per minute of video.

use std::ops::ControlFlow;
use std::time::Instant;

use afterimage::media::{self, Limits, Source};
use afterimage::render::PreparationRequest;
use afterimage::render::prepared::{self, Window};
use afterimage::runtime::pool::Pool;
use afterimage::scene::Scene;
use afterimage::units::FrameIndex;
use anyhow::{Context, Result, ensure};

fn main() -> Result<()> {
    media::keep_large_blocks();
    let file = std::env::args().nth(1).context("name a video")?;
    let source: Source = file.parse()?;
    let scene = Scene::of(source.clone());
    let scheme = "aes-128-ecb".parse()?;
    let pool = Pool::default();
    let index = media::scan(&source, Limits::default(), &mut |_| ControlFlow::Continue(()))?;
    let mut reader = media::open(&source, scene.layout, Limits::default(), &pool)?;
    let (frames, video_secs) = (index.frames(), index.duration_secs());
    reader.set_index(index);
    let start = Instant::now();
    let mut next = FrameIndex(0);
    while next.0 < frames {
        let window = Window::around(scheme, next);
        let request = PreparationRequest::Tone { scheme, window };
        let mut go_on = |_| ControlFlow::Continue(());
        let mut so_far = |_| ControlFlow::Continue(());
        let window_result = prepared::prepare(request, &scene, &mut *reader, &pool, &mut go_on, &mut so_far)?;
        ensure!(window_result.is_whole(), "the window from frame {next} was interrupted");
        next = window.end();
    }
    let secs = start.elapsed().as_secs_f64();
    let result = serde_json::json!({
        "frames": frames,
        "video_seconds": video_secs,
        "seconds": secs,
        "seconds_a_minute": secs / video_secs * 60.0,
    });
    println!("{result}");
    Ok(())
}
