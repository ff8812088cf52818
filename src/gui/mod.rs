//! The window.

use crate::scene::Scene;

/// How the app starts.
#[derive(Clone, Debug)]
pub struct Options {
    /// What it shows first.
    pub scene: Scene,
    /// Say on standard error which renderer was taken.
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
    let _ = options;
    Err(GuiError::NoWindow("not built yet".into()))
}
