//! `afterimage call`: a simulated conference in the window or as captures, and the table of who sees what.

mod rows;

use std::ffi::OsString;
use std::ops::ControlFlow;
use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, ValueEnum};
use indicatif::ProgressBar;

use super::app;
use super::args::KeyArgs;
use super::args::arg_types::{self, Target};
use super::args::files::{Files, WriteArgs};
use super::delayed_output::DelayedOutput;
use super::failure::Failure;
use super::figure::ThemeArg;
use super::output::Output;
use super::terminal::progress::VerbosityArgs;
use super::terminal::stop;
use super::terminal::verbosity::style;
use crate::call::{
    BundleOptions, CallError, CallSettings, CallSource, EcbKeySize, KeyServer, Leaving, Observer, Party,
    PlannedCall, TableChoice, WaitingRoom, table, write_bundle,
};
use crate::crypto::KeyMaterial;
use crate::export::CallPoster;
use crate::export::page::Theme;
use crate::media::Source;
use crate::media::rtp::{CallMedia, USUAL_SECS};
use crate::payload;
use crate::scene::{Panel, Scene, SceneFile, quoted};
use crate::wire::protection::Protection;

/// Arguments of `call`.
#[derive(Args, Debug)]
pub struct CallArgs {
    /// What all three parties send: a video or picture, demo, demo:still or pattern:NAME [default: alice=demo,
    /// bob=demo:film, carol=demo:still]
    #[arg(value_name = "SOURCE", value_parser = arg_types::source_parser(), conflicts_with = "parties")]
    source: Option<Source>,
    /// A party and what it sends; may be repeated. Observers look at the first party's streams
    #[arg(long = "party", value_name = "NAME=SOURCE")]
    parties: Vec<Party>,
    /// The codecs: h264 (with Opus), raw (uncompressed, at most 640 × 360 and 10 frames/s) or mjpeg; a table takes
    /// several, with commas between them [default: h264; of a table: all]
    #[arg(long, value_name = "MEDIA", value_delimiter = ',', value_parser = media_named)]
    media: Vec<CallMedia>,
    /// The protection: one-key-ecb and per-stream-gcm (both modelled), srtp, srtp-gcm or sframe; a table takes several,
    /// with commas between them [default: one-key-ecb; of a table: all]
    #[arg(long, value_name = "PROTECTION", value_delimiter = ',')]
    protection: Vec<Protection>,
    /// With --table: the observers, with commas between them: participant, wire, server, key-server, waiting, former
    /// [default: all]
    #[arg(long, value_name = "OBSERVER", value_delimiter = ',', requires = "table")]
    observer: Vec<Observer>,
    /// How long the call lasts, in seconds; shorter sources repeat
    #[arg(long, value_name = "SECONDS", default_value_t = USUAL_SECS)]
    seconds: f64,
    #[command(flatten)]
    key: KeyArgs,
    /// Who leaves before the call ends, and after how many seconds [default: the last party, halfway]
    #[arg(long, value_name = "NAME[@SECONDS]")]
    leaves: Option<String>,
    /// Replace all keys when a party leaves
    #[arg(long)]
    renew: bool,
    /// Bits of the key of one-key-ecb: 128 as reported, 256 as advertised
    #[arg(long, value_name = "BITS", value_enum, default_value_t)]
    key_size: KeySize,
    /// What those in the waiting room get: video and keys, as reported in April 2020, or neither
    #[arg(long, value_name = "STATE", value_enum, default_value_t)]
    waiting_room: Waiting,
    /// Which of 73 key servers makes the keys of the meeting (modelled; 69 to 73 are in China): shown in the window only
    #[arg(long, value_name = "NUMBER", default_value_t)]
    key_server: KeyServer,
    /// With -o: record the streams of all parties with raw media, too, not only those of the first
    #[arg(long, conflicts_with = "table", requires = "output")]
    all_links: bool,
    /// Print who sees what, found by trying, instead of writing the call
    #[arg(long)]
    table: bool,
    /// The format of the table
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t, requires = "table")]
    format: Format,
    /// The colours of the table as a poster
    #[arg(long, value_enum, default_value_t, requires = "table")]
    theme: ThemeArg,
    /// The folder for the call, new or empty or that of another call: without it, the call is shown in a window; with
    /// --table, the file for the table [default: -], or for its poster if the name ends with .png
    #[arg(long, short, value_name = "FOLDER")]
    output: Option<OsString>,
    #[command(flatten)]
    write: WriteArgs,
    #[command(flatten)]
    pub(super) verbosity: VerbosityArgs,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum KeySize {
    /// AES-128
    #[default]
    #[value(name = "128")]
    Bits128,
    /// AES-256
    #[value(name = "256")]
    Bits256,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Waiting {
    /// Video and every key, no audio
    #[default]
    Faulty,
    /// Neither packets nor keys
    Fixed,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// Text: a line and a reason for each row
    #[default]
    Table,
    /// One line per row
    Csv,
    /// A list of rows
    Json,
}

/// Reads the name of a kind of media.
fn media_named(name: &str) -> Result<CallMedia, String> {
    let found = CallMedia::ALL.into_iter().find(|media| media.name() == name);
    found.ok_or_else(|| {
        let names = CallMedia::ALL.map(CallMedia::name).join(", ");
        format!("{name:?} is no kind of media; there are {names}")
    })
}

/// Writes a call, or prints the table.
///
/// # Errors
/// If a source cannot be sent, or the output cannot be written.
pub fn run(args: &CallArgs) -> anyhow::Result<()> {
    stop::listen()?;
    let settings = args.settings()?;
    settings.check().map_err(of_call)?;
    match (args.table, &args.output) {
        (true, _) => print_table(args, &settings),
        (false, Some(_)) => write_call(args, &settings),
        (false, None) => show(args, settings),
    }
}

impl CallArgs {
    fn settings(&self) -> anyhow::Result<CallSettings> {
        let parties = match (&self.source, &self.parties[..]) {
            (Some(source), _) => Party::three_with(source),
            (None, []) => Party::bundled(),
            (None, parties) => parties.to_vec(),
        };
        let leaving = self.leaves.as_deref().map(|text| Leaving::of(text, &parties)).transpose();
        Ok(CallSettings {
            leaving: leaving.map_err(CallError::from).map_err(of_call)?,
            key_server: self.key_server,
            parties,
            duration_secs: self.seconds,
            key: self.key.on_command_line()?.unwrap_or_default(),
            is_renewed: self.renew,
            ecb_key_size: match self.key_size {
                KeySize::Bits128 => EcbKeySize::Bits128,
                KeySize::Bits256 => EcbKeySize::Bits256,
            },
            waiting_room: match self.waiting_room {
                Waiting::Faulty => WaitingRoom::Faulty,
                Waiting::Fixed => WaitingRoom::Fixed,
            },
        })
    }

    /// The only value of a list; an error if there are several.
    fn one<T: Copy>(values: &[T], usual: T, option: &str) -> Result<T, Failure> {
        match values {
            [] => Ok(usual),
            [one] => Ok(*one),
            _ => Err(Failure::Usage(format!(
                "this is one call; give one value to {option}, or add --table to compare several"
            ))),
        }
    }

    fn one_media(&self) -> Result<CallMedia, Failure> {
        Self::one(&self.media, CallMedia::H264, "--media")
    }

    fn one_protection(&self) -> Result<Protection, Failure> {
        Self::one(&self.protection, Protection::OneKeyEcb, "--protection")
    }

    /// The command that makes the poster again, without a key.
    fn poster_command(&self, settings: &CallSettings, choice: &TableChoice) -> String {
        let mut words: Vec<String> = vec!["afterimage".into(), "call".into()];
        if settings.parties != Party::bundled() {
            let party = |party: &Party| ["--party".into(), format!("{}={}", party.name, party.source)];
            words.extend(settings.parties.iter().flat_map(party));
        }
        let mut add = |name: &str, value: String| words.extend([name.to_owned(), value]);
        if settings.duration_secs.to_bits() != USUAL_SECS.to_bits() {
            add("--seconds", settings.duration_secs.to_string());
        }
        if let Some(leaves) = &self.leaves {
            add("--leaves", leaves.clone());
        }
        if settings.ecb_key_size != EcbKeySize::default() {
            add("--key-size", (settings.ecb_key_size.bytes() * 8).to_string());
        }
        if settings.waiting_room == WaitingRoom::Fixed {
            add("--waiting-room", "fixed".into());
        }
        add("--protection", list(&choice.protections));
        add("--media", list(&choice.media));
        if choice.observers != Observer::ALL {
            add("--observer", list(&choice.observers));
        }
        add("--theme", Theme::from(self.theme).name().into());
        words.extend(settings.is_renewed.then(|| "--renew".into()));
        words.extend(["--table", "-o", "POSTER.png"].map(String::from));
        words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
    }

    fn files(&self) -> Files {
        self.key.read_by(Files::new(self.write))
    }
}

/// Names with commas between them.
fn list<T: ToString>(values: &[T]) -> String {
    values.iter().map(T::to_string).collect::<Vec<_>>().join(",")
}

/// All values, or those that were named, each once.
fn chosen<T: Copy + PartialEq>(named: &[T], all: &[T]) -> Vec<T> {
    let named: Vec<T> = if named.is_empty() { all.to_vec() } else { named.to_vec() };
    named
        .iter()
        .enumerate()
        .filter(|(at, value)| !named[..*at].contains(value))
        .map(|(_, value)| *value)
        .collect()
}

fn print_table(args: &CallArgs, settings: &CallSettings) -> anyhow::Result<()> {
    let target = args.output.clone().map_or(Target::Stdout, Target::from);
    let mut files = args.files().writing("--output", Some(&target))?;
    for party in &settings.parties {
        files = files.reading_source("a party's source", &party.source);
    }
    files.check()?;
    let choice = TableChoice {
        protections: chosen(&args.protection, &Protection::ALL),
        media: chosen(&args.media, &CallMedia::ALL),
        observers: chosen(&args.observer, &Observer::ALL),
    };
    let try_all = || with_progress(args.verbosity, "trying", |progress| table(settings, &choice, progress));
    let is_png = |path: &std::path::Path| {
        path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("png"))
    };
    if target.file_name().is_some_and(is_png) {
        if !matches!(args.format, Format::Table) {
            let message =
                "a poster is a picture; leave --format out, or name a file that does not end with .png";
            return Err(Failure::Usage(message.into()).into());
        }
        let out = Output::create(&target, args.write.options())?;
        let rows = try_all()?;
        let command_line = args.poster_command(settings, &choice);
        let poster =
            CallPoster { settings, rows: &rows, command_line: &command_line, theme: args.theme.into() };
        let cannot_make = || format!("cannot make the poster {target}");
        return out.fill(|out| poster.write_png(out).with_context(cannot_make))?.finish();
    }
    let out = Output::create(&target, args.write.options())?;
    let mut out = DelayedOutput::held_back(out);
    let rows = try_all()?;
    let written = match args.format {
        Format::Table => rows::write_text(settings, &rows, &mut out),
        Format::Csv => rows::write_csv(&rows, &mut out),
        Format::Json => rows::write_json(&rows, &mut out),
    };
    let cannot_write = || format!("cannot write {target}");
    written.with_context(cannot_write)?;
    out.release().with_context(cannot_write)?.finish()
}

