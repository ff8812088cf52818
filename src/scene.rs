//! Scenes: all that is needed to make the same picture again.

mod bounds;
mod file;

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use bounds::{MOST_PANELS, MOST_REMEMBERED_BYTES, TooManyPanels, TooMuchMemory, check_panels};
pub use file::{SceneFile, SceneFileError};

use self::file::VERSION;
use crate::crypto::{KeyMaterial, Scheme, UnknownScheme};
use crate::drawing::Drawing;
use crate::layout::{Layout, NoTiles, Posterize, Samples};
use crate::lens::{self, Lens, LensError};
use crate::media::Source;
use crate::suggest;
use crate::units::{FrameIndex, FrameList};

/// The source, what is encrypted, and through which panels one looks at it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Scene {
    /// Where the frames come from.
    pub source: Source,
    /// Which bytes of a frame are encrypted.
    pub layout: Layout,
    /// The bytes that every scheme takes its key from.
    pub key: KeyMaterial,
    /// The panels, in the order in which they are shown: at most [`MOST_PANELS`].
    pub panels: Vec<Panel>,
    /// How many frames, the one shown and those before it, an eavesdropper remembers: lenses and numbers
    /// that count, count in all of them. How many fit, [`most_memory`](Self::most_memory) says.
    pub memory: NonZeroU32,
}

/// A scene as it is written down: what goes without saying may be left out, and nothing else is taken.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    version: Option<i64>,
    #[serde(with = "as_text")]
    source: Source,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    frame: Option<u64>,
    #[serde(default, with = "as_optional_text", skip_serializing_if = "Option::is_none")]
    frames: Option<FrameList>,
    #[serde(default)]
    layout: Samples,
    #[serde(default, skip_serializing_if = "Posterize::is_off")]
    posterize: Posterize,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    tiles: bool,
    #[serde(default = "this_frame_alone")]
    memory: NonZeroU32,
    /// The demonstration key where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<KeyMaterial>,
    /// In a file of its own, for files alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key_file: Option<String>,
    /// What was drawn, where the source is `canvas`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    drawing: Option<Drawing>,
    panels: Vec<Panel>,
}

/// A scene that does not fit together.
#[derive(Debug, thiserror::Error)]
pub enum SceneError {
    /// Without a version.
    #[error("a scene says its version; write version = {VERSION} at its top")]
    NoVersion,
    /// Of a version that this program does not know.
    #[error("this is a scene of version {given}, but this program knows version {VERSION} alone")]
    Version {
        /// What it says.
        given: String,
    },
    /// Without panels.
    #[error(r#"there is nothing to look at; give panels, such as panels = ["plain", "aes-128-ecb"]"#)]
    NoPanels,
    /// With more panels than there may be.
    #[error(transparent)]
    TooManyPanels(#[from] TooManyPanels),
    /// Tiles of samples that have none.
    #[error(transparent)]
    NoTiles(#[from] NoTiles),
    /// A key in the scene and one in a file.
    #[error("there are both key and key_file; leave one out")]
    TwoKeys,
    /// A drawing on no canvas.
    #[error(r#"there is a drawing, but it is not looked at; write source = "canvas", or leave it out"#)]
    NoCanvas,
    /// A file to be read, where there are no files.
    #[error("a key_file can be named in a scene's own file alone")]
    KeyFile,
}

impl TryFrom<Written> for Scene {
    type Error = SceneError;

    fn try_from(written: Written) -> Result<Self, SceneError> {
        let Written {
            version,
            source,
            layout,
            posterize,
            tiles,
            memory,
            key,
            key_file,
            drawing,
            panels,
            frame: _,
            frames: _,
        } = written;
        if let Some(version) = version.filter(|&version| version != VERSION) {
            return Err(SceneError::Version { given: version.to_string() });
        }
        if panels.is_empty() {
            return Err(SceneError::NoPanels);
        }
        check_panels(&panels)?;
        if key_file.is_some() {
            return Err(SceneError::KeyFile);
        }
        let source = match (source, drawing) {
            (Source::Canvas(_), Some(drawing)) => Source::Canvas(drawing.into()),
            (source, None) => source,
            (_, Some(_)) => return Err(SceneError::NoCanvas),
        };
        let in_rows = Layout::of(layout).posterized(posterize);
        let layout = if tiles { in_rows.in_tiles()? } else { in_rows };
        Ok(Self { source, layout, key: key.unwrap_or_default(), panels, memory })
    }
}

impl TryFrom<Written> for SceneFile {
    type Error = SceneError;

    /// A scene that stands within another file, such as a lesson.
    fn try_from(written: Written) -> Result<Self, SceneError> {
        let (frame, frames) = (written.frame.map(FrameIndex), written.frames.clone());
        Ok(Self { scene: Scene::try_from(written)?, frame, frames, key_file: None })
    }
}

impl From<Scene> for Written {
    fn from(scene: Scene) -> Self {
        let Scene { source, layout, key, panels, memory } = scene;
        let drawing = match &source {
            Source::Canvas(drawing) if **drawing != Drawing::default() => Some((**drawing).clone()),
            _ => None,
        };
        Self {
            version: Some(VERSION),
            source,
            frame: None,
            frames: None,
            layout: layout.samples(),
            posterize: layout.posterize(),
            tiles: layout.is_tiled(),
            memory,
            key: (key != KeyMaterial::default()).then_some(key),
            key_file: None,
            drawing,
            panels,
        }
    }
}

const fn this_frame_alone() -> NonZeroU32 {
    NonZeroU32::MIN
}

impl Scene {
    /// A scene with the default layout, key and panels, and no memory.
    #[must_use]
    pub fn of(source: Source) -> Self {
        Self {
            source,
            layout: Layout::default(),
            key: KeyMaterial::default(),
            panels: Panel::defaults(),
            memory: this_frame_alone(),
        }
    }

    /// True where both make the same ciphertexts of the same frames, through whatever panels one looks.
    #[must_use]
    pub fn encrypts_like(&self, other: &Self) -> bool {
        // Whatever a scene may hold one day changes the ciphertext until it is listed here.
        let unseen = |scene: &Self| Self { panels: Vec::new(), memory: this_frame_alone(), ..scene.clone() };
        unseen(self) == unseen(other)
    }

    /// How many frames, the one shown and those before it, are needed to render one: those remembered,
    /// and in any case the frame before, which says what stayed the same.
    #[must_use]
    pub fn frames_needed(&self) -> usize {
        self.memory.get().max(2) as usize
    }
}

/// One scheme seen through one lens, or the original.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Panel {
    /// The original.
    Plain,
    /// What an eavesdropper sees.
    Cipher {
        /// How the frames are encrypted.
        scheme: Scheme,
        /// What is made of the ciphertext.
        lens: Lens,
    },
}

impl Panel {
    /// What the app and a figure show: the original, ECB as bytes and through the shading that it gives away,
    /// and GCM.
    ///
    /// # Panics
    /// Never: the names are those of this version.
    #[must_use]
    pub fn defaults() -> Vec<Self> {
        Self::named(["plain", "aes-128-ecb", "aes-128-ecb:tone", "aes-128-gcm"])
    }

