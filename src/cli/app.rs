//! `afterimage [SOURCE]` and `afterimage SCENE.toml`: the window.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::args::files::{Files, WriteArgs};
use super::args::{NamedPanelArgs, SaveArgs, SceneArgs, arg_types};
#[cfg(not(feature = "gui"))]
use super::failure::Failure;
use super::output::Output;
use super::terminal::progress::VerbosityArgs;
use super::words;
#[cfg(feature = "gui")]
use crate::gui;
use crate::media::{MediaError, Source};
use crate::scene::{Panel, SceneFile};

/// Arguments of the app.
#[derive(Args, Debug)]
pub struct AppArgs {
    /// What to open: a video or picture, demo, demo:still, pattern:NAME, canvas, or a scene in a .toml file
    #[arg(value_name = "SOURCE", default_value = "demo",
        value_parser = arg_types::source_parser())]
    source: Source,
    #[command(flatten)]
    scene: SceneArgs,
    #[command(flatten)]
    panels: NamedPanelArgs,
    #[command(flatten)]
    write: WriteArgs,
    #[command(flatten)]
    save: SaveArgs,
    #[command(flatten)]
    pub(super) verbosity: VerbosityArgs,
    /// Answer a question of a script instead of opening a window
    #[arg(long, value_name = "QUESTION", value_enum, hide = true)]
    ask: Option<Question>,
}

/// What a script can ask for.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Question {
    /// The names of the commands, one per line
    Commands,
    /// The source that these arguments name, else the default
    Source,
    /// The frame that represents the source: the frame of a scene, a meaningful one of the demo, else the first
    Frame,
}

/// A frame of the demo that shows typical leaks.
const FRAME_OF_DEMO: u64 = 45;

/// Opens the window.
///
/// # Errors
/// If the source does not exist, or no window can be opened.
pub fn run(args: AppArgs) -> anyhow::Result<()> {
    if let Some(question) = args.ask {
        return answer(question, &args.source);
    }
    check(&args.source)?;
    let files = Files::new(args.write).writing("--save-scene", args.save.target()?.as_ref())?;
    let named = match &args.source {
        Source::File(path) => Some(path.clone()),
        _ => None,
    };
    let file = args
        .scene
        .scene(args.source, &files, |kept, target| args.panels.or(kept, || Panel::shown(target)))?;
    check(&file.scene.source)?;
    args.save.check(&file)?;
    if let Some(out) = args.save.write(&file, args.write, args.verbosity)? {
        out.finish()?;
    }
    show(file, named, args.verbosity)
}

/// Opens the window on a scene; `named` is the file that was named.
#[cfg(feature = "gui")]
pub(super) fn show(file: SceneFile, named: Option<PathBuf>, verbosity: VerbosityArgs) -> anyhow::Result<()> {
    let SceneFile { scene, frame, frames, .. } = file;
    Ok(gui::run(gui::Options { scene, frame, frames, file: named, verbose: verbosity.is_verbose() })?)
}

#[cfg(not(feature = "gui"))]
pub(super) fn show(_: SceneFile, _: Option<PathBuf>, _: VerbosityArgs) -> anyhow::Result<()> {
    let fix =
        "use a command, such as afterimage figure (see: afterimage help), or build it with the feature gui";
    Err(Failure::Usage(format!("this afterimage was built without a window; {fix}")).into())
}

/// Checks, before a window is opened, that the file exists. A single word that names no file is probably a misspelt
/// command.
fn check(source: &Source) -> anyhow::Result<()> {
    let Some(path) = source.path() else { return Ok(()) };
    let Err(error) = fs::metadata(path) else { return Ok(()) };
    if words::is_missing_word(path) {
        return Err(words::neither_command_nor_file(path.as_os_str()).into());
    }
    Err(MediaError::Unreadable { path: path.to_owned(), source: error }.into())
}

/// Answers a script.
fn answer(question: Question, source: &Source) -> anyhow::Result<()> {
    let answer = match question {
        Question::Commands => words::commands().join("\n"),
        Question::Source => {
            check(source)?;
            source.to_string()
        }
        Question::Frame => frame(source)?.to_string(),
    };
    let mut out = Output::stdout();
    writeln!(out, "{answer}")?;
    out.finish()
}

fn frame(source: &Source) -> anyhow::Result<u64> {
    Ok(match source {
        Source::Demo => FRAME_OF_DEMO,
        Source::File(path) if SceneFile::is_name(path) => {
            SceneFile::read(path)?.frame.map_or(0, |frame| frame.0)
        }
        _ => 0,
    })
}
