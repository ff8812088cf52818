//! The page behind the panels: background, title, captions and borders, as SVG.
//!
//! A part of the page is the same in all figures of the same panels and shape of frame; a clip draws that part only
//! once.

use std::fmt::Write;

use super::Figure;
use super::caption::{Caption, Title};
use super::grid::{Enlarged, Grid};
use crate::export::page::chip;
use crate::export::page::lettering::{Lettering, Line, Weight};
use crate::leak::Finding;
use crate::lens::{GROUND, Scale};
use crate::picture::Shape;
use crate::render::RenderedPanel;
use crate::scene::Panel;

/// The number of colours in a legend.
const SWATCHES: u32 = 40;

/// How many swatches of a legend have the colour of blocks that occur once.
const SWATCHES_ALONE: u32 = 5;

/// The largest share of a caption's width for the name of a panel, so that the legend fits beside it.
const SHARE_OF_NAME: f32 = 0.64;

/// A figure and its measures.
pub struct Page<'a> {
    /// What is shown.
    pub figure: Figure<'a>,
    /// The places of its parts.
    pub grid: &'a Grid,
    /// The size of the places for its pictures.
    pub most: Shape,
    /// The size of its pictures.
    pub enlarged: Enlarged,
    /// Its typeface.
    pub lettering: &'a Lettering,
}

