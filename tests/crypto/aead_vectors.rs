//! The test vectors of the standards, for modes with authentication.
//!
//! Where a frame can have the key and the nonce of a vector, the scheme itself is tested. Otherwise the type is tested on
//! which the scheme is built.

use aes::cipher::consts::{U12, U16};
use aes_gcm::{AeadInOut, AesGcm, KeyInit};

use super::*;

/// The plaintext of test cases 3, 9 and 15 of the GCM specification; 4, 10 and 16 leave out its last 4 bytes.
const GCM_PLAINTEXT: &str = "d9313225f88406e5a55909c5aff5269a 86a7a9531534f7da2e4c303d8a318a72
     1c3c0c95956809532fcf0e2449a6b525 b16aedf5aa0de657ba637b391aafd255";

/// `McGrew` and Viega, "The Galois/Counter Mode of Operation (GCM)", appendix B, test cases 1, 2, 7, 8, 13, 14:
/// a key and a nonce of zeros, which frame 0 has.
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

/// The same source, test cases 3, 4, 9, 10, 15, 16: no frame has such nonces and associated data, so the type is tested on
/// which the scheme is built.
#[test]
fn the_gcm_type_gives_the_answers_of_the_specification() {
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

/// RFC 8452, appendix C.1 and C.2: key, nonce, associated data, plaintext, and ciphertext with its tag.
#[test]
fn the_gcm_siv_types_give_the_answers_of_rfc_8452() {
    fn check<A: AeadInOut<NonceSize = U12, TagSize = U16> + KeyInit>(vectors: &[[&str; 5]; 6]) {
        for [key, nonce, associated, plaintext, answer] in vectors.map(|vector| vector.map(bytes_of)) {
            let cipher = A::new_from_slice(&key).expect("a key of this size");
            let nonce = nonce.as_slice().try_into().expect("12 bytes");
            let mut bytes = plaintext.clone();
            let tag = cipher
                .encrypt_inout_detached(&nonce, &associated, bytes.as_mut_slice().into())
                .expect("a short message");
            assert_eq!([&bytes[..], &tag].concat(), answer);
            cipher
                .decrypt_inout_detached(&nonce, &associated, bytes.as_mut_slice().into(), &tag)
                .expect("a valid tag");
            assert_eq!(bytes, plaintext);
        }
    }

    check::<aes_gcm_siv::Aes128GcmSiv>(&RFC_8452_C_1);
    check::<aes_gcm_siv::Aes256GcmSiv>(&RFC_8452_C_2);
}

/// The simplest cases of appendix C.1 and its largest.
const RFC_8452_C_1: [[&str; 5]; 6] = [
    [
        "01000000000000000000000000000000",
        "030000000000000000000000",
        "",
        "",
        "dc20e2d83f25705bb49e439eca56de25",
    ],
    [
        "01000000000000000000000000000000",
        "030000000000000000000000",
        "",
        "0100000000000000",
        "b5d839330ac7b786578782fff6013b815b287c22493a364c",
    ],
    [
        "01000000000000000000000000000000",
        "030000000000000000000000",
        "",
        "0100000000000000000000000000000002000000000000000000000000000000",
        "84e07e62ba83a6585417245d7ec413a9fe427d6315c09b57ce45f2e3936a94451a8e45dcd4578c667cd86847bf6155ff",
    ],
    [
        "01000000000000000000000000000000",
        "030000000000000000000000",
        "0100000000000000000000000000000002000000",
        "030000000000000000000000000000000400",
        "44d0aaf6fb2f1f34add5e8064e83e12a2adabff9b2ef00fb47920cc72a0c0f13b9fd",
    ],
    [
        "e66021d5eb8e4f4066d4adb9c33560e4",
        "f46e44bb3da0015c94f70887",
        "",
        "",
        "a4194b79071b01a87d65f706e3949578",
    ],
    [
        "f901cfe8a69615a93fdf7a98cad48179",
        "6245709fb18853f68d833640",
        "7576f7028ec6eb5ea7e298342a94d4b202b370ef9768ec6561c4fe6b7e7296fa859c21",
        "e42a3c02c25b64869e146d7b233987bddfc240871d",
        "391cc328d484a4f46406181bcd62efd9b3ee197d052d15506c84a9edd65e13e9d24a2a6e70",
    ],
];

/// The same cases of appendix C.2.
const RFC_8452_C_2: [[&str; 5]; 6] = [
    [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "030000000000000000000000",
        "",
        "",
        "07f5f4169bbf55a8400cd47ea6fd400f",
    ],
    [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "030000000000000000000000",
        "",
        "0100000000000000",
        "c2ef328e5c71c83b843122130f7364b761e0b97427e3df28",
    ],
    [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "030000000000000000000000",
        "",
        "0100000000000000000000000000000002000000000000000000000000000000",
        "4a6a9db4c8c6549201b9edb53006cba821ec9cf850948a7c86c68ac7539d027fe819e63abcd020b006a976397632eb5d",
    ],
    [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "030000000000000000000000",
        "0100000000000000000000000000000002000000",
        "030000000000000000000000000000000400",
        "462401724b5ce6588d5a54aae5375513a075cfcdf5042112aa29685c912fc2056543",
    ],
    [
        "e66021d5eb8e4f4066d4adb9c33560e4f46e44bb3da0015c94f7088736864200",
        "e0eaf5284d884a0e77d31646",
        "",
        "",
        "169fbb2fbf389a995f6390af22228a62",
    ],
    [
        "3c535de192eaed3822a2fbbe2ca9dfc88255e14a661b8aa82cc54236093bbc23",
        "688089e55540db1872504e1c",
        "734320ccc9d9bbbb19cb81b2af4ecbc3e72834321f7aa0f70b7282b4f33df23f167541",
        "ced532ce4159b035277d4dfbb7db62968b13cd4eec",
        "626660c26ea6612fb17ad91e8e767639edd6c9faee9d6c7029675b89eaf4ba1ded1a286594",
    ],
];

/// RFC 8452, appendix C.3: a key and a nonce of zeros, which frame 0 has, and plaintexts for which the 32-bit counter wraps
/// within the frame.
#[test]
fn gcm_siv_of_frame_0_wraps_its_counter_as_rfc_8452_does() {
    for (plaintext, ciphertext, tag) in [
        (
            "00000000000000000000000000000000 4db923dc793ee6497c76dcc03a98e108",
            "f3f80f2cf0cb2dd9c5984fcda908456c c537703b5ba70324a6793a7bf218d3ea",
            "ffffffff000000000000000000000000",
        ),
        (
            "eb3640277c7ffd1303c7a542d02d3e4c 0000000000000000",
            "18ce4f0b8cb4d0cac65fea8f79257b20 888e53e72299e56d",
            "ffffffff000000000000000000000000",
        ),
    ] {
        let cipher = cipher_of("aes-256-gcm-siv", &"00".repeat(32).parse().expect("a key"));
        let (bytes, parameters) = encrypted(&*cipher, 0, &bytes_of(plaintext));
        assert_eq!((bytes, parameters.tag), (bytes_of(ciphertext), Some(bytes_of(tag))));
        assert_eq!(parameters.nonce, Some(vec![0; 12]));
    }
}

/// RFC 8439, 2.8.2. Its nonce begins with 7, where the nonces of frames have zeros.
#[test]
fn the_chacha20_poly1305_type_gives_the_answer_of_rfc_8439() {
    let key: Vec<u8> = (0x80..0xa0).collect();
    let nonce = bytes_of("07000000 4041424344454647").as_slice().try_into().expect("12 bytes");
    let associated = bytes_of("50515253c0c1c2c3c4c5c6c7");
    let mut bytes = b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the \
        future, sunscreen would be it."
        .to_vec();
    let tag = chacha20poly1305::ChaCha20Poly1305::new_from_slice(&key)
        .expect("32 bytes")
        .encrypt_inout_detached(&nonce, &associated, bytes.as_mut_slice().into())
        .expect("a short message");
    assert_eq!(
        bytes,
        bytes_of(
            "d31a8d34648e60db7b86afbc53ef7ec2 a4aded51296e08fea9e2b5a736ee62d6
             3dbea45e8ca9671282fafb69da92728b 1a71de0a9e060b2905d6a5b67ecd3b36
             92ddbd7f2d778b8c9803aee328091b58 fab324e4fad675945585808b4831d7bc
             3ff4def08e4b7a9de576d26586cec64b 6116"
        )
    );
    assert_eq!(tag.to_vec(), bytes_of("1ae10b594f09e26a7e902ecbd0600691"));
}
