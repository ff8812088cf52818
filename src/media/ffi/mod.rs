//! The few calls for which `ffmpeg-next` has no safe form, and one to the C library itself: the project's only
//! `unsafe`.
//!
//! What is here takes and gives owned values and slices; no pointer leaves this file.
#![expect(unsafe_code, reason = "FFmpeg is a C library; every block says why it is sound")]

mod log;

use std::ffi::{CStr, CString, c_char, c_int};
use std::ptr;

use ffmpeg_next::format::context::{Input, Output, StreamIo};
use ffmpeg_next::packet::Ref;
use ffmpeg_next::{Error, Packet, Rational, Stream, ffi, frame};

use super::StatedColour;
use super::known::Known;
use crate::picture::{Colour, Matrix, Shape};
pub(super) use log::{CountedDecoder, ErrorCount, last_words, log_quietly, reason};

/// An input that is open, but of whose streams nothing but the headers is known.
pub(super) struct Opened(Input);

/// Demuxers that are given no chance: they take any text for a picture of it, or name other files and
/// addresses to read instead of holding frames themselves.
const REFUSED_FORMATS: [&str; 11] =
    ["tty", "hls", "concat", "dash", "imf", "sdp", "rtsp", "image2", "ffmetadata", "vapoursynth", "avisynth"];

/// Opens the container in `io`, chosen by content alone unless it is `known`, with no way to reach
/// any other file.
pub(super) fn open(mut io: StreamIo, known: Option<Known>) -> Result<Opened, Error> {
    log_quietly();
    let pb = io.as_mut_ptr();
    let mut format = ptr::null();
    // SAFETY: `pb` is a live read context; no name, no log context and no limits are given. The name of what is
    // known ends in a zero.
    let score = unsafe {
        match known {
            Some(known) => {
                format = ffi::av_find_input_format(known.demuxer.as_ptr());
                0
            }
            None => ffi::av_probe_input_buffer2(pb, &raw mut format, ptr::null(), ptr::null_mut(), 0, 0),
        }
    };
    if score < 0 || format.is_null() {
        return Err(Error::InvalidData);
    }
    // SAFETY: a demuxer is a static with a name that ends in a zero.
    let name = unsafe { CStr::from_ptr((*format).name) }.to_string_lossy();
    if REFUSED_FORMATS.iter().any(|refused| name.split(',').any(|name| name == *refused)) {
        return Err(Error::InvalidData);
    }
    // SAFETY: the context is freed by FFmpeg when opening fails and owned by `Input` when it does not;
    // `pb` outlives it, since `Input` keeps `io` and drops it last. The options are freed in both cases.
    unsafe {
        let mut context = ffi::avformat_alloc_context();
        if context.is_null() {
            return Err(Error::Other { errno: ffi::ENOMEM });
        }
        (*context).pb = pb;
        if let Some(codec) = known.and_then(|known| known.codec) {
            (*context).video_codec_id = codec.into();
        }
        (*context).flags |= ffi::AVFMT_FLAG_CUSTOM_IO;
        (*context).io_open = Some(refuse_to_open);
        let mut options = ptr::null_mut();
        // An empty list lets no protocol through; the program sets `scan_all_pmts` as well.
        ffi::av_dict_set(&raw mut options, c"protocol_whitelist".as_ptr(), c"".as_ptr(), 0);
        ffi::av_dict_set(&raw mut options, c"scan_all_pmts".as_ptr(), c"1".as_ptr(), 0);
        let status = ffi::avformat_open_input(&raw mut context, ptr::null(), format, &raw mut options);
        ffi::av_dict_free(&raw mut options);
        if status < 0 {
            return Err(Error::from(status));
        }
        Ok(Opened(Input::wrap_with_custom_io(context, io)))
    }
}

/// Stands where libavformat would open a second file: there is none that a video may ask for.
unsafe extern "C" fn refuse_to_open(
    _: *mut ffi::AVFormatContext,
    _: *mut *mut ffi::AVIOContext,
    _: *const c_char,
    _: c_int,
    _: *mut *mut ffi::AVDictionary,
) -> c_int {
    ffi::AVERROR(ffi::EACCES)
}

