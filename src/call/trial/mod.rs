//! Tries what an observer can make of the packets that it sees: opens them with the keys that it holds, decodes them, and
//! compares with the sender's own decode.
//!
//! ```text
//! packets seen ──▶ opener ──opened──▶ decoded ──▶ compared with the sender's own ──▶ picture, sound
//!              └─▶ repeats: equal blocks of payload ───────────────────────────────▶ outlines
//! ```

mod decoded;
mod opener;
mod repeats;
mod verdict;

use std::collections::BTreeMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::Hasher;
use std::sync::Arc;

use decoded::Decoded;
use opener::{Opened, Opener};
pub use verdict::{AudioVerdict, VideoVerdict};
pub(super) use verdict::{Finding, explain};

use super::Progress;
use super::error::CallError;
use super::keys::KeyName;
use super::network::{Link, MediaKind, StreamId};
use super::observer::View;
use super::sent::SentCall;
use super::settings::CallSettings;
use super::traffic::deliver;
use crate::media::rtp::{CallMedia, SentStream, TimedPacket};
use crate::wire::protection::Protection;

/// A packet that is seen, with its time in nanoseconds since the start.
type SeenPacket = (u64, Vec<u8>);

/// The first party's packets under one protection, by link and kind.
pub(super) struct Seen {
    protection: Protection,
    packets: BTreeMap<(Link, MediaKind), Vec<SeenPacket>>,
}

impl Seen {
    /// The packets on the links that observers look at: that of the first party, and those to the second and to the last.
    pub(super) fn of(
        settings: &CallSettings,
        protection: Protection,
        call: &SentCall,
        progress: Progress<'_>,
    ) -> Result<Self, CallError> {
        let links = [Link::up(0), Link::down(1), Link::down(settings.leaver())];
        let mut packets: BTreeMap<_, Vec<SeenPacket>> = BTreeMap::new();
        let wants = |link: Link, stream: StreamId| stream.party == 0 && links.contains(&link);
        deliver(settings, protection, call, &wants, &mut |delivery| {
            let key = (delivery.link, delivery.stream.kind);
            let packets = packets.entry(key).or_default();
            packets.push((delivery.time, delivery.protected));
            let is_pause = packets.len().is_multiple_of(1024);
            if is_pause && progress(0.0).is_break() { Err(CallError::Interrupted) } else { Ok(()) }
        })?;
        Ok(Self { protection, packets })
    }
}

impl Seen {
    /// The packets of one kind on a link, in order.
    pub(super) fn on(&self, link: Link, kind: MediaKind) -> impl Iterator<Item = &[u8]> {
        self.packets.get(&(link, kind)).into_iter().flatten().map(|(_, packet)| packet.as_slice())
    }
}

/// What the first party's own packets decode to, as the measure for all others.
#[derive(Clone, Default)]
pub(super) struct OwnDecodes(BTreeMap<MediaKind, Arc<Decoded>>);

impl OwnDecodes {
    /// Decodes what the first party sends.
    pub(super) fn of(
        settings: &CallSettings,
        call: &SentCall,
        progress: Progress<'_>,
    ) -> Result<Self, CallError> {
        let mut own = BTreeMap::new();
        for kind in MediaKind::ALL {
            let Some(stream) = call.streams.get(&StreamId { party: 0, kind }) else { continue };
            let packets: Vec<(u64, &[u8])> =
                stream.packets.iter().map(|packet| (packet.time, &packet.bytes[..])).collect();
            let decoded = Decoded::own(settings.name(0), kind, &stream.description, &packets, progress)?;
            own.insert(kind, Arc::new(decoded));
        }
        Ok(Self(own))
    }

    /// The number of frames.
    pub(super) fn frames(&self) -> usize {
        self.0.get(&MediaKind::Video).map_or(0, |own| own.count())
    }

    fn get(&self, kind: MediaKind) -> Arc<Decoded> {
        self.0.get(&kind).map(Arc::clone).unwrap_or_default()
    }
}

/// The first party's streams of one kind of media, with what was decoded so far.
pub(super) struct Trial<'a> {
    settings: &'a CallSettings,
    media: CallMedia,
    sent: BTreeMap<MediaKind, &'a SentStream>,
    own: OwnDecodes,
    /// By kind and digest of the packets.
    others: BTreeMap<(MediaKind, u64), Arc<Decoded>>,
}

