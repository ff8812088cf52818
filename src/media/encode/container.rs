//! What kind of file is written.

use std::path::Path;

/// What a file is, as its name's ending says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// H.264 in MP4: what every player plays.
    Mp4,
    /// The same in Matroska, which can be written to a pipe.
    Matroska,
    /// VP9 in `WebM`.
    WebM,
    /// Pictures of 256 colours each, for where no video is taken.
    Gif,
}

impl Container {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Mp4, Self::Matroska, Self::WebM, Self::Gif];

    /// What a file's name ends in.
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

    /// True where the beginning of the file is written last.
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

    /// Ticks a second in which pictures are timed. MPEG-4 part 2 takes no more than 65,535; a GIF has these.
    pub(super) const fn ticks_a_second(self) -> i32 {
        match self {
            Self::Gif => 100,
            Self::Mp4 | Self::Matroska | Self::WebM => 60_000,
        }
    }
}
