//! Arguments that several commands share, and the scene that they make: the scene of a file changed by options, or one
//! with default values.

pub(super) mod arg_types;
mod content_key;
mod encode;
pub(super) mod files;
pub(super) mod frames;
mod key;
mod range;

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::num::NonZeroU32;
use std::path::Path;

use anyhow::Context;
use clap::Args;

pub use content_key::{ContentKeyArgs, StreamKeyArgs};
pub use encode::EncodeArgs;
pub use key::KeyArgs;
pub use range::{FrameArgs, RangeArgs};

use super::failure::Failure;
use super::output::Output;
use super::terminal::progress::VerbosityArgs;
use crate::call::CallSource;
use crate::export::WriteOptions;
use crate::media::{Source, StreamChoice};
use crate::payload;
use crate::picture::drawing::Drawing;
use crate::picture::layout::{Layout, NoTiles, Posterize, Samples};
use crate::scene::{Panel, Scene, SceneFile, check_panels};
use arg_types::Target;
use files::{Files, WriteArgs};
use key::long_enough;

/// Which bytes are encrypted, and with which key.
#[derive(Args, Debug)]
pub struct SceneArgs {
    /// Which bytes of a frame are encrypted, and in which order: rgba32, rgb24, gray8 or yuv420p [default: rgba32]
    #[arg(long, value_name = "LAYOUT")]
    layout: Option<Samples>,
    /// First round each colour channel to 2^BITS levels, with 1 to 8 bits; 8 changes nothing [default: 8]
    #[arg(long, value_name = "BITS")]
    posterize: Option<Posterize>,
    /// Make each block cover a square: 2 × 2 pixels in rgba32, 4 × 4 in gray8 and in each plane of yuv420p
    #[arg(long, value_name = "true|false", num_args = 0..=1, require_equals = true,
        default_missing_value = "true", hide_possible_values = true)]
    tiles: Option<bool>,
    /// What is encrypted: pixels, file, packets, nal, slices, cenc, cbcs or samples [default: pixels]
    #[arg(long, value_name = "TARGET")]
    target: Option<payload::Target>,
    /// Which stream, for targets other than pixels and file, and of a capture: v:0 is the first video, a:0 the first sound,
    /// and a number counts all streams [default: v:0; a:0 for samples, and if there is no video]
    #[arg(long, value_name = "STREAM")]
    stream: Option<StreamChoice>,
    /// The eavesdropper's memory when counting blocks: a number of frames, including the current one [default: 1]
    #[arg(long, value_name = "N")]
    memory: Option<NonZeroU32>,
    /// The marks of a drawing, if the source is canvas: one line per mark, as in a scene; - reads them from standard
    /// input
    #[arg(long, value_name = "MARKS")]
    drawing: Option<String>,
    #[command(flatten)]
    encode: EncodeArgs,
    #[command(flatten)]
    content_key: ContentKeyArgs,
    #[command(flatten)]
    key: KeyArgs,
}

