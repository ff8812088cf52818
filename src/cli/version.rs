//! The text of `--version`: the versions of the program and of the FFmpeg libraries that it runs with.

use std::sync::LazyLock;

use crate::media;

static LONG: LazyLock<String> =
    LazyLock::new(|| format!("{}\n{}", env!("CARGO_PKG_VERSION"), media::ffmpeg_versions()));

/// The version of the program and, on a line of its own, of FFmpeg.
pub fn long() -> &'static str {
    &LONG
}
