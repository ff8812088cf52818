//! A key while it is typed.

use std::fmt;

use crate::crypto::{KeyError, KeyMaterial};
use crate::scene::Panel;

/// Reads a key and makes sure that every panel can take its own from it.
pub(in crate::gui::model) fn typed_key(text: &str, panels: &[Panel]) -> Result<KeyMaterial, KeyError> {
    let key: KeyMaterial = text.parse()?;
    usable_key(&key, panels)?;
    Ok(key)
}

/// Makes sure that every panel can take its key from this.
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
