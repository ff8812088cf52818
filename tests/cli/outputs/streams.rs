//! Descriptors, pipes, sockets and devices as outputs: they are written to and never replaced, and closing them is no error.

use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::{FileTypeExt, symlink};
use std::os::unix::net::UnixListener;
use std::process::{Command, Output, Stdio};
use std::thread;

use afterimage::picture::layout::Layout;

use crate::folder::Folder;
use crate::program::{PROGRAM, refused, shell, stdout};
use crate::reading;

/// Runs a script in the folder, which must succeed without messages. Returns its standard output.
fn run(folder: &Folder, script: &str) -> Vec<u8> {
    let Output { status, stdout, stderr } = shell(folder.root(), script);
    assert!(
        status.success() && stderr.is_empty(),
        "{script}: {status}, {}",
        String::from_utf8_lossy(&stderr)
    );
    stdout
}

/// The number of frames in a file.
fn count_frames(folder: &Folder, name: &str) -> usize {
    reading::frames(folder.path(name), Layout::GRAY8).len()
}

#[test]
fn a_descriptor_is_written_at_its_position_under_every_name() {
    let folder = Folder::new();
    folder.film("film.mkv", 16, 16);
    symlink("/proc/self/fd/1", folder.path("link")).expect("a link");
    let measure = "afterimage measure film.mkv aes-128-ecb --frame 0 --format csv";
    let table = run(&folder, measure);
    for name in ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "link"] {
        folder.write("log", "before\n");
        let script = format!("(echo first; {measure} -o {name}; echo last) >> log");
        run(&folder, &script);
        let expected = [&b"before\nfirst\n"[..], &table, b"last\n"].concat();
        assert!(folder.read("log") == expected, "{name}: {}", String::from_utf8_lossy(&folder.read("log")));
        // From the middle of a file that is not opened for appending.
        run(&folder, &format!("(echo first; {measure} -o {name}; echo last) > log"));
        assert!(folder.read("log") == expected[7..], "{name}");
        // A file that was deleted while it is open.
        let kept = run(&folder, &format!("exec 3<> gone 4< gone; rm gone; {measure} -o {name} >&3; cat <&4"));
        assert!(kept == table && !folder.path("gone").exists(), "{name}");
    }
    assert!(folder.path("link").is_symlink(), "the link was not replaced");
    run(&folder, &format!("(echo first; {measure} -o /dev/fd/5; echo last) 5>> log >&5"));
    assert!(folder.read("log").ends_with(&[&b"first\n"[..], &table, b"last\n"].concat()));
    let message = refused(1, ["measure", &folder.at("film.mkv"), "-o", "/dev/fd/77"]);
    assert!(message.contains("/dev/fd/77"), "{message}");
}

#[test]
fn a_descriptor_takes_the_same_bytes_as_a_file() {
    let folder = Folder::new();
    let film = folder.film("film.mkv", 64, 48);
    let png = run(&folder, "afterimage figure film.mkv plain -o /dev/stdout");
    run(&folder, "afterimage figure film.mkv plain -o x.png");
    assert!(png == folder.read("x.png"));
    run(&folder, "afterimage clip film.mkv plain -o /dev/stdout > x.mkv");
    assert_eq!(count_frames(&folder, "x.mkv"), 10);
    stdout(["encrypt", &film, "-o", &folder.at("cipher")]);
    let back = run(&folder, "afterimage decrypt cipher --scheme aes-128-ecb --frame 0 -o /dev/fd/1 | cat");
    assert_eq!(back.len(), 64 * 48 * 4);
}

#[test]
fn a_named_pipe_takes_a_clip_and_is_not_replaced() {
    let folder = Folder::new();
    let film = folder.film("film.mkv", 64, 48);
    for name in ["pipe.mkv", "pipe.webm", "pipe.gif", "pipe"] {
        run(&folder, &format!("mkfifo {name}"));
        let path = folder.path(name);
        let reader = thread::spawn(move || {
            let mut bytes = Vec::new();
            File::open(path).and_then(|mut pipe| pipe.read_to_end(&mut bytes)).expect("bytes");
            bytes
        });
        stdout(["clip", &film, "plain", "-o", &folder.at(name)]);
        folder.write("got", reader.join().expect("the reader ends"));
        assert_eq!(count_frames(&folder, "got"), 10, "{name}");
        assert!(fs::symlink_metadata(folder.path(name)).expect("the pipe").file_type().is_fifo());
    }
}

