//! The panels: a caption in plain words, and below it what an eavesdropper sees.

use eframe::egui::text::LayoutJob;
use eframe::egui::{
    Align, Align2, Button, Color32, ComboBox, CornerRadius, CursorIcon, DragAndDrop, FontFamily, FontId,
    Frame, Id, Label, LayerId, Layout as Flow, Order, Popup, PopupCloseBehavior, Pos2, Rect, Response,
    RichText, Role, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, vec2,
};

use super::caption::{self, Finding};
use super::digits::Digits;
use super::grid::Grid;
use super::icons::{self, Icon, icon_button_ui};
use super::picture::{self, Pane, snapped};
use super::screen::Screen;
use super::state::{Command, State};
use super::tamper::Target;
use super::{easel_ui, menus, options, theme, wipe};
use crate::leak::Word;
use crate::pipeline::Status;
use crate::scene::Panel;

/// Corners of a card.
const ROUND: u8 = 10;

/// Height of a line of a caption.
const LINE: f32 = 30.0;

/// From this width on a caption has room for more than one button.
const ROOM_FOR_BUTTONS: f32 = 300.0;

/// Width of a button of a caption.
const BUTTON: f32 = 30.0;

/// In narrower captions the menus stand closer together.
const ROOM_FOR_PADDING: f32 = 190.0;

/// In narrower pictures words are small.
const ROOM_FOR_LETTERS: f32 = 240.0;

/// Width of the word between the menus of a caption.
const THROUGH: f32 = 58.0;

/// Before anything is known of the source.
const USUAL_ASPECT: f32 = 16.0 / 9.0;

/// Draws the panels into what is left of the window.
pub fn panels_ui(
    ui: &mut Ui,
    state: &State,
    status: &Status,
    screen: &mut Screen,
    commands: &mut Vec<Command>,
) {
    let area = ui.available_rect_before_wrap();
    if status.error.is_some() && screen.shot().is_none() {
        return nothing_ui(ui, area);
    }
    let aspect = aspect(status, screen);
    if let Some(comparison) = state.view.comparison {
        return wipe::wipe_ui(ui, state, screen, comparison, aspect, commands);
    }
    let shown: Vec<usize> = match state.view.enlarged {
        Some(at) if at < state.scene.panels.len() => vec![at],
        _ => (0..state.scene.panels.len()).collect(),
    };
    let grid = Grid::fit(area, shown.len(), aspect);
    screen.lay_out(ui, grid.picture, &shown, &state.view);
    for (&at, &rect) in shown.iter().zip(&grid.cards) {
        let card = Card { at, rect, state, enlarged: shown.len() == 1 };
        let builder = UiBuilder::new().id_salt(("card", at)).max_rect(card.rect);
        ui.scope_builder(builder, |ui| card.card_ui(ui, &grid, screen, status, commands));
    }
    drop_ui(ui, &shown, &grid, commands);
    picture::leave(ui, state, grid.cards.iter().map(|&card| grid.picture_in(card)), commands);
}

/// A panel that is drawn along by its caption, by its place.
struct Carried(usize);

/// Marks the place that a panel is held over, and moves it there when it is let go.
fn drop_ui(ui: &Ui, shown: &[usize], grid: &Grid, commands: &mut Vec<Command>) {
    let Some(carried) = DragAndDrop::payload::<Carried>(ui.ctx()) else { return };
    let Some(pos) = ui.ctx().pointer_interact_pos() else { return };
    let over = shown.iter().zip(&grid.cards).find(|(_, card)| card.contains(pos));
    let palette = theme::palette(ui);
    if let Some((&to, card)) = over.filter(|(to, _)| **to != carried.0) {
        let stroke = Stroke::new(3.0, palette.accent);
        ui.painter().rect_stroke(*card, CornerRadius::same(ROUND), stroke, StrokeKind::Inside);
        if ui.input(|input| input.pointer.any_released()) {
            commands.push(Command::MovePanel(carried.0, to));
        }
    }
    let layer = LayerId::new(Order::Tooltip, Id::unique("carried panel"));
    let painter = ui.ctx().layer_painter(layer);
    let hint = Rect::from_min_size(pos + vec2(12.0, 12.0), vec2(84.0, 30.0));
    painter.rect_filled(hint, CornerRadius::same(8), palette.accent);
    let (font, text) = (FontId::new(14.0, theme::semibold()), format!("Panel {}", carried.0 + 1));
    painter.text(hint.center(), Align2::CENTER_CENTER, text, font, palette.on_accent);
}

