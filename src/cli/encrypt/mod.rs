//! `afterimage encrypt`: the ciphertext of one frame, and the parameters from which anyone can verify it.

mod mp4;
pub mod target;

use std::ffi::OsString;
use std::io::{self, Write};

use anyhow::Context;
use clap::{Args, ValueEnum};
use serde::Serialize;

use crate::cli::args::arg_types::{self, Target};
use crate::cli::args::files::{self, Files, WriteArgs};
use crate::cli::args::{FrameArgs, SceneArgs, frames};
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::terminal::encoding::encode_anew;
use crate::cli::terminal::progress::{VerbosityArgs, one_frame};
use crate::cli::terminal::stop;
use crate::crypto::{Parameters, Scheme};
use crate::export::WriteOptions;
use crate::media::{self, Limits, MediaError, Source};
use crate::payload::Target as Encrypted;
use crate::picture::Frame;
use crate::picture::layout::Layout;
use crate::render::Job;
use crate::runtime::pool::Pool;
use crate::scene::{Panel, Scene, SceneFile, check_target, default_scheme};
use crate::units::FrameIndex;
use target::ClearBytes;

const DEFAULT_SCHEME: &str = "aes-128-ecb";

/// Arguments of `encrypt`.
#[derive(Args, Debug)]
pub struct EncryptArgs {
    /// A video or picture, demo, demo:still, pattern:NAME, canvas, or a scene in a .toml file
    #[arg(value_name = "SOURCE", value_parser = arg_types::source_parser())]
    source: Source,
    /// The scheme, such as aes-256-ctr+reused-nonce [default: the first scheme of a scene, else aes-128-ecb]
    #[arg(value_name = "SCHEME", conflicts_with = "named_scheme")]
    scheme: Option<Scheme>,
    /// The scheme, as an option
    #[arg(long = "scheme", id = "named_scheme", value_name = "SCHEME")]
    named_scheme: Option<Scheme>,
    /// How many bytes at the start of a file stay readable, such as 54 for a BMP; auto is the header before the
    /// samples of BMP, PBM, PGM, PPM, PAM and WAV
    #[arg(long, value_name = "N|auto", default_value_t = ClearBytes::Count(0))]
    clear: ClearBytes,
    /// Where the first block of a file begins
    #[arg(long, value_name = "GRID", value_enum, default_value_t)]
    grid: FileGrid,
    #[command(flatten)]
    frame: FrameArgs,
    #[command(flatten)]
    scene: SceneArgs,
    /// The file for the ciphertext, with a tag at its end; - is standard output
    #[arg(long, short, value_name = "FILE")]
    output: OsString,
    /// Also write the unencrypted bytes of the frame
    #[arg(long, value_name = "FILE")]
    plaintext: Option<OsString>,
    #[command(flatten)]
    write: WriteArgs,
    /// The format of the parameters
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    pub(super) verbosity: VerbosityArgs,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum FileGrid {
    /// At the first byte of the file, as openssl enc encrypts it
    #[default]
    File,
    /// After the clear bytes, as after tail -c
    Body,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// Lines of text
    #[default]
    Text,
    /// One JSON object
    Json,
}

/// Encrypts one frame.
///
/// # Errors
/// If the source cannot be read, or the output cannot be written.
pub fn run(args: EncryptArgs) -> anyhow::Result<()> {
    stop::listen()?;
    let (target, plaintext) = (Target::from(args.output), files::target(args.plaintext.as_ref()));
    let files = Files::new(args.write)
        .writing("--output", Some(&target))?
        .writing("--plaintext", plaintext.as_ref())?;
    let parameters_go = Text::beside(&files)?;
    let named = args.scheme.or(args.named_scheme);
    let SceneFile { scene, frame, .. } =
        args.scene.scene(args.source, &files, |kept, target| match (named, kept) {
            (None, Some(kept)) => kept,
            (None, None) => default_scheme(target).parse().map(Panel::of).into_iter().collect(),
            (Some(scheme), _) => vec![Panel::of(scheme)],
        })?;
    let scheme = scene.panels.iter().find_map(|panel| panel.scheme());
    let scheme = scheme.ok_or_else(|| {
        Failure::Usage(format!("the scene encrypts nothing; give a scheme, such as {DEFAULT_SCHEME}"))
    })?;
    check_target(scene.target, scheme).map_err(|error| Failure::Usage(error.to_string()))?;
    check_lock(&scene, scheme)?;
    let source = match scene.encode.filter(|_| scene.target.is_of_packets()) {
        Some(encoding) => encode_anew(&scene.source, encoding, args.verbosity)?,
        None => scene.source.clone(),
    };
    if args.frame.is_none() && mp4::is_wanted(scene.target, &target) {
        mp4::check(scene.stream, plaintext.as_ref())?;
        let report = mp4::write(&source, (&scene, scheme), &target, args.write.options())?;
        args.verbosity.warn(&report.problems);
        let mut out = parameters_go.out();
        let written = match args.format {
            Format::Json => writeln!(out, "{}", serde_json::to_string_pretty(&report)?),
            Format::Text => mp4::write_text(&report, &mut *out),
        };
        return written.context("cannot write the parameters");
    }
    if scene.target != Encrypted::Pixels {
        let key = (scheme, &scene.key);
        let range = args.frame.or(frame);
        let mut encrypted = match scene.target {
            Encrypted::File => target::file(&scene.source, args.clear, args.grid == FileGrid::Body, key)?,
            other => {
                let (frames, index) = frames::in_numbers(range, &scene.footage())?;
                let frame = frames.map_or(FrameIndex(0), |frames| frames.first());
                // An index of the source is none of its encoding.
                let index = index.as_ref().filter(|_| source == scene.source);
                target::messages(&source, (other, scene.stream), (frame, index), key)?
            }
        };
        let encoding = scene.encode.filter(|_| scene.target.is_of_packets());
        encrypted.report.encode = encoding.map(|encoding| encoding.to_string());
        let write_options = args.write.options();
        let mut outputs = vec![write(&target, write_options, &[&encrypted.bytes])?];
        if let Some(target) = &plaintext {
            outputs.push(write(target, write_options, &[&encrypted.plaintext])?);
        }
        outputs.into_iter().try_for_each(Output::finish)?;
        let mut out = parameters_go.out();
        let written = match args.format {
            Format::Json => writeln!(out, "{}", serde_json::to_string_pretty(&encrypted.report)?),
            Format::Text => encrypted.report.write_text(&mut *out),
        };
        return written.context("cannot write the parameters");
    }
    // Only the bytes are needed: no panels.
    let without_panels = Scene { panels: Vec::new(), ..scene.clone() };
    let (sheet, _) = one_frame(Job::new(&without_panels, args.frame.or(frame)), args.verbosity)?;
    let frame = &*sheet.frame;

    let mut ciphertext = Pool::default().take(0);
    let parameters = scheme.cipher(&scene.key)?.encrypt(frame.index.into(), &frame.bytes, &mut ciphertext);
    let parameters = parameters.with_context(|| format!("{scheme} does not support this frame"))?;
    let tag = parameters.tag.as_deref().unwrap_or_default();
    let report = Report::of(scheme, &scene, frame, ciphertext.len() + tag.len(), &parameters)?;

    let write_options = args.write.options();
    let mut outputs = vec![write(&target, write_options, &[&ciphertext, tag])?];
    if let Some(target) = &plaintext {
        outputs.push(write(target, write_options, &[&frame.bytes])?);
    }
    outputs.into_iter().try_for_each(Output::finish)?;
    report.write(args.format, &mut *parameters_go.out()).context("cannot write the parameters")
}

/// Where the parameters are printed: never in the same output as the bytes.
#[derive(Clone, Copy)]
enum Text {
    ToStdout,
    ToStderr,
}

impl Text {
    /// The stream itself.
    fn out(self) -> Box<dyn Write> {
        match self {
            Self::ToStdout => Box::new(io::stdout().lock()),
            Self::ToStderr => Box::new(io::stderr().lock()),
        }
    }