/// Opens the window on the call.
fn show(args: &CallArgs, settings: CallSettings) -> anyhow::Result<()> {
    if settings.key != KeyMaterial::default() {
        let message =
            "a call in the window has the demonstration key; leave the key out, or name a folder with -o";
        return Err(Failure::Usage(message.into()).into());
    }
    let (media, protection) = (args.one_media()?, args.one_protection()?);
    let source = CallSource::source(PlannedCall { settings, media, protection });
    let (panels, target) = (Panel::of_call(media), payload::Target::Packets);
    app::show(SceneFile::of(Scene { target, panels, ..Scene::of(source) }), None, args.verbosity)
}

fn write_call(args: &CallArgs, settings: &CallSettings) -> anyhow::Result<()> {
    let options = BundleOptions {
        media: args.one_media()?,
        protection: args.one_protection()?,
        has_all_links: args.all_links,
        no_clobber: args.write.options().no_clobber,
        is_secret: settings.key != KeyMaterial::default(),
    };
    let folder = match args.output.as_deref() {
        Some(name) if name != "-" => PathBuf::from(name),
        _ => {
            let message =
                "a call is several files; name a folder with -o, or add --table to print who sees what";
            return Err(Failure::Usage(message.into()).into());
        }
    };
    with_progress(args.verbosity, "making the call", |progress| {
        write_bundle(settings, options, &folder, progress)
    })
}

/// Calls `work` with a progress bar.
fn with_progress<T>(
    verbosity: VerbosityArgs,
    name: &'static str,
    work: impl FnOnce(crate::call::Progress<'_>) -> Result<T, CallError>,
) -> anyhow::Result<T> {
    let bar: ProgressBar = verbosity.bar();
    bar.set_length(100);
    bar.set_style(style("{wide_bar} {msg} {human_pos} % · {eta} left"));
    bar.set_message(name);
    let result = work(&|share: f64| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 100")]
        bar.set_position((share * 100.0) as u64);
        if stop::keep_going() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    bar.finish_and_clear();
    result.map_err(of_call)
}

/// The error with its exit code.
fn of_call(error: CallError) -> anyhow::Error {
    match error {
        CallError::Interrupted => Failure::Interrupted.into(),
        CallError::Party(_) | CallError::Duration { .. } | CallError::Leaving { .. } => {
            Failure::Usage(error.to_string()).into()
        }
        error => error.into(),
    }
}
