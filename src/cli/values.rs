//! The values of arguments: times, sources and where output goes.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use clap::builder::{OsStringValueParser, TypedValueParser};

use crate::media::{MediaError, Source};

/// Seconds from frame 0, written `12.5` or `[HH:]MM:SS[.sss]`.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Time(pub f64);

/// A time that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("write a time as seconds, 12.5, or as [HH:]MM:SS[.sss], 01:02:03.5")]
pub struct BadTime;

impl FromStr for Time {
    type Err = BadTime;

    fn from_str(text: &str) -> Result<Self, BadTime> {
        let (whole, fraction) = text.split_once('.').map_or((text, ""), |(whole, rest)| (whole, rest));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(fraction) || (text.contains('.') && fraction.is_empty()) {
            return Err(BadTime);
        }
        let fields: Vec<&str> = whole.split(':').collect();
        let (&largest, sixtieths) = fields.split_first().ok_or(BadTime)?;
        let mut secs = number(largest)?;
        if sixtieths.len() > 2 {
            return Err(BadTime);
        }
        for field in sixtieths {
            let value = number(field).ok().filter(|&value| value < 60).ok_or(BadTime)?;
            secs = secs.checked_mul(60).and_then(|secs| secs.checked_add(value)).ok_or(BadTime)?;
        }
        // Read as one decimal number, so that 1:00.1 is exactly 60.1.
        format!("{secs}.{fraction}0").parse().map(Self).map_err(|_| BadTime)
    }
}

fn number(digits: &str) -> Result<u64, BadTime> {
    // Parsing alone would take a sign.
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(BadTime);
    }
    digits.parse().map_err(|_| BadTime)
}

/// Where output goes: a file, or standard output, written `-`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Standard output.
    Stdout,
    /// A file.
    File(PathBuf),
}

impl From<OsString> for Target {
    fn from(name: OsString) -> Self {
        if name == "-" { Self::Stdout } else { Self::File(name.into()) }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stdout => f.write_str("-"),
            Self::File(path) => path.display().fmt(f),
        }
    }
}

/// Reads a source from an argument. A file's name need not be text.
pub fn source_parser() -> impl TypedValueParser<Value = Source> {
    OsStringValueParser::new().try_map(|name| match name.to_str() {
        Some(name) => name.parse(),
        None => Ok::<_, MediaError>(Source::File(name.into())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_seconds_or_with_colons() {
        for (text, secs) in
            [("12.5", 12.5), ("0", 0.0), ("01:02:03.25", 3723.25), ("1:00.1", 60.1), ("90:00", 5400.0)]
        {
            assert_eq!(text.parse::<Time>().expect(text), Time(secs), "{text}");
        }
        for text in ["", "-1", "+1", "1e3", "nan", "1:60", "1:2:3:4", ":5", "5:", "1.", ".5", "1.5:00", "1,5"]
        {
            assert!(text.parse::<Time>().is_err(), "{text:?} is no time");
        }
    }
}
