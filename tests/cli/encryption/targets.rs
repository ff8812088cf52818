//! `encrypt --target`: files, packets, units, slices and samples, against OpenSSL, and decrypted by `decrypt`.

use ::openssl::symm::{Cipher, encrypt_aead};
use serde_json::Value;

use super::openssl::{KEY, openssl, openssl_unpadded};
use crate::folder::Folder;
use crate::program::{json, refused, stdout};

/// Encrypts to the files `cipher` and `plain`. Returns the parameters.
fn encrypt(folder: &Folder, source: &str, arguments: &[&str]) -> Value {
    let (cipher, plain) = (folder.at("cipher"), folder.at("plain"));
    let common = ["encrypt", source, "--plaintext", &plain, "-o", &cipher, "--format", "json"];
    json([&common[..], arguments].concat())
}

fn assert_decrypts(folder: &Folder, report: &Value) {
    let parameters = folder.write("parameters.json", report.to_string());
    let (cipher, back) = (folder.at("cipher"), folder.at("back"));
    stdout(["decrypt", &cipher, "--parameters", &parameters, "-o", &back]);
    assert!(folder.read("back") == folder.read("plain"), "{}", report["scheme"]);
}

/// A picture with repeating blocks, as BMP with 24 bits per pixel.
fn picture(folder: &Folder) -> String {
    let source = "color=c=teal:size=60x40,drawbox=x=10:y=10:w=20:h=20:color=orange:t=fill";
    folder.ffmpeg("picture.bmp", &["-f", "lavfi", "-i", source, "-frames:v", "1", "-pix_fmt", "bgr24"])
}

#[test]
fn an_encrypted_file_with_its_header_put_back_is_what_openssl_makes() {
    let folder = Folder::new();
    let bmp = picture(&folder);
    let file = folder.read("picture.bmp");
    let zero = [0; 16];
    let iv_of_cbc = openssl_unpadded(Cipher::aes_128_ecb(), None, &zero);
    for (scheme, cipher, iv) in [
        ("aes-128-ecb", Cipher::aes_128_ecb(), None),
        ("aes-128-cbc", Cipher::aes_128_cbc(), Some(&iv_of_cbc[..])),
        ("aes-128-ctr", Cipher::aes_128_ctr(), Some(&zero[..])),
    ] {
        let whole = openssl(cipher, iv, &file);
        let report = encrypt(&folder, &bmp, &[scheme, "--target", "file"]);
        assert!(folder.read("cipher") == whole, "{scheme}");
        assert_decrypts(&folder, &report);
        for clear in ["54", "auto"] {
            let report = encrypt(&folder, &bmp, &[scheme, "--target", "file", "--clear", clear]);
            assert!(
                folder.read("cipher") == [&file[..54], &whole[54..]].concat(),
                "{scheme} --clear {clear}"
            );
            assert_eq!(report["messages"][0]["clear"], serde_json::json!([[0, 54]]));
        }
        let report =
            encrypt(&folder, &bmp, &[scheme, "--target", "file", "--clear", "auto", "--grid", "body"]);
        let body = openssl(cipher, iv, &file[54..]);
        assert!(folder.read("cipher") == [&file[..54], &body].concat(), "{scheme} --grid body");
        assert_decrypts(&folder, &report);
    }
}

#[test]
fn a_file_with_its_header_put_back_is_decrypted_except_at_the_end_of_the_header() {
    let folder = Folder::new();
    let bmp = picture(&folder);
    let file = folder.read("picture.bmp");
    // Byte 54 lies in the block from 48 to 64; CBC garbles that block and the next.
    for (scheme, garbled) in [("aes-128-ecb", 54..64), ("aes-128-cbc", 54..80)] {
        let report = encrypt(&folder, &bmp, &[scheme, "--target", "file", "--clear", "54"]);
        let parameters = folder.write("parameters.json", report.to_string());
        stdout(["decrypt", &folder.at("cipher"), "--parameters", &parameters, "-o", &folder.at("back")]);
        let back = folder.read("back");
        assert_eq!(back.len(), file.len(), "{scheme}");
        let differ: Vec<usize> = (0..file.len()).filter(|&at| back[at] != file[at]).collect();
        assert!(!differ.is_empty() && differ.iter().all(|at| garbled.contains(at)), "{scheme}: {differ:?}");
    }
}

