#![expect(clippy::cast_possible_truncation, reason = "a sequence number is the low 16 bits of an index")]

use proptest::prelude::*;

use super::derivation::{Label, derive};
use super::session::Session;
use super::*;
use crate::wire::cipher::CounterMode;
use crate::wire::rtp::{Extension, Header, Packet};

fn hex(text: &str) -> Vec<u8> {
    hex::decode(text).expect("hex")
}

fn demonstration(suite: Suite) -> MasterKey {
    let joined: Vec<u8> = (1..).take(MasterKey::joined_bytes(suite)).collect();
    MasterKey::from_joined(suite, &joined).expect("the suite's length")
}

fn packet(sequence: u16, payload: &[u8]) -> Vec<u8> {
    let extension = Some(Extension { profile: 0xbede, data: &[1; 8] });
    let (payload_type, ssrc) = (96, 40000);
    let header = Header { payload_type, sequence, ssrc, csrcs: &[7, 8], extension, ..Header::default() };
    let mut packet = Vec::new();
    header.write(&mut packet).expect("it fits");
    packet.extend(payload);
    packet
}

/// RFC 3711, appendix B.2 (AES-CM test vectors): its first three keystream blocks, from counter 0, and its last three, from
/// counter feff.
#[test]
fn the_keystream_is_that_of_rfc_3711_b_2() {
    let cipher = CounterMode::new(&hex("2b7e151628aed2a6abf7158809cf4f3c")).expect("16 bytes");
    for (counter, expected) in [
        (
            "f0f1f2f3f4f5f6f7f8f9fafbfcfd0000",
            "e03ead0935c95e80e166b16dd92b4eb4d23513162b02d0f72a43a2fe4a5f97ab41e95b3bb0a2e8dd477901e4fca894c0",
        ),
        (
            "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
            "ec8cdf7398607cb0f2d21675ea9ea1e4362b7c3c6773516318a077d7fc5073ae6a2cc3787889374fbeb4c81b17ba6c44",
        ),
    ] {
        let mut keystream = [0; 48];
        cipher.apply(&hex(counter).try_into().expect("16 bytes"), &mut keystream);
        assert_eq!(hex::encode(keystream), expected);
    }
}

/// RFC 3711, appendix B.3 (key derivation test vectors; the authentication key there is 94 bytes long), and RFC 6188,
/// section 7.2 (`AES_256_CM_PRF` test cases).
#[test]
fn session_keys_are_those_of_rfc_3711_b_3_and_rfc_6188() {
    let authentication_94 = concat!(
        "cebe321f6ff7716b6fd4ab49af256a156d38baa48f0a0acf3c34e2359e6cdbcee049646c43d9327ad175578ef7227098",
        "6371c10c9a369ac2f94a8c5fbcdddc256d6e919a48b610ef17c2041e474035766b68642c59bbfc2f34db60dbdfb2"
    );
    for (suite, key, salt, session_key, session_salt, authentication) in [
        (
            Suite::AesCm128HmacSha1_80,
            "e1f97a0d3e018be0d64fa32c06de4139",
            "0ec675ad498afeebb6960b3aabe6",
            "c61e7a93744f39ee10734afe3ff7a087",
            "30cbbc08863d8c85d49db34a9ae1",
            authentication_94,
        ),
        (
            Suite::AesCm256HmacSha1_80,
            "f0f04914b513f2763a1b1fa130f10e2998f6f6e43e4309d1e622a0e332b9f1b6",
            "3b04803de51ee7c96423ab5b78d2",
            "5ba1064e30ec51613cad926c5a28ef731ec7fb397f70a960653caf06554cd8c4",
            "fa31791685ca444a9e07c6c64e93",
            "fd9c32d39ed5fbb5a9dc96b30818454d1313dc05",
        ),
    ] {
        let master = MasterKey::new(suite, &hex(key), &hex(salt)).expect("the suite's lengths");
        let derived = |label, bytes| hex::encode(&*derive(&master, label, bytes));
        assert_eq!(derived(Label::Encryption, suite.key_bytes()), session_key);
        assert_eq!(derived(Label::Salt, 14), session_salt);
        assert_eq!(derived(Label::Authentication, authentication.len() / 2), authentication);
    }
}

