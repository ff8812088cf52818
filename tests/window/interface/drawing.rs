//! Drawing on a canvas with the pointer and by typing; the panels that follow; saving the drawing.

use std::path::Path;

use afterimage::gui::model::drawing::Tool;
use afterimage::picture::drawing::{Form, Mark, SHAPE};
use afterimage::scene::SceneFile;
use eframe::egui::{Key, Modifiers, Pos2, Vec2, vec2};
use egui_kittest::kittest::Queryable as _;

use crate::driver::Window;
use crate::folder::Folder;

/// An empty canvas.
fn canvas() -> Window {
    let mut window = Window::holding(0);
    window.click("Menu");
    window.click("New drawing");
    window.until_frame(0);
    window.settle();
    window
}

fn at(window: &Window, pixel: Vec2) -> Pos2 {
    let picture = window.picture(1);
    picture.min + (pixel + vec2(0.5, 0.5)) / vec2(SHAPE.width as f32, SHAPE.height as f32) * picture.size()
}

fn press(window: &mut Window, pixel: Vec2) {
    let pos = at(window, pixel);
    window.press_at(pos);
}

fn drag(window: &mut Window, places: &[Vec2]) {
    press(window, places[0]);
    for &place in &places[1..] {
        window.move_to(at(window, place));
    }
    window.harness.drop_at(at(window, places[places.len() - 1]));
    window.settle();
    window.until_frame(0);
}

fn click(window: &mut Window, pixel: Vec2) {
    drag(window, &[pixel]);
}

fn marks(window: &Window) -> Vec<Mark> {
    window.app().state().drawing().unwrap().marks.clone()
}

/// The number of distinct blocks in the panel of ECB.
fn distinct(window: &Window) -> u64 {
    window.app().displayed().unwrap().panels[1].leakage.distinct
}

#[test]
fn every_panel_follows_while_a_brush_draws() {
    let mut window = canvas();
    assert_eq!(distinct(&window), 1, "all blocks of an empty canvas are equal");
    press(&mut window, vec2(200.0, 200.0));
    let to = at(&window, vec2(600.0, 300.0));
    window.harness.hover_at(to);
    // The button is still down.
    window.until("the stroke in the panels", |app| {
        app.displayed().is_some_and(|displayed| {
            displayed.panels[1].leakage.distinct > 1 && app.state().canvas.sketch.is_some()
        })
    });
    assert_eq!(marks(&window).len(), 0);
    window.harness.drop_at(to);
    window.settle();
    window.until_frame(0);
    let drawn = marks(&window);
    assert!(matches!(&drawn[..], [Mark { form: Form::Brush { points, size: 24 }, .. }] if points.len() >= 2));
    window.press_with(Modifiers::COMMAND, Key::Z);
    window.until("the empty canvas", |app| {
        app.displayed().is_some_and(|displayed| displayed.panels[1].leakage.distinct == 1)
    });
    assert!(marks(&window).is_empty());
}

#[test]
fn every_tool_draws_its_mark_in_the_chosen_colour() {
    let mut window = canvas();
    window.click("Vermilion");
    for tool in ["Line", "Rectangle", "Ellipse", "Eraser"] {
        window.click(tool);
        drag(&mut window, &[vec2(100.0, 100.0), vec2(300.0, 250.0)]);
    }
    window.click("Sky blue");
    window.click("Fill");
    click(&mut window, vec2(900.0, 600.0));
    let written: Vec<String> = marks(&window).iter().map(ToString::to_string).collect();
    assert!(written[0].starts_with("line #d55e00 24 "), "{written:?}");
    assert!(written[1].starts_with("rectangle #d55e00 ") && written[2].starts_with("ellipse #d55e00 "));
    assert!(written[3].starts_with("brush #ffffff 24 "), "{written:?}");
    assert!(written[4].starts_with("fill #56b4e9 "), "{written:?}");
    assert_eq!(written.len(), 5);
    window.click("Penguin");
    window.until_frame(0);
    assert_eq!(marks(&window).last().unwrap().form, Form::Penguin);
    window.click("Smooth edges");
    assert!(window.app().state().drawing().unwrap().is_smooth);
    window.click("Clear");
    window.until_frame(0);
    assert!(marks(&window).is_empty());
    // The button in the bar.
    let undo = window.harness.query_all_by_label("Undo").next().unwrap();
    undo.click();
    window.settle();
    assert_eq!(marks(&window).len(), 6);
    assert_eq!(window.harness.unnamed_widgets(), Vec::<String>::new());
}

