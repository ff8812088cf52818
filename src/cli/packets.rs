//! `afterimage packets`: the messages of a stream, and their positions in the file.

use std::ffi::OsString;
use std::io::{self, Write};

use anyhow::Context;
use clap::{Args, ValueEnum};
use serde::Serialize;

use super::args::files::{Files, WriteArgs};
use super::args::{ContentKeyArgs, EncodeArgs, RangeArgs, StreamKeyArgs, arg_types, frames};
use super::delayed_output::DelayedOutput;
use super::failure::Failure;
use super::output::Output;
use super::terminal::encoding::encode_anew;
use super::terminal::progress::VerbosityArgs;
use super::terminal::stop;
use crate::media::{Limits, MediaError, Source, StreamChoice};
use crate::payload::{CutPacket, Message, MessageReader, Piece, Target};
use crate::picture::Shape;
use crate::text::numbers;
use crate::units::FrameIndex;

/// Arguments of `packets`.
#[derive(Args, Debug)]
pub struct PacketsArgs {
    /// A video, a sound file, a picture or a capture (pcap, pcapng)
    #[arg(value_name = "SOURCE", value_parser = arg_types::source_parser())]
    source: Source,
    /// What a message is: packets, nal, slices, cenc, cbcs or samples
    #[arg(long, value_name = "TARGET", default_value_t = Target::Packets)]
    target: Target,
    /// The stream: v:0 is the first video, a:0 the first sound, and a number counts all streams of the file [default:
    /// v:0; a:0 for samples, and if there is no video]
    #[arg(long, value_name = "STREAM")]
    stream: Option<StreamChoice>,
    #[command(flatten)]
    encode: EncodeArgs,
    #[command(flatten)]
    content_key: ContentKeyArgs,
    #[command(flatten)]
    key: StreamKeyArgs,
    #[command(flatten)]
    range: RangeArgs,
    /// The output format
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    format: Format,
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
    /// One line per message
    #[default]
    Table,
    /// One JSON object
    Json,
}

/// A message in a list.
#[derive(Debug, Serialize)]
struct Row {
    /// The number of the message within its stream.
    index: u64,
    frame: FrameIndex,
    /// Seconds from frame 0.
    time_secs: Option<f64>,
    /// The number of the stream in the file.
    stream: usize,
    #[serde(rename = "type")]
    kind: &'static str,
    keyframe: bool,
    /// The offset of the message in the file.
    offset: Option<u64>,
    bytes: u64,
    clear_bytes: u64,
    #[serde(flatten)]
    place: Option<Place>,
}

/// The place in the picture of a message of one slice.
#[derive(Debug, Serialize)]
struct Place {
    first_pixel_x: u32,
    first_pixel_y: u32,
    pixels: u64,
}

impl Row {
    fn of(index: u64, message: &Message, of: &CutPacket<'_>, shape: Option<Shape>) -> Self {
        let encrypted: usize =
            message.pieces.iter().flat_map(Piece::encrypted).map(|range| range.len()).sum();
        let start = message.range.start as u64;
        let area = match &message.slices[..] {
            [slice] => Some(slice.area).zip(shape),
            _ => None,
        };
        Self {
            index,
            frame: of.frame,
            time_secs: of.time_secs,
            stream: of.packet.stream,
            kind: message.kind,
            keyframe: of.packet.is_key,
            offset: of.packet.offset.map(|offset| offset + start),
            bytes: message.range.len() as u64,
            clear_bytes: (message.range.len() - encrypted) as u64,
            place: area.map(|(area, coded)| {
                let shape = area.orientation.turned(coded);
                let [first_pixel_x, first_pixel_y] = area.first_pixel(shape);
                Place { first_pixel_x, first_pixel_y, pixels: area.pixels(shape) }
            }),
        }
    }

    fn write_line(&self, out: &mut dyn Write) -> io::Result<()> {
        let time = self.time_secs.map_or_else(|| "-".into(), |secs| format!("{secs:.3}"));
        let offset = self.offset.map_or_else(|| "-".into(), |offset| offset.to_string());
        let key = if self.keyframe { "key" } else { "" };
        write!(
            out,
            "{:>8} {:>8} {time:>10} {:>6}  {:<18} {key:<4} {offset:>12} {:>10} {:>10}",
            self.index, self.frame, self.stream, self.kind, self.bytes, self.clear_bytes
        )?;
        if let Some(Place { first_pixel_x, first_pixel_y, pixels }) = self.place {
            write!(out, "  {pixels} px from {first_pixel_x},{first_pixel_y}")?;
        }
        writeln!(out)
    }
}

