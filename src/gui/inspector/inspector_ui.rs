//! The side panel that shows the block under the pointer, or the pinned block.

use eframe::egui::{
    Color32, CornerRadius, FontId, Frame, Margin, RichText, ScrollArea, Sense, Ui, Vec2, vec2,
};

use super::inspected::{Found, Inspected, InspectedMessage, InspectedUnits};
use super::{mode_diagram, slice_details};
use crate::crypto::Stage;
use crate::gui::model::command::Command;
use crate::gui::model::state::State;
use crate::gui::model::{inspector, save};
use crate::gui::textures::display_frame::DisplayFrame;
use crate::gui::timeline::block_occurrences::Tally;
use crate::gui::timeline::graph;
use crate::gui::timeline::video_scan::{self, Findings};
use crate::gui::widgets::icons::{Icon, icon_button_ui};
use crate::gui::widgets::row::{End, row_ui};
use crate::gui::widgets::theme;
use crate::gui::wording;
use crate::picture::Shape;
use crate::picture::layout::{BLOCK_BYTES, Layout, Samples};
use crate::scene::Panel;
use crate::text::numbers;

/// Width of the panel, in points.
pub const WIDTH: f32 = 312.0;

/// Draws the details of the block.
pub fn inspector_ui(
    ui: &mut Ui,
    state: &State,
    displayed: Option<&DisplayFrame>,
    findings: Option<&Findings>,
    commands: &mut Vec<Command>,
) {
    let palette = theme::palette(ui);
    let slice = displayed.and_then(|displayed| slice_details::pointed(displayed, state.inspector));
    // A slice may be smaller than a block.
    let has_block = slice.is_none_or(|slice| slice.first_block().is_some());
    let seen = displayed.and_then(|displayed| displayed.inspected.as_deref()).filter(|_| has_block);
    row_ui(ui, "inspector", 30.0, |ui, end| match end {
        End::Left => {
            let title = match (seen, slice) {
                (Some(seen), _) => format!("Block {}", numbers::thousands(seen.at.block as u64)),
                (None, Some(_)) => "Slice".into(),
                (None, None) => "Block".into(),
            };
            ui.label(RichText::new(title).font(FontId::new(18.0, theme::semibold())));
        }
        End::Right => {
            if let (Some(seen), Some(displayed)) = (seen, displayed)
                && icon_button_ui(ui, Icon::Copy, "Copy the details of the block", false).clicked()
            {
                commands.push(Command::Save(save::Command::CopyText(text(seen, displayed, state))));
            }
            let pinned = state.inspector.pinned;
            if icon_button_ui(ui, Icon::Pin, "Pin this block", pinned.is_some()).clicked() {
                let block = seen.map(|seen| seen.at).filter(|_| pinned.is_none());
                commands.push(Command::Inspect(inspector::Command::Pin(block)));
            }
            if icon_button_ui(ui, Icon::Close, "Close the inspector (B)", false).clicked() {
                commands.push(Command::Inspect(inspector::Command::Toggle));
            }
        }
    });
    if let Some((slice, displayed)) = slice.zip(displayed) {
        for line in slice.lines(displayed) {
            ui.label(RichText::new(line).color(palette.text));
        }
    }
    let (Some(seen), Some(displayed)) = (seen, displayed) else {
        if slice.is_some() {
            ui.label(RichText::new("It has no whole encrypted block.").color(palette.weak));
            return;
        }
        ui.label(
            RichText::new(if state.scene.has_pixels() {
                "Point at a picture. A click pins the block, another unpins it."
            } else {
                "Point at a panel of blocks. A click pins the block, another unpins it."
            })
            .color(palette.weak),
        );
        return;
    };
    let position = position_text(seen, state.scene.layout, displayed.shape);
    ui.label(RichText::new(position).color(palette.weak));
    if let Some(message) = &seen.message {
        message_ui(ui, message);
    }
    let counts = findings.and_then(|findings| findings.occurrences.as_ref());
    if let (Some(findings), Some(counts)) = (findings, counts) {
        let is_done = findings.occurrences_share().is_some_and(|share| share >= 1.0);
        let does = if is_done { "Searched" } else { "Searching" };
        let frame = numbers::thousands(counts.sought.frame.0);
        let sought = format!("{does} all frames for this block (frame\u{a0}{frame})");
        ui.label(RichText::new(sought).color(palette.weak));
        if let Some(problem) = &findings.curves.problem {
            ui.colored_label(palette.error, problem);
        } else {
            let (share, is_stopped) = (findings.occurrences_share(), state.timeline.scan_stopped);
            commands.extend(graph::progress_ui(ui, "Searching", share, is_stopped));
        }
    } else if seen.message.is_none() {
        // The search reads the whole video: it starts only for a block on which the pointer rests.
        let hint = "Rest the pointer on a block, or pin it, to search all frames for it.";
        ui.label(RichText::new(hint).color(palette.weak));
    }
    let schemes = video_scan::schemes(&state.scene);
    ui.add_space(4.0);
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        if seen.message.is_none() {
            swatches_ui(ui, seen, state.scene.layout);
        }
        let mut listed: Vec<_> = Vec::new();
        for found in seen.panels.iter().flatten() {
            let scheme = found.panel.scheme();
            if !listed.contains(&scheme) {
                listed.push(scheme);
                let row =
                    schemes.iter().position(|&known| Some(known) == scheme).filter(|_| counts.is_some());
                let tally = scheme.and_then(|scheme| counts?.tally(scheme));
                found_ui(ui, found, row.map(theme::colour), tally);
            }
        }
    });
}

