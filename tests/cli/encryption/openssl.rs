//! OpenSSL with the leading bytes of the demonstration key.

use ::openssl::symm::{Cipher, Crypter, Mode};

/// The leading 16 bytes of the demonstration key.
pub const KEY: [u8; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

/// The ciphertext of whole blocks, or of any bytes in a mode that is a stream cipher.
pub fn openssl_unpadded(cipher: Cipher, iv: Option<&[u8]>, plaintext: &[u8]) -> Vec<u8> {
    encrypt(cipher, iv, plaintext, false)
}

/// The ciphertext of bytes with the padding of the mode.
pub fn openssl(cipher: Cipher, iv: Option<&[u8]>, plaintext: &[u8]) -> Vec<u8> {
    encrypt(cipher, iv, plaintext, true)
}

fn encrypt(cipher: Cipher, iv: Option<&[u8]>, plaintext: &[u8], pads: bool) -> Vec<u8> {
    let mut crypter = Crypter::new(cipher, Mode::Encrypt, &KEY, iv).expect("a cipher");
    crypter.pad(pads);
    let mut out = vec![0; plaintext.len() + 32];
    let done = crypter.update(plaintext, &mut out).expect("room");
    let all = done + crypter.finalize(&mut out[done..]).expect("whole blocks");
    out.truncate(all);
    out
}
