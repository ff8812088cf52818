//! The box `sidx`: the positions and times of the fragments of a file (ISO/IEC 14496-12, 8.16.3).

use super::Mp4Error;
use super::boxes::{Kind, Mp4Box};
use super::fragment::TrackFragment;

/// The box itself.
pub const SIDX: Kind = Kind(*b"sidx");
/// The bits of a reference for a fragment that begins with a sample at which decoding can start (`starts_with_SAP`,
/// `SAP_type` 1).
const STARTS_WITH_SYNC: u32 = 0x9000_0000;
/// Bytes of the box before its references.
const BYTES_BEFORE_REFERENCES: usize = 40;
/// Bytes of a reference.
const REFERENCE_BYTES: usize = 12;

/// The index of a track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentIndex {
    track: u32,
    timescale: u32,
    /// When the first sample is shown, in ticks; `None` before the first fragment with samples.
    earliest: Option<u64>,
    references: Vec<Reference>,
}

/// A fragment with all its tracks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Reference {
    bytes: u32,
    /// In ticks of the track.
    duration: u32,
    starts_with_sync: bool,
}

impl SegmentIndex {
    /// An empty index of a track with this number and `timescale` ticks per second.
    #[must_use]
    pub const fn new(track: u32, timescale: u32) -> Self {
        Self { track, timescale, earliest: None, references: Vec::new() }
    }

    /// Adds the next fragment, which has `bytes` bytes including its media data. `samples` are the samples of the
    /// indexed track; `None` if the fragment has none.
    ///
    /// # Errors
    /// [`Mp4Error::TooLarge`] if the fragment has 2^31 bytes or more.
    pub fn add(&mut self, bytes: u64, samples: Option<&TrackFragment>) -> Result<(), Mp4Error> {
        let too_large = || Mp4Error::TooLarge { kind: SIDX, what: "a fragment of 2^31 bytes or more" };
        let bytes = u32::try_from(bytes).ok().filter(|bytes| bytes >> 31 == 0).ok_or_else(too_large)?;
        let of = |samples: &TrackFragment| {
            if self.earliest.is_none() {
                self.earliest = earliest(samples);
            }
            let ticks: u64 = samples.samples.iter().map(|sample| u64::from(sample.duration)).sum();
            let starts_with_sync = samples.samples.first().is_some_and(|sample| sample.is_sync);
            (u32::try_from(ticks).unwrap_or(u32::MAX), starts_with_sync)
        };
        let (duration, starts_with_sync) = samples.map_or((0, false), of);
        self.references.push(Reference { bytes, duration, starts_with_sync });
        Ok(())
    }

    /// Bytes of the box.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        BYTES_BEFORE_REFERENCES + REFERENCE_BYTES * self.references.len()
    }

    /// The box. The first fragment begins `bytes_to_first` bytes after it.
    ///
    /// # Errors
    /// [`Mp4Error::TooLarge`] if there are more fragments than 16 bits count.
    pub fn to_box(&self, bytes_to_first: u64) -> Result<Mp4Box, Mp4Error> {
        let too_many = |_| Mp4Error::TooLarge { kind: SIDX, what: "more than 65535 fragments" };
        let mut fields = vec![1, 0, 0, 0];
        fields.extend(self.track.to_be_bytes());
        fields.extend(self.timescale.to_be_bytes());
        fields.extend(self.earliest.unwrap_or(0).to_be_bytes());
        fields.extend(bytes_to_first.to_be_bytes());
        fields.extend([0; 2]);
        fields.extend(u16::try_from(self.references.len()).map_err(too_many)?.to_be_bytes());
        for reference in &self.references {
            fields.extend(reference.bytes.to_be_bytes());
            fields.extend(reference.duration.to_be_bytes());
            fields.extend(if reference.starts_with_sync { STARTS_WITH_SYNC } else { 0 }.to_be_bytes());
        }
        Ok(Mp4Box::leaf(SIDX, fields))
    }
}

/// The earliest presentation time of a sample, in ticks of the track; `None` without samples.
fn earliest(fragment: &TrackFragment) -> Option<u64> {
    let mut decoded = fragment.decode_time;
    let shown = fragment.samples.iter().map(|sample| {
        let shown = decoded.saturating_add_signed(sample.composition_offset);
        decoded = decoded.saturating_add(sample.duration.into());
        shown
    });
    shown.min()
}

#[cfg(test)]
mod tests {
    use super::super::fragment::Sample;
    use super::*;

    #[test]
    fn an_index_states_the_size_and_the_length_of_each_fragment() {
        let sample = |composition_offset, is_sync| Sample {
            offset: 0,
            bytes: 1,
            duration: 5,
            composition_offset,
            is_sync,
        };
        // Shown at 110, 105 and 130.
        let samples = vec![sample(10, true), sample(0, false), sample(20, false)];
        let fragment = TrackFragment { track: 7, decode_time: 100, samples };
        let mut index = SegmentIndex::new(7, 1000);
        index.add(600, None).expect("small");
        index.add(700, Some(&fragment)).expect("small");
        assert!(index.add(1 << 31, None).is_err());
        let index_box = index.to_box(88).expect("small");
        assert_eq!(index_box.bytes(), index.bytes());
        let expected = "01000000 00000007 000003e8 0000000000000069 0000000000000058 0000 0002 \
                        00000258 00000000 00000000 000002bc 0000000f 90000000";
        assert_eq!(hex::encode(index_box.fields), expected.replace(' ', ""));
    }
}
