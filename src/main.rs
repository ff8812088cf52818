//! Parse, run, say what went wrong, and tell the shell.

use std::io::Write;
use std::process::ExitCode;

use afterimage::cli::{self, Cli, Outcome};
use afterimage::threads;
use clap::Parser;

fn main() -> ExitCode {
    let ended = threads::catch(|| cli::run(Cli::parse())).unwrap_or_else(|panicked| Err(panicked.into()));
    let Err(error) = ended else { return ExitCode::SUCCESS };
    let outcome = Outcome::of(&error);
    if outcome != Outcome::Done {
        // Nobody may be listening on standard error; the exit code tells all the same.
        let _ = writeln!(std::io::stderr(), "error: {error:#}");
    }
    outcome.into()
}
