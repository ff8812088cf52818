//! Renders every frame of a file into the four default panels with all their numbers, and says how fast:
//! `cargo run --release --example sheets -- FILE`.
//!
//! Prints one line of JSON: frames, seconds, frames a second, and the most memory the process ever held.

use std::ops::ControlFlow;
use std::time::Instant;

use afterimage::pipeline::batch::{self, Job, Range};
use afterimage::scene::Scene;
use anyhow::{Context, Result};

fn main() -> Result<()> {
    let file = std::env::args().nth(1).context("name a video")?;
    let scene = Scene::of(file.parse()?);
    let start = Instant::now();
    let mut frames = 0u64;
    // A sum that depends on every sheet, so that nothing can be left out.
    let mut repeated = 0u64;
    batch::render(Job::new(&scene, Range::All), |sheet, _| {
        frames += 1;
        repeated += sheet.panels.iter().map(|panel| panel.leakage.repeated).sum::<u64>();
        ControlFlow::Continue(())
    })?;
    let secs = start.elapsed().as_secs_f64();
    let result = serde_json::json!({
        "frames": frames,
        "seconds": secs,
        "fps": frames as f64 / secs,
        "repeated": repeated,
        "peak_bytes": peak_bytes(),
    });
    println!("{result}");
    Ok(())
}

/// The most memory that the process ever held, where Linux tells.
fn peak_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let kib = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.split_whitespace().next()?;
    kib.parse::<u64>().ok().map(|kib| kib * 1024)
}
