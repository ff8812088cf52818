//! Seeking to a frame that is not the next one.

use super::Video;
use crate::media::decode::{Decoding, Step, Threads};
use crate::media::error::MediaError;
use crate::media::index::{Key, SeekTable};
use crate::units::FrameIndex;

/// Up to this many frames ahead, decoding is faster than a seek, which restarts the decoder's threads.
const NEAR_FRAMES: u64 = 8;

impl Video {
    /// Makes `index` the next frame.
    pub(super) fn go_to(&mut self, index: FrameIndex) -> Result<(), MediaError> {
        let made = self.make_index()?;
        if index.0 >= made.frames() {
            return Err(MediaError::NoSuchFrame { index, frames: made.frames() });
        }
        let key = made.keyframes().partition_point(|&key| key <= index).checked_sub(1);
        let key = key.map_or(FrameIndex(0), |place| made.keyframes()[place]);
        let is_near = index.0.checked_sub(self.place.next.0).is_some_and(|ahead| ahead <= NEAR_FRAMES);
        let is_ahead_without_key = (key..=index).contains(&self.place.next);
        if is_near || is_ahead_without_key {
            return self.skip_to(index);
        }
        if let Some(seek_table) = made.seek_table()
            && self.seek_by(seek_table, index)?
        {
            return Ok(());
        }
        self.rewind()?;
        self.skip_to(index)
    }

    /// Starts again at frame 0.
    pub(super) fn rewind(&mut self) -> Result<(), MediaError> {
        self.decoding = Decoding::open(&self.origin, self.limits, self.decoding.threads)?;
        self.place.held.clear();
        (self.place.next, self.place.is_counted) = (FrameIndex(0), true);
        Ok(())
    }

    /// Decodes until `index` is next.
    pub(super) fn skip_to(&mut self, index: FrameIndex) -> Result<(), MediaError> {
        while self.place.next < index {
            if self.picture()?.is_none() {
                return Err(MediaError::NoSuchFrame { index, frames: self.place.next.0 });
            }
            self.place.next = self.place.next.next();
        }
        Ok(())
    }

    /// Decodes from the key before `index` until `index` is next; returns false if that fails.
    ///
    /// The algorithm is torchcodec's: seek to the key or before, flush, decode forward, discard. If the frame does not
    /// come, or is damaged (at a key of a stream with intra refresh), an earlier key is tried.
    fn seek_by(&mut self, seek_table: &SeekTable, index: FrameIndex) -> Result<bool, MediaError> {
        let Some(&pts) = usize::try_from(index.0).ok().and_then(|n| seek_table.pts.get(n)) else {
            return Ok(false);
        };
        let mut keys_left = seek_table.keys_before(pts);
        for step in [1, 1, 4, 16] {
            let Some(place) = keys_left.checked_sub(step) else {
                return Ok(false);
            };
            keys_left = place;
            if self.start_at(&seek_table.keys, place)?
                && self.decode_until(seek_table.keys[place].pts, pts, index)?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Restarts the decoder at the key with the number `place`.
    fn start_at(&mut self, keys: &[Key], place: usize) -> Result<bool, MediaError> {
        self.place.held.clear();
        self.place.is_counted = false;
        // Some containers seek to a later place than requested: then an earlier one is requested. In encrypted files,
        // FFmpeg 5.1 loses track of the entries of samples when it seeks: all packets are read.
        let attempts: &[usize] = if self.is_decrypted() { &[] } else { &[0, 1, 3] };
        for &earlier in attempts {
            let Some(from) = place.checked_sub(earlier) else {
                break;
            };
            if self.decoding.start_at(keys[place], Some(keys[from])).map_err(|error| self.failed(error))? {
                return Ok(true);
            }
        }
        self.decoding = Decoding::open(&self.origin, self.limits, self.decoding.threads)?;
        self.decoding.start_at(keys[place], None).map_err(|error| self.failed(error))
    }

    /// Decodes until the frame `index`, which is shown at `pts`, is next; returns false if it does not come. Damage
    /// before `key_pts` is ignored.
    fn decode_until(&mut self, key_pts: i64, pts: i64, index: FrameIndex) -> Result<bool, MediaError> {
        loop {
            self.check_interrupt()?;
            match self.decoding.next().map_err(|error| self.failed(error))? {
                Step::Picture(picture) if picture.properties.pts < Some(key_pts) => {
                    self.decoding.reset_damage();
                }
                Step::Picture(picture) if picture.properties.pts < Some(pts) => {}
                Step::Picture(picture) => {
                    if picture.properties.pts != Some(pts) || self.decoding.is_damaged() {
                        return Ok(false);
                    }
                    self.place.held.push_back(picture);
                    self.place.next = index;
                    return Ok(true);
                }
                // A leading picture of the key; or damage, which the next attempt finds too.
                Step::Broken(_) => {}
                Step::End => return Ok(false),
            }
        }
    }

    /// Decodes again from the start to the same frame, with one thread, because something is damaged.
    pub(super) fn restart_with_one_thread(&mut self) -> Result<(), MediaError> {
        self.drop_counted_index();
        let wanted = self.place.next.0 + self.place.held.len() as u64;
        self.decoding = Decoding::open(&self.origin, self.limits, Threads::One)?;
        self.place.is_counted = true;
        let mut count = 0;
        while count < wanted {
            self.check_interrupt()?;
            match self.decoding.next().map_err(|error| self.failed(error))? {
                Step::Picture(_) => count += 1,
                // Reported before, or skipped by a seek.
                Step::Broken(_) => {}
                Step::End => break,
            }
        }
        Ok(())
    }
}
