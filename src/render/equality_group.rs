//! Schemes with identical block equality share one census.
//!
//! ECB replaces equal blocks by equal blocks ([`Scheme::is_codebook`]). So the original and every ECB ciphertext of it
//! have equal blocks at the same places, within a frame and from one frame to the next. Every other scheme is a group
//! of its own.

use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rayon::prelude::*;

use super::ciphertext_history::{Ciphertext, CiphertextHistory, Past, Wire};
use super::moment::Moment;
use super::{Numbers, Parts};
use crate::crypto::{EncryptError, KeyError, Parameters, Scheme};
use crate::leak::{
    self, Agreement, Census, Change, ChangeAge, Counter, Edges, Finding, Leakage, Memory, MessageCounts,
    MessageMemory, Neighbours, Outline,
};
use crate::lens::View;
use crate::payload::Payload;
use crate::picture::layout::Places;
use crate::picture::{BlockGrid, PixelGrid};
use crate::runtime::pool::Pool;
use crate::scene::{Panel, Scene};

/// A frame of at least so many bytes is large; a frame of 2160p is not. The buffers of the census of a large frame are
/// freed at once instead of kept for the next frame.
const LARGE_BYTES: usize = 96 << 20;

/// True for a frame for which saving memory is more important than saving time.
pub const fn is_large(bytes: &[u8]) -> bool {
    bytes.len() >= LARGE_BYTES
}

/// Histories of schemes with identical block equality, and the state of their shared census.
///
/// It keeps counts for as long as the next frames need them. This only saves time: an empty group gives the same
/// results.
pub struct EqualityGroup {
    /// The blocks of the first history are counted for all.
    histories: Vec<CiphertextHistory>,
    state: GroupState,
}

/// The counts that are carried from frame to frame.
struct GroupState {
    /// Frames within which repeats are counted.
    memory: NonZeroU32,
    counter: BlockCounter,
    /// When each block changed last, if a panel needs it.
    change_age: Option<Arc<ChangeAge>>,
    /// The messages of the last frames, if these are not pixels.
    messages: MessageMemory,
}

/// The counter that takes the census.
enum BlockCounter {
    /// Counts each frame alone.
    Frame(Counter),
    /// Counts the last frames together.
    Memory(Memory<Ciphertext>),
}

/// The block equality of one frame, and the results that follow from it.
struct Equality {
    census: Census,
    change_age: Arc<ChangeAge>,
    /// Empty if only counts are wanted.
    outline: Outline,
    /// Whether the outline shows a shape; `None` if no finding is wanted.
    draws: Option<bool>,
    /// The places of the blocks in the picture; `None` if they are no pixels.
    places: Option<Places>,
    memory: NonZeroU32,
    /// The numbers that follow from the equality.
    leakage: Leakage,
    /// The agreement of the outline with the edges of the original; computed once, on demand.
    agreement: OnceLock<Agreement>,
}

/// The ciphertext of one frame under one scheme, with its numbers.
pub struct CiphertextAnalysis {
    payload: Arc<Payload>,
    /// All bytes on the wire.
    bytes: Ciphertext,
    /// The blocks that are counted.
    blocks: Ciphertext,
    parameters: Arc<[Parameters]>,
    /// The blocks of the frame before, if their number is the same and they are pixels.
    before: Option<Ciphertext>,
    equality: Arc<Equality>,
    /// The numbers.
    pub leakage: Leakage,
}

impl EqualityGroup {
    /// The groups of all schemes of a scene; the group with the original comes first if the scene shows it.
    ///
    /// # Errors
    /// [`KeyError`] if the key material is shorter than a scheme needs, or does not suit it.
    pub fn all(scene: &Scene) -> Result<Vec<Self>, KeyError> {
        let mut groups: Vec<Self> = Vec::new();
        for panel in &scene.panels {
            let scheme = panel.scheme();
            let mut histories = groups.iter().flat_map(|group| &group.histories);
            if histories.any(|history| history.scheme() == scheme) {
                continue;
            }
            let history = CiphertextHistory::new(scene, scheme)?;
            match groups.iter_mut().find(|group| group.has_equality_of(scheme)) {
                Some(group) => group.histories.push(history),
                None => groups.push(Self { histories: vec![history], state: GroupState::new(scene.memory) }),
            }
        }
        for group in &mut groups {
            let is_needed = scene.panels.iter().any(|panel| match panel {
                Panel::Cipher { lens, .. } => {
                    group.has(panel.scheme()) && lens.needs_change_age(scene.memory)
                }
                Panel::Plain => false,
            });
            // With a memory of several frames, the outline must not count a block that stays in place as a repeat.
            group.state.change_age = (is_needed || scene.memory.get() > 1).then(Arc::default);
        }
        // The original needs no encryption, so it can be counted while the others are encrypted.
        for group in &mut groups {
            group.histories.sort_by_key(|history| history.scheme().is_some());
        }
        Ok(groups)
    }

