//! The one serialization of scenes: as TOML in files, and in public as JSON, without a secret key.

use super::bounds::check_panels;
use super::captured::Captured;
use super::file::{SceneFile, VERSION};
use super::panel::Panel;
use super::{Scene, SceneError};
use crate::crypto::KeyMaterial;
use crate::media::{Encoding, Source, StreamChoice};
use crate::payload::Target;
use crate::picture::drawing::Drawing;
use crate::picture::layout::{Layout, Posterize, Samples};
use crate::units::{FrameIndex, FrameList};
use crate::wire::keys::Method;
use serde::{Deserialize, Serialize, Serializer, ser};
use std::num::NonZeroU32;

/// The fields of a scene in TOML. Fields that have a default may be left out; unknown fields are refused.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SceneToml {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) version: Option<i64>,
    #[serde(with = "source_name")]
    pub(super) source: Source,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) frame: Option<u64>,
    #[serde(default, with = "as_optional_text", skip_serializing_if = "Option::is_none")]
    pub(super) frames: Option<FrameList>,
    #[serde(default)]
    pub(super) layout: Samples,
    #[serde(default, skip_serializing_if = "Posterize::is_off")]
    pub(super) posterize: Posterize,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) tiles: bool,
    #[serde(default, skip_serializing_if = "Target::is_pixels")]
    pub(super) target: Target,
    #[serde(default, with = "as_optional_text", skip_serializing_if = "Option::is_none")]
    pub(super) stream: Option<StreamChoice>,
    /// An encoder and its options.
    #[serde(default, with = "as_optional_text", skip_serializing_if = "Option::is_none")]
    pub(super) encode: Option<Encoding>,
    #[serde(default = "this_frame_alone")]
    pub(super) memory: NonZeroU32,
    /// `None` for the demonstration key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) key: Option<KeyMaterial>,
    /// The path of a file that holds the key; only in a scene that is a file itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) key_file: Option<String>,
    /// The key under which an encrypted source is encrypted, in hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) content_key: Option<String>,
    /// The SDP file of a capture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) sdp: Option<String>,
    /// The keys file of a capture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) keys: Option<String>,
    /// How the stream of a capture is protected whose key is the content key.
    #[serde(default, with = "as_optional_text", skip_serializing_if = "Option::is_none")]
    pub(super) protection: Option<Method>,
    /// The rollover counter at the first packet of a capture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) roc: Option<u32>,
    /// The drawing, if the source is `canvas`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) drawing: Option<Drawing>,
    pub(super) panels: Vec<Panel>,
}

impl From<Scene> for SceneToml {
    fn from(scene: Scene) -> Self {
        let Scene { source, layout, target, stream, encode, key, panels, memory } = scene;
        let drawing = match &source {
            Source::Canvas(drawing) if **drawing != Drawing::default() => Some((**drawing).clone()),
            _ => None,
        };
        let content_key = source.content_key().map(|key| key.to_hex().to_string());
        let captured = Captured::of(&source);
        Self {
            version: Some(VERSION),
            source,
            frame: None,
            frames: None,
            layout: layout.samples(),
            posterize: layout.posterize(),
            tiles: layout.is_tiled(),
            target,
            stream,
            encode,
            memory,
            key: (key != KeyMaterial::default()).then_some(key),
            key_file: None,
            content_key: content_key.or(captured.key),
            sdp: captured.sdp,
            keys: captured.keys,
            protection: captured.protection,
            roc: captured.roc,
            drawing,
            panels,
        }
    }
}

pub(super) const fn this_frame_alone() -> NonZeroU32 {
    NonZeroU32::MIN
}

/// A scene as tables and the files of pictures and clips state it: with the demonstration key, which is public, and
/// without any other. It reads back as a scene.
#[derive(Clone, Debug)]
pub struct PublicScene(SceneToml);

impl PublicScene {
    /// States a scene and its frames; `None` for all frames.
    #[must_use]
    pub fn of(scene: &Scene, frames: Option<FrameList>) -> Self {
        let public = KeyMaterial::default();
        Self(SceneToml {
            version: None,
            frames,
            key: (scene.key == public).then_some(public),
            content_key: None,
            protection: None,
            roc: None,
            drawing: match &scene.source {
                Source::Canvas(drawing) => Some((**drawing).clone()),
                _ => None,
            },
            ..SceneToml::from(scene.clone())
        })
    }
}

impl Serialize for PublicScene {
    /// Writes the fields in the order that every version of the program wrote them in; others follow.
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        const FIRST: [&str; 9] =
            ["source", "layout", "posterize", "tiles", "key", "drawing", "panels", "memory", "frames"];
        let serde_json::Value::Object(mut fields) =
            serde_json::to_value(&self.0).map_err(ser::Error::custom)?
        else {
            return Err(ser::Error::custom("a struct is an object"));
        };
        let first: Vec<_> = FIRST.iter().filter_map(|&name| fields.remove_entry(name)).collect();
        to.collect_map(first.into_iter().chain(fields))
    }
}

