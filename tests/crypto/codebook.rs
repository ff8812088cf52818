//! What known frames give away of others, under every scheme: all that the mode and its habit let through,
//! nothing else, and never a byte that is wrong.

use std::collections::HashSet;

use afterimage::leak::{Codebook, Recovery};
use afterimage::picture::layout::BLOCK_BYTES;
use proptest::prelude::*;

use super::*;

/// What of a frame is expected to be recovered.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Gives {
    Nothing,
    /// All of it, the rest that fills no block included.
    All,
    /// Blocks whose value stands anywhere in a known frame.
    KnownValues,
    /// Blocks that a known frame has at the same place.
    KnownPlaces,
    /// The longest start that a known frame has too.
    CommonStart,
    /// That, and the block after it.
    CommonStartAndNext,
}

/// What each scheme gives, by the words of its documentation.
fn expected(scheme: Scheme) -> Gives {
    let name = scheme.to_string();
    let (base, habit) = name.split_once('+').map_or((&*name, ""), |(base, habit)| (base, habit));
    let mode = base.trim_start_matches("aes-").trim_start_matches(|of: char| of.is_ascii_digit());
    match (mode, habit) {
        ("-ecb", "") => Gives::KnownValues,
        ("-ofb", "fixed-iv") | ("-ctr" | "-gcm" | "chacha20-poly1305", "reused-nonce") => Gives::All,
        ("-xts", "fixed-tweak") => Gives::KnownPlaces,
        ("-cbc", "fixed-iv") => Gives::CommonStart,
        ("-cfb", "fixed-iv") => Gives::CommonStartAndNext,
        // The keystream of GCM-SIV follows from the message: under one nonce, two frames share it only if equal.
        ("-gcm-siv", "reused-nonce") | ("-ecb", "key-per-frame") | (_, "") => Gives::Nothing,
        _ => panic!("say here what {scheme} gives away"),
    }
}

/// Frames of a drawing: flat areas and texture, of which some blocks change from frame to frame.
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
    // A thing that moves by whole blocks and starts within one: ten bytes of it stay as they are.
    let thing = len / 3 / BLOCK_BYTES * BLOCK_BYTES + usize::try_from(n).expect("a few frames") * 48 + 10;
    let end = (thing + 150).min(len);
    bytes[thing.min(len)..end].fill(222);
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

/// Which blocks, and in the end which rest, were recovered.
fn recovered(recovery: &Recovery) -> Vec<bool> {
    (0..recovery.bytes().len()).step_by(BLOCK_BYTES).map(|byte| recovery.has(byte)).collect()
}

fn assert_right(recovery: &Recovery, frame: &[u8], scheme: Scheme) {
    for (at, (&is, &was)) in recovery.bytes().iter().zip(frame).enumerate() {
        assert!(is == if recovery.has(at) { was } else { 0 }, "{scheme}: byte {at}");
    }
}

#[test]
fn every_scheme_gives_away_what_its_documentation_says_and_no_more() {
    // With and without a rest; over several data units of XTS.
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
        assert!(start > 80 && start < now.len() / 2, "the frames are a test");
        for scheme in Scheme::all() {
            let cipher = scheme.cipher(&KeyMaterial::default()).expect("64 bytes suffice");
            let recovery = recover(&learnt(&*cipher, &known), &*cipher, n, &frame);
            assert_right(&recovery, &frame, scheme);
            let gives = expected(scheme);
            let has_rest = !len.is_multiple_of(BLOCK_BYTES);
            let block = |at: usize| match gives {
                Gives::Nothing => false,
                Gives::All => true,
                // What a rest may have been stolen from is known together with it or not at all.
                Gives::KnownValues | Gives::KnownPlaces if has_rest && at + 1 == now.len() => {
                    known.iter().any(|(_, known)| known[at * BLOCK_BYTES..] == frame[at * BLOCK_BYTES..])
                }
                Gives::KnownValues => values.contains(&now[at]),
                Gives::KnownPlaces => known_blocks.iter().any(|known| known[at] == now[at]),
                Gives::CommonStart => at < start,
                Gives::CommonStartAndNext => at < start + 1,
            };
            let mut expected: Vec<bool> = (0..now.len()).map(block).collect();
            expected.extend(has_rest.then_some(gives == Gives::All));
            let found = recovered(&recovery);
            let first = found.iter().zip(&expected).position(|(found, expected)| found != expected);
            assert_eq!(first, None, "{scheme}, {len} bytes: the first block that is not as expected");
            assert_eq!(recovery.is_by_keystream(), gives == Gives::All, "{scheme}");
        }
    }
}

#[test]
fn a_frame_that_was_sent_before_is_known_where_a_habit_makes_it_the_same_message() {
    let known = [(0, drawing(0, 16 * 300))];
    for scheme in Scheme::all() {
        let cipher = scheme.cipher(&KeyMaterial::default()).expect("64 bytes suffice");
        let codebook = learnt(&*cipher, &known);
        let share = recover(&codebook, &*cipher, 5, &known[0].1).share();
        let sent_again = match scheme.to_string().as_str() {
            "aes-128-ecb" | "aes-192-ecb" | "aes-256-ecb" => true,
            name => name.contains('+') && !name.ends_with("+key-per-frame"),
        };
        assert!((share - f64::from(u8::from(sent_again))).abs() < f64::EPSILON, "{scheme}: {share}");
    }
}

#[test]
fn reuse_is_found_between_frames_that_have_nothing_in_common() {
    // Dark on one side, light on the other, no byte at the same place equal: the bytes alone show it.
    let len = 16 * 200;
    let known = [(0, noise(len).iter().map(|byte| 200 + byte % 50).collect())];
    let frame: Vec<u8> = noise(len + 7).iter().skip(7).map(|byte| byte % 90).collect();
    for scheme in Scheme::all() {
        let cipher = scheme.cipher(&KeyMaterial::default()).expect("64 bytes suffice");
        let recovery = recover(&learnt(&*cipher, &known), &*cipher, 1, &frame);
        assert_right(&recovery, &frame, scheme);
        let all = expected(scheme) == Gives::All;
        assert!((recovery.share() - f64::from(u8::from(all))).abs() < f64::EPSILON, "{scheme}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_byte_that_is_recovered_is_ever_wrong(
        frames in prop::collection::vec((prop::collection::vec(0u8..4, 0..200), 0usize..40), 2..5),
    ) {
        // Frames of any length of a few values, so that much is equal; the last one is looked at.
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
            if expected(scheme) == Gives::Nothing && !known.iter().any(|(_, known)| known == frame) {
                prop_assert!(recovery.share().abs() < f64::EPSILON, "{}", scheme);
            }
        }
    }
}
