//! The name of an encoding: an encoder and its options, in FFmpeg's names.

use std::collections::HashSet;
use std::fmt;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

/// The most bytes of an encoder with its options.
const MOST_BYTES: usize = 1000;

/// Parts of the names of options that make an encoder read or write files of its own, on which a scene from someone
/// else must have no effect.
const FILE_WORDS: [&str; 15] = [
    "stats",
    "file",
    "path",
    "dump",
    "csv",
    "recon",
    "save",
    "load",
    "info",
    "table",
    "clbin",
    "rpu",
    "cqm",
    "scaling-list",
    "pass",
];

/// Beginnings of options with such a part that name no files.
const NO_FILES: [&str; 3] = ["profile", "fastfirstpass", "info"];

/// The names that a value of `flags` may have, each after `+` or `-`: all but those of two passes, which write their numbers to a file.
/// FFmpeg also takes numbers and `all`.
const FLAGS: [&str; 17] = [
    "aic",
    "bitexact",
    "cgop",
    "copy_opaque",
    "drop_changed",
    "frame_duration",
    "global_header",
    "gray",
    "ildct",
    "ilme",
    "loop",
    "low_delay",
    "mv4",
    "output_corrupt",
    "psnr",
    "qpel",
    "unaligned",
];

/// A video encoder and its options, in order: `libx264,crf=23,tune=zerolatency`. Whether the linked FFmpeg has them is
/// known only when the encoder is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Encoding(&'static str);

/// A text that is no encoder with options.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoEncoding {
    /// The encoder's name is missing, or holds other characters than names have.
    #[error(
        "{0:?} is no name of an encoder; write ENCODER,option=value, such as libx264,crf=23, with the names that ffmpeg uses"
    )]
    Encoder(String),
    /// An option is not of the form `name=value`.
    #[error("{0:?} is no option of an encoder; write option=value, such as crf=23")]
    Option(String),
    /// An option is stated twice.
    #[error("the option {0} of the encoder is stated twice; leave one out")]
    Twice(String),
    /// An option that could make the encoder read or write a file.
    #[error("the option {0} lets an encoder use files of its own, which is not done here; leave it out")]
    File(String),
    /// A choice at hand of which the linked FFmpeg has no encoder.
    #[error("the FFmpeg on this machine has no encoder for {0}; --encode list lists those that it has")]
    NoneOf(&'static str),
    /// The text is too long.
    #[error("an encoder with its options has at most {MOST_BYTES} bytes; leave options out")]
    TooLong,
}

impl Encoding {
    /// FFmpeg's name of the encoder.
    #[must_use]
    pub fn encoder(self) -> &'static str {
        self.0.split(',').next().unwrap_or_default()
    }

    /// Names and values of its options, in order.
    pub fn options(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.0.split(',').skip(1).filter_map(|option| option.split_once('='))
    }

    /// The text within the options of a panel, with `/` where [`Display`](fmt::Display) has `,`.
    #[must_use]
    pub fn in_panel(self) -> String {
        self.0.replace(',', "/")
    }
}

impl FromStr for Encoding {
    type Err = NoEncoding;

