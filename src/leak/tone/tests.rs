use std::ops::ControlFlow;

use crate::crypto::{KeyMaterial, Scheme};
use crate::leak::shot::{Sample, Shots};
use crate::leak::tone::*;
use crate::picture::Shape;
use crate::picture::layout::{BLOCK_BYTES, Layout};
use crate::runtime::pool::Pool;
use crate::units::MessageNumber;

const SHAPE: Shape = Shape::new(480, 270);

/// Frame `t` of a scene as `rgba32`: a gradient with two moving blobs, quantized so that blocks repeat, and a little
/// grain.
fn scene(t: u32) -> Vec<u8> {
    let mut grain = 0x2545_f491u32;
    let mut bytes = Vec::with_capacity(SHAPE.pixels() * 4);
    for y in 0..SHAPE.height {
        for x in 0..SHAPE.width {
            let (fx, fy) = (f64::from(x), f64::from(y));
            let blob = |cx: f64, cy: f64, r: f64| (-((fx - cx).powi(2) + (fy - cy).powi(2)) / (r * r)).exp();
            let drift = f64::from(t) * 3.0;
            let light = 40.0 + 0.12 * fx + 0.2 * fy + 90.0 * blob(120.0 + drift, 90.0, 50.0)
                - 60.0 * blob(340.0 - drift, 180.0, 60.0);
            grain ^= grain << 13;
            grain ^= grain >> 17;
            grain ^= grain << 5;
            let luma = (light / 2.0).round() * 2.0 + f64::from(u8::from(grain.is_multiple_of(23)));
            #[expect(clippy::cast_sign_loss, reason = "clamped to a byte")]
            let luma = luma.clamp(0.0, 255.0) as u8;
            bytes.extend([luma, luma, luma / 2 + 30, 255]);
        }
    }
    bytes
}

fn encrypted(scheme: &str, frames: impl Iterator<Item = u32>) -> Vec<Vec<u8>> {
    let scheme: Scheme = scheme.parse().expect("a scheme");
    let cipher = scheme.cipher(&KeyMaterial::default()).expect("the default key is long enough");
    let mut buffer = Pool::default().take(0);
    frames
        .map(|t| {
            let plain = scene(t);
            let _ = cipher.encrypt(MessageNumber(u64::from(t)), &plain, &mut buffer);
            buffer[..plain.len()].to_vec()
        })
        .collect()
}

fn prepared(frames: &[Vec<u8>]) -> Result<Tone, NoTone> {
    let frames: Vec<&[u8]> = frames.iter().map(Vec::as_slice).collect();
    Tone::prepare(&frames, &Grid::new(Layout::RGBA32, SHAPE), &mut |_| ControlFlow::Continue(()))
}

/// Ranks from 0; equal values share their mean rank.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&i, &j| values[i].total_cmp(&values[j]));
    let mut ranks = vec![0.0; values.len()];
    let mut first = 0;
    for same in order.chunk_by(|&i, &j| values[i].total_cmp(&values[j]).is_eq()) {
        for &i in same {
            ranks[i] = first as f64 + (same.len() - 1) as f64 / 2.0;
        }
        first += same.len();
    }
    ranks
}

fn correlation(one: &[f64], other: &[f64]) -> f64 {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (a, b) = (mean(one), mean(other));
    let product = |x: &[f64], a: f64, y: &[f64], b: f64| -> f64 {
        x.iter().zip(y).map(|(x, y)| (x - a) * (y - b)).sum()
    };
    product(one, a, other, b) / (product(one, a, one, a) * product(other, b, other, b)).sqrt()
}