impl<'a> Trial<'a> {
    /// Trials of a call, of which the first party's own packets were decoded before.
    pub(super) fn new(settings: &'a CallSettings, call: &'a SentCall, own: OwnDecodes) -> Self {
        let stream = |kind| Some((kind, call.streams.get(&StreamId { party: 0, kind })?));
        let sent = MediaKind::ALL.into_iter().filter_map(stream).collect();
        Self { settings, media: call.media, sent, own, others: BTreeMap::new() }
    }

    /// Tries what an observer can make of one kind of media.
    pub(super) fn judge(
        &mut self,
        seen: &Seen,
        view: &View,
        kind: MediaKind,
        progress: Progress<'_>,
    ) -> Result<Finding, CallError> {
        let mut best = Finding::nothing();
        for way in view.ways(kind) {
            let packets: Vec<(u64, &[u8])> = way
                .iter()
                .flat_map(|segment| {
                    let all = seen.packets.get(&(segment.link, kind)).map_or(&[][..], Vec::as_slice);
                    let inside = all.iter().filter(|(time, _)| segment.time.contains(time));
                    inside.map(|(time, bytes)| (*time, &bytes[..]))
                })
                .collect();
            if packets.is_empty() {
                continue;
            }
            let finding = self.judge_way((seen.protection, kind), &packets, view, progress)?;
            if finding.is_better_than(&best) {
                best = finding;
            }
            // Without keys, packets of another way are no other packets.
            if best.is_whole() || view.keys.is_empty() {
                break;
            }
        }
        Ok(best)
    }

    fn judge_way(
        &mut self,
        (protection, kind): (Protection, MediaKind),
        packets: &[(u64, &[u8])],
        view: &View,
        progress: Progress<'_>,
    ) -> Result<Finding, CallError> {
        let stream = StreamId { party: 0, kind };
        let opened = Opener::new(self.settings, protection, stream, &view.keys)?.open(packets, progress)?;
        let is_judged = |time: u64| view.judged.contains(&time);
        let judged_opened = opened.packets.iter().filter(|(time, _)| is_judged(*time)).count();
        let mut finding = Finding {
            seen: packets.iter().filter(|(time, _)| is_judged(*time)).count(),
            opened: judged_opened,
            keys: opened.keys.clone(),
            ..Finding::nothing()
        };
        if !opened.packets.is_empty() {
            let own = self.own.get(kind);
            let decoded = self.decode(kind, &opened, progress)?;
            finding.which_equal = decoded.which_equal(&own);
            if judged_opened > 0 {
                (finding.equal, finding.of) = own.count_equal(&finding.which_equal, &view.judged);
            }
        }
        if !finding.is_whole() && kind == MediaKind::Video && self.media == CallMedia::Raw {
            let judged = packets.iter().filter(|(time, _)| is_judged(*time)).map(|(_, bytes)| *bytes);
            finding.repeats = repeats::share(judged);
        }
        Ok(finding)
    }

    /// Decodes packets, unless the same ones were decoded before.
    fn decode(
        &mut self,
        kind: MediaKind,
        opened: &Opened,
        progress: Progress<'_>,
    ) -> Result<Arc<Decoded>, CallError> {
        let Some(sent) = self.sent.get(&kind) else { return Ok(Arc::default()) };
        let is_same = |((_, one), other): (&SeenPacket, &TimedPacket)| *one == other.bytes;
        if opened.packets.len() == sent.packets.len() && opened.packets.iter().zip(&sent.packets).all(is_same)
        {
            return Ok(self.own.get(kind));
        }
        let mut digest = DefaultHasher::new();
        for (_, packet) in &opened.packets {
            digest.write_usize(packet.len());
            digest.write(packet);
        }
        let key = (kind, digest.finish());
        if let Some(known) = self.others.get(&key) {
            return Ok(Arc::clone(known));
        }
        let packets: Vec<(u64, &[u8])> =
            opened.packets.iter().map(|(time, packet)| (*time, &packet[..])).collect();
        let decoded = Arc::new(Decoded::of_observer(kind, &sent.description, &packets, progress)?);
        self.others.insert(key, Arc::clone(&decoded));
        Ok(decoded)
    }
}

/// The labels of keys.
pub(super) fn labels(settings: &CallSettings, keys: &[KeyName]) -> Vec<String> {
    keys.iter().map(|key| key.label(settings)).collect()
}
