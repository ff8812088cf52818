//! The sizes of all messages of a stream, and which of them equal earlier ones on the wire.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::PreparationError;
use crate::crypto::MessageCipher;
use crate::leak::LatestMessages;
use crate::media::{Index, Limits, MediaError, Progress, Source};
use crate::payload::{FrameSizes, MessageReader, StreamSizes, TargetStream};
use crate::render::encrypt_messages;
use crate::runtime::pool::Pool;
use crate::units::FrameIndex;

/// A message is compared with at least this number of messages before it.
const MOST_COMPARED: usize = 1 << 19;

/// Frames after which the sizes so far are reported.
const FRAMES_PER_PART: u64 = 64;

/// Reads the messages of a stream of a source from the first frame to the last, and encrypts them to compare them; if
/// `is_own`, as the file holds them.
///
/// # Errors
/// [`PreparationError`]; [`MediaError::Interrupted`] if `progress` cancels.
pub(super) fn prepare(
    (cipher, is_own): (&dyn MessageCipher, bool),
    (source, of): (&Source, TargetStream),
    index: Option<&Arc<Index>>,
    pool: &Pool,
    progress: Progress<'_>,
    on_part: &mut dyn FnMut(StreamSizes) -> ControlFlow<()>,
) -> Result<StreamSizes, PreparationError> {
    let progress = std::cell::RefCell::new(progress);
    let goes_on = |share: f64| progress.borrow_mut()(share).is_continue();
    let limits = Limits::default();
    let going = || goes_on(0.0);
    let mut reader = if is_own {
        MessageReader::open_own(source, of.stream, limits, index, &going)?
    } else {
        MessageReader::open_of(source, of, limits, index, &going)?
    };
    let mut sizes = StreamSizes::default();
    let mut earlier = LatestMessages::new(MOST_COMPARED);
    for n in 0.. {
        let share = n as f64 / reader.frames().max(n + 1) as f64;
        if !goes_on(share) {
            return Err(MediaError::Interrupted.into());
        }
        let payload = reader.payload(FrameIndex(n), reader.shape(), &|| goes_on(share))?;
        if payload.messages().is_empty() && n >= reader.frames() {
            break;
        }
        let mut frame = FrameSizes::default();
        // A message that the scheme cannot encrypt was never sent.
        if let Ok((bytes, _)) = encrypt_messages(cipher, &payload, pool) {
            for message in payload.messages() {
                let is_new = earlier.insert(&bytes[message.range.clone()]);
                frame.add(message.category, message.range.len(), !is_new);
            }
        }
        sizes.push(frame);
        if n % FRAMES_PER_PART == FRAMES_PER_PART - 1 && on_part(sizes.clone()).is_break() {
            return Ok(sizes);
        }
    }
    sizes.finish();
    Ok(sizes)
}
