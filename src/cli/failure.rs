//! The outcomes of a run, and their exit codes.

use std::io::{self, ErrorKind};
use std::process::ExitCode;

use super::terminal::stop;
use crate::crypto::KeyError;
use crate::media::MediaError;
use crate::render::BatchError;
use crate::scene::SceneFileError;

/// Errors with an exit code of their own.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The command line is wrong: a name does not exist, or options contradict each other.
    #[error("{0}")]
    Usage(String),
    /// The user stopped the program.
    #[error("interrupted")]
    Interrupted,
}

impl From<KeyError> for Failure {
    fn from(error: KeyError) -> Self {
        Self::Usage(error.to_string())
    }
}

/// True if the error is that the reader of a pipe closed it.
#[must_use]
pub fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
    })
}

/// The outcome of a run. Exit codes never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// 0: done, also if the reader of the output closed the pipe.
    Done,
    /// 1: failed.
    Failed,
    /// 2: wrong usage.
    Usage,
    /// 130, 143 or 129: stopped by SIGINT, SIGTERM or SIGHUP, as in shells.
    Interrupted,
}

impl Outcome {
    /// The outcome for an error.
    #[must_use]
    pub fn of(error: &anyhow::Error) -> Self {
        if let Some(error) = error.downcast_ref::<SceneFileError>() {
            return if error.is_text() { Self::Usage } else { Self::Failed };
        }
        match (error.downcast_ref::<Failure>(), error.downcast_ref::<BatchError>()) {
            (Some(Failure::Usage(_)), _) | (_, Some(BatchError::Key(_))) => Self::Usage,
            (Some(Failure::Interrupted), _) | (_, Some(BatchError::Media(MediaError::Interrupted))) => {
                Self::Interrupted
            }
            _ if matches!(error.downcast_ref(), Some(MediaError::Interrupted)) => Self::Interrupted,
            _ if is_closed_pipe(error) => Self::Done,
            _ => Self::Failed,
        }
    }
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Done => Self::SUCCESS,
            Outcome::Failed => Self::from(1),
            Outcome::Usage => Self::from(2),
            Outcome::Interrupted => Self::from(stop::exit_code()),
        }
    }
}

#[cfg(test)]
mod tests {
    use anyhow::Context;

    use super::*;

    #[test]
    fn a_broken_pipe_is_no_error_under_any_context() {
        let gone = || io::Error::from(ErrorKind::BrokenPipe);
        let error = Err::<(), _>(gone()).context("cannot write").expect_err("an error");
        assert_eq!(Outcome::of(&error), Outcome::Done);
        assert_eq!(Outcome::of(&io::Error::from(ErrorKind::NotFound).into()), Outcome::Failed);
    }

    #[test]
    fn interruptions_and_wrong_usage_keep_their_codes() {
        let interrupted = BatchError::from(MediaError::Interrupted);
        assert_eq!(Outcome::of(&interrupted.into()), Outcome::Interrupted);
        assert_eq!(Outcome::of(&Failure::Usage("no".into()).into()), Outcome::Usage);
        assert_eq!(Outcome::of(&BatchError::from(KeyError::Empty).into()), Outcome::Usage);
    }
}
