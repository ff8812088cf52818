//! Frame n is the same picture however it is reached.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use afterimage::media::{self, Frames, Limits, MediaError, Source, pattern};
use afterimage::picture::Frame;
use afterimage::picture::layout::Layout;
use afterimage::units::FrameIndex;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::clips::{
    damaged, encode, program_bytes, program_bytes_with, reader, release_of_ffmpeg, remake, rest,
};
use crate::reading;

const X264: [&str; 6] = ["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p"];

/// A clip that x264 encodes with these parameters.
fn x264(name: &str, frames: u64, parameters: &str, more: &[&str]) -> PathBuf {
    let arguments = [&X264, ["-x264-params", parameters].as_slice(), more].concat();
    encode(name, frames, &arguments)
}

static OPEN_GOPS: LazyLock<PathBuf> =
    LazyLock::new(|| x264("open-gops.mp4", 100, "open-gop=1:bframes=3:b-adapt=0:keyint=17:scenecut=0", &[]));
static TRANSPORT: LazyLock<PathBuf> = LazyLock::new(|| {
    let late = ["-output_ts_offset", "5000", "-muxdelay", "0.3", "-f", "mpegts"];
    x264("late.ts", 100, "open-gop=1:bframes=2:keyint=20:scenecut=0", &late)
});

/// The number that the picture shows.
fn counter(frame: &Frame) -> Option<u64> {
    pattern::read_counter(&frame.bytes, frame.shape).map(u64::from)
}

