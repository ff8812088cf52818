//! Every scheme against published vectors, and every byte of it against OpenSSL.
//!
//! The nonces, counters and keys of a frame are derived here a second time, from the words of the
//! documentation and with OpenSSL's block cipher, so that a slip in the program cannot hide in its test.

use afterimage::crypto::{DecryptError, FrameCipher, KeyMaterial, Parameters, Scheme};
use afterimage::frame::Shape;
use afterimage::layout::{BLOCK_BYTES, Layout};
use afterimage::leak::{Counter, Leakage};
use afterimage::pool::Buffer;
use afterimage::units::FrameIndex;
use openssl::symm::{Cipher, Crypter, Mode, encrypt, encrypt_aead};
use proptest::prelude::*;

/// Frames at which a counter that is cut, swapped or off by one would show.
const FRAMES: [u64; 5] = [0, 1, 7, (1 << 32) + 5, u64::MAX];

fn bytes_of(hex_digits: &str) -> Vec<u8> {
    hex::decode(hex_digits.split_whitespace().collect::<String>()).expect("hex digits")
}

fn cipher_of(scheme: &str, key: &KeyMaterial) -> Box<dyn FrameCipher> {
    scheme.parse::<Scheme>().expect("a scheme").cipher(key).expect("a key that is long enough")
}

fn encrypted(cipher: &dyn FrameCipher, frame: u64, plaintext: &[u8]) -> (Vec<u8>, Parameters) {
    // What the buffer held before must not matter.
    let mut ciphertext = Buffer::from(vec![0xa5; 40]);
    let parameters =
        cipher.encrypt(FrameIndex(frame), plaintext, &mut ciphertext).expect("a frame of any length");
    (ciphertext.to_vec(), parameters)
}

/// Bytes without a pattern, the same every time (xorshift64*, Vigna 2016).
fn noise(len: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let words = std::iter::repeat_with(|| {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        state.wrapping_mul(0x2545_f491_4f6c_dd1d).to_le_bytes()
    });
    words.flatten().take(len).collect()
}

fn xor(one: &[u8], other: &[u8]) -> Vec<u8> {
    one.iter().zip(other).map(|(a, b)| a ^ b).collect()
}

// --- Published vectors -------------------------------------------------------------------------------

/// The plaintext of all examples of SP 800-38A, appendix F.
const NIST_PLAINTEXT: &str = "6bc1bee22e409f96e93d7e117393172a ae2d8a571e03ac9c9eb76fac45af8e51
     30c81c46a35ce411e5fbc1191a0a52ef f69f2445df4f9b17ad2b417be66c3710";

/// The keys of SP 800-38A, appendix F.
const NIST_KEYS: [&str; 3] = [
    "2b7e151628aed2a6abf7158809cf4f3c",
    "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
    "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
];

/// SP 800-38A, F.1.1 to F.1.6: ECB-AES128, -AES192, -AES256, encrypt and decrypt.
#[test]
fn ecb_gives_the_answers_of_sp_800_38a() {
    let answers = [
        "3ad77bb40d7a3660a89ecaf32466ef97 f5d3d58503b9699de785895a96fdbaaf
         43b1cd7f598ece23881b00e3ed030688 7b0c785e27e8ad3f8223207104725dd4",
        "bd334f1d6e45f25ff712a214571fa5cc 974104846d0ad3ad7734ecb3ecee4eef
         ef7afd2270e2e60adce0ba2face6444e 9a4b41ba738d6c72fb16691603c18e0e",
        "f3eed1bdb5d2a03c064b5a7e3db181f8 591ccb10d410ed26dc5ba74a31362870
         b6ed21b99ca6f4f9f153e7b1beafed1d 23304b7a39f9f3ff067d8d8f9e24ecc7",
    ];
    for ((scheme, key), answer) in
        ["aes-128-ecb", "aes-192-ecb", "aes-256-ecb"].into_iter().zip(NIST_KEYS).zip(answers)
    {
        let cipher = cipher_of(scheme, &key.parse().expect("a key"));
        let plaintext = bytes_of(NIST_PLAINTEXT);
        let (ciphertext, _) = encrypted(&*cipher, 3, &plaintext);
        // Behind the four blocks of the standard stands our padding, as one block more.
        assert_eq!(ciphertext[..64], bytes_of(answer), "{scheme}");
        assert_eq!(ciphertext.len(), 80);
        assert_eq!(cipher.decrypt(FrameIndex(3), &ciphertext, None).expect("it turns back"), plaintext);
    }
}

