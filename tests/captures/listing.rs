//! `info` of captures: what streams there are, in every form of file and network.

use afterimage::media::rtp::CallMedia;
use afterimage::wire::protection::Protection;
use serde_json::Value;

use crate::folder::Folder;
use crate::made::{
    Packet, START_NANOS, ethernet, ipv6, key, key_bytes, keys_file, packets, pcap, pcapng, protected, sdp,
    sound, video, vlan,
};
use crate::program::{json, refused, stdout};

fn frames(packets: &[Packet], frame: impl Fn(&[u8]) -> Vec<u8>) -> Vec<Packet> {
    packets.iter().map(|(time, packet)| (*time, frame(packet))).collect()
}

#[test]
fn all_forms_of_files_and_networks_list_the_same_stream() {
    let folder = Folder::new();
    let packets = packets(&video(CallMedia::H264));
    let ethernet_frames = frames(&packets, ethernet);
    let forms = [
        ("a.pcapng", pcapng(&packets)),
        ("little.pcap", pcap(&ethernet_frames, false, false)),
        ("big.pcap", pcap(&ethernet_frames, true, false)),
        ("little-nanos.pcap", pcap(&ethernet_frames, false, true)),
        ("big-nanos.cap", pcap(&ethernet_frames, true, true)),
        ("vlan", pcap(&frames(&packets, vlan), false, false)),
        ("ipv6.bin", pcap(&frames(&packets, ipv6), true, true)),
    ];
    for (name, bytes) in forms {
        let path = folder.write(name, bytes);
        let info = json(["info", &path, "--format", "json"]);
        let container = if name.ends_with("pcapng") { "pcapng" } else { "pcap" };
        assert_eq!((&info["kind"], &info["container"]), (&Value::from("capture"), &Value::from(container)));
        let [stream] = &info["streams"].as_array().expect("a list")[..] else { panic!("{name}: {info}") };
        let of = |field: &str| stream[field].as_u64().expect(field);
        assert_eq!((of("number"), of("ssrc"), of("packets")), (0, 40_000, packets.len() as u64), "{name}");
        assert_eq!((of("lost"), of("reordered"), of("duplicates"), of("first_sequence")), (0, 0, 0, 65_000));
        assert_eq!(of("timestamp_wraps"), 1);
        assert_eq!(of("bytes"), packets.iter().map(|(_, packet)| packet.len() as u64).sum::<u64>());
        let secs = stream["duration_secs"].as_f64().expect("seconds");
        assert!((0.9..1.1).contains(&secs), "{name}: {secs}");
        let source = if name.starts_with("ipv6") { "[2001:db8::10]:40000" } else { "192.0.2.10:40000" };
        assert_eq!(stream["source"], source);
        assert_eq!(
            (&stream["kind"], &stream["clock_rate"], &stream["clock_rate_from"]),
            (&"video".into(), &90_000.into(), &"measured".into()),
            "{name}"
        );
        assert_eq!((&stream["codec"], &stream["payload_types"]), (&Value::Null, &serde_json::json!([96])));
    }
}

