//! Encoders of sound, which are given samples of 16 bits.

use std::ffi::{CString, c_int};
use std::ptr;

use ffmpeg_next::format::context::Output;
use ffmpeg_next::packet::Mut;
use ffmpeg_next::{Codec, Error, Packet, ffi, frame};

/// An open encoder of sound.
pub(in crate::media) struct SoundEncoder {
    context: *mut ffi::AVCodecContext,
    channels: usize,
}

// SAFETY: the context is owned, and FFmpeg's contexts may move between threads.
unsafe impl Send for SoundEncoder {}

impl SoundEncoder {
    /// Opens an encoder that takes packed samples of 16 bits. Options that it does not know are ignored.
    pub(in crate::media) fn open(
        codec: Codec,
        sample_rate: u32,
        channels: u32,
        options: &[(&str, &str)],
    ) -> Result<Self, Error> {
        let (Ok(rate), Ok(count)) = (c_int::try_from(sample_rate), c_int::try_from(channels)) else {
            return Err(Error::InvalidData);
        };
        // SAFETY: the codec is static. The context is owned from here on and freed when it is dropped.
        let context = unsafe { ffi::avcodec_alloc_context3(codec.as_ptr()) };
        let own = Self { context, channels: channels as usize };
        if context.is_null() {
            return Err(Error::Other { errno: ffi::ENOMEM });
        }
        let mut dictionary = ptr::null_mut();
        for (name, value) in options {
            let text = |text: &str| CString::new(text).map_err(|_| Error::InvalidData);
            let (name, value) = (text(name)?, text(value)?);
            // SAFETY: both texts end in a zero and are copied.
            unsafe { ffi::av_dict_set(&raw mut dictionary, name.as_ptr(), value.as_ptr(), 0) };
        }
        // SAFETY: the context is live and was allocated for this codec; its channel layout is empty. The dictionary
        // is FFmpeg's own and is freed here.
        let status = unsafe {
            (*context).sample_rate = rate;
            (*context).sample_fmt = ffi::AVSampleFormat::AV_SAMPLE_FMT_S16;
            ffi::av_channel_layout_default(&raw mut (*context).ch_layout, count);
            (*context).time_base = ffi::AVRational { num: 1, den: rate };
            let status = ffi::avcodec_open2(context, codec.as_ptr(), &raw mut dictionary);
            ffi::av_dict_free(&raw mut dictionary);
            status
        };
        check(status).map(|()| own)
    }

    /// Sends interleaved samples whose first one is heard at `pts`, in samples; `None` ends the sound.
    pub(in crate::media) fn send(&mut self, samples: Option<(&[i16], i64)>) -> Result<(), Error> {
        let Some((samples, pts)) = samples else {
            // SAFETY: the context is open; no frame ends the sound.
            return check(unsafe { ffi::avcodec_send_frame(self.context, ptr::null()) });
        };
        let mut sound = frame::Audio::empty();
        let count = c_int::try_from(samples.len() / self.channels.max(1)).map_err(|_| Error::InvalidData)?;
        // SAFETY: the frame is new; FFmpeg makes a buffer for this many samples of all channels, of two bytes each,
        // which lie in its first plane since they are packed. The layout is copied.
        unsafe {
            let it = sound.as_mut_ptr();
            (*it).format = ffi::AVSampleFormat::AV_SAMPLE_FMT_S16 as c_int;
            (*it).nb_samples = count;
            (*it).sample_rate = (*self.context).sample_rate;
            (*it).pts = pts;
            check(ffi::av_channel_layout_copy(
                &raw mut (*it).ch_layout,
                &raw const (*self.context).ch_layout,
            ))?;
            check(ffi::av_frame_get_buffer(it, 0))?;
            let bytes = samples.len() / self.channels.max(1) * self.channels * size_of::<i16>();
            ptr::copy_nonoverlapping(samples.as_ptr().cast::<u8>(), (*it).data[0], bytes);
            check(ffi::avcodec_send_frame(self.context, it))
        }
    }

    /// The next finished packet.
    pub(in crate::media) fn receive(&mut self) -> Result<Packet, Error> {
        let mut packet = Packet::empty();
        // SAFETY: the context is open and the packet empty.
        check(unsafe { ffi::avcodec_receive_packet(self.context, packet.as_mut_ptr()) })?;
        Ok(packet)
    }

    /// Adds a stream for its packets to a muxer.
    pub(in crate::media) fn add_stream(&self, output: &mut Output) -> Result<(), Error> {
        // SAFETY: both contexts are live; the muxer owns the new stream, and parameters are copied.
        unsafe {
            let stream = ffi::avformat_new_stream(output.as_mut_ptr(), ptr::null());
            if stream.is_null() {
                return Err(Error::Other { errno: ffi::ENOMEM });
            }
            (*stream).time_base = (*self.context).time_base;
            check(ffi::avcodec_parameters_from_context((*stream).codecpar, self.context))
        }
    }
}

impl Drop for SoundEncoder {
    fn drop(&mut self) {
        // SAFETY: the context is owned, and not used afterwards; null is allowed.
        unsafe { ffi::avcodec_free_context(&raw mut self.context) };
    }
}

fn check(status: c_int) -> Result<(), Error> {
    if status < 0 { Err(Error::from(status)) } else { Ok(()) }
}
