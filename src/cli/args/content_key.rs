//! The content key of an encrypted MP4 file, from the command line.

use clap::Args;

use crate::cli::failure::Failure;
use crate::media::{ContentKey, NoContentKey, Source};

/// The key of a source that is encrypted already.
#[derive(Args, Debug)]
pub struct ContentKeyArgs {
    /// Decrypt an MP4 file in Common Encryption (cenc, cens, cbc1, cbcs) with this key first: 32 hex digits. Panels of the
    /// scheme own show the file without it
    #[arg(long, value_name = "HEX")]
    content_key: Option<String>,
}

impl ContentKeyArgs {
    /// The source with the content key of the command line, else with its own one.
    ///
    /// # Errors
    /// If the key cannot be parsed, or the source is no file. Messages never contain the key.
    pub fn over(&self, source: &Source) -> Result<Source, Failure> {
        let Some(text) = &self.content_key else { return Ok(source.clone()) };
        let key: ContentKey =
            text.parse().map_err(|error: NoContentKey| Failure::Usage(error.to_string()))?;
        if source.path().is_none() {
            return Err(Failure::Usage(format!("only a file takes a --content-key; the source is {source}")));
        }
        Ok(source.with_key(Some(key)))
    }
}
