//! The caption of a panel: its menus as a sentence, its buttons, and what it gives away as a chip with the
//! number behind it. Where there is little room, names and numbers shorten in steps that keep their sense.

use eframe::egui::{
    Align, Align2, Color32, ComboBox, CornerRadius, CursorIcon, FontFamily, FontId, Frame, Label,
    Layout as Flow, Popup, PopupCloseBehavior, Rect, RichText, Role, Sense, Ui, UiBuilder, WidgetInfo, vec2,
};

use super::caption::{self, Finding};
use super::digits::Digits;
use super::icons::{self, Icon, icon_button_ui};
use super::panels::{Card, Carried};
use super::state::Command;
use super::{menus, options, theme};
use crate::leak::Word;
use crate::pipeline::Status;
use crate::scene::Panel;

/// Height of a line of a caption.
const LINE: f32 = 30.0;

/// From this width on a caption has room for more than one button.
const ROOM_FOR_BUTTONS: f32 = 300.0;

/// Width of a button of a caption.
const BUTTON: f32 = 30.0;

/// The same on the second line of a narrow caption.
const SMALL_BUTTON: f32 = 22.0;

/// In narrower captions the menus stand closer together.
const ROOM_FOR_PADDING: f32 = 190.0;

/// What the arrow of a menu takes beside its name, and what is left of that without the arrow.
const ARROW: [f32; 2] = [20.0, 1.0];

/// What the menu of a lens takes whose name has no room: its arrow alone.
const LENS_ARROW: f32 = 20.0;

/// Width of the word between the menus of a caption.
const THROUGH: f32 = 58.0;

