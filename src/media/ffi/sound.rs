//! Decoded sound: its properties and its bytes.

use std::ffi::{CStr, c_char, c_int};

use ffmpeg_next::{Error, Filter, ffi, frame};

/// The format of decoded samples.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::media) struct SampleFormat {
    /// FFmpeg's name of the sample format.
    pub(in crate::media) name: &'static str,
    /// Samples per second of each channel; greater than 0.
    pub(in crate::media) rate: u32,
    /// Channels; greater than 0.
    pub(in crate::media) channels: u32,
    /// FFmpeg's description of the channel layout.
    pub(in crate::media) layout: String,
}

/// The format of decoded sound; `None` if it is unknown or unsupported. A channel layout without standard positions is
/// replaced by the default layout for its number of channels, as in the program.
pub(in crate::media) fn sample_format(sound: &mut frame::Audio) -> Option<SampleFormat> {
    // Declared again with plain numbers: the bindings' enum must never hold a number that it does not list.
    unsafe extern "C" {
        fn av_get_sample_fmt_name(format: c_int) -> *const c_char;
    }
    // SAFETY: the frame is live and only it refers to its channel layout, which is freed before it is set anew; the order
    // is read as the number that C makes of it. The description is cut to its size and ends in a zero. The name is static
    // or null.
    unsafe {
        let it = sound.as_mut_ptr();
        let layout = &raw mut (*it).ch_layout;
        let channels = (*layout).nb_channels;
        if channels <= 0 {
            return None;
        }
        let order = (&raw const (*layout).order).cast::<c_int>().read();
        if order != ffi::AVChannelOrder::AV_CHANNEL_ORDER_NATIVE as c_int {
            ffi::av_channel_layout_uninit(layout);
            ffi::av_channel_layout_default(layout, channels);
        }
        let mut description = [0 as c_char; 256];
        if ffi::av_channel_layout_describe(layout, description.as_mut_ptr(), description.len() as _) < 0 {
            return None;
        }
        let name = av_get_sample_fmt_name((*it).format);
        let name = if name.is_null() { None } else { CStr::from_ptr(name).to_str().ok() };
        Some(SampleFormat {
            name: name?,
            rate: u32::try_from((*it).sample_rate).ok().filter(|&rate| rate > 0)?,
            channels: channels.unsigned_abs(),
            layout: CStr::from_ptr(description.as_ptr()).to_string_lossy().into_owned(),
        })
    }
}

/// True if a filter has an option of this name.
pub(in crate::media) fn has_option(filter: &Filter, name: &CStr) -> bool {
    // SAFETY: a filter and its class are static. The class in place of an object is read only, as the flag states.
    unsafe {
        let class = (*filter.as_ptr()).priv_class;
        let object = (&raw const class).cast_mut().cast();
        let flags = ffi::AV_OPT_SEARCH_FAKE_OBJ as c_int;
        !class.is_null() && !ffi::av_opt_find(object, name.as_ptr(), std::ptr::null(), 0, flags).is_null()
    }
}

/// The bytes of samples of the format `s16`, channels interleaved.
pub(in crate::media) fn s16_bytes(sound: &frame::Audio) -> Result<&[u8], Error> {
    // SAFETY: the frame is live. Packed samples of two bytes lie in its first plane, as many as it states; the slice
    // borrows the frame.
    unsafe {
        let it = sound.as_ptr();
        let (Ok(samples), Ok(channels)) =
            (usize::try_from((*it).nb_samples), usize::try_from((*it).ch_layout.nb_channels))
        else {
            return Err(Error::InvalidData);
        };
        let is_s16 = (*it).format == ffi::AVSampleFormat::AV_SAMPLE_FMT_S16 as c_int;
        let bytes = samples.checked_mul(channels).and_then(|samples| samples.checked_mul(2));
        match bytes {
            Some(0) => Ok(&[]),
            Some(bytes) if is_s16 && !(*it).data[0].is_null() => {
                Ok(std::slice::from_raw_parts((*it).data[0], bytes))
            }
            _ => Err(Error::InvalidData),
        }
    }
}