/// SP 800-38A, F.5.1, F.5.3, F.5.5: CTR-AES128, -AES192, -AES256.
///
/// The examples count from f0f1…feff, which no frame of ours does (its counter ends in eight zero bytes).
/// So they are asked of the two parts that our scheme consists of: of the counter mode of the crate that it
/// calls, with a counter of one's choice, and of the block cipher, through ECB, which gives the keystream.
#[test]
fn the_parts_of_ctr_give_the_answers_of_sp_800_38a() {
    use aes::cipher::consts::U16;
    use aes::cipher::{BlockCipherEncrypt, KeyInit, KeyIvInit, StreamCipher};

    fn apply<C>(key: &[u8], counter: &[u8], bytes: &mut [u8])
    where
        C: BlockCipherEncrypt<BlockSize = U16> + KeyInit,
    {
        let mode = ctr::Ctr128BE::<C>::new_from_slices(key, counter);
        mode.expect("the lengths of the standard").apply_keystream(bytes);
    }

    let answers = [
        "874d6191b620e3261bef6864990db6ce 9806f66b7970fdff8617187bb9fffdff
         5ae4df3edbd5d35e5b4f09020db03eab 1e031dda2fbe03d1792170a0f3009cee",
        "1abc932417521ca24f2b0459fe7e6e0b 090339ec0aa6faefd5ccc2c6f4ce8e94
         1e36b26bd1ebc670d1bd1d665620abf7 4f78a7f6d29809585a97daec58c6b050",
        "601ec313775789a5b7a7f504bbf3d228 f443e3ca4d62b59aca84e990cacaf5c5
         2b0930daa23de94ce87017ba2d84988d dfc9c58db67aada613c2dd08457941a6",
    ];
    let first: u128 = 0xf0f1_f2f3_f4f5_f6f7_f8f9_fafb_fcfd_feff;
    let plaintext = bytes_of(NIST_PLAINTEXT);
    for (key, answer) in NIST_KEYS.into_iter().zip(answers) {
        let (key, answer) = (bytes_of(key), bytes_of(answer));
        let mut bytes = plaintext.clone();
        let counter = first.to_be_bytes();
        match key.len() {
            16 => apply::<aes::Aes128>(&key, &counter, &mut bytes),
            24 => apply::<aes::Aes192>(&key, &counter, &mut bytes),
            _ => apply::<aes::Aes256>(&key, &counter, &mut bytes),
        }
        assert_eq!(bytes, answer);

        let scheme = format!("aes-{}-ecb", key.len() * 8);
        let counters: Vec<u8> = (0..4).flat_map(|block| (first + block).to_be_bytes()).collect();
        let cipher = cipher_of(&scheme, &hex::encode(&key).parse().expect("a key"));
        assert_eq!(xor(&plaintext, &encrypted(&*cipher, 0, &counters).0), answer, "{scheme} of the counters");
    }
}

/// SP 800-38A, 6.5, with the counter blocks that the documentation states: i ‖ 0, incremented by one a block.
#[test]
fn ctr_adds_ecb_of_the_counter_blocks() {
    let key = KeyMaterial::default();
    let plaintext = noise(5 * BLOCK_BYTES + 3);
    for bits in [128, 192, 256] {
        let ecb = cipher_of(&format!("aes-{bits}-ecb"), &key);
        let ctr = cipher_of(&format!("aes-{bits}-ctr"), &key);
        for frame in FRAMES {
            let first = u128::from(frame) << 64;
            let counters: Vec<u8> = (0..6).flat_map(|block| (first + block).to_be_bytes()).collect();
            let keystream = encrypted(&*ecb, 0, &counters).0;
            let (ciphertext, parameters) = encrypted(&*ctr, frame, &plaintext);
            assert_eq!(ciphertext, xor(&plaintext, &keystream), "aes-{bits}-ctr, frame {frame}");
            assert_eq!(parameters.counter_block, Some(first.to_be_bytes().to_vec()));
        }
    }
}

/// The plaintext of test cases 3, 9 and 15 of the GCM specification; 4, 10 and 16 leave out its last 4 bytes.
const GCM_PLAINTEXT: &str = "d9313225f88406e5a55909c5aff5269a 86a7a9531534f7da2e4c303d8a318a72
     1c3c0c95956809532fcf0e2449a6b525 b16aedf5aa0de657ba637b391aafd255";

