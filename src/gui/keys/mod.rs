//! The keyboard: one table to read the keys by, and the same one for the list that explains them.

pub(crate) mod drawing;
mod group;
pub(crate) mod lessons;
pub(crate) mod queue;

use eframe::egui::text_selection::LabelSelectionState;
use eframe::egui::{Context, Event, Key, Modifiers};

pub use group::Group;

use super::model::command::{Command, Line};
use super::model::drawing::Easel;
use super::model::goto::Typed;
use super::model::lessons::Step as Learn;
use super::model::save::{Step, What};
use super::model::viewport::{Look, Sight};
use lessons::Stage;

/// All keys, for the list; those of the easel stand with the easel.
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

/// What is listening to the keyboard besides the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Focus {
    /// Nothing.
    Window,
    /// A button: it takes the keys that work it.
    Widget,
    /// A field that is typed in: it takes all but the shortcuts with Ctrl.
    Text,
}

/// The commands that the keys pressed since the last frame stand for, given what is in sight and where one is in
/// the lessons; and on a canvas, how one draws and whether edges are smooth.
#[must_use]
pub fn commands(ctx: &Context, sight: Sight, stage: Stage, easel: Option<(Easel, bool)>) -> Vec<Command> {
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
        // The system's way to copy is no key.
        let copied = input.events.iter().filter(|event| matches!(event, Event::Copy) && !is_text_copied);
        let copied = copied.map(|_| Command::Save(Step::Copy(What::Sheet)));
        pressed
            .filter(|&(key, modifiers, _)| is_free(key, modifiers, focus, popup))
            .filter_map(|(key, modifiers, repeat)| {
                let drawing =
                    easel.and_then(|(easel, smooth)| drawing::command(key, modifiers, easel, smooth));
                let lesson = lessons::command(key, modifiers, stage);
                let command = lesson.or(drawing).or_else(|| command(key, modifiers, sight));
                command.filter(|command| !repeat || is_repeatable(command))
            })
            .chain(copied)
            .collect()
    })
}

/// True where nothing else listens to the key.
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
        // A field takes its own changes back.
        Focus::Text => (modifiers.command && !matches!(key, Key::Z | Key::Y)) || key == Key::F11,
    }
}

/// True for what may go on while a key is held down.
fn is_repeatable(command: &Command) -> bool {
    matches!(
        command,
        Command::StepForward
            | Command::StepBack
            | Command::SkipSecs(_)
            | Command::Faster
            | Command::Slower
            | Command::Undo
            | Command::Redo
            | Command::Look(_)
    )
}

fn command(key: Key, modifiers: Modifiers, sight: Sight) -> Option<Command> {
    if modifiers.command {
        return match key {
            Key::O => Some(Command::ShowDialog),
            Key::L => Some(Command::TypeSource),
            Key::Q => Some(Command::Quit),
            Key::Z if modifiers.shift => Some(Command::Redo),
            Key::Z => Some(Command::Undo),
            Key::Y => Some(Command::Redo),
            Key::C if modifiers.shift => Some(Command::CopyCommandLine(Line::Figure)),
            Key::E if modifiers.shift => Some(Command::CopyCommandLine(Line::Clip)),
            Key::S if modifiers.shift => Some(Command::Save(Step::Ask(What::Scene))),
            Key::S => Some(Command::Save(Step::Ask(What::Sheet))),
            Key::E => Some(Command::Save(Step::Ask(What::Clip))),
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
        return Some(Command::Look(sight.moved(way.map(|way| way * 0.2))));
    }
    Some(match key {
        Key::Space => Command::TogglePlay,
        Key::ArrowRight if modifiers.shift => Command::SkipSecs(1.0),
        Key::ArrowLeft if modifiers.shift => Command::SkipSecs(-1.0),
        Key::ArrowRight | Key::Period => Command::StepForward,
        Key::ArrowLeft | Key::Comma => Command::StepBack,
        Key::Home => Command::First,
        Key::End => Command::Last,
        Key::J => Command::Backwards,
        Key::K => Command::Hold,
        Key::L => Command::Forwards,
        Key::R => Command::ToggleLoop,
        Key::G => Command::TypePlace(Typed::Frame),
        Key::I => Command::StartRange,
        Key::O => Command::EndRange,
        Key::U => Command::ClearRange,
        Key::Plus | Key::Equals | Key::CloseBracket => Command::Faster,
        Key::Minus | Key::OpenBracket => Command::Slower,
        Key::T => Command::ToggleTheme,
        Key::F | Key::F11 => Command::ToggleFullscreen,
        Key::Questionmark => Command::ToggleHelp,
        // A keyboard that has the question mark on the slash, and a system that names the key by that.
        Key::Slash if modifiers.shift => Command::ToggleHelp,
        Key::Escape => Command::Escape,
        Key::Num1 => Command::ToggleEnlarged(0),
        Key::Num2 => Command::ToggleEnlarged(1),
        Key::Num3 => Command::ToggleEnlarged(2),
        Key::Num4 => Command::ToggleEnlarged(3),
        Key::Num5 => Command::ToggleEnlarged(4),
        Key::Num6 => Command::ToggleEnlarged(5),
        Key::Num7 => Command::ToggleEnlarged(6),
        Key::Num8 => Command::ToggleEnlarged(7),
        Key::Num9 => Command::ToggleEnlarged(8),
        Key::Num0 => Command::ToggleEnlarged(9),
        Key::A => Command::AddPanel,
        Key::B => Command::ToggleInspector,
        Key::E => Command::ToggleTool,
        Key::H => Command::NextFlicker,
        Key::N => Command::Learn(Learn::Toggle),
        Key::M => Command::ToggleGraph,
        Key::V => Command::ToggleStrip,
        Key::P => Command::TogglePresenting,
        Key::C => Command::ToggleCompare,
        Key::D => Command::ToggleDifference,
        Key::Z if modifiers.shift => Command::Look(sight.farther()),
        Key::Z => Command::Look(sight.closer()),
        Key::X if modifiers.shift => Command::Look(sight.times(1.0)),
        Key::X => Command::Look(Look::default()),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_is_typed_in_takes_all_keys_but_the_shortcuts() {
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
    fn a_button_that_has_the_focus_takes_the_keys_that_work_it() {
        assert!(!is_free(Key::Space, Modifiers::NONE, Focus::Widget, false));
        assert!(is_free(Key::T, Modifiers::NONE, Focus::Widget, false));
        assert!(!is_free(Key::Escape, Modifiers::NONE, Focus::Window, true), "a menu closes first");
    }

    #[test]
    fn letters_with_ctrl_are_other_commands_than_without() {
        let command = |key, modifiers| command(key, modifiers, Sight::default());
        assert_eq!(command(Key::L, Modifiers::NONE), Some(Command::Forwards));
        assert_eq!(command(Key::L, Modifiers::COMMAND), Some(Command::TypeSource));
        assert_eq!(command(Key::Z, Modifiers::COMMAND), Some(Command::Undo));
        assert_eq!(command(Key::T, Modifiers::COMMAND), None);
        assert_eq!(command(Key::F, Modifiers::ALT), None);
    }
}
