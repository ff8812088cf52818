//! Encrypted MP4 files as sources: `info`, `packets` and the scheme `own` against the boxes of the files, and with the
//! content key the frames of the clear film.

use std::fs;
use std::ops::{ControlFlow, Range};

use afterimage::batch;
use afterimage::media::Source;
use afterimage::media::mp4::sample_encryption::read_senc;
use afterimage::media::mp4::{Kind, Mp4Box, SampleEncryption};
use afterimage::picture::layout::Layout;
use afterimage::render::{Job, Range as FrameRange};
use afterimage::scene::Scene;
use afterimage::units::FrameIndex;
use serde_json::Value;

use super::films::{KEY, KEY_ID, encrypted, film, film_of_many_slices};
use super::mp4_file::{self, TrackSamples, audio, video};
use super::shaka::{packager, run};
use crate::folder::Folder;
use crate::program::{json, stdout};
use crate::reading::{self, rest};

/// A film as the ffmpeg program encrypts it: an MP4 without fragments, with `senc` next to the sample tables. NAL units are
/// encrypted whole.
pub fn by_ffmpeg(folder: &Folder, film: &str, key: &str) -> String {
    let scheme = ["-encryption_scheme", "cenc-aes-ctr", "-encryption_key", key, "-encryption_kid", KEY_ID];
    folder.ffmpeg("by-ffmpeg.mp4", &[&["-i", film, "-c", "copy"][..], &scheme].concat())
}

/// A stream of a film as Shaka Packager encrypts it.
fn by_shaka(folder: &Folder, (film, stream): (&str, &str), scheme: &str, more: &[&str]) -> Option<String> {
    let (packager, out) = (packager()?, folder.at(&format!("shaka-{stream}-{scheme}.mp4")));
    let descriptor = format!("in={film},stream={stream},output={out},drm_label=ALL");
    let key = format!("label=ALL:key_id={KEY_ID}:key={KEY}");
    let scheme = ["--enable_raw_key_encryption", "--keys", &key, "--protection_scheme", scheme];
    let lead: &[&str] = if more.is_empty() { &["--clear_lead", "0"] } else { more };
    run(&packager, &[&[&*descriptor][..], &scheme, lead].concat());
    Some(out)
}

/// How many blocks of a protected run are encrypted, and how many are then skipped. If the first number is 0, all bytes
/// are encrypted.
type Pattern = (usize, usize);

/// The number of encrypted bytes of a protected run: the whole blocks that the pattern selects.
fn encrypted_bytes(run: &Range<usize>, (encrypted, skipped): Pattern) -> usize {
    let is_encrypted = |at: usize| {
        let block = (at - run.start) / 16;
        let is_whole = run.start + 16 * (block + 1) <= run.end;
        encrypted == 0 || (is_whole && block % (encrypted + skipped) < encrypted)
    };
    run.clone().filter(|&at| is_encrypted(at)).count()
}

/// The messages that `packets` lists of a stream.
fn listed(path: &str, stream: &str) -> Vec<Value> {
    let list = json(["packets", path, "--stream", stream, "--format", "json"]);
    list["messages"].as_array().expect("a list").clone()
}

fn number(row: &Value, name: &str) -> usize {
    usize::try_from(row[name].as_u64().unwrap_or_else(|| panic!("{name} of {row}"))).expect("small")
}

/// Asserts that the listed packets are the samples of a track: their size, offset and clear bytes follow from the boxes.
fn assert_listed(path: &str, stream: &str, track: &TrackSamples, pattern: Pattern) {
    let (bytes, rows) = (fs::read(path).expect(path), listed(path, stream));
    assert_eq!(rows.len(), track.samples.len(), "{path} {stream}");
    for (row, sample) in rows.iter().zip(&track.samples) {
        let encrypted: usize = sample.protected().iter().map(|run| encrypted_bytes(run, pattern)).sum();
        let (size, clear) = (number(row, "bytes"), number(row, "clear_bytes"));
        assert_eq!((size, clear), (sample.bytes.len(), sample.bytes.len() - encrypted), "{path} {row}");
        let offset = number(row, "offset");
        assert!(bytes[offset..offset + size] == sample.bytes[..], "{path} {row}");
    }
}

