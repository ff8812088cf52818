//! Galois/counter mode (SP 800-38D): counter mode that also authenticates.
//!
//! Nonces are those of [`aead`]. Reused, they give away the difference of two frames, and with it the key of
//! the tag: whoever has two such frames can forge others.

use aes::cipher::consts::U12;
use aes::{Aes128, Aes192, Aes256};
use aes_gcm::AesGcm;

use super::{Habit, Mode, aead};

pub(super) const MODE: Mode = Mode {
    schemes: &[("aes-128-gcm", 16), ("aes-192-gcm", 24), ("aes-256-gcm", 32)],
    keys: 1,
    habit: Habit::ReusedNonce,
    codebook: false,
    about: "counter mode with a tag: hides every pattern and refuses what was tampered with",
    about_habit: "the same keystream for every frame: their XOR is that of the originals, and tags can be forged",
    cipher: |key, reused_nonce| match key.len() {
        16 => aead::boxed::<AesGcm<Aes128, U12>>(key, reused_nonce),
        24 => aead::boxed::<AesGcm<Aes192, U12>>(key, reused_nonce),
        _ => aead::boxed::<AesGcm<Aes256, U12>>(key, reused_nonce),
    },
};
