//! What known frames reveal of others, under every scheme: exactly what the mode and its misuse leak, and never a wrong
//! byte.

use std::collections::HashSet;

use afterimage::leak::{Codebook, Recovery};
use afterimage::picture::layout::BLOCK_BYTES;
use proptest::prelude::*;

use super::*;

/// The part of a frame that is recovered.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Part {
    Nothing,
    /// All bytes, including the rest that fills no block.
    All,
    /// Blocks whose value occurs anywhere in a known frame.
    KnownValues,
    /// Blocks that are equal to those of a known frame at the same place.
    KnownPlaces,
    /// The longest start in common with a known frame.
    CommonStart,
    /// The longest start in common with a known frame, and the next block.
    CommonStartAndNext,
}

/// What each scheme leaks according to the documentation.
fn expected(scheme: Scheme) -> Part {
    let name = scheme.to_string();
    let (base, habit) = name.split_once('+').map_or((&*name, ""), |(base, habit)| (base, habit));
    let mode = base.trim_start_matches("aes-").trim_start_matches(|of: char| of.is_ascii_digit());
    match (mode, habit) {
        ("-ecb", "") => Part::KnownValues,
        ("-ofb", "fixed-iv") | ("-ctr" | "-gcm" | "chacha20-poly1305", "reused-nonce") => Part::All,
        ("-xts", "fixed-tweak") => Part::KnownPlaces,
        ("-cbc", "fixed-iv") => Part::CommonStart,
        ("-cfb", "fixed-iv") => Part::CommonStartAndNext,
        // The keystream of GCM-SIV depends on the message: under one nonce, two frames share it only if they are equal.
        ("-gcm-siv", "reused-nonce") | ("-ecb", "key-per-frame") | (_, "") => Part::Nothing,
        _ => panic!("add what {scheme} leaks"),
    }
}

/// Frame `n` of a drawing: flat areas and texture. Some blocks change from frame to frame.
fn drawing(n: u64, len: usize) -> Vec<u8> {
    let texture = noise(len);
    let mut bytes: Vec<u8> = (0..len)
        .map(|at| match at / BLOCK_BYTES % 7 {
            0 | 1 => 40,
            2 => 200,
            3 => 90 + texture[at] % 5,
            _ => 10 + texture[at] % 60,
        })
        .collect();
    // An object that moves by whole blocks and starts within a block, of which ten bytes do not change.
    let object = len / 3 / BLOCK_BYTES * BLOCK_BYTES + usize::try_from(n).expect("a few frames") * 48 + 10;
    let end = (object + 150).min(len);
    bytes[object.min(len)..end].fill(222);
    bytes
}

fn learnt(cipher: &dyn MessageCipher, known: &[(u64, Vec<u8>)]) -> Codebook {
    let mut codebook = Codebook::default();
    for (n, frame) in known {
        codebook.learn(frame, &encrypted(cipher, *n, frame).0[..frame.len()]);
    }
    codebook
}

fn recover(codebook: &Codebook, cipher: &dyn MessageCipher, n: u64, frame: &[u8]) -> Recovery {
    codebook.recover(&encrypted(cipher, n, frame).0[..frame.len()])
}

/// For each block, and for the rest at the end: true if it was recovered.
fn recovered(recovery: &Recovery) -> Vec<bool> {
    (0..recovery.bytes().len()).step_by(BLOCK_BYTES).map(|byte| recovery.has(byte)).collect()
}

fn assert_right(recovery: &Recovery, frame: &[u8], scheme: Scheme) {
    for (at, (&is, &was)) in recovery.bytes().iter().zip(frame).enumerate() {
        assert!(is == if recovery.has(at) { was } else { 0 }, "{scheme}: byte {at}");
    }
}