/// How a stream is encrypted, as `info` states it.
fn stated(info: &Value, stream: usize) -> &Value {
    let all = info["encryption"].as_array().expect("a list");
    all.iter().find(|it| it["stream"] == stream).unwrap_or_else(|| panic!("stream {stream} of {info}"))
}

/// Asserts that the panel `own` shows of each frame the bytes of its packets in the file.
fn assert_shows_the_bytes_of_the_file(path: &str, key: Option<&str>) {
    let (bytes, rows) = (fs::read(path).expect(path), listed(path, "v:0"));
    let source = Source::File(path.into()).with_key(key.map(|key| key.parse().expect("a key")));
    let text = "version = 1\nsource = \"demo\"\npanels = [\"own\"]\n";
    let scene = Scene { source, ..toml::from_str(text).expect("a scene") };
    let mut frames = 0;
    batch::render(Job::new(&scene, FrameRange::All), |sheet, _| {
        let own: Vec<u8> = rows
            .iter()
            .filter(|row| row["frame"].as_u64() == Some(sheet.frame.index.0))
            .flat_map(|row| &bytes[number(row, "offset")..][..number(row, "bytes")])
            .copied()
            .collect();
        let wire = sheet.panels[0].wire.as_ref().expect("a ciphertext");
        assert!(!own.is_empty() && *wire.bytes == own[..], "{path}, frame {}", sheet.frame.index);
        frames += 1;
        ControlFlow::Continue(())
    })
    .unwrap_or_else(|error| panic!("{path}: {error}"));
    assert!(frames >= 100, "{frames} frames of {path}");
}

/// All frames of a source, in order.
fn frames(source: &Source) -> Vec<Vec<u8>> {
    let mut reader = reading::open(source, Layout::GRAY8);
    let frames = rest(&mut *reader).iter().map(|frame| frame.bytes.to_vec()).collect();
    assert_eq!(reader.take_problems(), Vec::<String>::new(), "{source}");
    frames
}

/// Asserts that with its key a file gives the frames of the clear film, in order and after seeks, and the same packets.
fn assert_opens_as_the_film(path: &str, film: &str) {
    let keyed = Source::File(path.into()).with_key(Some(KEY.parse().expect("a key")));
    let expected = frames(&Source::File(film.into()));
    assert!(expected.len() >= 100 && frames(&keyed) == expected, "{path}");
    let mut reader = reading::open(&keyed, Layout::GRAY8);
    reader.set_index(reading::index(&keyed));
    for at in [99, 30, 77, 3, 51, 98, 24, 25, 0, 60] {
        reader.seek(FrameIndex(at)).expect("a frame");
        let frame = reader.next_frame().expect("readable").expect("a frame");
        let at = usize::try_from(at).expect("small");
        assert!(frame.bytes[..] == expected[at][..], "{path}, frame {at}");
    }
    let sizes = |arguments: &[&str]| -> Vec<u64> {
        let list = json([&["packets", "--format", "json"], arguments].concat());
        let rows = list["messages"].as_array().expect("a list").clone();
        assert!(rows.iter().all(|row| row["clear_bytes"] == 0), "decrypted packets have no clear parts");
        rows.iter().map(|row| row["bytes"].as_u64().expect("a number")).collect()
    };
    assert_eq!(sizes(&[path, "--content-key", KEY]), sizes(&[film]), "{path}");
}

