//! The results for one frame: the block equality that a group shares, and the numbers of each scheme.

use std::num::NonZeroU32;
use std::sync::{Arc, OnceLock};

use crate::crypto::{EncryptError, Parameters};
use crate::leak::{
    self, Agreement, Census, Change, ChangeAge, Detail, Edges, Finding, Footprint, Leakage, Outline,
};
use crate::lens::{SentMessages, View};
use crate::payload::Payload;
use crate::picture::layout::Places;
use crate::picture::{BlockGrid, PixelGrid};
use crate::render::ciphertext_history::{Ciphertext, CiphertextHistory, Past, Wire};

/// The block equality of one frame, and the results that follow from it.
pub(super) struct Equality {
    pub(super) census: Census,
    pub(super) change_age: Arc<ChangeAge>,
    /// Empty if only counts are wanted.
    pub(super) outline: Outline,
    /// Whether the outline shows a shape; `None` if no finding is wanted.
    pub(super) draws: Option<bool>,
    /// The places of the blocks in the picture; `None` if they are no pixels.
    pub(super) places: Option<Places>,
    pub(super) memory: NonZeroU32,
    /// The numbers that follow from the equality.
    pub(super) leakage: Leakage,
    /// The agreement of the outline with the edges of the original; computed once, on demand.
    pub(super) agreement: OnceLock<Agreement>,
    /// The agreement of the sizes of slices with the detail of the original; computed once, on demand.
    pub(super) footprint: OnceLock<Footprint>,
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
    /// The messages of the frame before, if they are no pixels.
    messages_before: Option<(Arc<Payload>, Ciphertext)>,
    /// The messages of the remembered frames before this one, if they are no pixels.
    remembered: Vec<Arc<Payload>>,
    equality: Arc<Equality>,
    /// The numbers.
    pub leakage: Leakage,
}

impl CiphertextAnalysis {
    /// The analysis of the newest frame of `history`; `None` if it has no frame.
    pub(super) fn of(
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
            messages_before: history.messages_before(),
            remembered: history.messages_of_memory(equality.memory),
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

    /// True if its bytes are ciphertext from the source that was not decrypted.
    pub fn is_locked(&self) -> bool {
        self.payload.is_locked()
    }

    /// The pixels that its blocks encrypt; `None` if they are messages of another kind.
    pub fn pixels(&self) -> Option<PixelGrid> {
        self.payload.pixels()
    }

    /// The places of its blocks in the picture.
    pub fn grid(&self) -> &BlockGrid {
        self.payload.grid()
    }

    /// Adds the agreement of the outline with the edges of the original, if its blocks are pixels.
    pub fn compare(&mut self, edges: &Edges) {
        if self.pixels().is_none() {
            return;
        }
        let Equality { agreement, outline, .. } = &*self.equality;
        self.leakage = self.leakage.with_agreement(*agreement.get_or_init(|| Agreement::of(outline, edges)));
    }

    /// Adds the agreement of the sizes of slices with the detail of the original, if it is no ciphertext of pixels. `None` if the original is
    /// not known.
    pub fn compare_slices(&mut self, detail: Option<&Detail>) {
        let Self { payload, equality, .. } = self;
        if payload.pixels().is_some() || payload.put_back().is_some() {
            return;
        }
        let footprint = || {
            let slices: Vec<_> = payload.slices().map(|slice| (slice.area, slice.range.len())).collect();
            Footprint::of(&slices, payload.grid().shape(), detail)
        };
        self.leakage = self.leakage.with_footprint(*equality.footprint.get_or_init(footprint));
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
            estimates: &[],
            received: None,
            memory: self.equality.memory,
            tones: &[],
            sizes: None,
            messages: SentMessages { payload: &self.payload, bytes: &self.bytes },
            messages_before: self
                .messages_before
                .as_ref()
                .map(|(payload, bytes)| SentMessages { payload, bytes }),
            remembered: &self.remembered,
        }
    }
}
