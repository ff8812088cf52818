//! The panels: captions, menus, pictures, and the pointer on them.

pub mod byte_cells_ui;
mod caption_ui;
mod compare;
pub(crate) mod drawing_ui;
pub(crate) mod finding;
mod grid;
mod lens_form;
mod letterbox;
pub(crate) mod menus;
mod naming;
mod notice_ui;
mod overview;
pub(crate) mod panel_textures;
pub(crate) mod panels_ui;
pub(crate) mod picture;
mod pointer;
pub mod tamper_ui;