    /// True if `scheme` has the same block equality as this group.
    fn has_equality_of(&self, scheme: Option<Scheme>) -> bool {
        let equals_original = |scheme: Option<Scheme>| scheme.is_none_or(Scheme::is_codebook);
        equals_original(scheme) && self.histories.iter().all(|history| equals_original(history.scheme()))
    }

    fn has(&self, scheme: Option<Scheme>) -> bool {
        self.histories.iter().any(|history| history.scheme() == scheme)
    }

    /// Analyzes the last frame of `recent`: encrypts the frames that are not encrypted yet, counts, and compares with
    /// the frame before. Returns one analysis for each scheme, or none if there is no frame.
    ///
    /// The analysis is an [`EncryptError`] if the scheme cannot encrypt the frame.
    pub fn analyze(
        &mut self,
        recent: &VecDeque<Moment>,
        parts: Parts,
        pool: &Pool,
    ) -> Vec<(Option<Scheme>, Result<CiphertextAnalysis, EncryptError>)> {
        let Self { histories, state } = self;
        let known = histories.iter_mut().map(|history| history.retain(recent)).min().unwrap_or(0);
        // All schemes of a group have the same unchanged blocks, so one ciphertext is compared for all of them.
        let compared_scheme =
            histories.iter().find(|history| history.scheme().is_some()).or(histories.first());
        let compared_scheme = compared_scheme.and_then(CiphertextHistory::scheme);
        let mut equality = None;
        let mut newest = None;
        for (at, moment) in recent.iter().enumerate().skip(known) {
            let Some((first, others)) = histories.split_first_mut() else { continue };
            let (frame, payload) =
                (moment.frame(), &**newest.insert(Arc::clone(moment.payload_of(first.scheme()))));
            let places = payload.pixels().map(PixelGrid::places);
            state.set_copy_distance(places.map_or(1, |places| places.blocks_to_above()));
            let is_last = at + 1 == recent.len();
            let compares = |history: &CiphertextHistory| is_last && history.scheme() == compared_scheme;
            if let Some(counter) = state.frame_counter().filter(|_| is_last && first.scheme().is_some()) {
                counter.start(payload.block_bytes());
                let counter = Mutex::new(counter);
                first.encrypt_next(frame, payload, pool, compares(first), &|block, piece| {
                    counter.lock().unwrap_or_else(PoisonError::into_inner).add_piece(block, piece);
                });
            } else {
                first.encrypt_next(frame, payload, pool, compares(first), &|_, _| {});
            }
            (equality, ()) = rayon::join(
                || state.count(first, payload, at, is_last.then_some(parts)),
                || {
                    others.par_iter_mut().for_each(|history| {
                        history.encrypt_next(frame, payload, pool, compares(history), &|_, _| {});
                    });
                },
            );
        }
        let (Some(equality), Some(payload), Some(frame)) =
            (equality.map(Arc::new), newest, recent.back().map(Moment::frame))
        else {
            return Vec::new();
        };
        let change = histories
            .iter()
            .find(|history| history.scheme() == compared_scheme)
            .and_then(CiphertextHistory::change);
        let analyze = |history: &CiphertextHistory| {
            let is_shared = history.scheme().is_none() || history.scheme() == compared_scheme;
            let change = if is_shared { change } else { history.change() };
            let mut analysis = CiphertextAnalysis::of(history, &payload, &equality, change)?;
            if let (Ok(analysis), Numbers::Classical) = (&mut analysis, parts.numbers) {
                analysis.leakage.classical = history.classical(frame, pool)?;
            }
            Some((history.scheme(), analysis))
        };
        histories.par_iter().filter_map(analyze).collect()
    }
}

