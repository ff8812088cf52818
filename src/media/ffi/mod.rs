//! The few calls for which `ffmpeg-next` has no safe form, and one to the C library itself: the project's only
//! `unsafe`.
//!
//! What is here takes and gives owned values and slices; no pointer leaves this folder.
#![expect(unsafe_code, reason = "FFmpeg is a C library; every block says why it is sound")]

pub(super) mod bitstream_filter;
mod encryption;
mod log;
mod picture;
pub(super) mod remux;
mod sound;
mod system;

use std::ffi::{CStr, CString, c_char, c_int};
use std::ptr;

use ffmpeg_next::codec::Id;
use ffmpeg_next::format::context::{Input, Output, StreamIo};
use ffmpeg_next::packet::Ref;
use ffmpeg_next::{Error, Packet, Rational, Stream, ffi};

use super::encryption::content_key::ContentKey;
use crate::picture::Shape;
pub(super) use encryption::encryption;
pub(super) use log::{CountedDecoder, ErrorCount, last_words, log_quietly, reason};
pub(super) use picture::{
    ColourTags, Packed, Properties, copy_packed, packed_bytes, properties, rgba_picture, stated_colour,
};
pub(super) use sound::{SampleFormat, s16_bytes, sample_format};
#[cfg(unix)]
pub(super) use system::inherited_descriptor;
pub(super) use system::{give_back_large_blocks, keep_large_blocks};

/// A format that is known without looking at the bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Format {
    /// FFmpeg's name of the demuxer.
    pub(super) demuxer: &'static CStr,
    /// The codec, where the demuxer is one for any.
    pub(super) codec: Option<Id>,
}

/// An input that is open, but of whose streams nothing but the headers is known.
pub(super) struct Opened(Input);

/// Demuxers that are given no chance: they take any text for a picture of it, or name other files and
/// addresses to read instead of holding frames themselves.
const REFUSED_FORMATS: [&str; 11] =
    ["tty", "hls", "concat", "dash", "imf", "sdp", "rtsp", "image2", "ffmetadata", "vapoursynth", "avisynth"];

/// Opens the container in `io`, chosen by content alone unless it is `known`, with no way to reach
/// any other file. Packets that are encrypted under `key` come decrypted.
pub(super) fn open(
    mut io: StreamIo,
    known: Option<Format>,
    key: Option<&ContentKey>,
) -> Result<Opened, Error> {
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
        // An empty list lets no protocol through; the program sets `scan_all_pmts` as well.
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

    /// What is open so far.
    pub(super) const fn input(&self) -> &Input {
        &self.0
    }

    /// Has packets come as the file holds them: no parser looks for headers in what is encrypted.
    pub(super) fn leave_unparsed(&mut self) {
        // SAFETY: the context is live; the flag is read when packets are.
        unsafe { (*self.0.as_mut_ptr()).flags |= ffi::AVFMT_FLAG_NOPARSE };
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

/// The byte of the file at which a packet starts, where the demuxer says so.
pub(super) fn offset(packet: &Packet) -> Option<u64> {
    // SAFETY: the packet is live.
    u64::try_from(unsafe { (*packet.as_ptr()).pos }).ok()
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

/// True where filters pass matrix and range on in their links: from libavfilter 10 on (FFmpeg 7.0), where a source
/// of pictures has to be told both beforehand.
pub(super) fn filters_know_colours() -> bool {
    // SAFETY: it returns a constant.
    unsafe { ffi::avfilter_version() >> 16 >= 10 }
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
