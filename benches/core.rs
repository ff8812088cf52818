//! The speed of ciphers, the census, lenses, layouts and whole sheets, compared with a plain copy.
//!
//! `cargo bench` runs all benchmarks, `cargo bench -- census` those with this word in their name. On a machine that is not
//! idle, read the column `fastest`.
#![expect(clippy::cast_possible_truncation, reason = "made-up bytes may have any value")]

#[path = "../tests/common/excerpt.rs"]
mod excerpt;
#[path = "../tests/common/random.rs"]
mod random;

use std::hint::black_box;
use std::num::NonZeroU32;
use std::ops::ControlFlow;
use std::sync::Arc;

use afterimage::crypto::{KeyMaterial, MessageCipher, Scheme};
use afterimage::leak::shot::Grid;
use afterimage::leak::tone::Tone;
use afterimage::leak::{
    self, Census, Change, ChangeAge, Counter, Edges, Leakage, Memory, Neighbours, Outline, classical,
};
use afterimage::lens::{self, Lens, SentMessages, View};
use afterimage::media::{self, Limits, Source};
use afterimage::payload::Payload;
use afterimage::picture::layout::{Layout, Places};
use afterimage::picture::{BlockGrid, Colour, Frame, PixelGrid, Shape};
use afterimage::render::prepared::{Prepared, ToneWindow};
use afterimage::render::{Parts, PreparationRequest, PreparedSet, Recent, Renderer};
use afterimage::runtime::pool::{Buffer, Pool};
use afterimage::scene::Scene;
use afterimage::units::{FrameIndex, MessageNumber};
use divan::Bencher;
use divan::counter::BytesCount;

use excerpt::EXCERPT;
use random::noise;

fn main() {
    divan::main();
}

const FULL_HD: Shape = Shape::new(1920, 1080);
const ULTRA_HD: Shape = Shape::new(3840, 2160);

/// The heights of the two shapes, as they appear in the table.
const HEIGHTS: [u32; 2] = [1080, 2160];

fn shape_of(height: u32) -> Shape {
    if height == 1080 { FULL_HD } else { ULTRA_HD }
}

/// Flat art: squares of 64 pixels in eight colours with a dark outline.
fn flat(layout: Layout, shape: Shape) -> Vec<u8> {
    (0..layout.frame_bytes(shape))
        .map(|i| {
            let pixel = i * shape.pixels() / layout.frame_bytes(shape);
            let (x, y) = (pixel % shape.columns(), pixel / shape.columns());
            if x % 64 < 3 || y % 64 < 3 { 16 } else { ((x / 64 + y / 64) % 8 * 31) as u8 }
        })
        .collect()
}

/// Flat art in the upper half and noise in the lower half.
fn half_flat(layout: Layout, shape: Shape) -> Vec<u8> {
    let mut bytes = flat(layout, shape);
    let half = bytes.len() / 2;
    let rest = noise(bytes.len() - half);
    bytes[half..].copy_from_slice(&rest);
    bytes
}

fn cipher(scheme: &str) -> Box<dyn MessageCipher> {
    let scheme: Scheme = scheme.parse().expect("a scheme");
    scheme.cipher(&KeyMaterial::default()).expect("64 bytes suffice")
}

/// Flat art under ECB.
fn flat_ciphertext(shape: Shape) -> Vec<u8> {
    let mut ciphertext = Buffer::default();
    let bytes = flat(Layout::RGBA32, shape);
    cipher("aes-128-ecb").encrypt(MessageNumber(0), &bytes, &mut ciphertext).expect("ECB takes any frame");
    ciphertext[..bytes.len()].to_vec()
}

fn census_of(bytes: &[u8]) -> Census {
    Counter::default().count(bytes)
}

/// A counter that is set up for frames of a shape.
fn counter_for(shape: Shape) -> Counter {
    let mut counter = Counter::default();
    counter.set_copy_distance(Places::of(Layout::RGBA32, shape).blocks_to_above());
    counter
}

#[divan::bench(args = HEIGHTS)]
fn copy_of_a_frame(bencher: Bencher, height: u32) {
    let bytes = noise(Layout::RGBA32.frame_bytes(shape_of(height)));
    let mut to = vec![0; bytes.len()];
    bencher.counter(BytesCount::of_slice(&bytes)).bench_local(|| {
        to.copy_from_slice(black_box(&bytes));
        black_box(&to);
    });
}

