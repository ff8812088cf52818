//! A family: channels that tell the same by which of their blocks are equal. They are counted once.
//!
//! Electronic codebook replaces every block by another, always by the same ([`Scheme::is_codebook`]). So the
//! original and every ciphertext of it under ECB have equal blocks at the same places, in a frame and from
//! one frame to the next, and one census serves them all. Any other channel is a family of its own.

use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rayon::prelude::*;

use super::ciphertext_history::{Channel, Ciphertext, Wire};
use super::{Numbers, Parts};
use crate::crypto::{EncryptError, KeyError, Parameters, Scheme};
use crate::leak::{
    self, Agreement, Census, Change, Counter, Edges, Leakage, Memory, Neighbours, Outline, Trail, Word,
};
use crate::lens::View;
use crate::picture::Frame;
use crate::picture::layout::Places;
use crate::runtime::pool::Pool;
use crate::scene::{Panel, Scene};

/// Bytes from which on a frame is large: those of 2160p are fewer. What was allocated to look at it is freed at once
/// instead of kept for the next one.
const LARGE_BYTES: usize = 96 << 20;

/// True for a frame that is so large that memory counts for more than time.
pub const fn is_large(bytes: &[u8]) -> bool {
    bytes.len() >= LARGE_BYTES
}

/// Channels, and the tools to look at what block equality gives away.
///
/// It keeps what was counted for as long as the next frames need it. That is a shortcut: a family that has
/// seen nothing says the same.
pub struct Family {
    /// The first one is looked at for all of them.
    channels: Vec<Channel>,
    watch: Watch,
}

/// What is kept up of block equality from frame to frame.
struct Watch {
    /// How many frames count.
    memory: NonZeroU32,
    counting: Counting,
    /// How blocks changed, where a panel asks.
    trail: Option<Arc<Trail>>,
}

/// Who takes the census.
enum Counting {
    /// Of each frame alone.
    Frame(Counter),
    /// Of the last frames together.
    Memory(Memory<Ciphertext>),
}

/// What block equality tells of one frame.
struct Equality {
    census: Census,
    trail: Arc<Trail>,
    /// Empty where no more is asked for than counts.
    outline: Outline,
    /// Whether the outline shows anything; `None` where the word is not asked for.
    draws: Option<bool>,
    places: Places,
    memory: NonZeroU32,
    /// The numbers that follow from it.
    leakage: Leakage,
    /// How the outline agrees with the edges of the original, once a channel has asked.
    agreement: OnceLock<Agreement>,
}

/// What is known of one channel for one frame.
pub struct Seen {
    now: Ciphertext,
    parameters: Arc<Parameters>,
    /// The frame before, where it has the same size.
    before: Option<Ciphertext>,
    equality: Arc<Equality>,
    /// The numbers.
    pub leakage: Leakage,
}

impl Family {
    /// The families of all channels that a scene has, the one with the original first where it is shown.
    ///
    /// # Errors
    /// [`KeyError`] where the key material is shorter than a scheme needs, or not what it can use.
    pub fn all(scene: &Scene) -> Result<Vec<Self>, KeyError> {
        let mut families: Vec<Self> = Vec::new();
        for panel in &scene.panels {
            let scheme = panel.scheme();
            let mut channels = families.iter().flat_map(|family| &family.channels);
            if channels.any(|channel| channel.scheme() == scheme) {
                continue;
            }
            let channel = Channel::new(scene, scheme)?;
            match families.iter_mut().find(|family| family.takes(scheme)) {
                Some(family) => family.channels.push(channel),
                None => families.push(Self { channels: vec![channel], watch: Watch::new(scene.memory) }),
            }
        }
        for family in &mut families {
            let follows = scene.panels.iter().any(|panel| match panel {
                Panel::Cipher { lens, .. } => family.has(panel.scheme()) && lens.follows(scene.memory),
                Panel::Plain => false,
            });
            // Where several frames count, the outline asks what stayed in its place.
            family.watch.trail = (follows || scene.memory.get() > 1).then(Arc::default);
        }
        // What needs no encryption is looked at while the others are encrypted.
        for family in &mut families {
            family.channels.sort_by_key(|channel| channel.scheme().is_some());
        }
        Ok(families)
    }

