//! Signals to end: the first asks the work to stop at the next frame, so that no half-written file stays behind;
//! the second does not wait.

use std::sync::atomic::{AtomicI32, Ordering};

use anyhow::Context;

/// The number of the signal that came first; 0 where none came.
static SIGNAL: AtomicI32 = AtomicI32::new(0);

/// The number of SIGINT, which Ctrl+C sends. Where there are no signals, all that ends a program counts as it.
const SIGINT: i32 = 2;

/// Call it before a file is made. Listens for SIGINT, SIGTERM and SIGHUP (Ctrl+C and Ctrl+Break on Windows) from now on.
///
/// # Errors
/// When the system refuses.
pub fn listen() -> anyhow::Result<()> {
    on_signal(|signal| {
        if SIGNAL.compare_exchange(0, signal, Ordering::Relaxed, Ordering::Relaxed).is_err() {
            std::process::exit(exit_code_of(signal));
        }
    })
    .context("cannot listen for signals such as that of Ctrl+C")
}

#[cfg(unix)]
fn on_signal(act: impl Fn(i32) + Send + 'static) -> anyhow::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;

    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    let wait = move || signals.forever().for_each(act);
    std::thread::Builder::new().name("signals".into()).spawn(wait)?;
    Ok(())
}

#[cfg(not(unix))]
fn on_signal(act: impl Fn(i32) + Send + 'static) -> anyhow::Result<()> {
    Ok(ctrlc::set_handler(move || act(SIGINT))?)
}

/// False once the user asked to stop.
#[must_use]
pub fn keep_going() -> bool {
    SIGNAL.load(Ordering::Relaxed) == 0
}

/// The exit code of a program that was asked to stop: 130 by SIGINT, 143 by SIGTERM, 129 by SIGHUP, as shells
/// have it.
#[must_use]
pub fn exit_code() -> u8 {
    let signal = match SIGNAL.load(Ordering::Relaxed) {
        0 => SIGINT,
        signal => signal,
    };
    u8::try_from(exit_code_of(signal)).unwrap_or(1)
}

const fn exit_code_of(signal: i32) -> i32 {
    128 + signal
}
