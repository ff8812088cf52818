//! The window: the only room that names egui and eframe.
//!
//! ```text
//!  session ──Shot n──▶ App::logic ──▶ textures          App::ui ──▶ Vec<Command>
//!  (finish, wake)      keys, files dropped and chosen      │             │
//!                            │                             ▼             ▼
//!                            └──────────▶ State::apply(command) ──▶ Effects: session, dialog, window
//! ```
//!
//! | room | what it is for |
//! |---|---|
//! | [`model`] | what the window is set to; commands and what they change |
//! | [`textures`] | from sheets to pixels ready to upload, on the render thread |
//! | [`panels`] | captions, menus and pictures; comparing, tampering, drawing |
//! | `timeline` | playing, the timeline, and what is known of every frame |
//! | [`inspector`] | one block, its bytes, and how they came about |
//! | `bars` | the bar at the top, side panels, forms, notices and lists |
//! | `call` | the diagram of a call, its packets, observers and designs |
//! | `keys` | the table of keys, and keys that wait for a field |
//! | `background` | files, dialogs and clips, on threads of their own |
//! | `widgets` | the theme, icons and text that several rooms use |
//! | `app` | wiring: news in, drawing, commands out |
//!
//! The window computes nothing and waits for nothing: it sends commands, draws the last frame that the render thread
//! prepared, and asks to be repainted when the next one is due. `State::apply` is pure. A source is tried before it is
//! shown; the window closes once all files that are being saved are whole.

mod app;
mod background;
mod bars;
mod call;
pub mod frame_stats;
pub mod inspector;
mod keys;
mod launch;
pub mod model;
pub mod panels;
mod settings;
pub mod textures;
mod timeline;
mod widgets;
mod wording;

use std::path::PathBuf;
use std::sync::Arc;

pub use app::App;

use crate::media;
use crate::render::{MediaOpener, Opener};
use crate::runtime::pool::Pool;
use crate::runtime::threads::{self, Priority};
use crate::scene::Scene;
use crate::units::{FrameIndex, FrameList};
use launch::Launch;

/// How the app starts.
#[derive(Clone, Debug)]
pub struct Options {
    /// What it shows first.
    pub scene: Scene,
    /// The frame at which it pauses; where `None`, it plays from the first.
    pub frame: Option<FrameIndex>,
    /// The frames that it loops over; where `None`, all.
    pub frames: Option<FrameList>,
    /// The file on the command line, a source or a scene: once it is shown, it is listed in the menu "Recent".
    pub file: Option<PathBuf>,
    /// Report the renderer on standard error, and at the end how long frames took.
    pub verbose: bool,
}

/// Why no window was opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GuiError {
    /// No renderer could open one.
    #[error(
        "no window can be opened ({0}); on a machine without a display, try: afterimage figure demo -o demo.png"
    )]
    NoWindow(String),
}

/// Opens the window and returns when it is closed.
///
/// # Errors
/// [`GuiError::NoWindow`] where neither the GPU, OpenGL nor a software rasterizer works.
pub fn run(options: Options) -> Result<(), GuiError> {
    media::give_back_large_blocks();
    // The threads of rayon get a lower priority than the window's thread. This fails where rayon's pool exists
    // already: then the pool stays as it is.
    let _ = rayon::ThreadPoolBuilder::new()
        .thread_name(|at| format!("share {at}"))
        .start_handler(|_| threads::lower_priority(Priority::Display))
        .build_global();
    let opener = MediaOpener::default();
    let pool = opener.pool.clone();
    run_with(options, Arc::new(opener), pool)
}

/// Opens the window as [`run`] does, with another `opener`: for tests.
///
/// # Errors
/// Those of [`run`].
pub fn run_with(options: Options, opener: Arc<dyn Opener>, pool: Pool) -> Result<(), GuiError> {
    Launch { options, opener, pool }.run()
}
