//! Where keys are made and where they travel. That the key server sends the meeting's key to every party, and to those
//! waiting, was reported of the service of 2020; times, and all other protections, are modelled.

use super::keys::KeyPurpose;
use super::network::Link;
use super::observer::{Observer, view};
use super::settings::{CallSettings, WaitingRoom};
use crate::wire::protection::Protection;

/// A place in the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Station {
    /// A party.
    Party(usize),
    /// The server that forwards packets.
    MediaServer,
    /// The server that makes the keys of the meeting.
    KeyServer,
    /// Those in the waiting room.
    WaitingRoom,
}

/// What a key opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyScope {
    /// All packets of the meeting.
    Meeting,
    /// Packets between one party and the media server.
    Hop,
    /// Streams from end to end.
    EndToEnd,
}

/// Keys of one kind on their way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyTransfer {
    /// What they open.
    pub scope: KeyScope,
    /// Where they are made.
    pub from: Station,
    /// Where they go to.
    pub to: Station,
    /// When they are sent, in nanoseconds since the start of the call.
    pub time: u64,
}

/// All keys that travel, by time.
#[must_use]
pub fn key_transfers(settings: &CallSettings, protection: Protection) -> Vec<KeyTransfer> {
    let mut transfers = Vec::new();
    let starts = [Some(0), settings.is_renewed.then(|| settings.leaving_nanos())];
    for time in starts.into_iter().flatten() {
        let present = |party: &usize| settings.is_present(*party, time);
        let parties = || (0..settings.parties.len()).filter(present);
        let mut send = |scope, from, to| transfers.push(KeyTransfer { scope, from, to, time });
        let (scope, maker) = match protection.srtp_suite() {
            None => (KeyScope::Meeting, Station::KeyServer),
            Some(_) => (KeyScope::Hop, Station::MediaServer),
        };
        parties().for_each(|party| send(scope, maker, Station::Party(party)));
        if protection == Protection::Sframe {
            for from in parties() {
                for to in parties().filter(|&to| to != from) {
                    send(KeyScope::EndToEnd, Station::Party(from), Station::Party(to));
                }
            }
        }
        if settings.waiting_room == WaitingRoom::Faulty {
            send(scope, maker, Station::WaitingRoom);
            if protection == Protection::Sframe {
                send(KeyScope::EndToEnd, Station::Party(0), Station::WaitingRoom);
            }
        }
    }
    transfers
}

/// How an observer came by the keys that it holds, in a sentence.
#[must_use]
pub fn how_keys_came(settings: &CallSettings, protection: Protection, observer: Observer) -> String {
    let keys = view(settings, protection, observer).keys;
    if keys.is_empty() {
        return match observer {
            Observer::Server => "The media server forwards packets as they are and gets no key.",
            Observer::KeyServer => "Under this protection no key is made by the key server.",
            Observer::Waiting => "The servers send those waiting no key.",
            _ => "It has no key.",
        }
        .into();
    }
    let is_meeting = keys.iter().all(|key| key.purpose == KeyPurpose::Meeting);
    let is_renewed = keys.iter().any(|key| key.is_renewed);
    let agreed = if protection == Protection::Sframe {
        "The keys of the links were agreed on with the media server, those inside among the parties."
    } else {
        "Each link has keys of its own, agreed on with the media server."
    };
    let of_party =
        if is_meeting { "The key server made the meeting's key and sent it to every party." } else { agreed };
    let leaver = settings.name(settings.leaver());
    match observer {
        Observer::KeyServer if is_renewed => {
            "It made the meeting's keys itself, also the renewed one.".into()
        }
        Observer::KeyServer => "It made the meeting's key itself.".into(),
        Observer::Server => {
            "It agreed on keys with every party: it decrypts what comes in and encrypts what goes out.".into()
        }
        Observer::Waiting => "The servers sent those waiting every key that participants get.".into(),
        Observer::Former => format!("{of_party} {leaver} kept what it had when it left."),
        Observer::Participant | Observer::Wire => of_party.into(),
    }
}

