//! A second implementation of GCM-SIV from the text of RFC 8452, with OpenSSL's block cipher and POLYVAL bit by bit.

use super::openssl::aes_blocks;
use super::xor;

/// Ciphertext and tag of a message without associated data.
pub fn encrypt(key: &[u8], nonce: &[u8], plaintext: &[u8]) -> (Vec<u8>, Vec<u8>) {
    // Section 4: the keys of a message are the first halves of AES_K(0 ‖ nonce), AES_K(1 ‖ nonce) …
    let halves = 2 + key.len() / 8;
    let counters: Vec<u8> =
        (0..).take(halves).flat_map(|i: u32| [&i.to_le_bytes(), nonce].concat()).collect();
    let keys: Vec<u8> = aes_blocks(key, &counters).chunks(16).flat_map(|block| block[..8].to_vec()).collect();
    let (authentication_key, encryption_key) = keys.split_at(16);

    let mut hashed: Vec<u8> = plaintext.chunks(16).flat_map(padded).collect();
    hashed.extend(padded(&[0; 8]).into_iter().take(8));
    hashed.extend((plaintext.len() as u64 * 8).to_le_bytes());
    let mut block = polyval(padded(authentication_key), &hashed).to_le_bytes();
    for (byte, nonce) in block.iter_mut().zip(nonce) {
        *byte ^= nonce;
    }
    block[15] &= 0x7f;
    let tag = aes_blocks(encryption_key, &block);

    // The counter block is the tag with its last bit set. The first 32 bits are the counter, little-endian.
    let (start, rest) = tag.split_at(4);
    let start = u32::from_le_bytes(start.try_into().expect("4 bytes"));
    let counters = (0..).take(plaintext.len().div_ceil(16)).flat_map(|i| {
        let mut counter = [&start.wrapping_add(i).to_le_bytes(), rest].concat();
        counter[15] |= 0x80;
        counter
    });
    let keystream = aes_blocks(encryption_key, &counters.collect::<Vec<_>>());
    (xor(plaintext, &keystream), tag)
}

/// A block padded with zeros.
fn padded(bytes: &[u8]) -> [u8; 16] {
    let mut block = [0; 16];
    block[..bytes.len()].copy_from_slice(bytes);
    block
}

/// Section 3: `S_j = dot(S_{j−1} + X_j, H)` over the blocks `X_j`, where `dot(a, b) = a · b · x^−128`.
fn polyval(key: [u8; 16], blocks: &[u8]) -> u128 {
    let key = u128::from_le_bytes(key);
    blocks.chunks(16).fold(0, |sum, block| {
        let factor = sum ^ u128::from_le_bytes(padded(block));
        // Horner's method: every step divides by x, 128 times for the first bit and once for the last.
        (0..128).fold(0, |sum, bit| divided_by_x(sum ^ if factor >> bit & 1 == 1 { key } else { 0 }))
    })
}

/// Divides by x modulo x^128 + x^127 + x^126 + x^121 + 1; bit i stands for x^i.
fn divided_by_x(element: u128) -> u128 {
    if element & 1 == 0 {
        element >> 1
    } else {
        // Adding the modulus makes the element divisible. Its term x^128 does not fit and becomes the top bit after the shift.
        ((element ^ (1 << 127 | 1 << 126 | 1 << 121 | 1)) >> 1) | 1 << 127
    }
}

/// RFC 8452, appendix A: the example of POLYVAL.
#[test]
fn polyval_gives_the_answer_of_rfc_8452() {
    let block = |hex_digits| super::bytes_of(hex_digits);
    let key = padded(&block("25629347589242761d31f826ba4b757b"));
    let hashed = block("4f4f95668c83dfb6401762bb2d01a262 d1a24ddd2721d006bbe45f20d3c9f362");
    assert_eq!(polyval(key, &hashed).to_le_bytes().to_vec(), block("f7a3b47b846119fae5b7866cf5e5b77e"));
}
