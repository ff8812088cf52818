//! Keys of captures: wrong ones, missing ones, and messages that say what to do.

use afterimage::media::rtp::CallMedia;
use afterimage::wire::protection::{Protection, Sender, StreamKey};

use crate::folder::Folder;
use crate::made::{Packet, key, key_bytes, keys_file, packets, pcapng, protected, sdp, video};
use crate::program::{json, refused};

#[test]
fn a_wrong_key_is_named_and_never_printed() {
    let folder = Folder::new();
    let sent = video(CallMedia::H264);
    let sdp = folder.write("video.sdp", sdp(&sent));
    for protection in [Protection::OneKeyEcb, Protection::PerStreamGcm, Protection::Srtp, Protection::SrtpGcm]
    {
        let path = folder.write("call.pcapng", pcapng(&protected(&sent, &key(protection))));
        let mut bytes = key_bytes(protection);
        bytes[3] ^= 0x10;
        let hex = hex::encode(&bytes);
        let keys = folder.write("keys.toml", keys_file(protection, &bytes));
        let error = refused(1, ["measure", &path, "--sdp", &sdp, "--keys", &keys]);
        assert!(
            error.contains("stream 0 can be decrypted") && error.contains("the key is another"),
            "{error}"
        );
        assert!(error.contains("call.pcapng") && !error.contains(&hex[..12]), "{error}");
        let short = &hex[..hex.len() - 2];
        let error =
            refused(1, ["measure", &path, "--sdp", &sdp, "--key", short, "--protection", protection.name()]);
        assert!(
            error.contains("bytes") && error.contains("cannot be used") && !error.contains(&hex[..12]),
            "{error}"
        );
    }
}

#[test]
fn what_is_missing_is_said_and_how_to_give_it() {
    let folder = Folder::new();
    let sent = video(CallMedia::H264);
    let path = folder.write("call.pcapng", pcapng(&protected(&sent, &key(Protection::Srtp))));
    let described = folder.write("video.sdp", sdp(&sent));
    let hex = hex::encode(key_bytes(Protection::Srtp));
    let other = folder
        .write("other.toml", keys_file(Protection::Srtp, &key_bytes(Protection::Srtp)).replace("40000", "7"));
    let odd = folder.write("odd.toml", "[[key]]\nprotection = \"srtp\"\nkey = \"00\"\ncolour = \"red\"\n");
    let not_sdp = folder.write("not.sdp", "hello\n");
    for (code, arguments, parts) in [
        (1, &["measure", &path][..], &["--keys FILE", "--sdp FILE", "own"][..]),
        (1, &["measure", &path, "--sdp", &described], &["encrypted", "--keys FILE"]),
        (1, &["measure", &path, "aes-128-ecb", "--target", "packets"], &["encrypted", "--keys FILE"]),
        (1, &["measure", &path, "--key", &hex, "--protection", "srtp"], &["payload type 96", "--sdp"]),
        (
            1,
            &["measure", &path, "--sdp", &described, "--keys", &other],
            &["no key for stream 0", "SSRC 40000"],
        ),
        (1, &["measure", &path, "--sdp", &described, "--keys", &odd], &["line 4", "colour", "protection"]),
        (1, &["measure", &path, "--sdp", &not_sdp], &["m= line", "not.sdp"]),
        (1, &["measure", &path, "--sdp", "missing.sdp"], &["cannot read the SDP", "missing.sdp"]),
        (2, &["measure", &path, "--content-key", &hex], &["--protection"]),
        (2, &["measure", &path, "--protection", "srtp"], &["--content-key or --key", "--keys FILE"]),
        (
            2,
            &["measure", &path, "--protection", "rot13", "--key", &hex],
            &["one-key-ecb", "AEAD_AES_256_GCM"],
        ),
        (2, &["measure", &path, "--protection", "srtp", "--key", "xyz"], &["hex digits"]),
        (2, &["measure", "demo", "--keys", &odd], &["only a capture", "--keys", "demo"]),
        (2, &["measure", "demo", "--sdp", &described], &["only a capture", "--sdp"]),
        (1, &["encrypt", &path, "-o", &folder.at("out")], &["--keys FILE"]),
        (2, &["measure", &path, "--sdp", &described, "-o", &described], &["the SDP itself"]),
    ] {
        let error = refused(code, arguments);
        assert!(parts.iter().all(|part| error.contains(part)), "{arguments:?}: {error}");
        assert!(!error.contains(&hex[..12]), "{error}");
    }
}

#[test]
fn renewed_keys_are_used_one_after_another_and_sframe_takes_two() {
    let folder = Folder::new();
    let sent = video(CallMedia::H264);
    let sdp = folder.write("video.sdp", sdp(&sent));
    let count = |path: &str, keys: &str| {
        let measured =
            json(["measure", path, "--sdp", &sdp, "--keys", keys, "plain", "--format", "json", "-q"]);
        measured["frames"].as_array().expect("a list").len()
    };
    for protection in [Protection::OneKeyEcb, Protection::SrtpGcm] {
        let second: Vec<u8> = key_bytes(protection).iter().map(|byte| !byte).collect();
        let (before, after) = (
            protected(&sent, &key(protection)),
            protected(&sent, &StreamKey::from_bytes(protection, &second).expect("a key")),
        );
        // Sequence numbers wrap after half of the packets; a sender with a new key starts with the counter of then.
        let middle = before.len() / 2;
        let renewed: Vec<Packet> = before[..middle].iter().chain(&after[middle..]).cloned().collect();
        let path = folder.write("renewed.pcapng", pcapng(&renewed));
        let both = keys_file(protection, &key_bytes(protection)) + &keys_file(protection, &second);
        assert_eq!(count(&path, &folder.write("both.toml", both)), 30, "{protection}");
    }
    let StreamKey::Srtp(hop) = key(Protection::Srtp) else { panic!("SRTP") };
    let base_key = afterimage::wire::protection::Key::new(&[7; 16]);
    let two = StreamKey::Sframe { hop, base_key, key_id: 2 };
    let mut sender = Sender::new(&two, 0).expect("keys");
    let protect = |(time, packet): Packet| {
        let mut protected = Vec::new();
        sender.protect(&packet, &mut protected).expect("a packet");
        (time, protected)
    };
    let path =
        folder.write("sframe.pcapng", pcapng(&packets(&sent).into_iter().map(protect).collect::<Vec<_>>()));
    let inner = keys_file(Protection::Sframe, &[7; 16]) + "kid = 2\n";
    let both = keys_file(Protection::Srtp, &key_bytes(Protection::Srtp)) + &inner;
    assert_eq!(count(&path, &folder.write("both.toml", both)), 30);
    let error = refused(1, ["measure", &path, "--sdp", &sdp, "--keys", &folder.write("one.toml", inner)]);
    assert!(error.contains("two keys"), "{error}");
}
