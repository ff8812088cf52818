//! Scenes: all that is needed to make the same picture again.

mod bounds;
mod captured;
mod command_line;
mod file;
mod named_source;
mod panel;
mod target_rules;
mod toml;

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

pub use bounds::{MOST_PANELS, MOST_REMEMBERED_BYTES, TooManyPanels, TooMuchMemory, check_panels};
pub use command_line::{CommandLine, quoted};
pub use file::{SceneFile, SceneFileError};
pub use named_source::{NoSourceName, named_source};
pub use panel::{Panel, PanelError, PanelTarget};
pub use target_rules::{TargetError, check_target, default_scheme, lens_suits};
pub use toml::PublicScene;

use crate::call::CallSource;
use crate::crypto::KeyMaterial;
use crate::lens::{Lens, SliceChoice};
use crate::media::{Encoding, NoContentKey, Source, StreamChoice};
use crate::payload::{Target, TargetStream};
use crate::picture::layout::{Layout, NoTiles};
use file::VERSION;
use toml::{SceneToml, this_frame_alone};

/// A source, what of it is encrypted, and the panels that show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "SceneToml", into = "SceneToml")]
pub struct Scene {
    /// Where the frames come from.
    pub source: Source,
    /// Which bytes of a frame are encrypted.
    pub layout: Layout,
    /// What of the source is encrypted.
    pub target: Target,
    /// The stream that is encrypted, for targets that are made of a stream; `None` for the first video, or the first sound
    /// of a file without video and for the target `samples`.
    pub stream: Option<StreamChoice>,
    /// How the source is encoded anew before its packets are encrypted; `None` for its own packets.
    pub encode: Option<Encoding>,
    /// The bytes that every scheme takes its key from.
    pub key: KeyMaterial,
    /// The panels, in the order in which they are shown: at most [`MOST_PANELS`].
    pub panels: Vec<Panel>,
    /// The number of frames, this one and the frames before it, in which lenses and numbers count blocks.
    /// [`most_memory`](Self::most_memory) is its bound.
    pub memory: NonZeroU32,
}

