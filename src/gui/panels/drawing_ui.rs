//! Drawing on a canvas: the bar of tools, the pointer over the picture, and the mark that is being drawn.

use eframe::egui::{
    Align2, Area, Button, Color32, CornerRadius, CursorIcon, DragValue, Event, FontId, Frame, Id, Key, Order,
    PointerButton, Popup, PopupCloseBehavior, Pos2, Rect, Response, RichText, Role, Sense, Stroke,
    StrokeKind, TextEdit, Ui, WidgetInfo, pos2, vec2,
};

use super::picture::Pane;
use crate::gui::model::command::Command;
use crate::gui::model::drawing::{DrawingTools, Tool, extended};
use crate::gui::model::save::{self, What};
use crate::gui::model::state::State;
use crate::gui::model::{drawing, editing};
use crate::gui::widgets::{icons, theme};
use crate::picture::drawing::{Form, Ink, Mark, PAPER, Point, SHAPE};

/// Draws the bar of tools.
pub fn drawing_bar_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let Some(drawing) = state.drawing() else { return };
    let tools = state.canvas.tools;
    let mut steps = Vec::new();
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        ui.spacing_mut().button_padding.x = 7.0;
        for tool in Tool::ALL {
            if ui.selectable_label(tool == tools.tool, tool.name()).clicked() {
                steps.push(drawing::Command::Take(DrawingTools { tool, ..tools }));
            }
        }
        ui.add_space(6.0);
        for (ink, name) in Ink::ALL {
            if ink_ui(ui, ink, name, ink == tools.ink).clicked() {
                steps.push(drawing::Command::Take(tools.inked(ink)));
            }
        }
        ui.add_space(6.0);
        let (mut size, name) = match tools.tool {
            Tool::Text => (tools.text_size, "Height of letters"),
            _ => (tools.size, "Size of the brush"),
        };
        let field = DragValue::new(&mut size).range(1..=DrawingTools::LARGEST).suffix(" px");
        let response = ui.add(field).accessible_name(name).on_hover_text(name);
        if response.changed() {
            steps.push(drawing::Command::Take(match tools.tool {
                Tool::Text => DrawingTools { text_size: size, ..tools },
                _ => DrawingTools { size, ..tools },
            }));
        }
        let mut is_smooth = drawing.is_smooth;
        let smooth = theme::tick_box_ui(ui, &mut is_smooth, "Smooth edges");
        let about = "Blend the edges of marks, as most programs do: fewer blocks are equal then";
        if smooth.on_hover_text(about).changed() {
            steps.push(drawing::Command::Smooth(is_smooth));
        }
        let penguin = ui.button("Penguin").on_hover_text("Draw a penguin");
        if penguin.clicked() {
            steps.push(drawing::Command::Draw(Mark { ink: Ink::default(), form: Form::Penguin }));
        }
        if ui.add_enabled(state.history.can_undo(), Button::new("Undo")).clicked() {
            commands.push(Command::Edit(editing::Command::Undo));
        }
        if ui.add_enabled(!drawing.marks.is_empty(), Button::new("Clear")).clicked() {
            steps.push(drawing::Command::Clear);
        }
        if ui.button("Save drawing…").clicked() {
            commands.push(Command::Save(save::Command::Open(What::Drawing)));
        }
        let words =
            ui.button("Type a shape…").on_hover_text("Draw by typing: exactly, and without a pointer");
        Popup::from_toggle_button_response(&words)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .frame(Frame::popup(ui.style()).inner_margin(14))
            .show(|ui| written_ui(ui, state, &mut steps));
    });
    commands.extend(steps.into_iter().map(Command::Draw));
}

/// Draws the field in which marks are typed: for users without a pointer, and for exact shapes.
fn written_ui(ui: &mut Ui, state: &State, steps: &mut Vec<drawing::Command>) {
    ui.set_width(360.0);
    ui.label(RichText::new("Draw by words").font(FontId::new(15.0, theme::semibold())));
    let mut written = state.canvas.typed_marks.clone();
    let field = TextEdit::singleline(&mut written)
        .hint_text("ellipse #0072b2 100,80 400,300")
        .desired_width(f32::INFINITY)
        .margin(vec2(8.0, 5.0));
    let field = ui.add(field).accessible_name("Marks in words");
    if field.changed() {
        steps.push(drawing::Command::Write(written.clone()));
    }
    let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    if entered && !written.trim().is_empty() {
        steps.push(drawing::Command::DrawWritten(written));
        field.request_focus();
    }
    for form in [
        "brush COLOUR SIZE X,Y X,Y …",
        "line COLOUR SIZE X,Y X,Y",
        "rectangle or ellipse COLOUR X,Y X,Y",
        "fill COLOUR X,Y",
        "text COLOUR SIZE X,Y WORDS",
        "penguin",
    ] {
        ui.colored_label(theme::palette(ui).weak, form);
    }
}

