//! Frames that an attacker recorded, or whose plaintext the attacker knows.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::crypto::MessageCipher;
use crate::leak::Codebook;
use crate::media::{Frames, MediaError, Progress};
use crate::picture::Frame;
use crate::runtime::pool::Pool;
use crate::units::{FrameIndex, FrameRange};

/// Fills a codebook from known frames and their ciphertext, until it is full.
///
/// # Errors
/// [`MediaError::NoSuchFrame`] if the source does not have one of them.
pub(super) fn learn(
    cipher: &dyn MessageCipher,
    known: FrameRange,
    frames: &mut dyn Frames,
    pool: &Pool,
    progress: Progress<'_>,
) -> Result<Codebook, MediaError> {
    let mut codebook = Codebook::default();
    let mut ciphertext = pool.take(0);
    let count = (known.last.0 - known.first.0) as f64 + 1.0;
    frames.seek(known.first)?;
    for index in known.first.0..=known.last.0 {
        report((index - known.first.0) as f64 / count, progress)?;
        let missing = MediaError::NoSuchFrame { index: known.last, frames: index };
        let frame = frames.next_frame()?.ok_or(missing)?;
        // A frame that the scheme cannot encrypt was never sent.
        if cipher.encrypt(frame.index.into(), &frame.bytes, &mut ciphertext).is_ok() {
            codebook.learn(&frame.bytes, &ciphertext[..frame.bytes.len()]);
        }
        if codebook.is_full() {
            break;
        }
    }
    Ok(codebook)
}

/// Reads single frames.
///
/// # Errors
/// [`MediaError::NoSuchFrame`] if the source does not have one of them.
pub(super) fn read(
    wanted: impl IntoIterator<Item = FrameIndex>,
    frames: &mut dyn Frames,
    progress: Progress<'_>,
) -> Result<Vec<Arc<Frame>>, MediaError> {
    let mut recorded = Vec::new();
    for index in wanted {
        report(0.0, progress)?;
        frames.seek(index)?;
        let missing = MediaError::NoSuchFrame { index, frames: index.0 };
        recorded.push(Arc::new(frames.next_frame()?.ok_or(missing)?));
    }
    Ok(recorded)
}

fn report(share: f64, progress: Progress<'_>) -> Result<(), MediaError> {
    match progress(share) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(MediaError::Interrupted),
    }
}
