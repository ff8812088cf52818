//! Prepares a panel for every frame of a file, window by window as the app does, and prints how long it takes:
//! `cargo run --release --example prepare -- FILE [PANEL]`; the panel is `aes-128-ecb:tone` unless another is named.
//!
//! Prints one line of JSON: the number of frames, the seconds of video, the seconds that preparing and decoding took, and the
//! seconds per minute of video.

use std::ops::ControlFlow;
use std::time::Instant;

use afterimage::media::{self, Limits, Source};
use afterimage::render::prepared::{self, Window};
use afterimage::render::{PreparationRequest, PreparedSet};
use afterimage::runtime::pool::Pool;
use afterimage::scene::{Panel, Scene};
use afterimage::units::FrameIndex;
use anyhow::{Context, Result, ensure};

fn main() -> Result<()> {
    media::keep_large_blocks();
    let file = std::env::args().nth(1).context("name a video")?;
    let source: Source = file.parse()?;
    let panel: Panel = std::env::args().nth(2).as_deref().unwrap_or("aes-128-ecb:tone").parse()?;
    let scheme = panel.scheme().context("the original needs no preparation")?;
    let scene = Scene { panels: vec![panel], ..Scene::of(source.clone()) };
    let pool = Pool::default();
    let index = media::scan(&source, Limits::default(), &mut |_| ControlFlow::Continue(()))?;
    let mut reader = media::open(&source, scene.layout, Limits::default(), &pool)?;
    let (frames, video_secs) = (index.frames(), index.duration_secs());
    reader.set_index(index);
    let start = Instant::now();
    let mut next = FrameIndex(0);
    let mut set = PreparedSet::default();
    while next.0 < frames {
        for request in PreparationRequest::all(&scene, next) {
            if set.whole(request).is_some() {
                continue;
            }
            let mut go_on = |_| ControlFlow::Continue(());
            let mut so_far = |_| ControlFlow::Continue(());
            let result =
                prepared::prepare(request, &set, &scene, &mut *reader, &pool, &mut go_on, &mut so_far)?;
            ensure!(result.is_whole(), "the window from frame {next} was interrupted");
            set.insert(request, Ok(result));
        }
        // A codebook is kept for the next windows.
        set.retain(|request| {
            PreparationRequest::all(&scene, next).iter().any(|other| other.needs() == Some(request))
        });
        next = Window::around(scheme, next).end();
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
