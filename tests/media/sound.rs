//! Decoded sound against the `ffmpeg` program, and the frames that show its waveform.

use std::path::{Path, PathBuf};

use afterimage::media::sound::{SoundPieces, SoundReader};
use afterimage::media::{ChosenStream, Kind, Limits, MediaError, MessageUnit, Source, StreamChoice};
use afterimage::picture::layout::Layout;
use afterimage::picture::{Frame, Shape};
use afterimage::units::FrameIndex;

use crate::clips::path;
use crate::ffmpeg::ffmpeg;
use crate::reading::{self, rest};

/// Two tones that fade in, and noise, in two channels.
const STEREO: &str = "aevalsrc=0.5*sin(880*t*PI)*t|0.4*random(0)*t:s=44100:d=1.3";

/// A sound file that the program makes of a source.
fn sound(name: &str, source: &str, arguments: &[&str]) -> PathBuf {
    let path = path(name);
    let common = ["-f", "lavfi", "-i", source];
    ffmpeg(common.iter().chain(arguments).copied().chain([path.to_str().expect("a plain path")]), &[]);
    path
}

/// The samples of a stream, as the program decodes them.
fn by_program(path: &Path, stream: usize) -> Vec<u8> {
    let map = format!("0:{stream}");
    let path = path.to_str().expect("a plain path");
    ffmpeg(["-i", path, "-map", &map, "-f", "s16le", "-"], &[]).stdout
}

fn open(path: &Path, stream: usize) -> Result<SoundReader, MediaError> {
    SoundReader::open(&Source::File(path.to_owned()), stream, Limits::default())
}

/// All samples of a stream, and the reports of damage.
fn decoded(path: &Path, stream: usize) -> (Vec<u8>, Vec<String>) {
    let mut reader = open(path, stream).expect("sound");
    let mut all = Vec::new();
    while let Some(samples) = reader.next_samples().expect("readable") {
        assert!(samples.len() % (2 * reader.format().channels as usize) == 0, "whole samples");
        all.extend(samples);
    }
    (all, reader.take_problems())
}

fn check(path: &Path, stream: usize) {
    let expected = by_program(path, stream);
    let (samples, problems) = decoded(path, stream);
    assert!(expected.len() > 1000, "the program decodes sound of {}", path.display());
    assert_eq!(samples.len(), expected.len(), "{}", path.display());
    assert!(samples == expected, "{}", path.display());
    assert_eq!(problems, Vec::<String>::new(), "{}", path.display());
}

#[test]
fn the_samples_of_every_format_are_those_of_the_program() {
    for (name, encoder) in [
        ("u8.wav", "pcm_u8"),
        ("s16.wav", "pcm_s16le"),
        ("s24.wav", "pcm_s24le"),
        ("s32.wav", "pcm_s32le"),
        ("f32.wav", "pcm_f32le"),
        ("f64.wav", "pcm_f64le"),
        ("law.wav", "pcm_alaw"),
        ("big.aiff", "pcm_s16be"),
        ("lame.mp3", "libmp3lame"),
        ("aac.m4a", "aac"),
        ("adts.aac", "aac"),
        ("alac.m4a", "alac"),
        ("whole.flac", "flac"),
        ("deep.flac", "flac"),
        ("vorbis.ogg", "libvorbis"),
        ("opus.ogg", "libopus"),
        ("opus.webm", "libopus"),
        ("mp2.ts", "mp2"),
    ] {
        let format: &[&str] = if name == "deep.flac" { &["-sample_fmt", "s32"] } else { &[] };
        check(&sound(&format!("sound-{name}"), STEREO, &[&["-c:a", encoder][..], format].concat()), 0);
    }
}

#[test]
fn the_samples_of_many_channels_and_other_rates_are_those_of_the_program() {
    let surround = "aevalsrc=sin(440*t*PI)|0.1*random(0)|0|0.2|sin(90*t)|0.5*sin(999*t):c=5.1:s=48000:d=0.6";
    check(&sound("sound-ac3.mkv", surround, &["-c:a", "ac3"]), 0);
    check(&sound("sound-5.1.wav", surround, &[]), 0);
    let twelve = ["0.1*random(0)"; 12].join("|");
    let twelve = format!("aevalsrc={twelve}:s=8000:d=0.5");
    check(&sound("sound-12.wav", &twelve, &["-c:a", "pcm_f32le"]), 0);
    check(&sound("sound-11025.mp3", STEREO, &["-ar", "11025", "-ac", "1"]), 0);
}

