//! Still pictures: rotated, in containers of films, followed by more data, and truncated.

use std::path::{Path, PathBuf};

use afterimage::media::{Frames, Kind, Mirror, Pattern, Source, SourceInfo, pattern};
use afterimage::picture::Frame;
use afterimage::picture::layout::Layout;
use afterimage::units::FrameIndex;

use crate::bytes::check;
use crate::clips::{SHAPE, encode, path, program_bytes, reader, rest};
use crate::reading;

/// One picture of the counter in a file with this name.
fn picture(name: &str, arguments: &[&str]) -> PathBuf {
    encode(name, 1, &[&["-frames:v", "1", "-update", "1"], arguments].concat())
}

fn written(name: &str, bytes: &[u8]) -> PathBuf {
    let file = path(name);
    std::fs::write(&file, bytes).expect("room for a picture");
    file
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).expect("a file of the test")
}

/// A JPEG picture with an orientation, stated as cameras do (Exif tag 0x0112).
fn oriented(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut exif = b"\xFF\xE1\0\x22Exif\0\0MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    [&jpeg[..2], &exif, &jpeg[2..]].concat()
}

/// The number of frames in the index.
fn indexed(path: &Path) -> u64 {
    reading::index(&Source::File(path.to_owned())).frames()
}

/// Asserts that a source has exactly one frame. Returns its properties and the frame.
fn single(path: &Path) -> (SourceInfo, Vec<Frame>) {
    let mut reader = reader(path, Layout::RGB24);
    let frames = rest(&mut *reader);
    assert_eq!((frames.len(), indexed(path)), (1, 1), "{}", path.display());
    reader.seek(FrameIndex(0)).expect("frame 0");
    let again = reader.next_frame().expect("reading works").expect("frame 0");
    assert_eq!(again.bytes[..], frames[0].bytes[..], "{}", path.display());
    (reader.info().clone(), frames)
}

/// Rotation in degrees and mirror of the orientations 1 to 8 (Exif 2.32, table 5).
const ORIENTATIONS: [(u32, Option<Mirror>); 8] = [
    (0, None),
    (0, Some(Mirror::Horizontally)),
    (180, None),
    (0, Some(Mirror::Vertically)),
    (270, Some(Mirror::Horizontally)),
    (90, None),
    (90, Some(Mirror::Horizontally)),
    (270, None),
];

#[test]
fn each_orientation_of_a_photo_is_a_rotation_and_a_mirror() {
    let jpeg = read(&picture("upright.jpg", &["-pix_fmt", "yuvj420p", "-s", "96x64"]));
    for (orientation, (degrees, mirror)) in (1..).zip(ORIENTATIONS) {
        let file = written(&format!("orientation-{orientation}.jpg"), &oriented(&jpeg, orientation));
        let info = check(&file);
        assert_eq!((info.rotation_degrees, info.mirrored), (degrees, mirror), "orientation {orientation}");
    }
}

#[test]
fn each_matrix_of_a_film_is_a_rotation_and_a_mirror() {
    let film = encode("matrix.mp4", 2, &["-c:v", "libx264", "-s", "96x64"]);
    let bytes = read(&film);
    let header = bytes.windows(4).position(|name| name == b"tkhd").expect("the header of a track");
    // The first two numbers of the first two rows.
    let matrices = [
        [1, 0, 0, 1],
        [-1, 0, 0, 1],
        [-1, 0, 0, -1],
        [1, 0, 0, -1],
        [0, 1, 1, 0],
        [0, 1, -1, 0],
        [0, -1, -1, 0],
        [0, -1, 1, 0],
    ];
    for (matrix, (degrees, mirror)) in matrices.into_iter().zip(ORIENTATIONS) {
        let mut turned = bytes.clone();
        for (number, at) in matrix.into_iter().zip([0, 4, 12, 16]) {
            let at = header + 44 + at;
            turned[at..at + 4].copy_from_slice(&(number * 65536_i32).to_be_bytes());
        }
        let info = check(&written("turned-by-matrix.mp4", &turned));
        assert_eq!((info.rotation_degrees, info.mirrored), (degrees, mirror), "{matrix:?}");
    }
}

