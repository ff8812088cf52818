//! A key as it is typed.

use std::fmt;

use crate::crypto::{KeyError, KeyMaterial};
use crate::scene::Panel;

/// Parses a key and checks that it is long enough for every panel.
pub(in crate::gui::model) fn typed_key(text: &str, panels: &[Panel]) -> Result<KeyMaterial, KeyError> {
    let key: KeyMaterial = text.parse()?;
    usable_key(&key, panels)?;
    Ok(key)
}

/// Checks that a key is long enough for every panel.
pub(in crate::gui::model) fn usable_key(key: &KeyMaterial, panels: &[Panel]) -> Result<(), KeyError> {
    panels.iter().filter_map(|panel| panel.scheme()).try_for_each(|scheme| scheme.key_hex(key).map(drop))
}

/// A key as it is typed. `Debug` never prints it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct KeyText(pub String);

impl fmt::Debug for KeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyText({} characters)", self.0.chars().count())
    }
}
