//! A group of keys in the list of keyboard shortcuts.

/// A group of keys in the list.
pub struct Group {
    /// The title of the group.
    pub title: &'static str,
    /// The keys as they are printed on a keyboard, and what they do.
    pub keys: &'static [(&'static [&'static str], &'static str)],
}
