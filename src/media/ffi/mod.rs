//! Calls of FFmpeg for which `ffmpeg-next` has no safe form, and a few of the C library: the project's only `unsafe`.
//!
//! Functions here take and return owned values and slices; no pointer leaves this folder.
#![expect(unsafe_code, reason = "FFmpeg is a C library; every block says why it is sound")]

pub(super) mod bitstream_filter;
pub(super) mod encoder;
mod encryption;
mod log;
mod picture;
pub(super) mod remux;
pub(super) mod rtp;
mod sound;
pub(super) mod sound_encoder;
mod system;

use std::ffi::{CStr, CString, c_char, c_int};
use std::ptr;

use ffmpeg_next::codec::Id;
use ffmpeg_next::format::context::{Input, Output, StreamIo};
use ffmpeg_next::packet::{Mut, Ref};
use ffmpeg_next::{Error, Packet, Rational, Stream, ffi};

use super::encryption::content_key::ContentKey;
use crate::picture::Shape;
pub(super) use encryption::encryption;
pub(super) use log::{CountedDecoder, ErrorCount, log_quietly, reason, take_last_message};
pub(super) use picture::{
    ColourTags, Packed, Properties, copied, copy_packed, packed_bytes, properties, rgba_picture, shared,
    stated_colour,
};
pub(super) use sound::{SampleFormat, has_option, s16_bytes, sample_format};
#[cfg(unix)]
pub(super) use system::inherited_descriptor;
pub(super) use system::{give_back_large_blocks, keep_large_blocks};

/// A format that was recognized before the file is opened.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Format {
    /// FFmpeg's name of the demuxer.
    pub(super) demuxer: &'static CStr,
    /// The codec, if the demuxer does not determine it.
    pub(super) codec: Option<Id>,
}

/// An open input of which only the container's headers were read.
pub(super) struct Opened(Input);

/// Demuxers that are disabled: they take any text for a picture of it, or read other files and addresses.
const REFUSED_FORMATS: [&str; 11] =
    ["tty", "hls", "concat", "dash", "imf", "sdp", "rtsp", "image2", "ffmetadata", "vapoursynth", "avisynth"];

/// Opens the container in `io`, without access to any other file. The format is found by content, unless it is
/// `known`. Packets that are encrypted with `key` are returned decrypted.
pub(super) fn open(
    mut io: StreamIo,
    known: Option<Format>,
    key: Option<&ContentKey>,
) -> Result<Opened, Error> {
    log_quietly();
    let pb = io.as_mut_ptr();
    let mut format = ptr::null();
    // SAFETY: `pb` is a live read context; no name, no log context and no limits are given. The name of a known format
    // ends in a zero.
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
    let key =
        key.map(|key| CString::new(key.to_hex().as_bytes())).transpose().map_err(|_| Error::InvalidData)?;
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
        // An empty list allows no protocol; the program sets `scan_all_pmts` as well.
        ffi::av_dict_set(&raw mut options, c"protocol_whitelist".as_ptr(), c"".as_ptr(), 0);
        ffi::av_dict_set(&raw mut options, c"scan_all_pmts".as_ptr(), c"1".as_ptr(), 0);
        if let Some(key) = &key {
            // Only the demuxer of MP4 has this option; it decrypts all four schemes.
            ffi::av_dict_set(&raw mut options, c"decryption_key".as_ptr(), key.as_ptr(), 0);
        }
        let status = ffi::avformat_open_input(&raw mut context, ptr::null(), format, &raw mut options);
        ffi::av_dict_free(&raw mut options);
        if status < 0 {
            return Err(Error::from(status));
        }
        Ok(Opened(Input::wrap_with_custom_io(context, io)))
    }
}

/// Called when libavformat wants to open a second file, which is always denied.
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
    /// Width and height of the streams for which the container states them.
    pub(super) fn shapes(&self) -> impl Iterator<Item = Shape> {
        self.0.streams().filter_map(|stream| shape(&stream))
    }

    /// The open input.
    pub(super) const fn input(&self) -> &Input {
        &self.0
    }

    /// Makes the demuxer return packets as in the file: no parser searches encrypted bytes for headers.
    pub(super) fn leave_unparsed(&mut self) {
        // SAFETY: the context is live; the flag is read when packets are.
        unsafe { (*self.0.as_mut_ptr()).flags |= ffi::AVFMT_FLAG_NOPARSE };
    }

    /// Reads on until the streams are known. No decoder accepts more than `max_pixels`.
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

