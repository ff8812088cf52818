//! The program as a user starts it: a process, its files, its words and its exit codes.

mod clip;
mod common;
mod encrypt;
mod figure;
mod layouts;
mod matrix;
mod measure;
mod scenes;
mod sources;
#[cfg(unix)]
mod stopped;
mod usage;
