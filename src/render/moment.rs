//! A frame with its payloads.

use std::sync::Arc;

use super::player::{NoPicture, Player, PlayerKey};
use crate::call::{CallSource, Observer, Sight};
use crate::crypto::Scheme;
use crate::media::{Index, Limits, MediaError, Source};
use crate::payload::{MessageError, MessageReader, Payload, Target, TargetStream, file_payload};
use crate::picture::{Frame, Picture};
use crate::runtime::pool::Pool;
use crate::scene::{Panel, Scene};
use crate::units::FrameIndex;

/// A frame with its payloads: the messages that are encrypted, for each target of a scene.
#[derive(Clone, Debug)]
pub struct Moment {
    frame: Arc<Frame>,
    payloads: Arc<[(Content, Arc<Payload>)]>,
    /// What players without the key show.
    played: Arc<[Played]>,
    /// What observers of a call have of it.
    sights: Arc<[(Observer, Sight)]>,
    /// The pixels of the frame are unknown, since the video is encrypted in its file.
    is_locked: bool,
}

/// What a player shows: a picture, or why there is none.
type Played = (PlayerKey, Result<Picture, NoPicture>);

/// Which messages of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Content {
    of: TargetStream,
    /// The messages as the file holds them, where others are decrypted from these.
    is_own: bool,
}

impl Moment {
    /// The frame. Its bytes are empty if it was not decoded.
    #[must_use]
    pub const fn frame(&self) -> &Arc<Frame> {
        &self.frame
    }

    /// True if the pixels of the frame are unknown, since the video is encrypted in its file.
    #[must_use]
    pub const fn is_locked(&self) -> bool {
        self.is_locked
    }

    /// The messages of a target that a scheme encrypts, `None` for the original: for [`Scheme::OWN`] those that the file
    /// holds. `None` if they were not read.
    #[must_use]
    pub fn payload_of(&self, of: TargetStream, scheme: Option<Scheme>) -> Option<&Arc<Payload>> {
        let find = |wanted| self.payloads.iter().find(|(content, _)| *content == wanted);
        let own = find(Content { of, is_own: true }).filter(|_| scheme.is_some_and(Scheme::is_own));
        own.or_else(|| find(Content { of, is_own: false })).map(|(_, payload)| payload)
    }

    /// What a player without the key shows of a ciphertext, or why it shows nothing. `None` if it was not played.
    #[must_use]
    pub fn played(&self, key: &PlayerKey) -> Option<&Result<Picture, NoPicture>> {
        self.played.iter().find(|(played, _)| played == key).map(|(_, picture)| picture)
    }

    /// What an observer of a call has of the frame; `None` if no panel asks for it.
    #[must_use]
    pub fn sight(&self, observer: Observer) -> Option<Sight> {
        self.sights.iter().find(|(of, _)| *of == observer).map(|(_, sight)| *sight)
    }

    /// Frees the pictures of players, when the frame is needed as one before another only.
    pub(super) fn drop_played(&mut self) {
        if !self.played.is_empty() {
            self.played = Arc::default();
        }
    }
}

impl From<Arc<Frame>> for Moment {
    /// A frame whose payload is its pixels.
    fn from(frame: Arc<Frame>) -> Self {
        let payload = Arc::new(Payload::of_pixels(&frame));
        let pixels = Content { of: TargetStream::default(), is_own: false };
        Self {
            frame,
            payloads: [(pixels, payload)].into(),
            played: Arc::default(),
            sights: Arc::default(),
            is_locked: false,
        }
    }
}

/// Finds the payloads of each frame of a source.
pub struct Payloads {
    source: Source,
    limits: Limits,
    /// The index of the source, if one was made before.
    index: Option<Arc<Index>>,
    /// What the panels show, each with its reader.
    readers: Vec<(Content, FrameMessages)>,
    /// Players without the key, one for each ciphertext that a panel plays.
    players: Vec<Player>,
    /// Observers of a call, each with what it has of each frame; empty until a frame is asked for.
    observers: Vec<(Observer, Option<Arc<[Sight]>>)>,
    /// For the pictures of players; `None` if no pictures are wanted.
    pool: Option<Pool>,
    /// The file as it is, which is the payload of every frame.
    file: Option<Arc<Payload>>,
    /// The pixels of the source are unknown, since the video is encrypted in its file.
    is_locked: bool,
}

