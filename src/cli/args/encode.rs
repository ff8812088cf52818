//! The option `--encode`: the source is encoded anew before its packets are encrypted.

use std::ffi::OsStr;

use clap::builder::TypedValueParser;
use clap::error::ErrorKind;
use clap::{Arg, Args, Command};

use crate::cli::failure::Failure;
use crate::media::{self, Encoding, EncodingChoice};
use crate::scene::Scene;

/// How the source is encoded anew.
#[derive(Args, Clone, Copy, Debug, Default)]
pub struct EncodeArgs {
    /// Encode the video anew before its packets are encrypted: ENCODER[,option=value]… with the names that ffmpeg uses, or a
    /// choice at hand, such as call; list prints all. For targets that are made of packets
    #[arg(long = "encode", value_name = "ENCODER", value_parser = EncodingParser)]
    pub encode: Option<Encoding>,
}

impl EncodeArgs {
    /// Checks that something of a scene is encoded so.
    ///
    /// # Errors
    /// A message with the fix.
    pub fn check(self, scene: &Scene) -> Result<(), Failure> {
        let is_used = |encoding| scene.target.is_of_packets() || scene.encodings().contains(&encoding);
        if self.encode.is_none_or(is_used) {
            return Ok(());
        }
        let message = "--encode is for panels that encrypt packets; choose a target that is made of them, such as \
                       --target packets";
        Err(Failure::Usage(message.into()))
    }
}

/// A parser of encodings. For `list` it returns the list as an answer, as `--help` does.
#[derive(Clone)]
struct EncodingParser;

impl TypedValueParser for EncodingParser {
    type Value = Encoding;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> Result<Encoding, clap::Error> {
        if value == "list" {
            // An answer of clap has the form of a help text.
            let answer = Command::new("list").override_help(list()).try_get_matches_from(["list", "--help"]);
            return Err(answer.err().unwrap_or_else(|| clap::Error::new(ErrorKind::DisplayHelp)));
        }
        let read = |text: &str| media::named_encoding(text);
        TypedValueParser::parse_ref(&read, command, argument, value)
    }
}

/// The choices at hand, then all video encoders of the linked FFmpeg.
fn list() -> String {
    let choices = EncodingChoice::ALL.map(|choice| {
        let encoding = choice.encoding().map_or_else(|| "no encoder here".to_owned(), |it| it.to_string());
        (choice.name.to_owned(), format!("{}\n{:18}{encoding}", choice.about, ""))
    });
    let lines = |items: &[(String, String)]| -> String {
        let lines: Vec<String> = items.iter().map(|(name, about)| format!("{name:<18}{about}")).collect();
        lines.join("\n")
    };
    format!("Choices at hand:\n{}\n\nEncoders:\n{}\n", lines(&choices), lines(&media::video_encoders()))
}
