//! The sequence numbers of one stream: which are new, late, or there already (after RFC 3550, appendix A.1).

/// The furthest that a packet can be ahead of the ones before: as many may be lost. As in RFC 3550.
pub const MOST_AHEAD: u16 = 3000;

/// The furthest that a late packet can be behind.
pub const MOST_LATE: u16 = 1023;

/// Sequence numbers of which the tracker knows whether they were there.
const WINDOW: u64 = 64 * WORDS as u64;

const WORDS: usize = 16;

/// The sequence numbers that were there.
#[derive(Clone, Debug)]
pub(super) struct Tracker {
    highest: u64,
    /// The lowest index since the sequence started.
    lowest: u64,
    /// Packets that are missing.
    lost: u64,
    /// A bit for each of the last 1024 indices, at the index modulo 1024.
    seen: [u64; WORDS],
    /// The sequence number that would follow the last packet out of range.
    after_stray: Option<u16>,
}

/// What a sequence number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Observed {
    /// The next one, or one after a gap.
    Ahead { index: u64 },
    /// One that was passed over.
    Late { index: u64 },
    /// One that was there.
    Duplicate,
    /// One out of range: damage, or the sender has started anew.
    Stray,
    /// The second packet of a sequence that has started anew; the stray packet before has the index before.
    Restarted { index: u64 },
}

impl Tracker {
    /// The tracker after a stream's first packet, and the index of that: indices start at 2^16, so that packets from
    /// before the first have indices too.
    pub(super) fn new(first: u16) -> (Self, u64) {
        let highest = 1 << 16 | u64::from(first);
        let mut tracker = Self { highest, lowest: highest, lost: 0, seen: [0; WORDS], after_stray: None };
        tracker.mark(highest);
        (tracker, highest)
    }

    pub(super) const fn highest(&self) -> u64 {
        self.highest
    }

    /// How many packets are missing, but for those where the sequence started anew.
    pub(super) const fn lost(&self) -> u64 {
        self.lost
    }

    #[inline]
    pub(super) fn observe(&mut self, sequence: u16) -> Observed {
        let [.., high, low] = self.highest.to_be_bytes();
        let last = u16::from_be_bytes([high, low]);
        let (ahead, behind) = (sequence.wrapping_sub(last), last.wrapping_sub(sequence));
        if ahead == 0 {
            Observed::Duplicate
        } else if ahead <= MOST_AHEAD {
            let index = self.highest + u64::from(ahead);
            // What is passed over has not been there. More than the window is cleared once.
            for skipped in self.highest + 1..=(self.highest + u64::from(ahead).min(WINDOW)) {
                self.seen[Self::word(skipped)] &= !Self::bit(skipped);
            }
            self.mark(index);
            self.highest = index;
            self.after_stray = None;
            self.lost += u64::from(ahead) - 1;
            Observed::Ahead { index }
        } else if behind <= MOST_LATE {
            // Indices start at 2^16 and the window is smaller.
            let index = self.highest - u64::from(behind);
            if self.seen[Self::word(index)] & Self::bit(index) != 0 {
                return Observed::Duplicate;
            }
            self.mark(index);
            if index < self.lowest {
                self.lost += self.lowest - index - 1;
                self.lowest = index;
            } else {
                self.lost = self.lost.saturating_sub(1);
            }
            Observed::Late { index }
        } else if self.after_stray == Some(sequence) {
            self.restart(sequence)
        } else {
            self.after_stray = Some(sequence.wrapping_add(1));
            Observed::Stray
        }
    }

    #[cold]
    fn restart(&mut self, sequence: u16) -> Observed {
        // The first index past the highest whose predecessor is past it too.
        let same = self.highest & !0xffff | u64::from(sequence);
        let index = if same > self.highest + 1 { same } else { same + (1 << 16) };
        self.seen.fill(0);
        self.mark(index - 1);
        self.mark(index);
        (self.lowest, self.highest, self.after_stray) = (index - 1, index, None);
        Observed::Restarted { index }
    }

    #[inline]
    fn mark(&mut self, index: u64) {
        self.seen[Self::word(index)] |= Self::bit(index);
    }

    #[inline]
    const fn word(index: u64) -> usize {
        (index % WINDOW / 64) as usize
    }

    #[inline]
    const fn bit(index: u64) -> u64 {
        1 << (index % 64)
    }
}
