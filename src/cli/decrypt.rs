//! `afterimage decrypt`: decrypts what `encrypt` wrote.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;

use super::args::KeyArgs;
use super::args::arg_types::Target;
use super::args::files::{Files, WriteArgs};
use super::encrypt::target::TargetReport;
use super::output::Output;
use super::terminal::progress::VerbosityArgs;
use super::terminal::stop;
use crate::crypto::{Scheme, receive};
use crate::media::Limits;
use crate::text::file;
use crate::units::MessageNumber;

/// Arguments of `decrypt`.
#[derive(Args, Debug)]
pub struct DecryptArgs {
    /// A file that `encrypt` wrote; - is standard input
    #[arg(value_name = "FILE")]
    input: OsString,
    /// The scheme of the file
    #[arg(long, value_name = "SCHEME", required_unless_present = "parameters")]
    scheme: Option<Scheme>,
    /// The number of the frame, from which initialization vector and nonce are derived
    #[arg(long, value_name = "N", required_unless_present = "parameters")]
    frame: Option<u64>,
    /// The output of encrypt --target --format json, which states scheme, key and messages
    #[arg(long, value_name = "FILE", conflicts_with_all = ["scheme", "frame"])]
    parameters: Option<PathBuf>,
    #[command(flatten)]
    key: KeyArgs,
    /// The file for the frame's bytes; - is standard output
    #[arg(long, short, value_name = "FILE")]
    output: OsString,
    #[command(flatten)]
    write: WriteArgs,
    #[command(flatten)]
    pub(super) verbosity: VerbosityArgs,
}

/// Decrypts ciphertext to the bytes of a frame.
///
/// # Errors
/// If the file cannot be read or decrypted, or the output cannot be written.
pub fn run(args: DecryptArgs) -> anyhow::Result<()> {
    let (input, target) = (Target::from(args.input), Target::from(args.output));
    let files = Files::new(args.write)
        .writing("--output", Some(&target))?
        .reading("the parameters", args.parameters.as_deref());
    args.key.read_by(files).reading_input("the ciphertext", &input).check()?;
    let cannot_decrypt = || format!("cannot decrypt {input}");
    let plaintext = match (&args.parameters, args.scheme, args.frame) {
        (Some(path), ..) => {
            let report = read_report(path)?;
            let scheme: Scheme = report.scheme.parse().with_context(|| damaged(path))?;
            let key = match args.key.on_command_line()? {
                Some(key) => key,
                None => report.key.parse().with_context(|| damaged(path))?,
            };
            report.decrypt(&read(&input)?, &*scheme.cipher(&key)?).with_context(cannot_decrypt)?
        }
        (None, Some(scheme), Some(frame)) => {
            let key = args.key.material([scheme].into_iter())?;
            let message = read(&input)?;
            let cipher = scheme.cipher(&key)?;
            receive(&*cipher, MessageNumber(frame), &message).with_context(cannot_decrypt)?
        }
        (None, ..) => unreachable!("clap asks for both"),
    };

    stop::listen()?;
    let out = Output::create(&target, args.write.options())?;
    out.fill(|out| out.write_all(&plaintext).with_context(|| format!("cannot write {target}")))?.finish()
}

/// The largest file of parameters: a hundred bytes for each of a million messages.
const MOST_PARAMETER_BYTES: u64 = 100 << 20;

fn read_report(path: &Path) -> anyhow::Result<TargetReport> {
    let text = file::read_any(path, MOST_PARAMETER_BYTES).with_context(|| {
        format!("cannot read the parameters; check that the file exists: {}", path.display())
    })?;
    serde_json::from_str(&text).with_context(|| damaged(path))
}

fn damaged(path: &Path) -> String {
    format!("these are no parameters of encrypt --target --format json: {}", path.display())
}

/// Reads the whole input. An input larger than any frame is an error.
fn read(input: &Target) -> anyhow::Result<Vec<u8>> {
    let limits = Limits::default();
    // Four bytes per pixel, one more row and column of tiles past the edges, and padding or a tag.
    let largest = (limits.pixels + 2 * u64::from(limits.side) + 1) * 4 + 64;
    let mut message = Vec::new();
    let from: Box<dyn Read> = match input {
        Target::Stdout => Box::new(io::stdin()),
        Target::File(path) => Box::new(File::open(path).with_context(cannot_read(input))?),
    };
    from.take(largest + 1).read_to_end(&mut message).with_context(cannot_read(input))?;
    if message.len() as u64 > largest {
        bail!(
            "this is larger than any encrypted frame ({largest} bytes); give a file that encrypt wrote: {input}"
        );
    }
    Ok(message)
}

fn cannot_read(input: &Target) -> impl Fn() -> String {
    move || {
        format!("cannot read the ciphertext; check that the file exists and that you may read it: {input}")
    }
}