impl Page<'_> {
    /// Everything but the pictures.
    pub fn whole(&self) -> String {
        self.svg(&(self.fixed_elements() + &self.changing_elements()))
    }

    /// The part that is the same in all figures of the same panels, shape of frame and [numbers of
    /// blocks](Self::blocks).
    pub fn fixed(&self) -> String {
        self.svg(&self.fixed_elements())
    }

    /// The part that changes from frame to frame, to be drawn over the [fixed part](Self::fixed).
    pub fn changing(&self) -> String {
        self.svg(&self.changing_elements())
    }

    /// The number of blocks in each panel, on which the colours of its legend depend.
    pub fn blocks(&self) -> Vec<u64> {
        self.figure.sheet.panels.iter().map(|panel| panel.leakage.blocks).collect()
    }

    fn svg(&self, elements: &str) -> String {
        let Shape { width, height } = self.grid.size;
        format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">{elements}</svg>"#
        )
    }

    fn fixed_elements(&self) -> String {
        let colours = self.figure.theme.colours();
        let Shape { width, height } = self.grid.size;
        let mut svg = format!(r#"<rect width="{width}" height="{height}" fill="{}"/>"#, colours.background);
        self.details(&mut svg);
        let Shape { width, height } = self.enlarged.shape;
        let edge = (self.grid.unit / 24.0).round().max(1.0);
        for (number, panel) in (0..).zip(&self.figure.sheet.panels) {
            let (x, y) = self.enlarged.centred(self.most, self.grid.place(number));
            let _ = write!(
                svg,
                r#"<rect x="{}" y="{}" width="{}" height="{}" fill="{}"/>"#,
                x as f32 - edge,
                y as f32 - edge,
                width as f32 + 2.0 * edge,
                height as f32 + 2.0 * edge,
                colours.border
            );
            self.name(panel, self.below(number), &mut svg);
        }
        svg
    }

    fn changing_elements(&self) -> String {
        let mut svg = String::new();
        self.title(&mut svg);
        for (number, panel) in (0..).zip(&self.figure.sheet.panels) {
            self.numbers(panel, self.below(number), &mut svg);
        }
        svg
    }

    /// The lower left corner of the place of panel `number`.
    fn below(&self, number: u32) -> (f32, f32) {
        let (left, top) = self.grid.place(number);
        (left as f32, (top + self.most.height) as f32)
    }

    /// Sentences that explain pictures of one even colour, to be drawn over them; `None` if there are no such
    /// pictures.
    pub fn notices(&self) -> Option<String> {
        let mut notices = String::new();
        for (number, panel) in (0..).zip(&self.figure.sheet.panels) {
            if let Some(words) = panel.why_empty() {
                self.notice(&words, self.enlarged.centred(self.most, self.grid.place(number)), &mut notices);
            }
        }
        (!notices.is_empty()).then(|| self.svg(&notices))
    }

    /// Writes a sentence, in as many lines as needed, centred in the picture with this upper left corner.
    fn notice(&self, words: &str, (left, top): (u32, u32), svg: &mut String) {
        let Shape { width, height } = self.enlarged.shape;
        let (size, weight) = (self.grid.unit, Weight::Regular);
        let measure = |text: &str| self.lettering.width(text, weight) * size;
        let room = width as f32 - 3.0 * size;
        let mut lines: Vec<String> = Vec::new();
        for word in words.split(' ') {
            match lines.last_mut() {
                Some(line) if measure(&format!("{line} {word}")) <= room => *line = format!("{line} {word}"),
                _ => lines.push(word.to_owned()),
            }
        }
        let widest = lines.iter().map(|line| measure(line)).fold(0.0, f32::max).min(room);
        let (middle, step) = (left as f32 + width as f32 / 2.0, 1.35 * size);
        let block = lines.len() as f32 * step;
        let first = top as f32 + (height as f32 - block) / 2.0;
        let _ = write!(
            svg,
            r##"<rect x="{}" y="{}" width="{}" height="{}" rx="{}" fill="#000000" fill-opacity="0.75"/>"##,
            middle - widest / 2.0 - 0.7 * size,
            first - 0.35 * size,
            widest + 1.4 * size,
            block + 0.7 * size,
            0.5 * size
        );
        for (number, text) in lines.iter().enumerate() {
            let x = middle - measure(text).min(room) / 2.0;
            let baseline = first + number as f32 * step + 0.98 * size;
            let line = Line { text, x, baseline, size, weight, colour: "#e1e1e1", width: room };
            self.lettering.set(line, svg);
        }
    }

    /// Writes source, frame and time.
    fn title(&self, svg: &mut String) {
        self.lettering.set(self.title_line(&self.texts().title), svg);
    }

    /// Writes the line below the title: size and layout.
    fn details(&self, svg: &mut String) {
        let details = self.texts().details;
        let line = self.title_line(&details);
        let details = Line {
            baseline: line.baseline + 1.7 * self.grid.unit,
            size: self.grid.unit,
            weight: Weight::Regular,
            colour: self.figure.theme.colours().muted,
            ..line
        };
        self.lettering.set(details, svg);
    }

    fn texts(&self) -> Title {
        let Figure { scene, sheet, info, .. } = self.figure;
        Title::of(scene, &sheet.frame, info)
    }

    fn title_line<'t>(&self, text: &'t str) -> Line<'t> {
        let (unit, margin) = (self.grid.unit, self.grid.margin as f32);
        Line {
            text,
            x: margin,
            baseline: margin + 1.2 * unit,
            size: 1.6 * unit,
            weight: Weight::SemiBold,
            colour: self.figure.theme.colours().strong,
            width: self.grid.content_width() as f32,
        }
    }

    /// Writes the first line of a caption below a corner: the name of the panel and what it shows.
    fn name(&self, panel: &RenderedPanel, corner: (f32, f32), svg: &mut String) {
        let caption = Caption::of(panel, self.enlarged);
        let name = self.name_line(&caption.name, corner);
        let end = self.lettering.set(name, svg) + 0.6 * self.grid.unit;
        let shows = Line {
            text: caption.shows,
            x: end,
            weight: Weight::Regular,
            colour: self.figure.theme.colours().muted,
            width: name.x + self.grid.cell_width as f32 - end,
            ..name
        };
        let is_picture = panel.leakage.word == Some(Finding::Picture);
        if matches!(panel.panel, Panel::Cipher { lens, .. } if lens.kind().has_legend && !is_picture)
            && panel.leakage.blocks > 1
        {
            self.legend(panel, shows, svg);
        } else {
            self.lettering.set(shows, svg);
        }
    }

    /// Writes the second line of a caption below a corner: a word and the number behind it.
    fn numbers(&self, panel: &RenderedPanel, corner: (f32, f32), svg: &mut String) {
        let (unit, width) = (self.grid.unit, self.grid.cell_width as f32);
        let caption = Caption::of(panel, self.enlarged);
        let name = self.name_line("", corner);
        let number = Line {
            baseline: name.baseline + 1.4 * unit,
            size: 0.92 * unit,
            weight: Weight::Regular,
            width,
            ..name
        };
        let start = match caption.word {
            Some(word) => {
                chip::draw(word, number, &self.figure.theme.colours(), self.lettering, svg) + 0.5 * unit
            }
            None => name.x,
        };
        let number = Line { x: start, width: name.x + width - start, ..number };
        let text = self.lettering.fitting(&caption.numbers, number);
        self.lettering.set(Line { text, ..number }, svg);
    }

    fn name_line<'t>(&self, text: &'t str, (x, below): (f32, f32)) -> Line<'t> {
        let unit = self.grid.unit;
        Line {
            text,
            x,
            baseline: below + 1.45 * unit,
            size: unit,
            weight: Weight::SemiBold,
            colour: self.figure.theme.colours().strong,
            width: self.grid.cell_width as f32 * SHARE_OF_NAME,
        }
    }

    /// Writes the legend of a lens that counts, in place of `line`: the colours from a block that occurs once to a
    /// block that fills the frame.
    fn legend(&self, panel: &RenderedPanel, line: Line<'_>, svg: &mut String) {
        let unit = line.size;
        let (gap, bar) = (0.4 * unit, 4.0 * unit);
        let start = self.lettering.set(Line { text: "once", ..line }, svg) + gap;
        let swatch = bar / SWATCHES as f32;
        let (top, height) = (line.baseline - 0.7 * unit, 0.74 * unit);
        let edge = (unit / 24.0).round().max(1.0);
        let _ = write!(
            svg,
            r#"<rect x="{}" y="{}" width="{}" height="{}" fill="{}" shape-rendering="crispEdges"/>"#,
            start - edge,
            top - edge,
            bar + 2.0 * edge,
            height + 2.0 * edge,
            self.figure.theme.colours().border
        );
        for (number, [r, g, b, _]) in swatches(panel.leakage.blocks).into_iter().enumerate() {
            let _ = write!(
                svg,
                r##"<rect x="{}" y="{}" width="{}" height="{}" fill="#{r:02x}{g:02x}{b:02x}" shape-rendering="crispEdges"/>"##,
                start + number as f32 * swatch,
                top,
                swatch + 0.1,
                height
            );
        }
        let x = start + bar + gap;
        self.lettering.set(Line { text: "often", x, width: line.width - (x - line.x), ..line }, svg);
    }
}

/// The colours of blocks that occur once, twice and so on up to `blocks` times, on a logarithmic scale.
fn swatches(blocks: u64) -> Vec<[u8; 4]> {
    let scale = Scale::new(usize::try_from(blocks).unwrap_or(usize::MAX));
    let repeated = SWATCHES - SWATCHES_ALONE;
    let colour = |step: u32| {
        let share = f64::from(step) / f64::from(repeated - 1);
        let occurrences = 2.0 * (blocks as f64 / 2.0).powf(share);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most the blocks")]
        scale.colour(occurrences.round() as u32)
    };
    let alone = [GROUND; SWATCHES_ALONE as usize];
    alone.into_iter().chain((0..repeated).map(colour)).collect()
}
