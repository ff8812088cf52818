//! The C library: how it keeps memory, and files that the program was started with.

use std::ffi::c_int;

/// Has blocks of memory from 1 MiB on go back to the system when they are freed. Otherwise glibc, once it has freed
/// a frame, keeps all blocks of its size in the heaps of its threads, where a few small ones between them hold
/// several times what is in use.
pub(in crate::media) fn give_back_large_blocks() {
    set_malloc(&[(M_MMAP_THRESHOLD, 1 << 20), (M_TRIM_THRESHOLD, 1 << 20)]);
}

/// Has freed blocks of memory of up to 16 MiB stay with the program. Otherwise glibc gives some of them back at every
/// frame, and the system clears them again for the next.
pub(in crate::media) fn keep_large_blocks() {
    set_malloc(&[(M_MMAP_THRESHOLD, 1 << 24), (M_TRIM_THRESHOLD, 1 << 29)]);
}

/// A descriptor that the program was started with, under another number: both stand at the same place in the file.
#[cfg(unix)]
pub(in crate::media) fn inherited_descriptor(number: u32) -> std::io::Result<std::fs::File> {
    use std::os::fd::BorrowedFd;

    let number =
        c_int::try_from(number).map_err(|_| std::io::Error::from(std::io::ErrorKind::InvalidInput))?;
    // SAFETY: the number is none below zero, and is asked for once, to be duplicated: where it is not open, the
    // system says so.
    let borrowed = unsafe { BorrowedFd::borrow_raw(number) };
    Ok(borrowed.try_clone_to_owned()?.into())
}

const M_TRIM_THRESHOLD: c_int = -1;
const M_MMAP_THRESHOLD: c_int = -3;

/// Sets parameters of glibc's `malloc`; does nothing where there is another.
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
