//! The side panel of the lessons.

use eframe::egui::{Align, Button, FontId, Layout as Flow, RichText, ScrollArea, Ui, vec2};

use super::icons::{Icon, icon_button_ui};
use super::lessons::{Lesson, Step, lessons};
use super::state::{Command, State};
use super::{menus, theme};

/// Width of the panel.
pub const WIDTH: f32 = 330.0;

/// Draws the list of lessons, or the one that is read.
pub fn lesson_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let course = state.view.course;
    let lesson = course.lesson.and_then(|number| Some((number, lessons().get(number)?)));
    ui.horizontal(|ui| {
        let title = lesson.map_or_else(|| "Lessons".into(), |(number, _)| format!("Lesson {}", number + 1));
        ui.label(RichText::new(title).font(FontId::new(18.0, theme::semibold())));
        ui.with_layout(Flow::right_to_left(Align::Center), |ui| {
            if icon_button_ui(ui, Icon::Close, "Close the lessons (N)", false).clicked() {
                commands.push(Command::Learn(Step::Toggle));
            }
            if lesson.is_some() && ui.button("All lessons").clicked() {
                commands.push(Command::Learn(Step::List));
            }
        });
    });
    ui.add_space(4.0);
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| match lesson {
        Some((number, lesson)) => read_ui(ui, number, lesson, course.answered, commands),
        None => list_ui(ui, commands),
    });
}

fn list_ui(ui: &mut Ui, commands: &mut Vec<Command>) {
    for (number, lesson) in lessons().iter().enumerate() {
        let title = format!("{}. {}", number + 1, lesson.title);
        if menus::entry_ui(ui, &title).clicked() {
            commands.push(Command::Learn(Step::Open(number)));
        }
    }
}

fn read_ui(ui: &mut Ui, number: usize, lesson: &Lesson, answered: bool, commands: &mut Vec<Command>) {
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
    if number + 1 < lessons().len() && ui.button("Next lesson").clicked() {
        commands.push(Command::Learn(Step::Open(number + 1)));
    }
    ui.add_space(6.0);
    ui.label(RichText::new("Sources").font(FontId::new(12.0, theme::semibold())).color(palette.weak));
    for source in &lesson.sources {
        ui.label(RichText::new(source).size(12.0).color(palette.weak));
    }
}

fn paragraphs_ui(ui: &mut Ui, text: &str) {
    for paragraph in text.trim().split("\n\n") {
        ui.label(paragraph);
    }
}
