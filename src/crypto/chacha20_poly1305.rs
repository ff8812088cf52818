//! ChaCha20-Poly1305 (RFC 8439): a stream cipher with authentication, the one cipher here without AES.
//!
//! Nonces are as in [`aead`]. As in the RFC, the keystream of a message starts with its block 1 of 64 bytes.

use chacha20poly1305::ChaCha20Poly1305;

use super::stages::bytes;
use super::{Habit, Mode, aead};

pub(super) const MODE: Mode = Mode {
    title: "ChaCha20-Poly1305",
    schemes: &[("chacha20-poly1305", 32)],
    keys: 1,
    habit: Habit::ReusedNonce,
    codebook: false,
    about: "a stream cipher with a tag: hides every pattern and rejects what was tampered with",
    about_habit: "the same keystream for every frame: their XOR is that of the originals",
    cipher: aead::boxed::<ChaCha20Poly1305>,
    // RFC 8439, 2.8: blocks of 64 bytes; block 0 makes the key of the tag.
    stages: |block| {
        let mut counter = (block.number() / 4 + 1).to_le_bytes().to_vec();
        counter.extend(block.parameters.nonce.iter().flatten());
        block.stream(bytes("counter and nonce", &counter))
    },
};
