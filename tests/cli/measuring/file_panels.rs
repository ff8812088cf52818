//! The target `file` in panels, against OpenSSL and the decoder of the ffmpeg program.

use ::openssl::symm::Cipher;
use afterimage::payload::Target;
use afterimage::render::Sheet;
use afterimage::scene::Scene;
use serde_json::Value;

use crate::encryption::openssl::openssl;
use crate::ffmpeg::ffmpeg;
use crate::folder::Folder;
use crate::program::json;
use crate::sheets::{self, panels};

const PANELS: [&str; 5] =
    ["plain", "aes-128-ecb", "aes-128-ctr", "aes-128-ecb:repeats", "aes-128-ctr:repeats"];

/// A picture of flat areas.
fn picture(folder: &Folder, name: &str, options: &[&str]) -> String {
    let source = "color=c=teal:size=90x70,drawbox=x=10:y=10:w=60:h=40:color=orange:t=fill";
    folder.ffmpeg(name, &[&["-f", "lavfi", "-i", source, "-frames:v", "1"][..], options].concat())
}

fn sheet(path: &str) -> Sheet {
    let scene =
        Scene { target: Target::File, panels: panels(&PANELS), ..Scene::of(path.parse().expect("a source")) };
    sheets::sheet(&scene, 0)
}

/// The pixels that the ffmpeg program decodes.
fn decoded(folder: &Folder, name: &str) -> Vec<u8> {
    let raw = folder.at("raw");
    ffmpeg(["-i", &folder.at(name), "-f", "rawvideo", "-pix_fmt", "rgba", "-frames:v", "1", &raw], &[]);
    folder.read("raw")
}

#[test]
fn an_encrypted_picture_with_its_header_put_back_looks_as_a_decoder_shows_it() {
    let folder = Folder::new();
    for (name, header, options) in [
        ("picture.bmp", 54, &["-pix_fmt", "bgr24"][..]),
        ("picture.ppm", 13, &[]),
        ("picture.pgm", 13, &["-pix_fmt", "gray"]),
        ("picture.pam", 67, &["-pix_fmt", "rgba"]),
    ] {
        let path = picture(&folder, name, options);
        let sheet = sheet(&path);
        let file = folder.read(name);
        assert_eq!(afterimage::payload::header_bytes(&file), header, "{name}");
        let pixels = |panel: usize| {
            let picture = sheet.panels[panel].picture.as_ref().expect("a picture");
            picture.pixels().as_flattened().to_vec()
        };
        assert!(pixels(0) == decoded(&folder, name), "{name}: the original");
        let ciphers = [
            (1, openssl(Cipher::aes_128_ecb(), None, &file)),
            (2, openssl(Cipher::aes_128_ctr(), Some(&[0; 16]), &file)),
        ];
        for (panel, ciphertext) in ciphers {
            let encrypted = format!("encrypted.{}", name.rsplit('.').next().expect("an ending"));
            folder.write(&encrypted, [&file[..header], &ciphertext[header..]].concat());
            let found = pixels(panel);
            assert!(found == decoded(&folder, &encrypted), "{name}: {}", PANELS[panel]);
            // Both sides of the claim: blocks repeat under ECB, and no block repeats under CTR.
            let mut blocks: Vec<&[u8]> = ciphertext[header.next_multiple_of(16)..].chunks_exact(16).collect();
            let all = blocks.len();
            blocks.sort_unstable();
            blocks.dedup();
            assert_eq!(blocks.len() == all, panel == 2, "{name}");
        }
        let repeated = |panel: usize| sheet.panels[panel].leakage.repeated;
        assert!(repeated(3) > 100 && repeated(4) == 0, "{name}");
    }
}

