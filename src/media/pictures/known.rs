//! Formats that are recognized by their bytes, because FFmpeg's probe fails on them.
//!
//! The `ffmpeg` program also uses the extension of the file name, which this program ignores. Without it, FFmpeg takes
//! a PAM picture for sound (it expects a size where the word `WIDTH` is), does not recognize TGA, which has no magic
//! number, and fails on some photos with data after the first picture.

use ffmpeg_next::codec::Id;

use super::photo::Jpeg;
use super::tga;
use crate::media::error::MediaError;
use crate::media::ffi::Format;
use crate::media::origin::Origin;

/// How many bytes of a JPEG file are searched for the end of its first picture.
const MOST_PHOTO_BYTES: u64 = 64 << 20;

/// A format that is recognized without FFmpeg's probe.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::media) struct Known {
    /// The demuxer, and the codec if needed.
    pub(in crate::media) format: Format,
    /// True if only the first picture is shown.
    pub(in crate::media) is_photo: bool,
}

impl Known {
    /// Recognizes the format of a file; `None` leaves it to FFmpeg's probe.
    pub(in crate::media) fn of(origin: &Origin) -> Result<Option<Self>, MediaError> {
        let start = origin.read(64)?;
        let is_tga = || tga::is_tga(&mut *origin.bytes()).map_err(|error| origin.unreadable(error));
        Ok(match start[..] {
            [b'P', b'7', b'\n', ..] => {
                Some(Self { format: Format { demuxer: c"pam_pipe", codec: None }, is_photo: false })
            }
            // A fourth byte of 0xF7 is JPEG-LS, another format.
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
