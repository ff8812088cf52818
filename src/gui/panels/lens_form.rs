//! The form for the numeric options of a lens.

use std::ops::RangeInclusive;

use eframe::egui::{Button, DragValue, FontId, RichText, Slider, Ui};

use crate::gui::model::command::Command;
use crate::gui::model::panels::LensNumber;
use crate::gui::model::panels::tampering::Tool;
use crate::gui::model::state::State;
use crate::gui::model::{panels, panels::tampering};
use crate::gui::widgets::theme;
use crate::lens::{Flip, Lens, Splice, Tampering, TintOptions};
use crate::picture::Shape;
use crate::picture::layout::BLOCK_BYTES;
use crate::play::Status;
use crate::scene::Panel;
use crate::units::{FrameIndex, FrameRange};

/// Width of the form, in points.
const WIDTH: f32 = 330.0;

/// True where a lens has a form.
#[must_use]
pub const fn has_form(lens: Lens) -> bool {
    matches!(lens, Lens::Received(_) | Lens::Codebook(_) | Lens::Tint(_))
}

/// The form of a panel.
pub struct Form<'a> {
    /// The place of the panel in the scene.
    pub at: usize,
    /// The lens and its options.
    pub state: &'a State,
    /// The session's status.
    pub status: &'a Status,
    /// Width and height of the frame, once that is known.
    pub shape: Option<Shape>,
}

