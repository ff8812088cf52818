use super::*;

const FILE: &str = r#"
[[key]]
protection = "srtp"
ssrc = 40000
source = "192.0.2.10:40000"
destination = "192.0.2.1:40000"
key = "000102030405060708090a0b0c0d0e0f"
salt = "0001020304050607080910111213"
roc = 3

[[key]]
protection = "sframe"
ssrc = "0x9c40"
key = "00112233445566778899aabbccddeeff"
kid = 2

[[key]]
protection = "one-key-ecb"
source = "192.0.2.12:40000"
key = "ffeeddccbbaa99887766554433221100"
codec = "opus/48000/2"
fmtp = "sprop-stereo=1"

[[key]]
protection = "one-key-ecb"
source = "192.0.2.12:40000"
key = "00eeddccbbaa99887766554433221100"
"#;

fn flow(source: &str, ssrc: u32) -> Flow {
    let address = |text: &str| text.parse().expect("an address");
    Flow { source: address(source), destination: address("192.0.2.1:40000"), ssrc }
}

#[test]
fn each_stream_gets_the_keys_of_its_entries_in_their_order() {
    let file: KeysFile = FILE.parse().expect("a keys file");
    let found = file.keys_of(&flow("192.0.2.10:40000", 40000)).expect("two keys");
    let [KeyOfStream { key: StreamKey::Sframe { hop, base_key, key_id }, first_roc: 3 }] = &found[..] else {
        panic!("{found:?}")
    };
    assert_eq!((hop.key().len(), hop.salt().len(), base_key.bytes()[1], *key_id), (16, 14, 0x11, 2));
    let renewed = file.keys_of(&flow("192.0.2.12:40000", 7)).expect("two keys");
    let first_bytes: Vec<u8> = renewed
        .iter()
        .map(|key| match &key.key {
            StreamKey::OneKeyEcb(key) => key.bytes()[0],
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(first_bytes, [0xff, 0]);
    let error = file.keys_of(&flow("192.0.2.11:40000", 40000)).expect_err("no hop").to_string();
    assert!(error.contains("line 11") && error.contains("two keys"), "{error}");
    assert_eq!(file.keys_of(&flow("192.0.2.11:40000", 7)), Ok(Vec::new()));
}

#[test]
fn all_suites_of_srtp_are_methods_and_lengths_are_stated() {
    for name in ["AEAD_AES_256_GCM", "AES_256_CM_HMAC_SHA1_80", "srtp-gcm", "sframe", "per-stream-gcm"] {
        assert_eq!(name.parse::<Method>().expect("a method").to_string(), name);
    }
    let error = "rot13".parse::<Method>().expect_err("no method").to_string();
    assert!(error.contains("rot13") && error.contains("srtp-gcm") && error.contains("AEAD_AES"), "{error}");
    let short = "[[key]]\nprotection = \"srtp-gcm\"\nkey = \"00112233445566778899aabbccddeeff\"\n";
    let file: KeysFile = short.parse().expect("a keys file");
    let error = file.keys_of(&flow("192.0.2.9:1", 1)).expect_err("no salt").to_string();
    assert!(error.contains("salt of 12, 28 together") && error.contains("line 1"), "{error}");
}

#[test]
fn what_is_not_understood_is_refused_with_its_line_and_without_the_key() {
    let entry = "[[key]]\nprotection = \"srtp\"\n";
    for (text, line, said) in [
        (format!("{entry}key = \"00\"\ncolour = 1\n"), 4, "unknown field `colour`"),
        (format!("{entry}key = \"c0ffe\"\n"), 3, "hex digits"),
        (format!("{entry}key = 5\n"), 3, "string"),
        (format!("{entry}\n"), 1, "missing field `key`"),
        ("keys = []\n".to_owned(), 1, "unknown field `keys`"),
        ("[[key]]\nprotection = \"rot13\"\nkey = \"00\"\n".to_owned(), 2, "one-key-ecb"),
        (format!("{entry}key = \"00\"\nssrc = -1\n"), 4, "32 bits"),
        (format!("{entry}key = \"00\"\nsource = \"here\"\n"), 4, "address"),
        ("[[key]\n".to_owned(), 1, ""),
    ] {
        let error = text.parse::<KeysFile>().expect_err(&text).to_string();
        assert!(error.contains(&format!("line {line} ")) && error.contains(said), "{error}");
        assert!(!error.contains("c0ffe"), "{error}");
    }
    let long = " ".repeat(MOST_BYTES + 1);
    assert_eq!(long.parse::<KeysFile>(), Err(KeysError::TooLong(MOST_BYTES + 1)));
    assert_eq!("".parse::<KeysFile>(), Ok(KeysFile::default()));
}

#[test]
fn an_entry_may_state_the_codec_of_its_stream() {
    let file: KeysFile = FILE.parse().expect("a keys file");
    assert_eq!(file.format_of(&flow("192.0.2.10:40000", 40000)), None);
    let format = file.format_of(&flow("192.0.2.12:40000", 7)).expect("a codec");
    assert_eq!(
        (format.map().as_str(), format.parameters.as_deref()),
        ("opus/48000/2", Some("sprop-stereo=1"))
    );
    let error =
        FILE.replace("opus/48000/2", "opus").parse::<KeysFile>().expect_err("no clock rate").to_string();
    assert!(error.contains("H264/90000"), "{error}");
}
