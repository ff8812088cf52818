//! `--encode` and `encode=`: the source is encoded anew before its packets are encrypted.

use crate::folder::Folder;
use crate::program::{json, refused, stdout};

const SOURCE: &str = "pattern:moving-box@96x64";

#[test]
fn list_prints_choices_and_encoders_and_needs_no_source() {
    for command in ["packets", "measure", "figure"] {
        let list = stdout([command, "--encode", "list"]);
        assert!(list.starts_with("Choices at hand:\n"), "{list}");
        for name in ["\ncall ", "mjpeg,q=3", "\nmpeg4 ", "MPEG-4 part 2"] {
            assert!(list.contains(name), "{command}: {name}");
        }
        assert!(!list.contains("vaapi") && !list.contains("pcm_s16le"));
    }
}

#[test]
fn packets_of_an_encoding_are_listed_with_the_frames_of_the_source() {
    let table = json(["packets", SOURCE, "--encode", "mpeg4,bf=2,g=9", "--format", "json"]);
    assert_eq!((&table["source"], &table["encode"]), (&SOURCE.into(), &"mpeg4,bf=2,g=9".into()));
    let messages = table["messages"].as_array().expect("a list");
    let mut frames: Vec<u64> = messages.iter().filter_map(|message| message["frame"].as_u64()).collect();
    assert!(frames.windows(2).any(|two| two[0] > two[1]), "in the order of the encoder");
    frames.sort_unstable();
    assert!(frames.into_iter().eq(0..300));
    let choice = json(["packets", "demo:still", "--encode", "camera", "--format", "json"]);
    assert_eq!(choice["encode"], "mjpeg,q=3", "a choice is stated as its encoder");
}

#[test]
fn each_panel_has_an_encoding_of_its_own() {
    let panels = [
        "aes-128-ecb",
        "aes-128-ecb,target=packets,encode=mpeg4",
        "aes-128-ecb,target=packets,encode=mjpeg/q=3",
        "aes-128-ecb:sizes,target=packets",
    ];
    let scene = ["--target", "packets", "--encode", "huffyuv", "--frames", "0-3", "--format", "json"];
    let together = json(["measure", SOURCE].iter().chain(&panels).chain(&scene));
    let bytes =
        |table: &serde_json::Value, at: usize| table["stream"][at]["bytes"].as_u64().expect("a number");
    for (at, encoding) in ["huffyuv", "mpeg4", "mjpeg,q=3", "huffyuv"].into_iter().enumerate() {
        let alone = json([
            "measure",
            SOURCE,
            "aes-128-ecb",
            "--target",
            "packets",
            "--encode",
            encoding,
            "--frames",
            "0-3",
            "--format",
            "json",
        ]);
        assert_eq!(bytes(&together, at), bytes(&alone, 0), "{encoding}");
    }
    assert_ne!(bytes(&together, 1), bytes(&together, 2));
    let text =
        stdout(["measure", SOURCE, panels[1], "--target", "packets", "--encode", "huffyuv", "--frame", "0"]);
    assert!(text.contains("encoded anew with huffyuv"), "{text}");
}

#[test]
fn a_figure_of_encodings_and_its_scene_are_the_same_bytes() {
    let folder = Folder::new();
    let (one, two, scene) = (folder.at("one.png"), folder.at("two.png"), folder.at("scene.toml"));
    let panels = ["plain", "aes-128-ecb:repeats", "aes-128-gcm:sizes,encode=mjpeg/q=5"];
    let figure = ["figure", SOURCE, "--target", "packets", "--encode", "mpeg4,g=5", "--frame", "7"];
    let outputs = ["--save-scene", &scene, "-o", &one];
    stdout(figure.iter().chain(&panels).chain(&outputs));
    stdout(["figure", &scene, "-o", &two]);
    assert!(folder.read("one.png") == folder.read("two.png"));
    let text = folder.read_text("scene.toml");
    assert!(text.contains("encode = \"mpeg4,g=5\"") && text.contains("encode=mjpeg/q=5"), "{text}");
}

#[test]
fn ciphertext_of_an_encoding_is_decrypted_to_its_packet() {
    let folder = Folder::new();
    let [out, plain, back, parameters] = ["out", "plain", "back", "out.json"].map(|name| folder.at(name));
    let encrypt =
        ["encrypt", SOURCE, "aes-128-ecb", "--target", "packets", "--encode", "mjpeg,q=3", "--frame", "2"];
    let outputs = ["-o", &out, "--plaintext", &plain, "--format", "json"];
    let report = stdout(encrypt.iter().chain(&outputs));
    folder.write("out.json", &report);
    assert!(report.contains("\"encode\": \"mjpeg,q=3\""), "{report}");
    stdout(["decrypt", &out, "--parameters", &parameters, "-o", &back]);
    let packet = folder.read("plain");
    assert!(packet == folder.read("back") && packet.starts_with(b"\xff\xd8"), "a JPEG");
}

#[test]
fn what_cannot_be_encoded_is_refused_by_name() {
    for (code, arguments, told) in [
        (2, &["measure", "demo", "--encode", "mpeg4"][..], "--target packets"),
        (2, &["packets", "demo", "--target", "samples", "--encode", "mpeg4"], "samples are not encoded"),
        (2, &["packets", "demo", "--encode", "mpeg4,q"], "write option=value"),
        (2, &["packets", "demo", "--encode", "libx264,x264-params=stats=x"], "stats"),
        (1, &["packets", "demo", "--encode", "mpeg5"], "did you mean mpeg4?"),
        (1, &["packets", "demo", "--encode", "mpeg4,qmim=3"], "did you mean qmin?"),
        (2, &["measure", "demo", "own,encode=mpeg4"], "leave encode out"),
        (1, &["measure", "demo", "aes-128-ecb,target=packets,encode=mpeg5", "--frame", "0"], "mpeg5"),
        (1, &["measure", "pattern:bars", "--target", "packets", "--frame", "0"], "--encode"),
    ] {
        let error = refused(code, arguments);
        assert!(error.contains(told), "{arguments:?}: {error}");
    }
}
