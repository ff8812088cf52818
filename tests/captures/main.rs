//! Captures as sources: the program lists, decrypts and plays streams of pcap and pcapng files that the tests make.

#[path = "../common/ffmpeg.rs"]
mod ffmpeg;
#[path = "../common/folder.rs"]
mod folder;
mod hostile;
#[path = "../common/installed.rs"]
mod installed;
mod keys;
mod listing;
mod made;
mod own;
mod playing;
#[path = "../common/program.rs"]
mod program;
mod scenes;
#[path = "../common/sheets.rs"]
mod sheets;
#[path = "../common/tshark.rs"]
mod tshark;
mod wireshark;
