//! PNG with texts that state how to make the picture again.

use std::io::Write;

use png::{BitDepth, ColorType, Compression, Encoder, EncodingError};
use resvg::tiny_skia::Pixmap;

use crate::picture::Shape;

/// Bytes of each chunk of a file that is written in bands.
const CHUNK_BYTES: usize = 1 << 20;

/// Keywords and texts of a file.
pub type Texts = Vec<(&'static str, String)>;

/// Writes an opaque picture as RGB.
pub fn write(picture: Pixmap, texts: Texts, out: &mut dyn Write) -> Result<(), EncodingError> {
    let size = Shape::new(picture.width(), picture.height());
    let mut writer = encoder(size, texts, out)?.write_header()?;
    writer.write_image_data(&without_alpha(picture.take()))?;
    writer.finish()
}

/// Writes an opaque picture as RGB, band by band. `draw` gets the first row of the next band and the pixmap of the
/// last band, which it draws over.
///
/// # Errors
/// Those of `draw`, and if `out` cannot be written.
pub fn write_bands<E: From<EncodingError>>(
    size: Shape,
    mut band: Pixmap,
    texts: Texts,
    out: &mut dyn Write,
    mut draw: impl FnMut(u32, &mut Pixmap) -> Result<(), E>,
) -> Result<(), E> {
    let mut file = encoder(size, texts, out)?.write_header()?;
    let mut writer = file.stream_writer_with_size(CHUNK_BYTES)?;
    let mut rgb = vec![0; size.columns() * 3];
    let mut first = 0;
    while first < size.height {
        draw(first, &mut band)?;
        let rows = band.data().chunks_exact(size.columns() * 4);
        for row in rows.take((size.height - first) as usize) {
            let pixels = row.as_chunks::<4>().0.iter();
            rgb.as_chunks_mut::<3>()
                .0
                .iter_mut()
                .zip(pixels)
                .for_each(|(to, [r, g, b, _])| *to = [*r, *g, *b]);
            writer.write_all(&rgb).map_err(EncodingError::from)?;
        }
        first += band.height();
    }
    writer.finish()?;
    Ok(file.finish()?)
}

fn encoder<W: Write>(size: Shape, texts: Texts, out: W) -> Result<Encoder<'static, W>, EncodingError> {
    let mut encoder = Encoder::new(out, size.width, size.height);
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::Fast);
    for (keyword, text) in texts {
        encoder.add_itxt_chunk(keyword.into(), text)?;
    }
    Ok(encoder)
}

/// Removes every fourth byte, in place.
fn without_alpha(mut rgba: Vec<u8>) -> Vec<u8> {
    let pixels = rgba.len() / 4;
    for pixel in 1..pixels {
        rgba.copy_within(pixel * 4..pixel * 4 + 3, pixel * 3);
    }
    rgba.truncate(pixels * 3);
    rgba
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_make_the_same_picture_as_the_whole() {
        let size = Shape::new(7, 10);
        let draw = |first: u32, band: &mut Pixmap| {
            for (at, pixel) in (first as usize * 7..70).zip(band.data_mut().as_chunks_mut::<4>().0) {
                let [red, green, blue] =
                    [at, at * 2, at * 3].map(|value| u8::try_from(value).expect("small"));
                *pixel = [red, green, blue, 255];
            }
        };
        let pixels = |png: &[u8]| image::load_from_memory(png).expect("a picture").into_rgb8().into_raw();
        let mut whole = Pixmap::new(7, 10).expect("small");
        draw(0, &mut whole);
        let mut png = Vec::new();
        write(whole, Vec::new(), &mut png).expect("a vector takes all");
        for rows in [1, 3, 5, 10, 64] {
            let (band, mut banded) = (Pixmap::new(7, rows).expect("small"), Vec::new());
            let drawn = write_bands(size, band, Vec::new(), &mut banded, |first, band| {
                draw(first, band);
                Ok::<_, EncodingError>(())
            });
            drawn.expect("a vector takes all");
            assert_eq!(pixels(&banded), pixels(&png), "bands of {rows} rows");
        }
    }

    #[test]
    fn alpha_is_removed_and_colours_stay() {
        assert_eq!(without_alpha(vec![1, 2, 3, 255, 4, 5, 6, 255]), [1, 2, 3, 4, 5, 6]);
        assert!(without_alpha(Vec::new()).is_empty());
    }
}
