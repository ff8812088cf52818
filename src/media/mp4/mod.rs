//! Boxes of MP4 (ISO/IEC 14496-12) and of its Common Encryption (ISO/IEC 23001-7): read, changed and written.
//!
//! ```text
//!  ftyp │ moov          │ moof      │ mdat    │ moof │ mdat │ …          plain, as a muxer writes it
//!       │  └ avc1       │  └ traf   │         │
//!       ▼  ▼            ▼           ▼
//!  ftyp │ moov          │ sidx │ moof             │ mdat       │ moof │ mdat │ …   protected
//!       │  └ encv       │      │  └ traf          │ samples    │
//!       │     └ sinf    │      │     └ senc       │ encrypted  │
//! ```
//!
//! | file | what it holds |
//! |---|---|
//! | [`boxes`] | a tree of boxes, from bytes and to bytes |
//! | [`movie`] | `moov`: tracks and their sample entries; an entry turned into `encv` or `enca` |
//! | [`fragment`] | `moof`: positions and times of samples; inserts `senc`, `saiz` and `saio` |
//! | [`track_encryption`] | `sinf` and `tenc`: how the samples of a track are encrypted |
//! | [`sample_encryption`] | `senc`, `saiz` and `saio`: which bytes of a sample are encrypted, and with which IV |
//! | [`segment_index`] | `sidx`: the positions of fragments |
//! | [`protector`] | encrypts a fragmented MP4, fragment by fragment |
//!
//! This code knows neither FFmpeg nor ciphers: its input is bytes, and a [`SampleProtector`] that encrypts a sample.
//! Every length is checked against the bytes that there are. A contradiction to the format is an [`Mp4Error`].

pub mod boxes;
mod fields;
pub mod fragment;
pub mod movie;
pub mod protector;
pub mod sample_encryption;
pub mod segment_index;
pub mod track_encryption;

pub use boxes::{Kind, Mp4Box};
pub use protector::{ProtectError, Protector, SampleProtector};
pub use sample_encryption::{SampleEncryption, Subsample};
pub use track_encryption::TrackEncryption;

/// Why boxes do not conform to the format, or cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Mp4Error {
    /// The bytes end within a box.
    #[error("the data ends inside the box {0}")]
    CutOff(Kind),
    /// A box is smaller than its own header.
    #[error("the box {kind} cannot have {bytes} bytes")]
    Size {
        /// The box.
        kind: Kind,
        /// Its size in bytes, as stated in its header.
        bytes: u64,
    },
    /// A required box is missing.
    #[error("the required box {0} is missing")]
    Missing(Kind),
    /// A part of the format that is not supported.
    #[error("{what} in the box {kind} is not supported")]
    Unsupported {
        /// The box.
        kind: Kind,
        /// The part, in words.
        what: &'static str,
    },
    /// Something does not fit into the fields of a box.
    #[error("the box {kind} cannot hold {what}")]
    TooLarge {
        /// The box.
        kind: Kind,
        /// What does not fit, in words.
        what: &'static str,
    },
    /// A fragment states a position for a sample outside its media data.
    #[error("a sample of track {track} lies outside of the media data")]
    SampleOutside {
        /// The number of the track.
        track: u32,
    },
}
