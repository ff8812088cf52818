//! The graph along the timeline: a number of every frame, a curve for each ciphertext.

use eframe::egui::{
    Align2, Button, Color32, ComboBox, CornerRadius, FontId, Rect, RichText, Role, Sense, Stroke, Ui,
    UiBuilder, WidgetInfo, pos2, vec2,
};
use serde::{Deserialize, Serialize};

use super::caption;
use super::state::Command;
use super::survey::{Curves, Findings};
use super::theme;

/// Height of the graph.
const HEIGHT: f32 = 54.0;

/// Colours that people with any kind of colour vision tell apart (Okabe and Ito 2008), those first that show
/// on both grounds.
const COLOURS: [Color32; 6] = [
    Color32::from_rgb(230, 159, 0),
    Color32::from_rgb(86, 180, 233),
    Color32::from_rgb(0, 158, 115),
    Color32::from_rgb(204, 121, 167),
    Color32::from_rgb(213, 94, 0),
    Color32::from_rgb(0, 114, 178),
];

/// The colour of the ciphertext at this place among those that are surveyed.
#[must_use]
pub const fn colour(at: usize) -> Color32 {
    COLOURS[at % COLOURS.len()]
}

/// Which number is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Metric {
    /// Blocks that repeat.
    #[default]
    Repeated,
    /// Blocks that are the same as in the frame before.
    Unchanged,
}

impl Metric {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Repeated, Self::Unchanged];

    /// What it is called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Repeated => "Blocks that repeat",
            Self::Unchanged => "Blocks unchanged since the last frame",
        }
    }
}

/// Draws the graph, from the left end of the rail below it to the right one, for a video that lasts so long
/// and stands there, in seconds.
#[must_use]
pub fn graph_ui(
    ui: &mut Ui,
    metric: Metric,
    findings: &Findings,
    (duration_secs, now_secs): (f64, f64),
    is_stopped: bool,
) -> Option<Command> {
    let curves = &findings.curves;
    let palette = theme::palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::hover());
    let rect = rect.shrink2(vec2(super::timeline::END, 2.0));
    response.widget_info(|| {
        let told = if curves.is_done { "all frames" } else { "so far" };
        let name = format!("Graph: {}, {told}, {} frames", metric.name(), curves.times_secs.len());
        WidgetInfo::labeled(Role::Image, true, name)
    });
    let painter = ui.painter_at(rect.expand(2.0));
    painter.rect_filled(rect, CornerRadius::same(4), palette.card);
    let rows = match metric {
        Metric::Repeated => &curves.repeated,
        Metric::Unchanged => &curves.unchanged,
    };
    #[expect(clippy::cast_possible_truncation, reason = "a share between 0 and 1")]
    let x_at =
        |secs: f64| rect.left() + (secs / duration_secs.max(1e-9)).clamp(0.0, 1.0) as f32 * rect.width();
    // No more points than there are columns.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "columns of a window")]
    let step = curves.times_secs.len().div_ceil(rect.width().max(1.0) as usize).max(1);
    for (row, color) in rows.iter().zip((0..).map(colour)) {
        let points = curves.times_secs.iter().zip(row).step_by(step);
        let y_at = |share: f32| rect.bottom() - 3.0 - share * (rect.height() - 6.0);
        let line: Vec<_> = points.map(|(&secs, &share)| pos2(x_at(secs), y_at(share))).collect();
        painter.line(line, Stroke::new(1.5, color));
    }
    painter.vline(x_at(now_secs), rect.y_range(), Stroke::new(1.0, palette.text.gamma_multiply(0.6)));
    legend_ui(ui, rect, curves);
    let left = rect.with_max_x(rect.center().x).shrink2(vec2(8.0, 3.0));
    // It takes no room of its own.
    let mut over = ui.new_child(UiBuilder::new().max_rect(left));
    progress_ui(&mut over, "Counting", findings.numbers_share(), is_stopped)
}

/// How far what is filled in along the timeline is, and a button that stops it or goes on; nothing once it is
/// whole.
#[must_use]
pub fn progress_ui(ui: &mut Ui, doing: &str, share: Option<f64>, is_stopped: bool) -> Option<Command> {
    if share.is_some_and(|share| share >= 1.0) {
        return None;
    }
    let text = share.map_or_else(|| format!("{doing}…"), |share| format!("{doing}: {:.0} %", share * 100.0));
    let (word, command) =
        if is_stopped { ("Go on", Command::GoOnSurveying) } else { ("Stop", Command::StopSurvey) };
    let button = ui.horizontal(|ui| {
        ui.label(RichText::new(text).size(12.0).color(theme::palette(ui).weak));
        ui.add(Button::new(RichText::new(word).size(12.0)).small())
            .on_hover_text(format!("{doing} in the background"))
    });
    button.inner.clicked().then_some(command)
}

/// The names of the curves, in their colours, at the upper right.
fn legend_ui(ui: &Ui, rect: Rect, curves: &Curves) {
    let palette = theme::palette(ui);
    let painter = ui.painter_at(rect);
    let mut right = rect.right() - 8.0;
    let font = FontId::proportional(12.0);
    let named: Vec<_> = curves.schemes.iter().zip((0..).map(colour)).collect();
    for (scheme, color) in named.into_iter().rev() {
        let text = painter.layout_no_wrap(caption::scheme_name(*scheme), font.clone(), palette.text);
        let ground = Rect::from_min_size(
            pos2(right - text.size().x - 16.0, rect.top() + 3.0),
            text.size() + vec2(18.0, 2.0),
        );
        painter.rect_filled(ground, CornerRadius::same(4), palette.card.gamma_multiply(0.85));
        painter.circle_filled(ground.left_center() + vec2(6.0, 0.0), 4.0, color);
        painter.galley(ground.left_top() + vec2(14.0, 1.0), text, palette.text);
        right = ground.left() - 8.0;
        if right < rect.left() {
            break;
        }
    }
    if let Some(problem) = &curves.problem {
        painter.text(rect.left_center() + vec2(8.0, 0.0), Align2::LEFT_CENTER, problem, font, palette.error);
    }
}

/// The choice of the number.
pub fn metric_ui(ui: &mut Ui, metric: Metric, commands: &mut Vec<Command>) {
    ComboBox::from_id_salt("metric")
        .selected_text(metric.name())
        .width(120.0)
        .show_ui(ui, |ui| {
            theme::compact_list(ui);
            for other in Metric::ALL {
                if ui.selectable_label(other == metric, other.name()).clicked() {
                    commands.push(Command::SetGraph(Some(other)));
                }
            }
        })
        .response
        .accessible_name("Number along the timeline");
}
