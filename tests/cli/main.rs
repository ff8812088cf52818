//! The program as a user starts it: a process, its files, its words and its exit codes.

mod bounds;
mod clip;
mod common;
mod encoded;
mod encrypt;
mod figure;
mod files;
mod layouts;
mod matrix;
mod measure;
mod origin;
mod packets;
#[cfg(unix)]
mod parts;
mod scenes;
mod sources;
#[cfg(unix)]
mod stopped;
#[cfg(target_os = "linux")]
mod streams;
mod targets;
mod usage;
