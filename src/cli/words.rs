//! Suggestions for a word that is used like a command or a source, but is neither.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use clap::CommandFactory;

use super::Cli;
use super::failure::Failure;
use crate::media::Source;
use crate::text::suggest;

/// The names of the commands, in the order of the help.
pub fn commands() -> Vec<String> {
    let mut cli = Cli::command();
    cli.build();
    cli.get_subcommands().map(|command| command.get_name().to_owned()).collect()
}

/// The error if the first argument, or the argument of `help`, is neither a command nor a source. `None` if it is one,
/// or may be the name of a file.
pub fn no_command(arguments: &[OsString]) -> Option<Failure> {
    let word = match arguments.get(1)? {
        help if help == "help" => arguments.get(2)?,
        word => word,
    };
    let text = word.to_str().filter(|text| !text.starts_with('-'))?;
    let is_known = commands().iter().any(|name| name == text);
    let is_file = matches!(text.parse(), Ok(Source::File(path)) if is_missing_word(&path));
    (!is_known && is_file).then(|| neither_command_nor_file(word))
}

/// True if no file has this name, and the name is a single word like the name of a command.
pub fn is_missing_word(path: &Path) -> bool {
    let is_word = path.to_str().is_some_and(|name| !name.contains(['/', '\\', '.', ':']));
    is_word && fs::metadata(path).is_err_and(|error| error.kind() == ErrorKind::NotFound)
}

/// The error for a word that is neither a command nor a file.
pub fn neither_command_nor_file(word: &OsStr) -> Failure {
    let (word, commands) = (word.to_string_lossy(), commands());
    if commands.iter().any(|name| *name == word) {
        return Failure::Usage(format!(
            "{word} is a command; write it before all options, as in: afterimage {word} --help"
        ));
    }
    let names = commands.iter().map(String::as_str);
    let meant = suggest::hint(&word, names.chain(["demo", "canvas"]));
    Failure::Usage(format!(
        "there is neither a command nor a file named {word}{meant}; the commands are {}, and afterimage --help tells \
         more",
        commands.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(arguments: &[&str]) -> Option<String> {
        let arguments: Vec<OsString> = ["afterimage"].iter().chain(arguments).map(OsString::from).collect();
        no_command(&arguments).map(|failure| failure.to_string())
    }

    #[test]
    fn the_error_of_a_misspelt_command_suggests_the_right_one() {
        for command in commands() {
            for word in [command.to_uppercase(), format!("{command}x")] {
                let text = message(&[&word, "demo"]).expect("it is no command");
                assert!(text.contains(&format!("did you mean {command}?")), "{text}");
                assert_eq!(message(&["help", &word]), Some(text));
            }
            assert_eq!(message(&[&command, "demo"]), None);
        }
    }

    #[test]
    fn sources_and_options_are_not_taken_for_misspelt_commands() {
        for arguments in [
            &["demo"][..],
            &["canvas"],
            &["film.mp4"],
            &["./film"],
            &["--help"],
            &["-x"],
            &[],
            &["pattern:x"],
        ] {
            assert_eq!(message(arguments), None, "{arguments:?}");
        }
        assert!(message(&["Demo"]).is_some_and(|text| text.contains("did you mean demo?")));
    }
}
