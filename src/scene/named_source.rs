//! Sources by name: those that media know, and calls.

use crate::call::{CallSource, NoCall, is_call};
use crate::media::{MediaError, Source};

/// A text that names no source.
#[derive(Debug, thiserror::Error)]
pub enum NoSourceName {
    /// None that media know.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// A call that cannot be read.
    #[error(transparent)]
    Call(#[from] NoCall),
}

/// Reads the name of a source, as on the command line and in a scene: a path, `demo`, `pattern:bars`, `call:media=raw`.
///
/// # Errors
/// [`NoSourceName`].
pub fn named_source(text: &str) -> Result<Source, NoSourceName> {
    if is_call(text) { Ok(CallSource::parse(text)?) } else { Ok(text.parse()?) }
}