    /// What is measured: ECB and GCM. Nothing that has to be prepared first.
    ///
    /// # Panics
    /// Never: the names are those of this version.
    #[must_use]
    pub fn measured() -> Vec<Self> {
        Self::named(["aes-128-ecb", "aes-128-gcm"])
    }

    fn named<const N: usize>(names: [&str; N]) -> Vec<Self> {
        names.map(|name| name.parse().expect("a panel of this version")).into()
    }

    /// The ciphertext of a scheme as pixels.
    #[must_use]
    pub const fn of(scheme: Scheme) -> Self {
        Self::Cipher { scheme, lens: Lens::Ciphertext }
    }

    /// The scheme of the panel; `None` for the original.
    #[must_use]
    pub const fn scheme(self) -> Option<Scheme> {
        match self {
            Self::Plain => None,
            Self::Cipher { scheme, .. } => Some(scheme),
        }
    }
}

impl FromStr for Panel {
    type Err = PanelError;

    /// Reads `plain` or `SCHEME[:LENS][,option=value]…`; the options are those of the lens.
    fn from_str(text: &str) -> Result<Self, PanelError> {
        let mut parts = lens::options(text);
        let name = parts.next().unwrap_or_default();
        if name == "plain" {
            return match text.split_once(',') {
                None => Ok(Self::Plain),
                Some((_, options)) => Err(PanelError::PlainOption(options.into())),
            };
        }
        let (scheme, lens) = name.split_once(':').map_or((name, None), |(name, lens)| (name, Some(lens)));
        let scheme = scheme.parse::<Scheme>().map_err(|error| PanelError::no_scheme(scheme, lens, error))?;
        let lens = lens.map_or(Ok(Lens::default()), str::parse)?;
        Ok(Self::Cipher { scheme, lens: parts.try_fold(lens, Lens::with_option)? })
    }
}

impl fmt::Display for Panel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain => f.write_str("plain"),
            Self::Cipher { scheme, lens: Lens::Ciphertext } => scheme.fmt(f),
            Self::Cipher { scheme, lens } => write!(f, "{scheme}:{lens}"),
        }
    }
}

