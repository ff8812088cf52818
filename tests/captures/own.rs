//! The scheme `own` of captures: packets as they were transmitted, with a key and without.

use std::collections::HashMap;

use afterimage::media::Source;
use afterimage::media::capture::{CaptureKeys, CapturedStream};
use afterimage::media::rtp::CallMedia;
use afterimage::payload::Target;
use afterimage::render::RenderedPanel;
use afterimage::scene::Scene;
use afterimage::wire::protection::Protection;
use serde_json::Value;

use crate::folder::Folder;
use crate::made::{key, key_bytes, keys_file, packets, pcapng, protected, sdp, video};
use crate::program::{json, stdout};
use crate::sheets;

fn measured(arguments: &[&str]) -> Value {
    json([&["measure"][..], arguments, &["--format", "json", "-q"]].concat())
}

fn number(of: &Value, field: &str) -> u64 {
    of[field].as_u64().unwrap_or_else(|| panic!("{field}: {of}"))
}

#[test]
fn each_packet_is_a_message_of_its_payload_in_the_frame_of_its_timestamp() {
    let folder = Folder::new();
    let sent = video(CallMedia::H264);
    let packets = protected(&sent, &key(Protection::SrtpGcm));
    let path = folder.write("call.pcapng", pcapng(&packets));
    let all = measured(&[&path, "own"]);
    assert_eq!(all["frames"].as_array().expect("a list").len(), 30);
    let stream = &all["stream"][0];
    assert_eq!(number(stream, "messages"), packets.len() as u64);
    let bytes: usize = packets.iter().map(|(_, packet)| packet.len() - 12).sum();
    assert_eq!((number(stream, "bytes"), number(stream, "clear_bytes")), (bytes as u64, 0));
    // With the key, the same messages in the same frames.
    let sdp = folder.write("video.sdp", sdp(&sent));
    let keys = folder.write("keys.toml", keys_file(Protection::SrtpGcm, &key_bytes(Protection::SrtpGcm)));
    let keyed = measured(&[&path, "plain", "own", "--sdp", &sdp, "--keys", &keys]);
    let messages = |measured: &Value, panel: usize| -> Vec<(u64, u64)> {
        let frames = measured["frames"].as_array().expect("a list").iter();
        let of = |frame: &Value| {
            (number(&frame["panels"][panel], "messages"), number(&frame["panels"][panel], "bytes"))
        };
        frames.map(of).collect()
    };
    assert_eq!(messages(&keyed, 1), messages(&all, 0));
    let rows = json(["packets", &path, "--format", "json"]);
    let rows = rows["messages"].as_array().expect("a list");
    assert_eq!(rows.len(), packets.len());
    for (row, (_, packet)) in rows.iter().zip(&packets) {
        assert_eq!(number(row, "bytes"), packet.len() as u64 - 12);
    }
    let out = folder.at("sizes.png");
    stdout(["figure", &path, "own:sizes", "own:repeats", "plain", "--frame", "12", "-o", &out, "-q"]);
    assert!(folder.read("sizes.png").len() > 500);
}

#[test]
fn one_key_ecb_shows_equal_blocks_of_raw_video_and_gcm_shows_none_with_a_key_and_without() {
    let folder = Folder::new();
    let sent = video(CallMedia::Raw);
    let sdp = folder.write("video.sdp", sdp(&sent));
    for (protection, repeats) in
        [(Protection::OneKeyEcb, true), (Protection::PerStreamGcm, false), (Protection::SrtpGcm, false)]
    {
        let path = folder.write("call.pcapng", pcapng(&protected(&sent, &key(protection))));
        let keys = folder.write("keys.toml", keys_file(protection, &key_bytes(protection)));
        let without = measured(&[&path, "own:repeats"]);
        let with = measured(&[&path, "own:repeats", "--sdp", &sdp, "--keys", &keys]);
        for measured in [&without, &with] {
            let stream = &measured["stream"][0];
            let (blocks, repeated) = (number(stream, "blocks"), number(stream, "repeated"));
            assert!(blocks > 10_000, "{stream}");
            assert_eq!(repeated > blocks / 2, repeats, "{protection}: {repeated} of {blocks}");
            assert_eq!(repeated > 0, repeats, "{protection}");
        }
        // Only pictures show movement, with which sizes are compared.
        let (mut without, mut with) = (without["stream"][0].clone(), with["stream"][0].clone());
        (without["size_rho"], with["size_rho"]) = (Value::Null, Value::Null);
        assert_eq!(without, with, "{protection}");
        // Of a single frame too: the picture does not move within it.
        let frame = measured(&[&path, "own:repeats", "--frame", "3"]);
        assert_eq!(number(&frame["frames"][0]["panels"][0], "repeated") > 0, repeats, "{protection}");
    }
}