/// RFC 7714, sections 16.1 and 16.2: session keys, not master keys.
#[test]
fn gcm_packets_are_those_of_rfc_7714_section_16() {
    let plain = hex(concat!(
        "8040f17b8041f8d35501a0b247616c6c696120657374206f6d6e69732064697669736120696e207061",
        "727465732074726573"
    ));
    let packet = Packet::parse(&plain).expect("a packet");
    for (suite, expected) in [
        (
            Suite::AeadAes128Gcm,
            "f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833899d7f27beb16a9152cf765ee4390cce",
        ),
        (
            Suite::AeadAes256Gcm,
            "32b1de78a822fe12ef9f78fa332e33aab18012389a58e2f3b50b2a0276ffae0f1ba63799b87b7aa3db36dfffd6b0f9bb7878d7a76c13",
        ),
    ] {
        let key: Vec<u8> = (0..).take(suite.key_bytes()).collect();
        let session = Session::of_session_keys(suite, &key, &hex("517569642070726f2071756f"), &[]);
        let (mut protected, mut opened) = (Vec::new(), Vec::new());
        session.protect(&packet, 0xf17b, &mut protected).expect("a packet");
        assert_eq!(hex::encode(&protected[12..]), expected);
        let packet = Packet::parse(&protected).expect("a packet");
        session.unprotect(&packet, 0xf17b, &mut opened).expect("its own packet");
        assert_eq!(opened, plain);
    }
}

/// Whole packets from master keys, as in the tests of libsrtp (`srtp_driver`: `srtp_validate` and its variants).
#[test]
fn packets_are_those_of_libsrtp() {
    let cm = "e1f97a0d3e018be0d64fa32c06de41390ec675ad498afeebb6960b3aabe6";
    let cm_256 =
        "f0f04914b513f2763a1b1fa130f10e2998f6f6e43e4309d1e622a0e332b9f1b63b04803de51ee7c96423ab5b78d2";
    let gcm = "000102030405060708090a0b0c0d0e0fa0a1a2a3a4a5a6a7a8a9aaab";
    for (suite, master, expected) in [
        (Suite::AesCm128HmacSha1_80, cm, "4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb"),
        (Suite::AesCm256HmacSha1_80, cm_256, "f1d9de17ff251ff1aa007774b0b4b40da08d9d9a5b3a55d8873b"),
        (Suite::AeadAes128Gcm, gcm, "c5002ede04cfdd2eb91159e0880aa06ed2976826f796b201df3131a127e8a392"),
    ] {
        let master = MasterKey::from_joined(suite, &hex(master)).expect("the suite's length");
        let plain = hex("800f1234decafbadcafebabeabababababababababababababababab");
        let (mut protected, mut opened) = (Vec::new(), Vec::new());
        Sender::new(&master, 0).protect(&plain, &mut protected).expect("a packet");
        assert_eq!(hex::encode(&protected[12..]), expected, "{suite}");
        let index = Receiver::new(&master, 0).unprotect(&protected, &mut opened);
        assert_eq!((index, opened), (Ok(0x1234), plain));
    }
}

#[test]
fn lengths_of_keys_are_stated() {
    let error = MasterKey::from_joined(Suite::AesCm128HmacSha1_80, &[0; 28]).expect_err("too short");
    assert_eq!(
        error.to_string(),
        "a key of AES_CM_128_HMAC_SHA1_80 has 16 bytes and a salt of 14, 30 together; these are 28: AEAD_AES_128_GCM \
         has 16 and 12"
    );
    let error = MasterKey::new(Suite::AeadAes256Gcm, &[0; 16], &[0; 14]).expect_err("too short");
    assert_eq!(
        error.to_string(),
        "a key of AEAD_AES_256_GCM has 32 bytes and a salt of 12, 44 together; these are 16 and 14: \
         AES_CM_128_HMAC_SHA1_80 has 16 and 14"
    );
    let error = MasterKey::from_joined(Suite::AeadAes256Gcm, &[0; 3]).expect_err("too short").to_string();
    assert!(error.ends_with("these are 3"), "{error}");
    assert_eq!(MasterKey::from_base64(Suite::AeadAes128Gcm, "~"), Err(MasterKeyError::Base64));
}

#[test]
fn keys_are_never_printed() {
    let master = demonstration(Suite::AeadAes128Gcm);
    assert_eq!(format!("{master:?}"), "MasterKey(AEAD_AES_128_GCM)");
}

#[test]
fn names_of_suites_are_read_again() {
    for suite in Suite::ALL {
        assert_eq!(suite.to_string().parse(), Ok(suite));
    }
    let error = "F8_128_HMAC_SHA1_80".parse::<Suite>().expect_err("not supported").to_string();
    assert!(error.contains("AEAD_AES_128_GCM"), "{error}");
}