impl Opened {
    /// Width and height of the streams of which the container says so.
    pub(super) fn shapes(&self) -> impl Iterator<Item = Shape> {
        self.0.streams().filter_map(|stream| shape(&stream))
    }

    /// Reads on until the streams are known, with no decoder that goes past `max_pixels`.
    pub(super) fn find_streams(mut self, max_pixels: u64) -> Result<Input, Error> {
        let pixels = CString::new(max_pixels.to_string()).map_err(|_| Error::InvalidData)?;
        // SAFETY: as many dictionaries as there are streams, each freed after use; the context is live.
        let status = unsafe {
            let context = self.0.as_mut_ptr();
            let count = (*context).nb_streams as usize;
            let mut options: Vec<*mut ffi::AVDictionary> = vec![ptr::null_mut(); count];
            for options in &mut options {
                ffi::av_dict_set(options, c"max_pixels".as_ptr(), pixels.as_ptr(), 0);
            }
            let given = if count == 0 { ptr::null_mut() } else { options.as_mut_ptr() };
            let status = ffi::avformat_find_stream_info(context, given);
            for options in &mut options {
                ffi::av_dict_free(options);
            }
            status
        };
        if status < 0 { Err(Error::from(status)) } else { Ok(self.0) }
    }
}

/// Width and height that the container states for a stream; `None` where it states none.
pub(super) fn shape(stream: &Stream<'_>) -> Option<Shape> {
    let parameters = stream.parameters();
    // SAFETY: the parameters belong to a live stream.
    let (width, height) = unsafe { ((*parameters.as_ptr()).width, (*parameters.as_ptr()).height) };
    Some(Shape::new(u32::try_from(width).ok()?, u32::try_from(height).ok()?)).filter(|it| it.pixels() > 0)
}

/// Width of a pixel over its height as the container states it; 0 where it does not.
pub(super) fn stated_aspect(stream: &Stream<'_>) -> Rational {
    // SAFETY: the stream is live.
    unsafe { (*stream.as_ptr()).sample_aspect_ratio.into() }
}

/// The decoder's parameters beside the packets: for H.264 in MP4 the parameter sets.
pub(super) fn extradata(stream: &Stream<'_>) -> Vec<u8> {
    let parameters = stream.parameters();
    // SAFETY: the parameters belong to a live stream; where there is extra data it has this length.
    unsafe {
        let it = parameters.as_ptr();
        match usize::try_from((*it).extradata_size) {
            Ok(len) if !(*it).extradata.is_null() => {
                std::slice::from_raw_parts((*it).extradata, len).to_vec()
            }
            _ => Vec::new(),
        }
    }
}

/// True where the stream has given packets already.
pub(super) fn has_packets(stream: &Stream<'_>) -> bool {
    // SAFETY: the stream is live.
    unsafe { (*stream.as_ptr()).event_flags & ffi::AVSTREAM_EVENT_FLAG_NEW_PACKETS != 0 }
}

/// Lets the demuxer drop the packets of all streams but one.
pub(super) fn keep_only(input: &mut Input, stream: usize) {
    // SAFETY: `streams` holds `nb_streams` live pointers.
    unsafe {
        let context = input.as_mut_ptr();
        for i in (0..(*context).nb_streams as usize).filter(|&i| i != stream) {
            (**(*context).streams.add(i)).discard = ffi::AVDiscard::AVDISCARD_ALL;
        }
    }
}

/// Seeks to a point where decoding can start, at `timestamp` (in the stream's time base) or before.
pub(super) fn seek(input: &mut Input, stream: usize, timestamp: i64) -> Result<(), Error> {
    let stream = c_int::try_from(stream).map_err(|_| Error::StreamNotFound)?;
    // SAFETY: the context is live; a bad stream number is reported as an error.
    let status =
        unsafe { ffi::avformat_seek_file(input.as_mut_ptr(), stream, i64::MIN, timestamp, timestamp, 0) };
    if status < 0 { Err(Error::from(status)) } else { Ok(()) }
}

/// Goes on reading at a byte of the file; fails where the format has no such places.
pub(super) fn seek_byte(input: &mut Input, position: i64) -> Result<(), Error> {
    // SAFETY: the context is live; a format that cannot do so reports an error.
    let status = unsafe {
        ffi::avformat_seek_file(
            input.as_mut_ptr(),
            -1,
            position,
            position,
            position,
            ffi::AVSEEK_FLAG_BYTE as c_int,
        )
    };
    if status < 0 { Err(Error::from(status)) } else { Ok(()) }
}

