//! A poster with one frame raw and as several encoders write it as rows, and what an eavesdropper sees of it as columns.

use super::{Plan, RowPlan};
use crate::export::poster::{Axes, Column};
use crate::lens::Lens;
use crate::media::EncodingChoice;
use crate::scene::Panel;

/// The rows after the raw pixels: title, the name of the encoding, and whether its packets have slices.
const ENCODINGS: [(&str, &str, bool); 5] = [
    ("Screen codec", "screen", false),
    ("Motion JPEG", "camera", true),
    ("ProRes", "production", true),
    ("H.264, a call", "call", true),
    ("H.264, a film", "film-h264", true),
];

/// The columns: the scheme and lens of its panels, and whether they need slices.
const COLUMNS: [(&str, bool); 4] = [
    ("aes-128-ecb", false),
    ("aes-128-ecb:repeats", false),
    ("aes-128-gcm:footprint", true),
    ("aes-128-gcm:sizes", false),
];

/// The plan of the poster. Encodings for which the linked FFmpeg has no encoder are left out.
pub fn plan() -> Plan {
    let panel = |text: &str| text.parse::<Panel>().expect("a panel of this version");
    let columns = COLUMNS.iter().map(|(text, _)| {
        let panel = panel(text);
        Column { title: panel.title_with_lens(), shows: panel.lens().map_or("", Lens::shows) }
    });
    let raw = RowPlan {
        title: "Raw pixels".into(),
        about: "each pixel as it is decoded".into(),
        continues: false,
        panels: COLUMNS.iter().map(|(text, _)| panel(&format!("{text},target=pixels"))).collect(),
    };
    let encoded = ENCODINGS.iter().filter_map(|&(title, name, has_slices)| {
        let choice = EncodingChoice::ALL.iter().find(|choice| choice.name == name)?;
        let encoding = choice.encoding()?.to_string();
        let of_column = |&(text, needs_slices): &(&str, bool)| {
            let target = if needs_slices && has_slices { "slices" } else { "packets" };
            panel(&format!("{text},target={target},encode={}", encoding.replace(',', "/")))
        };
        Some(RowPlan {
            title: title.into(),
            about: format!("{}: {}", choice.about, encoding.replace(',', ", ")),
            continues: false,
            panels: COLUMNS.iter().map(of_column).collect(),
        })
    });
    Plan {
        rows: std::iter::once(raw).chain(encoded).collect(),
        columns: columns.collect(),
        axes: Axes::Targets,
    }
}