#[test]
fn plain_packets_are_shown_as_they_were_transmitted_too() {
    let folder = Folder::new();
    let sent = video(CallMedia::H264);
    let path = folder.write("plain.pcapng", pcapng(&packets(&sent)));
    let sdp = folder.write("video.sdp", sdp(&sent));
    for arguments in [&[&path, "own"][..], &[&path, "own", "--sdp", &sdp]] {
        let stream = &measured(arguments)["stream"][0];
        assert_eq!(number(stream, "messages"), sent.packets.len() as u64);
    }
}

#[test]
fn two_streams_are_told_apart_and_duplicates_are_no_repeats() {
    let folder = Folder::new();
    let sent = video(CallMedia::H264);
    let mut packets = protected(&sent, &key(Protection::Srtp));
    let count = packets.len() as u64;
    let again = packets[5].clone();
    packets.insert(7, again);
    let path = folder.write("twice.pcapng", pcapng(&packets));
    let stream = &measured(&[&path, "own", "--stream", "v:0"])["stream"][0];
    assert_eq!((number(stream, "messages"), number(stream, "identical_messages")), (count, 0));
}

/// How well the colours of a panel tell the box of the picture from its ground: the share of pixels in the larger part of
/// each colour; and that share for one colour.
fn purity(panel: &RenderedPanel, plain: &RenderedPanel) -> (f64, f64) {
    let picture = |panel: &RenderedPanel| panel.picture.clone().expect("a picture");
    let (shown, original) = (picture(panel), picture(plain));
    assert_eq!(shown.shape, original.shape);
    let ground = original.pixels()[0];
    let mut of_colour: HashMap<[u8; 4], [usize; 2]> = HashMap::new();
    for (colour, pixel) in shown.pixels().iter().zip(original.pixels()) {
        of_colour.entry(*colour).or_default()[usize::from(*pixel != ground)] += 1;
    }
    let pixels = original.pixels().len() as f64;
    let larger: usize = of_colour.values().map(|parts| parts[0].max(parts[1])).sum();
    let of_ground: usize = of_colour.values().map(|parts| parts[0]).sum();
    (larger as f64 / pixels, of_ground as f64 / pixels)
}

#[test]
fn blocks_of_raw_video_under_one_key_ecb_lie_where_their_pixels_are_and_gcm_shows_nothing_there() {
    let folder = Folder::new();
    let sent = video(CallMedia::Raw);
    let sdp = folder.write("video.sdp", sdp(&sent));
    for protection in [Protection::OneKeyEcb, Protection::PerStreamGcm] {
        let path = folder.write("call.pcapng", pcapng(&protected(&sent, &key(protection))));
        let keys = folder.write("keys.toml", keys_file(protection, &key_bytes(protection)));
        let captured = CapturedStream {
            sdp: Some(sdp.clone().into()),
            keys: Some(CaptureKeys::File(keys.into())),
            ..CapturedStream::of(path.into())
        };
        let panels = sheets::panels(&["plain", "own:colours"]);
        let scene = Scene { target: Target::Packets, panels, ..Scene::of(Source::Capture(captured)) };
        let sheet = sheets::sheet(&scene, 4);
        let (told, guessed) = purity(&sheet.panels[1], &sheet.panels[0]);
        assert!(guessed < 0.97, "the box is a part of the picture: {guessed}");
        if protection == Protection::OneKeyEcb {
            // At the edges, blocks hold pixels of both.
            assert!(1.0 - told < (1.0 - guessed) / 2.0, "{told}, {guessed}");
        } else {
            assert!(told <= guessed + 1e-9, "one colour: {told}, {guessed}");
        }
    }
}
