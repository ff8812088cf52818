//! Descriptors, pipes and devices: written to where they stand, never replaced, and closed without an error.

use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::{FileTypeExt, symlink};
use std::os::unix::net::UnixListener;
use std::process::{Command, Output, Stdio};
use std::thread;

use afterimage::media::{self, Limits, Source};
use afterimage::picture::layout::Layout;
use afterimage::runtime::pool::Pool;

use crate::common::{Desk, refused, stdout};

/// What a shell does in the desk's folder with the program as `$A`.
fn shell(desk: &Desk, script: &str) -> Output {
    let mut shell = Command::new("sh");
    shell.args(["-c", script]).env("A", env!("CARGO_BIN_EXE_afterimage")).current_dir(desk.root());
    shell.output().expect("a shell")
}

/// The same, which succeeds and says nothing on standard error; what it writes.
fn done(desk: &Desk, script: &str) -> Vec<u8> {
    let Output { status, stdout, stderr } = shell(desk, script);
    assert!(
        status.success() && stderr.is_empty(),
        "{script}: {status}, {}",
        String::from_utf8_lossy(&stderr)
    );
    stdout
}

/// How many frames a file holds.
fn frames(desk: &Desk, name: &str) -> usize {
    let source = Source::File(desk.path(name));
    let mut reader =
        media::open(&source, Layout::GRAY8, Limits::default(), &Pool::default()).expect("it is a video");
    std::iter::from_fn(|| reader.next_frame().expect("it decodes")).count()
}

#[test]
fn a_descriptor_is_written_to_where_it_stands_under_every_name() {
    let desk = Desk::new();
    desk.film("film.mkv", 16, 16);
    symlink("/proc/self/fd/1", desk.path("link")).expect("a link");
    let measure = "$A measure film.mkv aes-128-ecb --frame 0 --format csv";
    let table = done(&desk, measure);
    for name in ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "link"] {
        desk.write("log", "before\n");
        let script = format!("(echo first; {measure} -o {name}; echo last) >> log");
        done(&desk, &script);
        let expected = [&b"before\nfirst\n"[..], &table, b"last\n"].concat();
        assert!(desk.read("log") == expected, "{name}: {}", String::from_utf8_lossy(&desk.read("log")));
        // From a place in the middle of a file that is not appended to.
        done(&desk, &format!("(echo first; {measure} -o {name}; echo last) > log"));
        assert!(desk.read("log") == expected[7..], "{name}");
        // A file without a name any more.
        let kept = done(&desk, &format!("exec 3<> gone 4< gone; rm gone; {measure} -o {name} >&3; cat <&4"));
        assert!(kept == table && !desk.path("gone").exists(), "{name}");
    }
    assert!(desk.path("link").is_symlink(), "the link stays");
    done(&desk, &format!("(echo first; {measure} -o /dev/fd/5; echo last) 5>> log >&5"));
    assert!(desk.read("log").ends_with(&[&b"first\n"[..], &table, b"last\n"].concat()));
    let said = refused(1, ["measure", &desk.at("film.mkv"), "-o", "/dev/fd/77"]);
    assert!(said.contains("/dev/fd/77"), "{said}");
}

#[test]
fn streams_take_what_files_take_whatever_they_are_called() {
    let desk = Desk::new();
    let film = desk.film("film.mkv", 64, 48);
    let png = done(&desk, "$A figure film.mkv plain -o /dev/stdout");
    done(&desk, "$A figure film.mkv plain -o x.png");
    assert!(png == desk.read("x.png"));
    done(&desk, "$A clip film.mkv plain -o /dev/stdout > x.mkv");
    assert_eq!(frames(&desk, "x.mkv"), 10);
    stdout(["encrypt", &film, "-o", &desk.at("cipher")]);
    let back = done(&desk, "$A decrypt cipher --scheme aes-128-ecb --frame 0 -o /dev/fd/1 | cat");
    assert_eq!(back.len(), 64 * 48 * 4);
}

