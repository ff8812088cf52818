//! The caption of a panel: the menus of scheme and lens, the buttons, and the finding as a word and a number. Where
//! there is little room, names and numbers are replaced by shorter ones with the same meaning.

use eframe::egui::{
    Align, Align2, Color32, ComboBox, CornerRadius, CursorIcon, FontFamily, FontId, Frame, Label,
    Layout as Flow, Popup, PopupCloseBehavior, Rect, RichText, Role, Sense, Ui, UiBuilder, WidgetInfo, vec2,
};

use super::finding::{self, PanelFinding};
use super::naming::{BARE_PADDING, Naming};
use super::panels_ui::{Card, Carried};
use super::{lens_form, menus};
use crate::call::CallSource;
use crate::gui::model::command::Command;
use crate::gui::model::panels;
use crate::gui::widgets::icons::{self, Icon, icon_button_ui};
use crate::gui::widgets::tabular_text::Digits;
use crate::gui::widgets::theme;
use crate::leak::Finding;
use crate::play::Status;
use crate::scene::Panel;

/// Height of a line of a caption, in points.
const LINE: f32 = 30.0;

/// From this width, in points, a caption has room for more than one button.
const ROOM_FOR_BUTTONS: f32 = 300.0;

/// Width of a button of a caption, in points.
const BUTTON: f32 = 30.0;

/// The same on the second line of a narrow caption.
const SMALL_BUTTON: f32 = 22.0;

/// In captions narrower than this, in points, the menus stand closer together.
const ROOM_FOR_PADDING: f32 = 190.0;

/// Width of the longest word between the two menus, in points.
const JOINT: f32 = 58.0;