impl Form<'_> {
    /// Draws the form.
    pub fn form_ui(&self, ui: &mut Ui, commands: &mut Vec<Command>) {
        let panel = self.state.scene.panels.get(self.at).copied();
        let Some((panel, lens)) = panel.and_then(|panel| Some((panel, panel.lens()?))) else { return };
        ui.set_width(WIDTH);
        let changed = match lens {
            Lens::Received(tampering) => self.received_ui(ui, tampering, commands),
            Lens::Codebook(known) => self.known_frames_ui(ui, known).map(Lens::Codebook),
            Lens::Tint(options) => self.tint_ui(ui, (panel, options), commands),
            _ => None,
        };
        if let Some(lens) = changed.filter(|&changed| changed != lens) {
            commands.push(Command::Panels(panels::Command::Set(self.at, panel.with_lens(lens))));
        }
    }

    fn frame(&self) -> FrameIndex {
        self.status.shown.map_or(FrameIndex(0), |(frame, _)| frame)
    }

    fn frames(&self) -> RangeInclusive<u64> {
        0..=self.status.index.as_ref().map_or(u64::MAX >> 12, |index| index.frames().max(1) - 1)
    }

    fn received_ui(&self, ui: &mut Ui, tampering: Tampering, commands: &mut Vec<Command>) -> Option<Lens> {
        title_ui(ui, "What the attacker changes");
        let mut changed = None;
        let mut set = |tampering: Tampering| changed = Some(Lens::Received(tampering));
        self.flip_ui(ui, tampering, commands, &mut set);
        self.splice_ui(ui, tampering, &mut set);
        ui.horizontal(|ui| {
            let mut on = tampering.replay().is_some();
            if theme::tick_box_ui(ui, &mut on, "Replay frame").changed() {
                set(tampering.replaying(on.then_some(FrameIndex(0))));
            }
            let frame = tampering.replay().unwrap_or_default().0;
            if let Some(frame) = self.number_ui(ui, "Frame that is replayed", frame, self.frames(), on) {
                set(tampering.replaying(Some(FrameIndex(frame))));
            }
        });
        let mut wrong = tampering.has_wrong_key();
        if theme::tick_box_ui(ui, &mut wrong, "The receiver has a wrong key").changed() {
            set(tampering.with_wrong_key(wrong));
        }
        ui.add_space(4.0);
        let touched = tampering != Tampering::UNTOUCHED;
        if ui.add_enabled(touched, Button::new("Reset")).clicked() {
            set(Tampering::UNTOUCHED);
        }
        let tool = self.state.panel_view.tamper_tool;
        let mut is_active = tool.is_active;
        ui.separator();
        if theme::tick_box_ui(ui, &mut is_active, "Click and drag to tamper (E)").changed() {
            commands.push(Command::Tamper(tampering::Command::SetTool(Tool {
                is_active,
                mark: None,
                ..tool
            })));
        }
        let message = "A click flips a bit. A drag marks a rectangle; drag the rectangle to copy its blocks to \
                    another place. Ctrl+Z undoes it.";
        ui.colored_label(theme::palette(ui).weak, message);
        changed
    }

    fn flip_ui(
        &self,
        ui: &mut Ui,
        tampering: Tampering,
        commands: &mut Vec<Command>,
        set: &mut impl FnMut(Tampering),
    ) {
        let tool = self.state.panel_view.tamper_tool;
        let flip = tampering.flip().unwrap_or_else(|| Flip { byte: self.middle_byte(), bit: tool.bit });
        ui.horizontal(|ui| {
            let mut on = tampering.flip().is_some();
            if theme::tick_box_ui(ui, &mut on, "Flip a bit").changed() {
                set(tampering.flipping(on.then_some(flip)));
            }
            ui.label("byte");
            // After the bytes of the frame follows the padding or the tag.
            let bytes = self.shape.map_or(0, |shape| self.state.scene.layout.frame_bytes(shape));
            let last = (bytes + BLOCK_BYTES).saturating_sub(1) as u64;
            let byte = self.number_ui(ui, "Byte that is flipped", flip.byte as u64, 0..=last, on);
            if let Some(byte) = byte.and_then(|byte| usize::try_from(byte).ok()) {
                set(tampering.flipping(Some(Flip { byte, ..flip })));
            }
            ui.label("bit");
            // The next click flips the same bit.
            let bit = self.number_ui(ui, "Bit that is flipped", flip.bit.into(), 0..=7, true);
            if let Some(bit) = bit.and_then(|bit| u8::try_from(bit).ok()) {
                commands.push(Command::Tamper(tampering::Command::SetTool(Tool { bit, ..tool })));
                if on {
                    set(tampering.flipping(Some(Flip { bit, ..flip })));
                }
            }
        });
    }

    fn splice_ui(&self, ui: &mut Ui, tampering: Tampering, set: &mut impl FnMut(Tampering)) {
        let Some(shape) = self.shape else { return };
        let mut on = tampering.splice().is_some();
        let (width, height) = (shape.width, shape.height);
        let quarter = [width / 2, height / 2, (width / 4).max(1), (height / 4).max(1)];
        let now = tampering.splice().unwrap_or(Splice { to: quarter, from: [0, 0], frame: None });
        if theme::tick_box_ui(ui, &mut on, "Copy a rectangle").changed() {
            set(tampering.splicing(on.then_some(now)));
        }
        if !on {
            return;
        }
        let Splice { to: [x, y, wide, high], from: [left, top], frame } = now;
        let mut next = now;
        ui.indent("rectangle", |ui| {
            let pair =
                |ui: &mut Ui, words: &str, names: [&str; 2], at: [u32; 2], most: [u32; 2], least: u32| {
                    let mut pair = at;
                    ui.horizontal(|ui| {
                        ui.label(words);
                        for side in 0..2 {
                            let range = least.into()..=most[side].max(least).into();
                            let number = self.number_ui(ui, names[side], at[side].into(), range, true);
                            pair[side] = number.and_then(|number| number.try_into().ok()).unwrap_or(at[side]);
                        }
                    });
                    pair
                };
            // Neither source nor target reaches over the edge.
            let room = [width - x.max(left).min(width - 1), height - y.max(top).min(height - 1)];
            let [wide, high] = pair(
                ui,
                "of the size",
                ["Width that is copied", "Height that is copied"],
                [wide, high],
                room,
                1,
            );
            let most = [width.saturating_sub(wide), height.saturating_sub(high)];
            let from =
                pair(ui, "from", ["Column it is copied from", "Row it is copied from"], [left, top], most, 0);
            let [x, y] = pair(ui, "to", ["Column it is copied to", "Row it is copied to"], [x, y], most, 0);
            next = Splice { to: [x, y, wide, high], from, ..next };
            ui.horizontal(|ui| {
                let mut elsewhere = frame.is_some();
                if theme::tick_box_ui(ui, &mut elsewhere, "of frame").changed() {
                    next.frame = elsewhere.then_some(self.frame());
                }
                let number = frame.unwrap_or_else(|| self.frame()).0;
                let name = "Frame it is copied from";
                if let Some(number) = self.number_ui(ui, name, number, self.frames(), elsewhere) {
                    next.frame = Some(FrameIndex(number));
                }
            });
        });
        if next != now {
            set(tampering.splicing(Some(next)));
        }
    }

    fn known_frames_ui(&self, ui: &mut Ui, known: FrameRange) -> Option<FrameRange> {
        title_ui(ui, "The pictures of some frames are known");
        let mut changed = None;
        let last = *self.frames().end();
        ui.horizontal(|ui| {
            ui.label("Frames");
            let first = self.number_ui(ui, "First known frame", known.first.0, 0..=last, true);
            if let Some(first) = first.map(FrameIndex) {
                changed = Some(FrameRange { first, last: known.last.max(first) });
            }
            ui.label("to");
            let end = self.number_ui(ui, "Last known frame", known.last.0, 0..=last, true);
            if let Some(last) = end.map(FrameIndex) {
                changed = Some(FrameRange { first: known.first.min(last), last });
            }
        });
        ui.horizontal(|ui| {
            let frame = self.frame();
            if ui.button("This frame").clicked() {
                changed = Some(FrameRange { first: frame, last: frame });
            }
            let range = self.state.playback.range;
            let loops = range.start.is_some() || range.end.is_some();
            if ui.add_enabled(loops, Button::new("The loop range")).clicked() {
                let first = range.start.unwrap_or_default();
                changed = Some(FrameRange { first, last: range.end.unwrap_or(FrameIndex(last)).max(first) });
            }
        });
        let message =
            "Their blocks, or their keystream, are looked up in all other frames. I and O loop a part.";
        ui.colored_label(theme::palette(ui).weak, message);
        changed
    }

    fn tint_ui(
        &self,
        ui: &mut Ui,
        (panel, options): (Panel, TintOptions),
        commands: &mut Vec<Command>,
    ) -> Option<Lens> {
        let changed = self.known_frames_ui(ui, options.known());
        ui.separator();
        title_ui(ui, "The other colours are estimates");
        let mut tune = |number, options| {
            let panel = panel.with_lens(Lens::Tint(options));
            commands.push(Command::Panels(panels::Command::Tune(self.at, number, panel)));
        };
        ui.spacing_mut().slider_width = 150.0;
        let mut slider_ui = |now: f64, name: &str| {
            let mut share = now;
            // As many decimals as the options have, so that the slider does not round them.
            let slider = Slider::new(&mut share, 0.0..=1.0).max_decimals(3).text(name);
            (ui.add(slider).changed() && (share - now).abs() > 0.0).then_some(share)
        };
        if let Some(sure) = slider_ui(options.sure(), "least confidence") {
            tune(LensNumber::Confidence, options.with_sure(sure));
        }
        if let Some(opacity) = slider_ui(options.opacity(), "opacity of estimates") {
            tune(LensNumber::Opacity, options.with_opacity(opacity));
        }
        let message = "The confidence of a colour is the chance that a random walk from its block, neighbour to \
                       neighbour, reaches a known block before it ends. It ends at each step with a chance of 3 % or \
                       more, and ends at different colours make it smaller. It follows from the ciphertext and the known frames alone.";
        ui.colored_label(theme::palette(ui).weak, message);
        changed.map(|known| Lens::Tint(options.with_known(known)))
    }

    /// The byte of the pixel in the middle.
    fn middle_byte(&self) -> usize {
        let layout = self.state.scene.layout;
        let byte = self.shape.and_then(|shape| layout.byte_at(shape, shape.width / 2, shape.height / 2));
        byte.unwrap_or_default()
    }

    /// Draws a number that is dragged or typed. Gives the number when the user releases it, because each change
    /// decodes frames.
    fn number_ui(
        &self,
        ui: &mut Ui,
        name: &str,
        now: u64,
        range: RangeInclusive<u64>,
        enabled: bool,
    ) -> Option<u64> {
        let id = ui.scope_id().with((name, self.at));
        let mut number = ui.data(|data| data.get_temp(id)).unwrap_or(now);
        let field = DragValue::new(&mut number).range(range).update_while_editing(false);
        let response = ui.add_enabled(enabled, field).accessible_name(name);
        ui.data_mut(|data| {
            if response.dragged() {
                data.insert_temp(id, number);
            } else {
                data.remove::<u64>(id);
            }
        });
        (!response.dragged() && number != now).then_some(number)
    }
}

fn title_ui(ui: &mut Ui, title: &str) {
    ui.label(RichText::new(title).font(FontId::new(15.0, theme::semibold())));
}
