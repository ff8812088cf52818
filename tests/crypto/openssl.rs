//! Every scheme against OpenSSL, byte for byte, and decrypted.

use ::openssl::symm::{Cipher, Crypter, Mode, encrypt, encrypt_aead};
use afterimage::crypto::EncryptError;
use afterimage::picture::Shape;
use afterimage::picture::layout::{BLOCK_BYTES, Layout};

use super::*;

/// Ciphertext, tag and parameters of a frame, derived only from the documentation and with OpenSSL.
fn by_openssl(scheme: &str, material: &[u8], frame: u64, plaintext: &[u8]) -> (Vec<u8>, Parameters) {
    let (base, habit) = scheme.split_once('+').map_or((scheme, None), |(base, habit)| (base, Some(habit)));
    let (bits, mode) = match base.splitn(3, '-').collect::<Vec<_>>()[..] {
        ["aes", bits, mode] => (bits.parse::<usize>().expect("a key size"), mode),
        _ => (256, base),
    };
    let key = &material[..bits / 8];
    let ecb = cipher(bits, "ecb");
    // Every misuse except that of ECB uses the number 0 for every frame.
    let number = if habit.is_some() { 0 } else { frame };
    let empty = Parameters::default();
    match (mode, habit) {
        ("ecb", None) => (encrypt(ecb, key, None, plaintext).expect("ECB"), empty),
        ("ecb", Some("key-per-frame")) => {
            // The leading bytes of AES_K(i ‖ 0) ‖ AES_K(i ‖ 1), both numbers as 8 bytes big-endian.
            let numbers = [frame.to_be_bytes(), 0u64.to_be_bytes(), frame.to_be_bytes(), 1u64.to_be_bytes()];
            let frame_key = aes_blocks(key, &numbers.concat())[..key.len()].to_vec();
            let ciphertext = encrypt(ecb, &frame_key, None, plaintext).expect("ECB");
            (ciphertext, Parameters { frame_key: Some(frame_key), ..empty })
        }
        ("cbc" | "cfb" | "ofb", None | Some("fixed-iv")) => {
            // IV = AES_K(i), i as 16 bytes big-endian.
            let iv = aes_blocks(key, &[[0; 8], number.to_be_bytes()].concat());
            let ciphertext = encrypt(cipher(bits, mode), key, Some(&iv), plaintext).expect("a chained mode");
            (ciphertext, Parameters { iv: Some(iv), ..empty })
        }
        ("ctr", None | Some("reused-nonce")) => {
            // The counter block: i as 8 bytes big-endian ‖ 0 as 8 bytes.
            let counter = [number.to_be_bytes(), [0; 8]].concat();
            let ciphertext = encrypt(cipher(bits, mode), key, Some(&counter), plaintext).expect("CTR");
            (ciphertext, Parameters { counter_block: Some(counter), ..empty })
        }
        ("gcm" | "gcm-siv" | "chacha20-poly1305", None | Some("reused-nonce")) => {
            // The nonce: 0 as 4 bytes ‖ i as 8 bytes big-endian.
            let nonce = [&[0; 4][..], &number.to_be_bytes()].concat();
            let (ciphertext, tag) = if mode == "gcm-siv" {
                // OpenSSL has GCM-SIV only from version 3.2 on.
                gcm_siv::encrypt(key, &nonce, plaintext)
            } else {
                let mut tag = vec![0; 16];
                let cipher = cipher(bits, mode);
                let sealed = encrypt_aead(cipher, key, Some(&nonce), &[], plaintext, &mut tag);
                (sealed.expect("an AEAD"), tag)
            };
            (ciphertext, Parameters { nonce: Some(nonce), tag: Some(tag), ..empty })
        }
        ("xts", None | Some("fixed-tweak")) => {
            // u units of 4096 bytes, the tweak i × u + unit number, as 16 bytes little-endian. The last unit
            // may be shorter; a rest under 16 bytes joins the one before.
            let mut units: Vec<_> = plaintext.chunks(4096).map(<[u8]>::to_vec).collect();
            if let Some(rest) = units.pop_if(|last| last.len() < 16) {
                units.last_mut().expect("a frame of 16 bytes or more").extend(rest);
            }
            let first = u128::from(number) * units.len() as u128;
            let ciphertext = (first..).zip(&units).flat_map(|(tweak, unit)| {
                let keys = &material[..bits / 4];
                encrypt(cipher(bits, mode), keys, Some(&tweak.to_le_bytes()), unit).expect("XTS")
            });
            (ciphertext.collect(), Parameters { tweak: Some(first.to_le_bytes().to_vec()), ..empty })
        }
        _ => panic!("add {scheme} as OpenSSL computes it"),
    }
}