/// The position of the block, in words.
fn position_text(seen: &Inspected, layout: Layout, shape: Shape) -> String {
    let first = seen.message.as_ref().map_or(seen.at.block * BLOCK_BYTES, |message| message.offset);
    let bytes =
        format!("bytes {} to {}", numbers::thousands(first as u64), numbers::thousands((first + 15) as u64));
    if let Some(InspectedMessage { number, kind, .. }) = seen.message {
        return format!("{bytes} of message {} ({kind})", numbers::thousands(number));
    }
    match seen.pixel {
        Some([x, y]) => format!("{bytes}, from pixel {x}, {y}"),
        None => format!(
            "{bytes}, outside the {} × {} of {} that are shown",
            shape.width,
            shape.height,
            layout.name()
        ),
    }
}

/// The sizes of a message and of its pieces, in lines.
fn message_lines(message: &InspectedMessage) -> Vec<String> {
    let count = |bytes: usize| numbers::thousands(bytes as u64);
    let clear = match message.clear {
        0 => "all of them encrypted".into(),
        clear => format!("{} of them clear", count(clear)),
    };
    let mut lines = vec![format!("The message has {} bytes, {clear}.", count(message.bytes))];
    for (at, piece) in (1..).zip(&message.pieces) {
        let own = if piece.is_of_block && message.all_pieces > 1 { ", with this block" } else { "" };
        let more = if piece.clear > piece.start.len() { "…" } else { "" };
        let start = match piece.clear {
            0 => String::new(),
            clear => format!("{} clear ({}{more}), ", count(clear), hex::encode(&piece.start)),
        };
        lines.push(format!("Piece {at}: {start}{} encrypted{own}", count(piece.encrypted)));
    }
    let others = message.all_pieces - message.pieces.len();
    lines.extend((others > 0).then(|| format!("and {} more pieces", count(others))));
    lines.extend(message.units.as_ref().map(units_line));
    lines
}

/// The units of a packet in a line: `2 NAL units: SEI 680 bytes, slice 2,947 bytes with this block`.
fn units_line(units: &InspectedUnits) -> String {
    let unit = |(kind, bytes, is_of_block): &(&str, usize, bool)| {
        let own = if *is_of_block && units.count > 1 { " with this block" } else { "" };
        format!("{kind} {} bytes{own}", numbers::thousands(*bytes as u64))
    };
    let first = units.first.iter().map(unit).collect::<Vec<_>>().join(", ");
    let more = if units.count > units.first.len() { ", …" } else { "" };
    format!("{} {}: {first}{more}", numbers::thousands(units.count as u64), units.name)
}

/// Draws the details of the block's message.
fn message_ui(ui: &mut Ui, message: &InspectedMessage) {
    for line in message_lines(message) {
        ui.label(RichText::new(line).size(12.5).color(theme::palette(ui).weak));
    }
}

/// Draws the pixels of the block, enlarged.
fn swatches_ui(ui: &mut Ui, seen: &Inspected, layout: Layout) {
    let colours: Vec<Color32> = match layout.samples() {
        Samples::Rgba32 => {
            seen.plaintext.as_chunks::<4>().0.iter().map(|&[r, g, b, _]| Color32::from_rgb(r, g, b)).collect()
        }
        Samples::Rgb24 => {
            seen.plaintext.as_chunks::<3>().0.iter().map(|&[r, g, b]| Color32::from_rgb(r, g, b)).collect()
        }
        _ => seen.plaintext.iter().map(|&luma| Color32::from_gray(luma)).collect(),
    };
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 26.0), Sense::hover());
    let width = rect.width() / colours.len() as f32;
    for (at, colour) in colours.into_iter().enumerate() {
        let left = rect.left() + at as f32 * width;
        let swatch = rect.with_min_x(left).with_max_x(left + width - 1.0);
        ui.painter().rect_filled(swatch, CornerRadius::ZERO, colour);
    }
    ui.add_space(4.0);
}