#[test]
fn codecs_come_from_the_sdp_and_from_rfc_3551() {
    let folder = Folder::new();
    let (video, sound) = (video(CallMedia::H264), sound());
    let mut both = [packets(&video), packets(&sound)].concat();
    // A third stream, of payload type 0.
    both.extend(packets(&sound).into_iter().map(|(time, mut packet)| {
        (packet[1], packet[8]) = (packet[1] & 0x80, 7);
        (time, packet)
    }));
    both.sort_by_key(|(time, _)| *time);
    let path = folder.write("both.pcapng", pcapng(&both));
    let sdp = folder.write("video.sdp", sdp(&video));
    let info = json(["info", &path, "--sdp", &sdp, "--format", "json"]);
    let field = |name: &str| -> Vec<&Value> {
        info["streams"].as_array().expect("a list").iter().map(|stream| &stream[name]).collect()
    };
    assert_eq!(field("codec"), ["H264".into(), Value::Null, "PCMU".into()].iter().collect::<Vec<_>>());
    assert_eq!(field("codec_from"), ["sdp".into(), Value::Null, "rfc3551".into()].iter().collect::<Vec<_>>());
    assert_eq!(field("kind"), ["video", "audio", "audio"]);
    assert_eq!(field("clock_rate"), [90_000, 48_000, 8000]);
    let text = stdout(["info", &path, "--sdp", &sdp]);
    for part in ["stream 0", "192.0.2.10:40000 → 192.0.2.1:40000", "H264, by the SDP", "48,000 ticks", "PCMU"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn loss_reordering_duplicates_and_wraps_are_counted() {
    let folder = Folder::new();
    let mut packets: Vec<Packet> = (0..1200u16)
        .map(|number| {
            let [high, low] = number.wrapping_sub(600).to_be_bytes();
            let time = u64::from(number) * 10_000_000;
            let [_, second, third, fourth] = (u32::from(number) * 900).to_be_bytes();
            (
                START_NANOS + time,
                [&[0x80, 96, high, low, 0, second, third, fourth, 0, 0, 0, 9][..], &[5; 40]].concat(),
            )
        })
        .collect();
    packets.swap(20, 22);
    let again = packets[40].clone();
    packets.insert(42, again);
    packets.drain(800..810);
    let path = folder.write("moved.pcapng", pcapng(&packets));
    let stream = &json(["info", &path, "--format", "json"])["streams"][0];
    let of = |field: &str| stream[field].as_u64().expect(field);
    assert_eq!((of("packets"), of("lost"), of("duplicates"), of("reordered")), (1191, 10, 1, 2));
    assert_eq!((of("sequence_wraps"), of("first_sequence")), (1, 64_936));
    let text = stdout(["info", &path]);
    assert!(text.contains("10 lost, 2 reordered, 1 duplicates; wrapped past 65,535 once"), "{text}");
}

#[test]
fn truncated_and_damaged_captures_are_listed_up_to_there_with_a_warning() {
    let folder = Folder::new();
    let bytes = pcapng(&packets(&video(CallMedia::H264)));
    let cut = folder.write("cut.pcapng", &bytes[..bytes.len() - 100]);
    let text = stdout(["info", &cut]);
    assert!(text.contains("the recording was interrupted") && text.contains("stream 0"), "{text}");
    let mut damaged = bytes.clone();
    let at = (bytes.len() / 2) & !3;
    damaged[at..].fill(0xff);
    let text = stdout(["info", &folder.write("damaged.pcapng", &damaged)]);
    assert!(text.contains("damaged") && text.contains("stream 0"), "{text}");
    let empty = folder.write("empty.pcapng", pcapng(&[]));
    assert!(stdout(["info", &empty]).contains("no RTP stream was found"));
    let error = refused(1, ["measure", &empty]);
    assert!(error.contains("there is no RTP stream in this capture"), "{error}");
    // The magic number alone.
    let short = folder.write("short.pcap", &pcap(&[], false, false)[..10]);
    assert!(stdout(["info", &short]).contains("interrupted"));
}

#[test]
fn keys_are_tried_and_their_lengths_and_rollover_counters_stated() {
    let folder = Folder::new();
    let sent = video(CallMedia::H264);
    for (protection, lengths) in [
        (Protection::OneKeyEcb, "one-key-ecb: key of 16 bytes"),
        (Protection::PerStreamGcm, "per-stream-gcm: key of 32 bytes; rollover counter 0 at the first packet"),
        (Protection::Srtp, "master key of 16 bytes and salt of 14, 30 together; rollover counter 0"),
        (Protection::SrtpGcm, "(AEAD_AES_128_GCM): master key of 16 bytes and salt of 12, 28 together"),
    ] {
        let path = folder.write("a.pcapng", pcapng(&protected(&sent, &key(protection))));
        let mut bytes = key_bytes(protection);
        let keys = folder.write("keys.toml", keys_file(protection, &bytes));
        let text = stdout(["info", &path, "--keys", &keys]);
        assert!(text.contains(lengths), "{protection}: {text}");
        assert!(text.contains("of the first ") && !text.contains("only"), "{protection}: {text}");
        let hex = hex::encode(&bytes);
        let same = stdout(["info", &path, "--key", &hex, "--protection", protection.name()]);
        assert_eq!(same, text);
        bytes[0] ^= 1;
        let wrong = folder.write("wrong.toml", keys_file(protection, &bytes));
        let text = stdout(["info", &path, "--keys", &wrong]);
        assert!(
            text.contains("decrypts only") && text.contains("the key is another"),
            "{protection}: {text}"
        );
        assert!(!text.contains(&hex[..20]), "{text}");
    }
}
