//! Text: measured, fitted into a width, and written as SVG.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::Write;
use std::sync::Arc;

use resvg::usvg;
use usvg::fontdb;

static REGULAR: &[u8] = include_bytes!("../../../assets/fonts/Inter-Regular.otf");
static SEMI_BOLD: &[u8] = include_bytes!("../../../assets/fonts/Inter-SemiBold.otf");

/// Type is reduced to no less than this share of its size before a text is cut.
const SMALLEST_SHARE: f32 = 0.75;

/// The weight of the type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Weight {
    /// Text.
    Regular,
    /// Names and titles.
    SemiBold,
}

/// A line of text.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    pub text: &'a str,
    /// The left end, in pixels, like all lengths here.
    pub x: f32,
    pub baseline: f32,
    /// The type size.
    pub size: f32,
    pub weight: Weight,
    /// The colour in SVG.
    pub colour: &'a str,
    /// The available width.
    pub width: f32,
}

/// The bundled typeface. Fonts of the system are never used, so that pictures do not depend on the machine.
pub struct Lettering {
    options: usvg::Options<'static>,
    /// Measured widths of texts of size 1: the frames of a clip share most of their texts.
    widths: RefCell<HashMap<(Weight, String), f32>>,
}

/// The most widths that are kept.
const MOST_WIDTHS: usize = 1024;

impl Lettering {
    /// Loads the typeface.
    pub fn new() -> Self {
        let mut fonts = fontdb::Database::new();
        for font in [REGULAR, SEMI_BOLD] {
            fonts.load_font_source(fontdb::Source::Binary(Arc::new(font)));
        }
        let options = usvg::Options {
            font_family: "Inter".into(),
            fontdb: Arc::new(fonts),
            ..usvg::Options::default()
        };
        Self { options, widths: RefCell::default() }
    }

    /// Parses an SVG and lays out its text in the typeface.
    pub fn read(&self, svg: &str) -> Result<usvg::Tree, usvg::Error> {
        usvg::Tree::from_str(svg, &self.options)
    }

    /// Writes a line and returns its right end. A text that is too wide is made smaller; if that is not enough, words
    /// are left out, but no number; if that is not enough either, its middle is cut out.
    pub fn set(&self, line: Line<'_>, svg: &mut String) -> f32 {
        let text = printable(line.text);
        let (text, size) = self.fit(&text, line);
        *svg += &element(&text, Line { size, ..line });
        line.x + self.width(&text, line.weight) * size
    }

    /// The first wording that fits, in smaller type if necessary; the last one if none fits.
    pub fn fitting<'t>(&self, wordings: &'t [String], line: Line<'_>) -> &'t str {
        let fits =
            |text: &&String| self.width(text, line.weight) * line.size * SMALLEST_SHARE <= line.width * 1.001;
        wordings.iter().find(fits).or(wordings.last()).map_or("", String::as_str)
    }

    fn fit(&self, text: &str, line: Line<'_>) -> (String, f32) {
        let needed = self.width(text, line.weight) * line.size;
        if needed <= line.width {
            return (text.into(), line.size);
        }
        let size = line.size * (line.width / needed).max(SMALLEST_SHARE);
        let letters: Vec<char> = text.chars().collect();
        let fits = |kept: usize| {
            let (start, end) = (kept.div_ceil(2), letters.len() - kept / 2);
            let cut: String = letters[..start].iter().chain(&['…']).chain(&letters[end..]).collect();
            (self.width(&cut, line.weight) * size <= line.width).then_some(cut)
        };
        if self.width(text, line.weight) * size <= line.width * 1.001 {
            return (text.into(), size);
        }
        let fewer = shortened(text).find(|fewer| self.width(fewer, line.weight) * size <= line.width);
        if let Some(fewer) = fewer {
            return (fewer, size);
        }
        let cut = (0..letters.len()).rev().find_map(fits);
        (cut.unwrap_or_default(), size)
    }

    /// Breaks a sentence in regular type into lines of at most `width` em.
    pub fn wrapped(&self, text: &str, width: f32) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for word in text.split_whitespace() {
            match lines.last_mut() {
                Some(line) if self.width(&format!("{line} {word}"), Weight::Regular) <= width => {
                    *line += " ";
                    *line += word;
                }
                _ => lines.push(word.into()),
            }
        }
        lines
    }

    /// The width of a text of size 1.
    pub fn width(&self, text: &str, weight: Weight) -> f32 {
        let key = (weight, text.to_owned());
        if let Some(&width) = self.widths.borrow().get(&key) {
            return width;
        }
        let width = self.measure(text, weight);
        let mut widths = self.widths.borrow_mut();
        if widths.len() >= MOST_WIDTHS {
            widths.clear();
        }
        widths.insert(key, width);
        width
    }

    fn measure(&self, text: &str, weight: Weight) -> f32 {
        let line = Line {
            text,
            x: 0.0,
            baseline: 100.0,
            size: 100.0,
            weight,
            colour: "black",
            width: f32::INFINITY,
        };
        let svg = format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">{}</svg>"#,
            element(text, line)
        );
        let tree = self.read(&svg).ok();
        tree.map_or(0.0, |tree| tree.root().bounding_box().width() / 100.0)
    }
}

