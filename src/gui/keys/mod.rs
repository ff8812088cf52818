//! The keyboard: the commands of keys, and the list that explains them.

pub(crate) mod drawing_keys;
mod group;
pub(crate) mod lesson_keys;
pub(crate) mod queue;

use eframe::egui::text_selection::LabelSelectionState;
use eframe::egui::{Context, Event, Key, Modifiers};

pub use group::Group;

use super::model::command::Command;
use super::model::drawing::DrawingTools;
use super::model::lessons::Step;
use super::model::panels::viewport::{ViewPos, Viewport};
use super::model::playback::goto::Typed;
use super::model::save::{Line, What};
use crate::gui::model::{
    call_view, editing, inspector, lessons, opening, panels, panels::tampering, playback, playback::goto,
    save, timeline, window,
};
use lesson_keys::Stage;

/// All keys for the list, except those of drawing, which are in [`drawing_keys`].
pub static GROUPS: [Group; 6] = [
    Group {
        title: "Playing",
        keys: &[
            (&["Space"], "Play, pause"),
            (&["J", "L"], "Play backwards, forwards, faster"),
            (&["K"], "Pause"),
            (&["→", "."], "One frame forwards"),
            (&["←", ","], "One frame back"),
            (&["Shift →"], "One second forwards"),
            (&["Shift ←"], "One second back"),
            (&["Home"], "First frame"),
            (&["End"], "Last frame"),
            (&["G"], "Go to a frame or a time"),
            (&["R"], "Loop"),
            (&["I", "O"], "Loop from here, to here"),
            (&["U"], "Loop over everything"),
            (&["+", "]"], "Faster"),
            (&["-", "["], "Slower"),
        ],
    },
    Group {
        title: "Window",
        keys: &[
            (&["M"], "Numbers along the timeline"),
            (&["V"], "Pictures along the timeline"),
            (&["P"], "Presentation view, and back"),
            (&["H"], "Slow noise down, hold it"),
            (&["W"], "The diagram of a call"),
            (&["Ctrl +", "Ctrl -"], "Larger, smaller text"),
            (&["T"], "Dark, light"),
            (&["F", "F11"], "Full screen"),
            (&["?"], "This list"),
            (&["Ctrl Q"], "Quit"),
        ],
    },
    Group {
        title: "Lessons",
        keys: &[
            (&["N"], "Open, close"),
            (&["Page Down", "Enter"], "Next step"),
            (&["Page Up"], "Back"),
            (&["F5"], "Present on the full screen"),
        ],
    },
    Group {
        title: "Opening",
        keys: &[(&["Ctrl O"], "Choose a file"), (&["Ctrl L"], "Type a path, demo or pattern:NAME")],
    },
    Group {
        title: "Panels",
        keys: &[
            (&["1", "–", "9", "0"], "Enlarge a panel, and back"),
            (&["A"], "Add a panel"),
            (&["C"], "Compare two panels"),
            (&["D"], "Difference of two panels"),
            (&["Ctrl C"], "Copy the panels as a picture"),
            (&["Ctrl Shift C"], "Copy the command line"),
            (&["Ctrl Shift E"], "The same, for what is looped"),
            (&["Ctrl S"], "Save the panels as a picture"),
            (&["Ctrl E"], "Save what is looped as a video"),
            (&["Ctrl Shift S"], "Save the scene"),
            (&["Ctrl Z"], "Undo"),
            (&["Ctrl Shift Z"], "Redo"),
            (&["Esc"], "Back, close"),
        ],
    },
    Group {
        title: "Looking closer",
        keys: &[
            (&["Wheel"], "Zoom in or out at the pointer"),
            (&["Z"], "Zoom in, in whole multiples"),
            (&["Shift Z"], "Zoom out"),
            (&["X"], "Fit"),
            (&["Shift X"], "100 %"),
            (&["Drag", "Alt →"], "Move the picture"),
            (&["B"], "The block under the pointer"),
            (&["Click", "Enter"], "Pin the block, unpin it"),
            (&["Tab", "→"], "To a picture, from block to block"),
            (&["E"], "Tamper with what is received"),
        ],
    },
];

/// What has the keyboard focus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Focus {
    /// Nothing.
    Window,
    /// A button: it takes the keys that press it.
    Widget,
    /// A text field: it takes all keys but the shortcuts with Ctrl.
    Text,
}