    /// Reads `ENCODER[,option=value]…`; `/` separates like `,`, so no value holds either of them.
    fn from_str(text: &str) -> Result<Self, NoEncoding> {
        static KNOWN: Mutex<Option<HashSet<&'static str>>> = Mutex::new(None);

        if text.len() > MOST_BYTES {
            return Err(NoEncoding::TooLong);
        }
        let mut parts = text.split([',', '/']);
        let encoder = parts.next().unwrap_or_default();
        let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
        if encoder.is_empty() || !encoder.bytes().all(is_of_name) {
            return Err(NoEncoding::Encoder(encoder.to_owned()));
        }
        let mut names = Vec::new();
        for option in parts {
            let read = option.split_once('=').filter(|(name, value)| {
                // FFmpeg takes quotes and backslashes out of a value, so that a name within it could be hidden.
                let is_plain = value.bytes().all(|byte| byte.is_ascii_graphic() && !b"\\'\"".contains(&byte));
                !name.is_empty() && name.bytes().all(is_of_name) && !value.is_empty() && is_plain
            });
            let Some((name, value)) = read else { return Err(NoEncoding::Option(option.to_owned())) };
            if names.contains(&name) {
                return Err(NoEncoding::Twice(name.to_owned()));
            }
            check_files(name, value)?;
            names.push(name);
        }
        let canonical = text.replace('/', ",");
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        let known = known.get_or_insert_default();
        // Texts are few, and are needed until the program ends.
        let kept = known.get(&*canonical).copied().unwrap_or_else(|| {
            let kept: &'static str = canonical.leak();
            known.insert(kept);
            kept
        });
        Ok(Self(kept))
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// Checks that an option makes the encoder use no files.
fn check_files(name: &str, value: &str) -> Result<(), NoEncoding> {
    let refused = |name: &str| Err(NoEncoding::File(name.to_owned()));
    if names_file(name) {
        return refused(name);
    }
    if name == "flags" {
        let unknown =
            value.split(['+', '-']).skip_while(|flag| flag.is_empty()).find(|flag| !FLAGS.contains(flag));
        return unknown.map_or(Ok(()), |flag| refused(&format!("flags={flag}")));
    }
    // Some values are lists of options of the encoder's own library: `name=value:name=value`.
    let own = value.split(':').map(|option| option.split_once('=').map_or(option, |(name, _)| name));
    if value.contains('=')
        && let Some(own) = own.into_iter().find(|own| names_file(own))
    {
        return refused(own);
    }
    Ok(())
}

fn names_file(option: &str) -> bool {
    let option = option.to_ascii_lowercase().replace('_', "-");
    let is_harmless = NO_FILES.iter().any(|it| option.starts_with(it));
    !is_harmless && FILE_WORDS.iter().any(|word| option.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoding(text: &str) -> Encoding {
        text.parse().expect("an encoding")
    }

    #[test]
    fn an_encoding_reads_back_from_both_of_its_texts() {
        let call = encoding("libx264,tune=zerolatency,x264-params=slice-max-size=1200:keyint=30");
        assert_eq!(call.encoder(), "libx264");
        let options: Vec<_> = call.options().collect();
        assert_eq!(options, [("tune", "zerolatency"), ("x264-params", "slice-max-size=1200:keyint=30")]);
        assert_eq!(encoding(&call.to_string()), call);
        assert!(call.in_panel().contains("/tune=zerolatency/") && !call.in_panel().contains(','));
        assert_eq!(encoding(&call.in_panel()), call);
        assert_ne!(encoding("libx264,tune=zerolatency"), call);
        assert_eq!(encoding("prores_ks,profile=3").options().collect::<Vec<_>>(), [("profile", "3")]);
    }

    #[test]
    fn what_is_no_encoding_is_refused_with_a_reason() {
        let refused = |text: &str| text.parse::<Encoding>().expect_err(text);
        for text in ["", ",crf=3", "lib x264", "a;b", "-i=x"] {
            assert!(matches!(refused(text), NoEncoding::Encoder(_)), "{text}");
        }
        for text in [
            "libx264,x264-params=du\\mp-yuv=x",
            "libx264,x264-params=pa\\ss=1:st'at's=x",
            "libx265,x265-params=keyint=3:cs\\v=x",
            "libx264,x264-params=\"stats\"=x",
        ] {
            assert!(matches!(refused(text), NoEncoding::Option(_)), "{text}");
        }
        for text in
            ["libx264,", "libx264,crf", "libx264,=3", "libx264,crf=", "libx264,a b=3", "libx264,crf=\u{7}"]
        {
            assert!(matches!(refused(text), NoEncoding::Option(_)), "{text}");
        }
        assert_eq!(refused("libx264,crf=3,crf=4"), NoEncoding::Twice("crf".into()));
        assert_eq!(refused(&format!("libx264,crf={}", "3".repeat(1000))), NoEncoding::TooLong);
    }

    #[test]
    fn options_that_let_an_encoder_use_files_are_refused() {
        for option in [
            "passlogfile=x",
            "stats=x",
            "flags=+pass1",
            "flags=512",
            "flags=all",
            "flags=+low_delay+pass2",
            "flags=low_delay+512",
            "x264-params=cqm=x",
            "any-params=keyint=3:stats=x",
            "x264-params=dump-yuv=x",
            "x264-params=keyint=3:stats=x",
            "x264opts=cqmfile=x",
            "x265-params=csv=x",
            "x265-params=analysis-save=x",
            "x265-params=pass=1",
            "aom-params=film-grain-table=x",
            "vmaf_model_path=x",
        ] {
            let error = format!("libx264,{option}").parse::<Encoding>().expect_err(option);
            assert!(matches!(error, NoEncoding::File(_)), "{option}: {error}");
        }
        for option in [
            "fastfirstpass=1",
            "profile=high",
            "flags=+low_delay-cgop",
            "flags=ildct",
            "x264-params=keyint=3:b-pyramid=0",
        ] {
            assert!(format!("libx264,{option}").parse::<Encoding>().is_ok(), "{option}");
        }
    }
}
