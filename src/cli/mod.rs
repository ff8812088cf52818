//! The command line: raw arguments are validated and build a scene; a batch renders it, and an exporter writes the
//! result.
//!
//! ```text
//! argv ──clap──▶ args ──▶ Scene + Range ──progress──▶ sheets ──export──▶ output
//! SCENE.toml ───────────┘               └── --save-scene ──▶ SCENE.toml
//! ```
//!
//! One file per subcommand. They share `args` (arguments and their grammar; no output is an input), `terminal` (progress,
//! messages, signals), `output` and `delayed_output` (files that appear whole or not at all), `words` (suggestions for
//! misspelt commands), `help`, and `failure` (exit codes).

mod app;
mod args;
mod call;
mod capture_info;
mod clip;
mod completions;
mod decrypt;
mod delayed_output;
mod encrypt;
mod failure;
mod figure;
mod help;
mod info;
mod list;
mod man;
mod matrix;
mod measure;
mod output;
mod packets;
mod terminal;
mod version;
mod words;

use std::ffi::OsString;

use clap::{Parser, Subcommand};

use crate::media;
use crate::runtime::threads;

pub use failure::{Failure, Outcome};

use list::List;
use terminal::verbosity::VerbosityArgs;

/// Shows what survives encryption.
#[derive(Debug, Parser)]
#[command(name = "afterimage", version, long_version = version::long(), about, long_about = help::ABOUT,
    after_help = help::SHORT, after_long_help = help::long(), args_conflicts_with_subcommands = true,
    max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    app: app::AppArgs,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print the properties of a source: size, codec, exact number of frames
    #[command(after_help = help::INFO)]
    Info(info::InfoArgs),
    /// Make one picture of the panels of a frame, with captions
    #[command(long_about = help::ABOUT_FIGURE, after_help = help::FIGURE)]
    Figure(figure::FigureArgs),
    /// Make one video of the panels of a range of frames, with captions
    #[command(long_about = help::ABOUT_CLIP, after_help = help::CLIP)]
    Clip(clip::ClipArgs),
    /// Make a poster of a frame: one row per scheme, one column per lens, a verdict under each cell
    #[command(long_about = help::ABOUT_MATRIX, after_help = help::MATRIX)]
    Matrix(matrix::MatrixArgs),
    /// Measure what survives encryption, for a frame, a range or a whole video
    #[command(long_about = help::about_measure(), after_help = help::MEASURE)]
    Measure(measure::MeasureArgs),
    /// List the messages of a stream: packets, NAL units, slices or samples
    #[command(long_about = help::ABOUT_PACKETS, after_help = help::PACKETS)]
    Packets(packets::PacketsArgs),
    /// Encrypt the bytes of one frame, and print the parameters
    #[command(long_about = help::ABOUT_ENCRYPT, after_help = help::ENCRYPT)]
    Encrypt(encrypt::EncryptArgs),
    /// Decrypt the output of encrypt
    #[command(long_about = help::ABOUT_DECRYPT, after_help = help::DECRYPT)]
    Decrypt(decrypt::DecryptArgs),
    /// Simulate a conference: write its packets and keys, or print who can see what
    #[command(long_about = help::ABOUT_CALL, after_help = help::CALL)]
    Call(call::CallArgs),
    /// List the schemes: modes of operation, and ways of using them
    Schemes(list::ListArgs),
    /// List the lenses: what each proves and what it cannot prove
    Lenses(list::ListArgs),
    /// List the layouts: which bytes of a frame are encrypted
    Layouts(list::ListArgs),
    /// Print a script with which a shell completes the command line
    #[command(after_help = help::COMPLETIONS)]
    Completions(completions::CompletionsArgs),
    /// Write manual pages of the program and of each command to a folder
    #[command(after_help = help::MAN)]
    Man(man::ManArgs),
}

impl Command {
    /// How much the command prints.
    const fn verbosity(&self) -> VerbosityArgs {
        match self {
            Self::Info(args) => args.verbosity,
            Self::Figure(args) => args.verbosity,
            Self::Clip(args) => args.verbosity,
            Self::Matrix(args) => args.verbosity,
            Self::Measure(args) => args.verbosity,
            Self::Packets(args) => args.verbosity,
            Self::Encrypt(args) => args.verbosity,
            Self::Decrypt(args) => args.verbosity,
            Self::Call(args) => args.verbosity,
            Self::Schemes(args) | Self::Lenses(args) | Self::Layouts(args) => args.verbosity,
            Self::Completions(args) => args.verbosity,
            Self::Man(args) => args.verbosity,
        }
    }
}

/// Runs the program with its arguments, of which the first is its name. Prints errors and returns the outcome.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> Outcome {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let done = match Cli::try_parse_from(&arguments) {
        Ok(cli) => threads::catch(|| run(cli)).unwrap_or_else(|panicked| Err(panicked.into())),
        Err(answer) if !answer.use_stderr() => {
            terminal::print_clap(answer, &arguments);
            return Outcome::Done;
        }
        Err(error) => {
            let Some(failure) = words::no_command(&arguments) else {
                terminal::print_clap(error, &arguments);
                return Outcome::Usage;
            };
            Err(failure.into())
        }
    };
    let Err(error) = done else { return Outcome::Done };
    let outcome = Outcome::of(&error);
    if outcome != Outcome::Done {
        terminal::print_error(&error);
    }
    outcome
}

/// Runs a command line.
///
/// # Errors
/// A message for the user, with the fix; [`Outcome::of`] gives its exit code.
pub fn run(cli: Cli) -> anyhow::Result<()> {
    cli.command.as_ref().map_or(cli.app.verbosity, Command::verbosity).log();
    let Some(command) = cli.command else { return app::run(cli.app) };
    media::keep_large_blocks();
    match command {
        Command::Info(args) => info::run(&args),
        Command::Figure(args) => figure::run(args),
        Command::Clip(args) => clip::run(args),
        Command::Matrix(args) => matrix::run(args),
        Command::Measure(args) => measure::run(args),
        Command::Packets(args) => packets::run(args),
        Command::Encrypt(args) => encrypt::run(args),
        Command::Decrypt(args) => decrypt::run(args),
        Command::Call(args) => call::run(&args),
        Command::Schemes(args) => list::run(List::Schemes, args),
        Command::Lenses(args) => list::run(List::Lenses, args),
        Command::Layouts(args) => list::run(List::Layouts, args),
        Command::Completions(args) => completions::run(args),
        Command::Man(args) => man::run(&args),
    }
}
