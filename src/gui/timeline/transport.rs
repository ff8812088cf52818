//! The bar at the bottom, below the timeline: the controls for playing, the frame and the time.

use eframe::egui::text::{CCursor, CCursorRange};
use eframe::egui::text_edit::TextEditState;
use eframe::egui::{ComboBox, FontId, Id, Key, Popup, RichText, Sense, TextEdit, Ui, vec2};

use super::graph::{self, Graph};
use super::messages;
use super::occurrences::Occurrences;
use super::thumbnails::Thumbnails;
use super::timeline_ui::{self, Along, Scrub};
use super::video_scan::{self, Findings};
use crate::crypto::Scheme;
use crate::gui::model::command::Command;
use crate::gui::model::panels::viewport::{MULTIPLES, ViewPos, Viewport};
use crate::gui::model::playback::SPEEDS;
use crate::gui::model::playback::goto::{GotoForm, Typed};
use crate::gui::model::state::State;
use crate::gui::model::{panels, playback, playback::goto, timeline};
use crate::gui::widgets::icons::{Icon, Plays, icon_button_ui, play_button_ui};
use crate::gui::widgets::row::{End, row_ui};
use crate::gui::widgets::tabular_text::tabular_ui;
use crate::gui::widgets::theme;
use crate::play::Status;
use crate::text::numbers;

/// From this width, in points, there is room for the totals beside frame and time.
const ROOMY: f32 = 250.0;

/// From this width of the window, in points, there is room for all buttons and for the menu of numbers.
const WIDE: [f32; 2] = [700.0, 860.0];

/// In a window lower than this, in points, timeline and bar share one row.
const LOW: f32 = 560.0;

/// Height of the bar, in points.
const HEIGHT: f32 = 38.0;

/// The most height of the rows of block occurrences, in points; and the same where the timeline shares the row of the
/// bar.
const TRACKS: [f32; 2] = [40.0, 13.0];

/// What the bar shows.
#[derive(Clone, Copy)]
pub struct Transport<'a> {
    /// What the window is set to.
    pub state: &'a State,
    /// The session's status.
    pub status: &'a Status,
    /// The viewport of the panels.
    pub viewport: Viewport,
    /// The results of the video scan, where they are shown.
    pub findings: Option<&'a Findings>,
    /// The thumbnails of the video.
    pub thumbnails: &'a Thumbnails,
    /// The work that takes long enough to be announced.
    pub announcement: Option<&'a str>,
}