#[test]
fn shading_is_recovered_from_ciphertext_alone() {
    let frames = encrypted("aes-128-ecb", (0..6).map(|i| 2 * i));
    let tone = prepared(&frames).expect("blocks repeat");
    // Frame 5 was not prepared.
    let unseen = encrypted("aes-128-ecb", 5..6);
    let mut tones = Vec::new();
    tone.look_up(&unseen[0], &mut tones);
    let painted: Vec<(usize, Tones)> =
        tones.iter().enumerate().filter_map(|(block, tone)| tone.map(|tone| (block, tone))).collect();
    let share = painted.len() as f64 / tones.len() as f64;
    assert!(share > 0.5, "painted {share}");
    let plain = scene(5);
    let luma: Vec<f64> = painted
        .iter()
        .map(|&(block, _)| {
            plain[block * BLOCK_BYTES..][..BLOCK_BYTES].iter().step_by(4).map(|&l| f64::from(l)).sum()
        })
        .collect();
    let truth = ranks(&luma);
    let rho = |v: usize| {
        let values: Vec<f64> = painted.iter().map(|(_, tone)| f64::from(tone[v])).collect();
        correlation(&ranks(&values), &truth).abs()
    };
    let best = (0..VECTORS).map(rho).fold(0.0, f64::max);
    assert!(best > 0.9, "best |rho| {best}");
}

#[test]
fn a_fade_is_painted_though_its_frames_have_no_value_in_common() {
    // The same picture with more blue from frame to frame: only edges between frames join them.
    let cipher = "aes-128-ecb".parse::<Scheme>().expect("a scheme").cipher(&KeyMaterial::default());
    let cipher = cipher.expect("the default key is long enough");
    let mut buffer = Pool::default().take(0);
    let frames: Vec<Vec<u8>> = (0..4u8)
        .map(|t| {
            let mut plain = scene(0);
            plain.iter_mut().skip(2).step_by(4).for_each(|blue| *blue = 200 + t);
            let _ = cipher.encrypt(MessageNumber(u64::from(t)), &plain, &mut buffer);
            buffer[..plain.len()].to_vec()
        })
        .collect();
    let tone = prepared(&frames).expect("blocks repeat");
    let mut tones = Vec::new();
    for (t, frame) in frames.iter().enumerate() {
        tone.look_up(frame, &mut tones);
        let share = tones.iter().flatten().count() as f64 / tones.len() as f64;
        assert!(share > 0.5, "{share} of frame {t} is painted");
    }
}

#[test]
fn ciphertext_that_does_not_repeat_has_no_tone() {
    for scheme in ["aes-128-ctr", "aes-128-gcm", "aes-128-ctr+reused-nonce", "aes-128-ecb+key-per-frame"] {
        let frames = encrypted(scheme, 0..3);
        let result = prepared(&frames);
        if scheme.contains("ecb") {
            assert!(result.is_ok(), "{scheme} repeats within each frame");
        } else {
            assert_eq!(result.err(), Some(NoTone::NothingRepeats), "{scheme}");
        }
    }
    assert_eq!(prepared(&[]).err(), Some(NoTone::NothingRepeats));
    let flat = vec![vec![7; SHAPE.pixels() * 4]];
    assert_eq!(prepared(&flat).err(), Some(NoTone::NothingRepeats), "one shade");
}

#[test]
fn tones_do_not_depend_on_the_number_of_threads() {
    let frames = encrypted("aes-128-ecb", 0..3);
    let tones = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| {
            let tone = prepared(&frames).expect("blocks repeat");
            let mut tones = Vec::new();
            tone.look_up(&frames[1], &mut tones);
            tones
        })
    };
    let one = tones(1);
    assert!(one == tones(2) && one == tones(3));
}

#[test]
fn tones_are_ranks_over_the_blocks() {
    let frames = encrypted("aes-128-ecb", 0..1);
    let tone = prepared(&frames).expect("blocks repeat");
    let mut tones = Vec::new();
    tone.look_up(&frames[0], &mut tones);
    for v in 0..VECTORS {
        let values: Vec<f64> = tones.iter().flatten().map(|tone| f64::from(tone[v])).collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        assert!((mean - 127.5).abs() < 3.0, "{mean}");
    }
}

