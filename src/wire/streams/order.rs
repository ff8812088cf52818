//! The packets of one stream, brought into order.

use std::collections::BTreeMap;

use super::tracker::{Observed, Tracker};
use crate::wire::rtp::Packet;

/// The most packets that are held back to wait for an earlier one.
pub const MOST_WINDOW: usize = 1024;

/// What comes next in a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// A packet.
    Packet {
        /// Its sequence number, extended: it starts between 2^16 and 2^17 and never decreases.
        index: u64,
        /// When it was captured, in nanoseconds since 1970.
        time_nanos: Option<u64>,
        /// The RTP packet.
        bytes: &'a [u8],
    },
    /// Packets are missing here.
    Gap {
        /// How many; `None` where the sequence starts anew at another number.
        lost: Option<u64>,
    },
}

/// Brings packets into the order of their sequence numbers, without duplicates. It holds back at most a window of packets,
/// each of at most 64 KiB.
pub struct ReorderBuffer {
    window: usize,
    tracker: Option<Tracker>,
    held: BTreeMap<u64, Held>,
    /// A packet out of range, which is the first of a sequence that starts anew if the next one follows it.
    stray: Option<Held>,
    /// The index that comes next; `None` before the first packet.
    next: Option<u64>,
    /// The packet that was given last.
    current: Held,
    dropped: u64,
}

#[derive(Default)]
struct Held {
    time_nanos: Option<u64>,
    bytes: Vec<u8>,
    is_after_restart: bool,
}

/// What comes next, without the packet's bytes.
#[derive(Clone, Copy)]
pub(super) enum Step {
    Packet(u64),
    Gap(Option<u64>),
}

impl ReorderBuffer {
    /// A buffer that waits for an earlier packet until `window` later ones are there, at most [`MOST_WINDOW`].
    #[must_use]
    pub fn new(window: usize) -> Self {
        Self {
            window: window.min(MOST_WINDOW),
            tracker: None,
            held: BTreeMap::new(),
            stray: None,
            next: None,
            current: Held::default(),
            dropped: 0,
        }
    }

    /// How many packets were not given: duplicates, those that came too late, and those out of range.
    #[must_use]
    pub const fn dropped(&self) -> u64 {
        self.dropped
    }

    /// The packet that was given last; `None` before the first.
    pub(super) fn current(&self) -> Option<&[u8]> {
        Some(&self.current.bytes[..]).filter(|bytes| !bytes.is_empty())
    }

    /// Takes a packet. Call [`next`](Self::next) until it returns `None` before the next one.
    pub fn push(&mut self, packet: &Packet, time_nanos: Option<u64>) {
        let bytes = packet.bytes();
        let observed = if let Some(tracker) = &mut self.tracker {
            tracker.observe(packet.sequence())
        } else {
            let (tracker, index) = Tracker::new(packet.sequence());
            self.tracker = Some(tracker);
            Observed::Ahead { index }
        };
        match observed {
            Observed::Ahead { index } | Observed::Late { index } => {
                if self.next.is_some_and(|next| index < next) {
                    self.dropped += 1;
                } else {
                    let held = self.hold(bytes, time_nanos);
                    self.held.insert(index, held);
                }
            }
            Observed::Duplicate => self.dropped += 1,
            Observed::Stray => {
                self.dropped += u64::from(self.stray.is_some());
                self.stray = Some(self.hold(bytes, time_nanos));
            }
            Observed::Restarted { index } => {
                let first = self.stray.take();
                let held = self.hold(bytes, time_nanos);
                if let Some(first) = first {
                    self.held.insert(index - 1, Held { is_after_restart: true, ..first });
                    self.held.insert(index, held);
                } else {
                    self.held.insert(index, Held { is_after_restart: true, ..held });
                }
            }
        }
    }

    /// A copy of a packet, in the buffer of the one that was given last if that is free.
    fn hold(&mut self, bytes: &[u8], time_nanos: Option<u64>) -> Held {
        let mut held = std::mem::take(&mut self.current);
        held.bytes.clear();
        held.bytes.extend_from_slice(bytes);
        Held { time_nanos, is_after_restart: false, ..held }
    }

    /// What comes next; `None` if it must wait for other packets. `is_end` says that there are none any more.
    pub fn next(&mut self, is_end: bool) -> Option<Event<'_>> {
        let step = self.step(is_end)?;
        Some(self.event(step))
    }

    /// The event of the last step.
    pub(super) fn event(&self, step: Step) -> Event<'_> {
        match step {
            Step::Gap(lost) => Event::Gap { lost },
            Step::Packet(index) => {
                Event::Packet { index, time_nanos: self.current.time_nanos, bytes: &self.current.bytes }
            }
        }
    }

    pub(super) fn step(&mut self, is_end: bool) -> Option<Step> {
        let first = self.held.first_entry()?;
        let index = *first.key();
        if self.next != Some(index) {
            let is_restart = first.get().is_after_restart;
            let must_wait = !is_end && !is_restart;
            let lost = (!is_restart).then(|| index.saturating_sub(self.next.unwrap_or(index)));
            if must_wait && self.held.len() <= self.window {
                return None;
            }
            if self.next.replace(index).is_some() {
                return Some(Step::Gap(lost));
            }
        }
        (_, self.current) = self.held.pop_first()?;
        self.next = Some(index + 1);
        Some(Step::Packet(index))
    }
}