/// Width over height on screen: pixels need not be square.
#[expect(clippy::cast_precision_loss, reason = "sides of a picture")]
fn aspect(status: &Status, screen: &Screen) -> f32 {
    let info = status.info.as_ref().map(|info| {
        let (wide, high) = info.sample_aspect_ratio;
        (info.shape(), wide.max(1) as f32 / high.max(1) as f32)
    });
    let shape = info.or_else(|| screen.shot().map(|shot| (shot.shape, 1.0)));
    let aspect = shape.map(|(shape, pixel)| shape.width.max(1) as f32 / shape.height.max(1) as f32 * pixel);
    aspect.unwrap_or(USUAL_ASPECT).clamp(0.05, 20.0)
}

fn nothing_ui(ui: &Ui, area: Rect) {
    let palette = theme::palette(ui);
    let painter = ui.painter();
    painter.rect_filled(area, CornerRadius::same(ROUND), palette.card);
    let font = FontId::new(22.0, theme::semibold());
    let center = area.center();
    painter.text(center - vec2(0.0, 16.0), Align2::CENTER_CENTER, "Nothing to show", font, palette.text);
    painter.text(
        center + vec2(0.0, 16.0),
        Align2::CENTER_CENTER,
        "Drop a video or a picture here, press Ctrl+O, or type demo above",
        FontId::proportional(14.0),
        palette.weak,
    );
}

/// One panel and where it goes.
struct Card<'a> {
    at: usize,
    rect: Rect,
    state: &'a State,
    enlarged: bool,
}

