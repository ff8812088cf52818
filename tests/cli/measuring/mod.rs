//! The numbers and lists of `measure` and `packets`, and the panels of encoded bytes, files and sound.

mod encoded;
mod encoding;
mod file_panels;
mod footprint;
mod layouts;
mod measure;
mod packets;
mod panel_targets;
mod sizes;
mod sound;
mod tables;
