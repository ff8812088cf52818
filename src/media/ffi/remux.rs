//! Copying of streams from one container to another without decoding, and their timestamps.

use std::ptr;

use ffmpeg_next::format::context::{Input, Output};
use ffmpeg_next::{Error, Packet, Rational, Stream, ffi};

/// When the container begins, in microseconds; 0 if that is not known.
pub fn start_micros(input: &Input) -> i64 {
    // SAFETY: the context is live.
    let start = unsafe { (*input.as_ptr()).start_time };
    if start == ffi::AV_NOPTS_VALUE { 0 } else { start }
}

/// Copies the metadata of the container: title and the like.
pub fn copy_metadata(input: &Input, output: &mut Output) -> Result<(), Error> {
    // SAFETY: both contexts are live and own their dictionaries.
    check(unsafe {
        ffi::av_dict_copy(&raw mut (*output.as_mut_ptr()).metadata, (*input.as_ptr()).metadata, 0)
    })
}

/// True if the format of `output` has a name for the codec of a stream.
pub fn can_hold(output: &Output, stream: &Stream<'_>) -> bool {
    let codec = stream.parameters().id().into();
    // SAFETY: the context is live and its format a static.
    unsafe {
        let format = (*output.as_ptr()).oformat;
        ffi::avformat_query_codec(format, codec, ffi::FF_COMPLIANCE_NORMAL) == 1
    }
}

/// Adds a stream with the parameters, the time base, the metadata and the side data of another. Returns its index.
pub fn copy_stream(from: &Stream<'_>, output: &mut Output) -> Result<usize, Error> {
    let parameters = from.parameters();
    // SAFETY: `from` and its parameters are live, and so is the output, which owns the new stream. Every call copies what it
    // is given.
    let index = unsafe {
        let (from, context) = (from.as_ptr(), output.as_mut_ptr());
        let to = ffi::avformat_new_stream(context, ptr::null());
        if to.is_null() {
            return Err(Error::Other { errno: ffi::ENOMEM });
        }
        let own = (*to).codecpar;
        check(ffi::avcodec_parameters_copy(own, parameters.as_ptr()))?;
        let tags = (*(*context).oformat).codec_tag;
        if ffi::av_codec_get_id(tags, (*own).codec_tag) != (*own).codec_id {
            // The tag is not valid in this format: the muxer chooses one.
            (*own).codec_tag = 0;
        }
        if (*from).sample_aspect_ratio.num != 0 {
            (*own).sample_aspect_ratio = (*from).sample_aspect_ratio;
        }
        (*to).sample_aspect_ratio = (*own).sample_aspect_ratio;
        (*to).time_base = (*from).time_base;
        (*to).avg_frame_rate = (*from).avg_frame_rate;
        (*to).r_frame_rate = (*from).r_frame_rate;
        (*to).disposition = (*from).disposition;
        check(ffi::av_dict_copy(&raw mut (*to).metadata, (*from).metadata, 0))?;
        usize::try_from((*to).index).map_err(|_| Error::StreamNotFound)?
    };
    for data in from.side_data() {
        // SAFETY: the stream was added to the output above; the bytes are copied into memory of FFmpeg's own, which belongs
        // to the stream if the call succeeds and is freed if it does not.
        unsafe {
            let to = *(*output.as_mut_ptr()).streams.add(index);
            let bytes = data.data();
            let copy = ffi::av_memdup(bytes.as_ptr().cast(), bytes.len()).cast::<u8>();
            if copy.is_null() {
                return Err(Error::Other { errno: ffi::ENOMEM });
            }
            let status = add_side_data(to, data.kind().into(), copy, bytes.len());
            if status < 0 {
                ffi::av_free(copy.cast());
                return Err(Error::from(status));
            }
        }
    }
    Ok(index)
}

/// Adds side data to a stream. FFmpeg 8 has no such function; there, side data is copied with the parameters.
#[allow(clippy::wildcard_imports, unused_imports, reason = "FFmpeg 8 has no such name to import by itself")]
unsafe fn add_side_data(
    stream: *mut ffi::AVStream,
    kind: ffi::AVPacketSideDataType,
    data: *mut u8,
    bytes: usize,
) -> i32 {
    // If FFmpeg has the function, its name hides the function of the same name outside this block.
    use ffmpeg_next::ffi::*;
    // SAFETY: as this function's own contract: a live stream, and `data` from FFmpeg's allocator.
    unsafe { av_stream_add_side_data(stream, kind, data, bytes) }
}

/// A replacement for the function that FFmpeg 8 removed.
#[allow(dead_code, reason = "earlier versions have it")]
unsafe fn av_stream_add_side_data(
    _: *mut ffi::AVStream,
    _: ffi::AVPacketSideDataType,
    data: *mut u8,
    _: usize,
) -> i32 {
    // SAFETY: `data` comes from FFmpeg's allocator.
    unsafe { ffi::av_free(data.cast()) };
    0
}

/// How many pictures are decoded before the first is shown.
pub fn video_delay(stream: &Stream<'_>) -> i32 {
    // SAFETY: the parameters belong to a live stream.
    unsafe { (*stream.parameters().as_ptr()).video_delay.max(0) }
}

/// How many samples of sound a packet of `bytes` bytes holds; 0 if the codec does not determine it.
pub fn audio_samples(stream: &Stream<'_>, bytes: usize) -> i32 {
    let mut parameters = stream.parameters();
    let bytes = i32::try_from(bytes).unwrap_or(i32::MAX);
    // SAFETY: the parameters belong to a live stream and are only read.
    unsafe {
        let samples = ffi::av_get_audio_frame_duration2(parameters.as_mut_ptr(), bytes);
        if samples > 0 { samples } else { (*parameters.as_ptr()).frame_size.max(0) }
    }
}

/// Samples of sound in a second; 0 if that is not known.
pub fn sample_rate(stream: &Stream<'_>) -> i32 {
    // SAFETY: the parameters belong to a live stream.
    unsafe { (*stream.parameters().as_ptr()).sample_rate }
}

/// Converts a timestamp of sound from a coarse time base to a fine one, without rounding gaps between packets. `last`
/// holds the remainder of the previous call, `None` before the first.
pub fn rescale_sound(
    (stamp, tick): (i64, Rational),
    samples: i32,
    sample_rate: i32,
    last: &mut Option<i64>,
    to: Rational,
) -> i64 {
    let mut kept = last.unwrap_or(ffi::AV_NOPTS_VALUE);
    let rate = Rational::new(1, sample_rate);
    // SAFETY: it computes with numbers and writes to `kept`.
    let rescaled =
        unsafe { ffi::av_rescale_delta(tick.into(), stamp, rate.into(), samples, &raw mut kept, to.into()) };
    *last = Some(kept);
    rescaled
}

/// True if a packet has encryption data.
pub fn is_encrypted(packet: &Packet) -> bool {
    use ffmpeg_next::codec::packet::side_data::Type;

    packet.side_data().any(|data| matches!(data.kind(), Type::EncryptionInfo))
}

/// Makes a muxer of fragments end the current one.
pub fn end_fragment(output: &mut Output) -> Result<(), Error> {
    // SAFETY: the context is live and its header was written; no packet asks for this.
    check(unsafe { ffi::av_write_frame(output.as_mut_ptr(), ptr::null_mut()) })
}

fn check(status: i32) -> Result<(), Error> {
    if status < 0 { Err(Error::from(status)) } else { Ok(()) }
}