impl Card<'_> {
    fn panel(&self) -> Panel {
        self.state.scene.panels[self.at]
    }

    fn card_ui(
        &self,
        ui: &mut Ui,
        grid: &Grid,
        screen: &Screen,
        status: &Status,
        commands: &mut Vec<Command>,
    ) {
        let palette = theme::palette(ui);
        ui.painter().rect_filled(self.rect, CornerRadius::same(ROUND), palette.card);
        let shot = screen.shot();
        let rendered = shot.and_then(|shot| shot.panels.get(self.at).map(|panel| (shot.shape, panel)));
        let finding = rendered
            .filter(|(_, rendered)| rendered.panel == self.panel())
            .map(|(shape, rendered)| caption::finding_of(shape, rendered));
        let caption = self.rect.with_max_y(self.rect.top() + grid.caption_height);
        self.caption_ui(ui, caption, grid.one_line(), finding.as_ref(), status, commands);
        self.picture_ui(ui, grid.picture_in(self.rect), screen, finding.as_ref(), commands);
        let shown = rendered.map(|(_, rendered)| rendered).filter(|rendered| rendered.panel == self.panel());
        // What is drawn is prepared again with every mark, faster than one could read.
        let is_redrawn = self.state.drawing().is_some()
            && shown.is_some_and(|rendered| rendered.pending.is_some())
            && !status.preparing_stopped;
        let words = shown.filter(|_| !is_redrawn).and_then(|rendered| caption::notice(rendered, status));
        if let Some(words) = words {
            let words = notice_ui(ui, grid.picture_in(self.rect), words);
            if shown.is_some_and(|rendered| rendered.pending.is_some()) {
                self.preparing_ui(ui, words.center_bottom() + vec2(0.0, 22.0), status, commands);
            }
        }
        // A lens may be as dark as the ground: the edge says where the picture ends.
        let stroke = Stroke::new(1.0, palette.line);
        ui.painter().rect_stroke(self.rect, CornerRadius::same(ROUND), stroke, StrokeKind::Outside);
    }

    /// The button below what is said of a panel that is being prepared: it ends that, or starts it again.
    fn preparing_ui(&self, ui: &mut Ui, centre: Pos2, status: &Status, commands: &mut Vec<Command>) {
        let (word, command) = if status.preparing_stopped {
            ("Prepare", Command::Prepare)
        } else {
            ("Cancel", Command::StopPreparing)
        };
        let rect = Rect::from_center_size(centre, vec2(96.0, 28.0));
        let name = format!("{word} panel {}", self.at + 1);
        if ui.put(rect, Button::new(word)).accessible_name(name).clicked() {
            commands.push(command);
        }
    }

    fn caption_ui(
        &self,
        ui: &mut Ui,
        rect: Rect,
        one_line: bool,
        finding: Option<&Finding>,
        status: &Status,
        commands: &mut Vec<Command>,
    ) {
        self.handle_ui(ui, rect);
        let inner = rect.shrink2(vec2(6.0, 3.0));
        let line = inner.with_max_y(inner.top() + LINE);
        // Where there is little room, the digit and a double click have to do.
        let has_room = self.enlarged || rect.width() >= ROOM_FOR_BUTTONS;
        let buttons = 1 + u8::from(self.has_options()) + u8::from(has_room);
        let border = line.right() - f32::from(buttons) * (BUTTON + 2.0);
        let part = |rect: Rect| UiBuilder::new().max_rect(rect).layout(Flow::left_to_right(Align::Center));
        ui.scope_builder(part(line.with_max_x(border - 4.0)), |ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            self.menus_ui(ui, commands);
            if let (Some(finding), true) = (finding, one_line) {
                ui.with_layout(Flow::right_to_left(Align::Center), |ui| finding_ui(ui, finding));
            }
        });
        ui.scope_builder(part(line.with_min_x(border + 2.0)), |ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            self.options_ui(ui, status, commands);
            let more = icon_button_ui(ui, Icon::More, &format!("Menu of panel {}", self.at + 1), false);
            Popup::menu(&more).show(|ui| menus::panel_ui(ui, self.at, &self.state.scene.panels, commands));
            let (icon, name) = if self.enlarged {
                (Icon::Reduce, format!("Show all panels ({})", self.at + 1))
            } else {
                (Icon::Enlarge, format!("Enlarge panel {0} ({0})", self.at + 1))
            };
            if has_room && icon_button_ui(ui, icon, &name, false).clicked() {
                commands.push(Command::ToggleEnlarged(self.at));
            }
        });
        if let (Some(finding), false) = (finding, one_line) {
            let below = inner.with_min_y(line.bottom() - 2.0).shrink2(vec2(8.0, 0.0));
            let builder = UiBuilder::new().max_rect(below).layout(Flow::left_to_right(Align::Center));
            ui.scope_builder(builder, |ui| finding_ui(ui, finding));
        }
    }

    fn has_options(&self) -> bool {
        matches!(self.panel(), Panel::Cipher { lens, .. } if options::has_form(lens))
    }

    /// The options of a lens that has more of them than a menu can list.
    fn options_ui(&self, ui: &mut Ui, status: &Status, commands: &mut Vec<Command>) {
        if !self.has_options() {
            return;
        }
        let button = icon_button_ui(ui, Icon::Options, &format!("Options of panel {}", self.at + 1), false);
        let shape = status.info.as_ref().map(|info| info.shape());
        let form = options::Form { at: self.at, state: self.state, status, shape };
        Popup::from_toggle_button_response(&button)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .frame(Frame::popup(ui.style()).inner_margin(14))
            .show(|ui| form.form_ui(ui, commands));
    }

    /// The caption itself: the panel is drawn along by it to another place.
    fn handle_ui(&self, ui: &Ui, rect: Rect) {
        if self.enlarged {
            return;
        }
        let handle = ui.interact(rect, ui.scope_id().with("handle"), Sense::drag());
        handle.widget_info(|| {
            let name = format!("Caption of panel {}: drag it to another place", self.at + 1);
            WidgetInfo::labeled(Role::Group, true, name)
        });
        handle.dnd_set_drag_payload(Carried(self.at));
        if handle.dragged() {
            ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
        }
    }

    /// The two menus: how the frame is encrypted, and how one looks at it.
    fn menus_ui(&self, ui: &mut Ui, commands: &mut Vec<Command>) {
        let palette = theme::palette(ui);
        ui.visuals_mut().widgets.inactive.weak_bg_fill = Color32::TRANSPARENT;
        let room = ui.available_width();
        let padding = if room < ROOM_FOR_PADDING { 4.0 } else { 8.0 };
        ui.spacing_mut().button_padding = vec2(padding, 4.0);
        ui.spacing_mut().icon_width = 11.0;
        // With the arrow beside it.
        let wide = |text: &str, family: FontFamily| {
            let font = FontId::new(14.0, family);
            ui.painter().layout_no_wrap(text.to_owned(), font, palette.text).size().x + 20.0 + 2.0 * padding
        };
        let lens_width = match self.panel() {
            Panel::Cipher { lens, .. } => wide(lens.name(), FontFamily::Proportional),
            Panel::Plain => 0.0,
        };
        let mut names = caption::panel_names(self.panel());
        let fits = |name: &String| wide(name, theme::semibold()) + lens_width <= room;
        let name = names.swap_remove(names.iter().position(fits).unwrap_or(names.len() - 1));
        let name_width = wide(&name, theme::semibold());
        // Scheme and lens read as a sentence where there is room for its verb.
        let left = room - lens_width - name_width;
        let through = if lens_width > 0.0 && left > THROUGH { THROUGH } else { 0.0 };
        let is_short = name != caption::panel_name(self.panel());
        let name = RichText::new(name).family(theme::semibold());
        // In a very narrow card both are cut, the scheme less than the lens.
        let lens_room = lens_width.min((room - name_width).max(room * 0.45));
        let width = (room - lens_room - through).max(0.0);
        ui.allocate_ui_with_layout(vec2(width, LINE), Flow::left_to_right(Align::Center), |ui| {
            let response = ComboBox::from_id_salt("scheme")
                .selected_text(name)
                .width(0.0)
                .truncate()
                .show_ui(ui, |ui| menus::schemes_ui(ui, self.at, self.panel(), commands))
                .response
                .accessible_name(format!("Scheme of panel {}", self.at + 1));
            if let Some(scheme) = self.panel().scheme() {
                let about = scheme.about();
                let full = || format!("{}: {about}", caption::scheme_name(scheme));
                response.on_hover_text(if is_short { full() } else { about.to_owned() });
            }
        });
        if let Panel::Cipher { scheme, lens } = self.panel() {
            if through > 0.0 {
                ui.label(RichText::new("through").color(palette.weak));
            }
            let room = vec2(lens_room.min(ui.available_width()), LINE);
            ui.allocate_ui_with_layout(room, Flow::left_to_right(Align::Center), |ui| {
                ComboBox::from_id_salt("lens")
                    .selected_text(RichText::new(lens.name()).color(palette.weak))
                    .width(0.0)
                    .truncate()
                    .show_ui(ui, |ui| menus::lenses_ui(ui, self.at, scheme, lens, commands))
                    .response
                    .accessible_name(format!("Lens of panel {}", self.at + 1))
                    .on_hover_text(if lens_room < lens_width {
                        format!("{}: {}", lens.name(), lens.about())
                    } else {
                        lens.about().to_owned()
                    });
            });
        }
    }

    fn picture_ui(
        &self,
        ui: &mut Ui,
        rect: Rect,
        screen: &Screen,
        finding: Option<&Finding>,
        commands: &mut Vec<Command>,
    ) {
        let palette = theme::palette(ui);
        let response = ui.interact(rect, ui.scope_id().with("picture"), Sense::click_and_drag());
        response.widget_info(|| {
            let name = format!("Picture of panel {}: {}", self.at + 1, self.panel());
            let said = finding.and_then(|finding| finding.wordings.first());
            let name = said.map_or_else(|| name.clone(), |said| format!("{name}. {said}"));
            WidgetInfo::labeled(Role::Image, true, name)
        });
        let flush = rect.width() >= self.rect.width() - 1.0;
        let round =
            if flush { CornerRadius { nw: 0, ne: 0, sw: ROUND, se: ROUND } } else { CornerRadius::ZERO };
        let rect = snapped(rect, ui.pixels_per_point());
        log_place(ui, &response, rect, || format!("panel {} {}", self.at + 1, self.panel()));
        let pane = Pane { rect, sight: screen.sight(self.state.view.look) };
        let target = screen
            .shot()
            .and_then(|shot| Target::of(self.at, self.panel(), pane, self.state.scene.layout, shot.shape));
        let tool = self.state.view.tamper;
        let draws = self.panel() == Panel::Plain && self.state.drawing().is_some();
        let has_tool = draws || (target.is_some() && tool.in_hand);
        pane.follow(ui, &response, has_tool, commands);
        pane.point(ui, &response, self.state, screen, has_tool, commands);
        let painter = ui.painter();
        painter.rect_filled(rect, round, palette.ground);
        if let Some(texture) = screen.picture(self.at) {
            pane.paint(painter, texture, round);
            pane.paint_blocks(painter, self.state.scene.layout, texture.shape);
            pane.paint_mark(ui, self.state.scene.layout, screen);
        }
        if let Some(target) = target {
            let shown = screen.shot().and_then(|shot| shot.panels.get(self.at));
            let is_shown = shown.is_some_and(|shown| shown.panel == self.panel());
            target.tamper_ui(ui, &response, (tool, is_shown), commands);
        }
        if draws {
            easel_ui::hand_ui(ui, &response, pane, self.state, commands);
        }
        icons::focus_ui(ui, &response, rect, 0);
        // Who flips a bit there and back again does not mean to enlarge the panel.
        if response.double_clicked() && !has_tool {
            commands.push(Command::ToggleEnlarged(self.at));
        }
    }
}

