//! The side panel of the lessons.

use eframe::egui::{
    Align, Align2, Button, Color32, FontId, Frame, Id, Key, Label, Link, Margin, Panel, Rect, RichText, Role,
    ScrollArea, Sense, TextEdit, Ui, Vec2, WidgetInfo, vec2,
};

use crate::gui::model::command::Command;
use crate::gui::model::lessons::{self, Lesson, Step, lessons};
use crate::gui::model::save;
use crate::gui::model::state::State;
use crate::gui::model::window;
use crate::gui::panels::menus;
use crate::gui::widgets::icons::{self, Icon, icon_button_ui};
use crate::gui::widgets::row::{End, row_ui};
use crate::gui::widgets::theme;

/// Width of the panel.
pub const WIDTH: f32 = 330.0;

/// Height of the buttons below a lesson.
const BUTTONS: f32 = 36.0;

/// In panels narrower than this, in points, the buttons show icons instead of words.
const ROOMY: f32 = 290.0;

/// Draws the list of lessons, or the open lesson.
pub fn lesson_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let view = state.lessons.view;
    let lesson = view.lesson.and_then(|number| Some((number, state.lesson(number)?)));
    row_ui(ui, "lessons", 30.0, |ui, end| match end {
        End::Left => {
            let title =
                lesson.map_or_else(|| "Lessons".into(), |(number, _)| format!("Lesson {}", number + 1));
            ui.label(RichText::new(title).font(FontId::new(18.0, theme::semibold())));
        }
        End::Right => {
            if lesson.is_some() && ui.button("All lessons").clicked() {
                commands.push(Command::Lessons(lessons::Command::Step(Step::List)));
            }
            if icon_button_ui(ui, Icon::Close, "Close the lessons (N)", false).clicked() {
                commands.push(Command::Lessons(lessons::Command::Step(Step::Toggle)));
            }
        }
    });
    ui.add_space(4.0);
    let Some((number, lesson)) = lesson else {
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| list_ui(ui, state, commands));
        return;
    };
    let room = (ui.available_height() - BUTTONS - 12.0).max(40.0);
    // The scroll position is that of one lesson: each lesson starts at the top.
    let text =
        ScrollArea::vertical().id_salt(("lesson", number)).auto_shrink([false, false]).max_height(room);
    text.show(ui, |ui| read_ui(ui, number, lesson, view.answered, commands));
    ui.add_space(4.0);
    steps_ui(ui, number, view.answered, state.lesson_count(), commands);
}

/// The buttons for the next and the previous step.
fn steps_ui(ui: &mut Ui, number: usize, answered: bool, count: usize, commands: &mut Vec<Command>) {
    let palette = theme::palette(ui);
    let (has_next, keys) = (number + 1 < count, "Page Down or Enter");
    let roomy = ui.available_width() >= ROOMY;
    let step = |ui: &mut Ui, name: &str, sign: &str, enabled: bool| {
        let button = Button::new(if roomy { name } else { sign }).min_size(vec2(0.0, BUTTONS));
        ui.add_enabled(enabled, button).accessible_name(name)
    };
    row_ui(ui, "steps", BUTTONS, |ui, end| match end {
        End::Left => {
            let previous = step(ui, "Previous", "‹", number > 0);
            if previous.on_hover_text("The lesson before").clicked() {
                commands.push(Command::Lessons(lessons::Command::Step(Step::Open(number - 1))));
            }
        }
        End::Right => {
            if !answered {
                let next = step(ui, "Next", "›", has_next);
                if next.on_hover_text("The next lesson").clicked() {
                    commands.push(Command::Lessons(lessons::Command::Step(Step::Open(number + 1))));
                }
            }
            let word = match (answered, has_next) {
                (false, _) => "Show me",
                (true, true) => "Next lesson",
                (true, false) => "All lessons done",
            };
            let word = RichText::new(word).family(theme::semibold()).color(palette.on_accent);
            let lead = Button::new(word).fill(palette.accent).min_size(vec2(120.0, BUTTONS));
            if ui.add(lead).on_hover_text(keys).clicked() {
                commands.push(Command::Lessons(lessons::Command::Step(Step::Next)));
            }
        }
    });
}

/// Draws the lesson's question or answer above the panels, in at most a third of the window's height.
pub fn strip_ui(ui: &mut Ui, lesson: &Lesson, answered: bool) {
    let palette = theme::palette(ui);
    let (most, gap, margin) = (ui.available_height() / 3.0, 6.0, Margin::symmetric(16, 10));
    let width = ui.available_width() - margin.sum().x;
    let lay_out =
        |text: &str, font: FontId| ui.painter().layout(text.to_owned(), font, palette.text, width.max(80.0));
    let text = if answered { &lesson.answer } else { &lesson.question };
    let paragraphs = text.trim().split("\n\n").map(|text| lay_out(text, FontId::proportional(17.0)));
    let title = lay_out(&lesson.title, FontId::new(20.0, theme::semibold()));
    let parts: Vec<_> = std::iter::once(title).chain(paragraphs).collect();
    let height = parts.iter().map(|part| part.size().y + gap).sum::<f32>() - gap + margin.sum().y;
    let frame = Frame::new().fill(palette.bar).inner_margin(margin);
    let strip = Panel::top("presented lesson").frame(frame).resizable(false).show_separator_line(false);
    strip.exact_size(height.min(most)).show(ui, |ui| {
        ScrollArea::vertical().id_salt((&lesson.title, answered)).auto_shrink([false, false]).show(
            ui,
            |ui| {
                ui.spacing_mut().item_spacing.y = gap;
                for part in parts {
                    ui.label(part);
                }
            },
        );
    });
}