#[test]
fn every_scheme_leaks_what_its_documentation_says_and_no_more() {
    // Lengths with and without a rest, over several data units of XTS.
    for len in [16 * 700, 16 * 700 + 11, 16 * 257 + 1] {
        let known: Vec<_> = [3, 4].map(|n| (n, drawing(n, len))).into();
        let (n, frame) = (9, drawing(9, len));
        let blocks = |bytes: &[u8]| bytes.as_chunks::<BLOCK_BYTES>().0.to_vec();
        let now = blocks(&frame);
        let known_blocks: Vec<_> = known.iter().map(|(_, frame)| blocks(frame)).collect();
        let values: HashSet<_> = known_blocks.iter().flatten().collect();
        let start =
            |known: &Vec<[u8; 16]>| known.iter().zip(&now).take_while(|(known, now)| known == now).count();
        let start = known_blocks.iter().map(start).max().expect("known frames");
        assert!(start > 80 && start < now.len() / 2, "the common start is long, but not the whole frame");
        for scheme in Scheme::all() {
            let cipher = scheme.cipher(&KeyMaterial::default()).expect("64 bytes suffice");
            let recovery = recover(&learnt(&*cipher, &known), &*cipher, n, &frame);
            assert_right(&recovery, &frame, scheme);
            let part = expected(scheme);
            let has_rest = !len.is_multiple_of(BLOCK_BYTES);
            let block = |at: usize| match part {
                Part::Nothing => false,
                Part::All => true,
                // With ciphertext stealing, the last block and the rest are recovered together or not at all.
                Part::KnownValues | Part::KnownPlaces if has_rest && at + 1 == now.len() => {
                    known.iter().any(|(_, known)| known[at * BLOCK_BYTES..] == frame[at * BLOCK_BYTES..])
                }
                Part::KnownValues => values.contains(&now[at]),
                Part::KnownPlaces => known_blocks.iter().any(|known| known[at] == now[at]),
                Part::CommonStart => at < start,
                Part::CommonStartAndNext => at < start + 1,
            };
            let mut expected: Vec<bool> = (0..now.len()).map(block).collect();
            expected.extend(has_rest.then_some(part == Part::All));
            let found = recovered(&recovery);
            let first = found.iter().zip(&expected).position(|(found, expected)| found != expected);
            assert_eq!(first, None, "{scheme}, {len} bytes: the first block that is not as expected");
            assert_eq!(recovery.is_by_keystream(), part == Part::All, "{scheme}");
        }
    }
}

#[test]
fn a_repeated_frame_is_recovered_where_the_misuse_makes_it_the_same_message() {
    let known = [(0, drawing(0, 16 * 300))];
    for scheme in Scheme::all() {
        let cipher = scheme.cipher(&KeyMaterial::default()).expect("64 bytes suffice");
        let codebook = learnt(&*cipher, &known);
        let share = recover(&codebook, &*cipher, 5, &known[0].1).share();
        let is_same_message = match scheme.to_string().as_str() {
            "aes-128-ecb" | "aes-192-ecb" | "aes-256-ecb" => true,
            name => name.contains('+') && !name.ends_with("+key-per-frame"),
        };
        assert!((share - f64::from(u8::from(is_same_message))).abs() < f64::EPSILON, "{scheme}: {share}");
    }
}

#[test]
fn keystream_reuse_is_found_between_frames_without_a_common_byte() {
    // One frame is bright and the other dark: no two bytes at the same place are equal.
    let len = 16 * 200;
    let known = [(0, noise(len).iter().map(|byte| 200 + byte % 50).collect())];
    let frame: Vec<u8> = noise(len + 7).iter().skip(7).map(|byte| byte % 90).collect();
    for scheme in Scheme::all() {
        let cipher = scheme.cipher(&KeyMaterial::default()).expect("64 bytes suffice");
        let recovery = recover(&learnt(&*cipher, &known), &*cipher, 1, &frame);
        assert_right(&recovery, &frame, scheme);
        let all = expected(scheme) == Part::All;
        assert!((recovery.share() - f64::from(u8::from(all))).abs() < f64::EPSILON, "{scheme}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_recovered_byte_is_right(
        frames in prop::collection::vec((prop::collection::vec(0u8..4, 0..200), 0usize..40), 2..5),
    ) {
        // Frames of any length with few values, so that many blocks are equal. The last frame is the unknown one.
        let frames: Vec<(u64, Vec<u8>)> = (10..)
            .zip(&frames)
            .map(|(n, (values, rest))| {
                let blocks = values.iter().flat_map(|&value| [value, value, 0, value].repeat(4));
                (n, blocks.chain((0..*rest).map(|at| u8::from(at > 9))).collect())
            })
            .collect();
        let (known, last) = frames.split_at(frames.len() - 1);
        for scheme in Scheme::all() {
            let cipher = scheme.cipher(&KeyMaterial::default()).expect("64 bytes suffice");
            let too_short = |(_, frame): &&(u64, Vec<u8>)| frame.len() < BLOCK_BYTES;
            if scheme.base_name().ends_with("xts") && frames.iter().any(|frame| too_short(&frame)) {
                continue;
            }
            let (n, frame) = &last[0];
            let recovery = recover(&learnt(&*cipher, known), &*cipher, *n, frame);
            assert_right(&recovery, frame, scheme);
            if expected(scheme) == Part::Nothing && !known.iter().any(|(_, known)| known == frame) {
                prop_assert!(recovery.share().abs() < f64::EPSILON, "{}", scheme);
            }
        }
    }
}
