//! The numbers, against a count of their own.

use std::collections::HashMap;

use serde_json::Value;

use crate::program::{Folder, afterimage, json, stdout};

/// The numbers of a ciphertext, counted another way.
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
fn every_field_agrees_with_a_census_of_the_bytes_that_encrypt_writes() {
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

/// The bytes that a panel looks at, without padding or tag.
fn bytes(folder: &Folder, film: &str, layout: &str, panel: &str, frame: usize) -> Vec<u8> {
    let (cipher, plain, frame) = (folder.at("cipher"), folder.at("plain"), frame.to_string());
    let scheme = if panel == "plain" { "aes-128-ecb" } else { panel.trim_end_matches(":repeats") };
    let args = ["encrypt", film, scheme, "--frame", &frame, "--layout", layout];
    stdout(args.iter().chain(&["-o", &cipher, "--plaintext", &plain]));
    let plain = folder.read("plain");
    if panel == "plain" { plain } else { folder.read("cipher")[..plain.len()].to_vec() }
}

#[test]
fn the_summary_is_that_of_the_frames() {
    let folder = Folder::new();
    let film = folder.film("film.mkv", 48, 32);
    let measured = json(["measure", &film, "--format", "json"]);
    let frames = measured["frames"].as_array().expect("frames");
    assert_eq!(frames.len(), 10, "all frames without a range");
    for (number, summary) in measured["summary"].as_array().expect("a summary").iter().enumerate() {
        for (name, spread) in summary.as_object().expect("an object") {
            if ["panel", "words"].contains(&name.as_str()) {
                continue;
            }
            let values: Vec<f64> =
                frames.iter().filter_map(|frame| frame["panels"][number][name].as_f64()).collect();
            if values.is_empty() {
                assert!(spread.is_null(), "{name} applies to no frame");
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
fn csv_holds_the_numbers_of_the_json() {
    let folder = Folder::new();
    let film = folder.film("film.mkv", 63, 35);
    let measured = json(["measure", &film, "--frames", "0-3", "--format", "json"]);
    let csv = stdout(["measure", &film, "--frames", "0-3", "--format", "csv"]);
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let columns = reader.headers().expect("a header").clone();
    let mut lines = reader.records();
    for frame in measured["frames"].as_array().expect("frames") {
        for panel in frame["panels"].as_array().expect("panels") {
            let line = lines.next().expect("a line a frame and panel").expect("CSV");
            for (column, cell) in columns.iter().zip(&line) {
                let value = panel.get(column).or_else(|| frame.get(column)).expect(column);
                match value {
                    Value::Null => assert_eq!(cell, "", "{column}"),
                    Value::String(text) => assert_eq!(cell, text, "{column}"),
                    // Read alike: the same digits.
                    number => assert_eq!(serde_json::from_str::<Value>(cell).expect(column), *number),
                }
            }
            assert_eq!(panel.as_object().expect("an object").len() + 2, columns.len());
        }
    }
    assert!(lines.next().is_none());
}

#[test]
fn classical_measures_are_computed_where_they_are_asked_for() {
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
    assert_eq!(panel(&["--papers"]), with, "the old name of the flag");
    for (name, value) in with.as_object().expect("an object") {
        assert!(NAMES.contains(&name.as_str()) || without[name] == *value, "{name} is the same either way");
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
fn a_range_gives_the_numbers_that_each_frame_gives_alone() {
    let folder = Folder::new();
    let film = folder.film("film.mkv", 63, 35);
    let all = json(["measure", &film, "--format", "json"]);
    let by_time = json(["measure", &film, "--format", "json", "--from", "0.4", "--to", "0.69"]);
    let frames = all["frames"].as_array().expect("frames");
    assert_eq!(by_time["frames"].as_array().expect("frames")[..], frames[4..7]);
    let alone = json(["measure", &film, "--format", "json", "--frame", "7"]);
    assert_eq!(alone["frames"][0], frames[7], "with what stayed the same since frame 6");
}

#[test]
fn the_table_tells_one_frame_or_the_spread_of_many() {
    let one = stdout(["measure", "pattern:bars", "plain", "aes-128-gcm", "--frame", "0"]);
    let expected = "\
pattern:bars · rgba32 · 1280 × 720 · frame 0 at 0.000 s

plain        the original
aes-128-gcm  noise: no block repeats; frame 0 has nothing to compare with

panel         blocks  distinct  repeated  repeated_share  largest_class  same_as_previous
plain        230,400         8   230,400         100.0 %         28,800                 –
aes-128-gcm  230,400   230,400         0           0.0 %              1                 –

panel        expected_by_chance  log10_p  block_entropy  max_block_entropy  left_equal  above_equal
plain                   1.6e-28  -1.2e11      3.00 bits         17.81 bits      97.8 %      100.0 %
aes-128-gcm             1.6e-28        0     17.81 bits         17.81 bits       0.0 %        0.0 %

panel        outline_precision  outline_recall  outline_f1  outline_f1_by_chance
plain                     1.00            1.00        1.00                  0.04
aes-128-gcm                  –            0.00        0.00                  0.00
";
    assert_eq!(one, expected);
    let many = stdout(["measure", "pattern:moving-box", "aes-128-ecb", "--frames", "0-4"]);
    assert!(many.contains("5 frames: 0 at 0.000 s to 4 at 0.134 s"), "{many}");
    for statistic in ["mean", "min", "max"] {
        assert!(many.contains(statistic), "{many}");
    }
}

#[test]
fn a_measure_that_fails_prints_whole_json_or_none() {
    let folder = Folder::new();
    // The second picture is past the limits, which is met when the first one is measured.
    let picture = |name: &str, size: &str| {
        let source = format!("color=size={size}");
        folder
            .ffmpeg(name, &["-f", "lavfi", "-i", &source, "-frames:v", "1", "-c:v", "mjpeg", "-f", "mjpeg"]);
        folder.read(name)
    };
    let both = [picture("small", "32x16"), picture("large", "16400x16")].concat();
    let film = folder.write("film.mjpeg", both);
    for format in ["json", "table"] {
        let said = crate::program::refused(1, ["measure", &film, "--format", format]);
        assert!(said.contains("too large"), "{said}");
    }
    let failed = afterimage(["measure", &film, "plain", "--format", "csv"]).assert().code(1);
    let lines = String::from_utf8_lossy(&failed.get_output().stdout).into_owned();
    assert!(lines.ends_with('\n') && lines.lines().count() == 2, "the heading and the first frame: {lines}");
    crate::program::refused(1, ["measure", &film, "--format", "json", "-o", &folder.at("numbers.json")]);
    assert!(!folder.path("numbers.json").exists());
    for format in ["json", "table", "csv"] {
        crate::program::refused(1, ["measure", &folder.at("missing.mkv"), "--format", format]);
    }
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
    assert_eq!(numbers(&[]), serde_json::json!(["aes-128-ecb", "aes-128-gcm"]), "the default ones");
}

#[test]
fn output_goes_to_a_file_with_ordinary_rights_and_a_secret_key_stays_out() {
    let folder = Folder::new();
    let key = "c0ffee".repeat(8);
    let (out, key_file) = (folder.at("numbers.json"), folder.write("key", format!("{key}\n")));
    let args = ["measure", "pattern:bars", "--frame", "0", "--format", "json"];
    stdout(args.iter().chain(&["--key-file", &key_file, "-o", &out]));
    let written = String::from_utf8(folder.read("numbers.json")).expect("text");
    assert!(!written.contains("c0ffee"), "{written}");
    assert_eq!(stdout(args.iter().chain(&["--key", &key])), written);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |name: &str| folder.path(name).metadata().expect(name).permissions().mode();
        assert_eq!(mode("numbers.json"), mode("key"));
    }
}

#[test]
fn in_a_real_film_ecb_repeats_exactly_what_the_film_repeats_and_gcm_nothing() {
    let film = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/bigbuckbunny_excerpt.mp4");
    for layout in ["rgba32", "yuv420p"] {
        let panels = ["plain", "aes-128-ecb", "aes-128-gcm"];
        let args = ["measure", film, "--layout", layout, "--frames", "20-24", "--format", "json", "--panels"];
        let measured = json(args.iter().chain(&panels));
        for frame in measured["frames"].as_array().expect("frames") {
            let numbers = |panel: usize| {
                let mut numbers = frame["panels"][panel].as_object().expect("an object").clone();
                // A word is for ciphertext alone, and some numbers look at bytes and not at blocks.
                let bytes = ["byte_entropy", "chi_square", "neighbour_correlation", "npcr", "uaci", "psnr"];
                for name in ["panel", "word", "same_bytes_in_changed", "ssim"].iter().chain(&bytes) {
                    numbers.remove(*name).expect("it is there");
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
fn an_eavesdropper_who_remembers_counts_over_the_frames_she_remembers() {
    // The same picture in every frame: what occurs n times in one occurs 3n times in three.
    let largest = |memory: &str| {
        let args = ["measure", "pattern:checker", "--frame", "5", "--format", "json", "--memory", memory];
        json(args.iter().chain(&["aes-128-ecb"]))["frames"][0]["panels"][0]["largest_class"].clone()
    };
    let (one, three) = (largest("1").as_u64(), largest("3").as_u64());
    assert!(one.is_some_and(|one| one > 1));
    assert_eq!(three, one.map(|one| 3 * one));
}

/// Numbers of the frames in a table for programs.
fn measured(film: &str, panel: &str, frames: &str) -> Vec<String> {
    let lines = stdout(["measure", film, panel, "--frames", frames, "--format", "csv"]);
    lines.lines().skip(1).map(str::to_owned).collect()
}

#[test]
fn a_list_of_frames_gives_the_lines_that_all_of_them_have() {
    let folder = Folder::new();
    let film = folder.film("film.mkv", 128, 96);
    // A panel that looks at the frame before, too.
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

#[test]
fn the_time_that_stands_over_a_table_leads_back_to_its_frame() {
    let folder = Folder::new();
    for (name, rate) in [("ntsc.mkv", "30000/1001"), ("fast.mp4", "240")] {
        let source = format!("testsrc2=size=32x32:rate={rate}:duration=0.5");
        let film =
            folder.ffmpeg(name, &["-f", "lavfi", "-i", &source, "-pix_fmt", "yuv420p", "-c:v", "libx264"]);
        for frame in ["1", "2", "7", "13"] {
            let heading = |how: &[&str]| {
                let table = stdout(["measure", film.as_str(), "plain"].iter().chain(how));
                table.lines().next().expect("a heading").to_owned()
            };
            let asked = heading(&["--frame", frame]);
            let time = asked.split(" at ").nth(1).expect("a time").trim_end_matches(" s");
            assert_eq!(heading(&["--at", time]), asked, "{name}");
        }
    }
}
