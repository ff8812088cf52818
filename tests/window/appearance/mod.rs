//! How the window looks, and how long it takes to draw.

mod frame_times;
mod rounding;
mod snapshots;
