//! What other programs make of a call: `openssl`, `ffmpeg`, `strace`, with the commands of its README as they are written.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Output};

use crate::bundle::call;
use crate::ffmpeg::ffprobe;
use crate::folder::Folder;
use crate::installed::is_installed;
use crate::program::{PROGRAM, shell};

/// The commands of a section of the README.
fn commands(folder: &Folder, heading: &str) -> String {
    let text = folder.read_text("README.md");
    let (_, section) =
        text.split_once(&format!("### {heading}")).unwrap_or_else(|| panic!("{heading}: {text}"));
    let section =
        section.split("\n## ").next().unwrap_or_default().split("\n### ").next().unwrap_or_default();
    let mut is_code = false;
    let lines = section.lines().filter(|line| {
        let is_fence = line.starts_with("```");
        is_code ^= is_fence;
        is_code && !is_fence
    });
    lines.flat_map(|line| [line, "\n"]).collect()
}

pub fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn openssl_decrypts_a_payload_as_the_readme_says() {
    if !is_installed("python3") {
        return;
    }
    for (protection, media, options) in [
        ("one-key-ecb", "raw", ""),
        ("one-key-ecb", "h264", "--key-size 256"),
        ("per-stream-gcm", "mjpeg", ""),
        ("srtp", "h264", "--renew"),
        ("srtp-gcm", "raw", ""),
        ("sframe", "h264", ""),
    ] {
        let folder = call(protection, media, options);
        let commands = commands(&folder, "Decrypt one payload with openssl");
        assert!(commands.contains("openssl enc -d -aes-"), "{commands}");
        let output = shell(folder.root(), &format!("set -e\n{commands}"));
        assert!(output.status.success(), "{protection}: {commands}{}", text(&output));
        let plain = folder.read("payload.plain");
        if protection == "sframe" {
            // An SFrame header: a key ID below 8 and a counter below 8 fit into its first byte (RFC 9605).
            assert_eq!(plain[0], 0);
        } else {
            assert!(text(&output).contains("the same"), "{protection}: {}", text(&output));
        }
    }
}

#[test]
fn afterimage_opens_the_capture_with_the_keys_as_the_readme_says() {
    for (protection, media, codec) in
        [("one-key-ecb", "raw", "raw"), ("sframe", "h264", "H264"), ("srtp-gcm", "mjpeg", "JPEG")]
    {
        let folder = call(protection, media, "");
        let commands = commands(&folder, "Open it with Afterimage");
        // The last command opens a window.
        let (listed, shown) = commands.trim_end().rsplit_once('\n').expect("three commands");
        let output = shell(folder.root(), &format!("set -e\n{listed}"));
        let text = text(&output);
        assert!(output.status.success(), "{protection}: {text}");
        for part in [&format!("{codec}, by the keys file"), "decrypts 32 of the first 32 packets"] {
            assert!(text.contains(part), "{protection}: {part}: {text}");
        }
        assert!(!text.contains("decrypts only"), "{protection}: {text}");
        assert!(folder.read("wire.png").starts_with(b"\x89PNG"));
        let source = shown.strip_prefix("afterimage ").expect("a command");
        let frames = |arguments: &str| {
            let line = format!("afterimage measure {arguments} plain aes-128-ecb --format csv -q");
            let output = shell(folder.root(), &line);
            assert!(output.status.success(), "{line}: {}", self::text(&output));
            String::from_utf8_lossy(&output.stdout).into_owned()
        };
        let (opened, plain) = (frames(source), frames("plain.pcapng --sdp ada-video.sdp"));
        assert!(opened.lines().count() > 20, "{opened}");
        assert_eq!(opened, plain, "{protection}");
    }
}

/// Holds a lock while the ports of a call are in use, so that two runs of the tests do not share them.
fn lock_ports() -> File {
    let file =
        File::create(std::env::temp_dir().join("afterimage-call-ports.lock")).expect("a temporary file");
    file.lock().expect("a lock");
    file
}

/// Runs a script, and everything that it starts, for at most 40 s.
fn run_for_a_while(folder: &Path, script: &str) -> Output {
    let mut command = Command::new("timeout");
    command.args(["-k", "1", "40", "sh", "-c", script]).current_dir(folder).env("PROGRAM", PROGRAM);
    command.output().expect("the program timeout")
}

#[test]
fn ffmpeg_records_replayed_streams_as_the_readme_says() {
    if !is_installed("python3") || !is_installed("timeout") {
        return;
    }
    let _lock = lock_ports();
    for (protection, media) in [("srtp", "h264"), ("one-key-ecb", "raw"), ("per-stream-gcm", "mjpeg")] {
        let folder = call(protection, media, "");
        let heading = "Play a stream of the plain capture";
        let mut script = commands(&folder, heading);
        if protection == "srtp" {
            script += &commands(&folder, "Play an encrypted stream with its key");
        }
        // The two terminals of the player are for people.
        let recorded: Vec<&str> =
            script.lines().filter(|line| line.contains("ffmpeg") || line.contains("sleep")).collect();
        let output = run_for_a_while(folder.root(), &recorded.join("\n"));
        assert!(output.status.success(), "{media}: {}", text(&output));
        let mut recordings = vec![("ada-video.mkv", "video"), ("ada-audio.wav", "audio")];
        recordings.extend((protection == "srtp").then_some(("ada-video-srtp.mkv", "video")));
        for (name, kind) in recordings {
            let found = ffprobe([
                "-v",
                "error",
                "-show_entries",
                "stream=codec_type,width",
                "-of",
                "csv=p=0",
                &folder.at(name),
            ]);
            let expected = if kind == "video" { "video,160" } else { "audio" };
            assert!(found.trim() == expected, "{media}, {name}: {found:?} {}", text(&output));
            let packets = ffprobe([
                "-v",
                "error",
                "-count_packets",
                "-show_entries",
                "stream=nb_read_packets",
                "-of",
                "csv=p=0",
                &folder.at(name),
            ]);
            assert!(
                packets.trim().parse::<u32>().is_ok_and(|packets| packets > 4),
                "{media}, {name}: {packets:?}"
            );
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn no_socket_is_opened() {
    if !is_installed("strace") {
        return;
    }
    let folder = Folder::new();
    let (trace, to) = (folder.at("trace"), folder.at("call"));
    let source = "pattern:bars@64x48";
    for arguments in [vec!["-o", &to], vec!["--table", "--media", "h264"]] {
        let status = Command::new("strace")
            .args([
                "-f",
                "-qq",
                "-e",
                "trace=%network",
                "-o",
                &trace,
                PROGRAM,
                "call",
                source,
                "--seconds",
                "1",
            ])
            .args(&arguments)
            .output()
            .expect("strace");
        if !status.status.success() && !Path::new(&trace).exists() {
            return;
        }
        assert!(status.status.success(), "{}", text(&status));
        let trace = folder.read_text("trace");
        // A pair of connected sockets wakes the thread that waits for signals.
        let opened: Vec<&str> = trace
            .lines()
            .filter(|line| line.contains("socket(") || line.contains("connect(") || line.contains("bind("))
            .collect();
        assert_eq!(opened, [""; 0]);
    }
}
