use openssl::symm::{Cipher, decrypt as openssl_decrypt, encrypt_aead};
use proptest::prelude::*;

use super::*;
use crate::wire::rtp::{Extension, Header, Packet};

const MATERIAL: &[u8] = b"key material";

fn key(protection: Protection) -> StreamKey {
    let key = |label: KeyLabel, bytes| derive_key(MATERIAL, &label.to_string(), bytes).expect("short");
    let (up, meeting) = (KeyLabel::HopUp("Ada"), KeyLabel::Meeting);
    match protection {
        Protection::OneKeyEcb => StreamKey::OneKeyEcb(key(meeting, 16)),
        Protection::PerStreamGcm => StreamKey::PerStreamGcm(key(meeting, 32)),
        Protection::Srtp => StreamKey::from_bytes(protection, key(up, 30).bytes()).expect("30 bytes"),
        Protection::SrtpGcm => StreamKey::from_bytes(protection, key(up, 28).bytes()).expect("28 bytes"),
        Protection::Sframe => {
            let hop = srtp::MasterKey::from_joined(srtp::Suite::AesCm128HmacSha1_80, key(up, 30).bytes());
            let base_key = key(KeyLabel::SframeVideo("Ada"), 16);
            StreamKey::Sframe { hop: hop.expect("30 bytes"), base_key, key_id: 4 }
        }
    }
}

fn packet(sequence: u16, payload: &[u8]) -> Vec<u8> {
    let extension = Some(Extension { profile: 0xbede, data: &[1; 4] });
    let header = Header { payload_type: 96, sequence, ssrc: 40000, extension, ..Header::default() };
    let mut packet = Vec::new();
    header.write(&mut packet).expect("it fits");
    packet.extend(payload);
    packet
}

fn protected(protection: Protection, packet: &[u8]) -> Vec<u8> {
    let mut protected = Vec::new();
    let mut sender = Sender::new(&key(protection), 0).expect("a key that fits");
    sender.protect(packet, &mut protected).expect("a packet");
    protected
}

#[test]
fn names_are_read_again() {
    for protection in Protection::ALL {
        assert_eq!(protection.to_string().parse(), Ok(protection));
    }
    let error = "dtls".parse::<Protection>().expect_err("no protection").to_string();
    assert!(error.contains("one-key-ecb, per-stream-gcm, srtp, srtp-gcm, sframe"), "{error}");
}

/// RFC 5869, appendix A.3 for the derivation; the labels are the program's own.
#[test]
fn keys_are_derived_with_hkdf_from_labels() {
    let derived = derive_key(&[0x0b; 22], "", 42).expect("short");
    let expected = "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8";
    assert_eq!(hex::encode(derived.bytes()), expected);
    assert_eq!(derive_key(MATERIAL, "", MOST_KEY_BYTES + 1), Err(ProtectionError::DerivedLength(8161)));
    let labels = [
        KeyLabel::Meeting,
        KeyLabel::HopUp("Ada"),
        KeyLabel::HopDown("Ada"),
        KeyLabel::SframeVideo("Ada"),
        KeyLabel::SframeAudio("Ada"),
    ];
    let texts = labels.map(|label| label.to_string());
    assert_eq!(texts, ["meeting", "hop/Ada/up", "hop/Ada/down", "sframe/Ada/video", "sframe/Ada/audio"]);
    assert_eq!(KeyLabel::Meeting.renewed(), "meeting/1");
}

#[test]
fn keys_of_wrong_lengths_are_refused_and_never_printed() {
    let refused = |protection, bytes| {
        StreamKey::from_bytes(protection, &vec![0xab; bytes]).expect_err("its length is wrong").to_string()
    };
    assert_eq!(
        refused(Protection::OneKeyEcb, 24),
        "a key of one-key-ecb has 16 or 32 bytes; this one has 24"
    );
    assert_eq!(
        refused(Protection::PerStreamGcm, 16),
        "a key of per-stream-gcm has 32 bytes; this one has 16"
    );
    assert!(refused(Protection::Srtp, 28).contains("AEAD_AES_128_GCM has 16 and 12"));
    assert!(refused(Protection::Sframe, 16).contains("keys file"));
    let short = StreamKey::OneKeyEcb(Key::new(&[1; 15]));
    assert!(Sender::new(&short, 0).is_err() && Receiver::new(&short, 0).is_err());
    let short = StreamKey::PerStreamGcm(Key::new(&[1; 15]));
    assert!(Sender::new(&short, 0).is_err() && Receiver::new(&short, 0).is_err());
    for protection in Protection::ALL {
        let printed = format!("{:?}", key(protection));
        assert_eq!(key(protection).protection(), protection);
        assert!(printed.len() < 120 && !printed.contains("0x"), "{printed}");
    }
}