/// The encrypted runs of a message in the output: the bytes that are not clear.
fn runs(message: &Value) -> Vec<std::ops::Range<usize>> {
    let number = |value: &Value| usize::try_from(value.as_u64().expect("a number")).expect("small");
    let (offset, bytes) = (number(&message["offset"]), number(&message["bytes"]));
    let mut runs = Vec::new();
    let mut at = offset;
    for clear in message["clear"].as_array().expect("a list") {
        let [start, length] = [0, 1].map(|n| number(&clear[n]));
        if at < start {
            runs.push(at..start);
        }
        at = start + length;
    }
    if at < offset + bytes {
        runs.push(at..offset + bytes);
    }
    runs
}

fn films(folder: &Folder) -> Vec<String> {
    let source = ["-f", "lavfi", "-i", "testsrc2=size=160x96:rate=25", "-frames:v", "8"];
    let film = |name, options: &[&str]| folder.ffmpeg(name, &[&source[..], options].concat());
    let x264 = ["-c:v", "libx264", "-x264-params", "slices=3:bframes=2", "-b:v", "900k"];
    vec![film("film.mp4", &x264), film("film.ts", &x264), film("film.h264", &x264)]
}

#[test]
fn samples_of_common_encryption_are_what_openssl_makes_of_their_encrypted_runs() {
    let folder = Folder::new();
    let iv_of_cbcs = openssl_unpadded(Cipher::aes_128_ecb(), None, &[0; 16]);
    for film in films(&folder) {
        let report = encrypt(&folder, &film, &["--target", "cenc", "--frame", "3"]);
        let (cipher, plain) = (folder.read("cipher"), folder.read("plain"));
        let message = &report["messages"][0];
        let runs_of_cenc = runs(message);
        assert_eq!(runs_of_cenc.len(), 3, "{film}");
        assert!(runs_of_cenc.iter().all(|run| run.len() % 16 == 0), "{film}");
        let number = message["number"].as_u64().expect("a number");
        let counter = [number.to_be_bytes(), [0; 8]].concat();
        let protected: Vec<u8> = runs_of_cenc.iter().flat_map(|run| plain[run.clone()].to_vec()).collect();
        let expected = openssl_unpadded(Cipher::aes_128_ctr(), Some(&counter), &protected);
        let found: Vec<u8> = runs_of_cenc.iter().flat_map(|run| cipher[run.clone()].to_vec()).collect();
        assert!(found == expected, "{film}");
        assert_decrypts(&folder, &report);

        let report = encrypt(&folder, &film, &["--target", "cbcs", "--frame", "3"]);
        let (cipher, plain) = (folder.read("cipher"), folder.read("plain"));
        let message = &report["messages"][0];
        let restarts: Vec<usize> = serde_json::from_value(message["restarts"].clone()).expect("numbers");
        assert_eq!(restarts.len(), 3, "{film}");
        let blocks = runs(message);
        for (n, &start) in restarts.iter().enumerate() {
            let end = restarts.get(n + 1).copied().unwrap_or(usize::MAX);
            let own: Vec<_> = blocks.iter().filter(|run| (start..end).contains(&run.start)).collect();
            assert!(own.iter().enumerate().all(|(n, run)| run.start == start + 160 * n && run.len() == 16));
            let protected: Vec<u8> = own.iter().flat_map(|run| plain[(*run).clone()].to_vec()).collect();
            let expected = openssl_unpadded(Cipher::aes_128_cbc(), Some(&iv_of_cbcs), &protected);
            let found: Vec<u8> = own.iter().flat_map(|run| cipher[(*run).clone()].to_vec()).collect();
            assert!(found == expected, "{film}, run {n}");
        }
        assert_decrypts(&folder, &report);
    }
}

