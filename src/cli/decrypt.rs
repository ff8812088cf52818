//! `afterimage decrypt`: what `encrypt` wrote, turned back.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read, Write};

use anyhow::{Context, bail};
use clap::Args;

use super::args::KeyArgs;
use super::args::files::{Files, WriteArgs};
use super::args::values::Target;
use super::output::Output;
use super::terminal::progress::TalkArgs;
use super::terminal::stop;
use crate::crypto::{Scheme, receive};
use crate::media::Limits;
use crate::units::MessageNumber;

/// Arguments of `decrypt`.
#[derive(Args, Debug)]
pub struct DecryptArgs {
    /// A file that `encrypt` wrote; - is standard input
    #[arg(value_name = "FILE")]
    input: OsString,
    /// How it was encrypted
    #[arg(long, value_name = "SCHEME")]
    scheme: Scheme,
    /// The number of the frame, from which initialization vector and nonce follow
    #[arg(long, value_name = "N")]
    frame: u64,
    #[command(flatten)]
    key: KeyArgs,
    /// Where the frame's bytes are written; - is standard output
    #[arg(long, short, value_name = "FILE")]
    output: OsString,
    #[command(flatten)]
    write: WriteArgs,
    #[command(flatten)]
    pub(super) talk: TalkArgs,
}

/// Turns ciphertext back into the bytes of a frame.
///
/// # Errors
/// When the file cannot be read, does not turn back, or the output cannot be written.
pub fn run(args: DecryptArgs) -> anyhow::Result<()> {
    let (input, target) = (Target::from(args.input), Target::from(args.output));
    let files = Files::new(args.write).writing("--output", Some(&target))?;
    args.key.read_by(files).reading_input("the ciphertext", &input).check()?;
    let key = args.key.material([args.scheme].into_iter())?;
    let message = read(&input)?;
    let cipher = args.scheme.cipher(&key)?;
    let plaintext = receive(&*cipher, MessageNumber(args.frame), &message)
        .with_context(|| format!("cannot decrypt {input}"))?;

    stop::listen()?;
    let out = Output::create(&target, args.write.making())?;
    out.fill(|out| out.write_all(&plaintext).with_context(|| format!("cannot write {target}")))?.finish()
}

/// Reads all of it, unless it is larger than any frame.
fn read(input: &Target) -> anyhow::Result<Vec<u8>> {
    let limits = Limits::default();
    // Four bytes a pixel, a row and a column more where tiles reach over the edges, and padding or a tag.
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