/// Width and height that the container states for a stream; `None` if it states none.
pub(super) fn shape(stream: &Stream<'_>) -> Option<Shape> {
    let parameters = stream.parameters();
    // SAFETY: the parameters belong to a live stream.
    let (width, height) = unsafe { ((*parameters.as_ptr()).width, (*parameters.as_ptr()).height) };
    Some(Shape::new(u32::try_from(width).ok()?, u32::try_from(height).ok()?)).filter(|it| it.pixels() > 0)
}

/// Width of a pixel over its height as stated by the container; 0 if it is not stated.
pub(super) fn stated_aspect(stream: &Stream<'_>) -> Rational {
    // SAFETY: the stream is live.
    unsafe { (*stream.as_ptr()).sample_aspect_ratio.into() }
}

/// The decoder's parameters outside the packets: for H.264 in MP4 the parameter sets.
pub(super) fn extradata(stream: &Stream<'_>) -> Vec<u8> {
    let parameters = stream.parameters();
    // SAFETY: the parameters belong to a live stream; extra data that is not null has this length.
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

/// True if packets of the stream were found already.
pub(super) fn has_packets(stream: &Stream<'_>) -> bool {
    // SAFETY: the stream is live.
    unsafe { (*stream.as_ptr()).event_flags & ffi::AVSTREAM_EVENT_FLAG_NEW_PACKETS != 0 }
}

/// Lets the demuxer discard the packets of all streams but one.
pub(super) fn keep_only(input: &mut Input, stream: usize) {
    // SAFETY: `streams` holds `nb_streams` live pointers.
    unsafe {
        let context = input.as_mut_ptr();
        for i in (0..(*context).nb_streams as usize).filter(|&i| i != stream) {
            (**(*context).streams.add(i)).discard = ffi::AVDiscard::AVDISCARD_ALL;
        }
    }
}

/// Seeks to a position where decoding can start, at `timestamp` (in the stream's time base) or before.
pub(super) fn seek(input: &mut Input, stream: usize, timestamp: i64) -> Result<(), Error> {
    let stream = c_int::try_from(stream).map_err(|_| Error::StreamNotFound)?;
    // SAFETY: the context is live; a bad stream number is reported as an error.
    let status =
        unsafe { ffi::avformat_seek_file(input.as_mut_ptr(), stream, i64::MIN, timestamp, timestamp, 0) };
    if status < 0 { Err(Error::from(status)) } else { Ok(()) }
}

/// Continues reading at a byte of the file; an error in formats that cannot seek by bytes.
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

/// True if timestamps of the format may restart or jump, since its files may be cut and joined.
pub(super) fn allows_discontinuities(input: &Input) -> bool {
    // SAFETY: the context is live and its demuxer a static.
    unsafe { (*(*input.as_ptr()).iformat).flags & ffi::AVFMT_TS_DISCONT as c_int != 0 }
}

/// True if the packet's picture is decoded but not shown: an edit list cuts it off.
pub(super) fn is_hidden(packet: &Packet) -> bool {
    // SAFETY: the packet is live.
    unsafe { (*packet.as_ptr()).flags & ffi::AV_PKT_FLAG_DISCARD != 0 }
}

/// Makes a decoder decode the packet without showing its picture.
pub(super) fn hide(packet: &mut Packet) {
    // SAFETY: the packet is live.
    unsafe { (*packet.as_mut_ptr()).flags |= ffi::AV_PKT_FLAG_DISCARD };
}

/// The offset of a packet in the file, if the demuxer states it.
pub(super) fn offset(packet: &Packet) -> Option<u64> {
    // SAFETY: the packet is live.
    u64::try_from(unsafe { (*packet.as_ptr()).pos }).ok()
}

/// Sets how long the GIF muxer shows the last picture, in hundredths of a second; it writes a delay only when the next
/// picture comes.
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

/// True if filters read matrix and range from the links between them: from libavfilter 10 on (FFmpeg 7.0), where a
/// source of pictures must be given both when it is created.
pub(super) fn filters_know_colours() -> bool {
    // SAFETY: it returns a constant.
    unsafe { ffi::avfilter_version() >> 16 >= 10 }
}

/// Sets the flags of the scalers that a filter graph inserts, as the program does.
pub(super) fn set_scale_flags(graph: &mut ffmpeg_next::filter::Graph) {
    // SAFETY: the graph is live and frees the string with itself; it has none before.
    unsafe { (*graph.as_mut_ptr()).scale_sws_opts = ffi::av_strdup(c"flags=bicubic".as_ptr()) };
}

/// The release of FFmpeg.
pub(super) fn release() -> String {
    // SAFETY: it returns a constant string that ends in a zero.
    unsafe { CStr::from_ptr(ffi::av_version_info()) }.to_string_lossy().into_owned()
}