#[divan::bench(args = [
    "aes-128-ecb", "aes-192-ecb", "aes-256-ecb", "aes-128-ecb+key-per-frame",
    "aes-128-ctr", "aes-256-ctr", "aes-128-gcm", "aes-256-gcm",
])]
fn encrypt_1080p(bencher: Bencher, scheme: &str) {
    let bytes = noise(Layout::RGBA32.frame_bytes(FULL_HD));
    let cipher = cipher(scheme);
    let mut ciphertext = Buffer::default();
    bencher
        .counter(BytesCount::of_slice(&bytes))
        .bench_local(|| black_box(cipher.encrypt(MessageNumber(7), &bytes, &mut ciphertext)));
}

#[divan::bench(args = HEIGHTS)]
fn census_of_flat_art(bencher: Bencher, height: u32) {
    let bytes = flat_ciphertext(shape_of(height));
    let mut counter = counter_for(shape_of(height));
    bencher.counter(BytesCount::of_slice(&bytes)).bench_local(|| counter.count(&bytes));
}

#[divan::bench(args = HEIGHTS)]
fn census_of_noise(bencher: Bencher, height: u32) {
    let bytes = noise(Layout::RGBA32.frame_bytes(shape_of(height)));
    let mut counter = counter_for(shape_of(height));
    bencher.counter(BytesCount::of_slice(&bytes)).bench_local(|| counter.count(&bytes));
}

/// A frame of footage: most of its blocks are unique, and many values occur a few times.
#[divan::bench]
fn census_of_footage_720p(bencher: Bencher) {
    let source = Source::File(EXCERPT.into());
    let mut reader =
        media::open(&source, Layout::RGBA32, Limits::default(), &Pool::default()).expect("the excerpt");
    let frame = reader.next_frame().expect("a good file").expect("a frame");
    let mut counter = counter_for(frame.shape);
    bencher.counter(BytesCount::of_slice(&frame.bytes[..])).bench_local(|| counter.count(&frame.bytes));
}

#[divan::bench(args = HEIGHTS)]
fn census_of_half_flat_art(bencher: Bencher, height: u32) {
    let bytes = half_flat(Layout::RGBA32, shape_of(height));
    let mut counter = counter_for(shape_of(height));
    bencher.counter(BytesCount::of_slice(&bytes)).bench_local(|| counter.count(&bytes));
}

#[divan::bench]
fn leakage_of_half_flat_art_1080p(bencher: Bencher) {
    let census = census_of(&half_flat(Layout::RGBA32, FULL_HD));
    bencher.bench_local(|| Leakage::of(black_box(&census), census.blocks() as u64));
}

#[divan::bench]
fn change_1080p(bencher: Bencher) {
    let (now, before) = (flat_ciphertext(FULL_HD), half_flat(Layout::RGBA32, FULL_HD));
    bencher
        .counter(BytesCount::of_slice(&now))
        .bench_local(|| Change::between(black_box(&now), black_box(&before)));
}

#[divan::bench]
fn neighbours_of_half_flat_art_1080p(bencher: Bencher) {
    let census = census_of(&half_flat(Layout::RGBA32, FULL_HD));
    bencher.bench_local(|| Neighbours::of(Layout::RGBA32, FULL_HD, black_box(&census)));
}

#[divan::bench]
fn outline_of_half_flat_art_1080p(bencher: Bencher) {
    let census = census_of(&half_flat(Layout::RGBA32, FULL_HD));
    let places = Places::of(Layout::RGBA32, FULL_HD);
    bencher.bench_local(|| Outline::of(&places, black_box(&census), None));
}

/// Whether the outline is empty, which the finding depends on.
#[divan::bench]
fn shape_of_an_outline_1080p(bencher: Bencher) {
    let census = census_of(&half_flat(Layout::RGBA32, FULL_HD));
    let places = Places::of(Layout::RGBA32, FULL_HD);
    let outline = Outline::of(&places, &census, None);
    bencher.bench_local(|| leak::draws(&places, black_box(&outline)));
}

/// The edges of the original, which are computed once per frame.
#[divan::bench(args = Layout::ALL)]
fn edges_1080p(bencher: Bencher, layout: Layout) {
    let bytes = half_flat(layout, FULL_HD);
    bencher.bench_local(|| Edges::of(layout, FULL_HD, black_box(&bytes)));
}

