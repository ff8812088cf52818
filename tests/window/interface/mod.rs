//! Menus, messages, settings, lessons, drawing and keys.

mod drawing;
mod lessons;
mod menus;
mod messages;
mod presenting;
mod settings;
mod view_keys;
