//! Encodes a source anew with a progress bar.

use std::ops::ControlFlow;

use super::stop;
use super::verbosity::{VerbosityArgs, style};
use crate::media::{self, Encoding, Limits, MediaError, Source};

/// Encodes a source anew. The result is kept for readers that encode the same source later.
///
/// # Errors
/// Those of [`media::encode_anew`]; [`MediaError::Interrupted`] if the user stopped the program.
pub fn encode_anew(
    source: &Source,
    encoding: Encoding,
    verbosity: VerbosityArgs,
) -> Result<Source, MediaError> {
    let bar = verbosity.bar();
    bar.set_length(100);
    bar.set_style(style("{wide_bar} {msg} {human_pos} % · {eta} left"));
    bar.set_message(format!("encoding with {}", encoding.encoder()));
    let mut progress = |share: f64| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 100")]
        bar.set_position((share * 100.0) as u64);
        if stop::keep_going() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    let encoded = media::encode_anew(source, encoding, Limits::default(), &mut progress);
    bar.finish_and_clear();
    encoded
}