impl TryFrom<SceneToml> for Scene {
    type Error = SceneError;

    fn try_from(written: SceneToml) -> Result<Self, SceneError> {
        let SceneToml {
            version,
            source,
            layout,
            posterize,
            tiles,
            target,
            stream,
            encode,
            memory,
            key,
            key_file,
            content_key,
            sdp,
            keys,
            protection,
            roc,
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
        let captured = Captured { sdp, keys, protection, roc, key: None };
        let source = match content_key {
            key if captured.is_stated() => captured.over(source, stream, key)?,
            Some(_) if source.path().is_none() => return Err(SceneError::NoFile),
            Some(key) => source.with_key(Some(key.parse()?)),
            None => source,
        };
        let in_rows = Layout::of(layout).posterized(posterize);
        let layout = if tiles { in_rows.in_tiles()? } else { in_rows };
        // What a file holds encrypted are its packets: no other target goes with it.
        let is_own = |panel: &Panel| panel.implies_packets();
        let target = if target.is_pixels() && panels.iter().any(is_own) { Target::Packets } else { target };
        let key = key.unwrap_or_default();
        let scene = Self { source, layout, target, stream, encode, key, panels, memory };
        scene.check_targets()?;
        Ok(scene)
    }
}

impl TryFrom<SceneToml> for SceneFile {
    type Error = SceneError;

    /// Parses a scene within another file, such as a lesson.
    fn try_from(written: SceneToml) -> Result<Self, SceneError> {
        let (frame, frames) = (written.frame.map(FrameIndex), written.frames.clone());
        Ok(Self { scene: Scene::try_from(written)?, frame, frames, key_file: None })
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

/// A source as its name.
mod source_name {
    use serde::{Deserialize, Deserializer, Serializer, de};

    use crate::media::Source;
    use crate::scene::named_source;

    pub fn serialize<S: Serializer>(source: &Source, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(source)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Source, D::Error> {
        named_source(&String::deserialize(from)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public(scene: &Scene) -> String {
        serde_json::to_string(&PublicScene::of(scene, None)).expect("it serializes")
    }

    #[test]
    fn a_public_scene_states_the_demonstration_key_and_no_other() {
        let mut scene = Scene::of(Source::Demo);
        assert_eq!(serde_json::from_str::<Scene>(&public(&scene)).expect("it reads back"), scene);
        scene.key = "c0ffee".repeat(8).parse().expect("hex");
        assert!(!public(&scene).contains("c0ffee"));
    }

    #[test]
    fn a_content_key_reads_back_and_a_public_scene_states_none() {
        let key = "0123456789abcdef".repeat(2);
        let source = Source::File("film.mp4".into()).with_key(Some(key.parse().expect("16 bytes")));
        let scene = Scene { panels: vec!["own".parse().expect("a panel")], ..Scene::of(source) };
        let text = serde_json::to_string(&scene).expect("it serializes");
        assert!(text.contains(&format!(r#""content_key":"{key}""#)), "{text}");
        let read: Scene = serde_json::from_str(&text).expect("it reads back");
        assert_eq!((&read.source, read.target), (&scene.source, Target::Packets), "own is of packets");
        assert!(!public(&scene).contains(&key[..6]));
        let short = serde_json::from_str::<Scene>(&text.replace(&key, &key[..30])).expect_err("15 bytes");
        assert!(short.to_string().contains("32 hex digits") && !short.to_string().contains(&key[..6]));
        let drawn = text.replace("film.mp4", "canvas");
        assert!(serde_json::from_str::<Scene>(&drawn).expect_err("no file").to_string().contains("file"));
    }

    #[test]
    fn a_public_scene_states_every_field_in_its_order() {
        let drawing: Drawing = "rectangle #0072b2 0,0 9,9\n".parse().expect("a mark");
        let layout =
            Layout::GRAY8.posterized(Posterize::to_bits(3).expect("3 bits")).in_tiles().expect("tiles");
        let panels = vec![Panel::Plain];
        let scene = Scene { layout, panels, ..Scene::of(Source::Canvas(drawing.into())) };
        assert_eq!(serde_json::from_str::<Scene>(&public(&scene)).expect("it reads back"), scene);
        let frames = Some("3-5".parse().expect("frames"));
        let text = serde_json::to_string(&PublicScene::of(&scene, frames)).expect("it serializes");
        let key = KeyMaterial::default().to_hex();
        assert_eq!(
            text,
            format!(r#"{{"source":"canvas","layout":"gray8","posterize":3,"tiles":true,"key":"{key}","#)
                + r#""drawing":"rectangle #0072b2 0,0 9,9\n","panels":["plain"],"memory":1,"frames":"3-5"}"#
        );
    }
}
