//! Observers: which packets of the first party's streams each sees, and which keys it holds.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use super::keys::{KeyName, KeyPurpose};
use super::network::{Link, MediaKind, StreamId};
use super::settings::{CallSettings, WaitingRoom};
use crate::wire::protection::Protection;

/// Somebody who looks at the first party's streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Observer {
    /// The second party.
    Participant,
    /// Somebody on the first party's link, without a key.
    Wire,
    /// The media server.
    Server,
    /// The key server, or an authority with its keys and the packets of [`Wire`](Self::Wire).
    KeyServer,
    /// Somebody in the waiting room.
    Waiting,
    /// A party that has left, on the first party's link.
    Former,
}

/// A name that is no observer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name:?} is no observer; there are {}", Observer::ALL.map(Observer::name).join(", "))]
pub struct UnknownObserver {
    /// The name, at most 64 characters of it.
    pub name: String,
}

impl Observer {
    /// All observers.
    pub const ALL: [Self; 6] =
        [Self::Participant, Self::Wire, Self::Server, Self::KeyServer, Self::Waiting, Self::Former];

    /// The name on the command line and in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Participant => "participant",
            Self::Wire => "wire",
            Self::Server => "server",
            Self::KeyServer => "key-server",
            Self::Waiting => "waiting",
            Self::Former => "former",
        }
    }

    /// The name as a title.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Participant => "Participant",
            Self::Wire => "Listener on the wire",
            Self::Server => "Media server",
            Self::KeyServer => "Key server",
            Self::Waiting => "Waiting room",
            Self::Former => "Former participant",
        }
    }
}

impl fmt::Display for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Observer {
    type Err = UnknownObserver;

    fn from_str(name: &str) -> Result<Self, UnknownObserver> {
        let found = Self::ALL.into_iter().find(|observer| observer.name() == name);
        found.ok_or_else(|| UnknownObserver { name: name.chars().take(64).collect() })
    }
}

/// Packets of a stream on one link during a part of the call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// The link.
    pub link: Link,
    /// From and until, in nanoseconds since the start of the call.
    pub time: Range<u64>,
}

/// What an observer sees and holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Ways in which the first party's video reaches it: each is made of segments one after the other.
    pub video: Vec<Vec<Segment>>,
    /// The same of the first party's audio.
    pub audio: Vec<Vec<Segment>>,
    /// The keys, in order.
    pub keys: Vec<KeyName>,
    /// The part of the call that the verdict is about.
    pub judged: Range<u64>,
}

impl View {
    /// The ways in which a kind of media reaches the observer.
    #[must_use]
    pub fn ways(&self, kind: MediaKind) -> &[Vec<Segment>] {
        match kind {
            MediaKind::Video => &self.video,
            MediaKind::Audio => &self.audio,
        }
    }
}

/// The whole call: the last packets of a stream may come just after its end.
const ALWAYS: Range<u64> = 0..u64::MAX;

/// The number of the party that is the participant.
const PARTICIPANT: usize = 1;

/// What an observer sees and holds under a protection.
#[must_use]
pub fn view(settings: &CallSettings, protection: Protection, observer: Observer) -> View {
    let leaving = settings.leaving_nanos();
    let on_wire = || vec![vec![Segment { link: Link::up(0), time: ALWAYS }]];
    let present = |party: usize| if party == settings.leaver() { 0..leaving } else { ALWAYS };
    let participant = || {
        let ways = vec![vec![Segment { link: Link::down(PARTICIPANT), time: present(PARTICIPANT) }]];
        View {
            video: ways.clone(),
            audio: ways,
            keys: keys_of_party(settings, protection, PARTICIPANT),
            judged: present(PARTICIPANT),
        }
    };
    match observer {
        Observer::Participant => participant(),
        Observer::Wire => View { video: on_wire(), audio: on_wire(), keys: Vec::new(), judged: ALWAYS },
        Observer::Server => {
            let mut links = vec![Link::up(0)];
            links.extend((1..settings.parties.len()).map(Link::down));
            let ways: Vec<_> = links
                .into_iter()
                .map(|link| {
                    let time = if link.party == 0 { ALWAYS } else { present(link.party) };
                    vec![Segment { link, time }]
                })
                .collect();
            View {
                video: ways.clone(),
                audio: ways,
                keys: keys_of_server(settings, protection),
                judged: ALWAYS,
            }
        }
        Observer::KeyServer => {
            let keys =
                if protection.srtp_suite().is_none() { meeting_keys(settings, ALWAYS) } else { Vec::new() };
            View { video: on_wire(), audio: on_wire(), keys, judged: ALWAYS }
        }
        Observer::Waiting if settings.waiting_room == WaitingRoom::Fixed => {
            View { video: Vec::new(), audio: Vec::new(), keys: Vec::new(), judged: ALWAYS }
        }
        // The fault treats those waiting as participants, except for sound.
        Observer::Waiting => View { audio: Vec::new(), ..participant() },
        Observer::Former => {
            let ways = vec![vec![
                Segment { link: Link::down(settings.leaver()), time: 0..leaving },
                Segment { link: Link::up(0), time: leaving..u64::MAX },
            ]];
            View {
                video: ways.clone(),
                audio: ways,
                keys: keys_of_party(settings, protection, settings.leaver()),
                judged: leaving..u64::MAX,
            }
        }
    }
}

/// Keys of a purpose that exist during a part of the call.
fn with_renewed(settings: &CallSettings, purpose: KeyPurpose, present: &Range<u64>) -> Vec<KeyName> {
    let is_renewed_too = settings.is_renewed && present.end > settings.leaving_nanos();
    let names = [false, true].map(|is_renewed| KeyName { purpose, is_renewed });
    if is_renewed_too { names.to_vec() } else { names[..1].to_vec() }
}

fn meeting_keys(settings: &CallSettings, present: Range<u64>) -> Vec<KeyName> {
    with_renewed(settings, KeyPurpose::Meeting, &present)
}

/// The time for which a party gets keys.
fn stays(settings: &CallSettings, party: usize) -> Range<u64> {
    if party == settings.leaver() { 0..settings.leaving_nanos() } else { ALWAYS }
}

/// The keys of a party: those of the meeting, of its own hops, and of all senders.
fn keys_of_party(settings: &CallSettings, protection: Protection, party: usize) -> Vec<KeyName> {
    let present = stays(settings, party);
    if protection.srtp_suite().is_none() {
        return meeting_keys(settings, present);
    }
    let hops = [Link::up(party), Link::down(party)].map(KeyPurpose::Hop);
    let mut keys: Vec<_> =
        hops.into_iter().flat_map(|purpose| with_renewed(settings, purpose, &present)).collect();
    if protection == Protection::Sframe {
        for sender in 0..settings.parties.len() {
            let both = stays(settings, sender).end.min(present.end);
            for kind in MediaKind::ALL {
                let purpose = KeyPurpose::Sframe(StreamId { party: sender, kind });
                keys.extend(with_renewed(settings, purpose, &(0..both)));
            }
        }
    }
    keys
}

/// The keys of the media server: those of all hops.
fn keys_of_server(settings: &CallSettings, protection: Protection) -> Vec<KeyName> {
    if protection.srtp_suite().is_none() {
        return Vec::new();
    }
    let parties = 0..settings.parties.len();
    let links = parties.flat_map(|party| [Link::up(party), Link::down(party)]);
    links
        .flat_map(|link| with_renewed(settings, KeyPurpose::Hop(link), &stays(settings, link.party)))
        .collect()
}
