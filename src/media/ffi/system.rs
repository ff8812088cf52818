//! Calls of the C library: the parameters of its allocator, and inherited descriptors.

use std::ffi::c_int;

/// Makes the allocator return freed blocks of 1 MiB or more to the system. By default, once a frame was freed, glibc
/// keeps blocks of its size in the heaps of its threads, where small blocks between them prevent reuse: several times
/// the memory in use.
pub(in crate::media) fn give_back_large_blocks() {
    set_malloc(&[(M_MMAP_THRESHOLD, 1 << 20), (M_TRIM_THRESHOLD, 1 << 20)]);
}

/// Makes the allocator keep freed blocks of up to 16 MiB. By default, glibc returns some of them at every frame, and
/// the system clears them again for the next.
pub(in crate::media) fn keep_large_blocks() {
    set_malloc(&[(M_MMAP_THRESHOLD, 1 << 24), (M_TRIM_THRESHOLD, 1 << 29)]);
}

/// A descriptor that the program inherited, duplicated under another number. Both share one position in the file.
#[cfg(unix)]
pub(in crate::media) fn inherited_descriptor(number: u32) -> std::io::Result<std::fs::File> {
    use std::os::fd::BorrowedFd;

    let number =
        c_int::try_from(number).map_err(|_| std::io::Error::from(std::io::ErrorKind::InvalidInput))?;
    // SAFETY: the number is not negative and is only duplicated; if it is not open, the system reports an error.
    let borrowed = unsafe { BorrowedFd::borrow_raw(number) };
    Ok(borrowed.try_clone_to_owned()?.into())
}

const M_TRIM_THRESHOLD: c_int = -1;
const M_MMAP_THRESHOLD: c_int = -3;

/// Sets parameters of glibc's `malloc`; does nothing with another C library.
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
