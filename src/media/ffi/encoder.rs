//! Video encoders with any of their options, and the rates and formats around them as the `ffmpeg` program sets them.

use std::ffi::{CStr, CString, c_int, c_void};
use std::ptr;

use ffmpeg_next::codec::Id;
use ffmpeg_next::filter::Graph;
use ffmpeg_next::format::context::{Input, Output};
use ffmpeg_next::packet::Mut;
use ffmpeg_next::{Codec, Error, Packet, Rational, ffi, frame, media};

use super::picture::number;

/// The quantizer unit of FFmpeg: `FF_QP2LAMBDA`.
const LAMBDA_PER_QP: f32 = 118.0;

/// What an encoder is told about the pictures before the first one.
pub(in crate::media) struct Setup<'a> {
    /// The first picture that it gets.
    pub(in crate::media) picture: &'a frame::Video,
    pub(in crate::media) time_base: Rational,
    pub(in crate::media) frame_rate: Rational,
    pub(in crate::media) sample_aspect_ratio: Rational,
    /// Bits of a sample of the decoder; 0 if it does not state them.
    pub(in crate::media) bits_per_raw_sample: i32,
    /// The fixed quantizer of the program's option `q`.
    pub(in crate::media) quantizer: Option<f32>,
    /// The encoder's own options, in order.
    pub(in crate::media) options: &'a [(&'a str, &'a str)],
}

/// An open encoder of video.
pub(in crate::media) struct VideoEncoder(*mut ffi::AVCodecContext);

// SAFETY: the context is owned, and FFmpeg's contexts may move between threads.
unsafe impl Send for VideoEncoder {}

/// Why an encoder does not open.
pub(in crate::media) enum NotOpened {
    /// It does not know this option.
    Option(String),
    /// FFmpeg's error.
    Failed(Error),
}

impl From<Error> for NotOpened {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// The names of all video encoders of the linked FFmpeg with their descriptions, in its order.
pub(in crate::media) fn video_encoders() -> Vec<(String, String)> {
    let mut place: *mut c_void = ptr::null_mut();
    let mut found = Vec::new();
    loop {
        // SAFETY: the state starts at null; codecs are static.
        let codec = unsafe { ffi::av_codec_iterate(&raw mut place) };
        if codec.is_null() {
            return found;
        }
        // SAFETY: as above.
        let codec = unsafe { Codec::wrap(codec) };
        if codec.is_encoder() && codec.medium() == media::Type::Video && !needs_device(codec) {
            found.push((codec.name().to_owned(), codec.description().to_owned()));
        }
    }
}

/// True if an encoder takes its pictures from a device, or wraps pictures without encoding them.
fn needs_device(codec: Codec) -> bool {
    // SAFETY: codecs are static.
    let capabilities = unsafe { (*codec.as_ptr()).capabilities.cast_unsigned() };
    let of_device = ffi::AV_CODEC_CAP_HARDWARE | ffi::AV_CODEC_CAP_HYBRID;
    capabilities & of_device != 0 || codec.name() == "wrapped_avframe"
}

/// The names of all options of an encoder: its own and those of all encoders.
pub(in crate::media) fn option_names(codec: Codec) -> Vec<String> {
    // SAFETY: classes are static, and so are the options and names that they list; a pointer to a pointer to a class is
    // what `av_opt_next` takes for an object.
    unsafe {
        let mut names = Vec::new();
        for class in [ffi::avcodec_get_class(), (*codec.as_ptr()).priv_class] {
            if class.is_null() {
                continue;
            }
            let object = (&raw const class).cast();
            let mut option = ffi::av_opt_next(object, ptr::null());
            while let Some(it) = option.as_ref() {
                if number(&raw const it.type_) != ffi::AVOptionType::AV_OPT_TYPE_CONST as c_int
                    && it.flags & ffi::AV_OPT_FLAG_ENCODING_PARAM != 0
                {
                    names.push(CStr::from_ptr(it.name).to_string_lossy().into_owned());
                }
                option = ffi::av_opt_next(object, option);
            }
        }
        names
    }
}

impl VideoEncoder {
    /// Opens an encoder for a muxer that stores parameter sets apart, as the `ffmpeg` program does.
    pub(in crate::media) fn open(codec: Codec, setup: &Setup<'_>) -> Result<Self, NotOpened> {
        // SAFETY: the codec is static. The context is owned from here on and freed when it is dropped.
        let own = Self(unsafe { ffi::avcodec_alloc_context3(codec.as_ptr()) });
        if own.0.is_null() {
            return Err(Error::Other { errno: ffi::ENOMEM }.into());
        }
        let field_order = field_order(codec.id(), setup.picture);
        // SAFETY: the context and the picture are live. Enums are copied as numbers; the format of a picture that filters
        // returned is one that the library knows.
        unsafe {
            let (to, from) = (own.0, setup.picture.as_ptr());
            (*to).width = (*from).width;
            (*to).height = (*from).height;
            copy_number(&raw mut (*to).pix_fmt, (*from).format);
            copy_number(&raw mut (*to).color_range, number(&raw const (*from).color_range));
            copy_number(&raw mut (*to).color_primaries, number(&raw const (*from).color_primaries));
            copy_number(&raw mut (*to).color_trc, number(&raw const (*from).color_trc));
            copy_number(&raw mut (*to).colorspace, number(&raw const (*from).colorspace));
            copy_number(&raw mut (*to).chroma_sample_location, number(&raw const (*from).chroma_location));
            (*to).field_order = field_order;
            (*to).sample_aspect_ratio = setup.sample_aspect_ratio.into();
            (*to).time_base = setup.time_base.into();
            (*to).framerate = setup.frame_rate.into();
            (*to).bits_per_raw_sample = setup.bits_per_raw_sample.min(depth((*from).format));
            (*to).flags |= ffi::AV_CODEC_FLAG_GLOBAL_HEADER.cast_signed();
            if let Some(quantizer) = setup.quantizer {
                (*to).flags |= ffi::AV_CODEC_FLAG_QSCALE.cast_signed();
                #[expect(clippy::cast_possible_truncation, reason = "saturates; FFmpeg truncates as well")]
                let quality = (LAMBDA_PER_QP * quantizer) as c_int;
                (*to).global_quality = quality;
            }
        }
        own.open_with(codec, setup.options)
    }

