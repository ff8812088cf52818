//! Runs the program in a folder of its own, on small sources.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use tempfile::TempDir;

use crate::ffmpeg::ffmpeg;

/// The program with arguments.
pub fn afterimage<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_afterimage"));
    command.args(args);
    command
}

/// The standard output of the program, which must succeed.
pub fn stdout<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> String {
    let output = afterimage(args).assert().success().get_output().stdout.clone();
    String::from_utf8(output).expect("text")
}

/// The standard output of the program as JSON.
pub fn json<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> serde_json::Value {
    serde_json::from_str(&stdout(args)).expect("JSON")
}

/// The standard error of the program, which must end with `code` and print nothing else.
pub fn refused<S: AsRef<OsStr>>(code: i32, args: impl IntoIterator<Item = S>) -> String {
    let output = afterimage(args).assert().code(code).stdout("").get_output().stderr.clone();
    String::from_utf8(output).expect("text")
}

/// A temporary folder, which is removed when the test ends.
pub struct Folder(TempDir);

impl Folder {
    pub fn new() -> Self {
        Self(TempDir::new().expect("a temporary folder"))
    }

    pub fn root(&self) -> &Path {
        self.0.path()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The path as an argument.
    pub fn at(&self, name: &str) -> String {
        self.path(name).into_os_string().into_string().expect("text")
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).expect(name)
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        fs::write(self.path(name), bytes).expect(name);
        self.at(name)
    }

    /// Names of the files, hidden ones too.
    pub fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.root()).expect("the folder");
        let names = entries.map(|entry| entry.expect("a file").file_name().into_string().expect("text"));
        names.collect()
    }

    /// A video of ten different frames, in FFV1.
    pub fn film(&self, name: &str, width: u32, height: u32) -> String {
        let size = format!("scale={width}:{height}:flags=neighbor,setsar=1");
        let film = "testsrc2=size=128x96:rate=10:duration=1";
        // Version 1 of FFV1: some versions of the program refuse small pictures in later ones.
        let ffv1 = ["-pix_fmt", "yuv444p", "-c:v", "ffv1", "-level", "1"];
        self.ffmpeg(name, &[&["-f", "lavfi", "-i", film, "-vf", &size][..], &ffv1].concat())
    }

    /// A file that the ffmpeg program writes with these arguments.
    pub fn ffmpeg(&self, name: &str, args: &[&str]) -> String {
        let path = self.at(name);
        ffmpeg(args.iter().copied().chain([path.as_str()]), &[]);
        path
    }
}