#[test]
fn films_that_the_program_encrypted_are_read_as_their_boxes_state() {
    let folder = Folder::new();
    let (film, slices) = (film(&folder), film_of_many_slices(&folder));
    for (film, target, patterns) in [
        (&film, "cenc", [(0, 0), (0, 0)]),
        (&film, "cbcs", [(1, 9), (1, 0)]),
        (&slices, "cenc", [(0, 0), (0, 0)]),
        (&slices, "cbcs", [(1, 9), (1, 0)]),
    ] {
        let path = encrypted(&folder, film, target);
        let tracks = mp4_file::read(&fs::read(&path).expect("a file"));
        assert_listed(&path, "v:0", video(&tracks), patterns[0]);
        let info = json(["info", &path, "--format", "json"]);
        let video = stated(&info, 0);
        assert_eq!((&video["scheme"], &video["key_ids"][0]), (&Value::from(target), &Value::from(KEY_ID)));
        assert_eq!(video["pattern"], if target == "cbcs" { Value::from("1:9") } else { Value::Null });
        assert_eq!(video["iv_bytes"], if target == "cbcs" { 0 } else { 8 });
        assert_eq!(video["constant_iv"].is_string(), target == "cbcs");
        let clear: usize = listed(&path, "v:0").iter().map(|row| number(row, "clear_bytes")).sum();
        assert_eq!(number(video, "clear_bytes"), clear);
        if tracks.len() > 1 {
            assert_listed(&path, "a:0", audio(&tracks), patterns[1]);
            assert_eq!(number(stated(&info, 1), "packets"), audio(&tracks).samples.len());
        }
        assert_shows_the_bytes_of_the_file(&path, None);
        assert_shows_the_bytes_of_the_file(&path, Some(KEY));
        assert_opens_as_the_film(&path, film);
    }
}

#[test]
fn an_mp4_that_the_ffmpeg_program_encrypted_is_read_as_its_tables_state() {
    let folder = Folder::new();
    let film = film(&folder);
    let path = by_ffmpeg(&folder, &film, KEY);
    let boxes = Mp4Box::read_all(&fs::read(&path).expect("a file")).expect("boxes");
    let moov = boxes.iter().find(|it| it.kind == Kind(*b"moov")).expect("a movie");
    for (trak, stream) in moov.all(Kind(*b"trak")).zip(["v:0", "a:0"]) {
        let senc = trak.descendant(&[b"mdia", b"minf", b"stbl", b"senc"].map(|kind| Kind(*kind)));
        let entries = read_senc(senc.expect("a table"), 8).expect("entries");
        let rows = listed(&path, stream);
        assert!(entries.len() == rows.len() && rows.len() >= 100, "{stream}");
        for (SampleEncryption { subsamples, .. }, row) in entries.iter().zip(&rows) {
            let clear: usize = subsamples.iter().map(|part| usize::from(part.clear)).sum();
            let all: usize = subsamples.iter().map(|part| part.protected as usize).sum::<usize>() + clear;
            let expected = if subsamples.is_empty() { 0 } else { clear };
            assert_eq!(number(row, "clear_bytes"), expected, "{stream} {row}");
            assert!(subsamples.is_empty() || all == number(row, "bytes"), "{stream} {row}");
        }
    }
    let info = stdout(["info", &path]);
    assert!(info.contains("cenc of stream 0 (video, h264)") && info.contains(KEY_ID), "{info}");
    assert!(info.contains("an IV of 8 bytes a sample"), "{info}");
    assert_shows_the_bytes_of_the_file(&path, None);
    assert_shows_the_bytes_of_the_file(&path, Some(KEY));
    assert_opens_as_the_film(&path, &film);
}

