//! A call as a source: the first party's video, as it is decoded with the keys and as it is on the wire, and what each
//! observer has of each of its frames.

use std::fs;
use std::sync::Arc;
use std::time::SystemTime;

use super::Progress;
use super::error::CallError;
use super::network::{Link, MediaKind, StreamId};
use super::observer::{Observer, view};
use super::planned::{NoCall, PlannedCall};
use super::recording::Recording;
use super::sent::SentCall;
use super::settings::CallSettings;
use super::table::{Row, row};
use super::trial::{OwnDecodes, Seen, Trial};
use crate::media::capture::{DecodedStream, MadeStream, SimulatedSource, Simulation};
use crate::media::rtp::CallMedia;
use crate::media::{MOST_ENCODED_BYTES, MediaError, Source};
use crate::runtime::recently_used::RecentlyUsed;
use crate::wire::protection::Protection;

/// The most calls that are kept, and the most encodings.
const MOST_BUILT: usize = 8;
const MOST_ENCODED: usize = 3;

/// What an observer has of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// The frame: the observer's keys open its packets, and they decode to what the sender's own packets decode to.
    Picture,
    /// Packets that the observer's keys do not open, or that do not give the frame.
    Packets,
    /// No packet.
    Nothing,
}

/// A call whose first party's video is a source.
#[derive(Clone, Debug)]
pub struct CallSource {
    call: PlannedCall,
}

/// A call that was made.
pub struct BuiltCall {
    stream: Arc<MadeStream>,
    /// What each observer has, in the order of [`Observer::ALL`].
    rows: Vec<Row>,
    sights: Vec<(Observer, Arc<[Sight]>)>,
}

/// The first party's streams before they are protected.
struct Encoded {
    call: SentCall,
    decoded: DecodedStream,
    own: OwnDecodes,
}

/// Calls and encodings by what they are made of.
static BUILT: RecentlyUsed<Key, Arc<BuiltCall>> = RecentlyUsed::new(MOST_BUILT, MOST_ENCODED_BYTES);
static ENCODED: RecentlyUsed<Key, Arc<Encoded>> = RecentlyUsed::new(MOST_ENCODED, MOST_ENCODED_BYTES);

/// The streams of all parties, what a recorder keeps of them, and who sees what under every protection.
static ALL_SENT: RecentlyUsed<Key, Arc<SentCall>> = RecentlyUsed::new(1, MOST_ENCODED_BYTES);
static RECORDED: RecentlyUsed<Key, Arc<Recording>> = RecentlyUsed::new(MOST_BUILT, MOST_ENCODED_BYTES);
static COMPARED: RecentlyUsed<Key, Arc<Vec<Row>>> = RecentlyUsed::new(MOST_BUILT, MOST_ENCODED_BYTES);

/// The kinds of media of a [comparison](CallSource::compared): where outlines survive on the wire, and where they do not.
pub const COMPARED_MEDIA: [CallMedia; 2] = [CallMedia::Raw, CallMedia::H264];

impl CallSource {
    /// The source of a call.
    #[must_use]
    pub fn source(call: PlannedCall) -> Source {
        Source::Simulated(SimulatedSource::new(Arc::new(Self { call })))
    }

    /// Reads `call` or `call:…`.
    ///
    /// # Errors
    /// [`NoCall`].
    pub fn parse(text: &str) -> Result<Source, NoCall> {
        text.parse().map(Self::source)
    }

    /// The call of a source that is one.
    #[must_use]
    pub fn of(source: &Source) -> Option<&Self> {
        match source {
            Source::Simulated(simulated) => simulated.simulation_as(),
            Source::Stream(stream) => Self::of(&stream.file),
            _ => None,
        }
    }

    /// What it is made of.
    #[must_use]
    pub const fn call(&self) -> &PlannedCall {
        &self.call
    }

    /// The call, if it was made before; `None` also while another thread makes one.
    #[must_use]
    pub fn known(&self) -> Option<Arc<BuiltCall>> {
        known(&BUILT, &self.call)
    }

