//! Making an index by reading a source once.

use super::decode::{Decoding, Step};
use super::ffi;
use super::origin::Origin;
use super::video::Clock;
use super::{Index, Limits, MediaError, Progress};
use crate::units::FrameIndex;

/// The index of a file or of the bundled demo.
pub(super) fn scan(origin: &Origin, limits: Limits, progress: Progress<'_>) -> Result<Index, MediaError> {
    by_decoding(origin, limits, progress)
}

/// The index of the frames that the decoder puts out when it is given everything.
fn by_decoding(origin: &Origin, limits: Limits, progress: Progress<'_>) -> Result<Index, MediaError> {
    let mut decoding = Decoding::open(origin, limits)?;
    let mut clock = Clock::new(&decoding.track);
    let (mut times_secs, mut keyframes, mut end_secs) = (Vec::new(), Vec::new(), 0.0);
    loop {
        match decoding.next() {
            Ok(Step::Picture(picture)) => {
                let index = FrameIndex(times_secs.len() as u64);
                let time_secs = clock.time_secs(index, &picture.properties);
                end_secs = time_secs + clock.duration_secs(&picture.properties);
                times_secs.push(time_secs);
                if picture.properties.is_key {
                    keyframes.push(index);
                }
                let done = decoding.track.duration_secs.map_or(0.0, |all| (time_secs / all).clamp(0.0, 1.0));
                if progress(done).is_break() {
                    return Err(MediaError::Interrupted);
                }
            }
            // The reader speaks of these when it meets them.
            Ok(Step::Broken(_)) => {}
            Ok(Step::End) => break,
            Err(error) => {
                return Err(MediaError::Decode {
                    name: origin.name().to_owned(),
                    reason: ffi::reason(error),
                });
            }
        }
    }
    Ok(Index::new(times_secs, end_secs, keyframes))
}