impl Transport<'_> {
    /// Draws the timeline and the bar below it; in a low window, both in one row.
    pub fn transport_ui(self, ui: &mut Ui, scrub: &mut Scrub, commands: &mut Vec<Command>) {
        let window = ui.ctx().content_rect().size();
        // The graph needs a row of its own.
        let low = window.y < LOW && self.state.timeline.graph.is_none();
        if self.state.is_still(self.status) {
            return self.still_ui(ui, commands);
        }
        let none = Findings::default();
        let graph = self.graph(&none);
        if let Some(graph) = graph {
            commands.extend(graph.graph_ui(ui, scrub));
        }
        if !low {
            self.timeline_ui(ui, scrub, low, commands);
        }
        ui.spacing_mut().item_spacing.x = 6.0;
        let height = if low {
            HEIGHT.max(timeline_ui::HEIGHT + self.occurrences(&self.schemes(), low).height())
        } else {
            HEIGHT
        };
        row_ui(ui, "transport", height, |ui, end| match end {
            End::Left => {
                self.buttons_ui(ui, window.x >= WIDE[0], commands);
                ui.add_space(8.0);
                let roomy = !low && ui.available_width() >= ROOMY;
                position_ui(ui, self.state, self.status, roomy, commands);
                if low {
                    self.timeline_ui(ui, scrub, low, commands);
                }
            }
            End::Right => self.tail_ui(ui, low, window.x, commands),
        });
    }

    /// Draws the bar of a single frame: the controls of the view alone.
    fn still_ui(self, ui: &mut Ui, commands: &mut Vec<Command>) {
        row_ui(ui, "transport", HEIGHT, |ui, end| match end {
            End::Left => {
                let what = if self.state.drawing().is_some() { "Drawing" } else { "Still picture" };
                ui.label(RichText::new(what).color(theme::palette(ui).weak));
            }
            End::Right => {
                self.news_ui(ui);
                zoom_ui(ui, self.viewport, commands);
            }
        });
    }

    /// The graph along the timeline, if it is shown; `None` if nothing is scanned yet.
    fn graph<'b>(self, none: &'b Findings) -> Option<Graph<'b>>
    where
        Self: 'b,
    {
        let findings = self.findings.unwrap_or(none);
        let (status, is_stopped) = (self.status, self.state.timeline.scan_stopped);
        self.state.timeline.graph.map(|metric| Graph { metric, findings, status, is_stopped })
    }

    /// Draws the timeline with the occurrences of the searched block.
    fn timeline_ui(self, ui: &mut Ui, scrub: &mut Scrub, low: bool, commands: &mut Vec<Command>) {
        let schemes = self.schemes();
        let occurrences = self.occurrences(&schemes, low);
        let window = ui.ctx().content_rect().height();
        // The strip has its height before its thumbnails are ready, so that nothing moves when they arrive.
        let strip = self.state.timeline.strip.height(window);
        let has_messages =
            self.state.scene.panels.iter().any(|&panel| self.state.scene.has_sizes(panel)) && !low;
        let messages = if has_messages { messages::HEIGHT } else { 0.0 };
        let none = Findings::default();
        let left = self.graph(&none).map_or(0.0, |graph| graph.left(ui.available_width()));
        let along = Along {
            range: self.state.playback.range,
            occurrences,
            thumbnails: self.thumbnails,
            messages,
            strip,
            left,
        };
        scrub.timeline_ui(ui, self.status, along, commands);
    }

    /// The schemes of the rows. The rows have their height while the inspector is open, so that nothing under the
    /// pointer moves when a search starts. A single frame has no rows.
    fn schemes(self) -> Vec<Scheme> {
        let is_sought = self.state.inspector.open && self.has_frames();
        if is_sought { video_scan::schemes(&self.state.scene) } else { Vec::new() }
    }

    fn has_frames(self) -> bool {
        self.status.index.as_ref().is_some_and(|index| index.frames() > 1)
    }

    fn occurrences<'b>(self, schemes: &'b [Scheme], low: bool) -> Occurrences<'b>
    where
        Self: 'b,
    {
        let counts = self.findings.and_then(|findings| findings.occurrences.as_ref());
        Occurrences { schemes, counts, room: TRACKS[usize::from(low)] }
    }

    fn buttons_ui(self, ui: &mut Ui, has_all: bool, commands: &mut Vec<Command>) {
        if icon_button_ui(ui, Icon::StepBack, "One frame back (←)", false).clicked() {
            commands.push(Command::Playback(playback::Command::StepBack));
        }
        let backwards = self.status.playing && self.status.backwards;
        if has_all && icon_button_ui(ui, Icon::Backwards, "Play backwards (J)", backwards).clicked() {
            commands.push(if backwards {
                Command::Playback(playback::Command::Pause)
            } else {
                Command::Playback(playback::Command::Backwards)
            });
        }
        let does = match (self.status.playing, self.state.playback.range.is_at_end(self.status)) {
            (true, _) => Plays::Pauses,
            (false, true) => Plays::StartsOver,
            (false, false) => Plays::GoesOn,
        };
        if play_button_ui(ui, does).clicked() {
            commands.push(Command::Playback(playback::Command::Toggle));
        }
        if icon_button_ui(ui, Icon::StepForward, "One frame forwards (→)", false).clicked() {
            commands.push(Command::Playback(playback::Command::StepForward));
        }
        if icon_button_ui(ui, Icon::Loop, "Loop (R)", self.state.playback.looped).clicked() {
            commands.push(Command::Playback(playback::Command::ToggleLoop));
        }
    }

    /// Draws the right end: the announcement, and the controls of view and speed.
    fn tail_ui(self, ui: &mut Ui, low: bool, window: f32, commands: &mut Vec<Command>) {
        self.news_ui(ui);
        if !low {
            let graph = self.state.timeline.graph;
            let name = "Numbers along the timeline (M)";
            if icon_button_ui(ui, Icon::Graph, name, graph.is_some()).clicked() {
                commands.push(Command::Timeline(timeline::Command::ToggleGraph));
            }
            if let Some(metric) = graph.filter(|_| window >= WIDE[1]) {
                graph::metric_ui(ui, metric, commands);
            }
        }
        zoom_ui(ui, self.viewport, commands);
        speed_ui(ui, self.state, self.status, commands);
    }

    /// Draws the announcement.
    fn news_ui(self, ui: &mut Ui) {
        problems_ui(ui, self.status);
        if let Some(text) = self.announcement {
            ui.label(RichText::new(text).color(theme::palette(ui).weak));
        }
    }
}

/// Draws the time and the frame; a click turns either into a field. Without the totals where there is little room.
fn position_ui(ui: &mut Ui, state: &State, status: &Status, roomy: bool, commands: &mut Vec<Command>) {
    let palette = theme::palette(ui);
    let font = FontId::proportional(14.0);
    let (frame, secs) = status.shown.map_or((None, 0.0), |(frame, secs)| (Some(frame), secs));
    let typed = |typed| state.playback.goto.as_ref().filter(|form| form.typed == typed);
    if let Some(form) = typed(Typed::Time) {
        place_ui(ui, form, commands);
    } else {
        let late = format!("{} frames came too late and were not shown", numbers::thousands(status.dropped));
        let hint = if status.dropped > 0 { &late } else { "Click to type a time" };
        let time = tabular_ui(ui, &numbers::position(secs), &font, palette.text, Sense::click());
        if time.on_hover_text(hint).clicked() {
            commands.push(Command::Goto(goto::Command::Open(Typed::Time)));
        }
    }
    let indexed = status.index.as_ref().map(|index| index.duration_secs());
    let stated = status.info.as_ref().and_then(|info| info.duration_secs);
    if let (Some(duration), true) = (indexed.or(stated), roomy) {
        let text = format!("/ {}", numbers::position(duration));
        tabular_ui(ui, &text, &font, palette.weak, Sense::hover());
    }
    let Some(frame) = frame else { return };
    ui.add_space(if roomy { 10.0 } else { 2.0 });
    if let Some(form) = typed(Typed::Frame) {
        return place_ui(ui, form, commands);
    }
    // The number of the last frame, so that the last frame reads "89 / 89".
    let last = status.index.as_ref().filter(|_| roomy);
    let last = last.map(|index| format!(" / {}", numbers::thousands(index.frames().saturating_sub(1))));
    let text = format!("Frame {}{}", numbers::thousands(frame.0), last.unwrap_or_default());
    let label = tabular_ui(ui, &text, &font, palette.weak, Sense::click());
    if label.on_hover_text("This frame and the last, counted from 0. Click to type a number (G)").clicked() {
        commands.push(Command::Goto(goto::Command::Open(Typed::Frame)));
    }
}

