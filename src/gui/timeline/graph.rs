//! The graph along the timeline: a number for every frame, one curve per ciphertext.

use eframe::egui::{
    Align, Align2, Button, Color32, ComboBox, CornerRadius, FontId, Layout as Flow, Rect, RichText, Role,
    Sense, Stroke, TextWrapMode, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

use super::timeline_ui::{self, Scrub};
use super::track::Scale;
use super::video_scan::Findings;
use crate::gui::model::command::Command;
use crate::gui::model::timeline;
use crate::gui::model::timeline::Metric;
use crate::gui::widgets::theme::{self, colour};
use crate::media::Index;
use crate::play::Status;
use crate::text::numbers;

/// Height of the curves, in points.
const PLOT: f32 = 56.0;

/// Height of the time labels below the curves, in points.
const TIMES: f32 = 16.0;

/// Width of the labels at the left of the curves, in points.
const GUTTER: f32 = 32.0;

/// Width of the legend beside the curves, in points.
const LEGEND: f32 = 230.0;

/// Height of a line of the legend, in points.
const LEGEND_LINE: f32 = 17.0;

/// From this width, in points, the legend is beside the curves; in narrower windows above them.
const ROOM_FOR_LEGEND: f32 = 900.0;

/// The most curves whose names have room beside the graph.
const MOST_BESIDE: usize = 5;

/// Least distance between time labels, in points.
const TICK_GAP: f32 = 80.0;

/// A graph of a number for every frame of a video.
#[derive(Clone, Copy, Debug)]
pub struct Graph<'a> {
    /// The number that is plotted.
    pub metric: Metric,
    /// The results of the video scan.
    pub findings: &'a Findings,
    /// The session's status.
    pub status: &'a Status,
    /// The scan is stopped.
    pub is_stopped: bool,
}

