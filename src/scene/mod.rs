//! Scenes: all that is needed to make the same picture again.

mod bounds;
mod command_line;
mod file;
mod panel;
mod target_rules;
mod toml;

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

pub use bounds::{MOST_PANELS, MOST_REMEMBERED_BYTES, TooManyPanels, TooMuchMemory, check_panels};
pub use command_line::CommandLine;
pub use file::{SceneFile, SceneFileError};
pub use panel::{Panel, PanelError};
pub use target_rules::{TargetError, check_target, default_scheme};
pub use toml::PublicScene;

use crate::crypto::KeyMaterial;
use crate::media::{Source, StreamChoice};
use crate::payload::Target;
use crate::picture::layout::{Layout, NoTiles};
use file::VERSION;
use toml::{SceneToml, this_frame_alone};

/// The source, what is encrypted, and through which panels one looks at it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "SceneToml", into = "SceneToml")]
pub struct Scene {
    /// Where the frames come from.
    pub source: Source,
    /// Which bytes of a frame are encrypted.
    pub layout: Layout,
    /// What of the source is encrypted.
    pub target: Target,
    /// The stream whose packets are encrypted, for targets that are made of packets; `None` for the first video, or the
    /// first sound of a file without video.
    pub stream: Option<StreamChoice>,
    /// The bytes that every scheme takes its key from.
    pub key: KeyMaterial,
    /// The panels, in the order in which they are shown: at most [`MOST_PANELS`].
    pub panels: Vec<Panel>,
    /// How many frames, the one shown and those before it, an eavesdropper remembers: lenses and numbers
    /// that count, count in all of them. How many fit, [`most_memory`](Self::most_memory) says.
    pub memory: NonZeroU32,
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
    /// A scheme that the target does not take.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// A drawing on no canvas.
    #[error(r#"there is a drawing, but it is not looked at; write source = "canvas", or leave it out"#)]
    NoCanvas,
    /// A file to be read, where there are no files.
    #[error("a key_file can be named in a scene's own file alone")]
    KeyFile,
}

impl Scene {
    /// A scene with the default layout, key and panels, and no memory.
    #[must_use]
    pub fn of(source: Source) -> Self {
        Self {
            source,
            layout: Layout::default(),
            target: Target::default(),
            stream: None,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::drawing::Drawing;
    use crate::picture::layout::Posterize;

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