impl SceneArgs {
    /// The scene of a source: the scene of a file, or one with default values. Options take precedence over the file.
    /// `panels` gets the panels of the file, if it is a scene, and the target; it returns the panels to show. A file
    /// that one of `files` would overwrite is not read.
    ///
    /// # Errors
    /// If a scene or a key cannot be read, a key is too short for a panel, or the layout cannot have tiles.
    pub fn scene(
        &self,
        source: Source,
        files: &Files,
        panels: impl Fn(Option<Vec<Panel>>, payload::Target) -> Vec<Panel>,
    ) -> anyhow::Result<SceneFile> {
        let is_scene = matches!(&source, Source::File(path) if SceneFile::is_name(path));
        let what = if is_scene { "the scene" } else { "the source" };
        let files = self.content_key.read_by(self.key.read_by(files.clone())).reading_source(what, &source);
        files.check()?;
        let mut file = match &source {
            Source::File(path) if is_scene => {
                let mut file = SceneFile::read(path)?;
                files.reading_scene(&file).check()?;
                let kept = file.scene.panels;
                let of = |target| panels(Some(kept.clone()), target);
                (file.scene.target, file.scene.panels) = self.target_and_panels(file.scene.target, of);
                file
            }
            _ => {
                // Of a call, what its observers have of it.
                let usual = CallSource::of(&source).map(|source| Panel::of_call(source.call().media));
                let of = |target| panels(usual.clone(), target);
                let (target, panels) = self.target_and_panels(payload::Target::default(), of);
                SceneFile::of(Scene { target, panels, ..Scene::of(source) })
            }
        };
        let scene = &mut file.scene;
        if let Some(marks) = &self.drawing {
            scene.source = drawn(&scene.source, marks)?;
        }
        check_panels(&scene.panels).map_err(|error| Failure::Usage(error.to_string()))?;
        scene.layout = self.layout_over(scene.layout)?;
        scene.memory = self.memory.unwrap_or(scene.memory);
        scene.stream = self.stream.or(scene.stream);
        scene.source = self.content_key.over(&scene.source, scene.stream, self.key.key.as_deref())?;
        scene.encode = self.encode.encode.or(scene.encode);
        self.encode.check(scene)?;
        scene.check_targets().map_err(|error| Failure::Usage(error.to_string()))?;
        // With --protection, --key is the key of a captured stream.
        let is_of_stream = self.content_key.takes_key() && self.key.key.is_some();
        if let Some(key) = self.key.on_command_line()?.filter(|_| !is_of_stream) {
            scene.key = key;
            file.key_file.clone_from(&self.key.key_file);
        }
        long_enough(&file.scene.key, file.scene.panels.iter().filter_map(|panel| panel.scheme()))?;
        Ok(file)
    }

    /// The target of the command line, else the `usual` one, and the panels for it. Without a target, panels of the
    /// scheme `own` get the target `packets`.
    fn target_and_panels(
        &self,
        usual: payload::Target,
        panels: impl Fn(payload::Target) -> Vec<Panel>,
    ) -> (payload::Target, Vec<Panel>) {
        let target = self.target.unwrap_or(usual);
        let of_target = panels(target);
        let is_own = |panel: &Panel| panel.implies_packets();
        if self.target.is_none() && target.is_pixels() && of_target.iter().any(is_own) {
            return (payload::Target::Packets, panels(payload::Target::Packets));
        }
        (target, of_target)
    }

    fn layout_over(&self, layout: Layout) -> Result<Layout, Failure> {
        let samples = self.layout.unwrap_or(layout.samples());
        let in_rows = Layout::of(samples).posterized(self.posterize.unwrap_or(layout.posterize()));
        let refused = |none: NoTiles| Failure::Usage(format!("{none}, or leave --tiles out"));
        if self.tiles.unwrap_or(layout.is_tiled()) {
            in_rows.in_tiles().map_err(refused)
        } else {
            Ok(in_rows)
        }
    }
}

/// Upper bound of the bytes of a drawing.
const MOST_DRAWING_BYTES: u64 = 16 << 20;

/// The canvas with these marks; `-` reads them from standard input.
fn drawn(canvas: &Source, marks: &str) -> anyhow::Result<Source> {
    if !matches!(canvas, Source::Canvas(_)) {
        return Err(
            Failure::Usage("only a canvas takes a --drawing; name canvas as the source".into()).into()
        );
    }
    let mut read = String::new();
    let marks = if marks == "-" {
        let most = MOST_DRAWING_BYTES + 1;
        io::stdin().take(most).read_to_string(&mut read).context("cannot read the drawing")?;
        if read.len() as u64 > MOST_DRAWING_BYTES {
            let message =
                format!("a drawing has at most {MOST_DRAWING_BYTES} bytes; give one with fewer marks");
            return Err(Failure::Usage(message).into());
        }
        &read
    } else {
        marks
    };
    let drawing = marks.parse::<Drawing>().map_err(|error| Failure::Usage(error.to_string()))?;
    Ok(Source::Canvas(drawing.into()))
}

/// Options for saving the scene.
#[derive(Args, Debug)]
pub struct SaveArgs {
    /// Also write the scene, a TOML file that makes the same picture again: afterimage FILE
    #[arg(long, value_name = "FILE")]
    save_scene: Option<OsString>,
    /// Allow the key in that file, if it is your own and not in a --key-file
    #[arg(long, requires = "save_scene")]
    save_key: bool,
}

