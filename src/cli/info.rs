//! `afterimage info`: the properties of a source.

use std::io::Write;
use std::ops::ControlFlow;

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::args::{ContentKeyArgs, StreamKeyArgs, arg_types};
use super::capture_info;
use super::output::Output;
use super::terminal::progress::VerbosityArgs;
use super::terminal::stop;
use crate::export::words;
use crate::media::capture::CapturedStream;
use crate::media::{self, Limits, MediaError, Source, SourceInfo, StreamEncryption};
use crate::payload::Target;
use crate::picture::layout::Layout;
use crate::runtime::pool::Pool;
use crate::scene::SceneFile;
use crate::text::printable::printable;

/// Arguments of `info`.
#[derive(Args, Debug)]
pub struct InfoArgs {
    /// A video, a picture or a capture (pcap, pcapng), demo, demo:still, pattern:NAME, canvas, or a scene in a .toml file
    #[arg(value_name = "SOURCE", value_parser = arg_types::source_parser())]
    source: Source,
    #[command(flatten)]
    content_key: ContentKeyArgs,
    #[command(flatten)]
    key: StreamKeyArgs,
    /// The output format
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    pub(super) verbosity: VerbosityArgs,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// Lines of text
    #[default]
    Table,
    /// One JSON object
    Json,
}

/// Prints the properties of a source. Indexes all of it first.
///
/// # Errors
/// If it cannot be read.
pub fn run(args: &InfoArgs) -> anyhow::Result<()> {
    stop::listen()?;
    let source = match &args.source {
        Source::File(path) if SceneFile::is_name(path) => SceneFile::read(path)?.scene.source,
        source => source.clone(),
    };
    let stream = match &source {
        Source::Capture(captured) => captured.stream,
        _ => None,
    };
    let source = args.content_key.over(&source, stream, args.key.key.as_deref())?;
    if let Source::Capture(captured) = &source {
        return of_capture(captured, args.format);
    }
    let info = known(&source)?;
    let mut out = Output::stdout();
    match args.format {
        Format::Table => write_lines(&info, &mut out)?,
        Format::Json => writeln!(out, "{}", serde_json::to_string_pretty(&info)?)?,
    }
    out.finish()
}

/// Lists the streams of a capture.
fn of_capture(captured: &CapturedStream, format: Format) -> anyhow::Result<()> {
    let mut progress =
        |_| if stop::keep_going() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) };
    let info = media::capture::info(captured, &mut progress)?;
    let mut out = Output::stdout();
    match format {
        Format::Table => capture_info::write(&info, &mut out)?,
        Format::Json => writeln!(out, "{}", serde_json::to_string_pretty(&info)?)?,
    }
    out.finish()
}

/// The properties of a source, and how its streams are encrypted in the file.
#[derive(Debug, Serialize)]
struct Known {
    #[serde(flatten)]
    info: SourceInfo,
    encryption: Vec<StreamEncryption>,
}

fn known(source: &Source) -> anyhow::Result<Known> {
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
    let mut progress =
        |_| if stop::keep_going() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) };
    let index = media::scan(&footage, limits, &mut progress)?;
    reader.set_index(index);
    VerbosityArgs::default().warn(&reader.take_problems());
    let encryption = media::encryption_of(source, limits, &mut progress)?;
    Ok(Known { info: reader.info().clone(), encryption })
}

fn write_lines(Known { info, encryption }: &Known, out: &mut impl Write) -> std::io::Result<()> {
    let lines = encryption.iter().map(|stream| ("encryption", stream.to_string()));
    for (name, value) in words::source(info).into_iter().chain(lines) {
        writeln!(out, "{name:<14}{}", printable(&value))?;
    }
    Ok(())
}
