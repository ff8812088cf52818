//! The bytes of every layout are those that the `ffmpeg` program writes.

use std::path::{Path, PathBuf};

use afterimage::media::{Kind, SourceInfo};
use afterimage::picture::Matrix;
use afterimage::picture::layout::Layout;

use crate::clips::{damaged, ffmpeg, footage, path, program_bytes, reader, remake, rest};

/// Compares all frames in all layouts. Returns the properties of the source.
pub fn check(path: &Path) -> SourceInfo {
    for layout in Layout::ALL {
        let mut reader = reader(path, layout);
        let frames = rest(&mut *reader);
        let mut program = &program_bytes(path, layout)[..];
        for frame in &frames {
            assert_eq!(frame.bytes.len(), layout.frame_bytes(frame.shape));
            assert_eq!(frame.shape, reader.info().shape());
            let (expected, rest) =
                program.split_at_checked(frame.bytes.len()).expect("as many bytes as the program");
            let differing = expected.iter().zip(&frame.bytes[..]).filter(|(a, b)| a != b).count();
            assert_eq!(differing, 0, "{layout}, frame {}, {}", frame.index, path.display());
            program = rest;
        }
        assert!(program.is_empty() && !frames.is_empty(), "{layout}: as many frames as the program");
        assert!(reader.take_problems().is_empty());
    }
    reader(path, Layout::RGBA32).info().clone()
}

/// Four frames of the footage, encoded with `arguments`.
fn made(name: &str, arguments: &[&str]) -> std::path::PathBuf {
    remake(name, &footage(), &[], &[&["-frames:v", "4"], arguments].concat())
}

#[test]
fn the_bytes_of_footage_are_those_of_the_program() {
    let info = check(&footage());
    assert_eq!((info.kind, info.width, info.height, info.codec.as_str()), (Kind::Video, 1280, 720, "h264"));
    assert_eq!((info.frame_rate, info.pixel_format.as_str()), (Some(25.0), "yuv420p"));
}

#[test]
fn the_bytes_of_rotated_pictures_are_those_of_the_program() {
    let small = made("upright.mp4", &["-s", "160x90", "-c:v", "libx264"]);
    for (degrees, shape) in [(90, (90, 160)), (180, (160, 90)), (270, (90, 160))] {
        let turned = turned(&format!("turned-{degrees}.mp4"), &small, degrees);
        let info = check(&turned);
        assert_eq!((info.width, info.height), shape);
        assert_eq!(info.rotation_degrees, degrees);
    }
}

/// A copy of an MP4 file with a display matrix that rotates its picture clockwise. The matrix is written here, because each
/// version of the program has another option for it.
fn turned(name: &str, from: &Path, degrees: u32) -> PathBuf {
    let (sin, cos) = f64::from(degrees).to_radians().sin_cos();
    damaged(name, from, |bytes| {
        let header = bytes.windows(4).position(|at| at == b"tkhd").expect("the header of a track");
        // The matrix a b u, c d v, x y w. Of these 9 numbers, a, b, c and d are in 16.16 fixed point.
        let matrix = &mut bytes[header + 44..][..36];
        for (at, number) in [(0, cos), (1, sin), (3, -sin), (4, cos)] {
            #[expect(clippy::cast_possible_truncation, reason = "from -1 to 1")]
            let fixed = (number * 65536.0).round() as i32;
            matrix[at * 4..][..4].copy_from_slice(&fixed.to_be_bytes());
        }
    })
}

#[test]
fn the_bytes_of_pixels_that_are_not_square_are_those_of_the_program() {
    let wide = made("wide.mkv", &["-vf", "scale=180:144,setsar=64/45", "-c:v", "libx264"]);
    let info = check(&wide);
    assert_eq!((info.width, info.height, info.sample_aspect_ratio), (180, 144, (64, 45)));
}

#[test]
fn the_bytes_of_every_pixel_format_are_those_of_the_program() {
    for format in ["yuv420p10le", "yuv422p", "yuv444p12le", "gbrp10le", "gray", "yuva420p", "bgra"] {
        let file = made(&format!("{format}.mkv"), &["-s", "160x90", "-c:v", "ffv1", "-pix_fmt", format]);
        assert_eq!(check(&file).pixel_format, format);
    }
    let deep = made("deep.mp4", &["-s", "160x90", "-c:v", "libx264", "-pix_fmt", "yuv422p10le"]);
    assert_eq!(check(&deep).pixel_format, "yuv422p10le");
}

