//! Short-term reference picture sets (ITU-T H.265, 7.3.7 and 7.4.8): the number of pictures that a slice may refer to.

use crate::media::codec::CodecError;
use crate::media::codec::bits::BitReader;

/// Upper bound of the pictures of a set on each side: the size of the decoded picture buffer (A.4.2).
const MOST_PICTURES: u32 = 16;

/// A set of pictures, given by their distance in presentation order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ReferenceSet {
    /// Earlier pictures, nearest first: distances below 0, and whether the current picture uses them.
    before: Vec<(i64, bool)>,
    /// Later pictures, nearest first: distances above 0.
    after: Vec<(i64, bool)>,
}

impl ReferenceSet {
    /// How many pictures the current one may refer to.
    pub(super) fn used(&self) -> u32 {
        let used = self.before.iter().chain(&self.after).filter(|(_, is_used)| *is_used).count();
        u32::try_from(used).unwrap_or(u32::MAX)
    }

    /// Reads the set that follows `sets`. In a slice header (`is_in_slice`) it may be derived from any of them,
    /// otherwise from the last one only.
    pub(super) fn read(
        bits: &mut BitReader<'_>,
        sets: &[Self],
        is_in_slice: bool,
    ) -> Result<Self, CodecError> {
        // inter_ref_pic_set_prediction_flag.
        if !sets.is_empty() && bits.flag()? {
            return Self::read_derived(bits, sets, is_in_slice);
        }
        let before = bits.unsigned("num_negative_pics", MOST_PICTURES)?;
        let after = bits.unsigned("num_positive_pics", MOST_PICTURES)?;
        let mut set = Self::default();
        for (count, sign, pictures) in [(before, -1, &mut set.before), (after, 1, &mut set.after)] {
            let mut distance = 0;
            for _ in 0..count {
                distance += sign * (i64::from(bits.unsigned("delta_poc_minus1", (1 << 15) - 1)?) + 1);
                pictures.push((distance, bits.flag()?));
            }
        }
        Ok(set)
    }

    /// Reads a set that is derived from another one by a shift (7-61 and 7-62).
    fn read_derived(bits: &mut BitReader<'_>, sets: &[Self], is_in_slice: bool) -> Result<Self, CodecError> {
        let most = u32::try_from(sets.len()).unwrap_or(u32::MAX) - 1;
        let back = if is_in_slice { bits.unsigned("delta_idx_minus1", most)? } else { 0 };
        let from = &sets[sets.len() - 1 - back as usize];
        let is_negative = bits.flag()?;
        let distance = i64::from(bits.unsigned("abs_delta_rps_minus1", (1 << 15) - 1)?) + 1;
        let distance = if is_negative { -distance } else { distance };
        // One or two flags for each picture of the other set, earlier pictures first, and for the picture itself.
        let mut moved = Vec::new();
        for place in from.before.iter().chain(&from.after).map(|(place, _)| *place).chain([0]) {
            let is_used = bits.flag()?;
            // use_delta_flag: the picture is in the set.
            if is_used || bits.flag()? {
                moved.push((place + distance, is_used));
            }
        }
        let mut set = Self {
            before: moved.iter().copied().filter(|(place, _)| *place < 0).collect(),
            after: moved.into_iter().filter(|(place, _)| *place > 0).collect(),
        };
        set.before.sort_by_key(|(place, _)| -place);
        set.after.sort_by_key(|(place, _)| *place);
        let count = set.before.len().max(set.after.len());
        if count > MOST_PICTURES as usize {
            return Err(CodecError::OutOfRange { field: "NumDeltaPocs", value: count as u64 });
        }
        Ok(set)
    }
}