/// Draws a black screen. Dark grey text, which an audience does not see, says how to end it.
pub fn blackout_ui(ui: &mut Ui) -> Option<Command> {
    let rect = ui.max_rect();
    ui.painter().rect_filled(rect, 0.0, Color32::BLACK);
    let (font, color) = (FontId::proportional(13.0), Color32::from_gray(60));
    let at = rect.center_bottom() - vec2(0.0, 12.0);
    ui.painter().text(at, Align2::CENTER_BOTTOM, "Any step, B or Esc shows the panels again", font, color);
    let response = ui.interact(rect, Id::unique("black screen"), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Black screen: show the panels again"));
    response.clicked().then_some(Command::Lessons(lessons::Command::Step(Step::Blackout)))
}

fn list_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let palette = theme::palette(ui);
    let own = lessons().len();
    for (number, lesson) in lessons().iter().chain(&state.lessons.folder.lessons).enumerate() {
        if number == own {
            heading_ui(ui, "Your own");
        }
        let title = format!("{}. {}", number + 1, lesson.title);
        let entry = menus::entry_ui(ui, &title);
        if state.is_done(lesson) {
            let tick = Rect::from_center_size(entry.rect.right_center() - vec2(16.0, 0.0), Vec2::splat(12.0));
            icons::paint(ui.painter(), Icon::Done, tick, palette.accent);
            ui.ctx().accesskit_node_builder(entry.id, |node| node.set_description("done"));
        }
        if entry.clicked() {
            commands.push(Command::Lessons(lessons::Command::Step(Step::Open(number))));
        }
    }
    if !state.lessons.done.is_empty() && ui.button("Remove the ticks").clicked() {
        commands.push(Command::Lessons(lessons::Command::Step(Step::Forget)));
    }
    folder_ui(ui, state, commands);
}

fn heading_ui(ui: &mut Ui, text: &str) {
    ui.add_space(10.0);
    ui.label(RichText::new(text).font(FontId::new(13.0, theme::semibold())).color(theme::palette(ui).accent));
}

/// The folder of a teacher's own lessons.
fn folder_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let palette = theme::palette(ui);
    heading_ui(ui, "A folder of your own lessons");
    let mut typed = state.lessons.typed_folder.clone();
    let field = TextEdit::singleline(&mut typed).margin(vec2(8.0, 5.0)).desired_width(f32::INFINITY);
    let field = ui.add(field.hint_text("Path of a folder")).accessible_name("Folder of lessons");
    if field.changed() {
        commands.push(Command::Lessons(lessons::Command::TypeFolder(typed.clone())));
    }
    let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    ui.horizontal(|ui| {
        let word = if state.lessons.folder.folder.is_some() { "Read it again" } else { "Open folder" };
        if ui.add_enabled(!typed.trim().is_empty(), Button::new(word)).clicked() || entered {
            commands.push(Command::Lessons(lessons::Command::ReadFolder(typed)));
        }
        if ui.button("Choose…").clicked() {
            commands.push(Command::Lessons(lessons::Command::ChooseFolder));
        }
    });
    for problem in &state.lessons.folder.problems {
        ui.add(Label::new(RichText::new(problem).color(palette.error)).wrap().selectable(true));
    }
    let message = "Lessons are text files (TOML). Open a lesson above and save it as a template.";
    ui.colored_label(palette.weak, message);
}

fn read_ui(ui: &mut Ui, number: usize, lesson: &Lesson, answered: bool, commands: &mut Vec<Command>) {
    let palette = theme::palette(ui);
    ui.spacing_mut().item_spacing.y = 8.0;
    ui.label(RichText::new(&lesson.title).font(FontId::new(16.0, theme::semibold())));
    paragraphs_ui(ui, &lesson.text);
    ui.label(RichText::new("Predict").font(FontId::new(13.0, theme::semibold())).color(palette.accent));
    paragraphs_ui(ui, &lesson.question);
    let seen = ui.scope_id().with("answer in sight");
    let was_answered = ui.data_mut(|data| std::mem::replace(data.get_temp_mut_or(seen, answered), answered));
    if !answered {
        return;
    }
    let heading = RichText::new("What you see").font(FontId::new(13.0, theme::semibold()));
    let heading = ui.label(heading.color(palette.accent));
    if !was_answered {
        heading.scroll_to_me(Some(Align::TOP));
    }
    paragraphs_ui(ui, &lesson.answer);
    ui.add_space(6.0);
    ui.label(RichText::new("Sources").font(FontId::new(12.0, theme::semibold())).color(palette.weak));
    for source in &lesson.sources {
        let (words, url) = lessons::linked(source);
        let words = RichText::new(words).size(12.0);
        match url {
            Some(url) => {
                if ui.add(Link::new(words)).on_hover_text(url).clicked() {
                    commands.push(Command::Window(window::Command::OpenLink(url.to_owned())));
                }
            }
            None => {
                ui.label(words.color(palette.weak));
            }
        }
    }
    if lessons::file(number).is_some() && ui.button("Save as a template…").clicked() {
        commands.push(Command::Save(save::Command::Open(save::What::Lesson(number))));
    }
}

fn paragraphs_ui(ui: &mut Ui, text: &str) {
    for paragraph in text.trim().split("\n\n") {
        ui.label(paragraph);
    }
}