/// True where timestamps of the format may start again or jump, since its files are cut and joined as they are.
pub(super) fn has_joints(input: &Input) -> bool {
    // SAFETY: the context is live and its demuxer a static.
    unsafe { (*(*input.as_ptr()).iformat).flags & ffi::AVFMT_TS_DISCONT as c_int != 0 }
}

/// True where the decoder is to keep the packet's picture to itself: an edit list cuts it off.
pub(super) fn is_hidden(packet: &Packet) -> bool {
    // SAFETY: the packet is live.
    unsafe { (*packet.as_ptr()).flags & ffi::AV_PKT_FLAG_DISCARD != 0 }
}

/// Has the muxer for GIF show the last picture for so many hundredths: it goes by when the next one comes.
pub(super) fn set_final_delay(output: &mut Output, hundredths: i64) -> Result<(), Error> {
    // SAFETY: the context is live; it looks the name up in its own options and those of its muxer.
    let status = unsafe {
        ffi::av_opt_set_int(
            output.as_mut_ptr().cast(),
            c"final_delay".as_ptr(),
            hundredths.clamp(0, u16::MAX.into()),
            ffi::AV_OPT_SEARCH_CHILDREN as c_int,
        )
    };
    if status < 0 { Err(Error::from(status)) } else { Ok(()) }
}

/// What a picture states of its colours, as FFmpeg's numbers, which may be none that FFmpeg has a name for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct ColourTags {
    /// `AVColorSpace`: the matrix.
    pub(super) space: c_int,
    /// `AVColorRange`.
    pub(super) range: c_int,
}

impl ColourTags {
    /// The same range, and no matrix stated.
    pub(super) fn without_matrix(self) -> Self {
        Self { space: ffi::AVColorSpace::AVCOL_SPC_UNSPECIFIED as c_int, ..self }
    }
}

/// True where filters pass matrix and range on in their links: from libavfilter 10 on (FFmpeg 7.0), where a source
/// of pictures has to be told both beforehand.
pub(super) fn filters_know_colours() -> bool {
    // SAFETY: it returns a constant.
    unsafe { ffi::avfilter_version() >> 16 >= 10 }
}

/// What is known of a decoded picture besides its samples.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Properties {
    pub(super) shape: Shape,
    /// FFmpeg's number of the pixel format, and its name.
    pub(super) format: c_int,
    pub(super) format_name: &'static str,
    pub(super) colour_tags: ColourTags,
    pub(super) colour: Colour,
    pub(super) sample_aspect_ratio: Rational,
    /// FFmpeg's best guess of the timestamp.
    pub(super) pts: Option<i64>,
    /// The timestamp that the stream itself states for the picture, where that is the same.
    pub(super) stated_pts: Option<i64>,
    pub(super) duration: i64,
    pub(super) is_corrupt: bool,
    pub(super) is_key: bool,
}

