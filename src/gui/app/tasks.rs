//! Work outside the window's thread: dialogs, files, clips, and closing the window once they are done.

use crate::gui::background::Background;
use crate::gui::background::dialog::Dialog;
use crate::gui::background::encode::Encoder;
use crate::gui::background::save_clip::ClipSaver;
use crate::gui::model::save::{Target, What};
use crate::render::FrameSnapshot;

use super::calls::CallWork;
use super::closing::{Closing, Done};

/// The tasks that are running, and what they wait for.
#[derive(Default)]
pub struct Tasks {
    pub dialog: Dialog,
    pub background: Background,
    pub clip: ClipSaver,
    pub encoder: Encoder,
    /// The frame that was shown when a picture was asked for.
    pub kept_frame: Option<FrameSnapshot>,
    /// A picture that waits for a frame to be shown.
    pub waiting_figure: Option<(What, Target)>,
    pub closing: Closing,
    pub calls: CallWork,
}

impl Tasks {
    /// How far what is being saved is.
    #[must_use]
    pub fn saving(&self) -> Done {
        Done::of(self.background.saving().chain(self.clip.path()), self.clip.progress())
    }
}