#[test]
fn data_after_a_photo_is_no_frame() {
    let jpeg = read(&picture("camera.jpg", &["-pix_fmt", "yuvj420p"]));
    let gains = read(&picture("gains.jpg", &["-pix_fmt", "yuvj420p", "-s", "80x46"]));
    let film = read(&encode("motion.mp4", 3, &["-c:v", "libx264"]));
    let photo = oriented(&jpeg, 6);
    for (name, bytes) in [
        ("gain-map.jpg", [&photo[..], &gains].concat()),
        ("second-view.jpg", [&photo[..], &photo].concat()),
        ("motion-photo.jpg", [&photo[..], &film].concat()),
        ("trailing.jpg", [&jpeg[..], &film].concat()),
    ] {
        let path = written(name, &bytes);
        let (info, frames) = single(&path);
        assert_eq!(info.kind, Kind::Still, "{name}");
        let program = program_bytes(&path, Layout::RGB24);
        assert_eq!(program[..frames[0].bytes.len()], frames[0].bytes[..], "{name}");
        assert!(reader(&path, Layout::RGB24).take_problems().is_empty(), "{name}");
    }
    // A film of JPEG pictures keeps all its frames.
    let film = encode("film.mjpeg", 5, &["-c:v", "mjpeg", "-pix_fmt", "yuvj420p"]);
    assert_eq!((rest(&mut *reader(&film, Layout::RGB24)).len(), indexed(&film)), (5, 5));
}

#[test]
fn formats_without_a_signature_open_whatever_the_name() {
    for (name, format) in [
        ("card.pam", "rgb24"),
        ("alpha.pam", "rgba"),
        ("grey.pam", "gray"),
        ("card.tga", "bgr24"),
        ("alpha.tga", "bgra"),
        ("grey.tga", "gray"),
        ("card.pfm", "gbrpf32le"),
        ("card.ppm", "rgb24"),
        ("deep.ppm", "rgb48be"),
        ("card.pgm", "gray"),
        ("card.pbm", "monob"),
    ] {
        let file = picture(name, &["-s", "96x64", "-pix_fmt", format]);
        // The name does not state the format.
        let nameless = written(&format!("{name}.bin"), &read(&file));
        let (info, _) = single(&nameless);
        assert_eq!((info.kind, info.width, info.height), (Kind::Still, 96, 64), "{name}");
        for layout in [Layout::RGBA32, Layout::RGB24, Layout::GRAY8, Layout::YUV420P] {
            let frames = rest(&mut *reader(&nameless, layout));
            assert_eq!(frames[0].bytes[..], program_bytes(&file, layout)[..], "{name}, {layout}");
        }
    }
}

#[test]
fn a_file_of_one_frame_is_a_still_in_any_container() {
    for name in ["one.mkv", "one.mp4", "one.ts", "one.avi", "one.h264", "one.mov", "one.nut"] {
        let (info, _) = single(&encode(name, 1, &["-c:v", "libx264"]));
        assert_eq!((info.kind, info.frame_rate), (Kind::Still, None), "{name}");
        let film = encode(&name.replace("one", "two"), 2, &["-c:v", "libx264"]);
        assert_eq!(reader(&film, Layout::RGB24).info().kind, Kind::Video, "{name} with two frames");
    }
}

/// A lossless animated WebP of the counter.
fn animated(name: &str) -> PathBuf {
    encode(name, 6, &["-c:v", "libwebp_anim", "-lossless", "1", "-pix_fmt", "bgra", "-loop", "0"])
}

fn counter_frame(frame: u64) -> Vec<u8> {
    let mut rgba = vec![0; SHAPE.pixels() * 4];
    pattern::draw(Pattern::FrameCounter, SHAPE, FrameIndex(frame), &mut rgba);
    rgba
}

/// True if FFmpeg itself plays animated WebP, as version 9 does.
fn is_played_by_ffmpeg(reader: &dyn Frames) -> bool {
    reader.info().container == "webp_anim"
}