    /// True where equal blocks stand at the same places under `scheme` as in this family.
    fn takes(&self, scheme: Option<Scheme>) -> bool {
        let is_as_the_original = |scheme: Option<Scheme>| scheme.is_none_or(Scheme::is_codebook);
        is_as_the_original(scheme) && self.channels.iter().all(|channel| is_as_the_original(channel.scheme()))
    }

    fn has(&self, scheme: Option<Scheme>) -> bool {
        self.channels.iter().any(|channel| channel.scheme() == scheme)
    }

    /// Looks at the last of `recent`: encrypts what was not encrypted yet, counts, and compares with the
    /// frames before. One answer for each channel, none where there is no frame.
    ///
    /// An answer is an [`EncryptError`] where the scheme cannot take the frame.
    pub fn look(
        &mut self,
        recent: &VecDeque<Arc<Frame>>,
        parts: Parts,
        pool: &Pool,
    ) -> Vec<(Option<Scheme>, Result<Seen, EncryptError>)> {
        let Self { channels, watch } = self;
        let known = channels.iter_mut().map(|channel| channel.keep(recent)).min().unwrap_or(0);
        // Which blocks stayed is the same for all of them.
        let told = channels.iter().find(|channel| channel.scheme().is_some()).or(channels.first());
        let told = told.and_then(Channel::scheme);
        let mut equality = None;
        if let Some(frame) = recent.back() {
            watch.look_back(Places::of(frame.layout, frame.shape).back_to_above());
        }
        for (at, frame) in recent.iter().enumerate().skip(known) {
            let Some((first, others)) = channels.split_first_mut() else { continue };
            let is_last = at + 1 == recent.len();
            let compares = |channel: &Channel| is_last && channel.scheme() == told;
            if let Some(counter) = watch.counter().filter(|_| is_last && first.scheme().is_some()) {
                counter.start(frame.bytes.len());
                let counter = Mutex::new(counter);
                first.take_in(frame, pool, compares(first), &|block, piece| {
                    counter.lock().unwrap_or_else(PoisonError::into_inner).note(block, piece);
                });
            } else {
                first.take_in(frame, pool, compares(first), &|_, _| {});
            }
            (equality, ()) = rayon::join(
                || watch.take_in(first, frame, at, is_last.then_some(parts)),
                || {
                    others.par_iter_mut().for_each(|channel| {
                        channel.take_in(frame, pool, compares(channel), &|_, _| {});
                    });
                },
            );
        }
        let (Some(equality), Some(frame)) = (equality.map(Arc::new), recent.back()) else {
            return Vec::new();
        };
        let change = channels.iter().find(|channel| channel.scheme() == told).and_then(Channel::change);
        let seen = |channel: &Channel| {
            let is_told = channel.scheme().is_none() || channel.scheme() == told;
            let change = if is_told { change } else { channel.change() };
            let mut seen = Seen::of(channel, &equality, change)?;
            if let (Ok(seen), Numbers::Papers) = (&mut seen, parts.numbers) {
                seen.leakage.papers = channel.papers(frame, pool)?;
            }
            Some((channel.scheme(), seen))
        };
        channels.par_iter().filter_map(seen).collect()
    }
}

impl Watch {
    fn new(memory: NonZeroU32) -> Self {
        let counting = match memory.get() {
            1 => Counting::Frame(Counter::default()),
            _ => Counting::Memory(Memory::default()),
        };
        Self { memory, counting, trail: None }
    }

    /// Says how far apart those blocks of a frame stand that most often equal each other.
    fn look_back(&mut self, blocks: usize) {
        match &mut self.counting {
            Counting::Frame(counter) => counter.look_back(blocks),
            Counting::Memory(memory) => memory.look_back(blocks),
        }
    }

    /// Who is told of the last frame on its way.
    const fn counter(&mut self) -> Option<&mut Counter> {
        match &mut self.counting {
            Counting::Frame(counter) => Some(counter),
            Counting::Memory(_) => None,
        }
    }