impl Card<'_> {
    /// Draws the caption into `rect`, with the finding on the line of the menus or below it.
    pub(super) fn caption_ui(
        &self,
        ui: &mut Ui,
        rect: Rect,
        one_line: bool,
        finding: Option<&PanelFinding>,
        status: &Status,
        commands: &mut Vec<Command>,
    ) {
        self.handle_ui(ui, rect, commands);
        let inner = rect.shrink2(vec2(6.0, 3.0));
        let line = inner.with_max_y(inner.top() + LINE);
        // Where there is little room there is no button: the digit key or a double click enlarges the panel.
        let has_room = self.enlarged || rect.width() >= ROOM_FOR_BUTTONS;
        let can_enlarge = has_room && self.state.scene.panels.len() > 1;
        // In a caption of two lines the options stand on the second one, beside the finding: the names need the first
        // line.
        let options_below = self.has_options() && !has_room && !one_line;
        let buttons = 1 + u8::from(self.has_options() && !options_below) + u8::from(can_enlarge);
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
            if !options_below {
                self.options_ui(ui, BUTTON, status, commands);
            }
            let more = icon_button_ui(ui, Icon::More, &format!("Menu of panel {}", self.at + 1), false);
            self.take_in_hand(&more, commands);
            Popup::menu(&more).show(|ui| menus::panel_ui(ui, self.at, &self.state.scene, commands));
            let (icon, name) = if self.enlarged {
                (Icon::Reduce, format!("Show all panels ({})", self.at + 1))
            } else {
                (Icon::Enlarge, format!("Enlarge panel {0} ({0})", self.at + 1))
            };
            if can_enlarge && icon_button_ui(ui, icon, &name, false).clicked() {
                commands.push(Command::Panels(panels::Command::ToggleEnlarged(self.at)));
            }
        });
        let mut below = inner.with_min_y(line.bottom() - 2.0).shrink2(vec2(8.0, 0.0));
        if options_below {
            let button = below.with_min_x(below.right() - SMALL_BUTTON + 4.0).translate(vec2(4.0, 0.0));
            below.set_right(button.left() - 4.0);
            ui.scope_builder(part(button), |ui| self.options_ui(ui, SMALL_BUTTON, status, commands));
        }
        if let (Some(finding), false) = (finding, one_line) {
            let builder = UiBuilder::new().max_rect(below).layout(Flow::left_to_right(Align::Center));
            ui.scope_builder(builder, |ui| finding_ui(ui, finding));
        }
    }

    fn has_options(&self) -> bool {
        matches!(self.panel(), Panel::Cipher { lens, .. } if lens_form::has_form(lens))
    }

    /// Draws the button for the options of a lens that has more than a menu can list.
    fn options_ui(&self, ui: &mut Ui, side: f32, status: &Status, commands: &mut Vec<Command>) {
        if !self.has_options() {
            return;
        }
        let name = format!("Options of panel {}", self.at + 1);
        let button = icons::sized_button_ui(ui, Icon::Options, side, &name, false);
        let shape = status.info.as_ref().map(|info| info.shape());
        let form = lens_form::Form { at: self.at, state: self.state, status, shape };
        Popup::from_toggle_button_response(&button)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .frame(Frame::popup(ui.style()).inner_margin(14))
            .show(|ui| form.form_ui(ui, commands));
    }

    /// The caption is a handle: dragging it moves the panel.
    fn handle_ui(&self, ui: &Ui, rect: Rect, commands: &mut Vec<Command>) {
        let sense = if self.enlarged { Sense::click() } else { Sense::click_and_drag() };
        let handle = ui.interact(rect, ui.scope_id().with("handle"), sense);
        self.menu_ui(&handle, commands);
        if self.enlarged {
            return;
        }
        handle.widget_info(|| {
            let name = format!("Caption of panel {}: drag it to another place", self.at + 1);
            WidgetInfo::labeled(Role::Group, true, name)
        });
        handle.dnd_set_drag_payload(Carried(self.at));
        if handle.dragged() {
            ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
        }
    }

    /// Draws the two menus: scheme and lens.
    fn menus_ui(&self, ui: &mut Ui, commands: &mut Vec<Command>) {
        let palette = theme::palette(ui);
        ui.visuals_mut().widgets.inactive.weak_bg_fill = Color32::TRANSPARENT;
        let room = ui.available_width();
        let padding = if room < ROOM_FOR_PADDING { 4.0 } else { 8.0 };
        ui.spacing_mut().button_padding = vec2(padding, 4.0);
        ui.spacing_mut().icon_width = 11.0;
        let wide = |text: &str, is_scheme: bool, size: f32| {
            let family = if is_scheme { theme::semibold() } else { FontFamily::Proportional };
            let font = FontId::new(size, family);
            ui.painter().layout_no_wrap(text.to_owned(), font, palette.text).size().x
        };
        let naming = Naming::of(self.panel(), &self.state.scene.panels, (room, padding), wide);
        let Naming { scheme: name, size, has_arrows, hides_lens, scheme_width, lens_width } = naming;
        if !has_arrows {
            (ui.spacing_mut().icon_width, ui.spacing_mut().icon_spacing) = (0.0, 0.0);
            ui.spacing_mut().button_padding.x = BARE_PADDING;
        }
        // Where there is room, a word between scheme and lens joins them to a sentence.
        let left = room - lens_width - scheme_width;
        let joint = if lens_width > 0.0 && left > JOINT { JOINT } else { 0.0 };
        let is_short = name != self.panel().title();
        let name = RichText::new(name).font(FontId::new(size, theme::semibold()));
        // In a very narrow card both names are truncated, the scheme less than the lens.
        let least = if hides_lens { lens_width } else { room * 0.45 };
        let lens_room = lens_width.min((room - scheme_width).max(least));
        let width = (room - lens_room - joint).max(0.0);
        ui.allocate_ui_with_layout(vec2(width, LINE), Flow::left_to_right(Align::Center), |ui| {
            let response = ComboBox::from_id_salt("scheme")
                .selected_text(name)
                .width(0.0)
                .truncate()
                .show_ui(ui, |ui| menus::schemes_ui(ui, self.at, self.panel(), commands))
                .response
                .accessible_name(format!("Scheme of panel {}", self.at + 1));
            self.take_in_hand(&response, commands);
            if let Some(observer) = self.panel().own_target().observer {
                response.on_hover_ui(|ui| {
                    let built = CallSource::of(&self.state.scene.source).and_then(CallSource::known);
                    let why =
                        built.as_ref().and_then(|built| built.row(observer)).map(|row| row.why.as_str());
                    ui.label(why.unwrap_or("The call is being made."));
                });
            } else if let Some(scheme) = self.panel().scheme() {
                let about = scheme.about();
                let full = || format!("{}: {about}", scheme.title());
                response.on_hover_text(if is_short { full() } else { about.to_owned() });
            }
        });
        if let Panel::Cipher { lens, .. } = self.panel() {
            if hides_lens {
                ui.spacing_mut().icon_width = 11.0;
                ui.spacing_mut().icon_spacing = 0.0;
            }
            if joint > 0.0 {
                ui.label(RichText::new(lens.kind().preposition).color(palette.weak));
            }
            let room = vec2(lens_room.min(ui.available_width()), LINE);
            ui.allocate_ui_with_layout(room, Flow::left_to_right(Align::Center), |ui| {
                let response = ComboBox::from_id_salt("lens")
                    .selected_text(
                        RichText::new(if hides_lens { String::new() } else { lens.title() })
                            .size(size)
                            .color(palette.weak),
                    )
                    .width(0.0)
                    .truncate()
                    .show_ui(ui, |ui| menus::lenses_ui(ui, self.at, self.panel(), lens, commands))
                    .response
                    .accessible_name(format!("Lens of panel {}", self.at + 1))
                    .on_hover_text(if lens_room < lens_width || hides_lens {
                        format!("{}: {}", lens.name(), lens.about())
                    } else {
                        lens.about().to_owned()
                    });
                self.take_in_hand(&response, commands);
            });
        }
    }
}

