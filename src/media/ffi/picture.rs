//! Decoded pictures: their properties and their bytes.

use std::ffi::{CStr, c_char, c_int};

use ffmpeg_next::{Error, Rational, ffi, frame};

use crate::media::info::StatedColour;
use crate::picture::{Colour, Matrix, Shape};

/// The stated colours of a picture as FFmpeg's numbers, for which FFmpeg need not have a name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::media) struct ColourTags {
    /// `AVColorSpace`: the matrix.
    pub(in crate::media) space: c_int,
    /// `AVColorRange`.
    pub(in crate::media) range: c_int,
}

impl ColourTags {
    /// The same range, without a stated matrix.
    pub(in crate::media) fn without_matrix(self) -> Self {
        Self { space: ffi::AVColorSpace::AVCOL_SPC_UNSPECIFIED as c_int, ..self }
    }
}

/// The properties of a decoded picture, without its samples.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::media) struct Properties {
    pub(in crate::media) shape: Shape,
    /// FFmpeg's number of the pixel format, and its name.
    pub(in crate::media) format: c_int,
    pub(in crate::media) format_name: &'static str,
    pub(in crate::media) colour_tags: ColourTags,
    pub(in crate::media) colour: Colour,
    pub(in crate::media) sample_aspect_ratio: Rational,
    /// FFmpeg's best guess of the timestamp.
    pub(in crate::media) pts: Option<i64>,
    /// The same timestamp if the stream itself states it; `None` if FFmpeg guessed it.
    pub(in crate::media) stated_pts: Option<i64>,
    pub(in crate::media) duration: i64,
    pub(in crate::media) is_corrupt: bool,
    pub(in crate::media) is_key: bool,
}

/// The properties of a decoded or converted picture.
pub(in crate::media) fn properties(picture: &frame::Video) -> Properties {
    // SAFETY: the frame is live; its format, where known, has a static descriptor with a static name. Its fields
    // are read one by one, those of an enum type as numbers.
    unsafe {
        let it = picture.as_ptr();
        let descriptor = ffi::av_pix_fmt_desc_get(ffi_format((*it).format));
        let format_name = match descriptor.as_ref() {
            Some(it) => CStr::from_ptr(it.name).to_str().unwrap_or("unknown"),
            None => "unknown",
        };
        let (space, range) = (number(&raw const (*it).colorspace), number(&raw const (*it).color_range));
        let (stated_pts, pts) = ((*it).pts, (*it).best_effort_timestamp);
        Properties {
            shape: Shape::new((*it).width.try_into().unwrap_or(0), (*it).height.try_into().unwrap_or(0)),
            format: (*it).format,
            format_name,
            colour_tags: ColourTags { space, range },
            colour: Colour {
                matrix: match space {
                    BT709 => Matrix::Bt709,
                    BT2020_NCL | BT2020_CL => Matrix::Bt2020,
                    _ => Matrix::Bt601,
                },
                full_range: range == FULL_RANGE || format_name.starts_with("yuvj"),
            },
            sample_aspect_ratio: (*it).sample_aspect_ratio.into(),
            pts: (pts != ffi::AV_NOPTS_VALUE).then_some(pts),
            stated_pts: (stated_pts != ffi::AV_NOPTS_VALUE && stated_pts == pts).then_some(stated_pts),
            duration: picture.packet().duration,
            is_corrupt: (*it).flags & ffi::AV_FRAME_FLAG_CORRUPT != 0 || (*it).decode_error_flags != 0,
            is_key: picture.is_key(),
        }
    }
}