#[divan::bench]
fn ssim_1080p(bencher: Bencher) {
    let (one, other) = (noise(FULL_HD.pixels()), half_flat(Layout::GRAY8, FULL_HD));
    bencher.bench_local(|| classical::ssim(FULL_HD, black_box(&one), &other));
}

#[divan::bench(args = Layout::ALL)]
fn show_1080p(bencher: Bencher, layout: Layout) {
    let bytes = noise(layout.frame_bytes(FULL_HD));
    let mut rgba = vec![0; FULL_HD.pixels() * 4];
    bencher.bench_local(|| layout.show(FULL_HD, Colour::default(), black_box(&bytes), None, &mut rgba));
}

fn pixels_of(layout: Layout) -> PixelGrid {
    PixelGrid { layout, shape: FULL_HD, colour: Colour::default() }
}

#[divan::bench(args = Layout::ALL)]
fn ciphertext_lens_1080p(bencher: Bencher, layout: Layout) {
    let bytes = noise(layout.frame_bytes(FULL_HD));
    let mut rgba = vec![0; FULL_HD.pixels() * 4];
    let pixels = pixels_of(layout);
    bencher.bench_local(|| {
        pixels.show(black_box(&bytes), Some(lens::GROUND), &mut rgba);
    });
}

#[divan::bench(args = Layout::ALL)]
fn repeats_lens_1080p(bencher: Bencher, layout: Layout) {
    let census = census_of(&half_flat(layout, FULL_HD));
    let mut rgba = vec![0; FULL_HD.pixels() * 4];
    let grid = BlockGrid::Pixels(pixels_of(layout));
    bencher.bench_local(|| lens::paint_repeats(&grid, black_box(&census), &mut rgba));
}

/// Every lens on a picture that is half flat.
#[divan::bench(args = Lens::ALL)]
fn lens_1080p(bencher: Bencher, lens: Lens) {
    paint(bencher, lens, &half_flat(Layout::RGBA32, FULL_HD));
}

#[divan::bench(args = Lens::ALL)]
fn lens_on_noise_1080p(bencher: Bencher, lens: Lens) {
    paint(bencher, lens, &noise(Layout::RGBA32.frame_bytes(FULL_HD)));
}

fn paint(bencher: Bencher, lens: Lens, now: &[u8]) {
    let before = half_flat(Layout::RGBA32, FULL_HD);
    let census = census_of(now);
    let mut change_age = ChangeAge::default();
    change_age.start(&before);
    change_age.advance(&before, now, 2);
    let outline = Outline::of(&Places::of(Layout::RGBA32, FULL_HD), &census, None);
    let grid = BlockGrid::Pixels(pixels_of(Layout::RGBA32));
    let payload = Payload::of_messages(Arc::default(), Vec::new(), FULL_HD);
    let view = View {
        grid: &grid,
        now,
        before: Some(&before),
        census: &census,
        change_age: &change_age,
        outline: &outline,
        memory: NonZeroU32::MIN,
        tones: &[],
        sizes: None,
        recovery: None,
        estimates: &[],
        received: None,
        messages: SentMessages { payload: &payload, bytes: &[] },
        messages_before: None,
        remembered: &[],
    };
    let mut rgba = vec![0; FULL_HD.pixels() * 4];
    bencher.bench_local(|| lens.paint(black_box(&view), &mut rgba));
}

/// One more frame in a memory of 32 at 720p. This is the worst case: no block occurs twice.
#[divan::bench]
fn memory_of_32_720p(bencher: Bencher) {
    let bytes = Layout::RGBA32.frame_bytes(Shape::new(1280, 720));
    let frames: Vec<Vec<u8>> =
        (0..33u8).map(|n| noise(bytes).iter().map(|byte| byte ^ n).collect()).collect();
    let mut memory = Memory::default();
    let mut next = frames.iter().cycle();
    for frame in frames.iter().take(32) {
        memory.add(frame.as_slice(), 31);
    }
    next.nth(31);
    bencher.bench_local(|| memory.add(next.next().expect("frames without end").as_slice(), 31));
}

