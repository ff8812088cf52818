//! GCM-SIV (RFC 8452): counter mode from a tag of the whole message, so that it withstands reused nonces.
//!
//! Nonces are those of [`aead`]. Reused, they give away which frames are equal, and nothing else.

use aes_gcm_siv::{Aes128GcmSiv, Aes256GcmSiv};

use super::{Habit, Mode, ModeKind, aead};

pub(super) const MODE: Mode = Mode {
    kind: ModeKind::GcmSiv,
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
};
