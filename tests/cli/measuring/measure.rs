//! The numbers of `measure`, against a simple count.

use std::collections::HashMap;

use serde_json::Value;

use crate::excerpt::EXCERPT;
use crate::folder::Folder;
use crate::program::{json, stdout};

/// The numbers of a ciphertext, counted by a simple implementation.
struct Census {
    blocks: Vec<[u8; 16]>,
    counts: HashMap<[u8; 16], u64>,
}

impl Census {
    fn of(bytes: &[u8]) -> Self {
        let blocks: Vec<[u8; 16]> = bytes.as_chunks().0.to_vec();
        let mut counts = HashMap::new();
        for block in &blocks {
            *counts.entry(*block).or_insert(0) += 1;
        }
        Self { blocks, counts }
    }

    fn check(&self, before: Option<&Self>, numbers: &Value) {
        let blocks = self.blocks.len() as u64;
        let repeated: u64 = self.counts.values().filter(|&&count| count > 1).sum();
        let same = before.map(|before| {
            self.blocks.iter().zip(&before.blocks).filter(|(now, before)| now == before).count()
        });
        assert_eq!(numbers["blocks"], blocks);
        assert_eq!(numbers["distinct"], self.counts.len());
        assert_eq!(numbers["repeated"], repeated);
        assert_eq!(numbers["largest_class"], self.counts.values().copied().max().unwrap_or(0));
        assert_eq!(numbers["same_as_previous"], serde_json::json!(same));
        let close = |name: &str, value: f64| {
            let given = numbers[name].as_f64().expect(name);
            assert!((given - value).abs() <= value.abs() * 1e-12, "{name}: {given} for {value}");
        };
        close("repeated_share", repeated as f64 / blocks as f64);
        close("expected_by_chance", blocks as f64 * (blocks as f64 - 1.0) / 2f64.powi(128));
    }
}

#[test]
fn every_number_equals_a_count_of_the_bytes_that_encrypt_writes() {
    let folder = Folder::new();
    let film = folder.film("film.mkv", 63, 35);
    for layout in ["rgba32", "rgb24", "gray8", "yuv420p"] {
        let panels =
            ["plain", "aes-128-ecb", "aes-128-ecb:repeats", "aes-256-ctr+reused-nonce", "aes-128-gcm"];
        let args = ["measure", &film, "--layout", layout, "--format", "json", "--frames", "0-2", "--panels"];
        let measured = json(args.iter().chain(&panels));
        assert_eq!(measured["schema"], 1);
        assert_eq!(measured["scene"]["layout"], layout);
        assert_eq!(measured["frames"].as_array().expect("frames").len(), 3);
        for (number, panel) in panels.iter().enumerate() {
            let mut before = None;
            for (index, frame) in measured["frames"].as_array().expect("frames").iter().enumerate() {
                assert_eq!(frame["frame"], index);
                let bytes = bytes(&folder, &film, layout, panel, index);
                let census = Census::of(&bytes);
                assert_eq!(frame["panels"][number]["panel"], *panel);
                census.check(before.as_ref(), &frame["panels"][number]);
                before = Some(census);
            }
        }
    }
}

/// The bytes that a panel counts, without padding or tag.
fn bytes(folder: &Folder, film: &str, layout: &str, panel: &str, frame: usize) -> Vec<u8> {
    let (cipher, plain, frame) = (folder.at("cipher"), folder.at("plain"), frame.to_string());
    let scheme = if panel == "plain" { "aes-128-ecb" } else { panel.trim_end_matches(":repeats") };
    let args = ["encrypt", film, scheme, "--frame", &frame, "--layout", layout];
    stdout(args.iter().chain(&["-o", &cipher, "--plaintext", &plain]));
    let plain = folder.read("plain");
    if panel == "plain" { plain } else { folder.read("cipher")[..plain.len()].to_vec() }
}

#[test]
fn the_summary_has_the_mean_and_the_bounds_of_the_frames() {
    let folder = Folder::new();
    let film = folder.film("film.mkv", 48, 32);
    let measured = json(["measure", &film, "--format", "json"]);
    let frames = measured["frames"].as_array().expect("frames");
    assert_eq!(frames.len(), 10, "without a range, all frames are measured");
    for (number, summary) in measured["summary"].as_array().expect("a summary").iter().enumerate() {
        for (name, spread) in summary.as_object().expect("an object") {
            if ["panel", "words"].contains(&name.as_str()) {
                continue;
            }
            let values: Vec<f64> =
                frames.iter().filter_map(|frame| frame["panels"][number][name].as_f64()).collect();
            if values.is_empty() {
                assert!(spread.is_null(), "no frame has a value of {name}");
                continue;
            }
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            let of = |which: &str| spread[which].as_f64().expect(which);
            assert!((of("mean") - mean).abs() <= mean.abs() * 1e-12, "{name}");
            assert_eq!(
                of("min").to_bits(),
                values.iter().copied().fold(f64::MAX, f64::min).to_bits(),
                "{name}"
            );
            assert_eq!(
                of("max").to_bits(),
                values.iter().copied().fold(f64::MIN, f64::max).to_bits(),
                "{name}"
            );
        }
    }
}