/// The occurrences of a value in the frame, in words.
fn occurrences(found: &Found) -> String {
    match found.equal_blocks.len() {
        1 => "occurs nowhere else in this frame".into(),
        many => format!("occurs {} times in this frame", numbers::thousands(many as u64)),
    }
}

/// The number of frames with a value, in words.
fn over_time(tally: Tally) -> String {
    let Tally { searched, frames, most, .. } = tally;
    let [all, with] = [searched, frames].map(numbers::thousands);
    match frames {
        0 => format!("occurs in none of {all} frames"),
        1 => format!("occurs in 1 of {all} frames"),
        _ if most == 1 => format!("occurs in {with} of {all} frames, once in each"),
        _ => format!("occurs in {with} of {all} frames, up to {} times", numbers::thousands(most.into())),
    }
}

/// The name of the bytes of a block without a diagram.
const fn bytes_name(found: &Found) -> &'static str {
    match found.panel {
        Panel::Plain => "plaintext",
        Panel::Cipher { .. } => "ciphertext",
    }
}

/// Draws the details of a block in one panel; `row` is the colour of its row along the timeline.
fn found_ui(ui: &mut Ui, found: &Found, row: Option<Color32>, tally: Option<Tally>) {
    let palette = theme::palette(ui);
    Frame::new().fill(palette.card).corner_radius(8).inner_margin(Margin::symmetric(10, 8)).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 3.0;
        ui.spacing_mut().interact_size.y = 17.0;
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            if let Some(row) = row {
                let (dot, _) = ui.allocate_exact_size(Vec2::splat(9.0), Sense::hover());
                ui.painter().circle_filled(dot.center(), 4.5, row);
            }
            ui.label(RichText::new(found.panel.title()).family(theme::semibold()));
        });
        if found.stages.is_empty() {
            ui.label(RichText::new(bytes_name(found)).size(12.0).color(palette.weak));
            mode_diagram::bytes_ui(ui, &found.bytes, palette.text);
        }
        mode_diagram::diagram_ui(ui, &found.stages);
        if !found.stages.is_empty() {
            ui.add_space(3.0);
        }
        let color = if found.equal_blocks.len() > 1 { palette.accent } else { palette.weak };
        ui.label(RichText::new(occurrences(found)).size(13.0).color(color));
        if let Some(tally) = tally {
            let color = if tally.frames > 1 { palette.accent } else { palette.weak };
            ui.label(RichText::new(over_time(tally)).size(13.0).color(color));
        }
    });
}

/// All details as text for the clipboard.
fn text(seen: &Inspected, displayed: &DisplayFrame, state: &State) -> String {
    let mut lines = vec![
        format!(
            "{}, frame {}, {}",
            state.scene.source,
            displayed.frame,
            match seen.at.of {
                of if of.target.is_pixels() => format!("layout {}", wording::layout_name(state.scene.layout)),
                of => format!("target {of}"),
            }
        ),
        format!("block {}: {}", seen.at.block, position_text(seen, state.scene.layout, displayed.shape)),
    ];
    lines.extend(seen.message.iter().flat_map(message_lines));
    let mut listed: Vec<_> = Vec::new();
    for found in seen.panels.iter().flatten() {
        let scheme = found.panel.scheme();
        if listed.contains(&scheme) {
            continue;
        }
        listed.push(scheme);
        lines.push(String::new());
        lines.push(format!(
            "{}: {}",
            scheme.map_or_else(|| "plain".into(), |scheme| scheme.to_string()),
            occurrences(found)
        ));
        if found.stages.is_empty() {
            lines.push(format!("  {} {}", bytes_name(found), hex::encode(found.bytes)));
        }
        for stage in &found.stages {
            lines.push(match stage {
                Stage::Bytes(what, bytes) => format!("  {what} {}", hex::encode(bytes)),
                Stage::Xor(what, bytes) => format!("  xor {what} {}", hex::encode(bytes)),
                Stage::Through(what) => format!("  through {what}"),
                Stage::Apart => String::new(),
            });
        }
    }
    lines.join("\n") + "\n"
}