/// McGrew and Viega, "The Galois/Counter Mode of Operation (GCM)", appendix B, test cases 1, 2, 7, 8, 13, 14:
/// a key and a nonce of zeros, which are those of our frame 0.
#[test]
fn gcm_of_frame_0_gives_the_answers_of_the_specification() {
    for (bits, empty_tag, ciphertext, tag) in [
        (
            128,
            "58e2fccefa7e3061367f1d57a4e7455a",
            "0388dace60b6a392f328c2b971b2fe78",
            "ab6e47d42cec13bdf53a67b21257bddf",
        ),
        (
            192,
            "cd33b28ac773f74ba00ed1f312572435",
            "98e7247c07f0fe411c267e4384b0f600",
            "2ff58d80033927ab8ef4d4587514f0fb",
        ),
        (
            256,
            "530f8afbc74536b9a963b4f1c4cb738b",
            "cea7403d4d606b6e074ec5d3baf39d18",
            "d0d1c8a799996bf0265b98b5d48ab919",
        ),
    ] {
        let key = "00".repeat(bits / 8).parse().expect("a key");
        for scheme in [format!("aes-{bits}-gcm"), format!("aes-{bits}-gcm+reused-nonce")] {
            let cipher = cipher_of(&scheme, &key);
            let (nothing, parameters) = encrypted(&*cipher, 0, &[]);
            assert_eq!((nothing, parameters.tag), (vec![], Some(bytes_of(empty_tag))), "{scheme}");
            assert_eq!(parameters.nonce, Some(vec![0; 12]));
            let (block, parameters) = encrypted(&*cipher, 0, &[0; 16]);
            assert_eq!((block, parameters.tag), (bytes_of(ciphertext), Some(bytes_of(tag))), "{scheme}");
        }
    }
}

/// The same, test cases 3, 4, 9, 10, 15, 16: nonces and associated data that no frame of ours has, asked of
/// the type that our scheme is built on.
#[test]
fn the_gcm_that_we_build_on_gives_the_answers_of_the_specification() {
    use aes::cipher::consts::U12;
    use aes_gcm::{AeadInOut, AesGcm, KeyInit};

    fn check<A: AeadInOut<NonceSize = U12> + KeyInit>(key: &[u8], ciphertext: &str, tags: [&str; 2]) {
        let nonce = bytes_of("cafebabefacedbaddecaf888").as_slice().try_into().expect("12 bytes");
        let associated = bytes_of("feedfacedeadbeeffeedfacedeadbeefabaddad2");
        let ciphertext = bytes_of(ciphertext);
        for (len, associated, tag) in [(64, &[][..], tags[0]), (60, &associated[..], tags[1])] {
            let mut bytes = bytes_of(GCM_PLAINTEXT)[..len].to_vec();
            let made = A::new_from_slice(key)
                .expect("a key of this size")
                .encrypt_inout_detached(&nonce, associated, bytes.as_mut_slice().into())
                .expect("a short message");
            assert_eq!(bytes, ciphertext[..len]);
            assert_eq!(made.to_vec(), bytes_of(tag));
        }
    }

    let key = bytes_of("feffe9928665731c6d6a8f9467308308 feffe9928665731c6d6a8f9467308308");
    check::<AesGcm<aes::Aes128, U12>>(
        &key[..16],
        "42831ec2217774244b7221b784d0d49c e3aa212f2c02a4e035c17e2329aca12e
         21d514b25466931c7d8f6a5aac84aa05 1ba30b396a0aac973d58e091473f5985",
        ["4d5c2af327cd64a62cf35abd2ba6fab4", "5bc94fbc3221a5db94fae95ae7121a47"],
    );
    check::<AesGcm<aes::Aes192, U12>>(
        &key[..24],
        "3980ca0b3c00e841eb06fac4872a2757 859e1ceaa6efd984628593b40ca1e19c
         7d773d00c144c525ac619d18c84a3f47 18e2448b2fe324d9ccda2710acade256",
        ["9924a7c8587336bfb118024db8674a14", "2519498e80f1478f37ba55bd6d27618c"],
    );
    check::<AesGcm<aes::Aes256, U12>>(
        &key,
        "522dc1f099567d07f47f37a32a84427d 643a8cdcbfe5c0c97598a2bd2555d1aa
         8cb08e48590dbb3da7b08b1056828838 c5f61e6393ba7a0abcc9f662898015ad",
        ["b094dac5d93471bdec1a502270e3cc6c", "76fc6ece0f4e1768cddf8853bb2d551b"],
    );
}

