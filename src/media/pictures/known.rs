//! Formats that their own bytes tell better than FFmpeg's probe does.
//!
//! The `ffmpeg` program goes by the ending of a name as well, which here means nothing. Without it FFmpeg takes
//! a PAM picture for sound (it looks for a size where the word `WIDTH` stands), does not know a TGA picture, which
//! begins with no word of its own, and not every photo with something behind it.

use ffmpeg_next::codec::Id;

use super::photo::Jpeg;
use super::tga;
use crate::media::error::MediaError;
use crate::media::ffi::Format;
use crate::media::origin::Origin;

/// Bytes of a JPEG file among which its first picture ends, and another may follow.
const MOST_PHOTO_BYTES: u64 = 64 << 20;

/// A format that is known without a probe.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::media) struct Known {
    /// How it is opened.
    pub(in crate::media) format: Format,
    /// There is one picture, whatever follows it.
    pub(in crate::media) is_photo: bool,
}

impl Known {
    /// What the bytes of a file say; `None` leaves it to the probe.
    pub(in crate::media) fn of(origin: &Origin) -> Result<Option<Self>, MediaError> {
        let start = origin.read(64)?;
        let is_tga = || tga::is_tga(&mut *origin.bytes()).map_err(|error| origin.unreadable(error));
        Ok(match start[..] {
            [b'P', b'7', b'\n', ..] => {
                Some(Self { format: Format { demuxer: c"pam_pipe", codec: None }, is_photo: false })
            }
            // The fourth byte of JPEG-LS, which is another format, may be 0xF7.
            [0xFF, 0xD8, 0xFF, fourth, ..] if fourth != 0xF7 => {
                let is_photo = Jpeg::read(&origin.read(MOST_PHOTO_BYTES)?).is_some_and(|jpeg| jpeg.is_photo);
                is_photo.then_some(Self { format: Format { demuxer: c"jpeg_pipe", codec: None }, is_photo })
            }
            _ if tga::header(&start).is_some() && is_tga()? => Some(Self {
                format: Format { demuxer: c"image2pipe", codec: Some(Id::TARGA) },
                is_photo: false,
            }),
            _ => None,
        })
    }
}