impl Graph<'_> {
    /// True where the legend has room beside the curves, in a bar of this width.
    fn is_legend_beside(self, width: f32) -> bool {
        width >= ROOM_FOR_LEGEND && self.findings.curves.ciphertexts.len() <= MOST_BESIDE
    }

    /// Distance from the left edge at which the curves begin, in a bar of this width; the timeline below begins there
    /// too.
    #[must_use]
    pub fn left(self, width: f32) -> f32 {
        GUTTER + if self.is_legend_beside(width) { LEGEND } else { 0.0 }
    }

    /// Draws the graph above the track of the timeline, and its legend beside it, or above it where there is no room.
    /// A click seeks through `scrub`.
    #[must_use]
    pub fn graph_ui(self, ui: &mut Ui, scrub: &mut Scrub) -> Option<Command> {
        let width = ui.available_width();
        let is_beside = self.is_legend_beside(width);
        let left = self.left(width);
        let above = if is_beside { None } else { self.legend_above_ui(ui) };
        // The title, the names and the progress. This line stays when the scan is complete, so that nothing moves.
        #[expect(clippy::cast_precision_loss, reason = "a few lines")]
        let lines = (self.findings.curves.ciphertexts.len() + 2) as f32 * LEGEND_LINE;
        let height = (PLOT + TIMES).max(if is_beside { lines } else { 0.0 });
        let (all, response) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
        let command = if is_beside {
            let legend = all.with_max_x(all.left() + LEGEND);
            let flow = UiBuilder::new().max_rect(legend).layout(Flow::top_down(Align::Min));
            // Within the allocated area, so that the next widget is below it.
            self.legend_beside_ui(&mut ui.new_child(flow))
        } else {
            above
        };
        let all = all.with_min_x(all.left() + left);
        let response = ui.interact(all, response.id.with("curves"), Sense::click_and_drag());
        let curves = &self.findings.curves;
        response.widget_info(|| {
            let tick_secs = if curves.is_done { "all frames" } else { "so far" };
            let name =
                format!("Graph: {}, {tick_secs}, {} frames", self.metric.name(), curves.times_secs.len());
            WidgetInfo::labeled(Role::Image, true, name)
        });
        let Some(scale) = Scale::new(all, self.status) else {
            return command;
        };
        let plot = Rect::from_x_y_ranges(scale.track.x_range(), all.top() + 2.0..=all.bottom() - TIMES);
        self.paint(ui, plot, &scale);
        if (response.dragged() || response.is_pointer_button_down_on() || response.clicked())
            && let Some(pointer) = response.interact_pointer_pos()
        {
            scrub.seek(scale.secs_at(pointer.x));
            ui.ctx().request_repaint();
        }
        if let Some(pointer) = response.hover_pos().filter(|pointer| plot.expand(4.0).contains(*pointer)) {
            self.values_ui(ui, plot, &scale, pointer.x);
        }
        command
    }

    fn rows(&self) -> &[Vec<f32>] {
        match self.metric {
            Metric::Repeated => &self.findings.curves.repeated,
            Metric::Unchanged => &self.findings.curves.unchanged,
        }
    }

    /// Draws the grid with its labels, and the curves.
    fn paint(self, ui: &Ui, plot: Rect, scale: &Scale) {
        let palette = theme::palette(ui);
        let curves = &self.findings.curves;
        ui.painter().rect_filled(plot, CornerRadius::same(2), palette.card);
        let font = FontId::proportional(11.0);
        for percent in [0u8, 50, 100] {
            let y = y_at(plot, f32::from(percent) / 100.0);
            ui.painter().hline(plot.x_range(), y, Stroke::new(1.0, palette.line));
            let at = pos2(plot.left() - 5.0, y);
            let text = format!("{percent}\u{a0}%");
            ui.painter().text(at, Align2::RIGHT_CENTER, text, font.clone(), palette.weak);
        }
        for secs in ticks(scale.duration_secs, plot.width()) {
            let x = scale.x_at(secs);
            ui.painter().vline(x, plot.bottom()..=plot.bottom() + 3.0, Stroke::new(1.0, palette.weak));
            let at = pos2(x, plot.bottom() + 2.0);
            ui.painter().text(at, Align2::CENTER_TOP, numbers::position(secs), font.clone(), palette.weak);
        }
        let painter = ui.painter_at(plot.expand(2.0));
        // At most one point per column of the screen.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "columns of a window")]
        let step = curves.times_secs.len().div_ceil(plot.width().max(1.0) as usize).max(1);
        for (row, color) in self.rows().iter().zip((0..).map(colour)) {
            let points = curves.times_secs.iter().zip(row).step_by(step);
            let line: Vec<_> =
                points.map(|(&secs, &share)| pos2(scale.x_at(secs), y_at(plot, share))).collect();
            painter.line(line, Stroke::new(1.5, color));
        }
        let now_secs = self.status.shown.map_or(0.0, |(_, secs)| secs);
        painter.vline(
            scale.x_at(now_secs),
            plot.y_range(),
            Stroke::new(1.0, palette.text.gamma_multiply(0.6)),
        );
        if let Some(problem) = &curves.problem {
            let at = plot.left_center() + vec2(8.0, 0.0);
            painter.text(at, Align2::LEFT_CENTER, problem, FontId::proportional(12.0), palette.error);
        }
    }

    /// Draws the values at a time: marks on the curves, and a tooltip that states them.
    fn values_ui(self, ui: &Ui, plot: Rect, scale: &Scale, x: f32) {
        let curves = &self.findings.curves;
        let secs = scale.secs_at(x);
        let after = curves.times_secs.partition_point(|&time_secs| time_secs <= secs + Index::ROUNDING_SECS);
        let x = x.clamp(plot.left(), plot.right());
        ui.painter().vline(x, plot.y_range(), Stroke::new(1.0, theme::palette(ui).text));
        let at = after.checked_sub(1).filter(|_| after < curves.times_secs.len() || curves.is_done);
        let values: Vec<_> = curves
            .ciphertexts
            .iter()
            .zip(self.rows())
            .zip((0..).map(colour))
            .filter_map(|((&panel, row), colour)| Some((panel, colour, *row.get(at?)?)))
            .collect();
        for &(_, colour, share) in &values {
            ui.painter().circle(pos2(x, y_at(plot, share)), 3.5, colour, Stroke::new(1.0, Color32::BLACK));
        }
        timeline_ui::bubble_ui(ui, "under the pointer in the graph", (x, plot.top()), |ui| {
            timeline_ui::place_ui(ui, secs, self.status);
            if values.is_empty() {
                ui.label(RichText::new("not counted yet").size(12.5));
            }
            for (panel, colour, share) in values {
                let message = format!("{}: {}", panel.title(), numbers::whole_share(share.into()));
                timeline_ui::dotted_ui(ui, colour, &message);
            }
        });
    }

    /// Draws the legend in one line or more: the number, the colour of each ciphertext, and the progress while the scan
    /// runs.
    fn legend_above_ui(self, ui: &mut Ui) -> Option<Command> {
        let legend = ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().interact_size.y = 18.0;
            ui.spacing_mut().item_spacing = vec2(14.0, 2.0);
            self.names_ui(ui)
        });
        legend.inner
    }

    /// Draws the legend in a column.
    fn legend_beside_ui(self, ui: &mut Ui) -> Option<Command> {
        ui.spacing_mut().interact_size.y = LEGEND_LINE;
        ui.spacing_mut().item_spacing = vec2(6.0, 0.0);
        ui.style_mut().wrap_mode = Some(TextWrapMode::Truncate);
        self.names_ui(ui)
    }

    fn names_ui(self, ui: &mut Ui) -> Option<Command> {
        let palette = theme::palette(ui);
        ui.label(RichText::new(self.metric.name()).size(12.0).color(palette.weak));
        for (panel, colour) in self.findings.curves.ciphertexts.iter().zip((0..).map(colour)) {
            timeline_ui::dotted_ui(ui, colour, &panel.title());
        }
        progress_ui(ui, "Counting", self.findings.numbers_share(), self.is_stopped)
    }
}

