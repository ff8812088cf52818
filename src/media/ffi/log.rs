//! FFmpeg's log: forwarded to `tracing`, and searched for errors.
//!
//! Some damage appears in the log only: the decoder conceals it and reports the picture as good. Errors are therefore
//! counted for each decoder. A line belongs to the decoder in whose context it is logged; FFmpeg copies that context,
//! with the pointer to the count, for each of its threads. A line from another context (a demuxer, a bitstream filter)
//! belongs to the decoder that this thread is using.

use std::cell::RefCell;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicPtr, AtomicU64, Ordering};
use std::sync::{Arc, Once};
use std::{mem, ptr};

use ffmpeg_next::codec::decoder;
use ffmpeg_next::{Error, ffi};

/// How many errors FFmpeg has logged for one decoder, on any thread.
#[derive(Clone, Debug, Default)]
pub(in crate::media) struct ErrorCount(Arc<AtomicU64>);

impl ErrorCount {
    /// The errors so far.
    pub(in crate::media) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Until the guard is dropped, errors that FFmpeg logs on this thread outside any decoder's context are counted
    /// here.
    pub(in crate::media) fn count_on_this_thread(&self) -> Counting {
        Counting { before: THREAD_COUNT.replace(Some(self.clone())) }
    }
}

/// Errors on this thread are being counted. See [`ErrorCount::count_on_this_thread`].
pub(in crate::media) struct Counting {
    before: Option<ErrorCount>,
}

impl Drop for Counting {
    fn drop(&mut self) {
        THREAD_COUNT.set(self.before.take());
    }
}

/// A decoder whose own errors are counted.
pub(in crate::media) struct CountedDecoder<Decoder> {
    // Dropped first: its context points to the count, and its threads end with it.
    decoder: Decoder,
    _errors: ErrorCount,
}

impl<Decoder> CountedDecoder<Decoder> {
    /// Opens a decoder whose errors are counted in `errors` from the start.
    pub(in crate::media) fn open(
        mut context: decoder::Decoder,
        errors: &ErrorCount,
        open: impl FnOnce(decoder::Decoder) -> Result<Decoder, Error>,
    ) -> Result<Self, Error> {
        let errors = errors.clone();
        // SAFETY: the context is live. FFmpeg leaves `opaque` alone but to copy it to the contexts of its threads,
        // which end with the decoder; `errors` is dropped after that.
        unsafe { (*context.as_mut_ptr()).opaque = Arc::as_ptr(&errors.0).cast_mut().cast() };
        Ok(Self { decoder: open(context)?, _errors: errors })
    }
}

impl<Decoder> Deref for CountedDecoder<Decoder> {
    type Target = Decoder;

    fn deref(&self) -> &Decoder {
        &self.decoder
    }
}

impl<Decoder> DerefMut for CountedDecoder<Decoder> {
    fn deref_mut(&mut self) -> &mut Decoder {
        &mut self.decoder
    }
}

thread_local! {
    /// The last error that FFmpeg logged on this thread.
    static LAST_MESSAGE: RefCell<Option<String>> = const { RefCell::new(None) };
    /// The count for errors that are logged on this thread outside any decoder's context.
    static THREAD_COUNT: RefCell<Option<ErrorCount>> = const { RefCell::new(None) };
}

/// FFmpeg's last message on this thread, else the meaning of the error number.
pub(in crate::media) fn reason(error: Error) -> String {
    take_last_message().unwrap_or_else(|| error.to_string())
}

/// FFmpeg's last message on this thread, which is then cleared.
pub(in crate::media) fn take_last_message() -> Option<String> {
    LAST_MESSAGE.with(|words| words.borrow_mut().take())
}

/// Forwards FFmpeg's log to `tracing`, so that nothing of it reaches the terminal directly.
pub(in crate::media) fn log_quietly() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        ffmpeg_next::util::error::register_all();
        install(ffi::av_log_set_callback, ffi::av_log_format_line2);
    });
}

/// The C type of [`ffi::av_log_set_callback`], where a `va_list` is passed as `List`.
type SetCallback<List> =
    unsafe extern "C" fn(Option<unsafe extern "C" fn(*mut c_void, c_int, *const c_char, List)>);
