//! The streams of a file: what the container states of them, and how one is chosen.

pub(super) mod choice;
pub(super) mod info;
