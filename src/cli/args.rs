//! Arguments that several commands share, and the scene that they make: that of a file, changed by options, or
//! one of the defaults.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use zeroize::Zeroizing;

use super::failure::Failure;
use super::files::{self, Files, WriteArgs};
use super::output::Output;
use super::values::Target;
use super::work::TalkArgs;
use crate::crypto::{KeyMaterial, Scheme};
use crate::drawing::Drawing;
use crate::export::Making;
use crate::layout::{Layout, NoTiles, Posterize, Samples};
use crate::media::Source;
use crate::pipeline::batch::Range;
use crate::scene::{Panel, Scene, SceneFile, check_panels};
use crate::text_file;
use crate::units::{FrameIndex, FrameList, Time};

/// Which bytes are encrypted, and under which key.
#[derive(Args, Debug)]
pub struct SceneArgs {
    /// Which bytes of a frame are encrypted and in which order: rgba32, rgb24, gray8 or yuv420p [default:
    /// rgba32]
    #[arg(long, value_name = "LAYOUT")]
    layout: Option<Samples>,
    /// Round each colour channel to 2^BITS levels first: from 1 to 8, 8 leaving it as it is [default: 8]
    #[arg(long, value_name = "BITS")]
    posterize: Option<Posterize>,
    /// Let a block cover a square: 2 × 2 pixels in rgba32, 4 × 4 in gray8 and in each plane of yuv420p
    #[arg(long, value_name = "true|false", num_args = 0..=1, require_equals = true,
        default_missing_value = "true", hide_possible_values = true)]
    tiles: Option<bool>,
    /// How many frames, this one and those before it, an eavesdropper remembers who counts blocks [default:
    /// 1]
    #[arg(long, value_name = "N")]
    memory: Option<NonZeroU32>,
    /// What is drawn, where the source is canvas: a line a mark, as a scene holds it; - reads it from standard input
    #[arg(long, value_name = "MARKS")]
    drawing: Option<String>,
    #[command(flatten)]
    key: KeyArgs,
}

impl SceneArgs {
    /// The scene of a source: that which a file of the name holds, or one of the defaults. What the command
    /// line says goes before what the file says; `panels` makes the panels of those in the file, if it is one.
    /// Nothing is read that one of `files` would overwrite.
    ///
    /// # Errors
    /// A scene or a key that cannot be read, or a key that is too short for a panel; tiles of a layout that
    /// has none.
    pub fn scene(
        &self,
        source: Source,
        files: &Files,
        panels: impl FnOnce(Option<Vec<Panel>>) -> Vec<Panel>,
    ) -> anyhow::Result<SceneFile> {
        let is_scene = matches!(&source, Source::File(path) if SceneFile::is_name(path));
        let what = if is_scene { "the scene" } else { "the source" };
        let files = self.key.read_by(files.clone()).reading_source(what, &source);
        files.check()?;
        let mut file = match &source {
            Source::File(path) if is_scene => {
                let mut file = SceneFile::read(path)?;
                files.reading_scene(&file).check()?;
                file.scene.panels = panels(Some(file.scene.panels));
                file
            }
            _ => SceneFile::of(Scene { panels: panels(None), ..Scene::of(source) }),
        };
        let scene = &mut file.scene;
        if let Some(marks) = &self.drawing {
            scene.source = drawn(&scene.source, marks)?;
        }
        check_panels(&scene.panels).map_err(|error| Failure::Usage(error.to_string()))?;
        scene.layout = self.layout_over(scene.layout)?;
        scene.memory = self.memory.unwrap_or(scene.memory);
        if let Some(key) = self.key.given()? {
            scene.key = key;
            file.key_file.clone_from(&self.key.key_file);
        }
        long_enough(&file.scene.key, file.scene.panels.iter().filter_map(|panel| panel.scheme()))?;
        Ok(file)
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

/// The most bytes that a drawing has.
const MOST_DRAWING_BYTES: u64 = 16 << 20;

/// The canvas with these marks, or with those on standard input.
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
            let said = format!("a drawing has at most {MOST_DRAWING_BYTES} bytes; give one with fewer marks");
            return Err(Failure::Usage(said).into());
        }
        &read
    } else {
        marks
    };
    let drawing = marks.parse::<Drawing>().map_err(|error| Failure::Usage(error.to_string()))?;
    Ok(Source::Canvas(drawing.into()))
}