#[test]
fn every_target_is_decrypted_and_tags_follow_their_messages() {
    let folder = Folder::new();
    for film in films(&folder) {
        for target in ["packets", "nal", "slices"] {
            for scheme in ["aes-128-ecb", "aes-128-cbc+fixed-iv", "aes-128-cfb", "aes-256-ctr", "aes-128-gcm"]
            {
                let report = encrypt(&folder, &film, &[scheme, "--target", target, "--frame", "2"]);
                assert_decrypts(&folder, &report);
                let messages = report["messages"].as_array().expect("a list");
                if scheme == "aes-128-gcm" {
                    let (cipher, plain) = (folder.read("cipher"), folder.read("plain"));
                    let mut before = 0;
                    for message in messages {
                        let run = &runs(message)[0];
                        let nonce = hex::decode(message["nonce"].as_str().expect("hex")).expect("hex");
                        let mut tag = [0; 16];
                        let own = &plain[run.start - before..run.end - before];
                        let expected =
                            encrypt_aead(Cipher::aes_128_gcm(), &KEY, Some(&nonce), &[], own, &mut tag);
                        assert!(
                            expected.expect("OpenSSL encrypts") == cipher[run.clone()],
                            "{film} {target}"
                        );
                        let end = message["offset"].as_u64().expect("a number")
                            + message["bytes"].as_u64().expect("a number");
                        let end = usize::try_from(end).expect("small");
                        assert_eq!(cipher[end..end + 16], tag, "{film} {target}");
                        before += 16;
                    }
                }
            }
        }
    }
}

#[test]
fn the_plaintext_of_packets_is_that_of_the_file() {
    let folder = Folder::new();
    let film = &films(&folder)[0];
    encrypt(&folder, film, &["aes-128-ctr", "--target", "packets", "--frame", "4"]);
    let listed = json(["packets", film, "--format", "json", "--frame", "4"]);
    let message = &listed["messages"][0];
    let [offset, bytes] = ["offset", "bytes"]
        .map(|name| usize::try_from(message[name].as_u64().expect("a number")).expect("small"));
    assert!(folder.read("plain") == folder.read("film.mp4")[offset..offset + bytes]);
}

#[test]
fn a_scheme_or_source_that_does_not_fit_the_target_is_refused() {
    let folder = Folder::new();
    let film = &films(&folder)[0];
    let out = folder.at("out");
    for (code, arguments, part) in [
        (2, ["aes-128-cbc", "--target", "cenc"], "encrypted with aes-128-ctr and no other"),
        (2, ["aes-128-ctr", "--target", "cbcs"], "encrypted with aes-128-cbc+fixed-iv and no other"),
        (2, ["aes-128-xts", "--target", "nal"], "takes pixels or a file"),
        (1, ["aes-128-ecb", "--target", "samples"], "it has v:0"),
    ] {
        let error = refused(code, [&["encrypt", film, "-o", &out][..], &arguments].concat());
        assert!(error.contains(part), "{error}");
    }
    let past = refused(1, ["encrypt", film, "--target", "packets", "--frame", "99", "-o", &out]);
    assert!(past.contains("99") && past.contains('8'), "{past}");
    let pattern = refused(1, ["encrypt", "pattern:bars", "--target", "file", "-o", &out]);
    assert!(pattern.contains("is no file"), "{pattern}");
    let parameters = folder.write("wrong.json", "{}");
    let wrong = refused(1, ["decrypt", film, "--parameters", &parameters, "-o", &out]);
    assert!(wrong.contains("no parameters of encrypt"), "{wrong}");
    assert!(!folder.names().contains(&"out".to_owned()));
}
