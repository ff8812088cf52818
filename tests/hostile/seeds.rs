//! The inputs that are damaged: small clips, sounds and pictures of many formats, scenes, drawings and panels.

use std::path::Path;

use afterimage::crypto::Scheme;
use afterimage::export::encrypted_mp4;
use afterimage::media::{Limits, Source};
use afterimage::payload::Target;
use afterimage::scene::default_scheme;

use crate::ffmpeg::ffmpeg;

/// The content key of the encrypted clips.
pub const KEY: &str = "00112233445566778899aabbccddeeff";

/// Clips, sounds and pictures: the name, the source and the options of the encoder.
const MEDIA: [(&str, &str, &[&str]); 21] = [
    ("h264.mp4", MOVING, &["-c:v", "libx264", "-g", "5", "-bf", "2", "-pix_fmt", "yuv420p"]),
    (
        "h264-open.mkv",
        MOVING,
        &["-c:v", "libx264", "-x264-params", "open-gop=1:keyint=4", "-pix_fmt", "yuv420p"],
    ),
    (
        "encrypted.mp4",
        MOVING,
        &[
            "-c:v",
            "libx264",
            "-encryption_scheme",
            "cenc-aes-ctr",
            "-encryption_key",
            KEY,
            "-encryption_kid",
            KEY,
        ],
    ),
    ("vp9.webm", MOVING, &["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8"]),
    ("prores.mov", MOVING, &["-c:v", "prores"]),
    ("hevc.mp4", MOVING, &["-c:v", "libx265", "-x265-params", "log-level=0:pools=none"]),
    ("ffv1.mkv", MOVING, &["-c:v", "ffv1", "-level", "3"]),
    ("mjpeg.avi", MOVING, &["-c:v", "mjpeg", "-pix_fmt", "yuvj420p"]),
    ("mpeg2.ts", MOVING, &["-c:v", "mpeg2video", "-g", "5"]),
    ("mpeg4.mov", MOVING, &["-c:v", "mpeg4"]),
    ("animation.gif", MOVING, &[]),
    ("sound.wav", HEARD, &["-c:a", "pcm_s24le"]),
    ("sound.mp3", HEARD, &["-c:a", "libmp3lame"]),
    ("sound.m4a", HEARD, &["-c:a", "aac"]),
    ("sound.flac", HEARD, &["-c:a", "flac"]),
    ("sound.ogg", HEARD, &["-c:a", "libvorbis"]),
    ("sound.opus", HEARD, &["-c:a", "libopus"]),
    ("picture.png", STILL, &["-frames:v", "1"]),
    ("picture.jpg", STILL, &["-frames:v", "1", "-pix_fmt", "yuvj444p"]),
    ("picture.webp", STILL, &["-frames:v", "1", "-c:v", "libwebp"]),
    ("picture.tiff", STILL, &["-frames:v", "1"]),
];

const MOVING: &str = "testsrc2=size=64x48:rate=10:duration=1.2";
const HEARD: &str = "aevalsrc=0.5*sin(880*t*PI)|0.1*random(0):s=48000:d=0.4";
const STILL: &str = "testsrc=size=47x33";

/// The bytes of the clips, sounds and pictures, each with the ending of its name.
pub fn media(folder: &Path) -> Vec<(&'static str, Vec<u8>)> {
    let made = MEDIA.iter().map(|(name, source, args)| {
        let path = folder.join(name);
        let input = ["-f", "lavfi", "-i", source];
        let exact = ["-fflags", "+bitexact", "-flags:v", "+bitexact", "-threads", "1"];
        let path_text = path.to_str().expect("a plain path");
        ffmpeg(input.iter().chain(*args).chain(&exact).chain(&[path_text]), &[]);
        let (_, ending) = name.rsplit_once('.').expect("an ending");
        (ending, std::fs::read(&path).expect(name))
    });
    let mut all: Vec<_> = made.collect();
    let film = Source::File(folder.join("h264.mp4"));
    all.extend([Target::Cenc, Target::Cbcs].map(|target| ("mp4", in_fragments(&film, target))));
    all
}

/// A film as the program encrypts it: a fragmented MP4.
fn in_fragments(film: &Source, target: Target) -> Vec<u8> {
    let scheme: Scheme = default_scheme(target).parse().expect("a scheme");
    let key = KEY.parse().expect("a key");
    let spool = tempfile::tempfile().expect("a temporary file");
    let mut out = Vec::new();
    encrypted_mp4::write(film, Limits::default(), target, (scheme, &key), spool, &mut out, &|| true)
        .expect("a film");
    out
}

/// Scenes, drawings and panels, each with the ending of its kind.
pub fn texts() -> Vec<(&'static str, Vec<u8>)> {
    let all = [
        ("toml", SCENE),
        ("toml", CANVAS),
        ("toml", KEYED),
        ("drawing", DRAWING),
        ("panels", PANELS),
        ("json", r#"{"source":"demo","layout":"gray8","tiles":true,"panels":["plain","aes-128-ecb:tone"]}"#),
    ];
    all.map(|(ending, text)| (ending, text.as_bytes().to_vec())).into()
}

const SCENE: &str = r#"version = 1
source = "pattern:bars@40x30"
frame = 45
layout = "yuv420p"
posterize = 3
tiles = true
memory = 8
key = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
panels = ["plain", "aes-128-ecb:repeats", "aes-128-ctr+reused-nonce:difference", "chacha20-poly1305"]
"#;

const KEYED: &str = r#"version = 1
source = "film.mp4"
content_key = "00112233445566778899aabbccddeeff"
panels = ["own", "own:sizes"]
"#;

const CANVAS: &str = r#"version = 1
source = "canvas"
memory = 1
panels = ["aes-256-xts:colours,palette=viridis", "aes-128-gcm:received,splice=0,0,64,64@128,128@10"]
drawing = """
smooth
brush #000000 12 10,20 30,40 35,60
text #000000 48 100,200 Hello
penguin
"""
"#;

const DRAWING: &str = "smooth
brush #000000 12 10,20 30,-40 35,60 1270,700 0,719
line #e69f00 6 10,20 300,40
rectangle #0072b2 10,20 300,200
ellipse #009e73 10,20 300,200
fill #f0e442 640,360
text #000000 48 100,200 Hello, world
penguin
";

const PANELS: &str = "plain
aes-128-ecb
aes-192-cbc+fixed-iv:motion
aes-256-gcm-siv+reused-nonce:outline
aes-128-ecb:tone,vector=2,flip=yes,gaps=light
aes-128-ecb:colours,palette=spectrum
aes-128-ecb:codebook,known=0-9
aes-128-ecb:received,replay=3,splice=0,0,64,64@128,128@10,flip=1.0,wrong-key
aes-128-ecb:received,untouched
own
own:sizes
own:player
aes-128-ctr:player,target=slices
aes-128-ecb:colours,palette=viridis,target=packets,stream=a:0
aes-128-ctr,target=cenc
";
