//! What a picture's file says of itself: how to make it again, and where its panels stand.

use serde::Serialize;

use crate::picture::{Frame, Shape};
use crate::scene::{Panel, PublicScene, Scene};

/// Where a panel stands in the picture, in its pixels.
#[derive(Serialize)]
pub struct Place {
    panel: Panel,
    x: u32,
    y: u32,
    width: u32,
    height: u32,
    /// How many pixels of the picture each pixel of the frame has, along a side.
    #[serde(skip_serializing_if = "Option::is_none")]
    enlarged: Option<u32>,
}

impl Place {
    /// A panel whose upper left corner stands at a column and a row.
    pub const fn new(panel: Panel, (x, y): (u32, u32), Shape { width, height }: Shape) -> Self {
        Self { panel, x, y, width, height, enlarged: None }
    }

    /// The same, with the factor by which its pixels are enlarged.
    pub const fn enlarged(self, factor: u32) -> Self {
        Self { enlarged: Some(factor), ..self }
    }
}

/// What a picture shows.
pub struct Origin<'a> {
    pub title: String,
    /// Lines that describe it.
    pub description: Vec<String>,
    /// The command that makes it again.
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
