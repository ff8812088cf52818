//! `--posterize` and `--tiles`: the bytes that are encrypted, sample by sample, and what the program reports.

use serde_json::{Value, json};

use crate::folder::Folder;
use crate::program::{json, refused, stdout};

/// A plane of samples in rows.
struct Plane {
    columns: usize,
    rows: usize,
    sample_bytes: usize,
}

/// The planes of a picture of 63 × 35 pixels, and the side of a tile.
fn planes(layout: &str) -> (Vec<Plane>, usize) {
    let plane = |columns, rows, sample_bytes| Plane { columns, rows, sample_bytes };
    match layout {
        "rgba32" => (vec![plane(63, 35, 4)], 2),
        "gray8" => (vec![plane(63, 35, 1)], 4),
        _ => (vec![plane(63, 35, 1), plane(32, 18, 1), plane(32, 18, 1)], 4),
    }
}

/// Posterizes samples and cuts them into tiles, by a simple implementation.
fn simple_layout(layout: &str, bits: u32, tiles: bool, samples: &[u8]) -> Vec<u8> {
    let last = (1 << bits) - 1;
    // Halves would be rounded up, but do not occur.
    let nearest = |count: u32, of: u32| (2 * count + of) / (2 * of);
    let rounded = |at: usize, sample: u8| match (layout, at % 4) {
        ("rgba32", 3) => sample,
        _ => u8::try_from(nearest(nearest(u32::from(sample) * last, 255) * 255, last)).expect("a sample"),
    };
    let samples: Vec<u8> = samples.iter().enumerate().map(|(at, &sample)| rounded(at, sample)).collect();
    if !tiles {
        return samples;
    }
    let (planes, side) = planes(layout);
    let mut bytes = Vec::new();
    let mut start = 0;
    for Plane { columns, rows, sample_bytes } in planes {
        for top in (0..rows).step_by(side) {
            for left in (0..columns).step_by(side) {
                for (y, x) in (top..top + side).flat_map(|y| (left..left + side).map(move |x| (y, x))) {
                    let sample = y.min(rows - 1) * columns + x.min(columns - 1);
                    bytes.extend_from_slice(&samples[start + sample * sample_bytes..][..sample_bytes]);
                }
            }
        }
        start += columns * rows * sample_bytes;
    }
    bytes
}

#[test]
fn samples_are_posterized_and_cut_into_tiles_before_encryption() {
    let folder = Folder::new();
    let film = folder.film("film.mkv", 63, 35);
    let (cipher, plain, back) = (folder.at("cipher"), folder.at("plain"), folder.at("back"));
    for (layout, bits, tiles) in [
        ("rgba32", 3, true),
        ("rgba32", 1, false),
        ("rgb24", 5, false),
        ("gray8", 8, true),
        ("gray8", 2, true),
        ("yuv420p", 4, true),
        ("yuv420p", 6, false),
    ] {
        let frame = ["encrypt", &film, "--frame", "3", "--layout", layout, "-o", &cipher];
        stdout(frame.iter().chain(&["--plaintext", &plain]));
        let samples = folder.read("plain");

        let bits_given = bits.to_string();
        let mut more = vec!["--plaintext", &plain, "--format", "json", "--posterize", &bits_given];
        more.extend(tiles.then_some("--tiles"));
        let parameters = json(frame.iter().chain(&more));
        assert!(
            folder.read("plain") == simple_layout(layout, bits, tiles, &samples),
            "{layout}, {bits} bits, tiles: {tiles}"
        );
        assert_eq!(parameters["layout"], layout);
        assert_eq!(parameters["posterize"], if bits < 8 { json!(bits) } else { Value::Null });
        assert_eq!(parameters["tiles"], if tiles { json!(true) } else { Value::Null });
        assert_eq!(parameters["plaintext_bytes"], folder.read("plain").len());

        stdout(["decrypt", &cipher, "--scheme", "aes-128-ecb", "--frame", "3", "-o", &back]);
        assert!(folder.read("back") == folder.read("plain"), "{layout} is decrypted");
    }
}

#[test]
fn measure_counts_tiles_and_states_the_layout() {
    let args = ["measure", "pattern:gradient", "plain", "aes-128-ecb", "--frame", "0", "--format", "json"];
    let measured = |more: &[&str]| json(args.iter().chain(more));
    let plain = measured(&[]);
    assert!(plain["scene"].get("posterize").is_none() && plain["scene"].get("tiles").is_none());
    let coarse = measured(&["--layout", "gray8", "--tiles", "--posterize", "2"]);
    assert_eq!(coarse["scene"]["layout"], "gray8");
    assert_eq!((&coarse["scene"]["posterize"], &coarse["scene"]["tiles"]), (&json!(2), &json!(true)));
    let ecb = &coarse["frames"][0]["panels"][1];
    assert_eq!(ecb["blocks"], 320 * 180);
    assert!(ecb["distinct"].as_u64() < Some(40), "four levels of grey give few distinct tiles: {ecb}");
    let table = stdout(["measure", "pattern:bars", "--frame", "0", "--tiles", "--posterize", "1"]);
    assert!(table.contains("rgba32 in tiles, posterized to 1 bit"), "{table}");
}

#[test]
fn an_impossible_layout_is_refused_with_the_possible_ones() {
    for (more, named) in [
        (&["--posterize", "0"][..], "1 to 8"),
        (&["--posterize", "9"], "1 to 8"),
        (&["--posterize", "few"], "1 to 8"),
        (&["--tiles", "--layout", "rgb24"], "choose rgba32, gray8 or yuv420p"),
    ] {
        let message = refused(2, ["measure", "demo:still"].iter().chain(more));
        assert!(message.starts_with("error: ") && message.contains(named), "{more:?}: {message}");
    }
}
