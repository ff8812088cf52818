//! Electronic codebook (SP 800-38A, 6.1): every block is encrypted by itself, so that equal blocks stay equal.
//!
//! PKCS#7 padding. `+key-per-frame` derives a key for each message i: the leading bytes of
//! `AES_K(i ‖ 0) ‖ AES_K(i ‖ 1)`, all numbers as 8 bytes big-endian.

use aes::cipher::array::Array;
use aes::cipher::block_padding::{NoPadding, Pkcs7};
use aes::cipher::common::InnerInit;
use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt};
use aes::{Aes128, Aes192, Aes256, Block};
use rayon::prelude::*;

use super::block_cipher::{Aes, keyed};
use super::stages::Stage;
use super::{DecryptError, EncryptError, Habit, MessageCipher, Mode, Parameters};
use crate::picture::layout::BLOCK_BYTES;
use crate::runtime::pool::Buffer;
use crate::units::MessageNumber;

pub(super) const MODE: Mode = Mode {
    title: "ECB",
    schemes: &[("aes-128-ecb", 16), ("aes-192-ecb", 24), ("aes-256-ecb", 32)],
    keys: 1,
    habit: Habit::KeyPerFrame,
    codebook: true,
    about: "every block by itself: equal blocks stay equal",
    about_habit: "a key of its own for every frame: equal blocks stay equal within a frame",
    cipher: |key, key_per_frame| match key.len() {
        16 => Ecb::<Aes128>::boxed(key, key_per_frame),
        24 => Ecb::<Aes192>::boxed(key, key_per_frame),
        _ => Ecb::<Aes256>::boxed(key, key_per_frame),
    },
    stages: |block| match &block.parameters.frame_key {
        Some(key) => {
            let own = format!("{} with a key for this frame, {}…", block.cipher, hex::encode(&key[..4]));
            vec![block.start(), Stage::Through(own), block.end()]
        }
        None => vec![block.start(), block.through(), block.end()],
    },
};

/// The bytes that one task encrypts, since blocks are independent: large enough to outweigh the setup of a task, small
/// enough for the second-level cache.
const BYTES_PER_TASK: usize = 1 << 16;

struct Ecb<C> {
    cipher: C,
    key_bytes: usize,
    key_per_frame: bool,
}

impl<C: Aes> Ecb<C> {
    fn boxed(key: &[u8], key_per_frame: bool) -> Box<dyn MessageCipher> {
        Box::new(Self { cipher: keyed::<C>(key), key_bytes: key.len(), key_per_frame })
    }

    /// The cipher for a message, and its key if it is not the scheme's own.
    fn for_message(&self, message: MessageNumber) -> (C, Option<Vec<u8>>) {
        if !self.key_per_frame {
            return (self.cipher.clone(), None);
        }
        let mut key = [Block::default(); 2];
        for (half, block) in (0u64..).zip(&mut key) {
            block[..8].copy_from_slice(&message.0.to_be_bytes());
            block[8..].copy_from_slice(&half.to_be_bytes());
        }
        self.cipher.encrypt_blocks(&mut key);
        let key = Array::slice_as_flattened(&key)[..self.key_bytes].to_vec();
        (keyed(&key), Some(key))
    }
}

impl<C: Aes> MessageCipher for Ecb<C> {
    fn encrypt(
        &self,
        message: MessageNumber,
        plaintext: &[u8],
        ciphertext: &mut Buffer,
    ) -> Result<Parameters, EncryptError> {
        self.in_pieces(message, plaintext, ciphertext, &|_, _| {})
    }

    fn in_pieces(
        &self,
        message: MessageNumber,
        plaintext: &[u8],
        ciphertext: &mut Buffer,
        each: &(dyn Fn(usize, &[u8]) + Sync),
    ) -> Result<Parameters, EncryptError> {
        let (cipher, frame_key) = self.for_message(message);
        ciphertext.vec_mut().resize((plaintext.len() / BLOCK_BYTES + 1) * BLOCK_BYTES, 0);
        let (tasks, last) = plaintext.split_at(plaintext.len() / BYTES_PER_TASK * BYTES_PER_TASK);
        let (to_tasks, to_last) = ciphertext.split_at_mut(tasks.len());
        let all = tasks.par_chunks(BYTES_PER_TASK).zip(to_tasks.par_chunks_mut(BYTES_PER_TASK));
        all.enumerate().for_each(|(task, (from, to))| {
            ::ecb::Encryptor::inner_init(cipher.clone())
                .encrypt_padded_b2b::<NoPadding>(from, to)
                .expect("a task is whole blocks");
            each(task * BYTES_PER_TASK, to);
        });
        ::ecb::Encryptor::inner_init(cipher)
            .encrypt_padded_b2b::<Pkcs7>(last, to_last)
            .expect("the buffer has room for the padding");
        each(tasks.len(), to_last);
        Ok(Parameters { frame_key, ..Parameters::default() })
    }

    fn decrypt_unpadded(
        &self,
        message: MessageNumber,
        ciphertext: &[u8],
        _: Option<&[u8]>,
    ) -> Result<Vec<u8>, DecryptError> {
        let (cipher, _) = self.for_message(message);
        ::ecb::Decryptor::inner_init(cipher)
            .decrypt_padded_vec::<NoPadding>(ciphertext)
            .map_err(|_| DecryptError::Length(ciphertext.len()))
    }

    fn pads(&self) -> bool {
        true
    }

    fn decrypt(
        &self,
        message: MessageNumber,
        ciphertext: &[u8],
        _: Option<&[u8]>,
    ) -> Result<Vec<u8>, DecryptError> {
        if ciphertext.is_empty() || !ciphertext.len().is_multiple_of(BLOCK_BYTES) {
            return Err(DecryptError::Length(ciphertext.len()));
        }
        let (cipher, _) = self.for_message(message);
        ::ecb::Decryptor::inner_init(cipher)
            .decrypt_padded_vec::<Pkcs7>(ciphertext)
            .map_err(|_| DecryptError::Padding)
    }
}
