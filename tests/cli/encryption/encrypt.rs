//! The ciphertext of frames, against other programs, and its decryption.

use std::process::Command as Process;

use afterimage::crypto::Scheme;
use serde_json::json;

use crate::folder::Folder;
use crate::program::{afterimage, json, refused, stdout, warnings};

/// Encrypts frame 3 of a small film. Returns the parameters.
fn encrypt(folder: &Folder, scheme: &str, more: &[&str]) -> serde_json::Value {
    let film = folder.film("film.mkv", 63, 35);
    let (cipher, plain) = (folder.at("cipher"), folder.at("plain"));
    let args =
        ["encrypt", &film, scheme, "--frame", "3", "-o", &cipher, "--plaintext", &plain, "--format", "json"];
    json(args.iter().chain(more))
}

/// The ciphertext that `openssl enc` makes of the plaintext.
fn openssl(folder: &Folder, cipher: &str, key: &str, iv: Option<&str>) -> Vec<u8> {
    let mut openssl = Process::new("openssl");
    openssl.args(["enc", cipher, "-K", key, "-in", &folder.at("plain")]);
    if let Some(iv) = iv {
        openssl.args(["-iv", iv]);
    }
    let output = openssl.output().expect("the openssl program");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn text<'a>(parameters: &'a serde_json::Value, name: &str) -> &'a str {
    parameters[name].as_str().unwrap_or_else(|| panic!("{name} in {parameters}"))
}

#[test]
fn the_parameters_are_complete() {
    let folder = Folder::new();
    let parameters = encrypt(&folder, "aes-128-gcm", &["--layout", "rgb24"]);
    let tag = hex::encode(&folder.read("cipher")[63 * 35 * 3..]);
    let expected = json!({
        "scheme": "aes-128-gcm", "layout": "rgb24", "width": 63, "height": 35, "frame": 3, "time_secs": 0.3,
        "key": "000102030405060708090a0b0c0d0e0f", "nonce": "000000000000000000000003", "tag": tag,
        "plaintext_bytes": 63 * 35 * 3, "ciphertext_bytes": 63 * 35 * 3 + 16,
    });
    assert_eq!(parameters, expected);
}

#[test]
fn ecb_is_what_openssl_makes_of_the_plaintext() {
    let folder = Folder::new();
    let parameters = encrypt(&folder, "aes-128-ecb", &[]);
    assert_eq!(folder.read("cipher"), openssl(&folder, "-aes-128-ecb", text(&parameters, "key"), None));
    assert_eq!(parameters["ciphertext_bytes"], folder.read("cipher").len());
    assert_eq!(parameters["plaintext_bytes"], 63 * 35 * 4);
}

#[test]
fn the_key_of_a_frame_is_stated_and_used() {
    let folder = Folder::new();
    let parameters = encrypt(&folder, "aes-192-ecb+key-per-frame", &[]);
    let frame_key = text(&parameters, "frame_key");
    assert_ne!(frame_key, text(&parameters, "key"));
    assert_eq!(folder.read("cipher"), openssl(&folder, "-aes-192-ecb", frame_key, None));
}

#[test]
fn ctr_is_what_openssl_makes_of_the_plaintext() {
    let folder = Folder::new();
    let key = "8d".repeat(32);
    let parameters = encrypt(&folder, "aes-256-ctr", &["--key", &key, "--layout", "gray8"]);
    assert_eq!(text(&parameters, "key"), key);
    let counter = text(&parameters, "counter_block");
    assert_eq!(counter, "00000000000000030000000000000000");
    assert_eq!(folder.read("cipher"), openssl(&folder, "-aes-256-ctr", &key, Some(counter)));
}

#[test]
fn gcm_is_what_the_openssl_library_makes_of_the_plaintext() {
    let folder = Folder::new();
    let parameters = encrypt(&folder, "aes-256-gcm", &[]);
    let bytes = |name| hex::decode(text(&parameters, name)).expect("hex");
    let mut tag = [0; 16];
    let cipher = openssl::symm::Cipher::aes_256_gcm();
    let (key, nonce) = (bytes("key"), bytes("nonce"));
    let mut expected =
        openssl::symm::encrypt_aead(cipher, &key, Some(&nonce), &[], &folder.read("plain"), &mut tag)
            .expect("OpenSSL encrypts");
    expected.extend(tag);
    assert_eq!(folder.read("cipher"), expected);
    assert_eq!(bytes("tag"), tag);
}

#[test]
fn the_plaintext_is_what_the_ffmpeg_program_decodes() {
    for (layout, pix_fmt) in
        [("rgba32", "rgba"), ("rgb24", "rgb24"), ("gray8", "gray"), ("yuv420p", "yuv420p")]
    {
        let folder = Folder::new();
        encrypt(&folder, "aes-128-ctr", &["--layout", layout]);
        let film = folder.at("film.mkv");
        folder.ffmpeg("raw", &["-i", &film, "-f", "rawvideo", "-pix_fmt", pix_fmt]);
        let plain = folder.read("plain");
        assert!(folder.read("raw").chunks(plain.len()).nth(3) == Some(&plain), "{layout}");
    }
}