/// The properties of a decoded or converted picture.
pub(super) fn properties(picture: &frame::Video) -> Properties {
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

/// What a picture states of its colours, in FFmpeg's names.
pub(super) fn stated_colour(picture: &frame::Video) -> StatedColour {
    // Declared once more for plain numbers: a file can state any, also such as the bindings do not list.
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

/// The number that a field of one of C's enum types holds. A file can put any number there, also one that the
/// Rust enum does not have and that must never be read as one.
///
/// # Safety
/// `field` points to a live field.
unsafe fn number<Enum>(field: *const Enum) -> c_int {
    const { assert!(size_of::<Enum>() == size_of::<c_int>(), "C's enums are as large as int") };
    // SAFETY: live, as large and as aligned as an int; any bytes are one.
    unsafe { field.cast::<c_int>().read() }
}

/// A pixel format by FFmpeg's number.
/// Numbers past the list, of which the linked FFmpeg knows none, become "none".
fn ffi_format(number: c_int) -> ffi::AVPixelFormat {
    if (0..ffi::AVPixelFormat::AV_PIX_FMT_NB as c_int).contains(&number) {
        // SAFETY: the bindings are made from the headers of the linked library and number all formats
        // below `NB` without a gap.
        unsafe { std::mem::transmute::<c_int, ffi::AVPixelFormat>(number) }
    } else {
        ffi::AVPixelFormat::AV_PIX_FMT_NONE
    }
}

/// Bytes that [`copy_packed`] writes.
pub(super) fn packed_bytes(picture: &frame::Video) -> Result<usize, Error> {
    // SAFETY: plain arithmetic over values that are checked within.
    let bytes = unsafe {
        let it = picture.as_ptr();
        ffi::av_image_get_buffer_size(ffi_format((*it).format), (*it).width, (*it).height, 1)
    };
    usize::try_from(bytes).map_err(|_| Error::from(bytes))
}

/// Copies the planes one after the other, rows tightly packed and from the top, as the program's
/// `rawvideo` encoder does.
pub(super) fn copy_packed(picture: &frame::Video, to: &mut [u8]) -> Result<(), Error> {
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

/// A picture of one plane whose rows are tightly packed: its bytes as they are.
pub(super) struct Packed(frame::Video);

impl Packed {
    /// Takes the picture, or gives it back where it is another, or somebody else holds it too.
    pub(super) fn of(mut picture: frame::Video) -> Result<Self, frame::Video> {
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
pub(super) fn rgba_picture(shape: Shape, rgba: &[u8]) -> Result<frame::Video, Error> {
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

/// Gives the scalers that a filter graph puts in by itself the flags that the program gives them.
pub(super) fn set_scale_flags(graph: &mut ffmpeg_next::filter::Graph) {
    // SAFETY: the graph is live and frees the string with itself; it has none before.
    unsafe { (*graph.as_mut_ptr()).scale_sws_opts = ffi::av_strdup(c"flags=bicubic".as_ptr()) };
}

/// The release of FFmpeg, as it calls itself.
pub(super) fn release() -> String {
    // SAFETY: it gives a constant text that ends in a zero.
    unsafe { CStr::from_ptr(ffi::av_version_info()) }.to_string_lossy().into_owned()
}

/// Has blocks of memory from 1 MiB on go back to the system when they are freed. Otherwise glibc, once it has freed
/// a frame, keeps all blocks of its size in the heaps of its threads, where a few small ones between them hold
/// several times what is in use.
pub(super) fn give_back_large_blocks() {
    set_malloc(&[(M_MMAP_THRESHOLD, 1 << 20), (M_TRIM_THRESHOLD, 1 << 20)]);
}

/// Has freed blocks of memory of up to 16 MiB stay with the program. Otherwise glibc gives some of them back at every
/// frame, and the system clears them again for the next.
pub(super) fn keep_large_blocks() {
    set_malloc(&[(M_MMAP_THRESHOLD, 1 << 24), (M_TRIM_THRESHOLD, 1 << 29)]);
}

/// A descriptor that the program was started with, under another number: both stand at the same place in the file.
#[cfg(unix)]
pub(super) fn inherited_descriptor(number: u32) -> std::io::Result<std::fs::File> {
    use std::os::fd::BorrowedFd;

    let number =
        c_int::try_from(number).map_err(|_| std::io::Error::from(std::io::ErrorKind::InvalidInput))?;
    // SAFETY: the number is none below zero, and is asked for once, to be duplicated: where it is not open, the
    // system says so.
    let borrowed = unsafe { BorrowedFd::borrow_raw(number) };
    Ok(borrowed.try_clone_to_owned()?.into())
}

const M_TRIM_THRESHOLD: c_int = -1;
const M_MMAP_THRESHOLD: c_int = -3;

/// Sets parameters of glibc's `malloc`; does nothing where there is another.
fn set_malloc(parameters: &[(c_int, c_int)]) {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        unsafe extern "C" {
            fn mallopt(parameter: c_int, value: c_int) -> c_int;
        }
        for &(parameter, value) in parameters {
            // SAFETY: it takes two numbers, locks what it changes, and may be called at any time (mallopt(3)).
            unsafe { mallopt(parameter, value) };
        }
    }
    #[cfg(not(all(target_os = "linux", target_env = "gnu")))]
    let _ = parameters;
}
