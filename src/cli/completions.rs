//! `afterimage completions`: scripts with which a shell completes the command line.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::Cli;
use super::output::Output;
use super::terminal::progress::VerbosityArgs;

/// Arguments of `completions`.
#[derive(Args, Clone, Copy, Debug)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL", value_enum)]
    shell: Shell,
    #[command(flatten)]
    pub(super) verbosity: VerbosityArgs,
}

/// Writes the completions to standard output.
///
/// # Errors
/// If standard output cannot be written.
pub fn run(args: CompletionsArgs) -> anyhow::Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "afterimage", &mut script);
    let out = Output::stdout().fill(|out| Ok(std::io::Write::write_all(out, &script)?))?;
    out.finish()
}
