use crate::leak::codebook::*;

/// Noise, the same for the same seed (xorshift64*, Vigna 2016).
fn noise(seed: u64, len: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let words = std::iter::repeat_with(|| {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        state.wrapping_mul(0x2545_f491_4f6c_dd1d).to_le_bytes()
    });
    words.flatten().take(len).collect()
}

/// Bytes of `levels` values at random, like a scan of a photograph.
fn grain(seed: u64, levels: u8, len: usize) -> Vec<u8> {
    noise(seed, len).iter().map(|byte| 60 + byte % levels).collect()
}

/// Flat art: long runs of a few values.
fn flat(seed: u64, len: usize) -> Vec<u8> {
    noise(seed, len.div_ceil(160)).iter().flat_map(|byte| [byte % 5 * 50; 160]).take(len).collect()
}

/// A stand-in for ECB: each value of a block becomes a block of noise.
fn by_value(plaintext: &[u8]) -> Vec<u8> {
    let block = |block: &[u8]| {
        let seed =
            block.iter().fold(7u64, |seed, &byte| seed.wrapping_mul(0x100_0000_01b3) ^ u64::from(byte));
        noise(seed, block.len())
    };
    plaintext.chunks(BLOCK_BYTES).flat_map(block).collect()
}

/// A stream cipher.
fn by_keystream(nonce: u64, plaintext: &[u8]) -> Vec<u8> {
    plaintext.iter().zip(noise(nonce, plaintext.len())).map(|(byte, key)| byte ^ key).collect()
}

fn codebook_of(pairs: &[(&[u8], &[u8])]) -> Codebook {
    let mut codebook = Codebook::default();
    for (plain, cipher) in pairs {
        codebook.learn(plain, cipher);
    }
    codebook
}

/// Whether each block was recovered, after a check that every recovered byte is right.
fn recovered(recovery: &Recovery, plaintext: &[u8]) -> Vec<bool> {
    assert_eq!(recovery.bytes().len(), plaintext.len());
    for (byte, (&is, &was)) in recovery.bytes().iter().zip(plaintext).enumerate() {
        assert!(is == if recovery.has(byte) { was } else { 0 }, "byte {byte}");
    }
    (0..plaintext.len()).step_by(BLOCK_BYTES).map(|byte| recovery.has(byte)).collect()
}

#[test]
fn under_ecb_known_values_are_recovered_and_no_others() {
    let (known, shown) = (grain(1, 3, 16 * 900), grain(2, 3, 16 * 900));
    // A part of the frame is new, and a part is known from another place.
    let shown = [&shown[..16 * 600], &known[16 * 10..16 * 310]].concat();
    let values: HashSet<_> = known.chunks(16).collect();
    let expected: Vec<_> = shown.chunks(16).map(|block| values.contains(block)).collect();
    let recovery = codebook_of(&[(&known, &by_value(&known))]).recover(&by_value(&shown));
    assert_eq!(recovered(&recovery, &shown), expected);
    let share = expected.iter().filter(|&&known| known).count() as f64 / 900.0;
    assert!((recovery.share() - share).abs() < 1e-12 && (0.3..0.4).contains(&share), "{share}");
}

#[test]
fn a_reused_keystream_recovers_a_frame_that_has_nothing_in_common_with_the_known_one() {
    // Bytes from 60 to 63 and from 200 to 203, in frames with a rest, the second one shorter.
    let known = grain(1, 4, 16 * 50 + 5);
    let shown: Vec<u8> = grain(2, 4, 16 * 49 + 9).iter().map(|byte| byte + 140).collect();
    let codebook = codebook_of(&[(&known, &by_keystream(3, &known))]);
    let recovery = codebook.recover(&by_keystream(3, &shown));
    assert!(recovery.is_by_keystream());
    assert!(recovered(&recovery, &shown).iter().all(|&known| known), "the rest too");
    assert!((recovery.share() - 1.0).abs() < f64::EPSILON);
    // A frame with another keystream is not recovered.
    let recovery = codebook.recover(&by_keystream(4, &shown));
    assert_eq!(recovery, Recovery::empty(shown.len()));
    // Of a longer frame, the blocks that the keystream covers are recovered.
    let longer = grain(5, 4, 16 * 70);
    let recovery = codebook.recover(&by_keystream(3, &longer));
    let expected: Vec<_> = (0..70).map(|block| block < 50).collect();
    assert_eq!(recovered(&recovery, &longer), expected);
}

#[test]
fn the_keystream_is_found_among_those_of_several_frames() {
    let known: Vec<_> = (0..4).map(|seed| grain(seed, 90, 16 * 300)).collect();
    let ciphertexts: Vec<_> = (10..).zip(&known).map(|(nonce, known)| by_keystream(nonce, known)).collect();
    let pairs: Vec<_> = known.iter().zip(&ciphertexts).map(|(p, c)| (&p[..], &c[..])).collect();
    let codebook = codebook_of(&pairs);
    assert_eq!(codebook.keystreams.len(), 4);
    let shown = grain(9, 90, 16 * 300);
    let recovery = codebook.recover(&by_keystream(12, &shown));
    assert!(recovered(&recovery, &shown).iter().all(|&known| known));
    // A keystream that is known already is not kept a second time.
    let more = grain(8, 90, 16 * 300);
    let mut codebook = codebook;
    codebook.learn(&more, &by_keystream(12, &more));
    assert_eq!(codebook.keystreams.len(), 4);
}

