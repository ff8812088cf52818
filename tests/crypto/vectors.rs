//! The test vectors of the standards, for modes without authentication.
//!
//! Where a frame can have the key and the nonce of a vector, the scheme itself is tested. Otherwise the type is tested on
//! which the scheme is built.

use aes::cipher::consts::U16;
use aes::cipher::{BlockCipherEncrypt, KeyInit, KeyIvInit, StreamCipher};
use afterimage::picture::layout::BLOCK_BYTES;

use super::*;

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
        // One block of padding follows the four blocks of the standard.
        assert_eq!(ciphertext[..64], bytes_of(answer), "{scheme}");
        assert_eq!(ciphertext.len(), 80);
        assert_eq!(cipher.decrypt(MessageNumber(3), &ciphertext, None).expect("the plaintext"), plaintext);
    }
}

/// The initialization vector of SP 800-38A, F.2 to F.4.
const NIST_IV: &str = "000102030405060708090a0b0c0d0e0f";

/// SP 800-38A, F.2.1 to F.2.6: CBC-AES128, -AES192, -AES256, encrypt and decrypt.
///
/// No frame has the initialization vector (IV) of the standard. But CBC XORs the IV with the first block: if that block is
/// XORed with the difference of the two IVs, the ciphertext is that of the standard.
#[test]
fn cbc_gives_the_answers_of_sp_800_38a() {
    let answers = [
        "7649abac8119b246cee98e9b12e9197d 5086cb9b507219ee95db113a917678b2
         73bed6b8e3c1743b7116e69e22229516 3ff1caa1681fac09120eca307586e1a7",
        "4f021db243bc633d7178183a9fa071e8 b4d9ada9ad7dedf4e5e738763f69145a
         571b242012fb7ae07fa9baac3df102e0 08b0e27988598881d920a9e64f5615cd",
        "f58c4c04d6e5f1ba779eabfb5f7bfbd6 9cfc4e967edb808d679f777bc6702c7d
         39f23369a9d9bacfa530e26304231461 b2eb05e2c39be9fcda6c19078c6a9d1b",
    ];
    for ((bits, key), answer) in [128, 192, 256].into_iter().zip(NIST_KEYS).zip(answers) {
        let scheme = format!("aes-{bits}-cbc");
        let cipher = cipher_of(&scheme, &key.parse().expect("a key"));
        let our_iv = encrypted(&*cipher, 3, &[]).1.iv.expect("CBC has an initialization vector");
        let mut plaintext = bytes_of(NIST_PLAINTEXT);
        let first = xor(&plaintext[..16], &xor(&our_iv, &bytes_of(NIST_IV)));
        plaintext[..16].copy_from_slice(&first);
        let (ciphertext, _) = encrypted(&*cipher, 3, &plaintext);
        // One block of padding follows the four blocks of the standard.
        assert_eq!(ciphertext[..64], bytes_of(answer), "{scheme}");
        assert_eq!(ciphertext.len(), 80);
        assert_eq!(cipher.decrypt(MessageNumber(3), &ciphertext, None).expect("the plaintext"), plaintext);
    }
}

/// SP 800-38A, F.3.13 to F.3.18: CFB128-AES128, -AES192, -AES256, encrypt and decrypt.
#[test]
fn the_cfb_types_give_the_answers_of_sp_800_38a() {
    fn check<C: BlockCipherEncrypt<BlockSize = U16> + KeyInit>(key: &str, answer: &str) {
        let (key, iv, plaintext) = (bytes_of(key), bytes_of(NIST_IV), bytes_of(NIST_PLAINTEXT));
        let mut bytes = plaintext.clone();
        cfb_mode::Encryptor::<C>::new_from_slices(&key, &iv).expect("lengths").encrypt(&mut bytes);
        assert_eq!(bytes, bytes_of(answer));
        cfb_mode::Decryptor::<C>::new_from_slices(&key, &iv).expect("lengths").decrypt(&mut bytes);
        assert_eq!(bytes, plaintext);
    }

    let answers = [
        "3b3fd92eb72dad20333449f8e83cfb4a c8a64537a0b3a93fcde3cdad9f1ce58b
         26751f67a3cbb140b1808cf187a4f4df c04b05357c5d1c0eeac4c66f9ff7f2e6",
        "cdc80d6fddf18cab34c25909c99a4174 67ce7f7f81173621961a2b70171d3d7a
         2e1e8a1dd59b88b1c8e60fed1efac4c9 c05f9f9ca9834fa042ae8fba584b09ff",
        "dc7e84bfda79164b7ecd8486985d3860 39ffed143b28b1c832113c6331e5407b
         df10132415e54b92a13ed0a8267ae2f9 75a385741ab9cef82031623d55b1e471",
    ];
    check::<aes::Aes128>(NIST_KEYS[0], answers[0]);
    check::<aes::Aes192>(NIST_KEYS[1], answers[1]);
    check::<aes::Aes256>(NIST_KEYS[2], answers[2]);
}

