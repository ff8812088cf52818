//! Streams of captures that are decrypted and decoded: their frames are the sender's.

use afterimage::media::rtp::CallMedia;
use afterimage::wire::protection::{Protection, StreamKey};
use serde_json::Value;

use crate::folder::Folder;
use crate::made::{Packet, key, key_bytes, keys_file, packets, pcapng, protected, sdp, sound, video};
use crate::program::{json, refused, stdout, warnings};

/// The numbers of a measurement, without the name of the source.
fn frames_of(arguments: &[&str]) -> Value {
    let measured = json([&["measure"][..], arguments, &["--format", "json", "-q"]].concat());
    measured["frames"].clone()
}

#[test]
fn every_protection_is_opened_with_its_key_and_gives_the_frames_of_the_plain_stream() {
    let folder = Folder::new();
    for media in CallMedia::ALL {
        let sent = video(media);
        let sdp = folder.write("video.sdp", sdp(&sent));
        let plain = folder.write("plain.pcapng", pcapng(&packets(&sent)));
        let panels = ["plain", "aes-128-ecb"];
        let expected = frames_of(&[&[&plain, "--sdp", &sdp][..], &panels].concat());
        let count = if media == CallMedia::Raw { 10 } else { 30 };
        assert_eq!(expected.as_array().expect("a list").len(), count, "{media}");
        for protection in
            [Protection::OneKeyEcb, Protection::PerStreamGcm, Protection::Srtp, Protection::SrtpGcm]
        {
            let path = folder.write("call.pcapng", pcapng(&protected(&sent, &key(protection))));
            let keys = folder.write("keys.toml", keys_file(protection, &key_bytes(protection)));
            let arguments = [&[&path, "--sdp", &sdp, "--keys", &keys][..], &panels].concat();
            assert_eq!(frames_of(&arguments), expected, "{media} {protection}");
            let hex = hex::encode(key_bytes(protection));
            let name = protection.name();
            let arguments =
                [&[&path, "--sdp", &sdp, "--key", &hex, "--protection", name][..], &panels].concat();
            assert_eq!(frames_of(&arguments), expected, "{media} {protection}: --key is the stream's");
        }
    }
}

#[test]
fn frames_are_those_of_the_sender_byte_by_byte_also_after_a_seek() {
    let folder = Folder::new();
    let sent = video(CallMedia::H264);
    let sdp = folder.write("video.sdp", sdp(&sent));
    let path = folder.write("call.pcapng", pcapng(&protected(&sent, &key(Protection::Srtp))));
    let keys = folder.write("keys.toml", keys_file(Protection::Srtp, &key_bytes(Protection::Srtp)));
    // What the sender encoded, without RTP: the packets received in memory.
    let packets = sent.packets.iter().map(|packet| packet.bytes.clone());
    let source = afterimage::media::rtp::receive(
        "sender",
        &sent.description,
        packets,
        afterimage::media::Limits::default(),
    );
    let source = source.expect("it is received");
    let layout = afterimage::picture::layout::Layout::RGBA32;
    let limits = afterimage::media::Limits::default();
    let mut reader =
        afterimage::media::open(&source, layout, limits, &afterimage::runtime::pool::Pool::default())
            .expect("a video");
    let mut frames = Vec::new();
    while let Some(frame) = reader.next_frame().expect("readable") {
        frames.push(frame.bytes.to_vec());
    }
    for number in [29, 0, 17] {
        let (out, plain) = (folder.at("out.bin"), folder.at("plain.bin"));
        let frame = number.to_string();
        stdout([
            "encrypt",
            &path,
            "--sdp",
            &sdp,
            "--keys",
            &keys,
            "--frame",
            &frame,
            "-o",
            &out,
            "--plaintext",
            &plain,
        ]);
        assert!(folder.read("plain.bin") == frames[number], "frame {number}");
    }
}