/// The packets that an observer sees, in a sentence.
#[must_use]
pub fn packets_seen(settings: &CallSettings, protection: Protection, observer: Observer) -> String {
    let view = view(settings, protection, observer);
    let (first, leaver) = (settings.name(0), settings.name(settings.leaver()));
    let by = |link: Link| settings.name(link.party).to_owned();
    match (observer, view.video.first().and_then(|way| way.first())) {
        (_, None) => "No packet.".into(),
        (Observer::Server, _) => "All packets of all links.".into(),
        (Observer::Former, _) => {
            format!("Those that {leaver} received until it left, then those on {first}'s link.")
        }
        (Observer::Participant | Observer::Waiting, Some(segment)) => {
            let also = if view.audio.is_empty() { ", but no sound" } else { "" };
            format!("Those from the media server to {}{also}.", by(segment.link))
        }
        (Observer::Wire | Observer::KeyServer, _) => format!("Those on {first}'s link."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The scopes of the keys that a station gets before the call ends.
    fn got(settings: &CallSettings, protection: Protection, station: Station) -> Vec<KeyScope> {
        let to = |transfer: &KeyTransfer| transfer.to == station;
        let mut scopes: Vec<_> = key_transfers(settings, protection)
            .into_iter()
            .filter(to)
            .map(|transfer| transfer.scope)
            .collect();
        scopes.sort_unstable();
        scopes.dedup();
        scopes
    }

    #[test]
    fn who_gets_keys_is_who_holds_keys() {
        for waiting_room in [WaitingRoom::Faulty, WaitingRoom::Fixed] {
            for protection in Protection::ALL {
                let settings = CallSettings { waiting_room, ..CallSettings::default() };
                for (observer, station) in [
                    (Observer::Participant, Station::Party(1)),
                    (Observer::Former, Station::Party(2)),
                    (Observer::Waiting, Station::WaitingRoom),
                ] {
                    let mut held: Vec<KeyScope> = view(&settings, protection, observer)
                        .keys
                        .iter()
                        .map(|key| match key.purpose {
                            KeyPurpose::Meeting => KeyScope::Meeting,
                            KeyPurpose::Hop(_) => KeyScope::Hop,
                            KeyPurpose::Sframe(_) => KeyScope::EndToEnd,
                        })
                        .collect();
                    held.sort_unstable();
                    held.dedup();
                    assert_eq!(got(&settings, protection, station), held, "{protection} {observer}");
                }
                let made = key_transfers(&settings, protection);
                let is_maker = made.iter().any(|transfer| transfer.from == Station::KeyServer);
                let holds = !view(&settings, protection, Observer::KeyServer).keys.is_empty();
                assert_eq!(is_maker, holds, "{protection}");
            }
        }
    }

    #[test]
    fn renewed_keys_are_not_sent_to_who_has_left() {
        let settings = CallSettings { is_renewed: true, ..CallSettings::default() };
        for protection in Protection::ALL {
            let late: Vec<_> = key_transfers(&settings, protection)
                .into_iter()
                .filter(|transfer| transfer.time > 0)
                .collect();
            assert!(late.iter().any(|transfer| transfer.to == Station::Party(1)), "{protection}");
            assert!(late.iter().all(|transfer| transfer.to != Station::Party(2)), "{protection}");
        }
    }

    #[test]
    fn every_observer_has_sentences_under_every_protection() {
        let settings = CallSettings::default();
        for protection in Protection::ALL {
            for observer in Observer::ALL {
                for text in [
                    how_keys_came(&settings, protection, observer),
                    packets_seen(&settings, protection, observer),
                ] {
                    assert!(text.ends_with('.') && text.len() < 160, "{text}");
                }
            }
        }
        let fixed = CallSettings { waiting_room: WaitingRoom::Fixed, ..settings };
        assert_eq!(packets_seen(&fixed, Protection::Srtp, Observer::Waiting), "No packet.");
    }
}
