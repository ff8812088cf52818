//! Bitstream filters, which change the form of packets without decoding them.

use std::ffi::CStr;
use std::ptr;

use ffmpeg_next::packet::Mut;
use ffmpeg_next::util::error::EAGAIN;
use ffmpeg_next::{Error, Packet, Stream, ffi};

/// A filter for the packets of one stream.
pub struct BitstreamFilter(*mut ffi::AVBSFContext);

impl BitstreamFilter {
    /// The filter with this name, for the packets of a stream.
    ///
    /// # Errors
    /// If the linked FFmpeg has no such filter, or if the filter does not support the stream.
    pub fn new(name: &CStr, stream: &Stream<'_>) -> Result<Self, Error> {
        let parameters = stream.parameters();
        // SAFETY: the name ends in a zero; the context is owned from here on and freed when it is dropped; the parameters
        // belong to a live stream and are copied.
        unsafe {
            let filter = ffi::av_bsf_get_by_name(name.as_ptr());
            if filter.is_null() {
                return Err(Error::BsfNotFound);
            }
            let mut context = ptr::null_mut();
            check(ffi::av_bsf_alloc(filter, &raw mut context))?;
            let own = Self(context);
            check(ffi::avcodec_parameters_copy((*context).par_in, parameters.as_ptr()))?;
            (*context).time_base_in = (*stream.as_ptr()).time_base;
            check(ffi::av_bsf_init(context))?;
            Ok(own)
        }
    }

    /// Filters the next packet, or the end of the stream, and returns the packets that come out.
    ///
    /// # Errors
    /// The filter's error for a packet that it cannot read.
    pub fn filter(&mut self, packet: Option<Packet>) -> Result<Vec<Packet>, Error> {
        let mut packet = packet;
        let given = packet.as_mut().map_or(ptr::null_mut(), Mut::as_mut_ptr);
        // SAFETY: the context is live; it takes the contents of the packet, which is empty afterwards, or nothing at the end.
        check(unsafe { ffi::av_bsf_send_packet(self.0, given) })?;
        let mut filtered = Vec::new();
        loop {
            let mut packet = Packet::empty();
            // SAFETY: the context is live and the packet empty.
            match check(unsafe { ffi::av_bsf_receive_packet(self.0, packet.as_mut_ptr()) }) {
                Ok(()) => filtered.push(packet),
                Err(Error::Eof | Error::Other { errno: EAGAIN }) => return Ok(filtered),
                Err(error) => return Err(error),
            }
        }
    }
}

impl Drop for BitstreamFilter {
    fn drop(&mut self) {
        // SAFETY: the context is owned, and not used afterwards.
        unsafe { ffi::av_bsf_free(&raw mut self.0) };
    }
}

fn check(status: i32) -> Result<(), Error> {
    if status < 0 { Err(Error::from(status)) } else { Ok(()) }
}