/// The commands of the keys pressed since the last frame. They depend on the viewport, on the lessons, and on a
/// canvas on the tools and on whether edges are smooth.
#[must_use]
pub fn commands(
    ctx: &Context,
    viewport: Viewport,
    stage: Stage,
    tools: Option<(DrawingTools, bool)>,
) -> Vec<Command> {
    let focus = if ctx.text_edit_focused() {
        Focus::Text
    } else if ctx.egui_wants_keyboard_input() {
        Focus::Widget
    } else {
        Focus::Window
    };
    let popup = ctx.any_popup_open();
    let is_text_copied = focus == Focus::Text || ctx.plugin::<LabelSelectionState>().lock().has_selection();
    ctx.input(|input| {
        let pressed = input.events.iter().filter_map(|event| match *event {
            Event::Key { key, pressed: true, repeat, modifiers, .. } => Some((key, modifiers, repeat)),
            _ => None,
        });
        // egui reports Ctrl+C as an event of its own, not as a key.
        let copied = input.events.iter().filter(|event| matches!(event, Event::Copy) && !is_text_copied);
        let copied = copied.map(|_| Command::Save(save::Command::Copy(What::Sheet)));
        pressed
            .filter(|&(key, modifiers, _)| is_free(key, modifiers, focus, popup))
            .filter_map(|(key, modifiers, repeat)| {
                let drawing =
                    tools.and_then(|(tools, smooth)| drawing_keys::command(key, modifiers, tools, smooth));
                let lesson = lesson_keys::command(key, modifiers, stage);
                let command = lesson.or(drawing).or_else(|| command(key, modifiers, viewport));
                command.filter(|command| !repeat || is_repeatable(command))
            })
            .chain(copied)
            .collect()
    })
}

/// True where the window takes the key.
fn is_free(key: Key, modifiers: Modifiers, focus: Focus, popup: bool) -> bool {
    if key == Key::Escape && popup {
        return false;
    }
    match focus {
        Focus::Window => true,
        Focus::Widget => {
            let works_a_widget = [
                Key::Space,
                Key::Enter,
                Key::ArrowLeft,
                Key::ArrowRight,
                Key::ArrowUp,
                Key::ArrowDown,
                Key::Escape,
            ];
            !works_a_widget.contains(&key)
        }
        // A text field has its own undo.
        Focus::Text => (modifiers.command && !matches!(key, Key::Z | Key::Y)) || key == Key::F11,
    }
}

/// True for commands that repeat while a key is held down.
fn is_repeatable(command: &Command) -> bool {
    use crate::gui::model::playback::Command::{Faster, SkipSecs, Slower, StepBack, StepForward};
    matches!(
        command,
        Command::Playback(StepForward | StepBack | SkipSecs(_) | Faster | Slower)
            | Command::Edit(editing::Command::Undo | editing::Command::Redo)
            | Command::Panels(panels::Command::SetView(_))
    )
}