    /// Standard output, or standard error if standard output is an output for bytes.
    fn beside(files: &Files) -> Result<Self, Failure> {
        match (files.take_stdout(), files.take_stderr()) {
            (false, _) => Ok(Self::ToStdout),
            (true, false) => Ok(Self::ToStderr),
            (true, true) => Err(Failure::Usage(
                "the parameters would stand among the bytes, which take standard output and standard error; name a \
                 file with --output or --plaintext"
                    .into(),
            )),
        }
    }
}

fn write(target: &Target, write_options: WriteOptions, parts: &[&[u8]]) -> anyhow::Result<Output> {
    Output::create(target, write_options)?.fill(|out| {
        let written = parts.iter().try_for_each(|part| out.write_all(part));
        written.with_context(|| format!("cannot write {target}"))
    })
}

/// The parameters from which another program can make the same bytes.
#[derive(Serialize)]
struct Report<'a> {
    scheme: String,
    #[serde(flatten)]
    layout: Layout,
    width: u32,
    height: u32,
    frame: FrameIndex,
    time_secs: f64,
    key: String,
    #[serde(flatten)]
    parameters: &'a Parameters,
    plaintext_bytes: usize,
    ciphertext_bytes: usize,
}

impl<'a> Report<'a> {
    fn of(
        scheme: Scheme,
        scene: &Scene,
        frame: &Frame,
        ciphertext_bytes: usize,
        parameters: &'a Parameters,
    ) -> Result<Self, Failure> {
        Ok(Self {
            scheme: scheme.to_string(),
            layout: frame.layout,
            width: frame.shape.width,
            height: frame.shape.height,
            frame: frame.index,
            time_secs: frame.time_secs,
            key: scheme.key_hex(&scene.key)?,
            parameters,
            plaintext_bytes: frame.bytes.len(),
            ciphertext_bytes,
        })
    }

