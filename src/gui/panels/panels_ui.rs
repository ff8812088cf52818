//! Draws the panels: a caption, and below it what an eavesdropper sees.

use eframe::egui::{
    Align2, Button, CornerRadius, DragAndDrop, FontId, Id, LayerId, Order, Popup, Pos2, Rect, Response, Role,
    Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

use super::grid::Grid;
use super::letterbox::Letterbox;
use super::notice_ui::{log_place, notice_ui};
use super::panel_textures::PanelTextures;
use super::picture::{Pane, snapped};
use super::tamper_ui::Target;
use super::{compare, drawing_ui, finding, menus, pointer};
use crate::gui::model::command::Command;
use crate::gui::model::panels;
use crate::gui::model::state::State;
use crate::gui::widgets::{icons, theme};
use crate::play::Status;
use crate::scene::Panel;

/// Radius of the corners of a card, in points.
const ROUND: u8 = 10;

/// Height of a button below a message in a picture, in points.
const ROOM_FOR_BUTTON: f32 = 34.0;

/// The aspect ratio of the panels before the source is known.
const USUAL_ASPECT: f32 = 16.0 / 9.0;

/// Draws the panels into the rest of the window.
pub fn panels_ui(
    ui: &mut Ui,
    state: &State,
    (status, announcement): (&Status, Option<&'static str>),
    textures: &mut PanelTextures,
    commands: &mut Vec<Command>,
) {
    let area = ui.available_rect_before_wrap();
    if status.error.is_some() && textures.displayed().is_none() {
        return nothing_ui(ui, area);
    }
    let letterbox = Letterbox::of(status);
    let shape = textures.displayed().map(|displayed| displayed.shape);
    let aspect = letterbox.aspect(shape).unwrap_or(USUAL_ASPECT);
    if let Some(comparison) = state.panel_view.comparison {
        return compare::wipe_ui(ui, (state, status), textures, comparison, (letterbox, aspect), commands);
    }
    let shown: Vec<usize> = match state.panel_view.enlarged {
        Some(at) if at < state.scene.panels.len() => vec![at],
        _ => (0..state.scene.panels.len()).collect(),
    };
    let grid = Grid::fit(area, shown.len(), aspect, ui.pixels_per_point());
    textures.lay_out(ui, (letterbox, grid.picture), &shown, shown.first().copied(), state);
    for (&at, &rect) in shown.iter().zip(&grid.cards) {
        let card = Card { at, rect, state, announcement, enlarged: shown.len() == 1 };
        let builder = UiBuilder::new().id_salt(("card", at)).max_rect(card.rect);
        ui.scope_builder(builder, |ui| card.card_ui(ui, &grid, textures, status, commands));
    }
    drop_ui(ui, &shown, &grid, commands);
    pointer::leave(ui, state, grid.cards.iter().map(|&card| grid.picture_in(card)), commands);
}

/// The panel that is dragged by its caption, by its place in the scene.
pub(super) struct Carried(pub usize);

/// Marks the panel over which another one is dragged, and moves that one there when it is dropped.
fn drop_ui(ui: &Ui, shown: &[usize], grid: &Grid, commands: &mut Vec<Command>) {
    let Some(carried) = DragAndDrop::payload::<Carried>(ui.ctx()) else { return };
    let Some(pos) = ui.ctx().pointer_interact_pos() else { return };
    let over = shown.iter().zip(&grid.cards).find(|(_, card)| card.contains(pos));
    let palette = theme::palette(ui);
    if let Some((&to, card)) = over.filter(|(to, _)| **to != carried.0) {
        let stroke = Stroke::new(3.0, palette.accent);
        ui.painter().rect_stroke(*card, CornerRadius::same(ROUND), stroke, StrokeKind::Inside);
        if ui.input(|input| input.pointer.any_released()) {
            commands.push(Command::Panels(panels::Command::Move(carried.0, to)));
        }
    }
    let layer = LayerId::new(Order::Tooltip, Id::unique("carried panel"));
    let painter = ui.ctx().layer_painter(layer);
    let hint = Rect::from_min_size(pos + vec2(12.0, 12.0), vec2(84.0, 30.0));
    painter.rect_filled(hint, CornerRadius::same(8), palette.accent);
    let (font, text) = (FontId::new(14.0, theme::semibold()), format!("Panel {}", carried.0 + 1));
    painter.text(hint.center(), Align2::CENTER_CENTER, text, font, palette.on_accent);
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

/// A panel and its area.
pub(super) struct Card<'a> {
    pub at: usize,
    pub rect: Rect,
    pub state: &'a State,
    /// What is announced in place of a picture that takes long.
    pub announcement: Option<&'static str>,
    pub enlarged: bool,
}

impl Card<'_> {
    pub fn panel(&self) -> Panel {
        self.state.scene.panels[self.at]
    }

    fn card_ui(
        &self,
        ui: &mut Ui,
        grid: &Grid,
        textures: &PanelTextures,
        status: &Status,
        commands: &mut Vec<Command>,
    ) {
        let palette = theme::palette(ui);
        ui.painter().rect_filled(self.rect, CornerRadius::same(ROUND), palette.card);
        let displayed = textures.displayed();
        let rendered = displayed
            .and_then(|displayed| displayed.panels.get(self.at).map(|panel| (displayed.shape, panel)));
        let finding = rendered
            .filter(|(_, rendered)| rendered.panel == self.panel())
            .map(|(shape, rendered)| finding::finding_of(shape, rendered));
        let caption = self.rect.with_max_y(self.rect.top() + grid.caption_height);
        self.caption_ui(ui, caption, grid.one_line(), finding.as_ref(), status, commands);
        let panel = grid.picture_in(self.rect);
        // A picture that stays on screen may have another shape than the current frame.
        let shape = textures
            .picture(self.at)
            .map(|texture| texture.shape)
            .or(displayed.map(|displayed| displayed.shape));
        let picture_rect = Letterbox::of(status).picture_rect(panel, shape);
        if picture_rect != panel {
            ui.painter().rect_filled(panel, self.corners(panel), palette.background);
        }
        let message = finding.as_ref().and_then(|finding| finding.wordings.first()).map(String::as_str);
        let shown = rendered.map(|(_, rendered)| rendered).filter(|rendered| rendered.panel == self.panel());
        // While the user draws, panels are prepared again with every mark: a message would flash.
        let is_redrawn = self.state.drawing().is_some()
            && shown.is_some_and(|rendered| rendered.pending.is_some())
            && !status.preparing_stopped;
        let words = shown.filter(|_| !is_redrawn).and_then(|rendered| finding::notice(rendered, status));
        // While ciphertext is slowed down, an earlier picture may be on screen.
        let there = textures.picture(self.at);
        let words = words.filter(|_| there.is_none_or(|texture| texture.is_empty));
        // A picture of another panel or source does not match the caption: it is removed if the new one takes long.
        let is_own = status.shown.is_some() && there.is_some_and(|texture| texture.panel == self.panel());
        let awaited = self.announcement.filter(|_| !is_own);
        let words = awaited.map(Into::into).or(words);
        self.picture_ui(
            ui,
            picture_rect,
            textures,
            (words.as_deref().or(message), awaited.is_none()),
            commands,
        );
        if let Some(words) = words {
            let picture = grid.picture_in(self.rect);
            if shown.is_some_and(|rendered| rendered.pending.is_some()) {
                let words = notice_ui(ui, picture.with_max_y(picture.bottom() - ROOM_FOR_BUTTON), &words);
                let below = words.center_bottom().y + 22.0;
                let lowest = picture.bottom() - ROOM_FOR_BUTTON / 2.0;
                let centre = pos2(picture.center().x, below.min(lowest));
                self.preparing_ui(ui, centre, status, commands);
            } else {
                notice_ui(ui, picture, &words);
            }
        }
        // A picture may be as dark as the background: an edge shows where it ends.
        let is_in_hand = !self.enlarged && self.state.selected_panel() == Some(self.at);
        let stroke =
            if is_in_hand { Stroke::new(1.5, palette.accent) } else { Stroke::new(1.0, palette.line) };
        ui.painter().rect_stroke(self.rect, CornerRadius::same(ROUND), stroke, StrokeKind::Outside);
    }

    /// Draws the button below the message of a panel that is being prepared: it stops preparing, or starts again.
    fn preparing_ui(&self, ui: &mut Ui, centre: Pos2, status: &Status, commands: &mut Vec<Command>) {
        let (word, command) = if status.preparing_stopped {
            ("Prepare", Command::Panels(panels::Command::Prepare))
        } else {
            ("Cancel", Command::Panels(panels::Command::StopPreparing))
        };
        let rect = Rect::from_center_size(centre, vec2(96.0, 28.0));
        let name = format!("{word} panel {}", self.at + 1);
        if ui.put(rect, Button::new(word)).accessible_name(name).clicked() {
            commands.push(command);
        }
    }

    /// Selects the panel where a part of it is clicked on or gets the keyboard focus.
    pub fn take_in_hand(&self, part: &Response, commands: &mut Vec<Command>) {
        let is_touched = part.clicked() || part.secondary_clicked() || part.gained_focus();
        if is_touched && self.state.panel_view.selected != Some(self.at) {
            commands.push(Command::Panels(panels::Command::Select(self.at)));
        }
    }

    /// Selects the panel where it is clicked on, and opens its menu on a right click.
    pub fn menu_ui(&self, clicked: &Response, commands: &mut Vec<Command>) {
        self.take_in_hand(clicked, commands);
        let menu = Popup::context_menu(clicked);
        menu.show(|ui| menus::panel_ui(ui, self.at, &self.state.scene, commands));
    }

    /// The radii of the corners of a picture at `rect`: those of the card where the picture fills the card.
    fn corners(&self, rect: Rect) -> CornerRadius {
        let fills = rect.width() >= self.rect.width() - 1.0 && rect.bottom() >= self.rect.bottom() - 2.0;
        if fills { CornerRadius { nw: 0, ne: 0, sw: ROUND, se: ROUND } } else { CornerRadius::ZERO }
    }

    fn picture_ui(
        &self,
        ui: &mut Ui,
        rect: Rect,
        textures: &PanelTextures,
        (message, is_shown): (Option<&str>, bool),
        commands: &mut Vec<Command>,
    ) {
        let palette = theme::palette(ui);
        let response = ui.interact(rect, ui.scope_id().with("picture"), Sense::click_and_drag());
        response.widget_info(|| {
            let name = format!("Picture of panel {}: {}", self.at + 1, self.panel());
            let name = message.map_or_else(|| name.clone(), |message| format!("{name}. {message}"));
            WidgetInfo::labeled(Role::Image, true, name)
        });
        let round = self.corners(rect);
        let rect = snapped(rect, ui.pixels_per_point());
        log_place(ui, &response, rect, || format!("panel {} {}", self.at + 1, self.panel()));
        let pane = Pane { rect, viewport: textures.viewport(self.state.panel_view.view_pos) };
        let target = textures.displayed().and_then(|displayed| {
            Target::of(self.at, self.panel(), pane, self.state.scene.layout, displayed.shape)
        });
        let tool = self.state.panel_view.tamper_tool;
        let draws = self.panel() == Panel::Plain && self.state.drawing().is_some();
        let has_tool = draws || (target.is_some() && tool.is_active);
        pane.follow(ui, &response, has_tool, commands);
        pane.point(ui, &response, (self.state, self.panel()), textures, has_tool, commands);
        let painter = ui.painter();
        painter.rect_filled(rect, round, palette.background);
        if let Some(texture) = textures.picture(self.at).filter(|_| is_shown) {
            pane.paint(painter, texture, round);
            if self.state.scene.target_of(self.panel()).target.is_pixels() {
                pane.paint_blocks(painter, self.state.scene.layout, texture.shape);
            }
            pane.paint_bytes(ui, painter, (self.state.scene.layout, texture.shape), textures.cells(self.at));
            pane.paint_mark(ui, (self.state.scene.layout, self.panel()), textures);
            pane.paint_slice(ui, (self.state.inspector, self.panel()), textures);
        }
        if let Some(target) = target {
            let shown = textures.displayed().and_then(|displayed| displayed.panels.get(self.at));
            let is_shown = shown.is_some_and(|shown| shown.panel == self.panel());
            target.tamper_ui(ui, &response, (tool, is_shown), commands);
        }
        if draws {
            drawing_ui::hand_ui(ui, &response, pane, self.state, commands);
        }
        icons::focus_ui(ui, &response, rect, 0);
        if textures.has_map(self.at) {
            pane.overview_ui(ui, textures.overview(self.panel()), commands);
        }
        self.menu_ui(&response, commands);
        // Two clicks that flip a bit and back are no double click: they do not enlarge the panel.
        if response.double_clicked() && !has_tool {
            commands.push(Command::Panels(panels::Command::ToggleEnlarged(self.at)));
        }
    }
}
