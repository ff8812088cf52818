//! Sources that are refused, and their errors.

use std::path::Path;

use afterimage::media::{self, Limits, MediaError, Source, TooLarge};
use afterimage::picture::Shape;
use afterimage::picture::layout::Layout;
use afterimage::runtime::pool::Pool;

use crate::clips::{encode, ffmpeg, footage, path, program_bytes_with, remake};
use crate::random::noise;

fn open(path: &Path, limits: Limits) -> Result<(), MediaError> {
    media::open(&Source::File(path.to_owned()), Layout::RGBA32, limits, &Pool::default()).map(|_| ())
}

fn refused(path: &Path) -> MediaError {
    open(path, Limits::default()).expect_err("a refusal")
}

fn written(name: &str, bytes: impl AsRef<[u8]>) -> std::path::PathBuf {
    let path = path(name);
    std::fs::write(&path, bytes).expect("room for a file");
    path
}

#[test]
fn text_with_the_name_of_a_video_is_refused() {
    let lorem = "It was a dark and stormy night; the rain fell in torrents.\n".repeat(200);
    for (name, text) in [
        ("text.mp4", lorem.clone()),
        ("note.png", "hello\n".to_owned()),
        ("escape.mov", format!("\x1b[31m{lorem}\x1b[0m")),
        ("line.mkv", "x".to_owned()),
    ] {
        let error = refused(&written(name, text));
        assert!(matches!(error, MediaError::NotMedia { .. }), "{name}: {error}");
    }
    let subtitles = "1\n00:00:01,000 --> 00:00:02,000\nHello\n\n2\n00:00:03,000 --> 00:00:04,000\nThere\n";
    let error = refused(&written("subtitles.mp4", subtitles));
    assert!(matches!(&error, MediaError::NoVideo { found, .. } if found == "subtitles"), "{error}");
}

#[test]
fn noise_empty_missing_files_and_folders_are_refused() {
    let error = refused(&written("noise.mp4", noise(200_000)));
    assert!(matches!(error, MediaError::NotMedia { .. }), "{error}");
    let error = refused(&written("nothing.mp4", ""));
    assert!(matches!(error, MediaError::Empty { .. }), "{error}");
    let error = refused(&path("missing.mp4"));
    assert!(matches!(error, MediaError::Unreadable { .. }), "{error}");
    let error = refused(path("x").parent().expect("a folder"));
    assert!(matches!(error, MediaError::Folder { .. }), "{error}");
}

#[test]
fn sound_without_video_is_refused_even_with_cover_art() {
    let sound = path("sound.mp3");
    let tone = ["-f", "lavfi", "-i", "sine=d=0.5"];
    ffmpeg(tone.iter().copied().chain([sound.to_str().expect("a plain path")]), &[]);
    let error = refused(&sound);
    assert!(matches!(&error, MediaError::NoVideo { found, .. } if found == "sound"), "{error}");

    let cover = encode("cover.png", 1, &["-frames:v", "1"]);
    let cover = cover.to_str().expect("a plain path");
    let art = ["-i", cover, "-map", "0", "-map", "1", "-c", "copy", "-disposition:v", "attached_pic"];
    let error = refused(&remake("art.mp3", &sound, &[], &art));
    assert!(matches!(&error, MediaError::NoVideo { found, .. } if found.contains("cover art")), "{error}");
}

#[test]
fn pictures_past_the_limits_are_refused_with_their_size() {
    let limits = Limits { side: 1000, pixels: 10_000_000 };
    let error = open(&footage(), limits).expect_err("too wide");
    assert!(
        matches!(error, MediaError::TooLarge(TooLarge { shape: Shape { width: 1280, height: 720 }, .. })),
        "{error}"
    );

    let limits = Limits { side: 16_384, pixels: 50_000 };
    for (still, format) in
        [("large.png", "rgb24"), ("large.jpg", "yuvj420p"), ("large.qoi", "rgb24"), ("large.h264", "yuv420p")]
    {
        let file = encode(still, 1, &["-frames:v", "1", "-pix_fmt", format]);
        let error = open(&file, limits).expect_err("too many pixels");
        assert!(matches!(error, MediaError::TooLarge { .. }), "{still}: {error}");
    }
}