    /// The call, made if it was not made before. Takes as long as encoding the first party's source, and much less if another
    /// call with the same source and media was made.
    ///
    /// # Errors
    /// [`CallError`] if the source cannot be sent.
    pub fn built(&self) -> Result<Arc<BuiltCall>, CallError> {
        let go_on = |_| std::ops::ControlFlow::Continue(());
        BUILT.get(&key(&self.call), || {
            let built = build(&self.call, &go_on)?;
            let bytes = built.stream.transmitted_bytes();
            Ok((Arc::new(built), bytes))
        })
    }
}

impl CallSource {
    /// What a recorder on every link has, if it was recorded before. Never waits.
    #[must_use]
    pub fn known_recording(&self) -> Option<Arc<Recording>> {
        known(&RECORDED, &self.call)
    }

    /// What a recorder on every link has. Of uncompressed media it has the first party's streams only. Takes as long as
    /// encoding the sources of all parties.
    ///
    /// # Errors
    /// [`CallError`] if a source cannot be sent, or `progress` returns `Break`.
    pub fn recorded(&self, progress: Progress<'_>) -> Result<Arc<Recording>, CallError> {
        RECORDED.get(&key(&self.call), || {
            let settings = &self.call.settings;
            let first = encoded(&self.call, progress)?;
            let recording = if self.call.media == CallMedia::Raw {
                Recording::of(&self.call, &first.call, progress)?
            } else {
                // Who leaves when decides what is encoded of whom.
                let (parties, leaving) = (settings.parties.clone(), settings.leaving);
                let plain = CallSettings { parties, leaving, ..plain_settings(settings) };
                let plain = PlannedCall { settings: plain, media: self.call.media, ..PlannedCall::default() };
                let all = ALL_SENT.get(&key(&plain), || {
                    let all = first.call.completed(&plain.settings, settings.parties.len(), progress)?;
                    let bytes = all.bytes();
                    Ok::<_, CallError>((Arc::new(all), bytes))
                })?;
                Recording::of(&self.call, &all, progress)?
            };
            let bytes = recording.memory();
            Ok((Arc::new(recording), bytes))
        })
    }

    /// Who sees what under every protection, if it was tried before. Never waits.
    #[must_use]
    pub fn known_comparison(&self) -> Option<Arc<Vec<Row>>> {
        known(&COMPARED, &of_comparison(&self.call))
    }

    /// Who sees what under every protection with each of [`COMPARED_MEDIA`], in the order of these, then of
    /// [`Protection::ALL`], then of [`Observer::ALL`].
    ///
    /// # Errors
    /// [`CallError`] if the first party's source cannot be sent, or `progress` returns `Break`.
    pub fn compared(&self, progress: Progress<'_>) -> Result<Arc<Vec<Row>>, CallError> {
        COMPARED.get(&key(&of_comparison(&self.call)), || {
            let mut rows = Vec::new();
            for media in COMPARED_MEDIA {
                let call = PlannedCall { media, ..self.call.clone() };
                let encoded = encoded(&call, progress)?;
                let mut trial = Trial::new(&call.settings, &encoded.call, encoded.own.clone());
                for protection in Protection::ALL {
                    let seen = Seen::of(&call.settings, protection, &encoded.call, progress)?;
                    for observer in Observer::ALL {
                        let what = (protection, media, observer);
                        rows.push(row(&call.settings, (&mut trial, &seen), what, progress)?.0);
                    }
                }
            }
            let bytes = rows.len() * size_of::<Row>();
            Ok((Arc::new(rows), bytes))
        })
    }
}

impl Encoded {
    /// Bytes in memory.
    fn bytes(&self) -> usize {
        self.call.bytes() + self.decoded.bytes()
    }
}

impl Simulation for CallSource {
    fn name(&self) -> String {
        self.call.to_string()
    }

    fn stream(&self) -> Result<Arc<MadeStream>, MediaError> {
        match self.built() {
            Ok(built) => Ok(Arc::clone(&built.stream)),
            Err(CallError::Interrupted) => Err(MediaError::Interrupted),
            Err(error) => Err(MediaError::Simulation(Box::new(error))),
        }
    }
}

impl BuiltCall {
    /// What each observer has, in the order of [`Observer::ALL`].
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// What an observer has.
    #[must_use]
    pub fn row(&self, observer: Observer) -> Option<&Row> {
        self.rows.iter().find(|row| row.observer == observer)
    }

    /// What an observer has of each frame.
    #[must_use]
    pub fn sights(&self, observer: Observer) -> Arc<[Sight]> {
        let found = self.sights.iter().find(|(of, _)| *of == observer);
        found.map(|(_, sights)| Arc::clone(sights)).unwrap_or_default()
    }
}