    fn open_with(self, codec: Codec, options: &[(&str, &str)]) -> Result<Self, NotOpened> {
        let mut dictionary = ptr::null_mut();
        let text = |text: &str| CString::new(text).map_err(|_| Error::InvalidData);
        for (name, value) in options {
            let (name, value) = (text(name)?, text(value)?);
            // SAFETY: both texts end in a zero and are copied.
            unsafe { ffi::av_dict_set(&raw mut dictionary, name.as_ptr(), value.as_ptr(), 0) };
        }
        // SAFETY: the context is live and was allocated for this codec; the dictionary is FFmpeg's own, which leaves the
        // options in it that it does not know, and is freed here.
        let (status, unread) = unsafe {
            let status = ffi::avcodec_open2(self.0, codec.as_ptr(), &raw mut dictionary);
            let flags = ffi::AV_DICT_IGNORE_SUFFIX as c_int;
            let unread = ffi::av_dict_get(dictionary, c"".as_ptr(), ptr::null(), flags);
            let unread = unread.as_ref().map(|it| CStr::from_ptr(it.key).to_string_lossy().into_owned());
            ffi::av_dict_free(&raw mut dictionary);
            (status, unread)
        };
        match unread {
            _ if status < 0 => Err(Error::from(status).into()),
            Some(unread) => Err(NotOpened::Option(unread)),
            None => Ok(self),
        }
    }

    /// Sends a picture to be shown at `pts`, in ticks of the encoder's time base; `None` ends the video.
    pub(in crate::media) fn send(&mut self, picture: Option<(&mut frame::Video, i64)>) -> Result<(), Error> {
        // SAFETY: the context is open; the picture, if there is one, is live and keeps its own reference to its bytes.
        check(unsafe {
            let picture = picture.map_or(ptr::null_mut(), |(picture, pts)| {
                let it = picture.as_mut_ptr();
                (*it).pts = pts;
                // The encoder chooses the type, and takes a fixed quantizer from the picture.
                (*it).pict_type = ffi::AVPictureType::AV_PICTURE_TYPE_NONE;
                (*it).quality = (*self.0).global_quality;
                it
            });
            ffi::avcodec_send_frame(self.0, picture)
        })
    }

    /// The next finished packet.
    pub(in crate::media) fn receive(&mut self) -> Result<Packet, Error> {
        let mut packet = Packet::empty();
        // SAFETY: the context is open and the packet empty.
        check(unsafe { ffi::avcodec_receive_packet(self.0, packet.as_mut_ptr()) })?;
        Ok(packet)
    }

    /// The decoder's parameters outside the packets: for H.264 the parameter sets, after start codes.
    pub(in crate::media) fn extradata(&self) -> Vec<u8> {
        // SAFETY: the context is open; extra data that is not null has this length.
        unsafe {
            match usize::try_from((*self.0).extradata_size) {
                Ok(len) if !(*self.0).extradata.is_null() => {
                    std::slice::from_raw_parts((*self.0).extradata, len).to_vec()
                }
                _ => Vec::new(),
            }
        }
    }

