//! The packets on every link: what parties send, and what the media server forwards.
//!
//! The media server forwards packets of `one-key-ecb` and `per-stream-gcm` as they are. Under `srtp`, `srtp-gcm` and
//! `sframe` it removes the SRTP of the link that a packet came by, and protects it with that of each link that it goes out
//! by; the `SFrame` inside of it stays as it is. A packet has the same time on all links: there is no delay.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::error::CallError;
use super::keys::{KeyName, KeyPurpose, names_of, stream_key};
use super::network::{FIRST_SEQUENCE, Link, StreamId};
use super::sent::SentCall;
use super::settings::CallSettings;
use crate::media::rtp::TimedPacket;
use crate::wire::protection::{Protection, ProtectionError, Sender};
use crate::wire::srtp;

/// A packet on a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery<'a> {
    /// Nanoseconds since the start of the call.
    pub time: u64,
    /// The link.
    pub link: Link,
    /// The stream.
    pub stream: StreamId,
    /// True if its keys are renewed ones.
    pub is_renewed: bool,
    /// The rollover counter of its stream.
    pub roc: u32,
    /// The RTP packet, not protected.
    pub plain: &'a [u8],
    /// The packet as it is on the link.
    pub protected: Vec<u8>,
}

/// Calls `each` with every packet on the links that `wants` names, by time, then link, then stream.
///
/// # Errors
/// Those of `each`, and [`CallError::Protection`].
pub fn deliver<'a>(
    settings: &CallSettings,
    protection: Protection,
    call: &'a SentCall,
    wants: &dyn Fn(Link, StreamId) -> bool,
    each: &mut dyn FnMut(Delivery<'a>) -> Result<(), CallError>,
) -> Result<(), CallError> {
    let mut packets: Vec<(u64, StreamId, usize, &TimedPacket)> = Vec::new();
    for (&stream, sent) in &call.streams {
        packets.extend(sent.packets.iter().enumerate().map(|(at, packet)| (packet.time, stream, at, packet)));
    }
    packets.sort_by_key(|&(time, stream, at, _)| (time, stream, at));
    let mut paths: BTreeMap<StreamId, Path> = BTreeMap::new();
    for group in packets.chunk_by(|one, other| one.0 == other.0) {
        let mut deliveries = Vec::new();
        for &(time, stream, at, packet) in group {
            let is_renewed = settings.is_renewed_at(time);
            // Sequence numbers of a stream are gapless.
            let roc = u32::try_from((usize::from(FIRST_SEQUENCE) + at) >> 16).unwrap_or(u32::MAX);
            let path = match paths.entry(stream) {
                Entry::Occupied(path) => path.into_mut(),
                Entry::Vacant(none) => {
                    none.insert(Path::open(settings, protection, stream, (is_renewed, roc), wants)?)
                }
            };
            if path.is_renewed != is_renewed {
                *path = Path::open(settings, protection, stream, (is_renewed, roc), wants)?;
            }
            path.send(&packet.bytes, &mut |link, protected| {
                if wants(link, stream) && settings.is_present(link.party, time) {
                    let plain = &packet.bytes;
                    deliveries.push(Delivery { time, link, stream, is_renewed, roc, plain, protected });
                }
            })?;
        }
        deliveries.sort_by_key(|delivery| delivery.link);
        deliveries.into_iter().try_for_each(&mut *each)?;
    }
    Ok(())
}

/// The way of a stream through the call, with one set of keys.
struct Path {
    stream: StreamId,
    is_renewed: bool,
    sender: Sender,
    /// The links down that its packets go out by.
    down: Vec<Link>,
    /// What the media server does on each; `None` if it forwards packets as they are.
    hops: Option<Hops>,
}

/// The media server's side of SRTP.
struct Hops {
    up: srtp::Receiver,
    down: Vec<srtp::Sender>,
}

impl Path {
    fn open(
        settings: &CallSettings,
        protection: Protection,
        stream: StreamId,
        (is_renewed, roc): (bool, u32),
        wants: &dyn Fn(Link, StreamId) -> bool,
    ) -> Result<Self, CallError> {
        let up = Link::up(stream.party);
        let names = names_of(protection, up, stream, is_renewed);
        let key = stream_key(settings, protection, &names)?.ok_or(ProtectionError::TwoKeys)?;
        let others = (0..settings.parties.len()).filter(|&party| party != stream.party).map(Link::down);
        let down: Vec<Link> = others.filter(|&link| wants(link, stream)).collect();
        let hops = match protection.srtp_suite() {
            None => None,
            Some(suite) => {
                let master =
                    |link| KeyName { purpose: KeyPurpose::Hop(link), is_renewed }.master_key(settings, suite);
                let senders: Result<Vec<_>, ProtectionError> =
                    down.iter().map(|&link| Ok(srtp::Sender::new(&master(link)?, roc))).collect();
                Some(Hops { up: srtp::Receiver::new(&master(up)?, roc), down: senders? })
            }
        };
        Ok(Self { stream, is_renewed, sender: Sender::new(&key, roc)?, down, hops })
    }

    /// Sends a packet, and calls `each` with its form on every link.
    fn send(&mut self, plain: &[u8], each: &mut dyn FnMut(Link, Vec<u8>)) -> Result<(), ProtectionError> {
        let mut sent = Vec::new();
        self.sender.protect(plain, &mut sent)?;
        match &mut self.hops {
            None => self.down.iter().for_each(|&link| each(link, sent.clone())),
            Some(hops) if !self.down.is_empty() => {
                let mut at_server = Vec::new();
                hops.up.unprotect(&sent, &mut at_server)?;
                for (&link, sender) in self.down.iter().zip(&mut hops.down) {
                    let mut forwarded = Vec::new();
                    sender.protect(&at_server, &mut forwarded)?;
                    each(link, forwarded);
                }
            }
            Some(_) => {}
        }
        each(Link::up(self.stream.party), sent);
        Ok(())
    }
}
