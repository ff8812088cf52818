//! Widgets that several rooms of the window use, and its theme.

pub(crate) mod icons;
pub(crate) mod row;
pub(crate) mod tabular_text;
pub(crate) mod theme;
