//! Scenes of captures: what is saved, what is kept secret, and that they make the same picture again.

use afterimage::media::rtp::CallMedia;
use afterimage::wire::protection::Protection;

use crate::folder::Folder;
use crate::made::{key, key_bytes, keys_file, pcapng, protected, sdp, video};
use crate::program::{json, refused, stdout};

/// A folder with a capture, its SDP and its keys.
fn folder() -> Folder {
    let folder = Folder::new();
    let sent = video(CallMedia::H264);
    folder.write("call.pcapng", pcapng(&protected(&sent, &key(Protection::SrtpGcm))));
    folder.write("video.sdp", sdp(&sent));
    folder.write("keys.toml", keys_file(Protection::SrtpGcm, &key_bytes(Protection::SrtpGcm)));
    folder
}

#[test]
fn a_scene_names_its_files_and_makes_the_same_picture_again() {
    let folder = folder();
    let [path, sdp, keys] = ["call.pcapng", "video.sdp", "keys.toml"].map(|name| folder.at(name));
    let [first, second, scene] = ["first.png", "second.png", "x.toml"].map(|name| folder.at(name));
    let figure =
        ["figure", &path, "plain", "own", "--stream", "0", "--sdp", &sdp, "--keys", &keys, "--frame", "9"];
    stdout([&figure[..], &["-o", &first, "--save-scene", &scene, "-q"]].concat());
    let text = folder.read_text("x.toml");
    for line in ["source = \"call.pcapng\"", "stream = \"0\"", "sdp = \"video.sdp\"", "keys = \"keys.toml\""]
    {
        assert!(text.contains(line), "{line}: {text}");
    }
    stdout(["figure", &scene, "-o", &second, "-q"]);
    assert!(folder.read("first.png") == folder.read("second.png"));
    let info = stdout(["info", &scene]);
    assert!(info.contains("call.pcapng") && info.contains("decrypts"), "{info}");
}

#[test]
fn the_key_of_a_stream_is_saved_only_with_save_key_and_never_in_a_picture_or_table() {
    let folder = folder();
    let [path, sdp] = ["call.pcapng", "video.sdp"].map(|name| folder.at(name));
    let (picture, scene) = (folder.at("x.png"), folder.at("x.toml"));
    let hex = hex::encode(key_bytes(Protection::SrtpGcm));
    let keyed = ["--sdp", &sdp, "--content-key", &hex, "--protection", "srtp-gcm"];
    let figure =
        [&["figure", &path, "plain", "own", "-o", &picture, "--save-scene", &scene, "-q"][..], &keyed]
            .concat();
    let error = refused(2, figure.clone());
    assert!(error.contains("--save-key") && !error.contains(&hex), "{error}");
    stdout([&figure[..], &["--save-key"]].concat());
    let picture = folder.read("x.png");
    assert!(!picture.windows(hex.len()).any(|bytes| bytes == hex.as_bytes()));
    let text = folder.read_text("x.toml");
    assert!(
        text.contains(&format!("content_key = \"{hex}\"")) && text.contains("protection = \"srtp-gcm\""),
        "{text}"
    );
    stdout(["measure", &scene, "-q"]);
    let table = json([&["measure", &path, "plain", "--format", "json", "-q"][..], &keyed].concat());
    assert!(!table.to_string().contains(&hex), "{table}");
    assert_eq!(table["scene"]["sdp"].as_str().map(|text| text.ends_with("video.sdp")), Some(true));
}

#[test]
fn scenes_that_contradict_themselves_are_refused() {
    let folder = folder();
    let head = "version = 1\npanels = [\"own\"]\n";
    for (lines, said) in [
        ("source = \"demo\"\nsdp = \"video.sdp\"\n", "sdp"),
        (
            "source = \"call.pcapng\"\nkeys = \"keys.toml\"\nprotection = \"srtp\"\n",
            "both keys and protection",
        ),
        ("source = \"call.pcapng\"\nprotection = \"rot13\"\n", "one-key-ecb"),
        ("source = \"call.pcapng\"\nprotection = \"srtp\"\ncontent_key = \"xyz\"\n", "hex digits"),
    ] {
        let scene = folder.write("odd.toml", format!("{head}{lines}"));
        let error = refused(2, ["measure", &scene]);
        assert!(error.contains(said), "{error}");
    }
    // The stream alone is enough where packets are shown as they were transmitted.
    let scene = folder.write("own.toml", format!("{head}source = \"call.pcapng\"\nstream = \"v:0\"\n"));
    assert!(stdout(["measure", &scene, "-q"]).contains("own"));
}