#[test]
fn the_sound_of_films_with_and_without_an_edit_list_is_that_of_the_program() {
    let film = sound(
        "sound-film.mp4",
        "testsrc=d=2:s=64x48",
        &["-f", "lavfi", "-i", STEREO, "-c:v", "libx264", "-c:a", "aac", "-g", "5"],
    );
    check(&film, 1);
    let cut = path("sound-cut.mp4");
    let [from, to] = [&film, &cut].map(|path| path.to_str().expect("a plain path"));
    ffmpeg(["-ss", "0.5", "-i", from, "-c", "copy", to], &[]);
    check(&cut, 1);
    assert!(by_program(&cut, 1).len() < by_program(&film, 1).len());
}

#[test]
fn a_stream_that_changes_rate_and_channels_is_converted_to_those_of_its_start() {
    let first = sound("sound-first.mp3", STEREO, &["-write_xing", "0", "-id3v2_version", "0"]);
    let second = sound(
        "sound-second.mp3",
        STEREO,
        &["-ar", "22050", "-ac", "1", "-write_xing", "0", "-id3v2_version", "0"],
    );
    let joined = path("sound-joined.mp3");
    let [first, second] = [first, second].map(|path| std::fs::read(path).expect("a file of the test"));
    std::fs::write(&joined, [&first[..], &second, &first].concat()).expect("room");
    let (samples, _) = decoded(&joined, 0);
    assert!(samples == by_program(&joined, 0));
    // The second part, at half the rate and in one channel, is as long as the others.
    assert!(samples.len() > 44_100 * 4 * 36 / 10, "{}", samples.len());
}

#[test]
fn damaged_packets_are_skipped_and_reported() {
    let whole = sound("sound-whole.flac", STEREO, &["-c:a", "flac"]);
    let mut bytes = std::fs::read(&whole).expect("a file of the test");
    let middle = bytes.len() / 2;
    bytes[middle..middle + 3000].fill(0x55);
    let damaged = path("sound-damaged.flac");
    std::fs::write(&damaged, bytes).expect("room");
    let (samples, problems) = decoded(&damaged, 0);
    assert!(samples.len() > by_program(&whole, 0).len() / 2, "the sound after the damage is decoded");
    assert!(problems.iter().any(|problem| problem.contains("could not be decoded")), "{problems:?}");
}

#[test]
fn a_stream_without_sound_is_refused_with_what_to_do() {
    let silent = sound("sound-none.mp4", "testsrc=d=0.2:s=64x48", &[]);
    for stream in [0, 3] {
        let error = open(&silent, stream).err().expect("no sound").to_string();
        assert!(error.contains("cannot be decoded") && error.contains("packets"), "{error}");
    }
}

#[test]
fn pieces_are_20_ms_and_cover_all_samples() {
    for rate in ["44100", "48000", "11025"] {
        let path = sound(&format!("sound-{rate}.wav"), STEREO, &["-ar", rate]);
        let all = by_program(&path, 0);
        let rate: usize = rate.parse().expect("a number");
        let mut pieces = SoundPieces::new(open(&path, 0).expect("sound")).expect("a usual rate");
        let mut count = 0;
        while let Some(piece) = pieces.next_piece().expect("readable") {
            let range = [count, count + 1].map(|k| (k * rate / 50 * 4).min(all.len()));
            assert!(piece == &all[range[0]..range[1]], "piece {count} at {rate} Hz");
            count += 1;
        }
        assert_eq!(count, (all.len() / 4 * 50).div_ceil(rate), "{rate} Hz");
    }
}

#[test]
fn a_sound_with_fewer_samples_than_pieces_per_second_is_refused() {
    let path = sound("sound-slow.wav", "aevalsrc=0.1:s=40:d=2", &[]);
    let refused = open(&path, 0).and_then(SoundPieces::new).err().expect("too slow").to_string();
    assert!(refused.contains("40 samples a second"), "{refused}");
}