// --- OpenSSL -----------------------------------------------------------------------------------------

/// Ciphertext, tag and parameters of a frame, by OpenSSL and the documentation's words alone.
fn by_openssl(scheme: &str, material: &[u8], frame: u64, plaintext: &[u8]) -> (Vec<u8>, Parameters) {
    let (base, habit) = scheme.split_once('+').map_or((scheme, None), |(base, habit)| (base, Some(habit)));
    let parts: Vec<_> = base.split('-').collect();
    let ["aes", bits, mode] = parts[..] else { panic!("say here what {base} is in OpenSSL's words") };
    let [ecb, ctr, gcm] = match bits {
        "128" => [Cipher::aes_128_ecb(), Cipher::aes_128_ctr(), Cipher::aes_128_gcm()],
        "192" => [Cipher::aes_192_ecb(), Cipher::aes_192_ctr(), Cipher::aes_192_gcm()],
        _ => [Cipher::aes_256_ecb(), Cipher::aes_256_ctr(), Cipher::aes_256_gcm()],
    };
    let key = &material[..bits.parse::<usize>().expect("a key size") / 8];
    let none = Parameters::default();
    match (mode, habit) {
        ("ecb", None) => (encrypt(ecb, key, None, plaintext).expect("ECB"), none),
        ("ecb", Some("key-per-frame")) => {
            // The leading bytes of AES_K(i ‖ 0) ‖ AES_K(i ‖ 1), both numbers as 8 bytes big-endian.
            let numbers = [frame.to_be_bytes(), 0u64.to_be_bytes(), frame.to_be_bytes(), 1u64.to_be_bytes()];
            let frame_key = aes_blocks(ecb, key, &numbers.concat())[..key.len()].to_vec();
            let ciphertext = encrypt(ecb, &frame_key, None, plaintext).expect("ECB");
            (ciphertext, Parameters { frame_key: Some(frame_key), ..none })
        }
        ("ctr", None | Some("reused-nonce")) => {
            // The counter block: i as 8 bytes big-endian ‖ 0 as 8 bytes; i = 0 always where it is reused.
            let number = if habit.is_some() { 0 } else { frame };
            let counter = [number.to_be_bytes(), [0; 8]].concat();
            let ciphertext = encrypt(ctr, key, Some(&counter), plaintext).expect("CTR");
            (ciphertext, Parameters { counter_block: Some(counter), ..none })
        }
        ("gcm", None | Some("reused-nonce")) => {
            // The nonce: 0 as 4 bytes ‖ i as 8 bytes big-endian; i = 0 always where it is reused.
            let number = if habit.is_some() { 0 } else { frame };
            let nonce = [&[0; 4][..], &number.to_be_bytes()].concat();
            let mut tag = vec![0; 16];
            let ciphertext = encrypt_aead(gcm, key, Some(&nonce), &[], plaintext, &mut tag).expect("GCM");
            (ciphertext, Parameters { nonce: Some(nonce), tag: Some(tag), ..none })
        }
        _ => panic!("say here what {scheme} is in OpenSSL's words"),
    }
}

/// The block cipher alone.
fn aes_blocks(ecb: Cipher, key: &[u8], blocks: &[u8]) -> Vec<u8> {
    let mut crypter = Crypter::new(ecb, Mode::Encrypt, key, None).expect("a key");
    crypter.pad(false);
    let mut out = vec![0; blocks.len() + BLOCK_BYTES];
    let len = crypter.update(blocks, &mut out).expect("whole blocks");
    out.truncate(len);
    out
}

/// Lengths around the edges of a block and of a batch of blocks, and an odd frame in every layout.
fn lengths() -> Vec<usize> {
    let frames = Layout::ALL.map(|layout| layout.frame_bytes(Shape::new(63, 35)));
    [0, 1, 15, 16, 17, 4096 + 3].into_iter().chain(frames).collect()
}

