//! Built-in sources, formats that FFmpeg does not know, and frame rates.

use afterimage::media::{self, Kind, Limits, Pattern, Source, pattern};
use afterimage::picture::Shape;
use afterimage::picture::layout::Layout;
use afterimage::runtime::pool::Pool;
use afterimage::units::FrameIndex;

use crate::clips::{ffmpeg, path, reader, rest};
use crate::reading::{self, open};

#[test]
fn the_demo_plays_and_has_an_index() {
    for (source, kind) in [(Source::Demo, Kind::Video), (Source::DemoStill, Kind::Still)] {
        let mut reader = open(&source, Layout::RGBA32);
        assert_eq!(reader.info().kind, kind);
        assert!(reader.next_frame().expect("reading works").is_some());
        let index = reading::index(&source);
        assert_eq!(index.frames() == 1, kind == Kind::Still);
        reader.seek(FrameIndex(index.frames() - 1)).expect("the last frame");
        assert!(reader.next_frame().expect("reading works").is_some());
        assert!(reader.next_frame().expect("reading works").is_none());
    }
}

#[test]
fn patterns_have_the_bytes_that_the_program_converts_from_their_rgba() {
    let source = Source::Pattern(Pattern::FrameCounter, pattern::SHAPE);
    let mut reader = open(&source, Layout::RGBA32);
    reader.seek(FrameIndex(77)).expect("an existing frame");
    let rgba = reader.next_frame().expect("reading works").expect("a frame");
    assert_eq!(pattern::read_counter(&rgba.bytes, rgba.shape), Some(77));
    for (layout, format) in [(Layout::RGB24, "rgb24"), (Layout::GRAY8, "gray"), (Layout::YUV420P, "yuv420p")]
    {
        let raw = ["-f", "rawvideo", "-pix_fmt", "rgba", "-s", "1280x720", "-i", "-"];
        let expected = ffmpeg(raw.iter().chain(&["-f", "rawvideo", "-pix_fmt", format, "-"]), &rgba.bytes);
        reader.set_layout(layout);
        reader.seek(FrameIndex(77)).expect("an existing frame");
        let frame = reader.next_frame().expect("reading works").expect("a frame");
        assert!(frame.bytes[..] == expected[..], "{layout}");
    }
    assert_eq!(rest(&mut *reader).len(), 300 - 78);
    assert!(reader.seek(FrameIndex(300)).is_err());
}

#[test]
fn a_pattern_has_the_requested_size_up_to_the_limits() {
    let source: Source = "pattern:frame-counter@333x201".parse().expect("a source");
    let mut reader = open(&source, Layout::RGBA32);
    reader.seek(FrameIndex(9)).expect("an existing frame");
    let frame = reader.next_frame().expect("reading works").expect("a frame");
    assert_eq!((frame.shape, reader.info().shape()), (Shape::new(333, 201), Shape::new(333, 201)));
    assert_eq!(pattern::read_counter(&frame.bytes, frame.shape), Some(9));
    let huge: Source = "pattern:bars@20000x20000".parse().expect("a source");
    let refused = media::open(&huge, Layout::RGBA32, Limits::default(), &Pool::default());
    assert!(matches!(refused, Err(media::MediaError::TooLarge { .. })));
}

#[test]
fn stills_that_ffmpeg_does_not_know_are_decoded_by_the_image_crate() {
    // Farbfeld: a signature, width and height, and 16 bits per channel, all big-endian.
    let mut bytes = b"farbfeld\0\0\0\x02\0\0\0\x01".to_vec();
    for channel in [0xFFFFu16, 0, 0x8080, 0xFFFF, 0, 0xFFFF, 0, 0x4040] {
        bytes.extend(channel.to_be_bytes());
    }
    let file = path("picture.mp4");
    std::fs::write(&file, bytes).expect("room for a picture");
    let mut reader = reader(&file, Layout::RGBA32);
    assert_eq!((reader.info().kind, reader.info().shape()), (Kind::Still, Shape::new(2, 1)));
    let frame = reader.next_frame().expect("reading works").expect("a frame");
    assert_eq!(frame.bytes[..], [255, 0, 128, 255, 0, 255, 0, 64]);
    assert!(reader.next_frame().expect("reading works").is_none());
}

#[test]
fn the_frame_rate_is_that_of_the_frames_and_a_single_frame_has_none() {
    let encoded = |name: &str, rate: &str, frames: &str, more: &[&str]| {
        let film = format!("testsrc2=size=64x48:rate={rate}");
        let path = path(name);
        let made = ["-f", "lavfi", "-i", &film, "-frames:v", frames].into_iter().chain(more.iter().copied());
        ffmpeg(made.chain([path.to_str().expect("a plain path")]), &[]);
        path
    };
    let scanned = |path: std::path::PathBuf| {
        let mut reader = reader(&path, Layout::GRAY8);
        let stated = reader.info().frame_rate;
        reader.set_index(reading::index(&Source::File(path)));
        (stated, reader.info().frame_rate)
    };
    let x264 = ["-c:v", "libx264", "-pix_fmt", "yuv420p"];
    for name in ["one.ts", "one.mkv", "one.mp4", "one.flv"] {
        let (stated, known) = scanned(encoded(name, "25", "1", &x264));
        assert!(stated.is_none_or(|rate| rate < 1000.0) && known.is_none(), "{name}: {stated:?}, {known:?}");
    }
    for (name, rate, known) in [("slow.mkv", "1/2", 0.5), ("ntsc.ts", "30000/1001", 30_000.0 / 1001.0)] {
        assert_eq!(scanned(encoded(name, rate, "12", &x264)).1, Some(known), "{name}");
    }
    let uneven =
        ["-vf", "settb=1/1000,setpts='N*N*10'", "-fps_mode", "passthrough", "-enc_time_base", "1:1000"];
    let known = scanned(encoded("uneven.mkv", "25", "11", &[x264.as_slice(), &uneven].concat())).1;
    assert!(known.is_some_and(|rate| (rate - 10.0).abs() < 0.01), "ten frames in a second: {known:?}");
}
