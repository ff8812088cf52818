//! `afterimage figure`: the panels of one frame as one picture.

use std::ffi::OsString;
use std::path::Path;

use anyhow::Context;
use clap::{Args, ValueEnum};

use super::args::arg_types::{self, Target};
use super::args::files::{Files, WriteArgs};
use super::args::{FrameArgs, PanelArgs, SaveArgs, SceneArgs};
use super::failure::Failure;
use super::output::Output;
use super::terminal::progress::{VerbosityArgs, one_frame};
use super::terminal::stop;
use crate::export::figure::Figure;
use crate::export::page::Theme;
use crate::media::Source;
use crate::render::Job;
use crate::scene::Panel;

/// Arguments of `figure`.
#[derive(Args, Debug)]
pub struct FigureArgs {
    /// A video or picture, demo, demo:still, pattern:NAME, canvas, or a scene in a .toml file
    #[arg(value_name = "SOURCE", value_parser = arg_types::source_parser())]
    source: Source,
    #[command(flatten)]
    panels: PanelArgs,
    #[command(flatten)]
    frame: FrameArgs,
    #[command(flatten)]
    scene: SceneArgs,
    /// The colours of the page
    #[arg(long, alias = "ground", value_name = "THEME", value_enum, default_value_t)]
    theme: ThemeArg,
    /// The picture to write: FILE.png; - is standard output
    #[arg(long, short, value_name = "FILE")]
    output: OsString,
    #[command(flatten)]
    write: WriteArgs,
    #[command(flatten)]
    save: SaveArgs,
    #[command(flatten)]
    pub(super) verbosity: VerbosityArgs,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum ThemeArg {
    /// White, for print
    #[default]
    Light,
    /// Near black, for slides
    Dark,
}

impl From<ThemeArg> for Theme {
    fn from(theme: ThemeArg) -> Self {
        match theme {
            ThemeArg::Light => Self::Light,
            ThemeArg::Dark => Self::Dark,
        }
    }
}

/// Renders one frame and writes its figure.
///
/// # Errors
/// If the source cannot be read, or the output cannot be written.
pub fn run(args: FigureArgs) -> anyhow::Result<()> {
    stop::listen()?;
    let target = Target::from(args.output);
    check_format(&target)?;
    let files = Files::new(args.write)
        .writing("--output", Some(&target))?
        .writing("--save-scene", args.save.target()?.as_ref())?;
    let mut file = args
        .scene
        .scene(args.source, &files, |kept, target| args.panels.or(kept, || Panel::shown(target)))?;
    args.save.check(&file)?;
    let (sheet, info) = one_frame(Job::new(&file.scene, args.frame.or(file.frame)), args.verbosity)?;
    let figure = Figure { scene: &file.scene, sheet: &sheet, info: &info, theme: args.theme.into() };
    let out = Output::create(&target, args.write.options())?
        .fill(|out| figure.write_png(out).with_context(|| format!("cannot make the figure {target}")))?;
    file.frame = Some(sheet.frame.index);
    args.save.write(&file, args.write, args.verbosity)?.into_iter().chain([out]).try_for_each(Output::finish)
}

/// Checks that the name of a file ends in `.png`.
///
/// # Errors
/// A message with the name.
pub fn check_format(target: &Target) -> Result<(), Failure> {
    let is_png =
        |path: &Path| path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("png"));
    target.ends_as(is_png, "figures are written as PNG; name a file that ends in .png")
}
