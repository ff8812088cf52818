//! Media packets on a network: parsed, found in captures, protected and opened.
//!
//! ```text
//! bytes of a capture ─▶ capture ─▶ frame ─▶ network ─▶ UDP datagram ─▶ streams ─▶ RTP packets of one stream
//!                                                                                        │
//!                      payload ◀─ rtp ◀─ RTP packet ◀─ protection (srtp, sframe, modelled) ◀┘
//! ```
//!
//! | room | what it is for |
//! |---|---|
//! | [`rtp`] | RTP headers (RFC 3550), sequence numbers and timestamps that wrap |
//! | [`srtp`] | RTP packets encrypted hop by hop (RFC 3711, 6188, 7714) |
//! | [`sframe`] | payloads encrypted end to end (RFC 9605) |
//! | [`protection`] | the protections of a simulated call, modelled ones too, and how their keys are derived |
//! | [`keys`] | files that list the keys of the streams of a capture |
//! | [`sdp`] | session descriptions: which payload type is which codec, and `a=crypto` (RFC 8866, 4568) |
//! | [`capture`] | pcap and pcapng files |
//! | [`network`] | Ethernet, IPv4, IPv6 and UDP, with fragments |
//! | [`streams`] | RTP streams found by the behaviour of their packets |
//!
//! Everything here works on bytes, on [`Read`](std::io::Read) and on [`Write`](std::io::Write). This room must never
//! know FFmpeg, codecs, pictures, paths of files, sockets or threads. Its input is hostile: no length in a packet is
//! trusted, every buffer has a bound that its module states, and no input makes it panic.

mod base64;
pub mod capture;
mod cipher;
pub mod keys;
pub mod network;
pub mod protection;
pub mod rtp;
pub mod sdp;
pub mod sframe;
pub mod srtp;
pub mod streams;