impl GroupState {
    fn new(memory: NonZeroU32) -> Self {
        let counter = match memory.get() {
            1 => BlockCounter::Frame(Counter::default()),
            _ => BlockCounter::Memory(Memory::default()),
        };
        Self { memory, counter, change_age: None, messages: MessageMemory::default() }
    }

    /// Sets the copy distance of the counter, see [`Counter::set_copy_distance`].
    fn set_copy_distance(&mut self, blocks: usize) {
        match &mut self.counter {
            BlockCounter::Frame(counter) => counter.set_copy_distance(blocks),
            BlockCounter::Memory(memory) => memory.set_copy_distance(blocks),
        }
    }

    /// The counter to which pieces of the newest frame are added while they are encrypted.
    const fn frame_counter(&mut self) -> Option<&mut Counter> {
        match &mut self.counter {
            BlockCounter::Frame(counter) => Some(counter),
            BlockCounter::Memory(_) => None,
        }
    }

    /// Counts the newest frame of `history`, which has `others` frames before it in the memory. Returns its block
    /// equality if `parts` are wanted; they are wanted of the last frame only.
    fn count(
        &mut self,
        history: &CiphertextHistory,
        payload: &Payload,
        others: usize,
        parts: Option<Parts>,
    ) -> Option<Equality> {
        let (now, before) = (history.now()?, history.before());
        let shape = |past: &Past| past.pixels.map(|pixels| pixels.shape);
        if let Some(change_age) = &mut self.change_age {
            // Copied if the sheet before is still being painted.
            let change_age = Arc::make_mut(change_age);
            match before {
                Some(before) if shape(before) == shape(now) => {
                    change_age.advance(&before.blocks, &now.blocks, others + 1);
                }
                _ => change_age.start(&now.blocks),
            }
        }
        let messages = (now.pixels.is_none() && now.refused.is_none()).then(|| {
            let messages = payload.messages().iter().map(|message| &now.bytes[message.range.clone()]);
            // The frame before is there even if the memory holds one frame.
            let remembered = others.min(self.memory.get() as usize - 1);
            let identical = self.messages.add(messages, remembered);
            MessageCounts {
                messages: Some(payload.messages().len() as u64),
                bytes: Some(payload.bytes().len() as u64),
                clear_bytes: None,
                identical_messages: Some(identical),
            }
        });
        let (census, remembered) = match &mut self.counter {
            BlockCounter::Frame(counter) => {
                parts?;
                // The pieces of a ciphertext were added during its encryption; the original is counted here.
                let census = match history.scheme() {
                    None => counter.count(&now.blocks),
                    Some(_) => counter.finish(&now.blocks),
                };
                let remembered = census.blocks() as u64;
                if is_large(&now.blocks) {
                    *counter = Counter::default();
                }
                (census, remembered)
            }
            BlockCounter::Memory(memory) => {
                if others == 0 {
                    memory.clear();
                }
                (memory.add(now.blocks.clone(), others), memory.blocks())
            }
        };
        let parts = parts?;
        let change_age = self.change_age.clone().unwrap_or_default();
        let places = now.pixels.map(PixelGrid::places);
        // A census of this frame alone needs no change ages.
        let several = (self.memory.get() > 1).then_some(&*change_age);
        let outline = || {
            let is_wanted = parts.pictures || parts.numbers >= Numbers::Captions;
            let outline = match places.as_ref().filter(|_| is_wanted) {
                Some(places) => Outline::of(places, &census, several),
                None => Outline::default(),
            };
            let draws = || places.as_ref().is_some_and(|places| leak::draws(places, &outline));
            let draws = (parts.numbers >= Numbers::Captions).then(draws);
            (outline, draws)
        };
        let neighbours = || {
            let pixels = now.pixels.filter(|_| parts.numbers >= Numbers::Tables)?;
            Some(Neighbours::of(pixels.layout, pixels.shape, &census))
        };
        let ((outline, draws), neighbours) = rayon::join(outline, neighbours);
        let leakage = Leakage::of(&census, remembered).with_neighbours(neighbours.unwrap_or_default());
        let leakage = Leakage { messages: messages.unwrap_or_default(), ..leakage };
        let (memory, agreement) = (self.memory, OnceLock::new());
        Some(Equality { census, change_age, outline, draws, places, memory, leakage, agreement })
    }
}