impl Card<'_> {
    /// Draws the caption into `rect`, with what is given away on the line of the menus or below it.
    pub(super) fn caption_ui(
        &self,
        ui: &mut Ui,
        rect: Rect,
        one_line: bool,
        finding: Option<&Finding>,
        status: &Status,
        commands: &mut Vec<Command>,
    ) {
        self.handle_ui(ui, rect, commands);
        let inner = rect.shrink2(vec2(6.0, 3.0));
        let line = inner.with_max_y(inner.top() + LINE);
        // Where there is little room, the digit and a double click have to do.
        let has_room = self.enlarged || rect.width() >= ROOM_FOR_BUTTONS;
        let can_enlarge = has_room && self.state.scene.panels.len() > 1;
        // There, the options stand below, beside what is given away: the names need the line.
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
            if more.clicked() && self.state.view.in_hand != Some(self.at) {
                commands.push(Command::TakeInHand(self.at));
            }
            Popup::menu(&more).show(|ui| menus::panel_ui(ui, self.at, &self.state.scene.panels, commands));
            let (icon, name) = if self.enlarged {
                (Icon::Reduce, format!("Show all panels ({})", self.at + 1))
            } else {
                (Icon::Enlarge, format!("Enlarge panel {0} ({0})", self.at + 1))
            };
            if can_enlarge && icon_button_ui(ui, icon, &name, false).clicked() {
                commands.push(Command::ToggleEnlarged(self.at));
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
        matches!(self.panel(), Panel::Cipher { lens, .. } if options::has_form(lens))
    }

    /// The options of a lens that has more of them than a menu can list.
    fn options_ui(&self, ui: &mut Ui, side: f32, status: &Status, commands: &mut Vec<Command>) {
        if !self.has_options() {
            return;
        }
        let name = format!("Options of panel {}", self.at + 1);
        let button = icons::sized_button_ui(ui, Icon::Options, side, &name, false);
        let shape = status.info.as_ref().map(|info| info.shape());
        let form = options::Form { at: self.at, state: self.state, status, shape };
        Popup::from_toggle_button_response(&button)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .frame(Frame::popup(ui.style()).inner_margin(14))
            .show(|ui| form.form_ui(ui, commands));
    }

    /// The caption itself: the panel is drawn along by it to another place.
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

    /// The two menus: how the frame is encrypted, and how one looks at it.
    fn menus_ui(&self, ui: &mut Ui, commands: &mut Vec<Command>) {
        let palette = theme::palette(ui);
        ui.visuals_mut().widgets.inactive.weak_bg_fill = Color32::TRANSPARENT;
        let room = ui.available_width();
        let padding = if room < ROOM_FOR_PADDING { 4.0 } else { 8.0 };
        ui.spacing_mut().button_padding = vec2(padding, 4.0);
        ui.spacing_mut().icon_width = 11.0;
        let wide = |ui: &Ui, text: &str, family: FontFamily| {
            let font = FontId::new(14.0, family);
            ui.painter().layout_no_wrap(text.to_owned(), font, palette.text).size().x + 2.0 * padding
        };
        let lens_width = match self.panel() {
            Panel::Cipher { lens, .. } => wide(ui, &caption::lens_name(lens), FontFamily::Proportional),
            Panel::Plain => 0.0,
        };
        let menus = if self.panel() == Panel::Plain { 1.0 } else { 2.0 };
        let mut names = caption::panel_names(self.panel());
        let fits = |name: &String| wide(ui, name, theme::semibold()) + lens_width + menus * ARROW[0] <= room;
        let fitting = names.iter().position(fits);
        // A scheme that is misused is never named without its misuse: rather its lens goes, but for the arrow of its
        // menu.
        let is_misused = self.panel().scheme().is_some_and(|scheme| scheme.habit().is_some());
        let hides_lens = fitting.is_none() && is_misused;
        let (lens_width, fitting) = if hides_lens {
            let fits = |name: &String| wide(ui, name, theme::semibold()) + LENS_ARROW <= room;
            (LENS_ARROW - ARROW[1], names.iter().position(fits))
        } else {
            (lens_width, fitting)
        };
        let name = names.swap_remove(fitting.unwrap_or(names.len() - 1));
        // A name that can be read is worth more than the arrow beside it.
        let has_arrows = fitting.is_some() && !hides_lens;
        let arrow = ARROW[usize::from(!has_arrows)];
        if !has_arrows {
            (ui.spacing_mut().icon_width, ui.spacing_mut().icon_spacing) = (0.0, 0.0);
            // Less than was counted with: buttons add a hair of their own.
            ui.spacing_mut().button_padding.x = 2.0;
        }
        let lens_width = if lens_width > 0.0 { lens_width + arrow } else { 0.0 };
        let name_width = wide(ui, &name, theme::semibold()) + arrow;
        // Scheme and lens read as a sentence where there is room for its verb.
        let left = room - lens_width - name_width;
        let through = if lens_width > 0.0 && left > THROUGH { THROUGH } else { 0.0 };
        let is_short = name != caption::panel_name(self.panel());
        let name = RichText::new(name).family(theme::semibold());
        // In a very narrow card both are cut, the scheme less than the lens.
        let least = if hides_lens { lens_width } else { room * 0.45 };
        let lens_room = lens_width.min((room - name_width).max(least));
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
            if hides_lens {
                ui.spacing_mut().icon_width = 11.0;
                ui.spacing_mut().icon_spacing = 0.0;
            }
            if through > 0.0 {
                ui.label(RichText::new("through").color(palette.weak));
            }
            let room = vec2(lens_room.min(ui.available_width()), LINE);
            ui.allocate_ui_with_layout(room, Flow::left_to_right(Align::Center), |ui| {
                ComboBox::from_id_salt("lens")
                    .selected_text(
                        RichText::new(if hides_lens { String::new() } else { caption::lens_name(lens) })
                            .color(palette.weak),
                    )
                    .width(0.0)
                    .truncate()
                    .show_ui(ui, |ui| menus::lenses_ui(ui, self.at, scheme, lens, commands))
                    .response
                    .accessible_name(format!("Lens of panel {}", self.at + 1))
                    .on_hover_text(if lens_room < lens_width || hides_lens {
                        format!("{}: {}", lens.name(), lens.about())
                    } else {
                        lens.about().to_owned()
                    });
            });
        }
    }
}

/// The word as a chip, and behind it the number in the longest wording that there is room for.
fn finding_ui(ui: &mut Ui, finding: &Finding) {
    let font = FontId::new(NUMBER, FontFamily::Proportional);
    let number = finding.bare().map_or(0.0, |number| Digits::of(ui, &number, &font).size.x + 8.0);
    let has_room = |word: &Word| ui.available_width() >= chip_width(ui, *word) + 14.0 + number;
    // The number stays, whatever goes.
    let Some(word) = finding.word.filter(has_room) else { return number_ui(ui, finding) };
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

/// Sizes of type: of the word, and of the number behind it.
const CHIP: f32 = 12.5;
const NUMBER: f32 = 13.5;

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
    let font = FontId::new(NUMBER, FontFamily::Proportional);
    let room = (ui.available_width() - 8.0).max(0.0);
    // The bare number is better than half a word.
    let bare = finding.bare();
    let wordings = finding.wordings.iter().map(String::as_str).chain(bare.as_deref());
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
