//! The folder of a call: the same bytes in every run, captures in order, and keys that open them.

use std::collections::{BTreeMap, BTreeSet};

use afterimage::wire::protection::{Key, Protection, Receiver, StreamKey};
use afterimage::wire::sdp::Session;
use afterimage::wire::srtp::MasterKey;

use crate::capture::{Captured, read, repeated_share};
use crate::folder::Folder;
use crate::program::run_line;

/// 2020-04-03 12:00 UTC in nanoseconds since 1970.
const START: u64 = 1_585_915_200_000_000_000;

/// A small call of 2 s in the folder `call`.
pub fn call(protection: &str, media: &str, options: &str) -> Folder {
    let folder = Folder::new();
    make(&folder, "call", &format!("--protection {protection} --media {media} {options}"));
    let inside = Folder::new();
    for entry in std::fs::read_dir(folder.path("call")).expect("the folder") {
        let entry = entry.expect("a file");
        std::fs::copy(entry.path(), inside.root().join(entry.file_name())).expect("room");
    }
    inside
}

fn make(folder: &Folder, name: &str, options: &str) {
    let parties = "--party ada=pattern:moving-box@160x96 --party bo=pattern:bars@96x64 --party cy=demo:still";
    run_line(folder.root(), &format!("afterimage call {parties} --seconds 2 {options} -o {name}"));
}

#[test]
fn two_runs_write_the_same_bytes() {
    for options in [
        "--protection sframe --media h264 --renew",
        "--protection one-key-ecb --media raw --all-links",
        "--protection srtp --media mjpeg",
    ] {
        let folder = Folder::new();
        make(&folder, "one", options);
        make(&folder, "two", options);
        let output = std::process::Command::new("diff")
            .args(["-r", &folder.at("one"), &folder.at("two")])
            .output()
            .expect("diff");
        assert!(output.status.success(), "{options}: {}", String::from_utf8_lossy(&output.stdout));
        assert_eq!(folder.names().len(), 2, "nothing else is left: {:?}", folder.names());
    }
}

/// A key of `keys.toml`.
struct Entry {
    protection: Protection,
    flow: (String, String, u32),
    key: Vec<u8>,
    salt: Vec<u8>,
    roc: u32,
    kid: u64,
}

fn entries(folder: &Folder) -> Vec<Entry> {
    let table: toml::Table = folder.read_text("keys.toml").parse().expect("TOML");
    let keys = table["key"].as_array().expect("a list").iter();
    keys.map(|entry| {
        let text = |name: &str| entry.get(name).and_then(toml::Value::as_str).unwrap_or_default().to_owned();
        let number = |name: &str| entry.get(name).and_then(toml::Value::as_integer).unwrap_or_default();
        Entry {
            protection: text("protection").parse().expect("a protection"),
            flow: (text("source"), text("destination"), u32::try_from(number("ssrc")).expect("an SSRC")),
            key: hex::decode(text("key")).expect("hex"),
            salt: hex::decode(text("salt")).expect("hex"),
            roc: u32::try_from(number("roc")).expect("a counter"),
            kid: u64::try_from(number("kid")).expect("a key ID"),
        }
    })
    .collect()
}

/// Receivers of a stream on a link, one for each key, in order.
fn receivers(entries: &[&Entry], protection: Protection) -> Vec<Receiver> {
    let suite = protection.srtp_suite();
    let open = |key: &StreamKey, roc| Receiver::new(key, roc).expect("a key that fits");
    let master = |entry: &Entry| {
        MasterKey::new(suite.expect("SRTP"), &entry.key, &entry.salt).expect("lengths that fit")
    };
    if protection == Protection::Sframe {
        return entries
            .chunks(2)
            .map(|pair| {
                assert_eq!((pair[0].protection, pair[1].protection), (Protection::Srtp, Protection::Sframe));
                let base_key = Key::new(&pair[1].key);
                open(&StreamKey::Sframe { hop: master(pair[0]), base_key, key_id: pair[1].kid }, pair[0].roc)
            })
            .collect();
    }
    let key = |entry: &Entry| {
        assert_eq!(entry.protection, protection);
        match suite {
            Some(_) => StreamKey::Srtp(master(entry)),
            None => StreamKey::from_bytes(protection, &entry.key).expect("a key that fits"),
        }
    };
    entries.iter().map(|entry| open(&key(entry), entry.roc)).collect()
}

