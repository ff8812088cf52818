//! Text from outside, made fit for a terminal.
//!
//! Names of files, what containers say of themselves, and arguments can hold characters that a terminal obeys:
//! escape sequences, line breaks, changes of the direction of writing. They are shown as `\u{1b}` or `\n`
//! instead. JSON escapes such characters by itself, and files hold bytes as they are.

use std::borrow::Cow;

/// The text with every character escaped that would control the terminal.
#[must_use]
pub fn printable(text: &str) -> Cow<'_, str> {
    escaped(text, is_obeyed)
}

/// As [`printable`], of a text of several lines: line breaks stay.
#[must_use]
pub fn printable_lines(text: &str) -> Cow<'_, str> {
    escaped(text, |mark| mark != '\n' && is_obeyed(mark))
}

fn escaped(text: &str, is_escaped: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&is_escaped) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for mark in text.chars() {
        if is_escaped(mark) { shown.extend(mark.escape_default()) } else { shown.push(mark) }
    }
    Cow::Owned(shown)
}

/// Control characters, and what Unicode has for directions of writing (UAX 9), for line breaks, and to be unseen.
/// Joiners stay: some scripts cannot be written without them.
fn is_obeyed(mark: char) -> bool {
    mark.is_control()
        || matches!(
            mark,
            '\u{061c}'
                | '\u{200b}'
                | '\u{200e}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_escaped_and_all_others_stay() {
        for (text, shown) in [
            ("film.mp4", "film.mp4"),
            ("Ein Löwe: \u{1f981}, नमस्ते, ab\\n", "Ein Löwe: \u{1f981}, नमस्ते, ab\\n"),
            ("\u{1b}[31mred", "\\u{1b}[31mred"),
            ("a\nb\r\tc\u{8}\u{7f}", "a\\nb\\r\\tc\\u{8}\\u{7f}"),
            ("\u{9b}2J", "\\u{9b}2J"),
            ("gpj\u{202e}.exe", "gpj\\u{202e}.exe"),
            ("\u{2066}a\u{2069}\u{2028}\u{feff}", "\\u{2066}a\\u{2069}\\u{2028}\\u{feff}"),
        ] {
            assert_eq!(printable(text), shown);
        }
        assert_eq!(printable_lines("a\nb\u{1b}"), "a\nb\\u{1b}");
    }
}
