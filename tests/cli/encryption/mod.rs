//! `encrypt` and `decrypt`: frames, files and messages; encrypted MP4 files, written here and by others.

mod content_keys;
mod encrypt;
mod encrypted_mp4;
mod encrypted_samples;
pub mod films;
mod mp4_file;
pub mod openssl;
pub mod own;
mod player;
mod refused_mp4;
mod shaka;
mod targets;
