//! Figures: their pixels and the texts in their files.

use png::{ColorType, Decoder};
use serde_json::Value;

use crate::folder::Folder;
use crate::program::{afterimage, refused, stdout};

/// A figure that was read from its file.
pub struct Figure {
    width: usize,
    rgb: Vec<u8>,
    pub texts: Vec<(String, String)>,
}

impl Figure {
    /// A picture without texts.
    pub fn of(width: usize, rgb: Vec<u8>) -> Self {
        Self { width, rgb, texts: Vec::new() }
    }

    pub fn read(png: &[u8]) -> Self {
        let mut reader = Decoder::new(std::io::Cursor::new(png)).read_info().expect("a PNG");
        let mut rgb = vec![0; reader.output_buffer_size().expect("it fits")];
        let shape = reader.next_frame(&mut rgb).expect("its pixels");
        assert_eq!(shape.color_type, ColorType::Rgb);
        let texts = reader.info().utf8_text.iter();
        let texts = texts.map(|text| (text.keyword.clone(), text.get_text().expect("text"))).collect();
        Self { width: shape.width as usize, rgb, texts }
    }

    pub fn text(&self, keyword: &str) -> &str {
        &self.texts.iter().find(|(name, _)| name == keyword).expect(keyword).1
    }

    /// The places of the panels.
    pub fn panels(&self) -> Vec<Value> {
        let about: Value = serde_json::from_str(self.text("Afterimage")).expect("JSON");
        about["panels"].as_array().expect("panels").clone()
    }

    /// Every pixel of a place.
    pub fn pixels(&self, place: &Value) -> Vec<[u8; 3]> {
        let number = |name: &str| usize::try_from(place[name].as_u64().expect(name)).expect(name);
        let (x, y, width, height) = (number("x"), number("y"), number("width"), number("height"));
        let row = |y: usize| self.rgb[(y * self.width + x) * 3..][..width * 3].as_chunks().0;
        (y..y + height).flat_map(row).copied().collect()
    }
}

#[test]
fn a_panel_has_the_bytes_of_the_ciphertext() {
    let folder = Folder::new();
    let film = folder.film("film.mkv", 480, 30);
    let (out, cipher, plain) = (folder.at("figure.png"), folder.at("cipher"), folder.at("plain"));
    stdout(["figure", &film, "plain", "aes-128-ecb", "--frame", "4", "-o", &out]);
    stdout(["encrypt", &film, "--frame", "4", "-o", &cipher, "--plaintext", &plain]);
    let figure = Figure::read(&folder.read("figure.png"));
    let places = figure.panels();
    assert_eq!(places.len(), 2);
    for (place, file) in places.iter().zip(["plain", "cipher"]) {
        let bytes = folder.read(file);
        let (pixels, _) = bytes[..480 * 30 * 4].as_chunks::<4>();
        let expected: Vec<[u8; 3]> = pixels.iter().map(|&[r, g, b, _]| [r, g, b]).collect();
        assert!(figure.pixels(place) == expected, "{file}");
    }
}

#[test]
fn the_same_command_makes_the_same_file_which_states_the_command() {
    let folder = Folder::new();
    let (one, other) = (folder.at("one.png"), folder.at("other.png"));
    stdout(["figure", "demo:still", "-o", &one]);
    stdout(["figure", "demo:still", "--at", "0", "-o", &other]);
    assert!(folder.read("one.png") == folder.read("other.png"));
    let figure = Figure::read(&folder.read("one.png"));
    let command = figure.text("Comment").replace("FIGURE.png", "-");
    assert!(command.starts_with("afterimage figure demo:still plain aes-128-ecb"), "{command}");
    let output = afterimage(command.split(' ').skip(1)).assert().success().get_output().stdout.clone();
    assert!(output == folder.read("one.png"), "the command in the file makes the file");
}

#[test]
fn a_secret_key_is_not_in_the_file() {
    let folder = Folder::new();
    let out = folder.at("figure.png");
    stdout(["figure", "demo:still", "--key", &"c0ffee".repeat(8), "-o", &out]);
    let figure = Figure::read(&folder.read("figure.png"));
    assert!(figure.texts.iter().all(|(_, text)| !text.contains("c0ffee")), "{:?}", figure.texts);
}

