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
//! | [`fragment`] | `moof`: where samples lie and when they are shown; `senc`, `saiz` and `saio` put in |
//! | [`track_encryption`] | `sinf` and `tenc`: how the samples of a track are encrypted |
//! | [`sample_encryption`] | `senc`, `saiz` and `saio`: which bytes of a sample are encrypted, and under which IV |
//! | [`segment_index`] | `sidx`: where fragments begin |
//! | [`protector`] | a plain fragmented MP4 in, a protected one out, fragment by fragment |
//!
//! The code here knows neither FFmpeg nor ciphers: it is given bytes, and a [`SampleProtector`] that encrypts a sample.
//! Every length is checked against the bytes that there are, and what contradicts the format is an [`Mp4Error`].

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

/// Why boxes are not what the format says, or cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Mp4Error {
    /// The bytes end inside a box.
    #[error("the data ends inside the box {0}")]
    CutOff(Kind),
    /// A box is smaller than its own header.
    #[error("the box {kind} cannot have {bytes} bytes")]
    Size {
        /// The box.
        kind: Kind,
        /// Its size in bytes, as its header states it.
        bytes: u64,
    },
    /// A box that has to be there is not.
    #[error("there is no box {0} where one has to be")]
    Missing(Kind),
    /// A part of the format that is not read here.
    #[error("{what} in the box {kind} is not read here")]
    Unsupported {
        /// The box.
        kind: Kind,
        /// The part, in words.
        what: &'static str,
    },
    /// A box would be larger than its fields can state.
    #[error("the box {kind} cannot hold {what}")]
    TooLarge {
        /// The box.
        kind: Kind,
        /// What there is too much of, in words.
        what: &'static str,
    },
    /// A fragment places a sample outside of its media data.
    #[error("a sample of track {track} lies outside of the media data")]
    SampleOutside {
        /// The number of the track.
        track: u32,
    },
}