#[test]
fn reordered_and_repeated_packets_change_nothing_and_lost_ones_are_concealed_with_a_warning() {
    let folder = Folder::new();
    let sent = video(CallMedia::H264);
    let sdp = folder.write("video.sdp", sdp(&sent));
    let keys = folder.write("keys.toml", keys_file(Protection::SrtpGcm, &key_bytes(Protection::SrtpGcm)));
    let packets = protected(&sent, &key(Protection::SrtpGcm));
    let measured = |packets: &[Packet]| {
        let path = folder.write("call.pcapng", pcapng(packets));
        let arguments = [&path, "--sdp", &sdp, "--keys", &keys, "plain"];
        (frames_of(&arguments), warnings([&["measure"][..], &arguments, &["--frames", "0-3"]].concat()))
    };
    let (whole, _) = measured(&packets);
    let mut moved = packets.clone();
    moved.swap(3, 4);
    moved.swap(20, 25);
    let again = moved[10].clone();
    moved.insert(12, again);
    assert_eq!(measured(&moved).0, whole);
    let mut lost = packets.clone();
    lost.remove(lost.len() / 2);
    let (frames, said) = measured(&lost);
    assert!(frames.as_array().expect("a list").len() >= 28);
    assert!(said.contains("1 packets are missing"), "{said}");
    // A changed packet is one that cannot be decrypted.
    let mut changed = packets;
    let middle = changed.len() / 2;
    changed[middle].1[40] ^= 1;
    let (_, said) = measured(&changed);
    assert!(said.contains("1 of") && said.contains("cannot be decrypted") && said.contains("tag"), "{said}");
}

#[test]
fn targets_lenses_figures_and_clips_work_as_with_any_source() {
    let folder = Folder::new();
    let sent = video(CallMedia::H264);
    let sdp = folder.write("video.sdp", sdp(&sent));
    let path = folder.write("call.pcapng", pcapng(&protected(&sent, &key(Protection::Srtp))));
    let keys = folder.write("keys.toml", keys_file(Protection::Srtp, &key_bytes(Protection::Srtp)));
    let source = [path.as_str(), "--sdp", &sdp, "--keys", &keys];
    for (command, panels, name) in [
        ("figure", &["plain", "aes-128-ecb:repeats", "own:sizes"][..], "figure.png"),
        ("figure", &["aes-128-ecb:outline", "--at", "0.5"], "outline.png"),
        ("figure", &["aes-128-gcm:sizes", "own:repeats", "--target", "packets", "--frame", "7"], "sizes.png"),
        ("clip", &["plain", "own", "--frames", "3-5"], "clip.mp4"),
    ] {
        let out = folder.at(name);
        stdout([&[command][..], &source, panels, &["-o", &out, "-q"]].concat());
        assert!(folder.read(name).len() > 500, "{name}");
    }
    let rows = json([&["packets"][..], &source, &["--target", "nal", "--format", "json"]].concat());
    assert!(rows["messages"].as_array().expect("a list").len() >= 30, "{}", rows["codec"]);
    assert_eq!(rows["codec"], "h264");
    let info =
        json([&["measure"][..], &source, &["aes-128-ecb", "--target", "nal", "--format", "json"]].concat());
    assert!(info["stream"][0]["messages"].as_u64().expect("a number") >= 30);
}

#[test]
fn sound_is_opened_by_its_sdp_and_by_its_number() {
    let folder = Folder::new();
    let (video, sound) = (video(CallMedia::H264), sound());
    let mut both = [packets(&video), protected(&sound, &key(Protection::Srtp))].concat();
    both.sort_by_key(|(time, _)| *time);
    let path = folder.write("both.pcapng", pcapng(&both));
    let sdp = folder.write("audio.sdp", sdp(&sound));
    let hex = hex::encode(key_bytes(Protection::Srtp));
    let keyed = ["--sdp", &sdp, "--content-key", &hex, "--protection", "AES_CM_128_HMAC_SHA1_80"];
    for stream in [&[][..], &["--stream", "1"], &["--stream", "a:0"]] {
        let measured = json(
            [
                &["measure", &path, "aes-128-ecb", "--target", "packets", "--format", "json"][..],
                &keyed,
                stream,
            ]
            .concat(),
        );
        let messages = measured["stream"][0]["messages"].as_u64().expect("a number");
        assert!((49..=52).contains(&messages), "20 ms each: {messages}");
    }
    let samples = json(
        [&["measure", &path, "aes-128-ecb", "--target", "samples", "--format", "json"][..], &keyed].concat(),
    );
    assert!(samples["stream"][0]["messages"].as_u64().expect("a number") >= 49);
    let error = refused(1, [&["measure", &path, "--stream", "5"][..], &keyed].concat());
    assert!(
        error.contains("no stream 5") && error.contains("2, numbered from 0: 1 of video and 1 of sound"),
        "{error}"
    );
}

