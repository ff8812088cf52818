//! `afterimage clip`: the panels of a range of frames as one video.

use std::ffi::OsString;

use anyhow::Context;
use clap::Args;

use super::args::arg_types::{self, Target};
use super::args::files::{Files, WriteArgs};
use super::args::{PanelArgs, RangeArgs, SaveArgs, SceneArgs, frames};
use super::failure::{Failure, is_closed_pipe};
use super::figure::ThemeArg;
use super::output::Output;
use super::terminal::progress::{VerbosityArgs, each_frame};
use super::terminal::stop;
use crate::export::clip::{Clip, ClipError, Plan};
use crate::export::figure::Figure;
use crate::export::page::Theme;
use crate::media::encode::Container;
use crate::media::{Source, SourceInfo};
use crate::render::{Job, Sheet};
use crate::scene::{Panel, Scene};
use crate::units::FrameIndex;

/// Arguments of `clip`.
#[derive(Args, Debug)]
pub struct ClipArgs {
    /// A video or picture, demo, demo:still, pattern:NAME, canvas, or a scene in a .toml file
    #[arg(value_name = "SOURCE", value_parser = arg_types::source_parser())]
    source: Source,
    #[command(flatten)]
    panels: PanelArgs,
    #[command(flatten)]
    range: RangeArgs,
    #[command(flatten)]
    scene: SceneArgs,
    /// The colours of the page
    #[arg(long, alias = "ground", value_name = "THEME", value_enum, default_value = "dark")]
    theme: ThemeArg,
    /// The video to write: FILE.mp4, .mkv, .webm or .gif; - is standard output, as Matroska
    #[arg(long, short, value_name = "FILE")]
    output: OsString,
    #[command(flatten)]
    write: WriteArgs,
    #[command(flatten)]
    save: SaveArgs,
    #[command(flatten)]
    pub(super) verbosity: VerbosityArgs,
}

/// Renders frames and writes them as a video.
///
/// # Errors
/// If the source cannot be read, or the output cannot be written.
pub fn run(args: ClipArgs) -> anyhow::Result<()> {
    stop::listen()?;
    let target = Target::from(args.output);
    let container = container(&target)?;
    let on_command_line = args.range.or_all()?;
    let files = Files::new(args.write)
        .writing("--output", Some(&target))?
        .writing("--save-scene", args.save.target()?.as_ref())?;
    let mut file = args
        .scene
        .scene(args.source, &files, |kept, target| args.panels.or(kept, || Panel::shown(target)))?;
    args.save.check(&file)?;
    let kept = file.frames.take();
    let range = frames::or_of_scene(on_command_line, kept.as_ref());
    let (stated, index) = frames::in_numbers(range, &file.scene.footage())?;
    file.frames = stated;
    let out = Output::create(&target, args.write.options())?;
    let is_seekable = out.is_seekable();
    check_seekable(container, is_seekable, &target)?;

    let plan = Plan { container, is_seekable, frames: file.frames.clone() };
    let mut writer = Writer { plan, theme: args.theme.into(), out: Some(out), clip: None, first: None };
    let job = Job { index: index.as_ref(), ..Job::new(&file.scene, range) };
    let written = each_frame(job, args.verbosity, |sheet, info| {
        writer.add(&file.scene, &sheet, info).with_context(|| cannot_make(&target))
    });
    file.frame = writer.first;
    let out = match written.and_then(|_| writer.finish(&target)) {
        // The reader of a pipe closed it. The scene is still written.
        Err(error) if is_closed_pipe(&error) => None,
        made => Some(made?),
    };
    args.save.write(&file, args.write, args.verbosity)?.into_iter().chain(out).try_for_each(Output::finish)
}

/// Writes a clip, which starts with the first frame.
struct Writer {
    plan: Plan,
    theme: Theme,
    out: Option<Output>,
    clip: Option<Clip<Output>>,
    first: Option<FrameIndex>,
}

impl Writer {
    fn add(&mut self, scene: &Scene, sheet: &Sheet, info: &SourceInfo) -> Result<(), ClipError> {
        let figure = Figure { scene, sheet, info, theme: self.theme };
        if let Some(out) = self.out.take() {
            self.clip = Some(Clip::create(&self.plan, &figure, out)?);
            self.first = Some(sheet.frame.index);
        }
        self.clip.as_mut().map_or(Ok(()), |clip| clip.add(&figure))
    }

    /// Ends the clip, and returns the output.
    fn finish(self, target: &Target) -> anyhow::Result<Output> {
        let clip = self.clip.context("the source has no frames; choose another")?;
        clip.finish().with_context(|| cannot_make(target))
    }
}

fn cannot_make(target: &Target) -> String {
    format!("cannot make the clip {target}")
}

/// The format for the name of the output; Matroska for a stream without an extension.
fn container(target: &Target) -> Result<Container, Failure> {
    let is_stream = target.file_name().is_none();
    let named = match target {
        Target::Stdout => None,
        Target::File(path) => Container::of(path),
    };
    let container = named.or(is_stream.then_some(Container::Matroska)).ok_or_else(|| {
        let known = Container::ALL.map(|container| format!(".{}", container.extension())).join(", ");
        Failure::Usage(format!(
            "the name must end in {known}, which chooses the format; name another file: {target}"
        ))
    })?;
    check_seekable(container, target.may_seek(), target)?;
    Ok(container)
}

/// Checks that the output can seek, if the format is MP4.
fn check_seekable(container: Container, is_seekable: bool, target: &Target) -> Result<(), Failure> {
    if is_seekable || !container.is_seeking() {
        return Ok(());
    }
    let ending = container.extension();
    Err(Failure::Usage(format!(
        "a .{ending} file cannot be written to a pipe, since its beginning says where the rest is; name the pipe \
         .mkv, .webm or .gif: {target}"
    )))
}
