//! What a frame costs the window: its own work, uploads aside.

use std::time::Instant;

use crate::driver::Window;

#[test]
fn a_frame_of_a_playing_video_costs_the_window_a_few_milliseconds() {
    let mut window = Window::open("demo");
    let mut tessellations_ms: Vec<f64> = Vec::new();
    for _ in 0..60 {
        window.harness.step();
        let shapes = window.harness.output().shapes.clone();
        let start = Instant::now();
        let primitives = window.harness.ctx.tessellate(shapes, 1.0);
        tessellations_ms.push(start.elapsed().as_secs_f64() * 1e3);
        assert!(primitives.len() > 10);
    }
    tessellations_ms.sort_by(f64::total_cmp);
    let tessellation_ms = tessellations_ms[tessellations_ms.len() / 2];
    let own = window.app().pace().own();
    println!("{own}; tessellation: median {tessellation_ms:.2} ms");
    // A release build takes less than a tenth of it; this one is neither optimized nor alone on the machine.
    assert!(own.median_ms + tessellation_ms < 20.0, "{own}, and {tessellation_ms:.2} ms of tessellation");
}
