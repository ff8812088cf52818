//! Datagrams that were sent in fragments, put together again.
//!
//! Memory is bounded: [`MOST_DATAGRAMS`] datagrams of up to 65,535 bytes; the oldest is dropped for a new one. Fragments
//! that overlap do not come from a sender that splits a datagram: receivers that resolve the overlap differently would
//! read different datagrams. A datagram with such fragments is dropped (RFC 5722), unless the bytes are the same again.

use std::collections::VecDeque;
use std::net::IpAddr;

/// The most datagrams whose fragments are kept at once.
pub const MOST_DATAGRAMS: usize = 64;

/// The most separate ranges of bytes that are kept of one datagram.
pub const MOST_RANGES: usize = 256;

/// The most bytes of a datagram.
const MOST_BYTES: usize = 65535;

/// Which fragment of which datagram.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fragment {
    pub(super) source: IpAddr,
    pub(super) destination: IpAddr,
    /// In IPv6, the header that follows in the first fragment.
    pub(super) protocol: u8,
    pub(super) id: u32,
    /// Where it belongs, in bytes.
    pub(super) offset: usize,
    /// False for the last one.
    pub(super) has_more: bool,
}

impl Fragment {
    fn is_of_same_datagram(&self, other: &Self) -> bool {
        // Different protocols of one sender may use the same number in IPv4.
        let has_same_protocol = self.source.is_ipv6() || self.protocol == other.protocol;
        has_same_protocol
            && (self.id, self.source, self.destination) == (other.id, other.source, other.destination)
    }
}

/// What a fragment led to.
pub(super) enum Outcome<'a> {
    /// Others are missing, or it contradicts them and all were dropped.
    Waiting,
    /// It cannot be a fragment.
    Malformed(&'static str),
    /// The datagram is complete.
    Complete { protocol: u8, bytes: &'a [u8] },
}

/// The datagrams that are not complete yet.
#[derive(Debug, Default)]
pub(super) struct Reassembler {
    partial: VecDeque<Partial>,
    complete: Vec<u8>,
    /// Fragments so far.
    pub(super) fragments: u64,
    /// Datagrams dropped so far.
    pub(super) dropped: u64,
}

#[derive(Debug)]
struct Partial {
    /// The fragment at the start, once it is there; before, any fragment.
    first: Fragment,
    bytes: Vec<u8>,
    /// What is there: in order, with gaps between.
    ranges: Vec<(usize, usize)>,
    /// The length, once the last fragment is there.
    length: Option<usize>,
}

impl Reassembler {
    pub(super) fn insert(&mut self, fragment: &Fragment, payload: &[u8]) -> Outcome<'_> {
        self.fragments += 1;
        if payload.is_empty() || fragment.has_more && !payload.len().is_multiple_of(8) {
            return Outcome::Malformed("a fragment is empty or not a multiple of 8 bytes long");
        }
        if fragment.offset + payload.len() > MOST_BYTES {
            return Outcome::Malformed("a fragment reaches past the longest datagram");
        }
        let known = self.partial.iter().position(|partial| partial.first.is_of_same_datagram(fragment));
        let at = known.unwrap_or_else(|| {
            if self.partial.len() >= MOST_DATAGRAMS {
                self.partial.pop_front();
                self.dropped += 1;
            }
            self.partial.push_back(Partial::new(*fragment));
            self.partial.len() - 1
        });
        let partial = &mut self.partial[at];
        if !partial.insert(fragment, payload) {
            self.partial.remove(at);
            self.dropped += 1;
            return Outcome::Waiting;
        }
        if !partial.is_complete() {
            return Outcome::Waiting;
        }
        let Some(partial) = self.partial.remove(at) else { return Outcome::Waiting };
        self.complete = partial.bytes;
        Outcome::Complete { protocol: partial.first.protocol, bytes: &self.complete }
    }
}

impl Partial {
    fn new(first: Fragment) -> Self {
        // All at once: growth would take up to twice the bytes.
        Self { first, bytes: Vec::with_capacity(MOST_BYTES), ranges: Vec::new(), length: None }
    }

    /// False if the fragment contradicts others, or there are too many ranges.
    fn insert(&mut self, fragment: &Fragment, payload: &[u8]) -> bool {
        let (start, end) = (fragment.offset, fragment.offset + payload.len());
        let is_past_end = match self.length {
            Some(length) => end > length || !fragment.has_more && end != length,
            None => !fragment.has_more && self.bytes.len() > end,
        };
        if is_past_end {
            return false;
        }
        // The first range that does not end before this one.
        let at = self.ranges.partition_point(|range| range.1 < start);
        if let Some(&(other_start, other_end)) = self.ranges.get(at) {
            if other_start <= start && end <= other_end {
                return self.bytes[start..end] == *payload;
            }
            let overlaps_next = self.ranges.get(at + 1).is_some_and(|next| next.0 < end);
            if (other_start < end && start < other_end) || overlaps_next {
                return false;
            }
        }
        if !fragment.has_more {
            self.length = Some(end);
        }
        if start == 0 {
            self.first = *fragment;
        }
        self.bytes.resize(self.bytes.len().max(end), 0);
        self.bytes[start..end].copy_from_slice(payload);
        self.ranges.insert(at, (start, end));
        self.ranges.sort_unstable();
        self.ranges.dedup_by(|next, range| {
            let touches = range.1 == next.0;
            if touches {
                range.1 = next.1;
            }
            touches
        });
        self.ranges.len() <= MOST_RANGES
    }

    fn is_complete(&self) -> bool {
        matches!((&self.ranges[..], self.length), (&[(0, end)], Some(length)) if end == length)
    }
}
