//! Arguments that several commands share, and the scene that they make.

use std::fs;
use std::num::NonZeroU32;
use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, value_parser};

use super::failure::Failure;
use super::values::Time;
use crate::crypto::{KeyMaterial, Scheme};
use crate::layout::{Layout, NoTiles, Posterize, Samples};
use crate::media::Source;
use crate::pipeline::batch::Range;
use crate::scene::{Panel, Scene};
use crate::units::{FrameIndex, FrameRange};

/// Which bytes are encrypted, and under which key.
#[derive(Args, Debug)]
pub struct SceneArgs {
    /// Which bytes of a frame are encrypted and in which order: rgba32, rgb24, gray8 or yuv420p
    #[arg(long, value_name = "LAYOUT", default_value_t)]
    layout: Samples,
    /// Round each colour channel to 2^BITS levels first: from 1 to 8, 8 leaving it as it is
    #[arg(long, value_name = "BITS", default_value = "8", hide_default_value = true)]
    posterize: Posterize,
    /// Let a block cover a square: 2 × 2 pixels in rgba32, 4 × 4 in gray8 and in each plane of yuv420p
    #[arg(long)]
    tiles: bool,
    /// How many frames, this one and those before it, an eavesdropper remembers who counts blocks
    #[arg(long, value_name = "N", default_value = "1")]
    memory: NonZeroU32,
    #[command(flatten)]
    key: KeyArgs,
}

impl SceneArgs {
    /// A scene of these panels, or of the default ones where there are none.
    ///
    /// # Errors
    /// A key that cannot be read or is too short for a panel; tiles of a layout that has none.
    pub fn scene(&self, source: Source, panels: Vec<Panel>) -> anyhow::Result<Scene> {
        let panels = if panels.is_empty() { Panel::defaults() } else { panels };
        let key = self.key.material(panels.iter().filter_map(|panel| panel.scheme()))?;
        Ok(Scene { layout: self.layout()?, memory: self.memory, key, panels, ..Scene::of(source) })
    }

    fn layout(&self) -> Result<Layout, Failure> {
        let in_rows = Layout::of(self.layout).posterized(self.posterize);
        let refused = |none: NoTiles| Failure::Usage(format!("--tiles: {none}"));
        if self.tiles { in_rows.in_tiles().map_err(refused) } else { Ok(in_rows) }
    }
}

/// Where the key comes from.
#[derive(Args, Debug)]
pub struct KeyArgs {
    /// Key material in hex digits, of which a scheme takes the leading bytes that it needs [default: the
    /// demonstration key, 64 bytes 000102…3f]
    #[arg(long, value_name = "HEX", conflicts_with = "key_file")]
    key: Option<String>,
    /// Read the key material from a file of hex digits, so that it does not stand in the process list
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
}

impl KeyArgs {
    /// The key material, long enough for every scheme.
    ///
    /// # Errors
    /// Names the length needed. The messages never hold the key.
    pub fn material(&self, schemes: impl Iterator<Item = Scheme>) -> anyhow::Result<KeyMaterial> {
        let text = match (&self.key, &self.key_file) {
            (Some(text), _) => Some(text.clone()),
            (None, Some(path)) => Some(fs::read_to_string(path).with_context(|| {
                format!(
                    "cannot read the key; check that the file exists and holds hex digits: {}",
                    path.display()
                )
            })?),
            (None, None) => None,
        };
        let key = text.map(|text| text.parse()).transpose().map_err(Failure::from)?.unwrap_or_default();
        for scheme in schemes {
            scheme.key_hex(&key).map_err(Failure::from)?;
        }
        Ok(key)
    }
}

/// The panels, however they are given.
#[derive(Args, Debug)]
pub struct PanelArgs {
    #[arg(
        value_name = "PANEL",
        help = "What to look at: plain, or SCHEME[:LENS] such as \
        aes-128-ecb:repeats [default: plain aes-128-ecb aes-128-ecb:repeats aes-128-gcm]"
    )]
    positional: Vec<Panel>,
    #[command(flatten)]
    named: NamedPanelArgs,
}

impl PanelArgs {
    /// All of them: those after the source, then the named ones.
    #[must_use]
    pub fn all(&self) -> Vec<Panel> {
        [self.positional.clone(), self.named.all()].concat()
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
    /// All of them: those given one by one first.
    #[must_use]
    pub fn all(&self) -> Vec<Panel> {
        [&self.panel[..], &self.panels].concat()
    }
}

/// One frame.
#[derive(Args, Clone, Copy, Debug)]
pub struct FrameArgs {
    /// The frame with this number, counted from 0
    #[arg(long, value_name = "N")]
    frame: Option<u64>,
    #[arg(
        long,
        value_name = "TIME",
        conflicts_with = "frame",
        help = "The last frame at or before this time: 12.5 or [HH:]MM:SS[.sss], counted from frame 0"
    )]
    at: Option<Time>,
}

impl FrameArgs {
    /// The frame asked for, or frame 0.
    #[must_use]
    pub fn or_first(self) -> Range {
        self.range().unwrap_or(Range::frame(FrameIndex(0)))
    }

    fn range(self) -> Option<Range> {
        let frame = self.frame.map(|number| Range::frame(FrameIndex(number)));
        frame.or(self.at.map(|Time(secs)| Range::at(secs)))
    }
}

/// One frame, a range, or everything.
#[derive(Args, Clone, Copy, Debug)]
pub struct RangeArgs {
    #[command(flatten)]
    one: FrameArgs,
    /// The frames from one number to another, both included, such as 0-99
    #[arg(long, value_name = "FRAMES", value_parser = value_parser!(FrameRange), conflicts_with_all = ["frame", "at"])]
    frames: Option<FrameRange>,
    /// Start with the last frame at or before this time
    #[arg(long, value_name = "TIME", conflicts_with_all = ["frame", "at", "frames"])]
    from: Option<Time>,
    /// End with the last frame at or before this time
    #[arg(long, value_name = "TIME", conflicts_with_all = ["frame", "at", "frames"])]
    to: Option<Time>,
}

impl RangeArgs {
    /// The range asked for, or everything.
    ///
    /// # Errors
    /// Times that run backwards.
    pub fn or_all(self) -> Result<Range, Failure> {
        let Self { one, frames, from, to } = self;
        if let (Some(from), Some(to)) = (from, to)
            && to < from
        {
            return Err(Failure::Usage("--to lies before --from; give the earlier time to --from".into()));
        }
        let frames = frames.map(|FrameRange { first, last }| Range::Frames(first, Some(last)));
        let times = (from.is_some() || to.is_some())
            .then(|| Range::Times(from.map_or(0.0, |Time(secs)| secs), to.map(|Time(secs)| secs)));
        Ok(one.range().or(frames).or(times).unwrap_or(Range::All))
    }
}
