//! How the program is used: arguments, sources, scenes, bounds, help and error messages.

mod bounds;
mod help;
mod messages;
mod past_the_end;
mod scenes;
mod sources;