/// A scene that does not fit together.
#[derive(Debug, thiserror::Error)]
pub enum SceneError {
    /// The scene states no version.
    #[error("a scene states its version; write version = {VERSION} at its top")]
    NoVersion,
    /// This program does not know the version.
    #[error("this is a scene of version {given}, but this program knows version {VERSION} alone")]
    Version {
        /// The version that the scene states.
        given: String,
    },
    /// The scene has no panels.
    #[error(r#"there is nothing to look at; give panels, such as panels = ["plain", "aes-128-ecb"]"#)]
    NoPanels,
    /// The scene has more panels than allowed.
    #[error(transparent)]
    TooManyPanels(#[from] TooManyPanels),
    /// The layout has no tiles.
    #[error(transparent)]
    NoTiles(#[from] NoTiles),
    /// The scene holds a key and names a file with one.
    #[error("there are both key and key_file; leave one out")]
    TwoKeys,
    /// A scheme that the target does not take.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// The scene holds a drawing, but its source is no canvas.
    #[error(r#"there is a drawing, but the source is not the canvas; write source = "canvas", or leave drawing out"#)]
    NoCanvas,
    /// A content key for a source that is no file.
    #[error("there is a content_key, but the source is no file; leave content_key out")]
    NoFile,
    /// The content key cannot be read.
    #[error(transparent)]
    ContentKey(#[from] NoContentKey),
    /// What describes a capture, for a source that is no file.
    #[error("there is {0}, which a capture has, but the source is no file; leave it out")]
    NoCapture(&'static str),
    /// The key of a captured stream cannot be read.
    #[error("the content_key of a captured stream is written in hex digits, two for each byte")]
    StreamKey,
    /// Keys in two places.
    #[error("there are both keys and protection; leave one out")]
    TwoCaptureKeys,
    /// A scene within another file, such as a lesson, names a key file.
    #[error("only a scene in a file of its own can name a key_file; write key, or leave it out")]
    KeyFile,
}

impl Scene {
    /// A scene with the default layout, key and panels that remembers only the frame itself.
    #[must_use]
    pub fn of(source: Source) -> Self {
        Self {
            source,
            layout: Layout::default(),
            target: Target::default(),
            stream: None,
            encode: None,
            key: KeyMaterial::default(),
            panels: Panel::defaults(),
            memory: this_frame_alone(),
        }
    }

    /// True if a panel shows the ciphertext that the file holds already.
    #[must_use]
    pub fn shows_own(&self) -> bool {
        self.panels.iter().any(|panel| panel.is_own())
    }

    /// What a panel encrypts: what its options state, else what the scene does. For the original it is what the scene
    /// encrypts.
    #[must_use]
    pub fn target_of(&self, panel: Panel) -> TargetStream {
        let PanelTarget { target, stream, encoding, .. } = panel.own_target();
        let encoding = encoding.or(self.encode).filter(|_| !panel.is_own());
        TargetStream::of(target.unwrap_or(self.target), stream.or(self.stream)).encoded(encoding)
    }

    /// How the source is encoded anew, as it follows the name of the target in a title: `, encoded anew with libx264,crf=23`;
    /// empty if it is not.
    #[must_use]
    pub fn encoded_anew(&self) -> String {
        let encoding = self.encode.filter(|_| self.target.is_of_packets());
        encoding.map(|encoding| format!(", encoded anew with {encoding}")).unwrap_or_default()
    }

    /// The encodings of the source that its panels encrypt, each once.
    #[must_use]
    pub fn encodings(&self) -> Vec<Encoding> {
        let mut encodings: Vec<Encoding> = Vec::new();
        for encoding in self.panels.iter().filter_map(|&panel| self.target_of(panel).encoding) {
            if !encodings.contains(&encoding) {
                encodings.push(encoding);
            }
        }
        encodings
    }

    /// True if all that its panels encrypt is encrypted by another scene of the same source, too, and all that they play is
    /// played.
    #[must_use]
    pub fn shows_messages_of(&self, other: &Self) -> bool {
        let of = |scene: &Self, panel: Panel| {
            let played = panel.scheme().filter(|_| panel.lens() == Some(Lens::Player));
            (scene.target_of(panel), panel.is_own(), played.map(|scheme| (scheme, scene.key.clone())))
        };
        let others: Vec<_> = other.panels.iter().map(|&panel| of(other, panel)).collect();
        self.panels.iter().all(|&panel| others.contains(&of(self, panel)))
    }

    /// True if a panel shows pixels that are encrypted, or the original of pixels.
    #[must_use]
    pub fn has_pixels(&self) -> bool {
        self.panels.iter().any(|&panel| self.target_of(panel).target.is_pixels())
    }

    /// True if the lens of a panel can show what the panel encrypts; also for the original.
    #[must_use]
    pub fn lens_suits(&self, panel: Panel) -> bool {
        panel.lens().is_none_or(|lens| lens_suits(self.target_of(panel).target, lens))
    }

    /// True if a panel encrypts messages whose sizes can be shown: not pixels, and not a file as it is.
    #[must_use]
    pub fn has_sizes(&self, panel: Panel) -> bool {
        panel != Panel::Plain && self.lens_suits(panel.with_lens(Lens::Sizes))
    }

    /// True if a panel encrypts messages whose slices may be delimited by clear bytes.
    #[must_use]
    pub fn has_slices(&self) -> bool {
        self.panels.iter().any(|&panel| {
            let Target::Packets = self.target_of(panel).target else {
                return panel != Panel::Plain
                    && self.lens_suits(panel.with_lens(Lens::Footprint(SliceChoice::All)));
            };
            panel.is_own()
        })
    }

    /// Checks that the scheme of each panel can encrypt what the panel encrypts.
    ///
    /// # Errors
    /// [`TargetError`] says what the target takes.
    pub fn check_targets(&self) -> Result<(), TargetError> {
        if self.panels.iter().any(|panel| panel.is_own() && panel.own_target().encoding.is_some()) {
            return Err(TargetError::EncodedOwn);
        }
        let is_observed = |panel: &&Panel| panel.own_target().observer.is_some();
        if self.panels.iter().any(|panel| is_observed(&panel)) && CallSource::of(&self.source).is_none() {
            return Err(TargetError::NoCall);
        }
        if self.panels.iter().filter(is_observed).any(|panel| !panel.is_own()) {
            return Err(TargetError::ObservedScheme);
        }
        let of = |&panel: &Panel| panel.scheme().map(|scheme| (self.target_of(panel).target, scheme));
        self.panels.iter().filter_map(of).try_for_each(|(target, scheme)| check_target(target, scheme))
    }

    /// The source of the frames that are shown: if the sound of a file is encrypted, its waveform.
    #[must_use]
    pub fn footage(&self) -> Source {
        self.target.footage(&self.source, self.stream)
    }

    /// True if both scenes make the same ciphertexts of the same frames, whatever their panels.
    #[must_use]
    pub fn encrypts_like(&self, other: &Self) -> bool {
        // Any field that is added to a scene counts as one that changes the ciphertext until it is listed here.
        let with_equal_view =
            |scene: &Self| Self { panels: Vec::new(), memory: this_frame_alone(), ..scene.clone() };
        with_equal_view(self) == with_equal_view(other)
    }

    /// The number of frames, the one shown and the frames before it, that rendering needs: the remembered frames, and
    /// at least the previous frame, with which the frame is compared.
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
            "aes-128-ecb,target=packets",
            "aes-128-gcm:sizes,target=packets,stream=a:0",
            "own:sizes,observer=key-server",
            "own,stream=v:0,observer=former",
            "aes-128-ecb:colours,palette=viridis,target=nal",
            "aes-128-ecb:repeats,target=packets,encode=libx264/crf=23/tune=zerolatency",
            "aes-128-gcm:sizes,encode=mjpeg",
        ] {
            assert_eq!(name.parse::<Panel>().expect("a panel").to_string(), name);
        }
        let short = |name: &str| name.parse::<Panel>().expect("a panel").to_string();
        assert_eq!(short("aes-128-ecb:ciphertext"), "aes-128-ecb");
        assert_eq!(short("aes-128-ecb:colours,palette=okabe-ito"), "aes-128-ecb:colours");
    }

    #[test]
    fn a_panel_encrypts_what_its_options_state_else_what_the_scene_does() {
        let panel = |name: &str| name.parse::<Panel>().expect("a panel");
        let scene =
            Scene { target: Target::Nal, stream: Some(StreamChoice::VIDEO), ..Scene::of(Source::Demo) };
        let of = |name: &str| scene.target_of(panel(name)).to_string();
        assert_eq!(of("plain"), "nal of v:0");
        assert_eq!(of("aes-128-ecb"), "nal of v:0");
        assert_eq!(of("aes-128-ecb,stream=a:1"), "nal of a:1");
        assert_eq!(of("aes-128-ecb:sizes,target=packets"), "packets of v:0");
        assert_eq!(of("aes-128-ecb,target=pixels"), "pixels", "made of no stream");
        assert_eq!(panel("aes-128-ecb:sizes,target=file").title(), "AES-128-ECB of the file");
        assert_eq!(panel("aes-128-ecb,target=packets,stream=a:0").title(), "AES-128-ECB of packets of a:0");
        let encoded = Scene { encode: "mpeg4,g=5".parse().ok(), ..scene.clone() };
        let of = |name: &str| encoded.target_of(panel(name)).to_string();
        assert_eq!(of("aes-128-ecb"), "nal of v:0, encoded anew with mpeg4");
        assert_eq!(of("aes-128-ecb,target=packets,encode=mjpeg"), "packets of v:0, encoded anew with mjpeg");
        assert_eq!(of("aes-128-ecb,target=pixels,encode=mjpeg"), "pixels", "made of no packets");
        assert_eq!(of("own,target=packets"), "packets of v:0", "own is the file's");
        let both = ["aes-128-ecb", "aes-128-ctr", "aes-128-ecb,encode=mjpeg"].map(panel).into();
        let encodings = Scene { panels: both, ..encoded }.encodings();
        assert_eq!(encodings.iter().map(ToString::to_string).collect::<Vec<_>>(), ["mpeg4,g=5", "mjpeg"]);
        assert!(Scene { panels: vec![panel("own,encode=mjpeg")], ..scene.clone() }.check_targets().is_err());
        let with = |names: [&str; 2]| Scene { panels: names.map(panel).into(), ..scene.clone() };
        let one = with(["aes-128-ecb", "aes-128-gcm,target=packets"]);
        assert!(with(["aes-128-ctr", "aes-128-ecb:sizes,target=packets"]).shows_messages_of(&one));
        assert!(!with(["aes-128-ctr", "aes-128-ecb,target=slices"]).shows_messages_of(&one));
        assert!(
            with(["aes-128-ctr:repeats", "aes-128-ecb"]).shows_messages_of(&with(["plain", "aes-128-ctr"]))
        );
        assert!(
            !with(["aes-128-ctr:player", "aes-128-ecb"]).shows_messages_of(&with(["plain", "aes-128-ctr"]))
        );
        assert!(!one.has_pixels() && with(["plain", "aes-128-ecb,target=pixels"]).has_pixels());
        assert!(with(["plain", "aes-128-gcm,target=cenc"]).check_targets().is_err());
    }

    #[test]
    fn the_message_of_a_wrong_panel_names_what_would_be_right() {
        let message = |text: &str| text.parse::<Panel>().expect_err("no such panel").to_string();
        assert!(message("rot13").contains("aes-128-ecb") && message("rot13").contains("plain"));
        assert!(message("Plain").contains("did you mean plain?"));
        assert!(message("repeats").contains("aes-128-ecb:repeats"));
        assert!(message("AES-128-ECB:repeats").contains("did you mean aes-128-ecb?"));
        assert!(message("aes-128-ecb:xray").contains("repeats"));
        assert!(message("aes-128-ecb,flip=1.2").contains("flip=1.2"));
        assert!(message("plain,flip=1.2").contains("plain takes no options"));
        assert!(message("aes-128-ecb:colours,palette=mauve").contains("okabe-ito"));
    }

    #[test]
    fn a_scene_reads_back_and_unknown_keys_are_refused() {
        let scene = Scene::of(Source::Demo);
        let text = serde_json::to_string(&scene).expect("a scene serializes");
        assert_eq!(serde_json::from_str::<Scene>(&text).expect("it reads back"), scene);
        let layout =
            Layout::GRAY8.posterized(Posterize::to_bits(3).expect("3 bits")).in_tiles().expect("tiles");
        let tiled = Scene { layout, ..Scene::of(Source::DemoStill) };
        let text = serde_json::to_string(&tiled).expect("a scene serializes");
        assert_eq!(serde_json::from_str::<Scene>(&text).expect("it reads back"), tiled);
        let wrong = text.replace("gray8", "rgb24");
        assert!(serde_json::from_str::<Scene>(&wrong).expect_err("no tiles").to_string().contains("rgb24"));
        let drawing: Drawing = "rectangle #0072b2 100,80 400,300\n".parse().expect("a drawing");
        let drawn = Scene::of(Source::Canvas(drawing.into()));
        let text = serde_json::to_string(&drawn).expect("a scene serializes");
        assert_eq!(serde_json::from_str::<Scene>(&text).expect("it reads back"), drawn);
        let elsewhere = text.replace("canvas", "demo");
        assert!(
            serde_json::from_str::<Scene>(&elsewhere).expect_err("no canvas").to_string().contains("canvas")
        );
        let odd = text.replacen('{', r#"{"colour":"red","#, 1);
        assert!(serde_json::from_str::<Scene>(&odd).expect_err("unknown").to_string().contains("colour"));
    }
}
