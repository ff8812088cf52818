//! Draws the bundled demonstration footage, every pixel of it.
//!
//! ```text
//! cargo run --example make_demo [-- OUT_DIR]      (OUT_DIR: the crate's assets/)
//! ```
//!
//! It writes `demo.mp4`, twelve seconds of a video call, and `penguin.png`, a
//! still. Both are flat-coloured, since flat areas are where ECB repeats itself.
//! Nothing here reads a clock or a random generator: each frame depends on its
//! number alone, so the same `ffmpeg` writes the same film again.
//!
//! ```text
//!  motion ──▶ slides, people ──▶ call ──▶ drawing (SVG ▶ RGBA) ──▶ encode ──▶ demo.mp4
//!                                penguin ─────┘ ──────────────────▶ penguin.png
//! ```

mod call;
mod drawing;
mod encode;
mod motion;
mod palette;
mod penguin;
mod people;
mod slides;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder as _};
use resvg::usvg;

fn main() -> Result<()> {
    let mut args = std::env::args_os().skip(1);
    let out_dir =
        args.next().map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("assets"), PathBuf::from);
    if args.next().is_some() {
        bail!("too many arguments; usage: make_demo [OUT_DIR]");
    }
    std::fs::create_dir_all(&out_dir)
        .with_context(|| format!("cannot create the folder {}", out_dir.display()))?;

    let options = drawing::options_with_bundled_fonts();
    write_still(&out_dir.join("penguin.png"), &options)?;
    write_film(&out_dir.join("demo.mp4"), &options)
}

/// Writes the penguin as a small, opaque PNG.
fn write_still(path: &Path, options: &usvg::Options<'_>) -> Result<()> {
    let rgba = penguin::draw().rasterize(options)?;
    let rgb: Vec<u8> = rgba.chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    replace_file(path, |temporary| {
        let mut png = Vec::new();
        PngEncoder::new_with_quality(&mut png, CompressionType::Best, FilterType::NoFilter).write_image(
            &rgb,
            penguin::WIDTH,
            penguin::HEIGHT,
            ExtendedColorType::Rgb8,
        )?;
        Ok(std::fs::write(temporary, png)?)
    })
}

/// Draws and encodes the call, frame by frame.
fn write_film(path: &Path, options: &usvg::Options<'_>) -> Result<()> {
    replace_file(path, |temporary| {
        let mut encoder = encode::Encoder::start(temporary)?;
        for moment in call::moments() {
            encoder.write(&call::draw(moment).rasterize(options)?)?;
            eprint!("\rframe {} of {}", moment.frame + 1, motion::FRAME_COUNT);
            std::io::stderr().flush()?;
        }
        eprintln!();
        encoder.finish()
    })
}

/// Has `write` fill a file in a temporary folder beside `path`, then puts it in
/// place, so that a run cut short never leaves half a file under the real name.
fn replace_file(path: &Path, write: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    let folder = path.parent().context("the output has no folder")?;
    let temporary = tempfile::Builder::new()
        .prefix(".make_demo-")
        .tempdir_in(folder)
        .with_context(|| format!("cannot write in {}", folder.display()))?;
    let whole = temporary.path().join("whole");
    write(&whole).with_context(|| format!("cannot make {}", path.display()))?;
    std::fs::rename(&whole, path).with_context(|| format!("cannot put {} in place", path.display()))?;
    println!("{}", path.display());
    Ok(())
}
