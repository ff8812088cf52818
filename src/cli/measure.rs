//! `afterimage measure`: the numbers of every panel, for one frame, a range or a whole video.

use std::ffi::OsString;

use anyhow::Context;
use clap::{Args, ValueEnum};

use super::args::arg_types::{self, Target};
use super::args::files::{Files, WriteArgs};
use super::args::{PanelArgs, RangeArgs, SceneArgs, frames};
use super::delayed_output::DelayedOutput;
use super::output::Output;
use super::terminal::progress::{VerbosityArgs, each_frame};
use super::terminal::stop;
use crate::export::table::{Csv, Json, Table, Text};
use crate::media::Source;
use crate::payload;
use crate::render::{Job, Parts, Range};
use crate::scene::Panel;
use crate::units::FrameIndex;

/// Arguments of `measure`.
#[derive(Args, Debug)]
pub struct MeasureArgs {
    /// A video or picture, demo, demo:still, pattern:NAME, canvas, or a scene in a .toml file
    #[arg(value_name = "SOURCE", value_parser = arg_types::source_parser())]
    source: Source,
    #[command(flatten)]
    panels: PanelArgs,
    #[command(flatten)]
    range: RangeArgs,
    #[command(flatten)]
    scene: SceneArgs,
    /// The output format
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    format: Format,
    /// Also compute the classical measures of papers: byte entropy, chi-square, neighbour correlation, NPCR, UACI,
    /// PSNR and SSIM. Without this option, they are null in JSON and empty in CSV
    #[arg(long, alias = "papers")]
    classical: bool,
    /// With messages, also decode the frames, and compute how well sizes follow changes in the picture
    #[arg(long)]
    size_rho: bool,
    /// The file to write; - is standard output
    #[arg(long, short, value_name = "FILE", default_value = "-")]
    output: OsString,
    #[command(flatten)]
    write: WriteArgs,
    #[command(flatten)]
    pub(super) verbosity: VerbosityArgs,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// Text: one frame, or mean, minimum and maximum of several
    #[default]
    Table,
    /// One line per frame and panel, written when the frame is measured
    Csv,
    /// Scene, frames and summary in one object, written at the end
    Json,
}

impl Format {
    /// True if parts of the output are useless. Each line of CSV is useful, and is written when its frame is measured.
    const fn is_whole(self) -> bool {
        matches!(self, Self::Json)
    }

    fn table(self, classical: bool) -> Box<dyn Table> {
        match self {
            Self::Table => Box::new(Text::new(classical)),
            Self::Csv => Box::new(Csv),
            Self::Json => Box::new(Json::default()),
        }
    }
}

/// Measures frames, and writes the numbers of each frame as soon as they are known.
///
/// # Errors
/// If the source cannot be read, or the output cannot be written.
pub fn run(args: MeasureArgs) -> anyhow::Result<()> {
    stop::listen()?;
    let on_command_line = args.range.or_all()?;
    let target = Target::from(args.output);
    let files = Files::new(args.write).writing("--output", Some(&target))?;
    let file = args
        .scene
        .scene(args.source, &files, |kept, target| args.panels.or(kept, || Panel::measured(target)))?;
    let range = frames::or_of_scene(on_command_line, file.frames.as_ref());
    let scene = file.scene;
    // A file is one message, whatever frames it has.
    let is_file = |&panel: &Panel| scene.target_of(panel).target == payload::Target::File;
    let is_once = scene.panels.iter().all(is_file) && range == Range::All;
    let range = if is_once { Range::frame(FrameIndex(0)) } else { range };
    let out = Output::create(&target, args.write.options())?;
    let mut out =
        if args.format.is_whole() { DelayedOutput::held_back(out) } else { DelayedOutput::passed_on(out) };
    let mut table = args.format.table(args.classical);
    let cannot_write = || format!("cannot write {target}");

    // The classical measures need a second encryption and passes over all pixels, half as long as all other numbers.
    let parts = if args.classical { Parts::CLASSICAL } else { Parts::NUMBERS };
    // The sizes of slices are compared with the picture.
    let parts = Parts { decodes: args.size_rho || scene.has_slices(), ..parts };
    let job = Job { parts, ..Job::new(&scene, range) };
    let mut has_begun = false;
    each_frame(job, args.verbosity, |sheet, _| {
        // Nothing was written before the first frame.
        if !std::mem::replace(&mut has_begun, true) {
            table.begin(&scene, &mut out).with_context(cannot_write)?;
        }
        table.frame(&sheet, &mut out).with_context(cannot_write)
    })?;
    if !has_begun {
        table.begin(&scene, &mut out).with_context(cannot_write)?;
    }
    table.end(&mut out).with_context(cannot_write)?;
    out.release().with_context(cannot_write)?.finish()
}