/// The stated colours of a picture, in FFmpeg's names.
pub(in crate::media) fn stated_colour(picture: &frame::Video) -> StatedColour {
    // Declared again with plain numbers: a file can state any number, including ones that the bindings do not list.
    unsafe extern "C" {
        fn av_color_range_name(range: c_int) -> *const c_char;
        fn av_color_space_name(space: c_int) -> *const c_char;
        fn av_color_transfer_name(transfer: c_int) -> *const c_char;
        fn av_color_primaries_name(primaries: c_int) -> *const c_char;
    }
    // SAFETY: the frame is live; its enums are read as the numbers that C makes of them. The functions take any
    // number, and give a static name or null.
    unsafe {
        let it = picture.as_ptr();
        let name = |name: *const c_char| {
            let name = if name.is_null() { None } else { CStr::from_ptr(name).to_str().ok() };
            name.filter(|name| !matches!(*name, "unknown" | "reserved"))
        };
        StatedColour {
            range: name(av_color_range_name(number(&raw const (*it).color_range))),
            matrix: name(av_color_space_name(number(&raw const (*it).colorspace))),
            transfer: name(av_color_transfer_name(number(&raw const (*it).color_trc))),
            primaries: name(av_color_primaries_name(number(&raw const (*it).color_primaries))),
        }
    }
}

const BT709: c_int = ffi::AVColorSpace::AVCOL_SPC_BT709 as c_int;
const BT2020_NCL: c_int = ffi::AVColorSpace::AVCOL_SPC_BT2020_NCL as c_int;
const BT2020_CL: c_int = ffi::AVColorSpace::AVCOL_SPC_BT2020_CL as c_int;
const FULL_RANGE: c_int = ffi::AVColorRange::AVCOL_RANGE_JPEG as c_int;

/// The number in a field of one of C's enum types. A file can put any number there, including ones that the Rust enum
/// does not have and that must never be read as the enum.
///
/// # Safety
/// `field` points to a live field.
pub(super) unsafe fn number<Enum>(field: *const Enum) -> c_int {
    const { assert!(size_of::<Enum>() == size_of::<c_int>(), "C's enums are as large as int") };
    // SAFETY: live, as large and as aligned as an int; any bytes are one.
    unsafe { field.cast::<c_int>().read() }
}

/// The pixel format with FFmpeg's number. Numbers that the bindings do not know become "none".
pub(super) fn ffi_format(number: c_int) -> ffi::AVPixelFormat {
    if (0..ffi::AVPixelFormat::AV_PIX_FMT_NB as c_int).contains(&number) {
        // SAFETY: the bindings are made from the headers of the linked library and number all formats
        // below `NB` without a gap.
        unsafe { std::mem::transmute::<c_int, ffi::AVPixelFormat>(number) }
    } else {
        ffi::AVPixelFormat::AV_PIX_FMT_NONE
    }
}

/// The number of bytes that [`copy_packed`] writes.
pub(in crate::media) fn packed_bytes(picture: &frame::Video) -> Result<usize, Error> {
    // SAFETY: plain arithmetic over values that are checked within.
    let bytes = unsafe {
        let it = picture.as_ptr();
        ffi::av_image_get_buffer_size(ffi_format((*it).format), (*it).width, (*it).height, 1)
    };
    usize::try_from(bytes).map_err(|_| Error::from(bytes))
}

/// Copies the planes one after the other, rows tightly packed and from the top, as the program's `rawvideo` encoder
/// does.
pub(in crate::media) fn copy_packed(picture: &frame::Video, to: &mut [u8]) -> Result<(), Error> {
    let len = c_int::try_from(to.len()).map_err(|_| Error::InvalidData)?;
    // SAFETY: the frame's planes are as large as its size and format say, also where a linesize is
    // negative; no more than `len` bytes are written.
    let status = unsafe {
        let it = picture.as_ptr();
        ffi::av_image_copy_to_buffer(
            to.as_mut_ptr(),
            len,
            (&raw const (*it).data).cast(),
            (&raw const (*it).linesize).cast(),
            ffi_format((*it).format),
            (*it).width,
            (*it).height,
            1,
        )
    };
    if status < 0 { Err(Error::from(status)) } else { Ok(()) }
}

