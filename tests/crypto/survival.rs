//! What survives encryption, and what does not.

use std::sync::Mutex;

use afterimage::leak::{Counter, Leakage, unchanged_blocks};
use afterimage::picture::layout::BLOCK_BYTES;
use proptest::prelude::*;

use super::*;

/// The whole blocks of the bytes of a frame, without padding.
fn whole_blocks(bytes: &[u8], frame_bytes: usize) -> &[[u8; BLOCK_BYTES]] {
    bytes[..frame_bytes].as_chunks().0
}

/// Frames whose blocks have few values, with and without a rest.
fn repetitive() -> impl Strategy<Value = Vec<u8>> {
    (prop::collection::vec(0u8..5, 1..120), 0usize..BLOCK_BYTES).prop_map(|(values, rest)| {
        let blocks = values.iter().flat_map(|&value| [value, 7, value, 9].repeat(4));
        blocks.chain(std::iter::repeat_n(1, rest)).collect()
    })
}

/// The numbers of two different frames.
fn two_frames() -> impl Strategy<Value = (u64, u64)> {
    (any::<u64>(), any::<u64>()).prop_filter("two frames", |(one, other)| one != other)
}

proptest! {
    #[test]
    fn ecb_repeats_exactly_where_the_plaintext_repeats(plaintext in repetitive(), frame in any::<u64>()) {
        for scheme in schemes_of(&["ecb"]) {
            let cipher = scheme.cipher(&KeyMaterial::default()).expect("64 bytes suffice");
            let (ciphertext, _) = encrypted(&*cipher, frame, &plaintext);
            let plain = whole_blocks(&plaintext, plaintext.len());
            let blocks = whole_blocks(&ciphertext, plaintext.len());
            for (i, j) in (0..plain.len()).flat_map(|i| (0..i).map(move |j| (i, j))) {
                prop_assert_eq!(plain[i] == plain[j], blocks[i] == blocks[j], "blocks {} and {}", i, j);
            }
        }
    }

    #[test]
    fn the_counted_ciphertext_is_the_one_that_is_sent(plaintext in repetitive(), frame in any::<u64>()) {
        prop_assume!(plaintext.len() >= BLOCK_BYTES);
        for scheme in Scheme::all() {
            let cipher = scheme.cipher(&KeyMaterial::default()).expect("64 bytes suffice");
            let (sent, parameters) = encrypted(&*cipher, frame, &plaintext);
            let mut seen = Buffer::from(vec![0xa5; 40]);
            let shown = cipher.ciphertext(MessageNumber(frame), &plaintext, &mut seen).expect("a frame that is long enough");
            prop_assert_eq!(&seen[..], &sent[..], "{}", scheme);
            // Only the tag may be missing.
            let tag = shown.tag.clone().or(parameters.tag.clone());
            prop_assert_eq!(Parameters { tag, ..shown }, parameters, "{}", scheme);
        }
    }

    // The lengths include messages of several pieces.
    #[test]
    fn the_ciphertext_in_pieces_is_the_one_that_is_sent(length in 16usize..200_000, frame in any::<u64>()) {
        let plaintext: Vec<u8> = (0..=u8::MAX).cycle().flat_map(|byte| [byte; 50]).take(length).collect();
        for scheme in schemes_of(&["128-ecb", "128-gcm", "128-ctr", "128-cbc"]) {
            let cipher = scheme.cipher(&KeyMaterial::default()).expect("64 bytes suffice");
            let (sent, _) = encrypted(&*cipher, frame, &plaintext);
            let (mut seen, pieces) = (Buffer::default(), Mutex::new(Vec::new()));
            let note = |start: usize, piece: &[u8]| {
                pieces.lock().expect("no panic").push((start, piece.to_vec()));
            };
            cipher.in_pieces(MessageNumber(frame), &plaintext, &mut seen, &note).expect("a frame that is long enough");
            prop_assert_eq!(&seen[..], &sent[..], "{}", scheme);
            let mut pieces = pieces.into_inner().expect("no panic");
            pieces.sort();
            let mut end = 0;
            for (start, piece) in &pieces {
                prop_assert_eq!(*start, end, "{}", scheme);
                end += piece.len();
            }
            prop_assert_eq!(pieces.into_iter().flat_map(|(_, piece)| piece).collect::<Vec<_>>(), sent);
        }
    }

    // This property lets the original and several ciphertexts share one census.
    #[test]
    fn block_equality_survives_under_a_codebook_scheme_and_no_other(
        plaintext in repetitive(),
        frames in two_frames(),
    ) {
        let plain = whole_blocks(&plaintext, plaintext.len());
        // Blocks have five values, so two of six blocks are equal.
        prop_assume!(plain.len() > 5);
        let plain = [plain, plain].concat();
        for scheme in Scheme::all() {
            let cipher = scheme.cipher(&KeyMaterial::default()).expect("64 bytes suffice");
            let [one, other] = [frames.0, frames.1].map(|frame| encrypted(&*cipher, frame, &plaintext).0);
            let blocks = [&one, &other].map(|bytes| whole_blocks(bytes, plaintext.len())).concat();
            let mut pairs = (0..plain.len()).flat_map(|i| (0..i).map(move |j| (i, j)));
            let stay = pairs.all(|(i, j)| (plain[i] == plain[j]) == (blocks[i] == blocks[j]));
            prop_assert_eq!(stay, scheme.is_codebook(), "{}", scheme);
        }
    }

    #[test]
    fn the_census_of_ecb_equals_that_of_the_plaintext(plaintext in repetitive()) {
        let cipher = cipher_of("aes-128-ecb", &KeyMaterial::default());
        let (ciphertext, _) = encrypted(&*cipher, 0, &plaintext);
        let mut counter = Counter::default();
        let plain = counter.count(&plaintext);
        let ecb = counter.count(&ciphertext[..plaintext.len()]);
        let blocks = plain.blocks();
        prop_assert_eq!(blocks, plaintext.len() / BLOCK_BYTES);
        prop_assert_eq!(Leakage::of(&plain, blocks as u64), Leakage::of(&ecb, blocks as u64));
        for i in 0..blocks {
            prop_assert_eq!(plain.occurrences(i), ecb.occurrences(i));
            prop_assert_eq!(plain.equal(i, blocks / 2), ecb.equal(i, blocks / 2));
        }
    }

    #[test]
    fn every_mode_but_ecb_hides_the_repeats_within_a_frame(plaintext in repetitive(), frame in any::<u64>()) {
        for scheme in Scheme::all().filter(|scheme| !scheme.base_name().ends_with("ecb")) {
            let cipher = scheme.cipher(&KeyMaterial::default()).expect("64 bytes suffice");
            let (ciphertext, _) = encrypted(&*cipher, frame, &plaintext);
            let own = &ciphertext[..plaintext.len()];
            prop_assert_eq!(Counter::default().count(own).repeated(), 0, "{}", scheme);
        }
    }

    #[test]
    fn a_fresh_nonce_hides_a_still_picture_and_a_misuse_other_than_that_of_ecb_shows_it(
        plaintext in repetitive(),
        frames in two_frames(),
    ) {
        for scheme in Scheme::all().filter(|scheme| !scheme.base_name().ends_with("ecb")) {
            let cipher = scheme.cipher(&KeyMaterial::default()).expect("64 bytes suffice");
            let [now, before] = [frames.0, frames.1].map(|frame| encrypted(&*cipher, frame, &plaintext).0);
            if scheme.habit().is_some() {
                prop_assert_eq!(now, before, "{}", scheme);
            } else {
                let len = plaintext.len();
                prop_assert_eq!(unchanged_blocks(&now[..len], &before[..len]), 0, "{}", scheme);
            }
        }
    }

    #[test]
    fn only_a_shared_keystream_leaks_the_difference_of_two_frames(
        one in prop::collection::vec(any::<u8>(), 32..200),
        other in prop::collection::vec(any::<u8>(), 32..200),
        frames in two_frames(),
    ) {
        // The first blocks differ: the difference that CFB leaks in the first differing block is not enough.
        prop_assume!(one[..16] != other[..16]);
        for scheme in Scheme::all() {
            let base = scheme.base_name();
            let keystream = ["ofb", "ctr", "gcm", "poly1305"].iter().any(|mode| base.ends_with(mode));
            let cipher = scheme.cipher(&KeyMaterial::default()).expect("64 bytes suffice");
            let first = encrypted(&*cipher, frames.0, &one).0;
            let second = encrypted(&*cipher, frames.1, &other).0;
            let len = one.len().min(other.len());
            let shown = xor(&first[..len], &second[..len]) == xor(&one, &other);
            prop_assert_eq!(shown, keystream && scheme.habit().is_some(), "{}", scheme);
        }
    }

    #[test]
    fn a_fixed_iv_leaks_where_two_frames_begin_to_differ(
        plaintext in prop::collection::vec(any::<u8>(), 64..200),
        place in any::<prop::sample::Index>(),
        frames in two_frames(),
    ) {
        let place = place.index(plaintext.len() / BLOCK_BYTES * BLOCK_BYTES);
        let mut other = plaintext.clone();
        other[place] ^= 0x10;
        let same = place / BLOCK_BYTES;
        let blocks = plaintext.len() / BLOCK_BYTES;
        for scheme in ["aes-128-cbc+fixed-iv", "aes-256-cbc+fixed-iv", "aes-128-cfb+fixed-iv"] {
            let cipher = cipher_of(scheme, &KeyMaterial::default());
            let now = encrypted(&*cipher, frames.0, &plaintext).0;
            let before = encrypted(&*cipher, frames.1, &other).0;
            prop_assert_eq!(&now[..same * BLOCK_BYTES], &before[..same * BLOCK_BYTES], "{}", scheme);
            let (now, before) = (whole_blocks(&now, plaintext.len()), whole_blocks(&before, plaintext.len()));
            prop_assert!((same..blocks).all(|i| now[i] != before[i]), "{}", scheme);
            if scheme.contains("cfb") {
                // CFB leaks the difference of the first differing block.
                let difference = xor(&whole_blocks(&plaintext, plaintext.len())[same],
                    &whole_blocks(&other, other.len())[same]);
                prop_assert_eq!(xor(&now[same], &before[same]), difference, "{}", scheme);
            }
        }
    }

    #[test]
    fn a_fixed_tweak_leaks_which_blocks_are_unchanged(
        blocks in prop::collection::vec((any::<[u8; BLOCK_BYTES]>(), any::<bool>()), 1..600),
        frames in two_frames(),
    ) {
        let plaintext: Vec<u8> = blocks.iter().flat_map(|(block, _)| *block).collect();
        let changed = blocks.iter().flat_map(|(block, stays)| block.map(|byte| byte ^ u8::from(!stays)));
        let other: Vec<u8> = changed.collect();
        let stay = blocks.iter().filter(|(_, stays)| *stays).count() as u64;
        for (scheme, survive) in [("aes-128-xts+fixed-tweak", stay), ("aes-128-xts", 0)] {
            let cipher = cipher_of(scheme, &KeyMaterial::default());
            let now = encrypted(&*cipher, frames.0, &plaintext).0;
            let before = encrypted(&*cipher, frames.1, &other).0;
            prop_assert_eq!(unchanged_blocks(&now, &before), survive, "{}", scheme);
        }
    }

    #[test]
    fn a_key_per_frame_hides_the_leak_over_time(plaintext in repetitive()) {
        prop_assume!(plaintext.len() >= BLOCK_BYTES);
        let encrypt = |scheme, frame| encrypted(&*cipher_of(scheme, &KeyMaterial::default()), frame, &plaintext).0;
        prop_assert_eq!(encrypt("aes-128-ecb", 0), encrypt("aes-128-ecb", 1), "under ECB a still picture gives equal ciphertexts");
        let (now, next) = (encrypt("aes-128-ecb+key-per-frame", 0), encrypt("aes-128-ecb+key-per-frame", 1));
        let same = unchanged_blocks(&now, &next);
        prop_assert_eq!(same, 0, "under another key no block of a still picture is equal");
    }
}
