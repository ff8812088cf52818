//! `afterimage info`: the properties of a source.

use std::io::Write;
use std::ops::ControlFlow;

use clap::{Args, ValueEnum};

use super::args::arg_types;
use super::output::Output;
use super::terminal::progress::VerbosityArgs;
use super::terminal::stop;
use crate::export::words;
use crate::media::{self, Limits, MediaError, Source, SourceInfo};
use crate::payload::Target;
use crate::picture::layout::Layout;
use crate::runtime::pool::Pool;
use crate::scene::SceneFile;
use crate::text::printable::printable;

/// Arguments of `info`.
#[derive(Args, Debug)]
pub struct InfoArgs {
    /// A video or picture, demo, demo:still, pattern:NAME, canvas, or a scene in a .toml file
    #[arg(value_name = "SOURCE", value_parser = arg_types::source_parser())]
    source: Source,
    /// How it is written
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    pub(super) verbosity: VerbosityArgs,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// Lines for a person
    #[default]
    Table,
    /// One object for a program
    Json,
}

/// Prints the properties of a source, after indexing all of it.
///
/// # Errors
/// When it cannot be read.
pub fn run(args: &InfoArgs) -> anyhow::Result<()> {
    stop::listen()?;
    let info = match &args.source {
        Source::File(path) if SceneFile::is_name(path) => known(&SceneFile::read(path)?.scene.source)?,
        source => known(source)?,
    };
    let mut out = Output::stdout();
    match args.format {
        Format::Table => write_lines(&info, &mut out)?,
        Format::Json => writeln!(out, "{}", serde_json::to_string_pretty(&info)?)?,
    }
    out.finish()
}

fn known(source: &Source) -> anyhow::Result<SourceInfo> {
    let (limits, pool) = (Limits::default(), Pool::default());
    let mut footage = source.clone();
    let mut reader = match media::open(source, Layout::default(), limits, &pool) {
        // Its packets are frames.
        Err(error @ MediaError::NoVideo { .. }) => {
            footage = Target::Packets.footage(source, None);
            media::open(&footage, Layout::default(), limits, &pool).map_err(|_| error)?
        }
        opened => opened?,
    };
    let index = media::scan(&footage, limits, &mut |_| {
        if stop::keep_going() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    reader.set_index(index);
    VerbosityArgs::default().warn(&reader.take_problems());
    Ok(reader.info().clone())
}

fn write_lines(info: &SourceInfo, out: &mut impl Write) -> std::io::Result<()> {
    for (name, value) in words::source(info) {
        writeln!(out, "{name:<14}{}", printable(&value))?;
    }
    Ok(())
}