#[test]
fn a_key_in_the_sdp_decrypts_and_a_late_start_is_explained() {
    let folder = Folder::new();
    let sent = video(CallMedia::H264);
    let StreamKey::Srtp(master) = key(Protection::Srtp) else { panic!("SRTP") };
    let crypto = format!("a=crypto:1 {} inline:{}\r\n", master.suite(), master.to_base64());
    let with_key = folder.write("srtp.sdp", sdp(&sent).replace("RTP/AVP", "RTP/SAVP") + &crypto);
    let path = folder.write("call.pcapng", pcapng(&protected(&sent, &key(Protection::Srtp))));
    let frames = frames_of(&[&path, "--sdp", &with_key, "plain"]);
    assert_eq!(frames.as_array().expect("a list").len(), 30);
    // The sequence number has wrapped twice before the capture starts.
    let late = {
        let mut sender = afterimage::wire::srtp::Sender::new(&master, 2);
        let protect = |(time, packet): Packet| {
            let mut protected = Vec::new();
            sender.protect(&packet, &mut protected).expect("a packet");
            (time, protected)
        };
        packets(&sent).into_iter().map(protect).collect::<Vec<_>>()
    };
    let path = folder.write("late.pcapng", pcapng(&late));
    let error = refused(1, ["measure", &path, "--sdp", &with_key, "plain"]);
    assert!(error.contains("--roc 2"), "{error}");
    let sdp = folder.write("plain.sdp", sdp(&sent));
    let hex = hex::encode([master.key(), master.salt()].concat());
    let keyed = [&path, "--sdp", &sdp, "--key", &hex, "--protection", "srtp", "--roc", "2", "plain"];
    assert_eq!(frames_of(&keyed), frames);
}

#[test]
fn of_several_videos_the_first_that_the_key_decrypts_is_opened() {
    let folder = Folder::new();
    let sent = video(CallMedia::H264);
    let sdp = folder.write("video.sdp", sdp(&sent));
    let mut both: Vec<Packet> = packets(&sent)
        .into_iter()
        .map(|(time, mut packet)| {
            packet[11] ^= 1;
            (time, packet)
        })
        .collect();
    both.extend(protected(&sent, &key(Protection::SrtpGcm)));
    both.sort_by_key(|(time, _)| *time);
    let path = folder.write("two.pcapng", pcapng(&both));
    let hex = hex::encode(key_bytes(Protection::SrtpGcm));
    let keyed = [&path, "--sdp", &sdp, "--key", &hex, "--protection", "srtp-gcm"];
    let chosen = frames_of(&[&keyed[..], &["plain", "--stream", "1"]].concat());
    assert_eq!(frames_of(&[&keyed[..], &["plain"]].concat()), chosen);
    let error = refused(1, [&["measure"][..], &keyed, &["plain", "--stream", "0"]].concat());
    assert!(error.contains("the key is another"), "{error}");
}

#[test]
fn a_description_that_states_an_ssrc_opens_the_stream_of_that_ssrc() {
    let folder = Folder::new();
    let sent = video(CallMedia::H264);
    let (first, mut both) = (packets(&sent), packets(&sent));
    // Another party's stream: the first half of the same video.
    both.extend(first[..first.len() / 2].iter().cloned().map(|(time, mut packet)| {
        packet[8..12].copy_from_slice(&9_u32.to_be_bytes());
        (time, packet)
    }));
    both.sort_by_key(|(time, _)| *time);
    let path = folder.write("both.pcapng", pcapng(&both));
    let text = sdp(&sent);
    let described = |ssrc: u32| folder.write("one.sdp", format!("{text}a=ssrc:{ssrc} cname:alice\r\n"));
    let frames = |sdp: &str, more: &[&str]| frames_of(&[&[&path, "--sdp", sdp, "plain"][..], more].concat());
    let whole = frames(&described(40_000), &[]);
    let half = frames(&described(9), &[]);
    let count = |frames: &Value| frames.as_array().expect("a list").len();
    assert!(count(&half) > 5 && count(&half) < count(&whole), "{} of {}", count(&half), count(&whole));
    assert_eq!(frames(&folder.write("any.sdp", text.clone()), &[]), whole, "the first stream");
    assert_eq!(frames(&described(9), &["--stream", "0"]), whole, "a choice goes first");
    assert_eq!(frames(&described(77), &[]), whole, "no stream of the capture has this SSRC");
}