/// Reads the messages of frames, one after another.
#[derive(Default)]
struct FrameMessages {
    /// Opened for the first frame.
    reader: Option<MessageReader>,
    /// The first frame that the reader can still return.
    next: FrameIndex,
}

impl Payloads {
    /// The payloads of the source of a scene for its panels. Does not open the source yet. Players use buffers from `pool`.
    #[must_use]
    pub fn of(scene: &Scene, limits: Limits, pool: &Pool) -> Self {
        let mut payloads = Self {
            source: scene.source.clone(),
            limits,
            index: None,
            readers: Vec::new(),
            players: Vec::new(),
            observers: Vec::new(),
            pool: Some(pool.clone()),
            file: None,
            is_locked: false,
        };
        payloads.show(scene);
        payloads
    }

    /// Makes no pictures: nothing is played.
    pub(super) fn leave_unplayed(&mut self) {
        self.pool = None;
    }

    /// Records whether the pixels of the source are unknown, because the video is encrypted in its file.
    pub const fn set_locked(&mut self, is_locked: bool) {
        self.is_locked = is_locked;
    }

    /// From the next frame on, reads what the panels of a scene of the same source show. Returns true if some of it was not
    /// read so far: then the moments before this one lack it.
    pub fn show(&mut self, scene: &Scene) -> bool {
        let has_key = self.source.may_be_decrypted();
        let content = |&panel: &Panel| {
            let of = scene.target_of(panel);
            Content { of, is_own: has_key && of.target == Target::Packets && panel.is_own() }
        };
        let shown: Vec<Content> = scene.panels.iter().map(content).collect();
        self.readers.retain(|(content, _)| shown.contains(content));
        let known = self.readers.len();
        for content in shown {
            if self.readers.iter().all(|(read, _)| *read != content) {
                self.readers.push((content, FrameMessages::default()));
            }
        }
        let played = PlayerKey::all(scene);
        self.players.retain(|player| played.contains(player.key()));
        let players = self.players.len();
        for key in played {
            if self.players.iter().all(|player| *player.key() != key) {
                self.players.push(Player::new(key));
            }
        }
        let asked = |panel: &Panel| panel.own_target().observer;
        let observers: Vec<Observer> = scene.panels.iter().filter_map(asked).collect();
        self.observers.retain(|(observer, _)| observers.contains(observer));
        let observed = self.observers.len();
        for observer in observers {
            if self.observers.iter().all(|(known, _)| *known != observer) {
                self.observers.push((observer, None));
            }
        }
        self.readers.len() > known || self.players.len() > players || self.observers.len() > observed
    }

    /// True while it would have to make the index itself.
    #[must_use]
    pub fn lacks_index(&self) -> bool {
        let of_stream = |content: Content| !matches!(content.of.target, Target::Pixels | Target::File);
        let is_unopened =
            |(content, messages): &(Content, FrameMessages)| of_stream(*content) && messages.reader.is_none();
        let is_any = self.readers.iter().any(is_unopened) || self.players.iter().any(Player::is_unopened);
        self.index.is_none() && is_any
    }

    /// True if they are the payloads of the source of a scene.
    #[must_use]
    pub fn have_source_of(&self, scene: &Scene) -> bool {
        self.source == scene.source
    }

    /// Uses an index that was made of the same source.
    pub fn set_index(&mut self, index: &Arc<Index>) {
        self.index.get_or_insert_with(|| Arc::clone(index));
    }