#[test]
fn a_preparation_can_be_cancelled_at_any_point() {
    let frames = encrypted("aes-128-ecb", 0..1);
    let frames: Vec<&[u8]> = frames.iter().map(Vec::as_slice).collect();
    let grid = Grid::new(Layout::RGBA32, SHAPE);
    let mut shares = Vec::new();
    let all = Tone::prepare(&frames, &grid, &mut |share| {
        shares.push(share);
        ControlFlow::Continue(())
    });
    assert!(all.is_ok() && shares.is_sorted() && shares.last().is_some_and(|&last| last >= 1.0));
    for at in 0..shares.len() {
        let mut calls = 0;
        let result = Tone::prepare(&frames, &grid, &mut |_| {
            calls += 1;
            if calls > at { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert_eq!(result.err(), Some(NoTone::Cancelled));
    }
}

#[test]
fn a_cut_is_found_in_ecb_and_not_in_ctr() {
    // Another scene: the picture upside down and in other shades.
    let mut frames = encrypted("aes-128-ecb", 0..12);
    let plain: Vec<u8> = scene(0).iter().rev().map(|&byte| byte.wrapping_mul(5) | 1).collect();
    let cipher = "aes-128-ecb".parse::<Scheme>().expect("a scheme").cipher(&KeyMaterial::default());
    let mut buffer = Pool::default().take(0);
    let _ = cipher.expect("a key").encrypt(MessageNumber(0), &plain, &mut buffer);
    frames.extend(std::iter::repeat_n(buffer[..plain.len()].to_vec(), 5));
    let grid = Grid::new(Layout::RGBA32, SHAPE);
    let starts = |shots: &mut Shots, frames: &[Vec<u8>]| -> Vec<usize> {
        (0..frames.len()).filter(|&i| shots.starts_shot(&Sample::of(&frames[i], &grid))).collect()
    };
    assert_eq!(starts(&mut Shots::new(Shots::LONGEST), &frames), [0, 12]);
    assert_eq!(starts(&mut Shots::new(5), &frames[..12]), [0, 5, 10], "a shot is bounded");
    assert_eq!(
        starts(&mut Shots::new(Shots::LONGEST), &encrypted("aes-128-ctr", 0..12)),
        [0],
        "noise has no cuts"
    );
}

#[test]
fn a_cut_is_found_between_two_shots_that_share_a_quarter_of_their_values() {
    // Twenty bands of flat blocks, as few values as `gray8` has.
    let grid = Grid::new(Layout::GRAY8, Shape::new(640, 100));
    let bands = |value: fn(usize) -> u8| -> Sample {
        let bytes: Vec<u8> = (0..4000).flat_map(|place| [value(place / 200); BLOCK_BYTES]).collect();
        Sample::of(&bytes, &grid)
    };
    let starts = |then: &Sample| -> Vec<usize> {
        let mut shots = Shots::new(Shots::LONGEST);
        let first = bands(|band| band as u8);
        (0..8).filter(|&at| shots.starts_shot(if at < 4 { &first } else { then })).collect()
    };
    assert_eq!(starts(&bands(|band| band as u8 + 15)), [0, 4], "a quarter of the values, none in place");
    assert_eq!(
        starts(&bands(|band| band as u8 + if band < 5 { 0 } else { 40 })),
        [0],
        "a quarter stays in place"
    );
}

#[test]
fn parts_of_a_shot_are_aligned() {
    let (one, next) = (encrypted("aes-128-ecb", 0..4), encrypted("aes-128-ecb", 4..8));
    let first = prepared(&one).expect("blocks repeat");
    // Permuted and flipped coordinates in the next part.
    let mut second = prepared(&next).expect("blocks repeat");
    for tones in second.table.stored_mut() {
        *tones = [tones[2], 255 - tones[0], tones[1], 255 - tones[3]];
    }
    second.align_to(&first);
    let tones_of = |tone: &Tone| {
        let mut tones = Vec::new();
        tone.look_up(&next[0], &mut tones);
        tones
    };
    let pairs = tones_of(&first).into_iter().zip(tones_of(&second));
    let pairs: Vec<_> = pairs.filter_map(|(a, b)| a.zip(b)).collect();
    assert!(pairs.len() > 10_000);
    let axis = |v: usize| -> (Vec<f64>, Vec<f64>) {
        pairs.iter().map(|(one, other)| (f64::from(one[v]), f64::from(other[v]))).unzip()
    };
    let (one, other) = axis(0);
    assert!(
        correlation(&one, &other) > 0.9,
        "the first coordinate stays the same: {}",
        correlation(&one, &other)
    );
    for v in 1..VECTORS {
        let (one, other) = axis(v);
        assert!(correlation(&one, &other) > -0.05, "coordinate {v} is not upside down");
    }
}
