//! Every scheme against published vectors, and every byte of it against OpenSSL.
//!
//! ```text
//! vectors, aead_vectors   the answers of the standards
//! wycheproof              the cases that others got wrong
//! openssl                 every scheme, byte for byte
//! gcm_siv                 RFC 8452 a second time, where OpenSSL has none
//! refusals                what must not pass
//! survival                what leaks and what does not
//! codebook                what follows from frames that are known
//! tampering               what a receiver sees of a message that was changed
//! ```
//!
//! The nonces, counters and keys of a frame are derived here a second time, from the words of the
//! documentation and with OpenSSL's block cipher, so that a slip in the program cannot hide in its test.

mod aead_vectors;
mod codebook;
mod gcm_siv;
mod openssl;
mod refusals;
mod survival;
mod tampering;
mod vectors;
mod wycheproof;

use afterimage::crypto::{KeyMaterial, MessageCipher, Parameters, Scheme};
use afterimage::runtime::pool::Buffer;
use afterimage::units::MessageNumber;

/// Frames at which a counter that is cut, swapped or off by one would show.
const FRAMES: [u64; 5] = [0, 1, 7, (1 << 32) + 5, u64::MAX];

fn bytes_of(hex_digits: &str) -> Vec<u8> {
    hex::decode(hex_digits.split_whitespace().collect::<String>()).expect("hex digits")
}

fn cipher_of(scheme: &str, key: &KeyMaterial) -> Box<dyn MessageCipher> {
    scheme.parse::<Scheme>().expect("a scheme").cipher(key).expect("a key that is long enough")
}

fn encrypted(cipher: &dyn MessageCipher, frame: u64, plaintext: &[u8]) -> (Vec<u8>, Parameters) {
    // What the buffer held before must not matter.
    let mut ciphertext = Buffer::from(vec![0xa5; 40]);
    let parameters = cipher
        .encrypt(MessageNumber(frame), plaintext, &mut ciphertext)
        .expect("a frame that is long enough");
    (ciphertext.to_vec(), parameters)
}

/// Bytes without a pattern, the same every time (xorshift64*, Vigna 2016).
fn noise(len: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let words = std::iter::repeat_with(|| {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        state.wrapping_mul(0x2545_f491_4f6c_dd1d).to_le_bytes()
    });
    words.flatten().take(len).collect()
}

fn xor(one: &[u8], other: &[u8]) -> Vec<u8> {
    one.iter().zip(other).map(|(a, b)| a ^ b).collect()
}

/// The schemes of the modes named, each with and without its habit.
fn schemes_of(modes: &[&str]) -> impl Iterator<Item = Scheme> {
    Scheme::all().filter(|scheme| modes.iter().any(|mode| scheme.base_name().ends_with(mode)))
}
