//! What the window itself has to say: errors and confirmations, in words.

/// What the window has to say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notices {
    /// What went wrong outside the session.
    pub error: Option<String>,
    /// The session's error that the user has dismissed.
    pub dismissed: Option<String>,
    /// What was done.
    pub confirmation: Option<String>,
}

/// What happens to a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Report an error that occurred outside the session.
    Report(String),
    /// Close the notice that is shown.
    Dismiss,
    /// Close the confirmation: it has been shown for long enough.
    ClearConfirmation,
}
