//! The window.
//!
//! ```text
//!  session ──Shot n──▶ App::logic ──▶ textures          App::ui ──▶ Vec<Command>
//!  (finish, wake)      keys, files dropped and chosen      │             │
//!                            │                             ▼             ▼
//!                            └──────────▶ State::apply(command) ──▶ Effects: session, dialog, window
//! ```
//!
//! The window does no work: it sends commands, draws the last shot, and asks to be repainted when the next
//! one is due. Pictures come ready to upload from the render thread ([`film`]), cut to the part in sight
//! ([`look`]), with the block that is looked at ([`inspect`], [`flow`]), or the difference of two
//! ([`amplify`]). Which block that is, a pointer or the keys say ([`pointing`], `walk`). In panels of what is
//! received, the pointer tampers ([`tamper`]); on a canvas, it draws ([`easel`]). Pictures and clips to take
//! away are made on threads of their own ([`saving`], `darkroom`, `reel`, `background`), of the frame that was on
//! screen when they were asked for, and the window closes when they are whole (`closing`). So is what stands along the
//! timeline: numbers of every frame ([`survey`], `graph`), where a block occurs ([`twins`], `tracks`), small
//! pictures (`thumbs`, [`strip`]). What is laid out anew costs the most of all that is drawn, so numbers that
//! run are put together from digits (`digits`). What is asked for is tried before it is shown (`opening`), and keys that
//! come faster than the window draws wait for the field that they are meant for (`keyboard`). What is set lives in one [`State`](state::State), whose
//! `apply` is pure (how one moves in the video: `playback`); changes of the scene can be taken back (`edits`, `history`). Only this room names eframe.

mod about;
pub mod amplify;
mod app;
mod background;
mod banner;
mod browser;
mod caption;
mod caption_ui;
pub mod cells;
mod closing;
mod command;
mod command_line;
pub mod course;
mod darkroom;
mod diagram;
mod dialog;
mod digits;
mod drafts;
pub mod easel;
mod easel_keys;
mod easel_ui;
mod edits;
pub mod film;
pub mod flow;
mod graph;
mod grid;
mod help;
mod history;
mod icons;
pub mod inspect;
mod inspector;
mod keyboard;
mod keys;
mod launch;
mod lesson_keys;
mod lesson_ui;
pub mod lessons;
mod letterbox;
pub mod look;
mod loop_frames;
mod menus;
mod naming;
mod opening;
mod options;
mod overview;
pub mod pace;
mod panels;
mod picture;
pub mod place;
mod playback;
pub mod pointing;
mod presets;
mod rail;
mod reel;
mod row;
mod save_form;
pub mod saving;
mod screen;
mod settings;
pub mod shelf;
mod side;
mod source_ui;
pub mod state;
pub mod strip;
pub mod survey;
pub mod tamper;
mod theme;
mod thumbs;
mod timeline;
mod top_bar;
mod tracks;
mod transport;
pub mod twins;
mod view;
mod walk;
mod window_menu;
mod wipe;

use std::path::PathBuf;
use std::sync::Arc;

pub use app::App;
use launch::Launch;

use crate::media;
use crate::render::{MediaOpener, Opener};
use crate::runtime::pool::Pool;
use crate::runtime::threads::{self, Rank};
use crate::scene::Scene;
use crate::units::{FrameIndex, FrameList};

/// How the app starts.
#[derive(Clone, Debug)]
pub struct Options {
    /// What it shows first.
    pub scene: Scene,
    /// The frame that it holds; without, it plays from the first.
    pub frame: Option<FrameIndex>,
    /// The frames that it loops; without, all.
    pub frames: Option<FrameList>,
    /// The file that was named, a source or a scene: once it is shown, it is among those opened before.
    pub file: Option<PathBuf>,
    /// Say on standard error which renderer was taken, and at the end how long frames took.
    pub verbose: bool,
}

/// Why there is no window.
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
/// [`GuiError::NoWindow`] where neither the GPU, OpenGL nor a software rasterizer gives one.
pub fn run(options: Options) -> Result<(), GuiError> {
    media::give_back_large_blocks();
    // What all threads share out among themselves steps back as well. Somebody may have worked with it already:
    // then it stays as it is.
    let _ = rayon::ThreadPoolBuilder::new()
        .thread_name(|at| format!("share {at}"))
        .start_handler(|_| threads::step_back(Rank::Show))
        .build_global();
    let opener = MediaOpener::default();
    let pool = opener.pool.clone();
    run_with(options, Arc::new(opener), pool)
}

/// Opens the window on sources of another kind: as [`run`], with `opener` to open them.
///
/// # Errors
/// Those of [`run`].
pub fn run_with(options: Options, opener: Arc<dyn Opener>, pool: Pool) -> Result<(), GuiError> {
    Launch { options, opener, pool }.run()
}
