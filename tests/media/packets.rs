//! The packets of every stream are those that the `ffprobe` program shows: times, flags, offsets and bytes.

use std::path::{Path, PathBuf};

use afterimage::media::container::{Packets, StreamKind};
use afterimage::media::{Limits, MediaError, Source};
use serde_json::Value;

use crate::clips::{damaged, encode, ffmpeg, path, remake};
use crate::ffmpeg::ffprobe;

/// The properties of a packet: stream, pts, dts, duration, flags, offset, size and checksum.
type Line = (usize, Option<i64>, Option<i64>, i64, [bool; 2], Option<u64>, usize, u32);

fn open(path: &Path) -> Packets {
    Packets::open(&Source::File(path.to_owned()), Limits::default()).unwrap_or_else(|error| panic!("{error}"))
}

/// The checksum of RFC 1950.
fn adler32(bytes: &[u8]) -> u32 {
    let sums = |(a, b): (u32, u32), &byte: &u8| {
        let a = (a + u32::from(byte)) % 65_521;
        (a, (b + a) % 65_521)
    };
    let (a, b) = bytes.iter().fold((1, 0), sums);
    b << 16 | a
}

/// The packets of a file, as `Packets` gives them.
fn ours(path: &Path) -> Vec<Line> {
    let mut packets = open(path);
    let mut lines = Vec::new();
    let mut counts = Vec::new();
    while let Some(packet) = packets.next_packet().expect("the file can be read") {
        counts.resize(counts.len().max(packet.stream + 1), 0);
        assert_eq!(packet.index, counts[packet.stream], "packets are numbered within their stream");
        counts[packet.stream] += 1;
        lines.push((
            packet.stream,
            packet.pts,
            packet.dts,
            packet.duration,
            [packet.is_key, packet.is_discarded],
            packet.offset,
            packet.bytes.len(),
            adler32(packet.bytes),
        ));
    }
    assert!(packets.next_packet().expect("the end stays the end").is_none());
    lines
}

/// The JSON that `ffprobe` prints of a file.
fn probe(path: &Path, arguments: &[&str]) -> Value {
    let path = path.to_str().expect("a plain path");
    let output = ffprobe([&["-v", "quiet", "-of", "json"], arguments, &[path]].concat());
    serde_json::from_str(&output).expect("JSON")
}

/// The packets of a file, as `ffprobe` shows them.
fn theirs(path: &Path) -> Vec<Line> {
    let shown = probe(path, &["-show_packets", "-show_data_hash", "adler32"]);
    let packets = shown["packets"].as_array().expect("a list");
    let text = |packet: &Value, name: &str| packet[name].as_str().map(str::to_owned);
    let line = |packet: &Value| {
        let flags = text(packet, "flags").expect("flags");
        let hash = text(packet, "data_hash").expect("a checksum");
        (
            usize::try_from(packet["stream_index"].as_u64().expect("a number")).expect("small"),
            packet["pts"].as_i64(),
            packet["dts"].as_i64(),
            packet["duration"].as_i64().unwrap_or(0),
            [flags.starts_with('K'), flags.contains('D')],
            text(packet, "pos").map(|at| at.parse().expect("a number")),
            text(packet, "size").expect("a size").parse().expect("a number"),
            u32::from_str_radix(hash.trim_start_matches("adler32:"), 16).expect("hexadecimal digits"),
        )
    };
    packets.iter().map(line).collect()
}

/// A second of video and sound in a file called `name`.
fn film(name: &str, arguments: &[&str]) -> PathBuf {
    let path = path(name);
    let sources = ["-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=1", "-f", "lavfi", "-i", "sine=d=1"];
    let name = path.to_str().expect("a plain path");
    ffmpeg(sources.iter().chain(arguments).chain(&[name]), &[]);
    path
}