#[test]
fn the_captions_have_the_numbers_of_measure() {
    let folder = Folder::new();
    let out = folder.at("figure.png");
    stdout(["figure", "demo", "--frame", "15", "-o", &out]);
    let figure = Figure::read(&folder.read("figure.png"));
    assert_eq!(figure.text("Title"), "demo · frame 15 at 0.500 s");
    let csv = stdout(["measure", "demo", "aes-128-ecb", "--frame", "15", "--format", "csv"]);
    let repeated: u64 = csv
        .lines()
        .nth(1)
        .and_then(|line| line.split(',').nth(5))
        .expect("a number")
        .parse()
        .expect("a count");
    let numbers = format!("({},{:03} of 230,400)", repeated / 1000, repeated % 1000);
    assert!(figure.text("Description").contains(&numbers), "{numbers} in {}", figure.text("Description"));
    let gcm = "AES-128-GCM as ciphertext: noise: no block repeats or equals the previous frame (0 of 230,400); the bytes on the wire";
    assert!(figure.text("Description").contains(gcm), "{}", figure.text("Description"));
}

#[test]
fn small_frames_are_enlarged_by_whole_pixels() {
    for (width, height, factor) in [(1, 1, 480), (63, 35, 8)] {
        let folder = Folder::new();
        let (film, out) = (folder.film("film.mkv", width, height), folder.at("figure.png"));
        let (cipher, plain) = (folder.at("cipher"), folder.at("plain"));
        stdout(["figure", &film, "plain", "-o", &out]);
        stdout(["encrypt", &film, "-o", &cipher, "--plaintext", &plain]);
        let figure = Figure::read(&folder.read("figure.png"));
        let place = &figure.panels()[0];
        assert_eq!(place["enlarged"], factor);
        assert!(figure.text("Description").contains(&format!("enlarged {factor} times")));
        let (plain, pixels) = (folder.read("plain"), figure.pixels(place));
        let columns = (width * factor) as usize;
        for (at, pixel) in pixels.iter().enumerate() {
            let (x, y) = (at % columns / factor as usize, at / columns / factor as usize);
            assert_eq!(pixel[..], plain[(y * width as usize + x) * 4..][..3], "{x}, {y}");
        }
    }
}

#[test]
fn a_picture_with_pixels_that_are_not_square_keeps_its_aspect_ratio() {
    let folder = Folder::new();
    let film = "testsrc2=size=720x576:rate=10:duration=0.2,setsar=16/15";
    let film = folder.ffmpeg("film.mkv", &["-f", "lavfi", "-i", film, "-c:v", "ffv1"]);
    let out = folder.at("figure.png");
    stdout(["figure", &film, "-o", &out]);
    let place = &Figure::read(&folder.read("figure.png")).panels()[0];
    assert_eq!((&place["width"], &place["height"]), (&Value::from(768), &Value::from(576)));
}

#[test]
fn a_figure_with_another_ending_than_png_is_refused() {
    let message = refused(2, ["figure", "demo:still", "-o", "figure.jpg"]);
    assert!(message.contains(".png") && message.contains("figure.jpg"), "{message}");
}

#[test]
fn a_posterized_and_tiled_figure_shows_the_encrypted_bytes() {
    let folder = Folder::new();
    let film = folder.film("film.mkv", 480, 30);
    let (out, cipher, plain) = (folder.at("figure.png"), folder.at("cipher"), folder.at("plain"));
    let coarse = ["--frame", "4", "--posterize", "2", "--tiles"];
    stdout(["figure", &film, "plain", "aes-128-ecb", "-o", &out].iter().chain(&coarse));
    stdout(["encrypt", &film, "-o", &cipher, "--plaintext", &plain].iter().chain(&coarse));
    let figure = Figure::read(&folder.read("figure.png"));
    assert!(figure.text("Comment").contains("--posterize 2 --tiles"));
    assert!(figure.text("Description").contains("rgba32 in tiles, posterized to 2 bits"));
    for (place, file) in figure.panels().iter().zip(["plain", "cipher"]) {
        let bytes = folder.read(file);
        for (at, pixel) in figure.pixels(place).iter().enumerate() {
            // Tiles of 2 × 2 pixels, 240 in a row.
            let (x, y) = (at % 480, at / 480);
            let within = (y / 2 * 240 + x / 2) * 4 + y % 2 * 2 + x % 2;
            assert_eq!(pixel[..], bytes[within * 4..][..3], "{file} at {x}, {y}");
        }
    }
}
