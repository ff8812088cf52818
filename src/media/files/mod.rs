//! Files of the user: their addresses, and how they are opened.

pub(super) mod regular;
pub(super) mod url;
