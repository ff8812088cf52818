//! `afterimage encrypt --target cenc|cbcs -o FILM.mp4`: a whole film as an encrypted MP4.

use std::fmt;
use std::io::{self, Write};

use anyhow::Context;

use crate::cli::args::arg_types::Target as File;
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::terminal::stop;
use crate::crypto::Scheme;
use crate::export::WriteOptions;
use crate::export::encrypted_mp4::{self, EncryptedMp4Error, Report};
use crate::media::{Limits, Source, StreamChoice};
use crate::payload::Target;
use crate::scene::Scene;

/// Extensions of MP4 files: any content, video, sound, video in CMAF.
const ENDINGS: [&str; 4] = ["mp4", "m4v", "m4a", "cmfv"];

/// True if the target and the name of the output request an encrypted MP4.
pub fn is_wanted(target: Target, output: &File) -> bool {
    let File::File(path) = output else { return false };
    let ending = path.extension().unwrap_or_default();
    matches!(target, Target::Cenc | Target::Cbcs) && ENDINGS.iter().any(|it| ending.eq_ignore_ascii_case(it))
}

/// Checks that there are no options for a single frame.
///
/// # Errors
/// A message with the fix.
pub fn check(stream: Option<StreamChoice>, plaintext: Option<&File>) -> Result<(), Failure> {
    let what = match (stream, plaintext) {
        (Some(_), _) => "an encrypted MP4 gets all streams; leave --stream out",
        (None, Some(_)) => "--plaintext is of one frame; leave it out",
        (None, None) => return Ok(()),
    };
    Err(Failure::Usage(format!("{what}, or choose a frame with --frame to write its samples alone")))
}

/// Writes the MP4.
///
/// # Errors
/// If the source cannot be read or encrypted, or the output cannot be written.
pub fn write(
    source: &Source,
    (scene, scheme): (&Scene, Scheme),
    target: &File,
    write_options: WriteOptions,
) -> anyhow::Result<Report> {
    let mut report = None;
    let output = Output::create(target, write_options)?.fill(|out| {
        let spool = spool(target).context("cannot make a temporary file for the fragments of the MP4")?;
        let key = (scheme, &scene.key);
        let written =
            encrypted_mp4::write(source, Limits::default(), scene.target, key, spool, out, &stop::keep_going);
        report = Some(match written {
            Err(EncryptedMp4Error::Interrupted) => return Err(Failure::Interrupted.into()),
            Err(error @ EncryptedMp4Error::Write(_)) => {
                return Err(anyhow::Error::from(error).context(format!("cannot write {target}")));
            }
            written => written?,
        });
        Ok(())
    })?;
    output.finish()?;
    // There is no report if the reader of a pipe closed it.
    Ok(report.ok_or(io::Error::from(io::ErrorKind::BrokenPipe))?)
}

/// An unnamed empty file: in the folder of the output if it is a file, where there must be room for the output anyway.
fn spool(target: &File) -> io::Result<std::fs::File> {
    match target.file_name().and_then(std::path::Path::parent) {
        Some(folder) if folder.as_os_str().is_empty() => tempfile::tempfile_in("."),
        Some(folder) => tempfile::tempfile_in(folder),
        None => tempfile::tempfile(),
    }
}

/// Writes the report as lines of text.
pub fn write_text(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut line = |name: &str, value: &dyn fmt::Display| writeln!(out, "{name:<18}{value}");
    line("scheme", &report.scheme)?;
    line("target", &report.target)?;
    line("key", &report.key)?;
    line("key_id", &report.key_id)?;
    if let Some(iv) = &report.iv {
        line("iv", iv)?;
    }
    for it in &report.streams {
        let (kind, codec) = (it.kind, &it.codec);
        let counts = format!("{} messages from {}", it.messages, it.first_message);
        let bytes = format!("{} bytes, {} of them clear", it.bytes, it.clear_bytes);
        line("stream", &format!("{}: {kind}, {codec}, {counts}, {bytes}", it.stream))?;
    }
    line("file_bytes", &report.file_bytes)
}
