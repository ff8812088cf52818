//! Sources, good and bad.

use crate::common::{Desk, afterimage, json, refused, stdout};

#[test]
fn info_knows_the_exact_number_of_frames() {
    let desk = Desk::new();
    let film = desk.film("film.mkv", 63, 35);
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
fn built_in_sources_are_there() {
    assert_eq!(json(["info", "demo:still", "--format", "json"])["frames"], 1);
    assert_eq!(json(["info", "pattern:noise", "--format", "json"])["frames"], 300);
    assert_eq!(json(["info", "demo", "--format", "json"])["kind"], "video");
}

#[test]
fn what_is_no_video_is_told_apart() {
    let desk = Desk::new();
    let sine = ["-f", "lavfi", "-i", "sine=duration=0.2"];
    for (name, said) in [
        (desk.at("missing.mp4"), "cannot read the file"),
        (desk.write("empty.mp4", ""), "is empty"),
        (
            desk.write("text.mp4", "It was a dark and stormy night.\n".repeat(40)),
            "neither a video nor a picture",
        ),
        (desk.ffmpeg("sound.wav", &sine), "no video in this file"),
    ] {
        for command in ["info", "measure"] {
            let answer = refused(1, [command, &name]);
            assert!(answer.contains(said) && answer.contains(&name), "{answer}");
        }
    }
    let folder = refused(1, ["info", &desk.at("")]);
    assert!(folder.starts_with("error: "), "{folder}");
}

#[test]
fn a_picture_past_the_limit_is_refused_with_both_sizes() {
    let desk = Desk::new();
    let wide = desk.ffmpeg("wide.png", &["-f", "lavfi", "-i", "color=size=16400x2", "-frames:v", "1"]);
    let said = refused(1, ["measure", &wide]);
    assert!(said.contains("16400 × 2") && said.contains("16384"), "{said}");
}

#[test]
fn a_truncated_film_gives_what_can_be_decoded_and_says_so() {
    let desk = Desk::new();
    let film = "testsrc2=size=320x240:rate=10:duration=3";
    let args = ["-f", "lavfi", "-i", film, "-c:v", "libx264", "-g", "5", "-movflags", "+faststart"];
    desk.ffmpeg("whole.mp4", &args);
    let whole = desk.read("whole.mp4");
    let cut = desk.write("cut.mp4", &whole[..whole.len() * 2 / 3]);
    let done = afterimage(["measure", &cut, "plain", "--format", "json"]).assert().success();
    let measured: serde_json::Value = serde_json::from_slice(&done.get_output().stdout).expect("JSON");
    let frames = measured["frames"].as_array().expect("frames").len();
    assert!(frames > 5 && frames < 30, "{frames} frames");
    let said = String::from_utf8_lossy(&done.get_output().stderr).into_owned();
    assert!(said.starts_with("warning: "), "{said}");
    afterimage(["measure", &cut, "plain", "--quiet"]).assert().success().stderr("");
}

#[test]
fn the_smallest_and_oddest_sizes_pass_through_every_command() {
    for (width, height) in [(1, 1), (63, 35), (1, 40), (40, 1)] {
        for layout in ["rgba32", "rgb24", "gray8", "yuv420p"] {
            let desk = Desk::new();
            let (film, out, cipher) =
                (desk.film("film.mkv", width, height), desk.at("f.png"), desk.at("cipher"));
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
    let desk = Desk::new();
    std::fs::rename(desk.film("film.mkv", 16, 16), desk.path("info")).expect("a new name");
    let info =
        afterimage(["info", "./info"]).current_dir(desk.root()).assert().success().get_output().clone();
    assert!(String::from_utf8_lossy(&info.stdout).contains("ffv1"));
}
