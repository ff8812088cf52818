//! `afterimage measure`: the numbers of every panel, for one frame, a range or a whole video.

use std::ffi::OsString;

use anyhow::Context;
use clap::{Args, ValueEnum};

use super::args::{PanelArgs, RangeArgs, SceneArgs};
use super::output::Output;
use super::stop;
use super::values::{self, Target};
use super::work::{TalkArgs, each_frame};
use crate::export::table::{Csv, Json, Table, Text};
use crate::media::Source;
use crate::pipeline::Parts;
use crate::pipeline::batch::Job;
use crate::scene::Panel;

/// Arguments of `measure`.
#[derive(Args, Debug)]
pub struct MeasureArgs {
    /// A video or picture, demo, demo:still, pattern:NAME, or a scene in a .toml file
    #[arg(value_name = "SOURCE", value_parser = values::source_parser())]
    source: Source,
    #[command(flatten)]
    panels: PanelArgs,
    #[command(flatten)]
    range: RangeArgs,
    #[command(flatten)]
    scene: SceneArgs,
    /// How it is written
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    format: Format,
    /// Where it is written; - is standard output
    #[arg(long, short, value_name = "FILE", default_value = "-")]
    output: OsString,
    #[command(flatten)]
    talk: TalkArgs,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// For a person: one frame, or mean, smallest and largest over all of them
    #[default]
    Table,
    /// A line a frame and panel
    Csv,
    /// Scene, frames and summary in one object
    Json,
}

impl Format {
    fn table(self) -> Box<dyn Table> {
        match self {
            Self::Table => Box::new(Text::default()),
            Self::Csv => Box::new(Csv),
            Self::Json => Box::new(Json::default()),
        }
    }
}

/// Measures frames and writes their numbers as they come.
///
/// # Errors
/// When the source cannot be read or the output not be written.
pub fn run(args: MeasureArgs) -> anyhow::Result<()> {
    stop::listen()?;
    let range = args.range.or_all()?;
    let scene = args.scene.scene(args.source, args.panels.all(), Panel::defaults)?.scene;
    let target = Target::from(args.output);
    let mut out = Output::create(&target)?;
    let mut table = args.format.table();
    let cannot_write = || format!("cannot write {target}");

    table.begin(&scene, &mut out).with_context(cannot_write)?;
    let job = Job { parts: Parts::Numbers, ..Job::new(&scene, range) };
    each_frame(job, args.talk, |sheet| table.frame(&sheet, &mut out).with_context(cannot_write))?;
    table.end(&mut out).with_context(cannot_write)?;
    out.finish()
}