    /// Follows to the frame that `channel` has taken in, after `others` frames that are known. Says what
    /// there is to say of it if it is the last, of which `parts` are asked for.
    fn take_in(
        &mut self,
        channel: &Channel,
        frame: &Frame,
        others: usize,
        parts: Option<Parts>,
    ) -> Option<Equality> {
        let (now, before) = (channel.now()?, channel.before());
        if let Some(trail) = &mut self.trail {
            // A copy, where the sheet before is still being drawn.
            let trail = Arc::make_mut(trail);
            match before {
                Some(before) if before.shape == now.shape => {
                    trail.follow(&before.bytes, &now.bytes, others + 1);
                }
                _ => trail.start(&now.bytes),
            }
        }
        let (census, remembered) = match &mut self.counting {
            Counting::Frame(counter) => {
                parts?;
                // A ciphertext was noted piece by piece as it came; the original is while the others are encrypted.
                let census = match channel.scheme() {
                    None => counter.count(&now.bytes),
                    Some(_) => counter.finish(&now.bytes),
                };
                let remembered = census.blocks() as u64;
                if is_large(&now.bytes) {
                    *counter = Counter::default();
                }
                (census, remembered)
            }
            Counting::Memory(memory) => {
                if others == 0 {
                    memory.clear();
                }
                (memory.add(now.bytes.clone(), others), memory.blocks())
            }
        };
        let parts = parts?;
        let trail = self.trail.clone().unwrap_or_default();
        let places = Places::of(frame.layout, now.shape);
        // A census of this frame alone knows of no other.
        let several = (self.memory.get() > 1).then_some(&*trail);
        let outline = || {
            let is_wanted = parts.pictures || parts.numbers >= Numbers::Captions;
            let outline = if is_wanted { Outline::of(&places, &census, several) } else { Outline::default() };
            let draws = (parts.numbers >= Numbers::Captions).then(|| leak::draws(&places, &outline));
            (outline, draws)
        };
        let neighbours =
            || (parts.numbers >= Numbers::Tables).then(|| Neighbours::of(frame.layout, now.shape, &census));
        let ((outline, draws), neighbours) = rayon::join(outline, neighbours);
        let leakage = Leakage::of(&census, remembered).beside(neighbours.unwrap_or_default());
        let (memory, agreement) = (self.memory, OnceLock::new());
        Some(Equality { census, trail, outline, draws, places, memory, leakage, agreement })
    }
}

impl Seen {
    /// What is known of the frame that `channel` has taken in; `None` where there is none.
    fn of(
        channel: &Channel,
        equality: &Arc<Equality>,
        change: Option<Change>,
    ) -> Option<Result<Self, EncryptError>> {
        let now = channel.now()?;
        if let Some(refused) = now.refused {
            return Some(Err(refused));
        }
        let before = channel.before().filter(|before| before.shape == now.shape);
        let moves =
            || before.is_some_and(|before| leak::shows_movement(&equality.places, &now.bytes, &before.bytes));
        let leakage = equality.leakage.since(change);
        let leakage = match channel.scheme() {
            Some(_) => {
                Leakage { word: equality.draws.and_then(|draws| Word::of(&leakage, draws, moves)), ..leakage }
            }
            // The original is no ciphertext: nobody who sees it needs a word for it, or traces of a keystream.
            None => Leakage { same_bytes_in_changed: None, ..leakage },
        };
        Some(Ok(Self {
            now: now.bytes.clone(),
            parameters: Arc::clone(&now.parameters),
            before: before.map(|before| before.bytes.clone()),
            leakage,
            equality: Arc::clone(equality),
        }))
    }

    /// The ciphertext of the frame, as long as the frame's own bytes.
    pub const fn ciphertext(&self) -> &Ciphertext {
        &self.now
    }

    /// Adds how the outline agrees with the edges of the original.
    pub fn compare(&mut self, edges: &Edges) {
        let Equality { agreement, outline, .. } = &*self.equality;
        self.leakage = self.leakage.against(*agreement.get_or_init(|| Agreement::of(outline, edges)));
    }

    /// What travelled.
    pub fn wire(&self) -> Wire {
        Wire { bytes: self.now.clone(), parameters: Arc::clone(&self.parameters) }
    }

    /// What a lens looks at, but for what is known from elsewhere.
    pub fn view(&self, frame: &Frame) -> View<'_> {
        View {
            layout: frame.layout,
            shape: frame.shape,
            colour: frame.colour,
            now: &self.now,
            before: self.before.as_deref(),
            census: &self.equality.census,
            trail: &self.equality.trail,
            outline: &self.equality.outline,
            recovery: None,
            received: None,
            memory: self.equality.memory,
            tones: &[],
        }
    }
}
