//! Around the panels: the bar at the top, side panels, forms, notices and lists.

pub(crate) mod about;
mod capture_ui;
pub(crate) mod help;
pub(crate) mod lessons_ui;
pub(crate) mod notice;
pub(crate) mod save_form;
pub(crate) mod side_panel;
pub(crate) mod source_ui;
pub(crate) mod top_bar;
mod window_menu;
