//! Signals to stop: the first one ends the work at the next frame, so that no incomplete file remains; the second one
//! ends the program at once.

use std::sync::atomic::{AtomicI32, Ordering};

use anyhow::Context;

/// The number of the first signal; 0 before any.
static SIGNAL: AtomicI32 = AtomicI32::new(0);

/// The number of SIGINT, which Ctrl+C sends. On systems without signals, every request to stop counts as SIGINT.
const SIGINT: i32 = 2;

/// Listens for SIGINT, SIGTERM and SIGHUP (Ctrl+C and Ctrl+Break on Windows). Call it before any file is created.
///
/// # Errors
/// If the system does not allow it.
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

/// False once a signal to stop came.
#[must_use]
pub fn keep_going() -> bool {
    SIGNAL.load(Ordering::Relaxed) == 0
}

/// The exit code of a program that a signal stopped, as in shells: 130 for SIGINT, 143 for SIGTERM, 129 for SIGHUP.
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
