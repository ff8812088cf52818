//! Renders every frame of a file into panels with the numbers of their captions, and prints how fast:
//! `cargo run --release --example sheets -- FILE [PANEL]…`. The default panels are the original, ECB as ciphertext and as
//! repeats, and GCM.
//!
//! Prints one line of JSON: frames, seconds, frames per second, frames per second after the first frame (before it, lenses
//! are prepared), and the peak memory of the process.

use std::ops::ControlFlow;
use std::time::Instant;

use afterimage::render::{Job, Range};
use afterimage::scene::{Panel, Scene};
use afterimage::{batch, media};
use anyhow::{Context, Result};

fn main() -> Result<()> {
    media::keep_large_blocks();
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().context("name a video")?;
    let mut panels = arguments.map(|panel| Ok(panel.parse()?)).collect::<Result<Vec<Panel>>>()?;
    if panels.is_empty() {
        let usual = ["plain", "aes-128-ecb", "aes-128-ecb:repeats", "aes-128-gcm"];
        panels = usual.iter().map(|panel| Ok(panel.parse()?)).collect::<Result<_>>()?;
    }
    let scene = Scene { panels, ..Scene::of(file.parse()?) };
    let start = Instant::now();
    let mut first = None;
    let mut frames = 0u64;
    // A sum over all sheets, so that the compiler cannot leave out any.
    let mut repeated = 0u64;
    batch::render(Job::new(&scene, Range::All), |sheet, _| {
        frames += 1;
        first.get_or_insert_with(Instant::now);
        repeated += sheet.panels.iter().map(|panel| panel.leakage.repeated).sum::<u64>();
        ControlFlow::Continue(())
    })?;
    let secs = start.elapsed().as_secs_f64();
    let result = serde_json::json!({
        "frames": frames,
        "seconds": secs,
        "fps": frames as f64 / secs,
        "later_fps": first.map(|first| (frames - 1) as f64 / first.elapsed().as_secs_f64()),
        "repeated": repeated,
        "peak_bytes": peak_bytes(),
    });
    println!("{result}");
    Ok(())
}

/// The peak memory of the process, on Linux.
fn peak_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let kib = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.split_whitespace().next()?;
    kib.parse::<u64>().ok().map(|kib| kib * 1024)
}
