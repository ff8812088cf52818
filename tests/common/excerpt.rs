//! The excerpt of real footage, 1280 × 720 at 25 frames per second (see `tests/data/README.md`).

pub const EXCERPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/bigbuckbunny_excerpt.mp4");
