//! The panels: their order, zoom, comparisons, blocks and tampering.

mod arranging;
mod bytes_and_overview;
mod comparing;
mod inspecting;
mod scaling;
mod tampering;
mod zooming;
