//! A group of keys in the list of keyboard shortcuts.

/// A group of keys in the list.
pub struct Group {
    /// What the keys are about.
    pub title: &'static str,
    /// The keys, as they are printed on them, and what they do.
    pub keys: &'static [(&'static [&'static str], &'static str)],
}