/// Tells the log where a picture is in the window, in physical pixels, whenever that changes.
pub fn log_place(ui: &Ui, picture: &Response, rect: Rect, name: impl FnOnce() -> String) {
    let place = rect * ui.pixels_per_point();
    let before =
        ui.data_mut(|data| std::mem::replace(data.get_temp_mut_or(picture.id, Rect::NOTHING), place));
    if before != place {
        let (min, size) = (place.min, place.size());
        tracing::debug!("{} at {},{} {}×{}", name(), min.x, min.y, size.x, size.y);
    }
}

/// Why there is nothing to see, in the middle of where it would be. Returns where that stands.
fn notice_ui(ui: &Ui, picture: Rect, words: String) -> Rect {
    // On the ground of a picture without light, whatever the theme.
    let color = Color32::from_gray(170);
    let room = (picture.width() - 24.0).max(80.0);
    let font = FontId::proportional(if room < ROOM_FOR_LETTERS { 12.0 } else { 15.0 });
    let mut job = LayoutJob::simple(words, font, color, room);
    job.halign = Align::Center;
    let galley = ui.fonts_mut(|fonts| fonts.layout_job(job));
    let rect = Rect::from_center_size(picture.center(), galley.size());
    ui.painter_at(picture).galley(rect.center_top(), galley, color);
    rect
}

