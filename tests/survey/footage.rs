//! Footage of every kind: two consecutive frames each.

use afterimage::media::Source;
use afterimage::picture::Shape;
use afterimage::render::{Job, Parts};
use afterimage::scene::{Panel, Scene};

use crate::excerpt::EXCERPT;
use crate::random::XorShiftStar;
use crate::sheets::{self, from_to};

/// Random numbers and samples.
pub struct Noise(XorShiftStar);

impl Noise {
    pub fn of(seed: u64) -> Self {
        Self(XorShiftStar(seed))
    }

    pub fn next(&mut self) -> u64 {
        self.0.next()
    }

    /// A number with nearly normal distribution and this standard deviation: the sum of four uniform numbers.
    pub fn normal(&mut self, sigma: f64) -> f64 {
        let bytes = self.next().to_be_bytes();
        let sum: f64 =
            bytes.as_chunks::<2>().0.iter().map(|&pair| f64::from(u16::from_be_bytes(pair)) / 65535.0).sum();
        (sum - 2.0) * 3f64.sqrt() * sigma
    }

    pub fn bytes(&mut self, len: usize) -> Vec<u8> {
        self.0.bytes(len)
    }
}

/// A frame in `rgba32`: its shape and its bytes.
#[derive(Clone)]
pub struct Shot(pub Shape, pub Vec<u8>);

/// Two consecutive frames.
pub type Footage = [Shot; 2];

/// Two frames of a source, from `first` on.
pub fn of_source(source: Source, first: u64) -> Footage {
    let scene = Scene { panels: vec![Panel::Plain], ..Scene::of(source) };
    let job = Job { parts: Parts::NUMBERS, ..Job::new(&scene, from_to(first, first + 1)) };
    let sheets = sheets::run(job).expect("the source can be read").into_iter();
    let shots: Vec<Shot> = sheets.map(|sheet| cropped(sheet.frame.shape, &sheet.frame.bytes)).collect();
    shots.try_into().ok().expect("two frames")
}

pub const SMALL: Shape = Shape::new(480, 270);

/// The middle of a picture. Small pictures keep the tests quick.
pub fn cropped(shape: Shape, rgba: &[u8]) -> Shot {
    let (x, y) = ((shape.width - SMALL.width) as usize / 8 * 4, (shape.height - SMALL.height) as usize / 2);
    let row = |row: usize| &rgba[((y + row) * shape.columns() + x) * 4..][..SMALL.columns() * 4];
    Shot(SMALL, (0..SMALL.rows()).flat_map(row).copied().collect())
}

pub fn excerpt() -> Footage {
    of_source(EXCERPT.parse().expect("a path"), 20)
}

/// A frame with grain from a seed.
pub fn grainy(Shot(shape, bytes): &Shot, sigma: f64, seed: u64) -> Shot {
    let mut noise = Noise::of(seed);
    let grain = |(at, &byte): (usize, &u8)| match at % 4 {
        3 => byte,
        _ => (f64::from(byte) + noise.normal(sigma)).round().clamp(0.0, 255.0) as u8,
    };
    Shot(*shape, bytes.iter().enumerate().map(grain).collect())
}

/// A slide with lines of text and a pointer at this column.
pub fn slide(pointer: usize) -> Shot {
    let pixel = |at: usize| {
        let (x, y) = (at % SMALL.columns(), at / SMALL.columns());
        let written = (40..440).contains(&x) && (60..230).contains(&y) && y % 20 < 9;
        match () {
            () if x.abs_diff(pointer) + y.abs_diff(130) < 7 => [200, 30, 40, 255],
            () if y < 36 => [32, 60, 110, 255],
            () if written && (x * 7 + y / 20 * 13) % 11 < 4 && (x / 9 + y / 3) % 3 > 0 => [30, 30, 34, 255],
            () => [250, 249, 245, 255],
        }
    };
    Shot(SMALL, (0..SMALL.pixels()).flat_map(pixel).collect())
}

pub fn cartoon() -> Footage {
    of_source(Source::Demo, 37)
}

pub fn slides() -> Footage {
    [slide(220), slide(226)]
}

pub fn grain() -> Footage {
    let [before, now] = excerpt();
    [grainy(&before, 12.0, 5), grainy(&now, 12.0, 6)]
}

/// A photograph, twice the same.
pub fn still() -> Footage {
    let [shot, _] = grain();
    [shot.clone(), shot]
}

pub fn random() -> Footage {
    let mut noise = Noise::of(9);
    [(); 2].map(|()| Shot(SMALL, noise.bytes(SMALL.pixels() * 4)))
}

pub fn each_pixel(pixel: impl FnMut((usize, usize)) -> [u8; 4]) -> Shot {
    let places = (0..SMALL.pixels()).map(|at| (at % SMALL.columns(), at / SMALL.columns()));
    Shot(SMALL, places.flat_map(pixel).collect())
}

/// Grey that varies by `sigma` from pixel to pixel.
pub fn grey(noise: &mut Noise, mean: f64, sigma: f64) -> [u8; 4] {
    let grey = (mean + noise.normal(sigma)).round().clamp(0.0, 255.0) as u8;
    [grey, grey, grey, 255]
}

/// Two frames of different grain behind still pixels.
pub fn before_grain(still: impl Fn(usize, usize) -> Option<[u8; 4]>) -> Footage {
    let mut noise = Noise::of(21);
    [(); 2].map(|()| {
        each_pixel(|(x, y)| {
            let [one, two, three] = [(); 3].map(|()| grey(&mut noise, 110.0, 12.0)[0]);
            still(x, y).unwrap_or([one, two, three, 255])
        })
    })
}

/// Footage with black bars of this height above and below.
pub fn in_bars(footage: Footage, high: usize) -> Footage {
    footage.map(|Shot(shape, mut rgba)| {
        for (y, row) in rgba.chunks_mut(shape.columns() * 4).enumerate() {
            if !(high..shape.rows() - high).contains(&y) {
                row.as_chunks_mut().0.fill([0, 0, 0, 255]);
            }
        }
        Shot(shape, rgba)
    })
}

/// The sensor noise of a camera in the dark.
pub fn dark(sigma: f64) -> Footage {
    let mut noise = Noise::of(31);
    [(); 2].map(|()| each_pixel(|_| grey(&mut noise, 0.0, sigma)))
}

/// A small picture of a camera, shaded and grainy: a few of its blocks are equal by chance.
pub fn small_camera() -> Footage {
    const SHAPE: Shape = Shape::new(176, 144);
    let mut noise = Noise::of(41);
    [(); 2].map(|()| {
        let shaded = |at: usize| 60.0 + (at % 176) as f64 / 3.0 + (at / 176) as f64 / 3.0;
        Shot(SHAPE, (0..SHAPE.pixels()).flat_map(|at| grey(&mut noise, shaded(at), 2.5)).collect())
    })
}

/// A face and shoulders in the dark, without sensor noise around them.
pub fn night() -> Footage {
    let mut noise = Noise::of(51);
    [(); 2].map(|()| {
        each_pixel(|(x, y)| {
            let is_face = x.abs_diff(240).pow(2) + y.abs_diff(110).pow(2) < 70 * 70;
            let is_person = is_face || (y > 170 && x.abs_diff(240) < y - 60);
            if is_person { grey(&mut noise, 120.0, 8.0) } else { [0, 0, 0, 255] }
        })
    })
}
