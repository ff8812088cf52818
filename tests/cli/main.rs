//! The program as a user starts it: a process, its files, its messages and its exit codes.

mod encryption;
#[path = "../common/excerpt.rs"]
mod excerpt;
#[path = "../common/ffmpeg.rs"]
mod ffmpeg;
#[path = "../common/folder.rs"]
mod folder;
mod measuring;
mod outputs;
#[path = "../common/program.rs"]
mod program;
#[path = "../common/reading.rs"]
mod reading;
#[path = "../common/sheets.rs"]
mod sheets;
mod usage;
