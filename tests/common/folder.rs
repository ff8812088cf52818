//! A temporary folder with files that a test makes.

#![allow(dead_code, reason = "each test binary uses a part of this module")]

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::ffmpeg::ffmpeg;

/// A temporary folder. It is removed when the test ends.
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
        self.path(name).into_os_string().into_string().expect("a path in UTF-8")
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).expect(name)
    }

    pub fn read_text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect(name)
    }

    /// Writes a file. Returns its path.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        fs::write(self.path(name), bytes).expect(name);
        self.at(name)
    }

    /// Names of all files, hidden ones included.
    pub fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.root()).expect("the folder");
        let names = entries.map(|entry| entry.expect("a file").file_name().into_string().expect("text"));
        names.collect()
    }

    /// A file that the ffmpeg program writes with these arguments. Returns its path.
    pub fn ffmpeg(&self, name: &str, args: &[&str]) -> String {
        let path = self.at(name);
        ffmpeg(args.iter().copied().chain([path.as_str()]), &[]);
        path
    }

    /// A video of ten different frames, in FFV1. Returns its path.
    pub fn film(&self, name: &str, width: u32, height: u32) -> String {
        let size = format!("scale={width}:{height}:flags=neighbor,setsar=1");
        let film = "testsrc2=size=128x96:rate=10:duration=1";
        // Version 1 of FFV1: some versions of the program refuse small pictures in later ones.
        let ffv1 = ["-pix_fmt", "yuv444p", "-c:v", "ffv1", "-level", "1"];
        self.ffmpeg(name, &[&["-f", "lavfi", "-i", film, "-vf", &size][..], &ffv1].concat())
    }
}
