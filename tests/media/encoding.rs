//! The packets of a source that is encoded anew are those that the `ffmpeg` program writes.

use std::ops::ControlFlow;
use std::path::Path;

use afterimage::media::container::Packets;
use afterimage::media::{self, EncodingChoice, Limits, MediaError, Source, encode_anew};
use afterimage::units::FrameIndex;

use crate::clips::path;
use crate::excerpt::EXCERPT;

fn ffmpeg(arguments: &[&str]) {
    crate::ffmpeg::ffmpeg(arguments, &[]);
}

/// The packets of the first stream.
fn packets(source: &Source) -> Vec<Vec<u8>> {
    let mut packets = Packets::open(source, Limits::default()).unwrap_or_else(|error| panic!("{error}"));
    let mut all = Vec::new();
    while let Some(packet) = packets.next_packet_of(0).expect("it can be read") {
        all.push(packet.bytes.to_vec());
    }
    all
}

fn encoded(source: &Source, encoding: &str) -> Result<Source, MediaError> {
    let encoding = encoding.parse().unwrap_or_else(|error| panic!("{error}"));
    encode_anew(source, encoding, Limits::default(), &mut |_| ControlFlow::Continue(()))
}

/// True if the linked FFmpeg has an encoder; prints that the comparison is skipped where it has not.
fn has(encoding: &str) -> bool {
    let encoder = encoding.split(',').next().unwrap_or_default();
    let is_there = media::video_encoders().iter().any(|(name, _)| name == encoder);
    if !is_there {
        eprintln!("skipped, as there is no encoder {encoder}");
    }
    is_there
}

