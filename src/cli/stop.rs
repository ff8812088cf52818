//! Ctrl+C: the first asks the work to stop at the next frame, so that no half-written file stays behind;
//! the second does not wait.

use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context;

static ASKED: AtomicBool = AtomicBool::new(false);

/// Call it before a file is made. Listens for SIGINT, SIGTERM and SIGHUP (Ctrl+C and Ctrl+Break on Windows) from now on.
///
/// # Errors
/// When the system refuses.
pub fn listen() -> anyhow::Result<()> {
    ctrlc::set_handler(|| {
        if ASKED.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
    })
    .context("cannot listen for Ctrl+C")
}

/// False once the user asked to stop.
#[must_use]
pub fn keep_going() -> bool {
    !ASKED.load(Ordering::Relaxed)
}