/// Draws the finding: the word, and after it the longest wording of the number that fits. Text without a number is
/// left out rather than truncated.
fn finding_ui(ui: &mut Ui, finding: &PanelFinding) {
    let font = FontId::new(NUMBER, FontFamily::Proportional);
    let number = finding.bare().map_or(0.0, |number| Digits::of(ui, &number, &font).size.x + 8.0);
    let has_room = |word: &Finding| ui.available_width() >= chip_width(ui, *word) + 14.0 + number;
    // The number is never left out.
    let Some(word) = finding.word.filter(has_room) else { return number_ui(ui, finding, true) };
    if ui.layout().prefer_right_to_left() {
        let room = (ui.available_width() - chip_width(ui, word) - 14.0).max(0.0);
        ui.scope(|ui| {
            ui.set_max_width(room);
            number_ui(ui, finding, false);
        });
        ui.add_space(6.0);
        chip_ui(ui, word);
    } else {
        chip_ui(ui, word);
        number_ui(ui, finding, false);
    }
}

/// The font sizes of the word and of the number, in points.
const CHIP: f32 = 12.5;
const NUMBER: f32 = 13.5;

fn chip_width(ui: &Ui, word: Finding) -> f32 {
    let font = FontId::new(CHIP, theme::semibold());
    ui.painter().layout_no_wrap(word.name().into(), font, Color32::PLACEHOLDER).size().x + 16.0
}

/// Draws the word for what an eavesdropper gets.
fn chip_ui(ui: &mut Ui, word: Finding) {
    let palette = theme::palette(ui);
    let leaks = word.is_leak();
    let (background, color) =
        if leaks { (palette.accent, palette.on_accent) } else { (palette.control, palette.weak) };
    let font = FontId::new(CHIP, theme::semibold());
    let (rect, response) = ui.allocate_exact_size(vec2(chip_width(ui, word), 20.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("In a word: {word}")));
    ui.painter().rect_filled(rect, CornerRadius::same(10), background);
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, word.name(), font, color);
    response.on_hover_text(finding::about_word(word));
}

/// Draws the longest wording that fits. Where not even the shortest fits, it is truncated if that is allowed, and
/// left out otherwise.
fn number_ui(ui: &mut Ui, finding: &PanelFinding, can_be_cut: bool) {
    let palette = theme::palette(ui);
    let color = if finding.leaks { palette.accent } else { palette.weak };
    let font = FontId::new(NUMBER, FontFamily::Proportional);
    let room = (ui.available_width() - 8.0).max(0.0);
    // The number alone is better than a truncated word.
    let bare = finding.bare();
    let wordings = finding.wordings.iter().map(String::as_str).chain(bare.as_deref());
    let fitting = wordings.clone().map(|words| (words, Digits::of(ui, words, &font)));
    let fits = |(_, digits): &(&str, Digits)| digits.size.x <= room;
    let (words, response) = if let Some((words, digits)) = fitting.into_iter().find(fits) {
        let (rect, response) = ui.allocate_exact_size(digits.size, Sense::hover());
        digits.paint(ui.painter(), rect.min, color);
        (words, response)
    } else {
        let Some(words) = wordings.last().filter(|_| can_be_cut) else { return };
        let text = RichText::new(words).font(font).color(color);
        (words, ui.scope(|ui| ui.add_sized(vec2(room, 18.0), Label::new(text).truncate())).inner)
    };
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, words));
    if finding.wordings.first().map(String::as_str) != Some(words) {
        response.on_hover_text(finding.wordings[0].clone());
    }
}