/// What a call is made of, with the state of the files that it is made of.
#[derive(Clone, Debug, PartialEq)]
struct Key {
    call: String,
    /// Bytes and time of change of each party's file, if it has one.
    stamps: Vec<Option<(u64, Option<SystemTime>)>>,
}

/// The key of a call, for which its files are looked at.
fn key(call: &PlannedCall) -> Key {
    let stamp = |path| fs::metadata(path).map(|data| (data.len(), data.modified().ok())).ok();
    let stamps = call.settings.parties.iter().map(|party| party.path().and_then(stamp)).collect();
    Key { call: call.to_string(), stamps }
}

/// The value that was made last for a call, if it is kept. Waits for no file and no other thread.
fn known<V: Clone>(values: &RecentlyUsed<Key, V>, call: &PlannedCall) -> Option<V> {
    let name = call.to_string();
    values.known_where(|key| key.call == name)
}

fn build(planned: &PlannedCall, progress: Progress<'_>) -> Result<BuiltCall, CallError> {
    let PlannedCall { settings, media, protection } = planned;
    settings.check()?;
    let encoded = encoded(planned, progress)?;
    let sent = &encoded.call;
    let seen = Seen::of(settings, *protection, sent, progress)?;
    let mut trial = Trial::new(settings, sent, encoded.own.clone());
    let (mut rows, mut sights) = (Vec::new(), Vec::new());
    for observer in Observer::ALL {
        let (row, frames) = row(settings, (&mut trial, &seen), (*protection, *media, observer), progress)?;
        let has_packets = !view(settings, *protection, observer).ways(MediaKind::Video).is_empty();
        let otherwise = if has_packets { Sight::Packets } else { Sight::Nothing };
        let sight = |at: usize| {
            if frames.get(at).copied().unwrap_or_default() { Sight::Picture } else { otherwise }
        };
        sights.push((observer, (0..encoded.own.frames()).map(sight).collect()));
        rows.push(row);
    }
    let stream = StreamId { party: 0, kind: MediaKind::Video };
    let Some(video) = sent.streams.get(&stream) else { return Err(CallError::Interrupted) };
    let transmitted = seen.on(Link::up(0), MediaKind::Video);
    let made = MadeStream::new(&planned.to_string(), &encoded.decoded, &video.description, transmitted);
    Ok(BuiltCall { stream: Arc::new(made), rows, sights })
}

/// The call by which a comparison is kept: it has every protection.
fn of_comparison(call: &PlannedCall) -> PlannedCall {
    PlannedCall { media: CallMedia::H264, protection: Protection::OneKeyEcb, ..call.clone() }
}

/// The settings on which the first party's encoding depends: protection, keys, waiting room and who leaves change nothing.
fn plain_settings(settings: &CallSettings) -> CallSettings {
    let (parties, duration_secs) = (settings.parties.clone(), settings.duration_secs);
    CallSettings { parties, duration_secs, ..CallSettings::default() }
}

/// The first party's encoding.
fn encoded(planned: &PlannedCall, progress: Progress<'_>) -> Result<Arc<Encoded>, CallError> {
    let settings = plain_settings(&planned.settings);
    let plain = PlannedCall { settings, media: planned.media, ..PlannedCall::default() };
    ENCODED.get(&key(&plain), || {
        let encoded = encode(&plain, progress)?;
        let bytes = encoded.bytes();
        Ok((Arc::new(encoded), bytes))
    })
}

fn encode(plain: &PlannedCall, progress: Progress<'_>) -> Result<Encoded, CallError> {
    let call = SentCall::encode(&plain.settings, plain.media, 1, progress)?;
    let stream = StreamId { party: 0, kind: MediaKind::Video };
    let Some(video) = call.streams.get(&stream) else { return Err(CallError::Interrupted) };
    let packets = video.packets.iter().map(|packet| packet.bytes.as_slice());
    let decoded = DecodedStream::new(&plain.to_string(), &video.description, packets)
        .map_err(|error| CallError::of_decoder(plain.settings.name(0), error))?;
    let own = OwnDecodes::of(&plain.settings, &call, progress)?;
    Ok(Encoded { call, decoded, own })
}