#[test]
fn openssl_decrypts_a_payload_of_one_key_ecb() {
    let payload = b"sixteen bytes, sixteen bytes, sixteen bytes, a rest";
    for (cipher, bytes) in [(Cipher::aes_128_ecb(), 16), (Cipher::aes_256_ecb(), 32)] {
        let key = derive_key(MATERIAL, "meeting", bytes).expect("short");
        let mut sender = Sender::new(&StreamKey::OneKeyEcb(key.clone()), 0).expect("a key that fits");
        for length in 0..payload.len() {
            let mut protected = Vec::new();
            sender.protect(&packet(1, &payload[..length]), &mut protected).expect("a packet");
            let body = Packet::parse(&protected).expect("a packet").body();
            assert_eq!(
                openssl_decrypt(cipher, key.bytes(), None, body).expect("whole blocks"),
                payload[..length]
            );
        }
    }
}

/// The definition once more, with OpenSSL's HMAC and GCM.
#[test]
fn per_stream_gcm_is_what_its_definition_says() {
    let meeting = derive_key(MATERIAL, "meeting", 32).expect("short");
    let hmac_key = openssl::pkey::PKey::hmac(meeting.bytes()).expect("a key");
    let mut signer =
        openssl::sign::Signer::new(openssl::hash::MessageDigest::sha256(), &hmac_key).expect("HMAC");
    let stream_key = signer.sign_oneshot_to_vec(&40000u32.to_be_bytes()).expect("HMAC");
    let mut sender = Sender::new(&StreamKey::PerStreamGcm(meeting), 0).expect("a key that fits");
    for (sequence, index) in [(65535, 65535u64), (0, 65536), (1, 65537), (65534, 65534)] {
        let (plain, mut protected, mut tag) = (packet(sequence, b"payload"), Vec::new(), [0; 16]);
        sender.protect(&plain, &mut protected).expect("a packet");
        let header = Packet::parse(&plain).expect("a packet").header();
        let nonce = [&40000u32.to_be_bytes()[..], &index.to_be_bytes()].concat();
        let encrypted =
            encrypt_aead(Cipher::aes_256_gcm(), &stream_key, Some(&nonce), header, b"payload", &mut tag);
        assert_eq!(protected, [header, &encrypted.expect("GCM"), &tag].concat());
    }
}

#[test]
fn padding_is_dropped_before_encryption_but_for_srtp() {
    let mut padded = packet(1, b"payload\0\0\x03");
    padded[0] |= 0x20;
    for protection in Protection::ALL {
        let keeps_padding = matches!(protection, Protection::Srtp | Protection::SrtpGcm);
        let expected = if keeps_padding { padded.clone() } else { packet(1, b"payload") };
        let (sent, mut opened) = (protected(protection, &padded), Vec::new());
        Receiver::new(&key(protection), 0)
            .expect("a key")
            .unprotect(&sent, &mut opened)
            .expect("its own packet");
        assert_eq!(opened, expected, "{protection}");
    }
}

#[test]
fn what_was_changed_is_refused_by_all_but_ecb() {
    for protection in Protection::ALL.into_iter().filter(|&protection| protection != Protection::OneKeyEcb) {
        let (sent, mut opened) = (protected(protection, &packet(7, &[5; 40])), Vec::new());
        let mut receiver = Receiver::new(&key(protection), 0).expect("a key");
        // Not the version, the padding bit, the counts, and the length of the extension.
        for at in (1..14).chain(16..sent.len()) {
            let mut changed = sent.clone();
            changed[at] ^= 1;
            assert!(receiver.unprotect(&changed, &mut opened).is_err(), "{protection} {at}");
            assert!(opened.is_empty());
        }
        for length in 0..sent.len() {
            assert!(receiver.unprotect(&sent[..length], &mut opened).is_err());
        }
        assert_eq!(receiver.unprotect(&sent, &mut opened), Ok(()));
        assert_eq!(opened, packet(7, &[5; 40]));
    }
}

