//! Saves or copies a figure: the panels on screen at full resolution with their captions. It shows the frame that was
//! on screen when the user asked, and is drawn on a thread of its own.

use std::path::PathBuf;
use std::sync::Arc;

use eframe::egui::ColorImage;

use super::Answer;
use super::write_file::{obstacle, unwritable, with_causes, write};
use crate::export::figure::Figure;
use crate::export::page::{FigureError, Theme};
use crate::gui::model::command::Command;
use crate::gui::model::{notices, save};
use crate::picture::Shape;
use crate::render::{FrameSnapshot, Opener};
use crate::runtime::pool::Pool;
use crate::scene::Scene;

/// The largest picture that is put on the clipboard, in pixels: the panels of a larger one are scaled down.
const LARGEST_COPY: Shape = Shape::new(2600, 2600);

/// A figure to be drawn.
#[derive(Clone)]
pub struct Order {
    /// The frame and its scene.
    pub held: FrameSnapshot,
    /// The only panel in it, by its place in the scene; all panels where `None`.
    pub panel: Option<usize>,
    /// Dark or light.
    pub theme: Theme,
    /// Opens the source, where panels need other frames.
    pub opener: Arc<dyn Opener>,
    /// The pool of buffers.
    pub pool: Pool,
}

impl Order {
    /// Draws the figure and writes it to a file.
    #[must_use]
    pub fn save(&self, path: PathBuf, replace: bool) -> save::Command {
        if let Some(step) = obstacle(&path, replace) {
            return step;
        }
        let written =
            self.png().and_then(|png| write(&path, &png).map_err(|error| unwritable(&path, &error)));
        match written {
            Ok(()) => save::Command::Done(path),
            Err(why) => save::Command::Failed(why),
        }
    }

    /// Draws the figure for the clipboard.
    #[must_use]
    pub fn copy(&self) -> Answer {
        let copied = self.with_figure(|figure| {
            let picture = figure.picture_within(LARGEST_COPY)?;
            let size = [picture.shape.columns(), picture.shape.rows()];
            // Every pixel is opaque.
            Ok(ColorImage::from_rgba_premultiplied(size, picture.pixels().as_flattened()))
        });
        copied.map_or_else(
            |why| Answer::Command(Command::Notices(notices::Command::Report(why))),
            Answer::Picture,
        )
    }

    /// The figure as PNG.
    fn png(&self) -> Result<Vec<u8>, String> {
        self.with_figure(|figure| {
            let mut png = Vec::new();
            figure.write_png(&mut png)?;
            Ok(png)
        })
    }

    /// Draws the figure and passes it to `make`.
    fn with_figure<T>(&self, make: impl FnOnce(&Figure<'_>) -> Result<T, FigureError>) -> Result<T, String> {
        let Self { held, panel, theme, opener, pool } = self;
        let mut sheet = held.sheet(&**opener, pool).map_err(|error| error.to_string())?;
        let mut scene: Scene = held.scene().clone();
        if let Some(at) = panel.filter(|&at| at < sheet.panels.len()) {
            scene.panels = vec![scene.panels[at]];
            sheet.panels = vec![sheet.panels.swap_remove(at)];
        }
        let figure = Figure { scene: &scene, sheet: &sheet, info: held.info(), theme: *theme };
        make(&figure).map_err(|error| with_causes(&error))
    }
}