/// The position of a share from 0 to 1 in the graph.
fn y_at(plot: Rect, share: f32) -> f32 {
    plot.bottom() - 3.0 - share * (plot.height() - 6.0)
}

/// The times of the labels below the graph, in seconds: round, and far enough apart to be read.
fn ticks(duration_secs: f64, width: f32) -> impl Iterator<Item = f64> {
    const STEPS_SECS: [f64; 16] =
        [0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1200.0, 1800.0, 3600.0];
    let least_secs = duration_secs * f64::from(TICK_GAP / width.max(1.0));
    let step_secs = STEPS_SECS.into_iter().find(|&step_secs| step_secs >= least_secs);
    // For days of video, whole hours.
    let step_secs = step_secs.unwrap_or_else(|| (least_secs / 3600.0).ceil() * 3600.0);
    (0u32..).map(move |tick| f64::from(tick) * step_secs).take_while(move |&secs| secs <= duration_secs)
}

/// Draws the progress of the scan and a button that stops or continues it; nothing once the scan is complete.
#[must_use]
pub fn progress_ui(ui: &mut Ui, doing: &str, share: Option<f64>, is_stopped: bool) -> Option<Command> {
    if share.is_some_and(|share| share >= 1.0) {
        return None;
    }
    let text = share.map_or_else(|| format!("{doing}…"), |share| format!("{doing}: {:.0} %", share * 100.0));
    let (word, command) = if is_stopped {
        ("Go on", Command::Timeline(timeline::Command::ContinueScan))
    } else {
        ("Stop", Command::Timeline(timeline::Command::StopScan))
    };
    let button = ui.horizontal(|ui| {
        ui.label(RichText::new(text).size(12.0).color(theme::palette(ui).weak));
        ui.add(Button::new(RichText::new(word).size(12.0)).small())
            .on_hover_text(format!("{doing} in the background"))
    });
    button.inner.clicked().then_some(command)
}

/// Draws the menu of numbers.
pub fn metric_ui(ui: &mut Ui, metric: Metric, commands: &mut Vec<Command>) {
    ComboBox::from_id_salt("metric")
        .selected_text(metric.name())
        .width(120.0)
        .show_ui(ui, |ui| {
            theme::compact_list(ui);
            for other in Metric::ALL {
                if ui.selectable_label(other == metric, other.name()).clicked() {
                    commands.push(Command::Timeline(timeline::Command::SetGraph(Some(other))));
                }
            }
        })
        .response
        .accessible_name("Number along the timeline");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_labels_are_round_and_far_enough_apart() {
        let tick_secs = |duration_secs, width| ticks(duration_secs, width).collect::<Vec<f64>>();
        assert_eq!(tick_secs(3.0, 1200.0), [0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0]);
        assert_eq!(tick_secs(3.0, 300.0), [0.0, 1.0, 2.0, 3.0]);
        assert_eq!(tick_secs(7200.0, 500.0), [0.0, 1200.0, 2400.0, 3600.0, 4800.0, 6000.0, 7200.0]);
        for duration_secs in [0.04, 1.0, 59.0, 4000.0, 1e6] {
            let tick_secs = tick_secs(duration_secs, 900.0);
            assert!(!tick_secs.is_empty() && tick_secs.len() < 13, "{duration_secs}: {tick_secs:?}");
        }
    }
}
