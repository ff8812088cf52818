//! Encrypted MP4 against Shaka Packager, which packages films for streaming: it decrypts the program's files, and encrypts
//! the same bytes. `script/bootstrap test` downloads it if npm is installed. Without it these tests are skipped and say so.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use afterimage::media::mp4::SampleEncryption;

use super::films::{KEY, KEY_ID, contents, encrypted, film, film_of_many_slices};
use super::mp4_file::{self, TrackSamples, audio, video};
use crate::folder::Folder;
use crate::program::json;

/// The path of Shaka Packager below the target folder, where `script/bootstrap` puts it; `None` if it is missing.
pub fn packager() -> Option<PathBuf> {
    let system = if cfg!(target_os = "macos") { "osx" } else { std::env::consts::OS };
    let machine = if cfg!(target_arch = "aarch64") { "arm64" } else { "x64" };
    let name = format!("packager-{system}-{machine}{}", std::env::consts::EXE_SUFFIX);
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent()?;
    let program = target.join("tools/node_modules/shaka-packager/bin").join(name);
    if !program.is_file() {
        eprintln!(
            "skipped: Shaka Packager is missing; script/bootstrap test downloads it if npm is installed"
        );
        return None;
    }
    Some(program)
}

pub fn run(packager: &Path, arguments: &[&str]) {
    let output = Command::new(packager).args(arguments).output().expect("Shaka Packager starts");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Asserts that Shaka Packager decrypts a stream of the encrypted source to the packets of the source. `stream` is `video`
/// or `audio`.
fn assert_decrypts(packager: &Path, folder: &Folder, (source, target): (&str, &str), stream: &str) {
    let (out, decrypted) = (encrypted(folder, source, target), folder.at("decrypted.mp4"));
    let descriptor = format!("in={out},stream={stream},output={decrypted}");
    let key = format!("key_id={KEY_ID}:key={KEY}");
    run(packager, &[&descriptor, "--enable_raw_key_decryption", "--keys", &key]);
    let own = folder.ffmpeg("own.mp4", &["-i", source, "-map", &format!("0:{}", &stream[..1]), "-c", "copy"]);
    let md5 = |file: &str| -> Vec<String> {
        contents(&["-i", file, "-c", "copy"]).into_iter().map(|(_, md5)| md5).collect()
    };
    let (own, found) = (md5(&own), md5(&decrypted));
    assert!(own.len() >= 100 && own == found, "{stream} of {source}, {target}");
}

#[test]
fn shaka_packager_decrypts_to_the_packets_of_the_source() {
    let Some(packager) = packager() else { return };
    let folder = Folder::new();
    let film = film(&folder);
    let hevc = ["-c:v", "libx265", "-x265-params", "log-level=error:bframes=3:keyint=25", "-c:a", "copy"];
    let hevc = folder.ffmpeg("hevc.mp4", &[&["-i", &*film][..], &hevc].concat());
    let sound = folder.ffmpeg("sound.m4a", &["-i", &film, "-vn", "-c", "copy"]);
    let slices = film_of_many_slices(&folder);
    for (source, target, stream) in [
        (&film, "cenc", "video"),
        (&film, "cenc", "audio"),
        (&film, "cbcs", "video"),
        // From a film with video and sound, Shaka Packager decrypts both with the pattern of the first, so sound is alone here.
        (&sound, "cbcs", "audio"),
        (&hevc, "cenc", "video"),
        (&hevc, "cenc", "audio"),
        (&slices, "cenc", "video"),
        (&slices, "cbcs", "video"),
    ] {
        assert_decrypts(&packager, &folder, (source, target), stream);
    }
}

/// A stream of a file, encrypted by Shaka Packager. `iv` is the vector of the first sample or of all samples.
fn packaged(
    packager: &Path,
    folder: &Folder,
    file: &str,
    stream: &str,
    scheme: &str,
    iv: &str,
) -> Vec<TrackSamples> {
    let out = folder.at("packaged.mp4");
    let descriptor = format!("in={file},stream={stream},output={out},drm_label=ALL");
    let key = format!("label=ALL:key_id={KEY_ID}:key={KEY}:iv={iv}");
    let lead = ["--clear_lead", "0", "--protection_scheme", scheme];
    run(packager, &[&[&*descriptor, "--enable_raw_key_encryption", "--keys", &key][..], &lead].concat());
    mp4_file::read(&fs::read(out).expect("the output"))
}

fn assert_same(own: &TrackSamples, shaka: &TrackSamples, what: &str) {
    assert_eq!(own.protection(), shaka.protection(), "{what}");
    assert!(own.samples.len() > 50 && own.samples.len() == shaka.samples.len(), "{what}");
    for (n, (own, shaka)) in own.samples.iter().zip(&shaka.samples).enumerate() {
        assert_eq!(own.protected(), shaka.protected(), "{what}, sample {n}");
        let iv = |entry: &Option<_>| entry.as_ref().map(|it: &SampleEncryption| it.iv.clone());
        assert_eq!(
            iv(&own.entry).unwrap_or_default(),
            iv(&shaka.entry).unwrap_or_default(),
            "{what}, sample {n}"
        );
        assert!(own.bytes == shaka.bytes, "{what}, sample {n}");
    }
}

#[test]
fn shaka_packager_encrypts_the_same_bytes() {
    let Some(packager) = packager() else { return };
    let folder = Folder::new();
    let film = film(&folder);
    let iv_of_cbcs = {
        let out = folder.at("cbcs.mp4");
        let report = json(["encrypt", &film, "--target", "cbcs", "-o", &out, "--format", "json"]);
        report["iv"].as_str().expect("hex").to_owned()
    };
    for (scheme, ivs) in
        [("cenc", ["0000000000000000", "0001000000000000"]), ("cbcs", [&*iv_of_cbcs, &iv_of_cbcs])]
    {
        let own = mp4_file::read(&fs::read(encrypted(&folder, &film, scheme)).expect("the output"));
        let shaka = packaged(&packager, &folder, &film, "video", scheme, ivs[0]);
        assert_same(video(&own), video(&shaka), &format!("video, {scheme}"));
        let shaka = packaged(&packager, &folder, &film, "audio", scheme, ivs[1]);
        assert_same(audio(&own), audio(&shaka), &format!("sound, {scheme}"));
    }
}
