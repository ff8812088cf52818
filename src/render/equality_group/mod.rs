//! Schemes with identical block equality share one census.
//!
//! ECB replaces equal blocks by equal blocks ([`Scheme::is_codebook`]). So the original and every ECB ciphertext of it
//! have equal blocks at the same places, within a frame and from one frame to the next. Every other scheme is a group
//! of its own. So is each target: a frame's pixels and its packets have nothing in common.
//!
//! | file | what it does |
//! |---|---|
//! | `mod` | puts schemes into groups, and encrypts the frames of a group |
//! | `counting` | counts the blocks of a group, from frame to frame |
//! | `analysis` | the results for one frame under one scheme |

mod analysis;
mod counting;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use super::ciphertext_history::{CiphertextHistory, CiphertextKey};
use super::moment::Moment;
use super::{Numbers, Parts};
use crate::crypto::{EncryptError, KeyError, Scheme};
use crate::payload::Payload;
use crate::picture::PixelGrid;
use crate::runtime::pool::Pool;
use crate::scene::Scene;

pub use analysis::CiphertextAnalysis;
use counting::GroupState;

/// A frame of at least this number of bytes is large; a frame of 2160p is not. The buffers of the census of a large frame are
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

impl EqualityGroup {
    /// The groups of all schemes of a scene; the group with the original comes first if the scene shows it.
    ///
    /// # Errors
    /// [`KeyError`] if the key material is shorter than a scheme needs, or does not suit it.
    pub fn all(scene: &Scene) -> Result<Vec<Self>, KeyError> {
        let mut groups: Vec<Self> = Vec::new();
        for &panel in &scene.panels {
            let key = CiphertextKey::of(scene, panel);
            if groups.iter().any(|group| group.has(key)) {
                continue;
            }
            let history = CiphertextHistory::new(scene, key)?;
            match groups.iter_mut().find(|group| group.has_equality_of(key)) {
                Some(group) => group.histories.push(history),
                None => groups.push(Self { histories: vec![history], state: GroupState::new(scene.memory) }),
            }
        }
        for group in &mut groups {
            let is_needed = scene.panels.iter().any(|&panel| {
                panel.lens().is_some_and(|lens| lens.needs_change_age(scene.memory))
                    && group.has(CiphertextKey::of(scene, panel))
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

    /// True if a ciphertext has the same block equality as those of this group.
    fn has_equality_of(&self, key: CiphertextKey) -> bool {
        let equals_original = |key: CiphertextKey| key.scheme.is_none_or(Scheme::is_codebook);
        let is_equal = |own: &CiphertextHistory| own.key().of == key.of && equals_original(own.key());
        equals_original(key) && self.histories.iter().all(is_equal)
    }

    /// What this group encrypts of a frame; `None` if it was not read.
    pub fn payload_in<'a>(&self, moment: &'a Moment) -> Option<&'a Arc<Payload>> {
        let CiphertextKey { of, scheme } = self.histories.first()?.key();
        moment.payload_of(of, scheme)
    }

    fn has(&self, key: CiphertextKey) -> bool {
        self.histories.iter().any(|history| history.key() == key)
    }

    /// Analyzes the last frame of `recent`: encrypts the frames that are not encrypted yet, counts, and compares with
    /// the frame before. Returns one analysis for each ciphertext, or none if there is no frame, or its messages were not
    /// read.
    ///
    /// The analysis is an [`EncryptError`] if the scheme cannot encrypt the frame.
    pub fn analyze(
        &mut self,
        recent: &VecDeque<Moment>,
        parts: Parts,
        pool: &Pool,
    ) -> Vec<(CiphertextKey, Result<CiphertextAnalysis, EncryptError>)> {
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
            let Some(read) = moment.payload_of(first.key().of, first.scheme()) else { return Vec::new() };
            let (frame, payload) = (moment.frame(), &*newest.insert(Arc::clone(read)));
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
            Some((history.key(), analysis))
        };
        histories.par_iter().filter_map(analyze).collect()
    }
}