#[test]
fn flat_art_under_ecb_is_not_mistaken_for_a_reused_keystream() {
    // Its ciphertext is as far from uniform as a picture: few values, in runs.
    for seed in 0..200 {
        let (known, shown) = (flat(seed, 16 * 800), flat(seed + 1000, 16 * 800));
        let swapped: Vec<u8> = shown.iter().map(|byte| byte + 3).collect();
        for shown in [shown, swapped] {
            let recovery = codebook_of(&[(&known, &by_value(&known))]).recover(&by_value(&shown));
            recovered(&recovery, &shown);
            assert!(!recovery.is_by_keystream(), "{seed}");
        }
    }
}

#[test]
fn noise_under_a_reused_keystream_is_not_recovered() {
    // The documented limit: decrypted noise looks like any random bytes.
    let (known, shown) = (noise(1, 16 * 500), noise(2, 16 * 500));
    let recovery = codebook_of(&[(&known, &by_keystream(3, &known))]).recover(&by_keystream(3, &shown));
    assert_eq!(recovery, Recovery::empty(16 * 500));
}

#[test]
fn after_a_common_start_the_first_block_that_differs_is_recovered_under_cfb_but_not_cbc() {
    // Cipher feedback: the keystream of a block follows from the ciphertext before it.
    let feedback = |plaintext: &[u8]| {
        let mut before = [9; 16];
        let mut ciphertext = Vec::new();
        for block in plaintext.as_chunks::<16>().0 {
            let key = by_value(&before);
            before = std::array::from_fn(|at| block[at] ^ key[at]);
            ciphertext.extend(before);
        }
        ciphertext
    };
    // Cipher block chaining.
    let chaining = |plaintext: &[u8]| {
        let mut before = vec![9; 16];
        let mut ciphertext = Vec::new();
        for block in plaintext.as_chunks::<16>().0 {
            let mixed: Vec<u8> = block.iter().zip(&before).map(|(p, c)| p ^ c).collect();
            before = by_value(&mixed);
            ciphertext.extend(&before);
        }
        ciphertext
    };
    let known = grain(1, 40, 16 * 60);
    let mut shown = known.clone();
    shown[16 * 20 + 3] ^= 0x40;
    shown[16 * 21] ^= 0x40;
    let blocks_below = |end: usize| (0..60).map(|block| block < end).collect::<Vec<_>>();
    let recovery = codebook_of(&[(&known, &feedback(&known))]).recover(&feedback(&shown));
    assert_eq!(recovered(&recovery, &shown), blocks_below(21), "the block that differs too");
    let recovery = codebook_of(&[(&known, &chaining(&known))]).recover(&chaining(&shown));
    assert_eq!(recovered(&recovery, &shown), blocks_below(20), "up to the block that differs");
}

#[test]
fn the_last_block_before_a_rest_needs_the_rest() {
    let known = grain(1, 40, 16 * 3 + 1);
    let ciphertext = noise(2, 16 * 3 + 1);
    let codebook = codebook_of(&[(&known, &ciphertext)]);
    let known_blocks = |ciphertext: &[u8]| {
        let recovery = codebook.recover(ciphertext);
        (0..ciphertext.len()).step_by(16).map(|byte| recovery.has(byte)).collect::<Vec<_>>()
    };
    assert_eq!(known_blocks(&ciphertext), [true, true, true, false]);
    let mut other_rest = ciphertext.clone();
    other_rest[48] ^= 1;
    assert_eq!(known_blocks(&other_rest), [true, true, false, false]);
    assert_eq!(known_blocks(&ciphertext[..48]), [true, true, false], "in the known frame a rest followed");
}

#[test]
fn a_block_with_two_plaintexts_is_not_recovered() {
    let (one, other) = (grain(1, 40, 64), grain(2, 40, 64));
    let ciphertext = noise(3, 64);
    let mut codebook = codebook_of(&[(&one, &ciphertext)]);
    assert!((codebook.recover(&ciphertext).share() - 1.0).abs() < f64::EPSILON);
    codebook.learn(&[&other[..16], &one[16..]].concat(), &ciphertext);
    let recovery = codebook.look_up(&ciphertext);
    assert_eq!(recovery.known, [false, true, true, true]);
}

#[test]
fn a_dictionary_is_bounded_and_reports_that_it_is_full() {
    let mut dictionary = Dictionary::default();
    dictionary.most_entries = 10;
    let blocks = |seed| noise(seed, 16 * 12).as_chunks::<16>().0.to_vec();
    let (cipher, plain) = (blocks(1), blocks(2));
    dictionary.add(&cipher[..10], &plain[..10]);
    dictionary.add(&cipher[..10], &plain[..10]);
    assert!(!dictionary.is_full());
    dictionary.add(&cipher, &plain);
    assert!(dictionary.is_full());
    let (mut found, mut known) = (vec![[0; 16]; 12], [false; 12]);
    dictionary.look_up(&cipher, &mut found, &mut known);
    assert_eq!(known, std::array::from_fn(|at| at < 10));
    assert_eq!(found[..10], plain[..10]);
}

#[test]
fn an_empty_codebook_recovers_nothing() {
    for len in [0, 5, 16, 100] {
        let ciphertext = noise(1, len);
        assert_eq!(Codebook::default().recover(&ciphertext), Recovery::empty(len));
        let codebook = codebook_of(&[(&[], &[])]);
        assert_eq!(codebook.recover(&ciphertext), Recovery::empty(len));
    }
    assert!(Codebook::default().recover(&[]).share().abs() < f64::EPSILON);
}