/// The OpenSSL cipher of a mode.
pub fn cipher(bits: usize, mode: &str) -> Cipher {
    let [of_128, of_192, of_256]: [fn() -> Cipher; 3] = match mode {
        "ecb" => [Cipher::aes_128_ecb, Cipher::aes_192_ecb, Cipher::aes_256_ecb],
        "cbc" => [Cipher::aes_128_cbc, Cipher::aes_192_cbc, Cipher::aes_256_cbc],
        "cfb" => [Cipher::aes_128_cfb128, Cipher::aes_192_cfb128, Cipher::aes_256_cfb128],
        "ofb" => [Cipher::aes_128_ofb, Cipher::aes_192_ofb, Cipher::aes_256_ofb],
        "ctr" => [Cipher::aes_128_ctr, Cipher::aes_192_ctr, Cipher::aes_256_ctr],
        "gcm" => [Cipher::aes_128_gcm, Cipher::aes_192_gcm, Cipher::aes_256_gcm],
        "xts" => [Cipher::aes_128_xts, || panic!("there is no aes-192-xts"), Cipher::aes_256_xts],
        "chacha20-poly1305" => [Cipher::chacha20_poly1305; 3],
        _ => panic!("add the OpenSSL cipher of {mode}"),
    };
    match bits {
        128 => of_128(),
        192 => of_192(),
        _ => of_256(),
    }
}

/// The block cipher without a mode.
pub fn aes_blocks(key: &[u8], blocks: &[u8]) -> Vec<u8> {
    let mut crypter = Crypter::new(cipher(key.len() * 8, "ecb"), Mode::Encrypt, key, None).expect("a key");
    crypter.pad(false);
    let mut out = vec![0; blocks.len() + BLOCK_BYTES];
    let len = crypter.update(blocks, &mut out).expect("whole blocks");
    out.truncate(len);
    out
}

/// Lengths around those of a block, a batch of blocks and a data unit, and frames of an odd shape in every layout.
fn lengths() -> Vec<usize> {
    let frames = Layout::ALL.map(|layout| layout.frame_bytes(Shape::new(63, 35)));
    let edges = [0, 1, 15, 16, 17, 31, 4096, 4096 + 3, 4096 + 15, 4096 + 16, 8192 + 20];
    edges.into_iter().chain(frames).collect()
}

#[test]
fn every_scheme_gives_the_bytes_of_openssl_and_is_decrypted() {
    // The demonstration key, and one that begins with zeros and whose halves differ.
    let other: Vec<u8> = (0..64u8).map(|i| i.wrapping_mul(i) ^ (i >> 3)).collect();
    for key in [KeyMaterial::default(), hex::encode(other).parse().expect("a key")] {
        let material = bytes_of(&key.to_hex());
        for scheme in Scheme::all() {
            let cipher = scheme.cipher(&key).expect("64 bytes suffice for every scheme");
            for len in lengths() {
                let plaintext = noise(len);
                if len < BLOCK_BYTES && scheme.base_name().ends_with("xts") {
                    let refused = cipher.encrypt(MessageNumber(0), &plaintext, &mut Buffer::default());
                    assert_eq!(refused, Err(EncryptError::TooShort { given: len }), "{scheme}, {len} bytes");
                    continue;
                }
                for frame in FRAMES {
                    let (ciphertext, parameters) = encrypted(&*cipher, frame, &plaintext);
                    let (theirs, expected) = by_openssl(&scheme.to_string(), &material, frame, &plaintext);
                    assert!(ciphertext == theirs, "{scheme}, {len} bytes, frame {frame}");
                    assert_eq!(parameters, expected, "{scheme}, {len} bytes, frame {frame}");
                    let tag = parameters.tag.as_deref();
                    assert_eq!(tag.map_or(0, <[u8]>::len), cipher.tag_bytes(), "{scheme}");
                    let back = cipher.decrypt(MessageNumber(frame), &ciphertext, tag).expect("the plaintext");
                    assert!(back == plaintext, "{scheme}, {len} bytes, frame {frame}");
                }
            }
        }
    }
}

#[test]
fn a_scheme_uses_only_the_leading_bytes_of_the_key() {
    let plaintext = b"frame nine, sixteen bytes or more";
    for scheme in Scheme::all() {
        let key = KeyMaterial::default();
        let leading = scheme.key_hex(&key).expect("64 bytes suffice");
        let short = scheme.cipher(&leading.parse().expect("a key")).expect("its own length suffices");
        let long = scheme.cipher(&key).expect("64 bytes suffice");
        assert_eq!(encrypted(&*short, 9, plaintext), encrypted(&*long, 9, plaintext), "{scheme}");
        let too_short = leading[2..].parse().expect("a key");
        assert!(scheme.cipher(&too_short).is_err(), "{scheme} takes a key that is one byte short");
    }
}

#[test]
fn the_parameters_of_a_frame_are_those_of_its_mode() {
    let names = |scheme: &str| {
        let (_, parameters) = encrypted(&*cipher_of(scheme, &KeyMaterial::default()), 5, &[7; 20]);
        let json = serde_json::to_value(parameters).expect("parameters serialize");
        let names = json.as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
        names.join(" ")
    };
    assert_eq!(names("aes-128-ecb"), "");
    assert_eq!(names("aes-128-ecb+key-per-frame"), "frame_key");
    for scheme in ["aes-128-cbc", "aes-192-cfb", "aes-256-ofb+fixed-iv"] {
        assert_eq!(names(scheme), "iv", "{scheme}");
    }
    assert_eq!(names("aes-128-ctr"), "counter_block");
    assert_eq!(names("aes-256-xts"), "tweak");
    for scheme in ["aes-128-gcm", "aes-256-gcm-siv", "chacha20-poly1305+reused-nonce"] {
        assert_eq!(names(scheme), "nonce tag", "{scheme}");
    }
}