#[test]
fn classical_measures_are_computed_on_request() {
    const NAMES: [&str; 7] =
        ["byte_entropy", "chi_square", "neighbour_correlation", "npcr", "uaci", "psnr", "ssim"];
    let args = ["measure", "demo:still", "aes-128-ecb", "--frame", "0", "--format"];
    let measured = |format: &str, more: &[&str]| stdout(args.iter().chain(&[format]).chain(more));
    let panel = |more: &[&str]| {
        let json: Value = serde_json::from_str(&measured("json", more)).expect("JSON");
        json["frames"][0]["panels"][0].clone()
    };
    let (without, with) = (panel(&[]), panel(&["--classical"]));
    for name in NAMES {
        assert!(without.get(name).is_some_and(Value::is_null), "{name}");
        assert!(with[name].is_f64(), "{name}: {}", with[name]);
    }
    assert_eq!(panel(&["--papers"]), with, "`--papers` is the old name of `--classical`");
    for (name, value) in with.as_object().expect("an object") {
        assert!(
            NAMES.contains(&name.as_str()) || without[name] == *value,
            "{name} is the same with and without `--classical`"
        );
    }
    let cells = |more: &[&str]| {
        let csv = measured("csv", more);
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let columns = reader.headers().expect("a header").clone();
        let line = reader.records().next().expect("a line").expect("CSV");
        let of = |name: &str| columns.iter().position(|column| column == name).map(|at| line[at].to_owned());
        NAMES.map(|name| of(name).expect(name))
    };
    assert!(cells(&[]).iter().all(String::is_empty));
    assert!(cells(&["--classical"]).iter().all(|cell| !cell.is_empty()));
    assert!(!measured("table", &[]).contains("byte_entropy"));
    assert!(measured("table", &["--classical"]).contains("byte_entropy"));
}

#[test]
fn each_frame_of_a_range_has_the_numbers_that_it_has_alone() {
    let folder = Folder::new();
    let film = folder.film("film.mkv", 63, 35);
    let all = json(["measure", &film, "--format", "json"]);
    let by_time = json(["measure", &film, "--format", "json", "--from", "0.4", "--to", "0.69"]);
    let frames = all["frames"].as_array().expect("frames");
    assert_eq!(by_time["frames"].as_array().expect("frames")[..], frames[4..7]);
    let alone = json(["measure", &film, "--format", "json", "--frame", "7"]);
    assert_eq!(
        alone["frames"][0], frames[7],
        "the same numbers, including the blocks unchanged since frame 6"
    );
}

#[test]
fn panels_can_be_given_in_three_ways() {
    let numbers = |args: &[&str]| {
        let measured =
            json(["measure", "pattern:bars", "--frame", "0", "--format", "json"].iter().chain(args));
        measured["scene"]["panels"].clone()
    };
    let expected = serde_json::json!(["plain", "aes-128-ecb", "aes-128-gcm"]);
    assert_eq!(numbers(&["plain", "aes-128-ecb", "aes-128-gcm"]), expected);
    assert_eq!(numbers(&["--panels", "plain", "aes-128-ecb", "aes-128-gcm"]), expected);
    assert_eq!(numbers(&["--panel", "plain", "--panel", "aes-128-ecb", "--panel", "aes-128-gcm"]), expected);
    assert_eq!(numbers(&[]), serde_json::json!(["aes-128-ecb", "aes-128-gcm"]), "the default panels");
}

#[test]
fn in_real_footage_ecb_repeats_exactly_as_the_original_and_gcm_does_not_repeat() {
    for layout in ["rgba32", "yuv420p"] {
        let panels = ["plain", "aes-128-ecb", "aes-128-gcm"];
        let args =
            ["measure", EXCERPT, "--layout", layout, "--frames", "20-24", "--format", "json", "--panels"];
        let measured = json(args.iter().chain(&panels));
        for frame in measured["frames"].as_array().expect("frames") {
            let numbers = |panel: usize| {
                let mut numbers = frame["panels"][panel].as_object().expect("an object").clone();
                // Only ciphertext has a finding, and some numbers count bytes instead of blocks.
                let bytes = ["byte_entropy", "chi_square", "neighbour_correlation", "npcr", "uaci", "psnr"];
                for name in ["panel", "word", "same_bytes_in_changed", "ssim"].iter().chain(&bytes) {
                    numbers.remove(*name).expect(name);
                }
                numbers
            };
            assert_eq!(numbers(0), numbers(1), "{layout}");
            assert_eq!(numbers(2)["repeated"], 0, "{layout}");
            assert_eq!(numbers(2)["same_as_previous"], 0, "{layout}");
        }
    }
}

#[test]
fn with_a_memory_blocks_are_counted_over_all_remembered_frames() {
    // All frames show the same picture: a block that occurs n times in one frame occurs 3n times in three.
    let largest = |memory: &str| {
        let args = ["measure", "pattern:checker", "--frame", "5", "--format", "json", "--memory", memory];
        json(args.iter().chain(&["aes-128-ecb"]))["frames"][0]["panels"][0]["largest_class"].clone()
    };
    let (one, three) = (largest("1").as_u64(), largest("3").as_u64());
    assert!(one.is_some_and(|one| one > 1));
    assert_eq!(three, one.map(|one| 3 * one));
}

/// The numbers of frames, as lines of CSV.
fn measured(film: &str, panel: &str, frames: &str) -> Vec<String> {
    let lines = stdout(["measure", film, panel, "--frames", frames, "--format", "csv"]);
    lines.lines().skip(1).map(str::to_owned).collect()
}

#[test]
fn a_list_of_frames_gives_the_lines_of_these_frames() {
    let folder = Folder::new();
    let film = folder.film("film.mkv", 128, 96);
    // The second panel also needs the previous frame.
    for panel in ["aes-128-ecb", "aes-128-ecb:motion"] {
        let all = measured(&film, panel, "0-");
        assert_eq!(all.len(), 10);
        for (list, frames) in [("3,7", &[3, 7][..]), ("8-,2,3,2", &[2, 3, 8, 9]), ("0,2,4,6", &[0, 2, 4, 6])]
        {
            let expected: Vec<_> = frames.iter().map(|&frame: &usize| all[frame].clone()).collect();
            assert_eq!(measured(&film, panel, list), expected, "{list}");
        }
    }
}
