//! The program as a user starts it: a process, its files, its words and its exit codes.

mod bounds;
mod clip;
mod encoded;
mod encrypt;
mod encrypted_mp4;
mod encrypted_samples;
#[path = "../common/ffmpeg.rs"]
mod ffmpeg;
mod figure;
mod file_panels;
mod files;
mod layouts;
mod matrix;
mod measure;
mod mp4_file;
mod origin;
mod own;
mod packets;
mod panel_targets;
#[cfg(unix)]
mod parts;
mod program;
mod scenes;
mod shaka;
mod sound;
mod sources;
#[cfg(unix)]
mod stopped;
#[cfg(target_os = "linux")]
mod streams;
mod targets;
mod usage;
