//! Pictures to take away: the sheet on screen at full resolution with its captions, made on a thread of its
//! own, for a file or for the clipboard.
//!
//! ```text
//! window ──Order──▶ darkroom thread ◀──Sheet── render thread, asked through Wanted
//!        ◀──Print──┘ figure, PNG
//! ```

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, TryRecvError, channel, sync_channel};
use std::time::Duration;

use eframe::egui::ColorImage;

use super::film::{SheetOrder, Wanted};
use crate::export::WholeFile;
use crate::export::figure::{Figure, Ground};
use crate::media::SourceInfo;
use crate::pipeline::Sheet;
use crate::scene::Scene;
use crate::threads::{self, Rank};

/// How long a sheet may take: a frame of 8K under a dozen schemes.
const PATIENCE: Duration = Duration::from_mins(1);

/// The widest picture that is put on the clipboard, in pixels; wider ones are halved until they are not.
const WIDEST_COPY: u32 = 2600;

/// Where a picture goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A file; one that is there already is only replaced where that was asked for.
    File {
        /// Its name.
        path: PathBuf,
        /// What is there may go.
        replace: bool,
    },
    /// The clipboard.
    Clipboard,
}

/// A picture to be made.
#[derive(Clone, Debug)]
pub struct Order {
    /// What is shown.
    pub scene: Scene,
    /// The only panel in it, by its place; all of them where there is none.
    pub panel: Option<usize>,
    /// What is known of the source.
    pub info: SourceInfo,
    /// What the panels stand on.
    pub ground: Ground,
    /// Where it goes.
    pub target: Target,
}

/// What became of an order.
#[derive(Debug)]
pub enum Print {
    /// It stands in this file.
    Saved(PathBuf),
    /// It is to be put on the clipboard.
    Picture(ColorImage),
    /// There is such a file already.
    Exists,
    /// It cannot be had, in words.
    Failed(String),
}

/// Makes one picture at a time.
#[derive(Debug, Default)]
pub struct Darkroom {
    working: Option<Receiver<Print>>,
}

impl Darkroom {
    /// Starts on an order; `wake` is called when it is done. The render thread has to be asked for the sheet
    /// then. Returns what to say where nothing can be started.
    pub fn start(
        &mut self,
        order: Order,
        wanted: &Wanted,
        wake: impl Fn() + Send + 'static,
    ) -> Result<(), String> {
        if self.working.is_some() {
            return Err("a picture is being made already; wait until it is there".into());
        }
        let (to_us, sheets) = sync_channel(1);
        wanted.order(SheetOrder { panels: order.scene.panels.clone(), to: to_us });
        let (done, working) = channel();
        let work = move || {
            let print = match sheets.recv_timeout(PATIENCE) {
                Ok(sheet) => order.make(sheet),
                Err(_) => {
                    Print::Failed("there is no picture to take; open a video or a picture first".into())
                }
            };
            // A window that is gone needs no answer.
            let _ = done.send(print);
            wake();
        };
        let started = threads::start("darkroom", Rank::Show, work);
        started.map_err(|error| format!("no picture can be made ({error})"))?;
        self.working = Some(working);
        Ok(())
    }

    /// What became of the order, if that is news.
    pub fn print(&mut self) -> Option<Print> {
        let print = match self.working.as_ref()?.try_recv() {
            Err(TryRecvError::Empty) => return None,
            Ok(print) => print,
            Err(TryRecvError::Disconnected) => Print::Failed("the picture could not be made".into()),
        };
        self.working = None;
        Some(print)
    }
}

impl Order {
    fn make(mut self, mut sheet: Sheet) -> Print {
        if let Some(at) = self.panel
            && at < sheet.panels.len()
        {
            self.scene.panels = vec![self.scene.panels[at]];
            sheet.panels = vec![sheet.panels.swap_remove(at)];
        }
        let Self { scene, info, ground, target, .. } = self;
        if let Target::File { path, replace: false } = &target
            && path.exists()
        {
            return Print::Exists;
        }
        let mut png = Vec::new();
        let figure = Figure { scene: &scene, sheet: &sheet, info: &info, ground };
        if let Err(error) = figure.write_png(&mut png) {
            return Print::Failed(error.to_string());
        }
        match target {
            Target::File { path, .. } => match write(&path, &png) {
                Ok(()) => Print::Saved(path),
                Err(error) => Print::Failed(unwritable(&path, &error)),
            },
            Target::Clipboard => match copy(&png) {
                Ok(picture) => Print::Picture(picture),
                Err(error) => Print::Failed(format!("the picture cannot be copied ({error})")),
            },
        }
    }
}

/// Writes a file whole, or not at all.
///
/// # Errors
/// What the system says.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = WholeFile::create(path)?;
    file.write_all(bytes)?;
    file.finish()
}

/// Why a file cannot be written, and what to do.
#[must_use]
pub fn unwritable(path: &Path, error: &io::Error) -> String {
    let path = path.display();
    format!(
        "cannot write here ({error}); name a file in a folder that exists and that you may write to: {path}"
    )
}

/// The picture as the clipboard takes it.
fn copy(png: &[u8]) -> image::ImageResult<ColorImage> {
    let mut picture = image::load_from_memory(png)?.into_rgba8();
    while picture.width() > WIDEST_COPY {
        let (width, height) = (picture.width().div_ceil(2), picture.height().div_ceil(2));
        picture = image::imageops::thumbnail(&picture, width, height);
    }
    let size = [picture.width() as usize, picture.height() as usize];
    Ok(ColorImage::from_rgba_unmultiplied(size, picture.as_raw()))
}
