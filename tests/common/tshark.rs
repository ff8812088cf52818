//! What `tshark` finds in a capture.

#![allow(dead_code, reason = "each test binary uses a part of this module")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// The ports of the captures that the tests make.
const IS_RTP: &str = "udp.port==40000-40005,rtp";

/// The standard output of `tshark` about a file.
///
/// # Panics
/// If it is not installed.
pub fn tshark(file: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("tshark");
    command.arg("-r").arg(file).args(["-d", IS_RTP]).args(arguments);
    // It fails at the end of a file that was cut, after what comes before.
    let output = command.output().expect("tshark");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// How many frames of a file pass a filter; all of them without one.
pub fn count(file: &Path, filter: &str) -> u64 {
    let fields = ["-T", "fields", "-e", "frame.number", "-Y", filter];
    tshark(file, if filter.is_empty() { &fields[..4] } else { &fields }).lines().count() as u64
}

/// Where a stream comes from and goes to, and its SSRC.
pub type Flow = (String, String, u32);

/// A stream of `tshark -z rtp,streams`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream {
    pub payload_types: Vec<u8>,
    pub packets: u64,
    /// Far too many where a sequence number was damaged; negative where packets came again.
    pub lost: i64,
}

/// The streams of a file by their flows, over IPv4.
pub fn streams(file: &Path) -> BTreeMap<Flow, Stream> {
    let table = tshark(file, &["-q", "-z", "rtp,streams"]);
    table.lines().filter_map(stream).collect()
}

/// A line of the table: two times, source and port, destination and port, SSRC, payload types, packets, lost, a share in
/// brackets.
fn stream(line: &str) -> Option<(Flow, Stream)> {
    let words: Vec<&str> = line.split_ascii_whitespace().collect();
    let share = words.iter().position(|word| word.ends_with("%)"))?;
    let &[_, _, from, from_port, to, to_port, ssrc, ref payloads @ .., packets, lost] = &words[..share]
    else {
        return None;
    };
    let ssrc = u32::from_str_radix(ssrc.strip_prefix("0x")?, 16).ok()?;
    let flow = (format!("{from}:{from_port}"), format!("{to}:{to_port}"), ssrc);
    let payload_types = payloads
        .iter()
        .filter_map(|name| name.trim_end_matches(',').strip_prefix("RTPType-")?.parse().ok())
        .collect();
    Some((flow, Stream { payload_types, packets: packets.parse().ok()?, lost: lost.parse().ok()? }))
}

/// The streams of what `afterimage info` prints, by their flows.
pub fn streams_of_info(info: &serde_json::Value) -> BTreeMap<Flow, Stream> {
    let text = |value: &serde_json::Value| value.as_str().expect("text").to_owned();
    let of = |stream: &serde_json::Value| {
        let number = |name: &str| stream[name].as_u64().expect("a number");
        let ssrc = u32::try_from(number("ssrc")).expect("an SSRC");
        let payload_types = serde_json::from_value(stream["payload_types"].clone()).expect("numbers");
        let (packets, lost) = (number("packets"), number("lost").cast_signed());
        (
            (text(&stream["source"]), text(&stream["destination"]), ssrc),
            Stream { payload_types, packets, lost },
        )
    };
    info["streams"].as_array().expect("a list").iter().map(of).collect()
}
