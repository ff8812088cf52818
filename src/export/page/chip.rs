//! Chips: words on a background of their own.

use std::fmt::Write;

use super::lettering::{Lettering, Line, Weight};
use super::theme::Colours;
use crate::leak::Finding;

/// Draws a chip at the start of `line`: filled if an eavesdropper learns something, else outlined. Returns its right
/// edge.
pub fn draw(
    word: Finding,
    line: Line<'_>,
    colours: &Colours,
    lettering: &Lettering,
    svg: &mut String,
) -> f32 {
    let (unit, pad) = (line.size, 0.5 * line.size);
    let (fill, colour) = match word {
        Finding::Noise | Finding::Rejected => ("none", colours.strong),
        _ => (colours.strong, colours.background),
    };
    let text = Line {
        text: word.name(),
        x: line.x + pad,
        weight: Weight::SemiBold,
        colour,
        size: 0.92 * unit,
        ..line
    };
    let width = lettering.width(text.text, text.weight) * text.size + 2.0 * pad;
    let edge = (unit / 14.0).max(1.0);
    let _ = write!(
        svg,
        r#"<rect x="{}" y="{}" width="{}" height="{}" rx="{}" fill="{fill}" stroke="{}" stroke-width="{edge}"/>"#,
        line.x + edge / 2.0,
        line.baseline - 0.98 * unit,
        width - edge,
        1.3 * unit,
        0.3 * unit,
        colours.strong,
    );
    lettering.set(text, svg);
    line.x + width
}