#[test]
fn header_extension_and_csrcs_stay_clear_and_are_authenticated() {
    for suite in Suite::ALL {
        let plain = packet(1, &[0x55; 100]);
        let (mut protected, mut opened) = (Vec::new(), Vec::new());
        Sender::new(&demonstration(suite), 0).protect(&plain, &mut protected).expect("a packet");
        assert_eq!(protected[..32], plain[..32], "{suite}");
        assert_ne!(protected[32..132], plain[32..]);
        assert_eq!(protected.len(), plain.len() + suite.tag_bytes());
        let mut receiver = Receiver::new(&demonstration(suite), 0);
        // Not the first byte, whose changes can make it no packet at all, and not the length of the extension.
        for at in (1..22).chain(24..protected.len()) {
            let mut changed = protected.clone();
            changed[at] ^= 0x10;
            assert!(
                matches!(receiver.unprotect(&changed, &mut opened), Err(SrtpError::Tag { .. })),
                "{suite} {at}"
            );
            assert!(opened.is_empty());
        }
        assert_eq!(receiver.unprotect(&protected, &mut opened), Ok(1));
        assert_eq!(opened, plain);
        let short = &protected[..32 + suite.tag_bytes() - 1];
        assert!(matches!(receiver.unprotect(short, &mut opened), Err(SrtpError::TooShort { .. })));
    }
}

#[test]
fn the_rollover_counter_is_set_or_searched_where_a_capture_starts_late() {
    let master = demonstration(Suite::AesCm128HmacSha1_80);
    let (mut protected, mut opened) = (Vec::new(), Vec::new());
    let plain = packet(9, b"late");
    assert_eq!(Sender::new(&master, 3).protect(&plain, &mut protected), Ok(3 << 16 | 9));
    let mut receiver = Receiver::new(&master, 0);
    let error = receiver.unprotect(&protected, &mut opened).expect_err("the counter is 3");
    assert!(error.to_string().contains("rollover counter 0"), "{error}");
    assert_eq!(receiver.find_roc(&protected, 2), None);
    assert_eq!(receiver.find_roc(&protected, 10), Some(3));
    receiver.set_roc(40000, 3);
    assert_eq!(receiver.unprotect(&protected, &mut opened), Ok(3 << 16 | 9));
    assert_eq!(opened, plain);
}

#[test]
fn a_forged_packet_does_not_move_the_rollover_counter() {
    let master = demonstration(Suite::AeadAes128Gcm);
    let (mut sender, mut receiver) = (Sender::new(&master, 0), Receiver::new(&master, 0));
    let (mut protected, mut opened) = (Vec::new(), Vec::new());
    sender.protect(&packet(65000, b"first"), &mut protected).expect("a packet");
    receiver.unprotect(&protected, &mut opened).expect("its own packet");
    for sequence in [10, 30000, 50000, 65535] {
        let _ = receiver.unprotect(&packet(sequence, &[0; 40]), &mut opened).expect_err("forged");
    }
    sender.protect(&packet(65001, b"second"), &mut protected).expect("a packet");
    assert_eq!(receiver.unprotect(&protected, &mut opened), Ok(65001));
}

proptest! {
    #[test]
    fn packets_are_opened_across_a_wrap_with_loss_and_reordering(
        suite in prop::sample::select(&Suite::ALL[..]),
        order in Just((65000..66500u64).collect::<Vec<_>>()),
        moves in prop::collection::vec((0usize..1500, 0usize..100), 0..200),
        lost in prop::collection::vec(0usize..1500, 0..300),
    ) {
        let master = demonstration(suite);
        let (mut sender, mut receiver) = (Sender::new(&master, 0), Receiver::new(&master, 0));
        let sent: Vec<_> = order.iter().map(|&index| {
            let mut protected = Vec::new();
            sender.protect(&packet(index as u16, &index.to_be_bytes()), &mut protected).expect("a packet");
            Some((index, protected))
        }).collect();
        let mut sent = sent;
        for at in lost {
            sent[at] = None;
        }
        for (at, by) in moves {
            // The first packet fixes the rollover counter, so it stays first.
            let (at, to) = (at.max(1), (at.max(1) + by).min(order.len() - 1));
            sent.swap(at, to);
        }
        let mut opened = Vec::new();
        for (index, protected) in sent.into_iter().flatten() {
            prop_assert_eq!(receiver.unprotect(&protected, &mut opened), Ok(index));
            prop_assert_eq!(&opened[opened.len() - 8..], &index.to_be_bytes());
        }
    }

    #[test]
    fn any_bytes_are_refused(bytes: Vec<u8>, suite in prop::sample::select(&Suite::ALL[..])) {
        let (master, mut opened) = (demonstration(suite), Vec::new());
        let rtp = packet(5, &bytes);
        let mut receiver = Receiver::new(&master, 0);
        prop_assert!(receiver.unprotect(&bytes, &mut opened).is_err());
        prop_assert!(receiver.unprotect(&rtp, &mut opened).is_err());
    }
}
