//! Sources: opening them, encrypting them, and what goes wrong with them.

mod broken_files;
mod calls;
mod captures;
mod deleted_files;
mod encodings;
mod encrypted;
mod opening;
mod panics;
mod targets;
