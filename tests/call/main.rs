//! `afterimage call`: the table against a second derivation, and the folder of a call against its own keys, `openssl`,
//! `ffmpeg`, `tshark` and `GStreamer`.

mod bundle;
mod capture;
#[path = "../common/ffmpeg.rs"]
mod ffmpeg;
#[path = "../common/folder.rs"]
mod folder;
#[path = "../common/installed.rs"]
mod installed;
mod other_programs;
mod outside;
mod poster;
#[path = "../common/program.rs"]
mod program;
mod refusals;
#[path = "../common/sheets.rs"]
mod sheets;
mod source;
mod table;
#[path = "../common/tshark.rs"]
mod tshark;
