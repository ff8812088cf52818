//! `packets`: the messages of a stream, against the ffprobe program and the decoder.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::ffmpeg::ffprobe;
use crate::folder::Folder;
use crate::program::{json, refused};

/// The packets or frames of a stream, as ffprobe shows them.
fn probe(path: &str, stream: &str, what: &str) -> Vec<Value> {
    let show = format!("-show_{what}");
    let shown = ffprobe(["-v", "quiet", "-select_streams", stream, &show, "-of", "json", path]);
    let shown: Value = serde_json::from_str(&shown).expect("JSON");
    shown[what].as_array().expect("a list").clone()
}

fn number(value: &Value) -> Option<u64> {
    value.as_str().and_then(|text| text.parse().ok()).or(value.as_u64())
}

fn messages(path: &str, arguments: &[&str]) -> Vec<Value> {
    let shown = json([&["packets", path, "--format", "json"][..], arguments].concat());
    assert_eq!(shown["schema"], 1);
    shown["messages"].as_array().expect("a list").clone()
}

/// Twenty moving frames with these options.
fn film(folder: &Folder, name: &str, options: &[&str]) -> String {
    let source = ["-f", "lavfi", "-i", "testsrc2=size=160x96:rate=25", "-frames:v", "20"];
    folder.ffmpeg(name, &[&source[..], options].concat())
}

#[test]
fn packets_are_those_of_ffprobe_with_the_frames_that_the_decoder_gives() {
    let folder = Folder::new();
    let x264 = ["-c:v", "libx264", "-bf", "3", "-g", "12"];
    for (name, options) in [
        ("b-frames.mp4", &x264[..]),
        ("b-frames.mkv", &x264),
        ("b-frames.ts", &x264),
        ("no-times.h264", &x264),
        ("hevc.mp4", &["-c:v", "libx265", "-x265-params", "log-level=0:bframes=3:pools=none"]),
        ("mjpeg.avi", &["-c:v", "mjpeg"]),
        ("prores.mov", &["-c:v", "prores"]),
        ("vp9.webm", &["-c:v", "libvpx-vp9", "-auto-alt-ref", "1", "-lag-in-frames", "8"]),
        ("ffv1.mkv", &["-c:v", "ffv1"]),
        ("mpeg2.mpg", &["-c:v", "mpeg2video", "-bf", "2"]),
        ("qtrle.mov", &["-c:v", "qtrle"]),
    ] {
        let path = film(&folder, name, options);
        let found = messages(&path, &[]);
        let packets = probe(&path, "v:0", "packets");
        assert_eq!(found.len(), packets.len(), "{name}");
        let frames = probe(&path, "v:0", "frames");
        // The frame of each packet: by the offset of the packet or, without offsets, by its time.
        let has_places = frames.iter().all(|frame| number(&frame["pkt_pos"]).is_some());
        let key = |value: &Value, place: &str| {
            if has_places { number(&value[place]) } else { value["pts"].as_u64() }
        };
        let frame_of: BTreeMap<u64, usize> =
            frames.iter().enumerate().filter_map(|(n, frame)| Some((key(frame, "pkt_pos")?, n))).collect();
        for (n, (message, packet)) in found.iter().zip(&packets).enumerate() {
            assert_eq!(message["index"], n, "{name}");
            assert_eq!(message["bytes"].as_u64(), number(&packet["size"]), "{name} {n}");
            assert_eq!(message["clear_bytes"], 0, "{name}");
            assert_eq!(message["offset"].as_u64(), number(&packet["pos"]), "{name} {n}");
            let is_key = packet["flags"].as_str().is_some_and(|flags| flags.contains('K'));
            assert_eq!(message["keyframe"], is_key, "{name} {n}");
            if let Some(&frame) = key(packet, "pos").and_then(|key| frame_of.get(&key)) {
                assert_eq!(message["frame"], frame, "{name} {n}");
            }
        }
        let given: std::collections::BTreeSet<_> =
            found.iter().filter_map(|it| it["frame"].as_u64()).collect();
        assert_eq!(given.len(), 20, "every frame has a packet: {name}");
    }
}