    /// Adds a stream for its packets to a muxer.
    pub(in crate::media) fn add_stream(&self, output: &mut Output, tick: Rational) -> Result<(), Error> {
        // SAFETY: both contexts are live; the muxer owns the new stream, and parameters are copied.
        unsafe {
            let stream = ffi::avformat_new_stream(output.as_mut_ptr(), ptr::null());
            if stream.is_null() {
                return Err(Error::Other { errno: ffi::ENOMEM });
            }
            (*stream).time_base = tick.into();
            (*stream).avg_frame_rate = (*self.0).framerate;
            (*stream).sample_aspect_ratio = (*self.0).sample_aspect_ratio;
            check(ffi::avcodec_parameters_from_context((*stream).codecpar, self.0))
        }
    }
}

impl Drop for VideoEncoder {
    fn drop(&mut self) {
        // SAFETY: the context is owned, and not used afterwards.
        unsafe { ffi::avcodec_free_context(&raw mut self.0) };
    }
}

/// The order of fields as the program derives it from the first picture.
fn field_order(codec: Id, picture: &frame::Video) -> ffi::AVFieldOrder {
    use ffi::AVFieldOrder::{AV_FIELD_BB, AV_FIELD_BT, AV_FIELD_PROGRESSIVE, AV_FIELD_TB, AV_FIELD_TT};

    match (picture.is_interlaced(), codec == Id::MJPEG, picture.is_top_first()) {
        (false, ..) => AV_FIELD_PROGRESSIVE,
        (true, true, true) => AV_FIELD_TT,
        (true, true, false) => AV_FIELD_BB,
        (true, false, true) => AV_FIELD_TB,
        (true, false, false) => AV_FIELD_BT,
    }
}

/// Bits of the first component of a pixel format; 0 for an unknown one.
fn depth(format: c_int) -> c_int {
    // SAFETY: a known format has a static descriptor.
    unsafe {
        ffi::av_pix_fmt_desc_get(super::picture::ffi_format(format)).as_ref().map_or(0, |it| it.comp[0].depth)
    }
}

/// Copies the number of one of C's enums into a field.
///
/// # Safety
/// `to` points to a live field.
unsafe fn copy_number<Enum>(to: *mut Enum, number: c_int) {
    const { assert!(size_of::<Enum>() == size_of::<c_int>(), "C's enums are as large as int") };
    // SAFETY: live, as large and as aligned as an int; the field is only read by FFmpeg, which checks it.
    unsafe { to.cast::<c_int>().write(number) };
}

/// The name of a pixel format, if a text is one.
pub(in crate::media) fn is_pixel_format(name: &str) -> bool {
    let Ok(name) = CString::new(name) else { return false };
    // SAFETY: the text ends in a zero.
    let format = unsafe { ffi::av_get_pix_fmt(name.as_ptr()) };
    format != ffi::AVPixelFormat::AV_PIX_FMT_NONE
}

/// Frames per second of a stream as the program assumes them for its filters; 0 if they are unknown.
pub(in crate::media) fn guessed_frame_rate(input: &mut Input, stream: usize) -> Rational {
    // SAFETY: the context is live and has `nb_streams` live streams; no picture is given.
    unsafe {
        let context = input.as_mut_ptr();
        if stream >= (*context).nb_streams as usize {
            return Rational(0, 1);
        }
        ffi::av_guess_frame_rate(context, *(*context).streams.add(stream), ptr::null_mut()).into()
    }
}

/// When a stream starts, in ticks of its time base, if that is known.
pub(in crate::media) fn start_time(stream: &ffmpeg_next::Stream<'_>) -> Option<i64> {
    // SAFETY: the stream is live.
    let start = unsafe { (*stream.as_ptr()).start_time };
    (start != ffi::AV_NOPTS_VALUE).then_some(start)
}

/// Width over height of a pixel after the filters of a graph, whose sink has the name `out`.
pub(in crate::media) fn filtered_aspect(graph: &mut Graph) -> Rational {
    // SAFETY: the graph is live and configured, and its sink belongs to it.
    graph.get("out").map_or(Rational(0, 1), |sink| unsafe {
        ffi::av_buffersink_get_sample_aspect_ratio(sink.as_ptr()).into()
    })
}

/// Bits of a sample that a decoder states; 0 if it does not.
pub(in crate::media) fn bits_per_raw_sample(decoder: &ffmpeg_next::codec::decoder::Video) -> i32 {
    // SAFETY: the context is live.
    unsafe { (*decoder.as_ptr()).bits_per_raw_sample }
}

/// Sets the width over height of a pixel.
pub(in crate::media) fn set_aspect(picture: &mut frame::Video, aspect: Rational) {
    // SAFETY: the frame is live.
    unsafe { (*picture.as_mut_ptr()).sample_aspect_ratio = aspect.into() };
}

fn check(status: c_int) -> Result<(), Error> {
    if status < 0 { Err(Error::from(status)) } else { Ok(()) }
}
