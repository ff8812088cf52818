//! Below the panels: the controls for playing, the timeline, and the results of the video scan.

pub mod block_occurrences;
pub(crate) mod graph;
mod kept_mesh;
mod messages;
mod occurrences;
mod thumbnail_atlas;
pub mod thumbnail_strip;
pub(crate) mod thumbnails;
pub(crate) mod timeline_ui;
mod track;
pub(crate) mod transport;
pub mod video_scan;
