//! Measures the window's own time per frame, without uploads.

use std::time::Instant;

use crate::driver::Window;

#[test]
#[ignore = "a measurement for an idle machine: cargo test --test window frame_times -- --ignored --nocapture"]
fn the_window_tessellates_every_frame_of_a_playing_video() {
    let mut window = Window::open("demo");
    let mut tessellation_ms: Vec<f64> = Vec::new();
    for _ in 0..60 {
        window.harness.step();
        let shapes = window.harness.output().shapes.clone();
        let start = Instant::now();
        let primitives = window.harness.ctx.tessellate(shapes, 1.0);
        tessellation_ms.push(start.elapsed().as_secs_f64() * 1e3);
        assert!(primitives.len() > 10);
    }
    tessellation_ms.sort_by(f64::total_cmp);
    let median = tessellation_ms[tessellation_ms.len() / 2];
    println!("{}; tessellation: median {median:.2} ms", window.app().frame_stats().own());
}