impl CiphertextAnalysis {
    /// The analysis of the newest frame of `history`; `None` if it has no frame.
    fn of(
        history: &CiphertextHistory,
        payload: &Arc<Payload>,
        equality: &Arc<Equality>,
        change: Option<Change>,
    ) -> Option<Result<Self, EncryptError>> {
        let now = history.now()?;
        if let Some(refused) = now.refused {
            return Some(Err(refused));
        }
        let shape = |past: &Past| past.pixels.map(|pixels| pixels.shape);
        let before = history.before().filter(|before| shape(before) == shape(now));
        let moves = || {
            let both = equality.places.as_ref().zip(before);
            both.is_some_and(|(places, before)| leak::shows_movement(places, &now.blocks, &before.blocks))
        };
        let mut leakage = equality.leakage.with_change(change);
        if leakage.messages.messages.is_some() {
            leakage.messages.clear_bytes = Some(payload.clear_bytes(history.pads()) as u64);
        }
        let leakage = match history.scheme() {
            Some(_) => Leakage {
                word: match (equality.draws, leakage.messages.messages) {
                    (None, _) => None,
                    (Some(_), Some(_)) => Finding::of_messages(&leakage),
                    (Some(draws), None) => Finding::of(&leakage, draws, moves),
                },
                ..leakage
            },
            // The original is no ciphertext: a finding or traces of a keystream would mean nothing.
            None => Leakage { same_bytes_in_changed: None, ..leakage },
        };
        Some(Ok(Self {
            payload: Arc::clone(payload),
            bytes: now.bytes.clone(),
            blocks: now.blocks.clone(),
            parameters: Arc::clone(&now.parameters),
            before: before.map(|before| before.blocks.clone()),
            leakage,
            equality: Arc::clone(equality),
        }))
    }

    /// The blocks that are counted; for a frame of pixels, all bytes, including a rest under 16 bytes.
    pub const fn blocks(&self) -> &Ciphertext {
        &self.blocks
    }

    /// All bytes on the wire.
    pub const fn bytes(&self) -> &Ciphertext {
        &self.bytes
    }

    /// How many bytes at the start of a file were put back; `None` if this is no file.
    pub fn put_back(&self) -> Option<usize> {
        self.payload.put_back()
    }

    /// True if its bytes stand encrypted in the source and were not decrypted.
    pub fn is_locked(&self) -> bool {
        self.payload.is_locked()
    }

    /// The pixels that its blocks are the ciphertext of; `None` if they are messages of another kind.
    pub fn pixels(&self) -> Option<PixelGrid> {
        self.payload.pixels()
    }

    /// The places of its blocks in the picture.
    pub fn grid(&self) -> &BlockGrid {
        self.payload.grid()
    }

    /// Adds the agreement of the outline with the edges of the original.
    pub fn compare(&mut self, edges: &Edges) {
        let Equality { agreement, outline, .. } = &*self.equality;
        self.leakage = self.leakage.with_agreement(*agreement.get_or_init(|| Agreement::of(outline, edges)));
    }

    /// The bytes and parameters on the wire.
    pub fn wire(&self) -> Wire {
        Wire {
            bytes: self.bytes.clone(),
            blocks: self.blocks.clone(),
            payload: Arc::clone(&self.payload),
            parameters: Arc::clone(&self.parameters),
        }
    }

    /// The input of a lens, without the results of attacks.
    pub fn view(&self) -> View<'_> {
        View {
            grid: self.payload.grid(),
            now: &self.blocks,
            before: self.before.as_deref(),
            census: &self.equality.census,
            change_age: &self.equality.change_age,
            outline: &self.equality.outline,
            recovery: None,
            received: None,
            memory: self.equality.memory,
            tones: &[],
            sizes: None,
        }
    }
}
