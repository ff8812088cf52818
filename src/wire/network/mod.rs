//! From captured frames to UDP datagrams, and back.
//!
//! ```text
//! frame ─▶ link: Ethernet, VLAN, Linux cooked, raw, loopback ─▶ ip: IPv4, IPv6 ─▶ udp ─▶ UdpDatagram
//!                                                                    │  ▲
//!                                                                    └▶ fragments (bounded)
//! ```
//!
//! Checksums are not verified: captures taken on the sending machine have wrong ones, which its network card would have
//! filled in. This room knows neither RTP nor files.

mod decoder;
mod fragments;
mod frame;
mod ip;
mod link;
#[cfg(test)]
mod tests;

pub use decoder::{Counts, Decoder, NoDatagram, UdpDatagram};
pub use fragments::{MOST_DATAGRAMS, MOST_RANGES};
pub use frame::{FrameError, MOST_PAYLOAD_BYTES, write_udp_frame};

/// The bytes at a place, if they are all there.
#[inline]
fn chunk<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..).and_then(|bytes| bytes.first_chunk()).copied()
}

/// A big-endian number at a place, if it is there.
#[inline]
fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    chunk(bytes, at).map(u16::from_be_bytes)
}