#[test]
fn playlists_that_name_another_file_are_refused() {
    let other = encode("other.ts", 10, &["-c:v", "libx264", "-f", "mpegts"]);
    let name = other.display();
    let hls =
        format!("#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n#EXTINF:0.3,\n{name}\n#EXT-X-ENDLIST\n");
    let dash = format!(
        "<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\" \
         mediaPresentationDuration=\"PT1S\"><Period><AdaptationSet><Representation id=\"1\" \
         bandwidth=\"1\"><BaseURL>{name}</BaseURL></Representation></AdaptationSet></Period></MPD>"
    );
    let concat = format!("ffconcat version 1.0\nfile '{name}'\n");
    // FFmpeg can read both playlists if it is allowed to: the errors below are refusals, not parse errors.
    let list = written("works.m3u8", &hls);
    let opened = program_bytes_with(&["-allowed_extensions", "ALL"], &list, Layout::GRAY8);
    assert!(!opened.is_empty());
    let list = written("works.ffconcat", &concat);
    assert!(!program_bytes_with(&["-safe", "0"], &list, Layout::GRAY8).is_empty());
    for (file, text) in [
        ("list.m3u8", hls),
        ("list.ffconcat", concat),
        ("list.mpd", dash),
        (
            "session.sdp",
            "v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=video 9 RTP/AVP 96\n".to_owned(),
        ),
    ] {
        let error = refused(&written(file, text));
        assert!(matches!(error, MediaError::NotMedia { .. }), "{file}: {error}");
    }
}

#[test]
fn pictures_without_a_decoder_are_refused_with_the_name_of_their_format() {
    for (brand, name) in
        [(b"heic", "a HEIC picture"), (b"mif1", "a HEIF picture"), (b"avif", "an AVIF picture")]
    {
        let start = [&b"\0\0\0\x18ftyp"[..], brand, b"\0\0\0\0mif1miaf", b"\0\0\0\x08mdat"].concat();
        let error = refused(&written("picture.jpg", start));
        let message = error.to_string();
        assert!(matches!(error, MediaError::CannotDecode { .. }), "{message}");
        let parts = [name, "JPEG or PNG", "picture.jpg"];
        assert!(parts.iter().all(|part| message.contains(part)), "{message}");
    }
}

#[test]
fn an_encrypted_film_is_reported_as_locked_and_a_wrong_key_as_wrong() {
    let key = ["-encryption_key", "76a6c65c5ea762046bd749a2e632ccbb"];
    let id = ["-encryption_kid", "a7e61c373e219033c21091fa607bf3b8"];
    let scheme = ["-c:v", "libx264", "-encryption_scheme", "cenc-aes-ctr"];
    let film = encode("encrypted.mp4", 20, &[&scheme[..], &key, &id].concat());
    let source = Source::File(film.clone());
    let reader = media::open(&source, Layout::RGBA32, Limits::default(), &Pool::default()).expect("frames");
    assert!(reader.info().is_locked && reader.info().frames == Some(20), "{:?}", reader.info());
    let wrong = source.with_key(Some("00".repeat(16).parse().expect("a key")));
    // The program chooses random vectors: with a wrong key, a decoder gives either no picture or wrong pictures.
    let message = match media::open(&wrong, Layout::RGBA32, Limits::default(), &Pool::default()) {
        Err(error) => {
            assert!(matches!(error, MediaError::WrongKey { .. }), "{error}");
            error.to_string()
        }
        Ok(mut reader) => {
            while reader.next_frame().expect("readable").is_some() {}
            reader.take_problems().join("\n")
        }
    };
    assert!(message.contains("content key") && message.contains("encrypted.mp4"), "{message}");
}

#[test]
fn a_truncated_picture_is_reported_as_truncated() {
    for (name, format) in [
        ("short.png", "rgb24"),
        ("short.bmp", "bgr24"),
        ("short.webp", "yuv420p"),
        ("short.ppm", "rgb24"),
        ("short.tiff", "rgb24"),
        ("short.gif", "rgb8"),
    ] {
        let whole = encode(name, 1, &["-frames:v", "1", "-update", "1", "-pix_fmt", format]);
        let bytes = std::fs::read(&whole).expect("the picture");
        let half = Source::File(written(name, &bytes[..bytes.len() / 2]));
        // Some versions of FFmpeg decode the upper half of formats of which other versions decode nothing.
        let message = match media::open(&half, Layout::RGBA32, Limits::default(), &Pool::default()) {
            Ok(mut reader) => reader.take_problems().concat(),
            Err(error) => error.to_string(),
        };
        assert!(message.contains("ends too early") && message.contains(name), "{name}: {message}");
    }
}
