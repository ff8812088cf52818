//! The demuxer of RTP, which is given packets one by one and opens no socket; the description that the muxer of RTP
//! makes of a stream; and what a container must be told of a stream that RTP does not state.

use std::ffi::{CStr, c_int, c_void};
use std::io::Cursor;
use std::ptr;

use ffmpeg_next::format::context::{Input, Output, StreamIo};
use ffmpeg_next::{Error, Packet, Stream, ffi};

use super::{log_quietly, refuse_to_open};
use crate::picture::Shape;

/// The most bytes of a description that FFmpeg's demuxer reads.
pub(in crate::media) const MOST_SDP_BYTES: usize = 15_000;

/// Bytes of the buffer that FFmpeg wants for its side of the packets; packets do not pass through it.
const IO_BUFFER_BYTES: c_int = 4096;

/// A demuxer of one RTP stream. The fields are dropped in this order: the context before what it reads from.
pub(in crate::media) struct RtpDemuxer {
    input: Input,
    packets: PacketIo,
}

/// What the demuxer reads next.
enum Next {
    /// No packet yet.
    Wait,
    Packet(Vec<u8>),
    End,
}

/// An I/O context that gives the demuxer one packet a read, and discards the reports that it writes for the sender.
struct PacketIo {
    context: *mut ffi::AVIOContext,
    /// From a `Box`; owned.
    next: *mut Next,
}

// SAFETY: both pointers are owned, and are used only through the demuxer that owns this value.
unsafe impl Send for PacketIo {}

impl PacketIo {
    fn new() -> Result<Self, Error> {
        let next = Box::into_raw(Box::new(Next::Wait));
        // SAFETY: the buffer comes from FFmpeg's allocator and belongs to the context; `next` outlives the context,
        // and is what the callbacks take. A context that is written to, with a callback to read, hands each read to
        // the callback directly, so that packets keep their bounds.
        let context = unsafe {
            let buffer = ffi::av_mallocz(IO_BUFFER_BYTES.unsigned_abs() as usize).cast::<u8>();
            if buffer.is_null() {
                ptr::null_mut()
            } else {
                let context = ffi::avio_alloc_context(
                    buffer,
                    IO_BUFFER_BYTES,
                    1,
                    next.cast(),
                    Some(read_packet),
                    Some(discard),
                    None,
                );
                if context.is_null() {
                    ffi::av_free(buffer.cast());
                }
                context
            }
        };
        // From here on, dropping it frees both.
        let own = Self { context, next };
        if context.is_null() { Err(Error::Other { errno: ffi::ENOMEM }) } else { Ok(own) }
    }

    fn set(&mut self, next: Next) {
        // SAFETY: owned and live; callbacks run only inside calls on the demuxer, and none is under way.
        unsafe { *self.next = next };
    }
}

impl Drop for PacketIo {
    fn drop(&mut self) {
        // SAFETY: both are owned and not used afterwards. The buffer may have been replaced by FFmpeg, which keeps
        // the pointer in the context up to date.
        unsafe {
            if !self.context.is_null() {
                ffi::av_freep((&raw mut (*self.context).buffer).cast());
                ffi::avio_context_free(&raw mut self.context);
            }
            drop(Box::from_raw(self.next));
        }
    }
}

/// Gives the demuxer the next packet. One that does not fit is left out.
unsafe extern "C" fn read_packet(next: *mut c_void, to: *mut u8, most: c_int) -> c_int {
    // SAFETY: the pointer of the owner, which does not touch it during the call.
    let next = unsafe { &mut *next.cast::<Next>() };
    match next {
        Next::Wait => ffi::AVERROR(ffi::EAGAIN),
        Next::End => ffi::AVERROR_EOF,
        Next::Packet(bytes) => {
            let len = c_int::try_from(bytes.len()).unwrap_or(c_int::MAX);
            let status = if len == 0 || len > most {
                ffi::AVERROR(ffi::EAGAIN)
            } else {
                // SAFETY: `to` has room for `most` bytes, which are at least as many.
                unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), to, bytes.len()) };
                len
            };
            *next = Next::Wait;
            status
        }
    }
}

/// Takes what the demuxer writes. `Bytes` is a pointer, to constant bytes in newer versions.
unsafe extern "C" fn discard<Bytes>(_: *mut c_void, _: Bytes, len: c_int) -> c_int {
    len
}

