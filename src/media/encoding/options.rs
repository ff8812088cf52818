//! The options of an encoding: those that the encoder reads, and those that the `ffmpeg` program reads itself.

use std::thread;

use ffmpeg_next::Codec;

use super::error::EncodingError;
use super::filters;
use super::name::Encoding;
use crate::media::ffi::encoder;

/// Encoders whose output does not depend on the number of their threads, since they encode each picture by itself.
const PARALLEL: [&str; 7] = ["prores", "prores_aw", "prores_ks", "huffyuv", "ffvhuff", "utvideo", "png"];

/// The most threads of an encoder.
const MOST_THREADS: usize = 16;

/// The options of an encoding, apart from those that the `ffmpeg` program itself reads.
pub(super) struct Options {
    own: Vec<(&'static str, &'static str)>,
    /// `q` or `qscale`: a fixed quantizer.
    pub(super) quantizer: Option<f32>,
    /// `pix_fmt`.
    pixel_format: Option<&'static str>,
    is_strict: bool,
}

impl Options {
    pub(super) fn of(encoding: Encoding, codec: Codec) -> Result<Self, EncodingError> {
        let encoder = encoding.encoder();
        let (mut own, mut quantizer, mut pixel_format, mut is_strict) = (Vec::new(), None, None, true);
        for (name, value) in encoding.options() {
            let wrong = |option, fix: &str| EncodingError::Value {
                encoder,
                option,
                value: value.to_owned(),
                fix: fix.to_owned(),
            };
            match name {
                "q" | "qscale" => {
                    let read = value.parse::<f32>().ok().filter(|value| (0.0..=1e5).contains(value));
                    quantizer = Some(read.ok_or_else(|| wrong("q", "give a number from 0 on, such as q=3"))?);
                }
                "pix_fmt" => {
                    let taken = filters::formats(codec, false);
                    let is_taken = taken.is_empty() || taken.iter().any(|taken| taken == value);
                    if !encoder::is_pixel_format(value) || !is_taken {
                        let fix = if taken.is_empty() { "yuv420p".to_owned() } else { taken.join(", ") };
                        return Err(wrong("pix_fmt", &format!("give one of: {fix}")));
                    }
                    pixel_format = Some(value);
                }
                _ => {
                    is_strict &=
                        name != "strict" || matches!(value, "very" | "strict" | "normal" | "1" | "2" | "0");
                    own.push((name, value));
                }
            }
        }
        Ok(Self { own, quantizer, pixel_format, is_strict })
    }

    /// The options with a number of threads, unless they state it: one, as the result of most encoders depends on it.
    pub(super) fn with_threads(&self, encoder: &str) -> Vec<(&'static str, &'static str)> {
        let mut options = self.own.clone();
        if options.iter().all(|(name, _)| *name != "threads") {
            // The rate control of JPEG looks at earlier pictures, unless the quantizer is fixed.
            let is_parallel = PARALLEL.contains(&encoder) || encoder == "mjpeg" && self.quantizer.is_some();
            options.push(("threads", if is_parallel { most_threads() } else { "1" }));
        }
        options
    }

    pub(super) fn formats(&self, codec: Codec) -> Vec<String> {
        match self.pixel_format {
            Some(format) => vec![format.to_owned()],
            None => filters::formats(codec, self.is_strict),
        }
    }
}

/// The number of threads of encoders that may have several, as text.
fn most_threads() -> &'static str {
    const NUMBERS: [&str; MOST_THREADS] =
        ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16"];
    NUMBERS[thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS) - 1]
}
