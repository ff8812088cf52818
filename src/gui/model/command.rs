//! The commands of the window: one variant for each room, which has an enum of its own commands.

use super::{
    call_view, drawing, editing, encoding, inspector, lessons, notices, opening, panels, playback, save,
    timeline, window,
};

/// What a user asks for, or what a background task reports.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Open a source or a scene.
    Open(opening::Command),
    /// Change the scene, other than its panels.
    Edit(editing::Command),
    /// Encode the source anew.
    Encoding(encoding::Command),
    /// Change, enlarge or compare panels.
    Panels(panels::Command),
    /// Tamper with a message.
    Tamper(panels::tampering::Command),
    /// Play, step, seek or loop.
    Playback(playback::Command),
    /// Type a frame or a time to go to.
    Goto(playback::goto::Command),
    /// Change what is shown along the timeline.
    Timeline(timeline::Command),
    /// Inspect single blocks.
    Inspect(inspector::Command),
    /// Draw on a canvas.
    Draw(drawing::Command),
    /// Read the lessons.
    Lessons(lessons::Command),
    /// Save or copy.
    Save(save::Command),
    /// Report or dismiss an error or a confirmation.
    Notices(notices::Command),
    /// Show parts of a call.
    Call(call_view::Command),
    /// Change the window itself.
    Window(window::Command),
}

macro_rules! from_room {
    ($($variant:ident($room:path)),* $(,)?) => {$(
        impl From<$room> for Command {
            fn from(command: $room) -> Self {
                Self::$variant(command)
            }
        }
    )*};
}

from_room!(
    Open(opening::Command),
    Edit(editing::Command),
    Encoding(encoding::Command),
    Panels(panels::Command),
    Tamper(panels::tampering::Command),
    Playback(playback::Command),
    Goto(playback::goto::Command),
    Timeline(timeline::Command),
    Inspect(inspector::Command),
    Draw(drawing::Command),
    Lessons(lessons::Command),
    Save(save::Command),
    Notices(notices::Command),
    Call(call_view::Command),
    Window(window::Command),
);
