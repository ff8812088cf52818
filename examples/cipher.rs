//! Encrypts a frame of 1920 × 1080 RGBA for one second, as `openssl speed` does with its buffer, and prints bytes per
//! second: `cargo run --release --example cipher -- SCHEME`.

use std::hint::black_box;
use std::time::{Duration, Instant};

use afterimage::crypto::{KeyMaterial, Scheme};
use afterimage::picture::Shape;
use afterimage::picture::layout::Layout;
use afterimage::runtime::pool::Buffer;
use afterimage::units::MessageNumber;
use anyhow::{Context, Result};

fn main() -> Result<()> {
    let scheme = std::env::args().nth(1).context("name a scheme")?;
    let cipher = scheme.parse::<Scheme>()?.cipher(&KeyMaterial::default())?;
    let frame_bytes = Layout::RGBA32.frame_bytes(Shape::new(1920, 1080));
    let frame: Vec<u8> = (0..=255).cycle().take(frame_bytes).collect();
    let mut ciphertext = Buffer::default();
    let start = Instant::now();
    let mut bytes = 0u64;
    while start.elapsed() < Duration::from_secs(1) {
        cipher.encrypt(MessageNumber(0), black_box(&frame), &mut ciphertext)?;
        black_box(&ciphertext);
        bytes += frame.len() as u64;
    }
    println!("{:.0}", bytes as f64 / start.elapsed().as_secs_f64());
    Ok(())
}