/// The text with more and more words, from its middle outwards, replaced by an ellipsis, until only its numbers are
/// left; empty if it has no numbers.
fn shortened(text: &str) -> impl Iterator<Item = String> {
    let words: Vec<String> = text.split(' ').map(str::to_owned).collect();
    let is_number = |word: &str| word.contains(|letter: char| letter.is_ascii_digit());
    // A unit stays with its number: `74.5 %`.
    let stays = |at: usize| {
        let is_unit = words[at].starts_with('%') && at > 0 && is_number(&words[at - 1]);
        is_number(&words[at]) || is_unit
    };
    let has_numbers = words.iter().any(|word| is_number(word));
    let mut goes: Vec<usize> = (0..words.len()).filter(|&at| has_numbers && !stays(at)).collect();
    goes.sort_by_key(|at| (2 * at + 1).abs_diff(words.len()));
    (1..=goes.len()).map(move |count| {
        let mut left: Vec<&str> = Vec::new();
        for (at, word) in words.iter().enumerate() {
            if !goes[..count].contains(&at) {
                left.push(word);
            } else if left.last() != Some(&"…") {
                left.push("…");
            }
        }
        left.join(" ")
    })
}

fn element(text: &str, line: Line<'_>) -> String {
    let (family, weight) = match line.weight {
        Weight::Regular => ("Inter", 400),
        Weight::SemiBold => ("Inter Semi Bold", 600),
    };
    let mut escaped = String::new();
    for letter in text.chars() {
        let _ = match letter {
            '&' => write!(escaped, "&amp;"),
            '<' => write!(escaped, "&lt;"),
            letter => write!(escaped, "{letter}"),
        };
    }
    format!(
        r#"<text xml:space="preserve" x="{}" y="{}" font-family="{family}" font-weight="{weight}" font-size="{}" fill="{}">{escaped}</text>"#,
        line.x, line.baseline, line.size, line.colour
    )
}

/// Replaces control characters, most of which XML cannot hold.
fn printable(text: &str) -> String {
    let is_odd = |letter: char| letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}');
    text.chars().map(|letter| if is_odd(letter) { '\u{fffd}' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str, width: f32) -> Line<'_> {
        Line { text, x: 10.0, baseline: 20.0, size: 16.0, weight: Weight::Regular, colour: "#000", width }
    }

    #[test]
    fn both_weights_exist_and_differ() {
        let lettering = Lettering::new();
        let [regular, bold] =
            [Weight::Regular, Weight::SemiBold].map(|weight| lettering.width("aes-128-ecb", weight));
        assert!(regular > 3.0 && bold > regular, "{regular} {bold}");
    }

    #[test]
    fn a_line_too_long_is_made_smaller_and_then_cut_in_its_middle() {
        let lettering = Lettering::new();
        let long = "a very long name of a file that fits into no caption.mp4";
        for width in [600.0, 400.0, 300.0, 120.0, 30.0] {
            let mut svg = String::new();
            let end = lettering.set(line(long, width), &mut svg);
            assert!(end <= 10.0 + width * 1.01, "{width}: {end}");
            assert_eq!(svg.contains('…'), width < 310.0, "{width}");
        }
    }

    #[test]
    fn a_number_is_never_cut_out_of_a_line() {
        let lettering = Lettering::new();
        let text = "62.5 % of the blocks have a tone; four vectors explain 83.0 % of the brightness (R²)";
        for width in [900.0, 600.0, 400.0, 250.0] {
            let (fitted, size) = lettering.fit(text, line(text, width));
            assert!(fitted.contains("62.5 %") && fitted.contains("83.0 %"), "{width}: {fitted}");
            assert!(lettering.width(&fitted, Weight::Regular) * size <= width * 1.002, "{width}: {fitted}");
        }
        let left = shortened("100 % of all: 5 of 5").last();
        assert_eq!(left.as_deref(), Some("100 % … 5 … 5"));
        assert_eq!(shortened("no number at all").count(), 0);
    }

    #[test]
    fn sentences_are_wrapped_at_the_width() {
        let lettering = Lettering::new();
        let text = "a keystream from a counter, added to the bytes: hides every pattern";
        let lines = lettering.wrapped(text, 14.0);
        assert!(lines.len() > 2, "{lines:?}");
        assert!(lines.iter().all(|line| lettering.width(line, Weight::Regular) <= 14.0), "{lines:?}");
        assert_eq!(lines.join(" "), text);
        assert_eq!(lettering.wrapped("incompressible", 1.0), ["incompressible"]);
        assert!(lettering.wrapped("", 9.0).is_empty());
    }

    #[test]
    fn any_name_makes_valid_svg() {
        let lettering = Lettering::new();
        let mut svg = String::new();
        lettering.set(line("<&>\"'\u{1}\n\u{ffff}日本", 500.0), &mut svg);
        let svg = format!(r#"<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">{svg}</svg>"#);
        assert!(lettering.read(&svg).is_ok(), "{svg}");
    }
}