/// Draws the button of a colour.
fn ink_ui(ui: &mut Ui, Ink([r, g, b]): Ink, name: &str, chosen: bool) -> Response {
    let palette = theme::palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(24.0, 28.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, name));
    let pot = Rect::from_center_size(rect.center(), vec2(20.0, 20.0));
    ui.painter().rect_filled(pot, CornerRadius::same(5), Color32::from_rgb(r, g, b));
    let stroke = if chosen { Stroke::new(3.0, palette.accent) } else { Stroke::new(1.0, palette.line) };
    ui.painter().rect_stroke(pot.expand(1.0), CornerRadius::same(6), stroke, StrokeKind::Outside);
    icons::focus_ui(ui, &response, rect, 6);
    response.on_hover_text(name)
}

/// Follows the pointer over the original of a canvas, and paints the mark that is being drawn.
pub fn hand_ui(ui: &Ui, response: &Response, pane: Pane, state: &State, commands: &mut Vec<Command>) {
    let Some(drawing) = state.drawing() else { return };
    if drawing.marks.is_empty() && state.canvas.sketch.is_none() {
        // The hint is painted over the picture and is no part of the drawing.
        let center = pane.rect.center();
        let font = FontId::proportional(20.0);
        ui.painter_at(pane.rect).text(
            center,
            Align2::CENTER_CENTER,
            "Draw here",
            font,
            Color32::from_gray(130),
        );
    }
    let (tools, sketch) = (state.canvas.tools, state.canvas.sketch.as_ref().map(|sketch| &sketch.mark));
    let mut steps = Vec::new();
    if let Some(Mark { form: Form::Text { .. }, .. }) = sketch {
        text_ui(ui, response, pane, sketch, &mut steps);
    } else {
        pointer_ui(ui, response, pane, tools, sketch, &mut steps);
    }
    if let Some(mark) = sketch {
        paint(ui, pane, mark);
    }
    commands.extend(steps.into_iter().map(Command::Draw));
}

fn pointer_ui(
    ui: &Ui,
    response: &Response,
    pane: Pane,
    tools: DrawingTools,
    sketch: Option<&Mark>,
    steps: &mut Vec<drawing::Command>,
) {
    let point = |pos: Pos2| point_at(pane, pos);
    if response.hovered() {
        ui.ctx().set_cursor_icon(if tools.tool == Tool::Text {
            CursorIcon::Text
        } else {
            CursorIcon::Crosshair
        });
        if let (Some(pos), None) = (response.hover_pos(), sketch) {
            tip_ui(ui, pane, tools, pos);
        }
    }
    let is_down = response.is_pointer_button_down_on()
        && ui.input(|input| input.pointer.button_down(PointerButton::Primary));
    match (sketch, tools.tool, is_down) {
        (None, Tool::Fill, _) if response.clicked() => {
            steps.extend(
                response.interact_pointer_pos().map(|pos| drawing::Command::Draw(tools.begin(point(pos)))),
            );
        }
        (None, Tool::Text, _) if response.clicked() => {
            steps.extend(
                response.interact_pointer_pos().map(|pos| drawing::Command::Sketch(tools.begin(point(pos)))),
            );
        }
        (None, Tool::Fill | Tool::Text, _) | (None, _, false) => {}
        (None, _, true) => {
            let pressed = ui.input(|input| input.pointer.primary_pressed());
            let pos = response.interact_pointer_pos().filter(|_| pressed);
            steps.extend(pos.map(|pos| drawing::Command::Sketch(tools.begin(point(pos)))));
        }
        (Some(mark), _, true) => {
            // All positions of the pointer since the frame before: a fast stroke has several per frame.
            let went = ui.input(|input| {
                let places = input.events.iter().filter_map(|event| match event {
                    Event::PointerMoved(pos) => Some(*pos),
                    _ => None,
                });
                places.collect::<Vec<_>>()
            });
            let mark = went.into_iter().fold(mark.clone(), |mark, pos| extended(mark, point(pos)));
            steps.push(drawing::Command::Sketch(mark));
        }
        (Some(mark), _, false) => {
            if let Some(pos) = ui.input(|input| input.pointer.latest_pos()) {
                steps.push(drawing::Command::Sketch(extended(mark.clone(), point(pos))));
            }
            steps.push(drawing::Command::Keep);
        }
    }
}

