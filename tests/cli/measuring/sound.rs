//! Sound as a source: files without video, the sound of films, and the target `samples`, against the ffmpeg program.

use serde_json::Value;

use crate::ffmpeg::ffmpeg;
use crate::folder::Folder;
use crate::program::{json, refused, stdout};

/// A tone in one channel and noise in the other.
const TONE: &str = "aevalsrc=0.4*sin(660*t*PI)|0.3*random(0):s=44100:d=0.9";

/// Half a second of silence, then noise.
const SILENCE_AND_NOISE: &str = "aevalsrc=gte(t\\,0.5)*0.5*sin(mod(n*n*7919\\,100003)):s=48000:d=1";

fn sound(folder: &Folder, name: &str, source: &str, options: &[&str]) -> String {
    folder.ffmpeg(name, &[&["-f", "lavfi", "-i", source][..], options].concat())
}

/// A film of ten frames per second with the tone as its sound.
fn film(folder: &Folder, name: &str) -> String {
    let video = ["-f", "lavfi", "-i", "testsrc2=size=96x64:rate=10:duration=1.5", "-f", "lavfi", "-i", TONE];
    folder.ffmpeg(name, &[&video[..], &["-c:v", "libx264", "-c:a", "aac"]].concat())
}

/// The samples of the first sound stream, as the ffmpeg program decodes them.
fn samples(path: &str) -> Vec<u8> {
    ffmpeg(["-i", path, "-map", "0:a:0", "-f", "s16le", "-"], &[]).stdout
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("a number: {value}"))
}

#[test]
fn a_message_of_samples_is_20_ms_of_the_decoded_sound() {
    let folder = Folder::new();
    for rate in ["44100", "48000", "11025"] {
        let path = sound(&folder, &format!("{rate}.flac"), TONE, &["-ar", rate]);
        let rate: u64 = rate.parse().expect("a number");
        let all = samples(&path);
        let listed = json(["packets", &path, "--target", "samples", "--format", "json"]);
        let messages = list(&listed["messages"]);
        assert_eq!(messages.len() as u64, (all.len() as u64 / 4 * 50).div_ceil(rate));
        for (k, message) in (0..).zip(messages) {
            let samples = [k, k + 1].map(|k| (k * rate / 50).min(all.len() as u64 / 4));
            assert_eq!(number(&message["bytes"]), 4 * (samples[1] - samples[0]), "message {k} at {rate} Hz");
            assert_eq!((number(&message["frame"]), &message["type"]), (k, &Value::from("samples")));
            let secs = message["time_secs"].as_f64().expect("a time");
            assert!((secs - k as f64 / 50.0).abs() < 1e-9, "{secs}");
        }
        let (cipher, plain) = (folder.at("cipher"), folder.at("plain"));
        let encrypt = ["encrypt", &path, "--target", "samples", "--frame", "7", "--plaintext", &plain];
        stdout([&encrypt[..], &["-o", &cipher]].concat());
        let range = [7, 8].map(|k| usize::try_from(k * rate / 50 * 4).expect("small"));
        assert!(folder.read("plain") == all[range[0]..range[1]], "{rate} Hz");
    }
}

#[test]
fn a_message_of_samples_belongs_to_the_frame_that_is_shown_when_it_begins() {
    let folder = Folder::new();
    let path = film(&folder, "film.mp4");
    let listed = json(["packets", &path, "--target", "samples", "--format", "json"]);
    let messages = list(&listed["messages"]);
    assert!(messages.len() > 40, "0.9 s");
    for (k, message) in (0..).zip(messages) {
        assert_eq!((number(&message["stream"]), number(&message["frame"])), (1, k / 5), "message {k}");
    }
    let plain = folder.at("plain");
    let encrypt = ["encrypt", &path, "--target", "samples", "--frame", "3", "--plaintext", &plain];
    let report = json([&encrypt[..], &["-o", &folder.at("cipher"), "--format", "json"]].concat());
    let numbers: Vec<u64> =
        list(&report["messages"]).iter().map(|message| number(&message["number"])).collect();
    assert_eq!(numbers, (15..20).map(|k| (1 << 48) + k).collect::<Vec<u64>>());
    assert!(folder.read("plain") == samples(&path)[15 * 882 * 4..20 * 882 * 4]);
    // The sound ends before the video: the last frame has no samples.
    let past = json(["measure", &path, "aes-128-ecb", "--target", "samples", "--format", "json"]);
    assert_eq!(list(&past["frames"]).len(), 15);
    assert_eq!(past["frames"][14]["panels"][0]["messages"], 0);
}

