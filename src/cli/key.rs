//! `afterimage key`: the key that a scheme takes.

use std::io::Write;

use clap::Args;

use super::args::KeyArgs;
use super::output::Output;
use super::terminal::progress::TalkArgs;
use crate::crypto::Scheme;

/// Arguments of `key`.
#[derive(Args, Debug)]
pub struct SchemeKeyArgs {
    /// The scheme
    #[arg(value_name = "SCHEME")]
    scheme: Scheme,
    #[command(flatten)]
    key: KeyArgs,
    #[command(flatten)]
    pub(super) talk: TalkArgs,
}

/// Prints the leading bytes of the key material that the scheme takes, in hex.
///
/// # Errors
/// When the key is too short, or standard output takes no more.
pub fn run(args: &SchemeKeyArgs) -> anyhow::Result<()> {
    let material = args.key.material(std::iter::once(args.scheme))?;
    let key = args.scheme.key_hex(&material)?;
    Output::stdout().fill(|out| Ok(writeln!(out, "{key}")?))?.finish()
}