#[test]
fn every_scheme_is_decrypted() {
    let folder = Folder::new();
    let film = folder.film("film.mkv", 9, 5);
    let (cipher, plain, back) = (folder.at("cipher"), folder.at("plain"), folder.at("back"));
    for scheme in Scheme::all().map(|scheme| scheme.to_string()) {
        stdout(["encrypt", &film, "--scheme", &scheme, "--frame", "7", "-o", &cipher, "--plaintext", &plain]);
        stdout(["decrypt", &cipher, "--scheme", &scheme, "--frame", "7", "-o", &back]);
        assert_eq!(folder.read("back"), folder.read("plain"), "{scheme}");
    }
}

#[test]
fn a_changed_message_is_refused_without_output() {
    let folder = Folder::new();
    encrypt(&folder, "aes-128-gcm", &[]);
    let (cipher, back) = (folder.at("cipher"), folder.at("back"));
    let decrypt = ["decrypt", &cipher, "--scheme", "aes-128-gcm", "-o", &back];
    let message = folder.read("cipher");
    for at in [0, message.len() / 2, message.len() - 1] {
        let mut tampered = message.clone();
        tampered[at] ^= 1;
        folder.write("cipher", tampered);
        let message = refused(1, decrypt.iter().chain(&["--frame", "3"]));
        assert!(message.contains("tag does not match") && message.contains("cipher"), "{message}");
    }
    folder.write("cipher", &message);
    refused(1, decrypt.iter().chain(&["--frame", "4"]));
    folder.write("cipher", &message[..10]);
    refused(1, decrypt.iter().chain(&["--frame", "3"]));
    assert!(!folder.path("back").exists());
}

#[test]
fn cbc_cfb_and_ofb_are_what_openssl_makes_of_the_plaintext() {
    for mode in ["cbc", "cfb", "ofb"] {
        for habit in ["", "+fixed-iv"] {
            let folder = Folder::new();
            let parameters = encrypt(&folder, &format!("aes-256-{mode}{habit}"), &[]);
            let (key, iv) = (text(&parameters, "key"), text(&parameters, "iv"));
            let expected = openssl(&folder, &format!("-aes-256-{mode}"), key, Some(iv));
            assert_eq!(folder.read("cipher"), expected, "{mode}{habit}");
        }
    }
}

#[test]
fn a_frame_too_small_for_a_scheme_is_refused_by_encrypt_and_a_warning_elsewhere() {
    let folder = Folder::new();
    let (film, out) = (folder.film("film.mkv", 1, 1), folder.at("out.png"));
    let message = refused(1, ["encrypt", &film, "aes-128-xts", "-o", &out]);
    assert!(message.contains("aes-128-xts") && !folder.path("out.png").exists(), "{message}");
    for args in [&["figure", "-o", &out][..], &["measure"]] {
        let warning = warnings(args.iter().chain(&[film.as_str(), "aes-128-xts", "plain"]));
        assert!(warning.starts_with("warning: aes-128-xts: "), "{warning}");
    }
}

#[test]
fn ecb_of_a_wrong_length_or_padding_is_refused() {
    let folder = Folder::new();
    let (odd, back) = (folder.write("odd", [0; 17]), folder.at("back"));
    let message = refused(1, ["decrypt", &odd, "--scheme", "aes-128-ecb", "--frame", "0", "-o", &back]);
    assert!(message.contains("17 bytes"), "{message}");
    let noise = folder.write("noise", [0; 32]);
    let message = refused(1, ["decrypt", &noise, "--scheme", "aes-128-ecb", "--frame", "0", "-o", &back]);
    assert!(message.contains("padding"), "{message}");
}

#[test]
fn ciphertext_on_standard_output_sends_the_parameters_to_standard_error() {
    let folder = Folder::new();
    let film = folder.film("film.mkv", 16, 16);
    let args = ["encrypt", &film, "aes-128-ctr", "-o", "-", "--format", "json"];
    let output = afterimage(args).assert().success().get_output().clone();
    let parameters: serde_json::Value = serde_json::from_slice(&output.stderr).expect("JSON");
    assert_eq!(parameters["ciphertext_bytes"], 16 * 16 * 4);
    assert_eq!(output.stdout.len(), 16 * 16 * 4);

    let args = ["decrypt", "-", "--scheme", "aes-128-ctr", "--frame", "0", "-o", "-"];
    let back = afterimage(args).write_stdin(output.stdout).assert().success().get_output().stdout.clone();
    let plain = folder.at("plain");
    stdout(["encrypt", &film, "-o", &folder.at("cipher"), "--plaintext", &plain]);
    assert_eq!(back, folder.read("plain"));
}

#[test]
fn a_time_selects_the_last_frame_at_or_before_it() {
    let folder = Folder::new();
    let (film, cipher) = (folder.film("film.mkv", 16, 16), folder.at("cipher"));
    for (time, frame) in [("0", 0), ("0.3", 3), ("0.39", 3), ("00:00:00.4", 4), ("00:01", 9)] {
        let parameters = json(["encrypt", &film, "--at", time, "-o", &cipher, "--format", "json"]);
        assert_eq!(parameters["frame"], frame, "{time}");
    }
}