/// The word as a chip, and behind it the number in the longest wording that there is room for.
fn finding_ui(ui: &mut Ui, finding: &Finding) {
    let Some(word) = finding.word else { return number_ui(ui, finding) };
    if ui.layout().prefer_right_to_left() {
        let room = (ui.available_width() - chip_width(ui, word) - 14.0).max(0.0);
        ui.scope(|ui| {
            ui.set_max_width(room);
            number_ui(ui, finding);
        });
        ui.add_space(6.0);
        chip_ui(ui, word);
    } else {
        chip_ui(ui, word);
        number_ui(ui, finding);
    }
}

const CHIP: f32 = 12.5;

fn chip_width(ui: &Ui, word: Word) -> f32 {
    let font = FontId::new(CHIP, theme::semibold());
    ui.painter().layout_no_wrap(word.name().into(), font, Color32::PLACEHOLDER).size().x + 16.0
}

/// What an eavesdropper gets, in a word.
fn chip_ui(ui: &mut Ui, word: Word) {
    let palette = theme::palette(ui);
    let leaks = caption::is_leak(word);
    let (ground, color) =
        if leaks { (palette.accent, palette.on_accent) } else { (palette.control, palette.weak) };
    let font = FontId::new(CHIP, theme::semibold());
    let (rect, response) = ui.allocate_exact_size(vec2(chip_width(ui, word), 20.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("In a word: {word}")));
    ui.painter().rect_filled(rect, CornerRadius::same(10), ground);
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, word.name(), font, color);
    response.on_hover_text(caption::about_word(word));
}

/// The number in the longest wording that there is room for.
fn number_ui(ui: &mut Ui, finding: &Finding) {
    let palette = theme::palette(ui);
    let color = if finding.leaks { palette.accent } else { palette.weak };
    let font = FontId::new(13.5, FontFamily::Proportional);
    let room = (ui.available_width() - 8.0).max(0.0);
    // The bare number is better than half a word.
    let bare =
        finding.wordings.last().and_then(|words| words.split(' ').next()).filter(|it| it.ends_with('%'));
    let wordings = finding.wordings.iter().map(String::as_str).chain(bare);
    let fitting = wordings.clone().map(|words| (words, Digits::of(ui, words, &font)));
    let fits = |(_, digits): &(&str, Digits)| digits.size.x <= room;
    let (words, response) = if let Some((words, digits)) = fitting.into_iter().find(fits) {
        let (rect, response) = ui.allocate_exact_size(digits.size, Sense::hover());
        digits.paint(ui.painter(), rect.min, color);
        (words, response)
    } else {
        let Some(words) = wordings.last() else { return };
        let text = RichText::new(words).font(font).color(color);
        (words, ui.scope(|ui| ui.add_sized(vec2(room, 18.0), Label::new(text).truncate())).inner)
    };
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, words));
    if finding.wordings.first().map(String::as_str) != Some(words) {
        response.on_hover_text(finding.wordings[0].clone());
    }
}