/// Asserts that the frames in order are those of the program, that the numbers in the pictures ascend by one, and that
/// frames reached by random seeks equal the frames in order.
fn check(path: &Path, cases: u32) {
    let linear = rest(&mut *reader(path, Layout::RGBA32));
    let all: Vec<u8> = linear.iter().flat_map(|frame| frame.bytes.iter().copied()).collect();
    assert!(
        all == program_bytes(path, Layout::RGBA32),
        "the frames in order differ from those of the program"
    );
    let first = counter(&linear[0]).expect("a number in frame 0");
    for (frame, n) in linear.iter().zip(0..) {
        assert_eq!((frame.index, counter(frame)), (FrameIndex(n), Some(first + n)));
    }
    assert!(linear.windows(2).all(|pair| pair[0].time_secs < pair[1].time_secs), "times ascend");

    let index = scan(path);
    assert_eq!(index.frames(), linear.len() as u64);
    for frame in &linear {
        assert_eq!(index.time_secs(frame.index), Some(frame.time_secs));
    }

    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let count = linear.len();
    let walks = prop::collection::vec((0..count, 1usize..4), 1..8);
    let outcome = runner.run(&(walks, any::<bool>()), |(walk, is_indexed)| {
        let mut reader = reader(path, Layout::RGBA32);
        if is_indexed {
            reader.set_index(Arc::clone(&index));
        }
        for (to, steps) in walk {
            reader.seek(FrameIndex(to as u64)).expect("an existing frame");
            for expected in linear.iter().skip(to).take(steps) {
                let frame = reader.next_frame().expect("reading succeeds").expect("a frame");
                prop_assert_eq!(frame.index, expected.index);
                prop_assert_eq!(frame.time_secs.to_bits(), expected.time_secs.to_bits());
                prop_assert!(frame.bytes[..] == expected.bytes[..], "frame {} differs", expected.index);
            }
        }
        prop_assert!(reader.take_problems().is_empty());
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{}: {failure}", path.display()));
}

fn scan(path: &Path) -> Arc<media::Index> {
    reading::index(&Source::File(path.to_owned()))
}

#[test]
fn a_seek_finds_the_same_frame_in_h264_with_b_frames_and_open_gops() {
    check(&OPEN_GOPS, 12);
}

#[test]
fn a_seek_finds_the_same_frame_in_a_transport_stream_that_starts_late() {
    check(&TRANSPORT, 12);
}

#[test]
fn a_seek_finds_the_same_frame_at_a_variable_frame_rate() {
    let uneven = ["-vf", "settb=1/1000,setpts=(N*33+mod(N*N\\,13))", "-fps_mode", "vfr"];
    check(&x264("uneven.mkv", 90, "keyint=24:bframes=2", &uneven), 8);
}

#[test]
fn a_seek_finds_the_same_frame_in_motion_jpeg() {
    check(&encode("motion.avi", 40, &["-c:v", "mjpeg", "-q:v", "3"]), 8);
}

#[test]
fn a_seek_finds_the_same_frame_in_ffv1_where_every_frame_is_a_keyframe() {
    check(&encode("intra.mkv", 30, &["-c:v", "ffv1", "-level", "3", "-g", "1"]), 8);
}

#[test]
fn a_seek_finds_the_same_frame_in_vp9_with_hidden_frames() {
    let hidden = ["-c:v", "libvpx-vp9", "-auto-alt-ref", "1", "-lag-in-frames", "16", "-g", "30"];
    let quick = ["-deadline", "realtime", "-cpu-used", "8", "-b:v", "300k", "-pix_fmt", "yuv420p"];
    check(&encode("hidden.webm", 80, &[hidden, quick].concat()), 8);
}

#[test]
fn a_seek_finds_the_same_frame_in_mpeg4_with_b_frames() {
    check(&encode("older.avi", 50, &["-c:v", "mpeg4", "-bf", "2", "-g", "12", "-q:v", "3"]), 8);
}

#[test]
fn a_seek_finds_the_same_frame_behind_an_edit_list() {
    let whole = x264("whole.mp4", 90, "bframes=2:keyint=25:scenecut=0", &[]);
    let cut = remake("edited.mp4", &whole, &["-ss", "1.1"], &["-c", "copy"]);
    check(&cut, 12);
}

#[test]
fn a_seek_finds_the_same_frame_in_a_stream_cut_at_an_open_gop() {
    // It starts with leading pictures whose references are missing.
    let cut = remake("cut.ts", &TRANSPORT, &["-ss", "1.2"], &["-c", "copy", "-f", "mpegts"]);
    check(&cut, 12);
}

#[test]
fn a_seek_finds_the_same_frame_in_a_bare_stream_without_timestamps() {
    check(&x264("bare.h264", 60, "bframes=2:keyint=20", &["-f", "h264"]), 4);
}

#[test]
fn a_seek_finds_the_same_frame_with_periodic_intra_refresh() {
    check(&x264("refresh.mp4", 90, "intra-refresh=1:keyint=20:bframes=0", &[]), 8);
}

#[test]
fn a_seek_past_the_end_is_refused_and_the_position_is_kept() {
    let mut reader = reader(&OPEN_GOPS, Layout::GRAY8);
    reader.seek(FrameIndex(40)).expect("an existing frame");
    for index in [100, u64::MAX] {
        let error = reader.seek(FrameIndex(index)).expect_err("past the end");
        assert!(matches!(error, MediaError::NoSuchFrame { frames: 100, .. }), "{error}");
    }
    assert_eq!(reader.next_frame().expect("a frame").map(|frame| frame.index), Some(FrameIndex(40)));
}

#[test]
fn times_count_from_frame_0_and_a_frame_lasts_until_the_next() {
    let mut reader = reader(&TRANSPORT, Layout::GRAY8);
    reader.set_index(scan(&TRANSPORT));
    let frames = rest(&mut *reader);
    assert!(frames[0].time_secs.abs() < 1e-9);
    for pair in frames.windows(2) {
        assert!((pair[0].time_secs + pair[0].duration_secs - pair[1].time_secs).abs() < 1e-9);
    }
    let last = &frames[99];
    assert!((last.time_secs - 3.3).abs() < 0.001 && (last.duration_secs - 1.0 / 30.0).abs() < 0.001);
}

#[test]
fn a_scan_can_be_interrupted() {
    let source = Source::File(OPEN_GOPS.clone());
    let stopped = media::scan(&source, Limits::default(), &mut |_| ControlFlow::Break(()));
    assert!(matches!(stopped, Err(MediaError::Interrupted)));
}

/// Asserts that the frames in order are those of the program, and that seeking finds them again. Returns the reader and the
/// frames.
fn check_damaged(path: &Path) -> (Box<dyn Frames>, Vec<Frame>) {
    let mut reader = reader(path, Layout::GRAY8);
    let linear = rest(&mut *reader);
    let all: Vec<u8> = linear.iter().flat_map(|frame| frame.bytes.iter().copied()).collect();
    // With several threads the program itself conceals damage differently each time.
    let program = program_bytes_with(&["-threads", "1"], path, Layout::GRAY8);
    assert!(all == program, "{}: the frames differ from those of the program", path.display());
    assert!(!linear.is_empty() && linear.iter().zip(0..).all(|(frame, n)| frame.index == FrameIndex(n)));
    check_seeks(&mut *reader, &linear, path);
    (reader, linear)
}

fn check_seeks(reader: &mut dyn Frames, linear: &[Frame], path: &Path) {
    for n in [linear.len() - 1, linear.len() / 2, 3, linear.len() - 2] {
        reader.seek(FrameIndex(n as u64)).expect("an existing frame");
        let frame = reader.next_frame().expect("reading succeeds").expect("a frame");
        assert_eq!(frame.index, linear[n].index);
        assert!(frame.bytes[..] == linear[n].bytes[..], "{}: frame {n}", path.display());
    }
}

/// At damage, a reader drops an index that was made from packets, and decodes on one thread from then on. An intact film
/// keeps both, even if other readers meet damage at the same time.
#[test]
fn an_intact_film_keeps_its_index_while_another_reader_meets_damage() {
    let damaged_film = damaged("beside.mp4", &OPEN_GOPS, |bytes| {
        let (from, len) = (bytes.len() / 4, bytes.len() / 4);
        bytes[from..from + len].iter_mut().step_by(97).for_each(|byte| *byte ^= 0x55);
    });
    let index = scan(&OPEN_GOPS);
    let mut playing = reader(&OPEN_GOPS, Layout::RGBA32);
    playing.set_index(Arc::clone(&index));
    let mut seeking = reader(&OPEN_GOPS, Layout::RGBA32);
    seeking.set_index(Arc::clone(&index));
    let mut damaged_reader = reader(&damaged_film, Layout::GRAY8);
    let mut count = 0;
    while let Some(frame) = playing.next_frame().expect("reading succeeds") {
        assert_eq!(counter(&frame), Some(count));
        // Each of these frames follows the keyframe of an open GOP.
        let place = (count * 34 + 20) % 100;
        seeking.seek(FrameIndex(place)).expect("an existing frame");
        let sought = seeking.next_frame().expect("reading succeeds").expect("a frame");
        assert_eq!(counter(&sought), Some(place));
        damaged_reader.next_frame().expect("reading succeeds");
        count += 1;
    }
    assert_eq!(count, 100);
    assert!(!damaged_reader.take_problems().is_empty(), "the other reader met the damage");
    for intact in [&playing, &seeking] {
        assert!(intact.index().is_some_and(|kept| Arc::ptr_eq(kept, &index)), "the index is kept");
    }
}

#[test]
fn a_seek_finds_the_same_frame_in_a_truncated_file() {
    for (name, from) in [("short.ts", &*TRANSPORT), ("short.mkv", &mkv())] {
        let path = damaged(name, from, |bytes| bytes.truncate(bytes.len() * 2 / 3));
        let (_, linear) = check_damaged(&path);
        assert!(linear.len() > 40, "{name}");
        check_seeks(&mut *reader(&path, Layout::GRAY8), &linear, &path);
    }
}

fn mkv() -> PathBuf {
    remake("open-gops.mkv", &OPEN_GOPS, &[], &["-c", "copy"])
}

#[test]
fn a_seek_finds_the_same_frame_in_a_damaged_file_whose_damage_is_reported() {
    let overwrite = |bytes: &mut Vec<u8>| {
        let (from, len) = (bytes.len() / 2, bytes.len() / 40);
        for (i, byte) in bytes[from..from + len].iter_mut().enumerate() {
            *byte = u8::try_from(i * 7 % 251).expect("below 251");
        }
    };
    let mut problems = Vec::new();
    for (name, from) in [("scratched.mp4", &*OPEN_GOPS), ("scratched.ts", &*TRANSPORT)] {
        let path = damaged(name, from, overwrite);
        let (mut played, linear) = check_damaged(&path);
        problems.extend(played.take_problems());
        check_seeks(&mut *reader(&path, Layout::GRAY8), &linear, &path);
    }
    assert!(problems.iter().any(|problem| problem.contains("could not be decoded")), "{problems:?}");
}

#[test]
fn a_seek_finds_the_same_frame_in_files_with_random_damage() {
    let webm =
        ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-g", "15", "-pix_fmt", "yuv420p"];
    let webm = encode("sound.webm", 40, &webm);
    let motion = encode("sound.avi", 20, &["-c:v", "mjpeg"]);
    let mkv = mkv();
    let mut kinds = vec![("mp4", &*OPEN_GOPS), ("ts", &*TRANSPORT), ("mkv", &mkv), ("webm", &webm)];
    // The decoder of Motion JPEG leaves old pixels where it cannot decode. From version 7 on, the program uses other buffers
    // than a reader that takes one picture at a time.
    if release_of_ffmpeg() < 7 {
        kinds.push(("avi", &motion));
    }
    for (kind, from) in kinds {
        for seed in 0..2u64 {
            let name = format!("damaged-{seed}.{kind}");
            // A linear congruential generator with the constants of Knuth's MMIX.
            let mut state = seed * 2 + 5001;
            let mut below = |end: usize| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                usize::try_from(state >> 33).expect("31 bits") % end
            };
            let path = damaged(&name, from, |bytes| {
                for _ in 0..3 {
                    // Past the headers, without which the file does not open.
                    let at = bytes.len() / 4 + below(bytes.len() / 2);
                    bytes[at] ^= 1 << below(8);
                }
            });
            let (_, linear) = check_damaged(&path);
            check_seeks(&mut *reader(&path, Layout::GRAY8), &linear, &path);
        }
    }
}