/// SP 800-38A, F.4.1 to F.4.6: OFB-AES128, -AES192, -AES256, where decrypting is encrypting.
#[test]
fn the_ofb_type_gives_the_answers_of_sp_800_38a() {
    fn check<C: BlockCipherEncrypt<BlockSize = U16> + KeyInit>(key: &str, answer: &str) {
        let mut bytes = bytes_of(NIST_PLAINTEXT);
        let mode = ofb::Ofb::<C>::new_from_slices(&bytes_of(key), &bytes_of(NIST_IV));
        mode.expect("lengths").apply_keystream(&mut bytes);
        assert_eq!(bytes, bytes_of(answer));
    }

    let answers = [
        "3b3fd92eb72dad20333449f8e83cfb4a 7789508d16918f03f53c52dac54ed825
         9740051e9c5fecf64344f7a82260edcc 304c6528f659c77866a510d9c1d6ae5e",
        "cdc80d6fddf18cab34c25909c99a4174 fcc28b8d4c63837c09e81700c1100401
         8d9a9aeac0f6596f559c6d4daf59a5f2 6d9f200857ca6c3e9cac524bd9acc92a",
        "dc7e84bfda79164b7ecd8486985d3860 4febdc6740d20b3ac88f6ad82a4fb08d
         71ab47a086e86eedf39d1c5bba97c408 0126141d67f37be8538f5a8be740e484",
    ];
    check::<aes::Aes128>(NIST_KEYS[0], answers[0]);
    check::<aes::Aes192>(NIST_KEYS[1], answers[1]);
    check::<aes::Aes256>(NIST_KEYS[2], answers[2]);
}