#[test]
fn mp4_is_refused_for_outputs_without_random_access() {
    let folder = Folder::new();
    let film = folder.film("film.mkv", 64, 48);
    run(&folder, "mkfifo pipe.mp4; ln -s /dev/stdout link.mp4");
    for name in ["pipe.mp4", "link.mp4"] {
        let message = refused(2, ["clip", &film, "plain", "-o", &folder.at(name)]);
        assert!(message.contains(".mp4") && message.contains(".mkv"), "{message}");
    }
}

#[test]
fn a_socket_is_written_to() {
    let folder = Folder::new();
    let film = folder.film("film.mkv", 16, 16);
    let listener = UnixListener::bind(folder.path("socket")).expect("a socket");
    let reader = thread::spawn(move || {
        let mut bytes = Vec::new();
        listener.accept().and_then(|(mut peer, _)| peer.read_to_end(&mut bytes)).expect("bytes");
        bytes
    });
    stdout(["encrypt", &film, "-o", &folder.at("socket")]);
    assert_eq!(reader.join().expect("the reader ends").len(), 16 * 16 * 4 + 16);
}

#[test]
fn the_parameters_are_never_mixed_with_the_ciphertext() {
    let folder = Folder::new();
    let film = folder.film("film.mkv", 16, 16);
    stdout(["encrypt", &film, "-o", &folder.at("cipher")]);
    let cipher = folder.read("cipher");
    for name in ["-", "/dev/stdout", "/dev/fd/1"] {
        let Output { stdout, stderr, .. } =
            shell(folder.root(), &format!("afterimage encrypt film.mkv -o {name}"));
        assert!(stdout == cipher && stderr.starts_with(b"scheme"), "{name}");
    }
    for name in ["/dev/stderr", "/proc/self/fd/2"] {
        let Output { stdout, stderr, .. } =
            shell(folder.root(), &format!("afterimage encrypt film.mkv -o {name}"));
        assert!(stderr == cipher && stdout.starts_with(b"scheme"), "{name}");
    }
    for script in [
        "afterimage encrypt film.mkv -o - 2>&1",
        "afterimage encrypt film.mkv -o /dev/stdout --plaintext /dev/stderr",
    ] {
        let Output { status, stderr, stdout } = shell(folder.root(), script);
        let message = [stdout, stderr].concat();
        assert_eq!(status.code(), Some(2), "{script}");
        assert!(String::from_utf8_lossy(&message).contains("the parameters would stand among the bytes"));
    }
    // A file that is the output and also standard output.
    shell(folder.root(), "afterimage encrypt film.mkv -o both > both");
    assert!(folder.read("both") == cipher);
}

/// Runs a command whose standard output is a pipe without a reader.
fn into_closed_pipe(folder: &Folder, args: &[&str]) -> Output {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let mut command = Command::new(PROGRAM);
    let command = command.args(args).current_dir(folder.root()).stdout(writer).stderr(Stdio::piped());
    command.spawn().expect("the program starts").wait_with_output().expect("it ends")
}

#[test]
fn a_closed_pipe_is_no_error_in_any_command() {
    let folder = Folder::new();
    folder.film("film.mkv", 16, 16);
    stdout(["encrypt", &folder.at("film.mkv"), "-o", &folder.at("cipher")]);
    for args in [
        &["info", "film.mkv"][..],
        &["info", "film.mkv", "--format", "json"],
        &["figure", "film.mkv", "-o", "-"],
        &["figure", "film.mkv", "-o", "/dev/stdout", "--save-scene", "figure.toml"],
        &["clip", "film.mkv", "plain", "-o", "-", "--save-scene", "clip.toml"],
        &["clip", "film.mkv", "plain", "-o", "/dev/stdout"],
        &["matrix", "film.mkv", "--schemes", "aes-128-ecb", "--lenses", "repeats", "-o", "-"],
        &["measure", "film.mkv"],
        &["measure", "film.mkv", "--format", "csv"],
        &["measure", "film.mkv", "--format", "json"],
        &["encrypt", "film.mkv", "-o", "x"],
        &["encrypt", "film.mkv", "-o", "x", "--format", "json"],
        &["decrypt", "cipher", "--scheme", "aes-128-ecb", "--frame", "0", "-o", "-"],
        &["schemes"],
        &["lenses", "--format", "json"],
        &["layouts"],
        &["--help"],
        &["--version"],
    ] {
        let output = into_closed_pipe(&folder, args);
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!((output.status.code(), message.as_str()), (Some(0), ""), "{args:?}");
    }
    assert!(folder.path("figure.toml").exists() && folder.path("clip.toml").exists());
    let output = into_closed_pipe(&folder, &["encrypt", "film.mkv", "-o", "-", "--plaintext", "plain"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(folder.read("plain").len(), 16 * 16 * 4, "the other file is written");
}
