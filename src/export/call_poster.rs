//! The poster of a call: who sees what under which protection, as one picture for a wall or a slide.

use std::fmt::Write as _;
use std::io::Write;

use resvg::tiny_skia::{Pixmap, Transform};

use super::page::lettering::{Lettering, Line, Weight};
use super::page::{FigureError, Theme, png};
use crate::call::{AudioVerdict, CallSettings, Observer, Row, VideoVerdict, notes};
use crate::media::rtp::CallMedia;
use crate::picture::Shape;
use crate::wire::protection::Protection;

/// The type size, in pixels like all lengths here.
const UNIT: f32 = 20.0;

/// The type size of sentences, and the distance between their lines.
const SMALL: f32 = 17.0;
const LINE: f32 = 23.0;

const MARGIN: f32 = 56.0;
/// Width of the names of observers.
const NAMES: f32 = 250.0;
/// Width of a kind of media under a protection, and the space between protections.
const CELL: f32 = 128.0;
const GAP: f32 = 26.0;
/// Height of title and details.
const TITLE: f32 = 116.0;
/// Height of the names of protections and media.
const HEADS: f32 = 78.0;
/// Height of a row.
const ROW: f32 = 70.0;

/// What a poster of a call does not prove.
const CAUTION: &str = "Every word was found by trying: packets seen were opened with the keys held, decoded, and compared with the \
                       sender's own. Sizes and times of packets are seen under every protection.";

/// All that the poster shows.
#[derive(Clone, Copy, Debug)]
pub struct CallPoster<'a> {
    /// What the call is made of.
    pub settings: &'a CallSettings,
    /// What was found, one row for each protection, kind of media and observer.
    pub rows: &'a [Row],
    /// The command that makes the poster again.
    pub command_line: &'a str,
    /// The colours of the page.
    pub theme: Theme,
}

impl CallPoster<'_> {
    /// Writes the poster as PNG: the same bytes for the same rows.
    ///
    /// # Errors
    /// If `out` cannot be written.
    pub fn write_png(&self, out: &mut dyn Write) -> Result<(), FigureError> {
        let lettering = Lettering::new();
        let page = Page::of(self, &lettering);
        let size = page.size();
        let mut pixmap = Pixmap::new(size.width, size.height).ok_or(FigureError::TooLarge(size))?;
        resvg::render(&lettering.read(&page.svg())?, Transform::identity(), &mut pixmap.as_mut());
        let description: Vec<String> = self
            .rows
            .iter()
            .map(|row| format!("{}, {}, {}: {}", row.protection, row.media, row.observer, row.video))
            .collect();
        let texts = vec![
            ("Title", page.title.clone()),
            ("Description", description.join("\n")),
            ("Software", concat!("Afterimage ", env!("CARGO_PKG_VERSION")).into()),
            ("Comment", self.command_line.into()),
        ];
        Ok(png::write(pixmap, texts, out)?)
    }
}

/// The poster with its measures.
struct Page<'a> {
    poster: &'a CallPoster<'a>,
    lettering: &'a Lettering,
    title: String,
    protections: Vec<Protection>,
    media: Vec<CallMedia>,
    observers: Vec<Observer>,
    /// The sentences of the footer, in lines.
    foot: Vec<String>,
}

impl<'a> Page<'a> {
    fn of(poster: &'a CallPoster<'a>, lettering: &'a Lettering) -> Self {
        let rows = poster.rows;
        let mut page = Self {
            poster,
            lettering,
            title: format!("Who sees what of {}'s video and sound", poster.settings.name(0)),
            protections: each_once(rows.iter().map(|row| row.protection)),
            media: each_once(rows.iter().map(|row| row.media)),
            observers: each_once(rows.iter().map(|row| row.observer)),
            foot: Vec::new(),
        };
        let texts = std::iter::once(CAUTION.to_owned())
            .chain(notes(poster.settings, rows))
            .chain([poster.command_line.to_owned()]);
        page.foot = texts.flat_map(|text| lettering.wrapped(&text, page.content() / SMALL)).collect();
        page
    }

    /// Width between the margins: never so narrow that the title does not fit.
    fn content(&self) -> f32 {
        let protection = self.media.len() as f32 * CELL;
        let table = NAMES + self.protections.len() as f32 * (protection + GAP) - GAP;
        table.max(NAMES + 4.0 * CELL)
    }

    fn left(&self, protection: usize) -> f32 {
        MARGIN + NAMES + protection as f32 * (self.media.len() as f32 * CELL + GAP)
    }

    fn top(observer: usize) -> f32 {
        MARGIN + TITLE + HEADS + observer as f32 * ROW
    }

    fn size(&self) -> Shape {
        let end = Self::top(self.observers.len()) + 2.0 * UNIT + self.foot.len() as f32 * LINE;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few thousand pixels")]
        let whole = |length: f32| length.round() as u32;
        Shape::new(whole(self.content() + 2.0 * MARGIN), whole(end + MARGIN - UNIT))
    }

