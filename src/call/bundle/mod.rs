//! The folder of a call: captures, descriptions, keys, a script that replays a stream, and a README with commands.
//!
//! | file | what it holds |
//! |---|---|
//! | `call.pcapng` | the packets on every link, as they are sent |
//! | `plain.pcapng` | the same packets without protection |
//! | `NAME-video.sdp`, `NAME-audio.sdp` | descriptions of the streams of `plain.pcapng`, on this machine |
//! | `NAME-video-srtp.sdp`, `NAME-audio-srtp.sdp` | under `srtp`: those of `call.pcapng`, with their keys |
//! | `keys.toml` | the key of every stream on every link |
//! | `replay.py` | sends one stream of a capture to this machine, in time |
//! | `README.md` | commands |

mod captures;
mod descriptions;
mod folder;
mod keys_file;
mod openssl;
mod readme;

use std::path::Path;

use super::Progress;
use super::error::CallError;
use super::network::{Link, StreamId};
use super::sent::SentCall;
use super::settings::CallSettings;
use crate::media::rtp::CallMedia;
use crate::wire::protection::Protection;
use folder::CallFolder;

/// The script that sends a stream.
const REPLAY: &str = include_str!("replay.py");

/// What is written, and how.
#[derive(Clone, Copy, Debug)]
pub struct BundleOptions {
    /// The codecs.
    pub media: CallMedia,
    /// The protection.
    pub protection: Protection,
    /// True if captures hold every link in any case. Else those of [`CallMedia::Raw`] hold the first party's streams only.
    pub has_all_links: bool,
    /// An existing folder is an error, even if it is that of a call.
    pub no_clobber: bool,
    /// The folder holds a secret: only its owner may read it.
    pub is_secret: bool,
}

/// The share of the work that encoding is, about.
const ENCODING_SHARE: f64 = 0.8;

/// Writes a call to a folder, which appears whole or not at all. An empty folder, or that of another call, is replaced.
///
/// # Errors
/// If the settings are wrong, a source cannot be sent, the folder holds other files or cannot be written, or `progress`
/// returns `Break`.
pub fn write_bundle(
    settings: &CallSettings,
    options: BundleOptions,
    folder: &Path,
    progress: Progress<'_>,
) -> Result<(), CallError> {
    settings.check()?;
    let made = CallFolder::create(folder, options)?;
    let has_all = options.has_all_links || options.media != CallMedia::Raw;
    let parties = if has_all { settings.parties.len() } else { 1 };
    let call = SentCall::encode(settings, options.media, parties, &|share| progress(share * ENCODING_SHARE))?;
    let rest = |share: f64| progress(ENCODING_SHARE + share * (1.0 - ENCODING_SHARE));
    let written = captures::write(settings, options.protection, &call, &made, &rest)?;
    let contents = Contents { settings, options, call: &call, keys: written };
    contents.write_texts(&made)?;
    made.finish()
}

/// All that the texts of a folder are made of.
struct Contents<'a> {
    settings: &'a CallSettings,
    options: BundleOptions,
    call: &'a SentCall,
    /// The places in the call where keys come into use, with the rollover counter there.
    keys: Vec<KeyStart>,
}

/// From here on, a stream on a link is encrypted with these keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct KeyStart {
    link: Link,
    stream: StreamId,
    is_renewed: bool,
    roc: u32,
}

impl Contents<'_> {
    fn write_texts(&self, folder: &CallFolder) -> Result<(), CallError> {
        for (name, text) in descriptions::of(self)? {
            folder.write(&name, &text)?;
        }
        folder.write("keys.toml", &keys_file::text(self)?)?;
        folder.write("replay.py", REPLAY)?;
        folder.write("README.md", &readme::text(self)?)
    }

    fn name(&self, stream: StreamId) -> &str {
        self.settings.name(stream.party)
    }
}
