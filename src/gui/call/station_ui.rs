//! A station of the diagram: its name, what an observer there has, and the keys that it holds.

use eframe::egui::{
    Color32, CornerRadius, FontId, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use super::moment::CallMoment;
use super::signs::{self, key_colour, key_name};
use super::travel;
use crate::call::{KeyScope, Observer, Station, WaitingRoom};
use crate::gui::model::call_view::{Command as View, Details};
use crate::gui::model::command::Command;
use crate::gui::widgets::{icons, theme};
use crate::text::numbers::position;

/// What stands in a station.
pub(super) struct StationText {
    title: String,
    /// What it is, in a few words.
    about: String,
    observer: Option<Observer>,
    /// What the observer has of the video, in a word.
    word: Option<&'static str>,
    keys: Vec<KeyScope>,
    is_gone: bool,
    has_eye: bool,
}

impl StationText {
    /// The text of a station at the moment of the moment.
    pub(super) fn of(moment: &CallMoment<'_>, station: Station) -> Self {
        let settings = &moment.call.settings;
        let (mut is_gone, keys) = (false, travel::held(&moment.transfers, station, moment.secs));
        let (title, about, observer) = match station {
            Station::MediaServer => {
                ("Media server".into(), "forwards packets".into(), Some(Observer::Server))
            }
            Station::KeyServer => {
                let country = settings.key_server.country();
                (
                    "Key server".into(),
                    format!("{} of 73, {country}", settings.key_server),
                    Some(Observer::KeyServer),
                )
            }
            Station::WaitingRoom => {
                let about = match settings.waiting_room {
                    WaitingRoom::Faulty => "gets video and keys",
                    WaitingRoom::Fixed => "gets nothing",
                };
                ("Waiting room".into(), about.into(), Some(Observer::Waiting))
            }
            Station::Party(party) => {
                is_gone = !moment.is_present(party);
                let leaves = position(settings.leaving_secs());
                let is_leaver = party == settings.leaver();
                let about = match () {
                    () if is_gone => format!("left at {leaves}"),
                    () if is_leaver => format!("leaves at {leaves}"),
                    () if party == 0 => "is observed".into(),
                    () if party == 1 => "participant".into(),
                    () => "party".into(),
                };
                let observer = match () {
                    () if is_leaver && (is_gone || party != 1) => Some(Observer::Former),
                    () if party == 1 => Some(Observer::Participant),
                    () => None,
                };
                (settings.name(party).to_owned(), about, observer)
            }
        };
        // Until it leaves, a party has what a participant has.
        let shown = match observer {
            Some(Observer::Former) if !is_gone => Some(Observer::Participant),
            observer => observer,
        };
        let word = shown.and_then(|observer| moment.word(observer));
        Self { title, about, observer, word, keys, is_gone, has_eye: false }
    }

    /// The text of the listener on the first party's link.
    pub(super) fn of_wire(moment: &CallMoment<'_>) -> Self {
        let about = format!("on {}'s link", moment.call.settings.name(0));
        let word = moment.word(Observer::Wire);
        let observer = Some(Observer::Wire);
        Self {
            title: "Listener".into(),
            about,
            observer,
            word,
            keys: Vec::new(),
            is_gone: false,
            has_eye: true,
        }
    }

    /// The accessible name.
    fn name(&self) -> String {
        let mut name = format!("{}, {}", self.title, self.about);
        if let Some(word) = self.word {
            name = format!("{name}: {word}");
        }
        let keys: Vec<&str> = self.keys.iter().map(|&scope| key_name(scope)).collect();
        if keys.is_empty() { name } else { format!("{name}; holds {}", keys.join(", ")) }
    }

    /// Draws the station. A click on an observer shows what it sees and holds.
    pub(super) fn station_ui(
        self,
        ui: &mut Ui,
        (details, rect): (Option<Details>, Rect),
        commands: &mut Vec<Command>,
    ) {
        let palette = theme::palette(ui);
        let is_chosen = self.observer.is_some_and(|of| details == Some(Details::Observer(of)));
        let sense = if self.observer.is_some() { Sense::click() } else { Sense::hover() };
        let response = ui.interact(rect, ui.scope_id().with(("station", &self.title)), sense);
        response.widget_info(|| {
            let role = if self.observer.is_some() { Role::Button } else { Role::Label };
            WidgetInfo::selected(role, true, is_chosen, self.name())
        });
        let is_lit = self.observer.is_some() && (response.hovered() || response.has_focus());
        let painter = ui.painter().with_clip_rect(rect.expand(2.0));
        let fill = if is_lit { palette.control_hovered } else { palette.card };
        painter.rect_filled(rect, CornerRadius::same(9), fill);
        painter.rect_stroke(
            rect,
            CornerRadius::same(9),
            if is_chosen { Stroke::new(2.0, palette.accent) } else { Stroke::new(1.0, palette.line) },
            StrokeKind::Inside,
        );
        let text = if self.is_gone { palette.weak } else { palette.text };
        let left = rect.left() + 10.0;
        let [upper, lower] = [rect.top() + 3.0, rect.center().y - 1.0];
        let right = self.word.map_or(rect.right() - 8.0, |word| chip(ui, &painter, (rect, upper), word));
        let eye = if self.has_eye { 21.0 } else { 0.0 };
        let title_room = right - left - eye - 4.0;
        let galley = |text: String, font: FontId, colour: Color32, room: f32| {
            let mut job = eframe::egui::text::LayoutJob::simple_singleline(text, font, colour);
            job.wrap.max_width = room.max(1.0);
            job.wrap.max_rows = 1;
            job.wrap.break_anywhere = true;
            painter.layout_job(job)
        };
        let title = galley(self.title.clone(), FontId::new(13.0, theme::semibold()), text, title_room);
        if self.has_eye {
            signs::paint_eye(&painter, pos2(left + 8.0, upper + 10.0), 16.0, text);
        }
        painter.galley(pos2(left + eye, upper + 1.0), title, text);
        let mut end = rect.right() - 12.0;
        for &scope in self.keys.iter().rev() {
            signs::paint_key(&painter, pos2(end - 7.0, lower + 10.0), 15.0, key_colour(palette, scope));
            end -= 19.0;
        }
        let about = galley(self.about.clone(), FontId::proportional(11.5), palette.weak, end - left);
        painter.galley(pos2(left, lower + 2.0), about, palette.weak);
        icons::focus_ui(ui, &response, rect, 9);
        let Some(observer) = self.observer else { return };
        let about = format!("{}: what it sees and holds", observer.title());
        if response.on_hover_text(about).clicked() {
            commands.push(Command::Call(View::Show(Details::Observer(observer))));
        }
    }
}

/// Paints a word at the right of a station, and gives its left edge.
fn chip(ui: &Ui, painter: &eframe::egui::Painter, (rect, top): (Rect, f32), word: &str) -> f32 {
    let palette = theme::palette(ui);
    let leaks = matches!(word, "picture" | "outlines" | "sound");
    let colour = if leaks { palette.on_accent } else { palette.weak };
    let galley = painter.layout_no_wrap(word.to_owned(), FontId::new(11.5, theme::semibold()), colour);
    let size = galley.size() + vec2(12.0, 2.0);
    let chip = Rect::from_min_size(pos2(rect.right() - 8.0 - size.x, top + 1.0), size);
    if leaks {
        painter.rect_filled(chip, CornerRadius::same(6), palette.accent);
    } else {
        let stroke = Stroke::new(1.0, palette.line);
        painter.rect_stroke(chip, CornerRadius::same(6), stroke, StrokeKind::Inside);
    }
    painter.galley(chip.center() - galley.size() / 2.0, galley, colour);
    chip.left()
}