/// Where the key comes from.
#[derive(Args, Debug)]
pub struct KeyArgs {
    /// Key material in hex digits (colons, spaces and 0x are ignored), of which a scheme takes the leading
    /// bytes that it needs [default: the demonstration key, 64 bytes 000102…3f]
    #[arg(long, value_name = "HEX", conflicts_with = "key_file")]
    key: Option<String>,
    /// Read the key material from a file of hex digits, so that it does not stand in the process list
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
}

impl KeyArgs {
    /// The files of a command that reads the key file too.
    #[must_use]
    pub fn read_by(&self, files: Files) -> Files {
        files.reading("the key file", self.key_file.as_deref())
    }

    /// The key material, long enough for every scheme.
    ///
    /// # Errors
    /// Names the length needed. The messages never hold the key.
    pub fn material(&self, schemes: impl Iterator<Item = Scheme>) -> anyhow::Result<KeyMaterial> {
        let key = self.given()?.unwrap_or_default();
        long_enough(&key, schemes)?;
        Ok(key)
    }

    /// The key material on the command line; `None` where it says nothing of it.
    fn given(&self) -> anyhow::Result<Option<KeyMaterial>> {
        let key = match (&self.key, &self.key_file) {
            (Some(text), _) => text.parse(),
            (None, Some(path)) => read_key(path)?.parse(),
            (None, None) => return Ok(None),
        };
        Ok(Some(key.map_err(Failure::from)?))
    }
}

/// Reads a file with a key, which on the command line may be a pipe: `--key-file <(…)`.
fn read_key(path: &Path) -> anyhow::Result<Zeroizing<String>> {
    text_file::read_any(path, KeyMaterial::MOST_FILE_BYTES).with_context(|| {
        format!("cannot read the key; check that the file exists and holds hex digits: {}", path.display())
    })
}

/// Refuses a key that is too short for a scheme.
fn long_enough(key: &KeyMaterial, schemes: impl Iterator<Item = Scheme>) -> Result<(), Failure> {
    for scheme in schemes {
        scheme.key_hex(key)?;
    }
    Ok(())
}

/// Where the scene is kept.
#[derive(Args, Debug)]
pub struct SaveArgs {
    /// Write the scene too, as a TOML file that makes the same picture again: afterimage FILE
    #[arg(long, value_name = "FILE")]
    save_scene: Option<OsString>,
    /// Let that file hold the key, where it is one of your own and not in a --key-file
    #[arg(long, requires = "save_scene")]
    save_key: bool,
}

impl SaveArgs {
    /// Refuses, before anything is computed, to write down a key without having been asked to.
    ///
    /// # Errors
    /// Says how it can be done.
    pub fn check(&self, file: &SceneFile) -> Result<(), Failure> {
        if self.save_scene.is_some() && file.holds_secret_key() && !self.save_key {
            return Err(Failure::Usage(
                "the scene would hold your key; give the key with --key-file, and the scene names that file, \
                 or allow it with --save-key"
                    .into(),
            ));
        }
        Ok(())
    }

    /// Writes the scene, where asked to. It appears once the output is finished, and only its owner can read it
    /// where it holds a key of one's own.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(
        &self,
        file: &SceneFile,
        write: WriteArgs,
        talk: TalkArgs,
    ) -> anyhow::Result<Option<Output>> {
        let Some(target) = self.target()? else { return Ok(None) };
        let folder = match &target {
            Target::Stdout => Path::new(""),
            Target::File(path) => path.parent().unwrap_or(Path::new("")),
        };
        let is_secret = file.holds_secret_key();
        let text = file.to_toml(folder)?;
        let out = Output::create(&target, Making { is_secret, ..write.making() })?
            .fill(|out| out.write_all(text.as_bytes()).with_context(|| format!("cannot write {target}")))?;
        if is_secret {
            talk.warn(&[format!("the scene holds your key, for anyone who can read it: {target}")]);
        }
        Ok(Some(out))
    }

    /// Where the scene is to be written, if anywhere.
    ///
    /// # Errors
    /// Where it would not be found to be a scene.
    pub fn target(&self) -> Result<Option<Target>, Failure> {
        let target = files::target(self.save_scene.as_ref());
        if let Some(target) = &target {
            let why = "scenes are known by their name; name a file that ends in .toml";
            target.ends_as(SceneFile::is_name, why)?;
        }
        Ok(target)
    }
}

