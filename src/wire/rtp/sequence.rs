//! Numbers that wrap: sequence numbers of 16 bits and timestamps of 32 bits, extended.

/// An index has 48 bits: the rollover counter (32 bits), then the sequence number (16 bits).
const INDEX_MASK: u64 = (1 << 48) - 1;

/// The index with the sequence number `sequence` that is nearest to `highest`: RFC 3711, appendix A. Of two equally
/// near ones, the one with the same rollover counter. Counts modulo 2^48.
#[must_use]
pub const fn nearest_index(highest: u64, sequence: u16) -> u64 {
    const HALF: u16 = 1 << 15;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the low 16 bits of an index are the sequence number"
    )]
    let last = highest as u16;
    let same = highest & !0xffff | sequence as u64;
    let index = if last < HALF && sequence > last && sequence - last > HALF {
        same.wrapping_sub(1 << 16)
    } else if last >= HALF && last - HALF > sequence {
        same.wrapping_add(1 << 16)
    } else {
        same
    };
    index & INDEX_MASK
}

/// Extends the sequence numbers of one stream to indices: rollover counter × 2^16 + sequence number (RFC 3711,
/// section 3.3.1).
///
/// An index is estimated first, and accepted only when the packet has proved to be the sender's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExtendedSequence {
    first_roc: u32,
    highest: Option<u64>,
}

impl ExtendedSequence {
    /// A stream whose first packet here has the rollover counter `roc`: 0 if the capture holds the sender's first
    /// packets, else how often its sequence number has wrapped before.
    #[must_use]
    pub const fn starting_at(roc: u32) -> Self {
        Self { first_roc: roc, highest: None }
    }

    /// The most likely index of a packet.
    #[must_use]
    pub fn estimate(&self, sequence: u16) -> u64 {
        match self.highest {
            Some(highest) => nearest_index(highest, sequence),
            None => u64::from(self.first_roc) << 16 | u64::from(sequence),
        }
    }

    /// Notes that a packet has this index.
    pub fn accept(&mut self, index: u64) {
        // A packet from before the first one, at a rollover counter of 0, has an index that wrapped below 0.
        let is_ahead = |highest: u64| index.wrapping_sub(highest) & INDEX_MASK < 1 << 47;
        if self.highest.is_none_or(is_ahead) {
            self.highest = Some(index);
        }
    }

    /// The highest accepted index.
    #[must_use]
    pub const fn highest(&self) -> Option<u64> {
        self.highest
    }
}

/// Extends timestamps of 32 bits: each is taken to be the one nearest to the one before, so that neither a wrap nor
/// reordered packets make a jump.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timestamps {
    last: Option<i64>,
}

impl Timestamps {
    /// The timestamp without wraps, in units of the payload's clock. The first one is returned as it is; one before
    /// the first can be negative.
    pub fn extend(&mut self, timestamp: u32) -> i64 {
        let extended = self.last.map_or(i64::from(timestamp), |last| {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "the low 32 bits are the timestamp as it was sent"
            )]
            let step = timestamp.cast_signed().wrapping_sub(last as i32);
            last.saturating_add(i64::from(step))
        });
        self.last = Some(extended);
        extended
    }
}