fn frame(index: u64, bytes: Vec<u8>, shape: Shape) -> Arc<Frame> {
    Arc::new(Frame {
        index: FrameIndex(index),
        time_secs: 0.0,
        duration_secs: 0.04,
        shape,
        layout: Layout::RGBA32,
        colour: Colour::default(),
        bytes: Arc::new(bytes.into()),
    })
}

/// Four panels with all numbers. As when playing, the previous frame is already encrypted.
#[divan::bench(args = HEIGHTS)]
fn four_panels(bencher: Bencher, height: u32) {
    let bytes = half_flat(Layout::RGBA32, shape_of(height));
    let frames: Vec<_> = (0..4).map(|index| frame(index, bytes.clone(), shape_of(height))).collect();
    let scene = scene(&["plain", "aes-128-ecb", "aes-128-ecb:repeats", "aes-128-gcm"]);
    render(bencher, &scene, &frames, &PreparedSet::default());
}

fn scene(panels: &[&str]) -> Scene {
    let panels = panels.iter().map(|panel| panel.parse().expect("a panel")).collect();
    Scene { panels, ..Scene::of(Source::Demo) }
}

/// Renders the frames in turn.
fn render(bencher: Bencher, scene: &Scene, frames: &[Arc<Frame>], prepared: &PreparedSet) {
    let mut renderer = Renderer::new(scene, &Pool::default()).expect("the default key");
    let mut recent = Recent::default();
    let mut next = frames.iter().cycle();
    bencher.bench_local(|| {
        recent.push(Arc::clone(next.next().expect("frames without end")), 2);
        renderer.render(&recent, prepared, Parts::PICTURES)
    });
}

/// Frame `n` of smooth shading with a little grain, similar to a sky: 130,000 values that occur at several places of the
/// frames.
fn shaded(shape: Shape, n: u64) -> Arc<Frame> {
    let mut grain = noise(shape.pixels()).into_iter();
    let pixels = (0..shape.pixels()).flat_map(|pixel| {
        let (x, y) = (pixel % shape.columns() + 2 * n as usize, pixel / shape.columns());
        let wave = ((x as f32 / 97.0).sin() + (y as f32 / 71.0).cos()) * 60.0 + 125.0;
        #[expect(clippy::cast_sign_loss, reason = "between 5 and 245")]
        let luma = wave as u8 + u8::from(grain.next().is_some_and(|grain| grain < 40));
        [luma, luma / 2, 255 - luma, 255]
    });
    frame(n, pixels.collect(), shape)
}

/// The tones of a window of these frames.
fn tones_of(frames: &[Arc<Frame>]) -> Tone {
    let ciphertext = |frame: &Arc<Frame>| {
        let mut ciphertext = Buffer::default();
        let cipher = cipher("aes-128-ecb");
        cipher.encrypt(frame.index.into(), &frame.bytes, &mut ciphertext).expect("ECB takes any frame");
        ciphertext[..frame.bytes.len()].to_vec()
    };
    let ciphertexts: Vec<_> = frames.iter().map(ciphertext).collect();
    let ciphertexts: Vec<&[u8]> = ciphertexts.iter().map(Vec::as_slice).collect();
    let grid = Grid::new(Layout::RGBA32, frames[0].shape);
    Tone::prepare(&ciphertexts, &grid, &mut |_| ControlFlow::Continue(())).expect("blocks repeat")
}

/// Preparing the tones of twelve frames.
#[divan::bench(args = [720, 1080], sample_count = 5)]
fn prepare_tone(bencher: Bencher, height: u32) {
    let shape = Shape::new(height * 16 / 9, height);
    let frames: Vec<_> = (0..12).map(|n| shaded(shape, n)).collect();
    bencher.bench_local(|| tones_of(black_box(&frames)));
}

/// A prepared panel of the lens `tone` with all numbers, as when playing. Real time is 33 ms per frame.
#[divan::bench]
fn prepared_tone_panel_1080p(bencher: Bencher) {
    let frames: Vec<_> = (0..4).map(|n| shaded(FULL_HD, n)).collect();
    let scene = scene(&["aes-128-ecb:tone"]);
    let window = ToneWindow::of(FrameIndex(0), tones_of(&frames));
    let mut prepared = PreparedSet::default();
    let request = PreparationRequest::all(&scene, FrameIndex(0)).remove(0);
    prepared.insert(request, Ok(Prepared::Tone(Arc::new(window))));
    render(bencher, &scene, &frames, &prepared);
}
