//! How much is printed on standard error: `--quiet`, `--verbose`.

use std::io::{self, IsTerminal};

use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tracing_subscriber::{EnvFilter, fmt};

use super::{Log, print_line};

/// How many problems of a source are printed; the others are only counted.
const PROBLEMS_SHOWN: usize = 8;

/// The log filter of `--verbose`: the program's own steps, and what FFmpeg reports.
const VERBOSE: &str = "afterimage=info,ffmpeg=debug";

/// How much is printed on standard error.
#[derive(Args, Clone, Copy, Debug, Default)]
pub struct VerbosityArgs {
    /// Show no progress and no warnings
    #[arg(long, short)]
    quiet: bool,
    /// Log on standard error what is done, how long it takes, and what FFmpeg reports; in the app also the chosen
    /// renderer and how long the window's frames take
    #[arg(long, short, conflicts_with = "quiet")]
    verbose: bool,
}

impl VerbosityArgs {
    /// True with `--verbose`.
    #[cfg(feature = "gui")]
    pub const fn is_verbose(self) -> bool {
        self.verbose
    }

    /// Starts the log on standard error. The filter is the variable `AFTERIMAGE_LOG` (`debug` for everything, or for
    /// example `ffmpeg=debug`), else that of `--verbose`.
    pub fn log(self) {
        let filter = EnvFilter::try_from_env("AFTERIMAGE_LOG").ok();
        if let Some(filter) = filter.or_else(|| self.verbose.then(|| EnvFilter::new(VERBOSE))) {
            let to_stderr = fmt().with_env_filter(filter).with_writer(Log).without_time();
            // Fails if a program that embeds this one has a log already, which is then used.
            let _ = to_stderr.with_ansi(false).try_init();
        }
    }

    /// A progress bar for `count` items, whose name is `name`.
    pub fn bar_of(self, count: usize, name: &str) -> ProgressBar {
        let bar = self.bar();
        bar.set_length(count as u64);
        bar.set_style(style(&format!("{{wide_bar}} {name} {{human_pos}} of {{human_len}} · {{eta}} left")));
        bar
    }

    /// Prints what could not be decoded.
    pub fn warn(self, problems: &[String]) {
        if self.quiet {
            return;
        }
        for problem in problems.iter().take(PROBLEMS_SHOWN) {
            print_line(&format!("warning: {problem}"));
        }
        if let Some(more) = problems.len().checked_sub(PROBLEMS_SHOWN).filter(|&more| more > 0) {
            print_line(&format!("warning: {more} more problems of this kind"));
        }
    }

    /// The progress bar of a batch; hidden if standard error is no terminal.
    pub fn bar(self) -> ProgressBar {
        let is_watched = io::stderr().is_terminal() && !self.quiet;
        let target = if is_watched { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(None, target);
        bar.set_style(style("{spinner} {msg}frame {human_pos} · {per_sec} · {elapsed}"));
        bar
    }
}

/// The style of a progress bar.
pub fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
