use ::sframe::CipherSuite;
use ::sframe::frame::{EncryptedFrame, MediaFrame, MonotonicCounter};
use ::sframe::key::{DecryptionKey, EncryptionKey};
use proptest::prelude::*;

use super::*;

/// RFC 9605, appendix C.3: key ID 0x123, counter 0x4567, base key 00 01 … 0f.
const BASE_KEY: [u8; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
const METADATA: &[u8] = b"IETF SFrame WG";
const PLAINTEXT: &[u8] = b"draft-ietf-sframe-enc";
const CIPHERTEXTS: [(Suite, &str); 5] = [
    (
        Suite::Aes128CtrHmacSha256_80,
        "9901234567449408b6f490086165b9d6f62b24ae1a59a56486b4ae8ed036b88912e24f11",
    ),
    (Suite::Aes128CtrHmacSha256_64, "99012345673f31438db4d09434e43afa0f8a2f00867a2be085046a9f5cb4f101d607"),
    (Suite::Aes128CtrHmacSha256_32, "990123456717fc8af28a5a695afcfc6c8df6358a17e26b2fcb3bae32e443"),
    (
        Suite::Aes128GcmSha256,
        "9901234567b7412c2513a1b66dbb48841bbaf17f598751176ad847681a69c6d0b091c07018ce4adb34eb",
    ),
    (
        Suite::Aes256GcmSha512,
        "990123456794f509d36e9beacb0e261d99c7d1e972f1fed787d4049f17ca21353c1cc24d56ceabced279",
    ),
];

/// RFC 9605, appendix C.1, a selection: all lengths of key IDs and counters.
const HEADERS: [(u64, u64, &str); 24] = [
    (0x0, 0x0, "00"),
    (0x0100_0000, 0x1, "b101000000"),
    (0x00ff_ffff_ffff_ffff, 0xff, "e8ffffffffffffffff"),
    (0xffff, 0x100, "99ffff0100"),
    (0x0100_0000_0000, 0xffff, "d9010000000000ffff"),
    (0x1, 0x10000, "1a010000"),
    (0xffff_ffff, 0x00ff_ffff, "baffffffffffffff"),
    (0x0100_0000_0000_0000, 0x0100_0000, "fb010000000000000001000000"),
    (0x10000, 0xffff_ffff, "ab010000ffffffff"),
    (0xffff_ffff_ffff, 0x0001_0000_0000, "dcffffffffffff0100000000"),
    (0xff, 0x00ff_ffff_ffff, "8cffffffffffff"),
    (0x0001_0000_0000, 0x0100_0000_0000, "cd0100000000010000000000"),
    (0xffff_ffff_ffff_ffff, 0xffff_ffff_ffff, "fdffffffffffffffffffffffffffff"),
    (0x00ff_ffff, 0x0001_0000_0000_0000, "aeffffff01000000000000"),
    (0x0001_0000_0000_0000, 0x00ff_ffff_ffff_ffff, "ee01000000000000ffffffffffffff"),
    (0x100, 0x0100_0000_0000_0000, "9f01000100000000000000"),
    (0x00ff_ffff_ffff, 0xffff_ffff_ffff_ffff, "cfffffffffffffffffffffffffff"),
    (0x1, 0x1, "11"),
    (0xff, 0xff, "88ffff"),
    (0x100, 0x100, "9901000100"),
    (0xffff, 0xffff, "99ffffffff"),
    (0x10000, 0x10000, "aa010000010000"),
    (0x00ff_ffff, 0x00ff_ffff, "aaffffffffffff"),
    (0x0, 0x1, "01"),
];

#[test]
fn headers_are_those_of_rfc_9605_c_1() {
    for (key_id, counter, encoded) in HEADERS {
        let (header, encoded) = (Header { key_id, counter }, hex::decode(encoded).expect("hex"));
        let mut written = Vec::new();
        header.write(&mut written);
        assert_eq!(written, encoded);
        assert_eq!(Header::parse(&encoded), Ok((header, encoded.len())));
        for short in 0..encoded.len() {
            assert!(matches!(Header::parse(&encoded[..short]), Err(SframeError::TooShort { .. })));
        }
    }
}

#[test]
fn ciphertexts_are_those_of_rfc_9605_c_3() {
    for (suite, expected) in CIPHERTEXTS {
        let key = Key::new(suite, 0x123, &BASE_KEY);
        let (mut ciphertext, mut plaintext) = (Vec::new(), Vec::new());
        key.encrypt(0x4567, METADATA, PLAINTEXT, &mut ciphertext).expect("short");
        assert_eq!(hex::encode(&ciphertext), expected, "{suite}");
        let header = key.decrypt(METADATA, &ciphertext, &mut plaintext);
        assert_eq!(header, Ok(Header { key_id: 0x123, counter: 0x4567 }));
        assert_eq!(plaintext, PLAINTEXT);
    }
}

#[test]
fn what_was_changed_is_refused_and_appends_nothing() {
    for suite in Suite::ALL {
        let key = Key::new(suite, 3, &BASE_KEY);
        let (mut ciphertext, mut plaintext) = (Vec::new(), b"before".to_vec());
        key.encrypt(300, METADATA, PLAINTEXT, &mut ciphertext).expect("short");
        for at in 1..ciphertext.len() {
            let mut changed = ciphertext.clone();
            changed[at] ^= 1;
            assert!(
                matches!(key.decrypt(METADATA, &changed, &mut plaintext), Err(SframeError::Tag { .. })),
                "{at}"
            );
        }
        assert!(key.decrypt(b"other", &ciphertext, &mut plaintext).is_err());
        for short in 0..ciphertext.len() {
            assert!(key.decrypt(METADATA, &ciphertext[..short], &mut plaintext).is_err());
        }
        let other = Key::new(suite, 4, &BASE_KEY).decrypt(METADATA, &ciphertext, &mut plaintext);
        assert_eq!(other, Err(SframeError::KeyId { given: 3, known: 4 }));
        assert_eq!(plaintext, b"before");
    }
}

#[test]
fn the_last_counter_is_used_once() {
    let mut sender = Sender::new(Key::new(Suite::Aes128GcmSha256, 1, &BASE_KEY), u64::MAX);
    assert_eq!(sender.encrypt(&[], b"last", &mut Vec::new()), Ok(u64::MAX));
    assert_eq!(sender.encrypt(&[], b"none", &mut Vec::new()), Err(SframeError::CounterUsedUp));
}

#[test]
fn keys_are_never_printed() {
    let key = Key::new(Suite::Aes128GcmSha256, 6, &BASE_KEY);
    assert_eq!(format!("{key:?}"), "Key(AES_128_GCM_SHA256_128, ID 6)");
}

/// The suite in the crate `sframe`, an implementation by others.
fn of_crate(suite: Suite) -> CipherSuite {
    match suite {
        Suite::Aes128CtrHmacSha256_80 => CipherSuite::AesCtr128HmacSha256_80,
        Suite::Aes128CtrHmacSha256_64 => CipherSuite::AesCtr128HmacSha256_64,
        Suite::Aes128CtrHmacSha256_32 => CipherSuite::AesCtr128HmacSha256_32,
        Suite::Aes128GcmSha256 => CipherSuite::AesGcm128Sha256,
        Suite::Aes256GcmSha512 => CipherSuite::AesGcm256Sha512,
    }
}

proptest! {
    #[test]
    fn the_crate_sframe_reads_our_ciphertexts_and_we_read_its(
        suite in prop::sample::select(&Suite::ALL[..]),
        key_id: u64, counter in 0..u64::MAX, base_key: [u8; 16], metadata: Vec<u8>, plaintext: Vec<u8>,
    ) {
        let key = Key::new(suite, key_id, &base_key);
        let mut ours = Vec::new();
        key.encrypt(counter, &metadata, &plaintext, &mut ours).expect("short");
        let opening = DecryptionKey::derive_from(of_crate(suite), key_id, base_key).expect("a key");
        let frame = EncryptedFrame::try_with_meta_data(&ours, &metadata).expect("a frame");
        let opened = frame.decrypt(&opening).expect("ours");
        prop_assert_eq!(opened.payload(), &plaintext);

        let mut counters = MonotonicCounter::with_start_value(counter, u64::MAX);
        let closing = EncryptionKey::derive_from(of_crate(suite), key_id, base_key).expect("a key");
        let frame = MediaFrame::try_with_meta_data(&mut counters, &plaintext, &metadata).expect("a frame");
        let frame = frame.encrypt(&closing).expect("theirs");
        let mut opened = Vec::new();
        key.decrypt(&metadata, frame.sframe_cipher_text(), &mut opened).expect("theirs");
        prop_assert_eq!(opened, plaintext);
        prop_assert_eq!(frame.sframe_cipher_text(), &ours[..]);
    }

    #[test]
    fn any_bytes_are_parsed_or_refused(bytes: Vec<u8>, suite in prop::sample::select(&Suite::ALL[..])) {
        let mut plaintext = Vec::new();
        prop_assert!(Key::new(suite, 0, &BASE_KEY).decrypt(&[], &bytes, &mut plaintext).is_err());
    }
}