/// Opens all packets with `keys.toml` alone, and compares with `plain.pcapng`.
fn check(folder: &Folder, protection: Protection) -> (Vec<Captured>, Vec<Captured>) {
    let (encrypted, plain) = (read(folder, "call.pcapng"), read(folder, "plain.pcapng"));
    assert_eq!(encrypted.len(), plain.len());
    let entries = entries(folder);
    let flow = |packet: &Captured| (packet.source.clone(), packet.destination.clone(), packet.ssrc);
    let mut open: BTreeMap<_, Vec<Receiver>> = BTreeMap::new();
    for (encrypted, plain) in encrypted.iter().zip(&plain) {
        assert_eq!(flow(encrypted), flow(plain));
        assert_eq!(encrypted.time, plain.time);
        assert_eq!(encrypted.bytes[..12], plain.bytes[..12], "headers stay clear");
        assert_ne!(encrypted.bytes[12..], plain.bytes[12..]);
        let keys = open.entry(flow(encrypted)).or_insert_with(|| {
            let own: Vec<&Entry> = entries.iter().filter(|entry| entry.flow == flow(encrypted)).collect();
            receivers(&own, protection)
        });
        let mut opened = Vec::new();
        let is_opened = keys
            .iter_mut()
            .any(|key| key.unprotect(&encrypted.bytes, &mut opened).is_ok() && opened == plain.bytes);
        assert!(is_opened, "{protection}: {:?}", flow(encrypted));
    }
    (encrypted, plain)
}

#[test]
fn keys_toml_opens_every_packet_of_every_protection() {
    for protection in Protection::ALL {
        for renew in ["", "--renew"] {
            let folder = call(protection.name(), "h264", renew);
            let (encrypted, plain) = check(&folder, protection);
            let per_stream = |packets: &[Captured]| {
                let flows = packets.iter().map(|it| (it.source.clone(), it.destination.clone(), it.ssrc));
                flows.collect::<BTreeSet<_>>().len()
            };
            // Three parties, up and to two others, video and audio.
            assert_eq!((per_stream(&encrypted), per_stream(&plain)), (18, 18));
        }
    }
}

#[test]
fn packets_stand_in_the_order_of_time_and_link_from_noon_on() {
    let folder = call("srtp", "h264", "");
    let packets = read(&folder, "call.pcapng");
    assert_eq!(packets[0].time, START);
    let link = |packet: &Captured| {
        let is_down = packet.source.starts_with("192.0.2.1:");
        let party = if is_down { &packet.destination } else { &packet.source };
        let party: u8 = party
            .trim_start_matches("192.0.2.")
            .split(':')
            .next()
            .expect("an address")
            .parse()
            .expect("a number");
        assert!((10..=12).contains(&party));
        (packet.time, is_down, party)
    };
    assert!(packets.iter().map(link).is_sorted());
    let mut first: BTreeMap<u32, &Captured> = BTreeMap::new();
    for packet in &packets {
        first.entry(packet.ssrc).or_insert(packet);
    }
    assert_eq!(first.keys().copied().collect::<Vec<_>>(), [40_000, 40_001, 40_002, 40_003, 40_004, 40_005]);
    for (ssrc, packet) in first {
        assert_eq!(packet.bytes[2..4], 65_000u16.to_be_bytes());
        assert!(packet.source.ends_with(&format!(":{ssrc}")) && packet.source.starts_with("192.0.2.1"));
        assert_eq!(packet.destination, format!("192.0.2.1:{ssrc}"));
    }
    let last = |party: &str| {
        packets
            .iter()
            .filter(|packet| [&packet.source, &packet.destination].iter().any(|end| end.starts_with(party)))
            .map(|packet| packet.time)
            .max()
    };
    assert!(
        last("192.0.2.12:").is_some_and(|time| time < START + 1_000_000_000),
        "the last party leaves halfway"
    );
    assert!(last("192.0.2.11:").is_some_and(|time| time > START + 1_900_000_000));
}

