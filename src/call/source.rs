//! A call as a source: the first party's video, as it is decoded with the keys and as it is on the wire, and what each
//! observer has of each of its frames.

use std::fs;
use std::sync::{Arc, Mutex, PoisonError};

use super::Progress;
use super::error::CallError;
use super::network::{Link, MediaKind, StreamId};
use super::observer::{Observer, view};
use super::planned::{NoCall, PlannedCall};
use super::sent::SentCall;
use super::settings::CallSettings;
use super::table::{Row, row};
use super::trial::{Seen, Trial};
use crate::media::capture::{DecodedStream, MadeStream, SimulatedSource, Simulation};
use crate::media::{MediaError, Source};

/// The most calls that are kept, and the most encodings.
const MOST_BUILT: usize = 8;
const MOST_SENT: usize = 2;

/// What an observer has of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// The frame: what comes out of his packets and keys equals what the sender decodes.
    Picture,
    /// Packets that he cannot open, or that do not give the frame.
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
}

type ByText<T> = Mutex<Vec<(String, Arc<T>)>>;

static BUILT: ByText<BuiltCall> = Mutex::new(Vec::new());
static ENCODED: ByText<Encoded> = Mutex::new(Vec::new());

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
        let key = key(&self.call);
        let built = BUILT.try_lock().ok()?;
        built.iter().find(|(known, _)| *known == key).map(|(_, built)| Arc::clone(built))
    }

    /// The call, made if it was not made before. Takes as long as encoding the first party's source, and much less if another
    /// call with the same source and media was made.
    ///
    /// # Errors
    /// [`CallError`] if the source cannot be sent.
    pub fn built(&self) -> Result<Arc<BuiltCall>, CallError> {
        let go_on = |_| std::ops::ControlFlow::Continue(());
        kept(&BUILT, MOST_BUILT, key(&self.call), || build(&self.call, &go_on))
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
fn key(call: &PlannedCall) -> String {
    let stamp = |path| fs::metadata(path).map(|data| (data.len(), data.modified().ok())).ok();
    let stamps: Vec<_> = call.settings.parties.iter().map(|party| party.path().map(stamp)).collect();
    format!("{call} {stamps:?}")
}

/// The value that is kept under a key, or makes it. A second thread that asks for it waits.
fn kept<T>(
    values: &ByText<T>,
    most: usize,
    key: String,
    make: impl FnOnce() -> Result<T, CallError>,
) -> Result<Arc<T>, CallError> {
    let mut values = values.lock().unwrap_or_else(PoisonError::into_inner);
    let found = values.iter().position(|(known, _)| *known == key).map(|at| values.remove(at).1);
    let value = found.map_or_else(|| make().map(Arc::new), Ok)?;
    // The one that was used last is the last.
    values.push((key, Arc::clone(&value)));
    if values.len() > most {
        values.remove(0);
    }
    Ok(value)
}

fn build(planned: &PlannedCall, progress: Progress<'_>) -> Result<BuiltCall, CallError> {
    let PlannedCall { settings, media, protection } = planned;
    settings.check()?;
    // Protection, keys and waiting room change nothing of what is encoded.
    let (parties, duration_secs) = (settings.parties.clone(), settings.duration_secs);
    let plain = CallSettings { parties, duration_secs, ..CallSettings::default() };
    let plain = PlannedCall { settings: plain, media: *media, ..PlannedCall::default() };
    let encoded = kept(&ENCODED, MOST_SENT, key(&plain), || encode(&plain, progress))?;
    let sent = &encoded.call;
    let seen = Seen::of(settings, *protection, sent, progress)?;
    let mut trial = Trial::new(settings, sent, progress)?;
    let (mut rows, mut sights) = (Vec::new(), Vec::new());
    for observer in Observer::ALL {
        let (row, frames) = row(settings, (&mut trial, &seen), (*protection, *media, observer), progress)?;
        let has_packets = !view(settings, *protection, observer).ways(MediaKind::Video).is_empty();
        let otherwise = if has_packets { Sight::Packets } else { Sight::Nothing };
        let all = trial.frames();
        let sight = |at: usize| {
            if frames.get(at).copied().unwrap_or_default() { Sight::Picture } else { otherwise }
        };
        sights.push((observer, (0..all).map(sight).collect()));
        rows.push(row);
    }
    let stream = StreamId { party: 0, kind: MediaKind::Video };
    let Some(video) = sent.streams.get(&stream) else { return Err(CallError::Interrupted) };
    let transmitted = seen.on(Link::up(0), MediaKind::Video);
    let made = MadeStream::new(&planned.to_string(), &encoded.decoded, &video.description, transmitted);
    Ok(BuiltCall { stream: Arc::new(made), rows, sights })
}

fn encode(plain: &PlannedCall, progress: Progress<'_>) -> Result<Encoded, CallError> {
    let call = SentCall::encode(&plain.settings, plain.media, 1, progress)?;
    let stream = StreamId { party: 0, kind: MediaKind::Video };
    let Some(video) = call.streams.get(&stream) else { return Err(CallError::Interrupted) };
    let packets = video.packets.iter().map(|packet| packet.bytes.as_slice());
    let decoded = MadeStream::decoded(&plain.to_string(), &video.description, packets)
        .map_err(|error| CallError::of_decoder(plain.settings.name(0), error))?;
    Ok(Encoded { call, decoded })
}
