//! The graph and the thumbnails along the timeline.

mod graph;
mod thumbnails;
