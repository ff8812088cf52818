//! What leaves the program: figures, tables, and numbers in words.
//!
//! ```text
//! Sheet ──▶ figure: the panels with captions, in one PNG
//!       ──▶ clip:   figures one after the other, in one video
//!       ──▶ matrix: the poster, schemes against lenses
//!       ──▶ table:  a line a frame and panel, or their summary, as text, CSV or JSON
//! ```
//!
//! Exporters write to any `io::Write` and know neither files nor arguments; [`WholeFile`] is one to write to.
//! What they write follows from scene and sheet alone: the same twice, byte for byte. A key leaves only if it is the
//! demonstration key.

mod atomic_file;
pub mod clip;
mod destination;
pub mod figure;
pub mod page;
mod part;
pub mod poster;
pub mod table;
pub mod words;

pub use atomic_file::{Making, WholeFile};
pub use destination::Destination;

use std::num::NonZeroU32;

use serde::Serialize;

use crate::crypto::KeyMaterial;
use crate::media::Source;
use crate::picture::drawing::Drawing;
use crate::picture::layout::Layout;
use crate::scene::{Panel, Scene};

/// A scene as it is told to others: with the demonstration key, which everybody knows, and without any
/// other.
#[derive(Serialize)]
struct PublicScene<'a> {
    source: String,
    #[serde(flatten)]
    layout: Layout,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a KeyMaterial>,
    #[serde(skip_serializing_if = "Option::is_none")]
    drawing: Option<&'a Drawing>,
    panels: &'a [Panel],
    memory: NonZeroU32,
    #[serde(skip_serializing_if = "Option::is_none")]
    frames: Option<String>,
}

impl<'a> PublicScene<'a> {
    fn of(scene: &'a Scene) -> Self {
        let Scene { source, layout, key, panels, memory } = scene;
        let is_demonstration = *key == KeyMaterial::default();
        Self {
            source: source.to_string(),
            layout: *layout,
            key: is_demonstration.then_some(key),
            drawing: if let Source::Canvas(drawing) = source { Some(drawing) } else { None },
            panels,
            memory: *memory,
            frames: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_demonstration_key_leaves() {
        let mut scene = Scene::of(Source::Demo);
        let told = |scene: &Scene| serde_json::to_string(&PublicScene::of(scene)).expect("it serializes");
        assert_eq!(serde_json::from_str::<Scene>(&told(&scene)).expect("it is a scene"), scene);
        scene.key = "c0ffee".repeat(8).parse().expect("hex");
        assert!(!told(&scene).contains("c0ffee"));
        let drawing: Drawing = "rectangle #0072b2 0,0 9,9\n".parse().expect("a mark");
        let scene = Scene::of(Source::Canvas(drawing.into()));
        assert_eq!(serde_json::from_str::<Scene>(&told(&scene)).expect("it is a scene"), scene);
    }
}