/// The head of the table.
fn write_head(out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "{:>8} {:>8} {:>10} {:>6}  {:<18} {:<4} {:>12} {:>10} {:>10}",
        "index", "frame", "time_secs", "stream", "type", "", "offset", "bytes", "clear"
    )
}

/// Lists messages as they are read.
///
/// # Errors
/// If the source cannot be read, the target does not suit the stream, or the output cannot be written.
pub fn run(args: PacketsArgs) -> anyhow::Result<()> {
    stop::listen()?;
    let on_command_line = args.range.or_all()?;
    let target = arg_types::Target::from(args.output);
    let files = Files::new(args.write).writing("--output", Some(&target))?;
    args.content_key.read_by(files).reading_source("the source", &args.source).check()?;
    let source = args.content_key.over(&args.source, args.stream, args.key.key.as_deref())?;
    let name = source.to_string();
    let encoding = args.encode.encode;
    let source = match encoding {
        Some(_) if !args.target.is_of_packets() => {
            let message = "samples are not encoded; leave --encode out, or take --target packets";
            return Err(Failure::Usage(message.into()).into());
        }
        Some(encoding) => encode_anew(&source, encoding, args.verbosity)?,
        None => source,
    };
    let footage = args.target.footage(&source, args.stream);
    let (wanted, index) = frames::in_numbers(on_command_line, &footage)?;
    let limits = Limits::default();
    let mut reader =
        MessageReader::open(&source, args.stream, args.target, limits, index.as_ref(), &stop::keep_going)?;
    let (stream, shape) = (reader.stream().index, reader.stream().shape);
    let codec = reader.stream().codec.clone();
    let out = Output::create(&target, args.write.options())?;
    let is_json = matches!(args.format, Format::Json);
    let mut out = if is_json { DelayedOutput::held_back(out) } else { DelayedOutput::passed_on(out) };
    let cannot_write = || format!("cannot write {target}");

    if is_json {
        let mut head = serde_json::json!({
            "schema": 1, "source": name, "target": args.target, "stream": stream, "codec": codec,
        });
        if let (Some(encoding), Some(head)) = (encoding, head.as_object_mut()) {
            head.insert("encode".into(), encoding.to_string().into());
        }
        let head = head.to_string();
        let head = head.trim_end_matches('}');
        write!(out, "{head},\n\"messages\":[").with_context(cannot_write)?;
    } else {
        write_head(&mut out).with_context(cannot_write)?;
    }
    let (mut index, mut rows) = (0, 0u64);
    let mut unread = 0u64;
    let mut first_problem = None;
    while let Some(packet) = reader.next_packet()? {
        if !stop::keep_going() {
            return Err(MediaError::Interrupted.into());
        }
        unread += packet.cut.problems.len() as u64;
        if let (None, Some(problem)) = (&first_problem, packet.cut.problems.first()) {
            first_problem = Some((packet.packet.index, *problem));
        }
        for message in &packet.cut.messages {
            let row = Row::of(index, message, &packet, shape);
            index += 1;
            if wanted.as_ref().is_some_and(|wanted| !wanted.contains(packet.frame)) {
                continue;
            }
            let written = if is_json {
                let separator = if rows == 0 { "\n" } else { ",\n" };
                write!(out, "{separator}{}", serde_json::to_string(&row)?)
            } else {
                row.write_line(&mut out)
            };
            written.with_context(cannot_write)?;
            rows += 1;
        }
    }
    if is_json {
        writeln!(out, "\n]}}").with_context(cannot_write)?;
    }
    let mut problems = reader.take_problems();
    if let Some((packet, problem)) = first_problem {
        let parts = if unread == 1 { "part" } else { "parts" };
        problems.push(format!(
            "{} {parts} of packets could not be read and count as clear, the first in packet {packet} ({problem}): {}",
            numbers::thousands(unread),
            source
        ));
    }
    args.verbosity.warn(&problems);
    out.release().with_context(cannot_write)?.finish()
}