/// Asserts that `Packets` and `ffprobe` agree on a file with streams of these codecs.
fn check(path: &Path, codecs: &[(StreamKind, &str)]) {
    let packets = open(path);
    let found: Vec<_> = packets.streams().iter().map(|it| (it.kind, it.codec.as_str())).collect();
    assert_eq!(found, codecs, "{}", path.display());
    let streams = probe(path, &["-show_streams"]);
    for (stream, shown) in packets.streams().iter().zip(streams["streams"].as_array().expect("a list")) {
        let base = format!("{}/{}", stream.time_base.numerator, stream.time_base.denominator);
        assert_eq!(shown["time_base"].as_str(), Some(base.as_str()), "{}", path.display());
        let extradata = shown["extradata_size"].as_u64().unwrap_or(0);
        assert_eq!(stream.extradata.len() as u64, extradata, "{}", path.display());
    }
    let (ours, theirs) = (ours(path), theirs(path));
    assert!(!theirs.is_empty(), "{}", path.display());
    for (n, (ours, theirs)) in ours.iter().zip(&theirs).enumerate() {
        assert_eq!(ours, theirs, "packet {n} of {}", path.display());
    }
    assert_eq!(ours.len(), theirs.len(), "{}", path.display());
    assert_eq!(ours, self::ours(path), "the same packets each time: {}", path.display());
}

const X264: [&str; 4] = ["-c:v", "libx264", "-pix_fmt", "yuv420p"];