#[test]
fn descriptions_name_ports_codecs_and_under_srtp_keys() {
    let folder = call("srtp", "h264", "");
    let entries = entries(&folder);
    for (party, name) in ["ada", "bo", "cy"].into_iter().enumerate() {
        for (kind, at, encoding) in [("video", 0, "H264"), ("audio", 1, "opus")] {
            let of = |ending: &str| -> Session {
                folder.read_text(&format!("{name}-{kind}{ending}.sdp")).parse().expect("a description")
            };
            let (plain, keyed) = (of(""), of("-srtp"));
            for session in [&plain, &keyed] {
                let media = &session.media[0];
                assert_eq!((session.media.len(), media.kind.as_str()), (1, kind));
                assert_eq!(media.formats[0].encoding, encoding);
                assert_eq!(usize::from(media.port), 50_000 + 4 * party + 2 * at);
                assert_eq!(media.address.map(|address| address.to_string()).as_deref(), Some("127.0.0.1"));
            }
            assert!(plain.media[0].crypto.is_none());
            let crypto = keyed.media[0].crypto.as_ref().expect("a key");
            let ssrc = u32::try_from(40_000 + 2 * party + at).expect("small");
            let up =
                entries.iter().find(|entry| entry.flow.2 == ssrc && entry.flow.1.starts_with("192.0.2.1:"));
            assert_eq!(up.map(|entry| &entry.key[..]), Some(crypto.master.key()));
        }
    }
    let other = call("srtp-gcm", "h264", "");
    assert!(
        !other.names().iter().any(|name| name.ends_with("-srtp.sdp")),
        "FFmpeg reads no GCM from a=crypto"
    );
}

#[test]
fn raw_media_repeat_under_ecb_and_under_nothing_else() {
    for protection in Protection::ALL {
        let folder = call(protection.name(), "raw", "");
        let packets = read(&folder, "call.pcapng");
        let streams: BTreeSet<u32> = packets.iter().map(|packet| packet.ssrc).collect();
        assert_eq!(streams, BTreeSet::from([40_000, 40_001]), "the first party's streams only");
        let share = repeated_share(&packets, 40_000);
        if protection == Protection::OneKeyEcb {
            assert!(share > 0.5, "{share}");
        } else {
            assert!(share < 1e-9, "{protection}: {share}");
        }
        check(&folder, protection);
    }
    let folder = call("one-key-ecb", "raw", "--all-links");
    let streams: BTreeSet<u32> = read(&folder, "call.pcapng").iter().map(|packet| packet.ssrc).collect();
    assert_eq!(streams.len(), 6);
}

#[test]
fn a_key_of_256_bits_repeats_as_often_as_one_of_128() {
    let shares = ["128", "256"].map(|bits| {
        let folder = call("one-key-ecb", "raw", &format!("--key-size {bits}"));
        let entries = entries(&folder);
        assert!(entries.iter().all(|entry| entry.key.len() * 8 == bits.parse::<usize>().expect("a number")));
        repeated_share(&read(&folder, "call.pcapng"), 40_000)
    });
    assert!((shares[0] - shares[1]).abs() < 1e-12, "{shares:?}");
}

#[test]
fn another_key_changes_the_packets_and_only_its_owner_reads_them() {
    let folder = Folder::new();
    make(&folder, "usual", "");
    make(&folder, "own", "--key 00112233");
    let read = |name: &str| std::fs::read(folder.path(name)).expect("a capture");
    assert!(read("usual/plain.pcapng") == read("own/plain.pcapng"));
    assert!(read("usual/call.pcapng") != read("own/call.pcapng"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode =
            |name: &str| std::fs::metadata(folder.path(name)).expect("the folder").permissions().mode();
        assert_eq!(mode("own") & 0o077, 0);
        assert_ne!(mode("usual") & 0o777, 0o700);
    }
}