#[test]
fn equal_payloads_are_equal_under_one_key_ecb_only() {
    for protection in Protection::ALL {
        let mut sender = Sender::new(&key(protection), 0).expect("a key");
        let bodies = [1, 2].map(|sequence| {
            let mut protected = Vec::new();
            sender.protect(&packet(sequence, &[5; 40]), &mut protected).expect("a packet");
            protected[20..].to_vec()
        });
        assert_eq!(bodies[0] == bodies[1], protection == Protection::OneKeyEcb, "{protection}");
    }
}

#[test]
fn the_rollover_counter_is_searched_where_a_capture_starts_late() {
    for protection in Protection::ALL {
        let mut sent = Vec::new();
        Sender::new(&key(protection), 5)
            .expect("a key")
            .protect(&packet(9, b"late"), &mut sent)
            .expect("a packet");
        let roc = Receiver::new(&key(protection), 0).expect("a key").find_roc(&sent, 9);
        assert_eq!(roc, (protection != Protection::OneKeyEcb).then_some(5), "{protection}");
        let mut opened = Vec::new();
        Receiver::new(&key(protection), 5)
            .expect("a key")
            .unprotect(&sent, &mut opened)
            .expect("its own packet");
        assert_eq!(opened, packet(9, b"late"));
    }
}

/// A server has the key of the hop and not that of the sender: it forwards what it cannot read.
#[test]
fn a_server_forwards_sframe_without_the_senders_key() {
    let StreamKey::Sframe { hop, base_key, key_id } = key(Protection::Sframe) else { panic!("two keys") };
    let sent = protected(Protection::Sframe, &packet(1, b"end to end"));
    let (mut forwarded, mut at_server, mut opened) = (Vec::new(), Vec::new(), Vec::new());
    let up = StreamKey::Srtp(hop);
    Receiver::new(&up, 0).expect("a key").unprotect(&sent, &mut at_server).expect("the hop's key");
    assert!(!at_server.windows(4).any(|window| window == b"end "));
    let down = StreamKey::from_bytes(Protection::Srtp, &[3; 30]).expect("30 bytes");
    Sender::new(&down, 0).expect("a key").protect(&at_server, &mut forwarded).expect("a packet");
    let StreamKey::Srtp(hop) = down else { panic!("SRTP") };
    let both = StreamKey::Sframe { hop, base_key, key_id };
    Receiver::new(&both, 0).expect("a key").unprotect(&forwarded, &mut opened).expect("both keys");
    assert_eq!(opened, packet(1, b"end to end"));
}

proptest! {
    #[test]
    fn packets_return_across_a_wrap_with_loss(
        protection in prop::sample::select(&Protection::ALL[..]),
        payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..80), 1..30),
        lost in prop::collection::vec(any::<bool>(), 30),
    ) {
        let mut sender = Sender::new(&key(protection), 0).expect("a key");
        let mut receiver = Receiver::new(&key(protection), 0).expect("a key");
        let (mut sent, mut opened) = (Vec::new(), Vec::new());
        for (number, (payload, lost)) in (0u16..).zip(payloads.iter().zip(lost)) {
            let plain = packet(65520u16.wrapping_add(number), payload);
            sender.protect(&plain, &mut sent).expect("a packet");
            // The first packet fixes the rollover counter.
            if !lost || number == 0 {
                prop_assert_eq!(receiver.unprotect(&sent, &mut opened), Ok(()));
                prop_assert_eq!(&opened, &plain);
            }
        }
    }

    #[test]
    fn any_bytes_are_opened_or_refused(
        protection in prop::sample::select(&Protection::ALL[..]), bytes: Vec<u8>, sequence: u16,
    ) {
        let mut receiver = Receiver::new(&key(protection), 0).expect("a key");
        let mut opened = Vec::new();
        let _ = receiver.unprotect(&bytes, &mut opened);
        let is_open = receiver.unprotect(&packet(sequence, &bytes), &mut opened).is_ok();
        prop_assert!(!is_open || protection == Protection::OneKeyEcb);
    }
}
