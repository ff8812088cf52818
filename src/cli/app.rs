//! `afterimage [SOURCE]`, `afterimage SCENE.toml`: the window.

use std::ffi::OsStr;
use std::fs;
use std::io::ErrorKind;

use clap::{Args, CommandFactory};

use super::args::{NamedPanelArgs, SaveArgs, SceneArgs};
use super::failure::Failure;
use super::files::{Files, WriteArgs};
use super::work::TalkArgs;
use super::{Cli, values};
use crate::gui;
use crate::media::{MediaError, Source};
use crate::scene::Panel;

/// Arguments of the app.
#[derive(Args, Debug)]
pub struct AppArgs {
    /// What to open: a video or picture, demo, demo:still, pattern:NAME, canvas, or a scene in a .toml file
    #[arg(value_name = "SOURCE", default_value = "demo",
        value_parser = values::source_parser())]
    source: Source,
    #[command(flatten)]
    scene: SceneArgs,
    #[command(flatten)]
    panels: NamedPanelArgs,
    #[command(flatten)]
    write: WriteArgs,
    #[command(flatten)]
    save: SaveArgs,
    /// Say on standard error which renderer was taken, and at the end how long the window's frames took
    #[arg(long)]
    verbose: bool,
}

/// Opens the window.
///
/// # Errors
/// When the source is not there, or no window can be opened.
pub fn run(args: AppArgs) -> anyhow::Result<()> {
    check(&args.source)?;
    let files = Files::new(args.write).writing("--save-scene", args.save.target()?.as_ref())?;
    let file = args.scene.scene(args.source, &files, |kept| args.panels.or(kept, Panel::defaults))?;
    check(&file.scene.source)?;
    args.save.check(&file)?;
    if let Some(out) = args.save.write(&file, args.write, TalkArgs::default())? {
        out.finish()?;
    }
    Ok(gui::run(gui::Options { scene: file.scene, frame: file.frame, verbose: args.verbose })?)
}

/// Before a window is opened: is there such a file? A lone word that is none was meant as a command.
fn check(source: &Source) -> anyhow::Result<()> {
    let Source::File(path) = source else { return Ok(()) };
    let Err(error) = fs::metadata(path) else { return Ok(()) };
    let name = path.as_os_str();
    let is_word = name.to_str().is_some_and(|name| !name.contains(['/', '\\', '.', ':']));
    if is_word && error.kind() == ErrorKind::NotFound {
        return Err(neither_command_nor_file(name).into());
    }
    Err(MediaError::Unreadable { path: path.clone(), source: error }.into())
}

fn neither_command_nor_file(word: &OsStr) -> Failure {
    let command = Cli::command();
    let names: Vec<_> = command.get_subcommands().map(clap::Command::get_name).collect();
    let word = word.to_string_lossy();
    Failure::Usage(format!(
        "there is neither a command nor a file named {word}; the commands are {}, and afterimage --help tells \
         more",
        names.join(", ")
    ))
}