fn command(key: Key, modifiers: Modifiers, viewport: Viewport) -> Option<Command> {
    if modifiers.command {
        return match key {
            Key::O => Some(Command::Open(opening::Command::ShowDialog)),
            Key::L => Some(Command::Open(opening::Command::FocusField)),
            Key::Q => Some(Command::Window(window::Command::Quit)),
            Key::Z if modifiers.shift => Some(Command::Edit(editing::Command::Redo)),
            Key::Z => Some(Command::Edit(editing::Command::Undo)),
            Key::Y => Some(Command::Edit(editing::Command::Redo)),
            Key::C if modifiers.shift => Some(Command::Save(save::Command::CopyCommandLine(Line::Figure))),
            Key::E if modifiers.shift => Some(Command::Save(save::Command::CopyCommandLine(Line::Clip))),
            Key::S if modifiers.shift => Some(Command::Save(save::Command::Open(What::Scene))),
            Key::S => Some(Command::Save(save::Command::Open(What::Sheet))),
            Key::E => Some(Command::Save(save::Command::Open(What::Clip))),
            _ => None,
        };
    }
    if modifiers.alt {
        let way = match key {
            Key::ArrowLeft => [-1.0, 0.0],
            Key::ArrowRight => [1.0, 0.0],
            Key::ArrowUp => [0.0, -1.0],
            Key::ArrowDown => [0.0, 1.0],
            _ => return None,
        };
        return Some(Command::Panels(panels::Command::SetView(viewport.moved(way.map(|way| way * 0.2)))));
    }
    Some(match key {
        Key::Space => Command::Playback(playback::Command::Toggle),
        Key::ArrowRight if modifiers.shift => Command::Playback(playback::Command::SkipSecs(1.0)),
        Key::ArrowLeft if modifiers.shift => Command::Playback(playback::Command::SkipSecs(-1.0)),
        Key::ArrowRight | Key::Period => Command::Playback(playback::Command::StepForward),
        Key::ArrowLeft | Key::Comma => Command::Playback(playback::Command::StepBack),
        Key::Home => Command::Playback(playback::Command::First),
        Key::End => Command::Playback(playback::Command::Last),
        Key::J => Command::Playback(playback::Command::Backwards),
        Key::K => Command::Playback(playback::Command::Pause),
        Key::L => Command::Playback(playback::Command::Forwards),
        Key::R => Command::Playback(playback::Command::ToggleLoop),
        Key::G => Command::Goto(goto::Command::Open(Typed::Frame)),
        Key::I => Command::Playback(playback::Command::StartRange),
        Key::O => Command::Playback(playback::Command::EndRange),
        Key::U => Command::Playback(playback::Command::ClearRange),
        Key::Plus | Key::Equals | Key::CloseBracket => Command::Playback(playback::Command::Faster),
        Key::Minus | Key::OpenBracket => Command::Playback(playback::Command::Slower),
        Key::T => Command::Window(window::Command::ToggleTheme),
        Key::F | Key::F11 => Command::Window(window::Command::ToggleFullscreen),
        Key::Questionmark => Command::Window(window::Command::ToggleHelp),
        // On some keyboards the question mark is Shift with the slash, and the system reports the slash.
        Key::Slash if modifiers.shift => Command::Window(window::Command::ToggleHelp),
        Key::Escape => Command::Window(window::Command::Escape),
        Key::Num1 => Command::Panels(panels::Command::ToggleEnlarged(0)),
        Key::Num2 => Command::Panels(panels::Command::ToggleEnlarged(1)),
        Key::Num3 => Command::Panels(panels::Command::ToggleEnlarged(2)),
        Key::Num4 => Command::Panels(panels::Command::ToggleEnlarged(3)),
        Key::Num5 => Command::Panels(panels::Command::ToggleEnlarged(4)),
        Key::Num6 => Command::Panels(panels::Command::ToggleEnlarged(5)),
        Key::Num7 => Command::Panels(panels::Command::ToggleEnlarged(6)),
        Key::Num8 => Command::Panels(panels::Command::ToggleEnlarged(7)),
        Key::Num9 => Command::Panels(panels::Command::ToggleEnlarged(8)),
        Key::Num0 => Command::Panels(panels::Command::ToggleEnlarged(9)),
        Key::A => Command::Panels(panels::Command::Add),
        Key::B => Command::Inspect(inspector::Command::Toggle),
        Key::E => Command::Tamper(tampering::Command::ToggleTool),
        Key::H => Command::Window(window::Command::NextFlicker),
        Key::N => Command::Lessons(lessons::Command::Step(Step::Toggle)),
        Key::M => Command::Timeline(timeline::Command::ToggleGraph),
        Key::V => Command::Timeline(timeline::Command::ToggleStrip),
        Key::P => Command::Window(window::Command::TogglePresenting),
        Key::W => Command::Call(call_view::Command::Toggle),
        Key::C => Command::Panels(panels::Command::ToggleCompare),
        Key::D => Command::Panels(panels::Command::ToggleDifference),
        Key::Z if modifiers.shift => Command::Panels(panels::Command::SetView(viewport.farther())),
        Key::Z => Command::Panels(panels::Command::SetView(viewport.closer())),
        Key::X if modifiers.shift => Command::Panels(panels::Command::SetView(viewport.times(1.0))),
        Key::X => Command::Panels(panels::Command::SetView(ViewPos::default())),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_field_takes_all_keys_but_the_shortcuts() {
        for (key, modifiers, free) in [
            (Key::Space, Modifiers::NONE, false),
            (Key::L, Modifiers::NONE, false),
            (Key::L, Modifiers::COMMAND, true),
            (Key::F11, Modifiers::NONE, true),
        ] {
            assert_eq!(is_free(key, modifiers, Focus::Text, false), free, "{key:?}");
        }
    }

    #[test]
    fn a_focused_button_takes_the_keys_that_press_it() {
        assert!(!is_free(Key::Space, Modifiers::NONE, Focus::Widget, false));
        assert!(is_free(Key::T, Modifiers::NONE, Focus::Widget, false));
        assert!(!is_free(Key::Escape, Modifiers::NONE, Focus::Window, true), "a menu closes first");
    }

    #[test]
    fn letters_with_ctrl_have_other_commands() {
        let command = |key, modifiers| command(key, modifiers, Viewport::default());
        assert_eq!(command(Key::L, Modifiers::NONE), Some(Command::Playback(playback::Command::Forwards)));
        assert_eq!(command(Key::L, Modifiers::COMMAND), Some(Command::Open(opening::Command::FocusField)));
        assert_eq!(command(Key::Z, Modifiers::COMMAND), Some(Command::Edit(editing::Command::Undo)));
        assert_eq!(command(Key::T, Modifiers::COMMAND), None);
        assert_eq!(command(Key::F, Modifiers::ALT), None);
    }
}
