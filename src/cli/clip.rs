//! `afterimage clip`: the panels of a range of frames, as one video.

use std::ffi::OsString;

use anyhow::Context;
use clap::Args;

use super::args::{PanelArgs, RangeArgs, SaveArgs, SceneArgs};
use super::failure::Failure;
use super::figure::GroundArg;
use super::output::Output;
use super::stop;
use super::values::{self, Target};
use super::work::{TalkArgs, each_frame};
use crate::export::clip::Clip;
use crate::export::figure::Figure;
use crate::media::Source;
use crate::media::encode::Container;
use crate::pipeline::batch::Job;
use crate::scene::Panel;

/// Arguments of `clip`.
#[derive(Args, Debug)]
pub struct ClipArgs {
    /// A video or picture, demo, demo:still, pattern:NAME, canvas, or a scene in a .toml file
    #[arg(value_name = "SOURCE", value_parser = values::source_parser())]
    source: Source,
    #[command(flatten)]
    panels: PanelArgs,
    #[command(flatten)]
    range: RangeArgs,
    #[command(flatten)]
    scene: SceneArgs,
    /// What the panels stand on
    #[arg(long, value_name = "GROUND", value_enum, default_value = "dark")]
    ground: GroundArg,
    /// Where the video is written, as FILE.mp4, .mkv, .webm or .gif; - is standard output, in Matroska
    #[arg(long, short, value_name = "FILE")]
    output: OsString,
    #[command(flatten)]
    save: SaveArgs,
    #[command(flatten)]
    talk: TalkArgs,
}

/// Renders frames and writes them as a video.
///
/// # Errors
/// When the source cannot be read or the output not be written.
pub fn run(args: ClipArgs) -> anyhow::Result<()> {
    stop::listen()?;
    let target = Target::from(args.output);
    let container = container(&target)?;
    let range = args.range.or_all()?;
    let mut file = args.scene.scene(args.source, |kept| args.panels.or(kept, Panel::defaults))?;
    args.save.check(&file, Some(&target))?;
    let cannot_make = || format!("cannot make the clip {target}");

    let mut out = Some(Output::create(&target)?);
    let (mut clip, mut first) = (None, None);
    each_frame(Job::new(&file.scene, range), args.talk, |sheet, info| {
        let figure = Figure { scene: &file.scene, sheet: &sheet, info, ground: args.ground.into() };
        if let Some(out) = out.take() {
            let is_seekable = matches!(target, Target::File(_));
            clip = Some(Clip::create(container, &figure, is_seekable, out).with_context(cannot_make)?);
            first = Some(sheet.frame.index);
        }
        clip.as_mut().map_or(Ok(()), |clip| clip.add(&figure)).with_context(cannot_make)
    })?;
    let clip = clip.context("the source has no frames; choose another")?;
    let out = clip.finish().with_context(cannot_make)?;
    file.frame = first;
    args.save.write(&file, args.talk)?.into_iter().chain([out]).try_for_each(Output::finish)
}

/// What the name of the output asks for.
fn container(target: &Target) -> Result<Container, Failure> {
    let Target::File(path) = target else { return Ok(Container::Matroska) };
    Container::of(path).ok_or_else(|| {
        let known = Container::ALL.map(|container| format!(".{}", container.extension())).join(", ");
        Failure::Usage(format!(
            "the ending says what kind of video it is; name a file that ends in {known}: {target}"
        ))
    })
}