#[test]
fn tools_colours_and_sizes_are_chosen_by_key() {
    let mut window = canvas();
    let tools = |window: &Window| window.app().state().canvas.tools;
    let before = tools(&window);
    window.press_with(Modifiers::SHIFT, Key::R);
    window.press_with(Modifiers::SHIFT, Key::C);
    window.press(Key::Plus);
    assert!(tools(&window).tool == Tool::Rectangle && tools(&window).size > before.size);
    assert_ne!(tools(&window).ink, before.ink);
    assert_eq!(
        window.app().state().playback.speed.to_string(),
        "1",
        "on a canvas the key does not set the speed"
    );
    drag(&mut window, &[vec2(100.0, 100.0), vec2(300.0, 250.0)]);
    assert!(
        matches!(&marks(&window)[..], [Mark { form: Form::Rectangle(_), ink }] if *ink == tools(&window).ink)
    );
    window.press_with(Modifiers::SHIFT, Key::S);
    assert!(window.app().state().drawing().unwrap().is_smooth);
    window.press(Key::Questionmark);
    window.settle();
    assert!(window.has("Drawing") && window.has("Eraser, the next colour"));
}

#[test]
fn text_is_typed_at_the_click_and_drawn_letter_by_letter() {
    let mut window = canvas();
    window.click("Text");
    click(&mut window, vec2(200.0, 300.0));
    assert!(window.has("Text on the drawing"));
    window.type_text("Sec");
    window.until("the letters", |app| {
        app.displayed().is_some_and(|displayed| displayed.panels[1].leakage.distinct > 1)
    });
    // While text is typed, letters run no commands.
    window.type_text("ret");
    window.settle();
    window.press(Key::Enter);
    window.until_frame(0);
    assert!(matches!(&marks(&window)[..], [Mark { form: Form::Text { text, .. }, .. }] if text == "Secret"));
    window.settle();
    assert!(!window.has("Text on the drawing"));
    click(&mut window, vec2(200.0, 500.0));
    window.type_text("no");
    window.settle();
    window.press(Key::Escape);
    window.until_frame(0);
    assert_eq!(marks(&window).len(), 1);
}

#[test]
fn marks_can_be_typed_and_errors_are_reported() {
    let mut window = canvas();
    window.click("Type a shape…");
    let write = |window: &mut Window, words: &str| {
        window.retype_in("Marks in words", words);
        window.press(Key::Enter);
        window.settle();
    };
    write(&mut window, "ellipse #0072b2 100,80 400,300");
    assert_eq!(marks(&window)[0].to_string(), "ellipse #0072b2 100,80 400,300");
    write(&mut window, "circle #0072b2 100,80 400,300");
    assert!(window.says("such as: rectangle #0072b2"));
    assert_eq!(marks(&window).len(), 1);
    assert_eq!(window.harness.unnamed_widgets(), Vec::<String>::new());
    window.set("Size of the brush", 60.0);
    assert_eq!(
        (window.app().state().canvas.tools.size, window.app().state().canvas.tools.tool),
        (60, Tool::Brush)
    );
}

#[test]
fn a_drawing_is_saved_as_a_picture_and_in_its_scene() {
    let folder = Folder::new();
    let path = folder.path("drawn.png");
    let mut window = canvas();
    window.click("Rectangle");
    drag(&mut window, &[vec2(100.0, 100.0), vec2(500.0, 400.0)]);
    window.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::C);
    window.settle();
    assert!(window.says("save the drawing first"), "{:?}", window.app().state().notices.error);
    let save = |window: &mut Window, path: &Path| {
        window.retype_path(path);
        window.click("Save");
        window.until_form_closes();
    };
    window.click("Save drawing…");
    save(&mut window, &path);
    let picture = image::open(&path).unwrap().into_rgb8();
    assert_eq!((picture.width(), picture.height()), (SHAPE.width, SHAPE.height));
    assert_eq!(picture.get_pixel(300, 200).0, [0, 114, 178]);
    window.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::C);
    let notice = window.app().state().notices.confirmation.clone();
    assert!(window.copied_text().or(notice).unwrap().contains("drawn.png"));

    let scene = folder.path("drawn.toml");
    window.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::S);
    window.settle();
    save(&mut window, &scene);
    let read = SceneFile::read(&scene).unwrap();
    assert_eq!(read.scene, window.app().state().scene);
}