    fn write(&self, format: Format, out: &mut dyn Write) -> io::Result<()> {
        match format {
            Format::Json => writeln!(out, "{}", serde_json::to_string_pretty(self)?),
            Format::Text => {
                self.lines().iter().try_for_each(|(name, value)| writeln!(out, "{name:<18}{value}"))
            }
        }
    }

    fn lines(&self) -> Vec<(&'static str, String)> {
        let mut lines = vec![
            ("scheme", self.scheme.clone()),
            ("layout", self.layout.name().to_owned()),
            ("width", self.width.to_string()),
            ("height", self.height.to_string()),
            ("frame", self.frame.to_string()),
            ("time_secs", self.time_secs.to_string()),
            ("key", self.key.clone()),
        ];
        let posterize = self.layout.posterize();
        lines.extend((!posterize.is_off()).then(|| ("posterize", posterize.bits().to_string())));
        lines.extend(self.layout.is_tiled().then(|| ("tiles", "true".to_owned())));
        lines.extend(self.parameters.named().map(|(name, bytes)| (name, hex::encode(bytes))));
        lines.push(("plaintext_bytes", self.plaintext_bytes.to_string()));
        lines.push(("ciphertext_bytes", self.ciphertext_bytes.to_string()));
        lines
    }
}

/// Checks that the scheme encrypts, and that the source is not encrypted already.
fn check_lock(scene: &Scene, scheme: Scheme) -> anyhow::Result<()> {
    if scheme.is_own() {
        let message =
            "own is the ciphertext that a file holds, and encrypts nothing; give a scheme that does, such as";
        return Err(Failure::Usage(format!("{message} {DEFAULT_SCHEME}")).into());
    }
    // A source without packets is not encrypted.
    let is_encrypted = media::is_locked(&scene.source, scene.stream, Limits::default()).unwrap_or(false);
    if is_encrypted && scene.source.content_key().is_none() && scene.target != Encrypted::File {
        return Err(MediaError::encrypted(&scene.source).into());
    }
    Ok(())
}
