//! The area above the panels of a call: its design in a row, below it the diagram, and details beside or in place of it.

use eframe::egui::{Align, Button, Frame, Id, Layout as Flow, Margin, Panel, RichText, Sense, Ui, UiBuilder};

use super::diagram::Diagram;
use super::moment::{CallMoment, shown_details};
use super::{comparison_ui, design_ui, observer_ui, packets_ui};
use crate::call::CallSource;
use crate::gui::model::call_view::{self, Details};
use crate::gui::model::command::Command;
use crate::gui::model::state::State;
use crate::gui::widgets::icons::{Icon, icon_button_ui};
use crate::gui::widgets::theme;
use crate::play::Status;

/// The share of the height that the area takes, without and with details, and its bounds in points.
const SHARES: [f32; 2] = [0.36, 0.46];
const HEIGHTS: [f32; 2] = [220.0, 420.0];

/// Below this height there is room for panels only.
const LEAST_HEIGHT: f32 = 430.0;

/// The width of the details beside the diagram: a share of the area, within bounds in points.
const DETAILS_SHARE: f32 = 0.42;
const DETAILS_WIDTHS: [f32; 2] = [300.0, 640.0];

/// Height of the row with the design, and the room below it, in points.
const ROW: f32 = 28.0;
const BELOW_ROW: f32 = 6.0;

/// Draws the area at the top of the remaining window, if the source is a call and there is room.
pub(in crate::gui) fn call_ui(ui: &mut Ui, state: &State, status: &Status, commands: &mut Vec<Command>) {
    let Some(source) = CallSource::of(&state.scene.source).filter(|_| !state.call_view.is_hidden) else {
        return;
    };
    if ui.available_height() < LEAST_HEIGHT {
        return;
    }
    let [least, most] = HEIGHTS;
    let share = SHARES[usize::from(shown_details(state).is_some())];
    let height = (ui.available_height() * share).clamp(least, most);
    let frame = Frame::new()
        .fill(theme::palette(ui).bar)
        .corner_radius(10)
        .inner_margin(Margin::symmetric(12, 6))
        .outer_margin(Margin { bottom: 10, ..Margin::ZERO });
    Panel::top("call").frame(frame).exact_size(height).resizable(false).show_separator_line(false).show(
        ui,
        |ui| {
            // The row must not widen the area.
            let whole = ui.available_rect_before_wrap();
            let row = whole.with_max_y(whole.top() + ROW);
            ui.scope_builder(
                UiBuilder::new().max_rect(row).layout(Flow::left_to_right(Align::Center)),
                |ui| {
                    row_ui(ui, state, source, commands);
                },
            );
            let contents = whole.with_min_y(row.bottom() + BELOW_ROW);
            ui.scope_builder(UiBuilder::new().max_rect(contents), |ui| {
                contents_ui(ui, state, (source, status), commands);
            });
        },
    );
}

/// The design, and at the right the buttons for the comparison and for hiding the area.
fn row_ui(ui: &mut Ui, state: &State, source: &CallSource, commands: &mut Vec<Command>) {
    theme::compact_list(ui);
    ui.spacing_mut().item_spacing.x = 8.0;
    if !state.window.presenting {
        design_ui::menus_ui(ui, source, commands);
    }
    ui.with_layout(Flow::right_to_left(Align::Center), |ui| {
        if icon_button_ui(ui, Icon::Close, "Hide the diagram (W)", false).clicked() {
            commands.push(Command::Call(call_view::Command::Toggle));
        }
        let is_shown = state.call_view.details == Some(Details::Comparison);
        let text = RichText::new("All protections").size(12.5);
        let response = ui.add_enabled(!state.is_predicting(), Button::selectable(is_shown, text));
        if response.on_hover_text("Who sees what under every protection").clicked() {
            commands.push(Command::Call(call_view::Command::Show(Details::Comparison)));
        }
    });
}

fn contents_ui(
    ui: &mut Ui,
    state: &State,
    (source, status): (&CallSource, &Status),
    commands: &mut Vec<Command>,
) {
    let area = ui.available_rect_before_wrap();
    let secs = status.shown.map_or(0.0, |(_, secs)| secs);
    let details = shown_details(state);
    if details == Some(Details::Comparison) {
        comparison_ui::comparison_ui(ui, source, commands);
        return;
    }
    let [least, most] = DETAILS_WIDTHS;
    let width = (area.width() * DETAILS_SHARE).clamp(least, most);
    let beside = details.map(|details| (details, area.with_min_x(area.right() - width)));
    let diagram = beside.map_or(area, |(_, beside)| area.with_max_x(beside.left() - 12.0));
    // A click beside stations and links closes the details.
    let ground = ui.interact(diagram, Id::unique("diagram of the call"), Sense::click());
    let moment = CallMoment::of(source, secs, state);
    let diagram = Diagram::of(diagram, moment, source.known_recording(), !state.window.reduced_motion);
    diagram.diagram_ui(ui, &ground, commands);
    if let Some((details, rect)) = beside {
        let builder = UiBuilder::new().id_salt("details of the call").max_rect(rect);
        ui.scope_builder(builder, |ui| match details {
            Details::Link(party) => {
                packets_ui::packets_ui(
                    ui,
                    source,
                    (party, secs),
                    (state.call_view, status.playing),
                    commands,
                );
            }
            Details::Observer(observer) => observer_ui::observer_ui(ui, source, observer, commands),
            Details::Comparison => {}
        });
    }
}