impl RtpDemuxer {
    /// A demuxer for the stream that `sdp` describes. Neither a socket nor a file is opened: the description and the
    /// packets are given as bytes, and no protocol is allowed.
    pub(in crate::media) fn open(sdp: &str) -> Result<Self, Error> {
        log_quietly();
        if sdp.len() > MOST_SDP_BYTES {
            return Err(Error::InvalidData);
        }
        let packets = PacketIo::new()?;
        let mut description = StreamIo::from_read(Cursor::new(sdp.as_bytes().to_vec()))?;
        // SAFETY: the context is freed by FFmpeg when opening fails and owned by `Input` when it does not. It reads
        // the description while it is opened and packets afterwards; both I/O contexts outlive their use, and closing
        // a context with this flag leaves its I/O context alone. The options are freed in both cases.
        let input = unsafe {
            let format = ffi::av_find_input_format(c"sdp".as_ptr());
            if format.is_null() {
                return Err(Error::DemuxerNotFound);
            }
            let mut context = ffi::avformat_alloc_context();
            if context.is_null() {
                return Err(Error::Other { errno: ffi::ENOMEM });
            }
            (*context).pb = description.as_mut_ptr();
            (*context).flags |= ffi::AVFMT_FLAG_CUSTOM_IO;
            (*context).io_open = Some(refuse_to_open);
            let mut options = ptr::null_mut();
            for (name, value) in [
                (c"sdp_flags", c"custom_io"),
                // Packets are in order. With a queue, all after a gap would wait for what is missing.
                (c"reorder_queue_size", c"0"),
                (c"protocol_whitelist", c""),
            ] {
                ffi::av_dict_set(&raw mut options, name.as_ptr(), value.as_ptr(), 0);
            }
            let status = ffi::avformat_open_input(&raw mut context, ptr::null(), format, &raw mut options);
            ffi::av_dict_free(&raw mut options);
            if status < 0 {
                return Err(Error::from(status));
            }
            (*context).pb = packets.context;
            Input::wrap(context)
        };
        Ok(Self { input, packets })
    }

    /// The stream that the description describes.
    pub(in crate::media) fn stream(&self) -> Option<Stream<'_>> {
        self.input.stream(0)
    }

    /// Sets the next RTP packet.
    pub(in crate::media) fn give(&mut self, packet: Vec<u8>) {
        self.packets.set(Next::Packet(packet));
    }

    /// States that no packet follows.
    pub(in crate::media) fn end(&mut self) {
        self.packets.set(Next::End);
    }

    /// The next packet of the codec; `None` if it needs another RTP packet, and after the last.
    pub(in crate::media) fn read(&mut self) -> Result<Option<Packet>, Error> {
        let mut packet = Packet::empty();
        match packet.read(&mut self.input) {
            Ok(()) => Ok(Some(packet)),
            Err(Error::Eof | Error::Other { errno: ffi::EAGAIN }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// The description of the only stream of a muxer of RTP whose header is written, in SDP.
pub(in crate::media) fn sdp(output: &mut Output) -> Result<String, Error> {
    let mut text = vec![0_u8; MOST_SDP_BYTES + 1];
    let room = c_int::try_from(text.len()).unwrap_or(c_int::MAX);
    // SAFETY: the context is live, and one pointer to it is given as the array of one; the text is cut to its room
    // and ends in a zero.
    unsafe {
        let mut context = output.as_mut_ptr();
        let status = ffi::av_sdp_create(&raw mut context, 1, text.as_mut_ptr().cast(), room);
        if status < 0 {
            return Err(Error::from(status));
        }
    }
    let text = CStr::from_bytes_until_nul(&text).map_err(|_| Error::InvalidData)?;
    Ok(text.to_string_lossy().into_owned())
}

/// Sets the size of the pictures of a stream of a muxer whose header is not written yet.
pub(in crate::media) fn set_shape(output: &mut Output, stream: usize, shape: Shape) -> Result<(), Error> {
    let side = |side: u32| c_int::try_from(side).map_err(|_| Error::InvalidData);
    let (width, height) = (side(shape.width)?, side(shape.height)?);
    // SAFETY: `streams` holds `nb_streams` live pointers, each with its parameters.
    unsafe {
        let context = output.as_mut_ptr();
        if stream >= (*context).nb_streams as usize {
            return Err(Error::StreamNotFound);
        }
        let parameters = (**(*context).streams.add(stream)).codecpar;
        ((*parameters).width, (*parameters).height) = (width, height);
    }
    Ok(())
}
