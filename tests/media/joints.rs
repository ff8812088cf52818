//! Timestamps that restart or jump are continued as the `ffmpeg` program continues them, and seeking finds every frame.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use afterimage::media::Source;
use afterimage::picture::Frame;
use afterimage::picture::layout::Layout;
use afterimage::units::FrameIndex;

use crate::clips::{encode, ffmpeg, path, program_bytes, reader, rest};
use crate::reading;

/// The allowed difference of two times in ticks of 1/90,000 s that were rounded at joints.
const TICK_SECS: f64 = 2.5e-5;

/// A part of a recording that starts at `start_secs`: H.264 with B-frames and several keyframes.
fn part(name: &str, frames: u64, start_secs: &str) -> PathBuf {
    let x264 = ["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p"];
    let keys = ["-x264-params", "bframes=2:b-adapt=0:keyint=15:open-gop=1:scenecut=0"];
    let late = ["-output_ts_offset", start_secs, "-f", "mpegts"];
    encode(name, frames, &[x264.as_slice(), &keys, &late].concat())
}

/// One file with the bytes of these files in order, as `cat` writes it.
fn joined(name: &str, parts: &[&Path]) -> PathBuf {
    let bytes: Vec<u8> = parts.iter().flat_map(|part| std::fs::read(part).expect("a part")).collect();
    let path = path(name);
    std::fs::write(&path, bytes).expect("room for a clip");
    path
}

/// The times at which the program shows the frames of a file, in seconds from the first frame.
fn program_times(path: &Path) -> Vec<f64> {
    let path = path.to_str().expect("a plain path");
    let passed = ["-fps_mode", "passthrough", "-enc_time_base", "1:90000", "-f", "framecrc", "-"];
    let output = ffmpeg(["-i", path, "-map", "0:v:0"].iter().chain(&passed), &[]);
    let output = String::from_utf8(output).expect("text");
    let stamps = output.lines().filter(|line| !line.starts_with('#'));
    let ticks = stamps.map(|line| line.split(',').nth(2).expect("a timestamp").trim().parse::<f64>());
    let ticks: Vec<f64> = ticks.map(|ticks| ticks.expect("a number")).collect();
    ticks.iter().map(|stamp| (stamp - ticks[0]) / 90_000.0).collect()
}

/// Asserts that the frames in order, their times and the index are those of the program, and that seeking finds the same
/// frames. Returns the frames.
fn check(path: &Path) -> Vec<Frame> {
    let name = path.display();
    let linear = rest(&mut *reader(path, Layout::GRAY8));
    let all: Vec<u8> = linear.iter().flat_map(|frame| frame.bytes.iter().copied()).collect();
    assert!(
        all == program_bytes(path, Layout::GRAY8),
        "{name}: the frames in order are those of the program"
    );
    let source = Source::File(path.to_owned());
    let index = reading::index(&source);
    let times = program_times(path);
    assert_eq!((index.frames(), linear.len()), (times.len() as u64, times.len()), "{name}");
    for (frame, secs) in linear.iter().zip(times) {
        let indexed_secs = index.time_secs(frame.index).expect("an indexed frame");
        assert!((frame.time_secs - secs).abs() < TICK_SECS, "{name}: {} at {secs}", frame.index);
        assert!((indexed_secs - secs).abs() < TICK_SECS, "{name}: {} at {secs} in the index", frame.index);
    }

    for is_indexed in [false, true] {
        let mut reader = reader(path, Layout::GRAY8);
        if is_indexed {
            reader.set_index(Arc::clone(&index));
        }
        // Frames far from each other, forwards and backwards.
        for step in [7, 23, 1, 40, 11] {
            let count = linear.len();
            for at in (0..count).map(|n| n * step % count).take(8).chain([count - 1, 0, count / 2]) {
                reader.seek(FrameIndex(at as u64)).expect("an existing frame");
                for expected in linear.iter().skip(at).take(3) {
                    let frame = reader.next_frame().expect("reading succeeds").expect("a frame");
                    assert_eq!(frame.index, expected.index, "{name}");
                    assert!((frame.time_secs - expected.time_secs).abs() < TICK_SECS, "{name}: {at}");
                    assert!(frame.bytes[..] == expected.bytes[..], "{name}: frame {} differs", frame.index);
                }
            }
        }
        assert!(reader.take_problems().is_empty(), "{name}");
    }
    assert!(
        (index.duration_secs() - linear.last().map_or(0.0, |last| last.time_secs + last.duration_secs)).abs()
            < 0.001
    );
    // The index of an intact file is made from packets. Half the pictures of a DVD state no time, so they are decoded.
    let is_dvd = path.extension().is_some_and(|it| it == "vob");
    assert_eq!(index.is_from_packets(), !is_dvd, "{name}");
    linear
}

