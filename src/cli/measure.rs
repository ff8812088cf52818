//! `afterimage measure`: the numbers of every panel, for one frame, a range or a whole video.

use std::ffi::OsString;

use anyhow::Context;
use clap::{Args, ValueEnum};

use super::args::files::{Files, WriteArgs};
use super::args::values::{self, Target};
use super::args::{PanelArgs, RangeArgs, SceneArgs, frames};
use super::held::Held;
use super::output::Output;
use super::terminal::progress::{TalkArgs, each_frame};
use super::terminal::stop;
use crate::export::table::{Csv, Json, Table, Text};
use crate::media::Source;
use crate::render::{Job, Parts};
use crate::scene::Panel;

/// Arguments of `measure`.
#[derive(Args, Debug)]
pub struct MeasureArgs {
    /// A video or picture, demo, demo:still, pattern:NAME, canvas, or a scene in a .toml file
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
    /// Compute the classical measures, those that papers use, too: byte entropy, chi-square, neighbour correlation, NPCR,
    /// UACI, PSNR and SSIM. Without, they are null in JSON and empty in CSV
    #[arg(long, alias = "papers")]
    classical: bool,
    /// Where it is written; - is standard output
    #[arg(long, short, value_name = "FILE", default_value = "-")]
    output: OsString,
    #[command(flatten)]
    write: WriteArgs,
    #[command(flatten)]
    pub(super) talk: TalkArgs,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// For a person: one frame, or mean, smallest and largest over all of them
    #[default]
    Table,
    /// A line a frame and panel, written when the frame is measured
    Csv,
    /// Scene, frames and summary in one object, written when all of it is measured
    Json,
}

impl Format {
    /// True where a part of it is worth nothing. Of CSV each line is worth something, and is passed on when its frame
    /// is measured.
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

/// Measures frames and writes their numbers as they come.
///
/// # Errors
/// When the source cannot be read or the output not be written.
pub fn run(args: MeasureArgs) -> anyhow::Result<()> {
    stop::listen()?;
    let asked = args.range.or_all()?;
    let target = Target::from(args.output);
    let files = Files::new(args.write).writing("--output", Some(&target))?;
    let file = args.scene.scene(args.source, &files, |kept| args.panels.or(kept, Panel::measured))?;
    let range = frames::asked_or(asked, file.frames.as_ref());
    let scene = file.scene;
    let out = Output::create(&target, args.write.making())?;
    let mut out = if args.format.is_whole() { Held::held_back(out) } else { Held::passed_on(out) };
    let mut table = args.format.table(args.classical);
    let cannot_write = || format!("cannot write {target}");

    // They take a second encryption and passes over all pixels: half as long again as all the rest.
    let parts = if args.classical { Parts::CLASSICAL } else { Parts::NUMBERS };
    let job = Job { parts, ..Job::new(&scene, range) };
    let mut has_begun = false;
    each_frame(job, args.talk, |sheet, _| {
        // Where there is no first frame, nothing was written.
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