/// The panels, however they are given.
#[derive(Args, Debug)]
pub struct PanelArgs {
    #[arg(
        value_name = "PANEL",
        help = "What to look at: plain, or SCHEME[:LENS] such as aes-128-ecb:repeats"
    )]
    positional: Vec<Panel>,
    #[command(flatten)]
    named: NamedPanelArgs,
}

impl PanelArgs {
    /// All of them: those after the source, then the named ones. Where there are none, those `kept` in a scene
    /// or the `defaults`.
    #[must_use]
    pub fn or(&self, kept: Option<Vec<Panel>>, defaults: fn() -> Vec<Panel>) -> Vec<Panel> {
        let named = &self.named;
        or([&self.positional[..], &named.panel, &named.panels].concat(), kept, defaults)
    }
}

/// The panels, given by name.
#[derive(Args, Debug)]
pub struct NamedPanelArgs {
    /// Another panel; can be given again and again
    #[arg(long, value_name = "PANEL")]
    panel: Vec<Panel>,
    /// Several panels at once
    #[arg(long, value_name = "PANEL", num_args = 1..)]
    panels: Vec<Panel>,
}

impl NamedPanelArgs {
    /// All of them: those given one by one first. Where there are none, those `kept` in a scene or the
    /// `defaults`.
    #[must_use]
    pub fn or(&self, kept: Option<Vec<Panel>>, defaults: fn() -> Vec<Panel>) -> Vec<Panel> {
        or([&self.panel[..], &self.panels].concat(), kept, defaults)
    }
}

fn or(given: Vec<Panel>, kept: Option<Vec<Panel>>, defaults: fn() -> Vec<Panel>) -> Vec<Panel> {
    if given.is_empty() { kept.unwrap_or_else(defaults) } else { given }
}

/// One frame.
#[derive(Args, Clone, Copy, Debug)]
pub struct FrameArgs {
    /// The frame with this number, counted from 0; past the last one is an error
    #[arg(long, value_name = "N")]
    frame: Option<u64>,
    #[arg(
        long,
        value_name = "TIME",
        conflicts_with = "frame",
        help = "The last frame at or before this time: 12.5 or [HH:]MM:SS[.sss], counted from \
            frame 0; past the end is an error"
    )]
    at: Option<Time>,
}

impl FrameArgs {
    /// The frame asked for, or that of the scene, or frame 0.
    #[must_use]
    pub fn or(self, scene: Option<FrameIndex>) -> Range<'static> {
        self.range().unwrap_or(Range::frame(scene.unwrap_or_default()))
    }

    fn range(self) -> Option<Range<'static>> {
        let frame = self.frame.map(|number| Range::frame(FrameIndex(number)));
        frame.or(self.at.map(|Time(secs)| Range::at(secs)))
    }
}

/// One frame, a range, or everything.
#[derive(Args, Clone, Debug)]
pub struct RangeArgs {
    #[command(flatten)]
    one: FrameArgs,
    /// The frames from one number to another, both included, such as 0-99; 100- goes to the end, and
    /// 3,7,20-25 takes these alone, in ascending order and each once
    #[arg(long, value_name = "FRAMES", conflicts_with_all = ["frame", "at"])]
    frames: Option<FrameList>,
    /// Start with the last frame at or before this time; past the end is an error
    #[arg(long, value_name = "TIME", conflicts_with_all = ["frame", "at", "frames"])]
    from: Option<Time>,
    /// End with the last frame at or before this time; past the end is an error
    #[arg(long, value_name = "TIME", conflicts_with_all = ["frame", "at", "frames"])]
    to: Option<Time>,
}

impl RangeArgs {
    /// The range asked for, or everything.
    ///
    /// # Errors
    /// Times that run backwards.
    pub fn or_all(&self) -> Result<Range<'_>, Failure> {
        let Self { one, frames, from, to } = self;
        if let (Some(from), Some(to)) = (from, to)
            && to < from
        {
            return Err(Failure::Usage("--to lies before --from; give the earlier time to --from".into()));
        }
        let frames = frames.as_ref().map(Range::List);
        let times = (from.is_some() || to.is_some())
            .then(|| Range::Times(from.map_or(0.0, |Time(secs)| secs), to.map(|Time(secs)| secs)));
        Ok(one.range().or(frames).or(times).unwrap_or(Range::All))
    }
}
