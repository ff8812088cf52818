//! Counts the blocks of a group of schemes, and keeps the counts that the next frames need.

use std::num::NonZeroU32;
use std::sync::{Arc, OnceLock};

use super::analysis::Equality;
use super::is_large;
use crate::leak::{
    self, ChangeAge, Counter, Leakage, Memory, MessageCounts, MessageMemory, Neighbours, Outline,
};
use crate::payload::Payload;
use crate::picture::PixelGrid;
use crate::render::ciphertext_history::{Ciphertext, CiphertextHistory, Past};
use crate::render::{Numbers, Parts};

/// The counts that are carried from frame to frame.
pub(super) struct GroupState {
    /// Frames within which repeats are counted.
    memory: NonZeroU32,
    counter: BlockCounter,
    /// When each block changed last, if a panel needs it.
    pub(super) change_age: Option<Arc<ChangeAge>>,
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

impl GroupState {
    pub(super) fn new(memory: NonZeroU32) -> Self {
        let counter = match memory.get() {
            1 => BlockCounter::Frame(Counter::default()),
            _ => BlockCounter::Memory(Memory::default()),
        };
        Self { memory, counter, change_age: None, messages: MessageMemory::default() }
    }

    /// Sets the copy distance of the counter, see [`Counter::set_copy_distance`].
    pub(super) fn set_copy_distance(&mut self, blocks: usize) {
        match &mut self.counter {
            BlockCounter::Frame(counter) => counter.set_copy_distance(blocks),
            BlockCounter::Memory(memory) => memory.set_copy_distance(blocks),
        }
    }

    /// The counter to which pieces of the newest frame are added while they are encrypted.
    pub(super) const fn frame_counter(&mut self) -> Option<&mut Counter> {
        match &mut self.counter {
            BlockCounter::Frame(counter) => Some(counter),
            BlockCounter::Memory(_) => None,
        }
    }

    /// Counts the newest frame of `history`, which has `others` frames before it in the memory. Returns its block
    /// equality if `parts` are wanted; they are wanted of the last frame only.
    pub(super) fn count(
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
                ..MessageCounts::default()
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
        let (memory, agreement, footprint) = (self.memory, OnceLock::new(), OnceLock::new());
        Some(Equality { census, change_age, outline, draws, places, memory, leakage, agreement, footprint })
    }
}
