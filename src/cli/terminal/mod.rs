//! Output to a terminal, made safe to print: errors, warnings, clap's messages, the log.

pub(super) mod encoding;
pub(super) mod progress;
pub(super) mod stop;
pub(super) mod verbosity;

use std::ffi::OsString;
use std::io::{self, Write};

use clap::error::{ContextKind, ContextValue, ErrorKind};
use tracing_subscriber::fmt::MakeWriter;

use crate::text::printable::{printable, printable_lines};

/// Prints an error that ends the program. If standard error is closed, only the exit code reports it.
pub fn print_error(error: &anyhow::Error) {
    let text = format!("{error:#}");
    let _closed = writeln!(io::stderr(), "error: {}", printable(&text));
}

/// Prints a line on standard error, with control characters escaped.
pub fn print_line(text: &str) {
    let _closed = writeln!(io::stderr(), "{}", printable(text));
}

/// Prints clap's help on standard output, or clap's error on standard error. Control characters in arguments are
/// escaped, and no digit of a key is printed.
pub fn print_clap(mut error: clap::Error, arguments: &[OsString]) {
    if !error.use_stderr() {
        let _closed = error.print();
        return;
    }
    hide_keys(&mut error, arguments);
    let text = error.render().to_string();
    let shown = printable_lines(&text);
    let is_safe = arguments.iter().all(|argument| {
        let argument = argument.to_string_lossy();
        printable(&argument) == argument
    });
    // Only clap itself can print its colours, so it prints the text if that is safe.
    let _closed = if is_safe && shown == text {
        error.print()
    } else {
        write!(io::stderr(), "{}", printable_lines(&with_escaped_values(error).render().to_string()))
    };
}

/// The error with its values escaped, including line breaks.
fn with_escaped_values(mut error: clap::Error) -> clap::Error {
    error.remove(ContextKind::Suggested);
    let values: Vec<_> = error.context().map(|(kind, value)| (kind, value.clone())).collect();
    for (kind, value) in values {
        let escaped = match value {
            ContextValue::String(text) => ContextValue::String(printable(&text).into_owned()),
            ContextValue::Strings(texts) => {
                ContextValue::Strings(texts.iter().map(|text| printable(text).into_owned()).collect())
            }
            other => other,
        };
        error.insert(kind, escaped);
    }
    error
}

/// Removes arguments from the error that may be a part of a key whose digits are separated by spaces.
fn hide_keys(error: &mut clap::Error, arguments: &[OsString]) {
    let is_key = |argument: &str| argument == "--key" || argument.starts_with("--key=");
    let has_key = arguments.iter().any(|argument| is_key(&argument.to_string_lossy()));
    let is_hex = |text: &str| {
        text.len() > 1 && text.bytes().all(|byte| byte.is_ascii_hexdigit() || b":,x-".contains(&byte))
    };
    let wrong = [ContextKind::InvalidArg, ContextKind::InvalidValue];
    let is_hidden = has_key
        && matches!(
            error.kind(),
            ErrorKind::UnknownArgument | ErrorKind::ValueValidation | ErrorKind::InvalidValue
        )
        && wrong
            .iter()
            .any(|&kind| matches!(error.get(kind), Some(ContextValue::String(text)) if is_hex(text)));
    if is_hidden {
        error.remove(ContextKind::Suggested);
        let bare = clap::Error::raw(
            ErrorKind::UnknownArgument,
            "there is an argument too many, which may be a part of the key; put a key with spaces in quotes\n",
        );
        *error = bare;
    }
}

/// A log on standard error, written line by line.
#[derive(Clone, Copy, Debug)]
pub struct Log;

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        Self
    }
}

impl Write for Log {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        writeln!(io::stderr(), "{}", printable(text.trim_end()))?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}
