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
    let format = &stream.format;
    let by = match format.codec_from {
        Some("sdp") => "by the SDP",
        Some("keys") => "by the keys file",
        _ => "by RFC 3551",
    };
    let codec = match &format.codec {
        Some(codec) => format!("{codec}, {by}"),
        None => "codec not stated (give --sdp FILE, or a keys file that states it)".to_owned(),
    };
    let mut parts = vec![format!("payload type{plural} {}: {codec}", types.join(", "))];
    parts.extend(format.kind.map(str::to_owned));
    let measured = if format.clock_rate_from == Some("measured") { ", measured" } else { "" };
    let ticks = |rate: u32| format!("{} ticks a second{measured}", thousands(rate.into()));
    parts.extend(format.clock_rate.map(ticks));
    parts.join("; ")
}

fn packets(stream: &ListedStream) -> String {
    let secs = stream.duration_secs.map(|secs| format!(" in {secs:.3} s")).unwrap_or_default();
    let mut parts = vec![format!("{}, {} bytes{secs}", thousands(stream.packets), thousands(stream.bytes))];
    parts.extend((stream.cut > 0).then(|| format!("{} not recorded whole", thousands(stream.cut))));
    parts.join("; ")
}

fn sequence(stream: &ListedStream) -> String {
    let ListedStream { lost, reordered, duplicates, .. } = stream;
    let [lost, reordered, duplicates] = [lost, reordered, duplicates].map(|&count| thousands(count));
    let mut parts = vec![
        format!("from {}", stream.first_sequence),
        format!("{lost} lost, {reordered} reordered, {duplicates} duplicates"),
    ];
    let others = [
        (stream.sequence_wraps, "wrapped past 65,535"),
        (stream.timestamp_wraps, "timestamp wrapped"),
        (stream.restarts, "started anew"),
    ];
    parts.extend(others.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| {
        if count == 1 { format!("{what} once") } else { format!("{what} {} times", thousands(count)) }
    }));
    parts.extend((stream.strays > 0).then(|| format!("{} out of range", thousands(stream.strays))));
    parts.join("; ")
}

/// What a user of SRTP must know: the lengths of key and salt, and where the rollover counter starts.
fn lengths(key: &KeyCheck) -> String {
    let suite = key.suite.as_ref().map(|suite| format!(" ({suite})")).unwrap_or_default();
    let own = key.key_bytes;
    let bytes = match key.salt_bytes {
        Some(salt) => format!("master key of {own} bytes and salt of {salt}, {} together", own + salt),
        None => format!("key of {own} bytes"),
    };
    let mut parts = vec![format!("{}{suite}: {bytes}", key.protection)];
    parts.extend(key.first_roc.map(|roc| format!("rollover counter {roc} at the first packet")));
    parts.join("; ")
}

fn outcome(key: &KeyCheck) -> String {
    let (tried, decrypted) = (key.tried_packets, key.decrypted_packets);
    let outcome = match (tried, key.fits()) {
        (0, _) => "no packet to try it on".to_owned(),
        (_, true) => format!("decrypts {decrypted} of the first {tried} packets"),
        (_, false) => format!("decrypts only {decrypted} of the first {tried} packets: the key is another"),
    };
    let other = key.fitting_roc.map(|roc| {
        format!(", or the rollover counter: the tag of the first packet matches with {roc} (--roc {roc})")
    });
    outcome + &other.unwrap_or_default()
}