/// A copy of a decoded picture that shares no memory with its decoder.
pub(in crate::media) fn copied(picture: &frame::Video) -> Result<frame::Video, Error> {
    let mut copy = frame::Video::empty();
    // SAFETY: both frames are live. FFmpeg makes a buffer for the size and the format of the picture, whose planes it then
    // copies with its properties; it reports a format for which it cannot do so.
    unsafe {
        let (from, to) = (picture.as_ptr(), copy.as_mut_ptr());
        (*to).format = (*from).format;
        (*to).width = (*from).width;
        (*to).height = (*from).height;
        for status in [
            ffi::av_frame_get_buffer(to, 0),
            ffi::av_frame_copy(to, from),
            ffi::av_frame_copy_props(to, from),
        ] {
            if status < 0 {
                return Err(Error::from(status));
            }
        }
    }
    Ok(copy)
}

/// Another reference to the samples of a picture.
pub(in crate::media) fn shared(picture: &frame::Video) -> Result<frame::Video, Error> {
    let mut reference = frame::Video::empty();
    // SAFETY: both frames are live, and the new one is empty.
    let status = unsafe { ffi::av_frame_ref(reference.as_mut_ptr(), picture.as_ptr()) };
    if status < 0 { Err(Error::from(status)) } else { Ok(reference) }
}

/// A picture of one plane whose rows are tightly packed, so that its bytes are used without a copy.
pub(in crate::media) struct Packed(frame::Video);

impl Packed {
    /// Wraps the picture; returns it unchanged if its format differs, or if its bytes are shared.
    pub(in crate::media) fn of(mut picture: frame::Video) -> Result<Self, frame::Video> {
        // SAFETY: the frame is live; to be writable means to have the only reference to its bytes.
        let is_packed = unsafe {
            let it = picture.as_ptr();
            let row = ffi::av_image_get_linesize(ffi_format((*it).format), (*it).width, 0);
            let is_one_plane = !(*it).data[0].is_null() && (*it).data[1].is_null();
            is_one_plane
                && row > 0
                && row == (*it).linesize[0]
                && ffi::av_frame_is_writable(picture.as_mut_ptr()) > 0
        };
        if is_packed { Ok(Self(picture)) } else { Err(picture) }
    }
}

impl AsRef<[u8]> for Packed {
    fn as_ref(&self) -> &[u8] {
        let len = packed_bytes(&self.0).unwrap_or(0);
        // SAFETY: the frame lives as long as `self`, which alone refers to its bytes and never writes
        // them; it has one plane, of `height` rows one after the other, as `packed_bytes` counts them.
        unsafe { std::slice::from_raw_parts((*self.0.as_ptr()).data[0], len) }
    }
}

/// A new picture in RGBA of `shape`, filled by `draw` (rows tightly packed).
pub(in crate::media) fn rgba_picture(shape: Shape, rgba: &[u8]) -> Result<frame::Video, Error> {
    let mut picture = frame::Video::empty();
    let (Ok(width), Ok(height)) = (c_int::try_from(shape.width), c_int::try_from(shape.height)) else {
        return Err(Error::InvalidData);
    };
    if rgba.len() != shape.pixels() * 4 || rgba.is_empty() {
        return Err(Error::InvalidData);
    }
    // SAFETY: FFmpeg makes a buffer for exactly this size and format, and copies `height` rows of
    // `4 × width` bytes, as many as `rgba` was just seen to hold.
    unsafe {
        let it = picture.as_mut_ptr();
        (*it).format = ffi::AVPixelFormat::AV_PIX_FMT_RGBA as c_int;
        (*it).width = width;
        (*it).height = height;
        let status = ffi::av_frame_get_buffer(it, 0);
        if status < 0 {
            return Err(Error::from(status));
        }
        ffi::av_image_copy_plane(
            (*it).data[0],
            (*it).linesize[0],
            rgba.as_ptr(),
            width * 4,
            width * 4,
            height,
        );
    }
    Ok(picture)
}
