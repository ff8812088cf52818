//! Why a video cannot be written.

use std::io;

use super::container::Container;

/// Why a video cannot be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// The linked FFmpeg has no encoder for the container.
    #[error(
        "the FFmpeg on this machine cannot write .{} files ({reason}); choose another ending: {}",
        container.extension(),
        other_extensions(*container)
    )]
    NoEncoder {
        /// The requested container.
        container: Container,
        /// The error of the last encoder that was tried.
        reason: String,
    },
    /// The output cannot be written.
    #[error("the video cannot be written")]
    Write(#[source] io::Error),
    /// The encoder or the muxer failed.
    #[error("encoding failed ({0})")]
    Encode(String),
}

fn other_extensions(container: Container) -> String {
    let others = Container::ALL.into_iter().filter(|&other| other != container);
    others.map(|other| format!(".{}", other.extension())).collect::<Vec<_>>().join(", ")
}
