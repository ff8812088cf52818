//! Text from outside, made safe for a terminal.
//!
//! File names, metadata of containers and arguments may contain characters that control a terminal: escape sequences,
//! line breaks, changes of the writing direction. They are printed as `\u{1b}` or `\n` instead. JSON output escapes
//! such characters by itself, and files contain bytes unchanged.

use std::borrow::Cow;

/// The text with all characters escaped that control a terminal.
#[must_use]
pub fn printable(text: &str) -> Cow<'_, str> {
    escape(text, is_control)
}

/// Like [`printable`], for a text of several lines: line breaks stay.
#[must_use]
pub fn printable_lines(text: &str) -> Cow<'_, str> {
    escape(text, |mark| mark != '\n' && is_control(mark))
}

fn escape(text: &str, is_escaped: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&is_escaped) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for mark in text.chars() {
        if is_escaped(mark) { shown.extend(mark.escape_default()) } else { shown.push(mark) }
    }
    Cow::Owned(shown)
}

/// True for control characters, and for characters of Unicode that change the writing direction (UAX 9), break lines or
/// are invisible. Joiners stay: some scripts cannot be written without them.
fn is_control(mark: char) -> bool {
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