#[test]
fn the_packets_of_films_with_sound_are_those_of_ffprobe() {
    use StreamKind::{Audio, Video};
    let x264 = |more: &[&'static str]| [&X264, more].concat();
    for (name, arguments, codecs) in [
        ("packets.mp4", x264(&["-c:a", "aac"]), ["h264", "aac"]),
        (
            "packets-fragments.mp4",
            x264(&["-c:a", "aac", "-movflags", "frag_keyframe", "-g", "5"]),
            ["h264", "aac"],
        ),
        ("packets.mov", vec!["-c:v", "prores", "-c:a", "pcm_s16le"], ["prores", "pcm_s16le"]),
        (
            "packets.mkv",
            vec!["-c:v", "libx265", "-x265-params", "log-level=0", "-c:a", "flac"],
            ["hevc", "flac"],
        ),
        ("packets.webm", vec!["-c:v", "libvpx-vp9", "-c:a", "libopus"], ["vp9", "opus"]),
        ("packets.ts", x264(&["-c:a", "aac", "-bf", "2"]), ["h264", "aac"]),
        ("packets.flv", x264(&["-c:a", "aac"]), ["h264", "aac"]),
        ("packets.avi", vec!["-c:v", "mjpeg", "-c:a", "libmp3lame"], ["mjpeg", "mp3"]),
        ("packets.mpg", vec!["-c:v", "mpeg2video", "-c:a", "mp2"], ["mpeg2video", "mp2"]),
        ("packets.nut", vec!["-c:v", "ffv1", "-c:a", "libvorbis"], ["ffv1", "vorbis"]),
        ("packets-av1.mkv", vec!["-c:v", "libaom-av1", "-cpu-used", "8", "-c:a", "libopus"], ["av1", "opus"]),
    ] {
        check(&film(name, &arguments), &[(Video, codecs[0]), (Audio, codecs[1])]);
    }
}

#[test]
fn packets_before_an_edit_list_are_marked_as_discarded() {
    let whole = film("packets-whole.mp4", &[&X264[..], &["-g", "10", "-c:a", "aac"]].concat());
    let cut = remake("packets-cut.mp4", &whole, &["-ss", "0.6"], &["-c", "copy"]);
    check(&cut, &[(StreamKind::Video, "h264"), (StreamKind::Audio, "aac")]);
    assert!(ours(&cut).iter().any(|line| line.4[1]), "the cut file has discarded packets");
    assert!(
        !ours(&whole).iter().any(|line| line.0 == 0 && line.4[1]),
        "the whole file has no discarded video packet"
    );
}

#[test]
fn files_without_video_have_packets_too() {
    use StreamKind::{Audio, Subtitle, Video};
    let sound = |name: &str, arguments: &[&str]| film(name, &[&["-map", "1"], arguments].concat());
    check(&sound("packets.wav", &[]), &[(Audio, "pcm_s16le")]);
    check(&sound("packets.ogg", &["-c:a", "libvorbis"]), &[(Audio, "vorbis")]);
    check(&sound("packets.m4a", &["-c:a", "aac"]), &[(Audio, "aac")]);
    check(&sound("packets.mp3", &["-c:a", "libmp3lame"]), &[(Audio, "mp3")]);
    let covered = film("packets-cover.mp3", &["-map", "1", "-map", "0", "-frames:v", "1", "-c:v", "png"]);
    check(&covered, &[(Audio, "mp3"), (Video, "png")]);
    let words = path("packets.srt");
    std::fs::write(&words, "1\n00:00:00,100 --> 00:00:00,500\nA word\n").expect("room for a word");
    check(&words, &[(Subtitle, "subrip")]);
}

#[test]
fn a_picture_is_one_packet() {
    // Names without an ending: otherwise the program opens a sequence of pictures.
    for (name, encoder, container) in [
        ("still-png", "png", "png_pipe"),
        ("still-jpeg", "mjpeg", "jpeg_pipe"),
        ("still-bmp", "bmp", "bmp_pipe"),
    ] {
        let path = film(name, &["-frames:v", "1", "-c:v", encoder, "-f", "image2", "-update", "1"]);
        check(&path, &[(StreamKind::Video, encoder)]);
        assert_eq!(open(&path).container(), container);
        let mut packets = open(&path);
        let packet = packets.next_packet().expect("readable").expect("a packet");
        assert_eq!(packet.bytes, std::fs::read(&path).expect("the picture"), "the packet is the whole file");
    }
}

#[test]
fn a_bare_stream_has_packets_without_times() {
    let bare = encode("packets.h264", 10, &[&X264[..], &["-f", "h264"]].concat());
    check(&bare, &[(StreamKind::Video, "h264")]);
    assert!(ours(&bare).iter().all(|line| line.1.is_none()), "a bare stream states no times");
}

#[test]
fn a_damaged_file_gives_its_intact_packets_and_reports_the_damage() {
    let whole = film("packets-sound.mkv", &[&X264[..], &["-c:a", "libopus"]].concat());
    let mut packets = open(&whole);
    while packets.next_packet().expect("readable").is_some() {}
    assert_eq!(packets.take_problems(), Vec::<String>::new(), "an intact file has no problems");
    let count = ours(&whole).len();

    let cut = damaged("packets-cut.mkv", &whole, |bytes| bytes.truncate(bytes.len() / 2));
    let overwritten = damaged("packets-overwritten.mkv", &whole, |bytes| {
        let middle = bytes.len() / 2;
        bytes[middle..middle + 300].fill(0xA5);
    });
    for path in [&cut, &overwritten] {
        let mut packets = open(path);
        let mut found = 0;
        while packets.next_packet().expect("readable").is_some() {
            found += 1;
        }
        assert!((1..count).contains(&found), "{found} of {count} packets: {}", path.display());
        let problems = packets.take_problems();
        assert!(problems.iter().any(|it| it.starts_with("the file is damaged after")), "{problems:?}");
        assert!(packets.take_problems().is_empty(), "each problem is reported once");
    }
}

#[test]
fn a_packet_that_the_demuxer_finds_damaged_is_marked() {
    let whole = film("packets-whole.ts", &[&X264[..], &["-g", "5", "-c:a", "aac"]].concat());
    // A transport packet from the middle of a picture is missing: the counter of the packets jumps.
    let incomplete = damaged("packets-incomplete.ts", &whole, |bytes| {
        let continues = |at: &usize| bytes[at + 1..at + 3] == [0x01, 0x00];
        let at =
            (0..bytes.len()).step_by(188).skip(40).find(continues).expect("a picture in several packets");
        bytes.drain(at..at + 188);
    });
    let corrupt = |path: &Path| {
        let mut packets = open(path);
        let mut corrupt = 0;
        while let Some(packet) = packets.next_packet().expect("readable") {
            corrupt += u32::from(packet.is_corrupt);
        }
        corrupt
    };
    assert_eq!((corrupt(&whole), corrupt(&incomplete)), (0, 1));
}

#[test]
fn sources_without_packets_are_refused() {
    for name in ["pattern:bars", "canvas"] {
        let source: Source = name.parse().expect("a source");
        let refused = Packets::open(&source, Limits::default()).err();
        assert!(matches!(refused, Some(MediaError::NoPackets(ref named)) if named == name), "{refused:?}");
    }
    assert!(Packets::open(&Source::Demo, Limits::default()).is_ok());
    let text = path("packets.txt");
    std::fs::write(&text, "a word and another").expect("room");
    let refused = Packets::open(&Source::File(text), Limits::default()).err();
    assert!(matches!(refused, Some(MediaError::NotMedia { .. })), "{refused:?}");
    let large = film("packets-large.mkv", &["-c:v", "ffv1", "-s", "640x360", "-frames:v", "1"]);
    let small = Limits { side: 320, pixels: 1 << 20 };
    let refused = Packets::open(&Source::File(large), small).err();
    assert!(matches!(refused, Some(MediaError::TooLarge { .. })), "{refused:?}");
}
