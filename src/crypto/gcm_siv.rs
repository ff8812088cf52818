//! GCM-SIV (RFC 8452): counter mode whose counter is a tag of the whole message, so that it withstands reused nonces.
//!
//! Nonces are as in [`aead`]. A reused nonce reveals which messages are equal, and nothing else.

use aes_gcm_siv::{Aes128GcmSiv, Aes256GcmSiv};

use super::stages::{Stage, bytes};
use super::{Habit, Mode, aead};

pub(super) const MODE: Mode = Mode {
    title: "GCM-SIV",
    schemes: &[("aes-128-gcm-siv", 16), ("aes-256-gcm-siv", 32)],
    keys: 1,
    habit: Habit::ReusedNonce,
    codebook: false,
    about: "the tag of the whole message chooses the keystream: a reused nonce tells equal frames, no more",
    about_habit: "the same nonce for every frame: equal frames are equal, and nothing else shows",
    cipher: |key, reused_nonce| match key.len() {
        16 => aead::boxed::<Aes128GcmSiv>(key, reused_nonce),
        _ => aead::boxed::<Aes256GcmSiv>(key, reused_nonce),
    },
    // RFC 8452, 4: counters from the tag, little-endian.
    stages: |block| {
        let mut counter = block.parameters.tag.clone().unwrap_or_default();
        if let Some(last) = counter.last_mut() {
            *last |= 0x80;
        }
        if let Some(low) = counter.first_chunk_mut::<4>() {
            *low = u32::from_le_bytes(*low).wrapping_add(block.number()).to_le_bytes();
        }
        let mut stages = block.stream(bytes("counter from the tag", &counter));
        stages[1] = Stage::Through(format!("{} with a key made from key and nonce", block.cipher));
        stages
    },
};
