//! The texts in a picture's file: its scene, its panels, and the command that makes it again.

use serde::Serialize;

use crate::picture::{Frame, Shape};
use crate::scene::{Panel, PublicScene, Scene};

/// The place of a panel in the picture, in pixels.
#[derive(Serialize)]
pub struct Place {
    panel: Panel,
    x: u32,
    y: u32,
    width: u32,
    height: u32,
    /// Pixels of the picture along each side of a pixel of the frame.
    #[serde(skip_serializing_if = "Option::is_none")]
    enlarged: Option<u32>,
}

impl Place {
    /// The place of a panel, by its upper left corner and its size.
    pub const fn new(panel: Panel, (x, y): (u32, u32), Shape { width, height }: Shape) -> Self {
        Self { panel, x, y, width, height, enlarged: None }
    }

    /// Adds the factor by which pixels are enlarged.
    pub const fn enlarged(self, factor: u32) -> Self {
        Self { enlarged: Some(factor), ..self }
    }
}

/// The data from which a picture was made.
pub struct Origin<'a> {
    pub title: String,
    /// Lines that describe the picture.
    pub description: Vec<String>,
    /// The command that makes the picture again.
    pub command_line: String,
    pub scene: &'a Scene,
    pub frame: &'a Frame,
    pub places: Vec<Place>,
}

impl Origin<'_> {
    /// Keywords and texts for the file.
    pub fn texts(self) -> Vec<(&'static str, String)> {
        let afterimage = serde_json::json!({
            "schema": 1,
            "scene": PublicScene::of(self.scene, None),
            "frame": self.frame.index,
            "time_secs": self.frame.time_secs,
            "panels": self.places,
        });
        vec![
            ("Title", self.title),
            ("Description", self.description.join("\n")),
            ("Software", concat!("Afterimage ", env!("CARGO_PKG_VERSION")).into()),
            ("Comment", self.command_line),
            ("Afterimage", afterimage.to_string()),
        ]
    }
}
