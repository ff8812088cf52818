//! The inspector: one block, its bytes in every panel, and how the cipher computed them.

pub mod block_details;
pub(crate) mod block_keys;
pub mod hover;
pub mod inspected;
pub(crate) mod inspector_ui;
pub mod message_details;
mod mode_diagram;
pub mod slice_details;