/// How the packets differ from those of the program; `None` if they are the same, or if there is no such encoder.
fn difference(file: &Path, encoding: &str) -> Option<String> {
    if !has(encoding) {
        return None;
    }
    let name = format!("{} with {encoding}", file.file_name()?.display());
    let source = Source::File(file.to_owned());
    let ours = match encoded(&source, encoding) {
        Ok(ours) => ours,
        Err(error) => return Some(format!("{name}: {error}")),
    };
    let mut options = encoding.split(',');
    let encoder = options.next().expect("an encoder");
    let mut arguments: Vec<String> = vec!["-i".into(), file.to_str().expect("a plain path").into()];
    arguments
        .extend(["-fps_mode", "passthrough", "-an", "-c:v", encoder, "-threads", "1"].map(str::to_owned));
    for option in options {
        let (name, value) = option.split_once('=').expect("an option");
        let name = if matches!(name, "b" | "q") { format!("-{name}:v") } else { format!("-{name}") };
        arguments.extend([name, value.to_owned()]);
    }
    arguments.extend(["-f", "matroska"].map(str::to_owned));
    let made = path(&format!("{}.mkv", name.replace(|mark: char| !mark.is_ascii_alphanumeric(), "-")));
    arguments.push(made.to_str().expect("a plain path").to_owned());
    ffmpeg(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    let (ours, theirs) = (packets(&ours), packets(&Source::File(made)));
    if ours.len() != theirs.len() {
        return Some(format!("{name}: {} packets, not {}", ours.len(), theirs.len()));
    }
    let n = ours.iter().zip(&theirs).position(|(ours, theirs)| ours != theirs)?;
    let [ours, theirs] = [ours[n].len(), theirs[n].len()];
    Some(format!("{name}: packet {n} of {ours} bytes is not the program's of {theirs} bytes"))
}

fn compare(file: &Path, encodings: &[&str]) {
    let found: Vec<String> = encodings.iter().filter_map(|encoding| difference(file, encoding)).collect();
    assert!(found.is_empty(), "{found:#?}");
}

/// Encoders whose packets are compared on every source.
const ENCODINGS: [&str; 6] = [
    "libx264,crf=30,preset=ultrafast",
    "libx264,preset=veryfast,tune=zerolatency,slice-max-size=1200,b=500k,bf=0,g=12",
    "mjpeg",
    "prores_ks,mbs_per_slice=1",
    "ffv1",
    "mpeg4",
];

fn compare_all(file: &Path) {
    compare(file, &ENCODINGS);
}

#[test]
fn packets_of_footage_are_those_of_the_program() {
    let file = path("excerpt.mkv");
    ffmpeg(&["-i", EXCERPT, "-frames:v", "9", "-c", "copy", file.to_str().expect("a plain path")]);
    compare_all(&file);
    let small = path("small.mkv");
    let at = small.to_str().expect("a plain path");
    ffmpeg(&["-i", EXCERPT, "-frames:v", "20", "-an", "-vf", "scale=320:180", "-c:v", "ffv1", at]);
    let more = [
        "libx264,preset=medium,x264-params=keyint=7:bframes=3,profile=main",
        "libx264,nal-hrd=cbr,b=300k,maxrate=300k,minrate=300k,bufsize=300k,preset=ultrafast",
        "libx265,preset=ultrafast,crf=32",
        "libvpx-vp9,b=200k,deadline=realtime,cpu-used=8",
        // Under deadline=realtime, VP8 adapts to the time that it takes.
        "libvpx,b=200k,deadline=good,cpu-used=5",
        "mjpeg,q=5",
        "mjpeg,q=5,pix_fmt=yuvj444p",
        "mpeg2video,b=2M,bf=2",
        "mpeg4,q=6,bf=2,flags=+mv4+aic",
        "h263p",
        "huffyuv",
        "ffvhuff",
        "utvideo",
        "zmbv",
        "qtrle",
        "png",
        "prores_ks,profile=4444,mbs_per_slice=8",
        "prores_aw",
        "dnxhd,profile=dnxhr_lb",
        "libsvtav1,preset=12,crf=50",
    ];
    compare(&small, &more);
}

#[test]
fn packets_of_odd_and_turned_pictures_are_those_of_the_program() {
    let odd = path("encoded-odd.mkv");
    let at = odd.to_str().expect("a plain path");
    let made = "testsrc2=size=131x97:rate=30000/1001:duration=0.4";
    ffmpeg(&["-f", "lavfi", "-i", made, "-pix_fmt", "yuv444p", "-c:v", "ffv1", at]);
    compare_all(&odd);
    let (flat, turned) = (path("encoded-flat.mp4"), path("encoded-turned.mp4"));
    let (flat, at) = (flat.to_str().expect("a plain path"), turned.to_str().expect("a plain path"));
    ffmpeg(&["-i", EXCERPT, "-frames:v", "12", "-vf", "scale=320:180,setsar=4/3", "-c:v", "libx264", flat]);
    ffmpeg(&["-i", flat, "-c", "copy", "-metadata:s:v", "rotate=90", at]);
    compare_all(&turned);
}

#[test]
fn packets_of_a_variable_frame_rate_and_of_a_late_start_are_those_of_the_program() {
    let varied = path("encoded-varied.mkv");
    let at = varied.to_str().expect("a plain path");
    let made = "testsrc2=size=128x96:rate=25:duration=0.8";
    let vary = |frames: &str| {
        let ffv1 = ["-fps_mode", "passthrough", "-c:v", "ffv1"];
        ffmpeg(&[&["-f", "lavfi", "-i", made, "-vf", frames][..], &ffv1, &[at]].concat());
    };
    vary("setpts='N*(N+1)/2/(25*TB)'");
    compare_all(&varied);
    // Some frames share a tick of the encoder, which only some encoders of the program take.
    vary("setpts='(N*N*0.7+N*3)/(100*TB)'");
    compare(&varied, &["libx264,crf=30,preset=ultrafast", "libx264,preset=medium"]);
    for encoding in ["mpeg4", "mjpeg"].into_iter().filter(|encoding| has(encoding)) {
        let ours = encoded(&Source::File(varied.clone()), encoding).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(packets(&ours).len(), 20, "{encoding}");
    }
    let late = path("encoded-late.ts");
    let at = late.to_str().expect("a plain path");
    let delay = ["-itsoffset", "0.37", "-f", "lavfi", "-i", made, "-f", "lavfi", "-i", "sine=duration=1"];
    ffmpeg(&[&delay[..], &["-c:v", "mpeg2video", "-c:a", "mp2", at]].concat());
    compare_all(&late);
}

/// libavcodec 61.19, in the form of `AV_VERSION_INT`.
const VERSION_7_1: u32 = 61 << 16 | 19 << 8;

#[test]
fn packets_of_stills_are_those_of_the_program() {
    for (name, format) in
        [("still.png", "rgb24"), ("still.jpg", "yuvj420p"), ("alpha.png", "rgba"), ("grey.png", "gray")]
    {
        let still = path(&format!("encoded-{name}"));
        let at = still.to_str().expect("a plain path");
        ffmpeg(&["-f", "lavfi", "-i", "testsrc2=size=64x48", "-frames:v", "1", "-pix_fmt", format, at]);
        // From 7.1 on, the program converts full range for encoders that state that they take no full range.
        if name != "still.jpg" || ffmpeg_next::codec::version() < VERSION_7_1 {
            compare_all(&still);
        }
    }
}

#[test]
fn every_frame_of_the_source_is_the_frame_of_its_packet() {
    for (source, frames) in [("demo", 10), ("pattern:moving-box@96x64", 30), ("demo:bmp", 1), ("canvas", 1)] {
        let source: Source = source.parse().expect("a source");
        for encoding in ["mpeg4,bf=2,g=9", "mjpeg", "libx264,preset=ultrafast,bf=3"] {
            if !has(encoding) {
                continue;
            }
            let encoded = encoded(&source, encoding).unwrap_or_else(|error| panic!("{source}: {error}"));
            let scan = |source| media::scan(source, Limits::default(), &mut |_| ControlFlow::Continue(()));
            let (before, after) = (scan(&source).expect("an index"), scan(&encoded).expect("an index"));
            assert!(before.frames() >= frames, "{source}");
            assert_eq!(before.frames(), after.frames(), "{source} with {encoding}");
            for frame in (0..before.frames()).map(FrameIndex) {
                let times = [&before, &after].map(|index| index.time_secs(frame).expect("a frame"));
                assert!((times[0] - times[1]).abs() < 0.001, "{source}: frame {frame} is at {times:?}");
            }
        }
    }
}

#[test]
fn what_cannot_be_encoded_is_refused_with_a_reason() {
    let error = |source: &str, encoding: &str| {
        let source: Source = source.parse().expect("a source");
        encoded(&source, encoding).expect_err(encoding).to_string()
    };
    for (encoding, reason) in [
        ("mjpg", "no video encoder \"mjpg\" (did you mean mjpeg?)"),
        ("pcm_s16le", "is not one of video"),
        ("mpeg4,qmim=3", "has no option \"qmim\" (did you mean qmin?)"),
        ("mpeg4,g=many", "mpeg4"),
        ("mjpeg,q=low", "q=3"),
        ("mjpeg,pix_fmt=rgb24", "yuvj420p"),
        ("dvvideo", "dvvideo does not encode this source"),
    ] {
        let error = error("demo", encoding);
        assert!(error.contains(reason), "{encoding}: {error}");
    }
    assert!(error("no-such-film.mp4", "mpeg4").contains("cannot read the file"));
    let sound = path("encoded-sound.wav");
    let at = sound.to_str().expect("a plain path");
    ffmpeg(&["-f", "lavfi", "-i", "sine=duration=0.1", at]);
    assert!(error(at, "mpeg4").contains("no video"));
}

#[test]
fn encoding_can_be_cancelled_and_is_then_not_kept() {
    let encoding = "mpeg4,g=77".parse().expect("an encoding");
    let mut calls = 0;
    let outcome = encode_anew(&Source::Demo, encoding, Limits::default(), &mut |share| {
        calls += 1;
        assert!((0.0..=1.0).contains(&share));
        if calls == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert!(matches!(outcome, Err(MediaError::Interrupted)), "{outcome:?}");
    assert!(!media::is_encoded(&Source::Demo, encoding) && calls == 3);
    encode_anew(&Source::Demo, encoding, Limits::default(), &mut |_| ControlFlow::Continue(()))
        .expect("it encodes");
    assert!(media::is_encoded(&Source::Demo, encoding));
    let again = encode_anew(&Source::Demo, encoding, Limits::default(), &mut |_| ControlFlow::Break(()));
    assert!(again.is_ok(), "it is kept, so nothing is encoded");
}

#[test]
fn choices_at_hand_encode_the_demo() {
    let still: Source = "pattern:moving-box@320x180".parse().expect("a source");
    for choice in EncodingChoice::ALL {
        let Some(encoding) = choice.encoding() else {
            eprintln!("skipped, as there is no encoder for {}", choice.name);
            continue;
        };
        encoded(&still, &encoding.to_string()).unwrap_or_else(|error| panic!("{}: {error}", choice.name));
    }
}