#[test]
fn every_target_of_sound_is_decrypted() {
    let folder = Folder::new();
    let files = [
        (sound(&folder, "sound.mp3", TONE, &[]), "a:0"),
        (sound(&folder, "sound.wav", TONE, &[]), "a:0"),
        (sound(&folder, "sound.opus", TONE, &["-c:a", "libopus"]), "a:0"),
        (sound(&folder, "sound.ogg", TONE, &["-c:a", "libvorbis"]), "0"),
        (film(&folder, "film.mp4"), "a:0"),
    ];
    for (path, stream) in &files {
        for (target, scheme) in [
            ("packets", "aes-128-ecb"),
            ("packets", "aes-256-gcm"),
            ("cenc", "aes-128-ctr"),
            ("cbcs", "aes-128-cbc+fixed-iv"),
            ("samples", "aes-128-ecb"),
            ("samples", "chacha20-poly1305"),
        ] {
            let [cipher, plain, back] = ["cipher", "plain", "back"].map(|name| folder.at(name));
            let what = ["encrypt", path, scheme, "--target", target, "--stream", stream, "--frame", "4"];
            let output = ["--plaintext", &plain, "-o", &cipher, "--format", "json"];
            let report = json([&what[..], &output].concat());
            let parameters = folder.write("parameters.json", report.to_string());
            stdout(["decrypt", &cipher, "--parameters", &parameters, "-o", &back]);
            let plain = folder.read("plain");
            assert!(plain.len() >= 16, "{path} {target}");
            assert!(folder.read("back") == plain, "{path} {target} {scheme}");
            assert!(folder.read("cipher")[..plain.len()] != plain, "{path} {target} {scheme}");
        }
    }
}

#[test]
fn under_ecb_silence_repeats_and_noise_does_not_and_gcm_hides_silence() {
    let folder = Folder::new();
    let path = sound(&folder, "speech.wav", SILENCE_AND_NOISE, &[]);
    let arguments = ["aes-128-ecb", "aes-128-gcm", "--target", "samples", "--format", "json"];
    let measured = json([&["measure", &path][..], &arguments].concat());
    let frames = list(&measured["frames"]);
    assert_eq!(frames.len(), 50);
    for (frame, at) in frames.iter().zip(0..) {
        let [ecb, gcm] = [0, 1].map(|panel| &frame["panels"][panel]);
        // 960 samples of two bytes.
        assert_eq!(number(&ecb["blocks"]), 120, "frame {at}");
        let repeated = if at < 25 { 120 } else { 0 };
        assert_eq!((number(&ecb["repeated"]), number(&gcm["repeated"])), (repeated, 0), "frame {at}");
        assert_eq!(ecb["word"], if at < 25 { "repeats" } else { "noise" });
        assert_eq!(gcm["word"], "noise");
    }
    let identical = |panel: usize| number(&measured["stream"][panel]["identical_messages"]);
    assert_eq!((identical(0), identical(1)), (24, 0));
}

#[test]
fn a_file_without_video_has_packets_and_samples_but_no_pixels() {
    let folder = Folder::new();
    let path = sound(&folder, "sound.wav", TONE, &[]);
    let cover =
        folder.ffmpeg("cover.png", &["-f", "lavfi", "-i", "color=c=teal:size=64x64", "-frames:v", "1"]);
    let art = ["-i", &path, "-i", &cover, "-map", "0", "-map", "1", "-disposition:v", "attached_pic"];
    let album = folder.ffmpeg("album.mp3", &art);
    for path in [&path, &album] {
        let out = folder.at("out.png");
        let error = refused(1, ["figure", path, "-o", &out]);
        assert!(error.contains("has no video") && error.contains("--target packets"), "{error}");
        for target in ["packets", "samples"] {
            let measured = json(["measure", path, "--target", target, "--format", "json"]);
            let listed = json(["packets", path, "--target", target, "--format", "json"]);
            assert_eq!(list(&measured["frames"]).len(), list(&listed["messages"]).len(), "{path} {target}");
            // FFmpeg 7 cuts the WAV of 0.9 s into fewer packets than FFmpeg 5, and all versions into 45 samples of 20 ms.
            let least = if target == "samples" { 45 } else { 2 };
            assert!(list(&listed["messages"]).len() >= least, "{path} {target}");
            stdout(["figure", path, "--target", target, "--at", "0.5", "-o", &out]);
        }
    }
    stdout(["matrix", &path, "--target", "samples", "--frame", "3", "-o", &folder.at("out.png")]);
    let clip = folder.at("clip.mkv");
    stdout(["clip", &path, "plain", "aes-128-ecb", "--target", "packets", "--frames", "0-5", "-o", &clip]);
    let past = refused(1, ["encrypt", &path, "--target", "samples", "--frame", "45", "-o", &folder.at("x")]);
    assert!(past.contains("no frame 45: the source has 45 frames"), "{past}");
    let none =
        refused(1, ["figure", &path, "--target", "packets", "--stream", "a:1", "-o", &folder.at("out.png")]);
    assert!(none.contains("no stream a:1") && none.contains("it has a:0"), "{none}");
}

#[test]
fn the_original_of_sound_is_the_same_picture_by_frame_and_by_time() {
    let folder = Folder::new();
    let path = film(&folder, "film.mp4");
    let original = |name: &str, arguments: &[&str]| {
        let out = folder.at(name);
        let what = ["figure", &path, "plain", "--target", "packets", "--stream", "a:0", "-o", &out];
        stdout([&what[..], arguments].concat());
        folder.read(name)
    };
    let [by_number, by_time] = [("a.png", ["--frame", "6"]), ("b.png", ["--at", "0.65"])]
        .map(|(name, arguments)| original(name, &arguments));
    assert!(by_number == by_time);
    assert!(by_number != original("c.png", &["--frame", "7"]), "the waveform changes from frame to frame");
}