impl Serialize for Panel {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Panel {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A panel that cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum PanelError {
    /// Neither `plain` nor a scheme.
    #[error("{0}; or plain for the original")]
    Scheme(#[from] UnknownScheme),
    /// A lens that nobody knows, or an option that it does not take.
    #[error(transparent)]
    Lens(#[from] LensError),
    /// Another spelling of `plain`.
    #[error(
        "there is no panel {0:?} (did you mean plain?); give plain, or SCHEME[:LENS] such as aes-128-ecb:repeats"
    )]
    Plain(String),
    /// A lens where a scheme should stand before it.
    #[error("{0:?} is a lens; write SCHEME:LENS, such as aes-128-ecb:{0}")]
    LensAlone(String),
    /// An option where there are none.
    #[error("the panel plain takes no options, but is given {0:?}")]
    PlainOption(String),
}

impl PanelError {
    /// What to say where there is no scheme of a name.
    fn no_scheme(name: &str, lens: Option<&str>, error: UnknownScheme) -> Self {
        match lens {
            None if Lens::ALL.into_iter().any(|lens| lens.name() == name) => Self::LensAlone(name.into()),
            None if suggest::closest(name, ["plain"]).is_some() => Self::Plain(name.into()),
            _ => Self::Scheme(error),
        }
    }
}

mod as_optional_text {
    use std::fmt::Display;
    use std::str::FromStr;

    use serde::{Deserialize, Deserializer, Serializer, de};

    #[expect(clippy::ref_option, reason = "serde calls it so")]
    pub fn serialize<T: Display, S: Serializer>(value: &Option<T>, to: S) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => to.collect_str(value),
            None => to.serialize_none(),
        }
    }

    pub fn deserialize<'de, T: FromStr<Err: Display>, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<T>, D::Error> {
        let text = Option::<String>::deserialize(from)?;
        text.map(|text| text.parse().map_err(de::Error::custom)).transpose()
    }
}

mod as_text {
    use std::fmt::Display;
    use std::str::FromStr;

    use serde::{Deserialize, Deserializer, Serializer, de};

    pub fn serialize<T: Display, S: Serializer>(value: &T, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(value)
    }

    pub fn deserialize<'de, T: FromStr<Err: Display>, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
        String::deserialize(from)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panels_read_back_by_name() {
        for name in [
            "plain",
            "aes-128-ecb",
            "aes-256-gcm:repeats",
            "aes-192-ctr+reused-nonce",
            "aes-128-ecb:colours",
            "aes-128-ecb:colours,palette=viridis",
            "aes-128-ecb:codebook,known=0-9",
            "aes-128-ecb:received,splice=0,0,64,64@128,128@10",
        ] {
            assert_eq!(name.parse::<Panel>().expect("a panel").to_string(), name);
        }
        let short = |name: &str| name.parse::<Panel>().expect("a panel").to_string();
        assert_eq!(short("aes-128-ecb:ciphertext"), "aes-128-ecb");
        assert_eq!(short("aes-128-ecb:colours,palette=okabe-ito"), "aes-128-ecb:colours");
    }

    #[test]
    fn a_wrong_panel_is_answered_with_what_there_is() {
        let said = |text: &str| text.parse::<Panel>().expect_err("no such panel").to_string();
        assert!(said("rot13").contains("aes-128-ecb") && said("rot13").contains("plain"));
        assert!(said("Plain").contains("did you mean plain?"));
        assert!(said("repeats").contains("aes-128-ecb:repeats"));
        assert!(said("AES-128-ECB:repeats").contains("did you mean aes-128-ecb?"));
        assert!(said("aes-128-ecb:xray").contains("repeats"));
        assert!(said("aes-128-ecb,flip=1.2").contains("flip=1.2"));
        assert!(said("plain,flip=1.2").contains("plain takes no options"));
        assert!(said("aes-128-ecb:colours,palette=mauve").contains("okabe-ito"));
    }

    #[test]
    fn a_scene_reads_back_and_unknown_keys_are_refused() {
        let scene = Scene::of(Source::Demo);
        let text = serde_json::to_string(&scene).expect("a scene serializes");
        assert_eq!(serde_json::from_str::<Scene>(&text).expect("it reads back"), scene);
        let layout =
            Layout::GRAY8.posterized(Posterize::to_bits(3).expect("3 bits")).in_tiles().expect("tiles");
        let tiled = Scene { layout, ..Scene::of(Source::DemoStill) };
        let told = serde_json::to_string(&tiled).expect("a scene serializes");
        assert_eq!(serde_json::from_str::<Scene>(&told).expect("it reads back"), tiled);
        let wrong = told.replace("gray8", "rgb24");
        assert!(serde_json::from_str::<Scene>(&wrong).expect_err("no tiles").to_string().contains("rgb24"));
        let drawing: Drawing = "rectangle #0072b2 100,80 400,300\n".parse().expect("a drawing");
        let drawn = Scene::of(Source::Canvas(drawing.into()));
        let told = serde_json::to_string(&drawn).expect("a scene serializes");
        assert_eq!(serde_json::from_str::<Scene>(&told).expect("it reads back"), drawn);
        let elsewhere = told.replace("canvas", "demo");
        assert!(
            serde_json::from_str::<Scene>(&elsewhere).expect_err("no canvas").to_string().contains("canvas")
        );
        let odd = text.replacen('{', r#"{"colour":"red","#, 1);
        assert!(serde_json::from_str::<Scene>(&odd).expect_err("unknown").to_string().contains("colour"));
    }
}
