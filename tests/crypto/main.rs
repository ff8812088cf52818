//! Every scheme against published test vectors, and every byte of it against OpenSSL.
//!
//! ```text
//! vectors, aead_vectors   the test vectors of the standards
//! wycheproof              the cases that other implementations got wrong
//! openssl                 every scheme, byte for byte
//! gcm_siv                 a second implementation of RFC 8452, which OpenSSL lacks before version 3.2
//! refusals                messages and keys that must be refused
//! survival                what leaks and what does not
//! codebook                what known frames reveal of others
//! tampering               what a receiver gets of a changed message
//! ```
//!
//! The nonces, counters and keys of a frame are derived here a second time, from the documentation and with OpenSSL's block
//! cipher, so that a test does not repeat a mistake of the program.

mod aead_vectors;
mod codebook;
mod gcm_siv;
mod openssl;
#[path = "../common/random.rs"]
mod random;
mod refusals;
mod survival;
mod tampering;
mod vectors;
mod wycheproof;

use afterimage::crypto::{KeyMaterial, MessageCipher, Parameters, Scheme};
use afterimage::runtime::pool::Buffer;
use afterimage::units::MessageNumber;

use random::noise;

/// Frames that show whether a counter is truncated, has the wrong byte order or is off by one.
const FRAMES: [u64; 5] = [0, 1, 7, (1 << 32) + 5, u64::MAX];

fn bytes_of(hex_digits: &str) -> Vec<u8> {
    hex::decode(hex_digits.split_whitespace().collect::<String>()).expect("hex digits")
}

fn cipher_of(scheme: &str, key: &KeyMaterial) -> Box<dyn MessageCipher> {
    scheme.parse::<Scheme>().expect("a scheme").cipher(key).expect("a key that is long enough")
}

fn encrypted(cipher: &dyn MessageCipher, frame: u64, plaintext: &[u8]) -> (Vec<u8>, Parameters) {
    // The old contents of the buffer must not matter.
    let mut ciphertext = Buffer::from(vec![0xa5; 40]);
    let parameters = cipher
        .encrypt(MessageNumber(frame), plaintext, &mut ciphertext)
        .expect("a frame that is long enough");
    (ciphertext.to_vec(), parameters)
}

fn xor(one: &[u8], other: &[u8]) -> Vec<u8> {
    one.iter().zip(other).map(|(a, b)| a ^ b).collect()
}

/// The schemes of these modes, each with and without its misuse.
fn schemes_of(modes: &[&str]) -> impl Iterator<Item = Scheme> {
    Scheme::all().filter(|scheme| modes.iter().any(|mode| scheme.base_name().ends_with(mode)))
}
