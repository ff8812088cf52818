//! A drawing of any text: a drawing that can be read reads back as the same and can be painted.

#![no_main]

use afterimage::picture::drawing::Drawing;
use afterimage::picture::layout::Layout;
use afterimage::media::{Limits, Source, self};
use afterimage::runtime::pool::Pool;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(drawing) = text.parse::<Drawing>() else { return };
    assert_eq!(drawing.to_string().parse::<Drawing>().expect("it reads back"), drawing);
    let source = Source::Canvas(drawing.into());
    let canvas = media::open(&source, Layout::RGBA32, Limits::default(), &Pool::default());
    assert!(canvas.expect("a canvas").next_frame().expect("it is painted").is_some());
});