    /// Adds the payloads to a frame: its pixels, the file, the messages of its packets. Frames in order are read once; to go
    /// back, the file is read again from its start.
    ///
    /// # Errors
    /// [`MessageError`]; [`MediaError::Interrupted`] when `keep_going` is false.
    pub fn moment(
        &mut self,
        frame: Arc<Frame>,
        keep_going: &dyn Fn() -> bool,
    ) -> Result<Moment, MessageError> {
        let Self { source, limits, index, readers, players, observers, pool, file, is_locked } = self;
        let read = |(content, messages): &mut (Content, FrameMessages)| {
            let Content { of, is_own } = *content;
            let payload = match of.target {
                Target::Pixels => Arc::new(Payload::of_pixels(&frame).locked(*is_locked)),
                Target::File => {
                    let kept = file.take().filter(|file| file.grid().shape() == frame.shape);
                    let payload = match kept {
                        Some(file) => file,
                        None => Arc::new(file_payload(source, frame.shape)?),
                    };
                    Arc::clone(file.insert(payload))
                }
                _ => {
                    let within = (*limits, index.as_ref());
                    let open = || open_messages(source, of, is_own, within, keep_going);
                    messages.payload(&frame, open, keep_going)?
                }
            };
            Ok((*content, payload))
        };
        let payloads = readers.iter_mut().map(read).collect::<Result<_, MessageError>>()?;
        let play = |player: &mut Player| {
            let pool = pool.as_ref()?;
            let (of, is_own) = (player.key().target(), player.key().is_own() && source.may_be_decrypted());
            let open = || open_messages(source, of, is_own, (*limits, index.as_ref()), keep_going);
            let played = player.play(&frame, open, (*limits, pool), keep_going);
            Some(played.map(|played| (player.key().clone(), played)))
        };
        let played = players.iter_mut().filter_map(play).collect::<Result<_, MessageError>>()?;
        let (at, is_locked) = (usize::try_from(frame.index.0).unwrap_or(usize::MAX), *is_locked);
        let sights = observers.iter_mut().map(|(observer, sights)| {
            let sights = match sights {
                Some(sights) => sights,
                none => none.insert(sights_of(source, *observer)?),
            };
            Ok((*observer, sights.get(at).copied().unwrap_or(Sight::Packets)))
        });
        let sights = sights.collect::<Result<_, MessageError>>()?;
        Ok(Moment { frame, payloads, played, sights, is_locked })
    }

    /// Reports of damage since the last call, in words.
    pub fn take_problems(&mut self) -> Vec<String> {
        let readers = self.readers.iter_mut().filter_map(|(_, messages)| messages.reader.as_mut());
        readers.flat_map(MessageReader::take_problems).collect()
    }
}

/// What an observer of a call has of each frame; nothing of a source that is no call.
fn sights_of(source: &Source, observer: Observer) -> Result<Arc<[Sight]>, MessageError> {
    let Some(call) = CallSource::of(source) else { return Ok(Arc::default()) };
    let built = call.built().map_err(|error| MediaError::Simulation(Box::new(error)))?;
    Ok(built.sights(observer))
}

/// Opens the messages of a stream; with `is_own` the packets as the file holds them, even if there is a content key.
fn open_messages(
    source: &Source,
    of: TargetStream,
    is_own: bool,
    (limits, index): (Limits, Option<&Arc<Index>>),
    keep_going: &dyn Fn() -> bool,
) -> Result<MessageReader, MessageError> {
    if is_own {
        MessageReader::open_own(source, of.stream, limits, index, keep_going)
    } else {
        MessageReader::open_of(source, of, limits, index, keep_going)
    }
}

impl FrameMessages {
    /// The messages of a frame. Frames in ascending order are read once; for an earlier frame, the file is read again from
    /// its start.
    fn payload(
        &mut self,
        frame: &Frame,
        open: impl FnOnce() -> Result<MessageReader, MessageError>,
        keep_going: &dyn Fn() -> bool,
    ) -> Result<Arc<Payload>, MessageError> {
        let reader = match &mut self.reader {
            Some(reader) => {
                if frame.index < self.next {
                    reader.rewind()?;
                }
                reader
            }
            slot => slot.insert(open()?),
        };
        self.next = frame.index.next();
        Ok(Arc::new(reader.payload(frame.index, frame.shape, keep_going)?))
    }
}
