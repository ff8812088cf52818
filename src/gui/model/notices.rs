//! Notices: errors and confirmations, in words.

/// The notices of the window.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notices {
    /// An error that occurred outside the session.
    pub error: Option<String>,
    /// The session's error that the user has dismissed.
    pub dismissed: Option<String>,
    /// What was done, such as "Saved …".
    pub confirmation: Option<String>,
}

/// What happens to the notices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Report an error that occurred outside the session.
    Report(String),
    /// Close the notice that is shown.
    Dismiss,
    /// Close the confirmation: it has been shown for long enough.
    ClearConfirmation,
}