/// A source whose frames show a sound.
fn shown(path: &Path, choice: Option<StreamChoice>, unit: MessageUnit) -> Source {
    Source::Stream(ChosenStream { file: Box::new(Source::File(path.to_owned())), choice, unit })
}

/// All frames in order. Asserts that seeking finds the same frames and that the index has them.
fn frames(source: &Source, layout: Layout) -> Vec<Frame> {
    let mut reader = reading::open(source, layout);
    assert_eq!(reader.info().kind, Kind::Sound);
    let all = rest(&mut *reader);
    let mut other = reading::open(source, layout);
    for frame in all.iter().rev().step_by(7) {
        other.seek(frame.index).expect("an existing frame");
        let again = other.next_frame().expect("readable").expect("a frame");
        assert!(
            again.bytes[..] == frame.bytes[..] && again.time_secs.to_bits() == frame.time_secs.to_bits(),
            "frame {}",
            frame.index
        );
    }
    let past = FrameIndex(all.len() as u64);
    let count = all.len() as u64;
    let refused = other.seek(past);
    assert!(matches!(refused, Err(MediaError::NoSuchFrame { frames, .. }) if frames == count), "{refused:?}");
    let index = reading::index(source);
    assert_eq!(index.frames(), count);
    for frame in &all {
        assert_eq!(index.time_secs(frame.index), Some(frame.time_secs), "frame {}", frame.index);
    }
    all
}

#[test]
fn without_video_each_message_has_a_frame_that_shows_the_sound_around_it() {
    let path = sound("sound-shown.mp3", STEREO, &["-ar", "48000"]);
    let samples = frames(&shown(&path, None, MessageUnit::Samples), Layout::RGBA32);
    assert_eq!(samples.len(), (by_program(&path, 0).len() / 4).div_ceil(960));
    assert!((samples[10].time_secs - 0.2).abs() < 1e-9);
    assert_eq!(samples[0].shape, Shape::new(1280, 720));
    assert!(
        samples.windows(2).all(|two| two[0].bytes[..] != two[1].bytes[..]),
        "the waveform changes from frame to frame"
    );
    let packets = frames(&shown(&path, None, MessageUnit::Packet), Layout::GRAY8);
    // MP3 has 1152 samples per packet.
    assert!((packets[10].time_secs - 0.24).abs() < 1e-6, "{}", packets[10].time_secs);
    assert_eq!(packets[0].bytes.len(), 1280 * 720);
}

#[test]
fn loud_sound_fills_more_of_the_picture_than_silence() {
    let blue = |path: &Path| {
        let source = shown(path, None, MessageUnit::Packet);
        let mut reader = reading::open(&source, Layout::RGBA32);
        let frame = reader.next_frame().expect("readable").expect("a frame");
        frame.bytes.as_chunks::<4>().0.iter().filter(|pixel| pixel[2] > 200 && pixel[0] < 120).count()
    };
    let [silent, quiet, loud] = ["0", "0.02*random(0)", "0.9*random(0)"]
        .map(|of| blue(&sound(&format!("sound-{of}.wav"), &format!("aevalsrc={of}:s=48000:d=3"), &[])));
    assert!(silent < 2000 && quiet > 10 * silent.max(100) && loud > 2 * quiet, "{silent} {quiet} {loud}");
}

#[test]
fn the_sound_of_a_film_is_shown_at_the_frames_of_its_video() {
    let film = sound(
        "sound-video.mkv",
        "testsrc=d=1.2:s=320x180:r=10",
        &["-f", "lavfi", "-i", STEREO, "-c:v", "ffv1", "-c:a", "libopus"],
    );
    let frames_of_sound =
        frames(&shown(&film, Some(StreamChoice::AUDIO), MessageUnit::Packet), Layout::YUV420P);
    assert_eq!((frames_of_sound.len(), frames_of_sound[0].shape), (12, Shape::new(320, 180)));
    assert!((frames_of_sound[5].time_secs - 0.5).abs() < 1e-6);
    // Without a choice, packets are those of the video, whose frames are pictures.
    let source = shown(&film, None, MessageUnit::Packet);
    assert_eq!(reading::open(&source, Layout::RGBA32).info().kind, Kind::Video);
}
