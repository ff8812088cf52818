//! Sources: what `info` states of them, and which are refused or reported as damaged.

use crate::folder::Folder;
use crate::program::{afterimage, json, refused, stdout, warnings};

#[test]
fn info_knows_the_exact_number_of_frames() {
    let folder = Folder::new();
    let film = folder.film("film.mkv", 63, 35);
    let info = json(["info", &film, "--format", "json"]);
    for (name, value) in [
        ("kind", serde_json::json!("video")),
        ("codec", "ffv1".into()),
        ("width", 63.into()),
        ("height", 35.into()),
        ("frames", 10.into()),
        ("keyframes", 1.into()),
        ("sample_aspect_ratio", serde_json::json!([1, 1])),
        ("source", film.clone().into()),
    ] {
        assert_eq!(info[name], value, "{name}");
    }
    assert!((info["duration_secs"].as_f64().expect("a duration") - 1.0).abs() < 0.01);
    let table = stdout(["info", &film]);
    assert!(table.contains("frames        10\n") && table.contains("63 × 35 pixels"), "{table}");
}

#[test]
fn built_in_sources_open() {
    assert_eq!(json(["info", "demo:still", "--format", "json"])["frames"], 1);
    assert_eq!(json(["info", "pattern:noise", "--format", "json"])["frames"], 300);
    assert_eq!(json(["info", "demo", "--format", "json"])["kind"], "video");
}

#[test]
fn each_kind_of_file_without_video_has_its_own_message() {
    let folder = Folder::new();
    for (name, message) in [
        (folder.at("missing.mp4"), "cannot read the file"),
        (folder.write("empty.mp4", ""), "is empty"),
        (
            folder.write("text.mp4", "It was a dark and stormy night.\n".repeat(40)),
            "neither a video nor a picture",
        ),
    ] {
        for command in ["info", "measure"] {
            let answer = refused(1, [command, &name]);
            assert!(answer.contains(message) && answer.contains(&name), "{answer}");
        }
    }
    let sound = folder.ffmpeg("sound.wav", &["-f", "lavfi", "-i", "sine=duration=0.2"]);
    assert!(refused(1, ["measure", &sound]).contains("this file has no video, only sound"));
    let info = json(["info", &sound, "--format", "json"]);
    assert_eq!((&info["kind"], &info["codec"]), (&"sound".into(), &"pcm_s16le".into()));
    let folder = refused(1, ["info", &folder.at("")]);
    assert!(folder.starts_with("error: "), "{folder}");
}

#[test]
fn a_picture_past_the_limit_is_refused_with_both_sizes() {
    let folder = Folder::new();
    let wide = folder.ffmpeg("wide.png", &["-f", "lavfi", "-i", "color=size=16400x2", "-frames:v", "1"]);
    let message = refused(1, ["measure", &wide]);
    assert!(message.contains("16400 × 2") && message.contains("16384"), "{message}");
}

#[test]
fn a_truncated_film_gives_the_frames_that_decode_and_a_warning() {
    let folder = Folder::new();
    let film = "testsrc2=size=320x240:rate=10:duration=3";
    let args = ["-f", "lavfi", "-i", film, "-c:v", "libx264", "-g", "5", "-movflags", "+faststart"];
    folder.ffmpeg("whole.mp4", &args);
    let whole = folder.read("whole.mp4");
    let cut = folder.write("cut.mp4", &whole[..whole.len() * 2 / 3]);
    let done = afterimage(["measure", &cut, "plain", "--format", "json"]).assert().success();
    let measured: serde_json::Value = serde_json::from_slice(&done.get_output().stdout).expect("JSON");
    let frames = measured["frames"].as_array().expect("frames").len();
    assert!(frames > 5 && frames < 30, "{frames} frames");
    let message = String::from_utf8_lossy(&done.get_output().stderr).into_owned();
    assert!(message.starts_with("warning: "), "{message}");
    afterimage(["measure", &cut, "plain", "--quiet"]).assert().success().stderr("");
}

#[test]
fn very_small_and_odd_sizes_work_in_every_command() {
    for (width, height) in [(1, 1), (63, 35), (1, 40), (40, 1)] {
        for layout in ["rgba32", "rgb24", "gray8", "yuv420p"] {
            let folder = Folder::new();
            let (film, out, cipher) =
                (folder.film("film.mkv", width, height), folder.at("f.png"), folder.at("cipher"));
            stdout(["figure", &film, "--layout", layout, "--frame", "2", "-o", &out]);
            stdout(["encrypt", &film, "--layout", layout, "--frame", "2", "-o", &cipher]);
            let measured = json(["measure", &film, "--layout", layout, "--frame", "2", "--format", "json"]);
            let panels = measured["frames"][0]["panels"].as_array().expect("panels");
            assert!(panels.iter().all(|panel| panel["repeated_share"].is_number()), "{measured}");
        }
    }
}

