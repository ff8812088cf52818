//! The samples of an encrypted MP4, against OpenSSL and the samples of a plain copy.

use std::fs;

use ::openssl::symm::Cipher;

use super::films::{KEY, KEY_ID, encrypted, film, plain_copy};
use super::mp4_file::{self, FileSample, audio, video};
use super::openssl::openssl_unpadded;
use crate::folder::Folder;
use crate::program::{json, stdout};

/// Number of the first message of stream 1.
const STREAM_1: u64 = 1 << 48;

#[test]
fn samples_of_cenc_are_what_openssl_makes_of_their_encrypted_runs() {
    let folder = Folder::new();
    let film = film(&folder);
    let plain = mp4_file::read(&fs::read(plain_copy(&folder, &film)).expect("the copy"));
    let tracks = mp4_file::read(&fs::read(encrypted(&folder, &film, "cenc")).expect("the output"));
    for (track, (plain, first)) in tracks.iter().zip(plain.iter().zip([0, STREAM_1])) {
        let protection = track.protection();
        assert_eq!(hex::encode(protection.track.key_id), KEY_ID);
        assert_eq!((protection.scheme.to_string(), protection.track.iv_bytes), ("cenc".into(), 8));
        assert_eq!(track.samples.len(), plain.samples.len());
        for ((sample, plain), number) in track.samples.iter().zip(&plain.samples).zip(first..) {
            let entry = sample.entry.as_ref().expect("an entry for each sample");
            assert_eq!(entry.iv, number.to_be_bytes(), "the IV is the message's number");
            let runs = sample.protected();
            let text: Vec<u8> = runs.iter().flat_map(|run| plain.bytes[run.clone()].to_vec()).collect();
            let counter = [number.to_be_bytes(), [0; 8]].concat();
            let mut ciphertext = &openssl_unpadded(Cipher::aes_128_ctr(), Some(&counter), &text)[..];
            let mut expected = plain.bytes.clone();
            for run in &runs {
                let (own, rest) = ciphertext.split_at(run.len());
                expected[run.clone()].copy_from_slice(own);
                ciphertext = rest;
            }
            assert!(sample.bytes == expected, "message {number}");
        }
    }
    for sample in &video(&tracks).samples {
        let runs = sample.protected();
        assert!(runs.len() >= 3 || runs.iter().all(|run| run.len() % 16 == 0));
        assert!(runs.iter().all(|run| run.len() % 16 == 0 && run.start > 5), "slice headers are clear");
    }
    assert!(audio(&tracks).samples.iter().all(FileSample::is_whole));
}

#[test]
fn samples_of_cbcs_are_what_openssl_makes_of_one_block_in_ten() {
    let folder = Folder::new();
    let film = film(&folder);
    let iv = openssl_unpadded(Cipher::aes_128_ecb(), None, &[0; 16]);
    let plain = mp4_file::read(&fs::read(plain_copy(&folder, &film)).expect("the copy"));
    let tracks = mp4_file::read(&fs::read(encrypted(&folder, &film, "cbcs")).expect("the output"));
    for (track, plain) in tracks.iter().zip(&plain) {
        let protection = track.protection();
        assert_eq!(protection.track.constant_iv.as_ref(), Some(&iv));
        let (encrypted, skipped) = protection.track.pattern;
        assert_eq!(track.samples.len(), plain.samples.len());
        for (sample, plain) in track.samples.iter().zip(&plain.samples) {
            let mut expected = plain.bytes.clone();
            for run in sample.protected() {
                let step = if (encrypted, skipped) == (0, 0) { 16 } else { 160 };
                let starts = (run.start..run.end).step_by(step).filter(|start| start + 16 <= run.end);
                let blocks: Vec<_> = starts.map(|start| start..start + 16).collect();
                let text: Vec<u8> =
                    blocks.iter().flat_map(|block| plain.bytes[block.clone()].to_vec()).collect();
                let ciphertext = openssl_unpadded(Cipher::aes_128_cbc(), Some(&iv), &text);
                for (block, own) in blocks.iter().zip(ciphertext.chunks(16)) {
                    expected[block.clone()].copy_from_slice(own);
                }
            }
            assert!(sample.bytes == expected);
        }
    }
    assert_eq!(video(&tracks).protection().track.pattern, (1, 9));
    assert_eq!(audio(&tracks).protection().track.pattern, (0, 0));
    assert!(
        audio(&tracks).samples.iter().all(|sample| sample.entry.is_none()),
        "a constant IV needs no entry"
    );
}

#[test]
fn the_same_command_writes_the_same_bytes_and_reports_them() {
    let folder = Folder::new();
    let film = film(&folder);
    let report =
        json(["encrypt", &film, "--target", "cbcs", "-o", &folder.at("one.mp4"), "--format", "json"]);
    stdout(["encrypt", &film, "--target", "cbcs", "-o", &folder.at("two.m4v")]);
    let one = folder.read("one.mp4");
    assert!(one == folder.read("two.m4v"));
    assert_eq!(report["file_bytes"], one.len());
    assert_eq!((report["key"].as_str(), report["key_id"].as_str()), (Some(KEY), Some(KEY_ID)));
    assert_eq!(report["iv"], hex::encode(openssl_unpadded(Cipher::aes_128_ecb(), None, &[0; 16])));
    let tracks = mp4_file::read(&one);
    for (stream, track) in report["streams"].as_array().expect("a list").iter().zip(&tracks) {
        assert_eq!(stream["messages"], track.samples.len());
        assert_eq!(stream["bytes"], track.samples.iter().map(|it| it.bytes.len()).sum::<usize>());
    }
    assert_eq!(report["streams"][1]["first_message"], STREAM_1);
    assert_eq!(report["streams"][0]["type"], "video");
    let mut names = folder.names();
    names.sort();
    assert_eq!(names, ["film.mp4", "one.mp4", "two.m4v"], "no other file is left");
}