#[test]
fn the_bytes_of_stated_colours_are_those_of_the_program() {
    let high = ["-s", "160x90", "-c:v", "libx264", "-colorspace", "bt709", "-color_range", "tv"];
    let high = made("high.mp4", &high);
    check(&high);
    let full = ["-s", "160x90", "-vf", "scale=out_range=full", "-c:v", "libx264", "-color_range", "pc"];
    let full = made("full.mp4", &full);
    check(&full);
    let colour = |file: &Path, layout| {
        reader(file, layout).next_frame().expect("reading works").expect("a frame").colour
    };
    assert_eq!(colour(&high, Layout::YUV420P).matrix, Matrix::Bt709);
    assert!(!colour(&high, Layout::YUV420P).full_range);
    // Up to version 6, FFmpeg converts `yuvj420p` to the narrow range of `yuv420p`; from version 7 on it does not.
    let planes = ["-v", "error", "-i", full.to_str().expect("a plain path"), "-pix_fmt", "yuvj420p"];
    let stays_full =
        ffmpeg(planes.iter().chain(&["-f", "rawvideo", "-"]), &[]) == program_bytes(&full, Layout::YUV420P);
    assert_eq!(colour(&full, Layout::YUV420P).full_range, stays_full);
    let untouched = ["-s", "160x90", "-c:v", "ffv1", "-pix_fmt", "yuv420p", "-color_range", "pc"];
    let untouched = made("untouched.mkv", &untouched);
    check(&untouched);
    assert!(colour(&untouched, Layout::YUV420P).full_range);
    assert_eq!(colour(&untouched, Layout::YUV420P).matrix, Matrix::Bt601);
}

/// Newer filters get matrix and range in advance. Otherwise, tagged sources would give other bytes than the program.
#[test]
fn the_bytes_of_every_stated_matrix_and_range_are_those_of_the_program() {
    for format in ["yuv420p", "yuv422p", "yuv444p", "yuv420p10le"] {
        for matrix in ["bt709", "bt2020nc", "smpte170m"] {
            for range in ["tv", "pc"] {
                let name = format!("{format}-{matrix}-{range}.mkv");
                let tags = ["-pix_fmt", format, "-colorspace", matrix, "-color_range", range];
                let small = ["-s", "64x36", "-frames:v", "2", "-c:v", "ffv1"];
                check(&made(&name, &[&small[..], &tags].concat()));
            }
        }
    }
}

#[test]
fn a_matrix_without_a_name_is_read_as_bt601() {
    let tagged = ["-s", "64x36", "-c:v", "ffv1", "-pix_fmt", "yuv444p", "-colorspace", "bt709"];
    let tagged = made("named-matrix.mkv", &tagged);
    // MatrixCoefficients: one byte, BT.709 is 1.
    let element = [0x55, 0xb1, 0x81];
    let strange = damaged("nameless-matrix.mkv", &tagged, |bytes| {
        let at = bytes.windows(3).position(|at| at == element).expect("a matrix that is stated");
        bytes[at + 3] = 200;
    });
    let frames = rest(&mut *reader(&strange, Layout::YUV420P));
    assert_eq!(frames.len(), 4);
    assert!(frames.iter().all(|frame| frame.colour.matrix == Matrix::Bt601));
}

#[test]
fn the_bytes_of_odd_sizes_are_those_of_the_program() {
    for size in ["63x35", "1x1", "17x2"] {
        check(&made(
            &format!("odd-{size}.mkv"),
            &["-s", size, "-c:v", "ffv1", "-level", "1", "-pix_fmt", "yuv420p"],
        ));
        check(&made(&format!("odd-{size}.avi"), &["-s", size, "-c:v", "rawvideo", "-pix_fmt", "bgr24"]));
    }
}

#[test]
fn the_bytes_of_interlaced_pictures_are_those_of_the_program() {
    check(&made("fields.ts", &["-s", "320x180", "-c:v", "mpeg2video", "-flags", "+ildct+ilme", "-bf", "2"]));
}

#[test]
fn frames_keep_their_own_size_when_the_size_changes() {
    let small = made("part-1.h264", &["-s", "160x90", "-c:v", "libx264"]);
    let large = made("part-2.h264", &["-s", "320x180", "-c:v", "libx264"]);
    let both = path("grows.h264");
    let bytes = [small, large].map(|part| std::fs::read(part).expect("a part")).concat();
    std::fs::write(&both, bytes).expect("room for a clip");
    // The program scales all frames to the first size. The reader gives them in their own size.
    let frames = rest(&mut *reader(&both, Layout::RGB24));
    let widths: Vec<u32> = frames.iter().map(|frame| frame.shape.width).collect();
    assert_eq!(widths, [160, 160, 160, 160, 320, 320, 320, 320]);
    assert!(frames.iter().all(|frame| frame.bytes.len() == Layout::RGB24.frame_bytes(frame.shape)));
}

#[test]
fn the_bytes_of_stills_are_those_of_the_program() {
    let still = |name: &str, format: &str| {
        made(name, &["-frames:v", "1", "-s", "123x77", "-pix_fmt", format, "-update", "1"])
    };
    for (name, format) in [
        ("rgb.png", "rgb24"),
        ("alpha.png", "rgba"),
        ("deep.png", "rgb48be"),
        ("photo.jpg", "yuvj420p"),
        ("photo-444.jpg", "yuvj444p"),
        ("picture.bmp", "bgr24"),
        ("picture.tiff", "rgb24"),
        ("picture.gif", "pal8"),
        ("picture.webp", "yuv420p"),
    ] {
        let info = check(&still(name, format));
        assert_eq!(info.kind, Kind::Still, "{name}: {info:?}");
    }
}

#[test]
fn the_bytes_of_animated_gifs_are_those_of_the_program() {
    let info = check(&made("moving.gif", &["-s", "80x45"]));
    assert_eq!(info.kind, Kind::Video);
}