#[test]
fn a_file_whose_name_is_a_command_or_a_built_in_source_opens_by_its_path() {
    let folder = Folder::new();
    std::fs::rename(folder.film("film.mkv", 16, 16), folder.path("info")).expect("a new name");
    let info =
        afterimage(["info", "./info"]).current_dir(folder.root()).assert().success().get_output().clone();
    assert!(String::from_utf8_lossy(&info.stdout).contains("ffv1"));
}

#[test]
fn info_states_mirrors_and_colours() {
    let folder = Folder::new();
    let film = "testsrc2=size=96x64:rate=10:duration=1";
    // Stated to the encoder itself: newer versions of the program let the filters override the other options.
    let stated = ["-color_range", "tv", "-x264-params", "colormatrix=bt709:transfer=bt709"];
    let args = [&["-f", "lavfi", "-i", film, "-c:v", "libx264", "-pix_fmt", "yuv420p"], &stated[..]].concat();
    let film = folder.ffmpeg("film.mp4", &args);
    let info = json(["info", &film, "--format", "json"]);
    let colour =
        serde_json::json!({"range": "tv", "matrix": "bt709", "transfer": "bt709", "primaries": null});
    assert_eq!((&info["colour"], &info["mirrored"]), (&colour, &serde_json::Value::Null));
    let table = stdout(["info", &film]);
    for line in ["mirrored      no\n", "colour matrix bt709\n", "primaries     not stated\n"] {
        assert!(table.contains(line), "{table}");
    }
    // The number in the matrix of the track that scales the x axis.
    let mut bytes = folder.read("film.mp4");
    let header = bytes.windows(4).position(|name| name == b"tkhd").expect("the header of a track");
    bytes[header + 44..header + 48].copy_from_slice(&(-65536_i32).to_be_bytes());
    let mirrored = folder.write("mirrored.mp4", bytes);
    let info = json(["info", &mirrored, "--format", "json"]);
    assert_eq!((&info["rotation_degrees"], &info["mirrored"]), (&0.into(), &"horizontally".into()));
    assert!(stdout(["info", &mirrored]).contains("mirrored      horizontally\n"));
}

#[test]
fn half_a_picture_works_in_every_command_with_a_warning() {
    let folder = Folder::new();
    let made = folder.ffmpeg("whole.jpg", &["-f", "lavfi", "-i", "testsrc2=size=160x96", "-frames:v", "1"]);
    let whole = folder.read("whole.jpg");
    let half = folder.write("half.jpg", &whole[..whole.len() / 2]);
    let (figure, poster, clip, cipher) =
        (folder.at("f.png"), folder.at("m.png"), folder.at("c.mkv"), folder.at("cipher"));
    for args in [
        &["info", &half][..],
        &["measure", &half],
        &["figure", &half, "plain", "-o", &figure],
        &["matrix", &half, "-o", &poster],
        &["clip", &half, "plain", "-o", &clip],
        &["encrypt", &half, "-o", &cipher],
    ] {
        let message = warnings(args);
        let count = message.matches("ends too early: a part of the picture is missing").count();
        assert!(
            message.starts_with("warning: ") && count == 1 && message.contains("half.jpg"),
            "{args:?}: {message}"
        );
    }
    afterimage(["figure", &made, "plain", "-o", &figure]).assert().success().stderr("");
}

#[test]
fn an_animated_picture_has_the_same_number_of_frames_in_every_command() {
    let folder = Folder::new();
    let film = "testsrc2=size=96x64:rate=10:duration=1";
    let webp = ["-f", "lavfi", "-i", film, "-c:v", "libwebp_anim", "-lossless", "1", "-loop", "0"];
    let webp = folder.ffmpeg("moving.webp", &webp);
    let info = json(["info", &webp, "--format", "json"]);
    assert_eq!((&info["kind"], &info["frames"]), (&"video".into(), &10.into()));
    assert!((info["duration_secs"].as_f64().expect("a duration") - 1.0).abs() < 0.01);
    let measured = json(["measure", &webp, "plain", "--format", "json"]);
    assert_eq!(measured["frames"].as_array().expect("frames").len(), 10);
    stdout(["figure", &webp, "plain", "--frame", "9", "-o", &folder.at("f.png")]);
    let past = refused(1, ["figure", &webp, "plain", "--frame", "10", "-o", &folder.at("f.png")]);
    assert!(past.contains("10 frames"), "{past}");
    stdout(["matrix", &webp, "-o", &folder.at("m.png")]);
}
