//! Why a call cannot be made.

use std::io;
use std::path::PathBuf;

use super::limits::{MOST_SECS, MOST_TABLE_SECS};
use super::party::PartyError;
use crate::media::MediaError;
use crate::media::rtp::RtpError;
use crate::wire::network::FrameError;
use crate::wire::protection::ProtectionError;

/// Why a call cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// The caller asked to stop.
    #[error("interrupted")]
    Interrupted,
    /// The parties are wrong.
    #[error(transparent)]
    Party(#[from] PartyError),
    /// A duration outside its range.
    #[error("a call lasts from 0.5 to {most} seconds, and one for a table at most {MOST_TABLE_SECS}, not {given}", most = MOST_SECS)]
    Duration {
        /// The duration given, in seconds.
        given: f64,
    },
    /// A party that cannot leave, or a time outside the call.
    #[error(
        "any party but {first} can leave, after more than 0 s and before the call ends after {duration_secs} s"
    )]
    Leaving {
        /// The name of the first party.
        first: String,
        /// How long the call lasts, in seconds.
        duration_secs: f64,
    },
    /// A party's source cannot be sent.
    #[error("{party} cannot send: {error}")]
    Send {
        /// The party's name.
        party: String,
        /// The reason.
        error: RtpError,
    },
    /// The sender's own packets cannot be decoded, so that there is nothing to compare with.
    #[error("{party}'s own packets cannot be decoded: {error}")]
    Decode {
        /// The party's name.
        party: String,
        /// The reason.
        error: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A packet cannot be protected.
    #[error(transparent)]
    Protection(#[from] ProtectionError),
    /// A packet does not fit into a datagram.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// A folder that holds files of others.
    #[error(
        "this folder holds other files than those of a call, which would be lost; name a new or empty folder: {}",
        .0.display()
    )]
    ForeignFolder(PathBuf),
    /// A folder that exists and must not be replaced.
    #[error("this folder exists already; name another, or leave --no-clobber out: {}", .0.display())]
    FolderExists(PathBuf),
    /// A path that names no folder.
    #[error("a call is written to a folder, and this is none; name a new or empty folder: {}", .0.display())]
    NoFolder(PathBuf),
    /// The folder cannot be written.
    #[error("cannot write the folder of the call ({error}); name one in a folder that you may write to: {}", path.display())]
    Write {
        /// The folder.
        path: PathBuf,
        /// The system's error.
        error: io::Error,
    },
}

impl CallError {
    /// The error of a party's stream; [`Interrupted`](Self::Interrupted) if the caller asked to stop.
    pub(super) fn of_sender(party: &str, error: RtpError) -> Self {
        match error {
            RtpError::Media(MediaError::Interrupted) => Self::Interrupted,
            error => Self::Send { party: party.to_owned(), error },
        }
    }

    /// The error of a decoder.
    pub(super) fn of_decoder(party: &str, error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Decode { party: party.to_owned(), error: Box::new(error) }
    }
}
