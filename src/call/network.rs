//! Links, addresses, ports and numbers of streams.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddrV4};

/// The time of the first packet in nanoseconds since 1970: 2020-04-03 12:00 UTC.
pub const START_NANOS: u64 = 1_585_915_200_000_000_000;

/// The media server, of the addresses for documentation (RFC 5737).
pub(super) const MEDIA_SERVER: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);

/// The key server. It sends no media: the capture has no packet of it.
pub(super) const KEY_SERVER: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 2);

/// The last byte of the first party's address.
const FIRST_PARTY: u8 = 10;

/// The port of the first party's video.
const FIRST_PORT: u16 = 40_000;

/// The sequence number of a stream's first packet: it wraps after 536 packets, and the rollover counter becomes 1.
pub(super) const FIRST_SEQUENCE: u16 = 65_000;

/// The RTP timestamp of a stream's first packet: not 0, which some receivers take for none.
pub(super) const FIRST_TIMESTAMP: u32 = 90_000;

/// Video or audio.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MediaKind {
    /// The camera.
    Video,
    /// The microphone.
    Audio,
}

impl MediaKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Video, Self::Audio];

    /// The name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Video => "video",
            Self::Audio => "audio",
        }
    }
}

impl fmt::Display for MediaKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A stream: the video or the audio of a party.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamId {
    /// The number of the party that sends it.
    pub party: usize,
    /// Video or audio.
    pub kind: MediaKind,
}

impl StreamId {
    /// The number of the stream in the call.
    #[must_use]
    pub fn index(self) -> u16 {
        let party = u16::try_from(self.party).unwrap_or(u16::MAX / 4);
        2 * party + u16::from(self.kind == MediaKind::Audio)
    }

    /// Its UDP port on every link.
    #[must_use]
    pub fn port(self) -> u16 {
        FIRST_PORT + self.index()
    }

    /// The synchronization source of its packets.
    #[must_use]
    pub fn ssrc(self) -> u32 {
        self.port().into()
    }

    /// The key ID of its `SFrame` key.
    #[must_use]
    pub fn key_id(self) -> u64 {
        self.index().into()
    }

    /// The payload type of its packets.
    #[must_use]
    pub const fn payload_type(self) -> u8 {
        match self.kind {
            MediaKind::Video => 96,
            MediaKind::Audio => 97,
        }
    }
}

/// Up or down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// From a party to the media server.
    Up,
    /// From the media server to a party.
    Down,
}

/// A link between a party and the media server, in one direction. Links are in order: those up, then those down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Link {
    /// Up or down.
    pub direction: Direction,
    /// The number of the party.
    pub party: usize,
}

impl Link {
    /// From a party to the media server.
    #[must_use]
    pub const fn up(party: usize) -> Self {
        Self { direction: Direction::Up, party }
    }

    /// From the media server to a party.
    #[must_use]
    pub const fn down(party: usize) -> Self {
        Self { direction: Direction::Down, party }
    }

    /// Source and destination of a stream's packets on this link.
    #[must_use]
    pub fn ends(self, stream: StreamId) -> (SocketAddrV4, SocketAddrV4) {
        let port = stream.port();
        let party = SocketAddrV4::new(address(self.party), port);
        let server = SocketAddrV4::new(MEDIA_SERVER, port);
        match self.direction {
            Direction::Up => (party, server),
            Direction::Down => (server, party),
        }
    }
}

/// The address of a party.
pub(super) fn address(party: usize) -> Ipv4Addr {
    let party = u8::try_from(party).unwrap_or(u8::MAX - FIRST_PARTY - 1);
    Ipv4Addr::new(192, 0, 2, FIRST_PARTY.saturating_add(party))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_ssrcs_and_addresses_are_those_of_the_definition() {
        let video = StreamId { party: 2, kind: MediaKind::Video };
        let audio = StreamId { party: 0, kind: MediaKind::Audio };
        assert_eq!((video.port(), video.ssrc(), video.key_id()), (40_004, 40_004, 4));
        assert_eq!((audio.port(), audio.ssrc(), audio.key_id()), (40_001, 40_001, 1));
        let (source, destination) = Link::up(2).ends(video);
        assert_eq!(source.to_string(), "192.0.2.12:40004");
        assert_eq!(destination.to_string(), "192.0.2.1:40004");
        assert_eq!(Link::down(1).ends(video).1.to_string(), "192.0.2.11:40004");
        assert!(Link::up(5) < Link::down(0) && Link::up(0) < Link::up(1));
    }
}
