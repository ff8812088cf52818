//! One frame after another.

use std::net::{IpAddr, SocketAddr};

use super::fragments::{Fragment, Outcome, Reassembler};
use super::ip::{self, Packet};
use super::{link, u16_at};

/// A UDP datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UdpDatagram<'a> {
    /// Where it comes from.
    pub source: SocketAddr,
    /// Where it goes to.
    pub destination: SocketAddr,
    /// Its payload, as far as it was recorded.
    pub payload: &'a [u8],
    /// True if a snap length cut the payload: it is then not all there, and cannot be decrypted.
    pub is_cut: bool,
}

/// Why a frame gives no datagram (yet).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoDatagram {
    /// Another link type than those of [`Decoder`].
    #[error(
        "link type {0} is not read; known are Ethernet (1), Linux cooked (113, 276), raw IP (12, 14, 101, 228, 229) \
         and loopback (0, 108)"
    )]
    LinkType(u16),
    /// No IPv4 and no IPv6.
    #[error("the frame holds no IP packet")]
    NotIp,
    /// Another protocol than UDP.
    #[error("the IP packet holds no UDP datagram, but protocol {0}")]
    NotUdp(u8),
    /// Lengths that contradict each other.
    #[error("{0}")]
    Malformed(&'static str),
    /// The frame ends within a header, or is a part of a fragment.
    #[error("a snap length cut the frame before its payload")]
    Cut,
    /// A fragment; others of its datagram are missing, or it contradicts them.
    #[error("the frame holds a fragment of a datagram that is not complete")]
    Fragment,
}

/// How many frames were what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All frames.
    pub frames: u64,
    /// UDP datagrams, reassembled ones too.
    pub datagrams: u64,
    /// Datagrams that a snap length cut, and frames that it cut before any payload.
    pub cut: u64,
    /// Frames of another link type, without IP, or without UDP.
    pub others: u64,
    /// Frames whose lengths contradict each other.
    pub malformed: u64,
    /// Fragments.
    pub fragments: u64,
    /// Datagrams whose fragments were dropped: too many at once, or fragments that overlap.
    pub dropped_datagrams: u64,
}

/// Finds the UDP datagram in each frame. It keeps fragments: of at most [`MOST_DATAGRAMS`](super::MOST_DATAGRAMS)
/// datagrams, under 5 MB in all.
#[derive(Debug, Default)]
pub struct Decoder {
    fragments: Reassembler,
    counts: Counts,
}

impl Decoder {
    /// The datagram in a frame that starts with a header of this link type.
    ///
    /// # Errors
    /// [`NoDatagram`] says what the frame is instead. It is counted and can be ignored.
    #[inline]
    pub fn decode<'a>(&'a mut self, link_type: u16, frame: &'a [u8]) -> Result<UdpDatagram<'a>, NoDatagram> {
        let Self { fragments, counts } = self;
        counts.frames += 1;
        let datagram = datagram(fragments, link_type, frame);
        match &datagram {
            Ok(datagram) => {
                counts.datagrams += 1;
                counts.cut += u64::from(datagram.is_cut);
            }
            Err(NoDatagram::LinkType(_) | NoDatagram::NotIp | NoDatagram::NotUdp(_)) => counts.others += 1,
            Err(NoDatagram::Malformed(_)) => counts.malformed += 1,
            Err(NoDatagram::Cut) => counts.cut += 1,
            Err(NoDatagram::Fragment) => {}
        }
        datagram
    }

    /// How many frames were what so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let (fragments, dropped_datagrams) = (self.fragments.fragments, self.fragments.dropped);
        Counts { fragments, dropped_datagrams, ..self.counts }
    }
}

fn datagram<'a>(
    fragments: &'a mut Reassembler,
    link_type: u16,
    frame: &'a [u8],
) -> Result<UdpDatagram<'a>, NoDatagram> {
    let packet = ip::parse(link::payload(link_type, frame)?)?;
    let Packet { source, destination, protocol, payload, is_cut, fragment } = packet;
    let Some(fragment) = fragment else { return udp(source, destination, protocol, payload, is_cut) };
    if is_cut {
        return Err(NoDatagram::Cut);
    }
    let fragment = Fragment { source, destination, protocol, ..fragment };
    match fragments.insert(&fragment, payload) {
        Outcome::Waiting => Err(NoDatagram::Fragment),
        Outcome::Malformed(what) => Err(NoDatagram::Malformed(what)),
        Outcome::Complete { protocol, bytes } => {
            let (protocol, bytes) = match source {
                IpAddr::V4(_) => (protocol, bytes),
                IpAddr::V6(_) => ip::skip_extensions(protocol, bytes)?,
            };
            udp(source, destination, protocol, bytes, false)
        }
    }
}

/// Reads the UDP header (RFC 768).
#[inline]
fn udp(
    source: IpAddr,
    destination: IpAddr,
    protocol: u8,
    bytes: &[u8],
    is_cut: bool,
) -> Result<UdpDatagram<'_>, NoDatagram> {
    const HEADER_BYTES: usize = 8;
    if protocol != ip::UDP {
        return Err(NoDatagram::NotUdp(protocol));
    }
    let ports = (u16_at(bytes, 0), u16_at(bytes, 2), u16_at(bytes, 4));
    if is_cut && bytes.len() < HEADER_BYTES {
        return Err(NoDatagram::Cut);
    }
    let (Some(from), Some(to), Some(claimed)) = ports else {
        return Err(NoDatagram::Malformed("a UDP header is not complete"));
    };
    let length = usize::from(claimed);
    if length < HEADER_BYTES || bytes.len() < HEADER_BYTES {
        return Err(NoDatagram::Malformed("a UDP datagram is shorter than its header"));
    }
    if length > bytes.len() && !is_cut {
        return Err(NoDatagram::Malformed("a UDP datagram claims more bytes than its packet has"));
    }
    Ok(UdpDatagram {
        source: SocketAddr::new(source, from),
        destination: SocketAddr::new(destination, to),
        payload: &bytes[HEADER_BYTES..length.min(bytes.len())],
        is_cut: length > bytes.len(),
    })
}
