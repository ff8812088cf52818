//! The keystream of counter modes (SP 800-38A, 6.5), XORed with a message. Counter blocks are encrypted in batches,
//! and pieces of the message on all cores.

use aes::Block;
use aes::cipher::array::Array;
use rayon::prelude::*;

use super::block_cipher::Aes;
use crate::picture::layout::BLOCK_BYTES;

/// The bytes that one task encrypts: small enough for the second-level cache.
const PIECE_BYTES: usize = 1 << 16;

/// The counter blocks that one call encrypts: few enough for the first-level cache.
const BATCH_BLOCKS: usize = 128;

/// The first counter block of a message, and the part of it that is incremented.
#[derive(Clone, Copy)]
pub(super) enum Counter {
    /// The whole block, as one number of 128 bits.
    Whole(u128),
    /// The last 32 bits, after 96 constant bits.
    Last32([u8; 12], u32),
}

impl Counter {
    /// The counter block for the block of the message with this number.
    #[inline]
    fn block(self, number: u64) -> Block {
        match self {
            Self::Whole(first) => first.wrapping_add(number.into()).to_be_bytes().into(),
            #[expect(clippy::cast_possible_truncation, reason = "it counts modulo 2^32 (SP 800-38D, 6.2)")]
            Self::Last32(fixed, first) => {
                let mut block = Block::default();
                block[..fixed.len()].copy_from_slice(&fixed);
                block[fixed.len()..].copy_from_slice(&first.wrapping_add(number as u32).to_be_bytes());
                block
            }
        }
    }
}

/// Writes the XOR of `from` and the keystream to `to`, which has the same length. Calls `each` for every finished
/// piece of `to`, with its offset in bytes, a multiple of 16, and its bytes; in any order, from any thread.
pub(super) fn apply<C: Aes>(
    cipher: &C,
    counter: Counter,
    from: &[u8],
    to: &mut [u8],
    each: &(dyn Fn(usize, &[u8]) + Sync),
) {
    let pieces = from.par_chunks(PIECE_BYTES).zip(to.par_chunks_mut(PIECE_BYTES)).enumerate();
    pieces.for_each(|(piece, (from, to))| {
        apply_to_piece(cipher, counter, piece * PIECE_BYTES / BLOCK_BYTES, from, to);
        each(piece * PIECE_BYTES, to);
    });
}

/// Encrypts one piece, whose first block has the number `first` in the message.
fn apply_to_piece<C: Aes>(cipher: &C, counter: Counter, first: usize, from: &[u8], to: &mut [u8]) {
    let mut blocks = [Block::default(); BATCH_BLOCKS];
    let batches = from.chunks(BATCH_BLOCKS * BLOCK_BYTES).zip(to.chunks_mut(BATCH_BLOCKS * BLOCK_BYTES));
    for ((from, to), first) in batches.zip((first as u64..).step_by(BATCH_BLOCKS)) {
        let blocks = &mut blocks[..from.len().div_ceil(BLOCK_BYTES)];
        for (block, number) in blocks.iter_mut().zip(first..) {
            *block = counter.block(number);
        }
        cipher.encrypt_blocks(blocks);
        for ((to, from), key) in to.iter_mut().zip(from).zip(Array::slice_as_flattened(blocks)) {
            *to = from ^ key;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use aes::cipher::BlockCipherEncrypt;
    use aes::{Aes128, Aes192, Aes256};

    use super::*;
    use crate::crypto::block_cipher::keyed;

    /// SP 800-38A, F.5.1, F.5.3, F.5.5: CTR-AES128, -AES192, -AES256. The counter ends in feff: the second block
    /// carries.
    #[test]
    fn messages_are_encrypted_as_in_the_examples_of_the_standard() {
        let plaintext = "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51\
                         30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710";
        let keys = [
            "2b7e151628aed2a6abf7158809cf4f3c",
            "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
            "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
        ];
        let answers = [
            "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff\
             5ae4df3edbd5d35e5b4f09020db03eab1e031dda2fbe03d1792170a0f3009cee",
            "1abc932417521ca24f2b0459fe7e6e0b090339ec0aa6faefd5ccc2c6f4ce8e94\
             1e36b26bd1ebc670d1bd1d665620abf74f78a7f6d29809585a97daec58c6b050",
            "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5\
             2b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6",
        ];
        let counter = Counter::Whole(0xf0f1_f2f3_f4f5_f6f7_f8f9_fafb_fcfd_feff);
        let plaintext = hex::decode(plaintext).expect("hex");
        for (key, answer) in keys.into_iter().zip(answers) {
            let key = hex::decode(key).expect("hex");
            let mut bytes = vec![0; plaintext.len()];
            match key.len() {
                16 => apply(&keyed::<Aes128>(&key), counter, &plaintext, &mut bytes, &|_, _| {}),
                24 => apply(&keyed::<Aes192>(&key), counter, &plaintext, &mut bytes, &|_, _| {}),
                _ => apply(&keyed::<Aes256>(&key), counter, &plaintext, &mut bytes, &|_, _| {}),
            }
            assert_eq!(hex::encode(bytes), answer);
        }
    }

    #[test]
    fn every_block_is_its_own_counter_encrypted_across_batches_and_pieces() {
        let cipher = keyed::<Aes128>(b"sixteen bytes ok");
        let fixed = *b"twelve bytes";
        let bytes = PIECE_BYTES + 3 * BATCH_BLOCKS * BLOCK_BYTES + 5;
        for counter in [Counter::Whole(u128::MAX - 2), Counter::Last32(fixed, u32::MAX - 2)] {
            let mut stream = vec![0; bytes];
            let seen = Mutex::new(vec![0u8; bytes]);
            apply(&cipher, counter, &vec![0; bytes], &mut stream, &|start, piece| {
                assert!(start.is_multiple_of(BLOCK_BYTES));
                seen.lock().expect("no thread panicked")[start..][..piece.len()].copy_from_slice(piece);
            });
            assert!(
                seen.into_inner().expect("no thread panicked") == stream,
                "`each` is called for every piece"
            );
            for (number, block) in (0u32..).zip(stream.chunks(BLOCK_BYTES)) {
                let mut expected = match counter {
                    Counter::Whole(first) => first.wrapping_add(number.into()).to_be_bytes(),
                    Counter::Last32(fixed, first) => {
                        let number = first.wrapping_add(number).to_be_bytes();
                        [&fixed[..], &number].concat().try_into().expect("16 bytes")
                    }
                }
                .into();
                cipher.encrypt_block(&mut expected);
                assert_eq!(block, &expected[..block.len()], "block {number}");
            }
        }
    }
}
