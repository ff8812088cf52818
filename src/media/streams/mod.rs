//! The streams of a file: their properties, and the choice of one.

pub(super) mod choice;
pub(super) mod info;
