//! `afterimage man`: a manual page of the program and one of each command.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, CommandFactory};
use clap_mangen::Man;

use super::Cli;
use super::args::arg_types::Target;
use super::args::files::WriteArgs;
use super::output::Output;
use super::terminal::progress::VerbosityArgs;

/// Arguments of `man`.
#[derive(Args, Clone, Debug)]
pub struct ManArgs {
    /// The folder for the pages afterimage.1, afterimage-figure.1 and so on; created if it does not exist
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    #[command(flatten)]
    write: WriteArgs,
    #[command(flatten)]
    pub(super) verbosity: VerbosityArgs,
}

/// Writes the pages.
///
/// # Errors
/// A message with the folder or the page that cannot be written.
pub fn run(args: &ManArgs) -> anyhow::Result<()> {
    let ManArgs { folder, write, .. } = args;
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let mut program = Cli::command();
    program.build();
    let commands = program.get_subcommands().filter(|command| command.get_name() != "help").cloned();
    for command in commands.chain([program.clone()]) {
        let name = command.get_display_name().unwrap_or(command.get_name()).to_owned();
        let target = Target::File(folder.join(format!("{name}.1")));
        let mut page = Vec::new();
        Man::new(command.disable_help_subcommand(true)).render(&mut page)?;
        Output::create(&target, write.options())?.fill(|out| Ok(out.write_all(&page)?))?.finish()?;
    }
    Ok(())
}
