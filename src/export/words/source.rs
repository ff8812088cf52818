//! The properties of a source.

use crate::media::{Mirror, SourceInfo, StatedColour};
use crate::text::numbers::{rate, thousands, time};

/// The value of properties that a source does not state.
pub const NOT_STATED: &str = "not stated";

/// The properties of a source: names and values, in the order in which they are shown.
#[must_use]
pub fn source(info: &SourceInfo) -> [(&'static str, String); 17] {
    let (wide, high) = info.sample_aspect_ratio;
    let unknown = || NOT_STATED.to_owned();
    let count = |count: Option<u64>| count.map_or_else(unknown, thousands);
    let stated = |name: Option<&str>| name.map_or_else(unknown, str::to_owned);
    let StatedColour { range, matrix, transfer, primaries } = info.colour;
    [
        ("source", info.source.clone()),
        ("kind", format!("{:?}", info.kind).to_lowercase()),
        ("container", info.container.clone()),
        ("codec", info.codec.clone()),
        ("pixel format", info.pixel_format.clone()),
        ("size", format!("{} × {} pixels", info.width, info.height)),
        ("pixel aspect", format!("{wide}:{high}")),
        ("rotation", format!("{}°", info.rotation_degrees)),
        ("mirrored", mirrored(info).to_owned()),
        ("colour range", stated(range)),
        ("colour matrix", stated(matrix)),
        ("transfer", stated(transfer)),
        ("primaries", stated(primaries)),
        ("frame rate", info.frame_rate.map_or_else(unknown, |value| format!("{} frames/s", rate(value)))),
        ("duration", info.duration_secs.map_or_else(unknown, time)),
        ("frames", count(info.frames)),
        ("keyframes", count(info.keyframes)),
    ]
}

/// How the decoded picture is mirrored to give a frame.
const fn mirrored(info: &SourceInfo) -> &'static str {
    match (info.mirrored, info.rotation_degrees) {
        (None, _) => "no",
        (Some(Mirror::Horizontally), 0) => "horizontally",
        (Some(Mirror::Vertically), 0) => "vertically",
        (Some(Mirror::Horizontally), _) => "horizontally, before it is turned",
        (Some(Mirror::Vertically), _) => "vertically, before it is turned",
    }
}
