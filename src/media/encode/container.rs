//! The container formats of written videos.

use std::path::Path;

/// A container format, chosen by the extension of the file name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// H.264 in MP4, which every player supports.
    Mp4,
    /// H.264 in Matroska, which can be written to a pipe.
    Matroska,
    /// VP9 in `WebM`.
    WebM,
    /// A GIF, with pictures of at most 256 colours, for places that accept no video.
    Gif,
}

impl Container {
    /// All containers.
    pub const ALL: [Self; 4] = [Self::Mp4, Self::Matroska, Self::WebM, Self::Gif];

    /// The extension of its file names.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Mp4 => "mp4",
            Self::Matroska => "mkv",
            Self::WebM => "webm",
            Self::Gif => "gif",
        }
    }

    /// The container for the extension of a file name; `None` for an unknown extension.
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        let extension = path.extension()?;
        Self::ALL.into_iter().find(|it| extension.eq_ignore_ascii_case(it.extension()))
    }

    /// True if the muxer goes back at the end to write the beginning of the file.
    #[must_use]
    pub const fn is_seeking(self) -> bool {
        matches!(self, Self::Mp4)
    }

    /// FFmpeg's name of the muxer.
    pub(super) const fn muxer(self) -> &'static str {
        match self {
            Self::Mp4 => "mp4",
            Self::Matroska => "matroska",
            Self::WebM => "webm",
            Self::Gif => "gif",
        }
    }

    /// Ticks per second of timestamps. MPEG-4 part 2 allows at most 65,535; a GIF has hundredths of a second.
    pub(super) const fn ticks_per_second(self) -> i32 {
        match self {
            Self::Gif => 100,
            Self::Mp4 | Self::Matroska | Self::WebM => 60_000,
        }
    }
}
