//! The numbers of `measure` as tables, CSV and JSON.

use serde_json::Value;

use crate::folder::Folder;
use crate::program::{afterimage, json, refused, stdout};

#[test]
fn a_table_has_the_numbers_of_one_frame_or_statistics_of_many() {
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
fn csv_has_the_numbers_of_the_json() {
    let folder = Folder::new();
    let film = folder.film("film.mkv", 63, 35);
    let measured = json(["measure", &film, "--frames", "0-3", "--format", "json"]);
    let csv = stdout(["measure", &film, "--frames", "0-3", "--format", "csv"]);
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let columns = reader.headers().expect("a header").clone();
    let mut lines = reader.records();
    for frame in measured["frames"].as_array().expect("frames") {
        for panel in frame["panels"].as_array().expect("panels") {
            let line = lines.next().expect("a line for each frame and panel").expect("CSV");
            for (column, cell) in columns.iter().zip(&line) {
                let value = panel.get(column).or_else(|| frame.get(column)).expect(column);
                match value {
                    Value::Null => assert_eq!(cell, "", "{column}"),
                    Value::String(text) => assert_eq!(cell, text, "{column}"),
                    // JSON and CSV have the same digits.
                    number => assert_eq!(serde_json::from_str::<Value>(cell).expect(column), *number),
                }
            }
            assert_eq!(panel.as_object().expect("an object").len() + 2, columns.len());
        }
    }
    assert!(lines.next().is_none());
}

#[test]
fn if_measuring_fails_no_incomplete_json_is_printed() {
    let folder = Folder::new();
    // The second picture is past the limits. The program notices when it has measured the first.
    let picture = |name: &str, size: &str| {
        let source = format!("color=size={size}");
        folder
            .ffmpeg(name, &["-f", "lavfi", "-i", &source, "-frames:v", "1", "-c:v", "mjpeg", "-f", "mjpeg"]);
        folder.read(name)
    };
    let both = [picture("small", "32x16"), picture("large", "16400x16")].concat();
    let film = folder.write("film.mjpeg", both);
    for format in ["json", "table"] {
        let message = refused(1, ["measure", &film, "--format", format]);
        assert!(message.contains("too large"), "{message}");
    }
    let failed = afterimage(["measure", &film, "plain", "--format", "csv"]).assert().code(1);
    let lines = String::from_utf8_lossy(&failed.get_output().stdout).into_owned();
    assert!(
        lines.ends_with('\n') && lines.lines().count() == 2,
        "the line of names and the first frame: {lines}"
    );
    refused(1, ["measure", &film, "--format", "json", "-o", &folder.at("numbers.json")]);
    assert!(!folder.path("numbers.json").exists());
    for format in ["json", "table", "csv"] {
        refused(1, ["measure", &folder.at("missing.mkv"), "--format", format]);
    }
}

#[test]
fn the_numbers_are_written_to_a_file_without_the_secret_key() {
    let folder = Folder::new();
    let key = "c0ffee".repeat(8);
    let (out, key_file) = (folder.at("numbers.json"), folder.write("key", format!("{key}\n")));
    let args = ["measure", "pattern:bars", "--frame", "0", "--format", "json"];
    stdout(args.iter().chain(&["--key-file", &key_file, "-o", &out]));
    let written = folder.read_text("numbers.json");
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
fn the_time_in_the_heading_of_a_table_selects_the_same_frame() {
    let folder = Folder::new();
    for (name, rate) in [("ntsc.mkv", "30000/1001"), ("fast.mp4", "240")] {
        let source = format!("testsrc2=size=32x32:rate={rate}:duration=0.5");
        let film =
            folder.ffmpeg(name, &["-f", "lavfi", "-i", &source, "-pix_fmt", "yuv420p", "-c:v", "libx264"]);
        for frame in ["1", "2", "7", "13"] {
            let heading = |options: &[&str]| {
                let table = stdout(["measure", film.as_str(), "plain"].iter().chain(options));
                table.lines().next().expect("a heading").to_owned()
            };
            let expected = heading(&["--frame", frame]);
            let time = expected.split(" at ").nth(1).expect("a time").trim_end_matches(" s");
            assert_eq!(heading(&["--at", time]), expected, "{name}");
        }
    }
}
