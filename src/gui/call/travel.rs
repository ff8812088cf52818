//! Which packets and keys are on their way at a moment, and how far they are.

#![expect(clippy::cast_precision_loss, reason = "seconds and steps of a call")]

use crate::call::{KeyScope, KeyTransfer, Link, MediaKind, RecordedPacket, Recording, Station};

/// Packets of this long, in nanoseconds, are drawn as one dot: single ones would flicker.
const STEP_NANOS: u64 = 200_000_000;

/// How long a dot takes along a link, in steps. The packets themselves have the same time on all links.
const STEPS: u64 = 5;

/// How long a key takes on its way, in seconds.
const KEY_SECS: f64 = 1.6;

/// The packets of one kind of media in one step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Dot {
    /// How far along the link, from 0 to 1.
    pub along: f32,
    /// Video or audio.
    pub kind: MediaKind,
    /// Bytes of all packets.
    pub bytes: usize,
}

/// The packets on a link at a moment. Where nothing may move, each dot stays in its place until another takes it.
pub(super) fn dots(recording: &Recording, link: Link, secs: f64, moves: bool) -> Vec<Dot> {
    let now = nanos(secs);
    let newest = now / STEP_NANOS;
    let mut dots = Vec::new();
    for step in newest.saturating_sub(STEPS)..=newest {
        for kind in MediaKind::ALL {
            // Sound goes between the dots of the video.
            let behind = if kind == MediaKind::Audio { 0.5 } else { 0.0 };
            let age = now as f64 / STEP_NANOS as f64 - step as f64 - behind;
            let steps = if moves { age } else { (step % STEPS) as f64 + behind + 0.25 };
            let bytes = bytes_in(recording, link, kind, step);
            if bytes > 0 && (0.0..STEPS as f64).contains(&age) {
                #[expect(clippy::cast_possible_truncation, reason = "from 0 to 1")]
                dots.push(Dot { along: (steps / STEPS as f64) as f32, kind, bytes });
            }
        }
    }
    dots
}

fn bytes_in(recording: &Recording, link: Link, kind: MediaKind, step: u64) -> usize {
    let [from, until] = [step, step + 1].map(|step| recording.count_before(link, step * STEP_NANOS));
    let packets: &[RecordedPacket] = recording.on(link).get(from..until).unwrap_or_default();
    packets.iter().filter(|packet| packet.stream.kind == kind).map(|packet| packet.size).sum()
}

/// Bits on a link in the second of the call that a moment is in: numbers that change with every frame cannot be read.
pub(super) fn bits_per_sec(recording: &Recording, link: Link, secs: f64) -> f64 {
    let second = secs.max(0.0).floor();
    let [from, until] = [second, second + 1.0].map(|secs| recording.count_before(link, nanos(secs)));
    let packets = recording.on(link).get(from..until).unwrap_or_default();
    let bytes: usize = packets.iter().map(|packet| packet.size).sum();
    bytes as f64 * 8.0
}

/// How far a key is on its way, from 0 to 1; `None` before it is sent and once it has arrived.
pub(super) fn key_along(transfer: &KeyTransfer, secs: f64, moves: bool) -> Option<f32> {
    let age = (secs - transfer.time as f64 / 1e9) / KEY_SECS;
    if !(0.0..1.0).contains(&age) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "from 0 to 1")]
    let along = if moves { age as f32 } else { 0.5 };
    Some(along)
}

/// What the keys open that a station has at a moment, each once: those that it made, and those that arrived.
pub(super) fn held(transfers: &[KeyTransfer], station: Station, secs: f64) -> Vec<KeyScope> {
    let is_there = |transfer: &&KeyTransfer| {
        let sent = transfer.time as f64 / 1e9;
        (transfer.from == station && secs >= sent) || (transfer.to == station && secs >= sent + KEY_SECS)
    };
    let mut held: Vec<KeyScope> = transfers.iter().filter(is_there).map(|transfer| transfer.scope).collect();
    held.sort_unstable();
    held.dedup();
    held
}

/// Seconds of a call as nanoseconds.
pub(super) fn nanos(secs: f64) -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most ten minutes")]
    let nanos = (secs.max(0.0) * 1e9) as u64;
    nanos
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ops::ControlFlow;

    use crate::call::{CallSettings, CallSource, key_transfers};
    use crate::wire::protection::Protection;

    #[test]
    fn dots_travel_and_stay_in_their_places_where_nothing_may_move() {
        let call = "call:media=raw,seconds=2,party.a=pattern:bars@64x48,party.b=pattern:bars@64x48";
        let source = CallSource::parse(call).expect("a call");
        let call = CallSource::of(&source).expect("a call");
        let recording = call.recorded(&|_| ControlFlow::Continue(())).expect("a recording");
        let at = |secs, moves| dots(&recording, Link::up(0), secs, moves);
        let (before, after) = (at(0.92, true), at(0.98, true));
        assert_eq!((before.len(), after.len()), (10, 10), "five steps of video, and of sound");
        for (before, after) in before.iter().zip(&after) {
            assert_eq!((before.kind, before.bytes), (after.kind, after.bytes));
            assert!((after.along - before.along - 0.06).abs() < 1e-5, "{before:?} {after:?}");
        }
        let still = at(0.92, false);
        assert_eq!(still, at(0.98, false));
        let places: Vec<f32> = still.iter().map(|dot| dot.along).collect();
        assert!(places.iter().all(|place| (0.0..1.0).contains(place)), "{places:?}");
        // The wire has what the dots say: 8 bits a byte, over a whole second.
        let bytes: usize = recording
            .on(Link::up(0))
            .iter()
            .filter(|packet| packet.time < 1_000_000_000)
            .map(|packet| packet.size)
            .sum();
        assert!((bits_per_sec(&recording, Link::up(0), 0.4) - 8.0 * bytes as f64).abs() < 1e-6);
    }

    #[test]
    fn keys_are_held_once_they_have_arrived() {
        let settings = CallSettings { is_renewed: true, ..CallSettings::default() };
        let transfers = key_transfers(&settings, Protection::OneKeyEcb);
        let at = |station, secs| held(&transfers, station, secs);
        assert_eq!(at(Station::KeyServer, 0.0), [KeyScope::Meeting], "it makes the key");
        assert_eq!(at(Station::Party(0), 1.0), []);
        assert_eq!(at(Station::Party(0), 2.0), [KeyScope::Meeting]);
        assert_eq!(at(Station::MediaServer, 2.0), []);
        let first = &transfers[0];
        assert_eq!(key_along(first, 0.8, true), Some(0.5));
        assert_eq!(key_along(first, 0.1, false), Some(0.5), "nothing moves");
        assert_eq!(key_along(first, 1.6, true), None);
        let renewed = transfers.last().expect("it is renewed");
        assert_eq!(key_along(renewed, 4.9, true), None);
        assert!(key_along(renewed, 5.4, true).is_some());
    }
}
