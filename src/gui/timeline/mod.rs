//! Below the panels: playing, the timeline, and what is known of every frame.

pub mod block_occurrences;
pub(crate) mod graph;
mod occurrences;
pub mod thumbnail_strip;
pub(crate) mod thumbnails;
pub(crate) mod timeline_ui;
mod track;
pub(crate) mod transport;
pub mod video_scan;