#[test]
fn animated_webp_plays_and_seeks_to_every_frame() {
    let file = animated("moving.webp");
    let mut reader = reader(&file, Layout::RGBA32);
    assert_eq!((reader.info().kind, indexed(&file)), (Kind::Video, 6));
    // Without FFmpeg, the number of frames is known from the start.
    assert_eq!(reader.info().frames, (!is_played_by_ffmpeg(&*reader)).then_some(6));
    let frames = rest(&mut *reader);
    assert_eq!(frames.len(), 6);
    for (frame, index) in frames.iter().zip(0..) {
        assert!(frame.bytes[..] == counter_frame(index)[..], "frame {index}");
        assert!((frame.time_secs - index as f64 / 30.0).abs() < 0.002, "{} s", frame.time_secs);
    }
    for index in [4, 1, 1, 5, 0, 3] {
        reader.seek(FrameIndex(index)).expect("an existing frame");
        let frame = reader.next_frame().expect("reading works").expect("a frame");
        assert!(
            frame.index == FrameIndex(index) && frame.bytes[..] == counter_frame(index)[..],
            "frame {index}"
        );
    }
    assert!(reader.take_problems().is_empty());
}

#[test]
fn a_truncated_animated_webp_is_reported_and_a_broken_one_keeps_its_number_of_frames() {
    let whole = read(&animated("to-cut.webp"));
    let cut = written("cut-animation.webp", &whole[..whole.len() - 20]);
    let mut cut = reader(&cut, Layout::RGBA32);
    assert_eq!(rest(&mut *cut).len(), 5);
    let problems = cut.take_problems();
    if is_played_by_ffmpeg(&*cut) {
        assert!(problems.len() == 1 && problems[0].contains("frame 5"), "{problems:?}");
        return;
    }
    assert!(problems.len() == 1 && problems[0].contains("ends too early"), "{problems:?}");

    let mut broken = whole.clone();
    let parts: Vec<usize> =
        whole.windows(4).enumerate().filter(|(_, name)| *name == b"ANMF").map(|(at, _)| at).collect();
    // The signature of the picture in the fourth part of the file.
    broken[parts[3] + 32] ^= 0xFF;
    let mut broken = reader(&written("broken-animation.webp", &broken), Layout::RGBA32);
    let frames = rest(&mut *broken);
    assert_eq!(frames.len(), 6);
    assert_eq!(frames[3].bytes[..], frames[2].bytes[..], "the previous frame is shown instead");
    let problems = broken.take_problems();
    assert!(problems.len() == 1 && problems[0].contains("frame 3"), "{problems:?}");
}

#[test]
fn half_a_picture_is_decoded_and_reported() {
    for (name, arguments) in [
        ("half.jpg", &["-pix_fmt", "yuvj420p"][..]),
        ("half-444.jpg", &["-pix_fmt", "yuvj444p"]),
        ("half.qoi", &["-pix_fmt", "rgb24"]),
    ] {
        let whole = read(&picture(name, arguments));
        for share in [3, 6, 9] {
            let cut = written(&format!("{share}-{name}"), &whole[..whole.len() * share / 10]);
            let mut reader = reader(&cut, Layout::RGB24);
            let problems = reader.take_problems();
            assert!(problems.len() == 1 && problems[0].contains("ends too early"), "{name}: {problems:?}");
            assert_eq!((reader.info().kind, reader.info().shape()), (Kind::Still, SHAPE), "{name}");
            let frames = rest(&mut *reader);
            assert_eq!(frames[0].bytes[..], program_bytes(&cut, Layout::RGB24)[..], "{name}");
            assert!(reader.take_problems().is_empty(), "{name}: the problem is reported once");
        }
        let mut reader = reader(&path(name), Layout::RGB24);
        assert!(rest(&mut *reader).len() == 1 && reader.take_problems().is_empty(), "{name}");
    }
}

#[test]
fn stated_colours_have_the_names_of_ffmpeg_and_unstated_ones_are_none() {
    // Stated to the encoder itself: newer versions of the program let the filters override the other options.
    let stated = "range=pc:colormatrix=bt709:transfer=smpte170m:colorprim=bt470bg";
    let arguments = ["-c:v", "libx264", "-color_range", "pc", "-x264-params", stated];
    let colour = reader(&encode("stated.mp4", 2, &arguments), Layout::RGB24).info().colour;
    assert_eq!(
        (colour.range, colour.matrix, colour.transfer, colour.primaries),
        (Some("pc"), Some("bt709"), Some("smpte170m"), Some("bt470bg"))
    );
    let colour = reader(&encode("unstated.mp4", 2, &["-c:v", "libx264"]), Layout::RGB24).info().colour;
    assert_eq!((colour.matrix, colour.transfer, colour.primaries), (None, None, None));
}