/// SP 800-38A, 6.5, with the counter blocks that the documentation states: i ‖ 0, incremented by one per block.
#[test]
fn ctr_xors_the_plaintext_with_ecb_of_the_counter_blocks() {
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

/// IEEE 1619-2007, annex B, vectors 2, 3, 4, 10 and, with ciphertext stealing, 15 to 18.
///
/// A frame of one data unit has its number as tweak, which is the sequence number of the vectors. Vector 1 has two equal
/// keys, which are refused.
#[test]
fn xts_gives_the_answers_of_ieee_1619() {
    let counting: Vec<u8> = (0..=255).chain(0..=255).collect();
    let stealing = "fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0 bfbebdbcbbbab9b8b7b6b5b4b3b2b1b0";
    for (vector, key, number, plaintext, answer) in [
        (
            2,
            "11111111111111111111111111111111 22222222222222222222222222222222",
            0x33_3333_3333,
            &[0x44; 32][..],
            "c454185e6a16936e39334038acef838b fb186fff7480adc4289382ecd6d394f0",
        ),
        (
            3,
            "fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0 22222222222222222222222222222222",
            0x33_3333_3333,
            &[0x44; 32],
            "af85336b597afc1a900b2eb21ec949d2 92df4c047e0b21532186a5971a227a89",
        ),
        (4, IEEE_KEY_128, 0, &counting, IEEE_VECTOR_4),
        (10, IEEE_KEY_256, 0xff, &counting, IEEE_VECTOR_10),
        (15, stealing, 0x12_3456_789a, &counting[..17], "6c1625db4671522d3d7599601de7ca09ed"),
        (16, stealing, 0x12_3456_789a, &counting[..18], "d069444b7a7e0cab09e24447d24deb1fedbf"),
        (17, stealing, 0x12_3456_789a, &counting[..19], "e5df1351c0544ba1350b3363cd8ef4beedbf9d"),
        (18, stealing, 0x12_3456_789a, &counting[..20], "9d84c813f719aa2c7be3f66171c7c5c2edbf9dac"),
    ] {
        let bits = bytes_of(key).len() * 4;
        let cipher = cipher_of(&format!("aes-{bits}-xts"), &key.parse().expect("a key"));
        let (ciphertext, parameters) = encrypted(&*cipher, number, plaintext);
        assert_eq!(ciphertext, bytes_of(answer), "vector {vector}");
        assert_eq!(parameters.tweak, Some(u128::from(number).to_le_bytes().to_vec()));
        assert_eq!(
            cipher.decrypt(MessageNumber(number), &ciphertext, None).expect("the plaintext"),
            plaintext
        );
    }
}

const IEEE_KEY_128: &str = "27182818284590452353602874713526 31415926535897932384626433832795";

const IEEE_KEY_256: &str = "2718281828459045235360287471352662497757247093699959574966967627
     3141592653589793238462643383279502884197169399375105820974944592";

const IEEE_VECTOR_4: &str =
    "27a7479befa1d476489f308cd4cfa6e2a96e4bbe3208ff25287dd3819616e89cc78cf7f5e543445f8333d8fa7f560000
         05279fa5d8b5e4ad40e736ddb4d35412328063fd2aab53e5ea1e0a9f332500a5df9487d07a5c92cc512c8866c7e860ce
         93fdf166a24912b422976146ae20ce846bb7dc9ba94a767aaef20c0d61ad02655ea92dc4c4e41a8952c651d33174be51
         a10c421110e6d81588ede82103a252d8a750e8768defffed9122810aaeb99f9172af82b604dc4b8e51bcb08235a6f434
         1332e4ca60482a4ba1a03b3e65008fc5da76b70bf1690db4eae29c5f1badd03c5ccf2a55d705ddcd86d449511ceb7ec3
         0bf12b1fa35b913f9f747a8afd1b130e94bff94effd01a91735ca1726acd0b197c4e5b03393697e126826fb6bbde8ecc
         1e08298516e2c9ed03ff3c1b7860f6de76d4cecd94c8119855ef5297ca67e9f3e7ff72b1e99785ca0a7e7720c5b36dc6
         d72cac9574c8cbbc2f801e23e56fd344b07f22154beba0f08ce8891e643ed995c94d9a69c9f1b5f499027a78572aeebd
         74d20cc39881c213ee770b1010e4bea718846977ae119f7a023ab58cca0ad752afe656bb3c17256a9f6e9bf19fdd5a38
         fc82bbe872c5539edb609ef4f79c203ebb140f2e583cb2ad15b4aa5b655016a8449277dbd477ef2c8d6c017db738b18d
         eb4a427d1923ce3ff262735779a418f20a282df920147beabe421ee5319d0568";

const IEEE_VECTOR_10: &str =
    "1c3b3a102f770386e4836c99e370cf9bea00803f5e482357a4ae12d414a3e63b5d31e276f8fe4a8d66b317f9ac683f44
         680a86ac35adfc3345befecb4bb188fd5776926c49a3095eb108fd1098baec70aaa66999a72a82f27d848b21d4a741b0
         c5cd4d5fff9dac89aeba122961d03a757123e9870f8acf1000020887891429ca2a3e7a7d7df7b10355165c8b9a6d0a7d
         e8b062c4500dc4cd120c0f7418dae3d0b5781c34803fa75421c790dfe1de1834f280d7667b327f6c8cd7557e12ac3a0f
         93ec05c52e0493ef31a12d3d9260f79a289d6a379bc70c50841473d1a8cc81ec583e9645e07b8d9670655ba5bbcfecc6
         dc3966380ad8fecb17b6ba02469a020a84e18e8f84252070c13e9f1f289be54fbc481457778f616015e1327a02b140f1
         505eb309326d68378f8374595c849d84f4c333ec4423885143cb47bd71c5edae9be69a2ffeceb1bec9de244fbe15992b
         11b77c040f12bd8f6a975a44a0f90c29a9abc3d4d893927284c58754cce294529f8614dcd2aba991925fedc4ae74ffac
         6e333b93eb4aff0479da9a410e4450e0dd7ae4c6e2910900575da401fc07059f645e8b7e9bfdef33943054ff84011493
         c27b3429eaedb4ed5376441a77ed43851ad77f16f541dfd269d50d6a5f14fb0aab1cbb4c1550be97f7ab4066193c4caa
         773dad38014bd2092fa755c824bb5e54c4f36ffda9fcea70b9c6e693e148c151";