impl SaveArgs {
    /// Checks, before anything is computed, that no key is written into a scene without permission.
    ///
    /// # Errors
    /// A message with the options that allow it.
    pub fn check(&self, file: &SceneFile) -> Result<(), Failure> {
        if self.save_scene.is_some() && file.holds_secret_key() && !self.save_key {
            if file.scene.source.holds_key() {
                return Err(Failure::Usage(
                    "the scene would hold your content key; allow it with --save-key".into(),
                ));
            }
            return Err(Failure::Usage(
                "the scene would hold your key; give the key with --key-file, and the scene names that file, \
                 or allow it with --save-key"
                    .into(),
            ));
        }
        Ok(())
    }

    /// Writes the scene, if requested. The file gets its name when the output is finished. If it holds a key other
    /// than the demonstration key, only its owner can read it.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write(
        &self,
        file: &SceneFile,
        write: WriteArgs,
        verbosity: VerbosityArgs,
    ) -> anyhow::Result<Option<Output>> {
        let Some(target) = self.target()? else { return Ok(None) };
        let folder = match &target {
            Target::Stdout => Path::new(""),
            Target::File(path) => path.parent().unwrap_or(Path::new("")),
        };
        let is_secret = file.holds_secret_key();
        let text = file.to_toml(folder)?;
        let out = Output::create(&target, WriteOptions { is_secret, ..write.options() })?
            .fill(|out| out.write_all(text.as_bytes()).with_context(|| format!("cannot write {target}")))?;
        if is_secret {
            verbosity.warn(&[format!("the scene holds your key, for anyone who can read it: {target}")]);
        }
        Ok(Some(out))
    }

    /// The target of the scene; `None` if the scene is not saved.
    ///
    /// # Errors
    /// If its name does not end in `.toml`.
    pub fn target(&self) -> Result<Option<Target>, Failure> {
        let target = files::target(self.save_scene.as_ref());
        if let Some(target) = &target {
            let why = "scenes are known by their name; name a file that ends in .toml";
            target.ends_as(SceneFile::is_name, why)?;
        }
        Ok(target)
    }
}

/// The panels, after the source or by options.
#[derive(Args, Debug)]
pub struct PanelArgs {
    #[arg(
        value_name = "PANEL",
        help = "What to look at: plain, or SCHEME[:LENS][,OPTION=VALUE] such as aes-128-ecb:repeats or aes-128-ecb,target=packets; own is the scheme of a file that is encrypted already"
    )]
    positional: Vec<Panel>,
    #[command(flatten)]
    named: NamedPanelArgs,
}

impl PanelArgs {
    /// The panels after the source, then those of options. Without any, those `kept` in a scene, else the `defaults`.
    #[must_use]
    pub fn or(&self, kept: Option<Vec<Panel>>, defaults: impl FnOnce() -> Vec<Panel>) -> Vec<Panel> {
        let named = &self.named;
        or([&self.positional[..], &named.panel, &named.panels].concat(), kept, defaults)
    }
}

/// The panels, by options.
#[derive(Args, Debug)]
pub struct NamedPanelArgs {
    /// Another panel; can be repeated
    #[arg(long, value_name = "PANEL")]
    panel: Vec<Panel>,
    /// Several panels
    #[arg(long, value_name = "PANEL", num_args = 1..)]
    panels: Vec<Panel>,
}

impl NamedPanelArgs {
    /// The panels of `--panel`, then those of `--panels`. Without any, those `kept` in a scene, else the `defaults`.
    #[must_use]
    pub fn or(&self, kept: Option<Vec<Panel>>, defaults: impl FnOnce() -> Vec<Panel>) -> Vec<Panel> {
        or([&self.panel[..], &self.panels].concat(), kept, defaults)
    }
}

fn or(given: Vec<Panel>, kept: Option<Vec<Panel>>, defaults: impl FnOnce() -> Vec<Panel>) -> Vec<Panel> {
    if given.is_empty() { kept.unwrap_or_else(defaults) } else { given }
}
