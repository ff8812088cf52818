//! The side panel of the lessons.

use eframe::egui::{Button, FontId, Key, Label, RichText, ScrollArea, TextEdit, Ui, vec2};

use super::icons::{Icon, icon_button_ui};
use super::lessons::{self, Lesson, Step, lessons};
use super::row::{End, row_ui};
use super::saving;
use super::state::{Command, State};
use super::{menus, theme};

/// Width of the panel.
pub const WIDTH: f32 = 330.0;

/// Draws the list of lessons, or the one that is read.
pub fn lesson_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let course = state.view.course;
    let lesson = course.lesson.and_then(|number| Some((number, state.lesson(number)?)));
    row_ui(ui, "lessons", 30.0, |ui, end| match end {
        End::Left => {
            let title =
                lesson.map_or_else(|| "Lessons".into(), |(number, _)| format!("Lesson {}", number + 1));
            ui.label(RichText::new(title).font(FontId::new(18.0, theme::semibold())));
        }
        End::Right => {
            if lesson.is_some() && ui.button("All lessons").clicked() {
                commands.push(Command::Learn(Step::List));
            }
            if icon_button_ui(ui, Icon::Close, "Close the lessons (N)", false).clicked() {
                commands.push(Command::Learn(Step::Toggle));
            }
        }
    });
    ui.add_space(4.0);
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| match lesson {
        Some((number, lesson)) => {
            let has_next = state.lesson(number + 1).is_some();
            read_ui(ui, number, lesson, [course.answered, has_next], commands);
        }
        None => list_ui(ui, state, commands),
    });
}

fn list_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let own = lessons().len();
    for (number, lesson) in lessons().iter().chain(&state.shelf.lessons).enumerate() {
        if number == own {
            heading_ui(ui, "Your own");
        }
        let title = format!("{}. {}", number + 1, lesson.title);
        if menus::entry_ui(ui, &title).clicked() {
            commands.push(Command::Learn(Step::Open(number)));
        }
    }
    folder_ui(ui, state, commands);
}

fn heading_ui(ui: &mut Ui, text: &str) {
    ui.add_space(10.0);
    ui.label(RichText::new(text).font(FontId::new(13.0, theme::semibold())).color(theme::palette(ui).accent));
}

/// Where a teacher's own lessons are.
fn folder_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let palette = theme::palette(ui);
    heading_ui(ui, "A folder of your own lessons");
    let mut typed = state.drafts.lessons.clone();
    let field = TextEdit::singleline(&mut typed).margin(vec2(8.0, 5.0)).desired_width(f32::INFINITY);
    let field = ui.add(field.hint_text("Path of a folder")).accessible_name("Folder of lessons");
    if field.changed() {
        commands.push(Command::TypeLessons(typed.clone()));
    }
    let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    ui.horizontal(|ui| {
        let word = if state.shelf.folder.is_some() { "Read it again" } else { "Open folder" };
        if ui.add_enabled(!typed.trim().is_empty(), Button::new(word)).clicked() || entered {
            commands.push(Command::OpenLessons(typed));
        }
        if ui.button("Choose…").clicked() {
            commands.push(Command::ChooseLessons);
        }
    });
    for problem in &state.shelf.problems {
        ui.add(Label::new(RichText::new(problem).color(palette.error)).wrap().selectable(true));
    }
    let said = "Lessons are text files (TOML). Open one of those above and save it, to start from.";
    ui.colored_label(palette.weak, said);
}

fn read_ui(
    ui: &mut Ui,
    number: usize,
    lesson: &Lesson,
    [answered, has_next]: [bool; 2],
    commands: &mut Vec<Command>,
) {
    let palette = theme::palette(ui);
    ui.spacing_mut().item_spacing.y = 8.0;
    ui.label(RichText::new(&lesson.title).font(FontId::new(16.0, theme::semibold())));
    paragraphs_ui(ui, &lesson.text);
    ui.label(RichText::new("Predict").font(FontId::new(13.0, theme::semibold())).color(palette.accent));
    paragraphs_ui(ui, &lesson.question);
    if !answered {
        let show = Button::new(RichText::new("Show me").family(theme::semibold()).color(palette.on_accent));
        if ui.add_sized(vec2(120.0, 36.0), show.fill(palette.accent)).clicked() {
            commands.push(Command::Learn(Step::Answer));
        }
        return;
    }
    ui.label(RichText::new("What you see").font(FontId::new(13.0, theme::semibold())).color(palette.accent));
    paragraphs_ui(ui, &lesson.answer);
    if has_next && ui.button("Next lesson").clicked() {
        commands.push(Command::Learn(Step::Open(number + 1)));
    }
    ui.add_space(6.0);
    ui.label(RichText::new("Sources").font(FontId::new(12.0, theme::semibold())).color(palette.weak));
    for source in &lesson.sources {
        ui.label(RichText::new(source).size(12.0).color(palette.weak));
    }
    if lessons::file(number).is_some() && ui.button("Save as a start for your own…").clicked() {
        commands.push(Command::Save(saving::Step::Ask(saving::What::Lesson(number))));
    }
}

fn paragraphs_ui(ui: &mut Ui, text: &str) {
    for paragraph in text.trim().split("\n\n") {
        ui.label(paragraph);
    }
}