#[test]
fn a_packet_of_sound_belongs_to_the_frame_that_is_shown_when_it_begins() {
    let folder = Folder::new();
    let inputs =
        ["-f", "lavfi", "-i", "testsrc2=size=160x96:rate=25", "-f", "lavfi", "-i", "sine=frequency=440"];
    let codecs = ["-t", "0.8", "-c:v", "ffv1", "-c:a", "aac"];
    let path = folder.ffmpeg("sound.mkv", &[&inputs[..], &codecs].concat());
    let found = messages(&path, &["--stream", "a:0"]);
    let packets = probe(&path, "a:0", "packets");
    assert_eq!(found.len(), packets.len());
    let secs =
        |value: &Value| -> f64 { value["pts_time"].as_str().expect("a time").parse().expect("a number") };
    let shown: Vec<f64> = probe(&path, "v:0", "packets").iter().map(secs).collect();
    for (message, packet) in found.iter().zip(&packets) {
        let begun = shown.iter().filter(|&&shown| shown <= secs(packet) + 1e-6).count();
        let frame = begun.saturating_sub(1) as u64;
        assert_eq!(message["frame"], frame, "{packet}");
        assert_eq!(message["bytes"].as_u64(), number(&packet["size"]));
    }
    // In a file without video, message m is frame m.
    let alone = folder.ffmpeg("alone.ogg", &["-f", "lavfi", "-i", "sine=duration=0.5", "-c:a", "libopus"]);
    let found = messages(&alone, &["--frames", "3-5"]);
    let of = |name: &str| found.iter().map(|message| message[name].as_u64()).collect::<Vec<_>>();
    assert_eq!((of("index"), of("frame")), ([3, 4, 5].map(Some).to_vec(), [3, 4, 5].map(Some).to_vec()));
}

#[test]
fn slices_cover_the_picture_and_headers_stay_clear() {
    let folder = Folder::new();
    let x264 = ["-c:v", "libx264", "-x264-params", "slices=4:bframes=0"];
    let restart = ["-c:v", "mjpeg", "-slices", "4", "-threads", "4", "-thread_type", "slice"];
    for (name, options, least) in
        [("slices.mp4", &x264[..], 4), ("slices.mov", &["-c:v", "prores"], 6), ("slices.avi", &restart, 4)]
    {
        let path = film(&folder, name, options);
        let found = messages(&path, &["--target", "slices", "--frame", "2"]);
        assert!(found.len() >= least, "{name}: {}", found.len());
        let sum =
            |field: &str| found.iter().map(|message| message[field].as_u64().expect("a number")).sum::<u64>();
        assert_eq!(sum("pixels"), 160 * 96, "{name}");
        assert!(sum("clear_bytes") > 0 && sum("clear_bytes") < sum("bytes"), "{name}");
        let packets = messages(&path, &["--frame", "2"]);
        assert_eq!(Some(sum("bytes")), packets[0]["bytes"].as_u64(), "{name}");
        assert_eq!(
            (found[0]["first_pixel_x"].as_u64(), found[0]["first_pixel_y"].as_u64()),
            (Some(0), Some(0))
        );
    }
}

#[test]
fn cenc_encrypts_whole_blocks_and_cbcs_a_tenth() {
    let folder = Folder::new();
    let path = film(&folder, "film.mp4", &["-c:v", "libx264", "-x264-params", "slices=2", "-b:v", "2M"]);
    for message in messages(&path, &["--target", "cenc"]) {
        let [bytes, clear] = ["bytes", "clear_bytes"].map(|name| message[name].as_u64().expect("a number"));
        assert!((bytes - clear) % 16 == 0 && clear < bytes, "{message}");
    }
    let all = messages(&path, &["--target", "cbcs"]);
    let sum =
        |name: &str| all.iter().map(|message| message[name].as_u64().expect("a number")).sum::<u64>() as f64;
    let encrypted = (sum("bytes") - sum("clear_bytes")) / sum("bytes");
    assert!((0.08..0.13).contains(&encrypted), "{encrypted}");
}

#[test]
fn a_target_that_does_not_fit_the_stream_is_refused_with_the_codecs_that_do() {
    let folder = Folder::new();
    let vp9 = film(&folder, "film.webm", &["-c:v", "libvpx-vp9"]);
    for (arguments, part) in [
        (["packets", &vp9, "--target", "nal"], "takes H.264, HEVC and AV1, but the stream is vp9"),
        (["packets", &vp9, "--target", "slices"], "takes H.264, ProRes and JPEG, but the stream is vp9"),
        (["packets", &vp9, "--target", "cbcs"], "takes H.264 and sound, but the stream is vp9"),
        (["packets", &vp9, "--stream", "a:0"], "it has v:0"),
        (["packets", "demo", "--target", "samples"], "it has v:0"),
        (["packets", "demo", "--target", "file"], "is not made of packets"),
    ] {
        let error = refused(1, arguments);
        assert!(error.contains(part), "{error}");
    }
    assert!(refused(1, ["packets", "pattern:bars"]).contains("has no packets"));
    assert!(refused(2, ["packets", "demo", "--target", "packet"]).contains("did you mean packets?"));
}