#[test]
fn the_blocks_of_a_file_are_counted_from_its_first_byte_without_its_header() {
    let folder = Folder::new();
    let path = picture(&folder, "picture.bmp", &["-pix_fmt", "bgr24"]);
    let measured = json(["measure", &path, "aes-128-ecb", "--target", "file", "--format", "json"]);
    let panel = &measured["frames"][0]["panels"][0];
    let file = folder.read("picture.bmp");
    let mut counts = std::collections::HashMap::<&[u8], u64>::new();
    file.chunks_exact(16).skip(4).for_each(|block| *counts.entry(block).or_default() += 1);
    let repeated: u64 = counts.values().filter(|&&count| count > 1).sum();
    let number = |name: &str| panel[name].as_u64();
    assert_eq!(number("blocks"), Some(file.len() as u64 / 16 - 4));
    assert_eq!((number("distinct"), number("repeated")), (Some(counts.len() as u64), Some(repeated)));
    assert_eq!((number("bytes"), number("clear_bytes")), (Some(file.len() as u64), Some(54)));
    assert_eq!((panel["word"].as_str(), &panel["same_as_previous"]), (Some("repeats"), &Value::Null));
}

#[test]
fn the_panel_of_an_encrypted_compressed_picture_says_that_no_viewer_opens_it() {
    let folder = Folder::new();
    for (name, options) in [("picture.png", &[][..]), ("picture.jpg", &["-pix_fmt", "yuvj420p"])] {
        let sheet = sheet(&picture(&folder, name, options));
        let why = |panel: usize| sheet.panels[panel].why_empty().unwrap_or_default();
        for panel in [1, 2] {
            assert!(why(panel).contains("no viewer opens this file"), "{name}: {}", why(panel));
        }
        assert!(why(2).contains("no block of it repeats"), "{}", why(2));
    }
}

#[test]
fn an_encrypted_sound_with_its_header_put_back_has_the_waveform_that_a_player_plays() {
    let folder = Folder::new();
    let source = "aevalsrc='0.5*sin(1382*t)*lt(t,0.5)':sample_rate=8000:duration=1";
    let path = folder.ffmpeg("sound.wav", &["-f", "lavfi", "-i", source, "-c:a", "pcm_s16le"]);
    let file = folder.read("sound.wav");
    let header = afterimage::payload::header_bytes(&file);
    assert!(header >= 44, "{header}");
    let clear = sheet(&path);
    let pixels = |sheet: &Sheet, panel: usize| {
        sheet.panels[panel].picture.as_ref().expect("a picture").pixels().to_vec()
    };
    let ciphers = [
        (1, openssl(Cipher::aes_128_ecb(), None, &file)),
        (2, openssl(Cipher::aes_128_ctr(), Some(&[0; 16]), &file)),
    ];
    for (panel, ciphertext) in ciphers {
        let bytes = [&file[..header], &ciphertext[header..]].concat();
        let encrypted = sheet(&folder.write("encrypted.wav", bytes));
        assert!(pixels(&clear, panel) == pixels(&encrypted, 0), "{}", PANELS[panel]);
        assert!(pixels(&clear, panel) != pixels(&clear, 0), "{}", PANELS[panel]);
    }
    let repeated = |panel: usize| clear.panels[panel].leakage.repeated;
    assert!(repeated(1) > 400 && repeated(2) == 0, "silence repeats under ECB and not under CTR");
}

#[test]
fn a_file_is_measured_once_however_many_frames_it_has() {
    let folder = Folder::new();
    let film = folder.film("film.mkv", 64, 48);
    let measured = json(["measure", &film, "aes-128-ecb", "--target", "file", "--format", "json"]);
    assert_eq!(measured["frames"].as_array().map(Vec::len), Some(1));
    let stream = &measured["stream"][0];
    let bytes = folder.read("film.mkv").len() as u64;
    assert_eq!((&stream["messages"], stream["bytes"].as_u64()), (&1.into(), Some(bytes)));
    let asked = ["measure", &film, "aes-128-ecb", "--target", "file", "--frames", "0-3", "--format", "json"];
    assert_eq!(
        json(asked)["frames"].as_array().map(Vec::len),
        Some(4),
        "an explicit range is measured as given"
    );
}