/// The C type of [`ffi::av_log_format_line2`].
type FormatLine<List> =
    unsafe extern "C" fn(*mut c_void, c_int, *const c_char, List, *mut c_char, c_int, *mut c_int) -> c_int;

/// The [`FormatLine`] that [`log`] calls.
static FORMAT_LINE: AtomicPtr<()> = AtomicPtr::new(ptr::null_mut());

/// Sets [`log`] as FFmpeg's callback. The type of a `va_list` differs between systems and has no name in the bindings;
/// `List` stands for it and is inferred.
fn install<List>(set_callback: SetCallback<List>, format_line: FormatLine<List>) {
    FORMAT_LINE.store(format_line as *mut (), Ordering::Release);
    // SAFETY: the callback is thread-safe and may be called at any time.
    unsafe { set_callback(Some(log::<List>)) };
}

unsafe extern "C" fn log<List>(context: *mut c_void, level: c_int, format: *const c_char, arguments: List) {
    let level = level & 0xff;
    if level > ffi::AV_LOG_INFO {
        return;
    }
    let (mut line, mut prefix) = ([0 as c_char; 512], 1);
    // SAFETY: `install` stored a function of this very type before it set the callback. The arguments are FFmpeg's
    // own; the line is cut to its size and always ends in a zero.
    let text = unsafe {
        let format_line = mem::transmute::<*mut (), FormatLine<List>>(FORMAT_LINE.load(Ordering::Acquire));
        format_line(context, level, format, arguments, line.as_mut_ptr(), 512, &raw mut prefix);
        CStr::from_ptr(line.as_ptr()).to_string_lossy()
    };
    let text = text.trim();
    tracing::debug!(target: "ffmpeg", level, "{text}");
    if level <= ffi::AV_LOG_ERROR && !text.is_empty() {
        // SAFETY: FFmpeg logs with a live context, or none.
        unsafe { count(context) };
        // Fails only while the thread ends, when its message is of no use.
        let _gone = LAST_MESSAGE.try_with(|words| words.replace(Some(without_address(text))));
    }
}

/// Counts an error for the decoder in whose context, or in the context of whose part, it was logged; else for the
/// decoder that this thread is using.
///
/// # Safety
/// `context` is null or starts with a pointer to its class, as all that FFmpeg logs with does.
unsafe fn count(context: *mut c_void) {
    // SAFETY: as this function's own contract.
    let own = unsafe { own_count(context) };
    if own.is_null() {
        let _gone = THREAD_COUNT.try_with(|count| {
            if let Some(count) = &*count.borrow() {
                count.0.fetch_add(1, Ordering::Relaxed);
            }
        });
    } else {
        // SAFETY: the decoder that logs is open, so its count still exists (see `CountedDecoder`).
        unsafe { (*own).fetch_add(1, Ordering::Relaxed) };
    }
}

/// The count of the decoder to which a context belongs, directly or as a part of the decoder; null if there is none.
///
/// # Safety
/// As [`count`].
unsafe fn own_count(mut context: *mut c_void) -> *const AtomicU64 {
    // SAFETY: a context starts with its class; one of the class of codecs is an `AVCodecContext`; a class that has
    // an offset for it has a pointer to the context above there. Of the codecs' contexts of this program only those
    // that `CountedDecoder` opens, and FFmpeg's copies of them, have anything in `opaque`.
    unsafe {
        while !context.is_null() {
            let class = *context.cast::<*const ffi::AVClass>();
            if class.is_null() {
                break;
            }
            if class == ffi::avcodec_get_class() {
                return (*context.cast::<ffi::AVCodecContext>()).opaque.cast();
            }
            match (*class).parent_log_context_offset {
                0 => break,
                offset => context = *context.byte_offset(offset as isize).cast::<*mut c_void>(),
            }
        }
    }
    ptr::null()
}

/// `[h264 @ 0x55…] text` without the address, which means nothing to users.
fn without_address(text: &str) -> String {
    match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((name, text)) => {
            format!("{}: {}", name.split(" @ ").next().unwrap_or(name), text.trim())
        }
        None => text.to_owned(),
    }
}