/// Draws the field for a text on the drawing, where the text will stand.
fn text_ui(
    ui: &Ui,
    response: &Response,
    pane: Pane,
    sketch: Option<&Mark>,
    steps: &mut Vec<drawing::Command>,
) {
    let Some(Mark { ink, form: Form::Text { size, at, text } }) = sketch else { return };
    let pos = pane.pos_of_pixel(at.map(|at| u32::try_from(at).unwrap_or(0)), SHAPE);
    let id = Id::unique("text on the drawing");
    let mut typed = text.clone();
    let area = Area::new(id).order(Order::Foreground).fixed_pos(pos + vec2(0.0, 6.0)).constrain(true);
    area.show(ui.ctx(), |ui| {
        let field = TextEdit::singleline(&mut typed)
            .id(id.with("field"))
            .hint_text("Type; Enter keeps it")
            .desired_width(220.0)
            .margin(vec2(8.0, 6.0));
        let field = ui.add(field).accessible_name("Text on the drawing");
        if field.changed() {
            let form = Form::Text { size: *size, at: *at, text: typed.clone() };
            steps.push(drawing::Command::Sketch(Mark { ink: *ink, form }));
        }
        let (escaped, entered) =
            ui.input(|input| (input.key_pressed(Key::Escape), input.key_pressed(Key::Enter)));
        if escaped {
            steps.push(drawing::Command::Drop);
        } else if (field.lost_focus() && entered) || response.clicked() {
            steps.push(drawing::Command::Keep);
        } else if !field.has_focus() {
            field.request_focus();
        }
    });
}

/// The pixel of the drawing at a position on screen, which may lie past the edges.
fn point_at(pane: Pane, pos: Pos2) -> Point {
    let pos_in_picture = pane.pos_in_picture(pos);
    #[expect(clippy::cast_possible_truncation, reason = "clamped")]
    let pixel =
        |pos_in_picture: f32, side: u32| (pos_in_picture * side as f32).floor().clamp(-4096.0, 8191.0) as i16;
    [pixel(pos_in_picture[0], SHAPE.width), pixel(pos_in_picture[1], SHAPE.height)]
}

/// The size of a pixel of the drawing, in points.
fn scale(pane: Pane) -> f32 {
    let pos = |x: u32| pane.pos_of_pixel([x, 0], SHAPE);
    (pos(100).x - pos(0).x) / 100.0
}

/// Paints the outline of the brush under the pointer.
fn tip_ui(ui: &Ui, pane: Pane, tools: DrawingTools, pos: Pos2) {
    if matches!(tools.tool, Tool::Brush | Tool::Eraser | Tool::Line) {
        let radius = (f32::from(tools.size) * scale(pane) / 2.0).max(1.5);
        let painter = ui.painter_at(pane.rect);
        painter.circle_stroke(pos, radius, Stroke::new(2.0, Color32::from_black_alpha(140)));
        painter.circle_stroke(pos, radius, Stroke::new(1.0, Color32::WHITE));
    }
}

/// Paints the mark that is being drawn over the picture at once; the panels follow when they are rendered.
fn paint(ui: &Ui, pane: Pane, mark: &Mark) {
    let painter = ui.painter_at(pane.rect);
    let Ink([r, g, b]) = mark.ink;
    let (color, scale) = (Color32::from_rgb(r, g, b), scale(pane));
    let pos = |[x, y]: Point| {
        let share = [f32::from(x) + 0.5, f32::from(y) + 0.5];
        pane.pos_of([share[0] / SHAPE.width as f32, share[1] / SHAPE.height as f32])
    };
    let rect = |[one, other]: [Point; 2]| Rect::from_two_pos(pos(one), pos(other)).expand(scale / 2.0);
    let edge = if mark.ink == PAPER { Stroke::new(1.0, Color32::GRAY) } else { Stroke::NONE };
    match &mark.form {
        Form::Brush { size, points } => {
            let width = f32::from(*size) * scale;
            let line: Vec<Pos2> = points.iter().map(|&point| pos(point)).collect();
            for &at in line.first().into_iter().chain(line.last()) {
                painter.circle_filled(at, width / 2.0, color);
            }
            painter.line(line, Stroke::new(width, color));
        }
        Form::Line { size, ends } => {
            let (ends, width) = (ends.map(pos), f32::from(*size) * scale);
            for at in ends {
                painter.circle_filled(at, width / 2.0, color);
            }
            painter.line_segment(ends, Stroke::new(width, color));
        }
        Form::Rectangle(corners) => {
            painter.rect(rect(*corners), 0.0, color, edge, StrokeKind::Inside);
        }
        Form::Ellipse(corners) => {
            let rect = rect(*corners);
            painter.add(eframe::egui::epaint::EllipseShape {
                center: rect.center(),
                radius: rect.size() / 2.0,
                fill: color,
                stroke: edge,
                angle: 0.0,
            });
        }
        // The text itself is rendered in the panels.
        Form::Text { size, at, .. } => {
            let foot = pos(*at);
            let head = pos2(foot.x, foot.y - f32::from(*size) * scale);
            painter.line_segment([foot, head], Stroke::new(1.5, color));
        }
        Form::Fill(_) | Form::Penguin => {}
    }
}
