//! Captures that are made to hurt: absurd lengths, fragment bombs, very many flows. The program stays small and says what it
//! leaves out.

use serde_json::Value;

use crate::folder::Folder;
use crate::made::{Packet, ethernet, packets, pcap, pcapng, video};
use crate::program::{json, stdout};
use afterimage::media::rtp::CallMedia;

fn info(path: &str) -> Value {
    json(["info", path, "--format", "json"])
}

#[test]
fn many_flows_of_one_packet_hide_no_stream() {
    let folder = Folder::new();
    let stream = packets(&video(CallMedia::H264));
    let mut all = Vec::new();
    for (number, packet) in (0u32..).zip(&stream) {
        all.push(packet.clone());
        all.extend((0..3000u32).map(|other| {
            let ssrc = ((number << 16) | other | (1 << 31)).to_be_bytes();
            (packet.0, [&[0x80, 96, 0, 1, 0, 0, 0, 0][..], &ssrc, &[0; 8]].concat())
        }));
    }
    let path = folder.write("flows.pcapng", pcapng(&all));
    let info = info(&path);
    assert_eq!(info["streams"].as_array().map(Vec::len), Some(1), "{}", info["warnings"]);
    assert_eq!(info["streams"][0]["packets"], stream.len());
    assert!(info["warnings"].to_string().contains("flows were forgotten"), "{}", info["warnings"]);
}

#[test]
fn fragments_without_end_are_left_out_and_counted() {
    let folder = Folder::new();
    let stream = packets(&video(CallMedia::H264));
    let mut frames: Vec<Packet> = Vec::new();
    for (number, (time, packet)) in (0u16..).zip(&stream) {
        frames.push((*time, ethernet(packet)));
        frames.extend((0..400u16).map(|other| {
            let mut fragment = ethernet(&[5; 600]);
            fragment[18..20].copy_from_slice(&(number * 400 + other).to_be_bytes());
            // More fragments follow, and never come.
            fragment[20..22].copy_from_slice(&[0x20, 0]);
            (*time, fragment)
        }));
    }
    let info = info(&folder.write("bomb.pcap", pcap(&frames, false, true)));
    assert_eq!(info["streams"][0]["packets"], stream.len());
    assert!(
        info["warnings"].to_string().contains("fragmented datagrams are left out"),
        "{}",
        info["warnings"]
    );
}

#[test]
fn lengths_that_lie_end_the_listing_with_a_message() {
    let folder = Folder::new();
    let stream = packets(&video(CallMedia::H264));
    let frames: Vec<Packet> = stream.iter().map(|(time, packet)| (*time, ethernet(packet))).collect();
    let whole = pcap(&frames, false, false);
    // A snap length of 4 GB is a claim that nothing is allocated by.
    let mut absurd = whole.clone();
    absurd[16..20].fill(0xff);
    assert_eq!(info(&folder.write("snap.pcap", &absurd))["streams"][0]["packets"], stream.len());
    // The tenth packet claims 4 GB.
    let at: usize = 24 + frames[..10].iter().map(|(_, frame)| 16 + frame.len()).sum::<usize>();
    let mut long = whole.clone();
    long[at + 8..at + 12].fill(0xff);
    let listed = info(&folder.write("long.pcap", &long));
    assert_eq!(listed["streams"][0]["packets"], 10);
    assert!(listed["warnings"].to_string().contains(&format!("byte {at}")), "{}", listed["warnings"]);
    // A snap length that cut every packet: they are listed, and cannot be decrypted.
    let short = |(time, frame): &Packet| (*time, frame[..60.min(frame.len())].to_vec());
    let mut cut = pcap(&frames.iter().map(short).collect::<Vec<_>>(), false, false);
    let mut at = 24;
    for (_, frame) in &frames {
        let length = u32::try_from(frame.len()).expect("it is short").to_le_bytes();
        cut[at + 12..at + 16].copy_from_slice(&length);
        at += 16 + 60.min(frame.len());
    }
    let text = stdout(["info", &folder.write("cut.pcap", &cut)]);
    assert!(text.contains("not recorded whole"), "{text}");
}