#[test]
fn all_four_schemes_of_shaka_packager_are_read_as_their_boxes_state() {
    let folder = Folder::new();
    let film = film(&folder);
    for (scheme, patterns) in [
        ("cenc", [(0, 0), (0, 0)]),
        ("cens", [(1, 9), (0, 0)]),
        ("cbc1", [(1, 0), (1, 0)]),
        ("cbcs", [(1, 9), (1, 0)]),
    ] {
        for (stream, pattern) in ["video", "audio"].into_iter().zip(patterns) {
            let Some(path) = by_shaka(&folder, (&film, stream), scheme, &[]) else { return };
            let tracks = mp4_file::read(&fs::read(&path).expect("a file"));
            assert_listed(&path, &format!("{}:0", &stream[..1]), &tracks[0], pattern);
            let info = json(["info", &path, "--format", "json"]);
            assert_eq!(stated(&info, 0)["scheme"], scheme);
            if stream == "video" {
                assert_shows_the_bytes_of_the_file(&path, None);
                assert_opens_as_the_film(&path, &film);
            }
        }
    }
}

#[test]
fn clear_leading_packets_and_other_patterns_are_counted() {
    let folder = Folder::new();
    let film = film(&folder);
    let lead = ["--clear_lead", "2", "--segment_duration", "1", "--fragment_duration", "1"];
    let pattern = ["--crypt_byte_block", "5", "--skip_byte_block", "5"];
    let more = [&lead[..], &pattern].concat();
    let Some(path) = by_shaka(&folder, (&film, "video"), "cbcs", &more) else { return };
    let tracks = mp4_file::read(&fs::read(&path).expect("a file"));
    let is_clear = |at: usize| tracks[0].samples[at].entry.is_none();
    let clear = (0..tracks[0].samples.len()).take_while(|&at| is_clear(at)).count();
    assert!((25..100).contains(&clear), "{clear} clear samples");
    for (row, sample) in listed(&path, "v:0").iter().zip(&tracks[0].samples) {
        let runs = if sample.entry.is_some() { sample.protected() } else { Vec::new() };
        let encrypted: usize = runs.iter().map(|run| encrypted_bytes(run, (5, 5))).sum();
        assert_eq!(number(row, "clear_bytes"), sample.bytes.len() - encrypted, "{row}");
    }
    let info = json(["info", &path, "--format", "json"]);
    assert_eq!(stated(&info, 0)["pattern"], "5:5");
    assert_eq!(number(stated(&info, 0), "encrypted_packets"), tracks[0].samples.len() - clear);
}

#[test]
fn equal_samples_repeat_under_cbcs_as_often_as_a_count_of_their_blocks_gives() {
    let folder = Folder::new();
    let still = ["-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25:duration=2", "-vf", "loop=50:1:0"];
    let intra = ["-frames:v", "50", "-c:v", "libx264", "-g", "1", "-x264-params", "scenecut=0", "-qp", "20"];
    let film = folder.ffmpeg("still.mp4", &[&still[..], &intra].concat());
    for (target, repeats) in [("cbcs", true), ("cenc", false)] {
        let path = encrypted(&folder, &film, target);
        let tracks = mp4_file::read(&fs::read(&path).expect("a file"));
        let mut blocks: Vec<[u8; 16]> = Vec::new();
        for sample in &video(&tracks).samples {
            for run in sample.protected() {
                let period = if target == "cbcs" { 160 } else { 16 };
                let starts = (run.start..run.end).step_by(period).filter(|at| at + 16 <= run.end);
                blocks.extend(starts.map(|at| *sample.bytes[at..].first_chunk().expect("a block")));
            }
        }
        let mut counts = std::collections::HashMap::new();
        for block in &blocks {
            *counts.entry(*block).or_insert(0u64) += 1;
        }
        let repeated: u64 = counts.values().filter(|&&count| count > 1).sum();
        assert_eq!(repeated > 0, repeats, "{target}: {repeated} of {}", blocks.len());
        let measured = json(["measure", &path, "own", "--format", "json"]);
        let stream = &measured["stream"][0];
        assert_eq!(stream["blocks"], blocks.len() as u64, "{target}");
        assert_eq!(stream["repeated"], repeated, "{target}");
    }
}