/// Draws the field in which a frame or a time is typed.
fn place_ui(ui: &mut Ui, form: &GotoForm, commands: &mut Vec<Command>) {
    let mut text = form.text.clone();
    let id = Id::unique("place field");
    let field = TextEdit::singleline(&mut text).id(id).desired_width(90.0).margin(vec2(8.0, 5.0));
    let field = match form.problem {
        Some(_) => field.text_color(theme::palette(ui).error),
        None => field,
    };
    let name = match form.typed {
        Typed::Frame => "Go to frame",
        Typed::Time => "Go to time",
    };
    let response = ui.add(field).accessible_name(name);
    if let Some(problem) = &form.problem {
        response.show_tooltip_text(problem);
    }
    if form.is_fresh && !ui.is_sizing_pass() {
        response.request_focus();
        let all = CCursorRange::two(CCursor::new(0), CCursor::new(text.chars().count()));
        let mut state = TextEditState::load(ui.ctx(), id).unwrap_or_default();
        state.cursor.set_char_range(Some(all));
        state.store(ui.ctx(), id);
        commands.push(Command::Goto(goto::Command::Type(text)));
        return;
    }
    if response.changed() {
        commands.push(Command::Goto(goto::Command::Type(text)));
    }
    // Text and Enter may come in the same frame.
    if response.lost_focus() {
        let entered = ui.input(|input| input.key_pressed(Key::Enter));
        commands.push(if entered {
            Command::Goto(goto::Command::Go)
        } else {
            Command::Goto(goto::Command::Close)
        });
    }
}

fn speed_ui(ui: &mut Ui, state: &State, status: &Status, commands: &mut Vec<Command>) {
    let way = if status.backwards { "−" } else { "" };
    ComboBox::from_id_salt("speed")
        .selected_text(format!("{way}{}", numbers::speed(state.playback.speed)))
        .width(64.0)
        .show_ui(ui, |ui| {
            theme::compact_list(ui);
            for speed in SPEEDS {
                let chosen = speed.total_cmp(&state.playback.speed).is_eq();
                if ui.selectable_label(chosen, numbers::speed(speed)).clicked() {
                    commands.push(Command::Playback(playback::Command::SetSpeed(speed)));
                }
            }
        })
        .response
        .accessible_name("Speed")
        .on_hover_text("Speed (+ and -; J backwards, K pause, L forwards)");
}

fn zoom_ui(ui: &mut Ui, viewport: Viewport, commands: &mut Vec<Command>) {
    let text = if viewport.is_closer() { numbers::magnification(viewport.px()) } else { "Fit".into() };
    ComboBox::from_id_salt("zoom")
        .selected_text(text)
        .width(72.0)
        .show_ui(ui, |ui| {
            theme::compact_list(ui);
            if ui.selectable_label(!viewport.is_closer(), "Fit").clicked() {
                commands.push(Command::Panels(panels::Command::SetView(ViewPos::default())));
            }
            for px in MULTIPLES.map(f32::from).into_iter().filter(|&px| px > viewport.whole_px()) {
                let chosen = viewport.is_closer() && viewport.px().total_cmp(&px).is_eq();
                if ui.selectable_label(chosen, numbers::magnification(px)).clicked() {
                    commands.push(Command::Panels(panels::Command::SetView(viewport.times(px))));
                }
            }
        })
        .response
        .accessible_name("Zoom")
        .on_hover_text("Zoom: screen pixels per video pixel (Z, Shift+Z, wheel)");
}

/// Draws the number of frames that could not be decoded; a click lists them.
fn problems_ui(ui: &mut Ui, status: &Status) {
    let count = status.problems.len();
    if count == 0 {
        return;
    }
    let text = match count {
        1 => "1 problem while decoding".into(),
        _ => format!("{count} problems while decoding"),
    };
    let response = ui.button(RichText::new(text).color(theme::palette(ui).accent));
    Popup::menu(&response).show(|ui| {
        ui.set_max_width(420.0);
        for problem in &status.problems {
            ui.label(problem);
        }
    });
}