#[test]
fn every_scheme_gives_openssls_bytes_and_turns_back() {
    // The demonstration key, and one that begins with zeros and whose halves differ.
    let other: String = (0..64u8).map(|i| format!("{:02x}", i.wrapping_mul(i) ^ (i >> 3))).collect();
    for key in [KeyMaterial::default(), other.parse().expect("a key")] {
        let material = bytes_of(&key.to_hex());
        for scheme in Scheme::all() {
            let cipher = scheme.cipher(&key).expect("64 bytes suffice for every scheme");
            for len in lengths() {
                let plaintext = noise(len);
                for frame in FRAMES {
                    let (ciphertext, parameters) = encrypted(&*cipher, frame, &plaintext);
                    let (theirs, their_parameters) =
                        by_openssl(&scheme.to_string(), &material, frame, &plaintext);
                    assert!(ciphertext == theirs, "{scheme}, {len} bytes, frame {frame}");
                    assert_eq!(parameters, their_parameters, "{scheme}, {len} bytes, frame {frame}");
                    let tag = parameters.tag.as_deref();
                    assert_eq!(tag.map_or(0, <[u8]>::len), cipher.tag_bytes(), "{scheme}");
                    let back = cipher.decrypt(FrameIndex(frame), &ciphertext, tag).expect("it turns back");
                    assert!(back == plaintext, "{scheme}, {len} bytes, frame {frame}");
                }
            }
        }
    }
}

#[test]
fn a_scheme_uses_only_the_leading_bytes_of_the_key() {
    for scheme in Scheme::all() {
        let key = KeyMaterial::default();
        let leading = scheme.key_hex(&key).expect("64 bytes suffice");
        let short = scheme.cipher(&leading.parse().expect("a key")).expect("its own length suffices");
        let long = scheme.cipher(&key).expect("64 bytes suffice");
        assert_eq!(encrypted(&*short, 9, b"frame nine"), encrypted(&*long, 9, b"frame nine"), "{scheme}");
        let too_short = leading[2..].parse().expect("a key");
        assert!(scheme.cipher(&too_short).is_err(), "{scheme} takes a key that is one byte short");
    }
}

// --- What is refused ---------------------------------------------------------------------------------

#[test]
fn gcm_refuses_whatever_was_tampered_with() {
    let key = KeyMaterial::default();
    for scheme in Scheme::all().filter(|scheme| scheme.base_name().ends_with("gcm")) {
        let cipher = scheme.cipher(&key).expect("64 bytes suffice");
        let plaintext = noise(100);
        let (ciphertext, parameters) = encrypted(&*cipher, 5, &plaintext);
        let tag = parameters.tag.expect("GCM makes a tag");
        let decrypt =
            |frame, ciphertext: &[u8], tag: Option<&[u8]>| cipher.decrypt(FrameIndex(frame), ciphertext, tag);
        for bit in 0..ciphertext.len() * 8 {
            let mut changed = ciphertext.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(decrypt(5, &changed, Some(&tag)), Err(DecryptError::Tag), "{scheme}, bit {bit}");
        }
        for bit in 0..tag.len() * 8 {
            let mut changed = tag.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(
                decrypt(5, &ciphertext, Some(&changed)),
                Err(DecryptError::Tag),
                "{scheme}, bit {bit}"
            );
        }
        assert_eq!(decrypt(5, &ciphertext[..99], Some(&tag)), Err(DecryptError::Tag), "{scheme}, cut");
        assert_eq!(decrypt(5, &ciphertext, Some(&tag[..15])), Err(DecryptError::Tag), "{scheme}, short tag");
        assert_eq!(decrypt(5, &ciphertext, None), Err(DecryptError::Tag), "{scheme}, no tag");
        if scheme.habit().is_none() {
            assert_eq!(decrypt(6, &ciphertext, Some(&tag)), Err(DecryptError::Tag), "{scheme}, other frame");
        }
    }
}

#[test]
fn ecb_refuses_a_wrong_length_and_a_wrong_padding() {
    let cipher = cipher_of("aes-128-ecb", &KeyMaterial::default());
    let (ciphertext, _) = encrypted(&*cipher, 0, &noise(20));
    let decrypt = |bytes: &[u8]| cipher.decrypt(FrameIndex(0), bytes, None);
    assert_eq!(decrypt(&[]), Err(DecryptError::Length(0)));
    assert_eq!(decrypt(&ciphertext[..31]), Err(DecryptError::Length(31)));
    // The first block alone is a message whose last byte is no padding.
    assert_eq!(decrypt(&ciphertext[..16]), Err(DecryptError::Padding));
}