#[test]
fn a_named_pipe_takes_a_clip_and_stays_one() {
    let desk = Desk::new();
    let film = desk.film("film.mkv", 64, 48);
    for name in ["pipe.mkv", "pipe.webm", "pipe.gif", "pipe"] {
        done(&desk, &format!("mkfifo {name}"));
        let path = desk.path(name);
        let reader = thread::spawn(move || {
            let mut bytes = Vec::new();
            File::open(path).and_then(|mut pipe| pipe.read_to_end(&mut bytes)).expect("it is read");
            bytes
        });
        stdout(["clip", &film, "plain", "-o", &desk.at(name)]);
        desk.write("got", reader.join().expect("the reader ends"));
        assert_eq!(frames(&desk, "got"), 10, "{name}");
        assert!(fs::symlink_metadata(desk.path(name)).expect("it is there").file_type().is_fifo());
    }
}

#[test]
fn mp4_is_refused_where_it_cannot_be_changed_before_anything_is_opened() {
    let desk = Desk::new();
    let film = desk.film("film.mkv", 64, 48);
    done(&desk, "mkfifo pipe.mp4; ln -s /dev/stdout link.mp4");
    for name in ["pipe.mp4", "link.mp4"] {
        let said = refused(2, ["clip", &film, "plain", "-o", &desk.at(name)]);
        assert!(said.contains(".mp4") && said.contains(".mkv"), "{said}");
    }
}

#[test]
fn a_socket_is_written_to() {
    let desk = Desk::new();
    let film = desk.film("film.mkv", 16, 16);
    let listener = UnixListener::bind(desk.path("socket")).expect("a socket");
    let reader = thread::spawn(move || {
        let mut bytes = Vec::new();
        listener.accept().and_then(|(mut peer, _)| peer.read_to_end(&mut bytes)).expect("it is read");
        bytes
    });
    stdout(["encrypt", &film, "-o", &desk.at("socket")]);
    assert_eq!(reader.join().expect("the reader ends").len(), 16 * 16 * 4 + 16);
}

#[test]
fn the_parameters_never_stand_among_the_bytes() {
    let desk = Desk::new();
    let film = desk.film("film.mkv", 16, 16);
    stdout(["encrypt", &film, "-o", &desk.at("cipher")]);
    let cipher = desk.read("cipher");
    for name in ["-", "/dev/stdout", "/dev/fd/1"] {
        let Output { stdout, stderr, .. } = shell(&desk, &format!("$A encrypt film.mkv -o {name}"));
        assert!(stdout == cipher && stderr.starts_with(b"scheme"), "{name}");
    }
    for name in ["/dev/stderr", "/proc/self/fd/2"] {
        let Output { stdout, stderr, .. } = shell(&desk, &format!("$A encrypt film.mkv -o {name}"));
        assert!(stderr == cipher && stdout.starts_with(b"scheme"), "{name}");
    }
    for script in
        ["$A encrypt film.mkv -o - 2>&1", "$A encrypt film.mkv -o /dev/stdout --plaintext /dev/stderr"]
    {
        let Output { status, stderr, stdout } = shell(&desk, script);
        let said = [stdout, stderr].concat();
        assert_eq!(status.code(), Some(2), "{script}");
        assert!(String::from_utf8_lossy(&said).contains("the parameters would stand among the bytes"));
    }
    // A file that is written and is standard output too.
    shell(&desk, "$A encrypt film.mkv -o both > both");
    assert!(desk.read("both") == cipher);
}

/// What a command says of a pipe that has no reader any more, and how it ends.
fn into_closed_pipe(desk: &Desk, args: &[&str]) -> Output {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let mut command = Command::new(env!("CARGO_BIN_EXE_afterimage"));
    let command = command.args(args).current_dir(desk.root()).stdout(writer).stderr(Stdio::piped());
    command.spawn().expect("the program starts").wait_with_output().expect("it ends")
}

#[test]
fn a_closed_pipe_is_no_error_in_any_command() {
    let desk = Desk::new();
    desk.film("film.mkv", 16, 16);
    stdout(["encrypt", &desk.at("film.mkv"), "-o", &desk.at("cipher")]);
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
        let output = into_closed_pipe(&desk, args);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!((output.status.code(), said.as_str()), (Some(0), ""), "{args:?}");
    }
    assert!(desk.path("figure.toml").exists() && desk.path("clip.toml").exists());
    let output = into_closed_pipe(&desk, &["encrypt", "film.mkv", "-o", "-", "--plaintext", "plain"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(desk.read("plain").len(), 16 * 16 * 4, "what else there is to write is written");
}
