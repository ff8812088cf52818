//! Hands finished frames to the `ffmpeg` program, which writes the film.

use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::call::{HEIGHT, WIDTH};
use crate::motion::FRAMES_PER_SEC;

/// Limited-range BT.709, as the stream's tags then say, with chroma averaged from
/// every pixel and no arithmetic that depends on the processor.
const YUV_FROM_RGBA: &str = "scale=out_color_matrix=bt709:out_range=tv:\
    flags=bicubic+accurate_rnd+full_chroma_inp+bitexact,format=yuv420p";

/// A running encoder that takes raw RGBA frames.
#[derive(Debug)]
pub struct Encoder {
    child: Child,
}

impl Encoder {
    /// Starts `ffmpeg`, writing an MP4 file to `output`.
    ///
    /// # Errors
    /// When the program cannot be started.
    pub fn start(output: &Path) -> Result<Self> {
        let size = format!("{WIDTH}x{HEIGHT}");
        let rate = FRAMES_PER_SEC.to_string();
        let child = Command::new("ffmpeg")
            .args(["-hide_banner", "-loglevel", "error", "-y"])
            .args(["-f", "rawvideo", "-pix_fmt", "rgba", "-video_size", &size])
            .args(["-framerate", &rate, "-i", "-"])
            .args(["-vf", YUV_FROM_RGBA])
            .args(["-c:v", "libx264", "-crf", "18"])
            .args(["-preset", "veryslow", "-tune", "animation"])
            // No psychovisual optimization and little deblocking: both make flat areas less flat.
            .args(["-x264-params", "psy-rd=0,0:deblock=-3,-3"])
            // A keyframe every 2 seconds, and nowhere else: slides change on them.
            .args(["-g", "60", "-keyint_min", "60", "-bf", "3"])
            .args(["-sc_threshold", "0"])
            .args(["-color_primaries", "bt709", "-color_trc", "bt709"])
            .args(["-colorspace", "bt709", "-color_range", "tv"])
            // One thread, and no version stamps: the same encoder writes the same bytes.
            .args(["-threads", "1", "-flags:v", "+bitexact"])
            .args(["-fflags", "+bitexact", "-map_metadata", "-1"])
            .args(["-movflags", "+faststart", "-f", "mp4"])
            .arg(output)
            .stdin(Stdio::piped())
            .spawn()
            .context(
                "cannot start the `ffmpeg` program: install it with libx264 \
                 (Debian: apt install ffmpeg) and see that it is on the PATH",
            )?;
        Ok(Self { child })
    }

    /// Sends one frame.
    ///
    /// # Errors
    /// When `ffmpeg` no longer takes frames; it prints the reason on standard error.
    pub fn write(&mut self, rgba: &[u8]) -> Result<()> {
        self.child
            .stdin
            .as_mut()
            .context("ffmpeg has no standard input")?
            .write_all(rgba)
            .context("ffmpeg stopped before the last frame; its message is above")
    }

    /// Ends the film and waits until it is complete.
    ///
    /// # Errors
    /// When `ffmpeg` reports failure.
    pub fn finish(mut self) -> Result<()> {
        drop(self.child.stdin.take());
        let status = self.child.wait().context("cannot wait for ffmpeg")?;
        if !status.success() {
            bail!("ffmpeg failed with {status}; its message is above");
        }
        Ok(())
    }
}
