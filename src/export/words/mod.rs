//! Sources, times and findings in words, the same in tables, in captions and in the window.

mod findings;
mod frame_time;
mod source;

pub use findings::{attack, finding, finding_through, repeats, sizes, sizes_of, tones, wordings};
pub use frame_time::{frame_time, moment};
pub use source::{NOT_STATED, source};