/// The longest time from one frame to the next.
fn widest_gap(frames: &[Frame]) -> f64 {
    frames.windows(2).map(|pair| pair[1].time_secs - pair[0].time_secs).fold(0.0, f64::max)
}

#[test]
fn the_times_of_a_second_part_continue_those_of_the_first() {
    let once = part("once.ts", 40, "0");
    let frames = check(&joined("twice.ts", &[&once, &once]));
    assert_eq!(frames.len(), 80);
    let last = &frames[79];
    assert!((last.time_secs + last.duration_secs - 80.0 / 30.0).abs() < 0.001, "{}", last.time_secs);
}

#[test]
fn the_times_of_three_parts_are_continuous_whether_they_restart_or_jump() {
    let (early, late) = (part("early.ts", 31, "100"), part("late-part.ts", 40, "5000"));
    for (name, parts) in [("thrice.ts", [&early, &late, &early]), ("back.ts", [&late, &early, &early])] {
        let frames = check(&joined(name, &parts.map(PathBuf::as_path)));
        assert!(widest_gap(&frames) < 0.05, "{name}");
    }
}

#[test]
fn missing_packets_at_a_joint_or_elsewhere_are_noticed() {
    let whole = part("whole.ts", 40, "0");
    let bytes = std::fs::read(&whole).expect("a part");
    let write = |name: &str, bytes: &[u8]| {
        let path = path(name);
        std::fs::write(&path, bytes).expect("room for a clip");
        path
    };
    // Transport packets of 188 bytes. A flag marks the packet in which a keyframe starts.
    let packets = bytes.chunks_exact(188);
    let mut keys =
        packets.enumerate().filter(|(_, it)| it[1] & 0x40 != 0 && it[3] & 0x20 != 0 && it[5] & 0x40 != 0);
    let within_key = (keys.next_back().expect("a key").0 + 3) * 188;
    let truncated = write("broken-off.ts", &bytes[..within_key]);
    let holed = write("holed.ts", &[&bytes[..within_key], &bytes[within_key + 5 * 188..]].concat());
    for (name, parts) in [("torn.ts", [&truncated, &whole]), ("holes.ts", [&holed, &whole])] {
        let parts = parts.map(PathBuf::as_path);
        let path = joined(name, &parts);
        assert!(!reading::index(&Source::File(path)).is_from_packets(), "{name}");
    }
}

#[test]
fn the_times_of_the_parts_of_a_dvd_are_continuous() {
    let mpeg2 = ["-c:v", "mpeg2video", "-bf", "2", "-g", "12", "-q:v", "3", "-f", "vob"];
    let once = encode("part.vob", 40, &mpeg2);
    let frames = check(&joined("parts.vob", &[&once, &once]));
    assert_eq!(frames.len(), 80);
    assert!(widest_gap(&frames) < 0.05);
}

#[test]
fn the_times_are_continuous_where_the_clock_of_a_recording_restarts_after_a_day() {
    // Timestamps restart at 0 after 2^33 ticks, which are 95,443.7 seconds.
    let frames = check(&part("wrap.ts", 150, "95440"));
    assert!(widest_gap(&frames) < 0.05);
}

#[test]
fn a_gap_of_less_than_ten_seconds_is_kept() {
    let (first, second) = (part("first.ts", 31, "10"), part("second.ts", 31, "16"));
    let frames = check(&joined("gap.ts", &[&first, &second]));
    assert!((widest_gap(&frames) - 5.0).abs() < 0.1, "{}", widest_gap(&frames));
}

#[test]
fn a_gap_in_a_container_with_an_index_is_always_kept() {
    let gap = "settb=1/1000,setpts='if(lt(N,20),N*33,N*33+60000)'";
    let x264 = ["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-g", "15"];
    for name in ["gap.mkv", "gap.mp4"] {
        let passed = ["-vf", gap, "-fps_mode", "passthrough", "-enc_time_base", "1:1000"];
        let frames = check(&encode(name, 40, &[x264.as_slice(), &passed].concat()));
        assert!(widest_gap(&frames) > 60.0, "{name}: {}", widest_gap(&frames));
    }
}