// --- What survives, and what does not ----------------------------------------------------------------

/// Whole blocks of a frame's own bytes.
fn whole_blocks(bytes: &[u8], frame_bytes: usize) -> &[[u8; BLOCK_BYTES]] {
    bytes[..frame_bytes].as_chunks().0
}

/// Frames of whole and broken blocks, each block one of a few values.
fn repetitive() -> impl Strategy<Value = Vec<u8>> {
    (prop::collection::vec(0u8..5, 1..120), 0usize..BLOCK_BYTES).prop_map(|(values, rest)| {
        let blocks = values.iter().flat_map(|&value| [value, 7, value, 9].repeat(4));
        blocks.chain(std::iter::repeat_n(1, rest)).collect()
    })
}

proptest! {
    #[test]
    fn ecb_repeats_exactly_where_the_plaintext_repeats(plaintext in repetitive(), frame in any::<u64>()) {
        for scheme in Scheme::all().filter(|scheme| scheme.base_name().ends_with("ecb")) {
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
    fn the_census_of_ecb_is_that_of_the_plaintext(plaintext in repetitive()) {
        let cipher = cipher_of("aes-128-ecb", &KeyMaterial::default());
        let (ciphertext, _) = encrypted(&*cipher, 0, &plaintext);
        let mut counter = Counter::default();
        let plain = counter.count(&[&plaintext]);
        let ecb = counter.count(&[&ciphertext[..plaintext.len()]]);
        let blocks = plain.blocks();
        prop_assert_eq!(blocks, plaintext.len() / BLOCK_BYTES);
        prop_assert_eq!(Leakage::of(&plain, blocks as u64, None), Leakage::of(&ecb, blocks as u64, None));
        for i in 0..blocks {
            prop_assert_eq!(plain.occurrences(i), ecb.occurrences(i));
            prop_assert_eq!(plain.equal(i, blocks / 2), ecb.equal(i, blocks / 2));
        }
    }

    #[test]
    fn a_fresh_nonce_hides_every_repeat(plaintext in repetitive(), frame in any::<u64>()) {
        for scheme in ["aes-128-ctr", "aes-128-gcm"] {
            let cipher = cipher_of(scheme, &KeyMaterial::default());
            let (ciphertext, _) = encrypted(&*cipher, frame, &plaintext);
            prop_assert_eq!(Counter::default().count(&[&ciphertext]).repeated(), 0, "{}", scheme);
        }
    }

    #[test]
    fn a_reused_nonce_gives_away_the_difference_of_two_frames_and_a_fresh_one_does_not(
        one in prop::collection::vec(any::<u8>(), 32..200),
        other in prop::collection::vec(any::<u8>(), 32..200),
        frames in (any::<u64>(), any::<u64>()).prop_filter("two frames", |(one, other)| one != other),
    ) {
        for (scheme, reused) in [
            ("aes-128-ctr", false), ("aes-128-ctr+reused-nonce", true), ("aes-256-ctr+reused-nonce", true),
            ("aes-128-gcm", false), ("aes-128-gcm+reused-nonce", true), ("aes-256-gcm+reused-nonce", true),
        ] {
            let cipher = cipher_of(scheme, &KeyMaterial::default());
            let first = encrypted(&*cipher, frames.0, &one).0;
            let second = encrypted(&*cipher, frames.1, &other).0;
            prop_assert_eq!(xor(&first, &second) == xor(&one, &other), reused, "{}", scheme);
        }
    }

    #[test]
    fn a_key_per_frame_hides_the_leak_over_time_but_not_the_one_within_a_frame(plaintext in repetitive()) {
        prop_assume!(plaintext.len() >= BLOCK_BYTES);
        let encrypt = |scheme, frame| encrypted(&*cipher_of(scheme, &KeyMaterial::default()), frame, &plaintext).0;
        prop_assert_eq!(encrypt("aes-128-ecb", 0), encrypt("aes-128-ecb", 1), "a still picture stays");
        let (now, next) = (encrypt("aes-128-ecb+key-per-frame", 0), encrypt("aes-128-ecb+key-per-frame", 1));
        let same = afterimage::leak::unchanged_blocks(&now, &next);
        prop_assert_eq!(same, 0, "no block of a still picture stays under another key");
    }
}
