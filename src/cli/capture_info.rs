//! What `afterimage info` prints of a capture.

use std::io::{self, Write};

use crate::media::capture::{CaptureInfo, KeyCheck, ListedStream};
use crate::text::numbers::thousands;

/// Writes lines for people: the capture, then a paragraph for each stream.
pub fn write(info: &CaptureInfo, out: &mut impl Write) -> io::Result<()> {
    let line = |out: &mut dyn Write, name: &str, value: &str| writeln!(out, "{name:<14}{value}");
    line(out, "source", &crate::text::printable::printable(&info.source))?;
    line(out, "format", &format!("{}, {} bytes", info.container, thousands(info.bytes)))?;
    let frames = format!(
        "{}; {} UDP datagrams, {} of them RTP in streams, {} RTCP",
        thousands(info.frames),
        thousands(info.udp_datagrams),
        thousands(info.rtp_datagrams),
        thousands(info.rtcp_packets)
    );
    line(out, "frames", &frames)?;
    line(out, "streams", &info.streams.len().to_string())?;
    for warning in &info.warnings {
        line(out, "warning", warning)?;
    }
    for stream in &info.streams {
        writeln!(out)?;
        let ListedStream { number, source, destination, ssrc, .. } = stream;
        line(
            out,
            &format!("stream {number}"),
            &format!("{source} → {destination}, SSRC {ssrc} (0x{ssrc:08x})"),
        )?;
        line(out, "  codec", &codec(stream))?;
        line(out, "  packets", &packets(stream))?;
        line(out, "  sequence", &sequence(stream))?;
        if let Some(key) = &stream.key {
            line(out, "  key", &lengths(key))?;
            line(out, "", &outcome(key))?;
        }
    }
    Ok(())
}

fn codec(stream: &ListedStream) -> String {
    let types: Vec<String> = stream.payload_types.iter().map(ToString::to_string).collect();
    let plural = if types.len() == 1 { "" } else { "s" };
    let mut text = format!("payload type{plural} {}", types.join(", "));
    let format = &stream.format;
    let by = |from| match from {
        Some("sdp") => "by the SDP",
        Some("rfc3551") => "by RFC 3551",
        _ => "measured",
    };
    match &format.codec {
        Some(codec) => text += &format!(": {codec}, {}", by(format.codec_from)),
        None => text += ": codec not stated (give --sdp FILE)",
    }
    if let Some(kind) = format.kind {
        text += &format!("; {kind}");
    }
    if let Some(rate) = format.clock_rate {
        text += &format!("; {} ticks a second", thousands(rate.into()));
        if format.clock_rate_from == Some("measured") {
            text += ", measured";
        }
    }
    text
}

fn packets(stream: &ListedStream) -> String {
    let mut text = format!("{}, {} bytes", thousands(stream.packets), thousands(stream.bytes));
    if let Some(secs) = stream.duration_secs {
        text += &format!(" in {secs:.3} s");
    }
    if stream.cut > 0 {
        text += &format!("; {} not recorded whole", thousands(stream.cut));
    }
    text
}

fn sequence(stream: &ListedStream) -> String {
    let mut text = format!(
        "from {}; {} lost, {} reordered, {} duplicates",
        stream.first_sequence,
        thousands(stream.lost),
        thousands(stream.reordered),
        thousands(stream.duplicates)
    );
    let others = [
        (stream.sequence_wraps, "wrapped past 65,535"),
        (stream.timestamp_wraps, "timestamp wrapped"),
        (stream.restarts, "started anew"),
    ];
    for (count, what) in others.into_iter().filter(|(count, _)| *count > 0) {
        let times = if count == 1 { "once".to_owned() } else { format!("{} times", thousands(count)) };
        text += &format!("; {what} {times}");
    }
    if stream.strays > 0 {
        text += &format!("; {} out of range", thousands(stream.strays));
    }
    text
}

/// What a user of SRTP must know: the lengths of key and salt, and where the rollover counter starts.
fn lengths(key: &KeyCheck) -> String {
    let mut text = key.protection.clone();
    if let Some(suite) = &key.suite {
        text += &format!(" ({suite})");
    }
    match key.salt_bytes {
        Some(salt) => {
            let (own, all) = (key.key_bytes, key.key_bytes + salt);
            text += &format!(": master key of {own} bytes and salt of {salt}, {all} together");
        }
        None => text += &format!(": key of {} bytes", key.key_bytes),
    }
    if let Some(roc) = key.first_roc {
        text += &format!("; rollover counter {roc} at the first packet");
    }
    text
}

fn outcome(key: &KeyCheck) -> String {
    let (tried, fitting) = (key.tried_packets, key.decrypted_packets);
    let mut text = match (tried, key.fits()) {
        (0, _) => "no packet to try it on".to_owned(),
        (_, true) => format!("decrypts {fitting} of the first {tried} packets"),
        (_, false) => format!("decrypts only {fitting} of the first {tried} packets: the key is another"),
    };
    if let Some(roc) = key.fitting_roc {
        text += &format!(", or the rollover counter: its tag matches with {roc} (--roc {roc})");
    }
    text
}