    fn line<'t>(&self, text: &'t str, (x, baseline): (f32, f32), width: f32) -> Line<'t> {
        let colour = self.poster.theme.colours().strong;
        Line { text, x, baseline, size: UNIT, weight: Weight::SemiBold, colour, width }
    }

    /// As [`line`](Self::line), in the smaller and weaker type.
    fn weak_line<'t>(&self, text: &'t str, place: (f32, f32), width: f32) -> Line<'t> {
        let colour = self.poster.theme.colours().muted;
        Line { size: SMALL, weight: Weight::Regular, colour, ..self.line(text, place, width) }
    }

    fn svg(&self) -> String {
        let Shape { width, height } = self.size();
        let colours = self.poster.theme.colours();
        let mut svg = format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"><rect width="{width}" height="{height}" fill="{}"/>"#,
            colours.background
        );
        let title = self.line(&self.title, (MARGIN, MARGIN + 1.5 * UNIT), self.content());
        self.lettering.set(Line { size: 2.0 * UNIT, ..title }, &mut svg);
        let details = self.details();
        self.lettering.set(self.weak_line(&details, (MARGIN, MARGIN + 3.1 * UNIT), self.content()), &mut svg);
        self.heads(&mut svg);
        for (at, observer) in self.observers.iter().enumerate() {
            self.rule(Self::top(at), &mut svg);
            let name = self.line(observer.title(), (MARGIN, Self::top(at) + 0.56 * ROW), NAMES - GAP);
            self.lettering.set(name, &mut svg);
        }
        self.rule(Self::top(self.observers.len()), &mut svg);
        self.poster.rows.iter().for_each(|row| self.cell(row, &mut svg));
        let mut baseline = Self::top(self.observers.len()) + 2.0 * UNIT;
        for text in &self.foot {
            self.lettering.set(self.weak_line(text, (MARGIN, baseline), self.content()), &mut svg);
            baseline += LINE;
        }
        svg + "</svg>"
    }

    /// Who sends what, and for how long.
    fn details(&self) -> String {
        let settings = self.poster.settings;
        let parties: Vec<String> =
            settings.parties.iter().map(|party| format!("{} sends {}", party.name, party.source)).collect();
        format!("{} · {} s", parties.join(", "), settings.duration_secs)
    }

    fn heads(&self, svg: &mut String) {
        let top = MARGIN + TITLE;
        for (at, protection) in self.protections.iter().enumerate() {
            let width = self.media.len() as f32 * CELL;
            let name = protection.to_string();
            self.lettering.set(self.line(&name, (self.left(at), top + UNIT), width), svg);
            for (column, media) in self.media.iter().enumerate() {
                let name = media.to_string();
                let left = self.left(at) + column as f32 * CELL;
                self.lettering.set(self.weak_line(&name, (left, top + 2.5 * UNIT), CELL), svg);
            }
        }
    }

    /// What an observer has, as a word for the video in a box, and one for the sound below it.
    fn cell(&self, row: &Row, svg: &mut String) {
        let place = |found: Option<usize>| found.unwrap_or_default();
        let protection = place(self.protections.iter().position(|other| *other == row.protection));
        let media = place(self.media.iter().position(|other| *other == row.media));
        let observer = place(self.observers.iter().position(|other| *other == row.observer));
        let (x, y) = (self.left(protection) + media as f32 * CELL, Self::top(observer) + 10.0);
        let colours = self.poster.theme.colours();
        let leaks = matches!(row.video, VideoVerdict::Picture | VideoVerdict::Outlines);
        let (fill, colour) =
            if leaks { (colours.strong, colours.background) } else { ("none", colours.muted) };
        let edge = if leaks { colours.strong } else { colours.border };
        let _ = write!(
            svg,
            r#"<rect x="{}" y="{}" width="{}" height="28" rx="6" fill="{fill}" stroke="{edge}"/>"#,
            x + 0.5,
            y + 0.5,
            CELL - 13.0,
        );
        let weight = if leaks { Weight::SemiBold } else { Weight::Regular };
        let word =
            Line { weight, colour, ..self.weak_line(row.video.name(), (x + 10.0, y + 20.0), CELL - 32.0) };
        self.lettering.set(word, svg);
        let sound = match row.audio {
            AudioVerdict::Sound => "and sound",
            AudioVerdict::Sizes => "sound: sizes",
            AudioVerdict::Nothing => "no sound",
        };
        let line = self.weak_line(sound, (x + 10.0, y + 46.0), CELL - 20.0);
        self.lettering.set(Line { size: 14.0, ..line }, svg);
    }

    fn rule(&self, y: f32, svg: &mut String) {
        let colour = self.poster.theme.colours().border;
        let width = self.content();
        let _ = write!(svg, r#"<rect x="{MARGIN}" y="{y}" width="{width}" height="1" fill="{colour}"/>"#);
    }
}

/// Values in the order in which they come first.
fn each_once<T: PartialEq>(values: impl Iterator<Item = T>) -> Vec<T> {
    let mut each = Vec::new();
    for value in values {
        if !each.contains(&value) {
            each.push(value);
        }
    }
    each
}
