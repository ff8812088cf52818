//! The colours of the footage, in one place so that they agree with each other.
//!
//! All art is filled with these flat colours: under ECB every flat area turns
//! into one repeated block, so fewer colours give clearer outlines.

/// The window behind everything.
pub const INK: &str = "#171a2e";
/// Buttons and tiles on [`INK`].
pub const INK_RAISED: &str = "#2b3052";
/// Labels laid over a picture.
pub const INK_LABEL: &str = "#1f2340";
/// Text on ink.
pub const WHITE: &str = "#ffffff";
/// Quiet text on ink.
pub const MUTED: &str = "#a9aed0";

/// The slide's paper.
pub const PAPER: &str = "#fbf7ee";
/// Rules and resting dots on paper.
pub const PAPER_LINE: &str = "#ddd6c6";
/// Text on paper.
pub const TEXT: &str = "#232850";
/// Quiet text on paper.
pub const TEXT_QUIET: &str = "#6d7090";

/// The warm accent: what to look at first.
pub const CORAL: &str = "#ef5d5a";
/// The cool accent.
pub const TEAL: &str = "#1f9e93";
/// The bright accent.
pub const YELLOW: &str = "#f6b93b";
/// The deep accent.
pub const VIOLET: &str = "#6c63d9";
/// The button that ends the call.
pub const RED: &str = "#e5383b";
/// The lock that marks the call as encrypted.
pub const GREEN: &str = "#4fd1a5";

/// The wall behind the speaker: the largest area of her picture.
pub const WALL: &str = "#a9dccf";
/// The speaker's skin: under the demonstration key its ciphertext differs
/// clearly from that of her clothes and hair.
pub const SKIN: &str = "#a05d35";
