//! RTP streams in a capture, found by how their packets behave and not by their ports.
//!
//! ```text
//! UDP datagram ─▶ RTP header? ─▶ flow (source, destination, SSRC) ─▶ known stream ─▶ its counts
//!                                                                 └▶ candidate ─▶ 4 packets in sequence: a stream
//! ```
//!
//! **The rule.** A flow is a stream once [`PACKETS_TO_CONFIRM`] of its packets have the same payload type, one after
//! another, each with a sequence number 1 to [`MOST_STEP`] ahead of the one before. Packets up to [`MOST_BACKSTEP`]
//! behind and duplicates are neutral; any other sequence number starts anew. RTCP is told apart by its second byte.
//!
//! **False positives.** A datagram of random bytes passes as a first packet with a probability of about 0.2 (version
//! 2, not RTCP, a header that fits). Each of the next three must have the same SSRC (2^-32), the same payload type
//! (2^-7) and a fitting sequence number (64 of 65,536, 2^-10): below 2^-147 for four datagrams. With a constant in the
//! place of the SSRC and random bytes elsewhere, it is below 2^-51 for each four in a row. A protocol with the first bits
//! 10, a counter in bytes 2 and 3 and constants in bytes 1 and 8 to 11 is taken for RTP, since nothing in these bytes
//! tells it from RTP. Streams of fewer than four packets are not found, nor streams inside another protocol.
//!
//! **Bounds.** Candidates live in a table of fixed size; the one unused for longest makes room for a new one. Streams
//! are bounded by [`MOST_STREAMS`]. What was not kept is counted.
//!
//! A [`StreamReader`] reads a capture once more and gives the packets of one stream in order. This room knows no keys:
//! whether a payload is encrypted is not visible in an RTP header.

mod candidates;
mod finder;
mod flow;
mod listing;
mod order;
mod reader;
mod stream;
#[cfg(test)]
mod tests;
mod tracker;

pub use candidates::{MOST_BACKSTEP, MOST_CANDIDATES, MOST_STEP, PACKETS_TO_CONFIRM};
pub use finder::{FinderCounts, MOST_STREAMS, StreamFinder};
pub use flow::Flow;
pub use listing::{Listing, list_streams};
pub use order::{Event, MOST_WINDOW, ReorderBuffer};
pub use reader::StreamReader;
pub use stream::{OrderCounts, Stream, Traffic};
pub use tracker::{MOST_AHEAD, MOST_LATE};
